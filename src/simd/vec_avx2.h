/* SPDX-License-Identifier: MIT */
/*
 * The vector operations in AVX2 and F16C: eight floats or four doubles. src/README.md says what each operation must do.
 */
#ifndef ENS_SIMD_VEC_AVX2_H
#define ENS_SIMD_VEC_AVX2_H

#if !defined(__AVX2__) || !defined(__F16C__)
#error "Compile src/kernels/isa_avx2.c with -mavx2 -mf16c."
#endif

#include "base/compiler.h"
#include "simd/x86_part.h"

#include <immintrin.h>

#define ENS_ISA avx2
#define ENS_VEC_REGISTERS 16
#define ENS_VEC_LANES_f32 8
#define ENS_VEC_LANES_f64 4

typedef __m256 vf32;
typedef __m256d vf64;
typedef __m256i vu32;
typedef __m256i vu64;
typedef __m256 vm32;
typedef __m256d vm64;

/* The first k of eight 32-bit lanes. */
static ENS_INLINE __m256i avx2_first(size_t k)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)k), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

static ENS_INLINE __m256 avx2_widen_bf16(__m128i h)
{
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(h), 16));
}

/* Eight 32-bit lanes, each at most 0xFFFF, to eight 16-bit ones. */
static ENS_INLINE __m128i avx2_pack(__m256i v)
{
    return _mm_packus_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
}

/*
 * The bfloat16 in the upper half of each lane; the lower half is to be dropped. Nearest even by adding half of what is
 * cut off, and one if the last bit kept is odd; NaN is cut and made quiet.
 */
static ENS_INLINE __m256i avx2_round_bf16(__m256 v)
{
    const __m256i bits = _mm256_castps_si256(v);
    const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    const __m256i rounded = _mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7FFF)));
    const __m256i nan = _mm256_or_si256(bits, _mm256_set1_epi32(0x400000));

    return _mm256_blendv_epi8(rounded, nan, _mm256_castps_si256(_mm256_cmp_ps(v, v, _CMP_UNORD_Q)));
}

static ENS_INLINE __m128i avx2_narrow_bf16(__m256 v)
{
    return avx2_pack(_mm256_srli_epi32(avx2_round_bf16(v), 16));
}

static ENS_INLINE __m128i avx2_narrow_f16(__m256 v)
{
    return _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT);
}

/* Double to float, rounded to odd (base/half.h says why and how). */
static ENS_INLINE __m128 avx2_round_odd(__m256d v)
{
    const __m256d magnitude = _mm256_castsi256_pd(_mm256_set1_epi64x(0x7FFFFFFFFFFFFFFF));
    const __m128 nearest = _mm256_cvtpd_ps(v);
    const __m256d back = _mm256_cvtps_pd(nearest);
    const __m256i above = _mm256_castpd_si256(
        _mm256_cmp_pd(_mm256_and_pd(back, magnitude), _mm256_and_pd(v, magnitude), _CMP_GT_OQ));
    const __m256i inexact = _mm256_castpd_si256(_mm256_cmp_pd(back, v, _CMP_NEQ_UQ));
    const __m256i even = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6); /* the lower half of each 64-bit mask */
    const __m128i minus1 = _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(above, even));
    const __m128i sticky = _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(inexact, even));
    const __m128i toward_zero = _mm_add_epi32(_mm_castps_si128(nearest), minus1);

    return _mm_castsi128_ps(_mm_or_si128(toward_zero, _mm_and_si128(sticky, _mm_set1_epi32(1))));
}

/* Four floats to four 16-bit values in the lower half. */
static ENS_INLINE __m128i avx2_narrow4_bf16(__m128 v)
{
    return avx2_narrow_bf16(_mm256_castps128_ps256(v));
}

/*
 * What f32 and f64 share but for the names. min and max return their second operand when the first one is not below
 * or above it, zeros and NaN included; so both orders, or-ed, are -0 when one of two zeros is, and NaN when one of two
 * operands is.
 */
