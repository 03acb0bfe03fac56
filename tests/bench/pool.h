/* SPDX-License-Identifier: MIT */
/* A pool of threads, as a program has one: they wait for work, awake for a moment and asleep after that. */
#ifndef BENCH_POOL_H
#define BENCH_POOL_H

#include <stddef.h>

struct pool;

/* `threads`: with the caller's. NULL if there are not so many. */
struct pool *pool_make(size_t threads);
void pool_end(struct pool *pool);

/* A loop for ensemble_set_parallel(). For one caller at a time. */
void pool_for(void *pool, size_t n, void (*task)(void *context, size_t index), void *context);

#endif
