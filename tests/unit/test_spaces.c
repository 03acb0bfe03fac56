/* SPDX-License-Identifier: MIT */
/* What numbers mean: logits, log probabilities, temperatures, and rows that have no softmax. */
#include "known.h"
#include "softmax.h"

#include <float.h>

#define INF ((double)INFINITY)
#define NOT ((double)NAN)

static void all_logits(struct ensemble *e)
{
    for (size_t model = 0; ensemble_set_input(e, model, ENSEMBLE_LOGITS, 0) == 0; model++)
        continue;
}

static void logits_of_temperature_2(struct ensemble *e)
{
    assert_int_equal(ensemble_set_input(e, 0, ENSEMBLE_LOGITS, 2), 0);
}

/* Source: the definition, as Guo et al. (2017) use it to calibrate. */
TEST(test_the_softmax_of_1_2_3_at_two_temperatures)
{
    const double outputs[] = {1, 2, 3}, one[] = {.0900305732, .2447284711, .6652409558};
    const double two[] = {.1863237232, .3071958857, .5064803911};
    const struct known cases[] = {
        {ENSEMBLE_MEAN, 1, 1, 3, outputs, NULL, one, TEN_DIGITS, all_logits},
        {ENSEMBLE_SUM, 1, 1, 3, outputs, NULL, two, TEN_DIGITS, logits_of_temperature_2},
    };

    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_known(&cases[i]);
}

/* The logarithmic pool of one model is that model, whatever its temperature; here of two models that say the same. */
TEST(test_the_logarithmic_pool_has_temperatures_too)
{
    const double outputs[] = {1, 2, 3, 1, 2, 3}, two[] = {.1863237232, .3071958857, .5064803911};
    const double yes[] = {2.1972245773362196}, geometric[] = {.75}; /* 2 log 3 by 2: odds of 3 to 1 */

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        const int32_t dtype = float_and_double[i];
        struct said said = say(ENSEMBLE_LOG_POOL, dtype, outputs, 2, 1, 3);
        struct said binary = say(ENSEMBLE_GEOMETRIC, dtype, yes, 1, 1, 1);

        interpret(&said, ENSEMBLE_LOGITS, 2);
        assert_result(said.e, dtype, two, 3, 16 * unit_of(dtype) + TEN_DIGITS);
        interpret(&binary, ENSEMBLE_BINARY_LOGITS, 2);
        assert_result(binary.e, dtype, geometric, 1, 8 * unit_of(dtype));
        forget(&said);
        forget(&binary);
    }
}

static const double two_logits[] = {1, 2, 3, 3, 1, 0};
static const double halves[] = {.5, .5};

static void log_of_logits(struct ensemble *e)
{
    all_logits(e);
    assert_int_equal(ensemble_set_result(e, ENSEMBLE_RESULT_LOG, 0), 0);
}

/* Source: fairseq, which averages probabilities of an ensemble and takes the logarithm. */
TEST(test_the_log_of_the_linear_pool_as_fairseq_computes_it)
{
    const double expected[] = {-.7616130756, -1.7177927108, -1.0395168045};
    const struct known known = {ENSEMBLE_MEAN, 2, 1, 3, two_logits, halves, expected, TEN_DIGITS, log_of_logits};

    assert_known(&known);
}

static void softmax_of_result(struct ensemble *e)
{
    assert_int_equal(ensemble_set_result(e, ENSEMBLE_RESULT_SOFTMAX, 0), 0);
}

/* Source: Marian, which averages the logits of an ensemble; normalised, that is the logarithmic pool. */
TEST(test_the_logarithmic_pool_as_marian_computes_it)
{
    const double expected[] = {.4518627619, .2740686191, .2740686191};
    const struct known cases[] = {
        {ENSEMBLE_LOG_POOL, 2, 1, 3, two_logits, halves, expected, TEN_DIGITS, all_logits},
        {ENSEMBLE_MEAN, 2, 1, 3, two_logits, halves, expected, TEN_DIGITS, softmax_of_result},
    };

    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_known(&cases[i]);
}

/* The pools of test_methods.c, from logarithms: each logarithm is rounded, and as large as 4.6. */
TEST(test_pools_of_log_probabilities)
{
    const double values[] = {log(.90), log(.09), log(.01), log(.01), log(.50), log(.49)};
    const double linear[] = {.455, .295, .25}, pool[] = {.2516398890, .5626838977, .1856762132};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        const int32_t dtype = float_and_double[i];
        struct said said = say(ENSEMBLE_MEAN, dtype, values, 2, 1, 3);

        interpret(&said, ENSEMBLE_LOG_PROBABILITIES, 0);
        assert_result(said.e, dtype, linear, 3, 16 * unit_of(dtype));
        assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_LOG_POOL), 0);
        assert_result(said.e, dtype, pool, 3, 16 * unit_of(dtype) + TEN_DIGITS);
        forget(&said);
    }
}