#define AVX2_OPERATIONS(w, p)                                                                                        \
    static ENS_INLINE vf##w vf##w##_add(vf##w a, vf##w b) { return _mm256_add_##p(a, b); }                           \
    static ENS_INLINE vf##w vf##w##_sub(vf##w a, vf##w b) { return _mm256_sub_##p(a, b); }                           \
    static ENS_INLINE vf##w vf##w##_mul(vf##w a, vf##w b) { return _mm256_mul_##p(a, b); }                           \
    static ENS_INLINE vf##w vf##w##_div(vf##w a, vf##w b) { return _mm256_div_##p(a, b); }                           \
    static ENS_INLINE vf##w vf##w##_sqrt(vf##w a) { return _mm256_sqrt_##p(a); }                                     \
    static ENS_INLINE vm##w vf##w##_lt(vf##w a, vf##w b) { return _mm256_cmp_##p(a, b, _CMP_LT_OQ); }                \
    static ENS_INLINE vm##w vf##w##_eq(vf##w a, vf##w b) { return _mm256_cmp_##p(a, b, _CMP_EQ_OQ); }                \
    static ENS_INLINE vf##w vf##w##_select(vm##w m, vf##w yes, vf##w no)                                             \
    {                                                                                                                \
        return _mm256_blendv_##p(no, yes, m);                                                                        \
    }                                                                                                                \
    static ENS_INLINE int vm##w##_any(vm##w m) { return _mm256_movemask_##p(m) != 0; }                               \
    static ENS_INLINE vf##w vf##w##_lo(vf##w a, vf##w b) { return _mm256_min_##p(a, b); }                            \
    static ENS_INLINE vf##w vf##w##_hi(vf##w a, vf##w b) { return _mm256_max_##p(b, a); }                            \
    static ENS_INLINE vu##w vf##w##_bits(vf##w v) { return _mm256_cast##p##_si256(v); }                              \
    static ENS_INLINE vf##w vf##w##_from_bits(vu##w u) { return _mm256_castsi256_##p(u); }                           \
    static ENS_INLINE vu##w vu##w##_add(vu##w a, vu##w b) { return _mm256_add_epi##w(a, b); }                        \
    static ENS_INLINE vu##w vu##w##_sub(vu##w a, vu##w b) { return _mm256_sub_epi##w(a, b); }                        \
    static ENS_INLINE vu##w vu##w##_and(vu##w a, vu##w b) { return _mm256_and_si256(a, b); }                         \
    static ENS_INLINE vu##w vu##w##_or(vu##w a, vu##w b) { return _mm256_or_si256(a, b); }                           \
    static ENS_INLINE vu##w vu##w##_xor(vu##w a, vu##w b) { return _mm256_xor_si256(a, b); }                         \
    static ENS_INLINE vu##w vu##w##_shl(vu##w u, const int n) { return _mm256_slli_epi##w(u, n); }                   \
    static ENS_INLINE vu##w vu##w##_shr(vu##w u, const int n) { return _mm256_srli_epi##w(u, n); }                   \
    static ENS_INLINE vf##w vf##w##_min(vf##w a, vf##w b)                                                            \
    {                                                                                                                \
        return vf##w##_from_bits(vu##w##_or(vf##w##_bits(vf##w##_lo(a, b)), vf##w##_bits(vf##w##_lo(b, a))));        \
    }
AVX2_OPERATIONS(32, ps)
AVX2_OPERATIONS(64, pd)
#undef AVX2_OPERATIONS

static ENS_INLINE vu32 vu32_set1(uint32_t x) { return _mm256_set1_epi32((int)x); }
static ENS_INLINE vu64 vu64_set1(uint64_t x) { return _mm256_set1_epi64x((long long)x); }

static ENS_INLINE size_t vf32_lanes(void) { return ENS_VEC_LANES_f32; }
static ENS_INLINE vf32 vf32_set1(float x) { return _mm256_set1_ps(x); }

