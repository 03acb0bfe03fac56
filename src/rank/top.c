/* SPDX-License-Identifier: MIT */
#include "rank/top.h"

/* So few are inserted one by one; of more, up to this part of them is kept in a heap. Half or twice gains nothing. */
#define FEW 16
#define SMALL_PART 8

static inline int is_worse(const struct ens_entry *a, const struct ens_entry *b)
{
    return (a->score < b->score) | ((a->score == b->score) & (a->id > b->id));
}

/*
 * Field by field: a compiler copies whole structs by 16 bytes, and processors wait for those whose halves have just
 * been written one by one.
 */
static inline void copy(struct ens_entry *to, const struct ens_entry *from)
{
    to->id = from->id;
    to->score = from->score;
    to->list = from->list;
    to->lists = from->lists;
}

static inline void swap(struct ens_entry *a, struct ens_entry *b)
{
    struct ens_entry entry;

    copy(&entry, a);
    copy(a, b);
    copy(b, &entry);
}

/* Puts `entry` to where it belongs in a heap of `count`, the worst on top, in which the place `root` is free. */
static void sink(struct ens_entry *heap, size_t root, size_t count, struct ens_entry entry)
{
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && is_worse(&heap[child + 1], &heap[child]))
            child++;
        if (!is_worse(&heap[child], &entry))
            break;
        heap[root] = heap[child];
    }
    heap[root] = entry;
}

/* At most n log(count), whatever the order. */
static void top_by_heap(struct ens_entry *entries, size_t n, size_t count)
{
    double worst;

    for (size_t root = count / 2; root-- > 0;)
        sink(entries, root, count, entries[root]);
    worst = entries[0].score;
    for (size_t i = count; i < n; i++) {
        struct ens_entry entry;

        if (entries[i].score < worst || !is_worse(&entries[0], &entries[i]))
            continue;
        entry = entries[i];
        entries[i] = entries[0];
        sink(entries, 0, count, entry);
        worst = entries[0].score;
    }
    for (size_t last = count; last-- > 1;) {
        const struct ens_entry entry = entries[last];

        entries[last] = entries[0];
        sink(entries, 0, last, entry);
    }
}

static void insert_each(struct ens_entry *entries, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const struct ens_entry entry = entries[i];
        size_t at = i;

        for (; at > 0 && is_worse(&entries[at - 1], &entry); at--)
            entries[at] = entries[at - 1];
        entries[at] = entry;
    }
}

/*
 * Those that are better than the middle one of three go before it, the others behind. Its place. Without a branch that
 * depends on an entry: every second one would be foreseen wrongly.
 */
static size_t part(struct ens_entry *entries, size_t n)
{
    struct ens_entry *a = &entries[n / 4], *b = &entries[n / 2], *c = &entries[n / 4 * 3], pivot;
    size_t better = 1;

    if (is_worse(a, b))
        swap(a, b);
    if (is_worse(b, c))
        swap(b, c);
    if (is_worse(a, b))
        swap(a, b);
    swap(b, &entries[0]);
    pivot = entries[0];
    for (size_t i = 1; i < n; i++) {
        const int is_better = is_worse(&pivot, &entries[i]);

        swap(&entries[i], &entries[better]);
        better += (size_t)is_better;
    }
    swap(&entries[0], &entries[better - 1]);
    return better - 1;
}

/* Entries to sort: the `count` best of `n`, by so many divisions at most on the way to any of them. */
struct stretch {
    struct ens_entry *entries;
    size_t n;
    size_t count;
    unsigned divisions;
};

/* For n entries; below 2^31, MOST_DIVISIONS are enough. */
static unsigned divisions_of(size_t n)
{
    unsigned divisions = 2;

    for (; n > 1; n /= 2)
        divisions += 2;
    return divisions;
}
#define MOST_DIVISIONS 62

/*
 * Quicksort (Hoare, 1961) of the parts that are wanted; a heap for what it has divided badly too often. What comes
 * behind waits, one stretch for each division at most.
 */
static void sort(struct stretch now)
{
    struct stretch waiting[MOST_DIVISIONS];
    size_t n_waiting = 0;

    for (;;) {
        if (now.n > FEW && (now.count <= now.n / SMALL_PART || now.divisions == 0)) {
            top_by_heap(now.entries, now.n, now.count);
        } else if (now.n > FEW) {
            const size_t middle = part(now.entries, now.n);
            const unsigned left = now.divisions - 1;

            if (now.count > middle + 1)
                waiting[n_waiting++] = (struct stretch){now.entries + middle + 1, now.n - middle - 1,
                                                        now.count - middle - 1, left};
            now = (struct stretch){now.entries, middle, now.count < middle ? now.count : middle, left};
            continue;
        } else {
            insert_each(now.entries, now.n);
        }
        if (n_waiting == 0)
            return;
        now = waiting[--n_waiting];
    }
}

void ens_top(struct ens_entry *entries, size_t n, size_t count)
{
    if (count > 0)
        sort((struct stretch){entries, n, count, divisions_of(n)});
}
