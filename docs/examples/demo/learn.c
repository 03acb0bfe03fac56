/* SPDX-License-Identifier: MIT */
/* Weights that are learned on the validation part, and tried on the test part. */
#include "learn.h"

#include "digits.h"
#include "must.h"

#include <ensemble.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How to learn. Where the method is the sum, the weights need not sum to 1. */
struct way {
    const char *name;
    int32_t method, how, objective, constraint;
};

static const struct way ways[] = {
    {"log loss", ENSEMBLE_MEAN, ENSEMBLE_FIT_CONVEX, ENSEMBLE_SCORE_LOG_LOSS, ENSEMBLE_SIMPLEX},
    {"squared error", ENSEMBLE_MEAN, ENSEMBLE_FIT_CONVEX, ENSEMBLE_SCORE_SQUARED_ERROR, ENSEMBLE_SIMPLEX},
    {"the same, w >= 0", ENSEMBLE_SUM, ENSEMBLE_FIT_CONVEX, ENSEMBLE_SCORE_SQUARED_ERROR, ENSEMBLE_NONNEGATIVE},
    {"the same, any w", ENSEMBLE_SUM, ENSEMBLE_FIT_CONVEX, ENSEMBLE_SCORE_SQUARED_ERROR, ENSEMBLE_UNCONSTRAINED},
    {"greedy, log loss", ENSEMBLE_MEAN, ENSEMBLE_FIT_GREEDY, ENSEMBLE_SCORE_LOG_LOSS, 0},
    {"greedy, accuracy", ENSEMBLE_MEAN, ENSEMBLE_FIT_GREEDY, ENSEMBLE_SCORE_ACCURACY, 0},
};

enum { LOG_LOSS, N_WAYS = sizeof ways / sizeof ways[0] };

/* Microseconds for one image. Assumed: nothing is measured here. */
static const double cost[N_MODELS] = {
    [TREE] = 1, [LOGISTIC] = 2, [NAIVE_BAYES] = 5, [KNN] = 40, [FOREST] = 60, [SVM] = 120,
};

static const double budgets[] = {10, 50, 150};

#define N_BUDGETS (sizeof budgets / sizeof budgets[0])

static void bind(struct ensemble *e, enum part part)
{
    for (size_t i = 0; i < N_MODELS; i++) {
        const struct npy_array *said = output_of(&models[i], part);

        MUST(ensemble_set_model_output(e, i, said->f4, ENSEMBLE_F32, said->rows, 0));
    }
}

/* An ensemble of all models, about the images to learn from. */
static struct ensemble *create(int32_t method)
{
    struct ensemble *e;

    MUST(ensemble_create(&e, N_CLASSES));
    MUST(ensemble_set_method(e, method));
    for (size_t i = 0; i < N_MODELS; i++) {
        MUST(ensemble_add_model_output(e, NULL, ENSEMBLE_F32, 0));
        MUST(ensemble_set_input(e, i, ENSEMBLE_PROBABILITIES, 0));
        MUST(ensemble_set_model_name(e, i, models[i].name));
    }
    bind(e, VALIDATION);
    return e;
}

static double score(struct ensemble *e, int32_t which, const struct npy_array *labels)
{
    double value;

    MUST(ensemble_score(e, which, labels->i4, ENSEMBLE_I32, labels->rows, &value));
    return value;
}

/* What a fit says, and the weights. */
struct learned {
    struct ensemble_fit_report report;
    double weights[N_MODELS];
};

static struct learned learn(struct ensemble *e, struct ensemble_fit_options options, const struct npy_array *labels)
{
    struct learned learned = {.report = {.struct_size = sizeof learned.report, .models = N_MODELS}};

    options.struct_size = sizeof options;
    learned.report.weights = learned.weights;
    MUST(ensemble_fit(e, labels->i4, ENSEMBLE_I32, labels->rows, &options, &learned.report));
    learned.report.weights = NULL; /* which does not move along with what is returned */
    return learned;
}

/* The width of a model's column of weights. */
static int column(size_t i)
{
    return strlen(models[i].name) > 9 ? 11 : 9;
}

