/* SPDX-License-Identifier: MIT */
/* What other tests come near, but not to: ends of ranges, models that are not first, what is used a second time. */
#include "fit.h"

/* ------------------------------------------------------------------------------------------------------------------
 * Temperatures
 * --------------------------------------------------------------------------------------------------------------- */

static const struct ensemble_fit_options models_only =
    OPTIONS(.how = ENSEMBLE_FIT_NOTHING, .calibrate = ENSEMBLE_CALIBRATE_MODELS);

/* Logits of three classes, and whether the label is the largest one. */
static struct problem certain_logits(int right)
{
    struct problem p = random_problem(3, ENSEMBLE_F64, 2, 50, 3);

    for (size_t k = 0; k < 2 * 50; k++)
        for (size_t j = 0; j < 3; j++)
            p.values[k * 3 + j] = (j == (size_t)p.labels[k % 50]) == right ? 1 : -1;
    forget(&p.said);
    pose(&p, ENSEMBLE_F64);
    interpret(&p.said, ENSEMBLE_LOGITS, 0);
    return p;
}

/* Those who are always right can be as sure as there is, those who are always wrong as unsure: to the bit. */
TEST(test_the_ends_of_the_temperatures)
{
    const double ends[] = {100, .01};

    for (int right = 0; right < 2; right++) {
        struct problem p = certain_logits(right);
        struct learned l;

        fit_labels(&p, &models_only, &l);
        assert_true(l.temperatures[0] == ends[right] && l.temperatures[1] == ends[right]);
        drop(&p);
    }
}

/* Newton's step from a temperature's inverse, relatively. */
static long double newton_step(const struct problem *p, const double *logits, long double beta)
{
    const size_t width = p->said.width;
    long double slope = 0, curvature = 0;

    for (size_t r = 0; r < p->said.rows; r++) {
        const double *z = logits + r * width;
        const long double own = (long double)z[p->labels[r]];
        long double sum = 0, first = 0, second = 0;

        for (size_t j = 0; j < width; j++) {
            const long double d = (long double)z[j] - own, e = expl(beta * d);

            sum += e;
            first += e * d;
            second += e * d * d;
        }
        slope += first / sum;
        curvature += second / sum - first / sum * (first / sum);
    }
    return slope / curvature / beta;
}

TEST(test_temperatures_to_the_last_digits)
{
    for (uint64_t seed = 10; seed < 20; seed++) {
        struct problem p = random_problem(seed, ENSEMBLE_F64, 3, 80, 4);
        struct learned l;

        for (size_t k = 0; k < 3 * 80 * 4; k++)
            p.values[k] = log(p.values[k]) * (seed % 2 ? .2 : 5);
        forget(&p.said);
        pose(&p, ENSEMBLE_F64);
        interpret(&p.said, ENSEMBLE_LOGITS, 0);
        fit_labels(&p, &models_only, &l);
        for (size_t i = 0; i < 3; i++)
            assert_true(fabsl(newton_step(&p, p.values + i * 80 * 4, 1 / (long double)l.temperatures[i])) < 1e-13L);
        drop(&p);
    }
}

/* The columns of a model that has classes of its own are as many as its map says, whoever is missing before it. */
TEST(test_the_temperature_of_a_model_behind_a_missing_one)
{
    const int32_t map[] = {1, -1, 0, -1, 2};
    struct problem p = random_problem(4, ENSEMBLE_F64, 2, 40, 3), q = random_problem(5, ENSEMBLE_F64, 1, 40, 5);
    struct learned l;

    for (size_t k = 0; k < 40 * 5; k++)
        q.values[k] = 3 * log(q.values[k]);
    for (size_t r = 0; r < 40; r++) {
        q.labels[r] = p.labels[r] == 0 ? 2 : p.labels[r] == 1 ? 0 : 4;
        q.values[r * 5 + (size_t)q.labels[r]] += 3;
    }
    interpret(&p.said, ENSEMBLE_LOGITS, 0);
    assert_int_equal(ensemble_set_class_map(p.said.e, 1, map, 5), 0);
    assert_int_equal(ensemble_set_missing_policy(p.said.e, ENSEMBLE_LEAVE_OUT_MISSING, 0), 0);
    assert_int_equal(ensemble_set_model_output(p.said.e, 0, NULL, ENSEMBLE_F64, 40, 0), 0);
    assert_int_equal(ensemble_set_model_output(p.said.e, 1, q.values, ENSEMBLE_F64, 40, 0), 0);
    fit_labels(&p, &models_only, &l);
    assert_true(is_nan(l.temperatures[0]));
    assert_true(fabsl(newton_step(&q, q.values, 1 / (long double)l.temperatures[1])) < 1e-12L);
    drop(&p);
    drop(&q);
}

