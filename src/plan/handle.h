/* SPDX-License-Identifier: MIT */
/* What a handle holds. The api layer changes it; everything below reads it only. */
#ifndef ENS_PLAN_HANDLE_H
#define ENS_PLAN_HANDLE_H

#include "base/alloc.h"
#include "base/public.h"
#include "dispatch/dispatch.h"

#include <stddef.h>

/*
 * What to compute, decided whenever weights, method or models change (ens_plan_build), read by every combine. The
 * arrays name the models that take part, those whose weight is not 0, in the order in which they were added.
 */
struct ens_plan {
    int fault;        /* why no combine can work, whatever the outputs: an error code; 0: none */
    size_t n;         /* models that take part */
    size_t *model;    /* their indices */
    double *weight64; /* their factors, for sums in double */
    float *weight32;  /* and rounded once, for sums in float */
};

/*
 * What the outputs of the models that take part have in common: `rows` and `dtype` are those of the first of them, and
 * the counts say how many depart from what is simplest. So one model's change is one step, however many there are.
 */
struct ens_summary {
    size_t rows;
    int32_t dtype;
    size_t wrong;        /* other rows, or missing */
    size_t other_dtypes; /* another dtype */
    size_t f64;          /* ENSEMBLE_F64 */
    size_t gaps;         /* a row stride that is not the width */
};

struct ensemble {
    struct ens_allocator allocator;
    const struct ens_kernels *kernels;
    size_t width;
    int32_t method;
    size_t n_models;
    size_t n_weights; /* how many were set; 0: the default, 1/n each */

    /* Arrays with room for `capacity` models, which share one allocation of `storage_size` bytes. */
    size_t capacity;
    size_t storage_size;
    void *storage;
    struct ensemble_output *outputs; /* as bound; row_stride is never 0 */
    double *weights;                 /* as set */
    struct ens_plan plan;

    struct ens_summary summary; /* of `outputs`; not kept where plan.fault is set */
};

#endif
