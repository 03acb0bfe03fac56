/* SPDX-License-Identifier: MIT */
/* How alike models are: who is compared, rows in which a model has no class, numbers at any address, the ends of 1. */
#include "completions.h"

#include "plan/handle.h"
#include "plan/similar.h"

static double *random_values(size_t count, uint64_t seed)
{
    double *values = malloc(count * sizeof *values);
    struct rng rng = {seed};

    assert_non_null(values);
    for (size_t i = 0; i < count; i++)
        values[i] = rng_unit(&rng);
    return values;
}

/* Of two models that differ by a factor, rounding makes more of these correlations than 1. */
TEST(test_no_correlation_is_beyond_1)
{
    const double rising[] = {7, 0, 9, 6.671875 * 7, 0, 6.671875 * 9};
    double falling[14] = {5, 2, 7, 1, 12, 3, 2}, matrix[4];
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, rising, 2, 1, 3);

    similarity(said.e, CORRELATION, 2, matrix);
    assert_true(matrix[1] == 1 && matrix[2] == 1);
    forget(&said);
    for (size_t i = 0; i < 7; i++)
        falling[7 + i] = -.34375 * falling[i];
    said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, falling, 2, 1, 7);
    similarity(said.e, CORRELATION, 2, matrix);
    assert_true(matrix[1] == -1 && matrix[2] == -1);
    forget(&said);
}

/* The last model takes part no more: nothing is left of when it did. */
TEST(test_the_last_model_can_be_taken_out)
{
    const double weights[] = {1, 2, 0};
    double *values = random_values(3 * 40, 1), matrix[9], expected[4];
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 3, 4, 10);
    struct said two = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 2, 4, 10);

    weigh(&said, weights);
    for (int32_t measure = CORRELATION; measure <= DIFFERENCE; measure++) {
        similarity(said.e, measure, 3, matrix);
        similarity(two.e, measure, 2, expected);
        for (size_t i = 0; i < 9; i++)
            assert_true(i / 3 == 2 || i % 3 == 2 ? is_nan(matrix[i]) : matrix[i] == expected[i / 3 * 2 + i % 3]);
    }
    forget(&said);
    forget(&two);
    free(values);
}

/* Where rows with a NaN are left out, a model that is missing leaves out none. */
TEST(test_a_missing_model_leaves_no_row_out)
{
    double *values = random_values(3 * 40, 2), matrix[9], expected[4];
    struct said said, two;

    values[13] = (double)NAN;
    said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 3, 4, 10);
    two = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 2, 4, 10);
    assert_int_equal(ensemble_set_model_output(said.e, 2, NULL, ENSEMBLE_F64, 4, 0), 0);
    assert_int_equal(
        ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_NAN | ENSEMBLE_LEAVE_OUT_MISSING, 0), 0);
    assert_int_equal(ensemble_set_missing_policy(two.e, ENSEMBLE_LEAVE_OUT_NAN, 0), 0);
    for (int32_t measure = CORRELATION; measure <= DIFFERENCE; measure++) {
        similarity(said.e, measure, 3, matrix);
        similarity(two.e, measure, 2, expected);
        for (size_t i = 0; i < 9; i++)
            assert_true(i / 3 == 2 || i % 3 == 2 ? is_nan(matrix[i]) : matrix[i] == expected[i / 3 * 2 + i % 3]);
        assert_false(is_nan(matrix[1]));
    }
    forget(&said);
    forget(&two);
    free(values);
}

/* Of rows of more than 32 classes, too, one with a NaN has no class to agree on. */
TEST(test_a_nan_agrees_with_nobody)
{
    const size_t widths[] = {5, 32, 33, 500};

    for (size_t i = 0; i < LENGTH(widths); i++) {
        const size_t width = widths[i];
        double *values = random_values(3 * 4 * width, 3 + i), matrix[9], expected[9];
        struct said whole = say(ENSEMBLE_MEAN, ENSEMBLE_F32, values, 3, 4, width), said;

        values[4 * width + 2 * width + width / 2] = (double)NAN; /* model 1, row 2 */
        said = say(ENSEMBLE_MEAN, ENSEMBLE_F32, values, 3, 4, width);
        similarity(said.e, AGREEMENT, 3, matrix);
        similarity(whole.e, AGREEMENT, 3, expected);
        for (size_t j = 0; j < 9; j++)
            assert_true(j / 3 == 1 || j % 3 == 1 ? is_nan(matrix[j]) : matrix[j] == expected[j]);
        forget(&said);
        forget(&whole);
        free(values);
    }
}

