/* SPDX-License-Identifier: MIT */
/* What becomes of combined rows: normalised, as logarithms, as a softmax, tempered. */
#include "softmax.h"

#define INF ((double)INFINITY)
#define NOT ((double)NAN)

static void set_form(const struct said *said, int32_t form, double temperature)
{
    assert_int_equal(ensemble_set_result(said->e, form, temperature), 0);
}

TEST(test_a_normalised_row_is_divided_by_its_sum)
{
    const double values[] = {1, 2, 5, -1, 4, 1, 0, 0, 3, .25, .25, 0}, expected[] = {.125, .25, .625, -.25, 1, .25,
                                                                                    0, 0, 1, .5, .5, 0};

    for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
        struct said said = say(ENSEMBLE_SUM, number_dtypes[i], values, 1, 4, 3);

        set_form(&said, ENSEMBLE_RESULT_NORMALISED, 0);
        for (size_t k = 0; k < LENGTH(number_dtypes); k++)
            assert_result(said.e, number_dtypes[k], expected, 12, 0);
        forget(&said);
    }
}

/* What is normalised is the combined row: (.1 x 1 + .3 x 3, .1 x 4 + .3 x 2) = (1, 1). */
TEST(test_the_combined_row_is_normalised_not_the_outputs)
{
    const double values[] = {1, 4, 3, 2}, weights[] = {.1, .3}, expected[] = {.5, .5};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_SUM, float_and_double[i], values, 2, 1, 2);

        weigh(&said, weights);
        set_form(&said, ENSEMBLE_RESULT_NORMALISED, 0);
        assert_result(said.e, float_and_double[i], expected, 2, 6 * unit_of(float_and_double[i]));
        forget(&said);
    }
}

TEST(test_normalised_rows_of_special_values)
{
    const double values[] = {NOT, 1, 1, 0, 0, 0, INF, 1, 0, 1, 2, 1};
    const double expected[] = {NOT, NOT, NOT, NOT, NOT, NOT, NOT, 0, 0, .25, .5, .25};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_SUM, float_and_double[i], values, 1, 4, 3);

        set_form(&said, ENSEMBLE_RESULT_NORMALISED, 0);
        assert_result(said.e, float_and_double[i], expected, 12, 0);
        forget(&said);
    }
}

/* LOG_POOL is defined as this. */
TEST(test_normalised_geometric_means_are_the_logarithmic_pool)
{
    struct rng rng = {12};
    double values[4 * 3 * 7];

    for (size_t i = 0; i < LENGTH(values); i++)
        values[i] = .01 + rng_unit(&rng);
    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said geometric = say(ENSEMBLE_GEOMETRIC, float_and_double[i], values, 4, 3, 7);
        struct said pool = say(ENSEMBLE_LOG_POOL, float_and_double[i], values, 4, 3, 7);
        double y[21];

        set_form(&geometric, ENSEMBLE_RESULT_NORMALISED, 0);
        combine_to(geometric.e, float_and_double[i], y, 21);
        /* Logarithms of at most 4.6 in size; the sum of seven: about 30 roundings, in either. */
        assert_result(pool.e, float_and_double[i], y, 21, 64 * unit_of(float_and_double[i]));
        forget(&geometric);
        forget(&pool);
    }
}

TEST(test_logarithms_of_results)
{
    const double values[] = {1, 0, -0.0, -1, INF, NOT, 7.38905609893065, .5};
    const double expected[] = {0, -INF, -INF, NOT, INF, NOT, 2, -.6931471805599453};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_SUM, float_and_double[i], values, 1, 1, 8);

        set_form(&said, ENSEMBLE_RESULT_LOG, 0);
        assert_result(said.e, float_and_double[i], expected, 8, 6 * unit_of(float_and_double[i]));
        forget(&said);
    }
}

/* log y over the whole range, relatively, except where y is near 1 and its logarithm near 0: there absolutely. */
TEST(test_logarithms_against_their_definition)
{
    double values[512], expected[512];

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said;
        double y[512];

        for (size_t k = 0; k < 512; k++) {
            values[k] = ldexp(1 + (double)(k % 64) / 64, (int)(k / 4) - 64);
            expected[k] = (double)logl((long double)values[k]);
        }
        said = say(ENSEMBLE_SUM, float_and_double[i], values, 1, 1, 512);
        set_form(&said, ENSEMBLE_RESULT_LOG, 0);
        combine_to(said.e, float_and_double[i], y, 512);
        for (size_t k = 0; k < 512; k++)
            assert_near(y[k], expected[k], 4 * unit_of(float_and_double[i]) * (1 + fabs(expected[k])));
        forget(&said);
    }
}

