/* SPDX-License-Identifier: MIT */
/*
 * A fusion by the words of ensemble_rank.h, as slow and plain as can be: lists are copied without what they pass over,
 * ids are looked for from the first to the last, and results are chosen one by one.
 */
#ifndef TESTS_RANK_MODEL_H
#define TESTS_RANK_MODEL_H

#include "hand.h"

struct answer {
    size_t n; /* how many ids were found, at most hand->n_fused */
    uint64_t ids[HAND_IDS];
    double scores[HAND_IDS];
    double contributions[HAND_CELLS]; /* n x hand->n */
};

void model_fuse(const struct hand *hand, struct answer *answer);

#endif
