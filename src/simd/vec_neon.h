/* SPDX-License-Identifier: MIT */
/*
 * The vector operations in the Advanced SIMD of 64-bit Arm: four floats or two doubles. src/README.md says what each
 * operation must do. (The NEON of 32-bit Arm flushes denormals and has no doubles; such machines run portable.)
 */
#ifndef ENS_SIMD_VEC_NEON_H
#define ENS_SIMD_VEC_NEON_H

#if !defined(__aarch64__) || !defined(__ARM_NEON) || defined(__AARCH64EB__)
#error "src/kernels/isa_neon.c is for little-endian 64-bit Arm; leave it out elsewhere."
#endif

#include "base/compiler.h"
#include "simd/part.h"

#include <arm_neon.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ENS_ISA neon
#define ENS_VEC_REGISTERS 32
#define ENS_VEC_LANES_f32 4
#define ENS_VEC_LANES_f64 2

typedef float32x4_t vf32;
typedef float64x2_t vf64;
typedef uint32x4_t vu32;
typedef uint64x2_t vu64;
typedef uint32x4_t vm32;
typedef uint64x2_t vm64;

/* The first bytes, an even number below 16; the rest of the vector is zero. */
static ENS_INLINE uint8x16_t neon_load_part(const void *p, size_t bytes)
{
    uint64_t low, high;

    part_load(p, bytes, &low, &high);
    return vreinterpretq_u8_u64(vcombine_u64(vcreate_u64(low), vcreate_u64(high)));
}

static ENS_INLINE void neon_store_part(void *p, uint8x16_t v, size_t bytes)
{
    unsigned char *to = p;
    uint64_t part = vgetq_lane_u64(vreinterpretq_u64_u8(v), 0);
    uint32_t four;
    uint16_t two;

    if (bytes & 8) {
        memcpy(to, &part, 8);
        part = vgetq_lane_u64(vreinterpretq_u64_u8(v), 1);
        to += 8;
    }
    if (bytes & 4) {
        four = (uint32_t)part;
        memcpy(to, &four, 4);
        part >>= 32;
        to += 4;
    }
    if (bytes & 2) {
        two = (uint16_t)part;
        memcpy(to, &two, 2);
    }
}

/* 16-bit values: eight bytes of them, or the first bytes. */
static ENS_INLINE uint16x4_t neon_load_u16(const void *p)
{
    return vreinterpret_u16_u8(vld1_u8(p));
}

static ENS_INLINE uint16x4_t neon_load_part_u16(const void *p, size_t bytes)
{
    return vget_low_u16(vreinterpretq_u16_u8(neon_load_part(p, bytes)));
}

static ENS_INLINE void neon_store_u16(void *p, uint16x4_t h)
{
    vst1_u8(p, vreinterpret_u8_u16(h));
}

static ENS_INLINE void neon_store_part_u16(void *p, uint16x4_t h, size_t bytes)
{
    neon_store_part(p, vreinterpretq_u8_u16(vcombine_u16(h, h)), bytes);
}

static ENS_INLINE float32x4_t neon_widen_f16(uint16x4_t h)
{
    return vcvt_f32_f16(vreinterpret_f16_u16(h));
}

static ENS_INLINE float32x4_t neon_widen_bf16(uint16x4_t h)
{
    return vreinterpretq_f32_u32(vshll_n_u16(h, 16));
}

static ENS_INLINE uint16x4_t neon_narrow_f16(float32x4_t v)
{
    return vreinterpret_u16_f16(vcvt_f16_f32(v));
}

/*
 * The bfloat16 in the upper half of each lane; the lower half is to be dropped. Nearest even by adding half of what is
 * cut off, and one if the last bit kept is odd; NaN is cut and made quiet.
 */
static ENS_INLINE uint32x4_t neon_round_bf16(float32x4_t v)
{
    const uint32x4_t bits = vreinterpretq_u32_f32(v);
    const uint32x4_t odd = vandq_u32(vshrq_n_u32(bits, 16), vdupq_n_u32(1));
    const uint32x4_t rounded = vaddq_u32(bits, vaddq_u32(odd, vdupq_n_u32(0x7FFF)));
    const uint32x4_t nan = vorrq_u32(bits, vdupq_n_u32(0x400000));

    return vbslq_u32(vceqq_f32(v, v), rounded, nan);
}

static ENS_INLINE uint16x4_t neon_narrow_bf16(float32x4_t v)
{
    return vshrn_n_u32(neon_round_bf16(v), 16);
}

/* Double to float, rounded to odd (base/half.h says why), which is an instruction here; in the lower two lanes. */
static ENS_INLINE float32x4_t neon_round_odd(float64x2_t v)
{
    return vcombine_f32(vcvtx_f32_f64(v), vdup_n_f32(0));
}

/*
 * What f32 and f64 share but for the names. Shifts are the operators that gcc and clang have for these types, because
 * vshlq_n_u32() and its kin demand a literal, which an argument is not without optimisation.
 */
