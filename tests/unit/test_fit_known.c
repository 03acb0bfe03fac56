/* SPDX-License-Identifier: MIT */
/* Weights that other systems learned from the same data: each case names its source. */
#include "fit.h"

/* Half of the sixth or the eighth decimal, which the numbers are given to. */
#define SIX_DIGITS 5.01e-7
#define EIGHT_DIGITS 5.01e-9

/*
 * Source: auto-sklearn, the test of its EnsembleSelection: model i of 1 to 19 says i, but 5.5 i in rows 5 i to 5 i + 4,
 * and the truth is 5.5. Its errors are square roots of the mean.
 */
static const double sklearn_weights[19] = {.1, .2, .2, .1, .1, .1, .1, .1};
static const double sklearn_errors[10] = {3.462297, 2.679202, 2.274863, 2.065717, 1.787456,
                                          1.698345, 1.559451, 1.531633, 1.380195, 1.355498};

TEST(test_greedy_selection_of_auto_sklearn)
{
    const struct ensemble_fit_options options = OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .rounds = 10);
    struct problem p = empty_problem(19, 100, 1);
    struct learned l;

    for (size_t i = 0; i < 19; i++)
        for (size_t r = 0; r < 100; r++)
            p.values[i * 100 + r] = (double)(i + 1) * (r / 5 == i + 1 ? 5.5 : 1);
    pose(&p, ENSEMBLE_F64);
    for (size_t r = 0; r < 100; r++)
        p.targets[r] = 5.5;
    fit_targets(&p, &options, &l);
    assert_all_near(l.weights, sklearn_weights, 19, 1e-15);
    for (size_t k = 0; k < 10; k++)
        assert_near(sqrt(l.trajectory[k]), sklearn_errors[k], SIX_DIGITS);
    for (size_t k = 10; k < MOST_ROUNDS; k++)
        assert_true(is_nan(l.trajectory[k]));
    assert_int_equal(l.report.iterations, 10);
    assert_int_equal(l.report.rows_used, 100);
    assert_int_equal(l.report.models_used, 8);
    assert_near(l.report.objective, l.trajectory[9], 1e-15);
    drop(&p);
}

/* Source: the R package opera: 50 rows of (0, 1) whose truth is .4, and one of (1, 1) whose truth is 1. */
TEST(test_least_squares_of_opera)
{
    const double weights[] = {.6, .4};
    struct problem p = empty_problem(2, 51, 1);
    struct learned l;

    for (size_t r = 0; r < 51; r++) {
        p.values[r] = r < 50 ? 0 : 1;
        p.values[51 + r] = 1;
    }
    pose(&p, ENSEMBLE_F64);
    for (size_t r = 0; r < 51; r++)
        p.targets[r] = r < 50 ? .4 : 1;
    fit_targets(&p, NULL, &l);
    assert_all_near(l.weights, weights, 2, 1e-12);
    assert_near(l.report.objective, 0, 1e-15);
    assert_int_equal(l.report.exact, 1);
    drop(&p);
}

/*
 * Source of all that follow: the digits, with NumPy, SciPy and scikit-learn in double. What is learned on the
 * validation part is scored on the test part by the same handle.
 */
static double on_the_test_part(struct ensemble *e, int32_t score)
{
    struct problem test = digits("test");
    double value;

    for (size_t i = 0; i < test.said.n; i++)
        assert_int_equal(ensemble_set_model_output(e, i, output_of(&test.said, i), ENSEMBLE_F32, DIGITS_ROWS, 0), 0);
    value = score_now(e, &test, score);
    drop(&test);
    return value;
}

TEST(test_log_loss_of_the_digits)
{
    const double weights[] = {.095096, .324174, 0, .072361, .508370, 0};
    struct problem p = digits("validation");
    struct learned l;

    fit_labels(&p, NULL, &l);
    assert_all_near(l.weights, weights, 6, SIX_DIGITS);
    assert_simplex(l.weights, 6);
    assert_true(l.weights[2] == 0 && l.weights[5] == 0);
    assert_near(l.report.objective, .29784519, EIGHT_DIGITS);
    assert_near(score_now(p.said.e, &p, ENSEMBLE_SCORE_LOG_LOSS), .29784519, EIGHT_DIGITS);
    assert_int_equal(l.report.rows_used, DIGITS_ROWS);
    assert_int_equal(l.report.models_used, 4);
    assert_int_equal(l.report.best_model, 4);
    assert_near(on_the_test_part(p.said.e, ENSEMBLE_SCORE_LOG_LOSS), .35006398, EIGHT_DIGITS);
    drop(&p);
}

TEST(test_nonnegative_least_squares_of_the_digits)
{
    const struct ensemble_fit_options options =
        OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR, .constraint = ENSEMBLE_NONNEGATIVE);
    const double weights[] = {0, .044400, 0, .147002, .910004, 0};
    struct problem p = digits("validation");
    struct learned l;

    fit_labels(&p, &options, &l);
    assert_all_near(l.weights, weights, 6, SIX_DIGITS);
    assert_true(l.weights[0] == 0 && l.weights[2] == 0 && l.weights[5] == 0);
    assert_near(sqrt(l.report.objective * DIGITS_ROWS), 8.61407249, EIGHT_DIGITS);
    drop(&p);
}

