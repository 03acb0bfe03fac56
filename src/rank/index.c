/* SPDX-License-Identifier: MIT */
#include "rank/index.h"

#include "base/compiler.h"
#include "rank/scores.h"

#include <string.h>

size_t ens_index_slots(size_t ids)
{
    size_t slots = 16;

    while (slots / 3 * 2 < ids)
        slots *= 2;
    return slots;
}

/* Steps that are allowed on the way through the hash table, for each id and in all. Ids by chance take less than 2. */
#define STEPS_PER_ID 16
#define STEPS_MORE 1024

/* The entry of a place in a list becomes `entry`: unless the list had it before. 0 where it had. */
static inline int take(struct ens_entry *entry, uint32_t list)
{
    if (entry->list == list)
        return 0;
    entry->list = list;
    entry->lists++;
    return 1;
}

/*
 * One list, by open addressing. Multiplication by 2^64 / (golden ratio) spreads ids that count upwards (Knuth, 1973).
 * What is left of `steps`; negative where ids that were chosen for it make the table slow.
 */
static int64_t hash_list(struct ens_index *index, const struct ens_rankings *rankings, size_t i, uint32_t *seats,
                         int64_t steps)
{
    const unsigned shift = 64 - (unsigned)__builtin_ctzll(index->n_slots);
    const size_t mask = index->n_slots - 1;
    const uint64_t *ids = rankings->ids[i];
    const uint32_t list = (uint32_t)i + 1;

    for (size_t place = 0; place < rankings->lengths[i] && steps >= 0; place++) {
        size_t at = (size_t)(ids[place] * UINT64_C(0x9E3779B97F4A7C15) >> shift);
        uint32_t slot;

        seats[place] = ENS_NO_ENTRY;
        if (!ens_score_counts(rankings, i, place))
            continue;
        while ((slot = index->slots[at]) != 0 && index->entries[slot - 1].id != ids[place]) {
            at = (at + 1) & mask;
            steps--;
        }
        if (slot == 0) {
            index->entries[index->count] = (struct ens_entry){.id = ids[place]};
            index->slots[at] = slot = (uint32_t)++index->count;
        }
        if (take(&index->entries[slot - 1], list))
            seats[place] = slot - 1;
    }
    return steps;
}

/* Lets entries[root] sink to where it belongs, in a heap of `count` entries with the largest id on top. */
static void sink(struct ens_entry *entries, size_t root, size_t count)
{
    const struct ens_entry entry = entries[root];

    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && entries[child + 1].id > entries[child].id)
            child++;
        if (entries[child].id <= entry.id)
            break;
        entries[root] = entries[child];
    }
    entries[root] = entry;
}

/* The different ids of all lists, in order. */
static void sort_ids(struct ens_index *index, const struct ens_rankings *rankings)
{
    struct ens_entry *entries = index->entries;
    size_t n = 0;

    for (size_t i = 0; i < rankings->n; i++)
        for (size_t place = 0; ens_list_takes_part(rankings, i) && place < rankings->lengths[i]; place++)
            if (ens_score_counts(rankings, i, place))
                entries[n++] = (struct ens_entry){.id = rankings->ids[i][place]};
    for (size_t root = n / 2; root-- > 0;)
        sink(entries, root, n);
    for (size_t last = n; last-- > 1;) {
        const struct ens_entry largest = entries[0];

        entries[0] = entries[last];
        sink(entries, 0, last);
        entries[last] = largest;
    }
    index->count = 0;
    for (size_t j = 0; j < n; j++)
        if (j == 0 || entries[j].id != entries[index->count - 1].id)
            entries[index->count++] = entries[j];
}

/* The same as hash_list(), by bisection. */
static void search_list(struct ens_index *index, const struct ens_rankings *rankings, size_t i, uint32_t *seats)
{
    const uint64_t *ids = rankings->ids[i];

    for (size_t place = 0; place < rankings->lengths[i]; place++) {
        size_t low = 0;

        seats[place] = ENS_NO_ENTRY;
        if (!ens_score_counts(rankings, i, place))
            continue;
        for (size_t high = index->count; high - low > 1;) {
            const size_t middle = low + (high - low) / 2;

            if (index->entries[middle].id <= ids[place])
                low = middle;
            else
                high = middle;
        }
        if (take(&index->entries[low], (uint32_t)i + 1))
            seats[place] = (uint32_t)low;
    }
}

void ens_index_build(struct ens_index *index, const struct ens_rankings *rankings)
{
    int64_t steps = STEPS_PER_ID * (int64_t)rankings->total + STEPS_MORE;
    uint32_t *seats = index->seats;

    memset(index->slots, 0, index->n_slots * sizeof *index->slots);
    index->count = 0;
    for (size_t i = 0; i < rankings->n && steps >= 0; i++) {
        if (!ens_list_takes_part(rankings, i))
            continue;
        steps = hash_list(index, rankings, i, seats, steps);
        seats += rankings->lengths[i];
    }
    if (ENS_LIKELY(steps >= 0))
        return;
    sort_ids(index, rankings);
    seats = index->seats;
    for (size_t i = 0; i < rankings->n; i++) {
        if (!ens_list_takes_part(rankings, i))
            continue;
        search_list(index, rankings, i, seats);
        seats += rankings->lengths[i];
    }
}
