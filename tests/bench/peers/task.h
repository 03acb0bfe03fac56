/* SPDX-License-Identifier: MIT */
/* The tasks: their types and sizes, the memory that they lie in, and whether two results are the same. */
#ifndef BENCH_PEERS_TASK_H
#define BENCH_PEERS_TASK_H

#include "family.h"

#include <stdint.h>

struct kind_info {
    const char *name;
    int32_t in;
    int32_t out; /* dtypes */
    size_t size;
    size_t out_size;
    double tolerance; /* relative, of sums of positive numbers that are rounded in another order */
};
extern const struct kind_info kinds[KINDS];

struct shape {
    size_t rows;
    size_t width;
    size_t stride; /* elements from row to row */
};

/* Where all tasks lie, one after the other: results apart from inputs, which so keep their values. */
struct room {
    char *results, *inputs;
    size_t results_size, inputs_size;
};

/* What a task needs of both: whole pages. */
size_t task_inputs(enum kind kind, size_t models, const struct shape *shape);
size_t task_results(enum kind kind, const struct shape *shape);

void task_make(struct sum *sum, enum kind kind, size_t models, const struct shape *shape, const struct room *room);

/*
 * The library, made ready for a task, and one combine of it. As the library sees it, a task has rows also where there
 * are no gaps between them, so `shape` is needed.
 */
void *library_prepare(const struct sum *sum, const struct shape *shape);
void library_run(const struct sum *sum, void *prepared);
void library_finish(void *prepared);

/* The task's result, as it is now, as doubles: for free(). */
double *task_result(const struct sum *sum);

/*
 * The element at which the result differs from the one expected by more than rounding, or SIZE_MAX. `stepwise`: the
 * sum is rounded to the type of the result after each model.
 */
size_t task_differs(const struct sum *sum, const double *expected, int stepwise, double *value);

#endif
