/* SPDX-License-Identifier: MIT */
/*
 * The vector operations in AVX-512 (F, BW, VL; and F16C): sixteen floats or eight doubles, partial vectors by masks.
 * src/README.md says what each operation must do. AVX512_BF16 has conversions of its own, which flush denormals and so
 * cannot be used.
 */
#ifndef ENS_SIMD_VEC_AVX512_H
#define ENS_SIMD_VEC_AVX512_H

#if !defined(__AVX512F__) || !defined(__AVX512BW__) || !defined(__AVX512VL__) || !defined(__F16C__)
#error "Compile src/kernels/isa_avx512.c with -mavx512f -mavx512bw -mavx512vl -mf16c."
#endif

#include "base/compiler.h"

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#define ENS_ISA avx512
#define ENS_VEC_REGISTERS 32
#define ENS_VEC_LANES_f32 16
#define ENS_VEC_LANES_f64 8

typedef __m512 vf32;
typedef __m512d vf64;
typedef __m512i vu32;
typedef __m512i vu64;
typedef __mmask16 vm32;
typedef __mmask8 vm64;

/* The first k lanes, k below 16. */
static ENS_INLINE __mmask16 avx512_first(size_t k)
{
    return (__mmask16)((1u << k) - 1);
}

static ENS_INLINE __mmask8 avx512_first8(size_t k)
{
    return (__mmask8)((1u << k) - 1);
}

static ENS_INLINE __m512 avx512_widen_bf16(__m256i h)
{
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(h), 16));
}

/*
 * The bfloat16 in the upper half of each lane; the lower half is to be dropped. Nearest even by adding half of what is
 * cut off, and one if the last bit kept is odd; NaN is cut and made quiet.
 */
static ENS_INLINE __m512i avx512_round_bf16(__m512 v)
{
    const __m512i bits = _mm512_castps_si512(v);
    const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    const __m512i rounded = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7FFF)));

    return _mm512_mask_or_epi32(rounded, _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q), bits, _mm512_set1_epi32(0x400000));
}

static ENS_INLINE __m256i avx512_narrow_bf16(__m512 v)
{
    return _mm512_cvtepi32_epi16(_mm512_srli_epi32(avx512_round_bf16(v), 16));
}

