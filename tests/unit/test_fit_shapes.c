/* SPDX-License-Identifier: MIT */
/* Outputs of every shape and kind: wide, long, many, of mixed types, with classes of their own, with values of 0. */
#include "fit.h"

static const int32_t objectives[] = {ENSEMBLE_SCORE_LOG_LOSS, ENSEMBLE_SCORE_SQUARED_ERROR};

/*
 * By how much the best weights can be better than these, on the simplex: the derivatives by the weights, how far the
 * steepest of them is from their mean (Frank and Wolfe, 1956).
 */
static long double distance_from_the_best(const struct problem *p, int32_t objective, const double *weights)
{
    const size_t rows = p->said.rows, width = p->said.width, count = rows * width;
    long double *y = memory_of(count, sizeof *y), mean = 0, least = INFINITY;

    pool(p, weights, y);
    for (size_t i = 0; i < p->said.n; i++) {
        const double *x = p->values + i * count;
        long double g = 0;

        for (size_t k = 0; k < count; k++)
            if (objective == ENSEMBLE_SCORE_SQUARED_ERROR)
                g += 2 * (y[k] - (long double)p->targets[k]) * (long double)x[k];
            else if (width == 1)
                g += p->labels[k] > 0 ? -(long double)x[k] / y[k] : (long double)x[k] / (1 - y[k]);
            else if (p->targets[k] == 1)
                g -= (long double)x[k] / y[k];
        g /= (long double)rows;
        mean += (long double)weights[i] * g;
        least = fminl(least, g);
    }
    free(y);
    return mean - least;
}

static void assert_best(struct problem *p)
{
    for (size_t k = 0; k < LENGTH(objectives); k++) {
        const struct ensemble_fit_options options = OPTIONS(.objective = objectives[k]);
        const size_t n = p->said.n;
        struct ensemble_fit_report report = {.struct_size = sizeof report, .models = n};
        double *weights = memory_of(3 * n, sizeof *weights), *single = weights + n, *alone = single + n;

        report.weights = weights;
        report.single = single;
        assert_int_equal(ensemble_fit(p->said.e, p->labels, ENSEMBLE_I32, p->said.rows, &options, &report), 0);
        assert_simplex(weights, n);
        assert_true(report.exact == 1 && report.gap >= 0 && report.gap <= 1e-9 * report.uniform);
        assert_true(distance_from_the_best(p, objectives[k], weights) <= 1e-8L);
        assert_near(report.objective, (double)score_with(p, objectives[k], weights), 1e-11);
        for (size_t i = 0; i < n; i++) {
            alone[i] = 1;
            assert_near(single[i], (double)score_with(p, objectives[k], alone), 1e-11);
            alone[i] = 0;
        }
        free(weights);
    }
}

TEST(test_shapes)
{
    const size_t shapes[][3] = {{3, 4, 700},  {2, 3, 5000}, {3, 9000, 1}, {2, 5000, 2}, {4, 600, 33},
                                {60, 30, 3}, {100, 150, 2}, {70, 3, 4},  {16, 64, 16}};

    for (size_t s = 0; s < LENGTH(shapes); s++) {
        struct problem p = random_problem(s + 1, s % 2 ? ENSEMBLE_F32 : ENSEMBLE_F64, shapes[s][0], shapes[s][1],
                                          shapes[s][2]);

        assert_best(&p);
        drop(&p);
    }
}

/* Each model in a type of its own, beside its values in double. */
TEST(test_types_may_differ)
{
    struct problem p = random_problem(20, ENSEMBLE_F32, 4, 101, 5), q = empty_problem(4, 101, 5);
    const size_t count = 101 * 5;
    unsigned char *data[4];

    for (size_t i = 0; i < 4; i++) {
        const size_t size = bytes_of(number_dtypes[i]);

        data[i] = memory_of(count, size);
        for (size_t k = 0; k < count; k++) {
            put_number(data[i] + k * size, number_dtypes[i], p.values[i * count + k]);
            q.values[i * count + k] = get_number(data[i] + k * size, number_dtypes[i]);
        }
        assert_int_equal(ensemble_set_model_output(p.said.e, i, data[i], number_dtypes[i], 101, 0), 0);
    }
    memcpy(q.labels, p.labels, 101 * sizeof *q.labels);
    pose(&q, ENSEMBLE_F64);
    for (size_t k = 0; k < LENGTH(objectives); k++) {
        const struct ensemble_fit_options options = OPTIONS(.objective = objectives[k]);
        struct learned a, b;

        fit_labels(&p, &options, &a);
        fit_labels(&q, &options, &b);
        assert_same_bits(a.weights, b.weights, 4);
        assert_same_bits(&a.report.objective, &b.report.objective, 1);
    }
    for (size_t i = 0; i < 4; i++)
        free(data[i]);
    drop(&p);
    drop(&q);
}

