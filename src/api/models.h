/* SPDX-License-Identifier: MIT */
/*
 * Steps of the functions that change models. They leave the plan as it was: ens_plan_build() comes after the last one.
 */
#ifndef ENS_API_MODELS_H
#define ENS_API_MODELS_H

#include "plan/handle.h"

/* Makes room for so many models more, or leaves everything as it is. 0, or an error code. */
int ens_models_reserve(struct ensemble *e, size_t more);

/*
 * Gives a copy of a handle models of its own, without the maps and names that they have allocated. 0, or an error code;
 * then the copy has none.
 */
int ens_models_copy(struct ensemble *copy, const struct ensemble *e);

/* Adds a model of which nothing is known but its output. There must be room. */
void ens_models_append(struct ensemble *e, const struct ensemble_output *output);

/* Says what a model's numbers mean. 0, or ENSEMBLE_EPARAMETER. */
int ens_model_set_space(struct ens_model *model, int32_t space, double temperature);

/* Gives a model a copy of a name that is fit for it, and of `length` bytes; 0: none. 0, or ENSEMBLE_ENOMEM. */
int ens_model_set_name(const struct ensemble *e, struct ens_model *model, const char *name, size_t length);

/* Has no name two models? Sorts them in plan.model. */
int ens_names_differ(const struct ensemble *e);

#endif
