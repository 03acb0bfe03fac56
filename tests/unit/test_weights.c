/* SPDX-License-Identifier: MIT */
/* The method and the weights: src/api/weights.c. */
#include "support.h"

#include <float.h>

static void assert_weights(const struct ensemble *e, const double *expected, size_t n)
{
    double weights[8];

    assert_int_equal(ensemble_get_weights(e, weights, n), 0);
    assert_memory_equal(weights, expected, n * sizeof *weights);
}

/* Three models of one value: 1, 10, 100. */
static struct ensemble *three_values(void)
{
    static const double y[] = {1, 10, 100};
    struct ensemble *e = ensemble_of(1);

    for (size_t i = 0; i < 3; i++)
        add(e, &y[i], ENSEMBLE_F64, 1);
    return e;
}

static double combined(const struct ensemble *e)
{
    double y;

    assert_int_equal(ensemble_combine(e, &y, ENSEMBLE_F64, 1), 0);
    return y;
}

TEST(test_by_default_each_of_n_models_weighs_1_nth)
{
    struct ensemble *e = three_values();
    const double third = 1.0 / 3;
    const double expected[] = {third, third, third};

    assert_weights(e, expected, 3);
    assert_true(combined(e) == third * 1 + third * 10 + third * 100);
    ensemble_destroy(e);
}

TEST(test_weights_come_back_as_they_were_set)
{
    const double weights[] = {-0.0, DBL_MAX, -5e-324};
    struct ensemble *e = three_values();

    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    assert_weights(e, weights, 3);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
    assert_weights(e, weights, 3);
    ensemble_destroy(e);
}

TEST(test_weights_are_copied)
{
    double weights[] = {1, 2, 3};
    struct ensemble *e = three_values();

    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    weights[0] = 50;
    assert_true(combined(e) == 321);
    ensemble_destroy(e);
}

TEST(test_null_goes_back_to_the_default_weights)
{
    const double weights[] = {1, 2, 3}, third = 1.0 / 3, expected[] = {third, third, third};
    struct ensemble *e = three_values();

    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    assert_int_equal(ensemble_set_weights(e, NULL, 0), 0);
    assert_weights(e, expected, 3);
    assert_true(combined(e) == third * 1 + third * 10 + third * 100);
    ensemble_destroy(e);
}

TEST(test_default_weights_follow_the_number_of_models)
{
    const double quarters[] = {.25, .25, .25, .25}, weights[] = {1, 2, 3}, y = 1000;
    struct ensemble *e = three_values();

    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    add(e, &y, ENSEMBLE_F64, 1);
    assert_int_equal(ensemble_check(e, NULL, 0), ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_set_weights(e, NULL, 0), 0);
    assert_weights(e, quarters, 4);
    assert_true(combined(e) == 277.75);
    ensemble_destroy(e);
}

TEST(test_null_is_allowed_without_models)
{
    struct ensemble *e = ensemble_of(1);

    assert_int_equal(ensemble_set_weights(e, NULL, 0), 0);
    assert_int_equal(ensemble_get_weights(e, NULL, 0), 0);
    ensemble_destroy(e);
}

TEST(test_weights_of_the_wrong_length_are_an_error)
{
    const double weights[] = {1, 2, 3, 4};
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_weights(e, weights, 0), ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_set_weights(e, weights, 2), ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_set_weights(e, weights, 4), ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_set_weights(e, weights, SIZE_MAX), ENSEMBLE_EWEIGHTS);
    assert_example(e);
    ensemble_destroy(e);
}

TEST(test_weights_that_are_not_finite_are_an_error)
{
    const double bad[] = {NAN, -NAN, INFINITY, -INFINITY}, before[] = {.3, .4, .3};
    struct ensemble *e = example();

    for (size_t i = 0; i < LENGTH(bad); i++)
        for (size_t at = 0; at < 3; at++) {
            double weights[] = {1, 1, 1};

            weights[at] = bad[i];
            assert_int_equal(ensemble_set_weights(e, weights, 3), ENSEMBLE_ENOTFINITE);
            assert_weights(e, before, 3);
        }
    assert_example(e);
    ensemble_destroy(e);
}

