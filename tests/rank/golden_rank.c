/* SPDX-License-Identifier: MIT */
/*
 * Fusions of which every compiler and machine must make the same bits: those whose hashes are in golden.txt.
 *
 *     golden_rank [--file PATH] [--isa NAME] [--best NAME] [--write]
 */
#include "hand.h"
#include "hashes.h"

#include <string.h>

/* The two methods that use ranks only, then each of the others with each normaliser. */
#define BY_RANK 2
#define SECTIONS (BY_RANK + 3 * HAND_NORMALISERS)
#define SMALL 150 /* fusions of a section */
#define LARGE 4

static const char *const names[SECTIONS] = {
    "rrf",         "borda",       "sum-min-max", "sum-z",    "sum-max",  "sum-sum",
    "sum-none",    "mnz-min-max", "mnz-z",       "mnz-max",  "mnz-sum",  "mnz-none",
    "anz-min-max", "anz-z",       "anz-max",     "anz-sum",  "anz-none",
};

static const char *name_of(int section)
{
    return names[section];
}

static int32_t method_of(int section)
{
    static const int32_t methods[] = {ENSEMBLE_FUSE_RRF, ENSEMBLE_FUSE_BORDA, ENSEMBLE_FUSE_SUM, ENSEMBLE_FUSE_MNZ,
                                      ENSEMBLE_FUSE_ANZ};

    return methods[section < BY_RANK ? section : BY_RANK + (section - BY_RANK) / HAND_NORMALISERS];
}

static uint64_t bits_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static void hash_fusion(uint64_t *hash, const struct hand *hand)
{
    static uint64_t ids[2 * HAND_IDS];
    static double scores[2 * HAND_IDS], contributions[HAND_CELLS];
    struct ensemble_fusion fusion = hand->fusion;
    int found;

    fusion.contributions = contributions;
    fusion.contributions_count = HAND_CELLS;
    found = ensemble_fuse_rankings(hand->ids, hand->lengths, hand->n, &fusion, ids, scores, hand->n_fused);
    hash_value(hash, (uint64_t)(int64_t)found);
    for (int r = 0; r < found; r++) {
        hash_value(hash, ids[r]);
        hash_value(hash, bits_of(scores[r]));
        for (size_t i = 0; i < hand->n; i++)
            hash_value(hash, bits_of(contributions[(size_t)r * hand->n + i]));
    }
}

/* No instruction set is asked for: fusions have one way on all of them. */
static uint64_t hash_section(int section, const char *isa, int *wrong)
{
    static struct hand hand;
    const int32_t normaliser = section < BY_RANK ? 0 : (section - BY_RANK) % HAND_NORMALISERS;
    uint64_t hash = FNV_START;

    (void)isa, (void)wrong;
    for (uint64_t i = 0; i < SMALL + LARGE; i++) {
        hand_deal(&hand, i, method_of(section), normaliser, i < SMALL ? 120 : HAND_IDS);
        hash_fusion(&hash, &hand);
    }
    return hash;
}

int main(int argc, char **argv)
{
    const struct hashes_suite suite = {
        .program = "golden_rank", .sections = SECTIONS, .name = name_of, .hash = hash_section,
    };

    return hashes_main(&suite, argc, argv);
}
