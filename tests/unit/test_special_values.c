/* SPDX-License-Identifier: MIT */
/* Zeros, infinities, NaN and signs, weights of 0 and negative ones: what each method makes of them. */
#include "said.h"

#define INF ((double)INFINITY)
#define NOT ((double)NAN)

/* What a method makes of two models that weigh the same. */
struct pair {
    int32_t method;
    double a, b, expected;
};

/* Both types of accumulator. A few roundings are allowed; zeros, infinities and NaN are what they are. */
static void assert_pair(const struct pair *pair, int32_t parameter, double value)
{
    const double values[] = {pair->a, pair->b};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        const int32_t dtype = float_and_double[i];
        struct said said = say(pair->method, dtype, values, 2, 1, 1);
        const int plain = is_nan(pair->expected) || isinf(pair->expected) || pair->expected == 0;

        if (parameter != 0)
            set_parameter(said.e, parameter, value);
        assert_result(said.e, dtype, &pair->expected, 1, plain ? 0 : 8 * unit_of(dtype) * fabs(pair->expected));
        forget(&said);
    }
}

static void assert_pairs(const struct pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct pair swapped = {pairs[i].method, pairs[i].b, pairs[i].a, pairs[i].expected};

        assert_pair(&pairs[i], 0, 0);
        assert_pair(&swapped, 0, 0);
    }
}

TEST(test_geometric_and_harmonic_means_of_special_values)
{
    const struct pair pairs[] = {
        {ENSEMBLE_GEOMETRIC, 0, .5, 0},     {ENSEMBLE_GEOMETRIC, 0, 0, 0},     {ENSEMBLE_GEOMETRIC, INF, 1, INF},
        {ENSEMBLE_GEOMETRIC, INF, INF, INF}, {ENSEMBLE_GEOMETRIC, 0, INF, NOT}, {ENSEMBLE_GEOMETRIC, NOT, 1, NOT},
        {ENSEMBLE_GEOMETRIC, NOT, 0, NOT},  {ENSEMBLE_GEOMETRIC, -1, 1, NOT},  {ENSEMBLE_GEOMETRIC, .25, 1, .5},
        {ENSEMBLE_HARMONIC, 0, .5, 0},      {ENSEMBLE_HARMONIC, 0, 0, 0},      {ENSEMBLE_HARMONIC, INF, 1, 2},
        {ENSEMBLE_HARMONIC, INF, INF, INF}, {ENSEMBLE_HARMONIC, 0, INF, 0},    {ENSEMBLE_HARMONIC, NOT, 1, NOT},
        {ENSEMBLE_HARMONIC, NOT, 0, NOT},   {ENSEMBLE_HARMONIC, -2, -2, -2},
    };

    assert_pairs(pairs, LENGTH(pairs));
}

TEST(test_power_means_of_special_values)
{
    const struct pair squares[] = {
        {ENSEMBLE_POWER, 0, 0, 0},     {ENSEMBLE_POWER, INF, 1, INF}, {ENSEMBLE_POWER, 0, INF, INF},
        {ENSEMBLE_POWER, NOT, 1, NOT}, {ENSEMBLE_POWER, NOT, 0, NOT}, {ENSEMBLE_POWER, INF, NOT, NOT},
    };
    const struct pair inverse[] = {
        {ENSEMBLE_POWER, 0, 1, 0},     {ENSEMBLE_POWER, 0, 0, 0},     {ENSEMBLE_POWER, INF, INF, INF},
        {ENSEMBLE_POWER, NOT, 1, NOT}, {ENSEMBLE_POWER, 0, INF, 0},   {ENSEMBLE_POWER, INF, 1, 1.4142135623730951},
    };

    assert_pairs(squares, LENGTH(squares));
    for (size_t i = 0; i < LENGTH(inverse); i++)
        assert_pair(&inverse[i], ENSEMBLE_EXPONENT, -2);
}