TEST(test_weights_and_null)
{
    const double weights[] = {1, 2, 3};
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_weights(NULL, weights, 3), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_set_weights(NULL, NULL, 0), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_set_weights(e, NULL, 3), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_set_weights(e, NULL, 1), ENSEMBLE_ENULL);
    assert_example(e);
    ensemble_destroy(e);
}

TEST(test_weights_without_models_are_an_error)
{
    const double weights[] = {1};
    struct ensemble *e = ensemble_of(1);

    assert_int_equal(ensemble_set_weights(e, weights, 1), ENSEMBLE_EEMPTY);
    assert_int_equal(ensemble_set_weights(e, weights, 0), ENSEMBLE_EEMPTY);
    ensemble_destroy(e);
}

TEST(test_getting_weights_of_the_wrong_length_is_an_error)
{
    double weights[5];
    struct ensemble *e = example();

    poison(weights, sizeof weights);
    assert_int_equal(ensemble_get_weights(e, weights, 2), ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_get_weights(e, weights, 4), ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_get_weights(e, weights, 0), ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_get_weights(e, NULL, 3), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_get_weights(NULL, weights, 3), ENSEMBLE_ENULL);
    assert_poisoned(weights, sizeof weights);
    assert_int_equal(ensemble_get_weights(e, weights, 3), 0);
    assert_poisoned(weights + 3, 2 * sizeof *weights);
    ensemble_destroy(e);
}

TEST(test_sum_takes_weights_as_they_are)
{
    const double weights[] = {2, -1, .5};
    struct ensemble *e = three_values();

    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    assert_true(combined(e) == 42);
    ensemble_destroy(e);
}

TEST(test_mean_divides_weights_by_their_sum)
{
    const double w[] = {.1, -.25, .7}, total = .1 + -.25 + .7;
    struct ensemble *e = three_values();
    float y, expected;

    assert_int_equal(ensemble_set_weights(e, w, 3), 0);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
    assert_true(combined(e) == w[0] / total * 1 + w[1] / total * 10 + w[2] / total * 100);
    assert_int_equal(ensemble_combine(e, &y, ENSEMBLE_F32, 1), 0);
    expected = (float)(w[0] / total * 1 + w[1] / total * 10 + w[2] / total * 100);
    assert_memory_equal(&y, &expected, sizeof y);
    ensemble_destroy(e);
}

TEST(test_mean_in_float_rounds_each_divided_weight_once)
{
    const double w[] = {.1, -.25, .7}, total = .1 + -.25 + .7;
    const float in[] = {1, 10, 100}, v[] = {(float)(w[0] / total), (float)(w[1] / total), (float)(w[2] / total)};
    float y, expected = v[0] * in[0];
    struct ensemble *e = ensemble_of(1);

    expected += v[1] * in[1];
    expected += v[2] * in[2];
    for (size_t i = 0; i < 3; i++)
        add(e, &in[i], ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_set_weights(e, w, 3), 0);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
    assert_int_equal(ensemble_combine(e, &y, ENSEMBLE_F32, 1), 0);
    assert_memory_equal(&y, &expected, sizeof y);
    ensemble_destroy(e);
}

TEST(test_the_method_can_be_changed_to_and_fro)
{
    const double weights[] = {1, 2, 5};
    struct ensemble *e = three_values();

    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    assert_true(combined(e) == 521);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
    assert_true(combined(e) == 65.125);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_SUM), 0);
    assert_true(combined(e) == 521);
    ensemble_destroy(e);
}

