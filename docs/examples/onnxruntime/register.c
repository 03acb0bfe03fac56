/* SPDX-License-Identifier: MIT */
/*
 * The operator ensemble.Combine for ONNX Runtime: one node in place of the Mul, Add, Softmax, Concat, ... that combine
 * the outputs of several models in a graph. A shared library that exports RegisterCustomOps(); README.md says how it is
 * built, how a model gets the node, and what its attributes are.
 */
#include "kernel.h"

#include <stdatomic.h>
#include <stdlib.h>

ort_call RegisterCustomOps(struct ort_options *options, const struct ort_base *base);

/* What was registered with one ONNX Runtime. It stays as long as the process (the library is linked with -z nodelete),
   since sessions refer to it and nobody says when the last one is gone. */
struct registration {
    const struct ort_base *base;
    struct engine engine;
    struct ort_domain *domain;
    struct op ops[4];
    struct registration *next;
};

static _Atomic(struct registration *) registrations;

static const struct op *op_of(const struct ort_custom_op *op)
{
    return (const struct op *)(const void *)op;
}

static const char *get_name(const struct ort_custom_op *op)
{
    (void)op;
    return "Combine";
}

/* NULL: the CPU. */
static const char *get_execution_provider_type(const struct ort_custom_op *op)
{
    (void)op;
    return NULL;
}

static int32_t get_type(const struct ort_custom_op *op, size_t index)
{
    (void)index;
    return op_of(op)->type;
}

static int32_t get_memory_type(const struct ort_custom_op *op, size_t index)
{
    (void)op;
    (void)index;
    return ORT_MEMORY_DEFAULT;
}

static int32_t get_input_characteristic(const struct ort_custom_op *op, size_t index)
{
    (void)op;
    (void)index;
    return ORT_INPUT_VARIADIC;
}

static int32_t get_output_characteristic(const struct ort_custom_op *op, size_t index)
{
    (void)op;
    (void)index;
    return ORT_INPUT_REQUIRED;
}

static size_t count_one(const struct ort_custom_op *op)
{
    (void)op;
    return 1;
}

static int one(const struct ort_custom_op *op)
{
    (void)op;
    return 1;
}

/*
 * The output has the shape of the first input, unless a definition with class maps may say otherwise. A shape without
 * dimensions is one that is not known. An error would be lost, so there is none: the shape is found when the node runs.
 */
static ort_call infer_output_shape(const struct ort_custom_op *abi, struct ort_inference *context)
{
    const struct ort_api *api = op_of(abi)->engine->api;
    const struct ort_attribute *definition = NULL;
    struct ort_shape *shape = NULL; /* the context's */
    size_t rank = 0;
    struct ort_status *status = api->shape_infer_context_get_attribute(context, "definition", &definition);

    api->release_status(status);
    if (status == NULL)
        return NULL;
    status = api->shape_infer_context_get_input_type_shape(context, 0, &shape);
    if (status == NULL)
        status = api->get_dimensions_count(shape, &rank);
    if (status == NULL && rank > 0)
        status = api->shape_infer_context_set_output_type_shape(context, 0, shape);
    api->release_status(status);
    return NULL;
}

static const struct ort_custom_op combine = {.version = ORT_VERSION,
                                             .get_name = get_name,
                                             .get_execution_provider_type = get_execution_provider_type,
                                             .get_input_type = get_type,
                                             .get_input_type_count = count_one,
                                             .get_output_type = get_type,
                                             .get_output_type_count = count_one,
                                             .kernel_destroy = kernel_destroy,
                                             .get_input_characteristic = get_input_characteristic,
                                             .get_output_characteristic = get_output_characteristic,
                                             .get_input_memory_type = get_memory_type,
                                             .get_variadic_input_min_arity = one,
                                             .get_variadic_input_homogeneity = one,
                                             .get_variadic_output_min_arity = one,
                                             .get_variadic_output_homogeneity = one,
                                             .create_kernel_v2 = kernel_create,
                                             .kernel_compute_v2 = kernel_compute,
                                             .infer_output_shape = infer_output_shape};

/* The minor version of "1.30.0": entries of a newer version are not asked for, which ONNX Runtime would complain of. */
static long minor_version(const struct ort_base *base)
{
    const char *text = base->get_version_string();

    while (*text != '\0' && *text != '.')
        text++;
    return *text == '.' ? strtol(text + 1, NULL, 10) : 0;
}

static ort_call make_registration(const struct ort_base *base, const struct ort_api *api, struct registration **out)
{
    static const int32_t types[4][2] = {
        {ORT_F32, ENSEMBLE_F32}, {ORT_F64, ENSEMBLE_F64}, {ORT_F16, ENSEMBLE_F16}, {ORT_BF16, ENSEMBLE_BF16}};
    struct registration *r = calloc(1, sizeof *r);
    struct ort_status *status;

    if (r == NULL)
        return node_error(api, ORT_FAIL, "out of memory");
    r->base = base;
    r->engine.api = api;
    if (minor_version(base) >= ORT_VERSION_WITH_SHAPES && base->get_api(ORT_VERSION_WITH_SHAPES) != NULL) {
        r->engine.api = base->get_api(ORT_VERSION_WITH_SHAPES);
        r->engine.has_references = 1;
    }
    status = api->create_custom_op_domain("ensemble", &r->domain);
    for (size_t i = 0; i < 4 && status == NULL; i++) {
        r->ops[i] = (struct op){.abi = combine, .engine = &r->engine, .type = types[i][0], .dtype = types[i][1]};
        status = api->custom_op_domain_add(r->domain, &r->ops[i].abi);
    }
    if (status == NULL) {
        *out = r;
        return NULL;
    }
    if (r->domain != NULL)
        api->release_custom_op_domain(r->domain);
    free(r);
    return status;
}

/* What ONNX Runtime calls when the library is registered; several threads may do so at once. */
__attribute__((visibility("default"))) ort_call RegisterCustomOps(struct ort_options *options,
                                                                  const struct ort_base *base)
{
    const struct ort_api *api = base->get_api(ORT_VERSION);
    struct registration *r = atomic_load(&registrations);
    struct ort_status *status;

    if (api == NULL) {
        api = base->get_api(1);
        return node_error(api, ORT_FAIL, "ONNX Runtime 1.%d or later is needed, and this is %s", ORT_VERSION,
                          base->get_version_string());
    }
    while (r != NULL && r->base != base)
        r = r->next;
    if (r == NULL) {
        status = make_registration(base, api, &r);
        if (status != NULL)
            return status;
        r->next = atomic_load(&registrations);
        while (!atomic_compare_exchange_weak(&registrations, &r->next, r))
            ;
    }
    return api->add_custom_op_domain(options, r->domain);
}
