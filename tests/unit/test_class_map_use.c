/* SPDX-License-Identifier: MIT */
/* Setting class maps and taking them back, their faults, strides, labels, votes, ranks and the place of the result. */
#include "mapped.h"

#define NOT ((double)NAN)

TEST(test_faults_of_class_maps)
{
    const int32_t map[] = {0, 1, 2}, too_high[] = {0, 3}, too_low[] = {-2, 0}, twice[] = {1, 0, 1}, none[] = {-1, -1};
    const int32_t extreme[] = {INT32_MAX, INT32_MIN};
    struct ensemble *e = example(), *empty = ensemble_of(3);

    assert_int_equal(ensemble_set_class_map(NULL, 0, map, 3), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_set_class_map(NULL, 0, NULL, 0), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_set_class_map(e, 0, NULL, 3), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_set_class_map(e, 3, map, 3), ENSEMBLE_EMODEL);
    assert_int_equal(ensemble_set_class_map(e, SIZE_MAX, map, 3), ENSEMBLE_EMODEL);
    assert_int_equal(ensemble_set_class_map(empty, 0, map, 3), ENSEMBLE_EMODEL);
    assert_int_equal(ensemble_set_class_map(e, 0, too_high, 2), ENSEMBLE_EMAP);
    assert_int_equal(ensemble_set_class_map(e, 0, too_low, 2), ENSEMBLE_EMAP);
    assert_int_equal(ensemble_set_class_map(e, 0, twice, 3), ENSEMBLE_EMAP);
    assert_int_equal(ensemble_set_class_map(e, 0, none, 2), ENSEMBLE_EMAP);
    assert_int_equal(ensemble_set_class_map(e, 0, map, 0), ENSEMBLE_EMAP);
    assert_int_equal(ensemble_set_class_map(e, 0, extreme, 1), ENSEMBLE_EMAP);
    assert_int_equal(ensemble_set_class_map(e, 0, extreme + 1, 1), ENSEMBLE_EMAP);
    assert_example(e);
    ensemble_destroy(e);
    ensemble_destroy(empty);
}

/* A fault keeps the map that was there. */
TEST(test_faults_of_class_maps_keep_the_map)
{
    const double values[] = {1, 2}, expected[] = {2, 0, 1};
    const int32_t map[] = {2, 0}, wrong[] = {2, 2};
    struct mapped mapped = mapped_of(ENSEMBLE_SUM, ENSEMBLE_F32, 3);

    add_mapped(&mapped, values, 1, map, 2);
    assert_int_equal(ensemble_set_class_map(mapped.e, 0, wrong, 2), ENSEMBLE_EMAP);
    assert_int_equal(ensemble_set_class_map(mapped.e, 0, NULL, 1), ENSEMBLE_ENULL);
    assert_result(mapped.e, ENSEMBLE_F32, expected, 3, 0);
    forget_mapped(&mapped);
}

TEST(test_class_maps_are_copied)
{
    const double values[] = {1, 2}, expected[] = {2, 0, 1};
    int32_t map[] = {2, 0};
    struct mapped mapped = mapped_of(ENSEMBLE_SUM, ENSEMBLE_F32, 3);

    add_mapped(&mapped, values, 1, map, 2);
    poison(map, sizeof map);
    assert_result(mapped.e, ENSEMBLE_F32, expected, 3, 0);
    forget_mapped(&mapped);
}

/* What is bound stays bound: six numbers are three rows of two, or two of three. */
TEST(test_a_bound_output_is_read_by_the_map_of_the_day)
{
    const float numbers[] = {1, 2, 3, 4, 5, 6};
    const double two_columns[] = {0, 1, 2, 0, 3, 4, 0, 5, 6}, reversed[] = {3, 2, 1, 6, 5, 4};
    const double plain[] = {1, 2, 3, 4, 5, 6};
    const int32_t two[] = {1, 2}, backwards[] = {2, 1, 0};
    struct ensemble *e = ensemble_of(3);

    add(e, NULL, ENSEMBLE_F32, 3);
    assert_int_equal(ensemble_set_class_map(e, 0, two, 2), 0);
    assert_int_equal(ensemble_set_model_output(e, 0, numbers, ENSEMBLE_F32, 3, 0), 0);
    assert_result(e, ENSEMBLE_F32, two_columns, 9, 0);
    assert_int_equal(ensemble_set_model_output(e, 0, numbers, ENSEMBLE_F32, 2, 0), 0);
    assert_int_equal(ensemble_set_class_map(e, 0, backwards, 3), 0);
    assert_result(e, ENSEMBLE_F32, reversed, 6, 0);
    assert_int_equal(ensemble_set_class_map(e, 0, NULL, 0), 0);
    assert_result(e, ENSEMBLE_F32, plain, 6, 0);
    assert_int_equal(ensemble_set_class_map(e, 0, NULL, 0), 0); /* a second time: nothing to do */
    assert_result(e, ENSEMBLE_F32, plain, 6, 0);
    ensemble_destroy(e);
}

