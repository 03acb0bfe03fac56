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

/* A list that is not empty holds the entry's id. 0 where that was known. */
static inline int take(struct ens_entry *entry, const struct ens_list *list)
{
    if (entry->list == list->begin + 1)
        return 0;
    entry->list = (uint32_t)list->begin + 1;
    entry->lists++;
    return 1;
}

/* The way through the hash table: where it has come to, and how many steps it may still take. */
struct walk {
    size_t at;
    size_t mask;
    int64_t steps;
};

/*
 * The entry of an id, by open addressing. Behind the entries stands the id that is looked for, and an empty slot leads
 * there: whether it is new is no branch, which would be foreseen wrongly for every second id.
 */
static ENS_INLINE uint32_t find_near(struct ens_index *index, struct walk *walk, uint64_t id)
{
    const uint32_t count = (uint32_t)index->count;
    uint32_t entry;

    index->entries[count] = (struct ens_entry){.id = id};
    for (;; walk->at = (walk->at + 1) & walk->mask, walk->steps--) {
        entry = index->slots[walk->at] - 1;
        entry = entry < count ? entry : count;
        if (index->entries[entry].id == id)
            break;
    }
    index->slots[walk->at] = entry + 1;
    index->count += entry == count;
    return entry;
}

/* The same where loads take so long that it is better to guess what they bring, and to go on with the next ids. */
static ENS_INLINE uint32_t find_far(struct ens_index *index, struct walk *walk, uint64_t id)
{
    uint32_t slot;

    while ((slot = index->slots[walk->at]) != 0 && index->entries[slot - 1].id != id) {
        walk->at = (walk->at + 1) & walk->mask;
        walk->steps--;
    }
    if (slot == 0) {
        index->entries[index->count] = (struct ens_entry){.id = id};
        index->slots[walk->at] = slot = (uint32_t)++index->count;
    }
    return slot - 1;
}

/* So many slots are far, 2 MB. find_near() was the faster up to half of that, and the slower from there on. */
#define FAR_SLOTS (1 << 19)

/*
 * One list. Multiplication by 2^64 / (golden ratio) spreads ids that count upwards (Knuth, 1973). What is left of
 * `steps`; negative where ids that were chosen for it make the table slow.
 */
static ENS_INLINE int64_t hash_list(struct ens_index *index, const struct ens_rankings *rankings,
                                const struct ens_list *list, int64_t steps, int is_far)
{
    const unsigned shift = 64 - (unsigned)__builtin_ctzll(index->n_slots);
    struct walk walk = {.mask = index->n_slots - 1, .steps = steps};

    for (size_t place = list->begin; place < list->end && walk.steps >= 0; place++) {
        const uint64_t id = rankings->ids[place];
        uint32_t entry;

        index->seats[place] = ENS_NO_ENTRY;
        if (!ens_score_counts(rankings, place))
            continue;
        walk.at = (size_t)(id * UINT64_C(0x9E3779B97F4A7C15) >> shift);
        entry = is_far ? find_far(index, &walk, id) : find_near(index, &walk, id);
        if (take(&index->entries[entry], list))
            index->seats[place] = entry;
    }
    return walk.steps;
}

/* Two functions, so that a compiler has all its registers for either loop: 15 % of the time where memory is far. */
static ENS_APART int64_t hash_near(struct ens_index *index, const struct ens_rankings *rankings,
                                   const struct ens_list *list, int64_t steps)
{
    return hash_list(index, rankings, list, steps, 0);
}

static ENS_APART int64_t hash_far(struct ens_index *index, const struct ens_rankings *rankings,
                                  const struct ens_list *list, int64_t steps)
{
    return hash_list(index, rankings, list, steps, 1);
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
static void search_list(struct ens_index *index, const struct ens_rankings *rankings, const struct ens_list *list)
{
    for (size_t place = list->begin; place < list->end; place++) {
        size_t low = 0;

        index->seats[place] = ENS_NO_ENTRY;
        if (!ens_score_counts(rankings, place))
            continue;
        for (size_t high = index->count; high - low > 1;) {
            const size_t middle = low + (high - low) / 2;

            if (index->entries[middle].id <= rankings->ids[place])
                low = middle;
            else
                high = middle;
        }
        if (take(&index->entries[low], list))
            index->seats[place] = (uint32_t)low;
    }
}

void ens_index_build(struct ens_index *index, const struct ens_rankings *rankings)
{
    const int is_far = index->n_slots >= FAR_SLOTS;
    int64_t steps = STEPS_PER_ID * (int64_t)rankings->total + STEPS_MORE;

    memset(index->slots, 0, index->n_slots * sizeof *index->slots);
    index->count = 0;
    for (size_t i = 0, begin = 0; i < rankings->n && steps >= 0; begin += rankings->lengths[i++]) {
        const struct ens_list list = ens_list(rankings, i, begin);

        if (list.weight != 0)
            steps = is_far ? hash_far(index, rankings, &list, steps)
                           : hash_near(index, rankings, &list, steps);
    }
    if (ENS_LIKELY(steps >= 0))
        return;
    sort_ids(index, rankings);
    for (size_t i = 0, begin = 0; i < rankings->n; begin += rankings->lengths[i++]) {
        const struct ens_list list = ens_list(rankings, i, begin);

        if (list.weight != 0)
            search_list(index, rankings, &list);
    }
}
