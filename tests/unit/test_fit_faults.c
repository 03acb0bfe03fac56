/* SPDX-License-Identifier: MIT */
/* What can be wrong with a fit, after which nothing has changed; and rows and models that are left out. */
#include "fit.h"

#define N 4
#define ROWS 20
#define WIDTH 3

/* A problem whose handle has weights and a form that a fit would change. */
static struct problem tidy(void)
{
    const double weights[N] = {.5, .25, .125, .125};
    struct problem p = random_problem(1, ENSEMBLE_F32, N, ROWS, WIDTH);

    weigh(&p.said, weights);
    return p;
}

/* The fit fails with one of two codes, and leaves the weights, the result and the report as they were. */
static void refused_at(struct problem *p, const void *targets, int32_t dtype, size_t count,
                       const struct ensemble_fit_options *options, int code, int or_code, int line)
{
    const size_t n = ensemble_get_models(p->said.e);
    double before[MOST_MODELS], after[MOST_MODELS], y[ROWS * WIDTH], z[ROWS * WIDTH];
    const int weighed = ensemble_get_weights(p->said.e, before, n);
    const int combined = ensemble_combine(p->said.e, y, ENSEMBLE_F64, ROWS * WIDTH);
    struct learned l, same;
    int got;

    ask(&l);
    poison(l.weights, sizeof l.weights);
    poison(l.trajectory, sizeof l.trajectory);
    same = l;
    got = ensemble_fit(p->said.e, targets, dtype, count, options, &l.report);
    if (got != or_code)
        code_at(got, code, __FILE__, line);
    assert_memory_equal(&l, &same, sizeof l);
    assert_int_equal(ensemble_get_weights(p->said.e, after, n), weighed);
    assert_int_equal(ensemble_combine(p->said.e, z, ENSEMBLE_F64, ROWS * WIDTH), combined);
    if (weighed == 0)
        assert_same_bits(after, before, n);
    if (combined == 0)
        assert_values(z, y, ROWS * WIDTH, 0);
}
#define refused(p, options, code) refused_at(p, (p)->labels, ENSEMBLE_I32, ROWS, options, code, code, __LINE__)
#define refused_values(p, options, code)                                                                             \
    refused_at(p, (p)->targets, ENSEMBLE_F64, ROWS * WIDTH, options, code, code, __LINE__)

/* A model of weight 0 takes no part before the fit, but is learned from. */
TEST(test_models_that_took_no_part)
{
    const struct ensemble_fit_options no_gap = OPTIONS(.objective = ENSEMBLE_SCORE_AUC);
    const double weights[N] = {0, .5, 0, .5};
    struct problem p = tidy();

    weigh(&p.said, weights);
    refused_at(&p, p.labels, ENSEMBLE_I32, ROWS + 1, NULL, ENSEMBLE_ECOUNT, ENSEMBLE_ECOUNT, __LINE__);
    refused(&p, &no_gap, ENSEMBLE_EFIT);
    drop(&p);
}

TEST(test_null)
{
    struct problem p = tidy();

    assert_int_equal(ensemble_fit(NULL, p.labels, ENSEMBLE_I32, ROWS, NULL, NULL), ENSEMBLE_ENULL);
    refused_at(&p, NULL, ENSEMBLE_I32, ROWS, NULL, ENSEMBLE_ENULL, ENSEMBLE_ENULL, __LINE__);
    assert_int_equal(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, ROWS, NULL, NULL), 0);
    drop(&p);
}

TEST(test_targets_of_a_wrong_size_or_type)
{
    const size_t counts[] = {0, 1, ROWS - 1, ROWS + 1, ROWS * WIDTH, SIZE_MAX};
    struct problem p = tidy();

    for (size_t i = 0; i < LENGTH(counts); i++) {
        refused_at(&p, p.labels, ENSEMBLE_I32, counts[i], NULL, ENSEMBLE_ECOUNT, ENSEMBLE_ECOUNT, __LINE__);
        if (counts[i] != ROWS * WIDTH)
            refused_at(&p, p.targets, ENSEMBLE_F64, counts[i], NULL, ENSEMBLE_ECOUNT, ENSEMBLE_ECOUNT, __LINE__);
    }
    refused_at(&p, (const void *)(UINTPTR_MAX - 7), ENSEMBLE_I32, ROWS, NULL, ENSEMBLE_EOVERFLOW, ENSEMBLE_EOVERFLOW,
               __LINE__); /* beyond the end of all memory */
    for (size_t i = 0; i < LENGTH(no_dtypes); i++)
        refused_at(&p, p.labels, no_dtypes[i], ROWS, NULL, ENSEMBLE_EDTYPE, ENSEMBLE_EDTYPE, __LINE__);
    drop(&p);
}

