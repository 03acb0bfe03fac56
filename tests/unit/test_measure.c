/* SPDX-License-Identifier: MIT */
/* ensemble_measure(): one field by its number is what a report of this field says, to the bit. */
#include "report.h"

#define FIRST_FIELD ENSEMBLE_MEASURE_LABEL
#define LAST_FIELD ENSEMBLE_MEASURE_FLIPS
#define NOT ((double)NAN)

/* Real numbers are doubles in a report, and everything else is something else. */
static int32_t dtype_of(int32_t what)
{
    return told_fields[what].bytes == sizeof(double) ? ENSEMBLE_F64 : ENSEMBLE_I32;
}

static size_t count_of(const struct said *said, int32_t what)
{
    const enum shape shape = told_fields[what].shape;

    return said->rows * (shape == PER_ROW ? 1 : shape == PER_CLASS ? said->width : said->n);
}

/* An element of a report's array is that of a measured one. */
static void assert_same_as_told(const struct told *told, int32_t what, const unsigned char *measured, size_t count)
{
    const size_t bytes = told_fields[what].bytes;

    for (size_t i = 0; i < count; i++) {
        const unsigned char *at = told->memory[what] + GUARD_BYTES + i * bytes;
        int32_t number = 0;

        if (dtype_of(what) == ENSEMBLE_F64) {
            assert_true(same_element(measured + i * sizeof(double), at, sizeof(double)));
            continue;
        }
        memcpy(&number, measured + i * sizeof number, sizeof number);
        if (bytes == 1)
            assert_int_equal(number, *at);
        else
            assert_memory_equal(&number, at, sizeof number);
    }
}

/* Measures one field, `offset` bytes behind an aligned address, and compares it. Returns 0 or the code. */
static int measure_as_told(const struct said *said, int32_t what, size_t offset)
{
    const size_t count = count_of(said, what), bytes = count * bytes_of(dtype_of(what));
    unsigned char *memory = malloc(bytes + 2 * GUARD_BYTES), *out = memory + GUARD_BYTES + offset;
    struct told told = told_of(1u << what, said->rows, said->width, said->n, 0);
    const struct ensemble_call call = asking(&told, 0);
    const int expected = ensemble_run(said->e, &call);

    assert_non_null(memory);
    poison(memory, bytes + 2 * GUARD_BYTES);
    assert_int_equal(ensemble_measure(said->e, what, out, dtype_of(what), count), expected);
    assert_poisoned(memory, GUARD_BYTES + offset);
    assert_poisoned(out + bytes, GUARD_BYTES - offset);
    if (expected)
        assert_poisoned(out, bytes);
    else
        assert_same_as_told(&told, what, out, count);
    free(memory);
    end_told(&told);
    return expected;
}

/* Every field, and all that go together once more. Returns how many there are. */
static size_t assert_measures(const struct said *said)
{
    unsigned fields = 0;
    size_t n = 0;
    struct told told;

    for (int32_t what = FIRST_FIELD; what <= LAST_FIELD; what++)
        if (measure_as_told(said, what, 0) == 0) {
            fields |= 1u << what;
            n++;
        }
    if (fields == 0)
        return 0;
    told = told_of(fields, said->rows, said->width, said->n, 0);
    ask(said->e, &told, 0);
    for (int32_t what = FIRST_FIELD; what <= LAST_FIELD; what++) {
        unsigned char *out = malloc(count_of(said, what) * sizeof(double));

        assert_non_null(out);
        if (fields >> what & 1) {
            assert_int_equal(ensemble_measure(said->e, what, out, dtype_of(what), count_of(said, what)), 0);
            assert_same_as_told(&told, what, out, count_of(said, what));
        }
        free(out);
    }
    end_told(&told);
    return n;
}

/* Probabilities, so that each field goes with some of them. */
static struct said spoken(int32_t method, int32_t dtype, size_t n, size_t rows, size_t width, uint64_t seed)
{
    double *values = malloc(n * rows * width * sizeof *values);
    struct rng rng = {seed};
    struct said said;

    assert_non_null(values);
    for (size_t row = 0; row < n * rows; row++)
        random_shares(values + row * width, width, &rng);
    said = say(method, dtype, values, n, rows, width);
    interpret(&said, ENSEMBLE_PROBABILITIES, 0);
    free(values);
    return said;
}

static const struct {
    size_t n, rows, width;
} sizes[] = {{1, 1, 1}, {3, 1, 2}, {2, 1, 10}, {4, 37, 3}, {3, 5, 129}, {2, 2, 1000}, {70, 3, 4}};

TEST(test_every_field_is_that_of_a_report_with_every_method)
{
    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++)
        for (size_t i = 0; i < LENGTH(sizes); i++) {
            const int sums = method <= ENSEMBLE_LOG_POOL || method >= ENSEMBLE_VOTE;
            const int settles = method <= ENSEMBLE_MEAN || method == ENSEMBLE_VOTE;
            struct said said = spoken(method, number_dtypes[(i + (size_t)method) % 4], sizes[i].n, sizes[i].rows,
                                      sizes[i].width, 100 * (uint64_t)method + i);

            assert_int_equal(assert_measures(&said), 16 + sums + settles);
            forget(&said);
        }
}

