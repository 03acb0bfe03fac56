/* SPDX-License-Identifier: MIT */
/*
 * The vector operations in the Scalable Vector Extension: as many lanes as the machine has, partial vectors by
 * predicates. src/README.md says what each operation must do.
 */
#ifndef ENS_SIMD_VEC_SVE_H
#define ENS_SIMD_VEC_SVE_H

#if !defined(__ARM_FEATURE_SVE) || defined(__AARCH64EB__)
#error "Compile src/kernels/isa_sve.c with -march=armv8-a+sve, for little-endian 64-bit Arm."
#endif

#include "base/compiler.h"

#include <arm_sve.h>
#include <stddef.h>
#include <stdint.h>

#define ENS_ISA sve
#define ENS_VEC_REGISTERS 32
#define ENS_VEC_LANES_f32 0 /* only the machine knows */
#define ENS_VEC_LANES_f64 0

typedef svfloat32_t vf32;
typedef svfloat64_t vf64;
typedef svuint32_t vu32;
typedef svuint64_t vu64;
typedef svbool_t vm32;
typedef svbool_t vm64;

/* All lanes, or the first k of them. */
static ENS_INLINE svbool_t sve_all(void) { return svptrue_b8(); }
static ENS_INLINE svbool_t sve_first32(size_t k) { return svwhilelt_b32_u64(0, k); }
static ENS_INLINE svbool_t sve_first64(size_t k) { return svwhilelt_b64_u64(0, k); }

/* A 16-bit value in each 32-bit or 64-bit lane, widened where it stands. */
static ENS_INLINE svfloat32_t sve_widen_f16(svuint32_t h)
{
    return svcvt_f32_f16_x(sve_all(), svreinterpret_f16_u32(h));
}

static ENS_INLINE svfloat32_t sve_widen_bf16(svuint32_t h)
{
    return svreinterpret_f32_u32(svlsl_n_u32_x(sve_all(), h, 16));
}

static ENS_INLINE svfloat64_t sve_widen64_f16(svuint64_t h)
{
    return svcvt_f64_f16_x(sve_all(), svreinterpret_f16_u64(h));
}

/* In a 64-bit lane the conversion to double reads the lower half, which is where the bfloat16 is shifted to. */
static ENS_INLINE svfloat64_t sve_widen64_bf16(svuint64_t h)
{
    return svcvt_f64_f32_x(sve_all(), svreinterpret_f32_u64(svlsl_n_u64_x(sve_all(), h, 16)));
}

static ENS_INLINE svuint32_t sve_narrow_f16(svfloat32_t v)
{
    return svreinterpret_u32_f16(svcvt_f16_f32_x(sve_all(), v));
}

/*
 * The bfloat16 in the upper half of each lane; the lower half is to be dropped. Nearest even by adding half of what is
 * cut off, and one if the last bit kept is odd; NaN is cut and made quiet.
 */
static ENS_INLINE svuint32_t sve_round_bf16(svfloat32_t v)
{
    const svbool_t all = sve_all();
    const svuint32_t bits = svreinterpret_u32_f32(v);
    const svuint32_t odd = svand_n_u32_x(all, svlsr_n_u32_x(all, bits, 16), 1);
    const svuint32_t rounded = svadd_u32_x(all, bits, svadd_n_u32_x(all, odd, 0x7FFF));
    const svuint32_t nan = svorr_n_u32_x(all, bits, 0x400000);

    return svsel_u32(svcmpuo_f32(all, v, v), nan, rounded);
}

static ENS_INLINE svuint32_t sve_narrow_bf16(svfloat32_t v)
{
    return svlsr_n_u32_x(sve_all(), sve_round_bf16(v), 16);
}

/* Double to f16 is one instruction with one rounding. */
static ENS_INLINE svuint64_t sve_narrow64_f16(svfloat64_t v)
{
    return svreinterpret_u64_f16(svcvt_f16_f64_x(sve_all(), v));
}

/*
 * Double to bfloat16 through float rounded to odd (base/half.h says why and how). Each float, and then each bfloat16,
 * is in the lower half of its 64-bit lane; what the upper half holds is not used.
 */
