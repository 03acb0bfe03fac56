/* SPDX-License-Identifier: MIT */
/* Fields that do not go together, or do; row weights and class weights, where they count and where they do not. */
#include "fit.h"

static double any_metric(const double *values, const size_t *row, size_t rows, size_t width, void *user)
{
    (void)row, (void)rows, (void)width, (void)user;
    return values[0];
}

TEST(test_fields_that_do_not_go_together)
{
    const double cost[] = {1, 1, 1};
    const struct ensemble_fit_options wrong[] = {
        OPTIONS(.ridge = .1), /* of log loss */
        OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .objective = ENSEMBLE_SCORE_SQUARED_ERROR, .ridge = .1),
        OPTIONS(.metric = any_metric),
        OPTIONS(.how = ENSEMBLE_FIT_INVERSE_ERROR, .metric = any_metric),
        OPTIONS(.how = ENSEMBLE_FIT_LOG_ODDS, .metric = any_metric),
        OPTIONS(.how = ENSEMBLE_FIT_SOFTMAX, .metric = any_metric),
        OPTIONS(.how = ENSEMBLE_FIT_NOTHING, .metric = any_metric),
        OPTIONS(.how = ENSEMBLE_FIT_NOTHING, .max_models = 2),
        OPTIONS(.how = ENSEMBLE_FIT_NOTHING, .budget = 2, .cost = cost, .n_costs = 3),
        OPTIONS(.how = ENSEMBLE_FIT_NOTHING, .folds = 2),
        OPTIONS(.how = ENSEMBLE_FIT_NOTHING, .bags = 2),
        OPTIONS(.bags = 2, .budget = 2, .cost = cost, .n_costs = 3),
        OPTIONS(.calibrate = ENSEMBLE_CALIBRATE_MODELS), /* no model has logits */
        OPTIONS(.calibrate = ENSEMBLE_CALIBRATE_RESULT)}; /* the result is as it is */
    struct problem p = random_problem(1, ENSEMBLE_F64, 3, 30, 3);

    for (size_t i = 0; i < LENGTH(wrong); i++)
        code_at(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, 30, &wrong[i], NULL), ENSEMBLE_EFIT, __FILE__,
                (int)i);
    drop(&p);
}

TEST(test_single_fields)
{
    const struct ensemble_fit_options score =
        OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .objective = ENSEMBLE_SCORE_CALIBRATION_ERROR);
    const struct ensemble_fit_options lost = OPTIONS(.n_costs = 3), free = OPTIONS(.budget = -1);
    struct problem p = random_problem(2, ENSEMBLE_F64, 3, 30, 3);
    struct learned plain, l;

    assert_int_equal(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, 30, &score, NULL), ENSEMBLE_EPARAMETER);
    assert_int_equal(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, 30, &lost, NULL), ENSEMBLE_ENULL);
    fit_labels(&p, NULL, &plain);
    fit_labels(&p, &free, &l); /* without costs the budget does not matter */
    assert_same_bits(l.weights, plain.weights, 3);
    drop(&p);
}

/* Models by themselves, combined by a method that is no pool: weights of rows and classes do not count. */
TEST(test_weights_that_do_not_count)
{
    const double class_weights[] = {1, 2, 3, 4, 1, 1, 1, 0, 2};
    const struct ensemble_fit_options inverse = OPTIONS(.how = ENSEMBLE_FIT_INVERSE_ERROR);
    float row_weights[30 * 3];
    struct problem p = random_problem(3, ENSEMBLE_F64, 3, 30, 3);
    struct learned plain, l;

    for (size_t k = 0; k < LENGTH(row_weights); k++)
        row_weights[k] = (float)(k % 3);
    assert_int_equal(ensemble_set_method(p.said.e, ENSEMBLE_LOG_POOL), 0);
    fit_labels(&p, &inverse, &plain);
    assert_int_equal(ensemble_set_row_weights(p.said.e, row_weights, 30, 3), 0);
    fit_labels(&p, &inverse, &l);
    assert_same_bits(l.weights, plain.weights, 3);
    assert_same_bits(l.single, plain.single, 3);
    assert_same_bits(&l.report.uniform, &plain.report.uniform, 1);
    assert_same_bits(&l.report.objective, &plain.report.objective, 1);
    assert_int_equal(ensemble_set_row_weights(p.said.e, NULL, 0, 0), 0);
    assert_int_equal(ensemble_set_method(p.said.e, ENSEMBLE_GEOMETRIC), 0);
    fit_labels(&p, &inverse, &plain);
    assert_int_equal(ensemble_set_class_weights(p.said.e, class_weights, 3, 3), 0);
    fit_labels(&p, &inverse, &l);
    assert_same_bits(l.single, plain.single, 3);
    assert_same_bits(&l.report.objective, &plain.report.objective, 1);
    drop(&p);
}

