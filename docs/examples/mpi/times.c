/* SPDX-License-Identifier: MIT */
#include "times.h"

#include "models.h"
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MODELS = 8, WIDTH = 1000, TURNS = 21 };

struct job {
    MPI_Comm comm;
    int rank, ranks;
    size_t rows, begin, here; /* all rows; the part of this rank */
    float *said[MODELS];      /* every model's values: of all rows at rank 0 and for models here, else of those here */
    float *mine, *all;
    double *sum;
    struct ensemble *by_rows, *by_models, *whole;
};

static void must(int code)
{
    if (code >= 0)
        return;
    fprintf(stderr, "%s\n", ensemble_strerror(code));
    MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
}

static void *room(size_t n, size_t size)
{
    void *memory = malloc(n * size + 1);

    if (memory == NULL)
        MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
    memset(memory, 0, n * size + 1); /* pages that are there, before a clock runs */
    return memory;
}

static void bind(struct ensemble **e, const struct job *job, size_t first, size_t last, size_t rows)
{
    double weights[MODELS];

    must(ensemble_create(e, WIDTH));
    for (size_t i = first; i < last; i++) {
        must(ensemble_add_model_output(*e, job->said[i], ENSEMBLE_F32, rows));
        weights[i - first] = 1. / MODELS;
    }
    must(ensemble_set_weights(*e, weights, last - first));
}

static void set_up(struct job *job, size_t rows, MPI_Comm comm)
{
    size_t first, last;

    *job = (struct job){.comm = comm, .rows = rows};
    MPI_Comm_rank(comm, &job->rank);
    MPI_Comm_size(comm, &job->ranks);
    job->begin = part_begin(rows, job->rank, job->ranks);
    job->here = part_begin(rows, job->rank + 1, job->ranks) - job->begin;
    first = part_begin(MODELS, job->rank, job->ranks);
    last = part_begin(MODELS, job->rank + 1, job->ranks);
    for (size_t i = 0; i < MODELS; i++) {
        const size_t n = (job->rank == 0 || (first <= i && i < last) ? rows : job->here) * WIDTH;

        job->said[i] = room(n, sizeof(float));
        for (size_t j = 0; j < n; j++)
            job->said[i][j] = (float)(j % 101 + i) / 128;
    }
    job->mine = room(job->here * WIDTH, sizeof(float));
    job->all = room(job->rank == 0 ? rows * WIDTH : 0, sizeof(float));
    job->sum = room(job->rank == 0 ? rows * WIDTH : 0, sizeof(double));
    bind(&job->by_rows, job, 0, MODELS, job->here);
    bind(&job->by_models, job, first, last, rows);
    if (job->rank == 0)
        bind(&job->whole, job, 0, MODELS, rows);
}

static void tear_down(struct job *job)
{
    for (size_t i = 0; i < MODELS; i++)
        free(job->said[i]);
    free(job->mine);
    free(job->all);
    free(job->sum);
    ensemble_destroy(job->by_rows);
    ensemble_destroy(job->by_models);
    ensemble_destroy(job->whole);
}

/* All of it on one rank, while the others wait. */
static void one_rank(struct job *job)
{
    if (job->rank == 0)
        must(ensemble_combine(job->whole, job->all, ENSEMBLE_F32, job->rows * WIDTH));
}

/* Each rank has its rows, and keeps its part of the result. */
static void rows_stay(struct job *job)
{
    must(ensemble_combine(job->by_rows, job->mine, ENSEMBLE_F32, job->here * WIDTH));
}

/* Each rank has its rows, and rank 0 gets the result. */
static void rows_gathered(struct job *job)
{
    must(gather_rows(job->by_rows, job->here, ENSEMBLE_F32, job->mine, job->all, job->comm));
}

/* Rank 0 has all rows: it sends them out first. */
static void rows_sent(struct job *job)
{
    MPI_Datatype row;

    MPI_Type_contiguous(WIDTH, MPI_FLOAT, &row);
    MPI_Type_commit(&row);
    for (int r = 1; r < job->ranks; r++) {
        const size_t begin = part_begin(job->rows, r, job->ranks), end = part_begin(job->rows, r + 1, job->ranks);

        for (int i = 0; i < MODELS; i++) {
            if (job->rank == 0)
                MPI_Send(job->said[i] + begin * WIDTH, (int)(end - begin), row, r, i, job->comm);
            else if (job->rank == r)
                MPI_Recv(job->said[i], (int)job->here, row, 0, i, job->comm, MPI_STATUS_IGNORE);
        }
    }
    MPI_Type_free(&row);
    rows_gathered(job);
}

/* Each rank has its models, and rank 0 gets the sums, in double. */
static void models_reduced(struct job *job)
{
    must(reduce_models(job->by_models, job->rows, WIDTH, 0, 0, job->sum, job->comm));
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The median over the turns, in seconds; at rank 0. */
static double time_of(void (*way)(struct job *), struct job *job)
{
    double seconds[TURNS];

    way(job);
    for (int t = 0; t < TURNS; t++) {
        double begin;

        MPI_Barrier(job->comm);
        begin = MPI_Wtime();
        way(job);
        seconds[t] = MPI_Wtime() - begin;
    }
    MPI_Allreduce(MPI_IN_PLACE, seconds, TURNS, MPI_DOUBLE, MPI_MAX, job->comm);
    qsort(seconds, TURNS, sizeof *seconds, compare);
    return seconds[TURNS / 2];
}

void print_times(MPI_Comm comm)
{
    static const size_t rows[] = {32, 1024, 16000};
    static const struct {
        const char *name;
        void (*way)(struct job *);
    } ways[] = {{"one rank", one_rank},
                {"rows, stay", rows_stay},
                {"rows, gathered", rows_gathered},
                {"rows, sent first", rows_sent},
                {"models, reduced", models_reduced}};
    enum { SIZES = sizeof rows / sizeof *rows, WAYS = sizeof ways / sizeof *ways };
    int rank, ranks;

    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &ranks);
    if (rank == 0)
        printf("%d ranks, %d models of float, ms\n%-22s", ranks, MODELS, "rows x width");
    for (size_t w = 0; rank == 0 && w < WAYS; w++)
        printf(" %16s", ways[w].name);
    for (size_t s = 0; s < SIZES; s++) {
        struct job job;

        set_up(&job, rows[s], comm);
        if (rank == 0)
            printf("\n%10zu x %-9d", rows[s], WIDTH);
        for (size_t w = 0; w < WAYS; w++) {
            const double seconds = time_of(ways[w].way, &job);

            if (rank == 0)
                printf(" %16.3f", seconds * 1e3);
        }
        tear_down(&job);
    }
    if (rank == 0)
        printf("\n");
}
