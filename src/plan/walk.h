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
    size_t column, columns; /* all of them, or where each is by itself some */
    unsigned char *result;
    size_t result_stride; /* elements */
    int32_t dtype;        /* of the result */
    int in_place;         /* the result is one of the outputs */
};

/* Models of one kernel call, since their addresses are on the stack. */
#define ENS_WALK_MOST 64

/*
 * So many values of more than eight models together are far: 1 MiB of 16-bit ones, 2 MiB of floats, the second-level
 * cache of processors that are common now. From there on a load instruction for each model pays, and the shorter the
 * stretches are that a loop over the models reads, the sooner (docs/decisions/0015-short-ways.md).
 */
#define ENS_WALK_FAR ((size_t)512 << 10)

/* Does one kernel call sum n models of one dtype best? `far`: their outputs come from memory. */
static inline int ens_walk_at_once(size_t n, int far)
{
    return n <= ENS_GROUP_NEAR || (far ? n == ENS_GROUP_FAR : n <= ENS_WALK_MOST);
}

/*
 * Calls a kernel for a span: in two calls where the first input does not begin at a cache line, and more of what is
 * read and written does, some elements later. A load or store that crosses from one line to the next costs as much as
 * two. Not for short spans, nor for more rows. Inputs have elements of 1 << in_shift bytes, the result 1 << out_shift.
 */
#define ENS_WALK_LONG ((size_t)512)
#define ENS_WALK_LINE 64
void ens_walk_in_line(ens_span_kernel *kernel, const struct ens_span *span, unsigned in_shift, unsigned out_shift);
static inline void ens_walk_span(ens_span_kernel *kernel, const struct ens_span *span, unsigned in_shift,
                                 unsigned out_shift)
{
    if (span->length >= ENS_WALK_LONG && (uintptr_t)span->in[0] % ENS_WALK_LINE != 0)
        ens_walk_in_line(kernel, span, in_shift, out_shift);
    else
        kernel(span);
}

/* A part of a result: some of its rows, counted from its first one, or some columns of a single row. */
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
