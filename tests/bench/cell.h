/* SPDX-License-Identifier: MIT */
/*
 * A cell of a table: one task of one size, and its contenders, which take turns, so that whatever else the machine does
 * strikes all of them alike. Each figure is the median of a contender's turns.
 */
#ifndef BENCH_CELL_H
#define BENCH_CELL_H

#include <ensemble.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { MAX_MODELS = 64, MAX_TURNS = 101, MAX_CONTENDERS = 40 };

struct contender;
typedef void contender_call(const void *job, const struct contender *me);

/* Does the task `calls` times; the nanoseconds of one. */
typedef double contender_time(const void *job, const struct contender *me, size_t calls);

struct contender {
    const char *name;          /* that of a plain C loop is "loop" */
    contender_call *call;      /* does the task once, or fails loudly */
    struct ensemble *ensemble; /* for `call`, if it is the library; destroyed with the cell */
    const void *peer;          /* for `call`, if it is not */
    int fixed;                 /* knew the number of models when it was compiled; only tests/bench/peers asks */
    int yardstick;             /* does something else than the task, to compare with */
    contender_time *time;      /* in place of `call`, if it has a clock of its own; else NULL */
    double ns[MAX_TURNS];      /* of one call; sorted when measured */
};

/* The last contender is the library's, with which the others are compared. */
struct cell {
    const char *method;
    const char *dtype;
    size_t models;
    size_t rows;
    size_t width;
    size_t bytes;    /* what a contender reads in one call */
    const void *job; /* for the contenders' `call` */
    size_t turns;    /* that were done; set when measured */
    size_t n;
    struct contender contenders[MAX_CONTENDERS];
};

/* How long to measure, and where the figures go besides standard output. */
struct timing {
    size_t turns;
    FILE *csv;      /* or NULL */
    double seconds; /* 0, or how long a cell may take: fewer turns, but 3, and one try of those that are far behind */
    int warm;       /* each turn begins with a call that does not count: the caches are as the contender leaves them */
};

/* Says what is wrong, and ends the program. */
_Noreturn void die(const char *what);

void cell_add(struct cell *cell, const struct contender *contender);

/* Measures, writes to the CSV file, and destroys the contenders' ensembles. */
void cell_measure(struct cell *cell, const struct timing *timing);

/* Adds the turns that the same cell had before, as far as there is room for them. */
void cell_merge(struct cell *cell, const struct cell *before);

/* A time in the unit that suits it. */
void cell_print_ns(double ns);

/* Lines for a CSV file. */
void cell_write(FILE *csv, const struct cell *cell);

/* A line for each contender, see cell_head(). */
void cell_print(const struct cell *cell);

/* Measures, and prints these lines. */
void cell_run(struct cell *cell, const struct timing *timing);

/* What the columns mean: for standard output, and for the CSV file if nothing is in it yet. */
void cell_head(const struct timing *timing);

#endif
