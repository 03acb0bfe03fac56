/* SPDX-License-Identifier: MIT */
/* Few models, where a search has to come back; ridges among them; copies. */
#include "fit.h"

/* One value per row, of which the truth is 0: the squared error is w'Vw / rows, V: products of what the models say. */
static struct problem errors_of(size_t n, size_t rows, const double *values)
{
    struct problem p = empty_problem(n, rows, 1);

    memcpy(p.values, values, n * rows * sizeof *values);
    pose(&p, ENSEMBLE_F64);
    return p;
}

/* The best model by itself has the smallest weight beside two others, which are good only together. */
TEST(test_the_smallest_weight_may_be_the_best_model)
{
    const double values[] = {0, .3, 0, 0, 1, 0, .1, 0, -1, 0, 0, .1};
    const struct ensemble_fit_options one = OPTIONS(.max_models = 1), two = OPTIONS(.max_models = 2);
    struct problem p = errors_of(3, 4, values);
    struct learned l;

    fit_targets(&p, NULL, &l);
    assert_true(l.weights[0] > 0 && l.weights[0] < l.weights[1]);
    fit_targets(&p, &one, &l);
    assert_true(l.weights[0] == 1 && l.report.exact == 1);
    assert_near(l.report.objective, .09 / 4, 1e-15);
    fit_targets(&p, &two, &l);
    assert_near(l.weights[1], .5, 1e-12);
    assert_near(l.report.objective, .005 / 4, 1e-15);
    drop(&p);
}

/*
 * Points of space, of which the nearest to 0 that lies between at most three of them is sought, one more at a time:
 * the first is the nearest by itself, then come the second and the third, between which the first is of no use any
 * more, so that the fourth, which is too far off for any other, can take its place.
 */
TEST(test_a_model_that_is_of_no_use_any_more_makes_room)
{
    const struct ensemble_fit_options three = OPTIONS(.max_models = 3);
    double values[17 * 4] = {.9, 0, 0, 0, .3, 1.2, 0, 0, .3, -1.2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2.5};
    struct problem p;
    struct learned l;

    for (size_t i = 5; i < 17; i++)
        values[i * 4] = 5;
    p = errors_of(17, 4, values);
    fit_targets(&p, &three, &l);
    assert_true(l.weights[0] == 0 && l.weights[1] > 0 && l.weights[2] > 0 && l.weights[3] > 0);
    assert_near(l.report.objective, .36 / 4.09 / 4, 1e-14);
    assert_int_equal(l.report.exact, 0);
    drop(&p);
}

/* A bound that the best weights of all keep to anyway: then they are found, whatever the number of models is. */
TEST(test_a_bound_that_the_best_weights_keep_to)
{
    for (size_t n = 15; n <= 18; n++) {
        struct problem p = random_problem(26 + n, ENSEMBLE_F32, n, 90, 3);
        struct ensemble_fit_options options = OPTIONS(.objective = ENSEMBLE_SCORE_LOG_LOSS);
        struct learned all, l;

        fit_labels(&p, NULL, &all);
        options.max_models = all.report.models_used;
        assert_in_range(options.max_models, 2, n - 2);
        fit_labels(&p, &options, &l);
        assert_same_bits(l.weights, all.weights, n);
        assert_int_equal(l.report.exact, 1);
        options.max_models--;
        fit_labels(&p, &options, &l);
        assert_int_equal(l.report.exact, n <= 16);
        drop(&p);
    }
}

/* What one of two weights costs, the ridge included, which counts for the models that are left out as well. */
static double cost_of_pair(const struct problem *p, double ridge, const double *weights)
{
    const double u = 1 / (double)p->said.n;
    double cost = (double)score_with(p, ENSEMBLE_SCORE_SQUARED_ERROR, weights);

    for (size_t i = 0; i < p->said.n; i++)
        cost += ridge * (weights[i] - u) * (weights[i] - u);
    return cost;
}

