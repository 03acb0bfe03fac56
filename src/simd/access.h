/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores with the dtype as an argument, for templates. Include it after simd/vec_<isa>.h. The dtype is a
 * constant wherever these are called, so each call becomes the one operation that is meant. `part` is 0 for a whole
 * vector, or the number of elements of a partial one.
 */
#include "base/dtype.h"

#ifndef ENS_ISA
#error "Include simd/vec_<isa>.h first."
#endif

#define ENS_LOAD(acc, dtype)                                                                                         \
    case ENS_##dtype:                                                                                                \
        return part > 0 ? v##acc##_load_part_##dtype(p, part) : v##acc##_load_##dtype(p);

static ENS_INLINE vf32 vf32_load(const int dtype, const void *p, const size_t part)
{
    switch (dtype) {
        ENS_LOAD(f32, bf16)
        ENS_LOAD(f32, f16)
    default:
        ENS_LOAD(f32, f32)
    }
}

static ENS_INLINE vf64 vf64_load(const int dtype, const void *p, const size_t part)
{
    switch (dtype) {
        ENS_LOAD(f64, bf16)
        ENS_LOAD(f64, f16)
        ENS_LOAD(f64, f32)
    default:
        ENS_LOAD(f64, f64)
    }
}
#undef ENS_LOAD

/* `stream`: past the caches, where `p` is a multiple of the vector's bytes. */
#define ENS_STORE(acc, dtype)                                                                                        \
    case ENS_##dtype:                                                                                                \
        if (part > 0)                                                                                                \
            v##acc##_store_part_##dtype(p, v, part);                                                                 \
        else if (stream)                                                                                             \
            v##acc##_stream_##dtype(p, v);                                                                           \
        else                                                                                                         \
            v##acc##_store_##dtype(p, v);                                                                            \
        break;

static ENS_INLINE void vf32_store(const int dtype, void *p, const vf32 v, const size_t part, const int stream)
{
    switch (dtype) {
        ENS_STORE(f32, bf16)
        ENS_STORE(f32, f16)
    default:
        ENS_STORE(f32, f32)
    }
}

static ENS_INLINE void vf64_store(const int dtype, void *p, const vf64 v, const size_t part, const int stream)
{
    switch (dtype) {
        ENS_STORE(f64, bf16)
        ENS_STORE(f64, f16)
        ENS_STORE(f64, f32)
    default:
        ENS_STORE(f64, f64)
    }
}
#undef ENS_STORE