TEST(test_log_probabilities_of_special_values)
{
    const double values[] = {0, -INF, NOT, -1e9, 1, INF}, expected[] = {1, 0, NOT, 0, 2.718281828459045, INF};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_SUM, float_and_double[i], values, 1, 1, 6);

        interpret(&said, ENSEMBLE_LOG_PROBABILITIES, 1);
        assert_result(said.e, float_and_double[i], expected, 6, 8 * unit_of(float_and_double[i]));
        forget(&said);
    }
}

/* 1 / (1 + exp(-z / T)), relatively: the rounding of z / T counts |z / T| times, and then there are a few others. */
TEST(test_binary_logits_against_their_definition)
{
    const double temperatures[] = {1, .5, 2, 3};
    double values[401], expected[401], y[401];

    for (size_t t = 0; t < LENGTH(temperatures); t++)
        for (size_t i = 0; i < LENGTH(float_and_double); i++) {
            const int32_t dtype = float_and_double[i];
            struct said said;

            for (size_t k = 0; k < 401; k++) {
                values[k] = ((double)k - 200) / 8;
                expected[k] = (double)(1 / (1 + expl(-(long double)values[k] / (long double)temperatures[t])));
            }
            said = say(ENSEMBLE_SUM, dtype, values, 1, 1, 401);
            interpret(&said, ENSEMBLE_BINARY_LOGITS, temperatures[t]);
            combine_to(said.e, dtype, y, 401);
            assert_relatively(y, expected, 401, (8 + 2 * 25 / temperatures[t]) * unit_of(dtype));
            forget(&said);
        }
}

TEST(test_binary_logits_of_special_values)
{
    const double values[] = {0, -0.0, INF, -INF, NOT, 1e4, -1e4, 1.0986122886681098};
    const double expected[] = {.5, .5, 1, 0, NOT, 1, 0, .75};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_SUM, float_and_double[i], values, 1, 1, 8);
        double y[8];

        interpret(&said, ENSEMBLE_BINARY_LOGITS, 0);
        assert_result(said.e, float_and_double[i], expected, 8, 4 * unit_of(float_and_double[i]));
        combine_to(said.e, float_and_double[i], y, 8);
        assert_true(y[0] == .5 && y[1] == .5 && y[2] == 1 && y[3] == 0);
        forget(&said);
    }
}

/* In the middle row something is wrong; the rows around it do not suffer. */
TEST(test_rows_of_logits_that_have_no_softmax_are_nan)
{
    const double wrong[][3] = {{NOT, 0, 0},   {0, NOT, 0},     {0, 0, NOT},     {INF, 0, 0},        {0, 0, INF},
                               {INF, 0, INF}, {-INF, INF, 0}, {-INF, NOT, 0}, {-INF, -INF, -INF}, {INF, NOT, -INF}};
    const double third = 1. / 3, expected[] = {third, third, third, NOT, NOT, NOT, third, third, third};

    for (size_t w = 0; w < LENGTH(wrong); w++)
        for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
            double values[18] = {0};
            struct said said;

            memcpy(values + 3, wrong[w], sizeof wrong[w]);
            said = say(ENSEMBLE_MEAN, number_dtypes[i], values, 2, 3, 3);
            interpret(&said, ENSEMBLE_LOGITS, 0);
            assert_result(said.e, ENSEMBLE_F32, expected, 9, 4 * 0x1p-24);
            assert_result(said.e, ENSEMBLE_F64, expected, 9, 4 * 0x1p-53);
            forget(&said);
        }
}

/* -inf rules a class out; one element is 1 whatever it says; large logits overflow nowhere. */
TEST(test_rows_of_logits_that_have_a_softmax)
{
    const double rows[][3] = {{-INF, 0, 0}, {-INF, 5, -INF}, {1e4, 1e4, -1e4}, {-1e4, -1e4, -1e4}, {0, 1e5, 1e5 - 1e4}};
    const double expected[][3] = {{0, .5, .5}, {0, 1, 0}, {.5, .5, 0}, {1. / 3, 1. / 3, 1. / 3}, {0, 1, 0}};
    const double extremes32[] = {(double)FLT_MAX, -(double)FLT_MAX}, extremes64[] = {DBL_MAX, -DBL_MAX};
    const double first[] = {1, 0}, ones[] = {1, 1, 1, 1}, single[] = {0, -1000, 1000, 3.5};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        const int32_t dtype = float_and_double[i];
        struct said said = say(ENSEMBLE_SUM, dtype, rows[0], 1, LENGTH(rows), 3);
        struct said wide = say(ENSEMBLE_SUM, dtype, dtype == ENSEMBLE_F32 ? extremes32 : extremes64, 1, 1, 2);
        struct said one = say(ENSEMBLE_SUM, dtype, single, 1, 4, 1);

        interpret(&said, ENSEMBLE_LOGITS, 0);
        interpret(&wide, ENSEMBLE_LOGITS, 0);
        interpret(&one, ENSEMBLE_LOGITS, 0);
        assert_result(said.e, dtype, expected[0], 3 * LENGTH(rows), 2 * unit_of(dtype));
        assert_result(wide.e, dtype, first, 2, 0);
        assert_result(one.e, dtype, ones, 4, 0);
        forget(&said);
        forget(&wide);
        forget(&one);
    }
}

