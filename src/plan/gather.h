/* SPDX-License-Identifier: MIT */
/* The models' values for a tile become one value for each class. */
#ifndef ENS_PLAN_GATHER_H
#define ENS_PLAN_GATHER_H

#include "plan/blend.h"

/*
 * Combines a tile up to what is done to a row as a whole, and writes accumulators to `out`, which may be the tile of
 * one of the outputs: it is written once, when all has been read.
 */
void ens_gather(const struct ens_blend *b, const struct ens_tile *tile, void *out);

/* The part of it for medians and trimmed means (plan/select.c). */
void ens_select(const struct ens_blend *b, const struct ens_tile *tile, void *out);

/* Classes in a tile, by what the recipe and the weights need room for. */
size_t ens_gather_tile(const struct ens_blend *b);
size_t ens_select_tile(const struct ens_blend *b);

/* Element j of a tile of accumulators. */
static inline void ens_put(const struct ens_blend *b, void *tile, size_t j, double value)
{
    if (b->acc == ENS_f64)
        ((double *)tile)[j] = value;
    else
        ((float *)tile)[j] = (float)value;
}

static inline double ens_get(const struct ens_blend *b, const void *tile, size_t j)
{
    return b->acc == ENS_f64 ? ((const double *)tile)[j] : (double)((const float *)tile)[j];
}

void ens_fill(const struct ens_blend *b, void *tile, size_t length, double value);

#endif
