/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* setenv, clock_gettime */

#include "families.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct {
    const char *file, *name, *packages;
    int loops;
} known[] = {{"loops_gcc", "gcc", "gcc", 1},
             {"loops_clang", "clang", "clang", 1},
             {"eigen", "Eigen", "g++ libeigen3-dev", 0},
             {"openblas", "OpenBLAS", "libopenblas-dev", 0},
             {"blis", "BLIS", "libblis-dev", 0},
             {"onednn", "oneDNN", "g++ libdnnl-dev", 0}};
enum { KNOWN = sizeof known / sizeof *known };

static const struct family *found[KNOWN];
static const struct inlined *inlined[KNOWN];

/* The function of that name, as a pointer to functions, which dlsym() does not give. */
static void find_function(void *object, const char *name, void *function, size_t size)
{
    void *symbol = dlsym(object, name);

    memcpy(function, &symbol, size);
}

static void open_family(size_t f, const char *directory)
{
    char path[4200];
    void *object;
    const struct family *(*family)(void) = NULL;
    const struct inlined *(*expressions)(void) = NULL;

    snprintf(path, sizeof path, "%s/%s.so", directory, known[f].file);
    object = access(path, R_OK) == 0 ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    if (object != NULL) {
        find_function(object, "peers_family", &family, sizeof family);
        find_function(object, "peers_inlined", &expressions, sizeof expressions);
    }
    if (family == NULL) {
        printf("  SKIPPED: %s (Debian: %s)\n", known[f].name, known[f].packages);
        return;
    }
    found[f] = family();
    inlined[f] = expressions != NULL ? expressions() : NULL;
    printf("  %s: %s\n", known[f].name, found[f]->about);
}

void families_find(const char *directory)
{
    static int done;

    if (done++)
        return;
    puts("Beside:");
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    setenv("OMP_NUM_THREADS", "1", 1);
    setenv("BLIS_NUM_THREADS", "1", 1);
    for (size_t f = 0; f < KNOWN; f++)
        open_family(f, directory);
}

void ready_call(const void *job, const struct contender *me)
{
    const struct ready *ready = me->peer;

    (void)job;
    ready->member->run(ready->sum, ready->prepared);
}

static double time_inlined(const void *job, const struct contender *me, size_t calls)
{
    const struct ready *ready = me->peer;
    struct timespec begin, end;

    (void)job;
    ready->inlined->repeat(ready->sum, 1); /* the caches are as it leaves them itself */
    clock_gettime(CLOCK_MONOTONIC, &begin);
    ready->inlined->repeat(ready->sum, calls);
    clock_gettime(CLOCK_MONOTONIC, &end);
    return (1e9 * (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec)) / (double)calls;
}

void families_add_members(struct cell *cell, struct ready *ready, const struct sum *sum, const struct member *m,
                          int yardstick)
{
    for (; m->name != NULL; m++) {
        void *prepared = NULL;

        if ((m->kinds & 1u << sum->kind) == 0 || (m->models != 0 && m->models != sum->models) ||
            (m->prepare != NULL && (prepared = m->prepare(sum)) == NULL))
            continue;
        ready[cell->n] = (struct ready){m, NULL, sum, prepared};
        cell_add(cell, &(struct contender){.name = m->name,
                                           .call = ready_call,
                                           .peer = &ready[cell->n],
                                           .fixed = m->models != 0,
                                           .yardstick = yardstick});
    }
}

static void add_inlined(struct cell *cell, struct ready *ready, const struct sum *sum, const struct inlined *x)
{
    for (; x->name != NULL; x++) {
        if (x->kind != sum->kind || x->models != sum->models)
            continue;
        ready[cell->n] = (struct ready){NULL, x, sum, NULL};
        cell_add(cell, &(struct contender){
                           .name = x->name, .time = time_inlined, .peer = &ready[cell->n], .fixed = INLINED});
    }
}

void families_add(struct cell *cell, struct ready *ready, const struct sum *sum, int only_loops)
{
    for (size_t f = 0; f < KNOWN; f++) {
        if (found[f] == NULL || (only_loops && !known[f].loops))
            continue;
        families_add_members(cell, ready, sum, found[f]->members, 0);
        if (inlined[f] != NULL && !only_loops)
            add_inlined(cell, ready, sum, inlined[f]);
    }
}

void ready_finish(struct ready *ready, size_t n)
{
    for (size_t c = 0; c < n; c++)
        if (ready[c].member != NULL && ready[c].member->finish != NULL)
            ready[c].member->finish(ready[c].prepared);
}
