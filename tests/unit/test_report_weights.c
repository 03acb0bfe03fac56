/* SPDX-License-Identifier: MIT */
/*
 * Reports of rows in which not all models count alike: weights of rows and classes, missing models, NaN that is left
 * out, classes of their own; against formulas in long double.
 */
#include "report.h"

#define MODELS 4
#define WIDTH 5

/* One row: what is said of each class, and with which weight, 0 where a model does not count. */
struct scene {
    size_t n, width;
    double x[MODELS][WIDTH], w[MODELS][WIDTH];
    double own[MODELS];
};

static struct scene random_scene(struct rng *rng)
{
    struct scene s = {.n = rng_between(rng, 2, MODELS), .width = rng_between(rng, 2, WIDTH)};

    for (size_t i = 0; i < s.n; i++) {
        s.own[i] = .2 + rng_unit(rng);
        random_shares(s.x[i], s.width, rng);
        for (size_t j = 0; j < s.width; j++)
            s.w[i][j] = s.own[i];
    }
    return s;
}

static struct ensemble *ensemble_of_scene(const struct scene *s)
{
    struct ensemble *e = ensemble_of(s->width);

    for (size_t i = 0; i < s->n; i++) {
        add(e, s->x[i], ENSEMBLE_F64, 1);
        assert_int_equal(ensemble_set_input(e, i, ENSEMBLE_PROBABILITIES, 0), 0);
    }
    assert_int_equal(ensemble_set_weights(e, s->own, s->n), 0);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
    return e;
}

static int is_out(const struct scene *s, size_t model)
{
    for (size_t j = 0; j < s->width; j++)
        if (s->w[model][j] != 0)
            return 0;
    return 1;
}

/* The linear pool, without one model (or with all: MODELS); NaN where nobody speaks. Returns the label, or -1. */
static int32_t pool(const struct scene *s, size_t without, long double *y)
{
    int32_t label = -1;

    for (size_t j = 0; j < s->width; j++) {
        long double total = 0;

        y[j] = 0;
        for (size_t i = 0; i < s->n; i++)
            if (i != without && s->w[i][j] != 0) {
                total += (long double)s->w[i][j];
                y[j] += (long double)s->w[i][j] * (long double)s->x[i][j];
            }
        y[j] = total == 0 ? (long double)NAN : y[j] / total;
        if (total != 0 && (label < 0 || y[j] > y[label]))
            label = (int32_t)j;
    }
    return label;
}

static long double log_times(long double x)
{
    return x == 0 ? 0 : x * logl(x);
}

#define CLOSE 1e-13
static void assert_contest(const struct scene *s, const struct ensemble_report *r, const long double *m)
{
    long double mean_log_times = 0, information = 0, most = 0, all = 0, sum = 0, entropy = 0;
    double conflict;

    for (size_t j = 0; j < s->width; j++) {
        long double total = 0, times = 0, logs = 0, variance = 0;

        if (m[j] != m[j]) {
            assert_true(is_nan(r->variance[j]));
            continue;
        }
        for (size_t i = 0; i < s->n; i++)
            total += (long double)s->w[i][j];
        for (size_t i = 0; i < s->n; i++) {
            const long double v = (long double)s->w[i][j] / total, x = (long double)s->x[i][j];

            if (v == 0)
                continue;
            times += v * log_times(x);
            logs += v * logl(x);
            variance += v * (x - m[j]) * (x - m[j]);
        }
        assert_near(r->variance[j], (double)variance, CLOSE);
        mean_log_times += times;
        information += times - log_times(m[j]);
        most = m[j] > most ? m[j] : most;
        all += expl(logs);
        sum += m[j];
    }
    for (size_t j = 0; j < s->width; j++)
        entropy -= m[j] != m[j] ? 0 : log_times(m[j] / sum);
    conflict = all == 0 ? (double)INFINITY : all > 1 ? 0 : (double)-logl(all);
    assert_near(r->mean_entropy[0], (double)-mean_log_times, CLOSE);
    assert_near(r->mutual_information[0], (double)information, CLOSE);
    assert_near(r->variation_ratio[0], (double)(1 - most), CLOSE);
    assert_values(r->conflict, &conflict, 1, CLOSE);
    assert_near(r->entropy[0], (double)entropy, CLOSE);
}

