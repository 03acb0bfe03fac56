/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"

#include <errno.h>
#include <stdlib.h>

/*
 * A malloc() that fails sets errno, which is the program's. With -fno-math-errno gcc takes it that malloc() does not,
 * and would drop the restoring but for the barrier.
 */
static void *libc_allocate(size_t size, void *user)
{
    const int before = errno;
    void *memory = malloc(size);

    (void)user;
    __asm__ volatile("" ::: "memory");
    errno = before;
    return memory;
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
