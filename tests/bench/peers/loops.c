/* SPDX-License-Identifier: MIT */
/*
 * Plain C loops, compiled by gcc and by clang with -O3 -march=native. loop: the models within, the elements outside.
 * passes: one model after the other. tiles: the same over pieces that stay in the first-level cache. fours: that, four
 * models at a time. fixed: the number of models known, all in one expression; inline: that, in its place.
 */
#include "family.h"

#include <stdint.h>
#include <string.h>

#ifdef __clang__
#define COMPILER "clang"
typedef __fp16 f16; /* _Float16 is not on all processors with this compiler's older versions */
#define HAVE_F16 1
#else
#define COMPILER "gcc"
#ifdef __FLT16_MAX__
__extension__ typedef _Float16 f16;
#define HAVE_F16 1
#endif
#endif

enum { TILE = 1024 };

typedef struct {
    uint16_t bits;
} bf16;

static inline float from_bf16(bf16 x)
{
    const uint32_t bits = (uint32_t)x.bits << 16;
    float y;

    memcpy(&y, &bits, sizeof y);
    return y;
}

/* To nearest, ties to even, as most write it: for numbers that are no NaN. */
static inline bf16 to_bf16(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return (bf16){(uint16_t)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16)};
}

#define MORE_2(X) X(1)
#define MORE_3(X) MORE_2(X) X(2)
#define MORE_5(X) MORE_3(X) X(3) X(4)
#define MORE_8(X) MORE_5(X) X(5) X(6) X(7)
#define MORE_16(X) MORE_8(X) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
#define MORE_32(X)                                                                                                   \
    MORE_16(X) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31)
#define MORE_48(X)                                                                                                   \
    MORE_32(X) X(32) X(33) X(34) X(35) X(36) X(37) X(38) X(39) X(40) X(41) X(42) X(43) X(44) X(45) X(46) X(47)
#define MORE_64(X)                                                                                                   \
    MORE_48(X) X(48) X(49) X(50) X(51) X(52) X(53) X(54) X(55) X(56) X(57) X(58) X(59) X(60) X(61) X(62) X(63)

#define NAME(shape) shape##_f32
#define IN float
#define ACC float
#define OUT float
#define WIDEN(x) (x)
#define NARROW(x) (x)
#define WEIGHTS weights
#define DIRECT 1
#include "loops_shapes.h"

#define NAME(shape) shape##_f64
#define IN double
#define ACC double
#define OUT double
#define WIDEN(x) (x)
#define NARROW(x) (x)
#define WEIGHTS weights64
#define DIRECT 1
#include "loops_shapes.h"

#define NAME(shape) shape##_bf16_f32
#define IN bf16
#define ACC float
#define OUT float
#define WIDEN(x) from_bf16(x)
#define NARROW(x) (x)
#define WEIGHTS weights
#define DIRECT 1
#include "loops_shapes.h"

#define NAME(shape) shape##_bf16
#define IN bf16
#define ACC float
#define OUT bf16
#define WIDEN(x) from_bf16(x)
#define NARROW(x) to_bf16(x)
#define WEIGHTS weights
#define DIRECT 0
#include "loops_shapes.h"

#ifdef HAVE_F16
#define NAME(shape) shape##_f16_f32
#define IN f16
#define ACC float
#define OUT float
#define WIDEN(x) ((float)(x))
#define NARROW(x) (x)
#define WEIGHTS weights
#define DIRECT 1
#include "loops_shapes.h"

#define NAME(shape) shape##_f16
#define IN f16
#define ACC float
#define OUT f16
#define WIDEN(x) ((float)(x))
#define NARROW(x) ((f16)(x))
#define WEIGHTS weights
#define DIRECT 0
#include "loops_shapes.h"
#endif

#define ENTRY(shape, kind, models) {COMPILER "-" #shape, 1u << (kind), models, NULL, NAME(shape), NULL},
#define FIXED(n, kind) {COMPILER "-fixed", 1u << (kind), n, NULL, NAME(fixed##n), NULL},
#define SHAPES(kind)                                                                                                 \
    ENTRY(loop, kind, 0)                                                                                             \
    ENTRY(tiles, kind, 0)                                                                                            \
    ENTRY(fours, kind, 0)                                                                                            \
    FIXED(2, kind) FIXED(3, kind) FIXED(5, kind) FIXED(8, kind) FIXED(16, kind) FIXED(64, kind)

static const struct member members[] = {
#define NAME(shape) shape##_f32
    SHAPES(F32_F32) ENTRY(passes, F32_F32, 0)
#undef NAME
#define NAME(shape) shape##_f64
    SHAPES(F64_F64) ENTRY(passes, F64_F64, 0)
#undef NAME
#define NAME(shape) shape##_bf16_f32
    SHAPES(BF16_F32) ENTRY(passes, BF16_F32, 0)
#undef NAME
#define NAME(shape) shape##_bf16
    SHAPES(BF16_BF16)
#undef NAME
#ifdef HAVE_F16
#define NAME(shape) shape##_f16_f32
    SHAPES(F16_F32) ENTRY(passes, F16_F32, 0)
#undef NAME
#define NAME(shape) shape##_f16
    SHAPES(F16_F16)
#undef NAME
#endif
    {NULL, 0, 0, NULL, NULL, NULL},
};

#define ONE(n, kind) {COMPILER "-inline", kind, n, NAME(inlined##n)},
#define ALL(kind) ONE(2, kind) ONE(3, kind) ONE(5, kind) ONE(8, kind) ONE(16, kind) ONE(64, kind)

static const struct inlined inlined[] = {
#define NAME(shape) shape##_f32
    ALL(F32_F32)
#undef NAME
#define NAME(shape) shape##_f64
    ALL(F64_F64)
#undef NAME
#define NAME(shape) shape##_bf16_f32
    ALL(BF16_F32)
#undef NAME
#define NAME(shape) shape##_bf16
    ALL(BF16_BF16)
#undef NAME
#ifdef HAVE_F16
#define NAME(shape) shape##_f16_f32
    ALL(F16_F32)
#undef NAME
#define NAME(shape) shape##_f16
    ALL(F16_F16)
#undef NAME
#endif
    {NULL, F32_F32, 0, NULL},
};

const struct inlined *peers_inlined(void)
{
    return inlined;
}

const struct family *peers_family(void)
{
    static const struct family family = {COMPILER " " __VERSION__, members};

    return &family;
}
