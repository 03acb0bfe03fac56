/* SPDX-License-Identifier: MIT */
/*
 * The calls that change a handle, make one, or take memory: all functions of the headers that work.h has not, each in
 * as many ways as ask for memory differently. complete.sh finds a function that neither has.
 */
#ifndef TESTS_WORLD_CALLS_H
#define TESTS_WORLD_CALLS_H

#include <ensemble.h>

#include <stddef.h>
#include <stdint.h>

/* What handle a call is made on. EMPTY: without models; PLAIN: eight that say logits; POOLED: the same, of a tempered
   result; RICH: names, maps, weights of all kinds, somebody missing; NONE: it needs none. */
enum calls_handle { CALLS_NONE, CALLS_EMPTY, CALLS_PLAIN, CALLS_POOLED, CALLS_RICH };

/* What a call gives besides its code. */
struct calls_given {
    const struct ensemble_options *options; /* for handles that it makes */
    struct ensemble *made;                  /* one that it made */
    double room[1024];                      /* what else it wrote */
};

struct calls_call {
    const char *name;
    int (*make)(struct ensemble *e, struct calls_given *given);
    enum calls_handle handle;
    int takes_memory; /* 0: never; 1: from the handle's hooks; 2: from malloc(), whatever the hooks are */
};

/* All of them; the last one has no name. */
extern const struct calls_call calls_all[];

/* Has to be called first, and says no when the library does not do what it should. */
int calls_begin(void);

/* A new handle; NULL where that fails, or for CALLS_NONE. */
struct ensemble *calls_handle(enum calls_handle which, const struct ensemble_options *options);

/* A hash of all that can be had from a handle: its text, its answers, what it says about itself. NULL: 0. */
uint64_t calls_state(const struct ensemble *e);

#endif
