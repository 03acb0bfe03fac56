/* SPDX-License-Identifier: MIT */
/* Greedy selection beside its definition: every candidate of every round computed anew, in long double. */
#include "fit.h"

/* Differences below this are ties of the definition; a seed by which they arise is of no use. */
#define MARGIN 1e-10L

/* What the definition says. */
struct selection {
    size_t times[MOST_MODELS];
    size_t round; /* of which the weights are, from 1 */
    long double trajectory[MOST_ROUNDS];
};

/* A metric of one's own: fourth powers of the errors, times 1 + the index of the row, so that rows matter. */
struct watched {
    const struct problem *p;
    size_t calls, rows;
    int wrong;
};

static double fourth_powers(const double *values, const size_t *row, size_t rows, size_t width, void *user)
{
    struct watched *w = user;
    double sum = 0;

    w->calls++;
    w->wrong |= width != w->p->said.width || rows != w->rows;
    for (size_t k = 0; k < rows; k++) {
        w->wrong |= row[k] >= w->p->said.rows || (k > 0 && row[k] <= row[k - 1]) || w->p->labels[row[k]] < 0;
        if (w->wrong)
            return NAN;
        for (size_t j = 0; j < width; j++)
            sum += pow(values[k * width + j] - w->p->targets[row[k] * width + j], 4) * (double)(1 + row[k]);
    }
    return sum / (double)rows;
}

/* Of the score 0: fourth_powers(). Small is good. */
static long double badness(const struct problem *p, int32_t score, const double *weights)
{
    const size_t width = p->said.width;
    long double sum = 0, used = 0, *y;

    if (score != 0) {
        const long double value = score_with(p, score, weights);

        return score == ENSEMBLE_SCORE_ACCURACY || score == ENSEMBLE_SCORE_AUC ? -value : value;
    }
    y = memory_of(p->said.rows * width, sizeof *y);
    pool(p, weights, y);
    for (size_t r = 0; r < p->said.rows; r++) {
        used += p->labels[r] >= 0;
        for (size_t j = 0; j < width && p->labels[r] >= 0; j++)
            sum += powl(y[r * width + j] - (long double)p->targets[r * width + j], 4) * (long double)(1 + r);
    }
    free(y);
    return sum / used;
}

static struct selection select_by_definition(const struct problem *p, int32_t score, size_t rounds)
{
    struct selection s = {{0}, 0, {0}};
    size_t times[MOST_MODELS] = {0};
    long double best_round = 0;

    for (size_t round = 1; round <= rounds; round++) {
        long double best = 0;
        size_t chosen = p->said.n;

        for (size_t i = 0; i < p->said.n; i++) {
            double weights[MOST_MODELS];
            long double value;

            for (size_t m = 0; m < p->said.n; m++)
                weights[m] = (double)(times[m] + (m == i)) / (double)round;
            value = badness(p, score, weights);
            if (chosen == p->said.n || value < best - MARGIN) {
                best = value;
                chosen = i;
            }
        }
        times[chosen]++;
        s.trajectory[round - 1] = best;
        if (round == 1 || best < best_round - MARGIN) {
            best_round = best;
            s.round = round;
            memcpy(s.times, times, sizeof times);
        }
    }
    return s;
}

static void assert_selection(struct problem *p, int32_t score, size_t rounds)
{
    struct watched watched = {p, 0, p->said.rows, 0};
    struct ensemble_fit_options options = OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .objective = score, .rounds = rounds);
    const double sign = score == ENSEMBLE_SCORE_ACCURACY || score == ENSEMBLE_SCORE_AUC ? -1 : 1;
    struct selection s;
    struct learned l;

    for (size_t r = 0; r < p->said.rows; r++)
        watched.rows -= p->labels[r] < 0;
    if (score == 0) {
        options.metric = fourth_powers;
        options.user = &watched;
    }
    rounds = rounds == 0 ? 50 : rounds;
    s = select_by_definition(p, score, rounds);
    fit_labels(p, &options, &l);
    assert_int_equal(watched.wrong, 0);
    assert_int_equal(watched.calls > 0, score == 0);
    assert_int_equal(l.report.iterations, s.round);
    for (size_t k = 0; k < MOST_ROUNDS; k++)
        if (k < rounds)
            assert_near(l.trajectory[k], sign * (double)s.trajectory[k], 1e-12 * (1 + fabs(l.trajectory[k])));
        else
            assert_true(is_nan(l.trajectory[k]));
    for (size_t i = 0; i < p->said.n; i++)
        assert_near(l.weights[i], (double)s.times[i] / (double)s.round, 1e-15);
    assert_same_bits(&l.report.objective, &l.trajectory[s.round - 1], 1);
    assert_int_equal(l.report.exact, 0);
    assert_int_equal(l.report.rows_used, watched.rows);
    for (size_t i = 0; i < p->said.n; i++) {
        double alone[MOST_MODELS] = {0};

        alone[i] = 1;
        assert_near(l.single[i], sign * (double)badness(p, score, alone), 1e-12 * (1 + fabs(l.single[i])));
    }
}

