/* SPDX-License-Identifier: MIT */
/* Votes and ranks of several short rows at once, to accumulators; none of the models is missing or has a class map. */
#ifndef ENS_PLAN_BALLOTS_H
#define ENS_PLAN_BALLOTS_H

#include "plan/blend.h"

/* At most as many rows as there are labels found together (plan/labels.h), and as fit into a tile. */
void ens_count_votes(const struct ens_blend *b, size_t row, size_t n, void *out);
void ens_sum_ranks(const struct ens_blend *b, size_t row, size_t n, void *out);

#endif
