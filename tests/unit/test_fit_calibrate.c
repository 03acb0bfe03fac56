/* SPDX-License-Identifier: MIT */
/* Temperatures, beside those that a search in the test finds. */
#include "fit.h"

#include "softmax.h"

/* The mean log loss of rows at a temperature. */
typedef long double loss_at(const struct problem *p, const double *values, double temperature);

static long double softmax_loss(const struct problem *p, const double *values, double temperature)
{
    const size_t width = p->said.width;
    long double sum = 0;

    for (size_t r = 0; r < p->said.rows; r++) {
        const double *z = values + r * width;
        long double all = 0;

        for (size_t j = 0; j < width; j++)
            all += expl(((long double)z[j] - (long double)z[p->labels[r]]) / (long double)temperature);
        sum += fminl(logl(all), -logl(1e-12L));
    }
    return sum / (long double)p->said.rows;
}

/* Of y^(1/T), divided by its sum. */
static long double tempered_loss(const struct problem *p, const double *values, double temperature)
{
    const size_t width = p->said.width;
    long double sum = 0;

    for (size_t r = 0; r < p->said.rows; r++) {
        const double *y = values + r * width;
        long double all = 0;

        for (size_t j = 0; j < width; j++)
            all += powl((long double)y[j], 1 / (long double)temperature);
        sum += fminl(logl(all) - logl((long double)y[p->labels[r]]) / (long double)temperature, -logl(1e-12L));
    }
    return sum / (long double)p->said.rows;
}

/* One logit for each class of its own, of which the label's probability is looked at. */
static long double binary_loss(const struct problem *p, const double *values, double temperature)
{
    long double sum = 0;

    for (size_t r = 0; r < p->said.rows; r++) {
        const long double z = (long double)values[r] / (long double)temperature;

        sum += logl(1 + expl(p->labels[r] > 0 ? -z : z));
    }
    return sum / (long double)p->said.rows;
}

/* The best temperature by golden section on its logarithm, from 1/1000 to 1000. */
static double search(const struct problem *p, const double *values, loss_at *loss)
{
    const long double golden = (sqrtl(5) - 1) / 2;
    long double low = -7, high = 7;

    for (int step = 0; step < 60; step++) {
        const long double a = high - golden * (high - low), b = low + golden * (high - low);

        if (loss(p, values, (double)expl(a)) < loss(p, values, (double)expl(b)))
            high = b;
        else
            low = a;
    }
    return (double)expl((low + high) / 2);
}

/* The optimum of a function is known to the square root of what the function is known to. */
#define SAME_TEMPERATURE 1e-5
#define assert_temperature(actual, expected) assert_near(actual, expected, SAME_TEMPERATURE *(expected))

/* Logits that are too sure of themselves, times `scale`. */
static struct problem logits(uint64_t seed, size_t n, size_t rows, size_t width, double scale)
{
    struct problem p = random_problem(seed, ENSEMBLE_F64, n, rows, width);

    for (size_t k = 0; k < n * rows * width; k++)
        p.values[k] = scale * (width > 1 ? log(p.values[k]) : log(p.values[k] / (1 - p.values[k])));
    forget(&p.said);
    pose(&p, ENSEMBLE_F64);
    interpret(&p.said, width > 1 ? ENSEMBLE_LOGITS : ENSEMBLE_BINARY_LOGITS, 0);
    return p;
}

static const struct ensemble_fit_options models_only =
    OPTIONS(.how = ENSEMBLE_FIT_NOTHING, .calibrate = ENSEMBLE_CALIBRATE_MODELS);
static const struct ensemble_fit_options result_only =
    OPTIONS(.how = ENSEMBLE_FIT_NOTHING, .calibrate = ENSEMBLE_CALIBRATE_RESULT);

TEST(test_the_temperature_of_each_model)
{
    const double scales[] = {1, 3, .1};
    double first[4] = {0};

    for (size_t s = 0; s < LENGTH(scales); s++) {
        struct problem p = logits(1, 4, 150, 3, scales[s]);
        struct learned l;

        fit_labels(&p, &models_only, &l);
        for (size_t i = 0; i < 4; i++) {
            const double *z = p.values + i * 150 * 3, temperature = search(&p, z, softmax_loss);

            assert_temperature(l.temperatures[i], temperature);
            assert_near(l.single[i], (double)softmax_loss(&p, z, temperature), 1e-10);
            first[i] = s == 0 ? l.temperatures[i] : first[i];
            assert_temperature(l.temperatures[i], scales[s] * first[i]);
            assert_true(l.weights[i] == .25);
            assert_true(l.single[i] <= (double)softmax_loss(&p, z, 1) + 1e-12);
        }
        drop(&p);
    }
}

TEST(test_the_temperature_of_one_model)
{
    struct problem p = logits(2, 1, 80, 4, 3);
    const double before = score_now(p.said.e, &p, ENSEMBLE_SCORE_LOG_LOSS);
    const struct ensemble_fit_options options = OPTIONS(.calibrate = ENSEMBLE_CALIBRATE_MODELS);
    struct learned l;

    fit_labels(&p, &options, &l);
    assert_temperature(l.temperatures[0], search(&p, p.values, softmax_loss));
    assert_true(l.weights[0] == 1);
    assert_true(l.report.objective < before);
    assert_near(score_now(p.said.e, &p, ENSEMBLE_SCORE_LOG_LOSS), l.report.objective, 1e-12);
    drop(&p);
}

