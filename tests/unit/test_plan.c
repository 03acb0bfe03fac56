/* SPDX-License-Identifier: MIT */
/* From weights and method to factors: src/plan/plan.c, seen in the handle. */
#include "support.h"

#include "plan/plan.h"

/* Three models of weights 2, 0, 6. */
static struct ensemble *two_of_three(void)
{
    const double weights[] = {2, 0, 6};
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    return e;
}

TEST(test_a_handle_without_models_has_no_plan)
{
    struct ensemble *e = ensemble_of(3);

    assert_int_equal(e->plan.fault, ENSEMBLE_EEMPTY);
    assert_int_equal(e->plan.n, 0);
    ensemble_destroy(e);
}

TEST(test_the_plan_of_a_sum_has_the_weights_that_are_not_0)
{
    struct ensemble *e = two_of_three();

    assert_int_equal(e->plan.fault, 0);
    assert_int_equal(e->plan.n, 2);
    assert_true(e->plan.model[0] == 0 && e->plan.model[1] == 2);
    assert_true(e->plan.weight64[0] == 2 && e->plan.weight64[1] == 6);
    assert_true(e->plan.weight32[0] == 2 && e->plan.weight32[1] == 6);
    ensemble_destroy(e);
}

TEST(test_the_plan_of_a_mean_has_them_divided_by_their_sum)
{
    struct ensemble *e = two_of_three();

    assert_int_equal(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
    assert_int_equal(e->plan.fault, 0);
    assert_int_equal(e->plan.n, 2);
    assert_true(e->plan.model[0] == 0 && e->plan.model[1] == 2);
    assert_true(e->plan.weight64[0] == .25 && e->plan.weight64[1] == .75);
    ensemble_destroy(e);
}

/* .1 + .2 + .3 is not .6, so the order in which the sum is taken shows. */
TEST(test_the_sum_of_the_weights_is_taken_in_the_order_of_the_models)
{
    const double weights[] = {.1, .2, .3}, total = (.1 + .2) + .3;
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
    for (size_t i = 0; i < 3; i++) {
        assert_true(e->plan.weight64[i] == weights[i] / total);
        assert_true(e->plan.weight32[i] == (float)(weights[i] / total));
    }
    ensemble_destroy(e);
}

/* Ten times 1/10, added one by one, is 1 - 2^-53: the default weights are normalised like any others. */
TEST(test_default_weights_are_normalised_like_others)
{
    struct ensemble *e = ensemble_of(3);
    double total = 0;

    for (size_t i = 0; i < 10; i++) {
        add(e, example_outputs[0], ENSEMBLE_F32, 1);
        total += .1;
    }
    assert_true(total != 1);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
    assert_true(e->plan.weight64[9] == .1 / total);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_SUM), 0);
    assert_true(e->plan.weight64[9] == .1);
    ensemble_destroy(e);
}

TEST(test_the_plan_follows_every_change)
{
    const double weights[] = {1, -1, 0};
    struct ensemble *e = two_of_three();

    assert_int_equal(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    assert_int_equal(e->plan.fault, ENSEMBLE_EZEROSUM);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_SUM), 0);
    assert_int_equal(e->plan.fault, 0);
    assert_int_equal(e->plan.n, 2);
    add(e, NULL, ENSEMBLE_F32, 1);
    assert_int_equal(e->plan.fault, ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_set_weights(e, NULL, 0), 0);
    assert_int_equal(e->plan.fault, 0);
    assert_int_equal(e->plan.n, 4);
    ensemble_destroy(e);
}

TEST(test_a_sum_without_weights_has_an_empty_plan)
{
    const double weights[] = {0, -0.0, 0};
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    assert_int_equal(e->plan.fault, 0);
    assert_int_equal(e->plan.n, 0);
    ensemble_destroy(e);
}

TEST(test_the_weight_of_a_model_is_as_set_or_1_nth)
{
    struct ensemble *e = two_of_three();

    assert_true(ens_weight(e, 2) == 6);
    assert_int_equal(ensemble_set_weights(e, NULL, 0), 0);
    assert_true(ens_weight(e, 2) == 1.0 / 3);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_handle_without_models_has_no_plan),
        cmocka_unit_test(test_the_plan_of_a_sum_has_the_weights_that_are_not_0),
        cmocka_unit_test(test_the_plan_of_a_mean_has_them_divided_by_their_sum),
        cmocka_unit_test(test_the_sum_of_the_weights_is_taken_in_the_order_of_the_models),
        cmocka_unit_test(test_default_weights_are_normalised_like_others),
        cmocka_unit_test(test_the_plan_follows_every_change),
        cmocka_unit_test(test_a_sum_without_weights_has_an_empty_plan),
        cmocka_unit_test(test_the_weight_of_a_model_is_as_set_or_1_nth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
