/* SPDX-License-Identifier: MIT */
#include "plan/report_rows.h"

#include "base/compiler.h"
#include "base/finite.h"
#include "plan/gather.h"
#include "plan/shares.h"
#include "plan/stats.h"
#include "plan/values.h"

#include <math.h>
#include <string.h>

static int leaves_out_nan(const struct ens_blend *b)
{
    return (b->e->policy & ENSEMBLE_LEAVE_OUT_NAN) != 0;
}

/* Is every model's value of a class what its output has there, or a function of that? */
static int are_elements(const struct ens_blend *b)
{
    for (size_t k = 0; k < b->e->plan.n; k++)
        if (ens_model_of(b, k)->map != NULL || ens_model_of(b, k)->space == ENSEMBLE_LOGITS ||
            ens_output_of(b, k).dtype == ENSEMBLE_I32)
            return 0;
    return b->recipe->form <= ENS_FORM_LOG;
}

/*
 * A weighted sum of outputs as they are, by one kernel call: what it is given, but for the place of the rows, is the
 * same for all of them. It lies where nothing else is put as long as rows are combined in this way.
 */
struct sum {
    const void *in[ENS_GROUP_NEAR]; /* the first row of the call */
    double weight[ENS_GROUP_NEAR];
};
_Static_assert(sizeof(struct sum) <= ENS_ROWS_MOST * sizeof(double), "it must fit into its array");

static struct sum *sum_of(const struct ens_blend *b)
{
    return (struct sum *)(void *)ens_rows_array(b, ENS_ROWS_SUM);
}

static int prepare_sum(const struct ens_blend *b)
{
    if (!ens_is_simple(b) || b->e->plan.n > ENS_GROUP_NEAR)
        return 0;
    for (size_t k = 0; k < b->e->plan.n; k++) {
        sum_of(b)->in[k] = ens_row_of(b, k, b->walk->row_begin);
        ens_put(b, sum_of(b)->weight, k, ens_factor(b, k));
    }
    return 1;
}

static size_t most_rows(const struct ens_blend *b)
{
    const size_t fit = b->tile / b->e->width;

    return fit < ENS_ROWS_MOST ? fit : ENS_ROWS_MOST;
}

/* How many rows can be reported at once; 0: that is not possible. */
static size_t rows_at_once(struct ens_blend *b)
{
    const struct ens_walk *walk = b->walk;
    const size_t width = b->e->width, n = b->e->plan.n;

    if (n == 0 || width > ENS_SHORT_ROW || walk->row_count < 2 || b->recipe->n_steps > 0 || b->by_class ||
        b->row_weights != NULL || walk->inputs->summary->gaps > 0 || !are_elements(b) ||
        (walk->result != NULL && walk->result_stride != width) || (leaves_out_nan(b) && n > ENS_STATS) ||
        ((b->report->asks & ENS_ASKS_REASONS) && !ens_is_simple(b)) ||
        ((b->report->asks & ENS_ASKS_LABELS) && n > ENS_ROWS_MODELS))
        return 0;
    if (b->by_row && !leaves_out_nan(b)) {
        b->row.index = walk->row_begin;
        ens_shares_of_row(b);
        if (b->row.fault || ens_is_unfit(b))
            return 0;
    }
    return most_rows(b) < 2 ? 0 : most_rows(b);
}

void ens_report_rows_begin(struct ens_blend *b)
{
    b->report->bound = rows_at_once(b);
    b->report->simple = b->report->bound > 0 && prepare_sum(b);
}

/* Where NaN are left out: is there none? Then all models that are not missing are present in all rows. */
static ENS_APART int have_no_nan(struct ens_blend *b, size_t row, size_t length)
{
    double most;

    for (size_t k = 0; k < b->e->plan.n; k++) {
        if (ens_output_of(b, k).data != NULL &&
            b->kernels->greatest[b->acc](ens_raw(b, k, row, 0, length, b->spare), length, &most))
            return 0;
        b->kept[k] = (struct ens_stat){.sum = 1};
    }
    ens_shares_of_row(b);
    return !b->row.fault && !ens_is_unfit(b);
}