TEST(test_products_of_special_values)
{
    const struct pair pairs[] = {
        {ENSEMBLE_PRODUCT, 0, INF, NOT}, {ENSEMBLE_PRODUCT, INF, -1, -INF}, {ENSEMBLE_PRODUCT, NOT, 0, NOT},
        {ENSEMBLE_PRODUCT, -2, 3, -6},   {ENSEMBLE_PRODUCT, -0.0, 1, -0.0}, {ENSEMBLE_PRODUCT, -0.0, -1, 0.0},
        {ENSEMBLE_PRODUCT, 0, -5, -0.0}, {ENSEMBLE_PRODUCT, INF, INF, INF},
    };

    assert_pairs(pairs, LENGTH(pairs));
}

TEST(test_least_and_greatest_of_special_values)
{
    const struct pair pairs[] = {
        {ENSEMBLE_MIN, -0.0, 0.0, -0.0}, {ENSEMBLE_MAX, -0.0, 0.0, 0.0},  {ENSEMBLE_MIN, NOT, -INF, NOT},
        {ENSEMBLE_MAX, NOT, INF, NOT},   {ENSEMBLE_MIN, INF, -INF, -INF}, {ENSEMBLE_MAX, INF, -INF, INF},
        {ENSEMBLE_MIN, -1, 1, -1},       {ENSEMBLE_MAX, -1, 1, 1},        {ENSEMBLE_MIN, NOT, NOT, NOT},
    };

    assert_pairs(pairs, LENGTH(pairs));
}

TEST(test_medians_and_trimmed_means_of_special_values)
{
    const struct pair pairs[] = {
        {ENSEMBLE_MEDIAN, 1, INF, INF},   {ENSEMBLE_MEDIAN, 1, -INF, -INF}, {ENSEMBLE_MEDIAN, NOT, 1, NOT},
        {ENSEMBLE_MEDIAN, NOT, INF, NOT}, {ENSEMBLE_MEDIAN, 2, 4, 3},       {ENSEMBLE_MEDIAN, -INF, -INF, -INF},
        {ENSEMBLE_TRIMMED, 1, INF, INF},  {ENSEMBLE_TRIMMED, NOT, 1, NOT},  {ENSEMBLE_TRIMMED, 2, 4, 3},
    };

    assert_pairs(pairs, LENGTH(pairs));
}

/* Every order of two zeros of one sign and one of the other. */
TEST(test_minus_0_is_less_than_0_in_a_median)
{
    for (int order = 0; order < 3; order++)
        for (int sign = 0; sign < 2; sign++)
            for (size_t i = 0; i < LENGTH(float_and_double); i++) {
                const double most = sign ? -0.0 : 0.0;
                double values[] = {most, most, most};
                struct said said;

                values[order] = -most;
                said = say(ENSEMBLE_MEDIAN, float_and_double[i], values, 3, 1, 1);
                assert_result(said.e, float_and_double[i], &most, 1, 0);
                forget(&said);
            }
}

/* With weights of which the last is the median's, and with more models, where 51 of 101 decide. */
TEST(test_minus_0_is_less_than_0_in_weighted_medians_and_in_those_of_many_models)
{
    const double weights[] = {1, 2, 4};

    for (int sign = 0; sign < 2; sign++)
        for (size_t i = 0; i < LENGTH(float_and_double); i++) {
            const double most = sign ? -0.0 : 0.0, three[] = {-most, -most, most};
            double many[101];
            struct said weighted = say(ENSEMBLE_MEDIAN, float_and_double[i], three, 3, 1, 1), plain;

            for (size_t k = 0; k < 101; k++)
                many[k] = k % 2 ? -most : most;
            plain = say(ENSEMBLE_MEDIAN, float_and_double[i], many, 101, 1, 1);
            weigh(&weighted, weights);
            assert_result(weighted.e, float_and_double[i], &most, 1, 0);
            assert_result(plain.e, float_and_double[i], &most, 1, 0);
            forget(&weighted);
            forget(&plain);
        }
}

/* A NaN is never trimmed away, as if it were a large value; an infinity is, without a trace. */
TEST(test_trimming_cuts_infinities_off_and_lets_nan_pass)
{
    const double values[] = {1, 1, -INF, -INF, 2, 2, 3, NOT, INF, 3}, expected[] = {2, NOT};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_TRIMMED, float_and_double[i], values, 5, 1, 2);

        assert_result(said.e, float_and_double[i], expected, 2, 6 * unit_of(float_and_double[i]));
        forget(&said);
    }
}

