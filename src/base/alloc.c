/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"

#include <stdlib.h>

static void *libc_allocate(size_t size, void *user)
{
    (void)user;
    return malloc(size);
}

static void libc_release(void *memory, size_t size, void *user)
{
    (void)size;
    (void)user;
    free(memory);
}

const struct ens_allocator ens_allocator_libc = {libc_allocate, libc_release, NULL};

void *ens_allocate(const struct ens_allocator *allocator, size_t size)
{
    return allocator->allocate(size, allocator->user);
}

void ens_release(const struct ens_allocator *allocator, void *memory, size_t size)
{
    if (memory != NULL)
        allocator->release(memory, size, allocator->user);
}
