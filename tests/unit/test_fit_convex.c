/* SPDX-License-Identifier: MIT */
/* Properties of the best weights: that there are no better ones, and what is known of them without computing them. */
#include "fit.h"

static const int32_t objectives[] = {ENSEMBLE_SCORE_LOG_LOSS, ENSEMBLE_SCORE_SQUARED_ERROR};

/* Of weights: around the optimum all is flat, so a gap of 1e-15 leaves its place open by the square root of that. */
#define SAME_PLACE 1e-6

struct shape {
    size_t n, rows, width;
};
static const struct shape shapes[] = {{2, 30, 2}, {3, 200, 5}, {6, 100, 3}, {9, 40, 4}, {4, 80, 1}, {12, 9, 2}};

/* Random weights that are allowed, not far from `weights` or anywhere. */
static void perturb(struct rng *rng, int32_t constraint, const double *weights, size_t n, double *to)
{
    const double step = pow(10, -6 * rng_unit(rng));
    double sum = 0, size = 0, before = 0;

    for (size_t i = 0; i < n; i++)
        sum += to[i] = rng_one_in(rng, 3) ? 0 : -log(rng_unit(rng) + 0x1p-25);
    to[0] += sum == 0;
    sum += sum == 0;
    for (size_t i = 0; i < n; i++) {
        const double other = constraint == ENSEMBLE_SIMPLEX ? to[i] / sum : to[i] * (1.2 * rng_unit(rng));

        to[i] = weights[i] + step * ((constraint == ENSEMBLE_UNCONSTRAINED && rng_one_in(rng, 2) ? -other : other) -
                                     weights[i]);
        size += fabs(to[i]);
        before += fabs(weights[i]);
    }
    for (size_t i = 0; i < n && constraint != ENSEMBLE_SIMPLEX && size > 2 * before; i++)
        to[i] *= 2 * before / size;
}

/* What is made small: the score, and the ridge. */
static long double cost_of(const struct problem *p, const struct ensemble_fit_options *options, const double *weights)
{
    const double centre = options->constraint == ENSEMBLE_SIMPLEX ? 1 / (double)p->said.n : 0;
    long double cost = score_with(p, options->objective, weights);

    for (size_t i = 0; i < p->said.n; i++)
        cost += (long double)options->ridge * ((long double)weights[i] - centre) * ((long double)weights[i] - centre);
    return cost;
}

static void assert_optimal(struct problem *p, const struct ensemble_fit_options *options, uint64_t seed)
{
    struct rng rng = {seed};
    struct learned l;
    long double cost;

    fit_labels(p, options, &l);
    if (options->constraint == ENSEMBLE_SIMPLEX)
        assert_simplex(l.weights, p->said.n);
    for (size_t i = 0; i < p->said.n && options->constraint == ENSEMBLE_NONNEGATIVE; i++)
        assert_true(l.weights[i] >= 0);
    cost = cost_of(p, options, l.weights);
    assert_int_equal(l.report.exact, 1);
    assert_true(l.report.gap >= 0 && l.report.gap <= 1e-9 * l.report.uniform);
    assert_near(l.report.objective, (double)score_with(p, options->objective, l.weights), 1e-12);
    for (int k = 0; k < 300; k++) {
        double other[MOST_MODELS] = {0};

        perturb(&rng, options->constraint, l.weights, p->said.n, other);
        /* The weights, and what the test computes, are rounded themselves. */
        assert_true(cost_of(p, options, other) >= cost - (long double)l.report.gap - 1e-15L * (1 + cost));
    }
}

TEST(test_no_weights_that_sum_to_1_are_better)
{
    for (size_t s = 0; s < LENGTH(shapes); s++)
        for (size_t k = 0; k < LENGTH(objectives); k++) {
            struct problem p = random_problem(s + 1, ENSEMBLE_F32, shapes[s].n, shapes[s].rows, shapes[s].width);
            const struct ensemble_fit_options options = OPTIONS(.objective = objectives[k]);

            assert_optimal(&p, &options, s + 100);
            drop(&p);
        }
}

TEST(test_no_weights_without_a_sum_are_better)
{
    for (size_t s = 0; s < LENGTH(shapes); s++)
        for (int32_t constraint = ENSEMBLE_NONNEGATIVE; constraint <= ENSEMBLE_UNCONSTRAINED; constraint++) {
            struct problem p = random_problem(s + 20, ENSEMBLE_F64, shapes[s].n, shapes[s].rows, shapes[s].width);
            const struct ensemble_fit_options options =
                OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR, .constraint = constraint);

            assert_optimal(&p, &options, s + 200);
            drop(&p);
        }
}

TEST(test_no_weights_are_better_under_a_ridge)
{
    const double ridges[] = {1e-6, .01, 1, 30};

    for (size_t k = 0; k < LENGTH(ridges); k++)
        for (int32_t constraint = ENSEMBLE_SIMPLEX; constraint <= ENSEMBLE_UNCONSTRAINED; constraint++) {
            struct problem p = random_problem(k + 40, ENSEMBLE_F32, 5, 60, 3);
            const struct ensemble_fit_options options = OPTIONS(
                .objective = ENSEMBLE_SCORE_SQUARED_ERROR, .constraint = constraint, .ridge = ridges[k]);

            assert_optimal(&p, &options, k + 300);
            drop(&p);
        }
}

