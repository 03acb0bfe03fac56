/* SPDX-License-Identifier: MIT */
/* Several rankings become one. */
#ifndef ENS_RANK_FUSE_H
#define ENS_RANK_FUSE_H

#include "rank/public.h"

/* Ids of all lists, at most: so that entries have 32-bit numbers, and all sizes fit into a size_t. */
#define ENS_MOST_IDS (SIZE_MAX / 64 < INT32_MAX ? SIZE_MAX / 64 : (size_t)INT32_MAX)

/* What to fuse, and how: arguments of ensemble_fuse_rankings() that were checked, defaults filled in. */
struct ens_rankings {
    const uint64_t *ids; /* of all lists, one after the other */
    const size_t *lengths;
    size_t n;
    const double *weights; /* NULL: 1 each */
    const void *scores;    /* of all ids; NULL where the method does not use them */
    int32_t method;
    int32_t normaliser;
    int32_t dtype; /* of the scores */
    double k;
    size_t total; /* ids of all lists, at most ENS_MOST_IDS */
};

struct ens_fused {
    uint64_t *ids;
    double *scores;        /* or NULL */
    double *contributions; /* or NULL */
    size_t count;          /* room for so many */
};

/* Bytes to work in for so many ids, at any address; SIZE_MAX where there are too many. */
size_t ens_fuse_size(size_t total);

/* Fuses in `workspace`, of ens_fuse_size(rankings->total) bytes. How many were written. */
size_t ens_fuse(const struct ens_rankings *rankings, void *workspace, const struct ens_fused *fused);

#endif