static ENS_INLINE vf32 vf32_load_f32(const void *p) { return _mm256_loadu_ps(p); }
static ENS_INLINE vf32 vf32_load_f16(const void *p) { return _mm256_cvtph_ps(_mm_loadu_si128(p)); }
static ENS_INLINE vf32 vf32_load_bf16(const void *p) { return avx2_widen_bf16(_mm_loadu_si128(p)); }
static ENS_INLINE vf32 vf32_load_part_f32(const void *p, size_t k) { return _mm256_maskload_ps(p, avx2_first(k)); }
static ENS_INLINE vf32 vf32_load_part_f16(const void *p, size_t k) { return _mm256_cvtph_ps(x86_load_part(p, 2 * k)); }
static ENS_INLINE vf32 vf32_load_part_bf16(const void *p, size_t k) { return avx2_widen_bf16(x86_load_part(p, 2 * k)); }

static ENS_INLINE void vf32_store_f32(void *p, vf32 v) { _mm256_storeu_ps(p, v); }
static ENS_INLINE void vf32_store_f16(void *p, vf32 v) { _mm_storeu_si128(p, avx2_narrow_f16(v)); }
static ENS_INLINE void vf32_store_bf16(void *p, vf32 v) { _mm_storeu_si128(p, avx2_narrow_bf16(v)); }
static ENS_INLINE void vf32_store_part_f32(void *p, vf32 v, size_t k) { _mm256_maskstore_ps(p, avx2_first(k), v); }
static ENS_INLINE void vf32_store_part_f16(void *p, vf32 v, size_t k) { x86_store_part(p, avx2_narrow_f16(v), 2 * k); }
static ENS_INLINE void vf32_store_part_bf16(void *p, vf32 v, size_t k)
{
    x86_store_part(p, avx2_narrow_bf16(v), 2 * k);
}

static ENS_INLINE void vf32_stream_f32(void *p, vf32 v) { _mm256_stream_ps(p, v); }
static ENS_INLINE void vf32_stream_f16(void *p, vf32 v) { _mm_stream_si128(p, avx2_narrow_f16(v)); }
static ENS_INLINE void vf32_stream_bf16(void *p, vf32 v) { _mm_stream_si128(p, avx2_narrow_bf16(v)); }

static ENS_INLINE void vf32_deal(vf32 *a, vf32 *b)
{
    const __m256d even = _mm256_castps_pd(_mm256_shuffle_ps(*a, *b, _MM_SHUFFLE(2, 0, 2, 0)));
    const __m256d odd = _mm256_castps_pd(_mm256_shuffle_ps(*a, *b, _MM_SHUFFLE(3, 1, 3, 1)));

    *a = _mm256_castpd_ps(_mm256_permute4x64_pd(even, _MM_SHUFFLE(3, 1, 2, 0)));
    *b = _mm256_castpd_ps(_mm256_permute4x64_pd(odd, _MM_SHUFFLE(3, 1, 2, 0)));
}
static ENS_INLINE void vf32_undeal(vf32 *a, vf32 *b)
{
    const __m256 low = _mm256_unpacklo_ps(*a, *b);
    const __m256 high = _mm256_unpackhi_ps(*a, *b);

    *a = _mm256_permute2f128_ps(low, high, 0x20);
    *b = _mm256_permute2f128_ps(low, high, 0x31);
}
static ENS_INLINE void vf32_load2_bf16(const void *p, vf32 *even, vf32 *odd)
{
    const __m256i pairs = _mm256_loadu_si256(p);

    *even = _mm256_castsi256_ps(_mm256_slli_epi32(pairs, 16));
    *odd = _mm256_castsi256_ps(_mm256_and_si256(pairs, _mm256_set1_epi32((int)0xFFFF0000)));
}
static ENS_INLINE void vf32_store2_bf16(void *p, vf32 even, vf32 odd, const int stream)
{
    const __m256i low = _mm256_srli_epi32(avx2_round_bf16(even), 16);
    const __m256i pairs = _mm256_blend_epi16(low, avx2_round_bf16(odd), 0xAA);

    if (stream)
        _mm256_stream_si256(p, pairs);
    else
        _mm256_storeu_si256(p, pairs);
}

