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

/* log2 of the bytes of a value. */
#define ENS_SHIFT(dtype) ENS_DTYPE_SHIFT(dtype)

/* A vector of one lane has no parts. */
#define ENS_IS_PART(part) (ENS_VEC_LANES_f32 != 1 && (part) > 0)

#define ENS_LOAD(acc, dtype)                                                                                         \
    case ENS_##dtype:                                                                                                \
        return ENS_IS_PART(part) ? v##acc##_load_part_##dtype(p, part) : v##acc##_load_##dtype(p);

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
        if (ENS_IS_PART(part))                                                                                       \
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

/*
 * Two vectors at once. Between a load2 and the store2 of the same `in` the elements stand in an order of their own: for
 * bfloat16 summed in float the even ones in the first vector and the odd ones in the second, since the two halves of a
 * 32-bit lane are cheaper to widen where they stand than to spread; for all else as they are in memory.
 */
static ENS_INLINE void vf32_load2(const int in, const int dtype, const void *p, vf32 *a, vf32 *b)
{
    if (in == ENS_bf16 && dtype == ENS_bf16) {
        vf32_load2_bf16(p, a, b);
        return;
    }
    *a = vf32_load(dtype, p, 0);
    *b = vf32_load(dtype, (const unsigned char *)p + (vf32_lanes() << ENS_SHIFT(dtype)), 0);
    if (in == ENS_bf16)
        vf32_deal(a, b);
}

static ENS_INLINE void vf32_store2(const int in, const int dtype, void *p, vf32 a, vf32 b, const int stream)
{
    if (in == ENS_bf16 && dtype == ENS_bf16) {
        vf32_store2_bf16(p, a, b, stream);
        return;
    }
    if (in == ENS_bf16)
        vf32_undeal(&a, &b);
    vf32_store(dtype, p, a, 0, stream);
    vf32_store(dtype, (unsigned char *)p + (vf32_lanes() << ENS_SHIFT(dtype)), b, 0, stream);
}

static ENS_INLINE void vf64_load2(const int in, const int dtype, const void *p, vf64 *a, vf64 *b)
{
    (void)in;
    *a = vf64_load(dtype, p, 0);
    *b = vf64_load(dtype, (const unsigned char *)p + (vf64_lanes() << ENS_SHIFT(dtype)), 0);
}

static ENS_INLINE void vf64_store2(const int in, const int dtype, void *p, vf64 a, vf64 b, const int stream)
{
    (void)in;
    vf64_store(dtype, p, a, 0, stream);
    vf64_store(dtype, (unsigned char *)p + (vf64_lanes() << ENS_SHIFT(dtype)), b, 0, stream);
}
