/* SPDX-License-Identifier: MIT */
/*
 * The vector operations in SSE2, which every x86-64 has: four floats or two doubles. src/README.md says what each
 * operation must do. There are no conversions of 16-bit types in SSE2: they are the bit arithmetic of base/half.h.
 */
#ifndef ENS_SIMD_VEC_SSE2_H
#define ENS_SIMD_VEC_SSE2_H

#if !defined(__SSE2__)
#error "Compile src/kernels/isa_sse2.c with -msse2."
#endif

#include "base/compiler.h"
#include "simd/x86_part.h"

#include <emmintrin.h>

#define ENS_ISA sse2
#define ENS_VEC_REGISTERS 16
#define ENS_VEC_LANES_f32 4
#define ENS_VEC_LANES_f64 2

typedef __m128 vf32;
typedef __m128d vf64;
typedef __m128i vu32;
typedef __m128i vu64;
typedef __m128 vm32;
typedef __m128d vm64;

static ENS_INLINE __m128i sse2_select(__m128i mask, __m128i yes, __m128i no)
{
    return _mm_or_si128(_mm_and_si128(mask, yes), _mm_andnot_si128(mask, no));
}

/* The 16-bit values of the lower half, each in a 32-bit lane. */
static ENS_INLINE __m128i sse2_spread(__m128i h)
{
    return _mm_unpacklo_epi16(h, _mm_setzero_si128());
}

/* Four 32-bit lanes, each at most 0xFFFF, to 16-bit ones in the lower half; the saturating pack wants them signed. */
static ENS_INLINE __m128i sse2_pack(__m128i v)
{
    v = _mm_srai_epi32(_mm_slli_epi32(v, 16), 16);
    return _mm_packs_epi32(v, v);
}

static ENS_INLINE __m128 sse2_widen_bf16(__m128i h)
{
    return _mm_castsi128_ps(_mm_unpacklo_epi16(_mm_setzero_si128(), h));
}

static ENS_INLINE __m128 sse2_widen_f16(__m128i h)
{
    const __m128i wide = sse2_spread(h);
    const __m128i magnitude = _mm_slli_epi32(_mm_and_si128(wide, _mm_set1_epi32(0x7FFF)), 13);
    const __m128i sign = _mm_slli_epi32(_mm_and_si128(wide, _mm_set1_epi32(0x8000)), 16);
    const __m128i finite = _mm_castps_si128(_mm_mul_ps(_mm_castsi128_ps(magnitude), _mm_set1_ps(0x1p112f)));
    const __m128i special = _mm_or_si128(magnitude, _mm_set1_epi32(0x7F800000));
    const __m128i is_special = _mm_cmpgt_epi32(magnitude, _mm_set1_epi32(0x0F7FFFFF));

    return _mm_castsi128_ps(_mm_or_si128(sign, sse2_select(is_special, special, finite)));
}

/* One if the given bit is set: what rounding to even adds to half of what is cut off. */
static ENS_INLINE __m128i sse2_odd(__m128i bits, int bit)
{
    return _mm_and_si128(_mm_srli_epi32(bits, bit), _mm_set1_epi32(1));
}

/* The bfloat16 in the upper half of each lane; the lower half is to be dropped. */
static ENS_INLINE __m128i sse2_round_bf16(__m128 v)
{
    const __m128i bits = _mm_castps_si128(v);
    const __m128i rounded = _mm_add_epi32(bits, _mm_add_epi32(sse2_odd(bits, 16), _mm_set1_epi32(0x7FFF)));
    const __m128i nan = _mm_or_si128(bits, _mm_set1_epi32(0x400000));

    return sse2_select(_mm_castps_si128(_mm_cmpunord_ps(v, v)), nan, rounded);
}

static ENS_INLINE __m128i sse2_narrow_bf16(__m128 v)
{
    return sse2_pack(_mm_srli_epi32(sse2_round_bf16(v), 16));
}