/* The number of a model's columns stands in place of the width, in strides and in their faults. */
TEST(test_strides_with_class_maps)
{
    const float nan = (float)NAN, numbers[] = {1, 2, nan, nan, 3, 4, nan, nan, 5, 6};
    const double expected[] = {2, 0, 1, 4, 0, 3, 6, 0, 5};
    const int32_t map[] = {2, 0}, three[] = {2, 0, 1}, five[] = {2, 0, -1, -1, -1};
    struct ensemble *e = ensemble_of(3);

    add(e, NULL, ENSEMBLE_F32, 3);
    assert_int_equal(ensemble_set_model_output(e, 0, numbers, ENSEMBLE_F32, 3, 2), ENSEMBLE_ESTRIDE);
    assert_int_equal(ensemble_set_class_map(e, 0, map, 2), 0);
    assert_int_equal(ensemble_set_model_output(e, 0, numbers, ENSEMBLE_F32, 3, 1), ENSEMBLE_ESTRIDE);
    assert_int_equal(ensemble_set_model_output(e, 0, numbers, ENSEMBLE_F32, 3, 4), 0);
    assert_result(e, ENSEMBLE_F32, expected, 9, 0);
    assert_int_equal(ensemble_set_class_map(e, 0, five, 5), ENSEMBLE_ESTRIDE);
    assert_result(e, ENSEMBLE_F32, expected, 9, 0);
    assert_int_equal(ensemble_set_model_output(e, 0, numbers, ENSEMBLE_F32, 2, 2), 0);
    assert_int_equal(ensemble_set_class_map(e, 0, three, 3), ENSEMBLE_ESTRIDE);
    assert_int_equal(ensemble_set_class_map(e, 0, NULL, 0), ENSEMBLE_ESTRIDE);
    assert_int_equal(ensemble_set_model_output(e, 0, numbers, ENSEMBLE_F32, 3, 4), 0);
    assert_result(e, ENSEMBLE_F32, expected, 9, 0);
    ensemble_destroy(e);
}

TEST(test_a_map_that_makes_the_bound_output_too_large_is_an_error)
{
    const size_t rows = (size_t)PTRDIFF_MAX / 4 / 2;
    const int32_t map[] = {0, -1, -1};
    struct ensemble *e = ensemble_of(2);

    add(e, NULL, ENSEMBLE_F32, rows);
    assert_int_equal(ensemble_set_class_map(e, 0, map, 3), ENSEMBLE_EOVERFLOW);
    assert_int_equal(ensemble_set_class_map(e, 0, map, 2), 0);
    ensemble_destroy(e);
}

TEST(test_outputs_of_a_call_are_read_by_the_map)
{
    const float a[] = {1, 2, 3, 4}, b[] = {10, 20, 30, 40, 50, 60};
    const float expected[] = {12, 20, 31, 44, 50, 63};
    const int32_t map[] = {2, 0};
    const double ones[] = {1, 1};
    struct ensemble *e = ensemble_of(3);
    float y[6];
    struct ensemble_output outputs[] = {{a, 2, 0, ENSEMBLE_F32, 0}, {b, 2, 0, ENSEMBLE_F32, 0}};
    const struct ensemble_call call = {.struct_size = sizeof call,
                                       .output_size = sizeof *outputs,
                                       .outputs = outputs,
                                       .n_outputs = 2,
                                       .result = y,
                                       .result_count = 6,
                                       .dtype = ENSEMBLE_F32};

    add(e, NULL, ENSEMBLE_F32, 1);
    add(e, NULL, ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_set_weights(e, ones, 2), 0);
    assert_int_equal(ensemble_set_class_map(e, 0, map, 2), 0);
    assert_int_equal(ensemble_run(e, &call), 0);
    assert_memory_equal(y, expected, sizeof y);
    outputs[0].row_stride = 1;
    assert_int_equal(ensemble_run(e, &call), ENSEMBLE_ESTRIDE);
    outputs[0].row_stride = 2;
    outputs[1].row_stride = 2; /* this model has no map */
    assert_int_equal(ensemble_run(e, &call), ENSEMBLE_ESTRIDE);
    ensemble_destroy(e);
}

