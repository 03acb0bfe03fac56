/* SPDX-License-Identifier: MIT */
/* Fits at the ends of what numbers and counts can hold, and of what is allowed. */
#include "fit.h"

/* The fit fails with this code, and the weights are as before. */
static void refuse(struct ensemble *e, const void *targets, int32_t dtype, size_t count,
                   const struct ensemble_fit_options *options, int expected)
{
    const size_t n = ensemble_get_models(e);
    double *before = memory_of(n, sizeof *before), *after = memory_of(n, sizeof *after);

    for (size_t i = 0; i < n; i++)
        before[i] = (double)(i + 3);
    assert_int_equal(ensemble_set_weights(e, before, n), 0);
    assert_int_equal(ensemble_fit(e, targets, dtype, count, options, NULL), expected);
    assert_int_equal(ensemble_get_weights(e, after, n), 0);
    assert_same_bits(after, before, n);
    free(before);
    free(after);
}

/* One value per row; the targets are 0. */
static struct problem one_value(size_t n, size_t rows, double value)
{
    struct problem p = empty_problem(n, rows, 1);

    for (size_t k = 0; k < n * rows; k++)
        p.values[k] = value;
    pose(&p, ENSEMBLE_F64);
    return p;
}

/* Squares of errors that are so small that nothing is 1 / them, or not two times. */
TEST(test_an_error_whose_inverse_overflows)
{
    const struct ensemble_fit_options options = OPTIONS(.how = ENSEMBLE_FIT_INVERSE_ERROR);
    struct problem p = one_value(2, 3, 1e-160);
    struct learned l;

    refuse(p.said.e, p.targets, ENSEMBLE_F64, 3, &options, ENSEMBLE_EFIT);
    drop(&p);
    p = one_value(2, 3, 1e-150);
    fit_targets(&p, &options, &l);
    assert_true(l.weights[0] == .5 && l.weights[1] == .5);
    drop(&p);
    p = one_value(2, 3, 8.2e-155);
    refuse(p.said.e, p.targets, ENSEMBLE_F64, 3, &options, ENSEMBLE_EFIT);
    drop(&p);
}

/* Each bag's weight is a number, and so would be their mean, but not their sum. */
TEST(test_bags_whose_weights_overflow)
{
    const struct ensemble_fit_options one = OPTIONS(.constraint = ENSEMBLE_UNCONSTRAINED, .bags = 1);
    const struct ensemble_fit_options many = OPTIONS(.constraint = ENSEMBLE_UNCONSTRAINED, .bags = 20);
    struct problem p = one_value(1, 4, 3.7e-154);
    struct learned l;

    for (size_t r = 0; r < 4; r++)
        p.targets[r] = 6e153;
    fit_targets(&p, &one, &l);
    assert_near(l.weights[0] / (6e153 / 3.7e-154), 1, 1e-9);
    refuse(p.said.e, p.targets, ENSEMBLE_F64, 4, &many, ENSEMBLE_EFIT);
    drop(&p);
}

/* Where the weights stay, they may all be 0; temperatures do not depend on them. */
TEST(test_temperatures_without_any_weight)
{
    const struct ensemble_fit_options options =
        OPTIONS(.how = ENSEMBLE_FIT_NOTHING, .calibrate = ENSEMBLE_CALIBRATE_MODELS);
    const double none[] = {0, 0, 0};
    struct problem p = random_problem(2, ENSEMBLE_F64, 3, 40, 3);
    struct learned a, b;

    interpret(&p.said, ENSEMBLE_LOGITS, 0);
    fit_labels(&p, &options, &a);
    weigh(&p.said, none);
    fit_labels(&p, &options, &b);
    assert_same_bits(a.temperatures, b.temperatures, 3);
    assert_same_bits(b.weights, none, 3);
    assert_true(is_nan(b.report.objective) && !is_nan(a.report.objective));
    drop(&p);
}

/* The truth counts as a model where the weights have no sum. */
TEST(test_more_models_than_can_be_compared)
{
    const struct ensemble_fit_options options = OPTIONS(.constraint = ENSEMBLE_UNCONSTRAINED);
    const double said = 1, truth = 2;
    struct ensemble *e = ensemble_of(1);

    for (size_t i = 0; i < 8192; i++)
        add(e, &said, ENSEMBLE_F64, 1);
    refuse(e, &truth, ENSEMBLE_F64, 1, &options, ENSEMBLE_EOVERFLOW);
    add(e, &said, ENSEMBLE_F64, 1);
    refuse(e, &truth, ENSEMBLE_F64, 1, NULL, ENSEMBLE_EOVERFLOW);
    ensemble_destroy(e);
}

static void *at_most_a_gibibyte(size_t size, void *user)
{
    (void)user;
    return size > (size_t)1 << 30 ? NULL : malloc(size);
}

static void give_back(void *memory, size_t size, void *user)
{
    (void)size, (void)user;
    free(memory);
}

