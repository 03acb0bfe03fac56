/* SPDX-License-Identifier: MIT */
/* Models that say NaN in some rows: it passes through, or the model is left out of the row, if the quorum allows. */
#include "said.h"

#define INF ((double)INFINITY)
#define NOT ((double)NAN)
#define NANS ENSEMBLE_LEAVE_OUT_NAN

static void set_policy(const struct said *said, int32_t policy, double quorum)
{
    assert_int_equal(ensemble_set_missing_policy(said->e, policy, quorum), 0);
}

/* Without the policy a NaN stays where it is, but for the methods that look at a row as a whole. */
TEST(test_without_the_policy_a_nan_passes_through)
{
    const double values[] = {.5, NOT, .25, .5, .25, .25, .25, .5, .25, .5, .25, .25};
    const int32_t policies[] = {0, ENSEMBLE_LEAVE_OUT_MISSING | ENSEMBLE_LEAVE_OUT_ABSENT};

    for (size_t p = 0; p < LENGTH(policies); p++)
        for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++)
            for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
                struct said said = say(method, number_dtypes[i], values, 2, 2, 3);
                const int whole = method == ENSEMBLE_LOG_POOL || method == ENSEMBLE_VOTE || method == ENSEMBLE_RANK;
                double y[6];

                set_policy(&said, policies[p], 0);
                combine_to(said.e, ENSEMBLE_F32, y, 6);
                for (size_t k = 0; k < 6; k++)
                    assert_int_equal(is_nan(y[k]), k == 1 || (whole && k < 3));
                forget(&said);
            }
}

/* Which models are left out of which rows of the tests below: bit `model` of the row. */
static const unsigned out_of_row[] = {0, 1, 2, 8, 5, 14, 0, 16};

/*
 * 5 models, 8 rows, 6 classes; some models say NaN in some class of some row. Each row by itself must be what an
 * ensemble of the models that say something gives.
 */
static void assert_rows_as_without(int32_t method, int32_t dtype, const double *weights)
{
    double values[5 * 8 * 6], y[8 * 6], fewer[5 * 6], rest[5], expected[6];
    struct rng rng = {19};
    struct said said;

    for (size_t i = 0; i < LENGTH(values); i++)
        values[i] = .05 + .9 * rng_unit(&rng);
    for (size_t row = 0; row < 8; row++)
        for (size_t model = 0; model < 5; model++)
            if (out_of_row[row] >> model & 1)
                values[(model * 8 + row) * 6 + (row + model) % 6] = NOT;
    said = say(method, dtype, values, 5, 8, 6);
    weigh(&said, weights);
    set_policy(&said, NANS, 0);
    combine_to(said.e, dtype, y, 48);
    for (size_t row = 0; row < 8; row++) {
        size_t n = 0;
        double all = 0, present = 0;
        struct said without;

        for (size_t model = 0; model < 5; model++) {
            const double weight = weights != NULL ? weights[model] : 1;

            all += weight;
            if (out_of_row[row] >> model & 1)
                continue;
            memcpy(fewer + 6 * n, values + (model * 8 + row) * 6, 6 * sizeof *fewer);
            present += rest[n++] = weight;
        }
        without = say(method, dtype, fewer, n, 1, 6);
        weigh(&without, rest);
        combine_to(without.e, dtype, expected, 6);
        for (size_t i = 0; i < 6 && method == ENSEMBLE_SUM; i++)
            expected[i] *= weights != NULL ? all / present : 1 / present;
        /* Some twenty roundings of weights, products, sums and logarithms on either side; ranks are up to 6. */
        assert_values(y + 6 * row, expected, 6, 80 * (method == ENSEMBLE_RANK ? 6 : 1) * unit_of(dtype));
        forget(&without);
    }
    forget(&said);
}

TEST(test_a_model_that_says_nan_is_left_out_of_its_row_by_every_method)
{
    const double weights[] = {.5, .25, 1, .125, .75};

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++)
        for (size_t i = 0; i < LENGTH(float_and_double); i++) {
            assert_rows_as_without(method, float_and_double[i], NULL);
            assert_rows_as_without(method, float_and_double[i], weights);
        }
}

/* One class is NaN, and the model is left out of all classes of the row; not of the next row. */
TEST(test_a_model_is_left_out_of_a_whole_row)
{
    const double values[] = {NOT, .5, 1, .5, .25, .25, .75, .5}, expected[] = {.25, .25, .875, .5};

    for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
        struct said said = say(ENSEMBLE_SUM, number_dtypes[i], values, 2, 2, 2);

        set_policy(&said, NANS, 0);
        assert_result(said.e, ENSEMBLE_F32, expected, 4, 0);
        assert_result(said.e, ENSEMBLE_F64, expected, 4, 0);
        forget(&said);
    }
}

