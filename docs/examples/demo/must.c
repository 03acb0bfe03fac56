/* SPDX-License-Identifier: MIT */
#include "must.h"

#include <ensemble.h>

#include <stdio.h>
#include <stdlib.h>

void fail(const char *what, const char *why)
{
    fprintf(stderr, "demo: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

int must(int result, const char *call)
{
    if (result < 0)
        fail(call, ensemble_strerror(result));
    return result;
}

void *must_allocate(size_t n, size_t size)
{
    void *memory = calloc(n ? n : 1, size);

    if (memory == NULL)
        fail("calloc", "out of memory");
    return memory;
}
