/* SPDX-License-Identifier: MIT */
/* From weights and method to the factors that kernels multiply by. */
#ifndef ENS_PLAN_PLAN_H
#define ENS_PLAN_PLAN_H

#include "plan/handle.h"

/* Decides e->plan anew, and with it e->summary. Cannot fail: what is wrong is kept in plan.fault. */
void ens_plan_build(struct ensemble *e);

/* The weight of a model as it was set, or the default. */
double ens_weight(const struct ensemble *e, size_t model);

#endif