TEST(test_the_temperature_of_binary_logits)
{
    struct problem p = logits(3, 2, 120, 1, 3);
    struct learned l;

    fit_labels(&p, &models_only, &l);
    for (size_t i = 0; i < 2; i++)
        assert_temperature(l.temperatures[i], search(&p, p.values + i * 120, binary_loss));
    drop(&p);
}

/* A temperature that was set before does not matter, and models without logits keep theirs. */
TEST(test_temperatures_begin_anew)
{
    struct problem p = logits(4, 3, 100, 3, 2);
    struct learned a, b;

    assert_int_equal(ensemble_set_input(p.said.e, 2, ENSEMBLE_AS_IS, 0), 0);
    fit_labels(&p, &models_only, &a);
    assert_true(is_nan(a.temperatures[2]));
    assert_int_equal(ensemble_set_input(p.said.e, 0, ENSEMBLE_LOGITS, 5), 0);
    assert_int_equal(ensemble_set_input(p.said.e, 1, ENSEMBLE_LOGITS, .02), 0);
    fit_labels(&p, &models_only, &b);
    for (size_t i = 0; i < 2; i++)
        assert_temperature(b.temperatures[i], a.temperatures[i]);
    drop(&p);
}

/* Weights that are learned after calibration are those of models that were calibrated before. */
TEST(test_weights_are_learned_after_the_temperatures)
{
    const struct ensemble_fit_options both = OPTIONS(.calibrate = ENSEMBLE_CALIBRATE_MODELS);
    struct problem p = logits(5, 4, 150, 3, 3);
    struct learned a, b;

    fit_labels(&p, &both, &a);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(ensemble_set_input(p.said.e, i, ENSEMBLE_LOGITS, a.temperatures[i]), 0);
    fit_labels(&p, NULL, &b);
    assert_all_near(a.weights, b.weights, 4, 1e-9);
    assert_near(a.report.objective, b.report.objective, 1e-12);
    drop(&p);
}

/* What is learned on parts of the rows leaves no temperature behind. */
TEST(test_temperatures_are_those_of_all_rows)
{
    const struct ensemble_fit_options plain = OPTIONS(.calibrate = ENSEMBLE_CALIBRATE_MODELS);
    const struct ensemble_fit_options folds = OPTIONS(.calibrate = ENSEMBLE_CALIBRATE_MODELS, .folds = 4);
    struct problem p = logits(10, 3, 100, 3, 3);
    struct learned a, b;

    fit_labels(&p, &plain, &a);
    fit_labels(&p, &folds, &b);
    assert_same_bits(a.temperatures, b.temperatures, 3);
    assert_same_bits(a.weights, b.weights, 3);
    assert_near(score_now(p.said.e, &p, ENSEMBLE_SCORE_LOG_LOSS), a.report.objective, 1e-12);
    assert_true(b.report.held_out > b.report.objective - .01 && b.report.held_out < b.report.objective + .1);
    drop(&p);
}

/* A fit that fails after the calibration leaves the temperatures as they were. */
TEST(test_temperatures_stay_where_the_fit_fails)
{
    const double cost[] = {1, 1, 1};
    const struct ensemble_fit_options options =
        OPTIONS(.calibrate = ENSEMBLE_CALIBRATE_MODELS, .budget = .5, .cost = cost, .n_costs = 3);
    struct problem p = logits(11, 3, 50, 3, 3);
    double y[50 * 3], z[50 * 3];

    interpret(&p.said, ENSEMBLE_LOGITS, 1.75);
    combine_to(p.said.e, ENSEMBLE_F64, y, LENGTH(y));
    assert_int_equal(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, 50, &options, NULL), ENSEMBLE_EFIT);
    combine_to(p.said.e, ENSEMBLE_F64, z, LENGTH(z));
    assert_same_bits(z, y, LENGTH(y));
    drop(&p);
}

static void mean_of(const struct problem *p, double *y)
{
    const size_t count = p->said.rows * p->said.width;

    for (size_t k = 0; k < count; k++) {
        y[k] = 0;
        for (size_t i = 0; i < p->said.n; i++)
            y[k] += p->values[i * count + k] / (double)p->said.n;
    }
}

TEST(test_the_mean_of_the_digits_tempered)
{
    struct problem p = digits("validation");
    const double before = score_now(p.said.e, &p, ENSEMBLE_SCORE_LOG_LOSS);
    double *y = memory_of(DIGITS_ROWS * 10, sizeof *y), temperature;
    struct learned l;

    mean_of(&p, y);
    temperature = search(&p, y, tempered_loss);
    assert_int_equal(ensemble_set_result(p.said.e, ENSEMBLE_RESULT_TEMPERED, 3), 0);
    fit_labels(&p, &result_only, &l);
    assert_temperature(l.report.temperature, temperature);
    assert_near(l.report.log_loss, (double)tempered_loss(&p, y, temperature), 1e-7); /* the outputs are floats */
    assert_near(score_now(p.said.e, &p, ENSEMBLE_SCORE_LOG_LOSS), l.report.log_loss, 1e-12);
    assert_true(l.report.log_loss < before - .01);
    for (size_t i = 0; i < 6; i++)
        assert_near(l.weights[i], 1 / 6., 1e-16);
    free(y);
    drop(&p);
}

