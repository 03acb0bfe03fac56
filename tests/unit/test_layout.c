/* SPDX-License-Identifier: MIT */
/* The public structs have no padding, and begin with their size; where their members are: tests/abi/layout.h. */
#include "support.h"

#include "../abi/layout.h"

/* The sum of the sizes of the members: what is more would be padding. */
#define SIZE(type, member) sizeof(((struct type *)NULL)->member)

TEST(test_options_have_no_padding)
{
    assert_int_equal(sizeof(struct ensemble_options),
                     SIZE(ensemble_options, struct_size) + SIZE(ensemble_options, reserved) +
                         SIZE(ensemble_options, allocate) + SIZE(ensemble_options, release) +
                         SIZE(ensemble_options, user) + SIZE(ensemble_options, isa));
}

TEST(test_output_has_no_padding)
{
    assert_int_equal(sizeof(struct ensemble_output),
                     SIZE(ensemble_output, data) + SIZE(ensemble_output, rows) + SIZE(ensemble_output, row_stride) +
                         SIZE(ensemble_output, dtype) + SIZE(ensemble_output, reserved));
}

TEST(test_call_has_no_padding)
{
    assert_int_equal(sizeof(struct ensemble_call),
                     SIZE(ensemble_call, struct_size) + SIZE(ensemble_call, output_size) +
                         SIZE(ensemble_call, outputs) + SIZE(ensemble_call, n_outputs) +
                         SIZE(ensemble_call, row_begin) + SIZE(ensemble_call, row_count) + SIZE(ensemble_call, result) +
                         SIZE(ensemble_call, result_count) + SIZE(ensemble_call, result_stride) +
                         SIZE(ensemble_call, workspace) + SIZE(ensemble_call, workspace_size) +
                         SIZE(ensemble_call, dtype) + SIZE(ensemble_call, reserved) +
                         SIZE(ensemble_call, row_weights) + SIZE(ensemble_call, row_weights_count) +
                         SIZE(ensemble_call, report) + SIZE(ensemble_call, parallel_for) +
                         SIZE(ensemble_call, parallel_user));
}

#define OPTION(member) SIZE(ensemble_fit_options, member)
TEST(test_fit_options_have_no_padding)
{
    assert_int_equal(sizeof(struct ensemble_fit_options),
                     OPTION(struct_size) + OPTION(how) + OPTION(objective) + OPTION(constraint) + OPTION(calibrate) +
                         OPTION(folds) + OPTION(bags) + OPTION(reserved) + OPTION(seed) + OPTION(ridge) +
                         OPTION(temperature) + OPTION(budget) + OPTION(cost) + OPTION(n_costs) + OPTION(max_models) +
                         OPTION(rounds) + OPTION(metric) + OPTION(user));
}

#define LEARNED(member) SIZE(ensemble_fit_report, member)
TEST(test_fit_report_has_no_padding)
{
    assert_int_equal(sizeof(struct ensemble_fit_report),
                     LEARNED(struct_size) + LEARNED(exact) + LEARNED(best_model) + LEARNED(iterations) +
                         LEARNED(uniform) + LEARNED(best_single) + LEARNED(objective) + LEARNED(held_out) +
                         LEARNED(gap) + LEARNED(temperature) + LEARNED(log_loss) + LEARNED(rows_used) +
                         LEARNED(models_used) + LEARNED(models) + LEARNED(weights) + LEARNED(single) +
                         LEARNED(temperatures) + LEARNED(rounds) + LEARNED(trajectory));
}

#define FUSION(member) SIZE(ensemble_fusion, member)
TEST(test_fusion_has_no_padding)
{
    assert_int_equal(sizeof(struct ensemble_fusion),
                     FUSION(struct_size) + FUSION(method) + FUSION(normaliser) + FUSION(score_dtype) + FUSION(k) +
                         FUSION(weights) + FUSION(scores) + FUSION(contributions) + FUSION(contributions_count) +
                         FUSION(workspace) + FUSION(workspace_size));
}

TEST(test_the_size_of_a_struct_comes_first)
{
    const struct ensemble_options options = {.struct_size = 0x01020304};
    const struct ensemble_call call = {.struct_size = 0x01020304};
    const struct ensemble_fit_options fit_options = {.struct_size = 0x01020304};
    const struct ensemble_fit_report fit_report = {.struct_size = 0x01020304};
    const struct ensemble_fusion fusion = {.struct_size = 0x01020304};
    const uint32_t size = 0x01020304;

    assert_memory_equal(&options, &size, sizeof size);
    assert_memory_equal(&call, &size, sizeof size);
    assert_memory_equal(&fit_options, &size, sizeof size);
    assert_memory_equal(&fit_report, &size, sizeof size);
    assert_memory_equal(&fusion, &size, sizeof size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_have_no_padding),
        cmocka_unit_test(test_output_has_no_padding),
        cmocka_unit_test(test_call_has_no_padding),
        cmocka_unit_test(test_fit_options_have_no_padding),
        cmocka_unit_test(test_fit_report_has_no_padding),
        cmocka_unit_test(test_fusion_has_no_padding),
        cmocka_unit_test(test_the_size_of_a_struct_comes_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
