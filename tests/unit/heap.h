/* SPDX-License-Identifier: MIT */
/* Allocator hooks that count, check the sizes that are given back, and let one allocation fail. */
#ifndef TESTS_UNIT_HEAP_H
#define TESTS_UNIT_HEAP_H

#include "support.h"

#include <stdlib.h>

#define MOST_BLOCKS 64

/* What the hooks are given as `user`. */
struct heap {
    size_t fails_at; /* the number, from 0, of the allocation that fails */
    size_t calls;    /* of both hooks */
    size_t allocations;
    size_t bytes; /* not yet released */
    struct {
        void *memory;
        size_t size;
    } blocks[MOST_BLOCKS];
};

static inline void *heap_allocate(size_t size, void *user)
{
    struct heap *heap = user;
    const size_t number = heap->allocations++;

    heap->calls++;
    assert_true(size > 0);
    assert_true(number < MOST_BLOCKS);
    if (number == heap->fails_at)
        return NULL;
    heap->blocks[number].memory = malloc(size);
    heap->blocks[number].size = size;
    heap->bytes += size;
    return heap->blocks[number].memory;
}

static inline void heap_release(void *memory, size_t size, void *user)
{
    struct heap *heap = user;
    size_t number = 0;

    heap->calls++;
    assert_non_null(memory);
    while (number < MOST_BLOCKS && heap->blocks[number].memory != memory)
        number++;
    assert_true(number < MOST_BLOCKS);
    assert_int_equal(size, heap->blocks[number].size);
    heap->bytes -= size;
    memset(memory, 0x5A, size);
    free(memory);
    heap->blocks[number].memory = NULL;
}

static inline int create_on(struct heap *heap, struct ensemble **e)
{
    const struct ensemble_options options = {
        .struct_size = sizeof options, .allocate = heap_allocate, .release = heap_release, .user = heap};

    return ensemble_create_with(e, 3, &options);
}

#endif
