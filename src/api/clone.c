/* SPDX-License-Identifier: MIT */
/* Another handle of the same. */
#include "api/class_map.h"
#include "api/models.h"
#include "api/weights.h"

#include <string.h>

/* What a model has allocated. In `to`, which is a copy of `from` otherwise, there is none of it yet. */
static int copy_model(const struct ensemble *e, struct ens_model *to, const struct ens_model *from)
{
    const int code = from->map != NULL ? ens_class_map_copy(e, to, from) : 0;

    return code == 0 && from->name != NULL ? ens_model_set_name(e, to, from->name, from->name_length) : code;
}

static int copy_models(struct ensemble *copy, const struct ensemble *e)
{
    int code = ens_models_copy(copy, e);

    for (size_t i = 0; i < copy->n_models && code == 0; i++)
        code = copy_model(copy, &copy->models[i], &e->models[i]);
    return code;
}

static int copy_class_weights(struct ensemble *copy, const struct ensemble *e)
{
    const int code = ens_class_weights_allocate(copy, &copy->class_weights, e->class_weights.n_models);

    if (code == 0)
        memcpy(copy->class_weights.weight, e->class_weights.weight, e->class_weights.size);
    return code;
}

int ensemble_clone(struct ensemble **out, const struct ensemble *e)
{
    struct ensemble *copy;
    int code;

    if (out == NULL || e == NULL)
        return ENSEMBLE_ENULL;
    copy = ens_allocate(&e->allocator, sizeof *copy);
    if (copy == NULL)
        return ENSEMBLE_ENOMEM;
    *copy = *e;
    copy->class_weights.weight = NULL;
    code = copy_models(copy, e);
    if (code == 0 && e->class_weights.weight != NULL)
        code = copy_class_weights(copy, e);
    if (code) {
        ensemble_destroy(copy);
        return code;
    }
    *out = copy;
    return 0;
}
