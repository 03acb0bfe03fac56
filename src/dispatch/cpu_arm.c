/* SPDX-License-Identifier: MIT */
#include "dispatch/cpu.h"

/* Bits of AT_HWCAP (the Linux kernel's Documentation/arch/arm64/elf_hwcaps.rst; FreeBSD's are the same). */
#define HWCAP_ADVANCED_SIMD (1ul << 1)
#define HWCAP_SVE (1ul << 22)

unsigned ens_isas_of_arm64(unsigned long hwcap)
{
    unsigned isas = 1u << ENS_ISA_portable;

    if (hwcap & HWCAP_ADVANCED_SIMD) {
        isas |= 1u << ENS_ISA_neon;
        if (hwcap & HWCAP_SVE)
            isas |= 1u << ENS_ISA_sve;
    }
    return isas;
}

#if defined(__aarch64__)

#if defined(__linux__)
#include <sys/auxv.h>

unsigned ens_isas_here(void)
{
    return ens_isas_of_arm64(getauxval(AT_HWCAP));
}
#else
/* The ABI of 64-bit Arm demands Advanced SIMD; whether there is SVE, other systems say in other ways. */
unsigned ens_isas_here(void)
{
    return ens_isas_of_arm64(HWCAP_ADVANCED_SIMD);
}
#endif

#endif