/* A model that has two of the three classes, in another order, and one class that the ensemble does not have. */
TEST(test_a_class_map)
{
    const int32_t map[] = {2, -1, 0};
    struct problem p = random_problem(21, ENSEMBLE_F64, 3, 60, 3);
    struct learned a, b;

    assert_int_equal(ensemble_set_class_map(p.said.e, 1, map, 3), 0);
    fit_labels(&p, NULL, &a);
    assert_int_equal(ensemble_set_class_map(p.said.e, 1, NULL, 0), 0);
    for (size_t r = 0; r < 60; r++) {
        double *row = (double *)output_of(&p.said, 1) + r * 3;
        const double mapped[] = {row[2], 0, row[0]};

        memcpy(row, mapped, sizeof mapped);
    }
    fit_labels(&p, NULL, &b);
    assert_all_near(a.weights, b.weights, 3, 1e-12);
    assert_near(a.report.objective, b.report.objective, 1e-13);
    drop(&p);
}

/* Zeros, which most trees say: the objectives are what ensemble_score() says of the same weights. */
TEST(test_models_that_rule_classes_out)
{
    for (uint64_t seed = 30; seed < 45; seed++) {
        struct problem p = random_problem(seed, ENSEMBLE_F64, 4, 40, 3);
        const double u[] = {.25, .25, .25, .25};
        struct rng rng = {seed};
        struct learned l;

        for (size_t k = 0; k < 4 * 40 * 3; k++)
            if (rng_one_in(&rng, 3))
                p.values[k] = rng_one_in(&rng, 2) ? 0 : 1e-9;
        forget(&p.said);
        pose(&p, ENSEMBLE_F64);
        fit_labels(&p, NULL, &l);
        assert_near(score_now(p.said.e, &p, ENSEMBLE_SCORE_LOG_LOSS), (double)score_with(&p, 1, l.weights), 1e-12);
        assert_near(l.report.uniform, (double)score_with(&p, ENSEMBLE_SCORE_LOG_LOSS, u), 1e-12);
        assert_near(l.report.objective, (double)score_with(&p, ENSEMBLE_SCORE_LOG_LOSS, l.weights), 1e-12);
        drop(&p);
    }
}

/* The logarithm of 0 is a statement, too, and so is a logit of -inf. */
TEST(test_logarithms_of_0)
{
    struct problem p = random_problem(50, ENSEMBLE_F64, 3, 50, 3);
    const int32_t spaces[] = {ENSEMBLE_PROBABILITIES, ENSEMBLE_LOG_PROBABILITIES, ENSEMBLE_LOGITS};
    struct learned l[3];

    for (size_t r = 0; r < 50; r++)
        for (size_t i = 0; i < 3; i++) {
            double *row = p.values + (i * 50 + r) * 3;
            const double sum = row[1] + row[2];

            if ((r + i) % 4 != 0)
                continue;
            row[0] = 0;
            row[1] /= sum;
            row[2] /= sum;
        }
    for (size_t s = 0; s < LENGTH(spaces); s++) {
        for (size_t k = 0; k < 3 * 50 * 3; k++)
            put_number(p.said.data + k * sizeof(double), ENSEMBLE_F64, s == 0 ? p.values[k] : log(p.values[k]));
        interpret(&p.said, spaces[s], 0);
        fit_labels(&p, NULL, &l[s]);
        assert_int_equal(l[s].report.rows_used, 50);
        /* The rows sum to 1 to the precision of float only. */
        assert_all_near(l[s].weights, l[0].weights, 3, spaces[s] == ENSEMBLE_LOGITS ? 1e-4 : 1e-7);
    }
    drop(&p);
}