/* Learned weights, then the temperature of what they give. */
TEST(test_weights_and_a_tempered_result)
{
    const struct ensemble_fit_options both = OPTIONS(.calibrate = ENSEMBLE_CALIBRATE_RESULT);
    struct problem p = random_problem(6, ENSEMBLE_F64, 4, 150, 3);
    struct learned plain, l;
    long double y[150 * 3];
    double pooled[150 * 3];

    fit_labels(&p, NULL, &plain);
    assert_true(is_nan(plain.report.temperature) && is_nan(plain.report.log_loss));
    assert_int_equal(ensemble_set_result(p.said.e, ENSEMBLE_RESULT_TEMPERED, 0), 0);
    fit_labels(&p, &both, &l);
    assert_all_near(l.weights, plain.weights, 4, 1e-9);
    pool(&p, l.weights, y);
    for (size_t k = 0; k < LENGTH(pooled); k++)
        pooled[k] = (double)y[k];
    assert_temperature(l.report.temperature, search(&p, pooled, tempered_loss));
    assert_true(l.report.log_loss <= l.report.objective);
    assert_near(score_now(p.said.e, &p, ENSEMBLE_SCORE_LOG_LOSS), l.report.log_loss, 1e-12);
    drop(&p);
}

/* Logits that are combined as they are, and made a softmax. */
TEST(test_the_temperature_of_a_softmax)
{
    struct problem p = logits(7, 3, 100, 4, 3);
    double y[100 * 4];
    struct learned l;

    mean_of(&p, y);
    interpret(&p.said, ENSEMBLE_AS_IS, 0);
    assert_int_equal(ensemble_set_result(p.said.e, ENSEMBLE_RESULT_SOFTMAX, 0), 0);
    fit_labels(&p, &result_only, &l);
    assert_temperature(l.report.temperature, search(&p, y, softmax_loss));
    assert_near(score_now(p.said.e, &p, ENSEMBLE_SCORE_LOG_LOSS), l.report.log_loss, 1e-12);
    drop(&p);
}

/* Nothing to learn, nothing to calibrate: a report of what is there. */
TEST(test_a_report_alone)
{
    const double weights[] = {1, 2, 3, 4};
    const struct ensemble_fit_options nothing = OPTIONS(.how = ENSEMBLE_FIT_NOTHING);
    struct problem p = random_problem(8, ENSEMBLE_F64, 4, 50, 3);
    struct learned l;

    weigh(&p.said, weights);
    assert_int_equal(ensemble_set_method(p.said.e, ENSEMBLE_MEAN), 0);
    fit_labels(&p, &nothing, &l);
    assert_same_bits(l.weights, weights, 4);
    assert_near(l.report.objective, score_now(p.said.e, &p, ENSEMBLE_SCORE_LOG_LOSS), 1e-12);
    drop(&p);
}

TEST(test_what_cannot_be_calibrated)
{
    struct problem p = random_problem(9, ENSEMBLE_F32, 3, 40, 3);
    const size_t count = 40 * 3;
    const int32_t forms[] = {ENSEMBLE_RESULT_AS_IS, ENSEMBLE_RESULT_NORMALISED, ENSEMBLE_RESULT_LOG};

    for (size_t i = 0; i < LENGTH(forms); i++) {
        assert_int_equal(ensemble_set_result(p.said.e, forms[i], 0), 0);
        assert_int_equal(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, 40, &result_only, NULL), ENSEMBLE_EFIT);
    }
    assert_int_equal(ensemble_set_result(p.said.e, ENSEMBLE_RESULT_TEMPERED, 0), 0);
    assert_int_equal(ensemble_fit(p.said.e, p.targets, ENSEMBLE_F64, count, &result_only, NULL), ENSEMBLE_EFIT);
    assert_int_equal(ensemble_fit(p.said.e, p.labels, ENSEMBLE_I32, 40, &result_only, NULL), 0);
    drop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_temperature_of_each_model),
        cmocka_unit_test(test_the_temperature_of_one_model),
        cmocka_unit_test(test_the_temperature_of_binary_logits),
        cmocka_unit_test(test_temperatures_begin_anew),
        cmocka_unit_test(test_weights_are_learned_after_the_temperatures),
        cmocka_unit_test(test_temperatures_are_those_of_all_rows),
        cmocka_unit_test(test_temperatures_stay_where_the_fit_fails),
        cmocka_unit_test(test_the_mean_of_the_digits_tempered),
        cmocka_unit_test(test_weights_and_a_tempered_result),
        cmocka_unit_test(test_the_temperature_of_a_softmax),
        cmocka_unit_test(test_a_report_alone),
        cmocka_unit_test(test_what_cannot_be_calibrated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