static void sum_rows(const struct ens_blend *b, size_t row, size_t length, void *out)
{
    const struct sum *sum = sum_of(b);
    const int dtype = b->walk->inputs->summary->dtype - 1;
    const size_t skip = (row - b->walk->row_begin) * b->e->width << ens_dtype_shift(dtype + 1);
    const void *in[ENS_GROUP_NEAR];
    const struct ens_span span = {.out = out, .in = in, .weight = sum->weight, .n = b->e->plan.n, .length = length};

    for (size_t k = 0; k < span.n; k++)
        in[k] = (const unsigned char *)sum->in[k] + skip;
    b->kernels->wsum[b->acc][dtype][b->acc](&span);
}

/* Combines the rows, to the result if they can be combined there. */
static const void *combine(const struct ens_blend *b, size_t row, size_t length, unsigned char *to)
{
    const struct ens_tile tile = {row, 0, length};
    const int same = b->walk->dtype - 1 == b->acc;
    const int direct = to != NULL && same && ((uintptr_t)to & (((size_t)1 << b->shift) - 1)) == 0;
    void *out = direct ? to : b->pool;

    if (b->report->simple)
        sum_rows(b, row, length, out);
    else
        ens_gather(b, &tile, out);
    if (to != NULL && same && !direct)
        memcpy(to, out, length << b->shift);
    else if (to != NULL && !same)
        b->kernels->narrow[b->acc][b->walk->dtype - 1](to, out, length, 0);
    return out;
}

static void widen(const struct ens_rows *rows, double *to, const void *from)
{
    const struct ens_blend *b = rows->b;

    if (b->acc == ENS_f64)
        memcpy(to, from, rows->n * sizeof *to);
    else
        b->kernels->widen[ENS_f64][ENS_f32](to, from, rows->n);
}

static void write_margins(const struct ens_rows *rows, const double *best, const double *second)
{
    const int alone = rows->b->e->width == 1;

    for (size_t r = 0; r < rows->n; r++)
        rows->margin[r] = alone ? (double)INFINITY : second[r] == best[r] ? 0 : best[r] - second[r];
}

/* Fields that are the same for all rows, but that a row without an answer is not settled. */
static void write_constants(const struct ens_rows *rows)
{
    const struct ens_blend *b = rows->b;
    const struct ensemble_report *asked = b->report->asked;

    for (size_t r = 0; asked->weight_present != NULL && r < rows->n; r++)
        asked->weight_present[rows->at + r] = b->by_row ? b->row.share : 1;
    for (size_t r = 0; asked->models_present != NULL && r < rows->n; r++)
        asked->models_present[rows->at + r] = (int32_t)(b->by_row ? b->row.models : b->e->plan.n);
    if (asked->row_fault != NULL)
        memset(asked->row_fault + rows->at, 0, rows->n * sizeof *asked->row_fault);
}

/* Rows without an answer. */
static ENS_APART void write_broken(const struct ens_rows *rows)
{
    const struct ensemble_report *asked = rows->b->report->asked;

    for (size_t r = 0; r < rows->n; r++) {
        if (rows->labels[r] >= 0)
            continue;
        rows->confidence[r] = rows->margin[r] = NAN;
        if (asked->tied != NULL)
            asked->tied[rows->at + r] = 0;
        if (asked->row_fault != NULL)
            asked->row_fault[rows->at + r] = ENSEMBLE_ROW_NAN;
        if (asked->settled != NULL)
            asked->settled[rows->at + r] = 0;
    }
}

