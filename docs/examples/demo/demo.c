/* SPDX-License-Identifier: MIT */
/*
 * What libensemble does, in three steps: three models with three values each; six classifiers of handwritten digits and
 * what a mean makes of them; and how long that takes.
 *
 *     demo DIRECTORY           the files of docs/examples/digits
 */
#define _POSIX_C_SOURCE 200112L /* clock_gettime */

#include "npy.h"

#include <ensemble.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define N_CLASSES 10
#define N_RUNS 1001

struct model {
    const char *name;
    double weight; /* in the weighted mean */
    struct npy_array said;
};

static struct model models[] = {
    {"logistic", 2, {0}}, {"naive_bayes", 1, {0}}, {"forest", 1, {0}},
    {"knn", 2, {0}},      {"svm", 3, {0}},         {"tree", 1, {0}},
};

#define N_MODELS (sizeof models / sizeof models[0])

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "demo: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

/* Every call of the library may fail, and says why. Successful ones return 0, or the index of a model. */
static int must(int result, const char *call)
{
    if (result < 0)
        fail(call, ensemble_strerror(result));
    return result;
}

#define MUST(call) must((call), #call)

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

static struct npy_array load(const char *directory, const char *name)
{
    struct npy_array array;
    const char *error;
    char path[1024];

    if (snprintf(path, sizeof path, "%s/%s.test.npy", directory, name) >= (int)sizeof path)
        fail(directory, "the name is too long");
    error = npy_read(&array, path);
    if (error)
        fail(path, error);
    return array;
}

/* Reads what the models said, and the digits that are true. */
static struct npy_array load_all(const char *directory)
{
    struct npy_array labels = load(directory, "labels");

    if (labels.i4 == NULL || labels.dimensions != 1 || labels.rows == 0)
        fail("labels", "not a list of int32");
    for (size_t row = 0; row < labels.rows; row++)
        if (labels.i4[row] < 0 || labels.i4[row] >= N_CLASSES)
            fail("labels", "not a digit");
    for (size_t i = 0; i < N_MODELS; i++) {
        const struct npy_array said = load(directory, models[i].name);

        models[i].said = said;
        if (said.f4 == NULL || said.dimensions != 2 || said.rows != labels.rows || said.columns != N_CLASSES)
            fail(models[i].name, "not a matrix of float32, one row for each label and one column for each digit");
    }
    return labels;
}

/* The most probable class; of several, the first. */
static int32_t arg_max(const float *row)
{
    int32_t best = 0;

    for (int32_t k = 1; k < N_CLASSES; k++)
        if (row[k] > row[best])
            best = k;
    return best;
}

/* A line of the table: how often the most probable digit is the true one, and how improbable the true ones were. */
static void print_score(const char *name, const float *probabilities, const struct npy_array *labels)
{
    size_t correct = 0;
    double loss = 0;

    for (size_t row = 0; row < labels->rows; row++) {
        const float *p = probabilities + row * N_CLASSES;
        const int32_t label = labels->i4[row];

        correct += arg_max(p) == label;
        loss -= log(p[label] > 1e-12 ? p[label] : 1e-12); /* of 0 it would be infinite */
    }
    printf("  %-28s %8.4f %9.4f\n", name, (double)correct / (double)labels->rows, loss / (double)labels->rows);
}

/* An ensemble of all models, which borrows their outputs. By default its mean gives every model the same weight. */
static struct ensemble *create_mean(void)
{
    struct ensemble *e;

    MUST(ensemble_create(&e, N_CLASSES));
    MUST(ensemble_set_method(e, ENSEMBLE_MEAN));
    for (size_t i = 0; i < N_MODELS; i++)
        MUST(ensemble_add_model_output(e, models[i].said.f4, ENSEMBLE_F32, models[i].said.rows));
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

/* The models one by one, and their means. */
static void show_digits(struct ensemble *e, float *result, const struct npy_array *labels)
{
    double weights[N_MODELS];

    printf("\nHandwritten digits: %zu images, %zu classifiers\n\n", labels->rows, N_MODELS);
    printf("  %-28s %8s %9s\n", "", "accuracy", "log loss");
    for (size_t i = 0; i < N_MODELS; i++) {
        weights[i] = models[i].weight;
        print_score(models[i].name, models[i].said.f4, labels);
    }
    combine(e, result, labels->rows);
    print_score("mean", result, labels);

    MUST(ensemble_set_weights(e, weights, N_MODELS));
    combine(e, result, labels->rows);
    print_score("weighted mean, 2 1 1 2 3 1", result, labels);
    printf("\n  Accuracy: the most probable digit counts; of equally probable ones, the lowest.\n"
           "  Log loss: probabilities below 1e-12 count as 1e-12.\n");
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
static void show_time(const struct ensemble *e, float *result, size_t rows)
{
    const double bytes = (double)(N_MODELS * rows * N_CLASSES * sizeof(float));
    double times[N_RUNS];

    for (size_t run = 0; run < N_RUNS; run++) {
        const double start = nanoseconds();

        MUST(ensemble_combine(e, result, ENSEMBLE_F32, rows * N_CLASSES));
        times[run] = nanoseconds() - start;
    }
    qsort(times, N_RUNS, sizeof times[0], compare_doubles);
    printf("\nTime: %.0f ns for one combine of %zu models, %zu x %d values each, with %s: %.1f GB/s of input\n"
           "(median of %d runs, data in the caches)\n",
           times[N_RUNS / 2], N_MODELS, rows, N_CLASSES, ensemble_isa(e), bytes / times[N_RUNS / 2], N_RUNS);
}

int main(int argc, char **argv)
{
    struct npy_array labels;
    struct ensemble *e;
    float *result;

    if (argc != 2) {
        fprintf(stderr, "usage: demo DIRECTORY\n");
        return EXIT_FAILURE;
    }
    show_weighted_sum();

    labels = load_all(argv[1]);
    result = malloc(labels.rows * N_CLASSES * sizeof *result);
    if (result == NULL)
        fail("result", "out of memory");
    e = create_mean();
    show_digits(e, result, &labels);
    show_time(e, result, labels.rows);

    ensemble_destroy(e);
    free(result);
    npy_free(&labels);
    for (size_t i = 0; i < N_MODELS; i++)
        npy_free(&models[i].said);
    return ferror(stdout) || fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