/* exp(-200) is 0 in float; but what one model all but rules out, another may rule out still more. */
TEST(test_the_logarithmic_pool_of_logits_and_logarithms_does_not_underflow)
{
    const double values[] = {0, -200, -200, 0}, expected[] = {.5, .5};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_LOG_POOL, float_and_double[i], values, 2, 1, 2);

        interpret(&said, ENSEMBLE_LOGITS, 0);
        assert_result(said.e, float_and_double[i], expected, 2, 512 * unit_of(float_and_double[i])); /* of 200s */
        interpret(&said, ENSEMBLE_LOG_PROBABILITIES, 0);
        assert_result(said.e, float_and_double[i], expected, 2, 512 * unit_of(float_and_double[i]));
        forget(&said);
    }
}

/* Softmax of (1, 2, 3) / 2; probabilities; logarithms; binary logits: each model has its own space. */
TEST(test_every_model_has_its_own_space)
{
    const double values[] = {1, 2, 3, .5, .25, .25, log(.2), log(.3), log(.5), 0, log(3), -log(3)};
    const double expected[] = {(.1863237232 + .5 + .2 + .5) / 4, (.3071958857 + .25 + .3 + .75) / 4,
                               (.5064803911 + .25 + .5 + .25) / 4};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_MEAN, float_and_double[i], values, 4, 1, 3);

        assert_int_equal(ensemble_set_input(said.e, 0, ENSEMBLE_LOGITS, 2), 0);
        assert_int_equal(ensemble_set_input(said.e, 1, ENSEMBLE_PROBABILITIES, 0), 0);
        assert_int_equal(ensemble_set_input(said.e, 2, ENSEMBLE_LOG_PROBABILITIES, 0), 0);
        assert_int_equal(ensemble_set_input(said.e, 3, ENSEMBLE_BINARY_LOGITS, 0), 0);
        assert_result(said.e, float_and_double[i], expected, 3, 16 * unit_of(float_and_double[i]) + TEN_DIGITS);
        forget(&said);
    }
}

TEST(test_probabilities_are_taken_as_they_are_and_spaces_can_be_taken_back)
{
    const double values[] = {.1, .2, .7, .3, .3, .4};

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++) {
        struct said said = say(method, ENSEMBLE_F32, values, 2, 1, 3);
        double y[3];

        combine_to(said.e, ENSEMBLE_F32, y, 3);
        interpret(&said, ENSEMBLE_LOGITS, 3);
        interpret(&said, ENSEMBLE_PROBABILITIES, 0);
        assert_result(said.e, ENSEMBLE_F32, y, 3, 0);
        interpret(&said, ENSEMBLE_LOGITS, 3);
        interpret(&said, ENSEMBLE_AS_IS, 1);
        assert_result(said.e, ENSEMBLE_F32, y, 3, 0);
        forget(&said);
    }
}

/* The data stays as it is, whatever it is converted to. */
TEST(test_spaces_do_not_change_the_outputs)
{
    struct said said = say(ENSEMBLE_LOG_POOL, ENSEMBLE_F32, two_logits, 2, 1, 3);
    double y[3];
    float kept[6];

    interpret(&said, ENSEMBLE_LOGITS, 0);
    memcpy(kept, said.data, sizeof kept);
    combine_to(said.e, ENSEMBLE_F32, y, 3);
    assert_memory_equal(said.data, kept, sizeof kept);
    forget(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_softmax_of_1_2_3_at_two_temperatures),
        cmocka_unit_test(test_the_logarithmic_pool_has_temperatures_too),
        cmocka_unit_test(test_the_log_of_the_linear_pool_as_fairseq_computes_it),
        cmocka_unit_test(test_the_logarithmic_pool_as_marian_computes_it),
        cmocka_unit_test(test_pools_of_log_probabilities),
        cmocka_unit_test(test_log_probabilities_of_special_values),
        cmocka_unit_test(test_binary_logits_against_their_definition),
        cmocka_unit_test(test_binary_logits_of_special_values),
        cmocka_unit_test(test_rows_of_logits_that_have_no_softmax_are_nan),
        cmocka_unit_test(test_rows_of_logits_that_have_a_softmax),
        cmocka_unit_test(test_the_logarithmic_pool_of_logits_and_logarithms_does_not_underflow),
        cmocka_unit_test(test_every_model_has_its_own_space),
        cmocka_unit_test(test_probabilities_are_taken_as_they_are_and_spaces_can_be_taken_back),
        cmocka_unit_test(test_spaces_do_not_change_the_outputs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