/* The weights of one way, and how good they are where they were learned. Greedy ones are counts of rounds. */
static void print_weights(const struct way *way, const struct learned *l)
{
    char cell[64];

    printf("  %-18s", way->name);
    for (size_t i = 0; i < N_MODELS; i++) {
        if (way->how == ENSEMBLE_FIT_GREEDY)
            snprintf(cell, sizeof cell, "%.0f/%d", l->weights[i] * l->report.iterations, (int)l->report.iterations);
        else
            snprintf(cell, sizeof cell, "%.6f", l->weights[i]);
        printf(" %*s", column(i), cell);
    }
    printf(" %11.8f\n", l->report.objective);
}

static void show_weights(struct ensemble **learned, const struct npy_array *labels)
{
    double residual = 0;

    printf("  %-18s", "made best");
    for (size_t i = 0; i < N_MODELS; i++)
        printf(" %*s", column(i), models[i].name);
    printf(" %11s\n", "validation");
    for (size_t i = 0; i < N_WAYS; i++) {
        const struct way *way = &ways[i];
        struct learned l;

        learned[i] = create(way->method);
        l = learn(learned[i],
                  (struct ensemble_fit_options){
                      .how = way->how, .objective = way->objective, .constraint = way->constraint},
                  labels);
        print_weights(way, &l);
        if (way->constraint == ENSEMBLE_NONNEGATIVE)
            residual = sqrt(l.report.objective * (double)labels->rows);
    }
    printf("\n  With w >= 0 it is nonnegative least squares, and the norm of the residual is %.8f.\n", residual);
}

/* A line of the table. */
static void print_scores(const char *name, struct ensemble *e, const struct npy_array *labels)
{
    const double brier = score(e, ENSEMBLE_SCORE_SQUARED_ERROR, labels);
    const double accuracy = score(e, ENSEMBLE_SCORE_ACCURACY, labels);

    if (ensemble_get_method(e) == ENSEMBLE_MEAN)
        printf("  %-18s %11.8f", name, score(e, ENSEMBLE_SCORE_LOG_LOSS, labels));
    else
        printf("  %-18s %11s", name, "");
    printf(" %11.8f %10.4f\n", brier, accuracy);
}

static void show_scores(struct ensemble **learned, const struct npy_array *labels)
{
    struct ensemble *e = create(ENSEMBLE_MEAN);
    double alone[N_MODELS] = {0};

    bind(e, TEST);
    printf("\n  %-18s %11s %11s %10s\n", "on the test part", "log loss", "Brier", "accuracy");
    print_scores("plain mean", e, labels);
    alone[SVM] = 1;
    MUST(ensemble_set_weights(e, alone, N_MODELS));
    print_scores("the best one, svm", e, labels);
    for (size_t i = 0; i < N_WAYS; i++) {
        bind(learned[i], TEST);
        print_scores(ways[i].name, learned[i], labels);
    }
    printf("\n"
           "  Brier: the squared error of a row. What is no mean is no probability, and has no log loss.\n"
           "  An accuracy of 600 images has a standard error of 0.012: the good ones may differ by chance alone.\n");
    ensemble_destroy(e);
}

/* The best weights under a limit: what they cost, how good they are in both parts, and whose they are. */
static void print_few(const char *limit, struct ensemble_fit_options options, const struct npy_array *validation,
                      const struct npy_array *test)
{
    struct ensemble *e = create(ENSEMBLE_MEAN);
    const struct learned l = learn(e, options, validation);
    double total = 0;

    for (size_t i = 0; i < N_MODELS; i++)
        total += l.weights[i] != 0 ? cost[i] : 0;
    bind(e, TEST);
    printf("  %-12s %6.0f us %11.4f %8.4f  ", limit, total, l.report.objective,
           score(e, ENSEMBLE_SCORE_LOG_LOSS, test));
    for (size_t i = 0; i < N_MODELS; i++)
        if (l.weights[i] != 0)
            printf(" %s", models[i].name);
    printf("\n");
    ensemble_destroy(e);
}

