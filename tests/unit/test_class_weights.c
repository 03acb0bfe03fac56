/* SPDX-License-Identifier: MIT */
/* A weight for each model and class. */
#include "known.h"

#define INF ((double)INFINITY)
#define NOT ((double)NAN)

static void weigh_classes(const struct said *said, const double *weights)
{
    assert_int_equal(ensemble_set_class_weights(said->e, weights, said->n, said->width), 0);
}

/* Source: the definition, classes divided by their own sums of weights: (6, 3, 0) and (0, 1, 3). */
static const double two_outputs[] = {.2, .6, .2, .6, .1, .3};
static const double two_weights[] = {6, 3, 0, 0, 1, 3};

static void of_two(struct ensemble *e)
{
    assert_int_equal(ensemble_set_class_weights(e, two_weights, 2, 3), 0);
}

static void of_two_normalised(struct ensemble *e)
{
    of_two(e);
    assert_int_equal(ensemble_set_result(e, ENSEMBLE_RESULT_NORMALISED, 0), 0);
}

TEST(test_each_class_is_divided_by_its_own_sum_of_weights)
{
    const double expected[] = {.2, .475, .3}, normalised[] = {.2051282051, .4871794872, .3076923077};
    const struct known cases[] = {
        {ENSEMBLE_MEAN, 2, 1, 3, two_outputs, NULL, expected, 0, of_two},
        {ENSEMBLE_MEAN, 2, 1, 3, two_outputs, NULL, normalised, 0, of_two_normalised},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        assert_known_in(&cases[i], ENSEMBLE_F64, 1e-6, TEN_DIGITS);
        assert_known_in(&cases[i], ENSEMBLE_F32, 1e-6, 1e-6);
        assert_known_in(&cases[i], ENSEMBLE_F16, 1e-3, 1e-3);
        assert_known_in(&cases[i], ENSEMBLE_BF16, 2e-3, 2e-3); /* .6 is 154/256 there, wrong by 1.6e-3 */
    }
}

/* SUM takes the products as they are, and a model's own weight is 1, not 1/n, where none was set. */
TEST(test_a_sum_with_class_weights_takes_them_as_they_are)
{
    const double expected[] = {1.2, 1.9, .9}, own[] = {.5, -2}, both[] = {.6, .7, -1.8};
    const struct known plain = {ENSEMBLE_SUM, 2, 1, 3, two_outputs, NULL, expected, 0, of_two};
    const struct known weighted = {ENSEMBLE_SUM, 2, 1, 3, two_outputs, own, both, 0, of_two};

    assert_known_in(&plain, ENSEMBLE_F64, 1e-6, 1e-14);
    assert_known_in(&plain, ENSEMBLE_F32, 1e-6, 1e-6);
    assert_known_in(&weighted, ENSEMBLE_F64, 1e-6, 1e-14);
    assert_known_in(&weighted, ENSEMBLE_F32, 1e-6, 1e-6);
}

/* Weights of 1 for every class are no class weights: the same, but for the order of products and quotients. */
TEST(test_class_weights_of_1_change_next_to_nothing)
{
    const double ones[12] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, weights[] = {.5, .2, .9};
    struct rng rng = {13};
    double values[3 * 2 * 4];

    for (size_t i = 0; i < LENGTH(values); i++)
        values[i] = .05 + .9 * rng_unit(&rng);
    for (int32_t method = ENSEMBLE_SUM; method < ENSEMBLE_VOTE; method++)
        for (size_t i = 0; i < LENGTH(float_and_double); i++) {
            struct said said = say(method, float_and_double[i], values, 3, 2, 4);
            double y[8];

            weigh(&said, weights);
            combine_to(said.e, float_and_double[i], y, 8);
            weigh_classes(&said, ones);
            /* Some twelve roundings of weights and sums, and of logarithms of at most 3 in size, on either side. */
            assert_result(said.e, float_and_double[i], y, 8, 80 * unit_of(float_and_double[i]));
            assert_int_equal(ensemble_set_class_weights(said.e, NULL, 0, 0), 0);
            assert_result(said.e, float_and_double[i], y, 8, 0);
            forget(&said);
        }
}