TEST(test_softmax_of_results_at_several_temperatures)
{
    const double values[] = {1, 2, 3, 4, 0, -5, 100, 101, 99}, temperatures[] = {0, 1, 2, .5, 7};
    double expected[9];

    for (size_t t = 0; t < LENGTH(temperatures); t++)
        for (size_t i = 0; i < LENGTH(float_and_double); i++) {
            struct said said = say(ENSEMBLE_SUM, float_and_double[i], values, 1, 3, 3);

            for (size_t row = 0; row < 3; row++)
                plain_softmax(values + 3 * row, 3, t > 0 ? temperatures[t] : 1, expected + 3 * row);
            set_form(&said, ENSEMBLE_RESULT_SOFTMAX, temperatures[t]);
            /* The exponents are rounded, and at most 202 in size; the rest is less. */
            assert_result(said.e, float_and_double[i], expected, 9, 256 * unit_of(float_and_double[i]));
            forget(&said);
        }
}

TEST(test_softmax_of_results_with_special_values)
{
    const double values[] = {NOT, 0, 0, -INF, 0, 0, INF, 0, 0, -INF, -INF, -INF, 0, 0, -INF};
    const double expected[] = {NOT, NOT, NOT, 0, .5, .5, NOT, NOT, NOT, NOT, NOT, NOT, .5, .5, 0};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_SUM, float_and_double[i], values, 1, 5, 3);

        set_form(&said, ENSEMBLE_RESULT_SOFTMAX, 0);
        assert_result(said.e, float_and_double[i], expected, 15, 2 * unit_of(float_and_double[i]));
        forget(&said);
    }
}

/* Logits that are read, combined and made logits again: the form comes last. */
TEST(test_forms_and_spaces_together)
{
    const double values[] = {1, 2, 3, 3, 1, 0};
    double p[6], expected[3];

    plain_softmax(values, 3, 2, p);
    plain_softmax(values + 3, 3, 2, p + 3);
    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        const int32_t dtype = float_and_double[i];
        struct said said = say(ENSEMBLE_MEAN, dtype, values, 2, 1, 3);

        interpret(&said, ENSEMBLE_LOGITS, 2);
        set_form(&said, ENSEMBLE_RESULT_LOG, 0);
        for (size_t k = 0; k < 3; k++)
            expected[k] = log((p[k] + p[3 + k]) / 2);
        assert_result(said.e, dtype, expected, 3, 16 * unit_of(dtype));
        set_form(&said, ENSEMBLE_RESULT_SOFTMAX, 0);
        for (size_t k = 0; k < 3; k++)
            expected[k] = (p[k] + p[3 + k]) / 2;
        plain_softmax(expected, 3, 1, expected);
        assert_result(said.e, dtype, expected, 3, 16 * unit_of(dtype));
        forget(&said);
    }
}

/* docs/numerics.md: the sum of logarithms is not made a number on the way, in which exp(-200) is 0 in float. */
TEST(test_logarithms_of_logarithmic_pools_do_not_underflow)
{
    const double values[] = {0, -200, 0, -400}, expected[] = {0, -300}, tempered[] = {.73105857863, .26894142137};
    const int32_t methods[] = {ENSEMBLE_GEOMETRIC, ENSEMBLE_LOG_POOL}, spaces[] = {ENSEMBLE_LOG_PROBABILITIES,
                                                                                   ENSEMBLE_LOGITS};

    for (size_t m = 0; m < 2; m++)
        for (size_t s = 0; s < 2; s++)
            for (size_t i = 0; i < LENGTH(float_and_double); i++) {
                struct said said = say(methods[m], float_and_double[i], values, 2, 1, 2);

                interpret(&said, spaces[s], 0);
                set_form(&said, ENSEMBLE_RESULT_LOG, 0);
                assert_result(said.e, float_and_double[i], expected, 2, 4 * 300 * unit_of(float_and_double[i]));
                set_form(&said, ENSEMBLE_RESULT_TEMPERED, 300);
                assert_result(said.e, float_and_double[i], tempered, 2, 1e-11 + 8 * unit_of(float_and_double[i]));
                forget(&said);
            }
}