static double disagreement(const struct scene *s)
{
    size_t tops[MODELS], n = 0, differ = 0;

    for (size_t i = 0; i < s->n; i++) {
        if (is_out(s, i))
            continue;
        tops[n] = 0;
        for (size_t j = 1; j < s->width; j++)
            tops[n] = s->x[i][j] > s->x[i][tops[n]] ? j : tops[n];
        for (size_t k = 0; k < n; k++)
            differ += tops[k] != tops[n];
        n++;
    }
    return n < 2 ? 0 : (double)differ / ((double)(n * (n - 1)) / 2);
}

static void assert_reasons(const struct scene *s, const struct ensemble_report *r, size_t label, long double confidence)
{
    long double y[WIDTH], total = 0;

    for (size_t i = 0; i < s->n; i++)
        total += (long double)s->w[i][label];
    for (size_t i = 0; i < s->n; i++) {
        const long double x = s->w[i][label] == 0 ? 0 : (long double)s->x[i][label];
        const double term = (double)((long double)s->w[i][label] / total * x);
        const int32_t without = pool(s, i, y);
        const double influence = is_out(s, i) ? 0 : (double)(confidence - y[label]);

        assert_near(r->contribution[i], term, CLOSE);
        assert_values(&r->influence[i], &influence, 1, CLOSE);
        assert_int_equal(r->flips[i], !is_out(s, i) && without != (int32_t)label);
    }
}

/* The whole report of a row, with this share of the weight present. */
static void assert_scene(const struct ensemble *e, const struct scene *s, double present, unsigned but)
{
    struct told told = told_of(EVERYTHING & ~but, 1, s->width, s->n, 1);
    const struct ensemble_report *r = &told.report;
    long double y[WIDTH];
    const int32_t label = pool(s, MODELS, y);
    int32_t models = 0;

    ask(e, &told, ENSEMBLE_F64);
    for (size_t i = 0; i < s->n; i++)
        models += !is_out(s, i);
    assert_near(r->weight_present[0], present, CLOSE);
    assert_int_equal(r->models_present[0], models);
    assert_int_equal(r->label[0], label);
    assert_true(label >= 0);
    assert_near(r->confidence[0], (double)y[label], CLOSE);
    assert_near(r->top_values[0], (double)y[label], CLOSE);
    assert_near(r->vote_disagreement[0], disagreement(s), 1e-15);
    assert_contest(s, r, y);
    assert_reasons(s, r, (size_t)label, y[label]);
    end_told(&told);
}

#define SCENES 60

TEST(test_row_weights_are_shares_of_their_own)
{
    for (uint64_t seed = 0; seed < SCENES; seed++) {
        struct rng rng = {seed};
        struct scene s = random_scene(&rng);
        struct ensemble *e = ensemble_of_scene(&s);
        float gates[MODELS];

        for (size_t i = 0; i < s.n; i++) {
            gates[i] = i > 0 && rng_one_in(&rng, 4) ? 0 : (float)rng_unit(&rng) + .1f;
            for (size_t j = 0; j < s.width; j++)
                s.w[i][j] = s.own[i] * (double)gates[i];
        }
        assert_int_equal(ensemble_set_row_weights(e, gates, 1, s.n), 0);
        assert_scene(e, &s, 1, 0);
        ensemble_destroy(e);
    }
}

