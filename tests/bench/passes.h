/* SPDX-License-Identifier: MIT */
/*
 * The report as a user of NumPy would write it in C: one pass over whole arrays for each step, its results in the
 * arrays of `found`. Elements are float, sums over a row double. Compiled twice, as loops.h says.
 */
#ifndef BENCH_PASSES_H
#define BENCH_PASSES_H

#include "loops.h"

#include <ensemble.h>
#include <stddef.h>
#include <stdint.h>

struct passes {
    const void *in[64];    /* rows x width: float, or binary16 where `half` is not 0 */
    int half;
    size_t models;
    size_t rows;
    size_t width;
    const float *weights;  /* of the models; they add up to 1 */
    float missing;         /* the weight of a model that is still to come; the others still add up to 1 */
    float *out;            /* the combined rows */
    float *temporary;      /* rows x width */
    float *values[64];     /* rows x width each: the inputs as float, or the inputs less their means */
    int32_t *votes;        /* models x rows: top classes */
    uint8_t *holes;        /* models x rows: there is a NaN */
    double *matrix;        /* models x models */
    struct ensemble_report found;
};

/* The passes. They are done in this order, and most read what an earlier one left. */
enum {
    PASS_COMBINE = 1 << 0,         /* all others need it, or the next one; but not VOTES and those after CENTRE */
    PASS_PRESENT = 1 << 1,         /* looks for NaN, and combines the other models of the row */
    PASS_LABEL = 1 << 2,
    PASS_CONFIDENCE = 1 << 3,
    PASS_MARGIN = 1 << 4,          /* after LABEL and CONFIDENCE */
    PASS_TIED = 1 << 5,            /* after CONFIDENCE */
    PASS_ENTROPY = 1 << 6,
    PASS_MEAN_ENTROPY = 1 << 7,
    PASS_MUTUAL = 1 << 8,          /* after MEAN_ENTROPY */
    PASS_VOTES = 1 << 9,
    PASS_DISAGREEMENT = 1 << 10,   /* after VOTES */
    PASS_VARIATION = 1 << 11,      /* after CONFIDENCE */
    PASS_CONFLICT = 1 << 12,
    PASS_FAULT = 1 << 13,
    PASS_SETTLED = 1 << 14,        /* after MARGIN */
    PASS_VARIANCE = 1 << 15,
    PASS_CONTRIBUTION = 1 << 16,   /* after LABEL */
    PASS_INFLUENCE = 1 << 17,      /* after CONFIDENCE and LABEL: combines without each of the models */
    PASS_FLIPS = 1 << 18,          /* likewise */
    PASS_LESS_AT_LABEL = 1 << 19,  /* influence, by what the mean allows: the model's term taken off, at the label */
    PASS_LESS_TERM = 1 << 20,      /* flips, by the model's term taken off each class */
    PASS_TOP = 1 << 21,
    PASS_CENTRE = 1 << 22,
    PASS_CORRELATION = 1 << 23,    /* after CENTRE */
    PASS_AGREEMENT = 1 << 24,      /* after VOTES */
    PASS_DIFFERENCE = 1 << 25,
    PASS_SURE = 1 << 26,           /* what a user knows where nothing can be missing: that all are there */

    PASSES_WITH_NAN = PASS_PRESENT | PASS_FAULT /* which -ffast-math does not allow */
};

/* Does the passes `wanted`: report does all of them, and leaves to models what looks at the models one by one. */
typedef void passes_function(const struct passes *task, uint32_t wanted);
passes_function loops_report, loops_report_fast;
passes_function loops_models, loops_models_fast;

typedef void pass(const struct passes *task);

static inline const float *values(const struct passes *task, size_t model)
{
    return task->half ? task->values[model] : task->in[model];
}

static inline double sum(const float *x, size_t length)
{
    double s = 0;

    for (size_t j = 0; j < length; j++)
        s += (double)x[j];
    return s;
}

/* to = w x, or to += w x. */
static inline void add(float *restrict to, const float *x, float w, int first, size_t length)
{
    if (first)
        for (size_t j = 0; j < length; j++)
            to[j] = w * x[j];
    else
        for (size_t j = 0; j < length; j++)
            to[j] += w * x[j];
}

static inline float largest(const float *x, size_t length)
{
    float most = x[0];

    for (size_t j = 1; j < length; j++)
        most = x[j] > most ? x[j] : most;
    return most;
}

static inline int32_t first_largest(const float *x, size_t length)
{
    size_t best = 0;

    for (size_t j = 1; j < length; j++)
        if (x[j] > x[best])
            best = j;
    return (int32_t)best;
}

#endif
