/* SPDX-License-Identifier: MIT */
/*
 * A loop to lend, of the threads that serve: who has a call in pieces offers its turns, and the others take some when
 * they are between two requests.
 */
#ifndef TESTS_SOAK_LENT_H
#define TESTS_SOAK_LENT_H

#include <stdatomic.h>
#include <stddef.h>

/* One thread's offer. */
struct offer {
    _Alignas(64) atomic_int open;
    atomic_size_t helpers; /* who may be looking at the rest */
    atomic_size_t next;
    size_t n;
    void (*task)(void *context, size_t index);
    void *context;

    size_t offers;       /* how many there were, */
    atomic_size_t taken; /* and the turns that others took */
};

/* `parallel_for` of a call; `user` is the calling thread's offer. */
void lent_for(void *user, size_t n, void (*task)(void *context, size_t index), void *context);

/* Takes turns of this offer, if it is open. */
void lent_help(struct offer *offer);

#endif
