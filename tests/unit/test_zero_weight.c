/* SPDX-License-Identifier: MIT */
/* A model whose weight is exactly 0 takes no part: not read, not required, not compared. */
#include "support.h"

/* The example with a fourth model of weight 0, whose output is `output`. */
static struct ensemble *example_and(const void *output, int32_t dtype, size_t rows)
{
    const double weights[] = {.3, .4, .3, 0};
    struct ensemble *e = example();

    add(e, output, dtype, rows);
    assert_int_equal(ensemble_set_weights(e, weights, 4), 0);
    return e;
}

/* Exactly the bits of the example without a fourth model. */
static void assert_bits_of_example(const struct ensemble *e)
{
    struct ensemble *three = example();
    float y[3], expected[3];

    assert_int_equal(ensemble_combine(three, expected, ENSEMBLE_F32, 3), 0);
    assert_int_equal(ensemble_check(e, NULL, 0), 0);
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 3), 0);
    assert_memory_equal(y, expected, sizeof y);
    assert_example(e);
    ensemble_destroy(three);
}

TEST(test_a_model_of_weight_0_may_be_nan)
{
    const float nan[] = {NAN, NAN, INFINITY};
    struct ensemble *e = example_and(nan, ENSEMBLE_F32, 1);

    assert_bits_of_example(e);
    ensemble_destroy(e);
}

TEST(test_a_model_of_weight_0_may_be_missing)
{
    struct ensemble *e = example_and(NULL, ENSEMBLE_F32, 1);

    assert_bits_of_example(e);
    ensemble_destroy(e);
}

TEST(test_a_model_of_weight_0_is_never_read)
{
    void *page = forbidden_page();
    struct ensemble *e = example_and(page, ENSEMBLE_F32, 1);

    assert_bits_of_example(e);
    ensemble_destroy(e);
    free_page(page);
}

TEST(test_a_model_of_weight_0_may_have_other_rows)
{
    const float rows[9] = {0};
    struct ensemble *e = example_and(rows, ENSEMBLE_F32, 3);

    assert_bits_of_example(e);
    assert_int_equal(ensemble_set_model_output(e, 3, NULL, ENSEMBLE_F32, 0, 0), 0);
    assert_bits_of_example(e);
    ensemble_destroy(e);
}

TEST(test_a_double_model_of_weight_0_does_not_make_the_sum_double)
{
    const double zero[3] = {0};
    struct ensemble *e = example_and(zero, ENSEMBLE_F64, 1);

    assert_bits_of_example(e);
    ensemble_destroy(e);
}

TEST(test_the_first_model_may_have_weight_0)
{
    const double weights[] = {0, .3, .4, .3};
    struct ensemble *e = ensemble_of(3);

    add(e, NULL, ENSEMBLE_F64, 7);
    for (size_t i = 0; i < 3; i++)
        add(e, example_outputs[i], ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_set_weights(e, weights, 4), 0);
    assert_bits_of_example(e);
    ensemble_destroy(e);
}

TEST(test_minus_0_is_0)
{
    const double weights[] = {.3, .4, .3, -0.0};
    struct ensemble *e = example_and(NULL, ENSEMBLE_F32, 1);

    assert_int_equal(ensemble_set_weights(e, weights, 4), 0);
    assert_bits_of_example(e);
    ensemble_destroy(e);
}

/* 1e-300 is 0 as a float, but not as the double that was given: the model takes part, and 0 x infinity is NaN. */
TEST(test_a_weight_is_0_only_if_the_double_is)
{
    const double weights[] = {1, 1e-300};
    const float y[] = {1, (float)INFINITY};
    struct ensemble *e = ensemble_of(1);
    float result;

    add(e, &y[0], ENSEMBLE_F32, 1);
    add(e, &y[1], ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_set_weights(e, weights, 2), 0);
    assert_int_equal(ensemble_combine(e, &result, ENSEMBLE_F32, 1), 0);
    assert_true(is_nan((double)result));
    assert_int_equal(ensemble_set_model_output(e, 1, NULL, ENSEMBLE_F32, 1, 0), 0);
    assert_int_equal(ensemble_check(e, NULL, 0), ENSEMBLE_EMISSING);
    ensemble_destroy(e);
}

