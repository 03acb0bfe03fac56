/* SPDX-License-Identifier: MIT */
/* How outputs are read, combined and written: method, parameters, spaces, forms, what is left out, whose threads. */
#include "api/models.h"
#include "base/finite.h"
#include "plan/plan.h"

int ensemble_set_method(struct ensemble *e, int32_t method)
{
    if (e == NULL)
        return ENSEMBLE_ENULL;
    if (method < ENSEMBLE_SUM || method > ENSEMBLE_RANK)
        return ENSEMBLE_EMETHOD;
    e->method = method;
    ens_plan_build(e);
    return 0;
}

int ensemble_set_parameter(struct ensemble *e, int32_t parameter, double value)
{
    if (e == NULL)
        return ENSEMBLE_ENULL;
    if (parameter == ENSEMBLE_EXPONENT && ens_is_finite(value))
        e->exponent = value;
    else if (parameter == ENSEMBLE_TRIM && value >= 0 && value < .5)
        e->trim = value;
    else if (parameter == ENSEMBLE_FLOOR && value >= 0 && value < 1)
        e->floor = value;
    else
        return ENSEMBLE_EPARAMETER;
    ens_plan_build(e);
    return 0;
}

int ensemble_set_parallel(struct ensemble *e,
                          void (*parallel_for)(void *user, size_t n, void (*task)(void *context, size_t index),
                                               void *context),
                          void *user)
{
    if (e == NULL)
        return ENSEMBLE_ENULL;
    e->parallel = (struct ens_parallel){parallel_for, user};
    ens_plan_build(e);
    return 0;
}

/*
 * A temperature for something that has one (or not): 0 stands for 1. Negative if it is none. The limits leave its
 * inverse within the range of float.
 */
static double temperature_of(double given, int has_one)
{
    const double temperature = given == 0 ? 1 : given;

    return temperature >= 1e-30 && temperature <= 1e30 && (has_one || temperature == 1) ? temperature : -1;
}

int ens_model_set_space(struct ens_model *model, int32_t space, double temperature)
{
    const double usable = temperature_of(temperature, space == ENSEMBLE_LOGITS || space == ENSEMBLE_BINARY_LOGITS);

    if (space < ENSEMBLE_AS_IS || space > ENSEMBLE_LABELS || usable < 0)
        return ENSEMBLE_EPARAMETER;
    model->space = space;
    ens_model_set_temperature(model, usable);
    return 0;
}

int ensemble_set_input(struct ensemble *e, size_t model, int32_t space, double temperature)
{
    int code;

    if (e == NULL)
        return ENSEMBLE_ENULL;
    if (model >= e->n_models)
        return ENSEMBLE_EMODEL;
    code = ens_model_set_space(&e->models[model], space, temperature);
    if (code == 0)
        ens_plan_build(e);
    return code;
}

int ensemble_set_result(struct ensemble *e, int32_t form, double temperature)
{
    const double usable = temperature_of(temperature, form >= ENSEMBLE_RESULT_SOFTMAX);

    if (e == NULL)
        return ENSEMBLE_ENULL;
    if (form < ENSEMBLE_RESULT_AS_IS || form > ENSEMBLE_RESULT_TEMPERED || usable < 0)
        return ENSEMBLE_EPARAMETER;
    e->form = form;
    e->temperature = usable;
    ens_plan_build(e);
    return 0;
}

int ensemble_set_missing_policy(struct ensemble *e, int32_t policy, double quorum)
{
    const int32_t all = ENSEMBLE_LEAVE_OUT_MISSING | ENSEMBLE_LEAVE_OUT_NAN | ENSEMBLE_LEAVE_OUT_ABSENT;

    if (e == NULL)
        return ENSEMBLE_ENULL;
    if (policy < 0 || policy > all || !(quorum >= 0 && quorum <= 1))
        return ENSEMBLE_EPARAMETER;
    e->policy = policy;
    e->quorum = quorum;
    ens_plan_build(e);
    return 0;
}
