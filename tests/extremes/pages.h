/* SPDX-License-Identifier: MIT */
/* Arrays of the caller's, each between pages that fault, the rest of its pages filled with canaries. */
#ifndef TESTS_EXTREMES_PAGES_H
#define TESTS_EXTREMES_PAGES_H

#include "guard.h"

/* Where the arrays that are made from now on lie: AT_BEGIN or AT_END. Those that were made before are given back. */
void pages_begin(enum place place);

/* An array of `bytes`, a copy of `content`, or where that is NULL, zero. `align` divides `bytes`. */
void *paged(const void *content, size_t bytes, size_t align);
#define PAGED(content) paged(content, sizeof(content), sizeof *(content))
#define ROOM(type, n) ((type *)paged(NULL, sizeof(type) * (n), sizeof(type)))

/* Nothing beside the arrays has been written. */
void pages_are_sound(void);

#endif
