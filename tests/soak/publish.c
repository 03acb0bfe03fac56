/* SPDX-License-Identifier: MIT */
#include "publish.h"

#include <sched.h>
#include <stdlib.h>

/* A cache line each, so that readers do not disturb each other. */
static struct slate {
    _Alignas(64) _Atomic(const struct edition *) held;
} slates[READERS];

static struct edition *new_edition(struct ensemble *e, size_t version)
{
    struct edition *edition = need(sizeof *edition);

    *edition = (struct edition){e, version};
    return edition;
}

void publish_first(struct shelf *shelf, struct ensemble *e)
{
    atomic_store(&shelf->current, new_edition(e, 0));
}

/*
 * Between the look at the shelf and the note on the slate the edition can have been replaced, so there is a second
 * look. If it finds the same, the note was there before the replacement, and its author will see it: all of this is
 * sequentially consistent.
 */
const struct edition *publish_take(struct shelf *shelf, size_t reader)
{
    struct edition *edition = atomic_load(&shelf->current), *seen;

    do {
        seen = edition;
        atomic_store(&slates[reader].held, seen);
        edition = atomic_load(&shelf->current);
    } while (edition != seen);
    return seen;
}

void publish_give_back(size_t reader)
{
    atomic_store(&slates[reader].held, NULL);
}

static void discard(struct edition *edition)
{
    ensemble_destroy(edition->e);
    free(edition);
}

int publish_next(struct shelf *shelf)
{
    struct edition *old = atomic_load(&shelf->current);
    double weights[MODELS];
    struct ensemble *e;
    int code = ensemble_clone(&e, old->e);

    if (code != 0)
        return code;
    weights_of(old->version + 1, weights);
    code = ensemble_set_weights(e, weights, MODELS);
    if (code != 0) {
        ensemble_destroy(e);
        return code;
    }
    atomic_store(&shelf->current, new_edition(e, old->version + 1));
    for (size_t i = 0; i < READERS; i++)
        while (atomic_load(&slates[i].held) == old)
            sched_yield();
    discard(old);
    return 0;
}

void publish_end(struct shelf *shelf)
{
    discard(atomic_exchange(&shelf->current, NULL));
}
