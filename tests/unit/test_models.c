/* SPDX-License-Identifier: MIT */
/* Adding models and pointing them at new data: src/api/models.c. */
#include "support.h"

#include "api/models.h"

#include <limits.h>

/* The address of the last byte that there can be. */
static const void *const last_byte = (const void *)UINTPTR_MAX;

TEST(test_adding_models_returns_their_indices)
{
    struct ensemble *e = ensemble_of(3);

    for (int i = 0; i < 1000; i++)
        assert_int_equal(ensemble_add_model_output(e, example_outputs[0], ENSEMBLE_F32, 1), i);
    ensemble_destroy(e);
}

/* Indices are ints. So many models would take hundreds of gigabytes; what makes room for them is asked itself. */
TEST(test_there_is_no_room_for_more_models_than_have_indices)
{
    struct ensemble *e = example();

    assert_int_equal(ens_models_reserve(e, INT_MAX), ENSEMBLE_EOVERFLOW);
    assert_int_equal(ens_models_reserve(e, SIZE_MAX), ENSEMBLE_EOVERFLOW);
    assert_int_equal(ensemble_add_model_output(e, example_outputs[0], ENSEMBLE_F32, 1), 3);
    ensemble_destroy(e);
}

TEST(test_adding_to_null_is_an_error)
{
    assert_int_equal(ensemble_add_model_output(NULL, example_outputs[0], ENSEMBLE_F32, 1), ENSEMBLE_ENULL);
}

TEST(test_adding_an_unknown_dtype_is_an_error)
{
    struct ensemble *e = example();

    for (size_t i = 0; i < LENGTH(no_dtypes); i++)
        assert_int_equal(ensemble_add_model_output(e, example_outputs[0], no_dtypes[i], 1), ENSEMBLE_EDTYPE);
    assert_example(e);
    ensemble_destroy(e);
}

TEST(test_adding_more_bytes_than_an_object_has_is_an_error)
{
    struct ensemble *e = example();
    const size_t most = (size_t)PTRDIFF_MAX / 4 / 3; /* rows of three floats */

    assert_int_equal(ensemble_add_model_output(e, NULL, ENSEMBLE_F32, SIZE_MAX), ENSEMBLE_EOVERFLOW);
    assert_int_equal(ensemble_add_model_output(e, NULL, ENSEMBLE_F32, SIZE_MAX / 3 + 1), ENSEMBLE_EOVERFLOW);
    assert_int_equal(ensemble_add_model_output(e, NULL, ENSEMBLE_F32, most + 1), ENSEMBLE_EOVERFLOW);
    assert_int_equal(ensemble_add_model_output(e, NULL, ENSEMBLE_F64, most), ENSEMBLE_EOVERFLOW);
    assert_example(e);
    assert_int_equal(ensemble_add_model_output(e, NULL, ENSEMBLE_F32, most), 3);
    ensemble_destroy(e);
}

TEST(test_adding_a_buffer_that_leaves_the_address_space_is_an_error)
{
    struct ensemble *e = example();

    assert_int_equal(ensemble_add_model_output(e, last_byte, ENSEMBLE_F32, 1), ENSEMBLE_EOVERFLOW);
    assert_int_equal(ensemble_add_model_output(e, (const char *)last_byte - 10, ENSEMBLE_F32, 1), ENSEMBLE_EOVERFLOW);
    assert_example(e);
    ensemble_destroy(e);
}

TEST(test_a_model_without_output_is_missing_until_it_has_one)
{
    struct ensemble *e = ensemble_of(3);
    const double weights[] = {.3, .4, .3};

    add(e, example_outputs[0], ENSEMBLE_F32, 1);
    add(e, NULL, ENSEMBLE_F32, 1);
    add(e, example_outputs[2], ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    assert_example_fails(e, ENSEMBLE_EMISSING);
    assert_int_equal(ensemble_set_model_output(e, 1, example_outputs[1], ENSEMBLE_F32, 1, 0), 0);
    assert_example(e);
    ensemble_destroy(e);
}

TEST(test_no_rows_need_no_memory)
{
    struct ensemble *e = ensemble_of(3);

    add(e, NULL, ENSEMBLE_F32, 0);
    add(e, NULL, ENSEMBLE_F64, 0);
    assert_int_equal(ensemble_check(e, NULL, 0), 0);
    assert_int_equal(ensemble_combine(e, NULL, ENSEMBLE_F32, 0), 0);
    ensemble_destroy(e);
}

TEST(test_models_of_different_dtypes_combine)
{
    const float f32[] = {1, 2};
    const double f64[] = {3, 4};
    const uint16_t f16[] = {0x3C00, 0x4000};  /* 1, 2 */
    const uint16_t bf16[] = {0x4040, 0x4080}; /* 3, 4 */
    struct ensemble *e = ensemble_of(2);
    double y[2];

    add(e, f32, ENSEMBLE_F32, 1);
    add(e, f64, ENSEMBLE_F64, 1);
    add(e, f16, ENSEMBLE_F16, 1);
    add(e, bf16, ENSEMBLE_BF16, 1);
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F64, 2), 0);
    assert_true(y[0] == 2 && y[1] == 3);
    ensemble_destroy(e);
}

