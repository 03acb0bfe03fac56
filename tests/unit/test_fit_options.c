/* SPDX-License-Identifier: MIT */
/* Few models, under a number or a budget; what was held out; bags. */
#include "fit.h"

/* A handle of the models of a set, and the best weights there. */
static double best_of_set(const struct problem *p, unsigned set, struct ensemble_fit_options options)
{
    struct ensemble *e = ensemble_of(p->said.width);
    struct ensemble_fit_report report = {.struct_size = sizeof report};

    for (size_t i = 0; i < p->said.n; i++)
        if (set >> i & 1)
            add(e, output_of(&p->said, i), p->said.dtype, p->said.rows);
    options.max_models = 0;
    options.cost = NULL;
    options.n_costs = 0;
    options.budget = 0;
    assert_int_equal(ensemble_fit(e, p->labels, ENSEMBLE_I32, p->said.rows, &options, &report), 0);
    ensemble_destroy(e);
    return report.objective;
}

static int is_allowed(unsigned set, size_t n, const struct ensemble_fit_options *options)
{
    size_t models = 0;
    double cost = 0;

    for (size_t i = 0; i < n; i++)
        if (set >> i & 1) {
            models++;
            cost += options->cost != NULL ? options->cost[i] : 0;
        }
    return (options->max_models == 0 || models <= options->max_models) &&
           (options->cost == NULL || cost <= options->budget);
}

/* The best of all sets that are allowed. */
static double best_of_all(const struct problem *p, const struct ensemble_fit_options *options)
{
    double best = INFINITY;

    for (unsigned set = 1; set < 1u << p->said.n; set++)
        if (is_allowed(set, p->said.n, options))
            best = fmin(best, best_of_set(p, set, *options));
    return best;
}

static unsigned set_of(const double *weights, size_t n)
{
    unsigned set = 0;

    for (size_t i = 0; i < n; i++)
        set |= (unsigned)(weights[i] != 0) << i;
    return set;
}

static void assert_best_of_few(struct problem *p, const struct ensemble_fit_options *options)
{
    struct learned l;
    const double best = best_of_all(p, options);

    fit_labels(p, options, &l);
    assert_true(is_allowed(set_of(l.weights, p->said.n), p->said.n, options));
    assert_int_equal(l.report.exact, 1);
    assert_near(l.report.objective, best, 1e-9 * best);
    if (options->constraint == ENSEMBLE_SIMPLEX)
        assert_simplex(l.weights, p->said.n);
    assert_near(l.report.objective, score_now(p->said.e, p, options->objective), 1e-12);
}

struct kind {
    int32_t objective, constraint;
};
static const struct kind kinds[] = {{ENSEMBLE_SCORE_LOG_LOSS, ENSEMBLE_SIMPLEX},
                                    {ENSEMBLE_SCORE_SQUARED_ERROR, ENSEMBLE_SIMPLEX},
                                    {ENSEMBLE_SCORE_SQUARED_ERROR, ENSEMBLE_NONNEGATIVE},
                                    {ENSEMBLE_SCORE_SQUARED_ERROR, ENSEMBLE_UNCONSTRAINED}};

TEST(test_at_most_so_many_models)
{
    for (size_t k = 0; k < LENGTH(kinds); k++)
        for (size_t most = 1; most <= 7; most++) {
            const struct ensemble_fit_options options = OPTIONS(
                .objective = kinds[k].objective, .constraint = kinds[k].constraint, .max_models = most);
            struct problem p = random_problem(k + 1, ENSEMBLE_F32, 6, 80, 3);

            assert_best_of_few(&p, &options);
            drop(&p);
        }
}

/* Of few rows, the best weights of sets that differ little are close to each other, and what is no use is not clear. */
TEST(test_sets_that_are_close)
{
    for (uint64_t seed = 1; seed <= 12; seed++) {
        const struct ensemble_fit_options options =
            OPTIONS(.objective = ENSEMBLE_SCORE_LOG_LOSS, .max_models = 2 + seed % 4);
        struct problem p = random_problem(seed, ENSEMBLE_F32, 8, 10 + seed % 20, 3);

        assert_best_of_few(&p, &options);
        drop(&p);
    }
}

TEST(test_a_budget)
{
    const double cost[] = {3, 1, 0, 2.5, 4, 6}, budgets[] = {0, .5, 1, 3.5, 6, 7.5, 9, 100};

    for (size_t k = 0; k < LENGTH(kinds); k++)
        for (size_t b = 0; b < LENGTH(budgets); b++) {
            const struct ensemble_fit_options options = OPTIONS(
                .objective = kinds[k].objective, .constraint = kinds[k].constraint, .budget = budgets[b],
                .cost = cost, .n_costs = 6, .max_models = b % 2 ? 3 : 0);
            struct problem p = random_problem(k + 11, ENSEMBLE_F64, 6, 60, 3);

            assert_best_of_few(&p, &options);
            drop(&p);
        }
}