/* With a mask of all lanes: without optimisation the form without a mask is a macro that gcc 12 itself warns of. */
static ENS_INLINE __m256i avx512_narrow_f16(__m512 v)
{
    return _mm512_maskz_cvtps_ph((__mmask16)0xFFFF, v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

/* Double to float, rounded to odd (base/half.h says why): cut, and the last bit set where that was not exact. */
static ENS_INLINE __m256 avx512_round_odd(__m512d v)
{
    const __m256 cut = _mm512_cvt_roundpd_ps(v, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
    const __mmask8 inexact = _mm512_cmp_pd_mask(_mm512_cvtps_pd(cut), v, _CMP_NEQ_UQ);
    const __m256i bits = _mm256_castps_si256(cut);

    return _mm256_castsi256_ps(_mm256_mask_or_epi32(bits, inexact, bits, _mm256_set1_epi32(1)));
}

static ENS_INLINE __m128i avx512_narrow8_f16(__m512d v)
{
    return _mm256_cvtps_ph(avx512_round_odd(v), _MM_FROUND_TO_NEAREST_INT);
}

static ENS_INLINE __m128i avx512_narrow8_bf16(__m512d v)
{
    return _mm256_castsi256_si128(avx512_narrow_bf16(_mm512_castps256_ps512(avx512_round_odd(v))));
}

/*
 * What f32 and f64 share but for the names. min and max return their second operand when the first one is not below
 * or above it, zeros and NaN included; so both orders, or-ed, are -0 when one of two zeros is, and NaN when one of two
 * operands is. Shifts take their count in a register (and become the immediate ones): without optimisation gcc has
 * those as macros that demand a literal.
 */
#define AVX512_OPERATIONS(w, p)                                                                                      \
    static ENS_INLINE vf##w vf##w##_add(vf##w a, vf##w b) { return _mm512_add_##p(a, b); }                           \
    static ENS_INLINE vf##w vf##w##_sub(vf##w a, vf##w b) { return _mm512_sub_##p(a, b); }                           \
    static ENS_INLINE vf##w vf##w##_mul(vf##w a, vf##w b) { return _mm512_mul_##p(a, b); }                           \
    static ENS_INLINE vf##w vf##w##_div(vf##w a, vf##w b) { return _mm512_div_##p(a, b); }                           \
    static ENS_INLINE vf##w vf##w##_sqrt(vf##w a) { return _mm512_sqrt_##p(a); }                                     \
    static ENS_INLINE vm##w vf##w##_lt(vf##w a, vf##w b) { return _mm512_cmp_##p##_mask(a, b, _CMP_LT_OQ); }         \
    static ENS_INLINE vm##w vf##w##_eq(vf##w a, vf##w b) { return _mm512_cmp_##p##_mask(a, b, _CMP_EQ_OQ); }         \
    static ENS_INLINE vf##w vf##w##_select(vm##w m, vf##w yes, vf##w no)                                             \
    {                                                                                                                \
        return _mm512_mask_blend_##p(m, no, yes);                                                                    \
    }                                                                                                                \
    static ENS_INLINE int vm##w##_any(vm##w m) { return m != 0; }                                                    \
    static ENS_INLINE vf##w vf##w##_lo(vf##w a, vf##w b) { return _mm512_min_##p(a, b); }                            \
    static ENS_INLINE vf##w vf##w##_hi(vf##w a, vf##w b) { return _mm512_max_##p(b, a); }                            \
    static ENS_INLINE vf##w vf##w##_scale(vf##w v, vf##w k, vf##w biased)                                            \
    {                                                                                                                \
        (void)biased;                                                                                                \
        return _mm512_scalef_##p(v, k);                                                                              \
    }                                                                                                                \
    static ENS_INLINE vu##w vf##w##_bits(vf##w v) { return _mm512_cast##p##_si512(v); }                              \
    static ENS_INLINE vf##w vf##w##_from_bits(vu##w u) { return _mm512_castsi512_##p(u); }                           \
    static ENS_INLINE vu##w vu##w##_add(vu##w a, vu##w b) { return _mm512_add_epi##w(a, b); }                        \
    static ENS_INLINE vu##w vu##w##_sub(vu##w a, vu##w b) { return _mm512_sub_epi##w(a, b); }                        \
    static ENS_INLINE vu##w vu##w##_and(vu##w a, vu##w b) { return _mm512_and_si512(a, b); }                         \
    static ENS_INLINE vu##w vu##w##_or(vu##w a, vu##w b) { return _mm512_or_si512(a, b); }                           \
    static ENS_INLINE vu##w vu##w##_xor(vu##w a, vu##w b) { return _mm512_xor_si512(a, b); }                         \
    static ENS_INLINE vu##w vu##w##_shl(vu##w u, const int n) { return _mm512_sll_epi##w(u, _mm_cvtsi32_si128(n)); } \
    static ENS_INLINE vu##w vu##w##_shr(vu##w u, const int n) { return _mm512_srl_epi##w(u, _mm_cvtsi32_si128(n)); } \
    static ENS_INLINE vf##w vf##w##_min(vf##w a, vf##w b)                                                            \
    {                                                                                                                \
        return vf##w##_from_bits(vu##w##_or(vf##w##_bits(vf##w##_lo(a, b)), vf##w##_bits(vf##w##_lo(b, a))));        \
    }
AVX512_OPERATIONS(32, ps)
AVX512_OPERATIONS(64, pd)
#undef AVX512_OPERATIONS

static ENS_INLINE vu32 vu32_set1(uint32_t x) { return _mm512_set1_epi32((int)x); }
static ENS_INLINE vu64 vu64_set1(uint64_t x) { return _mm512_set1_epi64((long long)x); }

static ENS_INLINE size_t vf32_lanes(void) { return ENS_VEC_LANES_f32; }
static ENS_INLINE vf32 vf32_set1(float x) { return _mm512_set1_ps(x); }

static ENS_INLINE vf32 vf32_load_f32(const void *p) { return _mm512_loadu_ps(p); }
static ENS_INLINE vf32 vf32_load_f16(const void *p) { return _mm512_cvtph_ps(_mm256_loadu_si256(p)); }
static ENS_INLINE vf32 vf32_load_bf16(const void *p) { return avx512_widen_bf16(_mm256_loadu_si256(p)); }
static ENS_INLINE vf32 vf32_load_part_f32(const void *p, size_t k) { return _mm512_maskz_loadu_ps(avx512_first(k), p); }
static ENS_INLINE vf32 vf32_load_part_f16(const void *p, size_t k)
{
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(avx512_first(k), p));
}
static ENS_INLINE vf32 vf32_load_part_bf16(const void *p, size_t k)
{
    return avx512_widen_bf16(_mm256_maskz_loadu_epi16(avx512_first(k), p));
}

static ENS_INLINE void vf32_store_f32(void *p, vf32 v) { _mm512_storeu_ps(p, v); }
static ENS_INLINE void vf32_store_f16(void *p, vf32 v) { _mm256_storeu_si256(p, avx512_narrow_f16(v)); }
static ENS_INLINE void vf32_store_bf16(void *p, vf32 v) { _mm256_storeu_si256(p, avx512_narrow_bf16(v)); }
static ENS_INLINE void vf32_store_part_f32(void *p, vf32 v, size_t k)
{
    _mm512_mask_storeu_ps(p, avx512_first(k), v);
}
static ENS_INLINE void vf32_store_part_f16(void *p, vf32 v, size_t k)
{
    _mm256_mask_storeu_epi16(p, avx512_first(k), avx512_narrow_f16(v));
}
static ENS_INLINE void vf32_store_part_bf16(void *p, vf32 v, size_t k)
{
    _mm256_mask_storeu_epi16(p, avx512_first(k), avx512_narrow_bf16(v));
}

static ENS_INLINE void vf32_stream_f32(void *p, vf32 v) { _mm512_stream_ps(p, v); }
static ENS_INLINE void vf32_stream_f16(void *p, vf32 v) { _mm256_stream_si256(p, avx512_narrow_f16(v)); }
static ENS_INLINE void vf32_stream_bf16(void *p, vf32 v) { _mm256_stream_si256(p, avx512_narrow_bf16(v)); }

static ENS_INLINE void vf32_deal(vf32 *a, vf32 *b)
{
    const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    const __m512 first = *a;

    *a = _mm512_permutex2var_ps(first, even, *b);
    *b = _mm512_permutex2var_ps(first, _mm512_add_epi32(even, _mm512_set1_epi32(1)), *b);
}
static ENS_INLINE void vf32_undeal(vf32 *a, vf32 *b)
{
    const __m512i low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const __m512 even = *a;

    *a = _mm512_permutex2var_ps(even, low, *b);
    *b = _mm512_permutex2var_ps(even, _mm512_add_epi32(low, _mm512_set1_epi32(8)), *b);
}
static ENS_INLINE void vf32_load2_bf16(const void *p, vf32 *even, vf32 *odd)
{
    const __m512i pairs = _mm512_loadu_si512(p);

    *even = _mm512_castsi512_ps(_mm512_slli_epi32(pairs, 16));
    *odd = _mm512_castsi512_ps(_mm512_and_si512(pairs, _mm512_set1_epi32((int)0xFFFF0000)));
}
static ENS_INLINE void vf32_store2_bf16(void *p, vf32 even, vf32 odd, const int stream)
{
    const __m512i high = _mm512_and_si512(avx512_round_bf16(odd), _mm512_set1_epi32((int)0xFFFF0000));
    const __m512i pairs = _mm512_or_si512(_mm512_srli_epi32(avx512_round_bf16(even), 16), high);

    if (stream)
        _mm512_stream_si512(p, pairs);
    else
        _mm512_storeu_si512(p, pairs);
}

static ENS_INLINE size_t vf64_lanes(void) { return ENS_VEC_LANES_f64; }
static ENS_INLINE vf64 vf64_set1(double x) { return _mm512_set1_pd(x); }

static ENS_INLINE vf64 vf64_load_f64(const void *p) { return _mm512_loadu_pd(p); }
static ENS_INLINE vf64 vf64_load_f32(const void *p) { return _mm512_cvtps_pd(_mm256_loadu_ps(p)); }
static ENS_INLINE vf64 vf64_load_f16(const void *p) { return _mm512_cvtps_pd(_mm256_cvtph_ps(_mm_loadu_si128(p))); }
static ENS_INLINE vf64 vf64_load_bf16(const void *p)
{
    return _mm512_cvtps_pd(
        _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128(p)), 16)));
}
static ENS_INLINE vf64 vf64_load_part_f64(const void *p, size_t k)
{
    return _mm512_maskz_loadu_pd(avx512_first8(k), p);
}
static ENS_INLINE vf64 vf64_load_part_f32(const void *p, size_t k)
{
    return _mm512_cvtps_pd(_mm256_maskz_loadu_ps(avx512_first8(k), p));
}
static ENS_INLINE vf64 vf64_load_part_f16(const void *p, size_t k)
{
    return _mm512_cvtps_pd(_mm256_cvtph_ps(_mm_maskz_loadu_epi16(avx512_first8(k), p)));
}
static ENS_INLINE vf64 vf64_load_part_bf16(const void *p, size_t k)
{
    const __m256i wide = _mm256_cvtepu16_epi32(_mm_maskz_loadu_epi16(avx512_first8(k), p));

    return _mm512_cvtps_pd(_mm256_castsi256_ps(_mm256_slli_epi32(wide, 16)));
}