static ENS_INLINE __m128i sse2_narrow_f16(__m128 v)
{
    const __m128i bits = _mm_castps_si128(v);
    const __m128i magnitude = _mm_and_si128(bits, _mm_set1_epi32(0x7FFFFFFF));
    const __m128i sign = _mm_and_si128(_mm_srli_epi32(bits, 16), _mm_set1_epi32(0x8000));
    const __m128i denormal = _mm_sub_epi32(
        _mm_castps_si128(_mm_add_ps(_mm_castsi128_ps(magnitude), _mm_set1_ps(0.5f))), _mm_set1_epi32(0x3F000000));
    const __m128i normal = _mm_srli_epi32(
        _mm_add_epi32(magnitude, _mm_add_epi32(sse2_odd(magnitude, 13), _mm_set1_epi32(0x0FFF - 0x38000000))), 13);
    const __m128i is_denormal = _mm_cmplt_epi32(magnitude, _mm_set1_epi32(0x38800000));
    const __m128i is_infinite = _mm_cmpgt_epi32(magnitude, _mm_set1_epi32(0x477FEFFF));
    const __m128i is_nan = _mm_cmpgt_epi32(magnitude, _mm_set1_epi32(0x7F800000));
    __m128i half = sse2_select(is_denormal, denormal, normal);

    half = sse2_select(is_infinite, _mm_set1_epi32(0x7C00), half);
    half = _mm_or_si128(half, _mm_and_si128(is_nan, _mm_set1_epi32(0x0200)));
    return sse2_pack(_mm_or_si128(half, sign));
}

/* Double to float, rounded to odd (base/half.h says why and how), in the lower two lanes. */
static ENS_INLINE __m128 sse2_round_odd(__m128d v)
{
    const __m128d sign = _mm_set1_pd(-0.0);
    const __m128 nearest = _mm_cvtpd_ps(v);
    const __m128d back = _mm_cvtps_pd(nearest);
    const __m128i above = _mm_castpd_si128(_mm_cmpgt_pd(_mm_andnot_pd(sign, back), _mm_andnot_pd(sign, v)));
    const __m128i inexact = _mm_castpd_si128(_mm_cmpneq_pd(back, v));
    const __m128i minus1 = _mm_shuffle_epi32(above, _MM_SHUFFLE(2, 0, 2, 0));
    const __m128i sticky = _mm_and_si128(_mm_shuffle_epi32(inexact, _MM_SHUFFLE(2, 0, 2, 0)), _mm_set1_epi32(1));

    return _mm_castsi128_ps(_mm_or_si128(_mm_add_epi32(_mm_castps_si128(nearest), minus1), sticky));
}

/*
 * What f32 and f64 share but for the names. min and max return their second operand when the first one is not below
 * or above it, zeros and NaN included; so both orders, or-ed, are -0 when one of two zeros is, and NaN when one of two
 * operands is.
 */
#define SSE2_OPERATIONS(w, p)                                                                                        \
    static ENS_INLINE vf##w vf##w##_add(vf##w a, vf##w b) { return _mm_add_##p(a, b); }                              \
    static ENS_INLINE vf##w vf##w##_sub(vf##w a, vf##w b) { return _mm_sub_##p(a, b); }                              \
    static ENS_INLINE vf##w vf##w##_mul(vf##w a, vf##w b) { return _mm_mul_##p(a, b); }                              \
    static ENS_INLINE vf##w vf##w##_div(vf##w a, vf##w b) { return _mm_div_##p(a, b); }                              \
    static ENS_INLINE vf##w vf##w##_sqrt(vf##w a) { return _mm_sqrt_##p(a); }                                        \
    static ENS_INLINE vm##w vf##w##_lt(vf##w a, vf##w b) { return _mm_cmplt_##p(a, b); }                             \
    static ENS_INLINE vm##w vf##w##_eq(vf##w a, vf##w b) { return _mm_cmpeq_##p(a, b); }                             \
    static ENS_INLINE vf##w vf##w##_select(vm##w m, vf##w yes, vf##w no)                                             \
    {                                                                                                                \
        return _mm_or_##p(_mm_and_##p(m, yes), _mm_andnot_##p(m, no));                                               \
    }                                                                                                                \
    static ENS_INLINE int vm##w##_any(vm##w m) { return _mm_movemask_##p(m) != 0; }                                  \
    static ENS_INLINE vf##w vf##w##_lo(vf##w a, vf##w b) { return _mm_min_##p(a, b); }                               \
    static ENS_INLINE vf##w vf##w##_hi(vf##w a, vf##w b) { return _mm_max_##p(b, a); }                               \
    static ENS_INLINE vu##w vf##w##_bits(vf##w v) { return _mm_cast##p##_si128(v); }                                 \
    static ENS_INLINE vf##w vf##w##_from_bits(vu##w u) { return _mm_castsi128_##p(u); }                              \
    static ENS_INLINE vu##w vu##w##_add(vu##w a, vu##w b) { return _mm_add_epi##w(a, b); }                           \
    static ENS_INLINE vu##w vu##w##_sub(vu##w a, vu##w b) { return _mm_sub_epi##w(a, b); }                           \
    static ENS_INLINE vu##w vu##w##_and(vu##w a, vu##w b) { return _mm_and_si128(a, b); }                            \
    static ENS_INLINE vu##w vu##w##_or(vu##w a, vu##w b) { return _mm_or_si128(a, b); }                              \
    static ENS_INLINE vu##w vu##w##_xor(vu##w a, vu##w b) { return _mm_xor_si128(a, b); }                            \
    static ENS_INLINE vu##w vu##w##_shl(vu##w u, const int n) { return _mm_slli_epi##w(u, n); }                      \
    static ENS_INLINE vu##w vu##w##_shr(vu##w u, const int n) { return _mm_srli_epi##w(u, n); }                      \
    static ENS_INLINE vf##w vf##w##_min(vf##w a, vf##w b)                                                            \
    {                                                                                                                \
        return vf##w##_from_bits(vu##w##_or(vf##w##_bits(vf##w##_lo(a, b)), vf##w##_bits(vf##w##_lo(b, a))));        \
    }
