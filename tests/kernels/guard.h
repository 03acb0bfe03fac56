/* SPDX-License-Identifier: MIT */
/* Memory between two pages that fault: what reads or writes past either end does not go unseen. */
#ifndef TESTS_KERNELS_GUARD_H
#define TESTS_KERNELS_GUARD_H

#include <stddef.h>

struct guarded {
    unsigned char *begin; /* a multiple of the page size */
    unsigned char *end;
};

/* At least `size` bytes. Ends the program if there is no memory, since no test can go on then. */
struct guarded guarded_make(size_t size);

/* Where a buffer lies: right behind the page in front, right before the page behind, or with room on both sides. */
enum place { AT_BEGIN, AT_END, WITHIN, PLACES };

/* What WITHIN leaves free on each side: more than the widest vector there is, 256 bytes. */
#define GUARD_MARGIN 1024

/* The address for a buffer of `bytes`. `offset`: for WITHIN, its distance from a multiple of 64. */
unsigned char *guarded_place(const struct guarded *memory, size_t bytes, enum place place, size_t offset);

const char *guarded_place_name(enum place place);

#endif