TEST(test_every_field_with_weights_policies_and_missing_models)
{
    const double weights[] = {.3, 0, .2, .4};
    const float gates[] = {1, 1, 1, 1, 0, 1, 2, .5f, NAN, 1, 1, 1, 0, 0, 0, 0, .25f, 1, 0, 0};

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++)
        for (int32_t policy = 0; policy < 4; policy++) {
            struct said said = spoken(method, ENSEMBLE_F32, 4, 5, 7, 7);

            put_number(said.data + (2 * 5 + 1) * 7 * sizeof(float), ENSEMBLE_F32, NOT);
            weigh(&said, weights);
            assert_int_equal(ensemble_set_missing_policy(said.e, policy, .3), 0);
            assert_true(assert_measures(&said) >= 16);
            assert_int_equal(ensemble_set_row_weights(said.e, gates, 5, 4), 0);
            assert_true(assert_measures(&said) >= 16);
            assert_int_equal(ensemble_set_model_output(said.e, 3, NULL, ENSEMBLE_F32, 5, 0), 0);
            assert_int_equal(assert_measures(&said) > 0, policy & ENSEMBLE_LEAVE_OUT_MISSING);
            forget(&said);
        }
}

TEST(test_fields_that_do_not_go_with_the_numbers_are_the_same_error)
{
    struct said said = spoken(ENSEMBLE_MEDIAN, ENSEMBLE_F16, 3, 4, 5, 8);
    const double negative[] = {1, -1, 1};

    interpret(&said, ENSEMBLE_AS_IS, 0);
    assert_int_equal(measure_as_told(&said, ENSEMBLE_MEASURE_ENTROPY, 0), ENSEMBLE_EREPORT);
    assert_int_equal(measure_as_told(&said, ENSEMBLE_MEASURE_CONTRIBUTION, 0), ENSEMBLE_EREPORT);
    assert_int_equal(measure_as_told(&said, ENSEMBLE_MEASURE_SETTLED, 0), ENSEMBLE_EREPORT);
    assert_int_equal(assert_measures(&said), 11);
    assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_SUM), 0);
    weigh(&said, negative);
    assert_int_equal(measure_as_told(&said, ENSEMBLE_MEASURE_VARIANCE, 0), ENSEMBLE_ENEGATIVE);
    assert_int_equal(assert_measures(&said), 11);
    forget(&said);
}

/* Without rows there is nothing to write, and what does not go with the method is still an error. */
TEST(test_fields_of_no_rows)
{
    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++) {
        struct said said = spoken(method, ENSEMBLE_F32, 2, 1, 3, 10);

        for (size_t model = 0; model < 2; model++)
            assert_int_equal(ensemble_set_model_output(said.e, model, NULL, ENSEMBLE_F32, 0, 0), 0);
        said.rows = 0;
        for (int32_t what = FIRST_FIELD; what <= LAST_FIELD; what++)
            measure_as_told(&said, what, 0);
        forget(&said);
    }
}

/* Nothing was written, and the code is this one. */
static void assert_measure_fails(const struct ensemble *e, int32_t what, int32_t dtype, size_t count, int code)
{
    unsigned char out[64 * sizeof(double)];

    poison(out, sizeof out);
    assert_int_equal(ensemble_measure(e, what, out, dtype, count), code);
    assert_poisoned(out, sizeof out);
}

TEST(test_a_field_has_one_dtype_and_one_count)
{
    const int32_t dtypes[] = {ENSEMBLE_F32, ENSEMBLE_F64, ENSEMBLE_F16, ENSEMBLE_BF16, ENSEMBLE_I32,
                              0,            6,            -1,           INT32_MIN,     INT32_MAX};
    struct said said = spoken(ENSEMBLE_MEAN, ENSEMBLE_F32, 2, 4, 3, 11);

    for (int32_t what = FIRST_FIELD; what <= LAST_FIELD; what++) {
        const size_t count = count_of(&said, what), wrong[] = {0, 1, count - 1, count + 1, 2 * count, SIZE_MAX};

        for (size_t i = 0; i < LENGTH(dtypes); i++)
            if (dtypes[i] != dtype_of(what))
                assert_measure_fails(said.e, what, dtypes[i], count, ENSEMBLE_EDTYPE);
        for (size_t i = 0; i < LENGTH(wrong); i++)
            assert_measure_fails(said.e, what, dtype_of(what), wrong[i], ENSEMBLE_ECOUNT);
        assert_int_equal(ensemble_measure(said.e, what, NULL, dtype_of(what), count), ENSEMBLE_ENULL);
        assert_int_equal(ensemble_measure(said.e, what, output_of(&said, 1), dtype_of(what), count),
                         ENSEMBLE_EOVERLAP);
    }
    forget(&said);
}

