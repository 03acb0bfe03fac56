/* SPDX-License-Identifier: MIT */
/* One combine: the checks of everything that the call names, and then the walk over the data. */
#ifndef ENS_PLAN_RUN_H
#define ENS_PLAN_RUN_H

#include "plan/inputs.h"

enum {
    ENS_RUN_EXACT = 1,  /* result_count must be exactly what the rows take, not at least that */
    ENS_RUN_PARTIAL = 2 /* missing models need neither a policy nor a quorum */
};

/*
 * `outputs` are those given with the call, well formed as structs (the api layer sees to that), NULL: those bound to
 * the handle. `call` and `report` (NULL: none) have this library's size or more; outputs and report of the call are not
 * looked at. `how` is a sum of the above. 0 or an error code.
 */
int ens_run(const struct ensemble *e, const struct ensemble_call *call, const struct ens_array *outputs,
            const struct ensemble_report *report, int how);

/* What such a call with the outputs bound to a handle would report, whatever its result is. */
int ens_run_check(struct ens_inputs *inputs, const struct ensemble *e, struct ens_fault *fault);

#endif
