/* SPDX-License-Identifier: MIT */
/*
 * What an operator and a program need of ONNX Runtime's C interface, where its own header is not at hand.
 *
 * The interface is a table of functions, which only grows at its end: an entry never leaves its place. So the entries
 * that are used here are declared by their places (counted in the header of ONNX Runtime 1.29, and compared with an
 * independent binding's list; those of the versions up to 8 also with the places that ONNX Runtime itself asserts), and
 * all others are gaps. Ask for the version that the last entry belongs to: ort_base->get_api(ORT_VERSION).
 * Names of functions are those of ONNX Runtime, in small letters: KernelContext_GetInput is kernel_context_get_input.
 */
#ifndef ORT_SLOTS_H
#define ORT_SLOTS_H

#include <stddef.h>
#include <stdint.h>

/* 1.17: all entries but one. 1.24: the last one as well, which allocates nothing. */
#define ORT_VERSION 17
#define ORT_VERSION_WITH_SHAPES 24

/* Opaque. */
struct ort_env;
struct ort_status; /* NULL: success */
struct ort_memory_info;
struct ort_session;
struct ort_value;
struct ort_run_options;
struct ort_type_info;
struct ort_shape; /* OrtTensorTypeAndShapeInfo */
struct ort_options; /* OrtSessionOptions */
struct ort_domain;
struct ort_info;    /* of a node, when its kernel is made */
struct ort_context; /* of a node, when it runs */
struct ort_inference; /* of a node, when its shape is asked for */
struct ort_attribute;
struct ort_custom_op;

/* Types of elements. */
enum { ORT_F32 = 1, ORT_I64 = 7, ORT_F16 = 10, ORT_F64 = 11, ORT_BF16 = 16 };

/* Of the kinds of errors, what is used: the model or the request is wrong, or something else failed. */
enum { ORT_FAIL = 1, ORT_INVALID_ARGUMENT = 2 };

enum { ORT_INPUT_REQUIRED = 0, ORT_INPUT_VARIADIC = 2 }; /* for outputs, too */
enum { ORT_LOG_ERROR = 3, ORT_LOG_FATAL = 4 };
enum { ORT_ARENA_ALLOCATOR = 1, ORT_MEMORY_DEFAULT = 0 };

#define ORT_GAP(from, to) void (*gap_##from[(to) - (from) + 1])(void)
typedef struct ort_status *ort_call; /* what a call returns */

