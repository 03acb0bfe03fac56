/* SPDX-License-Identifier: MIT */
/* ensemble_combine(): what it computes, and each of its errors: src/api/combine.c. */
#include "support.h"

TEST(test_combine_the_example)
{
    struct ensemble *e = example();

    assert_example(e);
    ensemble_destroy(e);
}

TEST(test_combine_one_model_gives_its_output)
{
    struct ensemble *e = ensemble_of(3);
    float y[3];

    add(e, example_outputs[1], ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 3), 0);
    assert_memory_equal(y, example_outputs[1], sizeof y);
    ensemble_destroy(e);
}

TEST(test_combine_rounds_once_to_the_type_of_the_result)
{
    const double y = 1 + 0x1p-11 + 0x1p-30; /* rounded to float first, it would become 1 in float16 */
    struct ensemble *e = ensemble_of(1);
    uint16_t f16, bf16;
    float f32;

    add(e, &y, ENSEMBLE_F64, 1);
    assert_int_equal(ensemble_combine(e, &f16, ENSEMBLE_F16, 1), 0);
    assert_int_equal(ensemble_combine(e, &bf16, ENSEMBLE_BF16, 1), 0);
    assert_int_equal(ensemble_combine(e, &f32, ENSEMBLE_F32, 1), 0);
    assert_int_equal(f16, 0x3C01);
    assert_int_equal(bf16, 0x3F80);
    assert_true(f32 == 1 + 0x1p-11f);
    ensemble_destroy(e);
}

/* 1 + 2^-24 is 1 in float. In double it is not, and the result shows in what type the sum was taken. */
TEST(test_combine_sums_in_double_if_the_result_or_an_output_is_double)
{
    const float f32[] = {1, 0x1p-24f, -1};
    const double ones[] = {1, 1, 1}, minus_1 = -1;
    struct ensemble *e = ensemble_of(1);
    float y32;
    double y64;

    for (size_t i = 0; i < 3; i++)
        add(e, &f32[i], ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_set_weights(e, ones, 3), 0);
    assert_int_equal(ensemble_combine(e, &y32, ENSEMBLE_F32, 1), 0);
    assert_true(y32 == 0);
    assert_int_equal(ensemble_combine(e, &y64, ENSEMBLE_F64, 1), 0);
    assert_true(y64 == 0x1p-24);
    assert_int_equal(ensemble_set_model_output(e, 2, &minus_1, ENSEMBLE_F64, 1, 0), 0);
    assert_int_equal(ensemble_combine(e, &y32, ENSEMBLE_F32, 1), 0);
    assert_true(y32 == 0x1p-24f);
    ensemble_destroy(e);
}

/* 1e8 + 1 is 1e8 in float, so each order has its own sum. */
TEST(test_combine_sums_in_the_order_of_the_models)
{
    const float orders[][3] = {{1e8f, -1e8f, 1}, {1e8f, 1, -1e8f}};
    const float expected[] = {1, 0};
    const double ones[] = {1, 1, 1};

    for (size_t i = 0; i < 2; i++) {
        struct ensemble *e = ensemble_of(1);
        float y;

        for (size_t model = 0; model < 3; model++)
            add(e, &orders[i][model], ENSEMBLE_F32, 1);
        assert_int_equal(ensemble_set_weights(e, ones, 3), 0);
        assert_int_equal(ensemble_combine(e, &y, ENSEMBLE_F32, 1), 0);
        assert_true(y == expected[i]);
        ensemble_destroy(e);
    }
}

TEST(test_combine_lets_nan_and_infinity_pass)
{
    const float a[] = {NAN, INFINITY, INFINITY, -INFINITY}, b[] = {1, 1, -INFINITY, 1};
    struct ensemble *e = ensemble_of(4);
    float y[4];

    add(e, a, ENSEMBLE_F32, 1);
    add(e, b, ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 4), 0);
    assert_true(is_nan((double)y[0]) && is_nan((double)y[2]));
    assert_true(y[1] == (float)INFINITY && y[3] == (float)-INFINITY);
    ensemble_destroy(e);
}

