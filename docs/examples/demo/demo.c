/* SPDX-License-Identifier: MIT */
/*
 * What libensemble does, in seven steps: three models with three values each; six classifiers of handwritten digits and
 * what every method makes of them; the same when a model is missing; how sure, how contested and why, for three images;
 * how many runs of a model are saved by stopping when nothing can change any more; weights that are learned; and how
 * long combining takes.
 *
 *     demo DIRECTORY           the files of docs/examples/digits
 */
#define _POSIX_C_SOURCE 200112L /* clock_gettime */

#include "digits.h"
#include "learn.h"
#include "must.h"
#include "npy.h"
#include "report.h"
#include "settled.h"

#include <ensemble.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define N_RUNS 1001

/* A way to make one answer of those of the models. */
struct combination {
    const char *name;
    int32_t method;
    enum { EQUAL, WEIGHTED } weights;
    int32_t parameter; /* of the method; 0: none is set */
    double value;      /* of the parameter */
    int timed;         /* whether the last part of the demo measures it */
};

static const struct combination combinations[] = {
    {"mean", ENSEMBLE_MEAN, EQUAL, 0, 0, 1},
    {"weighted mean, 2 1 1 2 3 1", ENSEMBLE_MEAN, WEIGHTED, 0, 0, 0},
    {"quadratic mean", ENSEMBLE_POWER, EQUAL, ENSEMBLE_EXPONENT, 2, 0},
    {"median", ENSEMBLE_MEDIAN, EQUAL, 0, 0, 1},
    {"trimmed mean, trim .2", ENSEMBLE_TRIMMED, EQUAL, ENSEMBLE_TRIM, .2, 0}, /* of six: one at each end is dropped */
    {"majority vote", ENSEMBLE_VOTE, EQUAL, 0, 0, 0},
    {"weighted vote, 2 1 1 2 3 1", ENSEMBLE_VOTE, WEIGHTED, 0, 0, 0},
    {"mean rank", ENSEMBLE_RANK, EQUAL, 0, 0, 0},
    {"max", ENSEMBLE_MAX, EQUAL, 0, 0, 0},
    {"logarithmic pool, floor 1e-4", ENSEMBLE_LOG_POOL, EQUAL, ENSEMBLE_FLOOR, 1e-4, 1},
    {"logarithmic pool", ENSEMBLE_LOG_POOL, EQUAL, 0, 0, 0},
    {"geometric mean", ENSEMBLE_GEOMETRIC, EQUAL, 0, 0, 0},
    {"harmonic mean", ENSEMBLE_HARMONIC, EQUAL, 0, 0, 0},
    {"product", ENSEMBLE_PRODUCT, EQUAL, 0, 0, 0},
    {"min", ENSEMBLE_MIN, EQUAL, 0, 0, 0},
};

#define N_COMBINATIONS (sizeof combinations / sizeof combinations[0])

/* Three models, one row of three values each, and a weighted sum. */
static void show_weighted_sum(void)
{
    const float a[] = {1, 2, 3}, b[] = {4, 5, 6}, c[] = {7, 8, 9};
    const double weights[] = {.3, .4, .3};
    float y[3];
    struct ensemble *e;

    MUST(ensemble_create(&e, 3));
    MUST(ensemble_add_model_output(e, a, ENSEMBLE_F32, 1));
    MUST(ensemble_add_model_output(e, b, ENSEMBLE_F32, 1));
    MUST(ensemble_add_model_output(e, c, ENSEMBLE_F32, 1));
    MUST(ensemble_set_weights(e, weights, 3));
    MUST(ensemble_combine(e, y, ENSEMBLE_F32, 3));
    ensemble_destroy(e);

    printf("Weighted sum: (1, 2, 3), (4, 5, 6), (7, 8, 9) with the weights .3, .4, .3 make %g %g %g\n", y[0], y[1],
           y[2]);
}

/*
 * A line of the table: how often the most probable digit is the true one, how improbable the true ones were, and in how
 * many rows there is no answer. `said` is judged in the first, `probabilities` (NULL: there are none) in the second.
 */
static void print_score(const char *name, const float *said, const float *probabilities, const struct npy_array *labels)
{
    const double rows = (double)labels->rows;
    size_t correct = 0, no_answer = 0;
    double loss = 0;

    for (size_t row = 0; row < labels->rows; row++) {
        const float *y = said + row * N_CLASSES;
        const int32_t label = labels->i4[row], best = arg_max(y);

        correct += best == label;
        no_answer += best < 0 || y[best] == 0;
        if (probabilities) {
            const float p = probabilities[row * N_CLASSES + (size_t)label];

            loss -= log(p > 1e-12 ? p : 1e-12); /* 1e-12 also for a NaN */
        }
    }
    if (probabilities)
        printf("  %-30s %8.4f %9.4f %10zu\n", name, (double)correct / rows, loss / rows, no_answer);
    else
        printf("  %-30s %8.4f %9s %10zu\n", name, (double)correct / rows, "", no_answer);
}

/* An ensemble of all models, which borrows their outputs. By default they all have the same weight. */
static struct ensemble *create_ensemble(const struct combination *combination)
{
    struct ensemble *e;

    MUST(ensemble_create(&e, N_CLASSES));
    MUST(ensemble_set_method(e, combination->method));
    if (combination->parameter)
        MUST(ensemble_set_parameter(e, combination->parameter, combination->value));
    for (size_t i = 0; i < N_MODELS; i++)
        MUST(ensemble_add_model_output(e, models[i].said.f4, ENSEMBLE_F32, models[i].said.rows));
    if (combination->weights == WEIGHTED) {
        double weights[N_MODELS];

        for (size_t i = 0; i < N_MODELS; i++)
            weights[i] = models[i].weight;
        MUST(ensemble_set_weights(e, weights, N_MODELS));
    }
    return e;
}