/* No pair of a fine grid is better. */
TEST(test_two_models_under_a_ridge)
{
    const double ridges[] = {.01, .1, .5};

    for (uint64_t k = 0; k < 24; k++) {
        const struct ensemble_fit_options options = OPTIONS(
            .objective = ENSEMBLE_SCORE_SQUARED_ERROR, .ridge = ridges[k % 3], .max_models = 2);
        struct problem p = random_problem(k + 30, ENSEMBLE_F64, 5, 12, 2);
        struct learned l;
        double found;

        fit_labels(&p, &options, &l);
        found = cost_of_pair(&p, options.ridge, l.weights);
        for (size_t i = 0; i < 5; i++)
            for (size_t j = 0; j < i; j++)
                for (int step = 0; step <= 50; step++) {
                    double weights[5] = {0};

                    weights[i] = step / 50.;
                    weights[j] = 1 - weights[i];
                    assert_true(cost_of_pair(&p, options.ridge, weights) > found - 1e-12);
                }
        drop(&p);
    }
}

/* Copies of a model have the same weight to the bit, whatever rounding does. */
TEST(test_copies_share_to_the_bit)
{
    for (uint64_t seed = 60; seed < 80; seed++)
        for (size_t k = 0; k < 4; k++) {
            const struct ensemble_fit_options options = OPTIONS(
                .objective = k == 0 ? ENSEMBLE_SCORE_LOG_LOSS : ENSEMBLE_SCORE_SQUARED_ERROR,
                .constraint = k == 0 ? ENSEMBLE_SIMPLEX : (int32_t)k - 1);
            struct problem p = random_problem(seed, ENSEMBLE_F64, 6, 40, 3);
            struct learned l;

            memcpy(output_of(&p.said, 4), output_of(&p.said, 3), 40 * 3 * sizeof(double));
            memcpy(output_of(&p.said, 0), output_of(&p.said, 3), 40 * 3 * sizeof(double));
            memcpy(output_of(&p.said, 5), output_of(&p.said, 2), 40 * 3 * sizeof(double));
            fit_labels(&p, &options, &l);
            assert_true(l.weights[4] == l.weights[3] && l.weights[0] == l.weights[3]);
            assert_true(l.weights[5] == l.weights[2]);
            drop(&p);
        }
}

/* The steps of all programs that were solved are counted, the first of which is that of all models. */
TEST(test_the_steps_of_a_search)
{
    for (int32_t objective = ENSEMBLE_SCORE_LOG_LOSS; objective <= ENSEMBLE_SCORE_SQUARED_ERROR; objective++) {
        const struct ensemble_fit_options all = OPTIONS(.objective = objective);
        const struct ensemble_fit_options one = OPTIONS(.objective = objective, .max_models = 1);
        struct problem p = random_problem(1, ENSEMBLE_F32, 6, 80, 3);
        struct learned a, b;

        fit_labels(&p, &all, &a);
        fit_labels(&p, &one, &b);
        assert_true(a.report.models_used > 1 && a.report.iterations > 0);
        assert_true(b.report.iterations > a.report.iterations);
        drop(&p);
    }
}

/* A model without any error that is too dear is none of those that share all weight. */
TEST(test_a_perfect_model_beyond_the_budget)
{
    const double cost[] = {1, 9, 1};
    const struct ensemble_fit_options options =
        OPTIONS(.how = ENSEMBLE_FIT_INVERSE_ERROR, .budget = 2, .cost = cost, .n_costs = 3);
    struct problem p = random_problem(2, ENSEMBLE_F32, 3, 60, 3);
    struct learned l;

    memcpy(p.values + 60 * 3, p.targets, 60 * 3 * sizeof *p.values);
    forget(&p.said);
    pose(&p, ENSEMBLE_F32);
    fit_labels(&p, &options, &l);
    assert_true(l.weights[1] == 0 && l.single[1] == 0);
    assert_near(l.weights[0], l.single[2] / (l.single[0] + l.single[2]), 1e-13);
    assert_near(l.weights[2], l.single[0] / (l.single[0] + l.single[2]), 1e-13);
    drop(&p);
}

/* No model makes any error, or all say 0: whatever the constraint, what is nearest to equal weights, or to 0. */
TEST(test_models_that_cannot_be_told_apart)
{
    for (int perfect = 0; perfect < 2; perfect++)
        for (size_t n = 1; n <= 9; n++)
            for (int32_t constraint = ENSEMBLE_SIMPLEX; constraint <= ENSEMBLE_UNCONSTRAINED; constraint++) {
                const struct ensemble_fit_options options =
                    OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR, .constraint = constraint);
                struct problem p = random_problem(n, ENSEMBLE_F64, n, 20, 3);
                const double share = constraint == ENSEMBLE_SIMPLEX || perfect ? 1 / (double)n : 0;
                struct learned l;

                for (size_t k = 0; k < n * 60; k++)
                    p.values[k] = perfect ? p.targets[k % 60] : 0;
                forget(&p.said);
                pose(&p, ENSEMBLE_F64);
                if (share == 0) {
                    assert_int_equal(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, 20, &options, NULL),
                                     ENSEMBLE_EZEROSUM);
                } else {
                    fit_labels(&p, &options, &l);
                    for (size_t i = 0; i < n; i++)
                        assert_near(l.weights[i], share, 1e-12);
                    assert_near(l.report.objective, perfect ? 0 : 1, 1e-13);
                }
                drop(&p);
            }
}

