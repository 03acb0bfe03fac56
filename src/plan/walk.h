/* SPDX-License-Identifier: MIT */
/* The way of the data through the kernels, after every check has passed. */
#ifndef ENS_PLAN_WALK_H
#define ENS_PLAN_WALK_H

#include "plan/inputs.h"

struct ens_walk {
    const struct ensemble *e;
    const struct ens_inputs *inputs;
    size_t row_begin;
    size_t row_count;
    unsigned char *result;
    size_t result_stride; /* elements */
    int32_t dtype;        /* of the result */
    int in_place;         /* the result is one of the outputs */
};

/* A weighted sum of outputs as they are. */
void ens_walk(const struct ens_walk *walk);

/* Writes `length` NaN. */
void ens_walk_nan(void *out, int32_t dtype, size_t length);

#endif
