/* SPDX-License-Identifier: MIT */
#include "learn/gram.h"

#include "base/dtype.h"

#include <string.h>

/* After so many pieces the partial sums are added up. Part of the bits. */
#define PIECES 64

#define LANES (ENS_PAIRS * ENS_PAIR_LANES)

/* What memory gives at once. */
#define LINE ((size_t)64)

/* Columns, at most: the partial sums of so many can be counted in 32 bits. */
#define MOST ((size_t)8192)

/* The partial sums of column i beside a group; columns up to i only. */
static double *partial_of(const struct ens_gram *g, size_t i, size_t group)
{
    const size_t whole = i / ENS_PAIRS; /* rows of groups before: each of ENS_PAIRS rows has one more than the last */

    return g->partial + (ENS_PAIRS * whole * (whole + 1) / 2 + (i % ENS_PAIRS) * (whole + 1) + group) * LANES;
}

static size_t partial_size(size_t m)
{
    const size_t groups = (m + ENS_PAIRS - 1) / ENS_PAIRS;

    return ENS_PAIRS * groups * (groups + 1) / 2 * LANES;
}

int ens_gram_open(struct ens_gram *g, struct ens_heap *heap, const struct ens_kernels *kernels, size_t m)
{
    int failed = 0;

    *g = (struct ens_gram){.kernels = kernels, .m = m};
    if (m > MOST)
        return ENSEMBLE_EOVERFLOW;
    g->tile = ens_heap_doubles(heap, m * ENS_PIECE, &failed);
    g->partial = ens_heap_doubles(heap, partial_size(m), &failed);
    g->sum = ens_heap_doubles(heap, m * m, &failed);
    g->ahead = ens_heap_take(heap, m, sizeof *g->ahead);
    return failed || g->ahead == NULL ? ENSEMBLE_ENOMEM : 0;
}

void ens_gram_begin(struct ens_gram *g, size_t m)
{
    g->m = m;
    g->groups = (m + ENS_PAIRS - 1) / ENS_PAIRS;
    memset(g->sum, 0, g->m * g->m * sizeof *g->sum);
    memset(g->partial, 0, partial_size(g->m) * sizeof *g->partial);
    g->pieces = 0;
}

/* The partial sums of all pairs are added in halves, and begin anew. */
static void add_up(struct ens_gram *g)
{
    for (size_t i = 0; i < g->m; i++)
        for (size_t j = 0; j <= i; j++) {
            double *partial = partial_of(g, i, j / ENS_PAIRS) + j % ENS_PAIRS * ENS_PAIR_LANES;

            for (size_t half = ENS_PAIR_LANES / 2; half > 0; half /= 2)
                for (size_t lane = 0; lane < half; lane++)
                    partial[lane] += partial[lane + half];
            g->sum[i * g->m + j] += partial[0];
        }
    memset(g->partial, 0, partial_size(g->m) * sizeof *g->partial);
    g->pieces = 0;
}

/* How many lines to ask for with each call of the kernel, so that all have the same share of them. */
static size_t lines_for_each(const struct ens_gram *g)
{
    const size_t calls = g->groups * g->m - ENS_PAIRS * g->groups * (g->groups - 1) / 2;
    size_t lines = 0;

    for (size_t k = 0; k < g->n_ahead; k++)
        lines += (size_t)(g->ahead[k].end - g->ahead[k].begin) / LINE + 1;
    return (lines + calls - 1) / calls;
}

/*
 * Asks for some lines of what will be read next: memory is slow, and has nothing else to do while products are summed.
 * All at once would wait for each other.
 */
static void ask_ahead(struct ens_gram *g, size_t lines)
{
    for (; lines > 0 && g->n_ahead > 0; lines--) {
        struct ens_stretch *next = &g->ahead[g->n_ahead - 1];

        __builtin_prefetch(next->begin);
        if ((size_t)(next->end - next->begin) <= LINE)
            g->n_ahead--;
        else
            next->begin += LINE;
    }
}

void ens_gram_add(struct ens_gram *g, size_t length)
{
    const size_t lines = lines_for_each(g);

    for (size_t group = 0; group < g->groups; group++) {
        const double *columns[ENS_PAIRS];

        for (size_t j = 0; j < ENS_PAIRS; j++)
            columns[j] = ens_gram_tile(g, group * ENS_PAIRS + j < g->m ? group * ENS_PAIRS + j : 0);
        for (size_t i = group * ENS_PAIRS; i < g->m; i++) {
            ask_ahead(g, lines);
            g->kernels->gram(ens_gram_tile(g, i), columns, length, partial_of(g, i, group));
        }
    }
    if (++g->pieces == PIECES)
        add_up(g);
}

void ens_gram_end(struct ens_gram *g, double count)
{
    add_up(g);
    for (size_t i = 0; i < g->m; i++)
        for (size_t j = 0; j <= i; j++) {
            g->sum[i * g->m + j] /= count;
            g->sum[j * g->m + i] = g->sum[i * g->m + j];
        }
}

/* What will be read for a piece, where that is outputs as they are. */
static void look_ahead(struct ens_gram *g, const struct ens_source *s, const struct ens_sample *sample,
                       const struct ens_piece *piece)
{
    const size_t length = piece->count * piece->length;

    g->n_ahead = 0;
    for (size_t i = 0; i < s->n && length > 0; i++) {
        int dtype;
        const unsigned char *begin = ens_source_raw(s, sample, piece, i, &dtype);

        if (begin != NULL)
            g->ahead[g->n_ahead++] = (struct ens_stretch){begin, begin + (length << ens_dtype_shift(dtype + 1))};
    }
}

void ens_gram_of_models(struct ens_gram *g, struct ens_source *s, const struct ens_sample *sample)
{
    const int far = sample->n > ENS_FAR_BYTES / (s->n * s->width * sizeof(float));

    ens_gram_begin(g, g->m);
    ENS_EACH_PIECE(piece, s, sample) {
        const size_t length = piece.count * piece.length;

        ens_source_truth(s, sample, &piece);
        for (size_t i = 0; i < s->n; i++) {
            double *tile = ens_gram_tile(g, i);
            const double *values = tile;

            if (g->m == s->n)
                ens_source_errors(s, sample, &piece, i, tile);
            else
                values = ens_source_values(s, sample, &piece, i, tile);
            if (values != tile)
                memcpy(tile, values, length * sizeof *tile);
        }
        if (g->m > s->n)
            memcpy(ens_gram_tile(g, s->n), s->truth, length * sizeof *s->truth);
        if (far) {
            const struct ens_piece next = ens_piece_next(s, sample, piece);

            look_ahead(g, s, sample, &next);
        }
        ens_gram_add(g, length);
    }
    ens_gram_end(g, (double)sample->n);
}