/* The largest values of all rows, and what follows from them. */
static ENS_APART void decide(struct ens_rows *rows)
{
    const struct ens_blend *b = rows->b;
    const struct ensemble_report *asked = b->report->asked;
    double *label = ens_rows_found(b, 0), *second = ens_rows_found(b, 1);
    const size_t array = ENS_ROWS_MOST << b->shift;
    const double *best = rows->confidence;

    rows->broken = b->kernels->lead_rows[b->acc](&rows->turned, b->spare, b->spare + array, b->spare + 2 * array);
    widen(rows, rows->confidence, b->spare);
    if (rows->broken || asked->label != NULL || (b->report->asks & ~ENS_ASKS_ENTROPY)) {
        widen(rows, label, b->spare + 2 * array);
        for (size_t r = 0; r < rows->n; r++)
            rows->labels[r] = (int32_t)label[r];
    }
    if (asked->margin != NULL || asked->tied != NULL || asked->settled != NULL || asked->flips != NULL) {
        widen(rows, second, b->spare + array);
        write_margins(rows, best, second);
        for (size_t r = 0; asked->tied != NULL && r < rows->n; r++)
            asked->tied[rows->at + r] = b->e->width > 1 && second[r] == best[r];
        if (asked->settled != NULL)
            ens_settled_rows(b, best, second, rows->n, asked->settled + rows->at);
    }
    write_constants(rows);
    if (rows->broken)
        write_broken(rows);
}

/* Some of the combined rows in double, turned. */
static void convert(const struct ens_rows *rows, size_t first, const struct ens_turned *to, void *spare)
{
    const struct ens_blend *b = rows->b;
    const size_t row = to->width << b->shift, length = to->rows * to->width;
    const unsigned char *from = (const unsigned char *)rows->values + first * row;
    void *x = b->acc == ENS_f64 ? to->values : spare;

    b->kernels->turn[b->acc](x, to->values, from, row, to->rows, to->width);
    if (x != to->values)
        b->kernels->widen[ENS_f64][b->acc](to->values, x, length);
    if (b->e->form == ENSEMBLE_RESULT_LOG)
        b->kernels->map[ENS_f64][ENS_MAP_exp](to->values, to->values, length, &(struct ens_map){.a = 1});
}

/* The spread of the combined rows, of so many at once as have room in a tile of doubles. */
static ENS_APART void write_entropy(const struct ens_rows *rows)
{
    const struct ens_blend *b = rows->b;
    const struct ens_kernels *kernels = b->kernels;
    const struct ens_piece piece = {.b = b};
    const struct ens_map map = {.a = -INFINITY, .c = -INFINITY};
    const size_t width = b->e->width, most = ENS_TILE_BYTES / sizeof(double) / width;
    double *x = ens_piece_array(&piece, ENS_PIECE_LOG_POOL), *log_times = (double *)(void *)b->spare;
    double *sums = ens_rows_found(b, 0), *term_sums = ens_rows_found(b, 1), *logs = ens_rows_found(b, 2);
    double *to = b->report->asked->entropy + rows->at;

    for (size_t first = 0, n; first < rows->n; first += n) {
        const struct ens_turned values = {x, n = rows->n - first < most ? rows->n - first : most, width};
        const struct ens_turned terms = {log_times, n, width};

        convert(rows, first, &values, log_times);
        kernels->map[ENS_f64][ENS_MAP_log_times](log_times, x, n * width, &(struct ens_map){0});
        kernels->sum_rows(&values, sums);
        kernels->sum_rows(&terms, term_sums);
        kernels->map[ENS_f64][ENS_MAP_log](logs, sums, n, &map);
        for (size_t r = 0; r < n; r++) {
            const double entropy = logs[r] - term_sums[r] / sums[r];

            to[first + r] = rows->broken && rows->labels[first + r] < 0 ? (double)NAN : entropy <= 0 ? 0 : entropy;
        }
    }
}

/* The first class of a row that has not been taken yet, where all that are left are minus infinity. */
static size_t first_left(const struct ens_rows *rows, size_t r)
{
    size_t j = 0;

    while (j + 1 < rows->turned.width && ens_is_nan(ens_get(rows->b, rows->turned.values, j * rows->n + r)))
        j++;
    return j;
}

