/* SPDX-License-Identifier: MIT */
/* What a kernel is given, and the table of kernels that each instruction set fills (instantiate.h). */
#ifndef ENS_KERNELS_KERNELS_H
#define ENS_KERNELS_KERNELS_H

#include "base/dtype.h"

#include <stddef.h>

/*
 * One span of consecutive elements, for a group of models whose outputs have one dtype:
 *     out[j] = start[j] + weight[0] x in[0][j] + ... + weight[n - 1] x in[n - 1][j],   0 <= j < length
 * computed in the accumulator's type from left to right, each operation rounded. Where `start` is NULL the sum begins
 * with the first product. `out` may be `start`, or one of `in` if they have the same dtype: all that an element needs
 * is read before it is written.
 */
struct ens_span {
    void *out;
    const void *start;      /* accumulators, or NULL */
    const void *const *in;  /* n pointers to the first element */
    const void *weight;     /* n values of the accumulator's type */
    size_t n;               /* models, at least 1; 1 to ENS_GROUP_NEAR and ENS_GROUP_FAR have code of their own */
    size_t length;          /* elements */
    int stream;             /* store past the caches; only where `out` is a multiple of ENS_STREAM_ALIGNMENT */
};

/*
 * Models that one kernel call sums, at most: where their outputs come from the caches, and where they come from memory
 * (docs/decisions/0003-groups-of-models.md).
 */
#define ENS_GROUP_NEAR 8
#define ENS_GROUP_FAR 16

/* The widest vector store, and a cache line. */
#define ENS_STREAM_ALIGNMENT 64

typedef void ens_wsum_kernel(const struct ens_span *span);

/* result[j] = accumulators[j], rounded once, 0 <= j < length; `stream` as in struct ens_span. No overlap. */
typedef void ens_narrow_kernel(void *result, const void *accumulators, size_t length, int stream);

/* Indexed by dtypes; the accumulator is ENS_f32 or ENS_f64. NULL where instantiate.h does not list the combination. */
struct ens_kernels {
    const char *name;                                     /* of the instruction set */
    ens_wsum_kernel *wsum[2][ENS_DTYPES][ENS_DTYPES];     /* [accumulator][in][out] */
    ens_narrow_kernel *narrow[2][ENS_DTYPES];             /* [accumulator][out] */
};

#endif
