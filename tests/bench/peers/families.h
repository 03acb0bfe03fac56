/* SPDX-License-Identifier: MIT */
/* The families that were found, and their members as contenders of a cell. */
#ifndef BENCH_PEERS_FAMILIES_H
#define BENCH_PEERS_FAMILIES_H

#include "family.h"

#include "../cell.h"

/* The fixed expression in its place, with nothing called, has this for `fixed` of a contender; other fixed ones 1. */
enum { INLINED = 2 };

/* A contender, the task that it does, and what it has prepared. */
struct ready {
    const struct member *member;   /* NULL: it is an inlined one, or one of Python's */
    const struct inlined *inlined; /* NULL: it is none */
    const struct sum *sum;
    void *prepared;
};

/* Opens what lies in the directory, and says what does not. Only the first call does something. */
void families_find(const char *directory);

/* Adds those of the list that can do the task; `ready` has room for MAX_CONTENDERS, as the cell has. */
void families_add_members(struct cell *cell, struct ready *ready, const struct sum *sum, const struct member *members,
                          int yardstick);

/* The same of all families; `only_loops`: only of the plain loops. */
void families_add(struct cell *cell, struct ready *ready, const struct sum *sum, int only_loops);

/* For the contender whose `peer` is a struct ready. */
contender_call ready_call;

/* Gives back what was prepared. */
void ready_finish(struct ready *ready, size_t n);

#endif