/* The largest classes one after the other; each becomes NaN once it is taken, so that it does not count any more. */
static ENS_APART void write_top(const struct ens_rows *rows)
{
    const struct ens_blend *b = rows->b;
    const struct ensemble_report *asked = b->report->asked;
    unsigned char *const best = b->spare, *const label = best + (ENS_ROWS_MOST << b->shift);
    double *class = ens_rows_found(b, 0);

    for (size_t i = 0; i < asked->top; i++) {
        b->kernels->next_rows[b->acc](&rows->turned, best, label);
        widen(rows, class, label);
        for (size_t r = 0; r < rows->n; r++) {
            const size_t at = (rows->at + r) * asked->top + i;
            const double value = ens_get(b, best, r);
            const size_t j = value == -INFINITY ? first_left(rows, r) : (size_t)class[r];

            asked->top_values[at] = value;
            asked->top_labels[at] = (int32_t)j;
            ens_put(b, rows->turned.values, j * rows->n + r, NAN);
        }
    }
    for (size_t r = 0; rows->broken && r < rows->n; r++)
        for (size_t i = 0; rows->labels[r] < 0 && i < asked->top; i++) {
            asked->top_values[(rows->at + r) * asked->top + i] = NAN;
            asked->top_labels[(rows->at + r) * asked->top + i] = -1;
        }
}

/* Is anything asked that depends on the rows' largest values, and not only on whether there is an answer? */
static int asks_for_largest(const struct ens_blend *b)
{
    const struct ensemble_report *asked = b->report->asked;

    return asked->label != NULL || asked->confidence != NULL || asked->margin != NULL || asked->tied != NULL ||
           asked->settled != NULL || asked->top > 0 || (b->report->asks & (ENS_ASKS_REASONS | ENS_ASKS_LABELS));
}

static int report_several(struct ens_blend *b, size_t row, size_t n, unsigned char *to)
{
    const struct ensemble_report *asked = b->report->asked;
    const size_t width = b->e->width, at = ens_report_at(b, row);
    struct ens_rows rows = {
        .b = b,
        .row = row,
        .n = n,
        .at = at,
        .turned = {b->pool + ENS_TILE_BYTES, n, width},
        .labels = asked->label != NULL ? asked->label + at : (int32_t *)(void *)ens_rows_array(b, ENS_ROWS_LABELS),
        .confidence = asked->confidence != NULL ? asked->confidence + at : ens_rows_array(b, ENS_ROWS_CONFIDENCE),
        .margin = asked->margin != NULL ? asked->margin + at : ens_rows_array(b, ENS_ROWS_MARGIN),
    };

    double most;

    b->row.index = row;
    if (leaves_out_nan(b) && !have_no_nan(b, row, n * width))
        return 0;
    rows.values = combine(b, row, n * width, to);
    if (!asks_for_largest(b) && !b->kernels->greatest[b->acc](rows.values, n * width, &most)) {
        memset(rows.labels, 0, n * sizeof *rows.labels);
        write_constants(&rows);
    } else {
        b->kernels->turn[b->acc](rows.turned.values, b->spare, rows.values, width << b->shift, n, width);
        decide(&rows);
    }
    if (asked->entropy != NULL)
        write_entropy(&rows);
    if (asked->top > 0)
        write_top(&rows);
    if (b->report->asks & ENS_ASKS_MODELS)
        ens_contest_rows(&rows);
    if (b->report->asks & (ENS_ASKS_REASONS | ENS_ASKS_LABELS))
        ens_reasons_rows(&rows);
    return 1;
}

/*
 * Where rows cannot be reported at once, since a NaN is left out, the next try is with a quarter of them, down to a
 * single one; and with twice as many whenever it could be done. So one NaN among many rows does not cost much, and
 * neither do tries where every row has one.
 */
size_t ens_report_ahead(struct ens_blend *b, size_t line)
{
    const struct ens_walk *walk = b->walk;
    size_t *const bound = &b->report->bound;

    while (*bound > 0 && line < walk->row_count) {
        const size_t rows = walk->row_count - line < *bound ? walk->row_count - line : *bound;
        unsigned char *to = walk->result;

        if (to != NULL)
            to += line * walk->result_stride << ens_dtype_shift(walk->dtype);
        if (report_several(b, walk->row_begin + line, rows, to)) {
            *bound = 2 * *bound < most_rows(b) ? 2 * *bound : most_rows(b);
            line += rows;
        } else if (rows == 1) {
            break;
        } else {
            *bound = (rows + 3) / 4;
        }
    }
    return line;
}
