/* SPDX-License-Identifier: MIT */
/*
 * The vector operations in plain C, with one lane: the reference that every instruction set equals bit for bit.
 * src/README.md says what each operation must do. There are no partial vectors of one lane, but the names must exist.
 */
#ifndef ENS_SIMD_VEC_PORTABLE_H
#define ENS_SIMD_VEC_PORTABLE_H

#include "base/compiler.h"
#include "base/half.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ENS_ISA portable
#define ENS_VEC_REGISTERS 16
#define ENS_VEC_LANES_f32 1
#define ENS_VEC_LANES_f64 1

typedef float vf32;
typedef double vf64;
typedef uint32_t vu32;
typedef uint64_t vu64;
typedef int vm32;
typedef int vm64;

/* Values in memory may lie at any address; memcpy() of a known size becomes one load or store where that is allowed. */
#define ENS_PORTABLE_ACCESS(name, type)                                                                              \
    static ENS_INLINE type portable_get_##name(const void *p)                                                        \
    {                                                                                                                \
        type x;                                                                                                      \
        memcpy(&x, p, sizeof x);                                                                                     \
        return x;                                                                                                    \
    }                                                                                                                \
    static ENS_INLINE void portable_put_##name(void *p, type x)                                                      \
    {                                                                                                                \
        memcpy(p, &x, sizeof x);                                                                                     \
    }
ENS_PORTABLE_ACCESS(f32, float)
ENS_PORTABLE_ACCESS(f64, double)
ENS_PORTABLE_ACCESS(u16, uint16_t)
#undef ENS_PORTABLE_ACCESS

/*
 * What f32 and f64 share but for the names. In min, values that are neither below nor above one another are or-ed: that
 * is -0 when one of two zeros is, and NaN when one of two operands is.
 */
#define ENS_PORTABLE_OPERATIONS(w)                                                                                   \
    static ENS_INLINE vf##w vf##w##_add(vf##w a, vf##w b) { return a + b; }                                          \
    static ENS_INLINE vf##w vf##w##_sub(vf##w a, vf##w b) { return a - b; }                                          \
    static ENS_INLINE vf##w vf##w##_mul(vf##w a, vf##w b) { return a * b; }                                          \
    static ENS_INLINE vf##w vf##w##_div(vf##w a, vf##w b) { return a / b; }                                          \
    static ENS_INLINE vm##w vf##w##_lt(vf##w a, vf##w b) { return a < b; }                                           \
    static ENS_INLINE vm##w vf##w##_eq(vf##w a, vf##w b) { return a == b; }                                          \
    static ENS_INLINE vf##w vf##w##_select(vm##w m, vf##w yes, vf##w no) { return m ? yes : no; }                    \
    static ENS_INLINE int vm##w##_any(vm##w m) { return m; }                                                         \
    static ENS_INLINE vf##w vf##w##_lo(vf##w a, vf##w b) { return a < b ? a : b; }                                   \
    static ENS_INLINE vf##w vf##w##_hi(vf##w a, vf##w b) { return a < b ? b : a; }                                   \
    static ENS_INLINE vu##w vf##w##_bits(vf##w v)                                                                    \
    {                                                                                                                \
        vu##w u;                                                                                                     \
        memcpy(&u, &v, sizeof u);                                                                                    \
        return u;                                                                                                    \
    }                                                                                                                \
    static ENS_INLINE vf##w vf##w##_from_bits(vu##w u)                                                               \
    {                                                                                                                \
        vf##w v;                                                                                                     \
        memcpy(&v, &u, sizeof v);                                                                                    \
        return v;                                                                                                    \
    }                                                                                                                \
    static ENS_INLINE vf##w vf##w##_min(vf##w a, vf##w b)                                                            \
    {                                                                                                                \
        return a < b ? a : b < a ? b : vf##w##_from_bits(vf##w##_bits(a) | vf##w##_bits(b));                         \
    }                                                                                                                \
    static ENS_INLINE vu##w vu##w##_set1(uint##w##_t x) { return x; }                                                \
    static ENS_INLINE vu##w vu##w##_add(vu##w a, vu##w b) { return a + b; }                                          \
    static ENS_INLINE vu##w vu##w##_sub(vu##w a, vu##w b) { return a - b; }                                          \
    static ENS_INLINE vu##w vu##w##_and(vu##w a, vu##w b) { return a & b; }                                          \
    static ENS_INLINE vu##w vu##w##_or(vu##w a, vu##w b) { return a | b; }                                           \
    static ENS_INLINE vu##w vu##w##_xor(vu##w a, vu##w b) { return a ^ b; }                                          \
    static ENS_INLINE vu##w vu##w##_shl(vu##w u, const int n) { return u << n; }                                     \
    static ENS_INLINE vu##w vu##w##_shr(vu##w u, const int n) { return u >> n; }
