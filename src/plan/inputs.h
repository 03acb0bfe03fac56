/* SPDX-License-Identifier: MIT */
/* The outputs of one call: are they what a combine needs, and what do they have in common? */
#ifndef ENS_PLAN_INPUTS_H
#define ENS_PLAN_INPUTS_H

#include "plan/handle.h"

/* Outputs as an array whose elements may be larger than this library's: those bound to a handle, or a call's. */
struct ens_inputs {
    const unsigned char *outputs;
    size_t output_size; /* bytes from element to element */

    /* What ens_inputs_check finds, over the models that take part: */
    size_t rows;
    int any_f64;    /* some dtype is ENSEMBLE_F64 */
    int contiguous; /* no gaps between rows */
    uintptr_t low;  /* all data lies from `low` up to `high`, exclusive */
    uintptr_t high;
};

/* Which models an error is about, for a message. Set only where there is an error. */
struct ens_fault {
    size_t model;
    size_t other; /* ENSEMBLE_EROWS: the model that `model` does not agree with */
};

static inline const struct ensemble_output *ens_input(const struct ens_inputs *inputs, size_t model)
{
    return (const struct ensemble_output *)(const void *)(inputs->outputs + model * inputs->output_size);
}

static inline size_t ens_stride(const struct ensemble_output *output, size_t width)
{
    return output->row_stride > 0 ? output->row_stride : width;
}

/* Is one output well formed, whatever the others are? 0 or an error code. `*bytes`: from its start to its end. */
int ens_output_check(const struct ensemble_output *output, size_t width, size_t *bytes);

/* Do the outputs of all models that take part fit together? 0 or an error code; fills in the rest of `inputs`. */
int ens_inputs_check(const struct ensemble *e, struct ens_inputs *inputs, struct ens_fault *fault);

#endif
