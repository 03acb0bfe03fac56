/* SPDX-License-Identifier: MIT */
#include "learn/likelihood.h"

#include "base/compiler.h"

#include <string.h>

/* More than what any probability is; a bound for products of numbers that are none. */
#define MOST 1e15

/* Element `at` of an array of floats or doubles at any address. */
static ENS_INLINE double element(const void *values, size_t at, const int dtype)
{
    float single;
    double x;

    if (dtype == ENS_f64) {
        memcpy(&x, (const unsigned char *)values + at * sizeof x, sizeof x);
        return x;
    }
    memcpy(&single, (const unsigned char *)values + at * sizeof single, sizeof single);
    return (double)single;
}

static ENS_INLINE void pick_labels(const struct ens_source *s, const struct ens_sample *sample,
                                   const struct ens_piece *piece, const void *values, const int dtype, double *p)
{
    for (size_t r = 0; r < piece->count; r++) {
        const size_t label = (size_t)ens_source_label(s, ens_sample_row(sample, piece->first + r));

        if (s->width == 1)
            p[r] = label == 1 ? element(values, r, dtype) : 1 - element(values, r, dtype);
        else if (label >= piece->column && label - piece->column < piece->length)
            p[r] = element(values, r * piece->length + label - piece->column, dtype);
    }
}

int ens_pick(struct ens_source *s, const struct ens_sample *sample, const struct ens_piece *piece, size_t i,
             double *tile, double *p)
{
    int dtype = ENS_f64;
    const void *values = ens_source_raw(s, sample, piece, i, &dtype);

    if (values == NULL || dtype > ENS_f64) {
        dtype = ENS_f64;
        values = ens_source_values(s, sample, piece, i, tile);
    }
    if (!s->e.kernels->finite[dtype](values, piece->count * piece->length))
        return 0;
    if (dtype == ENS_f32)
        pick_labels(s, sample, piece, values, ENS_f32, p);
    else
        pick_labels(s, sample, piece, values, ENS_f64, p);
    return 1;
}

/* Are some probabilities so small that they count as more? */
static int has_least(const double *p, size_t count)
{
    int some = 0;

    for (size_t r = 0; r < count; r++)
        some |= p[r] < ENS_LEAST_PROBABILITY;
    return some;
}

/*
 * Is all that the models say of labels a float? Where it comes from memory, it is kept as that; else it would only have
 * to be widened each time.
 */
static int are_floats(const struct ens_source *s, size_t rows)
{
    int all = s->width > 1 && rows > ENS_FAR_BYTES / sizeof(double) / s->n; /* with a width of 1, some are 1 - x */

    for (size_t i = 0; i < s->n && all; i++) {
        size_t stride;
        int dtype;

        all = ens_source_matrix(s, i, &dtype, &stride) != NULL && dtype != ENS_f64;
    }
    return all;
}

/* Where a piece of model i goes: to its place, or to `p`, if it is to be narrowed. */
static double *place_of(const struct ens_likelihood *l, const struct ens_piece *piece, size_t i, double *p)
{
    return l->dtype == ENS_f64 ? (double *)l->p + i * l->rows + piece->first : p;
}

/* Keeps what was picked, of rows whose labels are in the piece. */
static void keep(struct ens_likelihood *l, const struct ens_piece *piece, size_t i, const double *p)
{
    l->some_least |= has_least(p, piece->count);
    if (l->dtype == ENS_f32)
        l->kernels->narrow[ENS_f64][ENS_f32]((float *)l->p + i * l->rows + piece->first, p, piece->count, 0);
}

int ens_likelihood_open(struct ens_likelihood *l, struct ens_source *s, const struct ens_sample *sample)
{
    int failed = 0;
    double *tile = ens_heap_doubles(s->heap, ENS_PIECE, &failed), *some = ens_heap_doubles(s->heap, ENS_PIECE, &failed);

    *l = (struct ens_likelihood){.kernels = s->e.kernels, .n = s->n, .rows = sample->n};
    l->dtype = are_floats(s, sample->n) ? ENS_f32 : ENS_f64;
    l->p = ens_heap_take(s->heap, sample->n, s->n * (l->dtype == ENS_f32 ? sizeof(float) : sizeof(double)));
    l->row = ens_heap_doubles(s->heap, ENS_LOG_BLOCK, &failed);
    l->in = ens_heap_take(s->heap, s->n, sizeof *l->in);
    if (failed || l->p == NULL || l->in == NULL)
        return ENSEMBLE_ENOMEM;
    ENS_EACH_PIECE(piece, s, sample) {
        const size_t label = (size_t)ens_source_label(s, ens_sample_row(sample, piece.first));
        const int part = piece.length < s->width; /* of a long row; has it the label? */
        const int has_label = !part || (label >= piece.column && label - piece.column < piece.length);

        for (size_t i = 0; i < s->n; i++) {
            double *p = place_of(l, &piece, i, some);

            if (!ens_pick(s, sample, &piece, i, tile, p))
                return 1;
            if (has_label)
                keep(l, &piece, i, p);
        }
    }
    return 0;
}

