/* SPDX-License-Identifier: MIT */
/* The best kernels of this machine, or those of a name: src/dispatch/dispatch.c. */
#include "support.h"

#include "dispatch/cpu.h"
#include "dispatch/dispatch.h"

#define NAME(name, family) #name,
static const char *const names[] = {ENS_ISA_LIST(NAME)};

#define BIT(name, family) ENS_IF_##family(1u << ENS_ISA_##name |)
static const unsigned built = ENS_ISA_LIST(BIT) 0;

TEST(test_every_machine_is_portable)
{
    assert_true(ens_isas_here() & 1u << ENS_ISA_portable);
    assert_string_equal(ens_kernels_named("portable")->name, "portable");
}

TEST(test_the_machine_says_the_same_each_time)
{
    assert_int_equal(ens_isas_here(), ens_isas_here());
    assert_ptr_equal(ens_kernels_best(), ens_kernels_best());
}

TEST(test_the_best_is_the_last_of_the_list_that_is_here)
{
    const char *last = NULL;

    for (size_t i = 0; i < LENGTH(names); i++)
        if (built & ens_isas_here() & 1u << i)
            last = names[i];
    assert_string_equal(ens_kernels_best()->name, last);
    assert_ptr_equal(ens_kernels_best(), ens_kernels_named(last));
}

/* Whatever else a machine has: as the portable set is always there, it has one. */
TEST(test_of_some_instruction_sets_the_last_that_was_built_is_found)
{
    for (unsigned isas = 1; isas < 1u << LENGTH(names); isas += 2) {
        const char *last = NULL;

        for (size_t i = 0; i < LENGTH(names); i++) {
            const struct ens_kernels *named = ens_kernels_of(isas, names[i]);

            if (built & isas & 1u << i) {
                last = names[i];
                assert_string_equal(named->name, names[i]);
            } else {
                assert_null(named);
            }
        }
        assert_string_equal(ens_kernels_of(isas, NULL)->name, last);
    }
}

TEST(test_a_handle_uses_the_best_unless_told_otherwise)
{
    struct ensemble *e = example();

    assert_ptr_equal(ensemble_isa(e), ens_kernels_best()->name);
    ensemble_destroy(e);
}

TEST(test_each_name_of_the_list_finds_its_kernels_or_none)
{
    for (size_t i = 0; i < LENGTH(names); i++) {
        const struct ens_kernels *kernels = ens_kernels_named(names[i]);

        if (built & ens_isas_here() & 1u << i)
            assert_string_equal(kernels->name, names[i]);
        else
            assert_null(kernels);
    }
}

TEST(test_other_names_find_nothing)
{
    const char *const others[] = {"", "AVX2", "avx3", "avx", "portable ", "sse", "scalar"};

    for (size_t i = 0; i < LENGTH(others); i++)
        assert_null(ens_kernels_named(others[i]));
}

TEST(test_the_order_of_the_list_is_from_plain_to_best)
{
    const char *const expected[] = {"portable", "sse2", "avx2", "avx512", "neon", "sve"};

    assert_int_equal(LENGTH(names), LENGTH(expected));
    for (size_t i = 0; i < LENGTH(expected); i++)
        assert_string_equal(names[i], expected[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_machine_is_portable),
        cmocka_unit_test(test_the_machine_says_the_same_each_time),
        cmocka_unit_test(test_the_best_is_the_last_of_the_list_that_is_here),
        cmocka_unit_test(test_of_some_instruction_sets_the_last_that_was_built_is_found),
        cmocka_unit_test(test_a_handle_uses_the_best_unless_told_otherwise),
        cmocka_unit_test(test_each_name_of_the_list_finds_its_kernels_or_none),
        cmocka_unit_test(test_other_names_find_nothing),
        cmocka_unit_test(test_the_order_of_the_list_is_from_plain_to_best),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
