/* SPDX-License-Identifier: MIT */
#include "plan/ballots.h"

#include "base/dtype.h"
#include "plan/gather.h"
#include "plan/labels.h"

#include <math.h>
#include <string.h>

/* What all votes or ranks are divided by, where all models have one weight and each counts 1. */
static void divide(const struct ens_blend *b, void *out, size_t length)
{
    if (b->e->plan.equal)
        ens_apply(b, ENS_MAP_quotient, out, out, length, (struct ens_map){.a = (double)b->e->plan.n});
}

/* Rows in which somebody has said nothing that can be used: their element is negative. */
static void spoil(const struct ens_blend *b, const int32_t *fault, size_t n, void *out)
{
    const size_t width = b->e->width;

    for (size_t r = 0; r < n; r++)
        if (fault[r] < 0)
            ens_fill(b, (unsigned char *)out + (r * width << b->shift), width, NAN);
}

/* Adds a model's weight to the class that it votes for in each row. */
static void add_votes(const struct ens_blend *b, size_t k, const int32_t *labels, size_t n, int32_t *fault, void *out)
{
    const double weight = b->e->plan.equal ? 1 : b->e->plan.weight64[k];
    const float weight32 = b->e->plan.equal ? 1 : b->e->plan.weight32[k];
    const size_t width = b->e->width;
    double *votes = out;
    float *votes32 = out;

    for (size_t r = 0; r < n; r++)
        fault[r] |= labels[r];
    if (b->acc == ENS_f64)
        for (size_t r = 0; r < n; r++, votes += width)
            votes[labels[r] < 0 ? 0 : labels[r]] += weight;
    else
        for (size_t r = 0; r < n; r++, votes32 += width)
            votes32[labels[r] < 0 ? 0 : labels[r]] += weight32;
}

void ens_count_votes(const struct ens_blend *b, size_t row, size_t n, void *out)
{
    unsigned char *const tiles[] = {b->pool + ENS_TILE_BYTES, b->pool + 2 * ENS_TILE_BYTES};
    int32_t labels[ENS_LABEL_ROWS], fault[ENS_LABEL_ROWS] = {0};

    memset(out, 0, n * b->e->width << b->shift);
    for (size_t k = 0; k < b->e->plan.n; k++) {
        ens_labels_of_rows(b, k, row, n, labels, tiles);
        add_votes(b, k, labels, n, fault, out);
    }
    divide(b, out, n * b->e->width);
    spoil(b, fault, n, out);
}

/* The ranks of a model's rows, and which of them have a NaN. */
static void rank_rows(const struct ens_blend *b, size_t k, size_t row, size_t n, int32_t *fault, void *ranks)
{
    const size_t width = b->e->width;
    double most;

    ens_fill(b, ranks, n * width, .5); /* a value is equal to itself, which is half a place too many */
    for (size_t r = 0; r < n; r++) {
        const void *values = ens_raw(b, k, row + r, 0, width, b->spare);

        fault[r] |= b->kernels->greatest[b->acc](values, width, &most) ? -1 : 0;
        b->kernels->outrank[b->acc]((unsigned char *)ranks + (r * width << b->shift), values, width, values, width);
    }
}

void ens_sum_ranks(const struct ens_blend *b, size_t row, size_t n, void *out)
{
    unsigned char *const ranks = b->pool + ENS_TILE_BYTES;
    int32_t fault[ENS_LABEL_ROWS] = {0};
    const void *const in[] = {ranks};
    const double one = 1;
    const float one32 = 1;

    for (size_t k = 0; k < b->e->plan.n; k++) {
        const void *weight = b->acc == ENS_f64 ? (const void *)&b->e->plan.weight64[k] : &b->e->plan.weight32[k];
        const struct ens_span span = {
            .out = out,
            .start = k > 0 ? out : NULL,
            .in = in,
            .weight = !b->e->plan.equal ? weight : b->acc == ENS_f64 ? (const void *)&one : &one32,
            .n = 1,
            .length = n * b->e->width,
        };

        rank_rows(b, k, row, n, fault, ranks);
        b->kernels->wsum[b->acc][b->acc][b->acc](&span);
    }
    divide(b, out, n * b->e->width);
    spoil(b, fault, n, out);
}