/* Some classes are left to some models, and now and then to none; with row weights and without. */
TEST(test_class_weights_are_shares_of_each_class)
{
    for (uint64_t seed = 0; seed < SCENES; seed++) {
        struct rng rng = {seed};
        struct scene s = random_scene(&rng);
        struct ensemble *e = ensemble_of_scene(&s);
        double weights[MODELS * WIDTH];
        float gates[MODELS];

        for (size_t i = 0; i < s.n; i++) {
            gates[i] = seed % 2 ? (float)rng_unit(&rng) + .1f : 1;
            for (size_t j = 0; j < s.width; j++) {
                const double weight = j > 0 && rng_one_in(&rng, 2) ? 0 : .1 + rng_unit(&rng);

                weights[i * s.width + j] = weight;
                s.w[i][j] = s.own[i] * (double)gates[i] * weight;
            }
        }
        assert_int_equal(ensemble_set_class_weights(e, weights, s.n, s.width), 0);
        if (seed % 2)
            assert_int_equal(ensemble_set_row_weights(e, gates, 1, s.n), 0);
        assert_scene(e, &s, 1, FIELD(SETTLED));
        ensemble_destroy(e);
    }
}

/* One model is missing, or says NaN in one class, and the others share its weight. */
TEST(test_models_that_are_left_out_have_no_share)
{
    for (uint64_t seed = 0; seed < SCENES; seed++) {
        struct rng rng = {seed};
        struct scene s = random_scene(&rng);
        const size_t out = rng_below(&rng, s.n);
        struct ensemble *e = ensemble_of_scene(&s);
        double total = 0;

        for (size_t i = 0; i < s.n; i++)
            total += s.own[i];
        if (seed % 2)
            s.x[out][rng_below(&rng, s.width)] = (double)NAN;
        else
            assert_int_equal(ensemble_set_model_output(e, out, NULL, ENSEMBLE_F64, 1, 0), 0);
        memset(s.w[out], 0, sizeof s.w[out]);
        assert_int_equal(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_MISSING | ENSEMBLE_LEAVE_OUT_NAN, 0), 0);
        assert_scene(e, &s, (total - s.own[out]) / total, 0);
        ensemble_destroy(e);
    }
}

/* Absent classes are 0, or the model is left out of them; that is not missing weight. */
TEST(test_classes_that_a_map_does_not_name)
{
    for (uint64_t seed = 0; seed < SCENES; seed++) {
        struct rng rng = {seed};
        struct scene s = random_scene(&rng);
        struct ensemble *e = ensemble_of_scene(&s);
        double columns[WIDTH];
        int32_t map[WIDTH];
        size_t n = 0;

        for (size_t j = s.width; j-- > 0;) { /* backwards; class 0 is named */
            if (j > 0 && rng_one_in(&rng, 2)) {
                s.x[1][j] = 0;
                s.w[1][j] = seed % 2 ? 0 : s.w[1][j];
                continue;
            }
            map[n] = (int32_t)j;
            columns[n++] = s.x[1][j];
        }
        assert_int_equal(ensemble_set_class_map(e, 1, map, n), 0);
        assert_int_equal(ensemble_set_model_output(e, 1, columns, ENSEMBLE_F64, 1, 0), 0);
        assert_int_equal(ensemble_set_missing_policy(e, seed % 2 ? ENSEMBLE_LEAVE_OUT_ABSENT : 0, 0), 0);
        assert_scene(e, &s, 1, seed % 2 ? FIELD(SETTLED) : 0);
        ensemble_destroy(e);
    }
}

