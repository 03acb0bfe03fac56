/* SPDX-License-Identifier: MIT */
/* How alike the models are, against the formulas in long double, from what the models say. */
#include "completions.h"

#define NOT ((double)NAN)

/* Values as they are in a dtype: some models resemble the one before, one in nine says the same everywhere. */
static double *drawn(int32_t dtype, size_t n, size_t count, uint64_t seed)
{
    double *values = malloc(n * count * sizeof *values);
    struct rng rng = {seed};

    assert_non_null(values);
    for (size_t model = 0; model < n; model++) {
        const int same = n > 3 && rng_one_in(&rng, 9), like = model > 0 && rng_one_in(&rng, 3);
        double *x = values + model * count, *before = model > 0 ? x - count : x;

        for (size_t i = 0; i < count; i++) {
            unsigned char one[sizeof(double)];

            x[i] = same ? .1 * (double)model : like ? .9 * before[i] + .1 * rng_unit(&rng) : rng_unit(&rng);
            put_number(one, dtype, x[i]);
            x[i] = get_number(one, dtype);
        }
    }
    return values;
}

static const struct {
    size_t n, rows, width;
} sizes[] = {{1, 3, 5},  {2, 1, 2},   {2, 50, 1},  {3, 40, 10}, {8, 3, 127},  {9, 2, 128}, {3, 3, 129},
             {20, 7, 10}, {2, 5, 1000}, {70, 3, 10}, {33, 2, 17}, {32, 5, 4}, {70, 1, 1000}, {4, 200, 3}};

TEST(test_the_measures_of_outputs_as_they_are)
{
    for (size_t i = 0; i < LENGTH(sizes); i++)
        for (size_t d = 0; d < LENGTH(number_dtypes); d++) {
            const size_t n = sizes[i].n, rows = sizes[i].rows, width = sizes[i].width;
            double *values = drawn(number_dtypes[d], n, rows * width, 10 * i + d);
            struct said said = say(ENSEMBLE_SUM, number_dtypes[d], values, n, rows, width);

            assert_alike(said.e, values, n, rows, width, 1e-12);
            forget(&said);
            free(values);
        }
}

/* Neither the method nor the weights matter, nor those of rows and classes. */
TEST(test_methods_and_weights_do_not_matter)
{
    const double weights[] = {.25, -1, 3}, class_weights[] = {1, 2, 3, 1, 1, 1, 0, 0, 1};
    const float gates[] = {1, 2, 3, .5f, 1, 1, 1, 1, 1, 2, 2, 2};
    double *values = drawn(ENSEMBLE_F32, 3, 12, 30);
    struct said said = say(ENSEMBLE_SUM, ENSEMBLE_F32, values, 3, 4, 3);

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++) {
        assert_int_equal(ensemble_set_method(said.e, method), 0);
        assert_alike(said.e, values, 3, 4, 3, 1e-12);
    }
    assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_SUM), 0);
    weigh(&said, weights);
    assert_int_equal(ensemble_set_row_weights(said.e, gates, 4, 3), 0);
    assert_int_equal(ensemble_set_class_weights(said.e, class_weights, 3, 3), 0);
    assert_int_equal(ensemble_set_result(said.e, ENSEMBLE_RESULT_SOFTMAX, 0), 0);
    assert_alike(said.e, values, 3, 4, 3, 1e-12);
    forget(&said);
    free(values);
}

/* A mean far from 0, a first value that is far from the others, and numbers of very different size. */
TEST(test_correlations_of_values_that_are_far_from_0)
{
    const size_t count = 6 * 100;
    double *values = drawn(ENSEMBLE_F64, 5, count, 31);
    struct said said;

    for (size_t i = 0; i < count; i++) {
        values[i] += 100;
        values[count + i] = 1e-100 * values[count + i];
        values[2 * count + i] = 1e100 * values[2 * count + i] + values[i];
        values[3 * count + i] = 3 - 2 * values[i];
    }
    values[4 * count] = 1000;
    said = say(ENSEMBLE_SUM, ENSEMBLE_F64, values, 5, 6, 100);
    assert_alike(said.e, values, 5, 6, 100, 1e-11);
    forget(&said);
    free(values);
}