/* A binary logit among columns that are not looked at: nothing says what the other class's would be. */
TEST(test_a_binary_logit_with_a_class_map)
{
    const int32_t map[] = {0, -1};
    struct problem p = random_problem(6, ENSEMBLE_F64, 1, 40, 1);
    double values[80];

    for (size_t k = 0; k < 80; k++)
        values[k] = k % 3 ? 1 : -1;
    interpret(&p.said, ENSEMBLE_BINARY_LOGITS, 0);
    assert_int_equal(ensemble_set_class_map(p.said.e, 0, map, 2), 0);
    assert_int_equal(ensemble_set_model_output(p.said.e, 0, values, ENSEMBLE_F64, 40, 0), 0);
    assert_int_equal(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, 40, &models_only, NULL), ENSEMBLE_EFIT);
    drop(&p);
}

/* ------------------------------------------------------------------------------------------------------------------
 * Models without a score
 * --------------------------------------------------------------------------------------------------------------- */

/* By itself the second model rules every class out, and so has no answer. */
TEST(test_a_model_without_a_score_gets_no_weight)
{
    const int32_t hows[] = {ENSEMBLE_FIT_INVERSE_ERROR, ENSEMBLE_FIT_SOFTMAX};

    for (size_t k = 0; k < LENGTH(hows); k++) {
        const struct ensemble_fit_options options = OPTIONS(.how = hows[k]);
        struct problem p = random_problem(7, ENSEMBLE_F64, 3, 50, 3);
        struct learned l;
        double a, b;

        memset(output_of(&p.said, 1), 0, 50 * 3 * sizeof(double));
        assert_int_equal(ensemble_set_method(p.said.e, ENSEMBLE_LOG_POOL), 0);
        fit_labels(&p, &options, &l);
        a = k == 0 ? 1 / l.single[0] : exp(-l.single[0]);
        b = k == 0 ? 1 / l.single[2] : exp(-l.single[2]);
        assert_true(is_nan(l.single[1]) && l.weights[1] == 0);
        assert_near(l.weights[0], a / (a + b), 1e-13);
        assert_near(l.weights[2], b / (a + b), 1e-13);
        assert_true(l.report.best_model != 1 && isfinite(l.report.objective));
        drop(&p);
    }
}

/* The first model, too, is right more often than not, but only where it answers: there is one class, and no area. */
TEST(test_a_score_is_better_than_none)
{
    const struct ensemble_fit_options options =
        OPTIONS(.how = ENSEMBLE_FIT_LOG_ODDS, .objective = ENSEMBLE_SCORE_AUC, .max_models = 1);
    struct problem p = empty_problem(2, 40, 2);
    struct learned l;

    for (size_t r = 0; r < 40; r++) {
        p.labels[r] = r % 2;
        p.values[r * 2] = r % 2 ? .25 : 0;
        p.values[r * 2 + 1] = r % 2 ? .75 : 0;
        p.values[80 + r * 2] = r % 2 || r == 20 ? .25 : .75;
        p.values[80 + r * 2 + 1] = r % 2 || r == 20 ? .75 : .25;
    }
    pose(&p, ENSEMBLE_F64);
    assert_int_equal(ensemble_set_method(p.said.e, ENSEMBLE_LOG_POOL), 0);
    fit_labels(&p, &options, &l);
    assert_true(is_nan(l.single[0]) && l.single[1] > .9);
    assert_true(l.weights[0] == 0 && l.weights[1] == 1);
    assert_int_equal(l.report.best_model, 1);
    drop(&p);
}

/* ------------------------------------------------------------------------------------------------------------------
 * What becomes of the handle
 * --------------------------------------------------------------------------------------------------------------- */