static ENS_INLINE size_t vf64_lanes(void) { return ENS_VEC_LANES_f64; }
static ENS_INLINE vf64 vf64_set1(double x) { return _mm256_set1_pd(x); }

static ENS_INLINE vf64 vf64_load_f64(const void *p) { return _mm256_loadu_pd(p); }
static ENS_INLINE vf64 vf64_load_f32(const void *p) { return _mm256_cvtps_pd(_mm_loadu_ps(p)); }
static ENS_INLINE vf64 vf64_load_f16(const void *p) { return _mm256_cvtps_pd(_mm_cvtph_ps(_mm_loadl_epi64(p))); }
static ENS_INLINE vf64 vf64_load_bf16(const void *p)
{
    return _mm256_cvtps_pd(_mm256_castps256_ps128(avx2_widen_bf16(_mm_loadl_epi64(p))));
}
static ENS_INLINE vf64 vf64_load_part_f64(const void *p, size_t k)
{
    return _mm256_maskload_pd(p, _mm256_cvtepi32_epi64(_mm256_castsi256_si128(avx2_first(k))));
}
static ENS_INLINE vf64 vf64_load_part_f32(const void *p, size_t k)
{
    return _mm256_cvtps_pd(_mm_maskload_ps(p, _mm256_castsi256_si128(avx2_first(k))));
}
static ENS_INLINE vf64 vf64_load_part_f16(const void *p, size_t k)
{
    return _mm256_cvtps_pd(_mm_cvtph_ps(x86_load_part(p, 2 * k)));
}
static ENS_INLINE vf64 vf64_load_part_bf16(const void *p, size_t k)
{
    return _mm256_cvtps_pd(_mm256_castps256_ps128(avx2_widen_bf16(x86_load_part(p, 2 * k))));
}

static ENS_INLINE void vf64_store_f64(void *p, vf64 v) { _mm256_storeu_pd(p, v); }
static ENS_INLINE void vf64_store_f32(void *p, vf64 v) { _mm_storeu_ps(p, _mm256_cvtpd_ps(v)); }
static ENS_INLINE void vf64_store_f16(void *p, vf64 v)
{
    _mm_storel_epi64(p, _mm_cvtps_ph(avx2_round_odd(v), _MM_FROUND_TO_NEAREST_INT));
}
static ENS_INLINE void vf64_store_bf16(void *p, vf64 v) { _mm_storel_epi64(p, avx2_narrow4_bf16(avx2_round_odd(v))); }
static ENS_INLINE void vf64_store_part_f64(void *p, vf64 v, size_t k)
{
    _mm256_maskstore_pd(p, _mm256_cvtepi32_epi64(_mm256_castsi256_si128(avx2_first(k))), v);
}
static ENS_INLINE void vf64_store_part_f32(void *p, vf64 v, size_t k)
{
    _mm_maskstore_ps(p, _mm256_castsi256_si128(avx2_first(k)), _mm256_cvtpd_ps(v));
}
static ENS_INLINE void vf64_store_part_f16(void *p, vf64 v, size_t k)
{
    x86_store_part(p, _mm_cvtps_ph(avx2_round_odd(v), _MM_FROUND_TO_NEAREST_INT), 2 * k);
}
static ENS_INLINE void vf64_store_part_bf16(void *p, vf64 v, size_t k)
{
    x86_store_part(p, avx2_narrow4_bf16(avx2_round_odd(v)), 2 * k);
}

static ENS_INLINE void vf64_stream_f64(void *p, vf64 v) { _mm256_stream_pd(p, v); }
static ENS_INLINE void vf64_stream_f32(void *p, vf64 v) { _mm_stream_ps(p, _mm256_cvtpd_ps(v)); }
static ENS_INLINE void vf64_stream_f16(void *p, vf64 v) { vf64_store_f16(p, v); } /* eight bytes: nothing to gain */
static ENS_INLINE void vf64_stream_bf16(void *p, vf64 v) { vf64_store_bf16(p, v); }

static ENS_INLINE void vec_stream_end(void) { _mm_sfence(); }

#include "simd/no_scale.h"

#endif