static ENS_INLINE svuint64_t sve_narrow64_bf16(svfloat64_t v)
{
    const svbool_t all = sve_all();
    const svfloat32_t nearest = svcvt_f32_f64_x(all, v);
    const svfloat64_t back = svcvt_f64_f32_x(all, nearest);
    svuint32_t bits = svreinterpret_u32_f32(nearest);

    bits = svsub_n_u32_m(svacgt_f64(all, back, v), bits, 1);
    bits = svorr_n_u32_m(svcmpne_f64(all, back, v), bits, 1);
    bits = svorr_n_u32_m(svcmpuo_f64(all, back, v), bits, 1);
    return svreinterpret_u64_u32(sve_narrow_bf16(svreinterpret_f32_u32(bits)));
}

/* What f32 and f64 share but for the names. */
#define SVE_OPERATIONS(w)                                                                                            \
    static ENS_INLINE vf##w vf##w##_add(vf##w a, vf##w b) { return svadd_f##w##_x(sve_all(), a, b); }                \
    static ENS_INLINE vf##w vf##w##_sub(vf##w a, vf##w b) { return svsub_f##w##_x(sve_all(), a, b); }                \
    static ENS_INLINE vf##w vf##w##_mul(vf##w a, vf##w b) { return svmul_f##w##_x(sve_all(), a, b); }                \
    static ENS_INLINE vf##w vf##w##_div(vf##w a, vf##w b) { return svdiv_f##w##_x(sve_all(), a, b); }                \
    static ENS_INLINE vf##w vf##w##_sqrt(vf##w a) { return svsqrt_f##w##_x(sve_all(), a); }                          \
    static ENS_INLINE vf##w vf##w##_min(vf##w a, vf##w b) { return svmin_f##w##_x(sve_all(), a, b); }                \
    static ENS_INLINE vm##w vf##w##_lt(vf##w a, vf##w b) { return svcmplt_f##w(sve_all(), a, b); }                   \
    static ENS_INLINE vm##w vf##w##_eq(vf##w a, vf##w b) { return svcmpeq_f##w(sve_all(), a, b); }                   \
    static ENS_INLINE vf##w vf##w##_select(vm##w m, vf##w yes, vf##w no) { return svsel_f##w(m, yes, no); }          \
    static ENS_INLINE vf##w vf##w##_lo(vf##w a, vf##w b) { return vf##w##_select(vf##w##_lt(a, b), a, b); }          \
    static ENS_INLINE vf##w vf##w##_hi(vf##w a, vf##w b) { return vf##w##_select(vf##w##_lt(a, b), b, a); }          \
    static ENS_INLINE int vm##w##_any(vm##w m) { return svptest_any(sve_all(), m); }                                 \
    static ENS_INLINE vu##w vf##w##_bits(vf##w v) { return svreinterpret_u##w##_f##w(v); }                           \
    static ENS_INLINE vf##w vf##w##_from_bits(vu##w u) { return svreinterpret_f##w##_u##w(u); }                      \
    static ENS_INLINE vu##w vu##w##_add(vu##w a, vu##w b) { return svadd_u##w##_x(sve_all(), a, b); }                \
    static ENS_INLINE vu##w vu##w##_sub(vu##w a, vu##w b) { return svsub_u##w##_x(sve_all(), a, b); }                \
    static ENS_INLINE vu##w vu##w##_and(vu##w a, vu##w b) { return svand_u##w##_x(sve_all(), a, b); }                \
    static ENS_INLINE vu##w vu##w##_or(vu##w a, vu##w b) { return svorr_u##w##_x(sve_all(), a, b); }                 \
    static ENS_INLINE vu##w vu##w##_xor(vu##w a, vu##w b) { return sveor_u##w##_x(sve_all(), a, b); }                \
    static ENS_INLINE vu##w vu##w##_shl(vu##w u, const int n)                                                        \
    {                                                                                                                \
        return svlsl_n_u##w##_x(sve_all(), u, (uint##w##_t)n);                                                       \
    }                                                                                                                \
    static ENS_INLINE vu##w vu##w##_shr(vu##w u, const int n)                                                        \
    {                                                                                                                \
        return svlsr_n_u##w##_x(sve_all(), u, (uint##w##_t)n);                                                       \
    }                                                                                                                \
    static ENS_INLINE vu##w vu##w##_set1(uint##w##_t x) { return svdup_n_u##w(x); }
SVE_OPERATIONS(32)
SVE_OPERATIONS(64)
#undef SVE_OPERATIONS

/*
 * A count that the compiler cannot see through. gcc 12 takes the plain one for a constant (of unknown value), and
 * several of its loop passes crash when such a constant is part of an address.
 */