/* The weights are those that ensemble_combine() uses from then on, and so are the temperatures. */
TEST(test_combining_with_what_was_learned)
{
    const struct ensemble_fit_options plain = OPTIONS(.how = ENSEMBLE_FIT_CONVEX);
    const struct ensemble_fit_options both = OPTIONS(.calibrate = ENSEMBLE_CALIBRATE_MODELS);
    const double by_hand[] = {9, 0, 1, 0};
    struct problem p = random_problem(8, ENSEMBLE_F64, 4, 30, 3);
    double y[90], z[90];
    struct learned l;

    for (int k = 0; k < 2; k++) {
        long double sums[90];

        weigh(&p.said, k == 0 ? NULL : by_hand);
        combine_to(p.said.e, ENSEMBLE_F64, y, 90);
        fit_labels(&p, &plain, &l);
        pool(&p, l.weights, sums);
        combine_to(p.said.e, ENSEMBLE_F64, z, 90);
        for (size_t i = 0; i < 90; i++)
            assert_near(z[i], (double)sums[i], 1e-15);
    }
    interpret(&p.said, ENSEMBLE_LOGITS, 0);
    fit_labels(&p, &both, &l);
    combine_to(p.said.e, ENSEMBLE_F64, y, 90);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(ensemble_set_input(p.said.e, i, ENSEMBLE_LOGITS, l.temperatures[i]), 0);
    weigh(&p.said, l.weights);
    combine_to(p.said.e, ENSEMBLE_F64, z, 90);
    assert_same_bits(z, y, 90);
    drop(&p);
}

/* No weight is above 0, and still they are of use. */
TEST(test_a_weight_below_0_is_one)
{
    const struct ensemble_fit_options options = OPTIONS(.constraint = ENSEMBLE_UNCONSTRAINED);
    struct problem p = random_problem(9, ENSEMBLE_F64, 1, 20, 3);
    struct learned l;

    for (size_t k = 0; k < 20 * 3; k++)
        p.targets[k] = -2 * p.values[k];
    fit_targets(&p, &options, &l);
    assert_near(l.weights[0], -2, 1e-12);
    drop(&p);
}

/* A report that is used again: what was used is counted anew. */
TEST(test_a_report_used_twice)
{
    struct problem p = random_problem(12, ENSEMBLE_F64, 3, 50, 3);
    struct ensemble_fit_report report = {.struct_size = sizeof report};

    for (int k = 0; k < 2; k++) {
        assert_int_equal(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, 50, NULL, &report), 0);
        assert_in_range(report.models_used, 1, 3);
    }
    drop(&p);
}

/* Each number is finite, and no square of them is. */
TEST(test_squares_that_overflow)
{
    const double before[] = {5, 6, 7};
    struct problem p = random_problem(13, ENSEMBLE_F64, 3, 20, 3);
    double after[3], *values = (double *)output_of(&p.said, 0);

    for (size_t k = 0; k < 3 * 20 * 3; k++)
        values[k] *= 1e200;
    weigh(&p.said, before);
    assert_int_equal(ensemble_fit(p.said.e, p.targets, ENSEMBLE_F64, 60, NULL, NULL), ENSEMBLE_EFIT);
    assert_int_equal(ensemble_get_weights(p.said.e, after, 3), 0);
    assert_same_bits(after, before, 3);
    drop(&p);
}

/* So many rows that partial sums are added up on the way, more than once. What is added is exact. */
TEST(test_sums_over_many_rows)
{
    const size_t rows = 300001;
    const struct ensemble_fit_options options = OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR);
    struct problem p = empty_problem(2, rows, 1);
    double squares[2] = {0}, product = 0, weight;
    struct learned l;

    for (size_t r = 0; r < rows; r++) {
        const double a = (double)(r % 7) - 2, b = (double)(r % 11) / 2 - 3;

        p.values[r] = a;
        p.values[rows + r] = b;
        squares[0] += a * a;
        squares[1] += b * b;
        product += a * b;
    }
    pose(&p, ENSEMBLE_F32);
    fit_targets(&p, &options, &l);
    for (size_t i = 0; i < 2; i++)
        assert_near(l.single[i], squares[i] / (double)rows, 1e-14);
    weight = (squares[1] - product) / (squares[0] + squares[1] - 2 * product);
    assert_near(l.weights[0], weight, 1e-12);
    assert_true(weight > .1 && weight < .9);
    drop(&p);
}

