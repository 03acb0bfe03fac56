/* SPDX-License-Identifier: MIT */
#include "plan/plan.h"

#include "base/finite.h"
#include "plan/inputs.h"

#include <math.h>

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

/* The models of a weight that is not 0, with that weight. */
static void plan_models(struct ensemble *e)
{
    e->plan.equal = 1;
    for (size_t i = 0; i < e->n_models; i++) {
        const double weight = ens_weight(e, i);

        if (weight == 0)
            continue;
        take_part(&e->plan, i, weight);
        e->plan.equal &= weight == e->plan.weight64[0];
    }
}

/* The sum is taken in the order of the models, and each quotient rounded once: docs/numerics.md promises both. */
static int plan_shares(struct ensemble *e)
{
    double total = 0;

    for (size_t i = 0; i < e->n_models; i++)
        total += ens_weight(e, i);
    if (total == 0 || !ens_is_finite(total))
        return ENSEMBLE_EZEROSUM;
    for (size_t k = 0; k < e->plan.n; k++) {
        const double factor = e->plan.weight64[k] / total;

        if (!ens_is_finite(factor))
            return ENSEMBLE_EZEROSUM;
        e->plan.weight64[k] = factor;
        e->plan.weight32[k] = (float)factor;
    }
    return 0;
}

/*
 * A model's weight for one class, before it is divided by their sum. Where no weights of models were set, those are 1.
 */
static double class_weight(const struct ensemble *e, size_t model, size_t column)
{
    const double weight = e->class_weights.weight[model * e->width + column];

    return e->n_weights > 0 ? e->weights[model] * weight : weight;
}

/* The factors of all models for one class. */
static int plan_class(struct ensemble *e, size_t column)
{
    struct ens_class_weights *weights = &e->class_weights;
    double total = 0;
    int taken = 0;

    for (size_t i = 0; i < e->n_models; i++) {
        total += class_weight(e, i, column);
        taken |= class_weight(e, i, column) != 0;
    }
    weights->gaps |= !taken;
    if (e->plan.recipe.shares && !ens_is_finite(total))
        return ENSEMBLE_EZEROSUM;
    for (size_t i = 0; i < e->n_models; i++) {
        double factor = class_weight(e, i, column);

        if (factor == 0) {
            factor = (double)NAN;
        } else {
            factor = e->plan.recipe.gathering == ENS_FOLDED ? 1 : e->plan.recipe.shares ? factor / total : factor;
            if (!ens_is_finite(factor))
                return ENSEMBLE_EZEROSUM;
        }
        weights->factor64[i * e->width + column] = factor;
        weights->factor32[i * e->width + column] = (float)factor;
    }
    return 0;
}

static int plan_classes(struct ensemble *e)
{
    int fault = e->plan.recipe.shares && e->plan.n == 0 ? ENSEMBLE_EZEROSUM : 0;

    e->class_weights.gaps = 0;
    for (size_t column = 0; column < e->width && fault == 0; column++)
        fault = plan_class(e, column);
    return fault;
}

static int has_negative(const double *weights, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (weights[i] < 0)
            return 1;
    return 0;
}

/* What is wrong with the weights, whatever the outputs are. */
static int find_fault(const struct ensemble *e)
{
    const struct ens_recipe *recipe = &e->plan.recipe;
    const size_t by_class = e->class_weights.n_models;

    if (e->n_models == 0)
        return ENSEMBLE_EEMPTY;
    if ((e->n_weights > 0 && e->n_weights != e->n_models) || (by_class > 0 && by_class != e->n_models) ||
        (e->row_weights.weight != NULL && e->row_weights.n_models != e->n_models))
        return ENSEMBLE_EWEIGHTS;
    if (by_class > 0 && recipe->form >= ENS_FORM_RANKS)
        return ENSEMBLE_ESPACE;
    if (!recipe->signed_weights &&
        (has_negative(e->weights, e->n_weights) || has_negative(e->class_weights.weight, by_class * e->width)))
        return ENSEMBLE_ENEGATIVE;
    return 0;
}

/* A weighted sum of outputs as they are, with one factor for each model: the quick way through plan/walk.c. */
static int is_plain(const struct ensemble *e)
{
    const struct ens_recipe *recipe = &e->plan.recipe;

    if (recipe->gathering != ENS_SUMMED || recipe->form != ENS_FORM_LINEAR || recipe->before != ENS_NO_MAP ||
        recipe->n_steps > 0 || recipe->log || recipe->rowwise || e->row_weights.weight != NULL)
        return 0;
    for (size_t k = 0; k < e->plan.n; k++)
        if (e->models[e->plan.model[k]].space > ENSEMBLE_PROBABILITIES)
            return 0;
    return 1;
}

/*
 * Weights that depend on the row cannot be looked at here; then only their number matters. Where a class has weights of
 * its own, only their sums in each class do.
 */
void ens_plan_build(struct ensemble *e)
{
    const int by_class = e->class_weights.n_models > 0;
    struct ens_plan *plan = &e->plan;

    plan->n = 0;
    plan->equal = 1;
    if (e->n_models > 0 && (e->n_weights == 0 || e->n_weights == e->n_models))
        plan_models(e);
    ens_recipe_write(&plan->recipe, e);
    plan->fault = find_fault(e);
    if (plan->fault == 0 && by_class)
        plan->fault = plan_classes(e);
    else if (plan->fault == 0 && plan->recipe.shares)
        plan->fault = plan_shares(e);
    plan->plain = is_plain(e);
    ens_inputs_rebind(e);
}
