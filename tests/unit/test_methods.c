/* SPDX-License-Identifier: MIT */
/* Known numbers of pools and robust rules, and what follows from the definitions of methods. */
#include "known.h"

/* Source: OpenSearch, neural-search, the tests of its geometric and harmonic mean techniques. */
static const double opensearch_outputs[] = {1.0, .5, .3};
static const double opensearch_weights[] = {.45, .15, .40};

TEST(test_the_geometric_mean_of_opensearch)
{
    const double expected[] = {.5567933024};
    const struct known known = {
        ENSEMBLE_GEOMETRIC, 3, 1, 1, opensearch_outputs, opensearch_weights, expected, TEN_DIGITS, NULL};

    assert_known(&known);
}

TEST(test_the_harmonic_mean_of_opensearch)
{
    const double expected[] = {.48};
    const struct known known = EXACTLY(ENSEMBLE_HARMONIC, 3, 1, 1, opensearch_outputs, opensearch_weights, expected);

    assert_known(&known);
}

/* Source: the definition of the logarithmic opinion pool (Genest, 1984), where it disagrees with the linear one. */
TEST(test_the_logarithmic_pool_of_two_models_that_disagree)
{
    const double outputs[] = {.90, .09, .01, .01, .50, .49}, weights[] = {.5, .5};
    const double expected[] = {.2516398890, .5626838977, .1856762132};
    const struct known known = {ENSEMBLE_LOG_POOL, 2, 1, 3, outputs, weights, expected, TEN_DIGITS, NULL};

    assert_known(&known);
}

/* Source: four forecasts of one event, and of its absence, pooled with equal weights; logarithmic pool .835763 %. */
TEST(test_the_logarithmic_pool_of_four_forecasts)
{
    const double outputs[] = {.0140, .9860, .0221, .9779, .0039, .9961, .0040, .9960};
    const double expected[] = {.00835763, .99164237};
    const struct known known = {ENSEMBLE_LOG_POOL, 4, 1, 2, outputs, NULL, expected, 5.01e-9, NULL};

    assert_known(&known);
}

/* Source: DESlib, its tests of these five rules, with the five models of Kuncheva's book. */
static const double kuncheva_outputs[] = {.1, .5, .4, 0, 0, 1, .4, .3, .4, .2, .7, .1, .1, .8, .2};

TEST(test_the_product_of_kuncheva_s_five_models)
{
    const double expected[] = {0, 0, .0032};
    const struct known known = EXACTLY(ENSEMBLE_PRODUCT, 5, 1, 3, kuncheva_outputs, NULL, expected);

    assert_known(&known);
}

TEST(test_the_minimum_of_kuncheva_s_five_models)
{
    const double expected[] = {0, 0, .1};
    const struct known known = EXACTLY(ENSEMBLE_MIN, 5, 1, 3, kuncheva_outputs, NULL, expected);

    assert_known(&known);
}

TEST(test_the_maximum_of_kuncheva_s_five_models)
{
    const double expected[] = {.4, .8, 1};
    const struct known known = EXACTLY(ENSEMBLE_MAX, 5, 1, 3, kuncheva_outputs, NULL, expected);

    assert_known(&known);
}

TEST(test_the_median_of_kuncheva_s_five_models)
{
    const double expected[] = {.1, .5, .4};
    const struct known known = EXACTLY(ENSEMBLE_MEDIAN, 5, 1, 3, kuncheva_outputs, NULL, expected);

    assert_known(&known);
}

/* 20 % are trimmed if nothing else is said: one value of five at each end. */
TEST(test_the_trimmed_mean_of_kuncheva_s_five_models)
{
    const double expected[] = {.4 / 3, .5, 1.0 / 3};
    const struct known known = EXACTLY(ENSEMBLE_TRIMMED, 5, 1, 3, kuncheva_outputs, NULL, expected);

    assert_known(&known);
}

static void trim_tenths(struct ensemble *e)
{
    set_parameter(e, ENSEMBLE_TRIM, .1);
}

/* Source: R, mean(trim=): floor(.1 x 5) = 0 of five values are dropped; the plain mean is left. */
TEST(test_trimming_drops_whole_values_only)
{
    const double expected[] = {.16, .46, .42};
    struct known known = EXACTLY(ENSEMBLE_TRIMMED, 5, 1, 3, kuncheva_outputs, NULL, expected);

    known.prepare = trim_tenths;
    assert_known(&known);
}

