/* SPDX-License-Identifier: MIT */
/*
 * What is asked of malloc() and the like, by any thread. soak.mk links the soak so that the calls of malloc(),
 * calloc(), realloc() and free(), the library's and the soak's own, come here.
 */
#ifndef TESTS_SOAK_COUNTED_H
#define TESTS_SOAK_COUNTED_H

#include <stddef.h>

/* Calls that this thread has made so far, those of free() included. */
size_t counted_calls(void);

/* Blocks that are there now. */
size_t counted_blocks(void);

/*
 * Hooks for struct ensemble_options, for any number of threads, with blocks that know their size. `user`: how many
 * bytes are out, an atomic_size_t. A block that comes back with another size ends the program.
 */
void *counted_allocate(size_t size, void *user);
void counted_release(void *memory, size_t size, void *user);

#endif