/* What an ensemble of one class gives, with the weights that the models have for it. */
static double single_class(int32_t method, int32_t dtype, const double *values, const double *own,
                           const double *classes)
{
    double one[3], weights[3], y;
    struct said said;

    for (size_t model = 0; model < 3; model++) {
        one[model] = values[4 * model];
        weights[model] = own[model] * classes[4 * model];
    }
    said = say(method, dtype, one, 3, 1, 1);
    weigh(&said, weights);
    combine_to(said.e, dtype, &y, 1);
    forget(&said);
    return y;
}

/* Some twelve roundings of weights and sums, and of logarithms of at most 3 in size, on either side. */
TEST(test_each_class_is_an_ensemble_of_its_own)
{
    const double classes[] = {.5, 0, 2, .25, 1, 1, 0, 3, 1, .5, .125, 4}, own[] = {2, 1, .5};
    struct rng rng = {14};
    double values[12];

    for (size_t i = 0; i < 12; i++)
        values[i] = .05 + .9 * rng_unit(&rng);
    for (int32_t method = ENSEMBLE_SUM; method < ENSEMBLE_VOTE; method++)
        for (size_t i = 0; i < LENGTH(float_and_double); i++) {
            const int32_t dtype = float_and_double[i], one = method == ENSEMBLE_LOG_POOL ? ENSEMBLE_GEOMETRIC : method;
            struct said said = say(method, dtype, values, 3, 1, 4);
            double expected[4], sum = 0;

            for (size_t k = 0; k < 4; k++)
                sum += expected[k] = single_class(one, dtype, values + k, own, classes + k);
            for (size_t k = 0; k < 4 && method == ENSEMBLE_LOG_POOL; k++)
                expected[k] /= sum;
            weigh(&said, own);
            weigh_classes(&said, classes);
            assert_result(said.e, dtype, expected, 4, 80 * unit_of(dtype));
            forget(&said);
        }
}

/* Whatever a model says of a class in which it has no weight: it is not multiplied by 0. */
TEST(test_a_class_weight_of_0_takes_a_model_out_of_that_class)
{
    const double values[] = {NOT, .5, .25, .75, INF, .25}, classes[] = {0, 1, 1, 1, -0.0, 1};

    for (int32_t method = ENSEMBLE_SUM; method < ENSEMBLE_VOTE; method++)
        for (size_t i = 0; i < LENGTH(float_and_double); i++) {
            struct said said = say(method, float_and_double[i], values, 2, 1, 3);
            const double expected[] = {.75, .5, method == ENSEMBLE_SUM ? .5 : method == ENSEMBLE_PRODUCT ? .0625 : .25};

            weigh_classes(&said, classes);
            if (method == ENSEMBLE_LOG_POOL)
                assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_GEOMETRIC), 0);
            assert_result(said.e, float_and_double[i], expected, 3, 8 * unit_of(float_and_double[i]));
            forget(&said);
        }
}

TEST(test_a_class_without_any_model_is_nan)
{
    const double values[] = {.5, .5, .25, .25}, classes[] = {1, 0, 1, 0};

    for (int32_t method = ENSEMBLE_SUM; method < ENSEMBLE_VOTE; method++)
        for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
            struct said said = say(method, number_dtypes[i], values, 2, 1, 2);
            double y[2];

            if (method == ENSEMBLE_LOG_POOL)
                assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_GEOMETRIC), 0);
            weigh_classes(&said, classes);
            combine_to(said.e, ENSEMBLE_F32, y, 2);
            assert_false(is_nan(y[0]));
            assert_true(is_nan(y[1]));
            forget(&said);
        }
}

