/* SPDX-License-Identifier: MIT */
/* Weights by formula, of each model's own error. */
#include "fit.h"

static const int32_t scores[] = {ENSEMBLE_SCORE_LOG_LOSS, ENSEMBLE_SCORE_SQUARED_ERROR, ENSEMBLE_SCORE_ACCURACY,
                                 ENSEMBLE_SCORE_AUC};

/* A model's own error, small is good. */
static double error_of(const struct problem *p, size_t model, int32_t score)
{
    double alone[MOST_MODELS] = {0}, value;

    alone[model] = 1;
    value = (double)score_with(p, score, alone);
    return score == ENSEMBLE_SCORE_ACCURACY || score == ENSEMBLE_SCORE_AUC ? 1 - value : value;
}

static void normalise(double *weights, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += weights[i];
    for (size_t i = 0; i < n; i++)
        weights[i] /= sum;
}

TEST(test_inverse_errors)
{
    for (size_t k = 0; k < LENGTH(scores); k++) {
        const struct ensemble_fit_options options =
            OPTIONS(.how = ENSEMBLE_FIT_INVERSE_ERROR, .objective = scores[k]);
        struct problem p = random_problem(k + 1, ENSEMBLE_F32, 6, 90, 4);
        struct learned l;
        double weights[6];

        for (size_t i = 0; i < 6; i++)
            weights[i] = 1 / error_of(&p, i, scores[k]);
        normalise(weights, 6);
        fit_labels(&p, &options, &l);
        assert_all_near(l.weights, weights, 6, 1e-13);
        assert_near(l.report.objective, (double)score_with(&p, scores[k], l.weights), 1e-12);
        assert_int_equal(l.report.exact, 0);
        assert_true(is_nan(l.report.gap));
        drop(&p);
    }
}

TEST(test_softmax_of_errors)
{
    const double temperatures[] = {0, 1, .05, 20};

    for (size_t k = 0; k < LENGTH(scores); k++)
        for (size_t t = 0; t < LENGTH(temperatures); t++) {
            const struct ensemble_fit_options options =
                OPTIONS(.how = ENSEMBLE_FIT_SOFTMAX, .objective = scores[k], .temperature = temperatures[t]);
            struct problem p = random_problem(k + 10, ENSEMBLE_F64, 5, 90, 4);
            struct learned l;
            double weights[5];

            for (size_t i = 0; i < 5; i++)
                weights[i] = exp(-error_of(&p, i, scores[k]) / (t == 0 ? 1 : temperatures[t]));
            normalise(weights, 5);
            fit_labels(&p, &options, &l);
            assert_all_near(l.weights, weights, 5, 1e-12);
            drop(&p);
        }
}

/* A temperature near 0 asks for the best model alone, and nothing overflows. */
TEST(test_softmax_of_errors_that_are_far_apart)
{
    const struct ensemble_fit_options options = OPTIONS(.how = ENSEMBLE_FIT_SOFTMAX, .temperature = 1e-9);
    struct problem p = random_problem(20, ENSEMBLE_F64, 5, 90, 4);
    struct learned l;

    fit_labels(&p, &options, &l);
    assert_simplex(l.weights, 5);
    assert_near(l.weights[l.report.best_model], 1, 1e-12);
    drop(&p);
}

static double log_odds(const struct problem *p, size_t model)
{
    const double rows = (double)p->said.rows, correct = rows * (1 - error_of(p, model, ENSEMBLE_SCORE_ACCURACY));
    const double a = (correct + .5) / (rows + 1);

    return fmax(log(a / (1 - a)), 0);
}

TEST(test_log_odds)
{
    const int32_t objectives[] = {0, ENSEMBLE_SCORE_ACCURACY, ENSEMBLE_SCORE_LOG_LOSS};

    for (size_t k = 0; k < LENGTH(objectives); k++) {
        const struct ensemble_fit_options options =
            OPTIONS(.how = ENSEMBLE_FIT_LOG_ODDS, .objective = objectives[k]);
        struct problem p = random_problem(21, ENSEMBLE_F32, 6, 90, 3);
        struct learned l;
        double weights[6];
        int none = 0;

        for (size_t i = 0; i < 6; i++) {
            weights[i] = log_odds(&p, i);
            none += weights[i] == 0;
        }
        assert_in_range(none, 1, 5); /* of a skill of .4, less than half of three classes is right */
        normalise(weights, 6);
        fit_labels(&p, &options, &l);
        assert_all_near(l.weights, weights, 6, 1e-12);
        for (size_t i = 0; i < 6; i++)
            assert_int_equal(l.weights[i] == 0, weights[i] == 0);
        drop(&p);
    }
}

