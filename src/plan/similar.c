/* SPDX-License-Identifier: MIT */
/*
 * All pairs of models in one pass over the outputs. Some short rows, or a piece of a long one, are looked at together;
 * groups of four models beside groups of four, each converted to double once for each group beside it, so that what is
 * multiplied lies in the first-level cache. The sums gather in the lower half of the caller's matrix.
 */
#include "plan/similar.h"

#include "base/dtype.h"
#include "base/size.h"
#include "plan/blend.h"
#include "plan/labels.h"
#include "plan/overlap.h"
#include "plan/stats.h"
#include "plan/values.h"

#include <math.h>
#include <string.h>

/* Values that are looked at together, at most; part of the bits. */
#define PIECE ((size_t)128)
#define GROUP ((size_t)ENS_PAIRS)

/* Rows of which labels are compared together, and models. */
#define ROWS ((size_t)32)
#define LABELS ((size_t)16)

/* Models for which there is room on the stack; for more, there is room in the upper half of the matrix. */
#define FEW ((size_t)16)

struct similar {
    struct ens_blend *b;
    int32_t measure;
    double *matrix;
    size_t n;        /* models of the ensemble */
    double *own;     /* 2 x FEW: sums and shifts of few models */
    void *raw;       /* PIECE values that are being converted */
    double count;    /* of values, or rows, that have been looked at */
    size_t rows;     /* how many rows are looked at together, */
    size_t row;      /* the first of them, */
    size_t n_rows;   /* how many there are, */
    size_t n_used;   /* and how many count */
    unsigned char used[ROWS];
    size_t column;   /* of a long row */
    size_t length;
};

/* What a model's values are too small by, so that those of a constant model are exactly 0; and the sum of the rest. */
static double *shift_of(const struct similar *s, size_t model)
{
    if (s->n <= FEW)
        return s->own + FEW + model;
    return s->matrix + (model > 1 ? s->n + model : 2 * s->n + 4 + model);
}

static double *sum_of(const struct similar *s, size_t model)
{
    if (s->n <= FEW)
        return s->own + model;
    return s->matrix + (model > 0 ? model : 2 * s->n + 3);
}

static double *pair(const struct similar *s, size_t k, size_t l)
{
    const size_t i = s->b->e->plan.model[k], j = s->b->e->plan.model[l];

    return s->matrix + (i > j ? i * s->n + j : j * s->n + i);
}

static int speaks(const struct similar *s, size_t k)
{
    return ens_output_of(s->b, k).data != NULL;
}

static double *tile(const struct similar *s, size_t which)
{
    return (double *)(void *)s->b->pool + which * PIECE;
}

/* A model's values of the rows that count, or of the piece of a row, one behind the other. */
static void fill(const struct similar *s, size_t k, double *to)
{
    struct ens_blend *b = s->b;
    const size_t width = b->e->width;

    if (s->rows == 1) {
        const struct ens_tile piece = {s->row, s->column, s->length};
        const double *values = ens_doubles(b, k, &piece, s->raw, to);

        if (values != to)
            memcpy(to, values, s->length * sizeof *to);
        return;
    }
    for (size_t r = 0, at = 0; r < s->n_rows; r++) {
        const struct ens_tile row = {s->row + r, 0, width};
        const double *values;

        if (!s->used[r])
            continue;
        b->row.index = s->row + r;
        if (k < ENS_STATS && ens_stat_is_needed(b, k))
            ens_stat_prepare(b, k);
        values = ens_doubles(b, k, &row, s->raw, to + at);
        if (values != to + at)
            memcpy(to + at, values, width * sizeof *to);
        at += width;
    }
}

/* Less its shift, for products; the sum of that is kept, `once` for each piece. */
static void center(const struct similar *s, size_t k, double *values, int once)
{
    const size_t model = s->b->e->plan.model[k];
    const struct ens_map map = {.a = 1, .b = *shift_of(s, model), .c = -INFINITY};

    s->b->kernels->map[ENS_f64][ENS_MAP_affine](values, values, s->length, &map);
    if (once)
        *sum_of(s, model) += s->b->kernels->sum[ENS_f64](values, s->length);
}

/* The models from `next` on that speak, up to a group of them, in the tiles from `which` on. Returns the next model. */
static size_t fill_group(const struct similar *s, size_t next, size_t which, size_t *models, size_t *n)
{
    for (*n = 0; next < s->b->e->plan.n && *n < GROUP; next++) {
        if (!speaks(s, next))
            continue;
        fill(s, next, tile(s, which + *n));
        if (s->measure == ENSEMBLE_SIMILARITY_CORRELATION)
            center(s, next, tile(s, which + *n), which == 0);
        models[(*n)++] = next;
    }
    return next;
}