/* What is left of class 0 without the second model cannot be made to stand for all of it; class 1 can. */
TEST(test_a_class_of_which_too_little_is_left_is_nan)
{
    const double values[] = {.5, .25, .75, .125}, classes[] = {1e-300, 1, 1e300, 1}, expected[] = {NOT, .5};

    for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
        struct said said = say(ENSEMBLE_SUM, number_dtypes[i], values, 2, 1, 2);

        weigh_classes(&said, classes);
        assert_int_equal(ensemble_set_model_output(said.e, 1, NULL, number_dtypes[i], 1, 0), 0);
        assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_MISSING, 0), 0);
        assert_result(said.e, ENSEMBLE_F64, expected, 2, 0);
        assert_result(said.e, ENSEMBLE_F32, expected, 2, 0);
        forget(&said);
    }
}

/* In every column of a wide row its own weights: whole numbers, so SUM has nothing to round. */
TEST(test_class_weights_of_wide_rows)
{
    const size_t width = 1000, n = 5, rows = 3, count = rows * width;
    double *values = malloc(n * count * sizeof *values), *weights = malloc(n * width * sizeof *weights);
    double *expected = calloc(2 * count, sizeof *expected), *y = expected + count;
    struct rng rng = {15};

    assert_true(values != NULL && weights != NULL && expected != NULL);
    for (size_t i = 0; i < n * count; i++)
        values[i] = (double)rng_below(&rng, 9) - 4;
    for (size_t i = 0; i < n * width; i++)
        weights[i] = 1 + (double)rng_below(&rng, 9);
    for (size_t i = 0; i < n * count; i++)
        expected[i % count] += values[i] * weights[i / count * width + i % width];
    for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
        struct said said = say(ENSEMBLE_SUM, number_dtypes[i], values, n, rows, width);

        weigh_classes(&said, weights);
        combine_to(said.e, ENSEMBLE_F32, y, count);
        for (size_t k = 0; k < count; k++)
            assert_true(y[k] == expected[k]); /* 0 of either sign */
        forget(&said);
    }
    free(values);
    free(weights);
    free(expected);
}

TEST(test_class_weights_are_copied)
{
    double weights[] = {1, 2, 3, 4};
    const double values[] = {1, 1, 1, 1}, expected[] = {4, 6};
    struct said said = say(ENSEMBLE_SUM, ENSEMBLE_F32, values, 2, 1, 2);

    weigh_classes(&said, weights);
    poison(weights, sizeof weights);
    assert_result(said.e, ENSEMBLE_F32, expected, 2, 0);
    forget(&said);
}

TEST(test_class_weights_can_be_set_again_and_taken_back)
{
    const double values[] = {2, 4, 6, 8}, first[] = {1, 2, 3, 4}, second[] = {1, 0, 0, 1};
    const double expected[] = {20, 40}, changed[] = {2, 8}, mean[] = {4, 6};
    struct said said = say(ENSEMBLE_SUM, ENSEMBLE_F32, values, 2, 1, 2);

    weigh_classes(&said, first);
    assert_result(said.e, ENSEMBLE_F32, expected, 2, 0);
    weigh_classes(&said, second);
    assert_result(said.e, ENSEMBLE_F32, changed, 2, 0);
    assert_int_equal(ensemble_set_class_weights(said.e, NULL, 0, 0), 0);
    assert_result(said.e, ENSEMBLE_F32, mean, 2, 0); /* again 1/n each */
    forget(&said);
}