TEST(test_models_that_say_the_same_are_alike)
{
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        const size_t n = sizes[i].n, rows = sizes[i].rows, width = sizes[i].width, count = rows * width;
        double *values = drawn(ENSEMBLE_F64, 1, count * n, 40 + i), *matrix = malloc(n * n * sizeof *matrix);
        struct said said;

        assert_non_null(matrix);
        for (size_t k = count; k < n * count; k++)
            values[k] = values[k - count];
        said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, n, rows, width);
        for (int32_t measure = CORRELATION; measure <= DIFFERENCE; measure++) {
            similarity(said.e, measure, n, matrix);
            for (size_t k = 0; k < n * n; k++)
                assert_near(matrix[k], measure != DIFFERENCE, measure == CORRELATION ? 1e-15 : 0);
        }
        forget(&said);
        free(values);
        free(matrix);
    }
}

/* Of any constant, over any number of values, whose mean a sum may miss; and of logits that are all equal. */
TEST(test_a_model_that_says_the_same_everywhere_correlates_with_nobody)
{
    const double constants[] = {0, .1, .3, 1. / 3, -7.1, 20.3, 1e-10};

    for (size_t i = 0; i < LENGTH(sizes); i++)
        for (size_t c = 0; c < LENGTH(constants); c++) {
            const size_t count = sizes[i].rows * sizes[i].width;
            double *values = drawn(ENSEMBLE_F64, 2, count, 60), matrix[4];
            struct said said;

            for (size_t k = 0; k < count; k++)
                values[k] = constants[c];
            said = say(ENSEMBLE_SUM, number_dtypes[c % 4], values, 2, sizes[i].rows, sizes[i].width);
            for (int32_t space = ENSEMBLE_AS_IS; space <= ENSEMBLE_BINARY_LOGITS; space++) {
                assert_int_equal(ensemble_set_input(said.e, 0, space, 0), 0);
                similarity(said.e, CORRELATION, 2, matrix);
                assert_true(is_nan(matrix[0]) && is_nan(matrix[1]) && (count == 1 || matrix[3] == 1));
            }
            forget(&said);
            free(values);
        }
}

/* Models 1 and 4 are missing or take no part; without them the others are what they are. */
TEST(test_models_that_take_no_part_or_are_missing_are_nan)
{
    const double weights[] = {.5, 1, .25, 2, 0, 1};
    const size_t rests[] = {0, 2, 3, 5};
    double *values = drawn(ENSEMBLE_F32, 6, 40, 70), rest[4 * 40], matrix[36], expected[16];
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F32, values, 6, 4, 10), others;

    for (size_t i = 0; i < 4; i++)
        memcpy(rest + 40 * i, values + 40 * rests[i], 40 * sizeof *rest);
    others = say(ENSEMBLE_MEAN, ENSEMBLE_F32, rest, 4, 4, 10);
    weigh(&said, weights);
    assert_int_equal(ensemble_set_model_output(said.e, 1, NULL, ENSEMBLE_F32, 4, 0), 0);
    assert_int_equal(ensemble_set_model_output(said.e, 4, NULL, ENSEMBLE_F32, 9, 0), 0); /* not looked at */
    for (int32_t measure = CORRELATION; measure <= DIFFERENCE; measure++) {
        size_t at = 0;

        similarity(said.e, measure, 6, matrix);
        similarity(others.e, measure, 4, expected);
        for (size_t i = 0; i < 36; i++)
            assert_true(i / 6 % 3 == 1 || i % 6 % 3 == 1 ? is_nan(matrix[i]) : matrix[i] == expected[at++]);
    }
    forget(&said);
    forget(&others);
    free(values);
}