TEST(test_labels_beyond_the_classes)
{
    struct problem p = tidy();

    p.labels[ROWS - 1] = WIDTH;
    refused(&p, NULL, ENSEMBLE_ETARGET);
    p.labels[ROWS - 1] = INT32_MAX;
    refused(&p, NULL, ENSEMBLE_ETARGET);
    p.labels[ROWS - 1] = WIDTH - 1;
    assert_int_equal(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, ROWS, NULL, NULL), 0);
    drop(&p);
}

TEST(test_infinite_targets)
{
    struct problem p = tidy();

    p.targets[7] = -INFINITY;
    refused_values(&p, NULL, ENSEMBLE_ETARGET);
    drop(&p);
}

/* Rows that are left out are as good as not there. */
static void assert_rows_left(struct problem *p, const int *left, size_t rows)
{
    struct problem q = empty_problem(N, rows, WIDTH);
    struct learned a, b;
    size_t k = 0;

    for (size_t r = 0; r < ROWS; r++) {
        if (!left[r])
            continue;
        q.labels[k] = p->labels[r];
        for (size_t i = 0; i < N; i++)
            memcpy(q.values + (i * rows + k) * WIDTH, p->values + (i * ROWS + r) * WIDTH, WIDTH * sizeof *q.values);
        k++;
    }
    assert_int_equal(k, rows);
    pose(&q, ENSEMBLE_F32);
    fit_labels(p, NULL, &a);
    fit_labels(&q, NULL, &b);
    assert_int_equal(a.report.rows_used, rows);
    assert_int_equal(b.report.rows_used, rows);
    assert_all_near(a.weights, b.weights, N, 1e-9);
    assert_near(a.report.objective, b.report.objective, 1e-12);
    drop(&q);
}

TEST(test_rows_without_a_label)
{
    int left[ROWS];
    struct problem p = tidy();

    for (size_t r = 0; r < ROWS; r++) {
        left[r] = r % 3 != 1;
        if (!left[r])
            p.labels[r] = r % 2 ? -1 : INT32_MIN;
    }
    assert_rows_left(&p, left, 13);
    drop(&p);
}

TEST(test_rows_in_which_a_model_is_not_finite)
{
    const float what[] = {NAN, INFINITY, -INFINITY};
    int left[ROWS];
    struct problem p = tidy();

    for (size_t r = 0; r < ROWS; r++)
        left[r] = 1;
    for (size_t k = 0; k < LENGTH(what); k++) {
        float *output = output_of(&p.said, k);

        output[(3 + 5 * k) * WIDTH + k] = what[k];
        left[3 + 5 * k] = 0;
    }
    assert_rows_left(&p, left, 17);
    drop(&p);
}

TEST(test_rows_of_which_a_value_is_not_known)
{
    const struct ensemble_fit_options options = OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR);
    struct problem p = tidy();
    struct learned a, b;

    p.targets[2 * WIDTH + 1] = NAN;
    p.targets[9 * WIDTH] = NAN;
    p.targets[9 * WIDTH + 2] = NAN;
    fit_targets(&p, NULL, &a);
    p.labels[2] = p.labels[9] = -1;
    fit_labels(&p, &options, &b);
    assert_int_equal(a.report.rows_used, ROWS - 2);
    assert_all_near(a.weights, b.weights, N, 1e-12);
    drop(&p);
}

TEST(test_no_row_is_left)
{
    struct problem p = tidy();

    for (size_t r = 0; r < ROWS; r++)
        p.labels[r] = -1;
    for (size_t k = 0; k < ROWS * WIDTH; k++)
        p.targets[k] = NAN;
    refused(&p, NULL, ENSEMBLE_ETARGET);
    refused_values(&p, NULL, ENSEMBLE_ETARGET);
    drop(&p);
    p = tidy();
    for (size_t r = 0; r < ROWS; r++)
        ((float *)output_of(&p.said, r % N))[r * WIDTH] = NAN;
    for (int32_t how = ENSEMBLE_FIT_CONVEX; how <= ENSEMBLE_FIT_SOFTMAX; how++) {
        const struct ensemble_fit_options options = OPTIONS(.how = how);

        refused(&p, &options, ENSEMBLE_ETARGET);
    }
    drop(&p);
}

