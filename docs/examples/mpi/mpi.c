/* SPDX-License-Identifier: MIT */
/*
 * Six classifiers of digits, combined by several ranks of MPI.
 *
 *     mpirun -n 4 mpi DIRECTORY      the files of docs/examples/digits
 *     mpirun -n 2 mpi time           how long it takes
 */
#include "models.h"
#include "npy.h"
#include "rows.h"
#include "times.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MODELS = 6, SVM = 4, CLASSES = 10 };

static const char *const names[MODELS] = {"logistic", "naive_bayes", "forest", "knn", "svm", "tree"};

static _Noreturn void fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
    abort();
}

static int must(int code, const char *call)
{
    if (code < 0)
        fail(call, ensemble_strerror(code));
    return code;
}

#define MUST(call) must((call), #call)

static struct npy_array read_file(const char *directory, const char *name)
{
    struct npy_array array;
    char path[4096];
    const char *error;

    snprintf(path, sizeof path, "%s/%s.test.npy", directory, name);
    error = npy_read(&array, path);
    if (error != NULL)
        fail(path, error);
    return array;
}

/* What all ranks read here, so that rank 0 can compare; with data of your own, each reads its part. */
struct digits {
    struct npy_array said[MODELS], labels;
    size_t rows;
    float *one_process; /* rows x CLASSES */
    double *one_process64, *result64;
};

static void *room(size_t n, size_t size)
{
    void *memory = calloc(n + 1, size);

    if (memory == NULL)
        fail("calloc", "out of memory");
    return memory;
}

static struct digits read_digits(const char *directory)
{
    struct digits d;

    for (size_t i = 0; i < MODELS; i++)
        d.said[i] = read_file(directory, names[i]);
    d.labels = read_file(directory, "labels");
    d.rows = d.labels.rows;
    d.one_process = room(d.rows * CLASSES, sizeof *d.one_process);
    d.one_process64 = room(d.rows * CLASSES, sizeof *d.one_process64);
    d.result64 = room(d.rows * CLASSES, sizeof *d.result64);
    return d;
}

static void free_digits(struct digits *d)
{
    for (size_t i = 0; i < MODELS; i++)
        npy_free(&d->said[i]);
    npy_free(&d->labels);
    free(d->one_process);
    free(d->one_process64);
    free(d->result64);
}

/* Rows on several ranks. Rank 0 defines the ensemble, here a median, and the others get its definition. */
static void show_rows(struct digits *d, int rank, int ranks)
{
    const size_t begin = part_begin(d->rows, rank, ranks), here = part_begin(d->rows, rank + 1, ranks) - begin;
    float *mine = room(here * CLASSES, sizeof *mine), *all = room(d->rows * CLASSES, sizeof *all);
    struct ensemble *e = NULL;

    if (rank == 0) {
        MUST(ensemble_create(&e, CLASSES));
        for (size_t i = 0; i < MODELS; i++)
            MUST(ensemble_add_model_output(e, d->said[i].f4, ENSEMBLE_F32, d->rows));
        MUST(ensemble_set_method(e, ENSEMBLE_MEDIAN));
        MUST(ensemble_combine(e, d->one_process, ENSEMBLE_F32, d->rows * CLASSES));
    }
    MUST(share_ensemble(&e, MPI_COMM_WORLD));
    for (size_t i = 0; i < MODELS; i++)
        MUST(ensemble_set_model_output(e, i, d->said[i].f4 + begin * CLASSES, ENSEMBLE_F32, here, 0));
    MUST(gather_rows(e, here, ENSEMBLE_F32, mine, all, MPI_COMM_WORLD));
    if (rank == 0)
        printf("rows, median of six: %s\n", memcmp(all, d->one_process, d->rows * CLASSES * sizeof *all) == 0 ?
               "the bits of one process" : "other bits");
    ensemble_destroy(e);
    free(mine);
    free(all);
}

/* Models from `begin` to before `end`, all of them with the weight 1/6, and the one called `missing` without output. */
static struct ensemble *sum_of(const struct digits *d, size_t begin, size_t end, size_t missing, double *before)
{
    double weights[MODELS + 1] = {1};
    size_t n = 0;
    struct ensemble *e;

    MUST(ensemble_create(&e, CLASSES));
    if (before != NULL)
        n = 1 + (size_t)MUST(ensemble_add_model_output(e, before, ENSEMBLE_F64, d->rows));
    for (size_t i = begin; i < end; i++) {
        MUST(ensemble_add_model_output(e, i == missing ? NULL : d->said[i].f4, ENSEMBLE_F32, d->rows));
        weights[n++] = 1. / MODELS;
    }
    MUST(ensemble_set_weights(e, weights, n));
    MUST(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_MISSING, 0));
    return e;
}

static void compare(struct digits *d, const char *what)
{
    double largest = 0;
    size_t right = 0;

    for (size_t r = 0; r < d->rows; r++) {
        const double *y = d->result64 + r * CLASSES;
        int32_t label = 0;

        for (int32_t j = 0; j < CLASSES; j++) {
            largest = fmax(largest, fabs(y[j] - d->one_process64[r * CLASSES + (size_t)j]));
            label = y[j] > y[label] ? j : label;
        }
        right += label == d->labels.i4[r];
    }
    printf("%s: accuracy %.4f, at most %.1e from one process\n", what, (double)right / (double)d->rows, largest);
}

/* Models on several ranks, and partial sums that are added. */
static void show_models(struct digits *d, int rank, int ranks, size_t missing, const char *what)
{
    const size_t begin = part_begin(MODELS, rank, ranks), end = part_begin(MODELS, rank + 1, ranks);
    struct ensemble *part = begin == end ? NULL : sum_of(d, begin, end, missing, NULL);

    MUST(reduce_models(part, d->rows, CLASSES, ENSEMBLE_LEAVE_OUT_MISSING, 0, d->result64, MPI_COMM_WORLD));
    ensemble_destroy(part);
    if (rank != 0)
        return;
    part = sum_of(d, 0, MODELS, missing, NULL);
    MUST(ensemble_combine(part, d->one_process64, ENSEMBLE_F64, d->rows * CLASSES));
    ensemble_destroy(part);
    compare(d, what);
}

/* Models on several ranks, and a sum that goes from one to the next. */
static void show_chain(struct digits *d, int rank, int ranks)
{
    const size_t begin = part_begin(MODELS, rank, ranks), end = part_begin(MODELS, rank + 1, ranks);
    struct ensemble *part = sum_of(d, begin, end, MODELS, rank == 0 ? NULL : d->result64);

    MUST(chain_models(part, d->rows, CLASSES, d->result64, MPI_COMM_WORLD));
    ensemble_destroy(part);
    if (rank + 1 < ranks)
        return;
    part = sum_of(d, 0, MODELS, MODELS, NULL);
    MUST(ensemble_combine(part, d->one_process64, ENSEMBLE_F64, d->rows * CLASSES));
    ensemble_destroy(part);
    compare(d, "models, in a chain");
}

int main(int count, char **arguments)
{
    int rank, ranks;

    MPI_Init(&count, &arguments);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    if (count != 2)
        fail("usage", "mpi DIRECTORY, or mpi time");
    if (strcmp(arguments[1], "time") == 0) {
        print_times(MPI_COMM_WORLD);
    } else {
        struct digits d = read_digits(arguments[1]);

        show_rows(&d, rank, ranks);
        show_models(&d, rank, ranks, MODELS, "models, all six");
        show_models(&d, rank, ranks, SVM, "models, without svm");
        show_chain(&d, rank, ranks);
        free_digits(&d);
    }
    MPI_Finalize();
    return 0;
}