TEST(test_what_all_models_rule_out_stays_out_of_the_logarithmic_pool)
{
    const double values[] = {0, .5, .5, .5, .5, 0}, expected[] = {0, 1, 0};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_LOG_POOL, float_and_double[i], values, 2, 1, 3);

        assert_result(said.e, float_and_double[i], expected, 3, 4 * unit_of(float_and_double[i]));
        forget(&said);
    }
}

/* Three rows: every class is ruled out by one of the models; a NaN; and one that is well. Each row is by itself. */
TEST(test_a_row_of_the_logarithmic_pool_may_be_at_fault)
{
    const double values[] = {0, 1, NOT, .5, .5, .5, 1, 0, .5, .5, .5, .5};
    const double expected[] = {NOT, NOT, NOT, NOT, .5, .5};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_LOG_POOL, float_and_double[i], values, 2, 3, 2);

        assert_result(said.e, float_and_double[i], expected, 6, 4 * unit_of(float_and_double[i]));
        forget(&said);
    }
}

/* The logarithm of the floor, about -4.6, is rounded, and so is everything that follows: 16 roundings are allowed. */
TEST(test_a_floor_keeps_one_model_from_ruling_a_class_out)
{
    const double values[] = {0, 1, .25, 1e-9, 1, 0, 0, 1e-30};
    const double geometric[] = {.1, .1, .05, .01}; /* of .01 and 1, 1 and .01; .25 and .01, .01 and .01 */
    const double pool[] = {.5, .5, .8333333333333334, .16666666666666666};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        const int32_t dtype = float_and_double[i];
        struct said said = say(ENSEMBLE_GEOMETRIC, dtype, values, 2, 2, 2);

        set_parameter(said.e, ENSEMBLE_FLOOR, .01);
        assert_result(said.e, dtype, geometric, 4, 16 * unit_of(dtype));
        assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_LOG_POOL), 0);
        assert_result(said.e, dtype, pool, 4, 16 * unit_of(dtype));
        forget(&said);
    }
}

TEST(test_a_floor_is_no_matter_of_other_methods_and_hides_no_nan)
{
    const double values[] = {0, NOT, .5, .5}, mean[] = {.25, NOT}, harmonic[] = {0, NOT};
    const double geometric[] = {.35355339, NOT};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 2, 1, 2);

    set_parameter(said.e, ENSEMBLE_FLOOR, .25);
    assert_result(said.e, ENSEMBLE_F64, mean, 2, 1e-15);
    assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_HARMONIC), 0);
    assert_result(said.e, ENSEMBLE_F64, harmonic, 2, 0);
    assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_GEOMETRIC), 0);
    assert_result(said.e, ENSEMBLE_F64, geometric, 2, 5.1e-9);
    forget(&said);
}

/* SUM, PRODUCT, MIN and MAX divide by nothing: that no model says anything is NaN. The others would divide by 0. */
TEST(test_without_any_weight_a_method_gives_nan_or_an_error)
{
    const double values[] = {.5, .5, 1, 0, .25, .75, 0, 1}, weights[] = {0, -0.0}, nothing[] = {NOT, NOT, NOT, NOT};

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++) {
        struct said said = say(method, ENSEMBLE_F32, values, 2, 2, 2);

        weigh(&said, weights);
        if (method == ENSEMBLE_SUM || method == ENSEMBLE_PRODUCT || method == ENSEMBLE_MIN || method == ENSEMBLE_MAX) {
            assert_int_equal(ensemble_check(said.e, NULL, 0), 0);
            for (size_t i = 0; i < LENGTH(number_dtypes); i++)
                assert_result(said.e, number_dtypes[i], nothing, 4, 0);
        } else
            assert_combine_fails(said.e, 4, ENSEMBLE_EZEROSUM);
        forget(&said);
    }
}

TEST(test_negative_weights_are_for_sum_and_mean_only)
{
    const double values[] = {.5, .5, .25, .75}, weights[] = {2, -.5};

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++) {
        struct said said = say(method, ENSEMBLE_F32, values, 2, 1, 2);
        double y[2];

        weigh(&said, weights);
        if (method == ENSEMBLE_SUM || method == ENSEMBLE_MEAN)
            combine_to(said.e, ENSEMBLE_F32, y, 2);
        else
            assert_combine_fails(said.e, 2, ENSEMBLE_ENEGATIVE);
        forget(&said);
    }
}