TEST(test_a_missing_model)
{
    struct problem p = tidy();
    struct learned l;

    assert_int_equal(ensemble_set_model_output(p.said.e, 2, NULL, ENSEMBLE_F32, ROWS, 0), 0);
    refused(&p, NULL, ENSEMBLE_EMISSING);
    assert_int_equal(ensemble_set_missing_policy(p.said.e, ENSEMBLE_LEAVE_OUT_MISSING, 0), 0);
    for (int32_t how = ENSEMBLE_FIT_CONVEX; how <= ENSEMBLE_FIT_SOFTMAX; how++) {
        const struct ensemble_fit_options options = OPTIONS(.how = how);
        double alone[N] = {0};

        fit_labels(&p, &options, &l);
        assert_true(l.weights[2] == 0);
        assert_true(is_nan(l.single[2]));
        assert_simplex(l.weights, N);
        assert_near(l.report.objective, (double)score_with(&p, ENSEMBLE_SCORE_LOG_LOSS, l.weights), 1e-12);
        for (size_t i = 0; i < N; i++)
            alone[i] = i == 2 ? 0 : 1 / 3.;
        assert_near(l.report.uniform, (double)score_with(&p, ENSEMBLE_SCORE_LOG_LOSS, alone), 1e-12);
    }
    for (size_t i = 0; i < N; i++)
        assert_int_equal(ensemble_set_model_output(p.said.e, i, NULL, ENSEMBLE_F32, ROWS, 0), 0);
    assert_true(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, ROWS, NULL, NULL) < 0);
    drop(&p);
}

TEST(test_what_combine_reports)
{
    struct problem p = tidy();
    struct ensemble *e = ensemble_of(WIDTH);

    assert_int_equal(ensemble_fit(e, p.labels, ENSEMBLE_I32, ROWS, NULL, NULL), ENSEMBLE_EEMPTY);
    ensemble_destroy(e);
    assert_int_equal(ensemble_set_model_output(p.said.e, 1, output_of(&p.said, 1), ENSEMBLE_F32, ROWS - 1, 0), 0);
    refused(&p, NULL, ENSEMBLE_EROWS);
    assert_int_equal(ensemble_set_model_output(p.said.e, 1, p.labels, ENSEMBLE_I32, ROWS, 0), 0);
    refused(&p, NULL, ENSEMBLE_ESPACE);
    drop(&p);
}

/* Methods, forms and weights that are no linear pool. */
TEST(test_what_is_no_linear_pool)
{
    const double class_weights[N * WIDTH] = {1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1};
    float row_weights[ROWS * N];
    const struct ensemble_fit_options ways[] = {OPTIONS(.how = ENSEMBLE_FIT_CONVEX),
                                                OPTIONS(.how = ENSEMBLE_FIT_GREEDY)};
    struct problem p = tidy();

    for (size_t i = 0; i < LENGTH(row_weights); i++)
        row_weights[i] = 1;
    for (size_t k = 0; k < LENGTH(ways); k++) {
        for (int32_t method = ENSEMBLE_GEOMETRIC; method <= ENSEMBLE_RANK; method++) {
            assert_int_equal(ensemble_set_method(p.said.e, method), 0);
            refused(&p, &ways[k], ENSEMBLE_EFIT);
        }
        assert_int_equal(ensemble_set_method(p.said.e, ENSEMBLE_SUM), 0);
        assert_int_equal(ensemble_set_result(p.said.e, ENSEMBLE_RESULT_LOG, 0), 0);
        refused(&p, &ways[k], ENSEMBLE_EFIT);
        assert_int_equal(ensemble_set_result(p.said.e, ENSEMBLE_RESULT_SOFTMAX, 0), 0);
        refused(&p, &ways[k], ENSEMBLE_EFIT);
        assert_int_equal(ensemble_set_result(p.said.e, ENSEMBLE_RESULT_AS_IS, 0), 0);
        assert_int_equal(ensemble_set_class_weights(p.said.e, class_weights, N, WIDTH), 0);
        refused(&p, &ways[k], ENSEMBLE_EFIT);
        assert_int_equal(ensemble_set_class_weights(p.said.e, NULL, 0, 0), 0);
        assert_int_equal(ensemble_set_row_weights(p.said.e, row_weights, ROWS, N), 0);
        refused(&p, &ways[k], ENSEMBLE_EFIT);
        assert_int_equal(ensemble_set_row_weights(p.said.e, NULL, 0, 0), 0);
    }
    drop(&p);
}

