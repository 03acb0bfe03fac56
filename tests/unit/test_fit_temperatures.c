/* SPDX-License-Identifier: MIT */
/* Temperatures where Newton's method leads astray, creeps, or has nothing to go by. */
#include "fit.h"

static const struct ensemble_fit_options models_only =
    OPTIONS(.how = ENSEMBLE_FIT_NOTHING, .calibrate = ENSEMBLE_CALIBRATE_MODELS);
static const struct ensemble_fit_options result_only =
    OPTIONS(.how = ENSEMBLE_FIT_NOTHING, .calibrate = ENSEMBLE_CALIBRATE_RESULT);

/* One model's logits of two classes, the first of which is true in each row. */
static double temperature_of(const double *logits, size_t rows)
{
    struct problem p = empty_problem(1, rows, 2);
    struct learned l;

    memcpy(p.values, logits, rows * 2 * sizeof *logits);
    pose(&p, ENSEMBLE_F64);
    interpret(&p.said, ENSEMBLE_LOGITS, 0);
    fit_labels(&p, &models_only, &l);
    drop(&p);
    return l.temperatures[0];
}

/*
 * The slope is -50 / (1 + exp(50 / T)) + 1e-300 / 2: each step of Newton's method goes on by a 50th, and there are 13
 * to go.
 */
TEST(test_a_slope_that_falls_like_an_exponential_function)
{
    const double logits[] = {50, 0, 0, 1e-300};

    assert_near(temperature_of(logits, 2) * log(100 / 1e-300), 50, 1e-10);
}

/* The same, but that the slope leaps from -6 to 4 of the smallest numbers there are, where exp(-10 / T) becomes 0. */
TEST(test_a_slope_that_is_never_0)
{
    const double logits[] = {10, 0, 0, 8 * 0x1p-1074};

    assert_near(temperature_of(logits, 2) * (1075 * log(2)), 10, 1e-6);
}

/* What is certain at 1 overflows on the way to .01, where the other row leads, and says nothing there, either. */
TEST(test_a_logit_that_overflows_when_it_is_divided)
{
    const double logits[] = {3e306, 0, .001, 0};

    assert_true(temperature_of(logits, 2) == .01);
}

/*
 * A class of logit c among n of 0, true in one of two rows: at its best temperature it has half of all, where
 * exp(c / T) = n. Far from there on both sides the slope is flat, and Newton's steps lead beyond all bounds.
 */
static double temperature_of_one_among(size_t n, double c)
{
    struct problem p = empty_problem(1, 2, n + 1);
    struct learned l;

    p.values[0] = p.values[n + 1] = c;
    p.labels[1] = 1;
    pose(&p, ENSEMBLE_F64);
    interpret(&p.said, ENSEMBLE_LOGITS, 0);
    fit_labels(&p, &models_only, &l);
    drop(&p);
    return l.temperatures[0];
}

TEST(test_steps_that_lead_beyond_all_bounds)
{
    const size_t counts[] = {100, 1000, 14000};

    for (size_t k = 0; k < LENGTH(counts); k++)
        for (double temperature = .0101; temperature < 100; temperature *= 1.07) {
            const double c = temperature * log((double)counts[k]);

            assert_near(temperature_of_one_among(counts[k], c) / temperature, 1, 1e-9);
        }
}

/* A row whose sums overflow has no answer, and no part in the temperature of the others. */
TEST(test_a_result_that_overflows)
{
    const double weights[] = {1e10, 1e10};
    struct problem p = random_problem(5, ENSEMBLE_F64, 2, 40, 3);
    struct learned with, without;

    for (size_t k = 0; k < 2 * 40 * 3; k++)
        p.values[k] = log(p.values[k]) * 1e-10;
    for (size_t i = 0; i < 2; i++)
        p.values[(i * 40 + 7) * 3 + 1] = 1e300;
    p.labels[7] = 0;
    forget(&p.said);
    pose(&p, ENSEMBLE_F64);
    weigh(&p.said, weights);
    assert_int_equal(ensemble_set_result(p.said.e, ENSEMBLE_RESULT_SOFTMAX, 0), 0);
    fit_labels(&p, &result_only, &with);
    p.labels[7] = -1;
    fit_labels(&p, &result_only, &without);
    assert_same_bits(&with.report.temperature, &without.report.temperature, 1);
    assert_same_bits(&with.report.log_loss, &without.report.log_loss, 1);
    assert_true(with.report.temperature > .02 && with.report.temperature < 50);
    drop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_slope_that_falls_like_an_exponential_function),
        cmocka_unit_test(test_a_slope_that_is_never_0),
        cmocka_unit_test(test_a_logit_that_overflows_when_it_is_divided),
        cmocka_unit_test(test_steps_that_lead_beyond_all_bounds),
        cmocka_unit_test(test_a_result_that_overflows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
