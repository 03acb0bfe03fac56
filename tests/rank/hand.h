/* SPDX-License-Identifier: MIT */
/* Ranked lists that were dealt, the same on every machine: what the model and the golden hashes are about. */
#ifndef TESTS_RANK_HAND_H
#define TESTS_RANK_HAND_H

#include "rng.h"

#include <ensemble_rank.h>

#define HAND_LISTS 12
#define HAND_IDS 3000                 /* in all */
#define HAND_CELLS (2 * HAND_LISTS * HAND_IDS) /* contributions, where more ids are wanted than there are */
#define HAND_METHODS 5
#define HAND_NORMALISERS 5

struct hand {
    uint64_t ids[HAND_IDS];
    size_t lengths[HAND_LISTS];
    size_t n;
    size_t total;
    double values[HAND_IDS];                     /* what the scores say */
    unsigned char scores[1 + 8 * HAND_IDS];      /* the scores, as .fusion.score_dtype, from 0 or 1 on */
    double weights[HAND_LISTS];
    struct ensemble_fusion fusion;               /* without contributions and workspace */
    size_t n_fused;
};

/* Up to about `most` ids. The same `seed` deals the same. */
void hand_deal(struct hand *hand, uint64_t seed, int32_t method, int32_t normaliser, size_t most);

#endif
