/* SPDX-License-Identifier: MIT */
/*
 * The one list of instruction sets, from the plainest to the best within each family of processors. File names,
 * symbols, flags, the names of ensemble_isa() and the tests use these words; the Makefile reads them from here.
 */
#ifndef ENS_DISPATCH_ISA_H
#define ENS_DISPATCH_ISA_H

/* X(name, family): families are ANY, X86 and ARM64. */
#define ENS_ISA_LIST(X) X(portable, ANY) X(sse2, X86) X(avx2, X86) X(avx512, X86) X(neon, ARM64) X(sve, ARM64)

/* ENS_IF_<family>(...) is what it is given where this compilation is for a processor of that family. */
#define ENS_IF_ANY(...) __VA_ARGS__
#if defined(__x86_64__) || defined(__i386__)
#define ENS_IF_X86(...) __VA_ARGS__
#else
#define ENS_IF_X86(...)
#endif
#if defined(__aarch64__) && !defined(__AARCH64EB__)
#define ENS_IF_ARM64(...) __VA_ARGS__
#else
#define ENS_IF_ARM64(...)
#endif

/* For the Makefile, which asks the preprocessor for ENS_ISA_LIST(ENS_ISA_NAME). */
#define ENS_ISA_NAME(name, family) ENS_IF_##family(name)

#endif
