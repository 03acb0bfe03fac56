/* SPDX-License-Identifier: MIT */
/* Memory for handles, from malloc() or from the hooks of the program that the library is part of. */
#ifndef ENS_BASE_ALLOC_H
#define ENS_BASE_ALLOC_H

#include <stddef.h>

struct ens_allocator {
    void *(*allocate)(size_t size, void *user);
    void (*release)(void *memory, size_t size, void *user);
    void *user;
};

/* malloc() and free(). */
extern const struct ens_allocator ens_allocator_libc;

/* size > 0. NULL where there is no memory. */
void *ens_allocate(const struct ens_allocator *allocator, size_t size);

/* `memory` may be NULL; `size` is what it was allocated with. */
void ens_release(const struct ens_allocator *allocator, void *memory, size_t size);

#endif