/* A row in which the policy leaves a model out is not used either. */
TEST(test_rows_are_left_out_whatever_the_policy)
{
    struct problem p = random_problem(51, ENSEMBLE_F64, 3, 40, 3);
    struct learned a, b;

    ((double *)output_of(&p.said, 1))[7 * 3 + 1] = NAN;
    fit_labels(&p, NULL, &a);
    assert_int_equal(ensemble_set_missing_policy(p.said.e, ENSEMBLE_LEAVE_OUT_NAN, 0), 0);
    fit_labels(&p, NULL, &b);
    assert_int_equal(a.report.rows_used, 39);
    assert_int_equal(b.report.rows_used, 39);
    assert_same_bits(a.weights, b.weights, 3);
    drop(&p);
}

/* Rows that sum to 1 need no division by their sum. */
TEST(test_a_result_that_is_normalised)
{
    struct problem p = random_problem(52, ENSEMBLE_F64, 3, 60, 4);
    struct learned a, b;

    fit_labels(&p, NULL, &a);
    assert_int_equal(ensemble_set_result(p.said.e, ENSEMBLE_RESULT_NORMALISED, 0), 0);
    fit_labels(&p, NULL, &b);
    assert_all_near(a.weights, b.weights, 3, 1e-9);
    assert_near(score_now(p.said.e, &p, ENSEMBLE_SCORE_LOG_LOSS), b.report.objective, 1e-6); /* sums of floats */
    drop(&p);
}

TEST(test_no_rows_at_all)
{
    const int32_t label = 0;
    struct ensemble *e = ensemble_of(3);

    add(e, NULL, ENSEMBLE_F32, 0);
    for (int32_t how = ENSEMBLE_FIT_CONVEX; how <= ENSEMBLE_FIT_SOFTMAX; how++) {
        const struct ensemble_fit_options options = OPTIONS(.how = how);

        assert_int_equal(ensemble_fit(e, &label, ENSEMBLE_I32, 0, &options, NULL), ENSEMBLE_ETARGET);
    }
    ensemble_destroy(e);
}

/*
 * In one row the first model says more than what counts, and the other nothing. What that would be worth, if it were
 * not bounded, would cost more in all other rows.
 */
TEST(test_what_is_less_than_what_counts)
{
    for (size_t first = 0; first < 2; first++) {
        struct problem p = empty_problem(2, 40, 2);
        const size_t second = 1 - first;
        struct learned l;

        for (size_t r = 0; r < 40; r++) {
            p.values[(first * 40 + r) * 2] = r > 0 ? .4 : 1e-11;
            p.values[(second * 40 + r) * 2] = r > 0 ? .8 : 0;
            for (size_t i = 0; i < 2; i++)
                p.values[(i * 40 + r) * 2 + 1] = 1 - p.values[(i * 40 + r) * 2];
        }
        pose(&p, ENSEMBLE_F64);
        fit_labels(&p, NULL, &l);
        assert_true(l.weights[first] == 0 && l.weights[second] == 1);
        assert_true(l.report.gap <= 1e-12);
        assert_near(l.report.objective, -(39 * log(.8) + log(1e-12)) / 40, 1e-13);
        drop(&p);
    }
}

/* Rows of more values than are looked at together, with a rest behind them and without. */
TEST(test_scores_of_wide_rows)
{
    const size_t widths[] = {31, 32, 33, 255, 256, 257, 512, 700};
    const double weights[] = {.5, .25, .25};

    for (size_t s = 0; s < LENGTH(widths); s++) {
        struct problem p = random_problem(s + 50, ENSEMBLE_F64, 3, 9, widths[s]);

        p.labels[4] = -1;
        p.labels[5] = (int32_t)widths[s] - 1;
        p.labels[6] = 0;
        for (size_t i = 0; i < 3; i++)
            for (size_t r = 5; r < 8; r++)
                p.values[(i * 9 + r) * widths[s] + (size_t)p.labels[r]] = .75 + (double)i / 16;
        forget(&p.said);
        pose(&p, ENSEMBLE_F64);
        weigh(&p.said, weights);
        for (int32_t score = ENSEMBLE_SCORE_LOG_LOSS; score <= ENSEMBLE_SCORE_CALIBRATION_ERROR; score++)
            assert_near(score_now(p.said.e, &p, score), (double)score_with(&p, score, weights), 1e-12);
        drop(&p);
    }
}

