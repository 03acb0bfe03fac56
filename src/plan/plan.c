/* SPDX-License-Identifier: MIT */
#include "plan/plan.h"

#include "base/finite.h"
#include "plan/inputs.h"

double ens_weight(const struct ensemble *e, size_t model)
{
    return e->n_weights > 0 ? e->weights[model] : 1.0 / (double)e->n_models;
}

static void take_part(struct ens_plan *plan, size_t model, double factor)
{
    plan->model[plan->n] = model;
    plan->weight64[plan->n] = factor;
    plan->weight32[plan->n] = (float)factor;
    plan->n++;
}

/* The sum is taken in the order of the models, and each quotient rounded once: docs/numerics.md promises both. */
static int plan_mean(struct ensemble *e)
{
    double total = 0;

    for (size_t i = 0; i < e->n_models; i++)
        total += ens_weight(e, i);
    if (total == 0 || !ens_is_finite(total))
        return ENSEMBLE_EZEROSUM;
    for (size_t i = 0; i < e->n_models; i++) {
        const double weight = ens_weight(e, i);

        if (!ens_is_finite(weight / total))
            return ENSEMBLE_EZEROSUM;
        if (weight != 0)
            take_part(&e->plan, i, weight / total);
    }
    return 0;
}

static int plan_sum(struct ensemble *e)
{
    for (size_t i = 0; i < e->n_models; i++) {
        const double weight = ens_weight(e, i);

        if (weight != 0)
            take_part(&e->plan, i, weight);
    }
    return 0;
}

void ens_plan_build(struct ensemble *e)
{
    e->plan.n = 0;
    if (e->n_models == 0)
        e->plan.fault = ENSEMBLE_EEMPTY;
    else if (e->n_weights > 0 && e->n_weights != e->n_models)
        e->plan.fault = ENSEMBLE_EWEIGHTS;
    else
        e->plan.fault = e->method == ENSEMBLE_MEAN ? plan_mean(e) : plan_sum(e);
    ens_inputs_rebind(e);
}
