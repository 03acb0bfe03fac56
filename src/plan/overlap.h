/* SPDX-License-Identifier: MIT */
/* Does what the call writes lie where it reads? */
#ifndef ENS_PLAN_OVERLAP_H
#define ENS_PLAN_OVERLAP_H

#include "plan/walk.h"

/*
 * May the result be written while outputs and row weights (NULL: none) are read? 0 or ENSEMBLE_EOVERLAP. Sets
 * walk->in_place where it is one of the outputs.
 */
int ens_overlap_check(struct ens_walk *walk, const float *row_weights, size_t result_bytes);

/* May `bytes` bytes at `array` be written during the call, whose result was found to be no output? Likewise. */
int ens_overlap_check_array(const struct ens_walk *walk, const float *row_weights, const void *array, size_t bytes);

#endif
