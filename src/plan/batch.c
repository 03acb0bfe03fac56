/* SPDX-License-Identifier: MIT */
#include "plan/batch.h"

#include "base/compiler.h"
#include "base/finite.h"
#include "plan/ballots.h"
#include "plan/gather.h"
#include "plan/labels.h"
#include "plan/plan.h"
#include "plan/shares.h"

#include <math.h>
#include <string.h>

/* Rows that are done at once, at most, and models. */
#define ROWS 32
#define MODELS ENS_GROUP_FAR

enum kind { NONE, BY_ROW, BY_CLASS, LOGITS, VOTES, RANKS, SOFTMAX };

/* Some rows of the call: `row` is the first one's index, `line` its place in the result. */
struct rows {
    size_t row, line, n;
};

static size_t dtype_of(const struct ens_blend *b)
{
    return (size_t)b->walk->inputs->summary->dtype - 1;
}

static int all_models(const struct ens_blend *b, int (*is)(const struct ens_blend *, size_t))
{
    for (size_t k = 0; k < b->e->plan.n; k++)
        if (!is(b, k))
            return 0;
    return 1;
}

static int is_unmapped_logits(const struct ens_blend *b, size_t k)
{
    return ens_model_of(b, k)->space == ENSEMBLE_LOGITS && ens_model_of(b, k)->map == NULL;
}

static int is_unmapped(const struct ens_blend *b, size_t k)
{
    return ens_model_of(b, k)->map == NULL;
}

/*
 * Linear sums without steps, whose factors may differ from row to row, or from class to class. Do several rows of
 * `width` fit into a tile? A map after the sum comes with one before it.
 */
static enum kind kind_of_sum(const struct ens_blend *b, int fits)
{
    const struct ens_recipe *recipe = b->recipe;
    const int plain = all_models(b, ens_values_are_plain);

    if (recipe->before != ENS_NO_MAP || b->walk->inputs->summary->other_dtypes > 0 ||
        b->kernels->panel[b->acc][dtype_of(b)][0] == NULL || !(fits || b->walk->dtype - 1 == b->acc))
        return NONE;
    if (b->by_class)
        return b->known_factors && plain ? BY_CLASS : NONE;
    if (plain)
        return BY_ROW;
    return fits && all_models(b, is_unmapped_logits) ? LOGITS : NONE;
}

static enum kind kind_of(const struct ens_blend *b)
{
    const struct ens_recipe *recipe = b->recipe;
    const struct ens_summary *summary = b->walk->inputs->summary;
    const int fits = b->e->width <= ens_stretch(b) / 2;

    if (b->e->plan.n == 0 || b->e->plan.n > MODELS || summary->missing > 0 ||
        (recipe->log && recipe->n_steps == 0) || (b->e->policy & ENSEMBLE_LEAVE_OUT_NAN))
        return NONE;
    if (recipe->gathering == ENS_SUMMED && recipe->form == ENS_FORM_LINEAR && recipe->n_steps == 0)
        return kind_of_sum(b, fits);
    if (recipe->form == ENS_FORM_VOTE && fits && b->row_weights == NULL && recipe->n_steps == 0 &&
        all_models(b, is_unmapped))
        return VOTES;
    if (recipe->form == ENS_FORM_RANKS && fits && b->row_weights == NULL && recipe->n_steps == 0 && !b->by_class &&
        all_models(b, is_unmapped))
        return RANKS;
    if (recipe->n_steps == 1 && recipe->steps[0] == ENS_STEP_SOFTMAX && b->e->width <= b->tile / 2 && !b->by_row &&
        !b->by_class && !b->stats && summary->gaps == 0 && all_models(b, is_unmapped))
        return SOFTMAX;
    return NONE;
}

/* Where row `line` of the result begins. */
static unsigned char *result_at(const struct ens_blend *b, size_t line)
{
    return b->walk->result + (line * b->walk->result_stride << ens_dtype_shift(b->walk->dtype));
}

/* From accumulators, where rows follow each other, to the result, all at once if they do so there, too. */
static void store_rows(const struct ens_blend *b, const struct rows *rows, const unsigned char *tile)
{
    const int together = b->walk->result_stride == b->e->width;
    const size_t length = together ? rows->n * b->e->width : b->e->width;

    for (size_t r = 0; r < (together ? 1 : rows->n); r++) {
        const unsigned char *from = tile + (r * length << b->shift);

        if (b->walk->dtype - 1 == b->acc)
            memcpy(result_at(b, rows->line + r), from, length << b->shift);
        else
            b->kernels->narrow[b->acc][b->walk->dtype - 1](result_at(b, rows->line + r), from, length, 0);
    }
}

