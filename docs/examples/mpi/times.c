/* SPDX-License-Identifier: MIT */
#include "times.h"

#include "models.h"
#include "rows.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MODELS = 8, WIDTH = 1000, TURNS = 31 };

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

/* Half of the turns of a loop, in a thread that is made for them. */
struct half {
    void (*task)(void *context, size_t index);
    void *context;
    size_t begin, end;
};

static void *do_half(void *argument)
{
    const struct half *half = argument;

    for (size_t i = half->begin; i < half->end; i++)
        half->task(half->context, i);
    return NULL;
}

static void two_at_once(void *user, size_t n, void (*task)(void *context, size_t index), void *context)
{
    struct half first = {task, context, 0, n / 2}, second = {task, context, n / 2, n};
    pthread_t thread;
    const int error = pthread_create(&thread, NULL, do_half, &second);

    (void)user;
    do_half(&first);
    if (error == 0)
        pthread_join(thread, NULL); /* and if there is none, the library does what is left */
}

/* The same with a second thread, as docs/threads.md says. */
static void two_threads(struct job *job)
{
    if (job->rank != 0)
        return;
    must(ensemble_set_parallel(job->whole, two_at_once, NULL));
    one_rank(job);
    must(ensemble_set_parallel(job->whole, NULL, NULL));
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

/* Rank 0 has all rows, and sends the others their parts: what is to be done first, then. */
static void inputs_sent(struct job *job)
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
}

/* Each rank has its models, and rank 0 gets the sums, in double. */
static void models_reduced(struct job *job)
{
    must(reduce_models(job->by_models, job->rows, WIDTH, 0, 0, job->sum, job->comm));
}

static const struct {
    const char *name;
    void (*way)(struct job *);
} ways[] = {{"one rank", one_rank},         {"two threads", two_threads}, {"rows, stay", rows_stay},
            {"rows, gathered", rows_gathered}, {"inputs sent", inputs_sent}, {"models, reduced", models_reduced}};

enum { WAYS = sizeof ways / sizeof *ways };

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* One turn, in seconds: from when all are ready to when the last one is. */
static double time_of(void (*way)(struct job *), struct job *job)
{
    double seconds;

    MPI_Barrier(job->comm);
    seconds = MPI_Wtime();
    way(job);
    seconds = MPI_Wtime() - seconds;
    MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_MAX, job->comm);
    return seconds;
}

/* The ways take turns, so that what else the machine does meets them all. */
static void time_size(struct job *job)
{
    double seconds[WAYS][TURNS];

    for (size_t w = 0; w < WAYS; w++)
        ways[w].way(job);
    for (size_t t = 0; t < TURNS; t++)
        for (size_t w = 0; w < WAYS; w++)
            seconds[w][t] = time_of(ways[w].way, job);
    for (size_t w = 0; w < WAYS && job->rank == 0; w++) {
        qsort(seconds[w], TURNS, sizeof *seconds[w], compare);
        printf("%7zu x %d  %-16s %9.3f %9.3f %9.3f\n", job->rows, WIDTH, ways[w].name, seconds[w][TURNS / 4] * 1e3,
               seconds[w][TURNS / 2] * 1e3, seconds[w][TURNS - 1 - TURNS / 4] * 1e3);
    }
}

void print_times(MPI_Comm comm)
{
    static const size_t rows[] = {32, 1024, 16000};
    int rank, ranks;

    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &ranks);
    if (rank == 0)
        printf("%d ranks, %d models of float; ms: quartile, median, quartile\n", ranks, MODELS);
    for (size_t s = 0; s < sizeof rows / sizeof *rows; s++) {
        struct job job;

        set_up(&job, rows[s], comm);
        time_size(&job);
        tear_down(&job);
    }
}
