/* SPDX-License-Identifier: MIT */
/*
 * All that can be asked of a const handle, of ensembles of every method, dtype and space, with missing models, NaN, row
 * weights and class maps; and fusions of rankings. What the programs of this folder do in odd surroundings.
 */
#ifndef TESTS_WORLD_WORK_H
#define TESTS_WORLD_WORK_H

#include <ensemble.h>

#include <stddef.h>
#include <stdint.h>

/* Makes the ensembles, with these hooks (NULL: malloc). Ends the program with a message where something fails. */
void work_begin(void *(*allocate)(size_t size, void *user), void (*release)(void *memory, size_t size, void *user),
                void *user);

/*
 * Asks all of it, and calls `between`, unless it is NULL, after every call. Returns a hash of the answers; with the
 * same library in the same process it is always the same. Any number of threads may work at once.
 */
uint64_t work_do(void (*between)(const char *call));

void work_end(void);

#endif
