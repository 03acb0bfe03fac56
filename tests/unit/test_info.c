/* SPDX-License-Identifier: MIT */
/* What the library and a handle say of themselves: src/api/info.c. */
#include "support.h"

TEST(test_the_version_of_the_library_is_that_of_its_header)
{
    assert_int_equal(ensemble_version(), ENSEMBLE_VERSION);
}

TEST(test_the_version_is_major_minor_patch_in_decimal)
{
    const uint32_t version = ensemble_version();

    assert_int_equal(version / 10000, ENSEMBLE_VERSION_MAJOR);
    assert_int_equal(version / 100 % 100, ENSEMBLE_VERSION_MINOR);
    assert_int_equal(version % 100, ENSEMBLE_VERSION_PATCH);
}

TEST(test_the_instruction_set_of_null_is_the_empty_string)
{
    assert_string_equal(ensemble_isa(NULL), "");
}

TEST(test_the_instruction_set_stays_the_same)
{
    struct ensemble *e = example();
    const char *isa = ensemble_isa(e);

    assert_true(strlen(isa) > 0);
    assert_example(e);
    assert_ptr_equal(ensemble_isa(e), isa);
    ensemble_destroy(e);
}

TEST(test_sum_and_mean_want_no_workspace)
{
    struct ensemble *e = example();

    assert_int_equal(ensemble_workspace_size(e), 0);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
    assert_int_equal(ensemble_workspace_size(e), 0);
    assert_int_equal(ensemble_workspace_size(NULL), 0);
    ensemble_destroy(e);
}

/* Settings that the method and the models do not use cost nothing. */
TEST(test_a_workspace_is_asked_for_again_after_every_change)
{
    struct ensemble *e = ensemble_of(5000);

    add(e, NULL, ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_workspace_size(e), 0);
    assert_int_equal(ensemble_set_parameter(e, ENSEMBLE_TRIM, .1), 0);
    assert_int_equal(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_MISSING, .5), 0);
    assert_int_equal(ensemble_workspace_size(e), 0);
    assert_int_equal(ensemble_set_input(e, 0, ENSEMBLE_LOGITS, 0), 0);
    assert_true(ensemble_workspace_size(e) > 0);
    assert_int_equal(ensemble_set_input(e, 0, ENSEMBLE_AS_IS, 0), 0);
    assert_int_equal(ensemble_workspace_size(e), 0);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_version_of_the_library_is_that_of_its_header),
        cmocka_unit_test(test_the_version_is_major_minor_patch_in_decimal),
        cmocka_unit_test(test_the_instruction_set_of_null_is_the_empty_string),
        cmocka_unit_test(test_the_instruction_set_stays_the_same),
        cmocka_unit_test(test_sum_and_mean_want_no_workspace),
        cmocka_unit_test(test_a_workspace_is_asked_for_again_after_every_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