/* A NaN in model 1, in row 2. Without the policy its entries are NaN; with it the row counts for nobody. */
TEST(test_a_nan_makes_its_model_s_entries_nan_or_is_left_out_with_its_row)
{
    double *values = drawn(ENSEMBLE_F32, 4, 5 * 7, 80), rest[4 * 4 * 7], matrix[16], full[16];
    struct said whole = say(ENSEMBLE_MEAN, ENSEMBLE_F32, values, 4, 5, 7), said;

    for (size_t i = 0; i < 4; i++) {
        memcpy(rest + i * 28, values + i * 35, 14 * sizeof *rest);
        memcpy(rest + i * 28 + 14, values + i * 35 + 21, 14 * sizeof *rest);
    }
    for (size_t at = 0; at < 7; at += 3) {
        double *bad = values + 35 + 14 + at, before = *bad;

        *bad = NOT;
        said = say(ENSEMBLE_MEAN, ENSEMBLE_F32, values, 4, 5, 7);
        *bad = before;
        for (int32_t measure = CORRELATION; measure <= DIFFERENCE; measure++) {
            similarity(said.e, measure, 4, matrix);
            similarity(whole.e, measure, 4, full);
            for (size_t i = 0; i < 16; i++)
                assert_true(i / 4 == 1 || i % 4 == 1 ? is_nan(matrix[i]) : matrix[i] == full[i]);
        }
        assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_NAN, 1), 0);
        assert_alike(said.e, rest, 4, 4, 7, 1e-12);
        forget(&said);
    }
    forget(&whole);
    free(values);
}

/* A model of weight 0 leaves no row out. Where every row is left out, it is as though there were none. */
TEST(test_rows_are_left_out_for_models_that_take_part)
{
    const double values[] = {.5, .25, .75, .25, NOT, .5, .5, NOT, .5, .25, .5, .5}, weights[] = {1, 0, 1};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 3, 2, 2);
    double matrix[9];

    assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_NAN, 0), 0);
    for (int32_t measure = CORRELATION; measure <= DIFFERENCE; measure++) {
        similarity(said.e, measure, 3, matrix);
        for (size_t i = 0; i < 9; i++)
            assert_true(is_nan(matrix[i]));
    }
    weigh(&said, weights);
    similarity(said.e, DIFFERENCE, 3, matrix);
    assert_true(is_nan(matrix[4]) && matrix[2] == .125);
    forget(&said);
}

TEST(test_without_rows_everything_is_nan)
{
    struct ensemble *e = ensemble_of(3);
    double matrix[9];

    for (size_t i = 0; i < 3; i++)
        add(e, NULL, number_dtypes[i], 0);
    for (int32_t measure = CORRELATION; measure <= DIFFERENCE; measure++) {
        similarity(e, measure, 3, matrix);
        for (size_t i = 0; i < 9; i++)
            assert_true(is_nan(matrix[i]));
    }
    ensemble_destroy(e);
}

/* Four models of four dtypes, with gaps between their rows that must not be looked at. */
TEST(test_mixed_dtypes_and_rows_with_gaps)
{
    const size_t widths[] = {1, 10, 127, 128, 129, 300};

    for (size_t i = 0; i < LENGTH(widths); i++) {
        const size_t width = widths[i], count = 5 * width, stride = width + 3;
        double *values = malloc(4 * count * sizeof *values);
        unsigned char *data = malloc(4 * 5 * stride * sizeof(double));
        struct ensemble *e = ensemble_of(width);
        struct rng rng = {90 + i};

        assert_true(values != NULL && data != NULL);
        memset(data, 0xFF, 4 * 5 * stride * sizeof(double)); /* NaN in every dtype */
        for (size_t model = 0; model < 4; model++) {
            const int32_t dtype = number_dtypes[model];
            unsigned char *output = data + model * 5 * stride * sizeof(double);

            for (size_t k = 0; k < count; k++) {
                unsigned char *at = output + (k / width * stride + k % width) * bytes_of(dtype);

                put_number(at, dtype, rng_unit(&rng));
                values[model * count + k] = get_number(at, dtype);
            }
            add(e, NULL, dtype, 5);
            assert_int_equal(ensemble_set_model_output(e, model, output, dtype, 5, stride), 0);
        }
        assert_alike(e, values, 4, 5, width, 1e-12);
        ensemble_destroy(e);
        free(values);
        free(data);
    }
}

