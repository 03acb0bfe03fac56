/* SPDX-License-Identifier: MIT */
/*
 * Many short rows are reported at once, and a single row is not. So the report of many rows is that of each row alone,
 * bit for bit, whatever is asked for: with rows that have no answer, models that are missing or of weight 0, and NaN
 * that are left out. Combined rows are written besides, to any dtype and address.
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

/* Classes in another order. */
static void classes_of_its_own(struct trial *t)
{
    int32_t map[64];

    assert_true(t->width <= LENGTH(map));
    for (size_t j = 0; j < t->width; j++)
        map[j] = (int32_t)((j + 1) % t->width);
    assert_int_equal(ensemble_set_class_map(t->e, 1, map, t->width), 0);
}

static void no_weight(struct trial *t)
{
    memset(t->weights, 0, sizeof t->weights);
    assert_int_equal(ensemble_set_weights(t->e, t->weights, t->n), 0);
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

static const struct {
    size_t n, rows, width;
} sizes[] = {{6, 75, 10}, {3, 70, 1}, {5, 40, 32}, {17, 35, 3}, {2, 33, 24}, {4, 9, 33}};

static void try(int32_t method, int32_t space, enum weighing weighing, changes *change)
{
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

TEST(test_rows_with_classes_of_a_model_s_own)
{
    try(ENSEMBLE_MEAN, ENSEMBLE_PROBABILITIES, UNEVEN, classes_of_its_own);
    try(ENSEMBLE_GEOMETRIC, ENSEMBLE_PROBABILITIES, EVEN, classes_of_its_own);
}

/* More models than there is room to remember of whether they have a NaN. */
TEST(test_rows_of_very_many_models_with_nan_left_out)
{
    struct trial t = {.method = ENSEMBLE_MEAN, .space = ENSEMBLE_PROBABILITIES, .weighing = UNEVEN, .n = MOST_MODELS,
                      .rows = 40, .width = 3, .dtype = ENSEMBLE_F32, .result = ENSEMBLE_F32, .seed = 1};

    assert_true(begin_trial(&t));
    some_nan_are_left_out(&t);
    check_rows(&t, fields_of(&t));
    check_rows(&t, fields_of(&t) & ~(REASONS | FIELD(VOTE_DISAGREEMENT)));
    end_trial(&t);
}

/* Of one row or of many: why there is no answer in any of them. */
static void assert_no_answers(const struct trial *t, unsigned fields, int32_t fault)
{
    struct told told = hear_trial(t, fields | WHO | FIELD(LABEL));

    check_rows(t, fields | WHO | FIELD(LABEL));
    for (size_t row = 0; row < t->rows; row++) {
        assert_int_equal(told.report.row_fault[row], fault);
        assert_int_equal(told.report.label[row], -1);
    }
    end_told(&told);
}

TEST(test_rows_in_which_nobody_takes_part)
{
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        struct trial t = {.method = ENSEMBLE_SUM, .space = ENSEMBLE_PROBABILITIES, .n = sizes[i].n,
                          .rows = sizes[i].rows, .width = sizes[i].width, .dtype = ENSEMBLE_F32,
                          .result = ENSEMBLE_F32, .seed = i};

        assert_true(begin_trial(&t));
        no_weight(&t);
        assert_no_answers(&t, FIELD(CONFIDENCE) | FIELD(MARGIN) | TOP, ENSEMBLE_ROW_NOBODY);
        assert_no_answers(&t, REASONS, ENSEMBLE_ROW_NOBODY);
        end_trial(&t);
    }
}

/* What is left without the third model is so little that its factors are no numbers. */
TEST(test_rows_in_which_what_is_left_cannot_be_scaled)
{
    const double weights[] = {1e200, -(1 - 0x1p-40) * 1e200, 1e300};
    struct trial t = {.method = ENSEMBLE_SUM, .space = ENSEMBLE_AS_IS, .n = 3, .rows = 9, .width = 4,
                      .dtype = ENSEMBLE_F64, .result = ENSEMBLE_F64, .seed = 3};

    assert_true(begin_trial(&t));
    assert_int_equal(ensemble_set_weights(t.e, weights, 3), 0);
    a_model_is_missing(&t);
    assert_no_answers(&t, FIELD(CONFIDENCE) | FIELD(MARGIN) | TOP, ENSEMBLE_ROW_WEIGHT);
    assert_int_equal(ensemble_set_missing_policy(t.e, ENSEMBLE_LEAVE_OUT_MISSING | ENSEMBLE_LEAVE_OUT_NAN, 0), 0);
    assert_no_answers(&t, FIELD(CONFIDENCE) | FIELD(MARGIN) | TOP, ENSEMBLE_ROW_WEIGHT);
    end_trial(&t);
}

/* Products do not mind weights whose sum is infinite; but nothing is a share of it. */
TEST(test_rows_of_infinite_weight)
{
    const double weights[] = {1e308, 1e308, 1};
    struct trial t = {.method = ENSEMBLE_PRODUCT, .space = ENSEMBLE_PROBABILITIES, .n = 3, .rows = 9, .width = 4,
                      .dtype = ENSEMBLE_F32, .result = ENSEMBLE_F32, .seed = 4};
    const int32_t policies[] = {0, ENSEMBLE_LEAVE_OUT_NAN};

    assert_true(begin_trial(&t));
    assert_int_equal(ensemble_set_weights(t.e, weights, 3), 0);
    a_model_is_missing(&t);
    for (size_t i = 0; i < LENGTH(policies); i++) {
        struct told told;

        assert_int_equal(ensemble_set_missing_policy(t.e, ENSEMBLE_LEAVE_OUT_MISSING | policies[i], 0), 0);
        check_rows(&t, FIELD(ENTROPY) | FIELD(LABEL) | WHO);
        told = hear_trial(&t, FIELD(ENTROPY) | FIELD(LABEL));
        for (size_t row = 0; row < t.rows; row++)
            assert_true(told.report.label[row] >= 0 && is_nan(told.report.entropy[row]));
        end_told(&told);
    }
    end_trial(&t);
}

/* A model whose part of the weight is too small for a double contributes 0, and not -0, to negative numbers. */
TEST(test_rows_with_a_model_whose_share_is_0)
{
    const double weights[] = {1e-300, 1e300, 1e299}, negative = -2;
    struct trial t = {.method = ENSEMBLE_MEAN, .space = ENSEMBLE_AS_IS, .n = 3, .rows = 9, .width = 4,
                      .dtype = ENSEMBLE_F64, .result = ENSEMBLE_F64, .seed = 5};
    struct told told;

    assert_true(begin_trial(&t));
    for (size_t i = 0; i < t.rows * t.width; i++)
        put_number(trial_output(&t, 0) + i * sizeof(double), ENSEMBLE_F64, negative);
    assert_int_equal(ensemble_set_weights(t.e, weights, 3), 0);
    check_rows(&t, REASONS | FIELD(LABEL));
    told = hear_trial(&t, FIELD(CONTRIBUTION));
    for (size_t row = 0; row < t.rows; row++)
        assert_true(told.report.contribution[3 * row] == 0 && !signbit(told.report.contribution[3 * row]));
    end_told(&told);
    end_trial(&t);
}

/* What a call with a report writes is what it writes without one, and the report is that of a call without a result. */
static void check_result(const struct trial *t, size_t offset, size_t gap)
{
    const unsigned fields = fields_of(t);
    const size_t size = bytes_of(t->result), stride = t->width + gap, row = t->width * size;
    const size_t count = (t->rows - 1) * stride + t->width;
    unsigned char *memory = malloc(2 * count * size + 16), *result = memory + offset;
    unsigned char *expected = memory + count * size + 16;
    struct told alone = hear_trial(t, fields), told = told_of(fields, t->rows, t->width, t->n, alone.report.top);
    struct ensemble_call call = asking(&told, t->result);

    assert_non_null(memory);
    poison(memory, 2 * count * size + 16);
    call.result = result;
    call.result_count = count;
    call.result_stride = stride;
    assert_int_equal(ensemble_run(t->e, &call), 0);
    assert_guarded(&told);
    assert_same_told(&told, 0, &alone, EVERYTHING);
    assert_int_equal(ensemble_combine(t->e, expected, t->result, t->rows * t->width), 0);
    for (size_t i = 0; i < t->rows; i++) {
        assert_memory_equal(result + i * stride * size, expected + i * row, row);
        if (i + 1 < t->rows)
            assert_poisoned(result + i * stride * size + row, gap * size);
    }
    assert_poisoned(memory, offset);
    assert_poisoned(result + count * size, 16 - offset);
    end_told(&told);
    end_told(&alone);
    free(memory);
}

TEST(test_rows_are_written_to_any_dtype_and_address)
{
    const int32_t methods[] = {ENSEMBLE_MEAN, ENSEMBLE_GEOMETRIC, ENSEMBLE_PRODUCT};

    for (size_t i = 0; i < LENGTH(sizes) * LENGTH(methods); i++)
        for (size_t d = 0; d < LENGTH(number_dtypes) * LENGTH(number_dtypes); d++) {
            struct trial t = {.method = methods[i / LENGTH(sizes)], .space = ENSEMBLE_PROBABILITIES, .weighing = UNEVEN,
                              .dtype = number_dtypes[d % 4], .result = number_dtypes[d / 4], .seed = i + 100};

            t.n = sizes[i % LENGTH(sizes)].n;
            t.rows = sizes[i % LENGTH(sizes)].rows;
            t.width = sizes[i % LENGTH(sizes)].width;
            assert_true(begin_trial(&t));
            check_result(&t, 0, 0);
            check_result(&t, 1, 0);
            check_result(&t, 2, 3);
            end_trial(&t);
        }
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
        cmocka_unit_test(test_rows_with_classes_of_a_model_s_own),
        cmocka_unit_test(test_rows_of_very_many_models_with_nan_left_out),
        cmocka_unit_test(test_rows_in_which_nobody_takes_part),
        cmocka_unit_test(test_rows_in_which_what_is_left_cannot_be_scaled),
        cmocka_unit_test(test_rows_of_infinite_weight),
        cmocka_unit_test(test_rows_with_a_model_whose_share_is_0),
        cmocka_unit_test(test_rows_are_written_to_any_dtype_and_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