/* -0 is 0, and not negative. */
TEST(test_a_model_of_weight_0_takes_no_part_in_any_method)
{
    const double values[] = {.5, .125, .25, .75, NOT, INF, .25, .625}, without[] = {.5, .125, .25, .75, .25, .625};
    const double weights[] = {2, 1, -0.0, 1}, fewer[] = {2, 1, 1};

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++)
        for (size_t i = 0; i < LENGTH(float_and_double); i++) {
            struct said said = say(method, float_and_double[i], values, 4, 1, 2);
            struct said three = say(method, float_and_double[i], without, 3, 1, 2);
            double y[2];

            weigh(&said, weights);
            weigh(&three, fewer);
            combine_to(three.e, float_and_double[i], y, 2);
            assert_false(is_nan(y[0]) || is_nan(y[1]));
            assert_result(said.e, float_and_double[i], y, 2, 0);
            forget(&said);
            forget(&three);
        }
}

TEST(test_product_least_and_greatest_ignore_the_size_of_a_weight)
{
    const int32_t methods[] = {ENSEMBLE_PRODUCT, ENSEMBLE_MIN, ENSEMBLE_MAX};
    const double values[] = {.7, -.3, .9, .8, .1, .6}, weights[] = {1e-300, 5, 1e300};

    for (size_t m = 0; m < LENGTH(methods); m++)
        for (size_t i = 0; i < LENGTH(float_and_double); i++) {
            struct said said = say(methods[m], float_and_double[i], values, 3, 1, 2);
            double y[2];

            combine_to(said.e, float_and_double[i], y, 2);
            weigh(&said, weights);
            assert_result(said.e, float_and_double[i], y, 2, 0);
            forget(&said);
        }
}

/* In the order of the models, each product rounded once: in another order float gives other bits. */
TEST(test_products_are_taken_in_the_order_of_the_models)
{
    struct rng rng = {4};

    for (int repeat = 0; repeat < 50; repeat++) {
        double values[6];
        float product = 1;
        struct said said;
        double expected;

        for (size_t i = 0; i < 6; i++) {
            values[i] = rng_unit(&rng);
            product *= (float)values[i];
        }
        expected = (double)product;
        said = say(ENSEMBLE_PRODUCT, ENSEMBLE_F32, values, 6, 1, 1);
        assert_result(said.e, ENSEMBLE_F32, &expected, 1, 0);
        forget(&said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_geometric_and_harmonic_means_of_special_values),
        cmocka_unit_test(test_power_means_of_special_values),
        cmocka_unit_test(test_products_of_special_values),
        cmocka_unit_test(test_least_and_greatest_of_special_values),
        cmocka_unit_test(test_medians_and_trimmed_means_of_special_values),
        cmocka_unit_test(test_minus_0_is_less_than_0_in_a_median),
        cmocka_unit_test(test_minus_0_is_less_than_0_in_weighted_medians_and_in_those_of_many_models),
        cmocka_unit_test(test_trimming_cuts_infinities_off_and_lets_nan_pass),
        cmocka_unit_test(test_what_all_models_rule_out_stays_out_of_the_logarithmic_pool),
        cmocka_unit_test(test_a_row_of_the_logarithmic_pool_may_be_at_fault),
        cmocka_unit_test(test_a_floor_keeps_one_model_from_ruling_a_class_out),
        cmocka_unit_test(test_a_floor_is_no_matter_of_other_methods_and_hides_no_nan),
        cmocka_unit_test(test_without_any_weight_a_method_gives_nan_or_an_error),
        cmocka_unit_test(test_negative_weights_are_for_sum_and_mean_only),
        cmocka_unit_test(test_a_model_of_weight_0_takes_no_part_in_any_method),
        cmocka_unit_test(test_product_least_and_greatest_ignore_the_size_of_a_weight),
        cmocka_unit_test(test_products_are_taken_in_the_order_of_the_models),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
