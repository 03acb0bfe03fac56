/* SPDX-License-Identifier: MIT */
/*
 * A kernel: a node of a session, as it is run.
 *
 * It makes its handle of the library when the session is made (where the last dimension has a name instead of a number:
 * with the first request of that width). A request then allocates nothing of its own: its outputs are given with the
 * call, many run on one handle at once, and a large one is divided through the thread pool of the session. Workspaces,
 * where the method can use one, are kept from request to request.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include "node.h"

#include <stdatomic.h>

/* One ONNX Runtime in the process. */
struct engine {
    const struct ort_api *api;
    int has_references; /* get_tensor_element_type_and_shape_data_reference() is there */
};

/* The operator for one type of elements. */
struct op {
    struct ort_custom_op abi; /* first: ONNX Runtime hands its address back */
    const struct engine *engine;
    int32_t type;  /* ORT_... */
    int32_t dtype; /* ENSEMBLE_... */
};

/* So many workspaces are kept; where more requests run at once, the others have theirs from malloc(). */
#define SPARES 8

/* A handle of the library, for inputs of one width. */
struct handle {
    size_t width; /* of the first input */
    struct ensemble *e;
    size_t workspace_size;
    _Atomic(void *) spares[SPARES]; /* workspaces that no request has now */
    struct handle *next;
};

struct kernel {
    const struct engine *engine;
    struct node node;
    size_t *columns; /* of each input, where a definition says so; NULL: those of the first input */
    _Atomic(struct handle *) handles; /* only ever prepended to, while the kernel lives */
    atomic_size_t n_handles;
};

/* Entries of struct ort_custom_op. */
ort_call kernel_create(const struct ort_custom_op *op, const struct ort_api *api, const struct ort_info *info,
                       void **out);
ort_call kernel_compute(void *kernel, struct ort_context *context);
void kernel_destroy(void *kernel);

#endif