struct ort_api {
    struct ort_status *(*create_status)(int32_t code, const char *message); /* 0 */
    int32_t (*get_error_code)(const struct ort_status *status);             /* 1 */
    const char *(*get_error_message)(const struct ort_status *status);      /* 2 */
    ort_call (*create_env)(int32_t log_level, const char *name, struct ort_env **out);
    ORT_GAP(4, 6);
    ort_call (*create_session)(const struct ort_env *env, const char *path, const struct ort_options *options,
                               struct ort_session **out); /* 7 */
    ORT_GAP(8, 8);
    ort_call (*run)(struct ort_session *session, const struct ort_run_options *options, const char *const *input_names,
                    const struct ort_value *const *inputs, size_t n_inputs, const char *const *output_names,
                    size_t n_outputs, struct ort_value **outputs);   /* 9 */
    ort_call (*create_session_options)(struct ort_options **out);    /* 10 */
    ORT_GAP(11, 22);
    ort_call (*set_session_graph_optimization_level)(struct ort_options *options, int32_t level); /* 23 */
    ort_call (*set_intra_op_num_threads)(struct ort_options *options, int32_t threads);           /* 24 */
    ORT_GAP(25, 25);
    ort_call (*create_custom_op_domain)(const char *domain, struct ort_domain **out);                     /* 26 */
    ort_call (*custom_op_domain_add)(struct ort_domain *domain, const struct ort_custom_op *op);          /* 27 */
    ort_call (*add_custom_op_domain)(struct ort_options *options, struct ort_domain *domain);             /* 28 */
    ORT_GAP(29, 48);
    ort_call (*create_tensor_with_data_as_ort_value)(const struct ort_memory_info *memory, void *data, size_t bytes,
                                                     const int64_t *dims, size_t rank, int32_t type,
                                                     struct ort_value **out); /* 49 */
    ORT_GAP(50, 50);
    ort_call (*get_tensor_mutable_data)(const struct ort_value *value, void **out); /* 51 */
    ORT_GAP(52, 54);
    ort_call (*cast_type_info_to_tensor_info)(const struct ort_type_info *type, const struct ort_shape **out); /* 55 */
    ORT_GAP(56, 60);
    ort_call (*get_dimensions_count)(const struct ort_shape *shape, size_t *out);          /* 61 */
    ort_call (*get_dimensions)(const struct ort_shape *shape, int64_t *dims, size_t rank); /* 62 */
    ORT_GAP(63, 64);
    ort_call (*get_tensor_type_and_shape)(const struct ort_value *value, struct ort_shape **out); /* 65 */
    ORT_GAP(66, 68);
    ort_call (*create_cpu_memory_info)(int32_t allocator, int32_t kind, struct ort_memory_info **out); /* 69 */
    ORT_GAP(70, 84);
    ort_call (*kernel_info_get_attribute_float)(const struct ort_info *info, const char *name, float *out); /* 85 */
    ort_call (*kernel_info_get_attribute_int64)(const struct ort_info *info, const char *name, int64_t *out);
    ort_call (*kernel_info_get_attribute_string)(const struct ort_info *info, const char *name, char *out,
                                                 size_t *size); /* 87 */
    ORT_GAP(88, 89);
    ort_call (*kernel_context_get_input)(const struct ort_context *context, size_t index,
                                         const struct ort_value **out); /* 90 */
    ort_call (*kernel_context_get_output)(struct ort_context *context, size_t index, const int64_t *dims, size_t rank,
                                          struct ort_value **out);    /* 91 */
    void (*release_env)(struct ort_env *env);                         /* 92 */
    void (*release_status)(struct ort_status *status);                /* 93 */
    void (*release_memory_info)(struct ort_memory_info *memory);      /* 94 */
    void (*release_session)(struct ort_session *session);             /* 95 */
    void (*release_value)(struct ort_value *value);                   /* 96 */
    ORT_GAP(97, 97);
    void (*release_type_info)(struct ort_type_info *type);            /* 98 */
    void (*release_tensor_type_and_shape_info)(struct ort_shape *);   /* 99 */
    void (*release_session_options)(struct ort_options *options);     /* 100 */
    void (*release_custom_op_domain)(struct ort_domain *domain);      /* 101 */
    ORT_GAP(102, 129);
    ort_call (*add_session_config_entry)(struct ort_options *options, const char *key, const char *value); /* 130 */
    ORT_GAP(131, 161);
    ort_call (*kernel_info_get_attribute_array_float)(const struct ort_info *info, const char *name, float *out,
                                                      size_t *count); /* 162 */
    ort_call (*kernel_info_get_attribute_array_int64)(const struct ort_info *info, const char *name, int64_t *out,
                                                      size_t *count); /* 163 */
    ORT_GAP(164, 227);
    ort_call (*register_custom_ops_library_v2)(struct ort_options *options, const char *path); /* 228 */
    ORT_GAP(229, 229);
    ort_call (*kernel_info_get_input_count)(const struct ort_info *info, size_t *out); /* 230 */
    ORT_GAP(231, 233);
    ort_call (*kernel_info_get_input_type_info)(const struct ort_info *info, size_t index,
                                                struct ort_type_info **out); /* 234 */
    ORT_GAP(235, 243);
    ort_call (*kernel_info_get_node_name)(const struct ort_info *info, char *out, size_t *size); /* 244 */
    ORT_GAP(245, 267);
    ort_call (*shape_infer_context_get_input_type_shape)(const struct ort_inference *context, size_t index,
                                                         struct ort_shape **out); /* 268 */
    ort_call (*shape_infer_context_get_attribute)(const struct ort_inference *context, const char *name,
                                                  const struct ort_attribute **out); /* 269 */
    ort_call (*shape_infer_context_set_output_type_shape)(const struct ort_inference *context, size_t index,
                                                          const struct ort_shape *shape); /* 270 */
    ORT_GAP(271, 273);
    ort_call (*kernel_context_parallel_for)(const struct ort_context *context, void (*task)(void *, size_t), size_t n,
                                            size_t batches, void *user); /* 274; batches 0: one for each turn */
    ORT_GAP(275, 413);
    ort_call (*get_tensor_element_type_and_shape_data_reference)(const struct ort_value *value, int32_t *type,
                                                                 const int64_t **dims, size_t *rank); /* 414 */
};

