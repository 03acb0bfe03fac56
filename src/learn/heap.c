/* SPDX-License-Identifier: MIT */
#include "learn/heap.h"

#include <stdint.h>
#include <string.h>

/* What stands before each piece. Its size keeps what follows aligned. */
struct ens_chunk {
    struct ens_chunk *before;
    size_t size;
};

_Static_assert(sizeof(struct ens_chunk) % sizeof(double) == 0, "what follows a chunk's head must be aligned");

void *ens_heap_take(struct ens_heap *heap, size_t count, size_t size)
{
    struct ens_chunk *chunk;
    size_t bytes;

    if (__builtin_mul_overflow(count > 0 ? count : 1, size, &bytes) || bytes > (size_t)PTRDIFF_MAX - sizeof *chunk)
        return NULL;
    chunk = ens_allocate(heap->allocator, sizeof *chunk + bytes);
    if (chunk == NULL)
        return NULL;
    chunk->before = heap->last;
    chunk->size = sizeof *chunk + bytes;
    heap->last = chunk;
    return chunk + 1;
}

void *ens_heap_clear(struct ens_heap *heap, size_t count, size_t size)
{
    void *taken = ens_heap_take(heap, count, size);

    if (taken != NULL)
        memset(taken, 0, count * size);
    return taken;
}

void ens_heap_release(struct ens_heap *heap, struct ens_chunk *mark)
{
    while (heap->last != mark) {
        struct ens_chunk *chunk = heap->last;

        heap->last = chunk->before;
        ens_release(heap->allocator, chunk, chunk->size);
    }
}
