/* SPDX-License-Identifier: MIT */
/* One combine through the public functions: what is combined, and how the call is made. */
#ifndef TESTS_KERNELS_JOB_H
#define TESTS_KERNELS_JOB_H

#include "guard.h"
#include "rng.h"

#include "base/public.h"

#define JOB_MODELS 130

struct job {
    size_t width;
    size_t rows;
    size_t n;
    int32_t method;
    int default_weights; /* none are set: 1/n each */
    int no_zeros;        /* no weight is 0 */
    double weights[JOB_MODELS];
    struct ensemble_output outputs[JOB_MODELS];

    int result; /* dtype from 0 */
    size_t result_stride;
    unsigned char *result_at;
    int in_place;     /* the result is the output of model `replaced` */
    size_t replaced;

    int by_call;      /* the outputs are given with the call instead of being bound to the handle */
    size_t cuts[2];   /* the rows at which the work is split, 0 <= cuts[0] <= cuts[1] <= rows */
};

/* Where jobs keep their data. */
struct job_memory {
    struct guarded inputs;
    struct guarded result;
};

/* What lies in the gaps between the rows of inputs: NaN in every dtype. And what the result's surroundings hold. */
#define JOB_GAP 0xFF
#define JOB_POISON 0xA5

void job_make_memory(struct job_memory *memory);

/* A job of random shape. `first` and `second`: dtypes of the inputs, half of the models each; -1: a random mixture. */
void job_random(struct job *job, const struct job_memory *memory, struct rng *rng, int first, int second, int result);

/* A job whose result is about as large as the walk starts to stream at. */
void job_large(struct job *job, const struct job_memory *memory, struct rng *rng, int result);

/* A job of many models whose outputs are together about as large as what the walk takes to be outside of the caches. */
void job_far(struct job *job, const struct job_memory *memory, struct rng *rng, int dtype, int result);

/* The weight as the handle has it. */
double job_weight(const struct job *job, size_t model);

/*
 * What docs/numerics.md says the result is, computed by a plain loop without anything of the library: rows x width
 * values without gaps.
 */
void job_reference(const struct job *job, void *expected);

#endif
