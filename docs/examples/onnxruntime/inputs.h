/* SPDX-License-Identifier: MIT */
/* The inputs of a request: where their values are, and whether their shapes go together. */
#ifndef INPUTS_H
#define INPUTS_H

#include "kernel.h"

#define DIMENSIONS 16 /* at most, of an input */

/* An input's shape: ONNX Runtime's own, or a copy where it gives no reference. */
struct shape {
    const int64_t *dims;
    size_t rank;
    int64_t copy[DIMENSIONS];
};

/* All inputs as the library has them, an output for each model, and the shape of the first one. */
ort_call inputs_get(const struct kernel *kernel, const struct ort_context *context, struct ensemble_output *outputs,
                    struct shape *first);

#endif
