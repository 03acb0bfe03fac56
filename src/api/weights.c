/* SPDX-License-Identifier: MIT */
/* How the models are combined: the method and the weights. */
#include "base/finite.h"
#include "plan/plan.h"

#include <string.h>

int ensemble_set_method(struct ensemble *e, int32_t method)
{
    if (e == NULL)
        return ENSEMBLE_ENULL;
    if (method != ENSEMBLE_SUM && method != ENSEMBLE_MEAN)
        return ENSEMBLE_EMETHOD;
    e->method = method;
    ens_plan_build(e);
    return 0;
}

int ensemble_set_weights(struct ensemble *e, const double *weights, size_t n_models)
{
    if (e == NULL || (weights == NULL && n_models > 0))
        return ENSEMBLE_ENULL;
    if (weights != NULL) {
        if (e->n_models == 0)
            return ENSEMBLE_EEMPTY;
        if (n_models != e->n_models)
            return ENSEMBLE_EWEIGHTS;
        for (size_t i = 0; i < n_models; i++)
            if (!ens_is_finite(weights[i]))
                return ENSEMBLE_ENOTFINITE;
        memcpy(e->weights, weights, n_models * sizeof *weights);
    }
    e->n_weights = n_models;
    ens_plan_build(e);
    return 0;
}

int ensemble_get_weights(const struct ensemble *e, double *weights, size_t n_models)
{
    if (e == NULL || (weights == NULL && n_models > 0))
        return ENSEMBLE_ENULL;
    if (n_models != e->n_models || (e->n_weights > 0 && e->n_weights != e->n_models))
        return ENSEMBLE_EWEIGHTS;
    for (size_t i = 0; i < n_models; i++)
        weights[i] = ens_weight(e, i);
    return 0;
}