static size_t block_at(const struct ens_likelihood *l, size_t row)
{
    return l->rows - row < ENS_LOG_BLOCK ? l->rows - row : ENS_LOG_BLOCK;
}

/* Weighted sums of what l->in points at, of that dtype. */
static void pool(const struct ens_likelihood *l, int dtype, const double *w, size_t n, size_t length, double *to)
{
    const struct ens_span span = {.out = to, .in = l->in, .weight = w, .n = n, .length = length};

    l->kernels->wsum[ENS_f64][dtype][ENS_f64](&span);
}

/*
 * What the models say of some rows, each at least ENS_LEAST_PROBABILITY, in double: where it is, or in the Gram
 * matrix's tiles.
 */
static void find_rows(const struct ens_likelihood *l, const size_t *models, size_t n, size_t row, size_t length)
{
    static const struct ens_map least = {.a = 1, .c = ENS_LEAST_PROBABILITY};

    for (size_t k = 0; k < n; k++) {
        double *tile = ens_gram_tile(&l->gram, k);

        l->in[k] = ens_likelihood_at(l, models[k], row);
        if (l->dtype == ENS_f32) {
            l->kernels->widen[ENS_f64][ENS_f32](tile, l->in[k], length);
            l->in[k] = tile;
        }
        if (l->some_least) {
            l->kernels->map[ENS_f64][ENS_MAP_affine](tile, l->in[k], length, &least);
            l->in[k] = tile;
        }
    }
}

double ens_likelihood_loss(const struct ens_likelihood *l, const size_t *models, const double *w, size_t n)
{
    double sum = 0;

    for (size_t row = 0; row < l->rows; row += ENS_LOG_BLOCK) {
        for (size_t k = 0; k < n; k++)
            l->in[k] = ens_likelihood_at(l, models[k], row);
        pool(l, l->dtype, w, n, block_at(l, row), l->row);
        sum += l->kernels->log_sum[ENS_f64](l->row, NULL, block_at(l, row), ENS_LEAST_PROBABILITY, 1);
    }
    return 0 - sum / (double)l->rows; /* not -0 */
}

/* What will be read for the next rows. */
static void look_ahead(struct ens_likelihood *l, const size_t *models, size_t n, size_t row)
{
    const size_t shift = l->dtype == ENS_f32 ? 2 : 3;
    const int far = l->rows > (ENS_FAR_BYTES >> shift) / n;

    l->gram.n_ahead = 0;
    for (size_t k = 0; k < n && row < l->rows && far; k++) {
        const unsigned char *p = ens_likelihood_at(l, models[k], row);

        l->gram.ahead[l->gram.n_ahead++] = (struct ens_stretch){p, p + (block_at(l, row) << shift)};
    }
}

/* Adds some rows to the derivatives; l->row has the weighted sums of what l->in points at. */
static void differentiate_rows(struct ens_likelihood *l, size_t n, size_t length)
{
    static const struct ens_map inverse = {0};
    double *ones = ens_gram_tile(&l->gram, n);

    for (size_t r = 0; r < length; r++)
        ones[r] = 1;
    l->kernels->map[ENS_f64][ENS_MAP_reciprocal](l->row, l->row, length, &inverse);
    for (size_t k = 0; k < n; k++) {
        const void *in[] = {l->in[k], l->row};
        const struct ens_span span = {.out = ens_gram_tile(&l->gram, k), .in = in, .n = 2, .length = length};

        l->kernels->fold[ENS_f64][ENS_FOLD_product](&span);
    }
    ens_gram_add(&l->gram, length);
}

double ens_likelihood_convex(struct ens_likelihood *l, const size_t *models, const double *w, size_t n,
                             int derivatives)
{
    double sum = 0;

    if (derivatives)
        ens_gram_begin(&l->gram, n + 1);
    for (size_t row = 0; row < l->rows; row += ENS_LOG_BLOCK) {
        find_rows(l, models, n, row, block_at(l, row));
        pool(l, ENS_f64, w, n, block_at(l, row), l->row);
        sum += l->kernels->log_sum[ENS_f64](l->row, NULL, block_at(l, row), ENS_LEAST_PROBABILITY / 2, MOST);
        if (derivatives) {
            look_ahead(l, models, n, row + ENS_LOG_BLOCK);
            differentiate_rows(l, n, block_at(l, row));
        }
    }
    if (derivatives)
        ens_gram_end(&l->gram, (double)l->rows);
    return 0 - sum / (double)l->rows;
}
