/* SPDX-License-Identifier: MIT */
/* Numbers in the text of docs/learning.md. */
#include "digits.h"

static struct digits validation, test;

struct lesson {
    double weights[MODELS], temperatures[MODELS], trajectory[50];
    struct ensemble_fit_report report;
};

/* Learns from the validation part, and binds the test part. */
static void learn(struct ensemble *e, struct lesson *lesson, const struct ensemble_fit_options *options)
{
    lesson->report = (struct ensemble_fit_report){
        .struct_size = sizeof lesson->report, .models = MODELS, .weights = lesson->weights,
        .temperatures = lesson->temperatures, .rounds = 50, .trajectory = lesson->trajectory};
    bind(e, &validation);
    MUST(ensemble_fit(e, validation.truth, ENSEMBLE_I32, ROWS, options, &lesson->report));
    bind(e, &test);
}

static double loss(struct ensemble *e)
{
    return score(e, ENSEMBLE_SCORE_LOG_LOSS, test.truth);
}

static void print_greedy(struct ensemble *e)
{
    struct ensemble_fit_options options = {.struct_size = sizeof options};
    struct lesson best, greedy, accurate;

    learn(e, &best, &options);
    printf("the digits take %d steps\n", best.report.iterations);
    options.how = ENSEMBLE_FIT_GREEDY;
    learn(e, &greedy, &options);
    printf("on the digits %s instead of %s\n", decimals(greedy.report.objective, 8),
           decimals(best.report.objective, 8));
    options.objective = ENSEMBLE_SCORE_ACCURACY;
    options.folds = 10;
    learn(e, &accurate, &options);
    printf("%d for log loss, %d for accuracy\n", greedy.report.iterations, accurate.report.iterations);
    printf("For accuracy:");
    for (int round = 0; round < accurate.report.iterations; round++)
        printf(" %s", decimals(accurate.trajectory[round], 4));
    printf("\nWith GREEDY and accuracy: %s and %s\n", decimals(accurate.report.objective, 4),
           decimals(accurate.report.held_out, 4));
}

static void print_held_out(struct ensemble *e)
{
    struct ensemble_fit_options folds = {.struct_size = sizeof folds, .folds = 10};
    struct ensemble_fit_options bags = {.struct_size = sizeof bags, .bags = 20};
    struct lesson lesson;
    double whole;

    learn(e, &lesson, &folds);
    whole = loss(e);
    printf("With 10 folds, log loss: `objective` %s, `held_out` %s\n", decimals(lesson.report.objective, 4),
           decimals(lesson.report.held_out, 4));
    learn(e, &lesson, &bags);
    printf("20 bags, log loss: `held_out` %s, and %s instead of %s on the test part\n",
           decimals(lesson.report.held_out, 4), decimals(loss(e), 4), decimals(whole, 4));
}

static void print_ridge(struct ensemble *e)
{
    struct ensemble_fit_options options = {
        .struct_size = sizeof options, .objective = ENSEMBLE_SCORE_SQUARED_ERROR, .ridge = .01};
    struct lesson lesson;

    learn(e, &lesson, &options);
    printf(".01 gives ");
    for (size_t i = 0; i < MODELS; i++)
        printf("%s%s", lesson.weights[i] != 0 ? decimals(lesson.weights[i], 3) : "0", i + 1 < MODELS ? ", " : "");
    printf(" and a Brier score of %s\n", decimals(score(e, ENSEMBLE_SCORE_SQUARED_ERROR, test.truth), 4));
    options.ridge = 1;
    learn(e, &lesson, &options);
    printf("1 gives nearly equal weights, and %s\n", decimals(score(e, ENSEMBLE_SCORE_SQUARED_ERROR, test.truth), 4));
}

