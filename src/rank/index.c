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

/* What the walk through a list knows. */
struct turn {
    const struct ens_rankings *rankings;
    const struct ens_list *list;
    uint32_t number; /* of the list, from 1 */
    double weight;   /* 0 if the method is not RRF */
    double rank;     /* so far */
};

/* The list holds the entry's id. 0 where that was known. */
static inline int take(struct ens_entry *entry, struct turn *turn)
{
    if (entry->list == turn->number)
        return 0;
    entry->list = turn->number;
    entry->lists++;
    entry->score += ens_rrf(turn->weight, turn->rankings->k, ++turn->rank);
    return 1;
}

/* Multiplication by 2^64 / (golden ratio) spreads ids that count upwards (Knuth, 1973). */
static inline size_t slot_of(uint64_t id, unsigned shift)
{
    return (size_t)(id * UINT64_C(0x9E3779B97F4A7C15) >> shift);
}

/* An empty slot: not below any count of entries. */
#define EMPTY UINT32_MAX

static inline uint32_t at_most(uint32_t slot, uint32_t count)
{
    return slot < count ? slot : count;
}

/* Where a table is larger than caches that are near, what ids further on need is asked for: slots first, then entries. */
#define FAR_SLOTS (1 << 16)
#define AHEAD 16

static inline void ask_ahead(const struct ens_index *index, const struct turn *turn, size_t place, unsigned shift)
{
    const uint64_t *ids = turn->rankings->ids;
    uint32_t slot;

    if (turn->list->end - place <= 2 * AHEAD)
        return;
    __builtin_prefetch(&index->slots[slot_of(ids[place + 2 * AHEAD], shift)]);
    slot = index->slots[slot_of(ids[place + AHEAD], shift)];
    if (slot != EMPTY)
        __builtin_prefetch(&index->entries[slot]);
}

/*
 * One list, by open addressing. What is left of `steps`; negative where ids that were chosen for it make the table slow.
 * Behind the entries stands the id that is looked for, and an empty slot leads there: whether it is new is no branch,
 * which would be foreseen wrongly for half of the ids.
 */
static int64_t hash_list(struct ens_index *index, struct turn *turn, int64_t steps)
{
    const struct ens_rankings *rankings = turn->rankings;
    const unsigned shift = 64 - (unsigned)__builtin_ctzll(index->n_slots);
    const size_t mask = index->n_slots - 1;
    struct ens_entry *entries = index->entries;
    uint32_t count = (uint32_t)index->count;

    for (size_t place = turn->list->begin; place < turn->list->end && steps >= 0; place++) {
        const uint64_t id = rankings->ids[place];
        size_t at = slot_of(id, shift);
        uint32_t entry;

        if (index->n_slots >= FAR_SLOTS)
            ask_ahead(index, turn, place, shift);
        index->seats[place] = ENS_NO_ENTRY;
        if (!ens_score_counts(rankings, place))
            continue;
        entries[count] = (struct ens_entry){.id = id};
        for (; entries[entry = at_most(index->slots[at], count)].id != id; at = (at + 1) & mask)
            steps--;
        index->slots[at] = entry;
        count += entry == count;
        if (take(&entries[entry], turn))
            index->seats[place] = entry;
    }
    index->count = count;
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

    for (size_t i = 0, begin = 0; i < rankings->n; begin += rankings->lengths[i++]) {
        const struct ens_list list = ens_list(rankings, i, begin);

        for (size_t place = list.begin; list.weight != 0 && place < list.end; place++)
            if (ens_score_counts(rankings, place))
                entries[n++] = (struct ens_entry){.id = rankings->ids[place]};
    }
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
static void search_list(struct ens_index *index, struct turn *turn)
{
    for (size_t place = turn->list->begin; place < turn->list->end; place++) {
        const uint64_t id = turn->rankings->ids[place];
        size_t low = 0;

        index->seats[place] = ENS_NO_ENTRY;
        if (!ens_score_counts(turn->rankings, place))
            continue;
        for (size_t high = index->count; high - low > 1;) {
            const size_t middle = low + (high - low) / 2;

            if (index->entries[middle].id <= id)
                low = middle;
            else
                high = middle;
        }
        if (take(&index->entries[low], turn))
            index->seats[place] = (uint32_t)low;
    }
}

/* Every list that takes part, by hashing, or among ids that are sorted. What is left of `steps`, as in hash_list(). */
static int64_t each_list(struct ens_index *index, const struct ens_rankings *rankings, int sorted, int64_t steps)
{
    for (size_t i = 0, begin = 0; i < rankings->n && steps >= 0; begin += rankings->lengths[i++]) {
        const struct ens_list list = ens_list(rankings, i, begin);
        struct turn turn = {.rankings = rankings, .list = &list, .number = (uint32_t)i + 1};

        turn.weight = rankings->method == ENSEMBLE_FUSE_RRF ? list.weight : 0;
        if (list.weight == 0)
            continue;
        if (sorted)
            search_list(index, &turn);
        else
            steps = hash_list(index, &turn, steps);
    }
    return steps;
}

void ens_index_build(struct ens_index *index, const struct ens_rankings *rankings)
{
    const int64_t steps = STEPS_PER_ID * (int64_t)rankings->total + STEPS_MORE;

    memset(index->slots, 0xFF, index->n_slots * sizeof *index->slots);
    index->count = 0;
    if (ENS_LIKELY(each_list(index, rankings, 0, steps) >= 0))
        return;
    sort_ids(index, rankings);
    each_list(index, rankings, 1, 0);
}
