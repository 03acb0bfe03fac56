/* SPDX-License-Identifier: MIT */
/*
 * Weighted sums of softmaxes, by rows, model after model: a model's exponentials are added to the sum while those of
 * the next one are computed, in the place where they lie. So what is kept of a row is one model's exponentials and the
 * sum, however many models there are. The bits are those of stats.c, values.c and gather.c.
 */
#ifndef ENS_PLAN_SOFT_H
#define ENS_PLAN_SOFT_H

#include "plan/blend.h"

/* How many rows of accumulators are wanted of a workspace; for calls of other kinds one for each model. */
size_t ens_soft_rows(const struct ens_blend *b);

/* Is it a call of this kind, and is there room for it, in the workspace or elsewhere? Then b->soft.on is set. */
void ens_soft_begin(struct ens_blend *b);

/* Goes through a row, and keeps statistics. */
void ens_soft_row(struct ens_blend *b);

/* The sum for a tile of that row, into accumulators. */
void ens_soft_tile(const struct ens_blend *b, const struct ens_tile *tile, void *out);

#endif