/* Source: combo, the median of scores per row: three rows, three models. */
TEST(test_the_medians_of_combo)
{
    const double outputs[] = {0, 2, 5, 1, 3, 6, 2, 4, 7}, expected[] = {1, 3, 6};
    const struct known known = EXACTLY(ENSEMBLE_MEDIAN, 3, 3, 1, outputs, NULL, expected);

    assert_known(&known);
}

TEST(test_the_median_of_an_even_count_is_the_mean_of_the_two_in_the_middle)
{
    const double outputs[] = {8, 1, 4, 2}, expected[] = {3};
    const struct known known = EXACTLY(ENSEMBLE_MEDIAN, 4, 1, 1, outputs, NULL, expected);

    assert_known(&known);
}

/* Source: hubEnsembles, the tests of its weighted median of point forecasts. */
TEST(test_the_weighted_medians_of_hubensembles)
{
    const double outputs[] = {10, 40, 60, 30, 40, 70, 15, 45, 75, 20, 50, 80};
    const double weights[] = {.1, .2, .3, .4}, expected[] = {20, 45, 75};
    const struct known known = EXACTLY(ENSEMBLE_MEDIAN, 4, 3, 1, outputs, weights, expected);

    assert_known(&known);
}

TEST(test_the_weighted_median_of_six_values_of_hubensembles)
{
    const double outputs[] = {-.103, -.89, 0, 0, .039, .055}, expected[] = {0};
    const double weights[] = {.08, .14, .22, .12, .28, .16};
    const struct known known = EXACTLY(ENSEMBLE_MEDIAN, 6, 1, 1, outputs, weights, expected);

    assert_known(&known);
}

/* Source: the definition. The quadratic mean of 1 and 7 is 5, and of 15 and 20 by inverse squares the root of 288. */
TEST(test_the_power_mean_is_quadratic_if_nothing_else_is_said)
{
    const double outputs[] = {1, 7}, expected[] = {5};
    const struct known known = EXACTLY(ENSEMBLE_POWER, 2, 1, 1, outputs, NULL, expected);

    assert_known(&known);
}

static void inverse_squares(struct ensemble *e)
{
    set_parameter(e, ENSEMBLE_EXPONENT, -2);
}

static void roots(struct ensemble *e)
{
    set_parameter(e, ENSEMBLE_EXPONENT, .5);
}

static void cubes(struct ensemble *e)
{
    set_parameter(e, ENSEMBLE_EXPONENT, 3);
}

TEST(test_power_means_of_other_exponents)
{
    const double fifteen_twenty[] = {15, 20}, one_nine[] = {1, 9}, three_four_five[] = {3, 4, 5};
    const double inverse[] = {16.970562748477143}, root[] = {4};
    const double cube[] = {4.160167646103808}; /* 6 / the cube root of 3, since 27 + 64 + 125 = 216 */
    const struct known cases[] = {
        {ENSEMBLE_POWER, 2, 1, 1, fifteen_twenty, NULL, inverse, 0, inverse_squares},
        {ENSEMBLE_POWER, 2, 1, 1, one_nine, NULL, root, 0, roots},
        {ENSEMBLE_POWER, 3, 1, 1, three_four_five, NULL, cube, 0, cubes},
    };

    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_known(&cases[i]);
}

/* Quarters and three quarters: (1 x 2^2 + 3 x 6^2) / 4 = 28. */
TEST(test_a_power_mean_has_weights)
{
    const double outputs[] = {2, 6}, weights[] = {1, 3}, expected[] = {5.291502622129181};
    const struct known known = EXACTLY(ENSEMBLE_POWER, 2, 1, 1, outputs, weights, expected);

    assert_known(&known);
}

/* Two ensembles give the same bits, in every type of result. */
static void assert_same_bits(const struct said *a, const struct said *b)
{
    const size_t count = a->rows * a->width;
    double *expected = malloc(2 * count * sizeof *expected), *y = expected + count;

    assert_non_null(expected);
    for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
        combine_to(a->e, number_dtypes[i], expected, count);
        combine_to(b->e, number_dtypes[i], y, count);
        assert_values(y, expected, count, 0);
    }
    free(expected);
}

