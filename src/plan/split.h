/* SPDX-License-Identifier: MIT */
/* One call in pieces that run side by side, by the loop that the caller has lent (ensemble_set_parallel()). */
#ifndef ENS_PLAN_SPLIT_H
#define ENS_PLAN_SPLIT_H

#include "plan/walk.h"

/* A call whose checks have all passed. */
struct ens_split {
    const struct ens_walk *walk;
    int plain; /* for ens_walk_part(); else for ens_blend(), with what follows */
    const float *row_weights;
    const struct ensemble_report *report; /* NULL: none */
    int lenient;
};

/* How many pieces of so many rows are worth being handed over; less than 2: none. `plain` as above. */
size_t ens_split_pieces(const struct ensemble *e, const struct ens_summary *summary, size_t rows, int plain);

/* Does all of it. There is a loop. */
void ens_split_run(const struct ens_split *split, size_t pieces);

#endif
