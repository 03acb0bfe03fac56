/* SPDX-License-Identifier: MIT */
/* The outputs of one call: are they what a combine needs, and what do they have in common? */
#ifndef ENS_PLAN_INPUTS_H
#define ENS_PLAN_INPUTS_H

#include "plan/handle.h"

/*
 * Outputs as an array whose elements may be larger than this library's: those bound to a handle, or a call's. Or one
 * element for all models, whose data begins as many bytes further for each.
 */
struct ens_array {
    const unsigned char *outputs;
    size_t output_size; /* bytes from element to element; 0 where there is one */
    size_t data_step;   /* bytes from a model's data to the next one's; 0 where each has an element of its own */
};

struct ens_inputs {
    struct ens_array array;
    const struct ens_summary *summary;
};

/* Which models an error is about, for a message. Set only where there is an error. */
struct ens_fault {
    size_t model;
    size_t other; /* ENSEMBLE_EROWS: the model that `model` does not agree with */
};

static inline struct ensemble_output ens_input(const struct ens_inputs *inputs, size_t model)
{
    const struct ens_array *array = &inputs->array;
    struct ensemble_output output =
        *(const struct ensemble_output *)(const void *)(array->outputs + model * array->output_size);

    if (array->data_step > 0)
        output.data = (const unsigned char *)output.data + model * array->data_step;
    return output;
}

/*
 * Elements from row to row; `length`: those of a row. Of a single row the caller may say any number that is no less: it
 * leads nowhere, and could wrap.
 */
static inline size_t ens_stride(const struct ensemble_output *output, size_t length)
{
    return output->row_stride > 0 && output->rows > 1 ? output->row_stride : length;
}

/*
 * Is one output well formed for a model (NULL: one without a class map), whatever the others are? 0 or an error code.
 */
int ens_output_check(const struct ensemble *e, const struct ens_model *model, const struct ensemble_output *output);

/* The outputs bound to a handle, unchecked. */
struct ens_inputs ens_inputs_bound(const struct ensemble *e);

/* Sums up the outputs bound to a handle anew, after its plan has changed. */
void ens_inputs_rebind(struct ensemble *e);

/* Binds another output, which is well formed, to a model of the handle. */
void ens_inputs_bind(struct ensemble *e, size_t model, const struct ensemble_output *output);

/*
 * Takes the outputs bound to the handle, or those given with a call, whose summary is then kept in `own`. 0, or an
 * error code if those of the models that take part do not fit together. `partial`: missing ones do, whatever the policy
 * is.
 */
int ens_inputs_take_bound(struct ens_inputs *inputs, const struct ensemble *e, int partial, struct ens_fault *fault);
int ens_inputs_take_given(struct ens_inputs *inputs, const struct ensemble *e, const struct ens_array *given,
                          struct ens_summary *own, struct ens_fault *fault);

#endif
