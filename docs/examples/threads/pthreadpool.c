/* SPDX-License-Identifier: MIT */
/*
 * Lends the loop of pthreadpool, the pool of XNNPACK and PyTorch: to a handle, and to one call.
 *
 *     cc pthreadpool.c $(pkg-config --cflags --libs ensemble) -lpthreadpool -pthread && ./a.out
 */
#define _POSIX_C_SOURCE 200809L

#include <ensemble.h>
#include <pthread.h>
#include <pthreadpool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MODELS = 3, ROWS = 1000, WIDTH = 1000, COUNT = ROWS * WIDTH, THREADS = 4 };

/* quote: pthreadpool */
static void pool_for(void *user, size_t n, void (*task)(void *context, size_t index), void *context)
{
    pthreadpool_parallelize_1d(user /* a pthreadpool_t */, task, context, n, 0);
}
/* quote: end */

/* The same loop, which also counts the pieces and the threads that they ran on. */
struct watched {
    pthreadpool_t pool;
    void (*task)(void *context, size_t index);
    void *context;
    pthread_mutex_t lock;
    pthread_t seen[THREADS];
    size_t pieces, threads;
};

static void watched_task(void *argument, size_t index)
{
    const struct timespec nap = {.tv_nsec = 100000};
    struct watched *w = argument;
    size_t t = 0;

    w->task(w->context, index);
    pthread_mutex_lock(&w->lock);
    w->pieces++;
    while (t < w->threads && !pthread_equal(w->seen[t], pthread_self()))
        t++;
    if (t == w->threads && t < THREADS)
        w->seen[w->threads++] = pthread_self();
    pthread_mutex_unlock(&w->lock);
    nanosleep(&nap, NULL); /* so that on one processor, too, the others get their turn */
}

static void watched_for(void *user, size_t n, void (*task)(void *context, size_t index), void *context)
{
    struct watched *w = user;

    w->task = task;
    w->context = context;
    w->pieces = w->threads = 0;
    pool_for(w->pool, n, watched_task, w);
}

static void must(int code)
{
    if (code >= 0)
        return;
    fprintf(stderr, "%s\n", ensemble_strerror(code));
    exit(1);
}

static float outputs[MODELS][COUNT], alone[COUNT], together[COUNT];

static void tell(const char *name, const struct watched *w)
{
    printf("%s: %s, %s\n", name, memcmp(alone, together, sizeof alone) == 0 ? "the same bits" : "other bits",
           w->pieces == 0   ? "not in pieces"
           : w->threads > 1 ? "in pieces on several threads"
                            : "in pieces on one thread");
    memset(together, 0, sizeof together);
}

int main(void)
{
    struct ensemble_call call = {.struct_size = sizeof call, .result = together, .result_count = COUNT};
    struct watched w = {.pool = pthreadpool_create(THREADS), .lock = PTHREAD_MUTEX_INITIALIZER};
    struct ensemble *e;

    if (w.pool == NULL)
        return 1;
    must(ensemble_create(&e, WIDTH));
    for (size_t i = 0; i < MODELS; i++) {
        for (size_t j = 0; j < COUNT; j++)
            outputs[i][j] = (float)((j * 7 + i * 13) % 101) / 101;
        must(ensemble_add_model_output(e, outputs[i], ENSEMBLE_F32, ROWS));
        must(ensemble_set_input(e, i, ENSEMBLE_LOGITS, 1));
    }
    must(ensemble_combine(e, alone, ENSEMBLE_F32, COUNT));

    must(ensemble_set_parallel(e, watched_for, &w)); /* pool_for and the pool, without the counting */
    must(ensemble_combine(e, together, ENSEMBLE_F32, COUNT));
    tell("lent to the handle", &w);

    must(ensemble_set_parallel(e, NULL, NULL));
    w.pieces = w.threads = 0;
    must(ensemble_combine(e, together, ENSEMBLE_F32, COUNT));
    tell("not lent", &w);

    call.dtype = ENSEMBLE_F32;
    call.parallel_for = watched_for;
    call.parallel_user = &w;
    must(ensemble_run(e, &call));
    tell("lent to a call", &w);

    ensemble_destroy(e);
    pthreadpool_destroy(w.pool);
    return 0;
}
