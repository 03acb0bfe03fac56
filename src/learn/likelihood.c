/* SPDX-License-Identifier: MIT */
#include "learn/likelihood.h"

/* More than what any probability is; a bound for products of numbers that are none. */
#define MOST 1e15

/* Takes the labels' probabilities out of a piece of a model's rows. */
static void pick(struct ens_likelihood *l, const struct ens_source *s, const struct ens_sample *sample,
                 const struct ens_piece *piece, size_t i, const double *values)
{
    for (size_t r = 0; r < piece->count; r++) {
        const size_t label = (size_t)ens_source_label(s, ens_sample_row(sample, piece->first + r));

        if (s->width == 1)
            l->p[i * l->rows + piece->first + r] = ens_label_probability(values + r, 1, label);
        else if (label >= piece->column && label - piece->column < piece->length)
            l->p[i * l->rows + piece->first + r] = values[r * piece->length + label - piece->column];
    }
}

int ens_likelihood_open(struct ens_likelihood *l, struct ens_source *s, const struct ens_sample *sample)
{
    int failed = 0;
    double *tile = ens_heap_doubles(s->heap, ENS_PIECE, &failed);

    *l = (struct ens_likelihood){.kernels = s->e.kernels, .n = s->n, .rows = sample->n};
    l->p = ens_heap_take(s->heap, sample->n, s->n * sizeof *l->p);
    l->row = ens_heap_doubles(s->heap, ENS_LOG_BLOCK, &failed);
    l->in = ens_heap_take(s->heap, s->n, sizeof *l->in);
    if (failed || l->p == NULL || l->in == NULL || ens_gram_open(&l->gram, s->heap, l->kernels, s->n + 1))
        return ENSEMBLE_ENOMEM;
    ENS_EACH_PIECE(piece, s, sample)
        for (size_t i = 0; i < s->n; i++) {
            const double *values = ens_source_values(s, sample, &piece, i, tile);

            if (!ens_all_finite(l->kernels, values, piece.count * piece.length))
                return 1;
            pick(l, s, sample, &piece, i, values);
        }
    return 0;
}

static size_t block_at(const struct ens_likelihood *l, size_t row)
{
    return l->rows - row < ENS_LOG_BLOCK ? l->rows - row : ENS_LOG_BLOCK;
}

/* Weighted sums of what l->in points at. */
static void pool(const struct ens_likelihood *l, const double *w, size_t n, size_t length)
{
    const struct ens_span span = {.out = l->row, .in = l->in, .weight = w, .n = n, .length = length};

    l->kernels->wsum[ENS_f64][ENS_f64][ENS_f64](&span);
}

/* What the models say of some rows, each at least ENS_LEAST_PROBABILITY, in the Gram matrix's tiles. */
static void fill_tiles(const struct ens_likelihood *l, const size_t *models, size_t n, size_t row, size_t length)
{
    static const struct ens_map least = {.a = 1, .c = ENS_LEAST_PROBABILITY};

    for (size_t k = 0; k < n; k++) {
        double *tile = ens_gram_tile(&l->gram, k);

        l->kernels->map[ENS_f64][ENS_MAP_affine](tile, l->p + models[k] * l->rows + row, length, &least);
        l->in[k] = tile;
    }
}

double ens_likelihood_loss(const struct ens_likelihood *l, const size_t *models, const double *w, size_t n)
{
    double sum = 0;

    for (size_t row = 0; row < l->rows; row += ENS_LOG_BLOCK) {
        for (size_t k = 0; k < n; k++)
            l->in[k] = l->p + models[k] * l->rows + row;
        pool(l, w, n, block_at(l, row));
        sum += l->kernels->log_sum(l->row, NULL, block_at(l, row), ENS_LEAST_PROBABILITY, 1);
    }
    return 0 - sum / (double)l->rows; /* not -0 */
}

double ens_likelihood_convex(const struct ens_likelihood *l, const size_t *models, const double *w, size_t n)
{
    double sum = 0;

    for (size_t row = 0; row < l->rows; row += ENS_LOG_BLOCK) {
        fill_tiles(l, models, n, row, block_at(l, row));
        pool(l, w, n, block_at(l, row));
        sum += l->kernels->log_sum(l->row, NULL, block_at(l, row), ENS_LEAST_PROBABILITY / 2, MOST);
    }
    return 0 - sum / (double)l->rows; /* not -0 */
}

void ens_likelihood_derivatives(struct ens_likelihood *l, const size_t *models, const double *w, size_t n)
{
    static const struct ens_map inverse = {0};
    struct ens_gram *g = &l->gram;

    g->m = n + 1;
    g->groups = (g->m + ENS_PAIRS - 1) / ENS_PAIRS;
    ens_gram_begin(g);
    for (size_t row = 0; row < l->rows; row += ENS_LOG_BLOCK) {
        const size_t length = block_at(l, row);
        double *ones = ens_gram_tile(g, n);

        for (size_t r = 0; r < length; r++)
            ones[r] = 1;
        fill_tiles(l, models, n, row, length);
        pool(l, w, n, length);
        l->kernels->map[ENS_f64][ENS_MAP_reciprocal](l->row, l->row, length, &inverse);
        for (size_t k = 0; k < n; k++)
            l->kernels->blend[ENS_f64][ENS_BLEND_product](ens_gram_tile(g, k), l->row, ones, length);
        ens_gram_add(g, length);
    }
    ens_gram_end(g, (double)l->rows);
}
