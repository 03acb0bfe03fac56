/* SPDX-License-Identifier: MIT */
/* The definition of an ensemble as text, and back. */
#include "api/class_map.h"
#include "api/models.h"
#include "api/weights.h"
#include "base/size.h"
#include "plan/plan.h"
#include "store/load.h"
#include "store/save.h"

#include <limits.h>

int ensemble_save(const struct ensemble *e, char *text, size_t size)
{
    if (e == NULL || (text == NULL && size > 0))
        return ENSEMBLE_ENULL;
    if ((e->n_weights > 0 && e->n_weights != e->n_models) ||
        (e->class_weights.n_models > 0 && e->class_weights.n_models != e->n_models))
        return ENSEMBLE_EWEIGHTS;
    return ens_save(e, text, size, INT_MAX);
}

static int set_head(struct ensemble *e, const struct ens_stored *stored)
{
    int code;

    (void)ensemble_set_method(e, stored->method);                         /* a text has no other methods, */
    (void)ensemble_set_parameter(e, ENSEMBLE_EXPONENT, stored->exponent); /* and only numbers that are finite */
    code = ensemble_set_parameter(e, ENSEMBLE_TRIM, stored->trim);
    if (code == 0)
        code = ensemble_set_parameter(e, ENSEMBLE_FLOOR, stored->floor);
    if (code == 0)
        code = ensemble_set_result(e, stored->form, stored->temperature);
    if (code == 0)
        code = ensemble_set_missing_policy(e, stored->policy, stored->quorum);
    return code;
}

/* The classes that the map leaves out are named too, so that no short text makes a long map: each once, ascending. */
static int check_absent(const struct ensemble *e, const struct ens_model *model, const struct ens_stored_model *stored)
{
    struct ens_slice line = stored->absent;
    int32_t before = -1, class;

    if (model->n_known + stored->n_absent != e->width)
        return ENSEMBLE_ETEXT;
    for (size_t i = 0; i < stored->n_absent; i++, before = class) {
        if (ens_stored_class(&line, &class))
            return ENSEMBLE_ETEXT;
        if (class <= before || (size_t) class >= e->width || model->source[class] >= 0)
            return ENSEMBLE_ETEXT;
    }
    return 0;
}

static int set_class_map(const struct ensemble *e, struct ens_model *model, const struct ens_stored_model *stored)
{
    int code = ens_class_map_allocate(e, model, stored->n_classes);

    if (code == 0)
        code = ens_stored_classes(&stored->classes, model->map, stored->n_classes);
    if (code == 0)
        code = ens_class_map_turn(e, model);
    return code ? code : check_absent(e, model, stored);
}

static int set_model(struct ensemble *e, size_t i, const struct ens_stored_model *stored)
{
    struct ens_model *model = &e->models[i];
    int code = ens_model_set_space(model, stored->space, stored->temperature);

    if (code == 0)
        code = ens_model_set_name(e, model, stored->name.at, ens_slice_length(&stored->name));
    if (code == 0 && stored->n_classes > 0)
        code = set_class_map(e, model, stored);
    if (code == 0 && stored->class_weighted)
        code = ens_stored_numbers(&stored->class_weights, e->class_weights.weight + i * e->width, e->width);
    e->weights[i] = stored->weight;
    return code;
}

/*
 * All models at once, and then one plan: with the public functions, each of which makes a plan of all models, a text of
 * many would take time that grows with their square.
 */
static int set_models(struct ensemble *e, const struct ens_stored *stored)
{
    struct ens_slice models = stored->models;
    struct ens_stored_model model;
    int code = ens_models_reserve(e, stored->n_models);

    if (code == 0 && stored->class_weighted)
        code = ens_class_weights_allocate(e, &e->class_weights, stored->n_models);
    for (size_t i = 0; i < stored->n_models && code == 0; i++) {
        struct ensemble_output output = {.data = NULL};

        ens_stored_next(&models, &model);
        output.dtype = model.space == ENSEMBLE_LABELS ? ENSEMBLE_I32 : ENSEMBLE_F32;
        ens_models_append(e, &output);
        code = set_model(e, i, &model);
    }
    if (code)
        return code;
    if (!ens_names_differ(e))
        return ENSEMBLE_ETEXT;
    e->n_weights = stored->weighted ? e->n_models : 0;
    ens_plan_build(e);
    return 0;
}

int ensemble_load(struct ensemble **out, const char *text, size_t size, const struct ensemble_options *options)
{
    struct ens_stored stored;
    struct ensemble *e;
    int code;

    if (out == NULL || text == NULL)
        return ENSEMBLE_ENULL;
    code = ens_stored_read(&stored, text, size);
    if (code == 0)
        code = ensemble_create_with(&e, stored.width, options);
    if (code)
        return code;
    code = set_head(e, &stored);
    if (code == 0)
        code = set_models(e, &stored);
    if (code) {
        ensemble_destroy(e); /* what a setter refuses is the text's fault, unless memory is lacking */
        return code == ENSEMBLE_ENOMEM || (ENS_SIZES_ARE_SHORT && code == ENSEMBLE_EOVERFLOW) ? code : ENSEMBLE_ETEXT;
    }
    *out = e;
    return 0;
}