TEST(test_outputs_and_result_need_no_alignment)
{
    char bytes[1 + 2 * sizeof(double)], result[1 + 2 * sizeof(double)];
    const double y[] = {1.5, -2};
    struct ensemble *e = ensemble_of(2);

    memcpy(bytes + 1, y, sizeof y);
    add(e, bytes + 1, ENSEMBLE_F64, 1);
    assert_int_equal(ensemble_combine(e, result + 1, ENSEMBLE_F64, 2), 0);
    assert_memory_equal(result + 1, y, sizeof y);
    ensemble_destroy(e);
}

TEST(test_outputs_are_borrowed_not_copied)
{
    float output[] = {1, 2, 3}, y[3];
    struct ensemble *e = ensemble_of(3);

    add(e, output, ENSEMBLE_F32, 1);
    output[1] = 20;
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 3), 0);
    assert_memory_equal(y, output, sizeof y);
    ensemble_destroy(e);
}

TEST(test_weights_do_not_fit_after_a_model_was_added)
{
    const double four[] = {.3, .4, .3, 0};
    double weights[4];
    struct ensemble *e = example();

    add(e, example_outputs[0], ENSEMBLE_F32, 1);
    assert_example_fails(e, ENSEMBLE_EWEIGHTS);
    poison(weights, sizeof weights);
    assert_int_equal(ensemble_get_weights(e, weights, 4), ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_get_weights(e, weights, 3), ENSEMBLE_EWEIGHTS);
    assert_poisoned(weights, sizeof weights);
    assert_int_equal(ensemble_set_weights(e, four, 4), 0);
    assert_example(e);
    ensemble_destroy(e);
}

TEST(test_pointing_a_model_at_new_data)
{
    const double new_data[] = {7, 8, 9};
    struct ensemble *e = ensemble_of(3);
    double y[3];

    add(e, example_outputs[0], ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_set_model_output(e, 0, new_data, ENSEMBLE_F64, 1, 0), 0);
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F64, 3), 0);
    assert_memory_equal(y, new_data, sizeof y);
    ensemble_destroy(e);
}

TEST(test_pointing_a_model_at_new_data_keeps_the_weights)
{
    const float zero[] = {0, 0, 0};
    const double expected[] = {.3, .4, .3};
    double weights[3];
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_model_output(e, 0, zero, ENSEMBLE_F32, 1, 0), 0);
    assert_int_equal(ensemble_set_model_output(e, 0, example_outputs[0], ENSEMBLE_F32, 1, 3), 0);
    assert_int_equal(ensemble_get_weights(e, weights, 3), 0);
    assert_memory_equal(weights, expected, sizeof weights);
    assert_example(e);
    ensemble_destroy(e);
}

TEST(test_pointing_a_model_at_null_makes_it_missing)
{
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_model_output(e, 2, NULL, ENSEMBLE_F32, 1, 0), 0);
    assert_example_fails(e, ENSEMBLE_EMISSING);
    assert_int_equal(ensemble_set_model_output(e, 2, example_outputs[2], ENSEMBLE_F32, 1, 0), 0);
    assert_example(e);
    ensemble_destroy(e);
}

TEST(test_rows_are_compared_when_combining)
{
    const float two_rows[] = {1, 2, 3, 4, 5, 6};
    struct ensemble *e = ensemble_of(3);
    float y[6];

    add(e, example_outputs[0], ENSEMBLE_F32, 1);
    add(e, two_rows, ENSEMBLE_F32, 2);
    assert_example_fails(e, ENSEMBLE_EROWS);
    assert_int_equal(ensemble_set_model_output(e, 0, two_rows, ENSEMBLE_F32, 2, 0), 0);
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 6), 0);
    assert_memory_equal(y, two_rows, sizeof y);
    ensemble_destroy(e);
}

