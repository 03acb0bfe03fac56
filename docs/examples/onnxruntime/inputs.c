/* SPDX-License-Identifier: MIT */
#include "inputs.h"

#include <stdio.h>
#include <string.h>

static ort_call copy_shape(const struct ort_api *api, const struct ort_value *value, struct shape *shape)
{
    struct ort_shape *info;
    struct ort_status *status = api->get_tensor_type_and_shape(value, &info);

    if (status != NULL)
        return status;
    status = api->get_dimensions_count(info, &shape->rank);
    if (status == NULL && shape->rank <= DIMENSIONS)
        status = api->get_dimensions(info, shape->copy, shape->rank);
    shape->dims = shape->copy;
    api->release_tensor_type_and_shape_info(info);
    return status;
}

static ort_call get_shape(const struct kernel *kernel, const struct ort_value *value, struct shape *shape)
{
    const struct ort_api *api = kernel->engine->api;
    int32_t type;

    if (!kernel->engine->has_references)
        return copy_shape(api, value, shape);
    return api->get_tensor_element_type_and_shape_data_reference(value, &type, &shape->dims, &shape->rank);
}

/* "[64,10]" */
static const char *shape_text(const struct shape *shape, char text[128])
{
    size_t length = (size_t)snprintf(text, 128, "[");

    for (size_t i = 0; i < shape->rank && i < DIMENSIONS && length < 100; i++)
        length += (size_t)snprintf(text + length, 128 - length, "%s%lld", i > 0 ? "," : "", (long long)shape->dims[i]);
    snprintf(text + length, 128 - length, "]");
    return text;
}

static ort_call shapes_differ(const struct kernel *kernel, size_t i, const struct shape *shape,
                              const struct shape *first)
{
    const struct ort_api *api = kernel->engine->api;
    char text[128], text_of_first[128];

    shape_text(shape, text);
    if (kernel->columns != NULL && shape->dims[shape->rank - 1] != (int64_t)kernel->columns[i])
        return node_error(api, ORT_INVALID_ARGUMENT, "input %zu is %s, but its last dimension is %zu by the definition",
                          i, text, kernel->columns[i]);
    return node_error(api, ORT_INVALID_ARGUMENT, "input %zu is %s, but input 0 is %s", i, text,
                      shape_text(first, text_of_first));
}

/* Does the input's shape go with that of the first one? */
static int goes_with(const struct kernel *kernel, size_t i, const struct shape *shape, const struct shape *first)
{
    const size_t last = first->rank - 1;
    const int64_t columns = kernel->columns == NULL ? first->dims[last] : (int64_t)kernel->columns[i];

    return shape->rank == first->rank && shape->dims[last] == columns &&
           (last == 0 || memcmp(shape->dims, first->dims, last * sizeof *first->dims) == 0);
}

ort_call inputs_get(const struct kernel *kernel, const struct ort_context *context, struct ensemble_output *outputs,
                    struct shape *first)
{
    const struct ort_api *api = kernel->engine->api;
    struct shape other, *shape = first;
    size_t rows = 1;

    for (size_t i = 0; i < kernel->node.models; i++, shape = &other) {
        const struct ort_value *value;
        void *data;
        struct ort_status *status = api->kernel_context_get_input(context, i, &value);

        if (status == NULL)
            status = get_shape(kernel, value, shape);
        if (status == NULL)
            status = api->get_tensor_mutable_data(value, &data);
        if (status != NULL)
            return status;
        if (shape->rank < 1 || shape->rank > DIMENSIONS)
            return node_error(api, ORT_INVALID_ARGUMENT, "input %zu has %zu dimensions: 1 to %d are possible", i,
                              shape->rank, DIMENSIONS);
        if (!goes_with(kernel, i, shape, first))
            return shapes_differ(kernel, i, shape, first);
        if (i == 0)
            for (size_t d = 0; d + 1 < first->rank; d++)
                rows *= (size_t)first->dims[d];
        outputs[i] = (struct ensemble_output){.data = data, .rows = rows, .dtype = kernel->node.dtype};
    }
    return NULL;
}