/* A model that is always right is not infinite: (rows + 1/2) / (rows + 1). */
TEST(test_log_odds_of_a_perfect_model)
{
    const struct ensemble_fit_options options =
        OPTIONS(.how = ENSEMBLE_FIT_LOG_ODDS, .objective = ENSEMBLE_SCORE_ACCURACY);
    struct problem p = random_problem(22, ENSEMBLE_F32, 3, 60, 3);
    struct learned l;
    double weights[3];

    memcpy(p.values, p.targets, 60 * 3 * sizeof *p.values);
    forget(&p.said);
    pose(&p, ENSEMBLE_F32);
    for (size_t i = 0; i < 3; i++)
        weights[i] = log_odds(&p, i);
    assert_near(weights[0], log(60.5 / .5), 1e-12);
    normalise(weights, 3);
    fit_labels(&p, &options, &l);
    assert_all_near(l.weights, weights, 3, 1e-12);
    drop(&p);
}

TEST(test_log_odds_of_nobody)
{
    const struct ensemble_fit_options options = OPTIONS(.how = ENSEMBLE_FIT_LOG_ODDS);
    const double before[] = {1, 2, 3};
    struct problem p = random_problem(23, ENSEMBLE_F32, 3, 60, 3);
    double after[3];

    for (size_t i = 0; i < 3; i++)
        for (size_t r = 0; r < 60; r++)
            for (size_t j = 0; j < 3; j++)
                p.values[(i * 60 + r) * 3 + j] = j == (size_t)(p.labels[r] + 1) % 3;
    forget(&p.said);
    pose(&p, ENSEMBLE_F32);
    weigh(&p.said, before);
    assert_int_equal(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, 60, &options, NULL), ENSEMBLE_EZEROSUM);
    assert_int_equal(ensemble_get_weights(p.said.e, after, 3), 0);
    assert_same_bits(after, before, 3);
    drop(&p);
}

/* Two of four models are without any error: they share all weight. */
TEST(test_inverse_errors_of_perfect_models)
{
    const double weights[] = {0, .5, 0, .5};

    for (size_t k = 0; k < LENGTH(scores); k++) {
        const struct ensemble_fit_options options =
            OPTIONS(.how = ENSEMBLE_FIT_INVERSE_ERROR, .objective = scores[k]);
        struct problem p = random_problem(24, ENSEMBLE_F32, 4, 60, 3);
        struct learned l;

        memcpy(p.values + 60 * 3, p.targets, 60 * 3 * sizeof *p.values);
        memcpy(p.values + 3 * 60 * 3, p.targets, 60 * 3 * sizeof *p.values);
        forget(&p.said);
        pose(&p, ENSEMBLE_F32);
        fit_labels(&p, &options, &l);
        assert_same_bits(l.weights, weights, 4);
        assert_int_equal(l.report.best_model, 1);
        drop(&p);
    }
}

/* They go with every method, form and weight of class and row, and look at the models alone. */
TEST(test_every_method_and_form)
{
    const double class_weights[] = {1, 2, 3, 0, 1, 1, 4, 5, 6, 1, 0, 2};
    float row_weights[50 * 4];
    struct problem p = random_problem(25, ENSEMBLE_F32, 4, 50, 3);

    for (size_t i = 0; i < LENGTH(row_weights); i++)
        row_weights[i] = (float)(i % 5);
    for (int32_t how = ENSEMBLE_FIT_INVERSE_ERROR; how <= ENSEMBLE_FIT_SOFTMAX; how++) {
        const struct ensemble_fit_options options = OPTIONS(.how = how, .objective = ENSEMBLE_SCORE_ACCURACY);
        struct learned plain, l;

        assert_int_equal(ensemble_set_method(p.said.e, ENSEMBLE_SUM), 0);
        assert_int_equal(ensemble_set_result(p.said.e, ENSEMBLE_RESULT_AS_IS, 0), 0);
        fit_labels(&p, &options, &plain);
        for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++)
            for (int32_t form = ENSEMBLE_RESULT_AS_IS; form <= ENSEMBLE_RESULT_TEMPERED; form++) {
                assert_int_equal(ensemble_set_method(p.said.e, method), 0);
                assert_int_equal(ensemble_set_result(p.said.e, form, 0), 0);
                fit_labels(&p, &options, &l);
                assert_same_bits(l.weights, plain.weights, 4);
                assert_same_bits(l.single, plain.single, 4);
            }
        assert_int_equal(ensemble_set_method(p.said.e, ENSEMBLE_MEAN), 0);
        assert_int_equal(ensemble_set_class_weights(p.said.e, class_weights, 4, 3), 0);
        assert_int_equal(ensemble_set_row_weights(p.said.e, row_weights, 50, 4), 0);
        fit_labels(&p, &options, &l);
        assert_same_bits(l.weights, plain.weights, 4);
        assert_int_equal(ensemble_set_class_weights(p.said.e, NULL, 0, 0), 0);
        assert_int_equal(ensemble_set_row_weights(p.said.e, NULL, 0, 0), 0);
    }
    drop(&p);
}

