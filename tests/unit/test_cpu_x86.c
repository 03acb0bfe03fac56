/* SPDX-License-Identifier: MIT */
/*
 * Which instruction sets an x86 machine may use: src/dispatch/cpu_x86.c, shown machines by CPUID registers. Those of
 * real processors follow their public CPUID dumps; the others are what has misled programs, or would.
 */
#include "support.h"

#include "dispatch/cpu.h"

#define PORTABLE (1u << ENS_ISA_portable)
#define SSE2 (PORTABLE | 1u << ENS_ISA_sse2)
#define AVX2 (SSE2 | 1u << ENS_ISA_avx2)
#define AVX512 (AVX2 | 1u << ENS_ISA_avx512)

/* XCR0: x87 and xmm, + ymm, + masks and zmm, + bound registers or protection keys. */
#define XMM 0x3
#define YMM 0x7
#define ZMM 0xE7

struct machine {
    const char *name;
    uint32_t leaves; /* the highest leaf */
    uint32_t leaf1_ecx, leaf1_edx, leaf7_ebx;
    uint64_t xcr0;
    unsigned isas;
};

static const struct machine real[] = {
    {"Pentium III", 2, 0x00000000, 0x0387FBFF, 0, 0, PORTABLE},
    {"Core 2", 10, 0x0000E3BD, 0xBFEBFBFF, 0, 0, SSE2},
    {"Nehalem", 11, 0x0098E3BD, 0xBFEBFBFF, 0, 0, SSE2},
    {"Sandy Bridge", 13, 0x1FBAE3BF, 0xBFEBFBFF, 0x00000000, YMM, SSE2},
    {"Ivy Bridge (F16C, no AVX2)", 13, 0x7FBAE3FF, 0xBFEBFBFF, 0x00000281, YMM, SSE2},
    {"Piledriver (F16C, no AVX2)", 13, 0x3E98320B, 0x178BFBFF, 0x00000008, YMM, SSE2},
    {"Haswell", 13, 0x7FFAFBFF, 0xBFEBFBFF, 0x000027AB, YMM, AVX2},
    {"Skylake-X", 22, 0x7FFEFBFF, 0xBFEBFBFF, 0xD39FFFFB, 0x2E7, AVX512},
    {"Knights Landing (AVX-512F, no BW and VL)", 13, 0x7FF8F3BF, 0xBFEBFBFF, 0x1C0D23AB, ZMM, AVX2},
    {"Alder Lake (no AVX-512)", 32, 0x7FFAFBFF, 0xBFEBFBFF, 0x239CA7EB, 0x207, AVX2},
    {"Zen 2", 16, 0x7ED8320B, 0x178BFBFF, 0x219C91A9, 0x207, AVX2},
    {"Zen 4", 16, 0x7EFA320B, 0x178BFBFF, 0xF1BF97A9, 0x2E7, AVX512},
};

static const struct machine adverse[] = {
    {"leaf 0 only", 0, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, UINT64_MAX, PORTABLE},
    {"leaf 1 only", 1, 0x7FFAFBFF, 0xBFEBFBFF, 0xFFFFFFFF, ZMM, SSE2},
    {"no leaf 7", 6, 0x7FFAFBFF, 0xBFEBFBFF, 0xFFFFFFFF, ZMM, SSE2},
    {"all bits but SSE2", 13, 0xFFFFFFFF, 0xFBFFFFFF, 0, UINT64_MAX, PORTABLE},
    {"Haswell, OSXSAVE off", 13, 0x77FAFBFF, 0xBFEBFBFF, 0x000027AB, YMM, SSE2},
    {"Skylake-X, OSXSAVE off", 22, 0x77FEFBFF, 0xBFEBFBFF, 0xD39FFFFB, ZMM, SSE2},
    {"Haswell, AVX hidden", 13, 0x6FFAFBFF, 0xBFEBFBFF, 0x000027AB, YMM, SSE2},
    {"Haswell, F16C hidden", 13, 0x5FFAFBFF, 0xBFEBFBFF, 0x000027AB, YMM, SSE2},
    {"Haswell, AVX2 hidden", 13, 0x7FFAFBFF, 0xBFEBFBFF, 0x0000278B, YMM, SSE2},
    {"Haswell, no register state saved", 13, 0x7FFAFBFF, 0xBFEBFBFF, 0x000027AB, 0, SSE2},
    {"Haswell, ymm not saved", 13, 0x7FFAFBFF, 0xBFEBFBFF, 0x000027AB, XMM, SSE2},
    {"Haswell, ymm saved but not xmm", 13, 0x7FFAFBFF, 0xBFEBFBFF, 0x000027AB, 0x5, SSE2},
    {"Skylake-X, ymm not saved", 22, 0x7FFEFBFF, 0xBFEBFBFF, 0xD39FFFFB, XMM, SSE2},
    {"Skylake-X, zmm but not ymm saved", 22, 0x7FFEFBFF, 0xBFEBFBFF, 0xD39FFFFB, 0xE3, SSE2},
    {"Skylake-X, zmm not saved", 22, 0x7FFEFBFF, 0xBFEBFBFF, 0xD39FFFFB, YMM, AVX2},
    {"Skylake-X, masks only", 22, 0x7FFEFBFF, 0xBFEBFBFF, 0xD39FFFFB, 0x27, AVX2},
    {"Skylake-X, masks not saved", 22, 0x7FFEFBFF, 0xBFEBFBFF, 0xD39FFFFB, 0xC7, AVX2},
    {"Skylake-X, zmm0-15 not saved", 22, 0x7FFEFBFF, 0xBFEBFBFF, 0xD39FFFFB, 0xA7, AVX2},
    {"Skylake-X, zmm16-31 not saved", 22, 0x7FFEFBFF, 0xBFEBFBFF, 0xD39FFFFB, 0x67, AVX2},
    {"Skylake-X, AVX512F hidden", 22, 0x7FFEFBFF, 0xBFEBFBFF, 0xD39EFFFB, ZMM, AVX2},
    {"Skylake-X, AVX512BW hidden", 22, 0x7FFEFBFF, 0xBFEBFBFF, 0x939FFFFB, ZMM, AVX2},
    {"Skylake-X, AVX512VL hidden", 22, 0x7FFEFBFF, 0xBFEBFBFF, 0x539FFFFB, ZMM, AVX2},
    {"Skylake-X, AVX2 hidden", 22, 0x7FFEFBFF, 0xBFEBFBFF, 0xD39FFFDB, ZMM, SSE2},
    {"Skylake-X, F16C hidden", 22, 0x5FFEFBFF, 0xBFEBFBFF, 0xD39FFFFB, ZMM, SSE2},
    {"Skylake-X, leaf 7 hidden", 6, 0x7FFEFBFF, 0xBFEBFBFF, 0xD39FFFFB, ZMM, SSE2},
};