/* The pairs of two groups; of one group with itself (which == 0), each pair once. */
static void pair_groups(const struct similar *s, const size_t *these, size_t n, const size_t *those, size_t m,
                        size_t which)
{
    const int differences = s->measure == ENSEMBLE_SIMILARITY_DIFFERENCE;

    for (size_t i = 0; i < n; i++) {
        const double *others[GROUP];
        double sums[GROUP];

        for (size_t j = 0; j < GROUP; j++)
            others[j] = tile(s, which + (j < m ? j : 0));
        s->b->kernels->pairs[differences](tile(s, i), others, s->length, sums);
        for (size_t j = which == 0 ? i : 0; j < m; j++)
            *pair(s, these[i], those[j]) += sums[j];
    }
}

/* The values at hand of all models. The first ones of all are the shifts. */
static void compare_values(struct similar *s)
{
    const size_t end = s->b->e->plan.n;
    size_t these[GROUP], those[GROUP], n, m;

    for (size_t k = 0; s->count == 0 && s->measure == ENSEMBLE_SIMILARITY_CORRELATION && k < end; k++)
        if (speaks(s, k)) {
            fill(s, k, tile(s, 0));
            *shift_of(s, s->b->e->plan.model[k]) = *tile(s, 0);
        }
    for (size_t first = 0; first < end;) {
        first = fill_group(s, first, 0, these, &n);
        pair_groups(s, these, n, these, n, 0);
        for (size_t other = first; other < end;) {
            other = fill_group(s, other, GROUP, those, &m);
            pair_groups(s, these, n, those, m, GROUP);
        }
    }
    s->count += (double)s->length;
}

/* The top classes of a model in the rows at hand, or in those of them that count; -1 where there is none. */
static void fill_labels_of(const struct similar *s, size_t k, int32_t *labels)
{
    struct ens_blend *b = s->b;
    unsigned char *const tiles[] = {b->pool + 2 * ENS_TILE_BYTES, b->pool + 3 * ENS_TILE_BYTES};
    const int at_once = ens_model_of(b, k)->map == NULL && b->e->width <= ENS_SHORT_ROW;

    if (at_once)
        ens_labels_of_rows(b, k, s->row, s->n_rows, labels, tiles);
    for (size_t r = 0, at = 0; r < s->n_rows && (!at_once || s->n_used < s->n_rows); r++)
        if (s->used[r]) {
            struct ens_stat stat = {.sum = 0};

            b->row.index = s->row + r;
            if (!at_once)
                stat = ens_stat_of_label(b, k);
            labels[at++] = at_once ? labels[r] : stat.sum > 0 ? (int32_t)stat.most : -1;
        }
    for (size_t at = s->n_used; at < ROWS; at++)
        labels[at] = 0;
}

/* The same of some models from `next` on: ROWS for each. */
static size_t fill_labels(const struct similar *s, size_t next, int32_t *labels, size_t *models, size_t *n)
{
    for (*n = 0; next < s->b->e->plan.n && *n < LABELS; next++) {
        if (!speaks(s, next))
            continue;
        fill_labels_of(s, next, labels + *n * ROWS);
        models[(*n)++] = next;
    }
    return next;
}

/*
 * How often they agree; NaN where one of the two has no class. All have ROWS labels, 0 behind those of `rows`: a loop
 * of a length that is known becomes vectors.
 */
static double agreement(const int32_t *a, const int32_t *b, size_t rows)
{
    int32_t agree = 0, none = 0;

    for (size_t r = 0; r < ROWS; r++) {
        agree += a[r] == b[r];
        none |= a[r] | b[r];
    }
    return none < 0 ? (double)NAN : (double)(agree - (int32_t)(ROWS - rows));
}

static void compare_labels(struct similar *s)
{
    const size_t end = s->b->e->plan.n;
    int32_t *labels = (int32_t *)(void *)s->b->pool, *others = labels + LABELS * ROWS;
    size_t these[LABELS], those[LABELS], n, m;

    for (size_t first = 0; first < end;) {
        first = fill_labels(s, first, labels, these, &n);
        for (size_t i = 0; i < n; i++)
            for (size_t j = i; j < n; j++)
                *pair(s, these[i], these[j]) += agreement(labels + i * ROWS, labels + j * ROWS, s->n_used);
        for (size_t other = first; other < end;) {
            other = fill_labels(s, other, others, those, &m);
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < m; j++)
                    *pair(s, these[i], those[j]) += agreement(labels + i * ROWS, others + j * ROWS, s->n_used);
        }
    }
    s->count += (double)s->n_used;
}

/* Which of the rows count: all, unless NaN are to be left out. */
static void choose_rows(struct similar *s)
{
    struct ens_blend *b = s->b;

    s->n_used = 0;
    for (size_t r = 0; r < s->n_rows; r++) {
        b->row.index = s->row + r;
        s->used[r] = 1;
        if (b->e->policy & ENSEMBLE_LEAVE_OUT_NAN) {
            ens_stats_of_row(b);
            for (size_t k = 0; k < b->e->plan.n; k++)
                s->used[r] &= !speaks(s, k) || ens_stat_is_sound(b, k);
        }
        s->n_used += s->used[r];
    }
}

