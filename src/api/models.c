/* SPDX-License-Identifier: MIT */
/* The models of a handle and where their outputs are. */
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
    PLACE(outputs);
    PLACE(plan.model);
    PLACE(plan.weight32);
#undef PLACE
    return at;
}

/* Makes room for one more model, or leaves everything as it is. */
static int reserve(struct ensemble *e)
{
    const struct ensemble before = *e;
    const size_t most = (size_t)PTRDIFF_MAX / 2 / lay_out(e, 1, NULL);
    size_t capacity = e->capacity > 0 ? 2 * e->capacity : 8;
    unsigned char *storage;
    size_t size;

    if (e->n_models < e->capacity)
        return 0;
    if (capacity > most || e->n_models >= INT_MAX)
        return ENSEMBLE_EOVERFLOW;
    size = lay_out(e, capacity, NULL);
    storage = ens_allocate(&e->allocator, size);
    if (storage == NULL)
        return ENSEMBLE_ENOMEM;
    lay_out(e, capacity, storage);
    e->storage = storage;
    e->storage_size = size;
    e->capacity = capacity;
    if (e->n_models > 0) /* weights that were set do not fit any more, and are not carried over */
        memcpy(e->outputs, before.outputs, e->n_models * sizeof *e->outputs);
    ens_release(&e->allocator, before.storage, before.storage_size);
    return 0;
}

/* The description of an output, complete and checked; or an error code. */
static int describe(const struct ensemble *e, const void *data, int32_t dtype, size_t rows, size_t row_stride,
                    struct ensemble_output *output)
{
    *output = (struct ensemble_output){
        .data = data,
        .rows = rows,
        .row_stride = row_stride > 0 ? row_stride : e->width,
        .dtype = dtype,
    };
    return ens_output_check(output, e->width);
}

int ensemble_add_model_output(struct ensemble *e, const void *output, int32_t dtype, size_t rows)
{
    struct ensemble_output described;
    int code;

    if (e == NULL)
        return ENSEMBLE_ENULL;
    code = describe(e, output, dtype, rows, 0, &described);
    if (code == 0)
        code = reserve(e);
    if (code)
        return code;
    e->outputs[e->n_models] = described;
    e->n_models++;
    ens_plan_build(e);
    return (int)(e->n_models - 1);
}

int ensemble_set_model_output(struct ensemble *e, size_t model, const void *output, int32_t dtype, size_t rows,
                              size_t row_stride)
{
    struct ensemble_output described;
    int code;

    if (e == NULL)
        return ENSEMBLE_ENULL;
    if (model >= e->n_models)
        return ENSEMBLE_EMODEL;
    code = describe(e, output, dtype, rows, row_stride, &described);
    if (code)
        return code;
    ens_inputs_bind(e, model, &described);
    return 0;
}