/*
 * The factors of the models in one row, and who takes part, as ens_shares_of_row() and ens_factor() have them where
 * nobody is missing. A row at fault is one in which nobody takes part.
 */
static void weigh_row(const struct ens_blend *b, size_t row, double *factor, unsigned char *taken)
{
    const struct ens_plan *plan = &b->e->plan;
    double total = 0;
    int any = 0, fault = 0;
    float gate;

    if (b->row_weights == NULL) {
        memcpy(factor, plan->weight64, plan->n * sizeof *factor);
        memset(taken, 1, plan->n);
        return;
    }
    for (size_t k = 0; k < plan->n; k++) {
        const size_t at = row * b->e->n_models + plan->model[k];

        memcpy(&gate, (const unsigned char *)b->row_weights + at * sizeof gate, sizeof gate);
        factor[k] = b->e->n_weights > 0 ? b->e->weights[plan->model[k]] * (double)gate : (double)gate;
        taken[k] = factor[k] != 0;
        any |= taken[k];
        total += factor[k];
    }
    for (size_t k = 0; b->recipe->shares && k < plan->n; k++)
        factor[k] /= total;
    fault = b->recipe->shares && !ens_is_finite(total);
    for (size_t k = 0; k < plan->n; k++)
        fault |= !ens_is_finite(factor[k]);
    if (!any || fault)
        memset(taken, 0, plan->n);
}

/*
 * The same of several rows, if everybody takes part in all of them; `totals` has room for a number for each factor. Is
 * it so? The quotients, which take the most time, are vectors then.
 */
static int weigh_rows(const struct ens_blend *b, const struct rows *rows, double *factor, double *totals)
{
    const struct ens_plan *plan = &b->e->plan;
    const size_t n = plan->n, models = b->e->n_models;
    const unsigned char *gates = (const unsigned char *)b->row_weights + rows->row * models * sizeof(float);
    const int shares = b->recipe->shares;
    double own[MODELS];

    for (size_t k = 0; k < n; k++)
        own[k] = b->e->n_weights > 0 ? b->e->weights[plan->model[k]] : 1;
    if (n == models)
        b->kernels->widen[ENS_f64][ENS_f32](factor, gates, rows->n * n);
    for (size_t r = 0; n < models && r < rows->n; r++)
        for (size_t k = 0; k < n; k++)
            b->kernels->widen[ENS_f64][ENS_f32](factor + r * n + k,
                                                gates + (r * models + plan->model[k]) * sizeof(float), 1);
    for (double *f = factor, *t = totals; f < factor + rows->n * n; f += n, t += n) {
        double total = 0;

        for (size_t k = 0; k < n; k++)
            total += f[k] *= own[k];
        for (size_t k = 0; k < n; k++)
            t[k] = shares ? total : 1;
    }
    return !b->kernels->quotients(factor, totals, rows->n * n);
}

/* Parts of the pool for the sums of so many rows. */
struct sums {
    double *factors; /* rows x n; then, as accumulators, in `packed` */
    unsigned char *packed, *taken;
    unsigned char *tiles; /* logits: each model's exponentials */
    unsigned char *out;   /* where the result has another dtype */
};

/* The bytes that one row takes of the pool. */
static size_t bytes_per_row(const struct ens_blend *b, enum kind kind)
{
    const size_t n = b->e->plan.n, row = b->e->width << b->shift;

    if (kind == VOTES || kind == RANKS || kind == SOFTMAX)
        return row;
    return n * (2 * sizeof(double) + 1) + (kind == LOGITS ? n * row : 0) + (b->walk->dtype - 1 == b->acc ? 0 : row);
}

static struct sums lay_out(const struct ens_blend *b, enum kind kind, size_t rows)
{
    const size_t n = b->e->plan.n, row = b->e->width << b->shift;
    struct sums s = {.factors = (double *)(void *)b->pool};

    s.packed = b->pool + rows * n * sizeof(double);
    s.out = s.packed + rows * n * sizeof(double);
    s.tiles = s.out + (b->walk->dtype - 1 == b->acc ? 0 : rows * row);
    s.taken = s.tiles + (kind == LOGITS ? rows * n * row : 0);
    return s;
}

