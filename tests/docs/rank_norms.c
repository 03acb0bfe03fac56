/* SPDX-License-Identifier: MIT */
/* docs/rankings.md: what the normalisers make of three lists; a row for each. */
#include <ensemble_rank.h>
#include <stdio.h>

int main(void)
{
    static const char *const names[] = {"MIN_MAX", "Z", "MAX", "SUM", "NONE"};
    static const float lists[][4] = {{4, 3, 2, 1}, {100, 3, 2, 1}, {2, 2, 2, 2}};
    const uint64_t ids[] = {1, 2, 3, 4};
    const size_t length = 4;
    uint64_t best[4];
    double scores[4];

    for (int32_t norm = ENSEMBLE_NORM_MIN_MAX; norm <= ENSEMBLE_NORM_NONE; norm++) {
        printf("| `ENSEMBLE_NORM_%s` |", names[norm]);
        for (size_t i = 0; i < 3; i++) {
            const struct ensemble_fusion fusion = {
                .struct_size = sizeof fusion, .method = ENSEMBLE_FUSE_SUM, .normaliser = norm, .scores = lists[i]};

            if (ensemble_fuse_rankings(ids, &length, 1, &fusion, best, scores, 4) != 4)
                return 1;
            printf(" %.3g, %.3g, %.3g, %.3g |", scores[0], scores[1], scores[2], scores[3]);
        }
        puts("");
    }
    return 0;
}