/* A label is a column: what is no column is no label, and a column that is no class of the ensemble is none either. */
TEST(test_labels_are_mapped)
{
    const int32_t labels[] = {0, 1, 2, 3, 4, 5, 6, 7}, map[] = {3, 1, -1};
    const double expected[] = {0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    struct ensemble *e = ensemble_of(8);
    double y[64];

    add(e, labels, ENSEMBLE_I32, 8);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_VOTE), 0);
    assert_int_equal(ensemble_set_class_map(e, 0, map, 3), 0);
    combine_to(e, ENSEMBLE_F32, y, 64);
    assert_values(y, expected, 16, 0);
    for (size_t i = 16; i < 64; i++)
        assert_true(is_nan(y[i]));
    ensemble_destroy(e);
}

/* The largest value among classes of the ensemble; of equal ones that of its lowest class, not of the first column. */
TEST(test_votes_with_class_maps)
{
    const double values[] = {9, 1, 2, 3, 1, 5, 2, 5}, expected[] = {1, 0, 0, 1, 0, 0};
    const int32_t map[] = {-1, 2, 1, 0};

    for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
        struct mapped mapped = mapped_of(ENSEMBLE_VOTE, number_dtypes[i], 3);

        add_mapped(&mapped, values, 2, map, 4);
        assert_result(mapped.e, ENSEMBLE_F32, expected, 6, 0);
        assert_result(mapped.e, ENSEMBLE_F64, expected, 6, 0);
        forget_mapped(&mapped);
    }
}

/* An absent class has the number 0, or -infinity among logarithms, and its rank; left out, it has none. */
TEST(test_ranks_with_class_maps)
{
    const double values[] = {99, 7, 5, 6}, expected[] = {1, 2, 4, 3}, left_out[] = {NOT, 1, 3, 2};
    const double logarithms[] = {9, -.5, -2, -1};
    const int32_t map[] = {-1, 2, 1, 3};

    for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
        struct mapped mapped = mapped_of(ENSEMBLE_RANK, number_dtypes[i], 4);

        add_mapped(&mapped, values, 1, map, 4);
        assert_result(mapped.e, ENSEMBLE_F32, expected, 4, 0);
        assert_int_equal(ensemble_set_missing_policy(mapped.e, ENSEMBLE_LEAVE_OUT_ABSENT, 0), 0);
        assert_result(mapped.e, ENSEMBLE_F32, left_out, 4, 0);
        forget_mapped(&mapped);
        mapped = mapped_of(ENSEMBLE_RANK, number_dtypes[i], 4);
        add_mapped(&mapped, logarithms, 1, map, 4);
        assert_int_equal(ensemble_set_input(mapped.e, 0, ENSEMBLE_LOG_PROBABILITIES, 0), 0);
        assert_result(mapped.e, ENSEMBLE_F32, expected, 4, 0);
        forget_mapped(&mapped);
    }
}

/* Source: docs/methods.md: one model knows A, B and C, the other one B only. */
TEST(test_ranks_of_two_models_of_different_label_sets)
{
    const double a[] = {.2, .3, .5}, b[] = {1}, zero[] = {1.25, 2.5, 2.25}, left_out[] = {1, 1.5, 3};
    const int32_t a_map[] = {0, 1, 2}, b_map[] = {1};
    struct mapped mapped = mapped_of(ENSEMBLE_RANK, ENSEMBLE_F32, 3);

    add_mapped(&mapped, a, 1, a_map, 3);
    add_mapped(&mapped, b, 1, b_map, 1);
    assert_result(mapped.e, ENSEMBLE_F32, zero, 3, 0);
    assert_int_equal(ensemble_set_missing_policy(mapped.e, ENSEMBLE_LEAVE_OUT_ABSENT, 0), 0);
    assert_result(mapped.e, ENSEMBLE_F32, left_out, 3, 0);
    forget_mapped(&mapped);
}