static ENS_INLINE size_t sve_opaque(size_t count)
{
    __asm__("" : "+r"(count));
    return count;
}

static ENS_INLINE size_t vf32_lanes(void) { return sve_opaque(svcntw()); }
static ENS_INLINE vf32 vf32_set1(float x) { return svdup_n_f32(x); }

static ENS_INLINE size_t vf64_lanes(void) { return sve_opaque(svcntd()); }
static ENS_INLINE vf64 vf64_set1(double x) { return svdup_n_f64(x); }

/* Whole and partial accesses differ in their predicate only. */
#define SVE_ACCESS(acc, dtype, first, load, store)                                                                   \
    static ENS_INLINE v##acc v##acc##_load_##dtype(const void *p)                                                    \
    {                                                                                                                \
        const svbool_t lanes = sve_all();                                                                            \
        return load;                                                                                                 \
    }                                                                                                                \
    static ENS_INLINE v##acc v##acc##_load_part_##dtype(const void *p, size_t k)                                     \
    {                                                                                                                \
        const svbool_t lanes = first(k);                                                                             \
        return load;                                                                                                 \
    }                                                                                                                \
    static ENS_INLINE void v##acc##_store_##dtype(void *p, v##acc v)                                                 \
    {                                                                                                                \
        const svbool_t lanes = sve_all();                                                                            \
        store;                                                                                                       \
    }                                                                                                                \
    static ENS_INLINE void v##acc##_store_part_##dtype(void *p, v##acc v, size_t k)                                  \
    {                                                                                                                \
        const svbool_t lanes = first(k);                                                                             \
        store;                                                                                                       \
    }
SVE_ACCESS(f32, f32, sve_first32, svld1_f32(lanes, p), svst1_f32(lanes, p, v))
SVE_ACCESS(f32, f16, sve_first32, sve_widen_f16(svld1uh_u32(lanes, p)), svst1h_u32(lanes, p, sve_narrow_f16(v)))
SVE_ACCESS(f32, bf16, sve_first32, sve_widen_bf16(svld1uh_u32(lanes, p)), svst1h_u32(lanes, p, sve_narrow_bf16(v)))
SVE_ACCESS(f64, f64, sve_first64, svld1_f64(lanes, p), svst1_f64(lanes, p, v))
SVE_ACCESS(f64, f32, sve_first64, svcvt_f64_f32_x(sve_all(), svreinterpret_f32_u64(svld1uw_u64(lanes, p))),
           svst1w_u64(lanes, p, svreinterpret_u64_f32(svcvt_f32_f64_x(sve_all(), v))))
SVE_ACCESS(f64, f16, sve_first64, sve_widen64_f16(svld1uh_u64(lanes, p)), svst1h_u64(lanes, p, sve_narrow64_f16(v)))
SVE_ACCESS(f64, bf16, sve_first64, sve_widen64_bf16(svld1uh_u64(lanes, p)), svst1h_u64(lanes, p, sve_narrow64_bf16(v)))
#undef SVE_ACCESS

static ENS_INLINE void vf32_deal(vf32 *a, vf32 *b)
{
    const svfloat32_t first = *a;

    *a = svuzp1_f32(first, *b);
    *b = svuzp2_f32(first, *b);
}
static ENS_INLINE void vf32_undeal(vf32 *a, vf32 *b)
{
    const svfloat32_t even = *a;

    *a = svzip1_f32(even, *b);
    *b = svzip2_f32(even, *b);
}
static ENS_INLINE void vf32_load2_bf16(const void *p, vf32 *even, vf32 *odd)
{
    const svuint32_t pairs = svld1_u32(sve_all(), p);

    *even = svreinterpret_f32_u32(svlsl_n_u32_x(sve_all(), pairs, 16));
    *odd = svreinterpret_f32_u32(svand_n_u32_x(sve_all(), pairs, 0xFFFF0000));
}
static ENS_INLINE void vf32_store2_bf16(void *p, vf32 even, vf32 odd, const int stream)
{
    const svuint32_t high = svand_n_u32_x(sve_all(), sve_round_bf16(odd), 0xFFFF0000);

    (void)stream;
    svst1_u32(sve_all(), p, svorr_u32_x(sve_all(), sve_narrow_bf16(even), high));
}

#include "simd/no_scale.h"
#include "simd/no_stream.h"

#endif
