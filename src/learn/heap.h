/* SPDX-License-Identifier: MIT */
/* Memory that is needed while something is learned, all of which is given back at once. */
#ifndef ENS_LEARN_HEAP_H
#define ENS_LEARN_HEAP_H

#include "base/alloc.h"

#include <stddef.h>

struct ens_chunk;

struct ens_heap {
    const struct ens_allocator *allocator;
    struct ens_chunk *last;
};

/* Room for `count` elements of `size` bytes, aligned as malloc() aligns; NULL where there is none. Never 0 bytes. */
void *ens_heap_take(struct ens_heap *heap, size_t count, size_t size);

/* The same, cleared. */
void *ens_heap_clear(struct ens_heap *heap, size_t count, size_t size);

/* Gives back what was taken since `mark`, a former value of heap->last; NULL: everything. */
void ens_heap_release(struct ens_heap *heap, struct ens_chunk *mark);

/* Room for doubles; sets *failed where there is none. */
static inline double *ens_heap_doubles(struct ens_heap *heap, size_t count, int *failed)
{
    double *taken = ens_heap_take(heap, count, sizeof *taken);

    *failed |= taken == NULL;
    return taken;
}

#endif