/* Weights are those of the ensemble's classes, not of the model's columns. */
TEST(test_class_weights_with_class_maps)
{
    const double values[] = {3, 5}, other[] = {1, 1, 1}, weights[] = {2, 7, 4, 1, 1, 1}, expected[] = {11, 1, 13};
    const int32_t map[] = {2, 0}, all[] = {0, 1, 2};
    struct mapped mapped = mapped_of(ENSEMBLE_SUM, ENSEMBLE_F32, 3);

    add_mapped(&mapped, values, 1, map, 2);
    add_mapped(&mapped, other, 1, all, 3);
    assert_int_equal(ensemble_set_class_weights(mapped.e, weights, 2, 3), 0);
    assert_result(mapped.e, ENSEMBLE_F32, expected, 3, 0);
    forget_mapped(&mapped);
}

/* With row weights, and in ranges of rows: the map holds for every row. */
TEST(test_row_weights_and_ranges_with_class_maps)
{
    const double values[] = {1, 2, 3, 4, 5, 6}, other[] = {10, 10, 10, 20, 20, 20, 30, 30, 30};
    const int32_t map[] = {2, 0}, all[] = {0, 1, 2};
    const float weights[] = {1, 1, 0, 1, 2, 0}, expected[] = {12, 10, 11, 20, 20, 20, 12, 0, 10};
    struct mapped mapped = mapped_of(ENSEMBLE_SUM, ENSEMBLE_F32, 3);
    float y[9];

    add_mapped(&mapped, values, 3, map, 2);
    add_mapped(&mapped, other, 3, all, 3);
    assert_int_equal(ensemble_set_row_weights(mapped.e, weights, 3, 2), 0);
    for (size_t begin = 0; begin < 3; begin++) {
        const struct ensemble_call call = {
            .struct_size = sizeof call, .row_begin = begin, .result = y, .result_count = 9, .dtype = ENSEMBLE_F32};

        assert_int_equal(ensemble_run(mapped.e, &call), 0);
        assert_memory_equal(y, expected + 3 * begin, 3 * (3 - begin) * sizeof *y);
    }
    forget_mapped(&mapped);
}

/* A row would be written before it has been read to its end. */
TEST(test_a_result_cannot_replace_an_output_with_a_map)
{
    const size_t width = 300;
    double values[300];
    int32_t map[300];
    struct mapped mapped = mapped_of(ENSEMBLE_SUM, ENSEMBLE_F32, width);

    for (size_t i = 0; i < width; i++) {
        values[i] = (double)i;
        map[i] = (int32_t)(width - 1 - i);
    }
    add_mapped(&mapped, values, 1, map, width);
    assert_int_equal(ensemble_combine(mapped.e, mapped.data[0], ENSEMBLE_F32, width), ENSEMBLE_EOVERLAP);
    for (size_t i = 0; i < width; i++)
        assert_true(((float *)mapped.data[0])[i] == (float)i);
    forget_mapped(&mapped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults_of_class_maps),
        cmocka_unit_test(test_faults_of_class_maps_keep_the_map),
        cmocka_unit_test(test_class_maps_are_copied),
        cmocka_unit_test(test_a_bound_output_is_read_by_the_map_of_the_day),
        cmocka_unit_test(test_strides_with_class_maps),
        cmocka_unit_test(test_a_map_that_makes_the_bound_output_too_large_is_an_error),
        cmocka_unit_test(test_outputs_of_a_call_are_read_by_the_map),
        cmocka_unit_test(test_labels_are_mapped),
        cmocka_unit_test(test_votes_with_class_maps),
        cmocka_unit_test(test_ranks_with_class_maps),
        cmocka_unit_test(test_ranks_of_two_models_of_different_label_sets),
        cmocka_unit_test(test_class_weights_with_class_maps),
        cmocka_unit_test(test_row_weights_and_ranges_with_class_maps),
        cmocka_unit_test(test_a_result_cannot_replace_an_output_with_a_map),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
