/* SPDX-License-Identifier: MIT */
/*
 * Which instruction sets may be used, decided by pure functions of what the machine says of itself, so that tests can
 * show them any machine. Sets are bits 1 << ENS_ISA_<name>.
 */
#ifndef ENS_DISPATCH_CPU_H
#define ENS_DISPATCH_CPU_H

#include "dispatch/isa.h"

#include <stdint.h>

#define ENS_ISA_ENUMERATOR(name, family) ENS_ISA_##name,
enum { ENS_ISA_LIST(ENS_ISA_ENUMERATOR) ENS_ISAS };
#undef ENS_ISA_ENUMERATOR

/* x86: the registers that matter, each 0 where the processor does not have it. */
struct ens_x86 {
    uint32_t leaf1_ecx;
    uint32_t leaf1_edx;
    uint32_t leaf7_ebx; /* subleaf 0 */
    uint64_t xcr0;      /* which register states the operating system saves; 0 without OSXSAVE */
};

/* How to read them: CPUID, {eax, ebx, ecx, edx} of a leaf and subleaf; XGETBV of register 0. */
typedef void ens_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]);
typedef uint64_t ens_xgetbv(void);

/* Reads by the functions given; calls xgetbv only where CPUID says that the system has enabled that instruction. */
void ens_x86_read(struct ens_x86 *x86, ens_cpuid *cpuid, ens_xgetbv *xgetbv);

unsigned ens_isas_of_x86(const struct ens_x86 *x86);

/* 64-bit Arm: the kernel's AT_HWCAP. */
unsigned ens_isas_of_arm64(unsigned long hwcap);

/* The machine that this runs on. Every call gives the same answer. */
unsigned ens_isas_here(void);

#endif
