/* SPDX-License-Identifier: MIT */
/*
 * What a user would write in place of the library's methods, compiled with -O3 -march=native. loops_elements.c and
 * loops_rows.c are compiled once more with -ffast-math besides (LOOPS_FAST), by which gcc may vectorise what adds up a
 * row or looks for its largest value, and, with glibc's libmvec, expf, logf and powf. For the report: passes.h.
 */
#ifndef BENCH_LOOPS_H
#define BENCH_LOOPS_H

#include <stddef.h>

/* The inputs are models' outputs of rows x width values; the result is rows x width floats. */
struct task {
    const void *in[64];
    float *out;
    size_t models;
    size_t rows;
    size_t width;
    const float *weights;       /* of the models; they add up to 1 */
    const float *class_weights; /* models x width; they add up to 1 for each class */
    const float *row_weights;   /* rows x models */
    float exponent;
    void *scratch; /* 8 x width bytes for the loop's own use */
};

typedef void loop_function(const struct task *task);

struct loop {
    const char *method; /* whose name in methods.c it is */
    const char *name;
    size_t models;      /* the only number of models that it can do; 0: any */
    loop_function *run;
};

/* What each file has, ended by a NULL method. */
extern const struct loop loops_elements[], loops_elements_fast[];
extern const struct loop loops_order[];
extern const struct loop loops_rows[], loops_rows_fast[];

#ifdef LOOPS_FAST
#define LOOPS(file) loops_##file##_fast
#define LOOP_NAME(name) name "-fast"
#else
#define LOOPS(file) loops_##file
#define LOOP_NAME(name) name
#endif

/* A body is written once for n models, and compiled for each number of them that is wanted. */
#define LOOP_BODY static inline __attribute__((always_inline)) void
#define LOOP_OF(body, count)                                                                                         \
    static void body##_##count(const struct task *task)                                                              \
    {                                                                                                                \
        body(task, count);                                                                                           \
    }
#define LOOP_ENTRY(method, name, body, count) {method, LOOP_NAME(name), count, body##_##count}

#endif
