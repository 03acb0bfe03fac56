/* SPDX-License-Identifier: MIT */
/*
 * Many short rows are reported at once, and a single row is not. So the report of many rows is that of each row alone,
 * bit for bit, whatever is asked for: with rows that have no answer, models that are missing or of weight 0, and NaN
 * that are left out.
 */
#include "report.h"

/* What is done to a trial before it is asked. */
typedef void changes(struct trial *t);

static void put_nan(struct trial *t, size_t model, size_t row, size_t column)
{
    put_number(trial_output(t, model) + (row * t->width + column) * bytes_of(t->dtype), t->dtype, (double)NAN);
}

static void nothing(struct trial *t)
{
    (void)t;
}

/* In every 7th row, so that some blocks of rows have none, where rows are few. */
static void some_nan(struct trial *t)
{
    for (size_t row = 3; row < t->rows; row += 7)
        put_nan(t, row % t->n, row, row % t->width);
}

static void one_nan_is_left_out(struct trial *t)
{
    put_nan(t, t->n - 1, t->rows / 2, 0);
    assert_int_equal(ensemble_set_missing_policy(t->e, ENSEMBLE_LEAVE_OUT_NAN, .1), 0);
}

static void some_nan_are_left_out(struct trial *t)
{
    some_nan(t);
    assert_int_equal(ensemble_set_missing_policy(t->e, ENSEMBLE_LEAVE_OUT_NAN, .4), 0);
}

static void a_model_is_missing(struct trial *t)
{
    assert_int_equal(ensemble_set_model_output(t->e, t->n - 1, NULL, t->dtype, t->rows, 0), 0);
    assert_int_equal(ensemble_set_missing_policy(t->e, ENSEMBLE_LEAVE_OUT_MISSING, 0), 0);
}

/* Zeros of both signs, equal rows, and rows of nothing at all. */
static void zeros(struct trial *t)
{
    for (size_t row = 0; row < t->rows; row += 3)
        for (size_t model = 0; model < t->n; model++)
            for (size_t j = 0; j < t->width; j++)
                put_number(trial_output(t, model) + (row * t->width + j) * bytes_of(t->dtype), t->dtype,
                           row % 2 ? 0 : (j + model + row) % 3 ? 0.0 : -0.0);
}

static void check_rows(const struct trial *t, unsigned fields)
{
    struct told all = hear_trial(t, fields);

    for (size_t row = 0; row < t->rows; row++) {
        struct told alone = told_of(fields, 1, t->width, t->n, all.report.top);
        struct ensemble_call call = asking(&alone, t->result);

        call.row_begin = row;
        call.row_count = 1;
        assert_int_equal(ensemble_run(t->e, &call), 0);
        assert_same_told(&all, row, &alone, EVERYTHING);
        end_told(&alone);
    }
    end_told(&all);
}

static void try(int32_t method, int32_t space, enum weighing weighing, changes *change)
{
    static const struct {
        size_t n, rows, width;
    } sizes[] = {{6, 75, 10}, {3, 70, 1}, {5, 40, 32}, {17, 35, 3}, {2, 33, 24}, {4, 9, 33}};
    const int32_t dtypes[] = {ENSEMBLE_F32, ENSEMBLE_F64, ENSEMBLE_F16, ENSEMBLE_BF16, ENSEMBLE_F32};

    for (size_t i = 0; i < LENGTH(sizes) * LENGTH(dtypes); i++) {
        struct trial t = {.method = method, .space = space, .weighing = weighing, .dtype = dtypes[i % LENGTH(dtypes)],
                          .result = i % 4 == 3 ? ENSEMBLE_F64 : ENSEMBLE_F32, .seed = i + 1,
                          .form = i % 7 == 6 ? ENSEMBLE_RESULT_LOG : ENSEMBLE_RESULT_AS_IS};
        const size_t size = i % LENGTH(sizes);
        unsigned fields;

        t.n = sizes[size].n;
        t.rows = sizes[size].rows;
        t.width = sizes[size].width;
        fields = fields_of(&t);
        assert_true(begin_trial(&t));
        change(&t);
        check_rows(&t, fields);
        check_rows(&t, fields & ~REASONS);
        check_rows(&t, fields & (FIELD(ENTROPY) | FIELD(VARIANCE) | WHO));
        check_rows(&t, fields & (FIELD(CONFIDENCE) | FIELD(FLIPS)));
        end_trial(&t);
    }
}

TEST(test_rows_are_reported_as_each_is_by_itself)
{
    try(ENSEMBLE_MEAN, ENSEMBLE_PROBABILITIES, UNEVEN, nothing);
    try(ENSEMBLE_SUM, ENSEMBLE_LOG_PROBABILITIES, EVEN, nothing);
    try(ENSEMBLE_SUM, ENSEMBLE_AS_IS, WITH_NEGATIVES, nothing);
    try(ENSEMBLE_GEOMETRIC, ENSEMBLE_PROBABILITIES, UNEVEN, nothing);
    try(ENSEMBLE_MEDIAN, ENSEMBLE_PROBABILITIES, UNEVEN, nothing);
    try(ENSEMBLE_PRODUCT, ENSEMBLE_PROBABILITIES, EVEN, nothing);
}

TEST(test_rows_with_models_of_no_weight)
{
    try(ENSEMBLE_MEAN, ENSEMBLE_PROBABILITIES, WITH_ZEROS, nothing);
    try(ENSEMBLE_MEAN, ENSEMBLE_PROBABILITIES, WITH_ZEROS, some_nan);
}

TEST(test_rows_without_an_answer_among_others)
{
    try(ENSEMBLE_MEAN, ENSEMBLE_PROBABILITIES, UNEVEN, some_nan);
    try(ENSEMBLE_MAX, ENSEMBLE_PROBABILITIES, EVEN, some_nan);
}

TEST(test_rows_that_are_equal_or_empty)
{
    try(ENSEMBLE_MEAN, ENSEMBLE_PROBABILITIES, EVEN, zeros);
    try(ENSEMBLE_GEOMETRIC, ENSEMBLE_PROBABILITIES, UNEVEN, zeros);
}

TEST(test_rows_with_nan_left_out)
{
    try(ENSEMBLE_MEAN, ENSEMBLE_PROBABILITIES, UNEVEN, one_nan_is_left_out);
    try(ENSEMBLE_SUM, ENSEMBLE_PROBABILITIES, EVEN, some_nan_are_left_out);
    try(ENSEMBLE_MEDIAN, ENSEMBLE_PROBABILITIES, EVEN, some_nan_are_left_out);
}

TEST(test_rows_with_a_model_missing)
{
    try(ENSEMBLE_MEAN, ENSEMBLE_PROBABILITIES, UNEVEN, a_model_is_missing);
    try(ENSEMBLE_MIN, ENSEMBLE_PROBABILITIES, EVEN, a_model_is_missing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_reported_as_each_is_by_itself),
        cmocka_unit_test(test_rows_with_models_of_no_weight),
        cmocka_unit_test(test_rows_without_an_answer_among_others),
        cmocka_unit_test(test_rows_that_are_equal_or_empty),
        cmocka_unit_test(test_rows_with_nan_left_out),
        cmocka_unit_test(test_rows_with_a_model_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
