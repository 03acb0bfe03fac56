/* SPDX-License-Identifier: MIT */
/* Python with NumPy and SciPy in a process beside this one (learn_peers.py), which is asked for one turn at a time. */
#ifndef BENCH_LEARN_PYTHON_H
#define BENCH_LEARN_PYTHON_H

#include "learn_data.h"

/*
 * Starts `interpreter`; NULL: python3, or else /usr/bin/python3, where the distribution's NumPy is. Says what it is, or
 * that it is not there: then it returns 0.
 */
int python_start(const char *interpreter);

/* Hands the data over, in files of a temporary directory. */
void python_data(const struct learn_data *data);

/* The time of one of so many calls, in nanoseconds by Python's clock, and the answer of the last one. */
double python_time(const char *task, const char *name, size_t calls, double goal, double *answer, size_t n);

#endif