TEST(test_a_large_ridge_leaves_nothing_else)
{
    for (int32_t constraint = ENSEMBLE_SIMPLEX; constraint <= ENSEMBLE_UNCONSTRAINED; constraint++) {
        const struct ensemble_fit_options options =
            OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR, .constraint = constraint, .ridge = 1e9);
        struct problem p = random_problem(50, ENSEMBLE_F32, 5, 60, 3);
        struct learned l;

        fit_labels(&p, &options, &l);
        for (size_t i = 0; i < 5; i++)
            assert_near(l.weights[i], constraint == ENSEMBLE_SIMPLEX ? .2 : 0, 1e-8);
        drop(&p);
    }
}

/* A handle of the models order[0], order[1], ... of a problem. */
static struct problem reordered(const struct problem *from, const size_t *order, size_t n)
{
    const size_t rows = from->said.rows, width = from->said.width, count = rows * width;
    struct problem p = empty_problem(n, rows, width);

    for (size_t i = 0; i < n; i++)
        memcpy(p.values + i * count, from->values + order[i] * count, count * sizeof *p.values);
    memcpy(p.labels, from->labels, rows * sizeof *p.labels);
    pose(&p, from->said.dtype);
    return p;
}

TEST(test_weights_follow_their_models)
{
    const size_t order[] = {3, 5, 0, 1, 4, 2};

    for (size_t k = 0; k < LENGTH(objectives); k++) {
        const struct ensemble_fit_options options = OPTIONS(.objective = objectives[k]);
        struct problem p = random_problem(60, ENSEMBLE_F32, 6, 150, 4), q = reordered(&p, order, 6);
        struct learned a, b;

        fit_labels(&p, &options, &a);
        fit_labels(&q, &options, &b);
        for (size_t i = 0; i < 6; i++)
            assert_near(b.weights[i], a.weights[order[i]], SAME_PLACE);
        assert_near(b.report.objective, a.report.objective, 1e-12);
        drop(&p);
        drop(&q);
    }
}

TEST(test_copies_of_a_model_share_its_weight)
{
    const size_t order[] = {0, 1, 2, 3, 3, 2, 3};

    for (size_t k = 0; k < LENGTH(objectives); k++) {
        const struct ensemble_fit_options options = OPTIONS(.objective = objectives[k]);
        struct problem p = random_problem(61, ENSEMBLE_F32, 4, 100, 3), q = reordered(&p, order, LENGTH(order));
        struct learned a, b;

        fit_labels(&p, &options, &a);
        fit_labels(&q, &options, &b);
        assert_true(a.weights[2] > .01 && a.weights[3] > .01); /* or there is nothing to see */
        for (size_t i = 0; i < LENGTH(order); i++)
            assert_near(b.weights[i], a.weights[order[i]] / (order[i] == 3 ? 3 : order[i] == 2 ? 2 : 1), SAME_PLACE);
        assert_near(b.report.objective, a.report.objective, 1e-12);
        drop(&p);
        drop(&q);
    }
}

/* The third model is the mean of the others: (a - s, b - s, 2 s) are equally good, and s = 1/6 is nearest to equal. */
TEST(test_weights_of_collinear_models_are_nearest_to_equal)
{
    for (size_t k = 0; k < LENGTH(objectives); k++) {
        const struct ensemble_fit_options options = OPTIONS(.objective = objectives[k]);
        const size_t two[] = {0, 1}, count = 100 * 3;
        struct problem p = random_problem(62, ENSEMBLE_F64, 3, 100, 3), q = reordered(&p, two, 2);
        struct learned a, b;
        double s;

        fit_labels(&q, &options, &a);
        drop(&p);
        p = empty_problem(3, 100, 3);
        memcpy(p.values, q.values, 2 * count * sizeof *p.values);
        for (size_t i = 0; i < count; i++)
            p.values[2 * count + i] = .5 * (q.values[i] + q.values[count + i]);
        memcpy(p.labels, q.labels, 100 * sizeof *p.labels);
        pose(&p, ENSEMBLE_F64);
        fit_labels(&p, &options, &b);
        s = fmin(1 / 6., fmin(a.weights[0], a.weights[1]));
        assert_near(b.weights[0], a.weights[0] - s, SAME_PLACE);
        assert_near(b.weights[1], a.weights[1] - s, SAME_PLACE);
        assert_near(b.weights[2], 2 * s, SAME_PLACE);
        drop(&p);
        drop(&q);
    }
}