TEST(test_other_numbers_are_no_fields)
{
    const int32_t others[] = {0, -1, LAST_FIELD + 1, 100, INT32_MIN, INT32_MAX};
    struct said said = spoken(ENSEMBLE_MEAN, ENSEMBLE_F32, 2, 4, 3, 12);

    for (size_t i = 0; i < LENGTH(others); i++) {
        assert_measure_fails(said.e, others[i], ENSEMBLE_F64, 4, ENSEMBLE_EPARAMETER);
        assert_measure_fails(said.e, others[i], ENSEMBLE_I32, 4, ENSEMBLE_EPARAMETER);
    }
    forget(&said);
}

TEST(test_measuring_fails_where_running_does)
{
    const double none[] = {0, 0};
    struct said said = spoken(ENSEMBLE_MEAN, ENSEMBLE_F32, 2, 4, 3, 13);
    struct ensemble *empty = ensemble_of(3);
    int32_t label[4] = {0};

    assert_int_equal(ensemble_measure(NULL, ENSEMBLE_MEASURE_LABEL, label, ENSEMBLE_I32, 4), ENSEMBLE_ENULL);
    assert_measure_fails(empty, ENSEMBLE_MEASURE_LABEL, ENSEMBLE_I32, 0, ENSEMBLE_EEMPTY);
    weigh(&said, none);
    assert_measure_fails(said.e, ENSEMBLE_MEASURE_LABEL, ENSEMBLE_I32, 4, ENSEMBLE_EZEROSUM);
    weigh(&said, NULL);
    assert_int_equal(ensemble_set_model_output(said.e, 1, output_of(&said, 1), ENSEMBLE_F32, 3, 0), 0);
    assert_measure_fails(said.e, ENSEMBLE_MEASURE_LABEL, ENSEMBLE_I32, 4, ENSEMBLE_EROWS);
    assert_int_equal(ensemble_set_model_output(said.e, 1, NULL, ENSEMBLE_F32, 4, 0), 0);
    assert_measure_fails(said.e, ENSEMBLE_MEASURE_LABEL, ENSEMBLE_I32, 4, ENSEMBLE_EMISSING);
    assert_int_equal(ensemble_set_model_output(said.e, 1, label, ENSEMBLE_I32, 4, 0), 0);
    assert_int_equal(ensemble_set_input(said.e, 1, ENSEMBLE_LABELS, 0), 0);
    assert_measure_fails(said.e, ENSEMBLE_MEASURE_LABEL, ENSEMBLE_I32, 4, ENSEMBLE_ESPACE);
    forget(&said);
    ensemble_destroy(empty);
}

/* Source: the known numbers of docs/report.md, for the models of auto-sklearn's testPredict: .89 .11 and .35 .65. */
TEST(test_the_rows_of_auto_sklearn_measured)
{
    const double values[] = {.9, .1, .4, .6, .8, .2, .3, .7, 1, 0, .1, .9}, weights[] = {.7, .2, .1};
    const double confidence[] = {.89, .65}, margin[] = {.78, .3}, entropy[] = {.3465153369, .6474466};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 3, 2, 2);
    int32_t label[2];
    double y[2];

    interpret(&said, ENSEMBLE_PROBABILITIES, 0);
    weigh(&said, weights);
    assert_int_equal(ensemble_measure(said.e, ENSEMBLE_MEASURE_LABEL, label, ENSEMBLE_I32, 2), 0);
    assert_true(label[0] == 0 && label[1] == 1);
    assert_int_equal(ensemble_measure(said.e, ENSEMBLE_MEASURE_CONFIDENCE, y, ENSEMBLE_F64, 2), 0);
    assert_values(y, confidence, 2, 1e-15);
    assert_int_equal(ensemble_measure(said.e, ENSEMBLE_MEASURE_MARGIN, y, ENSEMBLE_F64, 2), 0);
    assert_values(y, margin, 2, 1e-15);
    assert_int_equal(ensemble_measure(said.e, ENSEMBLE_MEASURE_ENTROPY, y, ENSEMBLE_F64, 2), 0);
    assert_values(y, entropy, 1, 5.01e-11);
    assert_values(y + 1, entropy + 1, 1, 5.01e-8);
    forget(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_field_is_that_of_a_report_with_every_method),
        cmocka_unit_test(test_every_field_with_weights_policies_and_missing_models),
        cmocka_unit_test(test_fields_that_do_not_go_with_the_numbers_are_the_same_error),
        cmocka_unit_test(test_fields_of_no_rows),
        cmocka_unit_test(test_a_field_has_one_dtype_and_one_count),
        cmocka_unit_test(test_other_numbers_are_no_fields),
        cmocka_unit_test(test_measuring_fails_where_running_does),
        cmocka_unit_test(test_the_rows_of_auto_sklearn_measured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
