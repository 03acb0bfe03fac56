/* SPDX-License-Identifier: MIT */
/* The best of many entries, in order. */
#ifndef ENS_RANK_TOP_H
#define ENS_RANK_TOP_H

#include "rank/index.h"

/* Moves the `count` best of `n` entries to the front: higher scores first, and of equal ones the smaller id. */
void ens_top(struct ens_entry *entries, size_t n, size_t count);

#endif
