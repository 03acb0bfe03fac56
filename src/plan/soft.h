/* SPDX-License-Identifier: MIT */
/*
 * Weighted sums of softmaxes, by rows, model after model: a model's exponentials are added to the sum while those of
 * the next one are computed, in the place where they lie. So what is kept of a row is one model's exponentials and the
 * sum, however many models there are. The bits are those of stats.c, values.c and gather.c.
 */
#ifndef ENS_PLAN_SOFT_H
#define ENS_PLAN_SOFT_H

#include "plan/blend.h"

/* How many rows of accumulators this wants of a workspace; 0: the call is of another kind. */
size_t ens_soft_rows(const struct ens_blend *b);

/* Is there room for it, in the workspace or elsewhere? If so, b->soft.kept says where. */
void ens_soft_begin(struct ens_blend *b);

/* Goes through a row, which is row `line` of the call, up to the last model's exponentials, and keeps statistics. */
void ens_soft_row(struct ens_blend *b, size_t line);

/* The sum for a tile of that row, into accumulators. */
void ens_soft_tile(const struct ens_blend *b, const struct ens_tile *tile, void *out);

#endif
