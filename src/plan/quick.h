/* SPDX-License-Identifier: MIT */
/* The short way: from a public function to the kernel, where nothing is left to be decided. */
#ifndef ENS_PLAN_QUICK_H
#define ENS_PLAN_QUICK_H

#include "plan/handle.h"

/* Is there such a way? To be asked whenever the plan or the bound outputs have changed. */
void ens_quick_find(struct ensemble *e);

/* A bound output, of the kind that there was, begins elsewhere now. */
static inline void ens_quick_move(struct ensemble *e, const void *data)
{
    const uintptr_t at = (uintptr_t)data;

    e->quick.low = at < e->quick.low ? at : e->quick.low;
    e->quick.high = at > e->quick.high ? at : e->quick.high;
}

/*
 * Does what ens_run() would do, and returns 1; or nothing, and returns 0. `count` is e->quick.count. `call` has this
 * library's size, outputs, and no report. `output` is that of the first model, its row stride is not 0, and the others'
 * begin `step` bytes further each, which the address space can hold; the result has no gaps.
 */
int ens_quick_combine(const struct ensemble *e, void *result, int32_t dtype, size_t count);
int ens_quick_run(const struct ensemble *e, const struct ensemble_call *call);
int ens_quick_flat(const struct ensemble *e, const struct ensemble_output *output, size_t step, void *result,
                   int32_t dtype, size_t result_count);

#endif