/* Source: PMML's threshold .25, exceeded strictly, here by row: no model, one, two and all of four say NaN. */
TEST(test_the_quorum_of_a_row)
{
    const double values[] = {.5, .5, .5, NOT, .5, .5, NOT, NOT, .5, NOT, NOT, NOT, 1, 1, 1, NOT};
    const double strict[] = {.625, 2. / 3, NOT, NOT}, half[] = {.625, 2. / 3, .75, NOT}, none[] = {.625, NOT, NOT, NOT};
    const struct {
        double quorum;
        const double *expected;
    } cases[] = {{.75, strict}, {.5, half}, {0, half}, {1, none}, {.76, none}};

    for (size_t c = 0; c < LENGTH(cases); c++)
        for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_MEAN; method++)
            for (size_t i = 0; i < LENGTH(float_and_double); i++) {
                struct said said = say(method, float_and_double[i], values, 4, 4, 1);

                set_policy(&said, NANS, cases[c].quorum);
                assert_int_equal(ensemble_check(said.e, NULL, 0), 0);
                assert_result(said.e, float_and_double[i], cases[c].expected, 4, 8 * unit_of(float_and_double[i]));
                forget(&said);
            }
}

/* A missing output counts in every row, and a NaN in its own. */
TEST(test_missing_outputs_and_nan_add_up)
{
    const double values[] = {1, NOT, 3, 3, 99, 99, 5, 5}, expected[] = {3, 4}, quorate[] = {3, NOT};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 4, 2, 1);

    assert_int_equal(ensemble_set_model_output(said.e, 2, NULL, ENSEMBLE_F64, 2, 0), 0);
    set_policy(&said, NANS | ENSEMBLE_LEAVE_OUT_MISSING, .5);
    assert_result(said.e, ENSEMBLE_F64, expected, 2, 4e-15);
    set_policy(&said, NANS | ENSEMBLE_LEAVE_OUT_MISSING, .75);
    assert_result(said.e, ENSEMBLE_F64, quorate, 2, 4e-15);
    set_policy(&said, NANS | ENSEMBLE_LEAVE_OUT_MISSING, .8);
    assert_combine_fails(said.e, 2, ENSEMBLE_EQUORUM);
    forget(&said);
}

/* The weight of a model in a row is its own by the row's. A weight of 0 is not missing, whatever the model says. */
TEST(test_row_weights_count_for_the_quorum)
{
    const double values[] = {1, 1, 1, 2, 2, 2, NOT, NOT, NOT}, expected[] = {1.5, NOT, 1.5};
    const float weights[] = {1, 1, 2, 1, 1, 2.5f, 1, 1, 0};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_MEAN, float_and_double[i], values, 3, 3, 1);

        assert_int_equal(ensemble_set_row_weights(said.e, weights, 3, 3), 0);
        set_policy(&said, NANS, .5);
        assert_result(said.e, float_and_double[i], expected, 3, 8 * unit_of(float_and_double[i]));
        forget(&said);
    }
}

/* For the quorum it is the sizes that count: in the first row 1 of 4 is missing. */
TEST(test_negative_row_weights_count_for_the_quorum_by_their_size)
{
    const double values[] = {1, 1, 2, 2, NOT, NOT}, enough[] = {4. / 3, -1}, too_little[] = {NOT, -1};
    const float weights[] = {2, 1, -1, 3, -2, 0}; /* (2 + 2) / 3; (3 - 4) / 1, and nothing is missing */

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_MEAN, float_and_double[i], values, 3, 2, 1);

        assert_int_equal(ensemble_set_row_weights(said.e, weights, 2, 3), 0);
        set_policy(&said, NANS, .75);
        assert_result(said.e, float_and_double[i], enough, 2, 16 * unit_of(float_and_double[i]));
        set_policy(&said, NANS, .8);
        assert_result(said.e, float_and_double[i], too_little, 2, 16 * unit_of(float_and_double[i]));
        forget(&said);
    }
}

/* SUM with row weights: scaled by the row's own W / W_present. */
TEST(test_a_sum_with_row_weights_is_scaled_by_row)
{
    const double values[] = {1, 1, 2, 2, NOT, 3}, weights[] = {2, 1, 1};
    const float gate[] = {1, 2, .5f, 1, 3, 1};
    const double expected[] = {6.75, 11}; /* (2 x 1 + 2 x 2) x 4.5 / 4, and 2 x 1 + 3 x 2 + 1 x 3 */

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_SUM, float_and_double[i], values, 3, 2, 1);

        weigh(&said, weights);
        assert_int_equal(ensemble_set_row_weights(said.e, gate, 2, 3), 0);
        set_policy(&said, NANS, 0);
        assert_result(said.e, float_and_double[i], expected, 2, 16 * 11 * unit_of(float_and_double[i]));
        forget(&said);
    }
}