/* A report counts up to INT32_MAX rounds: a trajectory of so many is long enough for any number, if there is room. */
TEST(test_more_rounds_than_can_be_counted)
{
    const struct ensemble_options hooks = {
        .struct_size = sizeof hooks, .allocate = at_most_a_gibibyte, .release = give_back};
    const struct ensemble_fit_options options = OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .rounds = SIZE_MAX);
    const double said[] = {.5, .5};
    const int32_t label = 1;
    struct ensemble *e = NULL;
    struct learned l;

    assert_int_equal(ensemble_create_with(&e, 2, &hooks), 0);
    add(e, said, ENSEMBLE_F64, 1);
    ask(&l);
    l.report.rounds = INT32_MAX - 1;
    assert_int_equal(ensemble_fit(e, &label, ENSEMBLE_I32, 1, &options, &l.report), ENSEMBLE_ECOUNT);
    l.report.rounds = INT32_MAX;
    assert_int_equal(ensemble_fit(e, &label, ENSEMBLE_I32, 1, &options, &l.report), ENSEMBLE_ENOMEM);
    ensemble_destroy(e);
}

/* The costs are added in the order of the models: .1 + .2 + .3 is more than .6, whatever .2 + .3 + .1 is. */
TEST(test_costs_that_are_too_much_by_rounding)
{
    const double cost[] = {.1, .2, .3};
    const struct ensemble_fit_options all = OPTIONS(.max_models = 3), pair = OPTIONS(.max_models = 2);
    const struct ensemble_fit_options options = OPTIONS(.cost = cost, .n_costs = 3, .budget = .6);
    struct problem p = one_value(3, 3, 0);
    struct learned l, pairs;

    for (size_t i = 0; i < 3; i++) /* errors that have nothing in common: weights go by the inverses of their squares */
        ((double *)output_of(&p.said, i))[i] = (double)(i + 1);
    fit_targets(&p, &all, &l);
    assert_int_equal(l.report.models_used, 3);
    fit_targets(&p, &pair, &pairs);
    fit_targets(&p, &options, &l);
    assert_near(l.weights[0], .8, 1e-14);
    assert_int_equal(l.report.models_used, 2);
    assert_int_equal(l.report.exact, 1);
    assert_same_bits(l.weights, pairs.weights, 3);
    drop(&p);
}

/* A model that is left out for classes which its map does not name makes no linear pool; one without a map does. */
TEST(test_absent_classes)
{
    const int32_t map[] = {2, 0, -1};
    struct problem p = random_problem(4, ENSEMBLE_F64, 3, 40, 3);
    struct learned a, b;

    fit_labels(&p, NULL, &a);
    assert_int_equal(ensemble_set_missing_policy(p.said.e, ENSEMBLE_LEAVE_OUT_ABSENT, 0), 0);
    fit_labels(&p, NULL, &b);
    assert_same_bits(a.weights, b.weights, 3);
    assert_int_equal(ensemble_set_class_map(p.said.e, 2, map, 3), 0);
    refuse(p.said.e, p.labels, ENSEMBLE_I32, 40, NULL, ENSEMBLE_EFIT);
    assert_int_equal(ensemble_set_missing_policy(p.said.e, 0, 0), 0);
    fit_labels(&p, NULL, &b);
    drop(&p);
}

/* More logits than the softmaxes of are kept: each model by itself, beside its formula. */
TEST(test_more_models_of_logits_than_are_kept)
{
    enum { MANY = 70 };
    const struct ensemble_fit_options options = OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR);
    struct problem p = random_problem(5, ENSEMBLE_F64, MANY, 20, 3);
    double single[MANY];
    struct ensemble_fit_report report = {.struct_size = sizeof report, .models = MANY, .single = single};

    interpret(&p.said, ENSEMBLE_LOGITS, .25);
    assert_int_equal(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, 20, &options, &report), 0);
    for (size_t i = 0; i < MANY; i++) {
        long double y[20 * 3];

        for (size_t r = 0; r < 20; r++) {
            const double *z = p.values + (i * 20 + r) * 3;
            const long double sum = expl(4 * z[0]) + expl(4 * z[1]) + expl(4 * z[2]);

            for (size_t j = 0; j < 3; j++)
                y[r * 3 + j] = expl(4 * z[j]) / sum;
        }
        assert_near(single[i], (double)score_of(options.objective, y, p.labels, p.targets, 20, 3), 1e-13);
    }
    drop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_error_whose_inverse_overflows),
        cmocka_unit_test(test_bags_whose_weights_overflow),
        cmocka_unit_test(test_temperatures_without_any_weight),
        cmocka_unit_test(test_more_models_than_can_be_compared),
        cmocka_unit_test(test_more_rounds_than_can_be_counted),
        cmocka_unit_test(test_costs_that_are_too_much_by_rounding),
        cmocka_unit_test(test_absent_classes),
        cmocka_unit_test(test_more_models_of_logits_than_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