ENS_PORTABLE_OPERATIONS(32)
ENS_PORTABLE_OPERATIONS(64)
#undef ENS_PORTABLE_OPERATIONS

/* The instruction that every processor with such numbers has, and not the library's function (-fno-math-errno). */
static ENS_INLINE vf32 vf32_sqrt(vf32 a) { return __builtin_sqrtf(a); }
static ENS_INLINE vf64 vf64_sqrt(vf64 a) { return __builtin_sqrt(a); }

static ENS_INLINE size_t vf32_lanes(void) { return ENS_VEC_LANES_f32; }
static ENS_INLINE vf32 vf32_set1(float x) { return x; }
static ENS_INLINE vf32 vf32_load_f32(const void *p) { return portable_get_f32(p); }
static ENS_INLINE vf32 vf32_load_f16(const void *p) { return ens_f32_from_f16(portable_get_u16(p)); }
static ENS_INLINE vf32 vf32_load_bf16(const void *p) { return ens_f32_from_bf16(portable_get_u16(p)); }
static ENS_INLINE void vf32_store_f32(void *p, vf32 v) { portable_put_f32(p, v); }
static ENS_INLINE void vf32_store_f16(void *p, vf32 v) { portable_put_u16(p, ens_f16_from_f32(v)); }
static ENS_INLINE void vf32_store_bf16(void *p, vf32 v) { portable_put_u16(p, ens_bf16_from_f32(v)); }

static ENS_INLINE size_t vf64_lanes(void) { return ENS_VEC_LANES_f64; }
static ENS_INLINE vf64 vf64_set1(double x) { return x; }
static ENS_INLINE vf64 vf64_load_f64(const void *p) { return portable_get_f64(p); }
static ENS_INLINE vf64 vf64_load_f32(const void *p) { return (double)portable_get_f32(p); }
static ENS_INLINE vf64 vf64_load_f16(const void *p) { return (double)ens_f32_from_f16(portable_get_u16(p)); }
static ENS_INLINE vf64 vf64_load_bf16(const void *p) { return (double)ens_f32_from_bf16(portable_get_u16(p)); }
static ENS_INLINE void vf64_store_f64(void *p, vf64 v) { portable_put_f64(p, v); }
static ENS_INLINE void vf64_store_f32(void *p, vf64 v) { portable_put_f32(p, (float)v); }
static ENS_INLINE void vf64_store_f16(void *p, vf64 v) { portable_put_u16(p, ens_f16_from_f64(v)); }
static ENS_INLINE void vf64_store_bf16(void *p, vf64 v) { portable_put_u16(p, ens_bf16_from_f64(v)); }

/* A vector of one lane has no parts: these are never reached. */
#define ENS_PORTABLE_PART(acc, dtype)                                                                                \
    static ENS_INLINE v##acc v##acc##_load_part_##dtype(const void *p, size_t k)                                     \
    {                                                                                                                \
        (void)k;                                                                                                     \
        return v##acc##_load_##dtype(p);                                                                             \
    }                                                                                                                \
    static ENS_INLINE void v##acc##_store_part_##dtype(void *p, v##acc v, size_t k)                                  \
    {                                                                                                                \
        (void)k;                                                                                                     \
        v##acc##_store_##dtype(p, v);                                                                                \
    }
ENS_PORTABLE_PART(f32, f32)
ENS_PORTABLE_PART(f32, f16)
ENS_PORTABLE_PART(f32, bf16)
ENS_PORTABLE_PART(f64, f64)
ENS_PORTABLE_PART(f64, f32)
ENS_PORTABLE_PART(f64, f16)
ENS_PORTABLE_PART(f64, bf16)
#undef ENS_PORTABLE_PART

/* The even and the odd ones of two values are these values. */
static ENS_INLINE void vf32_deal(vf32 *a, vf32 *b)
{
    (void)a;
    (void)b;
}
static ENS_INLINE void vf32_undeal(vf32 *a, vf32 *b)
{
    (void)a;
    (void)b;
}
static ENS_INLINE void vf32_load2_bf16(const void *p, vf32 *even, vf32 *odd)
{
    *even = vf32_load_bf16(p);
    *odd = vf32_load_bf16((const unsigned char *)p + sizeof(uint16_t));
}
static ENS_INLINE void vf32_store2_bf16(void *p, vf32 even, vf32 odd, const int stream)
{
    (void)stream;
    vf32_store_bf16(p, even);
    vf32_store_bf16((unsigned char *)p + sizeof(uint16_t), odd);
}

#include "simd/no_scale.h"
#include "simd/no_stream.h"

#endif