/* Three models whose errors are nothing together: rounding makes no error negative. */
TEST(test_no_squared_error_is_negative)
{
    const struct ensemble_fit_options options = OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .rounds = 9);
    double values[3 * 10];

    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct rng rng = {seed};
        struct problem p;
        struct learned l;

        for (size_t r = 0; r < 10; r++) {
            values[r] = rng_noise(&rng) / 3;
            values[10 + r] = rng_noise(&rng) / 3;
            values[20 + r] = -values[r] - values[10 + r];
        }
        p = empty_problem(3, 10, 1);
        memcpy(p.values, values, sizeof values);
        pose(&p, ENSEMBLE_F64);
        fit_targets(&p, &options, &l);
        for (size_t k = 0; k < 9; k++)
            assert_true(l.trajectory[k] >= 0);
        assert_near(l.report.objective, 0, 1e-15);
        drop(&p);
    }
}

/*
 * The gap by its definition, on the weights that were learned, from the slopes in long double: twice what the steepest
 * of them promises along a way to weights of twice the size.
 */
static long double gap_of(const struct problem *p, const double *weights)
{
    const size_t count = p->said.rows * p->said.width;
    long double *y = memory_of(count, sizeof *y), along = 0, steepest = 0, sizes = 0;

    pool(p, weights, y);
    for (size_t i = 0; i < p->said.n; i++) {
        long double slope = 0;

        for (size_t k = 0; k < count; k++)
            slope += (y[k] - (long double)p->targets[k]) * (long double)p->values[i * count + k];
        slope /= (long double)p->said.rows;
        along += slope * (long double)weights[i];
        sizes += fabsl((long double)weights[i]);
        steepest = fmaxl(steepest, fabsl(slope));
    }
    free(y);
    return 2 * (along + 2 * sizes * steepest);
}

/* Two models that are nearly one: what could be gained by weights beyond all measure is not sought to the end. */
TEST(test_a_gap_that_is_left)
{
    for (uint64_t seed = 1; seed <= 10; seed++) {
        const struct ensemble_fit_options options =
            OPTIONS(.objective = ENSEMBLE_SCORE_SQUARED_ERROR, .constraint = ENSEMBLE_UNCONSTRAINED);
        struct problem p = random_problem(seed, ENSEMBLE_F64, 3, 20, 3);
        struct rng rng = {seed};
        struct learned l;

        for (size_t k = 0; k < 60; k++)
            p.values[60 + k] = p.values[k] * (1 + 1e-7 * rng_unit(&rng));
        forget(&p.said);
        pose(&p, ENSEMBLE_F64);
        fit_labels(&p, &options, &l);
        assert_true(l.report.gap > 1e-10);
        assert_near(l.report.gap, (double)gap_of(&p, l.weights), 1e-3 * l.report.gap);
        drop(&p);
    }
}

/* NaN once it has been asked often enough. */
static double nan_after_six(const double *values, const size_t *row, size_t rows, size_t width, void *user)
{
    size_t *calls = user;

    (void)row, (void)rows, (void)width;
    return (*calls)++ < 6 ? 2 - values[0] : NAN;
}

/* The selection ends where no candidate is any good, and there is nothing behind that. */
TEST(test_a_selection_that_ends_early)
{
    size_t calls = 0;
    const struct ensemble_fit_options options =
        OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .rounds = 40, .metric = nan_after_six, .user = &calls);
    struct problem p = random_problem(14, ENSEMBLE_F64, 1, 5, 3);
    struct learned l;

    fit_labels(&p, &options, &l); /* two calls are for the model by itself and for equal weights */
    for (size_t k = 0; k < MOST_ROUNDS; k++)
        assert_int_equal(is_nan(l.trajectory[k]), k >= 4);
    assert_true(l.weights[0] == 1);
    drop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_ends_of_the_temperatures),
        cmocka_unit_test(test_temperatures_to_the_last_digits),
        cmocka_unit_test(test_the_temperature_of_a_model_behind_a_missing_one),
        cmocka_unit_test(test_a_binary_logit_with_a_class_map),
        cmocka_unit_test(test_a_model_without_a_score_gets_no_weight),
        cmocka_unit_test(test_a_score_is_better_than_none),
        cmocka_unit_test(test_combining_with_what_was_learned),
        cmocka_unit_test(test_a_weight_below_0_is_one),
        cmocka_unit_test(test_a_report_used_twice),
        cmocka_unit_test(test_squares_that_overflow),
        cmocka_unit_test(test_sums_over_many_rows),
        cmocka_unit_test(test_no_squared_error_is_negative),
        cmocka_unit_test(test_a_gap_that_is_left),
        cmocka_unit_test(test_a_selection_that_ends_early),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
