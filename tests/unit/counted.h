/* SPDX-License-Identifier: MIT */
/*
 * Counts what the library asks of malloc() and the like. unit.mk links the tests that include this so that its calls of
 * malloc(), calloc(), realloc() and free() come here.
 */
#ifndef TESTS_UNIT_COUNTED_H
#define TESTS_UNIT_COUNTED_H

#include <stddef.h>

static size_t calls;  /* so far; set it to 0 before what is to be counted */
static int exhausted; /* set it where malloc() and the like have nothing */

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);

void *__wrap_malloc(size_t size)
{
    calls++;
    return exhausted ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    calls++;
    return exhausted ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    calls++;
    return exhausted ? NULL : __real_realloc(memory, size);
}

void __wrap_free(void *memory)
{
    calls++;
    __real_free(memory);
}

#endif