static const int32_t every_score[] = {0, ENSEMBLE_SCORE_LOG_LOSS, ENSEMBLE_SCORE_SQUARED_ERROR, ENSEMBLE_SCORE_ACCURACY,
                                      ENSEMBLE_SCORE_AUC};

TEST(test_selection_by_every_score)
{
    for (size_t k = 0; k < LENGTH(every_score); k++)
        for (uint64_t seed = 1; seed <= 4; seed++) {
            struct problem p = random_problem(seed, ENSEMBLE_F32, 5, 61, 3);

            assert_selection(&p, every_score[k], 12);
            drop(&p);
        }
}

TEST(test_selection_of_one_value_per_row)
{
    for (size_t k = 0; k < LENGTH(every_score); k++) {
        struct problem p = random_problem(11, ENSEMBLE_F64, 4, 50, 1);

        assert_selection(&p, every_score[k], 10);
        drop(&p);
    }
}

TEST(test_50_rounds_where_none_are_given)
{
    struct problem p = random_problem(12, ENSEMBLE_F32, 4, 40, 3);

    assert_selection(&p, ENSEMBLE_SCORE_LOG_LOSS, 0);
    assert_selection(&p, ENSEMBLE_SCORE_SQUARED_ERROR, 0);
    drop(&p);
}

/* Rows without a label are no part of it, and the metric hears of the others by their own index. */
TEST(test_selection_without_some_rows)
{
    for (size_t k = 0; k < LENGTH(every_score); k++) {
        struct problem p = random_problem(13, ENSEMBLE_F32, 5, 70, 3);

        for (size_t r = 0; r < 70; r += 1 + r % 4)
            p.labels[r] = -1 - (int32_t)r;
        assert_selection(&p, every_score[k], 9);
        drop(&p);
    }
}

/* The best model alone is best: the first round wins, and the others follow it. */
TEST(test_the_first_of_several_best_rounds)
{
    for (size_t k = 0; k < LENGTH(every_score); k++) {
        struct problem p = random_problem(14, ENSEMBLE_F32, 3, 40, 3);

        memcpy(p.values + 40 * 3, p.targets, 40 * 3 * sizeof *p.values);
        forget(&p.said);
        pose(&p, ENSEMBLE_F32);
        assert_selection(&p, every_score[k], 6);
        drop(&p);
    }
}

/* Of copies, only the first is chosen. */
TEST(test_ties_go_to_the_lowest_index)
{
    for (size_t k = 0; k < LENGTH(every_score); k++) {
        const size_t count = 45 * 3;
        struct problem p = random_problem(15, ENSEMBLE_F32, 6, 45, 3);
        struct learned l;
        const struct ensemble_fit_options options =
            OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .objective = every_score[k], .rounds = 10);

        for (size_t i = 0; i < 3; i++)
            memcpy(p.values + (3 + i) * count, p.values + i * count, count * sizeof *p.values);
        forget(&p.said);
        pose(&p, ENSEMBLE_F32);
        assert_selection(&p, every_score[k], 10);
        fit_labels(&p, &options, &l);
        assert_true(l.weights[3] == 0 && l.weights[4] == 0 && l.weights[5] == 0);
        drop(&p);
    }
}

/* The values that a metric is given are the combined ones. */
struct seen {
    double values[8][6];
    size_t calls;
};

static double look(const double *values, const size_t *row, size_t rows, size_t width, void *user)
{
    struct seen *seen = user;

    assert_int_equal(rows, 2);
    assert_int_equal(width, 3);
    assert_true(row[0] == 0 && row[1] == 2);
    if (seen->calls < 8)
        memcpy(seen->values[seen->calls], values, sizeof seen->values[0]);
    seen->calls++;
    return values[0];
}