/* Few models of the real ones. Three of the four that would have a weight. */
TEST(test_few_models_of_the_digits)
{
    const struct ensemble_fit_options options = OPTIONS(.objective = ENSEMBLE_SCORE_LOG_LOSS, .max_models = 3);
    struct problem p = digits("validation");

    assert_best_of_few(&p, &options);
    drop(&p);
}

TEST(test_a_budget_that_buys_nothing)
{
    const double cost[] = {3, 1, 2}, before[] = {5, 6, 7};
    struct problem p = random_problem(20, ENSEMBLE_F32, 3, 40, 3);
    double after[3];

    weigh(&p.said, before);
    for (int32_t how = ENSEMBLE_FIT_CONVEX; how <= ENSEMBLE_FIT_SOFTMAX; how++) {
        const struct ensemble_fit_options options = OPTIONS(.how = how, .budget = .999, .cost = cost, .n_costs = 3);

        assert_int_equal(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, 40, &options, NULL), ENSEMBLE_EFIT);
        assert_int_equal(ensemble_get_weights(p.said.e, after, 3), 0);
        assert_same_bits(after, before, 3);
    }
    drop(&p);
}

TEST(test_few_of_many_models)
{
    double cost[20];

    for (size_t i = 0; i < 20; i++)
        cost[i] = 1 + (double)(i * 7 % 5);
    for (size_t k = 0; k < LENGTH(kinds); k++) {
        const struct ensemble_fit_options options = OPTIONS(
            .objective = kinds[k].objective, .constraint = kinds[k].constraint, .budget = 9, .cost = cost,
            .n_costs = 20, .max_models = 4);
        struct problem p = random_problem(k + 21, ENSEMBLE_F32, 20, 90, 3);
        struct learned l;
        double single = INFINITY;

        fit_labels(&p, &options, &l);
        assert_true(is_allowed(set_of(l.weights, 20), 20, &options));
        assert_in_range(l.report.models_used, 1, 4);
        for (size_t i = 0; i < 20; i++)
            single = fmin(single, l.single[i]); /* every model by itself is allowed */
        assert_true(l.report.objective <= single);
        assert_near(l.report.objective, best_of_set(&p, set_of(l.weights, 20), options), 1e-9);
        assert_int_equal(l.report.exact, 0);
        drop(&p);
    }
}

/* A bound that binds nobody: the best weights, however many models there are. */
TEST(test_many_models_that_are_all_allowed)
{
    struct problem p = random_problem(26, ENSEMBLE_F32, 20, 90, 3);
    const struct ensemble_fit_options options = OPTIONS(.max_models = 20);
    struct learned all, l;

    fit_labels(&p, NULL, &all);
    fit_labels(&p, &options, &l);
    assert_near(l.report.objective, all.report.objective, 1e-9);
    drop(&p);
}

TEST(test_greedy_selection_of_few)
{
    const double cost[] = {3, 1, .5, 2.5, 4, 6};

    for (size_t most = 0; most <= 3; most++) {
        const struct ensemble_fit_options options = OPTIONS(
            .how = ENSEMBLE_FIT_GREEDY, .max_models = most, .budget = 5, .cost = cost, .n_costs = 6);
        struct problem p = random_problem(most + 30, ENSEMBLE_F32, 6, 90, 3);
        struct learned l;

        fit_labels(&p, &options, &l);
        assert_simplex(l.weights, 6);
        assert_true(is_allowed(set_of(l.weights, 6), 6, &options));
        drop(&p);
    }
}

/* As many parts as rows: each row is tried by itself, however they are dealt. */
TEST(test_one_row_held_out_at_a_time)
{
    for (size_t k = 0; k < 2; k++) {
        struct problem p = random_problem(k + 40, ENSEMBLE_F64, 3, 14, 3);
        const struct ensemble_fit_options options =
            OPTIONS(.objective = kinds[k].objective, .folds = 13, .seed = 9);
        const struct ensemble_fit_options plain = OPTIONS(.objective = kinds[k].objective);
        struct learned l, other;
        double sum = 0;

        p.labels[5] = -1; /* no row of them */
        fit_labels(&p, &options, &l);
        assert_int_equal(l.report.rows_used, 13);
        for (size_t r = 0; r < 14; r++) {
            const int32_t label = p.labels[r];
            int32_t only[14];
            double value;

            if (label < 0)
                continue;
            memset(only, 0xFF, sizeof only);
            only[r] = label;
            p.labels[r] = -1;
            fit_labels(&p, &plain, &other);
            p.labels[r] = label;
            assert_int_equal(ensemble_score(p.said.e, kinds[k].objective, only, ENSEMBLE_I32, 14, &value), 0);
            sum += value;
        }
        assert_near(l.report.held_out, sum / 13, 1e-9);
        fit_labels(&p, &plain, &other);
        assert_same_bits(other.weights, l.weights, 3); /* the weights are those of all rows */
        drop(&p);
    }
}