TEST(test_combine_beyond_the_range_of_the_result_is_infinite)
{
    const double y[] = {65519.99, 65520, -1e39};
    const float expected[] = {65519.99f, 65520, (float)-INFINITY};
    struct ensemble *e = ensemble_of(3);
    uint16_t f16[3];
    float f32[3];

    add(e, y, ENSEMBLE_F64, 1);
    assert_int_equal(ensemble_combine(e, f16, ENSEMBLE_F16, 3), 0);
    assert_int_equal(f16[0], 0x7BFF);
    assert_int_equal(f16[1], 0x7C00);
    assert_int_equal(f16[2], 0xFC00);
    assert_int_equal(ensemble_combine(e, f32, ENSEMBLE_F32, 3), 0);
    assert_memory_equal(f32, expected, sizeof f32);
    ensemble_destroy(e);
}

TEST(test_combine_keeps_minus_0)
{
    const float y = -0.0f;
    const uint32_t minus_0 = 0x80000000;
    struct ensemble *e = ensemble_of(1);
    float result;

    add(e, &y, ENSEMBLE_F32, 1);
    add(e, &y, ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_combine(e, &result, ENSEMBLE_F32, 1), 0);
    assert_memory_equal(&result, &minus_0, sizeof result);
    ensemble_destroy(e);
}

TEST(test_combine_twice_gives_the_same)
{
    struct ensemble *e = example();

    assert_example(e);
    assert_example(e);
    ensemble_destroy(e);
}

TEST(test_combine_without_models_is_an_error)
{
    struct ensemble *e = ensemble_of(3);

    assert_example_fails(e, ENSEMBLE_EEMPTY);
    ensemble_destroy(e);
}

TEST(test_combine_without_outputs_is_an_error)
{
    struct ensemble *e = ensemble_of(3);

    add(e, NULL, ENSEMBLE_F32, 1);
    assert_example_fails(e, ENSEMBLE_EMISSING);
    ensemble_destroy(e);
}

TEST(test_combine_without_a_handle_is_an_error)
{
    float y[3];

    poison(y, sizeof y);
    assert_int_equal(ensemble_combine(NULL, y, ENSEMBLE_F32, 3), ENSEMBLE_ENULL);
    assert_poisoned(y, sizeof y);
}

TEST(test_combine_without_a_result_is_an_error)
{
    struct ensemble *e = example();

    assert_int_equal(ensemble_combine(e, NULL, ENSEMBLE_F32, 3), ENSEMBLE_ENULL);
    assert_example(e);
    ensemble_destroy(e);
}

TEST(test_combine_into_an_unknown_dtype_is_an_error)
{
    struct ensemble *e = example();
    double y[3];

    poison(y, sizeof y);
    for (size_t i = 0; i < LENGTH(no_result_dtypes); i++)
        assert_int_equal(ensemble_combine(e, y, no_result_dtypes[i], 3), ENSEMBLE_EDTYPE);
    assert_poisoned(y, sizeof y);
    assert_example(e);
    ensemble_destroy(e);
}

TEST(test_combine_with_another_count_is_an_error)
{
    const size_t counts[] = {0, 1, 2, 4, 6, SIZE_MAX};
    struct ensemble *e = example();
    float y[6];

    poison(y, sizeof y);
    for (size_t i = 0; i < LENGTH(counts); i++)
        assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, counts[i]), ENSEMBLE_ECOUNT);
    assert_poisoned(y, sizeof y);
    assert_example(e);
    ensemble_destroy(e);
}

TEST(test_combine_of_different_rows_is_an_error)
{
    const float two_rows[6] = {0};
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_model_output(e, 2, two_rows, ENSEMBLE_F32, 2, 0), 0);
    assert_example_fails(e, ENSEMBLE_EROWS);
    assert_int_equal(ensemble_set_model_output(e, 2, NULL, ENSEMBLE_F32, 0, 0), 0);
    assert_example_fails(e, ENSEMBLE_EROWS);
    ensemble_destroy(e);
}

