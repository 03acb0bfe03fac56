/* SPDX-License-Identifier: MIT */
/* Learning while working: the exponentiated gradient by its formula, and what is promised of many steps. */
#include "fit.h"

static const int32_t scores[] = {ENSEMBLE_SCORE_LOG_LOSS, ENSEMBLE_SCORE_SQUARED_ERROR};

static void update(struct problem *p, int32_t score, double rate, double share)
{
    assert_int_equal(
        ensemble_update(p->said.e, p->labels, ENSEMBLE_I32, p->said.rows, score, rate, share), 0);
}

static void weights_of(const struct problem *p, double *weights)
{
    assert_int_equal(ensemble_get_weights(p->said.e, weights, p->said.n), 0);
}

/* The derivatives of the score by the weights, those of the models that are awake, whose weights sum to 1. */
static void gradient(const struct problem *p, int32_t score, const double *weights, double *g)
{
    const size_t rows = p->said.rows, width = p->said.width, count = rows * width;
    long double *y = memory_of(count, sizeof *y), used = 0;

    pool(p, weights, y);
    for (size_t r = 0; r < rows; r++)
        used += p->labels[r] >= 0;
    for (size_t i = 0; i < p->said.n; i++) {
        const double *x = p->values + i * count;
        long double sum = 0;

        for (size_t k = 0; k < count; k++) {
            const int32_t label = p->labels[k / width];
            const long double t = (long double)p->targets[k], apart = y[k] - t;

            if (label < 0)
                continue;
            if (score == ENSEMBLE_SCORE_SQUARED_ERROR)
                sum += 2 * apart * (long double)x[k];
            else if (width == 1)
                sum += (label > 0 ? -1 / y[k] : 1 / (1 - y[k])) * (long double)x[k];
            else if (t == 1)
                sum -= (long double)x[k] / y[k];
        }
        g[i] = (double)(sum / used);
    }
    free(y);
}

/* One step by the formula, among the models that are awake; returns the largest |g_i|. */
static double step(const struct problem *p, int32_t score, double rate, double share, const int *awake, double *weights)
{
    const size_t n = p->said.n;
    double u[MOST_MODELS] = {0}, g[MOST_MODELS], mass = 0, total = 0, all = 0, largest = 0, several = 0;

    for (size_t i = 0; i < n; i++)
        all += weights[i];
    for (size_t i = 0; i < n; i++) {
        weights[i] /= all;
        mass += awake[i] ? weights[i] : 0;
        several += awake[i] && weights[i] > 0;
    }
    for (size_t i = 0; i < n; i++)
        u[i] = awake[i] ? weights[i] / mass : 0;
    gradient(p, score, u, g);
    for (size_t i = 0; i < n; i++) {
        largest = u[i] > 0 ? fmax(largest, fabs(g[i])) : largest;
        u[i] *= exp(-rate * g[i]);
        total += u[i];
    }
    for (size_t i = 0; i < n; i++)
        if (awake[i] && weights[i] > 0)
            weights[i] = mass * ((1 - share) * u[i] / total + share / several);
    return largest;
}

