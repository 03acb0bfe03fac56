/* SPDX-License-Identifier: MIT */
/* A Python script in a process beside this one, which is told a line and answers a line. */
#ifndef BENCH_COPROCESS_H
#define BENCH_COPROCESS_H

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

struct coprocess {
    FILE *to; /* NULL: none is running */
    FILE *from;
    pid_t process;
};

/*
 * Starts the script with `interpreter`; NULL: python3, or else /usr/bin/python3, where the distribution's packages are.
 * 1: it runs, and `line` is the first that it said; 0: that line, which says why, began with "missing", and it is gone.
 */
int coprocess_start(struct coprocess *c, const char *interpreter, const char *script, char *line, size_t size);

/* Sends what was printed to `to`, and waits for a line. */
void coprocess_ask(struct coprocess *c, char *line, size_t size);

void coprocess_stop(struct coprocess *c);

#endif
