/* SPDX-License-Identifier: MIT */
/*
 * Loops to lend to ensemble_set_parallel(): one of OpenMP and one of plain pthreads, both beside one thread.
 *
 *     cc -fopenmp loops.c $(pkg-config --cflags --libs ensemble) -pthread && ./a.out
 */
#define _POSIX_C_SOURCE 200809L

#include <ensemble.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void task_function(void *context, size_t index);

/* OpenMP: the pool is the compiler's. */
/* quote: openmp */
static void openmp_for(void *user, size_t n, void (*task)(void *context, size_t index), void *context)
{
    (void)user;
#pragma omp parallel for
    for (size_t i = 0; i < n; i++)
        task(context, i);
}
/* quote: end */

/* pthreads, made for each call: simple, and right where a call takes milliseconds. A server has a pool that waits. */
struct share {
    pthread_t thread;
    task_function *task;
    void *context;
    size_t begin, end;
};

static void *do_share(void *argument)
{
    const struct share *share = argument;

    for (size_t i = share->begin; i < share->end; i++)
        share->task(share->context, i);
    return NULL;
}

static void pthreads_for(void *user, size_t n, task_function *task, void *context)
{
    const size_t threads = *(const size_t *)user;
    struct share share[16];
    size_t started = 0;

    for (size_t t = 0; t < threads; t++) {
        share[t] = (struct share){.task = task, .context = context, .begin = n * t / threads,
                                  .end = n * (t + 1) / threads};
        if (t + 1 == threads || pthread_create(&share[t].thread, NULL, do_share, &share[t]) != 0)
            break; /* turns that nobody takes are taken by the library, in this thread */
        started++;
    }
    if (started + 1 == threads)
        do_share(&share[started]);
    for (size_t t = 0; t < started; t++)
        pthread_join(share[t].thread, NULL);
}

static void must(int code)
{
    if (code >= 0)
        return;
    fprintf(stderr, "%s\n", ensemble_strerror(code));
    exit(1);
}

int main(void)
{
    enum { MODELS = 3, COUNT = 1000000 };
    static float outputs[MODELS][COUNT], alone[COUNT], together[COUNT];
    size_t threads = 4;
    struct ensemble *e;

    must(ensemble_create(&e, COUNT));
    for (size_t i = 0; i < MODELS; i++) {
        for (size_t j = 0; j < COUNT; j++)
            outputs[i][j] = (float)((j * 7 + i * 13) % 101) / 101;
        must(ensemble_add_model_output(e, outputs[i], ENSEMBLE_F32, 1));
    }
    must(ensemble_combine(e, alone, ENSEMBLE_F32, COUNT));

    must(ensemble_set_parallel(e, openmp_for, NULL));
    must(ensemble_combine(e, together, ENSEMBLE_F32, COUNT));
    printf("openmp: %s\n", memcmp(alone, together, sizeof alone) == 0 ? "the same bits" : "other bits");

    memset(together, 0, sizeof together);
    must(ensemble_set_parallel(e, pthreads_for, &threads));
    must(ensemble_combine(e, together, ENSEMBLE_F32, COUNT));
    printf("pthreads: %s\n", memcmp(alone, together, sizeof alone) == 0 ? "the same bits" : "other bits");

    ensemble_destroy(e);
    return 0;
}