/* Models that say the same as others on another scale get weights on another scale. */
TEST(test_models_of_different_scales)
{
    for (uint64_t seed = 1; seed <= 6; seed++)
        for (int32_t constraint = ENSEMBLE_NONNEGATIVE; constraint <= ENSEMBLE_UNCONSTRAINED; constraint++) {
            const struct ensemble_fit_options options =
                OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR, .constraint = constraint);
            struct problem p = random_problem(seed, ENSEMBLE_F64, 4, 60, 3);
            struct learned plain, l;

            fit_labels(&p, &options, &plain);
            for (size_t k = 0; k < 4 * 180; k++)
                p.values[k] = ldexp(p.values[k], -7 * (int)(k / 180));
            forget(&p.said);
            pose(&p, ENSEMBLE_F64);
            fit_labels(&p, &options, &l);
            assert_near(l.report.objective, plain.report.objective, 1e-12);
            for (size_t i = 0; i < 4; i++)
                assert_near(ldexp(l.weights[i], -7 * (int)i), plain.weights[i], 1e-6);
            drop(&p);
        }
}

/* Who has all weight has exactly 1. */
TEST(test_all_weight_is_1)
{
    for (uint64_t seed = 1; seed <= 40; seed++)
        for (size_t most = 0; most <= 1; most++) {
            const struct ensemble_fit_options options =
                OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR, .max_models = most);
            struct problem p = random_problem(seed, ENSEMBLE_F64, 3, 30, 3);
            struct learned l;

            for (size_t k = 0; k < 90; k++) /* what the others add to the first is noise that is no use */
                for (size_t i = 1; i < 3 && most == 0; i++)
                    p.values[i * 90 + k] += 3 * (p.values[k] - p.targets[k]);
            forget(&p.said);
            pose(&p, ENSEMBLE_F64);
            fit_labels(&p, &options, &l);
            for (size_t i = 0; i < 3; i++)
                assert_true(l.report.models_used > 1 || l.weights[i] == 0 || l.weights[i] == 1);
            assert_true(most == 0 || l.report.models_used == 1);
            drop(&p);
        }
}

/* Numbers of all sizes, and pairs that are nearly the same: the answer is the best that was come to on the way. */
TEST(test_badly_conditioned_models)
{
    const struct ensemble_fit_options options = OPTIONS(.constraint = ENSEMBLE_UNCONSTRAINED);

    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct problem p = empty_problem(8, 30, 1);
        struct rng rng = {seed};
        struct learned l;

        for (size_t k = 0; k < 8 * 30; k++)
            p.values[k] = k / 30 % 2 ? p.values[k - 30] * (1 + 1e-6 * rng_unit(&rng))
                                     : rng_noise(&rng) * pow(10, -(double)(k / 30));
        pose(&p, ENSEMBLE_F64);
        for (size_t r = 0; r < 30; r++)
            p.targets[r] = rng_noise(&rng);
        fit_targets(&p, &options, &l);
        assert_true(l.report.gap < .1);
        drop(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_smallest_weight_may_be_the_best_model),
        cmocka_unit_test(test_a_model_that_is_of_no_use_any_more_makes_room),
        cmocka_unit_test(test_a_bound_that_the_best_weights_keep_to),
        cmocka_unit_test(test_two_models_under_a_ridge),
        cmocka_unit_test(test_copies_share_to_the_bit),
        cmocka_unit_test(test_the_steps_of_a_search),
        cmocka_unit_test(test_a_perfect_model_beyond_the_budget),
        cmocka_unit_test(test_models_that_cannot_be_told_apart),
        cmocka_unit_test(test_models_of_different_scales),
        cmocka_unit_test(test_all_weight_is_1),
        cmocka_unit_test(test_badly_conditioned_models),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