TEST(test_a_metric_sees_the_combined_values)
{
    struct problem p = random_problem(16, ENSEMBLE_F32, 1, 3, 3);
    struct seen seen = {{{0}}, 0};
    const struct ensemble_fit_options options =
        OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .rounds = 1, .metric = look, .user = &seen);
    struct learned l;

    p.labels[1] = -1;
    fit_labels(&p, &options, &l);
    assert_true(seen.calls > 0);
    for (size_t call = 0; call < seen.calls && call < 8; call++) {
        assert_same_bits(seen.values[call], p.values, 3);
        assert_same_bits(seen.values[call] + 3, p.values + 6, 3);
    }
    assert_true(l.weights[0] == 1);
    assert_true(l.report.objective == p.values[0]);
    drop(&p);
}

/* The objective does not matter where there is a metric, and neither does what it would need. */
TEST(test_a_metric_with_values_as_targets)
{
    struct problem p = random_problem(17, ENSEMBLE_F32, 4, 30, 3);
    struct watched watched = {&p, 0, 30, 0};
    const struct ensemble_fit_options options =
        OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .rounds = 7, .metric = fourth_powers, .user = &watched);
    const struct selection s = select_by_definition(&p, 0, 7);
    struct learned l;

    fit_targets(&p, &options, &l);
    assert_int_equal(watched.wrong, 0);
    for (size_t i = 0; i < 4; i++)
        assert_near(l.weights[i], (double)s.times[i] / (double)s.round, 1e-15);
    drop(&p);
}

/* A metric that is NaN wherever the first value is below what the best model says: never the best. */
static double nan_below(const double *values, const size_t *row, size_t rows, size_t width, void *user)
{
    (void)row, (void)rows, (void)width;
    return values[0] < *(const double *)user ? NAN : values[0];
}

TEST(test_nan_is_never_the_best)
{
    struct problem p = random_problem(18, ENSEMBLE_F32, 4, 2, 2);
    const double said[] = {.25, .75, .625, .875};
    double limit = .5 - 1e-9;
    int code;
    const struct ensemble_fit_options options =
        OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .rounds = 5, .metric = nan_below, .user = &limit);
    struct learned l;

    for (size_t i = 0; i < 4; i++)
        p.values[i * 4] = said[i];
    forget(&p.said);
    pose(&p, ENSEMBLE_F64);
    fit_labels(&p, &options, &l);
    /* .25 and .625 are .4375 in two rounds, .5 in three, which passes, and .4375 if .25 comes again. */
    assert_true(l.trajectory[0] == .625 && l.trajectory[1] == .625);
    assert_true(is_nan(l.single[0]));
    assert_int_equal(l.report.best_model, 2);
    assert_near(l.trajectory[2], .5, 1e-15);
    assert_near(l.weights[0], 1 / 3., 1e-15);
    assert_near(l.weights[2], 2 / 3., 1e-15);
    assert_int_equal(l.report.iterations, 3);
    limit = 2;
    code = ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, 2, &options, NULL);
    assert_true(code == ENSEMBLE_EZEROSUM || code == ENSEMBLE_EFIT);
    drop(&p);
}

/* A metric is made small, whatever the objective that it stands in place of. */
TEST(test_a_metric_beside_an_objective)
{
    for (size_t k = 1; k < LENGTH(every_score); k++) {
        struct problem p = random_problem(19, ENSEMBLE_F32, 4, 30, 3);
        struct watched watched = {&p, 0, 30, 0};
        const struct ensemble_fit_options options = OPTIONS(
            .how = ENSEMBLE_FIT_GREEDY, .objective = every_score[k], .rounds = 7, .metric = fourth_powers,
            .user = &watched);
        const struct selection s = select_by_definition(&p, 0, 7);
        struct learned l;

        fit_labels(&p, &options, &l);
        for (size_t i = 0; i < 4; i++)
            assert_near(l.weights[i], (double)s.times[i] / (double)s.round, 1e-15);
        for (size_t i = 0; i < 4; i++)
            assert_true(l.report.best_single <= l.single[i]);
        drop(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_selection_by_every_score),
        cmocka_unit_test(test_selection_of_one_value_per_row),
        cmocka_unit_test(test_50_rounds_where_none_are_given),
        cmocka_unit_test(test_selection_without_some_rows),
        cmocka_unit_test(test_the_first_of_several_best_rounds),
        cmocka_unit_test(test_ties_go_to_the_lowest_index),
        cmocka_unit_test(test_a_metric_sees_the_combined_values),
        cmocka_unit_test(test_a_metric_with_values_as_targets),
        cmocka_unit_test(test_nan_is_never_the_best),
        cmocka_unit_test(test_a_metric_beside_an_objective),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
