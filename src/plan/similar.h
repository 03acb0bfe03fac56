/* SPDX-License-Identifier: MIT */
/* How alike the models are. */
#ifndef ENS_PLAN_SIMILAR_H
#define ENS_PLAN_SIMILAR_H

#include "plan/inputs.h"

/* An ENSEMBLE_SIMILARITY_... of outputs that fit together, n_models x n_models, to `matrix`. 0 or an error code. */
int ens_similar(const struct ens_inputs *inputs, const struct ensemble *e, int32_t measure, double *matrix);

#endif
