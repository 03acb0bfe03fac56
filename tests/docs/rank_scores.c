/* SPDX-License-Identifier: MIT */
/* docs/rankings.md: the lists of its first program, by scores. */
#include <ensemble_rank.h>
#include <stdio.h>

int main(void)
{
    const uint64_t ids[] = {7, 3, 9, 3, 8};
    const size_t lengths[] = {3, 2};
    uint64_t best[10];
    double scores[10];
    struct ensemble_fusion fusion = {.struct_size = sizeof fusion};
    int n;

#include "block.h"
    for (int r = 0; r < n; r++)
        printf("%d: %.6f\n", (int)best[r], scores[r]);
    return n < 0;
}
