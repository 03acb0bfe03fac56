/* SPDX-License-Identifier: MIT */
/*
 * Fusions beside the model, bit by bit.
 *
 *     oracle [--quick] [--seed N]
 */
#include "model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POISON 0x5A
#define BYTES(ids) (44 * (ids) + 256)

static struct hand hand;
static struct answer expected;

/* What the library writes, with room for more that must stay as it is. */
static uint64_t ids[2 * HAND_IDS];
static double scores[2 * HAND_IDS], contributions[HAND_CELLS];
static unsigned char workspace[BYTES(HAND_IDS)];

static int fused(int with_scores, int with_contributions, size_t skew)
{
    struct ensemble_fusion fusion = hand.fusion;

    memset(ids, POISON, sizeof ids);
    memset(scores, POISON, sizeof scores);
    memset(contributions, POISON, sizeof contributions);
    if (with_contributions) {
        fusion.contributions = contributions;
        fusion.contributions_count = hand.n_fused * hand.n;
    }
    if (skew > 0) {
        fusion.workspace = workspace + skew;
        fusion.workspace_size = ensemble_fusion_workspace_size(hand.total);
    }
    return ensemble_fuse_rankings(hand.ids, hand.lengths, hand.n, &fusion, ids, with_scores ? scores : NULL,
                                  hand.n_fused);
}

/* Are the first `n` elements of 8 bytes those expected, and the others as before? */
static int is_wrong(const char *what, const void *got, size_t room, const void *wanted, size_t n)
{
    const unsigned char *bytes = got;

    for (size_t j = 0; j < n; j++)
        if (memcmp(bytes + 8 * j, (const unsigned char *)wanted + 8 * j, 8) != 0) {
            printf("element %zu of the %s is another one\n", j, what);
            return 1;
        }
    for (size_t at = 8 * n; at < 8 * room; at++)
        if (bytes[at] != POISON) {
            printf("the %s go on behind %zu elements\n", what, n);
            return 1;
        }
    return 0;
}

static int check(uint64_t seed, int32_t method, int32_t normaliser, size_t most)
{
    const int with_scores = seed % 7 != 0, with_contributions = seed % 3 != 0;
    int found, wrong;

    hand_deal(&hand, seed, method, normaliser, most);
    model_fuse(&hand, &expected);
    found = fused(with_scores, with_contributions, seed % 4);
    wrong = found != (int)expected.n;
    if (wrong)
        printf("%d ids were found, not %zu\n", found, expected.n);
    wrong = wrong || is_wrong("ids", ids, 2 * HAND_IDS, expected.ids, expected.n) ||
            is_wrong("scores", scores, 2 * HAND_IDS, expected.scores, with_scores ? expected.n : 0) ||
            is_wrong("contributions", contributions, HAND_CELLS, expected.contributions,
                     with_contributions ? expected.n * hand.n : 0);
    if (wrong)
        printf("FAILED: seed %" PRIu64 ", method %d, normaliser %d, %zu lists of %zu ids\n", seed, (int)method,
               (int)normaliser, hand.n, hand.total);
    return wrong;
}

static int check_all(uint64_t seed, size_t cases, size_t most)
{
    int wrong = 0;

    for (size_t i = 0; i < cases; i++) {
        const size_t way = i % (HAND_METHODS * HAND_NORMALISERS);

        wrong += check(seed + i, (int32_t)(way % HAND_METHODS), (int32_t)(way / HAND_METHODS), most);
    }
    printf("%zu fusions of up to %zu ids: %d differ\n", cases, most, wrong);
    return wrong;
}

/* Workspaces of all sizes, those that no machine has included: that is where 32 and 64 bits differ. */
static int check_sizes(void)
{
    const size_t most = SIZE_MAX / 64 < INT32_MAX ? SIZE_MAX / 64 : INT32_MAX;
    int wrong = 0;

    for (size_t n = most; n > 0; n /= 2)
        wrong += ensemble_fusion_workspace_size(n) / 34 < n || ensemble_fusion_workspace_size(n) / 40 > n + 2;
    for (size_t n = most + 1; n > most; n += n / 2 + 1)
        wrong += ensemble_fusion_workspace_size(n) != SIZE_MAX;
    wrong += ensemble_fusion_workspace_size(SIZE_MAX) != SIZE_MAX;
    printf("sizes of workspaces: %d are wrong\n", wrong);
    return wrong;
}

int main(int argc, char **argv)
{
    uint64_t seed = 1;
    size_t part = 1;
    int wrong;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quick") == 0) {
            part = 10;
        } else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
            seed = strtoull(argv[++i], NULL, 10);
        } else {
            fprintf(stderr, "usage: oracle [--quick] [--seed N]\n");
            return 2;
        }
    }
    wrong = check_sizes();
    wrong += check_all(seed, 10000 / part, 5 * HAND_LISTS);
    wrong += check_all(seed + 1000000, 1000 / part, 300);
    wrong += check_all(seed + 2000000, 200 / part, HAND_IDS);
    printf("rankings beside the model: %s\n", wrong ? "FAILED" : "passed");
    return wrong != 0;
}
