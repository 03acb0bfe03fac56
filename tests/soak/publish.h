/* SPDX-License-Identifier: MIT */
/*
 * Handles that are replaced while others use them: what docs/threads.md calls new weights while serving. Readers never
 * wait. Each says on a slate of its own which handle it holds; whoever has replaced one waits until it is on no slate,
 * and destroys it then.
 */
#ifndef TESTS_SOAK_PUBLISH_H
#define TESTS_SOAK_PUBLISH_H

#include "service.h"

#include <stdatomic.h>

enum { READERS = 64 };

struct edition {
    struct ensemble *e;
    size_t version;
};

/* One service's current handle. */
struct shelf {
    _Atomic(struct edition *) current;
};

/* The first edition; the shelf owns `e` from now on. */
void publish_first(struct shelf *shelf, struct ensemble *e);

/*
 * A clone of the current handle with the next weights takes its place; the old one is destroyed. One thread at a time.
 * Returns a code of the library.
 */
int publish_next(struct shelf *shelf);

/* The current edition, for as long as this reader holds it: at most one at a time. */
const struct edition *publish_take(struct shelf *shelf, size_t reader);
void publish_give_back(size_t reader);

/* Destroys the last one. Nobody reads any more. */
void publish_end(struct shelf *shelf);

#endif