/* For 1 to 9 models of every dtype, and rows that no vector divides. */
static void assert_power_is(double exponent, int32_t method)
{
    double values[9 * 3 * 37], weights[9];
    struct rng rng = {20};

    for (size_t n = 1; n <= 9; n++)
        for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
            struct said power, other;

            for (size_t k = 0; k < n * 3 * 37; k++)
                values[k] = rng_one_in(&rng, 20) ? 0 : rng_unit(&rng);
            for (size_t k = 0; k < n; k++)
                weights[k] = .1 + rng_unit(&rng);
            power = say(ENSEMBLE_POWER, number_dtypes[i], values, n, 3, 37);
            other = say(method, number_dtypes[i], values, n, 3, 37);
            set_parameter(power.e, ENSEMBLE_EXPONENT, exponent);
            assert_same_bits(&other, &power);
            weigh(&power, weights);
            weigh(&other, weights);
            assert_same_bits(&other, &power);
            forget(&power);
            forget(&other);
        }
}

TEST(test_the_power_mean_of_exponent_1_is_the_mean_to_the_bit)
{
    assert_power_is(1, ENSEMBLE_MEAN);
}

TEST(test_the_power_mean_of_exponent_minus_1_is_the_harmonic_mean_to_the_bit)
{
    assert_power_is(-1, ENSEMBLE_HARMONIC);
}

TEST(test_the_power_mean_of_exponent_0_is_the_geometric_mean_to_the_bit)
{
    assert_power_is(0, ENSEMBLE_GEOMETRIC);
    assert_power_is(-0.0, ENSEMBLE_GEOMETRIC);
}

/* Near 0 the exponent's own formula still holds: the limit is approached from both sides, to some 1e-6. */
TEST(test_power_means_of_small_exponents_are_near_the_geometric_mean)
{
    const double expected[] = {.5567933024};
    struct said said = say(ENSEMBLE_POWER, ENSEMBLE_F64, opensearch_outputs, 3, 1, 1);

    weigh(&said, opensearch_weights);
    set_parameter(said.e, ENSEMBLE_EXPONENT, 1e-6);
    assert_result(said.e, ENSEMBLE_F64, expected, 1, 1e-6);
    set_parameter(said.e, ENSEMBLE_EXPONENT, -1e-6);
    assert_result(said.e, ENSEMBLE_F64, expected, 1, 1e-6);
    forget(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_geometric_mean_of_opensearch),
        cmocka_unit_test(test_the_harmonic_mean_of_opensearch),
        cmocka_unit_test(test_the_logarithmic_pool_of_two_models_that_disagree),
        cmocka_unit_test(test_the_logarithmic_pool_of_four_forecasts),
        cmocka_unit_test(test_the_product_of_kuncheva_s_five_models),
        cmocka_unit_test(test_the_minimum_of_kuncheva_s_five_models),
        cmocka_unit_test(test_the_maximum_of_kuncheva_s_five_models),
        cmocka_unit_test(test_the_median_of_kuncheva_s_five_models),
        cmocka_unit_test(test_the_trimmed_mean_of_kuncheva_s_five_models),
        cmocka_unit_test(test_trimming_drops_whole_values_only),
        cmocka_unit_test(test_the_medians_of_combo),
        cmocka_unit_test(test_the_median_of_an_even_count_is_the_mean_of_the_two_in_the_middle),
        cmocka_unit_test(test_the_weighted_medians_of_hubensembles),
        cmocka_unit_test(test_the_weighted_median_of_six_values_of_hubensembles),
        cmocka_unit_test(test_the_power_mean_is_quadratic_if_nothing_else_is_said),
        cmocka_unit_test(test_power_means_of_other_exponents),
        cmocka_unit_test(test_a_power_mean_has_weights),
        cmocka_unit_test(test_the_power_mean_of_exponent_1_is_the_mean_to_the_bit),
        cmocka_unit_test(test_the_power_mean_of_exponent_minus_1_is_the_harmonic_mean_to_the_bit),
        cmocka_unit_test(test_the_power_mean_of_exponent_0_is_the_geometric_mean_to_the_bit),
        cmocka_unit_test(test_power_means_of_small_exponents_are_near_the_geometric_mean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
