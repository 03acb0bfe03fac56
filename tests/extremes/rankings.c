/* SPDX-License-Identifier: MIT */
#include "extremes.h"

#define MOST_IDS (sizeof(void *) == 8 ? (size_t)1 << 31 : (size_t)1 << 26)

static void try_lengths(size_t x)
{
    const size_t lengths[][3] = {{x, 0, 0}, {0, 0, x}, {1, x, 1}, {x, 0 - x, 1}, {x, x, x}};
    const struct ensemble_fusion scored = {
        .struct_size = sizeof scored, .method = ENSEMBLE_FUSE_SUM, .scores = nowhere};
    uint64_t fused[1] = {7};

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        if (x < MOST_IDS)
            continue;
        WANT(ensemble_fuse_rankings(nowhere, lengths[i], 3, NULL, fused, NULL, 1) == ENSEMBLE_EOVERFLOW);
        WANT(ensemble_fuse_rankings(nowhere, lengths[i], 3, &scored, fused, NULL, 1) == ENSEMBLE_EOVERFLOW);
    }
    WANT(fused[0] == 7 && most_asked() <= MOST_ASKED);
}

static void try_places(size_t x)
{
    const uint64_t ids[2] = {1, 2};
    const size_t lengths[2] = {1, 1};
    struct ensemble_fusion how = {.struct_size = sizeof how};
    uint64_t fused[3] = {7, 7, 7};
    size_t bytes;
    double scores[3] = {-1, -1, -1}, contributions[4] = {-1, -1, -1, -1};

    if (!fits(lengths, x, 1, 1, sizeof *lengths))
        WANT(ensemble_fuse_rankings(ids, lengths, x, NULL, fused, scores, 2) == ENSEMBLE_EOVERFLOW);
    if (__builtin_mul_overflow(x, sizeof *fused, &bytes) || bytes > UINTPTR_MAX - (uintptr_t)fused) {
        WANT(ensemble_fuse_rankings(ids, lengths, 2, NULL, fused, NULL, x) == ENSEMBLE_EOVERFLOW);
        WANT(ensemble_fuse_rankings(ids, lengths, 2, NULL, fused, scores, x) == ENSEMBLE_EOVERFLOW);
    }
    how.contributions = contributions;
    how.contributions_count = 4;
    WANT(ensemble_fuse_rankings(ids, lengths, 2, &how, fused, scores, x) < 0);
    how.contributions_count = x; /* more than 4, which is no fault, as far as there can be so much */
    const int found = ensemble_fuse_rankings(ids, lengths, 2, &how, fused, scores, 2);

    WANT(found == 2 || found == ENSEMBLE_EOVERFLOW || found == ENSEMBLE_ECOUNT);
    WANT(fused[2] == 7 && scores[2] == -1 && fused[0] == (found == 2 ? 1 : 7));
    WANT(most_asked() <= MOST_ASKED);
}

void try_fuse_rankings(void)
{
    for EACH_EXTREME(x) {
        try_lengths(x);
        try_places(x);
    }
}

void try_fusion_workspace_size(void)
{
    for EACH_EXTREME(n) {
        const size_t size = ensemble_fusion_workspace_size(n);

        WANT(n >= MOST_IDS ? size == SIZE_MAX : size / 34 >= n && size / 48 <= n);
    }
    WANT(ensemble_fusion_workspace_size(MOST_IDS) == SIZE_MAX);
    WANT(ensemble_fusion_workspace_size(MOST_IDS - 1) < SIZE_MAX);
}