TEST(test_faults_of_class_weights)
{
    const double weights[] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, bad[] = {NOT, INF, -INF};
    struct ensemble *e = example(), *empty = ensemble_of(3);

    assert_int_equal(ensemble_set_class_weights(NULL, weights, 3, 3), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_set_class_weights(NULL, NULL, 0, 0), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_set_class_weights(e, NULL, 3, 3), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_set_class_weights(e, NULL, 3, 0), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_set_class_weights(e, NULL, 0, 3), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_set_class_weights(empty, weights, 1, 3), ENSEMBLE_EEMPTY);
    assert_int_equal(ensemble_set_class_weights(e, weights, 2, 3), ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_set_class_weights(e, weights, 4, 3), ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_set_class_weights(e, weights, 3, 2), ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_set_class_weights(e, weights, 3, 4), ENSEMBLE_EWEIGHTS);
    for (size_t i = 0; i < 9 * LENGTH(bad); i++) {
        double with_bad[9];

        memcpy(with_bad, weights, sizeof weights);
        with_bad[i % 9] = bad[i / 9];
        assert_int_equal(ensemble_set_class_weights(e, with_bad, 3, 3), ENSEMBLE_ENOTFINITE);
    }
    assert_example(e);
    ensemble_destroy(e);
    ensemble_destroy(empty);
}

TEST(test_class_weights_do_not_fit_after_a_model_was_added)
{
    const double ones[12] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_class_weights(e, ones, 3, 3), 0);
    assert_example(e);
    add(e, example_outputs[0], ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_set_weights(e, (const double[]){.3, .4, .3, 0}, 4), 0);
    assert_example_fails(e, ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_set_class_weights(e, ones, 4, 3), 0);
    assert_example(e);
    ensemble_destroy(e);
}

TEST(test_negative_class_weights_are_for_sum_and_mean_only)
{
    const double values[] = {.5, .5, .25, .75}, classes[] = {2, 1, -1, 1};

    for (int32_t method = ENSEMBLE_SUM; method < ENSEMBLE_VOTE; method++) {
        const double expected[] = {.75, method == ENSEMBLE_SUM ? 1.25 : .625};
        struct said said = say(method, ENSEMBLE_F32, values, 2, 1, 2);

        weigh_classes(&said, classes);
        if (method == ENSEMBLE_SUM || method == ENSEMBLE_MEAN)
            assert_result(said.e, ENSEMBLE_F32, expected, 2, 4 * 0x1p-24);
        else
            assert_combine_fails(said.e, 2, ENSEMBLE_ENEGATIVE);
        forget(&said);
    }
}

TEST(test_votes_and_ranks_do_not_combine_with_class_weights)
{
    const double values[] = {.5, .5, .25, .75}, ones[] = {1, 1, 1, 1};

    for (int32_t method = ENSEMBLE_VOTE; method <= ENSEMBLE_RANK; method++) {
        struct said said = say(method, ENSEMBLE_F32, values, 2, 1, 2);

        weigh_classes(&said, ones);
        assert_combine_fails(said.e, 2, ENSEMBLE_ESPACE);
        assert_int_equal(ensemble_set_class_weights(said.e, NULL, 0, 0), 0);
        assert_int_equal(ensemble_check(said.e, NULL, 0), 0);
        forget(&said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_class_is_divided_by_its_own_sum_of_weights),
        cmocka_unit_test(test_a_sum_with_class_weights_takes_them_as_they_are),
        cmocka_unit_test(test_class_weights_of_1_change_next_to_nothing),
        cmocka_unit_test(test_each_class_is_an_ensemble_of_its_own),
        cmocka_unit_test(test_a_class_weight_of_0_takes_a_model_out_of_that_class),
        cmocka_unit_test(test_a_class_without_any_model_is_nan),
        cmocka_unit_test(test_a_class_of_which_too_little_is_left_is_nan),
        cmocka_unit_test(test_class_weights_of_wide_rows),
        cmocka_unit_test(test_class_weights_are_copied),
        cmocka_unit_test(test_class_weights_can_be_set_again_and_taken_back),
        cmocka_unit_test(test_faults_of_class_weights),
        cmocka_unit_test(test_class_weights_do_not_fit_after_a_model_was_added),
        cmocka_unit_test(test_negative_class_weights_are_for_sum_and_mean_only),
        cmocka_unit_test(test_votes_and_ranks_do_not_combine_with_class_weights),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