SSE2_OPERATIONS(32, ps)
SSE2_OPERATIONS(64, pd)
#undef SSE2_OPERATIONS

static ENS_INLINE vu32 vu32_set1(uint32_t x) { return _mm_set1_epi32((int)x); }
static ENS_INLINE vu64 vu64_set1(uint64_t x) { return _mm_set1_epi64x((long long)x); }

static ENS_INLINE size_t vf32_lanes(void) { return ENS_VEC_LANES_f32; }
static ENS_INLINE vf32 vf32_set1(float x) { return _mm_set1_ps(x); }

static ENS_INLINE vf32 vf32_load_f32(const void *p) { return _mm_loadu_ps(p); }
static ENS_INLINE vf32 vf32_load_f16(const void *p) { return sse2_widen_f16(_mm_loadl_epi64(p)); }
static ENS_INLINE vf32 vf32_load_bf16(const void *p) { return sse2_widen_bf16(_mm_loadl_epi64(p)); }
static ENS_INLINE vf32 vf32_load_part_f32(const void *p, size_t k) { return _mm_castsi128_ps(x86_load_part(p, 4 * k)); }
static ENS_INLINE vf32 vf32_load_part_f16(const void *p, size_t k) { return sse2_widen_f16(x86_load_part(p, 2 * k)); }
static ENS_INLINE vf32 vf32_load_part_bf16(const void *p, size_t k) { return sse2_widen_bf16(x86_load_part(p, 2 * k)); }

static ENS_INLINE void vf32_store_f32(void *p, vf32 v) { _mm_storeu_ps(p, v); }
static ENS_INLINE void vf32_store_f16(void *p, vf32 v) { _mm_storel_epi64(p, sse2_narrow_f16(v)); }
static ENS_INLINE void vf32_store_bf16(void *p, vf32 v) { _mm_storel_epi64(p, sse2_narrow_bf16(v)); }
static ENS_INLINE void vf32_store_part_f32(void *p, vf32 v, size_t k) { x86_store_part(p, _mm_castps_si128(v), 4 * k); }
static ENS_INLINE void vf32_store_part_f16(void *p, vf32 v, size_t k) { x86_store_part(p, sse2_narrow_f16(v), 2 * k); }
static ENS_INLINE void vf32_store_part_bf16(void *p, vf32 v, size_t k)
{
    x86_store_part(p, sse2_narrow_bf16(v), 2 * k);
}

static ENS_INLINE void vf32_stream_f32(void *p, vf32 v) { _mm_stream_ps(p, v); }
static ENS_INLINE void vf32_stream_f16(void *p, vf32 v) { vf32_store_f16(p, v); } /* no such store of eight bytes */
static ENS_INLINE void vf32_stream_bf16(void *p, vf32 v) { vf32_store_bf16(p, v); }

