/* SPDX-License-Identifier: MIT */
#include "inputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Widths of which handles are kept; where the last dimension takes on more values, they are made for the request. */
#define WIDTHS 16

/* Rows so long that a workspace makes a difference: of 512 logits it does not, of 1,000 it saves a quarter. */
#define WORKSPACE_FROM 600

static void destroy_handle(struct handle *handle)
{
    if (handle == NULL)
        return;
    ensemble_destroy(handle->e);
    for (size_t i = 0; i < SPARES; i++)
        free(atomic_load(&handle->spares[i]));
    free(handle);
}

static ort_call make_handle(const struct kernel *kernel, size_t width, struct handle **out)
{
    struct handle *handle = calloc(1, sizeof *handle);
    struct ort_status *status;

    if (handle == NULL)
        return node_error(kernel->node.api, ORT_FAIL, "out of memory");
    status = node_make(&kernel->node, width, &handle->e);
    if (status != NULL) {
        free(handle);
        return status;
    }
    handle->width = width;
    handle->workspace_size = ensemble_workspace_size(handle->e);
    *out = handle;
    return NULL;
}

/* Keeps a handle for later requests. 0: there are too many. */
static int keep(struct kernel *kernel, struct handle *handle)
{
    if (atomic_fetch_add(&kernel->n_handles, 1) >= WIDTHS) {
        atomic_fetch_sub(&kernel->n_handles, 1);
        return 0;
    }
    handle->next = atomic_load(&kernel->handles);
    while (!atomic_compare_exchange_weak(&kernel->handles, &handle->next, handle))
        ;
    return 1;
}

/* The loop of this request. What a loop that fails leaves undone, the library does. */
struct request {
    const struct ort_api *api;
    struct ort_context *context;
};

/* quote: loop */
static void lent_loop(void *user, size_t n, void (*task)(void *context, size_t index), void *context)
{
    const struct request *request = user;

    request->api->release_status(request->api->kernel_context_parallel_for(request->context, task, n, 0, context));
}
/* quote: end */

/* A workspace for one request, with no lock: the session's allocator has one. NULL: without it takes longer. */
static void *take_workspace(struct handle *handle)
{
    for (size_t i = 0; i < SPARES; i++) {
        void *workspace = atomic_exchange(&handle->spares[i], NULL);

        if (workspace != NULL)
            return workspace;
    }
    return malloc(handle->workspace_size);
}

static void give_back(struct handle *handle, void *workspace)
{
    for (size_t i = 0; i < SPARES; i++) {
        void *none = NULL;

        if (atomic_compare_exchange_strong(&handle->spares[i], &none, workspace))
            return;
    }
    free(workspace);
}

static ort_call combine(struct kernel *kernel, struct ort_context *context, struct handle *handle,
                        const struct ensemble_output *outputs, struct shape *shape)
{
    const struct ort_api *api = kernel->engine->api;
    const size_t width = ensemble_get_width(handle->e), rows = outputs[0].rows;
    struct request request = {api, context};
    struct ensemble_call call = {.struct_size = sizeof call,
                                 .output_size = sizeof *outputs,
                                 .outputs = outputs,
                                 .n_outputs = kernel->node.models,
                                 .result_count = rows * width,
                                 .dtype = kernel->node.dtype,
                                 .parallel_for = lent_loop,
                                 .parallel_user = &request};
    struct ort_value *value;
    struct ort_status *status;
    int code;

    if (shape->dims != shape->copy)
        memcpy(shape->copy, shape->dims, shape->rank * sizeof *shape->copy);
    shape->copy[shape->rank - 1] = (int64_t)width;
    status = api->kernel_context_get_output(context, 0, shape->copy, shape->rank, &value);
    if (status == NULL)
        status = api->get_tensor_mutable_data(value, &call.result);
    if (status != NULL || rows == 0)
        return status;
    if (handle->workspace_size > 0 && width >= WORKSPACE_FROM) {
        call.workspace = take_workspace(handle);
        call.workspace_size = call.workspace != NULL ? handle->workspace_size : 0;
    }
    code = ensemble_run(handle->e, &call);
    if (call.workspace != NULL)
        give_back(handle, call.workspace);
    return code < 0 ? node_error(api, ORT_FAIL, "%s", ensemble_strerror(code)) : NULL;
}

