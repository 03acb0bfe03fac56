/* SPDX-License-Identifier: MIT */
/* NumPy and PyTorch in a process beside this one (numpy_torch.py), with which the memory of the task is shared. */
#ifndef BENCH_PEERS_NUMPY_H
#define BENCH_PEERS_NUMPY_H

#include "family.h"

enum { MOST_PYTHON = 8 };

/* Starts it, NULL: with the usual interpreter. Says which of the two are there, and which are not. */
void numpy_start(const char *interpreter);

/* All inputs and results lie in this memory: a file, and where it is mapped here. */
void numpy_memory(int file, const void *memory, size_t size);

/* Hands a task over. Returns how many contenders can do it, and their names, which last until the next task. */
size_t numpy_task(const struct sum *sum, const char **names);

/* The time of one of so many calls, in nanoseconds by Python's clock. */
double numpy_time(const char *name, size_t calls);

void numpy_stop(void);

#endif
