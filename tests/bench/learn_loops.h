/* SPDX-License-Identifier: MIT */
/*
 * Learning as a user would write it in plain C, compiled with -O3 -march=native, and once more with -ffast-math besides
 * (LOOPS_FAST).
 */
#ifndef BENCH_LEARN_LOOPS_H
#define BENCH_LEARN_LOOPS_H

#include "learn_data.h"

enum learn_task {
    LEARN_SQUARES,
    LEARN_LOG_LOSS,
    LEARN_GREEDY_LOG_LOSS,
    LEARN_GREEDY_ACCURACY,
    LEARN_UPDATE,
    LEARN_SCORE_LOG_LOSS,
    LEARN_SCORE_ACCURACY
};

enum { LEARN_ROUNDS = 50, LEARN_STEPS = 2000 };
#define LEARN_RATE .1
#define LEARN_SHARE .01

/* `answer`: MAX_MODELS numbers, the weights, or in the first the score. An update starts from the weights there. */
typedef void learn_function(const struct learn_data *data, double *answer);

struct learn_loop {
    enum learn_task task;
    const char *name;
    int part; /* does only the first part of the task, and gives no answer */
    learn_function *run;
};

/* Ended by a NULL name. */
extern const struct learn_loop learn_loops[], learn_loops_fast[];

#endif