static void compare_rows(struct similar *s)
{
    const size_t width = s->b->e->width;

    choose_rows(s);
    if (s->n_used == 0)
        return;
    if (s->measure == ENSEMBLE_SIMILARITY_AGREEMENT) {
        compare_labels(s);
        return;
    }
    s->length = s->n_used * width;
    if (s->rows > 1) {
        compare_values(s);
        return;
    }
    if (s->b->stats)
        ens_stats_of_row(s->b);
    for (s->column = 0; s->column < width; s->column += s->length) {
        s->length = width - s->column < PIECE ? width - s->column : PIECE;
        compare_values(s);
    }
}

static double square_root(const struct similar *s, double x)
{
    s->b->kernels->map[ENS_f64][ENS_MAP_root](&x, &x, 1, &(struct ens_map){0});
    return x;
}

/* The sum of squares around the mean. The diagonal holds what it was before. */
static double variation(const struct similar *s, size_t k)
{
    const double sum = *sum_of(s, s->b->e->plan.model[k]), squares = *pair(s, k, k) - sum * sum / s->count;

    return squares > 0 ? squares : squares <= 0 ? 0 : (double)NAN;
}

static double correlation(const struct similar *s, size_t k, size_t l)
{
    const double product = *sum_of(s, s->b->e->plan.model[k]) * *sum_of(s, s->b->e->plan.model[l]);
    const double a = variation(s, k), b = variation(s, l), together = *pair(s, k, l) - product / s->count;
    const int near = a / b > 1e-200 && a / b < 1e200;
    const double r = near ? together / a * square_root(s, a / b) : together / square_root(s, a) / square_root(s, b);

    return r > 1 ? 1 : r < -1 ? -1 : r;
}

/* From sums to the measure. The diagonal, from which correlations are had, comes last. */
static void finish(const struct similar *s)
{
    const size_t end = s->b->e->plan.n;
    const int correlates = s->measure == ENSEMBLE_SIMILARITY_CORRELATION;

    for (size_t k = 0; k < end; k++)
        for (size_t l = 0; l < k; l++)
            *pair(s, k, l) = correlates ? correlation(s, k, l) : *pair(s, k, l) / s->count;
    for (size_t k = 0; k < end; k++)
        *pair(s, k, k) = correlates ? (variation(s, k) > 0 ? 1 : (double)NAN) : *pair(s, k, k) / s->count;
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < i; j++)
            s->matrix[j * s->n + i] = s->matrix[i * s->n + j];
}

/* Models that take no part or are missing are like no other. */
static void clear_others(const struct similar *s)
{
    size_t k = 0;

    for (size_t i = 0; i < s->n; i++) {
        const int here = k < s->b->e->plan.n && s->b->e->plan.model[k] == i;

        k += (size_t)here;
        if (!here || !speaks(s, k - 1))
            for (size_t j = 0; j < s->n; j++)
                s->matrix[i * s->n + j] = s->matrix[j * s->n + i] = NAN;
    }
}

/* May the matrix be written? */
static int check_matrix(const struct ens_walk *walk, const double *matrix)
{
    const size_t n = walk->e->n_models;
    size_t bytes;

    return ens_size_of_matrix(n, n, n, ens_dtype_shift(ENSEMBLE_F64), &bytes)
               ? ENSEMBLE_EOVERFLOW
               : ens_overlap_check_array(walk, NULL, matrix, bytes);
}

int ens_similar(const struct ens_inputs *inputs, const struct ensemble *e, int32_t measure, double *matrix)
{
    _Alignas(ENS_STREAM_ALIGNMENT) unsigned char pool[ENS_POOL_BYTES];
    _Alignas(ENS_STREAM_ALIGNMENT) unsigned char spare[ENS_TILE_BYTES];
    const struct ens_walk walk = {.e = e, .inputs = inputs, .row_count = inputs->summary->rows, .dtype = ENSEMBLE_F32};
    struct ens_stat kept[ENS_STATS];
    double own[2 * FEW] = {0}, raw[PIECE];
    struct ens_blend b = ens_blend_of_values(&walk);
    struct similar s = {.b = &b, .measure = measure, .matrix = matrix, .n = e->n_models, .own = own, .raw = raw};
    const size_t rows = measure == ENSEMBLE_SIMILARITY_AGREEMENT ? ROWS : PIECE / e->width;
    const int code = check_matrix(&walk, matrix);

    if (code)
        return code;
    b.pool = pool;
    b.spare = spare;
    b.kept = kept;
    s.rows = rows < 1 ? 1 : rows < ROWS ? rows : ROWS;
    memset(matrix, 0, s.n * s.n * sizeof *matrix);
    for (s.row = 0; s.row < walk.row_count; s.row += s.rows) {
        s.n_rows = walk.row_count - s.row < s.rows ? walk.row_count - s.row : s.rows;
        compare_rows(&s);
    }
    finish(&s);
    clear_others(&s);
    return 0;
}
