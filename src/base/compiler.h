/* SPDX-License-Identifier: MIT */
/*
 * What the library asks of the compiler, and the few words that compilers spell differently. A build that would
 * change the bits of a result stops here and says what to do.
 */
#ifndef ENS_BASE_COMPILER_H
#define ENS_BASE_COMPILER_H

#include <float.h>

#if !defined(__GNUC__)
#error "libensemble needs gcc or clang: it uses their vector intrinsics and attributes."
#endif

#if defined(__FAST_MATH__) || defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
#error "libensemble promises the same bits everywhere: compile without -ffast-math, -Ofast and -ffinite-math-only."
#endif

#if FLT_EVAL_METHOD != 0
#error "float must be computed as float. i386: add -msse2 -mfpmath=sse; s390x: -std=gnu11 -fexcess-precision=fast."
#endif

_Static_assert(sizeof(float) == 4 && FLT_MANT_DIG == 24 && FLT_MAX_EXP == 128, "float must be IEEE 754 binary32");
_Static_assert(sizeof(double) == 8 && DBL_MANT_DIG == 53 && DBL_MAX_EXP == 1024, "double must be IEEE 754 binary64");

/*
 * ENS_INLINE: inlined whatever the optimisation level; kernels are built from such functions with constant arguments.
 * ENS_ASSUME: what holds whenever this is reached; the compiler may rely on it. A build that counts which ways are
 * taken (make coverage) defines ENS_COVERAGE: a function counts once, not each copy, and an assumption is not a way.
 */
#if defined(ENS_COVERAGE)
#define ENS_INLINE inline
#define ENS_ASSUME(x) ((void)0)
#else
#define ENS_INLINE inline __attribute__((always_inline))
#define ENS_ASSUME(x) ((x) ? (void)0 : __builtin_unreachable())
#endif

/* Kept out of its caller, so that the usual way through that has the registers to itself. Cold: and seldom called. */
#define ENS_APART __attribute__((noinline))
#define ENS_COLD __attribute__((noinline, cold))

#define ENS_LIKELY(x) __builtin_expect(!!(x), 1)
#define ENS_UNLIKELY(x) __builtin_expect(!!(x), 0)

#define ENS_CAT_(a, b) a##b
#define ENS_CAT(a, b) ENS_CAT_(a, b)
#define ENS_CAT2_(a, b) a##b
#define ENS_CAT2(a, b) ENS_CAT2_(a, b)
#define ENS_CAT4_(a, b, c, d) a##b##c##d
#define ENS_CAT4(a, b, c, d) ENS_CAT4_(a, b, c, d)

#endif
