/* SPDX-License-Identifier: MIT */
#include "rank/top.h"

static inline int is_worse(const struct ens_entry *a, const struct ens_entry *b)
{
    return a->score < b->score || (a->score == b->score && a->id > b->id);
}

/* Puts `entry` to where it belongs in a heap of `count`, the worst on top, in which the place `root` is free. */
static void sink(const struct ens_entry *entries, uint32_t *heap, size_t root, size_t count, uint32_t entry)
{
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && is_worse(&entries[heap[child + 1]], &entries[heap[child]]))
            child++;
        if (!is_worse(&entries[heap[child]], &entries[entry]))
            break;
        heap[root] = heap[child];
    }
    heap[root] = entry;
}

void ens_top(const struct ens_entry *entries, size_t n, uint32_t *best, size_t count)
{
    if (count == 0)
        return;
    for (size_t i = 0; i < count; i++)
        best[i] = (uint32_t)i;
    for (size_t root = count / 2; root-- > 0;)
        sink(entries, best, root, count, best[root]);
    for (size_t i = count; i < n; i++)
        if (is_worse(&entries[best[0]], &entries[i]))
            sink(entries, best, 0, count, (uint32_t)i);
    for (size_t last = count; last-- > 1;) {
        const uint32_t entry = best[last];

        best[last] = best[0];
        sink(entries, best, 0, last, entry);
    }
}