ort_call kernel_compute(void *op_kernel, struct ort_context *context)
{
    struct kernel *kernel = op_kernel;
    struct ensemble_output outputs[NODE_MODELS];
    struct shape shape;
    struct handle *handle;
    struct ort_status *status = inputs_get(kernel, context, outputs, &shape);
    size_t width;

    if (status != NULL)
        return status;
    width = (size_t)shape.dims[shape.rank - 1];
    handle = atomic_load_explicit(&kernel->handles, memory_order_acquire);
    while (handle != NULL && handle->width != width)
        handle = handle->next;
    if (handle != NULL)
        return combine(kernel, context, handle, outputs, &shape);

    status = make_handle(kernel, width, &handle);
    if (status != NULL)
        return status;
    if (keep(kernel, handle))
        return combine(kernel, context, handle, outputs, &shape);
    status = combine(kernel, context, handle, outputs, &shape);
    destroy_handle(handle);
    return status;
}

void kernel_destroy(void *op_kernel)
{
    struct kernel *kernel = op_kernel;
    struct handle *handle = atomic_load(&kernel->handles);

    while (handle != NULL) {
        struct handle *next = handle->next;

        destroy_handle(handle);
        handle = next;
    }
    node_clear(&kernel->node);
    free(kernel->columns);
    free(kernel);
}

/* The last dimension of the first input, as far as the graph has it; 0 if not. */
static size_t known_width(const struct ort_api *api, const struct ort_info *info)
{
    struct ort_type_info *type;
    const struct ort_shape *shape = NULL;
    int64_t dims[DIMENSIONS];
    size_t rank = 0;
    struct ort_status *status = api->kernel_info_get_input_type_info(info, 0, &type);

    if (status != NULL) {
        api->release_status(status);
        return 0;
    }
    status = api->cast_type_info_to_tensor_info(type, &shape);
    if (status == NULL && shape != NULL)
        status = api->get_dimensions_count(shape, &rank);
    if (status == NULL && rank > 0 && rank <= DIMENSIONS)
        status = api->get_dimensions(shape, dims, rank);
    else
        rank = 0;
    api->release_type_info(type);
    api->release_status(status);
    return status == NULL && rank > 0 && dims[rank - 1] > 0 ? (size_t)dims[rank - 1] : 0;
}

/* The first handle: of the width that is known, or of any width, only to see whether the attributes go together. */
static ort_call make_first(struct kernel *kernel, const struct ort_info *info)
{
    const size_t known = known_width(kernel->engine->api, info);
    struct handle *handle;
    struct ort_status *status = make_handle(kernel, known > 0 ? known : 1, &handle);

    if (status != NULL)
        return status;
    if (kernel->node.definition != NULL) {
        status = node_columns(&kernel->node, handle->e, &kernel->columns);
        if (status == NULL)
            handle->width = kernel->columns[0];
    }
    if (status != NULL || (known == 0 && kernel->node.definition == NULL))
        destroy_handle(handle);
    else
        keep(kernel, handle);
    return status;
}

/* When a session is made, ONNX Runtime does not say which node was at fault. */
static ort_call name_node(const struct ort_api *api, const struct ort_info *info, struct ort_status *status)
{
    char name[128], text[512];
    size_t size = sizeof name;
    struct ort_status *unnamed = api->kernel_info_get_node_name(info, name, &size), *named;

    api->release_status(unnamed);
    if (unnamed != NULL || name[0] == '\0')
        return status;
    snprintf(text, sizeof text, "%s (node \"%s\")", api->get_error_message(status), name);
    named = api->create_status(api->get_error_code(status), text);
    api->release_status(status);
    return named;
}

ort_call kernel_create(const struct ort_custom_op *abi, const struct ort_api *api, const struct ort_info *info,
                       void **out)
{
    const struct op *op = (const struct op *)(const void *)abi;
    struct kernel *kernel = calloc(1, sizeof *kernel);
    struct ort_status *status;

    if (kernel == NULL)
        return node_error(api, ORT_FAIL, "out of memory");
    kernel->engine = op->engine;
    api = op->engine->api;
    kernel->node.api = api;
    kernel->node.dtype = op->dtype;
    status = api->kernel_info_get_input_count(info, &kernel->node.models);
    if (status == NULL && kernel->node.models > NODE_MODELS)
        status = node_error(api, ORT_INVALID_ARGUMENT, "%zu inputs: at most %d are possible", kernel->node.models,
                            NODE_MODELS);
    if (status == NULL)
        status = node_read(&kernel->node, info);
    if (status == NULL)
        status = make_first(kernel, info);
    if (status == NULL)
        *out = kernel;
    else
        kernel_destroy(kernel);
    return status == NULL ? NULL : name_node(api, info, status);
}