static void combine(const struct ensemble *e, float *result, size_t rows)
{
    char message[128];

    /* Not needed, but where something is wrong this names the model and the shape. */
    if (ensemble_check(e, message, sizeof message) < 0)
        fail("ensemble_check", message);
    MUST(ensemble_combine(e, result, ENSEMBLE_F32, rows * N_CLASSES));
}

static float *new_result(size_t rows)
{
    return must_allocate(rows * N_CLASSES, sizeof(float));
}

/* Combines twice: into what the method says, and into rows that sum to 1. */
static void print_combined(const char *name, struct ensemble *e, int has_probabilities, const struct npy_array *labels)
{
    float *said = new_result(labels->rows), *probabilities = new_result(labels->rows);

    combine(e, said, labels->rows);
    MUST(ensemble_set_result(e, ENSEMBLE_RESULT_NORMALISED, 0));
    combine(e, probabilities, labels->rows);
    print_score(name, said, has_probabilities ? probabilities : NULL, labels);
    free(said);
    free(probabilities);
}

/* The models one by one, and their combinations. */
static void show_digits(const struct npy_array *labels)
{
    printf("\nHandwritten digits: %zu images, %d classifiers\n\n", labels->rows, N_MODELS);
    printf("  %-30s %8s %9s %10s\n", "", "accuracy", "log loss", "no answer");
    for (size_t i = 0; i < N_MODELS; i++)
        print_score(models[i].name, models[i].said.f4, models[i].said.f4, labels);
    printf("\n");
    for (size_t i = 0; i < N_COMBINATIONS; i++) {
        struct ensemble *e = create_ensemble(&combinations[i]);

        print_combined(combinations[i].name, e, combinations[i].method != ENSEMBLE_RANK, labels);
        ensemble_destroy(e);
    }
    printf("\n"
           "  Accuracy: the digit with the largest value counts; of several, the lowest.\n"
           "  Log loss: of rows divided by their sum, by ENSEMBLE_RESULT_NORMALISED; probabilities below 1e-12 count\n"
           "    as 1e-12. Mean ranks are no probabilities.\n"
           "  No answer: rows in which every digit has probability 0 from some model. Without a floor, the\n"
           "    logarithmic pool is NaN there, and counts as wrong. Geometric and harmonic mean, product and min\n"
           "    say 0 of each digit, so the lowest counts, right or wrong. In log loss all of these count as 1e-12.\n");
}

/* The same mean without the best model: an error, unless the program says that the others may speak for it. */
static void show_missing(const struct npy_array *labels)
{
    struct ensemble *e = create_ensemble(&combinations[0]);
    char message[128];

    MUST(ensemble_set_model_output(e, SVM, NULL, ENSEMBLE_F32, labels->rows, 0));
    if (ensemble_check(e, message, sizeof message) == ENSEMBLE_EMISSING)
        printf("\nA model is missing: \"%s\", says ensemble_check.\n"
               "The mean without it (%s, the best one), by ENSEMBLE_LEAVE_OUT_MISSING:\n\n",
               message, models[SVM].name);

    /* Left out, as long as at least half of the weight is there. */
    MUST(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_MISSING, .5));
    print_combined("mean of the others", e, 1, labels);
    ensemble_destroy(e);
}

static double nanoseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The median of many runs, in which the data comes from the processor's caches. */
static void print_time(const struct combination *combination, float *result, size_t rows)
{
    const double bytes = (double)(rows * N_MODELS * N_CLASSES * sizeof(float));
    struct ensemble *e = create_ensemble(combination);
    double times[N_RUNS];

    for (size_t run = 0; run < N_RUNS; run++) {
        const double start = nanoseconds();

        MUST(ensemble_combine(e, result, ENSEMBLE_F32, rows * N_CLASSES));
        times[run] = nanoseconds() - start;
    }
    ensemble_destroy(e);
    qsort(times, N_RUNS, sizeof times[0], compare_doubles);
    printf("  %-30s %8.0f ns %7.1f GB/s of input\n", combination->name, times[N_RUNS / 2], bytes / times[N_RUNS / 2]);
}

static void show_time(size_t rows)
{
    struct ensemble *e = create_ensemble(&combinations[0]);
    float *result = new_result(rows);

    printf("\nTime of one combine of %d models, %zu x %d values each, with %s\n"
           "(median of %d runs, data in the caches)\n\n",
           N_MODELS, rows, N_CLASSES, ensemble_isa(e), N_RUNS);
    for (size_t i = 0; i < N_COMBINATIONS; i++)
        if (combinations[i].timed)
            print_time(&combinations[i], result, rows);
    free(result);
    ensemble_destroy(e);
}

int main(int argc, char **argv)
{
    struct npy_array labels, validation;

    if (argc != 2) {
        fprintf(stderr, "usage: demo DIRECTORY\n");
        return EXIT_FAILURE;
    }
    show_weighted_sum();

    labels = load_digits(argv[1], TEST);
    validation = load_digits(argv[1], VALIDATION);
    show_digits(&labels);
    show_missing(&labels);
    show_report(&labels);
    show_settled(&labels);
    show_learned(&validation, &labels);
    show_time(labels.rows);

    free_digits(&labels, TEST);
    free_digits(&validation, VALIDATION);
    return ferror(stdout) || fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