/* By weights of models, the class weights aside, half is there; within the class it would be a tenth. */
TEST(test_class_weights_do_not_count_for_the_quorum)
{
    const double values[] = {.5, .25, NOT, NOT}, classes[] = {1, 1, 9, 9}, expected[] = {.5, .25};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 2, 1, 2);

    assert_int_equal(ensemble_set_class_weights(said.e, classes, 2, 2), 0);
    set_policy(&said, NANS, .5);
    assert_result(said.e, ENSEMBLE_F64, expected, 2, 1e-15);
    forget(&said);
}

/* A row that has no softmax is NaN once it is converted. */
TEST(test_logits_without_a_softmax_are_left_out)
{
    const double wrong[][2] = {{NOT, 0}, {0, INF}, {-INF, -INF}}, expected[] = {.5, .5, .5, .5};

    for (size_t w = 0; w < LENGTH(wrong); w++)
        for (size_t i = 0; i < LENGTH(float_and_double); i++) {
            const double values[] = {wrong[w][0], wrong[w][1], 3, 3, 7, 7, 1, 1};
            struct said said = say(ENSEMBLE_LOG_POOL, float_and_double[i], values, 2, 2, 2);

            interpret(&said, ENSEMBLE_LOGITS, 0);
            set_policy(&said, NANS, 0);
            assert_result(said.e, float_and_double[i], expected, 4, 8 * unit_of(float_and_double[i]));
            assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_MEAN), 0);
            assert_result(said.e, float_and_double[i], expected, 4, 8 * unit_of(float_and_double[i]));
            forget(&said);
        }
}

/* A 0 that rules a class out, or an infinity, is a statement; and so is what only a method makes NaN of. */
TEST(test_only_nan_is_left_out)
{
    const double values[] = {0, INF, .5, 1}, expected[] = {.25, INF}, rows[] = {0, 1, 1, 0}, not[] = {NOT, NOT};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F32, values, 2, 1, 2);
    struct said pool = say(ENSEMBLE_LOG_POOL, ENSEMBLE_F32, rows, 2, 1, 2);

    set_policy(&said, NANS, 1);
    assert_result(said.e, ENSEMBLE_F32, expected, 2, 0);
    set_policy(&pool, NANS, 0);
    assert_result(pool.e, ENSEMBLE_F32, not, 2, 0);
    forget(&said);
    forget(&pool);
}

/* NaN anywhere in a wide row, from few models and from more than are looked at together. */
TEST(test_nan_in_wide_rows_of_few_and_many_models)
{
    const size_t numbers[] = {2, 3, 64, 65, 130}, width = 700;

    for (size_t k = 0; k < LENGTH(numbers); k++)
        for (size_t at = 0; at < width; at += 233) {
            const size_t n = numbers[k];
            double *values = malloc((n + 1) * width * sizeof *values), *expected = values + n * width;
            struct said said;

            assert_non_null(values);
            for (size_t i = 0; i < n * width; i++)
                values[i] = (double)(i / width);
            for (size_t i = 0; i < width; i++) /* without the last model: 0 + 1 + ... + (n - 2) */
                expected[i] = ((double)n - 2) / 2;
            values[(n - 1) * width + at] = NOT;
            said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, n, 1, width);
            set_policy(&said, NANS, .5);
            assert_result(said.e, ENSEMBLE_F64, expected, width, 4 * (double)(n * n) * 0x1p-53);
            assert_workspace_changes_nothing(&said);
            forget(&said);
            free(values);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_the_policy_a_nan_passes_through),
        cmocka_unit_test(test_a_model_that_says_nan_is_left_out_of_its_row_by_every_method),
        cmocka_unit_test(test_a_model_is_left_out_of_a_whole_row),
        cmocka_unit_test(test_the_quorum_of_a_row),
        cmocka_unit_test(test_missing_outputs_and_nan_add_up),
        cmocka_unit_test(test_row_weights_count_for_the_quorum),
        cmocka_unit_test(test_negative_row_weights_count_for_the_quorum_by_their_size),
        cmocka_unit_test(test_a_sum_with_row_weights_is_scaled_by_row),
        cmocka_unit_test(test_class_weights_do_not_count_for_the_quorum),
        cmocka_unit_test(test_logits_without_a_softmax_are_left_out),
        cmocka_unit_test(test_only_nan_is_left_out),
        cmocka_unit_test(test_nan_in_wide_rows_of_few_and_many_models),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