/* Voters that say labels: what is wrong is certainly wrong. */
TEST(test_labels_as_outputs)
{
    const int32_t said[3][8] = {{0, 1, 2, 0, 1, 2, 0, 1}, {0, 1, 2, 0, 1, 2, 1, 0}, {0, 1, 2, 0, 2, 1, 1, 0}};
    const double right[] = {8, 6, 4};
    const struct ensemble_fit_options inverse =
        OPTIONS(.how = ENSEMBLE_FIT_INVERSE_ERROR, .objective = ENSEMBLE_SCORE_LOG_LOSS);
    const struct ensemble_fit_options odds =
        OPTIONS(.how = ENSEMBLE_FIT_LOG_ODDS, .objective = ENSEMBLE_SCORE_ACCURACY);
    const double all[] = {1, 0, 0};
    struct ensemble *e = ensemble_of(3);
    struct learned l;
    double weights[3];

    for (size_t i = 0; i < 3; i++) {
        const double a = (right[i] + .5) / 9;

        add(e, said[i], ENSEMBLE_I32, 8);
        weights[i] = fmax(log(a / (1 - a)), 0);
    }
    normalise(weights, 3);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_VOTE), 0);
    fit_at(e, said[0], ENSEMBLE_I32, 8, &odds, &l, __FILE__, __LINE__);
    assert_all_near(l.weights, weights, 3, 1e-14);
    assert_true(l.weights[2] == 0);
    for (size_t i = 0; i < 3; i++)
        assert_near(l.single[i], right[i] / 8, 1e-15);
    fit_at(e, said[0], ENSEMBLE_I32, 8, &inverse, &l, __FILE__, __LINE__);
    assert_same_bits(l.weights, all, 3);
    for (size_t i = 0; i < 3; i++)
        assert_near(l.single[i], (8 - right[i]) / 8 * -log(1e-12), 1e-12);
    ensemble_destroy(e);
}

/* The best models by themselves, as far as they are allowed. */
TEST(test_few_models_by_formula)
{
    const struct ensemble_fit_options all = OPTIONS(.how = ENSEMBLE_FIT_INVERSE_ERROR);
    const struct ensemble_fit_options two = OPTIONS(.how = ENSEMBLE_FIT_INVERSE_ERROR, .max_models = 2);
    const double cost[] = {1, 1, 1, 5, 9};
    const struct ensemble_fit_options cheap =
        OPTIONS(.how = ENSEMBLE_FIT_INVERSE_ERROR, .budget = 6, .cost = cost, .n_costs = 5);
    struct problem p = random_problem(26, ENSEMBLE_F32, 5, 100, 3);
    struct learned l;
    double weights[5];

    fit_labels(&p, &all, &l);
    memcpy(weights, l.weights, sizeof weights);
    for (size_t i = 0; i < 4; i++)
        assert_true(weights[i] < weights[i + 1]); /* the skill grows with the index */
    fit_labels(&p, &two, &l);
    assert_int_equal(l.report.models_used, 2);
    assert_near(l.weights[3], weights[3] / (weights[3] + weights[4]), 1e-13);
    assert_near(l.weights[4], weights[4] / (weights[3] + weights[4]), 1e-13);
    fit_labels(&p, &cheap, &l); /* model 4 costs too much, 3 and 2 go, and no more */
    assert_int_equal(l.report.models_used, 2);
    assert_near(l.weights[3], weights[3] / (weights[3] + weights[2]), 1e-13);
    assert_near(l.weights[2], weights[2] / (weights[3] + weights[2]), 1e-13);
    drop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inverse_errors),
        cmocka_unit_test(test_softmax_of_errors),
        cmocka_unit_test(test_softmax_of_errors_that_are_far_apart),
        cmocka_unit_test(test_log_odds),
        cmocka_unit_test(test_log_odds_of_a_perfect_model),
        cmocka_unit_test(test_log_odds_of_nobody),
        cmocka_unit_test(test_inverse_errors_of_perfect_models),
        cmocka_unit_test(test_every_method_and_form),
        cmocka_unit_test(test_labels_as_outputs),
        cmocka_unit_test(test_few_models_by_formula),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
