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
    void *workspace; /* for as many pieces at once as it is large enough for */
    size_t workspace_size;
};

/* May what is not plain be divided by columns, too? Where no row has to be seen as a whole. */
static inline int ens_split_by_columns(const struct ensemble *e, const struct ensemble_report *report)
{
    return !e->plan.recipe.rowwise && report == NULL;
}

/*
 * How many pieces of so many rows of outputs of a dtype are worth being handed over; less than 2: none. `plain` as
 * above; `by_columns`: rows can be divided.
 */
size_t ens_split_pieces(const struct ensemble *e, int32_t dtype, size_t rows, int plain, int by_columns);

/* Does all of it, by a loop. */
void ens_split_run(const struct ens_split *split, size_t pieces, const struct ens_parallel *parallel);

#endif