TEST(test_folds_of_the_digits)
{
    struct problem p = digits("validation");
    struct learned plain, l, again, other;

    fit_labels(&p, NULL, &plain);
    for (uint32_t folds = 2; folds <= 10; folds += 4) {
        const struct ensemble_fit_options one = OPTIONS(.folds = folds, .seed = 1), two = OPTIONS(.folds = folds,
                                                                                                 .seed = 2);

        fit_labels(&p, &one, &l);
        fit_labels(&p, &one, &again);
        fit_labels(&p, &two, &other);
        assert_same_bits(&again.report.held_out, &l.report.held_out, 1);
        assert_true(other.report.held_out != l.report.held_out);
        assert_same_bits(l.weights, plain.weights, 6);
        assert_same_bits(&l.report.objective, &plain.report.objective, 1);
        /* What is tried on other rows is no better; five weights of 600 rows cost about 5 / 1200. */
        assert_true(l.report.held_out >= l.report.objective - .001 && l.report.held_out <= l.report.objective + .03);
    }
    drop(&p);
}

TEST(test_bags_of_the_digits)
{
    const struct ensemble_fit_options one = OPTIONS(.bags = 10, .seed = 1), two = OPTIONS(.bags = 10, .seed = 2);
    struct problem p = digits("validation");
    struct learned plain, l, again, other;

    fit_labels(&p, NULL, &plain);
    fit_labels(&p, &one, &l);
    fit_labels(&p, &one, &again);
    fit_labels(&p, &two, &other);
    assert_same_bits(&again.report.held_out, &l.report.held_out, 1);
    assert_same_bits(again.weights, l.weights, 6);
    assert_true(other.report.held_out != l.report.held_out);
    assert_true(memcmp(other.weights, l.weights, 6 * sizeof *l.weights) != 0);
    assert_simplex(l.weights, 6);
    assert_near(other.report.objective, score_now(p.said.e, &p, ENSEMBLE_SCORE_LOG_LOSS), 1e-12);
    assert_true(l.report.objective >= plain.report.objective - plain.report.gap);
    assert_near(l.report.objective, plain.report.objective, .01);
    assert_near(l.report.held_out, plain.report.objective, .04);
    assert_int_equal(l.report.exact, 0);
    assert_true(is_nan(l.report.gap));
    drop(&p);
}

/* Every way of learning can be held out, and can be bagged. */
TEST(test_every_way_is_held_out)
{
    for (int32_t how = ENSEMBLE_FIT_CONVEX; how <= ENSEMBLE_FIT_SOFTMAX; how++) {
        struct problem p = random_problem(50, ENSEMBLE_F32, 5, 100, 3);
        const struct ensemble_fit_options folds = OPTIONS(.how = how, .folds = 5, .rounds = 10);
        const struct ensemble_fit_options bags = OPTIONS(.how = how, .bags = 4, .rounds = 10);
        const struct ensemble_fit_options plain = OPTIONS(.how = how, .rounds = 10);
        struct learned l, other;

        fit_labels(&p, &plain, &other);
        assert_true(is_nan(other.report.held_out));
        fit_labels(&p, &folds, &l);
        assert_true(isfinite(l.report.held_out));
        assert_same_bits(l.weights, other.weights, 5);
        fit_labels(&p, &bags, &l);
        assert_true(isfinite(l.report.held_out));
        assert_simplex(l.weights, 5);
        drop(&p);
    }
}

TEST(test_folds_and_bags_that_cannot_be)
{
    const struct ensemble_fit_options wrong[] = {
        OPTIONS(.folds = 1), OPTIONS(.folds = 31), OPTIONS(.folds = UINT32_MAX), OPTIONS(.folds = 2, .bags = 2)};
    const double before[] = {5, 6, 7};
    struct problem p = random_problem(60, ENSEMBLE_F32, 3, 31, 3);
    double after[3];

    p.labels[4] = -1; /* 30 rows are left */
    weigh(&p.said, before);
    for (size_t i = 0; i < LENGTH(wrong); i++)
        assert_int_equal(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, 31, &wrong[i], NULL), ENSEMBLE_EPARAMETER);
    assert_int_equal(ensemble_get_weights(p.said.e, after, 3), 0);
    assert_same_bits(after, before, 3);
    drop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_at_most_so_many_models),
        cmocka_unit_test(test_sets_that_are_close),
        cmocka_unit_test(test_a_budget),
        cmocka_unit_test(test_few_models_of_the_digits),
        cmocka_unit_test(test_a_budget_that_buys_nothing),
        cmocka_unit_test(test_few_of_many_models),
        cmocka_unit_test(test_many_models_that_are_all_allowed),
        cmocka_unit_test(test_greedy_selection_of_few),
        cmocka_unit_test(test_one_row_held_out_at_a_time),
        cmocka_unit_test(test_folds_of_the_digits),
        cmocka_unit_test(test_bags_of_the_digits),
        cmocka_unit_test(test_every_way_is_held_out),
        cmocka_unit_test(test_folds_and_bags_that_cannot_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
