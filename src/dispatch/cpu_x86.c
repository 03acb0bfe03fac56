/* SPDX-License-Identifier: MIT */
#include "dispatch/cpu.h"

/* CPUID bits (Intel SDM volume 2, CPUID; the same numbers at AMD). */
#define LEAF1_EDX_SSE2 (1u << 26)
#define LEAF1_ECX_OSXSAVE (1u << 27)
#define LEAF1_ECX_AVX (1u << 28)
#define LEAF1_ECX_F16C (1u << 29)
#define LEAF7_EBX_AVX2 (1u << 5)
#define LEAF7_EBX_AVX512F (1u << 16)
#define LEAF7_EBX_AVX512BW (1u << 30)
#define LEAF7_EBX_AVX512VL (1u << 31)

/* XCR0: the states of xmm and ymm, and besides them of the masks, the upper halves of zmm0-15, and zmm16-31. */
#define XCR0_YMM 0x06u
#define XCR0_ZMM 0xE6u

static int all(uint64_t bits, uint64_t wanted)
{
    return (bits & wanted) == wanted;
}

void ens_x86_read(struct ens_x86 *x86, ens_cpuid *cpuid, ens_xgetbv *xgetbv)
{
    uint32_t r[4];
    uint32_t leaves;

    *x86 = (struct ens_x86){0};
    cpuid(0, 0, r);
    leaves = r[0];
    if (leaves >= 1) {
        cpuid(1, 0, r);
        x86->leaf1_ecx = r[2];
        x86->leaf1_edx = r[3];
    }
    if (leaves >= 7) {
        cpuid(7, 0, r);
        x86->leaf7_ebx = r[1];
    }
    if (x86->leaf1_ecx & LEAF1_ECX_OSXSAVE)
        x86->xcr0 = xgetbv();
}

/* A set needs every extension that its file is compiled with, and an operating system that saves its registers. */
unsigned ens_isas_of_x86(const struct ens_x86 *x86)
{
    const uint64_t xcr0 = x86->leaf1_ecx & LEAF1_ECX_OSXSAVE ? x86->xcr0 : 0;
    unsigned isas = 1u << ENS_ISA_portable;

    if (all(x86->leaf1_edx, LEAF1_EDX_SSE2))
        isas |= 1u << ENS_ISA_sse2;
    if (all(xcr0, XCR0_YMM) && all(x86->leaf1_ecx, LEAF1_ECX_AVX | LEAF1_ECX_F16C) &&
        all(x86->leaf7_ebx, LEAF7_EBX_AVX2)) {
        isas |= 1u << ENS_ISA_avx2;
        if (all(xcr0, XCR0_ZMM) && all(x86->leaf7_ebx, LEAF7_EBX_AVX512F | LEAF7_EBX_AVX512BW | LEAF7_EBX_AVX512VL))
            isas |= 1u << ENS_ISA_avx512;
    }
    return isas;
}

#if defined(__x86_64__) || defined(__i386__)

#include <cpuid.h>

static void read_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4])
{
    __cpuid_count(leaf, subleaf, registers[0], registers[1], registers[2], registers[3]);
}

/* In assembly, since the compiler's intrinsic wants a -mxsave that this file must not be compiled with. */
static uint64_t read_xgetbv(void)
{
    uint32_t low, high;

    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

unsigned ens_isas_here(void)
{
    struct ens_x86 x86;

    ens_x86_read(&x86, read_cpuid, read_xgetbv);
    return ens_isas_of_x86(&x86);
}

#endif