static void show_few(const struct npy_array *validation, const struct npy_array *test)
{
    char limit[32];

    printf("\nFew models: the best weights for log loss under a limit. Microseconds per image, assumed, not measured:\n"
           "tree %g, logistic %g, naive_bayes %g, knn %g, forest %g, svm %g.\n\n",
           cost[TREE], cost[LOGISTIC], cost[NAIVE_BAYES], cost[KNN], cost[FOREST], cost[SVM]);
    printf("  %-12s %9s %11s %8s   %s\n", "at most", "cost", "validation", "test", "models");
    for (size_t n = 1; n <= N_MODELS; n++) {
        snprintf(limit, sizeof limit, "%zu model%s", n, n > 1 ? "s" : "");
        print_few(limit, (struct ensemble_fit_options){.max_models = n}, validation, test);
    }
    for (size_t i = 0; i < N_BUDGETS; i++) {
        const struct ensemble_fit_options options = {.budget = budgets[i], .cost = cost, .n_costs = N_MODELS};

        snprintf(limit, sizeof limit, "%g us", budgets[i]);
        print_few(limit, options, validation, test);
    }
}

/* The result gets a temperature, by what the validation part says, and is scored before and after on the test part. */
static void print_calibrated(const char *name, struct ensemble *e, const struct npy_array *validation,
                             const struct npy_array *test)
{
    const struct ensemble_fit_options options = {.how = ENSEMBLE_FIT_NOTHING, .calibrate = ENSEMBLE_CALIBRATE_RESULT};
    struct learned l;
    double loss, error;

    bind(e, TEST);
    loss = score(e, ENSEMBLE_SCORE_LOG_LOSS, test);
    error = score(e, ENSEMBLE_SCORE_CALIBRATION_ERROR, test);
    MUST(ensemble_set_result(e, ENSEMBLE_RESULT_TEMPERED, 0));
    bind(e, VALIDATION);
    l = learn(e, options, validation);
    bind(e, TEST);
    printf("  %-18s %11.4f %12.4f %8.4f %18.4f %8.4f\n", name, l.report.temperature, loss,
           score(e, ENSEMBLE_SCORE_LOG_LOSS, test), error, score(e, ENSEMBLE_SCORE_CALIBRATION_ERROR, test));
}

static void show_calibrated(struct ensemble *learned, const struct npy_array *validation, const struct npy_array *test)
{
    struct ensemble *e = create(ENSEMBLE_MEAN);

    printf("\nCalibration: a temperature for the result, learned on the validation part, and the test part before and"
           " after\n\n"
           "  %-18s %11s %12s %8s %18s %8s\n",
           "", "temperature", "log loss", "after", "calibration error", "after");
    print_calibrated("plain mean", e, validation, test);
    print_calibrated("log loss", learned, validation, test);
    ensemble_destroy(e);
}

/* Both ensembles say the same, to the bit. */
static int are_same(struct ensemble *a, struct ensemble *b, size_t rows)
{
    const size_t count = rows * N_CLASSES;
    float *results[2] = {must_allocate(count, sizeof(float)), must_allocate(count, sizeof(float))};
    int same;

    MUST(ensemble_combine(a, results[0], ENSEMBLE_F32, count));
    MUST(ensemble_combine(b, results[1], ENSEMBLE_F32, count));
    same = memcmp(results[0], results[1], count * sizeof(float)) == 0;
    free(results[0]);
    free(results[1]);
    return same;
}

static void show_saved(struct ensemble *e, size_t rows)
{
    const size_t length = (size_t)MUST(ensemble_save(e, NULL, 0));
    char *text = must_allocate(length + 1, 1);
    struct ensemble *loaded;

    MUST(ensemble_save(e, text, length + 1));
    MUST(ensemble_load(&loaded, text, length, NULL));
    bind(e, TEST);
    bind(loaded, TEST);
    printf("\nThe last one, saved as text by ensemble_save, with names, weights and temperature, and loaded by\n"
           "ensemble_load, gives %zu x %d values: %s.\n",
           rows, N_CLASSES, are_same(e, loaded, rows) ? "the same bits" : "other bits, which must not be");
    ensemble_destroy(loaded);
    free(text);
}

void show_learned(const struct npy_array *validation, const struct npy_array *test)
{
    struct ensemble *learned[N_WAYS];

    printf("\nLearned weights: ensemble_fit on the %zu images of the validation part\n\n", validation->rows);
    show_weights(learned, validation);
    show_scores(learned, test);
    show_few(validation, test);
    show_calibrated(learned[LOG_LOSS], validation, test);
    show_saved(learned[LOG_LOSS], test->rows);
    for (size_t i = 0; i < N_WAYS; i++)
        ensemble_destroy(learned[i]);
}