TEST(test_the_method_can_be_set_before_the_models)
{
    const double weights[] = {1, 3}, y[] = {4, 8};
    struct ensemble *e = ensemble_of(1);

    assert_int_equal(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
    add(e, &y[0], ENSEMBLE_F64, 1);
    add(e, &y[1], ENSEMBLE_F64, 1);
    assert_true(combined(e) == 6);
    assert_int_equal(ensemble_set_weights(e, weights, 2), 0);
    assert_true(combined(e) == 7);
    ensemble_destroy(e);
}

TEST(test_unknown_methods_are_an_error)
{
    const int32_t unknown[] = {-1, 13, 99, INT32_MIN, INT32_MAX};
    struct ensemble *e = example();

    for (size_t i = 0; i < LENGTH(unknown); i++)
        assert_int_equal(ensemble_set_method(e, unknown[i]), ENSEMBLE_EMETHOD);
    assert_int_equal(ensemble_set_method(NULL, ENSEMBLE_SUM), ENSEMBLE_ENULL);
    assert_example(e);
    ensemble_destroy(e);
}

/* Weights that cannot be normalised; all may be set, and SUM takes them. */
TEST(test_weights_without_a_finite_sum_have_no_mean)
{
    const double sets[][3] = {
        {1, -1, 0},            /* the sum is 0 */
        {0, 0, 0},             /* no model takes part */
        {DBL_MAX, DBL_MAX, 1}, /* the sum is infinite */
        {DBL_MAX, DBL_MAX, -DBL_MAX},
        {-DBL_MAX, -DBL_MAX, 1},
        {1e308, -1e308, 1e-10}, /* the sum is 1e-10, but 1e308 / 1e-10 is infinite */
    };
    struct ensemble *e = example();

    for (size_t i = 0; i < LENGTH(sets); i++) {
        float y[3];

        assert_int_equal(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
        assert_int_equal(ensemble_set_weights(e, sets[i], 3), 0);
        assert_example_fails(e, ENSEMBLE_EZEROSUM);
        assert_int_equal(ensemble_set_method(e, ENSEMBLE_SUM), 0);
        assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 3), 0);
    }
    ensemble_destroy(e);
}

TEST(test_a_weight_beyond_float_is_infinite_where_float_is_summed)
{
    const double weight = 1e39, double_y = 2;
    const float float_y = 2;
    struct ensemble *e = ensemble_of(1);
    float y;

    add(e, &float_y, ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_set_weights(e, &weight, 1), 0);
    assert_int_equal(ensemble_combine(e, &y, ENSEMBLE_F32, 1), 0);
    assert_true(y == (float)INFINITY);
    assert_true(combined(e) == 2e39);
    assert_int_equal(ensemble_set_model_output(e, 0, &double_y, ENSEMBLE_F64, 1, 0), 0);
    assert_true(combined(e) == 2e39);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_default_each_of_n_models_weighs_1_nth),
        cmocka_unit_test(test_weights_come_back_as_they_were_set),
        cmocka_unit_test(test_weights_are_copied),
        cmocka_unit_test(test_null_goes_back_to_the_default_weights),
        cmocka_unit_test(test_default_weights_follow_the_number_of_models),
        cmocka_unit_test(test_null_is_allowed_without_models),
        cmocka_unit_test(test_weights_of_the_wrong_length_are_an_error),
        cmocka_unit_test(test_weights_that_are_not_finite_are_an_error),
        cmocka_unit_test(test_weights_and_null),
        cmocka_unit_test(test_weights_without_models_are_an_error),
        cmocka_unit_test(test_getting_weights_of_the_wrong_length_is_an_error),
        cmocka_unit_test(test_sum_takes_weights_as_they_are),
        cmocka_unit_test(test_mean_divides_weights_by_their_sum),
        cmocka_unit_test(test_mean_in_float_rounds_each_divided_weight_once),
        cmocka_unit_test(test_the_method_can_be_changed_to_and_fro),
        cmocka_unit_test(test_the_method_can_be_set_before_the_models),
        cmocka_unit_test(test_unknown_methods_are_an_error),
        cmocka_unit_test(test_weights_without_a_finite_sum_have_no_mean),
        cmocka_unit_test(test_a_weight_beyond_float_is_infinite_where_float_is_summed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