TEST(test_a_model_of_weight_0_takes_no_part_in_the_mean)
{
    const double weights[] = {2, 6, 0}, y[] = {1, 5};
    struct ensemble *e = ensemble_of(1);
    double result;

    add(e, &y[0], ENSEMBLE_F64, 1);
    add(e, &y[1], ENSEMBLE_F64, 1);
    add(e, NULL, ENSEMBLE_F64, 1);
    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
    assert_int_equal(ensemble_combine(e, &result, ENSEMBLE_F64, 1), 0);
    assert_true(result == 4);
    ensemble_destroy(e);
}

/* Two rows of three values, all of weight 0; `bits` of each must be NaN, and nothing behind them be written. */
static void combine_nothing(void *result, size_t size, int32_t dtype)
{
    const double weights[] = {0, -0.0};
    const float y[] = {1, 2, 3, 4, 5, 6};
    struct ensemble *e = ensemble_of(3);

    add(e, y, ENSEMBLE_F32, 2);
    add(e, NULL, ENSEMBLE_F64, 2);
    assert_int_equal(ensemble_set_weights(e, weights, 2), 0);
    assert_int_equal(ensemble_check(e, NULL, 0), 0);
    poison(result, 7 * size);
    assert_int_equal(ensemble_combine(e, result, dtype, 6), 0);
    assert_poisoned((char *)result + 6 * size, size);
    ensemble_destroy(e);
}

TEST(test_without_any_weight_the_sum_is_nan_in_f32)
{
    float y[7];

    combine_nothing(y, sizeof *y, ENSEMBLE_F32);
    for (size_t i = 0; i < 6; i++)
        assert_true(is_nan((double)y[i]));
}

TEST(test_without_any_weight_the_sum_is_nan_in_f64)
{
    double y[7];

    combine_nothing(y, sizeof *y, ENSEMBLE_F64);
    for (size_t i = 0; i < 6; i++)
        assert_true(is_nan(y[i]));
}

TEST(test_without_any_weight_the_sum_is_nan_in_f16)
{
    uint16_t y[7];

    combine_nothing(y, sizeof *y, ENSEMBLE_F16);
    for (size_t i = 0; i < 6; i++)
        assert_true((y[i] & 0x7FFF) > 0x7C00);
}

TEST(test_without_any_weight_the_sum_is_nan_in_bf16)
{
    uint16_t y[7];

    combine_nothing(y, sizeof *y, ENSEMBLE_BF16);
    for (size_t i = 0; i < 6; i++)
        assert_true((y[i] & 0x7FFF) > 0x7F80);
}

TEST(test_without_any_weight_gaps_in_the_result_stay_as_they_are)
{
    const double weight = 0;
    float y[6];
    struct ensemble *e = ensemble_of(1);
    struct ensemble_call call = {.struct_size = sizeof call, .result = y, .result_count = 5, .result_stride = 2};

    add(e, NULL, ENSEMBLE_F32, 3);
    assert_int_equal(ensemble_set_weights(e, &weight, 1), 0);
    poison(y, sizeof y);
    call.dtype = ENSEMBLE_F32;
    assert_int_equal(ensemble_run(e, &call), 0);
    for (size_t i = 0; i < 6; i += 2) {
        assert_true(is_nan((double)y[i]));
        assert_poisoned(&y[i + 1], sizeof *y);
    }
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_model_of_weight_0_may_be_nan),
        cmocka_unit_test(test_a_model_of_weight_0_may_be_missing),
        cmocka_unit_test(test_a_model_of_weight_0_is_never_read),
        cmocka_unit_test(test_a_model_of_weight_0_may_have_other_rows),
        cmocka_unit_test(test_a_double_model_of_weight_0_does_not_make_the_sum_double),
        cmocka_unit_test(test_the_first_model_may_have_weight_0),
        cmocka_unit_test(test_minus_0_is_0),
        cmocka_unit_test(test_a_weight_is_0_only_if_the_double_is),
        cmocka_unit_test(test_a_model_of_weight_0_takes_no_part_in_the_mean),
        cmocka_unit_test(test_without_any_weight_the_sum_is_nan_in_f32),
        cmocka_unit_test(test_without_any_weight_the_sum_is_nan_in_f64),
        cmocka_unit_test(test_without_any_weight_the_sum_is_nan_in_f16),
        cmocka_unit_test(test_without_any_weight_the_sum_is_nan_in_bf16),
        cmocka_unit_test(test_without_any_weight_gaps_in_the_result_stay_as_they_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