static ENS_INLINE void vf64_store_f64(void *p, vf64 v) { _mm512_storeu_pd(p, v); }
static ENS_INLINE void vf64_store_f32(void *p, vf64 v) { _mm256_storeu_ps(p, _mm512_cvtpd_ps(v)); }
static ENS_INLINE void vf64_store_f16(void *p, vf64 v) { _mm_storeu_si128(p, avx512_narrow8_f16(v)); }
static ENS_INLINE void vf64_store_bf16(void *p, vf64 v) { _mm_storeu_si128(p, avx512_narrow8_bf16(v)); }
static ENS_INLINE void vf64_store_part_f64(void *p, vf64 v, size_t k)
{
    _mm512_mask_storeu_pd(p, avx512_first8(k), v);
}
static ENS_INLINE void vf64_store_part_f32(void *p, vf64 v, size_t k)
{
    _mm256_mask_storeu_ps(p, avx512_first8(k), _mm512_cvtpd_ps(v));
}
static ENS_INLINE void vf64_store_part_f16(void *p, vf64 v, size_t k)
{
    _mm_mask_storeu_epi16(p, avx512_first8(k), avx512_narrow8_f16(v));
}
static ENS_INLINE void vf64_store_part_bf16(void *p, vf64 v, size_t k)
{
    _mm_mask_storeu_epi16(p, avx512_first8(k), avx512_narrow8_bf16(v));
}

static ENS_INLINE void vf64_stream_f64(void *p, vf64 v) { _mm512_stream_pd(p, v); }
static ENS_INLINE void vf64_stream_f32(void *p, vf64 v) { _mm256_stream_ps(p, _mm512_cvtpd_ps(v)); }
static ENS_INLINE void vf64_stream_f16(void *p, vf64 v) { _mm_stream_si128(p, avx512_narrow8_f16(v)); }
static ENS_INLINE void vf64_stream_bf16(void *p, vf64 v) { _mm_stream_si128(p, avx512_narrow8_bf16(v)); }

static ENS_INLINE void vec_stream_end(void) { _mm_sfence(); }

#endif