TEST(test_squared_error_of_the_digits)
{
    const struct ensemble_fit_options options = OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR);
    const double weights[] = {0, .093476, 0, .092656, .813867, 0};
    struct problem p = digits("validation");
    struct learned l;

    fit_labels(&p, &options, &l);
    assert_all_near(l.weights, weights, 6, SIX_DIGITS);
    assert_simplex(l.weights, 6);
    assert_near(on_the_test_part(p.said.e, ENSEMBLE_SCORE_SQUARED_ERROR), .15942528, EIGHT_DIGITS);
    drop(&p);
}

TEST(test_least_squares_of_the_digits_without_a_constraint)
{
    const struct ensemble_fit_options options =
        OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR, .constraint = ENSEMBLE_UNCONSTRAINED);
    const double weights[] = {-.074698, .052793, -.249123, .216935, 1.046567, .003641};
    struct problem p = digits("validation");
    struct learned l;

    fit_labels(&p, &options, &l);
    assert_all_near(l.weights, weights, 6, SIX_DIGITS);
    assert_near(on_the_test_part(p.said.e, ENSEMBLE_SCORE_ACCURACY), .9067, 5.01e-5);
    drop(&p);
}

/* One-hot targets as values are the labels. */
TEST(test_values_as_targets_are_as_good_as_labels)
{
    const struct ensemble_fit_options options = OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR);
    struct problem p = digits("validation");
    struct learned by_labels, by_values;

    fit_labels(&p, &options, &by_labels);
    fit_targets(&p, NULL, &by_values);
    assert_all_near(by_values.weights, by_labels.weights, 6, 1e-12);
    assert_near(by_values.report.objective, by_labels.report.objective, 1e-14);
    drop(&p);
}

TEST(test_greedy_log_loss_of_the_digits)
{
    const struct ensemble_fit_options options = OPTIONS(.how = ENSEMBLE_FIT_GREEDY);
    const double times[] = {4, 14, 0, 3, 22, 0};
    struct problem p = digits("validation");
    struct learned l;

    fit_labels(&p, &options, &l);
    for (size_t i = 0; i < 6; i++)
        assert_near(l.weights[i], times[i] / 43, 1e-15);
    assert_int_equal(l.report.iterations, 43);
    assert_near(l.report.objective, .29784695, EIGHT_DIGITS);
    assert_true(!is_nan(l.trajectory[49]) && is_nan(l.trajectory[50]));
    drop(&p);
}

TEST(test_greedy_accuracy_of_the_digits)
{
    const struct ensemble_fit_options options =
        OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .objective = ENSEMBLE_SCORE_ACCURACY);
    const double times[] = {0, 0, 0, 5, 4, 0};
    struct problem p = digits("validation");
    struct learned l;

    fit_labels(&p, &options, &l);
    for (size_t i = 0; i < 6; i++)
        assert_near(l.weights[i], times[i] / 9, 1e-15);
    assert_int_equal(l.report.iterations, 9);
    assert_near(l.report.objective, .9350, 1e-15);
    assert_near(on_the_test_part(p.said.e, ENSEMBLE_SCORE_ACCURACY), .9100, 1e-15);
    drop(&p);
}

/* What docs/examples/digits says of the mean and the weights chosen by hand, on the test part. */
TEST(test_scores_of_the_digits)
{
    const double by_hand[] = {2, 1, 1, 2, 3, 1};
    struct problem p = digits("test");

    assert_near(score_now(p.said.e, &p, ENSEMBLE_SCORE_LOG_LOSS), .48368039609372127, 1e-8); /* info.json clips more */
    assert_near(score_now(p.said.e, &p, ENSEMBLE_SCORE_ACCURACY), 538 / 600., 1e-15);
    assert_int_equal(ensemble_set_method(p.said.e, ENSEMBLE_MEAN), 0);
    weigh(&p.said, by_hand);
    assert_near(score_now(p.said.e, &p, ENSEMBLE_SCORE_LOG_LOSS), .4251, 5.01e-5);
    assert_near(score_now(p.said.e, &p, ENSEMBLE_SCORE_ACCURACY), 541 / 600., 1e-15);
    assert_int_equal(ensemble_set_method(p.said.e, ENSEMBLE_VOTE), 0);
    assert_near(score_now(p.said.e, &p, ENSEMBLE_SCORE_LOG_LOSS), 1.3613, 5.01e-5);
    drop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_greedy_selection_of_auto_sklearn),
        cmocka_unit_test(test_least_squares_of_opera),
        cmocka_unit_test(test_log_loss_of_the_digits),
        cmocka_unit_test(test_nonnegative_least_squares_of_the_digits),
        cmocka_unit_test(test_squared_error_of_the_digits),
        cmocka_unit_test(test_least_squares_of_the_digits_without_a_constraint),
        cmocka_unit_test(test_values_as_targets_are_as_good_as_labels),
        cmocka_unit_test(test_greedy_log_loss_of_the_digits),
        cmocka_unit_test(test_greedy_accuracy_of_the_digits),
        cmocka_unit_test(test_scores_of_the_digits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