static void print_other_methods(struct ensemble *e)
{
    struct ensemble_fit_options odds = {.struct_size = sizeof odds, .how = ENSEMBLE_FIT_LOG_ODDS};
    struct ensemble_fit_options inverse = {.struct_size = sizeof inverse, .how = ENSEMBLE_FIT_INVERSE_ERROR};
    struct lesson lesson;
    double votes;

    MUST(ensemble_set_method(e, ENSEMBLE_VOTE));
    learn(e, &lesson, &odds);
    votes = score(e, ENSEMBLE_SCORE_ACCURACY, test.truth);
    MUST(ensemble_set_weights(e, NULL, 0));
    printf("LOG_ODDS with VOTE has the accuracy %s on the test part, and equal votes %s\n", decimals(votes, 4),
           decimals(score(e, ENSEMBLE_SCORE_ACCURACY, test.truth), 4));
    MUST(ensemble_set_method(e, ENSEMBLE_LOG_POOL));
    MUST(ensemble_set_parameter(e, ENSEMBLE_FLOOR, 1e-4));
    learn(e, &lesson, &inverse);
    printf("INVERSE_ERROR with LOG_POOL and a floor of 1e-4 has a log loss of %s\n", decimals(loss(e), 4));
    MUST(ensemble_set_weights(e, NULL, 0));
    printf("with equal weights that pool has %s\n", decimals(loss(e), 4));
}

static void print_tempered(struct ensemble *e)
{
    struct ensemble_fit_options options = {
        .struct_size = sizeof options, .how = ENSEMBLE_FIT_NOTHING, .calibrate = ENSEMBLE_CALIBRATE_RESULT};
    struct lesson lesson;
    double before[2];

    MUST(ensemble_set_method(e, ENSEMBLE_MEAN));
    bind(e, &test);
    before[0] = loss(e);
    before[1] = score(e, ENSEMBLE_SCORE_CALIBRATION_ERROR, test.truth);
    MUST(ensemble_set_result(e, ENSEMBLE_RESULT_TEMPERED, 1));
    learn(e, &lesson, &options);
    printf("`ENSEMBLE_FIT_NOTHING` finds T = %s: the log loss of the plain mean falls from %s to %s on the test part, "
           "and its calibration error from %s to %s\n", decimals(lesson.report.temperature, 4), decimals(before[0], 4),
           decimals(loss(e), 4), decimals(before[1], 4),
           decimals(score(e, ENSEMBLE_SCORE_CALIBRATION_ERROR, test.truth), 4));
}

/* Two models, in double. */
static struct ensemble *two(size_t rows, size_t width, const double *a, const double *b)
{
    struct ensemble *e;

    MUST(ensemble_create(&e, width));
    MUST(ensemble_add_model_output(e, a, ENSEMBLE_F64, rows));
    MUST(ensemble_add_model_output(e, b, ENSEMBLE_F64, rows));
    return e;
}

static void print_small(void)
{
    const double a[] = {.8, .2}, b[] = {.4, .6}, x[] = {1, 2, 3}, twice[] = {2, 4, 6}, target[] = {4, 8, 12};
    const struct ensemble_fit_options options = {.struct_size = sizeof options,
                                                 .constraint = ENSEMBLE_UNCONSTRAINED};
    const int32_t label = 0;
    struct ensemble *e = two(1, 2, a, b);
    double weights[2];

    MUST(ensemble_update(e, &label, ENSEMBLE_I32, 1, ENSEMBLE_SCORE_LOG_LOSS, .5, 0));
    MUST(ensemble_get_weights(e, weights, 2));
    printf("equal weights become %s %s\n", decimals(weights[0], 4), decimals(weights[1], 4));
    ensemble_destroy(e);
    e = two(3, 1, x, twice);
    MUST(ensemble_fit(e, target, ENSEMBLE_F64, 3, &options, NULL));
    MUST(ensemble_get_weights(e, weights, 2));
    printf("for a target of 4x, get %s and %s without a constraint\n", shortest(weights[0], 3),
           shortest(weights[1], 3));
    ensemble_destroy(e);
}

int main(void)
{
    struct ensemble *e;

    read_digits(&validation, "validation");
    read_digits(&test, "test");
    e = make(&test, 0, ROWS);
    print_greedy(e);
    print_held_out(e);
    print_ridge(e);
    print_other_methods(e);
    MUST(ensemble_set_weights(e, NULL, 0));
    print_tempered(e);
    print_small();
    ensemble_destroy(e);
    return 0;
}
