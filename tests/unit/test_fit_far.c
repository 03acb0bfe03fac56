/* SPDX-License-Identifier: MIT */
/*
 * Fits of so many rows that what they read comes from memory: what lies ahead is asked for, and probabilities that are
 * floats are kept as floats. The same numbers as doubles are kept as doubles, and give the same bits.
 */
#include "fit.h"

enum { MODELS = 24, ROWS = 60000 };

/* Learns from the problem's numbers in this dtype. */
static void learn_from(struct problem *p, int32_t dtype, const struct ensemble_fit_options *options, struct learned *l)
{
    forget(&p->said);
    pose(p, dtype);
    fit_labels(p, options, l);
}

static void assert_same_from_both(struct problem *p, const struct ensemble_fit_options *options)
{
    struct learned as_floats, as_doubles;

    learn_from(p, ENSEMBLE_F32, options, &as_floats);
    learn_from(p, ENSEMBLE_F64, options, &as_doubles);
    assert_same_bits(as_floats.weights, as_doubles.weights, MODELS);
    assert_same_bits(as_floats.single, as_doubles.single, MODELS);
    assert_same_bits(&as_floats.report.objective, &as_doubles.report.objective, 1);
    assert_same_bits(&as_floats.report.gap, &as_doubles.report.gap, 1);
    assert_int_equal(as_floats.report.rows_used, as_doubles.report.rows_used);
}

/* Of some rows the label is not known, so that those that are do not all follow each other. */
static struct problem far_problem(void)
{
    struct problem p = random_problem(21, ENSEMBLE_F32, MODELS, ROWS, 2);

    for (size_t r = ROWS / 2; r < ROWS; r += 1 + r % 7)
        p.labels[r] = -1;
    return p;
}

TEST(test_floats_and_doubles_give_the_same_weights)
{
    static const int32_t scores[] = {ENSEMBLE_SCORE_LOG_LOSS, ENSEMBLE_SCORE_SQUARED_ERROR};
    struct problem p = far_problem();

    for (size_t k = 0; k < LENGTH(scores); k++) {
        const struct ensemble_fit_options convex = OPTIONS(.objective = scores[k]);
        const struct ensemble_fit_options greedy =
            OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .objective = scores[k], .rounds = 5);

        assert_same_from_both(&p, &convex);
        assert_same_from_both(&p, &greedy);
    }
    drop(&p);
}

/* Some probabilities are 0, which counts as more. */
TEST(test_floats_of_0_count_as_the_least_that_there_is)
{
    const struct ensemble_fit_options options = OPTIONS(.objective = ENSEMBLE_SCORE_LOG_LOSS);
    struct problem p = far_problem();

    for (size_t k = 0; k < MODELS * ROWS; k += 1001)
        p.values[2 * k] = 0;
    assert_same_from_both(&p, &options);
    drop(&p);
}

/* One model says the logarithms of what it says, which have to be converted; then all are kept as doubles. */
TEST(test_floats_beside_a_model_that_is_converted)
{
    const struct ensemble_fit_options options =
        OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .objective = ENSEMBLE_SCORE_LOG_LOSS, .rounds = 3);
    const double only[MODELS] = {1};
    struct problem p = far_problem();
    struct learned plain, converted;

    for (size_t k = 0; k < 2 * ROWS; k++)
        p.values[k] = log(p.values[k]);
    forget(&p.said);
    pose(&p, ENSEMBLE_F32);
    assert_int_equal(ensemble_set_input(p.said.e, 0, ENSEMBLE_LOG_PROBABILITIES, 0), 0);
    weigh(&p.said, only);
    combine_to(p.said.e, ENSEMBLE_F64, p.values, 2 * ROWS);
    fit_labels(&p, &options, &converted);
    learn_from(&p, ENSEMBLE_F64, &options, &plain);
    assert_same_bits(converted.weights, plain.weights, MODELS);
    assert_same_bits(converted.single, plain.single, MODELS);
    drop(&p);
}

/* Rows that are looked at in parts, of which one has the label. Model i says of a row what the first says i rows on. */
TEST(test_floats_of_long_rows)
{
    enum { WIDTH = 300, LONG = 44000, COUNT = (LONG + MODELS) * WIDTH };
    const struct ensemble_fit_options options =
        OPTIONS(.how = ENSEMBLE_FIT_GREEDY, .objective = ENSEMBLE_SCORE_LOG_LOSS, .rounds = 1);
    double *doubles = memory_of(COUNT, sizeof *doubles), single[2][MODELS];
    float *floats = memory_of(COUNT, sizeof *floats);
    int32_t *labels = memory_of(LONG, sizeof *labels);

    for (size_t k = 0; k < COUNT; k++)
        doubles[k] = floats[k] = (float)(1 + (uint32_t)k * 2654435761u % 1000) / 1001;
    for (size_t r = 0; r < LONG; r++)
        labels[r] = (int32_t)(r * 7 % WIDTH);
    for (size_t both = 0; both < 2; both++) {
        struct ensemble *e = ensemble_of(WIDTH);
        struct learned l;

        for (size_t i = 0; i < MODELS; i++)
            add(e, both ? (void *)(doubles + i * WIDTH) : (void *)(floats + i * WIDTH),
                both ? ENSEMBLE_F64 : ENSEMBLE_F32, LONG);
        fit_at(e, labels, ENSEMBLE_I32, LONG, &options, &l, __FILE__, __LINE__);
        memcpy(single[both], l.single, sizeof *single);
        ensemble_destroy(e);
    }
    assert_same_bits(single[0], single[1], MODELS);
    free(labels);
    free(floats);
    free(doubles);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_floats_and_doubles_give_the_same_weights),
        cmocka_unit_test(test_floats_of_0_count_as_the_least_that_there_is),
        cmocka_unit_test(test_floats_beside_a_model_that_is_converted),
        cmocka_unit_test(test_floats_of_long_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
