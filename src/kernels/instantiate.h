/* SPDX-License-Identifier: MIT */
/*
 * Makes every kernel of one instruction set, and its table. isa_<isa>.c includes this after simd/vec_<isa>.h. The lists
 * below are the only ones of operation x dtype; a new operation adds its list, and its member to struct ens_kernels.
 */
#include "kernels/kernels.h"
#include "simd/access.h"

/* The type of a scalar, as templates want it. */
#define ENS_TYPE_f32 float
#define ENS_TYPE_f64 double

#define ENS_ACC f32
#include "kernels/wsum_tmpl.h"
#define ENS_ACC f64
#include "kernels/wsum_tmpl.h"
#define ENS_ACC f32
#include "kernels/narrow_tmpl.h"
#define ENS_ACC f64
#include "kernels/narrow_tmpl.h"

/* X(accumulator, in, out): all inputs into accumulators, and 16-bit models into a result of their own type. */
#define ENS_WSUM_LIST(X)                                                                                             \
    X(f32, f32, f32) X(f32, f16, f32) X(f32, bf16, f32) X(f32, f16, f16) X(f32, bf16, bf16)                          \
    X(f64, f64, f64) X(f64, f32, f64) X(f64, f16, f64) X(f64, bf16, f64)

/* X(accumulator, out) */
#define ENS_NARROW_LIST(X) X(f32, f16) X(f32, bf16) X(f64, f32) X(f64, f16) X(f64, bf16)

/* ens_<operation>_<types>_<isa> */
#define ENS_WSUM_NAME(acc, in, out) ENS_CAT(ens_wsum_##acc##_##in##_##out##_, ENS_ISA)
#define ENS_NARROW_NAME(acc, out) ENS_CAT(ens_narrow_##acc##_##out##_, ENS_ISA)

/* Whole vectors are a function of their own, so that a span shorter than one does not pay for its many registers. */
#define ENS_WSUM_WHOLE(acc, in, out) ENS_CAT(whole_, ENS_WSUM_NAME(acc, in, out))
#define ENS_WSUM_KERNEL(acc, in, out)                                                                                \
    static ENS_APART size_t ENS_WSUM_WHOLE(acc, in, out)(const struct ens_span *span)                                \
    {                                                                                                                \
        return wsum_whole_##acc(ENS_##in, ENS_##out, span);                                                          \
    }                                                                                                                \
    static void ENS_WSUM_NAME(acc, in, out)(const struct ens_span *span)                                             \
    {                                                                                                                \
        size_t at = 0;                                                                                               \
                                                                                                                     \
        if (span->length >= v##acc##_lanes())                                                                        \
            at = ENS_WSUM_WHOLE(acc, in, out)(span);                                                                 \
        if (at < span->length)                                                                                       \
            wsum_rest_##acc(ENS_##in, ENS_##out, span, at, span->length - at);                                       \
    }
ENS_WSUM_LIST(ENS_WSUM_KERNEL)

#define ENS_NARROW_KERNEL(acc, out)                                                                                  \
    static void ENS_NARROW_NAME(acc, out)(void *result, const void *accumulators, size_t length, int stream)         \
    {                                                                                                                \
        narrow_span_##acc(ENS_##out, result, accumulators, length, stream);                                          \
    }
ENS_NARROW_LIST(ENS_NARROW_KERNEL)

#define ENS_STRING_(x) #x
#define ENS_STRING(x) ENS_STRING_(x)
#define ENS_WSUM_ENTRY(acc, in, out) [ENS_##acc][ENS_##in][ENS_##out] = ENS_WSUM_NAME(acc, in, out),
#define ENS_NARROW_ENTRY(acc, out) [ENS_##acc][ENS_##out] = ENS_NARROW_NAME(acc, out),

extern const struct ens_kernels ENS_CAT(ens_kernels_, ENS_ISA);
const struct ens_kernels ENS_CAT(ens_kernels_, ENS_ISA) = {
    .name = ENS_STRING(ENS_ISA),
    .wsum = {ENS_WSUM_LIST(ENS_WSUM_ENTRY)},
    .narrow = {ENS_NARROW_LIST(ENS_NARROW_ENTRY)},
};
