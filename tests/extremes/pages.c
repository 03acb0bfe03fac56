/* SPDX-License-Identifier: MIT */
#include "pages.h"

#include "extremes.h"

#include <string.h>

enum { MOST_ARRAYS = 64, ARRAY_BYTES = 16384, CANARY = 0xA5 };

static struct {
    struct guarded memory;
    unsigned char *at;
    size_t bytes;
} arrays[MOST_ARRAYS];
static size_t n_arrays;
static enum place where;

void pages_begin(enum place place)
{
    where = place;
    n_arrays = 0;
}

void *paged(const void *content, size_t bytes, size_t align)
{
    const size_t i = n_arrays++;

    WANT(i < MOST_ARRAYS && bytes <= ARRAY_BYTES);
    if (arrays[i].memory.begin == NULL)
        arrays[i].memory = guarded_make(ARRAY_BYTES);
    WANT(bytes % align == 0);
    arrays[i].at = guarded_place(&arrays[i].memory, bytes, where, 0);
    arrays[i].bytes = bytes;
    memset(arrays[i].memory.begin, CANARY, (size_t)(arrays[i].memory.end - arrays[i].memory.begin));
    if (content != NULL)
        memcpy(arrays[i].at, content, bytes);
    else
        memset(arrays[i].at, 0, bytes);
    return arrays[i].at;
}

void pages_are_sound(void)
{
    for (size_t i = 0; i < n_arrays; i++) {
        const unsigned char *byte = arrays[i].memory.begin;

        for (; byte < arrays[i].at; byte++)
            WANT(*byte == CANARY);
        for (byte += arrays[i].bytes; byte < arrays[i].memory.end; byte++)
            WANT(*byte == CANARY);
    }
}