/* Three models of weights .5, .3 and .2; what is left out, in six rows: nobody, each of them, two of them, all. */
TEST(test_less_than_the_quorum)
{
    const double weights[] = {.5, .3, .2}, present[] = {1, .5, .7, .8, .3, 0};
    const int32_t models[] = {3, 2, 2, 2, 1, 0}, faults[] = {0, 3, 0, 0, 3, 3}, lenient[] = {0, 0, 0, 0, 0, 3};
    const unsigned out[] = {0, 1, 2, 4, 5, 7};
    double values[3 * 6 * 2];
    struct said said;
    struct told told;

    for (size_t i = 0; i < LENGTH(values); i++)
        values[i] = out[i / 2 % 6] >> i / 12 & 1 ? (double)NAN : i % 2 ? .75 : .25;
    said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 3, 6, 2);
    interpret(&said, ENSEMBLE_PROBABILITIES, 0);
    weigh(&said, weights);
    assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_NAN, .6), 0);
    told = hear(&said, EVERYTHING, ENSEMBLE_F64);
    assert_memory_equal(told.report.row_fault, faults, sizeof faults);
    assert_values(told.report.weight_present, present, 6, 4e-16);
    assert_memory_equal(told.report.models_present, models, sizeof models);
    end_told(&told);
    assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_NAN, 0), 0);
    told = hear(&said, EVERYTHING, ENSEMBLE_F64);
    assert_memory_equal(told.report.row_fault, lenient, sizeof lenient);
    end_told(&told);
    forget(&said);
}

/* A class of which no model speaks has no part: not in the second place, and not in the list. */
TEST(test_a_class_of_which_no_model_speaks_has_no_part)
{
    const double values[] = {.5, .5, .25, .75}, weights[] = {1, 0, 1, 0};
    const int32_t labels[] = {0, -1};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 2, 1, 2);
    struct told told;

    interpret(&said, ENSEMBLE_PROBABILITIES, 0);
    assert_int_equal(ensemble_set_class_weights(said.e, weights, 2, 2), 0);
    for (size_t log = 0; log < 2; log++) {
        told = hear(&said, EVERYTHING & ~FIELD(SETTLED), ENSEMBLE_F64);
        assert_true(told.report.margin[0] == (double)INFINITY && told.report.tied[0] == 0);
        assert_memory_equal(told.report.top_labels, labels, sizeof labels);
        assert_true(is_nan(told.report.top_values[1]) && is_nan(told.report.variance[1]));
        end_told(&told);
        put_number(said.data, ENSEMBLE_F64, 0); /* of the logarithm of 0, too */
        put_number(output_of(&said, 1), ENSEMBLE_F64, 0);
        assert_int_equal(ensemble_set_result(said.e, ENSEMBLE_RESULT_LOG, 0), 0);
    }
    forget(&said);
}

/* docs/report.md: what needs weights that are not negative is NaN in a row in which one is; the rest is as it is. */
TEST(test_negative_row_weights_of_a_mean)
{
    const double values[] = {.5, .5, .25, .75, .75, .25, .5, .5};
    const float weights[] = {2, -1, 2, 1};
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F64, values, 2, 2, 2);
    struct told told;

    interpret(&said, ENSEMBLE_PROBABILITIES, 0);
    assert_int_equal(ensemble_set_row_weights(said.e, weights, 2, 2), 0);
    told = hear(&said, EVERYTHING & ~FIELD(SETTLED), ENSEMBLE_F64);
    assert_true(told.report.label[0] == 1 && told.report.confidence[0] == .75);
    assert_true(is_nan(told.report.mean_entropy[0]) && is_nan(told.report.mutual_information[0]));
    assert_true(is_nan(told.report.variation_ratio[0]));
    assert_true(is_nan(told.report.conflict[0]) && is_nan(told.report.variance[0]) && is_nan(told.report.variance[1]));
    assert_true(told.report.mean_entropy[1] > .5 && told.report.variance[2] > 0);
    assert_true(is_nan(told.report.entropy[0]));
    end_told(&told);
    forget(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_weights_are_shares_of_their_own),
        cmocka_unit_test(test_class_weights_are_shares_of_each_class),
        cmocka_unit_test(test_models_that_are_left_out_have_no_share),
        cmocka_unit_test(test_classes_that_a_map_does_not_name),
        cmocka_unit_test(test_less_than_the_quorum),
        cmocka_unit_test(test_a_class_of_which_no_model_speaks_has_no_part),
        cmocka_unit_test(test_negative_row_weights_of_a_mean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
