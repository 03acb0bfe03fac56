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

/* Models of one kernel call, since their addresses are on the stack. */
#define ENS_WALK_MOST 64

/*
 * Inputs of this size together come from memory, or from a cache that is nearly as far: beyond the second-level cache
 * of any processor that is common now.
 */
#define ENS_WALK_FAR_BYTES ((size_t)8 << 20)

/* Does one kernel call sum n models of one dtype best? `far`: their outputs come from memory. */
static inline int ens_walk_at_once(size_t n, int far)
{
    return n <= ENS_GROUP_NEAR || (far ? n == ENS_GROUP_FAR : n <= ENS_WALK_MOST);
}

/* A part of a result: some of its rows, counted from its first one, and some columns of each. */
struct ens_part {
    size_t row, rows;
    size_t column, columns;
};

/* A weighted sum of outputs as they are; all of it, or a part. */
void ens_walk(const struct ens_walk *walk);
void ens_walk_part(const struct ens_walk *walk, const struct ens_part *part);

/* Writes `length` NaN. */
void ens_walk_nan(void *out, int32_t dtype, size_t length);

#endif
