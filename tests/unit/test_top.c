/* SPDX-License-Identifier: MIT */
/* The best of many entries, in order: src/rank/top.c, also where it divides badly. */
#include "support.h"

#include "rank/top.h"

#include <stdlib.h>

#define MOST 1000

static int in_order(const void *a, const void *b)
{
    const struct ens_entry *x = a, *y = b;

    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* The `count` best come first, with all that belongs to them, and none of the others is lost. */
static void assert_top(const struct ens_entry *entries, size_t n, size_t count)
{
    struct ens_entry expected[MOST], found[MOST];

    memcpy(expected, entries, n * sizeof *entries);
    memcpy(found, entries, n * sizeof *entries);
    qsort(expected, n, sizeof *expected, in_order);
    ens_top(found, n, count);
    qsort(found + count, n - count, sizeof *found, in_order);
    for (size_t i = 0; i < n; i++) {
        assert_true(found[i].id == expected[i].id && found[i].score == expected[i].score);
        assert_true(found[i].list == expected[i].list && found[i].lists == expected[i].lists);
    }
}

static void assert_tops(const struct ens_entry *entries, size_t n)
{
    const size_t counts[] = {0, 1, 2, n / 9, n / 8, n / 8 + 1, n / 3, n / 2, n - 1, n};

    for (size_t i = 0; i < LENGTH(counts); i++)
        if (counts[i] <= n)
            assert_top(entries, n, counts[i]);
}

static void number(struct ens_entry *entries, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        entries[i].id = i * 389 % 1009;
        entries[i].list = (uint32_t)i;
        entries[i].lists = (uint32_t)(n - i);
    }
}

TEST(test_scores_in_any_order)
{
    struct ens_entry entries[MOST];
    const size_t sizes[] = {1, 2, 3, 15, 16, 17, 18, 33, 100, MOST};
    unsigned random = 1;

    for (size_t i = 0; i < LENGTH(sizes); i++) {
        number(entries, sizes[i]);
        for (size_t j = 0; j < sizes[i]; j++)
            entries[j].score = (double)((random = random * 1664525u + 1013904223u) >> 8);
        assert_tops(entries, sizes[i]);
        for (size_t j = 0; j < sizes[i]; j++)
            entries[j].score = (double)((random = random * 1664525u + 1013904223u) >> 30);
        assert_tops(entries, sizes[i]);
        for (size_t j = 0; j < sizes[i]; j++)
            entries[j].score = (double)j;
        assert_tops(entries, sizes[i]);
        for (size_t j = 0; j < sizes[i]; j++)
            entries[j].score = -(double)j;
        assert_tops(entries, sizes[i]);
    }
}

static void exchange(size_t *a, size_t *b)
{
    const size_t was = *a;

    *a = *b;
    *b = was;
}

/*
 * After McIlroy, "A killer adversary for quicksort" (1999): scores are chosen while it is followed how top.c divides,
 * so that only one entry is better than the middle one of three. Each division then gets rid of two entries, until no
 * more may be made and a heap must sort the rest.
 */
static void divide_badly(struct ens_entry *entries, size_t n)
{
    size_t order[MOST];
    double best = 0;

    number(entries, n);
    for (size_t i = 0; i < n; i++) {
        order[i] = i;
        entries[i].score = -(double)(n + i * 7 % n);
    }
    for (size_t done = 0; n - done > 4; done += 2) {
        const size_t rest = n - done;
        size_t *o = order + done;
        const size_t better = o[rest / 4];
        size_t behind = 1;

        entries[better].score = best--;
        entries[o[rest / 2]].score = best--;
        exchange(&o[rest / 2], &o[0]);
        for (size_t i = 1; i < rest; i++) {
            const size_t is_better = o[i] == better;

            exchange(&o[i], &o[behind]);
            behind += is_better;
        }
        exchange(&o[0], &o[behind - 1]);
    }
}

TEST(test_scores_that_divide_badly)
{
    struct ens_entry entries[MOST];

    for (size_t n = 17; n <= MOST; n += n < 80 ? 1 : 115) {
        divide_badly(entries, n);
        assert_tops(entries, n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores_in_any_order),
        cmocka_unit_test(test_scores_that_divide_badly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
