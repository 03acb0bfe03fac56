/* SPDX-License-Identifier: MIT */
#include "plan/recipe.h"

#include "plan/handle.h"

#include <math.h>

/* Beyond this width halves of ranks are no longer exact in float. */
#define RANKS_IN_FLOAT ((size_t)1 << 22)

/* What the methods differ in. All but ENSEMBLE_SUM and those that fold divide the weights by their sum. */
static const struct ens_recipe recipes[] = {
    [ENSEMBLE_SUM] = {.gathering = ENS_SUMMED, .before = ENS_NO_MAP, .after = ENS_NO_MAP, .signed_weights = 1},
    [ENSEMBLE_MEAN] =
        {.gathering = ENS_SUMMED, .before = ENS_NO_MAP, .after = ENS_NO_MAP, .signed_weights = 1, .shares = 1},
    [ENSEMBLE_GEOMETRIC] =
        {.form = ENS_FORM_LOG, .gathering = ENS_SUMMED, .before = ENS_NO_MAP, .after = ENS_MAP_exp, .shares = 1},
    [ENSEMBLE_HARMONIC] = {.gathering = ENS_SUMMED,
                           .before = ENS_MAP_reciprocal,
                           .after = ENS_MAP_reciprocal,
                           .shares = 1},
    [ENSEMBLE_POWER] = {.gathering = ENS_SUMMED, .before = ENS_MAP_power, .after = ENS_MAP_power, .shares = 1},
    [ENSEMBLE_LOG_POOL] = {.form = ENS_FORM_LOG,
                           .gathering = ENS_SUMMED,
                           .before = ENS_NO_MAP,
                           .after = ENS_NO_MAP,
                           .shares = 1,
                           .n_steps = 1,
                           .steps = {ENS_STEP_SOFTMAX}},
    [ENSEMBLE_PRODUCT] = {.gathering = ENS_FOLDED,
                          .fold = ENS_FOLD_product,
                          .blend = ENS_BLEND_product,
                          .before = ENS_NO_MAP,
                          .after = ENS_NO_MAP},
    [ENSEMBLE_MEDIAN] = {.gathering = ENS_MEDIAN, .before = ENS_NO_MAP, .after = ENS_NO_MAP, .shares = 1},
    [ENSEMBLE_TRIMMED] = {.gathering = ENS_TRIMMED, .before = ENS_NO_MAP, .after = ENS_NO_MAP, .shares = 1},
    [ENSEMBLE_MIN] = {.gathering = ENS_FOLDED,
                      .fold = ENS_FOLD_min,
                      .blend = ENS_BLEND_min,
                      .before = ENS_NO_MAP,
                      .after = ENS_NO_MAP},
    [ENSEMBLE_MAX] = {.gathering = ENS_FOLDED,
                      .fold = ENS_FOLD_max,
                      .blend = ENS_BLEND_max,
                      .before = ENS_NO_MAP,
                      .after = ENS_NO_MAP},
    [ENSEMBLE_VOTE] =
        {.form = ENS_FORM_VOTE, .gathering = ENS_COUNTED, .before = ENS_NO_MAP, .after = ENS_NO_MAP, .shares = 1},
    [ENSEMBLE_RANK] =
        {.form = ENS_FORM_RANKS, .gathering = ENS_SUMMED, .before = ENS_NO_MAP, .after = ENS_NO_MAP, .shares = 1},
};

const struct ens_recipe ens_recipe_of_values = {
    .form = ENS_FORM_LINEAR, .gathering = ENS_SUMMED, .before = ENS_NO_MAP, .after = ENS_NO_MAP};

/* POWER of an exponent for which another method computes the same, and more exactly. */
static int32_t method_of(const struct ensemble *e)
{
    if (e->method != ENSEMBLE_POWER)
        return e->method;
    if (e->exponent == 1)
        return ENSEMBLE_MEAN;
    if (e->exponent == -1)
        return ENSEMBLE_HARMONIC;
    return e->exponent == 0 ? ENSEMBLE_GEOMETRIC : ENSEMBLE_POWER;
}

/*
 * The power 1/T of each value, divided by the sum of those, is the softmax of log y / T. Logarithms that were about to
 * be undone are kept; a pool is a softmax of logarithms already, which then has the temperature.
 */
static void temper(struct ens_recipe *recipe, int32_t method)
{
    if (method == ENSEMBLE_LOG_POOL)
        return;
    if (method == ENSEMBLE_GEOMETRIC)
        recipe->after = ENS_NO_MAP;
    else
        recipe->log = 1;
    recipe->steps[recipe->n_steps++] = ENS_STEP_SOFTMAX;
}

/* What becomes of the result. Logarithms that were about to be undone are kept; a pool already sums to 1. */
static void add_form(struct ens_recipe *recipe, int32_t method, int32_t form)
{
    if (form == ENSEMBLE_RESULT_LOG && method == ENSEMBLE_GEOMETRIC)
        recipe->after = ENS_NO_MAP;
    else if (form == ENSEMBLE_RESULT_LOG && method == ENSEMBLE_LOG_POOL)
        recipe->steps[0] = ENS_STEP_LOG_SOFTMAX;
    else if (form == ENSEMBLE_RESULT_LOG)
        recipe->log = 1;
    else if (form == ENSEMBLE_RESULT_NORMALISED && method != ENSEMBLE_LOG_POOL)
        recipe->steps[recipe->n_steps++] = ENS_STEP_NORMALISE;
    else if (form == ENSEMBLE_RESULT_SOFTMAX)
        recipe->steps[recipe->n_steps++] = ENS_STEP_SOFTMAX;
    else if (form == ENSEMBLE_RESULT_TEMPERED)
        temper(recipe, method);
}

void ens_recipe_write(struct ens_recipe *recipe, const struct ensemble *e)
{
    const int32_t method = method_of(e);
    const int flat = e->form == ENSEMBLE_RESULT_TEMPERED && e->temperature == 1;
    const struct ens_map floor = {.a = -INFINITY, .c = -INFINITY};

    *recipe = recipes[method];
    recipe->exponent = e->exponent;
    recipe->root = 1 / e->exponent;
    if (method == ENSEMBLE_POWER && e->exponent == 2) {
        recipe->before = ENS_MAP_square;
        recipe->after = ENS_MAP_root;
    }
    recipe->temperature = e->temperature;
    add_form(recipe, method, flat ? ENSEMBLE_RESULT_NORMALISED : e->form);
    recipe->floor = e->floor > 0 ? e->floor : -INFINITY;
    e->kernels->map[ENS_f64][ENS_MAP_log](&recipe->log_floor, &e->floor, 1, &floor);
    recipe->in_double = method == ENSEMBLE_POWER || (method == ENSEMBLE_RANK && e->width > RANKS_IN_FLOAT) ||
                        (method == ENSEMBLE_MEDIAN && (!e->plan.equal || e->class_weights.n_models > 0));
    recipe->rowwise = recipe->n_steps > 0 || recipe->form == ENS_FORM_RANKS || recipe->form == ENS_FORM_VOTE ||
                      e->class_weights.n_models > 0 || (e->policy & ENSEMBLE_LEAVE_OUT_NAN) != 0;
    for (size_t k = 0; k < e->plan.n; k++) {
        const struct ens_model *model = &e->models[e->plan.model[k]];

        recipe->rowwise |= model->space == ENSEMBLE_LOGITS || model->map != NULL;
    }
}