static const int everyone[MOST_MODELS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

TEST(test_steps_by_the_formula)
{
    const double rates[] = {.01, .5, 3}, shares[] = {0, .05, .9};
    const size_t widths[] = {1, 4, 257, 700}; /* of which the last two are gone through part by part */

    for (size_t k = 0; k < LENGTH(scores); k++)
        for (size_t w = 0; w < LENGTH(widths); w++)
            for (size_t s = 0; s < LENGTH(rates); s++) {
                struct problem p = random_problem(s + 1, ENSEMBLE_F32, 5, 33, widths[w]);
                double weights[5] = {1, 2, 3, 4, 5}, got[5];

                p.labels[3] = -1;
                weigh(&p.said, weights);
                for (int times = 0; times < 5; times++) {
                    update(&p, scores[k], rates[s], shares[s]);
                    (void)step(&p, scores[k], rates[s], shares[s], everyone, weights);
                    weights_of(&p, got);
                    assert_all_near(got, weights, 5, 1e-13);
                    assert_simplex(got, 5);
                }
                drop(&p);
            }
}

/* The default weights are those to begin with, and values may be the targets. */
TEST(test_a_step_from_equal_weights)
{
    struct problem p = random_problem(10, ENSEMBLE_F64, 4, 20, 3);
    double weights[4] = {.25, .25, .25, .25}, got[4];

    assert_int_equal(
        ensemble_update(p.said.e, p.targets, ENSEMBLE_F64, 60, ENSEMBLE_SCORE_SQUARED_ERROR, .3, .1), 0);
    (void)step(&p, ENSEMBLE_SCORE_SQUARED_ERROR, .3, .1, everyone, weights);
    weights_of(&p, got);
    assert_all_near(got, weights, 4, 1e-14);
    drop(&p);
}

TEST(test_a_model_of_weight_0_stays_out)
{
    struct problem p = random_problem(11, ENSEMBLE_F64, 4, 20, 3);
    double weights[4] = {.5, 0, .25, .25}, got[4];

    weigh(&p.said, weights);
    for (int times = 0; times < 3; times++) {
        update(&p, ENSEMBLE_SCORE_LOG_LOSS, .7, .2);
        (void)step(&p, ENSEMBLE_SCORE_LOG_LOSS, .7, .2, everyone, weights);
    }
    weights_of(&p, got);
    assert_true(got[1] == 0);
    assert_all_near(got, weights, 4, 1e-14);
    drop(&p);
}

TEST(test_models_that_sleep_keep_their_weight)
{
    const int awake[] = {1, 0, 1, 0, 1};

    for (size_t k = 0; k < 10; k++) {
        struct problem p = random_problem(k + 100, ENSEMBLE_F64, 5, 25, 3);
        double weights[5] = {.25, .125, .25, .3125, .0625}, got[5];

        weigh(&p.said, weights);
        for (size_t i = 0; i < 5; i++)
            if (!awake[i])
                assert_int_equal(ensemble_set_model_output(p.said.e, i, NULL, ENSEMBLE_F64, 25, 0), 0);
        for (int times = 0; times < 6; times++) {
            update(&p, scores[k % 2], .4, .1);
            (void)step(&p, scores[k % 2], .4, .1, awake, weights);
            weights_of(&p, got);
            assert_true(got[1] == .125 && got[3] == .3125);
            assert_near(got[0] + got[2] + got[4], .5625, 1e-14);
            assert_all_near(got, weights, 5, 1e-13);
        }
        drop(&p);
    }
}

/* One model that is awake has nobody to share with. */
TEST(test_one_model_is_awake)
{
    const double weights[] = {.25, .5, .25};
    struct problem p = random_problem(13, ENSEMBLE_F64, 3, 25, 3);
    double got[3];

    weigh(&p.said, weights);
    assert_int_equal(ensemble_set_model_output(p.said.e, 0, NULL, ENSEMBLE_F64, 25, 0), 0);
    assert_int_equal(ensemble_set_model_output(p.said.e, 2, NULL, ENSEMBLE_F64, 25, 0), 0);
    update(&p, ENSEMBLE_SCORE_LOG_LOSS, 5, .3);
    weights_of(&p, got);
    assert_all_near(got, weights, 3, 1e-15);
    assert_true(got[0] == .25 && got[2] == .25);
    drop(&p);
}

/* Logits are read as the probabilities that they stand for. */
TEST(test_logits)
{
    struct problem p = random_problem(17, ENSEMBLE_F64, 3, 20, 3);
    double *outputs = (double *)p.said.data, weights[] = {.25, .5, .25}, got[3];

    weigh(&p.said, weights);
    for (size_t k = 0; k < 3 * 20 * 3; k++)
        outputs[k] = 3 * log(p.values[k]) - 1;
    interpret(&p.said, ENSEMBLE_LOGITS, 3);
    update(&p, ENSEMBLE_SCORE_LOG_LOSS, .7, 0);
    (void)step(&p, ENSEMBLE_SCORE_LOG_LOSS, .7, 0, everyone, weights);
    weights_of(&p, got);
    assert_all_near(got, weights, 3, 1e-6); /* the rows of p.values sum to 1 to the precision of float only */
    drop(&p);
}

/* Rows are left out as in a fit; without any, the weights stay as they were set. */
TEST(test_rows_that_do_not_count)
{
    const double before[] = {1, 2, 3};
    struct problem p = random_problem(14, ENSEMBLE_F64, 3, 12, 3);
    double weights[3] = {1, 2, 3}, got[3];
    double *output = output_of(&p.said, 2);

    output[4 * 3 + 1] = NAN;
    output[5 * 3] = INFINITY;
    p.labels[4] = p.labels[5] = p.labels[11] = -1;
    (void)step(&p, ENSEMBLE_SCORE_LOG_LOSS, .5, 0, everyone, weights);
    p.labels[4] = p.labels[5] = 0;
    weigh(&p.said, before);
    update(&p, ENSEMBLE_SCORE_LOG_LOSS, .5, 0);
    weights_of(&p, got);
    assert_all_near(got, weights, 3, 1e-14);
    weigh(&p.said, before);
    memset(p.labels, 0xFF, 12 * sizeof *p.labels);
    update(&p, ENSEMBLE_SCORE_LOG_LOSS, .5, .5);
    weights_of(&p, got);
    assert_same_bits(got, before, 3);
    drop(&p);
}

/* Points the models at `rows` rows from `begin` on, and learns from them. */
static void learn_rows(struct problem *p, size_t begin, size_t rows, int32_t score, double rate, double share)
{
    const size_t width = p->said.width;

    for (size_t i = 0; i < p->said.n; i++)
        assert_int_equal(ensemble_set_model_output(p->said.e, i,
                                                   p->values + (i * p->said.rows + begin) * width, ENSEMBLE_F64, rows,
                                                   0), 0);
    assert_int_equal(
        ensemble_update(p->said.e, p->labels + begin, ENSEMBLE_I32, rows, score, rate, share), 0);
}

TEST(test_the_best_model_wins)
{
    for (size_t k = 0; k < LENGTH(scores); k++) {
        struct problem p = random_problem(15, ENSEMBLE_F64, 5, 400, 3);
        double weights[5];

        memcpy(p.values + 3 * 1200, p.targets, 1200 * sizeof *p.values);
        for (size_t r = 0; r < 400; r += 4)
            learn_rows(&p, r, 4, scores[k], .5, 0);
        weights_of(&p, weights);
        assert_simplex(weights, 5);
        assert_true(weights[3] > .9); /* the squared error is flat there, and its steps become small */
        drop(&p);
    }
}

/* After 200 rows the perfect model becomes another one. With a share, the weights follow; without, far later. */
TEST(test_a_switch_is_followed)
{
    double first[2];

    for (int shared = 0; shared < 2; shared++) {
        struct problem p = random_problem(16, ENSEMBLE_F64, 5, 400, 3);
        double weights[5];

        memcpy(p.values + 3 * 1200, p.targets, 600 * sizeof *p.values);
        memcpy(p.values + 1 * 1200 + 600, p.targets + 600, 600 * sizeof *p.values);
        for (size_t r = 0; r < 220; r++) {
            learn_rows(&p, r, 1, ENSEMBLE_SCORE_LOG_LOSS, .5, shared ? .01 : 0);
            weights_of(&p, weights);
            if (r == 199)
                assert_true(weights[3] > .9);
        }
        first[shared] = weights[1];
        for (size_t r = 220; r < 400; r++)
            learn_rows(&p, r, 1, ENSEMBLE_SCORE_LOG_LOSS, .5, shared ? .01 : 0);
        weights_of(&p, weights);
        if (shared)
            assert_true(weights[1] > .9);
        drop(&p);
    }
    assert_true(first[1] > first[0] + .1);
}

/* log(n) / rate + rate G^2 T / 2, against the best fixed weights, which are learned from all rows at once. */
TEST(test_the_bound_of_the_regret)
{
    const double rates[] = {.02, .1, .5};

    for (size_t k = 0; k < LENGTH(scores); k++)
        for (size_t s = 0; s < LENGTH(rates); s++) {
            struct problem p = random_problem(s + 20, ENSEMBLE_F64, 5, 300, 3);
            const struct ensemble_fit_options options = OPTIONS(.objective = scores[k]);
            double weights[5] = {.2, .2, .2, .2, .2}, loss = 0, largest = 0;
            struct learned l;

            fit_labels(&p, &options, &l);
            weigh(&p.said, NULL);
            for (size_t r = 0; r < 300; r += 3) {
                struct problem part = empty_problem(5, 3, 3);
                double value;

                for (size_t i = 0; i < 5; i++)
                    memcpy(part.values + i * 9, p.values + (i * 300 + r) * 3, 9 * sizeof *part.values);
                memcpy(part.labels, p.labels + r, 3 * sizeof *part.labels);
                pose(&part, ENSEMBLE_F64);
                loss += (double)score_with(&part, scores[k], weights);
                largest = fmax(largest, step(&part, scores[k], rates[s], 0, everyone, weights));
                drop(&part);
                learn_rows(&p, r, 3, scores[k], rates[s], 0);
                weights_of(&p, weights);
                assert_int_equal(
                    ensemble_score(p.said.e, scores[k], p.labels + r, ENSEMBLE_I32, 3, &value), 0);
                assert_true(isfinite(value));
            }
            assert_true(loss - 100 * l.report.objective <= log(5) / rates[s] + rates[s] * largest * largest * 100 / 2);
            drop(&p);
        }
}

TEST(test_large_rates_do_not_overflow)
{
    const double rates[] = {1e3, 1e6, 1e100, 1e300, 1.7e308, 1e-300, 5e-324};

    for (size_t k = 0; k < LENGTH(scores); k++)
        for (size_t s = 0; s < LENGTH(rates); s++)
            for (int shared = 0; shared < 2; shared++) {
                struct problem p = random_problem(30, ENSEMBLE_F64, 5, 40, 3);
                double weights[5];

                for (int times = 0; times < 20; times++) {
                    update(&p, scores[k], rates[s], shared ? .01 : 0);
                    weights_of(&p, weights);
                    assert_simplex(weights, 5);
                    for (size_t i = 0; i < 5 && shared; i++)
                        assert_true(weights[i] >= .01 / 5 * (1 - 1e-12));
                }
                drop(&p);
            }
}

TEST(test_weights_stay_a_probability_vector)
{
    struct problem p = random_problem(31, ENSEMBLE_F64, 24, 60, 4);
    double weights[24];
    struct rng rng = {32};

    for (int times = 0; times < 1000; times++) {
        learn_rows(&p, rng_below(&rng, 57), 3, scores[times % 2], 3 * rng_unit(&rng) + .001, 0);
        weights_of(&p, weights);
        assert_simplex(weights, 24);
    }
    drop(&p);
}

TEST(test_every_instruction_set_gives_the_same_bits)
{
    struct problem p = random_problem(33, ENSEMBLE_F32, 5, 333, 3);

    for (size_t k = 0; k < LENGTH(scores); k++) {
        double best[5], weights[5];

        weigh(&p.said, NULL);
        for (int times = 0; times < 3; times++)
            update(&p, scores[k], .8, .01);
        weights_of(&p, best);
        for (size_t i = 0; i < LENGTH(isa_names); i++) {
            struct ensemble *e = on_isa(&p.said, isa_names[i]);

            if (e == NULL)
                continue;
            for (int times = 0; times < 3; times++)
                assert_int_equal(ensemble_update(e, p.labels, ENSEMBLE_I32, 333, scores[k], .8, .01), 0);
            assert_int_equal(ensemble_get_weights(e, weights, 5), 0);
            assert_same_bits(weights, best, 5);
            ensemble_destroy(e);
        }
    }
    drop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps_by_the_formula),
        cmocka_unit_test(test_a_step_from_equal_weights),
        cmocka_unit_test(test_a_model_of_weight_0_stays_out),
        cmocka_unit_test(test_models_that_sleep_keep_their_weight),
        cmocka_unit_test(test_one_model_is_awake),
        cmocka_unit_test(test_logits),
        cmocka_unit_test(test_rows_that_do_not_count),
        cmocka_unit_test(test_the_best_model_wins),
        cmocka_unit_test(test_a_switch_is_followed),
        cmocka_unit_test(test_the_bound_of_the_regret),
        cmocka_unit_test(test_large_rates_do_not_overflow),
        cmocka_unit_test(test_weights_stay_a_probability_vector),
        cmocka_unit_test(test_every_instruction_set_gives_the_same_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
