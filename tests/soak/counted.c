/* SPDX-License-Identifier: MIT */
#include "counted.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local size_t calls;
static atomic_size_t blocks;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);

static void *count(void *memory)
{
    calls++;
    if (memory != NULL)
        atomic_fetch_add_explicit(&blocks, 1, memory_order_relaxed);
    return memory;
}

void *__wrap_malloc(size_t size)
{
    return count(__real_malloc(size));
}

void *__wrap_calloc(size_t n, size_t size)
{
    return count(__real_calloc(n, size));
}

void *__wrap_realloc(void *memory, size_t size)
{
    if (memory == NULL)
        return count(__real_realloc(memory, size));
    calls++;
    return __real_realloc(memory, size);
}

void __wrap_free(void *memory)
{
    calls++;
    if (memory != NULL)
        atomic_fetch_sub_explicit(&blocks, 1, memory_order_relaxed);
    __real_free(memory);
}

size_t counted_calls(void)
{
    return calls;
}

size_t counted_blocks(void)
{
    return atomic_load_explicit(&blocks, memory_order_relaxed);
}

/* Each block begins with its size. */
#define MARGIN 64

void *counted_allocate(size_t size, void *user)
{
    atomic_size_t *bytes = user;
    unsigned char *block = malloc(size + MARGIN);

    if (block == NULL)
        return NULL;
    memcpy(block, &size, sizeof size);
    memset(block + MARGIN, 0x5A, size); /* memory is not 0 because it is new */
    atomic_fetch_add_explicit(bytes, size, memory_order_relaxed);
    return block + MARGIN;
}

void counted_release(void *memory, size_t size, void *user)
{
    atomic_size_t *bytes = user;
    unsigned char *block = (unsigned char *)memory - MARGIN;
    size_t taken;

    memcpy(&taken, block, sizeof taken);
    if (size != taken) {
        fprintf(stderr, "a block of %zu bytes is released as one of %zu\n", taken, size);
        exit(1);
    }
    memset(block, 0x5A, size + MARGIN); /* whoever still reads it finds no weights */
    atomic_fetch_sub_explicit(bytes, size, memory_order_relaxed);
    free(block);
}