static ENS_INLINE void vf32_deal(vf32 *a, vf32 *b)
{
    const __m128 first = *a;

    *a = _mm_shuffle_ps(first, *b, _MM_SHUFFLE(2, 0, 2, 0));
    *b = _mm_shuffle_ps(first, *b, _MM_SHUFFLE(3, 1, 3, 1));
}
static ENS_INLINE void vf32_undeal(vf32 *a, vf32 *b)
{
    const __m128 even = *a;

    *a = _mm_unpacklo_ps(even, *b);
    *b = _mm_unpackhi_ps(even, *b);
}
static ENS_INLINE void vf32_load2_bf16(const void *p, vf32 *even, vf32 *odd)
{
    const __m128i pairs = _mm_loadu_si128(p);

    *even = _mm_castsi128_ps(_mm_slli_epi32(pairs, 16));
    *odd = _mm_castsi128_ps(_mm_and_si128(pairs, _mm_set1_epi32((int)0xFFFF0000)));
}
static ENS_INLINE void vf32_store2_bf16(void *p, vf32 even, vf32 odd, const int stream)
{
    const __m128i high = _mm_and_si128(sse2_round_bf16(odd), _mm_set1_epi32((int)0xFFFF0000));
    const __m128i pairs = _mm_or_si128(_mm_srli_epi32(sse2_round_bf16(even), 16), high);

    if (stream)
        _mm_stream_si128(p, pairs);
    else
        _mm_storeu_si128(p, pairs);
}

static ENS_INLINE size_t vf64_lanes(void) { return ENS_VEC_LANES_f64; }
static ENS_INLINE vf64 vf64_set1(double x) { return _mm_set1_pd(x); }

static ENS_INLINE vf64 vf64_load_f64(const void *p) { return _mm_loadu_pd(p); }
static ENS_INLINE vf64 vf64_load_f32(const void *p) { return _mm_cvtps_pd(_mm_castsi128_ps(_mm_loadl_epi64(p))); }
static ENS_INLINE vf64 vf64_load_f16(const void *p) { return _mm_cvtps_pd(sse2_widen_f16(x86_load_part(p, 4))); }
static ENS_INLINE vf64 vf64_load_bf16(const void *p) { return _mm_cvtps_pd(sse2_widen_bf16(x86_load_part(p, 4))); }
static ENS_INLINE vf64 vf64_load_part_f64(const void *p, size_t k) { return _mm_castsi128_pd(x86_load_part(p, 8 * k)); }
static ENS_INLINE vf64 vf64_load_part_f32(const void *p, size_t k)
{
    return _mm_cvtps_pd(_mm_castsi128_ps(x86_load_part(p, 4 * k)));
}
static ENS_INLINE vf64 vf64_load_part_f16(const void *p, size_t k)
{
    return _mm_cvtps_pd(sse2_widen_f16(x86_load_part(p, 2 * k)));
}
static ENS_INLINE vf64 vf64_load_part_bf16(const void *p, size_t k)
{
    return _mm_cvtps_pd(sse2_widen_bf16(x86_load_part(p, 2 * k)));
}

static ENS_INLINE void vf64_store_f64(void *p, vf64 v) { _mm_storeu_pd(p, v); }
static ENS_INLINE void vf64_store_f32(void *p, vf64 v) { _mm_storel_epi64(p, _mm_castps_si128(_mm_cvtpd_ps(v))); }
static ENS_INLINE void vf64_store_f16(void *p, vf64 v) { x86_store_part(p, sse2_narrow_f16(sse2_round_odd(v)), 4); }
static ENS_INLINE void vf64_store_bf16(void *p, vf64 v) { x86_store_part(p, sse2_narrow_bf16(sse2_round_odd(v)), 4); }
static ENS_INLINE void vf64_store_part_f64(void *p, vf64 v, size_t k) { x86_store_part(p, _mm_castpd_si128(v), 8 * k); }
static ENS_INLINE void vf64_store_part_f32(void *p, vf64 v, size_t k)
{
    x86_store_part(p, _mm_castps_si128(_mm_cvtpd_ps(v)), 4 * k);
}
static ENS_INLINE void vf64_store_part_f16(void *p, vf64 v, size_t k)
{
    x86_store_part(p, sse2_narrow_f16(sse2_round_odd(v)), 2 * k);
}
static ENS_INLINE void vf64_store_part_bf16(void *p, vf64 v, size_t k)
{
    x86_store_part(p, sse2_narrow_bf16(sse2_round_odd(v)), 2 * k);
}

static ENS_INLINE void vf64_stream_f64(void *p, vf64 v) { _mm_stream_pd(p, v); }
static ENS_INLINE void vf64_stream_f32(void *p, vf64 v) { vf64_store_f32(p, v); } /* no such store of eight bytes */
static ENS_INLINE void vf64_stream_f16(void *p, vf64 v) { vf64_store_f16(p, v); }
static ENS_INLINE void vf64_stream_bf16(void *p, vf64 v) { vf64_store_bf16(p, v); }

static ENS_INLINE void vec_stream_end(void) { _mm_sfence(); }

#include "simd/no_scale.h"

#endif