/* The same rows, where each model is looked at by itself and the pool is made of what they say. */
TEST(test_fits_of_wide_rows)
{
    const size_t widths[] = {33, 256, 257, 700};
    const int32_t hows[] = {ENSEMBLE_FIT_GREEDY, ENSEMBLE_FIT_INVERSE_ERROR};

    for (size_t s = 0; s < LENGTH(widths) * LENGTH(hows); s++)
        for (int32_t score = ENSEMBLE_SCORE_LOG_LOSS; score <= ENSEMBLE_SCORE_AUC; score++) {
            const struct ensemble_fit_options options =
                OPTIONS(.how = hows[s / LENGTH(widths)], .objective = score, .rounds = 5);
            struct problem p = random_problem(s + 60, ENSEMBLE_F64, 3, 9, widths[s % LENGTH(widths)]);
            struct learned l;

            p.labels[4] = -1;
            fit_labels(&p, &options, &l);
            assert_near(l.report.objective, (double)score_with(&p, score, l.weights), 1e-12);
            for (size_t i = 0; i < 3; i++) {
                double alone[3] = {0};

                alone[i] = 1;
                assert_near(l.single[i], (double)score_with(&p, score, alone), 1e-12);
            }
            drop(&p);
        }
}

/* Values as targets of wide rows; what is not known, or infinite, may be anywhere in them. */
TEST(test_targets_of_wide_rows)
{
    const size_t widths[] = {255, 256, 257, 700};

    for (size_t s = 0; s < LENGTH(widths); s++) {
        const size_t width = widths[s], count = 9 * width;
        struct problem p = random_problem(s + 70, ENSEMBLE_F64, 3, 9, width);
        struct learned l;
        double value = 0;

        for (size_t k = 0; k < count; k++)
            p.targets[k] = (double)(k % 13) / 16;
        fit_targets(&p, NULL, &l);
        assert_near(l.report.objective, (double)score_with(&p, ENSEMBLE_SCORE_SQUARED_ERROR, l.weights), 1e-11);
        p.targets[2 * width + 7] = NAN;
        p.targets[6 * width + width - 1] = NAN;
        p.labels[2] = p.labels[6] = -1;
        assert_int_equal(
            ensemble_score(p.said.e, ENSEMBLE_SCORE_SQUARED_ERROR, p.targets, ENSEMBLE_F64, count, &value), 0);
        assert_near(value, (double)score_with(&p, ENSEMBLE_SCORE_SQUARED_ERROR, l.weights), 1e-11);
        fit_targets(&p, NULL, &l);
        assert_int_equal(l.report.rows_used, 7);
        assert_near(l.report.objective, (double)score_with(&p, ENSEMBLE_SCORE_SQUARED_ERROR, l.weights), 1e-11);
        p.targets[5 * width + width - 2] = INFINITY;
        assert_int_equal(ensemble_fit(p.said.e, p.targets, ENSEMBLE_F64, count, NULL, NULL), ENSEMBLE_ETARGET);
        drop(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_types_may_differ),
        cmocka_unit_test(test_a_class_map),
        cmocka_unit_test(test_models_that_rule_classes_out),
        cmocka_unit_test(test_logarithms_of_0),
        cmocka_unit_test(test_rows_are_left_out_whatever_the_policy),
        cmocka_unit_test(test_a_result_that_is_normalised),
        cmocka_unit_test(test_no_rows_at_all),
        cmocka_unit_test(test_what_is_less_than_what_counts),
        cmocka_unit_test(test_scores_of_wide_rows),
        cmocka_unit_test(test_fits_of_wide_rows),
        cmocka_unit_test(test_targets_of_wide_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
