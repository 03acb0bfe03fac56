/* SPDX-License-Identifier: MIT */
#ifndef ENS_API_WEIGHTS_H
#define ENS_API_WEIGHTS_H

#include "plan/handle.h"

/* Room for the class weights of so many models, and for their factors. 0, or an error code. */
int ens_class_weights_allocate(const struct ensemble *e, struct ens_class_weights *weights, size_t n_models);

#endif