TEST(test_combine_of_no_rows_writes_nothing)
{
    struct ensemble *e = ensemble_of(3);
    float y[3];

    add(e, NULL, ENSEMBLE_F32, 0);
    add(e, example_outputs[0], ENSEMBLE_F32, 0);
    poison(y, sizeof y);
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 0), 0);
    assert_int_equal(ensemble_combine(e, NULL, ENSEMBLE_F32, 0), 0);
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 3), ENSEMBLE_ECOUNT);
    assert_poisoned(y, sizeof y);
    ensemble_destroy(e);
}

TEST(test_combine_into_a_buffer_that_leaves_the_address_space_is_an_error)
{
    struct ensemble *e = example();

    assert_int_equal(ensemble_combine(e, (void *)(UINTPTR_MAX - 7), ENSEMBLE_F32, 3), ENSEMBLE_EOVERFLOW);
    assert_example(e);
    ensemble_destroy(e);
}

/* As many rows of float as an object can hold are twice too many of double. */
TEST(test_combine_into_more_bytes_than_an_object_has_is_an_error)
{
    const size_t rows = (size_t)PTRDIFF_MAX / 4;
    const double weight = 0; /* so that nothing is read */
    struct ensemble *e = ensemble_of(1);
    double y;

    add(e, NULL, ENSEMBLE_F32, rows);
    assert_int_equal(ensemble_set_weights(e, &weight, 1), 0);
    poison(&y, sizeof y);
    assert_int_equal(ensemble_combine(e, &y, ENSEMBLE_F64, rows), ENSEMBLE_EOVERFLOW);
    assert_poisoned(&y, sizeof y);
    ensemble_destroy(e);
}

TEST(test_combine_reads_and_writes_nothing_but_the_rows)
{
    float in[5], out[5];
    struct ensemble *e = ensemble_of(3);

    poison(out, sizeof out);
    poison(in, sizeof in);
    memcpy(in + 1, example_outputs[2], sizeof example_outputs[2]);
    add(e, in + 1, ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_combine(e, out + 1, ENSEMBLE_F32, 3), 0);
    assert_memory_equal(out, in, sizeof out);
    assert_poisoned(&out[0], sizeof *out);
    assert_poisoned(&out[4], sizeof *out);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_combine_the_example),
        cmocka_unit_test(test_combine_one_model_gives_its_output),
        cmocka_unit_test(test_combine_rounds_once_to_the_type_of_the_result),
        cmocka_unit_test(test_combine_sums_in_double_if_the_result_or_an_output_is_double),
        cmocka_unit_test(test_combine_sums_in_the_order_of_the_models),
        cmocka_unit_test(test_combine_lets_nan_and_infinity_pass),
        cmocka_unit_test(test_combine_beyond_the_range_of_the_result_is_infinite),
        cmocka_unit_test(test_combine_keeps_minus_0),
        cmocka_unit_test(test_combine_twice_gives_the_same),
        cmocka_unit_test(test_combine_without_models_is_an_error),
        cmocka_unit_test(test_combine_without_outputs_is_an_error),
        cmocka_unit_test(test_combine_without_a_handle_is_an_error),
        cmocka_unit_test(test_combine_without_a_result_is_an_error),
        cmocka_unit_test(test_combine_into_an_unknown_dtype_is_an_error),
        cmocka_unit_test(test_combine_with_another_count_is_an_error),
        cmocka_unit_test(test_combine_of_different_rows_is_an_error),
        cmocka_unit_test(test_combine_of_no_rows_writes_nothing),
        cmocka_unit_test(test_combine_into_a_buffer_that_leaves_the_address_space_is_an_error),
        cmocka_unit_test(test_combine_into_more_bytes_than_an_object_has_is_an_error),
        cmocka_unit_test(test_combine_reads_and_writes_nothing_but_the_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
