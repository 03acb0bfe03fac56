/* SPDX-License-Identifier: MIT */
/* Does what a fusion writes lie where it reads? */
#ifndef ENS_RANK_OVERLAP_H
#define ENS_RANK_OVERLAP_H

#include "rank/fuse.h"

/* A part of memory that a call writes. */
struct ens_written {
    const void *start;
    size_t bytes;
};

/*
 * Are the `n` parts apart from each other, and from all that is read? 0, or ENSEMBLE_EOVERLAP;
 * ENSEMBLE_EOVERFLOW where one reaches past the end of the address space.
 */
int ens_rank_overlap(const struct ens_rankings *rankings, const struct ens_written *written, size_t n);

#endif
