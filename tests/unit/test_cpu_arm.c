/* SPDX-License-Identifier: MIT */
/* Which instruction sets a 64-bit Arm machine may use: src/dispatch/cpu_arm.c. */
#include "support.h"

#include "dispatch/cpu.h"

/* AT_HWCAP on Linux. */
#define FP (1ul << 0)
#define ASIMD (1ul << 1)
#define SVE (1ul << 22)

#define PORTABLE (1u << ENS_ISA_portable)
#define NEON (PORTABLE | 1u << ENS_ISA_neon)

TEST(test_arm_processors)
{
    const struct {
        unsigned long hwcap;
        unsigned isas;
    } machines[] = {
        {0, PORTABLE},
        {FP, PORTABLE},
        {ASIMD, NEON},
        {FP | ASIMD, NEON},
        {ASIMD | SVE, NEON | 1u << ENS_ISA_sve},
        {SVE, PORTABLE},             /* there is none such */
        {0xFF, NEON},                /* Cortex-A72: no SVE */
        {~0ul & ~SVE, NEON},
        {~0ul, NEON | 1u << ENS_ISA_sve},
    };

    for (size_t i = 0; i < LENGTH(machines); i++)
        assert_int_equal(ens_isas_of_arm64(machines[i].hwcap), machines[i].isas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arm_processors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
