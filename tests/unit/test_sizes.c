/* SPDX-License-Identifier: MIT */
/* Numbers of classes, columns and models near the ends of their types: an error, and nothing is touched. */
#include "support.h"

static const size_t many = (size_t)PTRDIFF_MAX;

TEST(test_a_map_of_too_many_columns_or_classes)
{
    const int32_t map[] = {0, 1};
    struct ensemble *e = ensemble_of(2), *wide = ensemble_of((size_t)INT32_MAX + 1);

    add(e, NULL, ENSEMBLE_F32, 0);
    add(wide, NULL, ENSEMBLE_F32, 0);
    assert_int_equal(ensemble_set_class_map(e, 0, map, (size_t)INT32_MAX + 1), ENSEMBLE_EMAP);
    assert_int_equal(ensemble_set_class_map(e, 0, map, many), ENSEMBLE_EMAP);
    assert_int_equal(ensemble_set_class_map(e, 0, map, SIZE_MAX), ENSEMBLE_EMAP);
    assert_int_equal(ensemble_set_class_map(wide, 0, map, 2), ENSEMBLE_EMAP);
    ensemble_destroy(wide);
    ensemble_destroy(e);
}

TEST(test_class_weights_of_too_many_classes)
{
    const size_t widths[] = {many / 10 / 2, many / sizeof(double)};
    const double weight = 1;

    for (size_t i = 0; i < LENGTH(widths); i++) {
        struct ensemble *e = ensemble_of(widths[i]);

        add(e, NULL, ENSEMBLE_F32, 0);
        add(e, NULL, ENSEMBLE_F32, 0);
        assert_int_equal(ensemble_set_class_weights(e, &weight, 2, widths[i]), ENSEMBLE_EOVERFLOW);
        ensemble_destroy(e);
    }
}

TEST(test_a_report_of_too_many_classes)
{
    struct ensemble *e = ensemble_of((size_t)INT32_MAX + 1);
    int32_t label;

    add(e, NULL, ENSEMBLE_F32, 0);
    assert_int_equal(ensemble_measure(e, ENSEMBLE_MEASURE_LABEL, &label, ENSEMBLE_I32, 0), ENSEMBLE_EOVERFLOW);
    ensemble_destroy(e);
}

/* Labels take no room for classes, so that there can be more rows than the numbers for them have room for. */
static void assert_too_many(size_t rows, size_t width, struct ensemble_report report)
{
    static const int32_t labels[2];
    struct ensemble *e = ensemble_of(width);
    struct ensemble_call call = {.struct_size = sizeof call, .report = &report};

    add(e, labels, ENSEMBLE_I32, rows);
    add(e, labels, ENSEMBLE_I32, rows);
    report.struct_size = sizeof report;
    report.rows = rows;
    report.width = width;
    report.models = 2;
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_VOTE), 0);
    assert_int_equal(ensemble_run(e, &call), ENSEMBLE_EOVERFLOW);
    ensemble_destroy(e);
}

TEST(test_a_report_of_too_many_numbers)
{
    double number = 7;
    int32_t label = 7;

    assert_too_many(many / 2 / sizeof label, 3, (struct ensemble_report){.contribution = &number});
    assert_too_many(many / 2 / sizeof label, 3, (struct ensemble_report){.variance = &number});
    assert_too_many(many / 2 / sizeof label, 3,
                    (struct ensemble_report){.top = 1, .top_labels = &label, .top_values = &number});
    assert_true(number == 7 && label == 7);
}

TEST(test_a_measure_of_too_many_numbers)
{
    static const int32_t labels[2];
    const size_t rows = many / 2 / sizeof *labels;
    const size_t widths[] = {3, (size_t)INT32_MAX};
    double number = 7;

    for (size_t i = 0; i < LENGTH(widths); i++) {
        struct ensemble *e = ensemble_of(widths[i]);

        add(e, labels, ENSEMBLE_I32, rows);
        assert_int_equal(ensemble_set_method(e, ENSEMBLE_VOTE), 0);
        assert_int_equal(ensemble_measure(e, ENSEMBLE_MEASURE_VARIANCE, &number, ENSEMBLE_F64, 1), ENSEMBLE_EOVERFLOW);
        assert_true(number == 7);
        ensemble_destroy(e);
    }
}

/* Where there are no rows, nothing is written, and no room for it is needed. */
TEST(test_a_measure_of_no_rows)
{
    struct ensemble *e = ensemble_of(3);
    int32_t label = 7;

    add(e, NULL, ENSEMBLE_F32, 0);
    assert_int_equal(ensemble_measure(e, ENSEMBLE_MEASURE_LABEL, NULL, ENSEMBLE_I32, 0), 0);
    assert_int_equal(ensemble_measure(e, ENSEMBLE_MEASURE_LABEL, &label, ENSEMBLE_I32, 0), 0);
    assert_int_equal(label, 7);
    ensemble_destroy(e);
    e = example();
    assert_int_equal(ensemble_measure(e, ENSEMBLE_MEASURE_LABEL, NULL, ENSEMBLE_I32, 1), ENSEMBLE_ENULL);
    ensemble_destroy(e);
}

TEST(test_row_weights_whose_number_wraps)
{
    struct ensemble *e = example();
    const float weight = 1;

    assert_int_equal(ensemble_set_row_weights(e, NULL, 1, 3), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_set_row_weights(e, &weight, SIZE_MAX / 2, 3), ENSEMBLE_EOVERFLOW);
    assert_example(e);
    ensemble_destroy(e);
}

/* A loop, a report and settings without a handle. */
TEST(test_no_handle)
{
    assert_int_equal(ensemble_set_parallel(NULL, NULL, NULL), ENSEMBLE_ENULL);
}

/* A result that is not there has no elements. */
TEST(test_a_report_without_a_result_has_no_count)
{
    struct ensemble *e = example();
    int32_t label = -1;
    struct ensemble_report report = {.struct_size = sizeof report, .rows = 1, .label = &label};
    struct ensemble_call call = {.struct_size = sizeof call, .report = &report, .result_count = 3};

    assert_int_equal(ensemble_run(e, &call), ENSEMBLE_ENULL);
    assert_int_equal(label, -1);
    call.result_count = 0;
    assert_int_equal(ensemble_run(e, &call), 0);
    assert_int_equal(label, 2);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_map_of_too_many_columns_or_classes),
        cmocka_unit_test(test_class_weights_of_too_many_classes),
        cmocka_unit_test(test_a_report_of_too_many_classes),
        cmocka_unit_test(test_a_report_of_too_many_numbers),
        cmocka_unit_test(test_a_measure_of_too_many_numbers),
        cmocka_unit_test(test_a_measure_of_no_rows),
        cmocka_unit_test(test_row_weights_whose_number_wraps),
        cmocka_unit_test(test_no_handle),
        cmocka_unit_test(test_a_report_without_a_result_has_no_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
