/* SPDX-License-Identifier: MIT */
/* Which ids are the same: every place in a list is led to the entry of its id. */
#ifndef ENS_RANK_INDEX_H
#define ENS_RANK_INDEX_H

#include "rank/fuse.h"

/* One of the different ids, and what is known of it. */
struct ens_entry {
    uint64_t id;
    double score;   /* its terms so far */
    uint32_t list;  /* the last list that holds it: where that begins, from 1 */
    uint32_t lists; /* how many lists hold it */
};

/* A place that counts for nothing: the id stands before it in its list, or has no finite score. */
#define ENS_NO_ENTRY UINT32_MAX

struct ens_index {
    struct ens_entry *entries; /* as many as there are ids in all lists */
    size_t count;              /* how many of them are used */
    uint32_t *seats;           /* for each place of a list that takes part: its entry */
    uint32_t *slots;           /* of the hash table: 0, or 1 + an entry */
    size_t n_slots;            /* a power of two, at least 3/2 of the ids */
};

/* How many slots go with that many ids. */
size_t ens_index_slots(size_t ids);

/* Fills in entries (without scores) and seats. */
void ens_index_build(struct ens_index *index, const struct ens_rankings *rankings);

#endif
