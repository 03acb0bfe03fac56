/* SPDX-License-Identifier: MIT */
/* What is asked of a run, and the sections that it consists of. */
#ifndef BENCH_PEERS_SETTINGS_H
#define BENCH_PEERS_SETTINGS_H

#include "../cell.h"

#include <stddef.h>

struct settings {
    const char *sections, *types, *models, *lengths, *methods; /* lists with commas; NULL: all */
    const char *python;                                        /* the interpreter; NULL: the usual one */
    char directory[4096];                            /* where this program and what belongs to it lie */
    int batches;                                     /* of the sums only these, but for the lengths that are named */
    int all;                                         /* a line for each contender, too */
    struct timing timing;
};

/* Is it in a list with commas? Everything is in a list that is NULL. */
int listed(const char *list, const char *word);
int number_listed(const char *list, size_t number);

/* Memory that this machine can spare. */
size_t most_memory(void);

void sums_section(const struct settings *settings);       /* the weighted sum beside all others */
void neighbours_section(const struct settings *settings); /* where the buffers lie */
void first_section(const struct settings *settings);      /* the first combine of a process */
void python_section(const struct settings *settings);     /* through ctypes, beside NumPy */
void methods_section(const struct settings *settings);    /* methods, reports and scores beside Python's libraries */
void learning_section(const struct settings *settings);   /* fits beside Python's libraries */
void threads_section(const struct settings *settings);    /* large calls in pieces, by a pool of threads */

#endif