/* What the numbers mean counts, not what they are: softmax, exp and the logistic function, whatever their dtype. */
TEST(test_models_are_compared_by_what_they_say)
{
    const size_t widths[] = {1, 2, 10, 130, 600};

    for (uint64_t seed = 0; seed < 15; seed++) {
        struct scene s = {.method = ENSEMBLE_MEAN, .n = 6, .rows = 5, .width = widths[seed % 5], .rng = {seed}};
        const size_t count = s.rows * s.width;
        long double *x = malloc(s.width * sizeof *x);
        double *says = malloc(s.n * count * sizeof *says);
        int in_double = 0; /* as everything is where one of the outputs is */

        assert_true(x != NULL && says != NULL);
        for (size_t model = 0; model < s.n; model++) {
            s.space[model] = (int32_t)rng_below(&s.rng, 5);
            s.dtype[model] = number_dtypes[rng_below(&s.rng, seed < 5 ? 2 : 4)];
            in_double |= s.dtype[model] == ENSEMBLE_F64;
        }
        begin_scene(&s);
        for (size_t i = 0; i < s.n * s.rows; i++) {
            plain_values(&s, i / s.rows, i % s.rows, x);
            for (size_t j = 0; j < s.width; j++)
                says[i * s.width + j] = (double)x[j];
        }
        assert_alike(s.e, says, s.n, s.rows, s.width, in_double ? 1e-12 : 1e-5);
        end_scene(&s);
        free(says);
        free(x);
    }
}

/* A label is 1 for its class and 0 for the others, beside probabilities; the vote is not what is compared. */
TEST(test_labels_are_1_for_their_class)
{
    const int32_t labels[] = {0, 2, 1, 1, 0, 2, 2, 0}; /* two models, four rows */
    double *values = drawn(ENSEMBLE_F64, 4, 12, 100);
    struct said said = say(ENSEMBLE_VOTE, ENSEMBLE_F64, values, 2, 4, 3);

    for (size_t i = 0; i < 24; i++)
        values[24 + i] = labels[i / 3] == (int32_t)(i % 3);
    add(said.e, labels, ENSEMBLE_I32, 4);
    add(said.e, labels + 4, ENSEMBLE_I32, 4);
    assert_alike(said.e, values, 4, 4, 3, 1e-12);
    forget(&said);
    free(values);
}

/* A label that is no class is as a NaN. */
TEST(test_labels_that_are_no_class)
{
    const int32_t labels[] = {0, 3, 1, 0, 1, 1};
    double matrix[4];

    for (int32_t measure = CORRELATION; measure <= DIFFERENCE; measure++) {
        struct ensemble *e = ensemble_of(3);

        add(e, labels, ENSEMBLE_I32, 3);
        add(e, labels + 3, ENSEMBLE_I32, 3);
        assert_int_equal(ensemble_set_method(e, ENSEMBLE_VOTE), 0);
        similarity(e, measure, 2, matrix);
        assert_true(is_nan(matrix[0]) && is_nan(matrix[1]) && !is_nan(matrix[3]));
        assert_int_equal(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_NAN, 0), 0);
        similarity(e, measure, 2, matrix);
        assert_near(matrix[1], measure != DIFFERENCE, 1e-15);
        ensemble_destroy(e);
    }
}