/* `dtype`: that of what is summed, from 0. */
static void run_panel(const struct ens_blend *b, const struct rows *rows, size_t dtype, struct ens_panel *panel,
                      unsigned char *out)
{
    const int direct = b->walk->dtype - 1 == b->acc, by_class = panel->factors != NULL;

    panel->out = direct ? result_at(b, rows->line) : out;
    panel->out_stride = (direct ? b->walk->result_stride : b->e->width) << b->shift;
    panel->n = b->e->plan.n;
    b->kernels->panel[b->acc][dtype][by_class](panel);
    if (!direct)
        store_rows(b, rows, out);
}

/* A model's logits in some rows become exponentials in a tile, and its factors are divided by their sums. */
static void exponentials(const struct ens_blend *b, size_t k, const struct rows *rows, double *factors,
                         unsigned char *tile)
{
    const size_t n = b->e->plan.n, width = b->e->width, dtype = dtype_of(b);
    const unsigned char *from = ens_row_of(b, k, rows->row);
    size_t stride = ens_row_bytes(b, k);
    double sums[ROWS];

    if (dtype != (size_t)b->acc) {
        const size_t together = stride == width << ens_dtype_shift((int32_t)dtype + 1) ? rows->n : 1;

        for (size_t r = 0; r < rows->n; r += together)
            b->kernels->widen[b->acc][dtype](tile + (r * width << b->shift), from + r * stride, together * width);
        from = tile;
        stride = width << b->shift;
    }
    b->kernels->decay_rows[b->acc](tile, from, stride, rows->n, width, ens_cooling(b, ens_model_of(b, k)), sums);
    for (size_t r = 0; r < rows->n; r++)
        factors[r * n + k] *= 1 / sums[r];
}

static void sum_rows(const struct ens_blend *b, enum kind kind, const struct rows *rows)
{
    const struct sums s = lay_out(b, kind, rows->n);
    const size_t n = b->e->plan.n, row = b->e->width << b->shift;
    const void *in[MODELS];
    size_t strides[MODELS];
    struct ens_panel panel = {.in = in, .in_stride = strides, .factor = s.packed, .taken = s.taken,
                              .rows = rows->n, .width = b->e->width};

    panel.all = b->row_weights == NULL || weigh_rows(b, rows, s.factors, (double *)(void *)s.packed);
    for (size_t r = 0; r < rows->n && (b->row_weights == NULL || !panel.all); r++)
        weigh_row(b, rows->row + r, s.factors + r * n, s.taken + r * n);
    for (size_t k = 0; k < n; k++) {
        in[k] = kind == LOGITS ? s.tiles + k * rows->n * row : ens_row_of(b, k, rows->row);
        strides[k] = kind == LOGITS ? row : ens_row_bytes(b, k);
        if (kind == LOGITS)
            exponentials(b, k, rows, s.factors, s.tiles + k * rows->n * row);
    }
    if (b->acc == ENS_f64)
        panel.factor = s.factors;
    else
        b->kernels->narrow[ENS_f64][ENS_f32](s.packed, s.factors, rows->n * n, 0);
    run_panel(b, rows, kind == LOGITS ? (size_t)b->acc : dtype_of(b), &panel, s.out);
}

/* How many rows can be summed as a single one: of few classes, without gaps, and to the result itself. */
static size_t rows_as_one(const struct ens_blend *b)
{
    const struct ens_walk *walk = b->walk;
    const size_t bytes = b->e->plan.n * b->e->width << b->shift;
    size_t rows;

    _Static_assert(ENS_POOL_BYTES / (sizeof(double) * MODELS * ENS_SHORT_ROW) >= 2, "several rows fit");
    if (walk->inputs->summary->gaps > 0 || walk->result_stride != b->e->width || walk->dtype - 1 != b->acc ||
        b->e->width > ENS_SHORT_ROW || walk->row_count < 2)
        return 0;
    ENS_ASSUME(bytes > 0);
    rows = ENS_POOL_BYTES / bytes;
    return rows < walk->row_count ? rows : walk->row_count;
}

/* The factors of all models, once for each of the rows that are summed as one. */
static void repeat_factors(const struct ens_blend *b, size_t rows)
{
    const struct ens_tile row = {0, 0, b->e->width};
    const size_t bytes = b->e->width << b->shift;

    for (size_t k = 0; k < b->e->plan.n; k++)
        for (size_t r = 0; r < rows; r++)
            memcpy(b->pool + (k * rows + r) * bytes, ens_known_factors(b, k, &row), bytes);
}