TEST(test_what_does_not_go_together)
{
    const struct ensemble_fit_options nonnegative =
        OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR, .constraint = ENSEMBLE_NONNEGATIVE);
    const struct ensemble_fit_options any =
        OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR, .constraint = ENSEMBLE_UNCONSTRAINED);
    const struct ensemble_fit_options wrong[] = {
        OPTIONS(.objective = ENSEMBLE_SCORE_ACCURACY), OPTIONS(.objective = ENSEMBLE_SCORE_AUC),
        OPTIONS(.constraint = ENSEMBLE_NONNEGATIVE), OPTIONS(.constraint = ENSEMBLE_UNCONSTRAINED),
        OPTIONS(.bags = 3, .max_models = 2)}; /* the mean of few models is not one of few */
    const struct ensemble_fit_options for_labels[] = {
        OPTIONS(.objective = ENSEMBLE_SCORE_LOG_LOSS),
        OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .objective = ENSEMBLE_SCORE_ACCURACY),
        OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .objective = ENSEMBLE_SCORE_AUC),
        OPTIONS(.how = ENSEMBLE_FIT_INVERSE_ERROR, .objective = ENSEMBLE_SCORE_LOG_LOSS),
        OPTIONS(.how = ENSEMBLE_FIT_LOG_ODDS)};
    struct problem p = tidy();

    for (size_t i = 0; i < LENGTH(wrong); i++)
        refused(&p, &wrong[i], ENSEMBLE_EFIT);
    for (size_t i = 0; i < LENGTH(for_labels); i++)
        refused_values(&p, &for_labels[i], ENSEMBLE_EFIT);
    assert_int_equal(ensemble_set_method(p.said.e, ENSEMBLE_MEAN), 0);
    refused(&p, &nonnegative, ENSEMBLE_EFIT);
    refused(&p, &any, ENSEMBLE_EFIT);
    drop(&p);
}

TEST(test_fields_out_of_range)
{
    const double bad[] = {-1, NAN, INFINITY, -INFINITY};
    const struct ensemble_fit_options wrong[] = {
        OPTIONS(.how = -1),        OPTIONS(.how = 6),       OPTIONS(.objective = -1), OPTIONS(.objective = 6),
        OPTIONS(.constraint = -1), OPTIONS(.constraint = 3), OPTIONS(.calibrate = 4),  OPTIONS(.calibrate = -1)};
    const struct ensemble_fit_options only_a_score = OPTIONS(.objective = ENSEMBLE_SCORE_CALIBRATION_ERROR);
    struct problem p = tidy();

    for (size_t i = 0; i < LENGTH(wrong); i++)
        refused(&p, &wrong[i], ENSEMBLE_EPARAMETER);
    refused_at(&p, p.labels, ENSEMBLE_I32, ROWS, &only_a_score, ENSEMBLE_EPARAMETER, ENSEMBLE_EFIT, __LINE__);
    for (size_t i = 0; i < LENGTH(bad); i++) {
        const double cost[N] = {1, 1, bad[i], 1}, fine[N] = {1, 1, 1, 1};
        const struct ensemble_fit_options ridge =
            OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR, .ridge = bad[i]);
        const struct ensemble_fit_options temperature =
            OPTIONS(.how = ENSEMBLE_FIT_SOFTMAX, .temperature = bad[i]);
        const struct ensemble_fit_options costs = OPTIONS(.budget = 2, .cost = cost, .n_costs = N);
        const struct ensemble_fit_options budget = OPTIONS(.budget = bad[i], .cost = fine, .n_costs = N);

        refused(&p, &ridge, ENSEMBLE_EPARAMETER);
        refused(&p, &temperature, ENSEMBLE_EPARAMETER);
        refused(&p, &costs, ENSEMBLE_EPARAMETER);
        if (bad[i] != INFINITY) /* which may stand for any amount */
            refused(&p, &budget, ENSEMBLE_EPARAMETER);
    }
    drop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_models_that_took_no_part),
        cmocka_unit_test(test_null),
        cmocka_unit_test(test_targets_of_a_wrong_size_or_type),
        cmocka_unit_test(test_labels_beyond_the_classes),
        cmocka_unit_test(test_infinite_targets),
        cmocka_unit_test(test_rows_without_a_label),
        cmocka_unit_test(test_rows_in_which_a_model_is_not_finite),
        cmocka_unit_test(test_rows_of_which_a_value_is_not_known),
        cmocka_unit_test(test_no_row_is_left),
        cmocka_unit_test(test_a_missing_model),
        cmocka_unit_test(test_what_combine_reports),
        cmocka_unit_test(test_what_is_no_linear_pool),
        cmocka_unit_test(test_what_does_not_go_together),
        cmocka_unit_test(test_fields_out_of_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