#define NEON_OPERATIONS(w)                                                                                           \
    static ENS_INLINE vf##w vf##w##_add(vf##w a, vf##w b) { return vaddq_f##w(a, b); }                               \
    static ENS_INLINE vf##w vf##w##_sub(vf##w a, vf##w b) { return vsubq_f##w(a, b); }                               \
    static ENS_INLINE vf##w vf##w##_mul(vf##w a, vf##w b) { return vmulq_f##w(a, b); }                               \
    static ENS_INLINE vf##w vf##w##_div(vf##w a, vf##w b) { return vdivq_f##w(a, b); }                               \
    static ENS_INLINE vf##w vf##w##_sqrt(vf##w a) { return vsqrtq_f##w(a); }                                         \
    static ENS_INLINE vf##w vf##w##_min(vf##w a, vf##w b) { return vminq_f##w(a, b); }                               \
    static ENS_INLINE vm##w vf##w##_lt(vf##w a, vf##w b) { return vcltq_f##w(a, b); }                                \
    static ENS_INLINE vm##w vf##w##_eq(vf##w a, vf##w b) { return vceqq_f##w(a, b); }                                \
    static ENS_INLINE vf##w vf##w##_select(vm##w m, vf##w yes, vf##w no) { return vbslq_f##w(m, yes, no); }          \
    static ENS_INLINE vf##w vf##w##_lo(vf##w a, vf##w b) { return vf##w##_select(vf##w##_lt(a, b), a, b); }          \
    static ENS_INLINE vf##w vf##w##_hi(vf##w a, vf##w b) { return vf##w##_select(vf##w##_lt(a, b), b, a); }          \
    static ENS_INLINE vu##w vf##w##_bits(vf##w v) { return vreinterpretq_u##w##_f##w(v); }                           \
    static ENS_INLINE vf##w vf##w##_from_bits(vu##w u) { return vreinterpretq_f##w##_u##w(u); }                      \
    static ENS_INLINE vu##w vu##w##_add(vu##w a, vu##w b) { return vaddq_u##w(a, b); }                               \
    static ENS_INLINE vu##w vu##w##_sub(vu##w a, vu##w b) { return vsubq_u##w(a, b); }                               \
    static ENS_INLINE vu##w vu##w##_and(vu##w a, vu##w b) { return vandq_u##w(a, b); }                               \
    static ENS_INLINE vu##w vu##w##_or(vu##w a, vu##w b) { return vorrq_u##w(a, b); }                                \
    static ENS_INLINE vu##w vu##w##_xor(vu##w a, vu##w b) { return veorq_u##w(a, b); }                               \
    static ENS_INLINE vu##w vu##w##_shl(vu##w u, const int n) { return u << n; }                                     \
    static ENS_INLINE vu##w vu##w##_shr(vu##w u, const int n) { return u >> n; }
NEON_OPERATIONS(32)
NEON_OPERATIONS(64)
#undef NEON_OPERATIONS

static ENS_INLINE int vm32_any(vm32 m) { return vmaxvq_u32(m) != 0; }
static ENS_INLINE int vm64_any(vm64 m) { return vmaxvq_u32(vreinterpretq_u32_u64(m)) != 0; }
static ENS_INLINE vu32 vu32_set1(uint32_t x) { return vdupq_n_u32(x); }
static ENS_INLINE vu64 vu64_set1(uint64_t x) { return vdupq_n_u64(x); }

static ENS_INLINE size_t vf32_lanes(void) { return ENS_VEC_LANES_f32; }
static ENS_INLINE vf32 vf32_set1(float x) { return vdupq_n_f32(x); }

static ENS_INLINE vf32 vf32_load_f32(const void *p) { return vreinterpretq_f32_u8(vld1q_u8(p)); }
static ENS_INLINE vf32 vf32_load_f16(const void *p) { return neon_widen_f16(neon_load_u16(p)); }
static ENS_INLINE vf32 vf32_load_bf16(const void *p) { return neon_widen_bf16(neon_load_u16(p)); }
static ENS_INLINE vf32 vf32_load_part_f32(const void *p, size_t k)
{
    return vreinterpretq_f32_u8(neon_load_part(p, 4 * k));
}
static ENS_INLINE vf32 vf32_load_part_f16(const void *p, size_t k)
{
    return neon_widen_f16(neon_load_part_u16(p, 2 * k));
}
static ENS_INLINE vf32 vf32_load_part_bf16(const void *p, size_t k)
{
    return neon_widen_bf16(neon_load_part_u16(p, 2 * k));
}

static ENS_INLINE void vf32_store_f32(void *p, vf32 v) { vst1q_u8(p, vreinterpretq_u8_f32(v)); }
static ENS_INLINE void vf32_store_f16(void *p, vf32 v) { neon_store_u16(p, neon_narrow_f16(v)); }
static ENS_INLINE void vf32_store_bf16(void *p, vf32 v) { neon_store_u16(p, neon_narrow_bf16(v)); }
static ENS_INLINE void vf32_store_part_f32(void *p, vf32 v, size_t k)
{
    neon_store_part(p, vreinterpretq_u8_f32(v), 4 * k);
}
static ENS_INLINE void vf32_store_part_f16(void *p, vf32 v, size_t k)
{
    neon_store_part_u16(p, neon_narrow_f16(v), 2 * k);
}
static ENS_INLINE void vf32_store_part_bf16(void *p, vf32 v, size_t k)
{
    neon_store_part_u16(p, neon_narrow_bf16(v), 2 * k);
}