/* Where the weights stay, those of rows and classes are part of what is reported. */
TEST(test_weights_that_count)
{
    const double class_weights[] = {1, 2, 3, 4, 1, 1, 1, 0, 2};
    const struct ensemble_fit_options nothing = OPTIONS(.how = ENSEMBLE_FIT_NOTHING);
    float row_weights[30 * 3];
    struct problem p = random_problem(4, ENSEMBLE_F64, 3, 30, 3);
    struct learned plain, l;

    for (size_t k = 0; k < LENGTH(row_weights); k++)
        row_weights[k] = (float)(k % 3 + k % 2);
    assert_int_equal(ensemble_set_method(p.said.e, ENSEMBLE_MEAN), 0);
    fit_labels(&p, &nothing, &plain);
    assert_int_equal(ensemble_set_class_weights(p.said.e, class_weights, 3, 3), 0);
    fit_labels(&p, &nothing, &l);
    assert_true(fabs(l.report.objective - plain.report.objective) > 1e-6);
    assert_near(l.report.objective, score_now(p.said.e, &p, ENSEMBLE_SCORE_LOG_LOSS), 1e-13);
    assert_int_equal(ensemble_set_class_weights(p.said.e, NULL, 0, 0), 0);
    assert_int_equal(ensemble_set_row_weights(p.said.e, row_weights, 30, 3), 0);
    fit_labels(&p, &nothing, &l);
    assert_true(fabs(l.report.objective - plain.report.objective) > 1e-6);
    assert_near(l.report.objective, score_now(p.said.e, &p, ENSEMBLE_SCORE_LOG_LOSS), 1e-13);
    drop(&p);
}

/* Row weights for other rows than there are. */
TEST(test_row_weights_of_another_length)
{
    float row_weights[40 * 3];
    struct problem p = random_problem(5, ENSEMBLE_F64, 3, 30, 3);
    double value = 12;

    for (size_t k = 0; k < LENGTH(row_weights); k++)
        row_weights[k] = 1;
    assert_int_equal(ensemble_set_method(p.said.e, ENSEMBLE_MEAN), 0);
    assert_int_equal(ensemble_set_row_weights(p.said.e, row_weights, 40, 3), 0);
    assert_int_equal(ensemble_score(p.said.e, ENSEMBLE_SCORE_ACCURACY, p.labels, ENSEMBLE_I32, 30, &value),
                     ENSEMBLE_EWEIGHTS);
    assert_true(value == 12);
    drop(&p);
}

/* A row without an answer, which begins with what there is none of. */
TEST(test_a_wide_row_without_an_answer)
{
    struct problem p = random_problem(6, ENSEMBLE_F64, 1, 5, 700);
    const double one[] = {1};

    ((double *)output_of(&p.said, 0))[2 * 700 + 3] = NAN;
    for (int32_t score = ENSEMBLE_SCORE_LOG_LOSS; score <= ENSEMBLE_SCORE_ACCURACY; score++) {
        double expected;

        p.labels[2] = -1;
        expected = (double)score_with(&p, score, one);
        p.labels[2] = 699;
        assert_near(score_now(p.said.e, &p, score), expected, 1e-13);
    }
    drop(&p);
}

/* After an update the weights are those that ensemble_combine() uses. */
TEST(test_combining_with_what_was_updated)
{
    struct problem p = random_problem(7, ENSEMBLE_F64, 3, 30, 3);
    double weights[3], y[90], z[90];
    long double sums[90];

    combine_to(p.said.e, ENSEMBLE_F64, y, 90);
    assert_int_equal(
        ensemble_update(p.said.e, p.labels, ENSEMBLE_I32, 30, ENSEMBLE_SCORE_LOG_LOSS, .7, .1), 0);
    assert_int_equal(ensemble_get_weights(p.said.e, weights, 3), 0);
    assert_true(fabs(weights[0] - 1 / 3.) > .01);
    pool(&p, weights, sums);
    combine_to(p.said.e, ENSEMBLE_F64, z, 90);
    for (size_t k = 0; k < 90; k++)
        assert_near(z[k], (double)sums[k], 1e-15);
    drop(&p);
}

/* The objective is that of the pool, before it is tempered, also where the weights stay. */
TEST(test_the_objective_of_a_tempered_result)
{
    const struct ensemble_fit_options nothing = OPTIONS(.how = ENSEMBLE_FIT_NOTHING);
    struct problem p = random_problem(8, ENSEMBLE_F64, 3, 30, 3);
    struct learned plain, l;

    fit_labels(&p, &nothing, &plain);
    assert_int_equal(ensemble_set_result(p.said.e, ENSEMBLE_RESULT_TEMPERED, 3), 0);
    fit_labels(&p, &nothing, &l);
    assert_near(l.report.objective, plain.report.objective, 1e-13);
    assert_near(l.report.uniform, plain.report.uniform, 1e-13);
    drop(&p);
}

