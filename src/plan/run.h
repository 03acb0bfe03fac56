/* SPDX-License-Identifier: MIT */
/* One combine: the checks of everything that the call names, and then the walk over the data. */
#ifndef ENS_PLAN_RUN_H
#define ENS_PLAN_RUN_H

#include "plan/inputs.h"

/*
 * `call` has this library's size, and its outputs are well formed as structs (the api layer sees to both).
 * `exact`: result_count must be exactly what the rows take, not at least that. 0 or an error code.
 */
int ens_run(const struct ensemble *e, const struct ensemble_call *call, int exact);

/* What such a call with the outputs bound to a handle would report, whatever its result is. */
int ens_run_check(struct ens_inputs *inputs, const struct ensemble *e, struct ens_fault *fault);

#endif