static ENS_INLINE void vf32_deal(vf32 *a, vf32 *b)
{
    const float32x4_t first = *a;

    *a = vuzp1q_f32(first, *b);
    *b = vuzp2q_f32(first, *b);
}
static ENS_INLINE void vf32_undeal(vf32 *a, vf32 *b)
{
    const float32x4_t even = *a;

    *a = vzip1q_f32(even, *b);
    *b = vzip2q_f32(even, *b);
}
static ENS_INLINE void vf32_load2_bf16(const void *p, vf32 *even, vf32 *odd)
{
    const uint32x4_t pairs = vreinterpretq_u32_u8(vld1q_u8(p));

    *even = vreinterpretq_f32_u32(vshlq_n_u32(pairs, 16));
    *odd = vreinterpretq_f32_u32(vandq_u32(pairs, vdupq_n_u32(0xFFFF0000)));
}
static ENS_INLINE void vf32_store2_bf16(void *p, vf32 even, vf32 odd, const int stream)
{
    (void)stream;
    vst1q_u8(p, vreinterpretq_u8_u32(vsriq_n_u32(neon_round_bf16(odd), neon_round_bf16(even), 16)));
}

static ENS_INLINE size_t vf64_lanes(void) { return ENS_VEC_LANES_f64; }
static ENS_INLINE vf64 vf64_set1(double x) { return vdupq_n_f64(x); }

static ENS_INLINE vf64 vf64_load_f64(const void *p) { return vreinterpretq_f64_u8(vld1q_u8(p)); }
static ENS_INLINE vf64 vf64_load_f32(const void *p) { return vcvt_f64_f32(vreinterpret_f32_u8(vld1_u8(p))); }
static ENS_INLINE vf64 vf64_load_f16(const void *p)
{
    return vcvt_f64_f32(vget_low_f32(neon_widen_f16(neon_load_part_u16(p, 4))));
}
static ENS_INLINE vf64 vf64_load_bf16(const void *p)
{
    return vcvt_f64_f32(vget_low_f32(neon_widen_bf16(neon_load_part_u16(p, 4))));
}
static ENS_INLINE vf64 vf64_load_part_f64(const void *p, size_t k)
{
    return vreinterpretq_f64_u8(neon_load_part(p, 8 * k));
}
static ENS_INLINE vf64 vf64_load_part_f32(const void *p, size_t k)
{
    return vcvt_f64_f32(vget_low_f32(vreinterpretq_f32_u8(neon_load_part(p, 4 * k))));
}
static ENS_INLINE vf64 vf64_load_part_f16(const void *p, size_t k)
{
    return vcvt_f64_f32(vget_low_f32(neon_widen_f16(neon_load_part_u16(p, 2 * k))));
}
static ENS_INLINE vf64 vf64_load_part_bf16(const void *p, size_t k)
{
    return vcvt_f64_f32(vget_low_f32(neon_widen_bf16(neon_load_part_u16(p, 2 * k))));
}

static ENS_INLINE void vf64_store_f64(void *p, vf64 v) { vst1q_u8(p, vreinterpretq_u8_f64(v)); }
static ENS_INLINE void vf64_store_f32(void *p, vf64 v) { vst1_u8(p, vreinterpret_u8_f32(vcvt_f32_f64(v))); }
static ENS_INLINE void vf64_store_f16(void *p, vf64 v)
{
    neon_store_part_u16(p, neon_narrow_f16(neon_round_odd(v)), 4);
}
static ENS_INLINE void vf64_store_bf16(void *p, vf64 v)
{
    neon_store_part_u16(p, neon_narrow_bf16(neon_round_odd(v)), 4);
}
static ENS_INLINE void vf64_store_part_f64(void *p, vf64 v, size_t k)
{
    neon_store_part(p, vreinterpretq_u8_f64(v), 8 * k);
}
static ENS_INLINE void vf64_store_part_f32(void *p, vf64 v, size_t k)
{
    neon_store_part(p, vreinterpretq_u8_f32(vcombine_f32(vcvt_f32_f64(v), vdup_n_f32(0))), 4 * k);
}
static ENS_INLINE void vf64_store_part_f16(void *p, vf64 v, size_t k)
{
    neon_store_part_u16(p, neon_narrow_f16(neon_round_odd(v)), 2 * k);
}
static ENS_INLINE void vf64_store_part_bf16(void *p, vf64 v, size_t k)
{
    neon_store_part_u16(p, neon_narrow_bf16(neon_round_odd(v)), 2 * k);
}

/* Stores past the caches are a hint that C cannot give on this machine with every compiler. */
#include "simd/no_scale.h"
#include "simd/no_stream.h"

#endif