/* Absent classes are 0, but no top class: where all that is said is below 0 it is one of the others. */
TEST(test_class_maps)
{
    const double says[] = {.1, .2, .3, .4, .4, .3, .2, .1, .25, 0, .75, 0, .875, 0, .125, 0};
    const float output[] = {.75f, .25f, .125f, .875f}, below[] = {-2, -1, -2, -1};
    const int32_t map[] = {2, 0};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, says, 1, 2, 4);
    double matrix[9];

    for (size_t model = 1; model < 3; model++) {
        add(said.e, NULL, ENSEMBLE_F32, 2);
        assert_int_equal(ensemble_set_class_map(said.e, model, map, 2), 0);
        assert_int_equal(
            ensemble_set_model_output(said.e, model, model == 1 ? output : below, ENSEMBLE_F32, 2, 0), 0);
        if (model == 1)
            assert_alike(said.e, says, 2, 2, 4, 1e-12);
    }
    similarity(said.e, AGREEMENT, 3, matrix);
    assert_true(matrix[2] == .5 && matrix[5] == .5 && matrix[8] == 1); /* with 3 and 0, 2 and 0: it says 0 and 0 */
    similarity(said.e, DIFFERENCE, 3, matrix);
    assert_near(matrix[5], (1.25 + 2.75 + 1.875 + 2.125) / 8, 1e-15);
    forget(&said);
}

TEST(test_errors_of_similarity)
{
    const int32_t no_measures[] = {0, -1, 4, INT32_MIN, INT32_MAX};
    double matrix[9], outputs[12] = {0};
    struct ensemble *e = example(), *empty = ensemble_of(3);

    poison(matrix, sizeof matrix);
    for (size_t i = 0; i < LENGTH(no_measures); i++)
        assert_int_equal(ensemble_similarity(e, no_measures[i], matrix), ENSEMBLE_EPARAMETER);
    for (int32_t measure = CORRELATION; measure <= DIFFERENCE; measure++) {
        assert_int_equal(ensemble_similarity(NULL, measure, matrix), ENSEMBLE_ENULL);
        assert_int_equal(ensemble_similarity(e, measure, NULL), ENSEMBLE_ENULL);
        assert_int_equal(ensemble_similarity(empty, measure, matrix), ENSEMBLE_EEMPTY);
        assert_int_equal(ensemble_set_model_output(e, 1, outputs, ENSEMBLE_F64, 2, 0), 0);
        assert_int_equal(ensemble_similarity(e, measure, matrix), ENSEMBLE_EROWS);
        assert_int_equal(ensemble_set_model_output(e, 1, outputs, ENSEMBLE_F64, 1, 0), 0);
        assert_int_equal(ensemble_similarity(e, measure, outputs + 1), ENSEMBLE_EOVERLAP);
        assert_int_equal(ensemble_set_input(e, 1, ENSEMBLE_LABELS, 0), 0);
        assert_int_equal(ensemble_similarity(e, measure, matrix), ENSEMBLE_ESPACE);
        assert_int_equal(ensemble_set_input(e, 1, ENSEMBLE_AS_IS, 0), 0);
    }
    assert_poisoned(matrix, sizeof matrix);
    ensemble_destroy(e);
    ensemble_destroy(empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_measures_of_outputs_as_they_are),
        cmocka_unit_test(test_methods_and_weights_do_not_matter),
        cmocka_unit_test(test_correlations_of_values_that_are_far_from_0),
        cmocka_unit_test(test_models_that_say_the_same_are_alike),
        cmocka_unit_test(test_a_model_that_says_the_same_everywhere_correlates_with_nobody),
        cmocka_unit_test(test_models_that_take_no_part_or_are_missing_are_nan),
        cmocka_unit_test(test_a_nan_makes_its_model_s_entries_nan_or_is_left_out_with_its_row),
        cmocka_unit_test(test_rows_are_left_out_for_models_that_take_part),
        cmocka_unit_test(test_without_rows_everything_is_nan),
        cmocka_unit_test(test_mixed_dtypes_and_rows_with_gaps),
        cmocka_unit_test(test_models_are_compared_by_what_they_say),
        cmocka_unit_test(test_labels_are_1_for_their_class),
        cmocka_unit_test(test_labels_that_are_no_class),
        cmocka_unit_test(test_class_maps),
        cmocka_unit_test(test_errors_of_similarity),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