/* Every form goes with every method, and AS_IS leads back. */
TEST(test_forms_of_every_method)
{
    const double values[] = {.5, .25, .25, .125, .625, .25, .25, .25, .5};

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++)
        for (size_t i = 0; i < LENGTH(float_and_double); i++) {
            const int32_t dtype = float_and_double[i];
            struct said said = say(method, dtype, values, 3, 1, 3);
            double y[3], expected[3];

            combine_to(said.e, dtype, y, 3);
            for (size_t k = 0; k < 3; k++)
                expected[k] = y[k] / (y[0] + y[1] + y[2]);
            set_form(&said, ENSEMBLE_RESULT_NORMALISED, 0);
            assert_result(said.e, dtype, expected, 3, 8 * unit_of(dtype));
            for (size_t k = 0; k < 3; k++)
                expected[k] = log(y[k]);
            set_form(&said, ENSEMBLE_RESULT_LOG, 0);
            assert_result(said.e, dtype, expected, 3, 32 * unit_of(dtype)); /* of a size of at most 4.2 */
            plain_softmax(y, 3, 1, expected);
            set_form(&said, ENSEMBLE_RESULT_SOFTMAX, 0);
            assert_result(said.e, dtype, expected, 3, 16 * unit_of(dtype));
            for (size_t k = 0; k < 3; k++)
                expected[k] = log(y[k]);
            plain_softmax(expected, 3, 2, expected);
            set_form(&said, ENSEMBLE_RESULT_TEMPERED, 2);
            assert_result(said.e, dtype, expected, 3, 32 * unit_of(dtype)); /* likewise */
            set_form(&said, ENSEMBLE_RESULT_AS_IS, 0);
            assert_result(said.e, dtype, y, 3, 0);
            forget(&said);
        }
}

/* The accumulator is formed, and rounded once: 1/3 in float16 from what in float16 would be .1 and .2. */
TEST(test_forms_are_computed_before_the_end_is_rounded)
{
    const double values[] = {.1, .2}, expected[] = {.1 / .3, .2 / .3};
    struct said said = say(ENSEMBLE_SUM, ENSEMBLE_F64, values, 1, 1, 2);

    set_form(&said, ENSEMBLE_RESULT_NORMALISED, 0);
    for (size_t i = 0; i < LENGTH(number_dtypes); i++)
        assert_result(said.e, number_dtypes[i], expected, 2, number_dtypes[i] == ENSEMBLE_F64 ? 0x1p-52 : 0);
    forget(&said);
}

/* With gaps in the result, a row is still one row. */
TEST(test_forms_of_results_with_gaps)
{
    const double values[] = {1, 3, 2, 2};
    struct said said = say(ENSEMBLE_SUM, ENSEMBLE_F32, values, 1, 2, 2);
    float y[6];
    const struct ensemble_call call = {
        .struct_size = sizeof call, .result = y, .result_count = 6, .result_stride = 3, .dtype = ENSEMBLE_F32};

    poison(y, sizeof y);
    set_form(&said, ENSEMBLE_RESULT_NORMALISED, 0);
    assert_int_equal(ensemble_run(said.e, &call), 0);
    assert_true(y[0] == .25f && y[1] == .75f && y[3] == .5f && y[4] == .5f);
    assert_poisoned(&y[2], sizeof *y);
    assert_poisoned(&y[5], sizeof *y);
    forget(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_normalised_row_is_divided_by_its_sum),
        cmocka_unit_test(test_the_combined_row_is_normalised_not_the_outputs),
        cmocka_unit_test(test_normalised_rows_of_special_values),
        cmocka_unit_test(test_normalised_geometric_means_are_the_logarithmic_pool),
        cmocka_unit_test(test_logarithms_of_results),
        cmocka_unit_test(test_logarithms_against_their_definition),
        cmocka_unit_test(test_softmax_of_results_at_several_temperatures),
        cmocka_unit_test(test_softmax_of_results_with_special_values),
        cmocka_unit_test(test_forms_and_spaces_together),
        cmocka_unit_test(test_logarithms_of_logarithmic_pools_do_not_underflow),
        cmocka_unit_test(test_forms_of_every_method),
        cmocka_unit_test(test_forms_are_computed_before_the_end_is_rounded),
        cmocka_unit_test(test_forms_of_results_with_gaps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