/* Does every model take part in every class, so that no factor is NaN? */
static int take_all_classes(const struct ens_blend *b)
{
    const struct ens_tile row = {0, 0, b->e->width};
    double most;

    for (size_t k = 0; k < b->e->plan.n; k++)
        if (b->kernels->greatest[b->acc](ens_known_factors(b, k, &row), row.length, &most))
            return 0;
    return 1;
}

/*
 * With the factors of the plan. `one`: so many rows, or what is left, follow each other everywhere and are summed as a
 * single one, with factors that are repeated for each of them in the pool: then all vectors are whole.
 */
static void sum_rows_by_class(const struct ens_blend *b, const struct rows *rows, int all, size_t one)
{
    const struct ens_tile row = {rows->row, 0, b->e->width};
    const size_t length = one * b->e->width << b->shift;
    const void *in[MODELS], *factors[MODELS];
    size_t strides[MODELS];
    struct ens_panel panel = {.in = in, .in_stride = strides, .factors = factors, .all = all};

    for (size_t k = 0; k < b->e->plan.n; k++) {
        in[k] = ens_row_of(b, k, rows->row);
        strides[k] = ens_row_bytes(b, k);
        factors[k] = one > 0 ? b->pool + k * length : ens_known_factors(b, k, &row);
    }
    panel.rows = one > 0 ? 1 : rows->n;
    panel.width = one > 0 ? rows->n * b->e->width : b->e->width;
    run_panel(b, rows, dtype_of(b), &panel, b->pool);
}

/* Is the result none of the outputs, which are still to be read when it is written? None of them is missing. */
static int is_apart(const struct ens_blend *b)
{
    for (size_t k = 0; k < b->e->plan.n; k++)
        if (ens_row_of(b, k, b->walk->row_begin) == b->walk->result)
            return 0;
    return 1;
}

/* Votes and ranks, which are gathered in the result if that is apart, of the accumulator's type, and without gaps. */
static void count_rows(const struct ens_blend *b, enum kind kind, const struct rows *rows)
{
    unsigned char *to = result_at(b, rows->line);
    const int direct = b->walk->dtype - 1 == b->acc && b->walk->result_stride == b->e->width && is_apart(b) &&
                       ((uintptr_t)to & (((size_t)1 << b->shift) - 1)) == 0;

    if (kind == VOTES)
        ens_count_votes(b, rows->row, rows->n, direct ? to : b->pool);
    else
        ens_sum_ranks(b, rows->row, rows->n, direct ? to : b->pool);
    if (!direct)
        store_rows(b, rows, b->pool);
}

/* Pools and softmaxes of what is combined element by element, of all rows at once. */
static void soften_rows(const struct ens_blend *b, const struct rows *rows)
{
    const size_t width = b->e->width;
    const struct ens_tile tile = {rows->row, 0, rows->n * width};
    double sums[ROWS];

    ens_gather(b, &tile, b->pool);
    b->kernels->decay_rows[b->acc](b->pool, b->pool, width << b->shift, rows->n, width, 1 / b->recipe->temperature,
                                   sums);
    b->kernels->divide_rows[b->acc](b->pool, rows->n, width, sums);
    store_rows(b, rows, b->pool);
}

int ens_batch(const struct ens_blend *b)
{
    const enum kind kind = kind_of(b);
    const size_t room = kind == VOTES || kind == RANKS || kind == SOFTMAX ? b->tile << b->shift : ENS_POOL_BYTES;
    const int all = kind == BY_CLASS && take_all_classes(b);
    const size_t one = kind == BY_CLASS ? rows_as_one(b) : 0;
    struct rows rows = {.n = one > 0 ? one : ROWS};

    if (kind == NONE)
        return 0;
    if (one > 0)
        repeat_factors(b, one);
    else if (kind != BY_CLASS || b->walk->dtype - 1 != b->acc)
        rows.n = room / bytes_per_row(b, kind) < ROWS ? room / bytes_per_row(b, kind) : ROWS;
    if (rows.n == 0)
        return 0;
    for (; rows.line < b->walk->row_count; rows.line += rows.n) {
        rows.row = b->walk->row_begin + rows.line;
        if (b->walk->row_count - rows.line < rows.n)
            rows.n = b->walk->row_count - rows.line;
        if (kind == VOTES || kind == RANKS)
            count_rows(b, kind, &rows);
        else if (kind == SOFTMAX)
            soften_rows(b, &rows);
        else if (kind == BY_CLASS)
            sum_rows_by_class(b, &rows, all, one);
        else
            sum_rows(b, kind, &rows);
    }
    return 1;
}