/* No model is out for good, however bad it is and however large the rate. */
TEST(test_no_weight_becomes_0)
{
    struct problem p = random_problem(9, ENSEMBLE_F64, 3, 30, 3);
    const double huge[] = {1e308, 1e308, 1e308};
    double weights[3];

    for (int times = 0; times < 3; times++) {
        assert_int_equal(
            ensemble_update(p.said.e, p.labels, ENSEMBLE_I32, 30, ENSEMBLE_SCORE_LOG_LOSS, 1e6, 0), 0);
        assert_int_equal(ensemble_get_weights(p.said.e, weights, 3), 0);
        for (size_t i = 0; i < 3; i++)
            assert_true(weights[i] > 0);
    }
    weigh(&p.said, huge);
    assert_int_equal(ensemble_update(p.said.e, p.labels, ENSEMBLE_I32, 30, ENSEMBLE_SCORE_LOG_LOSS, 1, 0),
                     ENSEMBLE_EZEROSUM);
    drop(&p);
}

/* Numbers are finite, and the derivatives by the weights are not. */
TEST(test_a_step_that_overflows)
{
    struct problem p = random_problem(10, ENSEMBLE_F64, 3, 20, 3);
    double *values = (double *)output_of(&p.said, 0), before[3], after[3];

    for (size_t k = 0; k < 180; k++)
        values[k] *= 1e200;
    assert_int_equal(ensemble_get_weights(p.said.e, before, 3), 0);
    assert_int_equal(ensemble_update(p.said.e, p.labels, ENSEMBLE_I32, 20, ENSEMBLE_SCORE_SQUARED_ERROR, .1, 0),
                     ENSEMBLE_EFIT);
    assert_int_equal(ensemble_get_weights(p.said.e, after, 3), 0);
    assert_same_bits(after, before, 3);
    drop(&p);
}

/* An update is that of the pool: with weights of classes or rows there is none, and the weights stay. */
TEST(test_updates_beside_other_weights)
{
    const double class_weights[] = {1, 2, 3, 4, 1, 1, 1, 0, 2};
    float row_weights[30 * 3];
    struct problem p = random_problem(11, ENSEMBLE_F64, 3, 30, 3);

    for (size_t k = 0; k < LENGTH(row_weights); k++)
        row_weights[k] = 1;
    assert_int_equal(ensemble_set_method(p.said.e, ENSEMBLE_MEAN), 0);
    for (int rows = 0; rows < 2; rows++) {
        if (rows)
            assert_int_equal(ensemble_set_row_weights(p.said.e, row_weights, 30, 3), 0);
        else
            assert_int_equal(ensemble_set_class_weights(p.said.e, class_weights, 3, 3), 0);
        assert_int_equal(ensemble_update(p.said.e, p.labels, ENSEMBLE_I32, 30, ENSEMBLE_SCORE_LOG_LOSS, .1, 0),
                         ENSEMBLE_EFIT);
        assert_int_equal(ensemble_set_row_weights(p.said.e, NULL, 0, 0), 0);
        assert_int_equal(ensemble_set_class_weights(p.said.e, NULL, 0, 0), 0);
        assert_int_equal(ensemble_update(p.said.e, p.labels, ENSEMBLE_I32, 30, ENSEMBLE_SCORE_LOG_LOSS, .1, 0), 0);
    }
    drop(&p);
}

/* Options that are too small are found before the report is looked at, which stays as it is. */
TEST(test_a_report_beside_options_that_are_none)
{
    const struct ensemble_fit_options small = {.struct_size = 4};
    struct problem p = random_problem(12, ENSEMBLE_F64, 3, 30, 3);
    struct learned l, same;

    ask(&l);
    same = l;
    assert_int_equal(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, 30, &small, &l.report), ENSEMBLE_ESTRUCT);
    assert_memory_equal(&l, &same, sizeof l);
    drop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields_that_do_not_go_together),
        cmocka_unit_test(test_single_fields),
        cmocka_unit_test(test_weights_that_do_not_count),
        cmocka_unit_test(test_weights_that_count),
        cmocka_unit_test(test_row_weights_of_another_length),
        cmocka_unit_test(test_a_wide_row_without_an_answer),
        cmocka_unit_test(test_combining_with_what_was_updated),
        cmocka_unit_test(test_the_objective_of_a_tempered_result),
        cmocka_unit_test(test_no_weight_becomes_0),
        cmocka_unit_test(test_a_step_that_overflows),
        cmocka_unit_test(test_updates_beside_other_weights),
        cmocka_unit_test(test_a_report_beside_options_that_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