#define ORT_AT(member, slot) \
    _Static_assert(offsetof(struct ort_api, member) == (slot) * sizeof(void *), #member " is not in its place")
ORT_AT(create_session, 7);
ORT_AT(run, 9);
ORT_AT(set_session_graph_optimization_level, 23);
ORT_AT(add_custom_op_domain, 28);
ORT_AT(create_tensor_with_data_as_ort_value, 49);
ORT_AT(get_tensor_type_and_shape, 65);
ORT_AT(kernel_context_get_output, 91);
ORT_AT(release_custom_op_domain, 101);
ORT_AT(add_session_config_entry, 130);
ORT_AT(kernel_info_get_attribute_array_int64, 163);
ORT_AT(register_custom_ops_library_v2, 228);
ORT_AT(kernel_info_get_input_type_info, 234);
ORT_AT(kernel_info_get_node_name, 244);
ORT_AT(shape_infer_context_set_output_type_shape, 270);
ORT_AT(kernel_context_parallel_for, 274);
ORT_AT(get_tensor_element_type_and_shape_data_reference, 414);

/* What the library exports as OrtGetApiBase(), and hands to RegisterCustomOps(). get_api: NULL for a newer version. */
struct ort_base {
    const struct ort_api *(*get_api)(uint32_t version);
    const char *(*get_version_string)(void);
};

/* An operator, as ONNX Runtime asks for it; `version` says how far the struct is filled. What may be NULL, is said. */
struct ort_custom_op {
    uint32_t version;
    void *(*create_kernel)(void); /* NULL: the second form is used */
    const char *(*get_name)(const struct ort_custom_op *op);
    const char *(*get_execution_provider_type)(const struct ort_custom_op *op);
    int32_t (*get_input_type)(const struct ort_custom_op *op, size_t index);
    size_t (*get_input_type_count)(const struct ort_custom_op *op);
    int32_t (*get_output_type)(const struct ort_custom_op *op, size_t index);
    size_t (*get_output_type_count)(const struct ort_custom_op *op);
    void (*kernel_compute)(void); /* NULL: likewise */
    void (*kernel_destroy)(void *kernel);
    int32_t (*get_input_characteristic)(const struct ort_custom_op *op, size_t index);
    int32_t (*get_output_characteristic)(const struct ort_custom_op *op, size_t index);
    int32_t (*get_input_memory_type)(const struct ort_custom_op *op, size_t index);
    int (*get_variadic_input_min_arity)(const struct ort_custom_op *op);
    int (*get_variadic_input_homogeneity)(const struct ort_custom_op *op);
    int (*get_variadic_output_min_arity)(const struct ort_custom_op *op);
    int (*get_variadic_output_homogeneity)(const struct ort_custom_op *op);
    ort_call (*create_kernel_v2)(const struct ort_custom_op *op, const struct ort_api *api,
                                 const struct ort_info *info, void **kernel);
    ort_call (*kernel_compute_v2)(void *kernel, struct ort_context *context);
    ort_call (*infer_output_shape)(const struct ort_custom_op *op, struct ort_inference *context); /* may be NULL */
    int (*get_start_version)(const struct ort_custom_op *op);                                      /* likewise */
    int (*get_end_version)(const struct ort_custom_op *op);                                        /* likewise */
    void (*in_place[4])(void);                                                                     /* likewise */
};

#endif