/* Without a sum, the nearest to 0: copies share as well. */
TEST(test_copies_share_without_a_sum)
{
    const size_t order[] = {0, 1, 2, 2, 1};

    for (int32_t constraint = ENSEMBLE_NONNEGATIVE; constraint <= ENSEMBLE_UNCONSTRAINED; constraint++) {
        const struct ensemble_fit_options options =
            OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR, .constraint = constraint);
        struct problem p = random_problem(63, ENSEMBLE_F32, 3, 100, 3), q = reordered(&p, order, LENGTH(order));
        struct learned a, b;

        fit_labels(&p, &options, &a);
        fit_labels(&q, &options, &b);
        for (size_t i = 0; i < LENGTH(order); i++)
            assert_near(b.weights[i], a.weights[order[i]] / (order[i] > 0 ? 2 : 1), SAME_PLACE);
        drop(&p);
        drop(&q);
    }
}

TEST(test_a_perfect_model_gets_all_weight)
{
    for (size_t k = 0; k < LENGTH(objectives); k++) {
        const struct ensemble_fit_options options = OPTIONS(.objective = objectives[k]);
        struct problem p = random_problem(64, ENSEMBLE_F32, 4, 50, 3), q = reordered(&p, (size_t[]){0, 1, 2, 3}, 4);
        struct learned l;

        memcpy(q.values + 2 * 50 * 3, p.targets, 50 * 3 * sizeof *q.values);
        forget(&q.said);
        pose(&q, ENSEMBLE_F32);
        fit_labels(&q, &options, &l);
        assert_near(l.weights[2], 1, 1e-9);
        assert_near(l.report.objective, 0, 1e-9);
        assert_true(l.report.best_single == 0 && !signbit(l.report.best_single));
        assert_int_equal(l.report.best_model, 2);
        drop(&p);
        drop(&q);
    }
}

/* A model that says what is certainly wrong, and one that says the same everywhere. */
TEST(test_a_bad_model_gets_exactly_0)
{
    for (size_t k = 0; k < LENGTH(objectives); k++) {
        const struct ensemble_fit_options options = OPTIONS(.objective = objectives[k]);
        struct problem p = random_problem(65, ENSEMBLE_F32, 4, 80, 3);
        struct learned l;

        for (size_t r = 0; r < 80; r++)
            for (size_t j = 0; j < 3; j++) {
                p.values[(0 * 80 + r) * 3 + j] = j == (size_t)(p.labels[r] + 1) % 3;
                p.values[(1 * 80 + r) * 3 + j] = (double)(1 / 3.f);
            }
        forget(&p.said);
        pose(&p, ENSEMBLE_F32);
        assert_optimal(&p, &options, 66);
        fit_labels(&p, &options, &l);
        assert_true(l.weights[0] == 0);
        drop(&p);
    }
}

TEST(test_models_that_all_say_the_same_have_equal_weights)
{
    for (size_t n = 1; n <= 7; n++)
        for (size_t k = 0; k < LENGTH(objectives); k++) {
            const struct ensemble_fit_options options = OPTIONS(.objective = objectives[k]);
            struct problem p = random_problem(67, ENSEMBLE_F32, 1, 40, 3), q = reordered(&p, (size_t[7]){0}, n);
            struct learned l;

            fit_labels(&q, &options, &l);
            for (size_t i = 0; i < n; i++)
                assert_near(l.weights[i], 1 / (double)n, 1e-9);
            if (n == 1)
                assert_true(l.weights[0] == 1);
            assert_near(l.report.objective, l.report.uniform, 1e-12);
            assert_int_equal(l.report.best_model, 0);
            drop(&p);
            drop(&q);
        }
}

/* In one row, log loss wants the model that says the most of the label. */
TEST(test_one_row)
{
    for (uint64_t seed = 70; seed < 90; seed++) {
        struct problem p = random_problem(seed, ENSEMBLE_F32, 5, 1, 4);
        const struct ensemble_fit_options squared = OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR);
        struct learned l;
        size_t best = 0;

        for (size_t i = 1; i < 5; i++)
            if (p.values[i * 4 + (size_t)p.labels[0]] > p.values[best * 4 + (size_t)p.labels[0]])
                best = i;
        fit_labels(&p, NULL, &l);
        for (size_t i = 0; i < 5; i++)
            assert_near(l.weights[i], i == best, 1e-9);
        assert_int_equal(l.report.best_model, best);
        assert_optimal(&p, &squared, seed);
        drop(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_weights_that_sum_to_1_are_better),
        cmocka_unit_test(test_no_weights_without_a_sum_are_better),
        cmocka_unit_test(test_no_weights_are_better_under_a_ridge),
        cmocka_unit_test(test_a_large_ridge_leaves_nothing_else),
        cmocka_unit_test(test_weights_follow_their_models),
        cmocka_unit_test(test_copies_of_a_model_share_its_weight),
        cmocka_unit_test(test_weights_of_collinear_models_are_nearest_to_equal),
        cmocka_unit_test(test_copies_share_without_a_sum),
        cmocka_unit_test(test_a_perfect_model_gets_all_weight),
        cmocka_unit_test(test_a_bad_model_gets_exactly_0),
        cmocka_unit_test(test_models_that_all_say_the_same_have_equal_weights),
        cmocka_unit_test(test_one_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
