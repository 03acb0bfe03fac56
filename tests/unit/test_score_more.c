/* SPDX-License-Identifier: MIT */
/* Scores of as many rows and models as are gone through at once, of one more, and of too many. */
#include "fit.h"

static const int32_t all_scores[] = {ENSEMBLE_SCORE_LOG_LOSS, ENSEMBLE_SCORE_SQUARED_ERROR, ENSEMBLE_SCORE_ACCURACY,
                                     ENSEMBLE_SCORE_AUC, ENSEMBLE_SCORE_CALIBRATION_ERROR};

static void assert_scores(struct problem *p, const double *weights)
{
    weigh(&p->said, weights);
    for (size_t k = 0; k < LENGTH(all_scores); k++)
        assert_near(score_now(p->said.e, p, all_scores[k]), (double)score_with(p, all_scores[k], weights), 1e-12);
}

/* The logarithms of so many rows are added at once; behind whole groups of them, none is left. */
TEST(test_as_many_rows_as_are_added_at_once)
{
    const size_t counts[] = {255, 256, 257, 512};
    const double weights[] = {.5, .25, .25};

    for (size_t k = 0; k < LENGTH(counts); k++) {
        struct problem p = random_problem(k + 1, ENSEMBLE_F64, 3, counts[k], 3);

        assert_scores(&p, weights);
        drop(&p);
    }
}

/* Rows so wide that none is combined with another one. */
TEST(test_rows_that_are_combined_by_themselves)
{
    const size_t widths[] = {1023, 1024, 1025, 2047, 2048, 2049, 5000};
    const double weights[] = {.5, .25, .25};

    for (size_t k = 0; k < LENGTH(widths); k++) {
        struct problem p = random_problem(k + 20, ENSEMBLE_F64, 3, 3, widths[k]);

        assert_scores(&p, weights);
        drop(&p);
    }
}

/* More models of one dtype than are summed at once, and of dtypes in turns. */
TEST(test_more_models_than_are_summed_at_once)
{
    double weights[20];

    for (size_t n = 7; n <= 20; n++) {
        struct problem p = random_problem(n, ENSEMBLE_F64, n, 30, 3);
        float *floats = memory_of(n * 90, sizeof *floats);

        for (size_t i = 0; i < n; i++)
            weights[i] = (double)(i + 1) / (double)(n * (n + 1) / 2);
        for (size_t k = 0; k < n * 90; k++)
            floats[k] = (float)p.values[k];
        assert_scores(&p, weights);
        for (size_t i = n / 2; i < n; i += 3)
            assert_int_equal(ensemble_set_model_output(p.said.e, i, floats + i * 90, ENSEMBLE_F32, 30, 0), 0);
        assert_scores(&p, weights);
        free(floats);
        drop(&p);
    }
}

/* No model says anything: no row has an answer. */
TEST(test_no_model_has_a_weight)
{
    const double none[] = {0, 0, 0};
    struct problem p = random_problem(3, ENSEMBLE_F64, 3, 40, 3);

    weigh(&p.said, none);
    for (size_t k = 0; k < LENGTH(all_scores); k++)
        assert_true(is_nan(score_now(p.said.e, &p, all_scores[k])));
    drop(&p);
}

/* With a model that is missing, as with weights of the others that are divided by what is left. */
TEST(test_a_sum_without_a_model)
{
    const double weights[] = {.5, .25, .25}, left[] = {2 / 3., 1 / 3., 0};
    struct problem p = random_problem(4, ENSEMBLE_F64, 3, 40, 3);
    double values[LENGTH(all_scores)];

    assert_int_equal(ensemble_set_model_output(p.said.e, 2, NULL, ENSEMBLE_F64, 40, 0), 0);
    assert_int_equal(ensemble_set_missing_policy(p.said.e, ENSEMBLE_LEAVE_OUT_MISSING, .7), 0);
    weigh(&p.said, weights);
    for (size_t k = 0; k < LENGTH(all_scores); k++)
        values[k] = score_now(p.said.e, &p, all_scores[k]);
    for (size_t k = 0; k < LENGTH(all_scores); k++)
        assert_near(values[k], (double)score_with(&p, all_scores[k], left), 1e-12);
    drop(&p);
}

/* Less is there than the quorum: an error, unless there is no row that it could be an error of. */
TEST(test_a_quorum_that_is_not_met)
{
    struct problem p = random_problem(5, ENSEMBLE_F64, 3, 9000, 3);
    double value = 12;

    p.labels[4] = -1;
    assert_int_equal(ensemble_set_model_output(p.said.e, 2, NULL, ENSEMBLE_F64, 9000, 0), 0);
    assert_int_equal(ensemble_set_missing_policy(p.said.e, ENSEMBLE_LEAVE_OUT_MISSING, .7), 0);
    for (size_t k = 0; k < LENGTH(all_scores); k++) {
        assert_int_equal(ensemble_score(p.said.e, all_scores[k], p.labels, ENSEMBLE_I32, 9000, &value),
                         ENSEMBLE_EQUORUM);
        assert_true(value == 12);
    }
    memset(p.labels, 0xFF, 9000 * sizeof *p.labels);
    for (size_t k = 0; k < LENGTH(all_scores); k++)
        assert_true(is_nan(score_now(p.said.e, &p, all_scores[k])));
    drop(&p);
}

/* Where there are no rows, targets need not be anywhere. */
TEST(test_no_rows_and_no_targets)
{
    struct ensemble *e = ensemble_of(3);
    double value = 12;

    add(e, NULL, ENSEMBLE_F32, 0);
    assert_int_equal(ensemble_score(e, ENSEMBLE_SCORE_ACCURACY, NULL, ENSEMBLE_I32, 0, &value), 0);
    assert_true(is_nan(value));
    assert_int_equal(ensemble_fit(e, NULL, ENSEMBLE_I32, 0, NULL, NULL), ENSEMBLE_ETARGET);
    ensemble_destroy(e);
}

/* A vote among as many classes as a row of doubles can have: labels need no room, one row of shares has none. */
TEST(test_more_classes_than_memory)
{
    const int32_t said[] = {5, 7, 7}, truth[] = {5, 7, 6};
    const double nothing = 0;
    struct ensemble *e = ensemble_of(PTRDIFF_MAX / sizeof(double));
    double value = 12;

    add(e, said, ENSEMBLE_I32, 3);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_VOTE), 0);
    for (size_t k = 0; k < LENGTH(all_scores); k++)
        assert_int_equal(ensemble_score(e, all_scores[k], truth, ENSEMBLE_I32, 3, &value), ENSEMBLE_ENOMEM);
    assert_int_equal(ensemble_score(e, ENSEMBLE_SCORE_SQUARED_ERROR, &nothing, ENSEMBLE_F64, 3, &value),
                     ENSEMBLE_EOVERFLOW);
    assert_true(value == 12);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_many_rows_as_are_added_at_once),
        cmocka_unit_test(test_rows_that_are_combined_by_themselves),
        cmocka_unit_test(test_more_models_than_are_summed_at_once),
        cmocka_unit_test(test_no_model_has_a_weight),
        cmocka_unit_test(test_a_sum_without_a_model),
        cmocka_unit_test(test_a_quorum_that_is_not_met),
        cmocka_unit_test(test_no_rows_and_no_targets),
        cmocka_unit_test(test_more_classes_than_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