/* Doubles at addresses that are no multiples of 8, in rows that are looked at together and in long ones. */
TEST(test_doubles_at_any_address)
{
    const size_t widths[] = {1, 7, 64, 65, 128, 300};

    for (size_t i = 0; i < LENGTH(widths); i++)
        for (size_t offset = 1; offset < 8; offset += 3) {
            const size_t width = widths[i], bytes = 5 * width * sizeof(double);
            double *values = random_values(3 * 5 * width, 20 + i), matrix[9], expected[9];
            unsigned char *copy = malloc(3 * bytes + 8);
            struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 3, 5, width);
            struct ensemble *e = ensemble_of(width);

            assert_non_null(copy);
            memcpy(copy + offset, values, 3 * bytes);
            for (size_t k = 0; k < 3; k++)
                add(e, copy + offset + k * bytes, ENSEMBLE_F64, 5);
            for (int32_t measure = CORRELATION; measure <= DIFFERENCE; measure++) {
                similarity(e, measure, 3, matrix);
                similarity(said.e, measure, 3, expected);
                for (size_t k = 0; k < 9; k++)
                    assert_true(matrix[k] == expected[k] || (is_nan(matrix[k]) && is_nan(expected[k])));
            }
            ensemble_destroy(e);
            forget(&said);
            free(copy);
            free(values);
        }
}

/* It leads nowhere; a size that wraps is not added to an address (which sanitizers see). */
TEST(test_the_distance_between_the_rows_of_one_row)
{
    double *values = random_values(3 * 40, 3), near[9], far[9];
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 3, 1, 40);

    for (int32_t measure = CORRELATION; measure <= AGREEMENT; measure++) {
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(ensemble_set_model_output(said.e, i, output_of(&said, i), ENSEMBLE_F64, 1, 0), 0);
        similarity(said.e, measure, 3, near);
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(
                ensemble_set_model_output(said.e, i, output_of(&said, i), ENSEMBLE_F64, 1, SIZE_MAX - i), 0);
        similarity(said.e, measure, 3, far);
        assert_memory_equal(far, near, sizeof near);
    }
    forget(&said);
    free(values);
}

/*
 * As many models as a handle can have, and a matrix that no memory has. Few machines hold such a handle, so a copy of
 * one says that it has so many.
 */
TEST(test_a_matrix_that_no_memory_has)
{
    const double value = 1;
    struct ensemble *e = ensemble_of(1), many;
    struct ens_inputs inputs;
    struct ens_fault fault;
    double matrix[1];

    add(e, &value, ENSEMBLE_F64, 1);
    assert_int_equal(ens_inputs_take_bound(&inputs, e, 1, &fault), 0);
    many = *e;
    many.n_models = INT32_MAX;
    poison(matrix, sizeof matrix);
    for (int32_t measure = CORRELATION; measure <= DIFFERENCE; measure++)
        assert_int_equal(ens_similar(&inputs, &many, measure, matrix), ENSEMBLE_EOVERFLOW);
    assert_poisoned(matrix, sizeof matrix);
    assert_int_equal(ens_similar(&inputs, e, DIFFERENCE, matrix), 0);
    assert_true(matrix[0] == 0);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_correlation_is_beyond_1),
        cmocka_unit_test(test_the_last_model_can_be_taken_out),
        cmocka_unit_test(test_a_missing_model_leaves_no_row_out),
        cmocka_unit_test(test_a_nan_agrees_with_nobody),
        cmocka_unit_test(test_the_distance_between_the_rows_of_one_row),
        cmocka_unit_test(test_doubles_at_any_address),
        cmocka_unit_test(test_a_matrix_that_no_memory_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