static const struct machine *shown;
static int asked_xgetbv;

/* Beyond its last leaf a processor answers with something else, here with all bits set; nobody should ask. */
static void fake_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4])
{
    memset(registers, 0xFF, 4 * sizeof *registers);
    if (leaf > shown->leaves)
        fail_msg("%s has no leaf %u", shown->name, leaf);
    if (leaf == 0)
        registers[0] = shown->leaves;
    if (leaf == 1) {
        registers[2] = shown->leaf1_ecx;
        registers[3] = shown->leaf1_edx;
    }
    if (leaf == 7) {
        assert_int_equal(subleaf, 0);
        registers[1] = shown->leaf7_ebx;
    }
}

/* Without OSXSAVE the instruction would end the program. */
static uint64_t fake_xgetbv(void)
{
    asked_xgetbv = 1;
    if (shown->leaves < 1 || !(shown->leaf1_ecx & 1u << 27))
        fail_msg("xgetbv on %s", shown->name);
    return shown->xcr0;
}

static void assert_isas(const struct machine *machines, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct ens_x86 x86;
        unsigned isas;

        shown = &machines[i];
        poison(&x86, sizeof x86);
        ens_x86_read(&x86, fake_cpuid, fake_xgetbv);
        isas = ens_isas_of_x86(&x86);
        if (isas != shown->isas)
            fail_msg("%s: %#x, not %#x", shown->name, isas, shown->isas);
    }
}

TEST(test_real_processors)
{
    assert_isas(real, LENGTH(real));
}

TEST(test_what_has_misled_programs)
{
    assert_isas(adverse, LENGTH(adverse));
}

TEST(test_what_is_not_there_is_read_as_0)
{
    const struct machine none = {"leaf 0 only", 0, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, UINT64_MAX, PORTABLE};
    struct ens_x86 x86;

    shown = &none;
    poison(&x86, sizeof x86);
    ens_x86_read(&x86, fake_cpuid, fake_xgetbv);
    assert_true(x86.leaf1_ecx == 0 && x86.leaf1_edx == 0 && x86.leaf7_ebx == 0 && x86.xcr0 == 0);
}

TEST(test_xgetbv_is_asked_where_the_system_has_enabled_it)
{
    struct ens_x86 x86;

    asked_xgetbv = 0;
    shown = &real[1]; /* Core 2: no OSXSAVE */
    ens_x86_read(&x86, fake_cpuid, fake_xgetbv);
    assert_false(asked_xgetbv);
    shown = &real[7]; /* Skylake-X */
    ens_x86_read(&x86, fake_cpuid, fake_xgetbv);
    assert_true(asked_xgetbv);
    assert_true(x86.xcr0 == 0x2E7);
}

/* Registers that contradict each other, in a struct that ens_x86_read() would not make. */
TEST(test_without_osxsave_xcr0_does_not_count)
{
    const struct ens_x86 x86 = {.leaf1_ecx = 0x77FAFBFF, .leaf1_edx = 0xBFEBFBFF, .leaf7_ebx = 0xD39FFFFB, .xcr0 = ZMM};

    assert_int_equal(ens_isas_of_x86(&x86), SSE2);
}

TEST(test_only_the_low_half_of_xcr0_matters)
{
    const struct ens_x86 x86 = {
        .leaf1_ecx = 0x7FFAFBFF, .leaf1_edx = 0xBFEBFBFF, .leaf7_ebx = 0xD39FFFFB, .xcr0 = (uint64_t)ZMM << 32};

    assert_int_equal(ens_isas_of_x86(&x86), SSE2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real_processors),
        cmocka_unit_test(test_what_has_misled_programs),
        cmocka_unit_test(test_what_is_not_there_is_read_as_0),
        cmocka_unit_test(test_xgetbv_is_asked_where_the_system_has_enabled_it),
        cmocka_unit_test(test_without_osxsave_xcr0_does_not_count),
        cmocka_unit_test(test_only_the_low_half_of_xcr0_matters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