TEST(test_gaps_between_rows_are_not_read)
{
    const float nan = (float)NAN;
    const float gaps[] = {1, 2, nan, nan, 3, 4, nan, nan, 5, 6};
    struct ensemble *e = ensemble_of(2);
    float y[6];

    add(e, NULL, ENSEMBLE_F32, 3);
    assert_int_equal(ensemble_set_model_output(e, 0, gaps, ENSEMBLE_F32, 3, 4), 0);
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 6), 0);
    for (size_t i = 0; i < 6; i++)
        assert_true(y[i] == (float)(i + 1));
    ensemble_destroy(e);
}

TEST(test_one_row_may_have_any_stride)
{
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_model_output(e, 0, example_outputs[0], ENSEMBLE_F32, 1, SIZE_MAX), 0);
    assert_example(e);
    ensemble_destroy(e);
}

TEST(test_pointing_at_new_data_finds_faults_and_keeps_the_old)
{
    struct ensemble *e = example();
    const void *y = example_outputs[0];

    assert_int_equal(ensemble_set_model_output(NULL, 0, y, ENSEMBLE_F32, 1, 0), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_set_model_output(e, 3, y, ENSEMBLE_F32, 1, 0), ENSEMBLE_EMODEL);
    assert_int_equal(ensemble_set_model_output(e, SIZE_MAX, y, ENSEMBLE_F32, 1, 0), ENSEMBLE_EMODEL);
    for (size_t i = 0; i < LENGTH(no_dtypes); i++)
        assert_int_equal(ensemble_set_model_output(e, 0, y, no_dtypes[i], 1, 0), ENSEMBLE_EDTYPE);
    assert_int_equal(ensemble_set_model_output(e, 0, y, ENSEMBLE_F32, 1, 1), ENSEMBLE_ESTRIDE);
    assert_int_equal(ensemble_set_model_output(e, 0, y, ENSEMBLE_F32, 1, 2), ENSEMBLE_ESTRIDE);
    assert_int_equal(ensemble_set_model_output(e, 0, y, ENSEMBLE_F32, SIZE_MAX, 0), ENSEMBLE_EOVERFLOW);
    assert_int_equal(ensemble_set_model_output(e, 0, y, ENSEMBLE_F32, 2, SIZE_MAX), ENSEMBLE_EOVERFLOW);
    assert_int_equal(ensemble_set_model_output(e, 0, y, ENSEMBLE_F32, 2, SIZE_MAX / 4), ENSEMBLE_EOVERFLOW);
    assert_int_equal(ensemble_set_model_output(e, 0, y, ENSEMBLE_F32, SIZE_MAX / 2, SIZE_MAX / 2), ENSEMBLE_EOVERFLOW);
    assert_int_equal(ensemble_set_model_output(e, 0, last_byte, ENSEMBLE_F32, 1, 0), ENSEMBLE_EOVERFLOW);
    assert_example(e);
    ensemble_destroy(e);
}

TEST(test_without_models_there_is_none_to_point_at_new_data)
{
    struct ensemble *e = ensemble_of(3);

    assert_int_equal(ensemble_set_model_output(e, 0, example_outputs[0], ENSEMBLE_F32, 1, 0), ENSEMBLE_EMODEL);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_adding_models_returns_their_indices),
        cmocka_unit_test(test_there_is_no_room_for_more_models_than_have_indices),
        cmocka_unit_test(test_adding_to_null_is_an_error),
        cmocka_unit_test(test_adding_an_unknown_dtype_is_an_error),
        cmocka_unit_test(test_adding_more_bytes_than_an_object_has_is_an_error),
        cmocka_unit_test(test_adding_a_buffer_that_leaves_the_address_space_is_an_error),
        cmocka_unit_test(test_a_model_without_output_is_missing_until_it_has_one),
        cmocka_unit_test(test_no_rows_need_no_memory),
        cmocka_unit_test(test_models_of_different_dtypes_combine),
        cmocka_unit_test(test_outputs_and_result_need_no_alignment),
        cmocka_unit_test(test_outputs_are_borrowed_not_copied),
        cmocka_unit_test(test_weights_do_not_fit_after_a_model_was_added),
        cmocka_unit_test(test_pointing_a_model_at_new_data),
        cmocka_unit_test(test_pointing_a_model_at_new_data_keeps_the_weights),
        cmocka_unit_test(test_pointing_a_model_at_null_makes_it_missing),
        cmocka_unit_test(test_rows_are_compared_when_combining),
        cmocka_unit_test(test_gaps_between_rows_are_not_read),
        cmocka_unit_test(test_one_row_may_have_any_stride),
        cmocka_unit_test(test_pointing_at_new_data_finds_faults_and_keeps_the_old),
        cmocka_unit_test(test_without_models_there_is_none_to_point_at_new_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
