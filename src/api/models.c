/* SPDX-License-Identifier: MIT */
/* The models of a handle and where their outputs are. */
#include "api/models.h"

#include "base/size.h"
#include "plan/inputs.h"
#include "plan/plan.h"

#include <limits.h>
#include <string.h>

/* The arrays of a handle for `capacity` models, one behind the other, those of the strictest alignment first. */
static size_t lay_out(struct ensemble *e, size_t capacity, unsigned char *storage)
{
    size_t at = 0;

#define PLACE(member)                                                                                                \
    if (storage != NULL)                                                                                             \
        e->member = (void *)(storage + at);                                                                          \
    at += capacity * sizeof *e->member
    PLACE(weights);
    PLACE(plan.weight64);
    PLACE(models);
    PLACE(outputs);
    PLACE(plan.model);
    PLACE(plan.data);
    PLACE(plan.weight32);
#undef PLACE
    return at;
}

int ens_models_reserve(struct ensemble *e, size_t more)
{
    const struct ensemble before = *e;
    size_t capacity = e->capacity > 0 ? 2 * e->capacity : 8;
    unsigned char *storage;
    size_t size;

    if (more <= e->capacity - e->n_models)
        return 0;
    if (more > INT_MAX - e->n_models)
        return ENSEMBLE_EOVERFLOW;
    if (capacity < e->n_models + more)
        capacity = e->n_models + more;
    if (ENS_SIZES_ARE_SHORT && capacity > (size_t)PTRDIFF_MAX / 2 / lay_out(e, 1, NULL))
        return ENSEMBLE_EOVERFLOW;
    size = lay_out(e, capacity, NULL);
    storage = ens_allocate(&e->allocator, size);
    if (storage == NULL)
        return ENSEMBLE_ENOMEM;
    lay_out(e, capacity, storage);
    e->storage = storage;
    e->storage_size = size;
    e->capacity = capacity;
    if (e->n_models > 0) { /* weights that were set do not fit any more, and are not carried over */
        memcpy(e->outputs, before.outputs, e->n_models * sizeof *e->outputs);
        memcpy(e->models, before.models, e->n_models * sizeof *e->models);
    }
    ens_release(&e->allocator, before.storage, before.storage_size);
    return 0;
}

int ens_models_copy(struct ensemble *copy, const struct ensemble *e)
{
    copy->n_models = 0;
    copy->storage = NULL;
    if (e->storage == NULL)
        return 0;
    copy->storage = ens_allocate(&e->allocator, e->storage_size);
    if (copy->storage == NULL)
        return ENSEMBLE_ENOMEM;
    memcpy(copy->storage, e->storage, e->storage_size);
    lay_out(copy, e->capacity, copy->storage);
    copy->n_models = e->n_models;
    for (size_t i = 0; i < e->n_models; i++) {
        copy->models[i].map = NULL;
        copy->models[i].name = NULL;
    }
    return 0;
}

void ens_models_append(struct ensemble *e, const struct ensemble_output *output)
{
    e->outputs[e->n_models] = *output;
    e->models[e->n_models] = (struct ens_model){.space = ENSEMBLE_AS_IS, .temperature = 1, .cooling = 1};
    e->n_models++;
}

int ensemble_add_model_output(struct ensemble *e, const void *output, int32_t dtype, size_t rows)
{
    const struct ensemble_output described = {.data = output, .rows = rows, .dtype = dtype};
    int code;

    if (e == NULL)
        return ENSEMBLE_ENULL;
    code = ens_output_check(e, NULL, &described);
    if (code == 0)
        code = ens_models_reserve(e, 1);
    if (code)
        return code;
    ens_models_append(e, &described);
    ens_plan_build(e);
    return (int)(e->n_models - 1);
}

int ensemble_set_model_output(struct ensemble *e, size_t model, const void *output, int32_t dtype, size_t rows,
                              size_t row_stride)
{
    const struct ensemble_output described = {.data = output, .rows = rows, .row_stride = row_stride, .dtype = dtype};
    int code;

    if (e == NULL)
        return ENSEMBLE_ENULL;
    if (model >= e->n_models)
        return ENSEMBLE_EMODEL;
    code = ens_output_check(e, &e->models[model], &described);
    if (code)
        return code;
    ens_inputs_bind(e, model, &described);
    return 0;
}
