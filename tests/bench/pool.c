/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* clock_gettime */

#include "pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

/* How long a thread without work stays awake. */
static const long awake_ns = 50000;

struct pool {
    size_t threads;
    pthread_t *thread;
    pthread_mutex_t lock;
    pthread_cond_t more; /* jobs, or the end */
    atomic_int end;

    /* The number of the job in the upper half, which of its turns is next in the lower one. */
    _Atomic uint64_t next;
    atomic_size_t done; /* turns */
    void (*task)(void *context, size_t index);
    void *context;
    size_t n;
};

static void pause_a_moment(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

/* Turns of a job, as long as it is the current one and has some. */
static void take_turns(struct pool *pool, uint64_t job)
{
    uint64_t next = atomic_load(&pool->next);

    while (next >> 32 == job && (uint32_t)next < pool->n) {
        if (!atomic_compare_exchange_weak(&pool->next, &next, next + 1))
            continue;
        pool->task(pool->context, (uint32_t)next);
        atomic_fetch_add(&pool->done, 1);
        next = atomic_load(&pool->next);
    }
}

static long now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1000000000L * t.tv_sec + t.tv_nsec;
}

static uint64_t job_of(struct pool *pool)
{
    return atomic_load(&pool->next) >> 32;
}

/* Until there is another job than `seen`; returns it. */
static uint64_t await(struct pool *pool, uint64_t seen)
{
    const long since = now_ns();

    while (job_of(pool) == seen && now_ns() - since < awake_ns)
        for (int i = 0; i < 16; i++)
            pause_a_moment();
    if (job_of(pool) == seen) {
        pthread_mutex_lock(&pool->lock);
        while (job_of(pool) == seen)
            pthread_cond_wait(&pool->more, &pool->lock);
        pthread_mutex_unlock(&pool->lock);
    }
    return job_of(pool);
}

static void *work(void *argument)
{
    struct pool *pool = argument;

    for (uint64_t job = 0; !atomic_load(&pool->end);) {
        job = await(pool, job);
        take_turns(pool, job);
    }
    return NULL;
}

/* Another job, which begins with turn `first`. Returns its number. */
static uint64_t call(struct pool *pool, size_t first)
{
    const uint64_t job = job_of(pool) + 1;

    pthread_mutex_lock(&pool->lock);
    atomic_store(&pool->next, job << 32 | (uint32_t)first);
    pthread_cond_broadcast(&pool->more);
    pthread_mutex_unlock(&pool->lock);
    return job;
}

void pool_for(void *user, size_t n, void (*task)(void *context, size_t index), void *context)
{
    struct pool *pool = user;

    atomic_store(&pool->next, job_of(pool) << 32 | UINT32_MAX); /* nobody takes what is being written */
    pool->task = task;
    pool->context = context;
    pool->n = n;
    atomic_store(&pool->done, 0);
    take_turns(pool, call(pool, 0));
    while (atomic_load(&pool->done) < n)
        pause_a_moment();
}

struct pool *pool_make(size_t threads)
{
    struct pool *pool = calloc(1, sizeof *pool);

    if (pool == NULL)
        return NULL;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->more, NULL);
    pool->thread = calloc(threads, sizeof *pool->thread);
    for (pool->threads = 1; pool->thread != NULL && pool->threads < threads; pool->threads++)
        if (pthread_create(&pool->thread[pool->threads], NULL, work, pool) != 0)
            break;
    if (pool->threads == threads)
        return pool;
    pool_end(pool);
    return NULL;
}

void pool_end(struct pool *pool)
{
    atomic_store(&pool->end, 1);
    call(pool, UINT32_MAX);
    for (size_t i = 1; i < pool->threads; i++)
        pthread_join(pool->thread[i], NULL);
    pthread_cond_destroy(&pool->more);
    pthread_mutex_destroy(&pool->lock);
    free(pool->thread);
    free(pool);
}
