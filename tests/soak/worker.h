/* SPDX-License-Identifier: MIT */
/* A thread that serves: it draws requests, has them answered, and looks at what came of them from all sides. */
#ifndef TESTS_SOAK_WORKER_H
#define TESTS_SOAK_WORKER_H

#include "lent.h"
#include "publish.h"
#include "request.h"

/* A thread that serves. Zero but for the first five, then worker_prepare(). */
struct worker {
    size_t index;
    uint64_t seed;
    struct shelf *shelves; /* one for each service */
    struct offer *offers;  /* one for each worker */
    size_t workers;

    struct ensemble *own[SERVICES];
    size_t own_version[SERVICES];
    unsigned char *place; /* with the result somewhere in it */
    struct places places;
    size_t place_size, workspace_size;
    struct told told;

    size_t made[SERVICES][FORMS][FAULTS];
    size_t refused;  /* requests with an error, as they should */
    size_t renewed;  /* how often a clone of its own was made anew */
    size_t failures; /* each has been told on stderr */
};

void worker_prepare(struct worker *worker);
void worker_discard(struct worker *worker);

/* The request of this number: the same one in each run with this seed, whichever worker it falls to. */
void worker_serve(struct worker *worker, size_t number);

#endif
