/* SPDX-License-Identifier: MIT */
/* The best of many entries, in order. */
#ifndef ENS_RANK_TOP_H
#define ENS_RANK_TOP_H

#include "rank/index.h"

/* The `count` best of `n` entries, count <= n, to `best`: higher scores first, and of equal ones the smaller id. */
void ens_top(const struct ens_entry *entries, size_t n, uint32_t *best, size_t count);

#endif
