/* SPDX-License-Identifier: MIT */
/* Ids that are the same are found by hashing, whatever they are, and by sorting where they were chosen to be slow. */
#include "fuse.h"

#include "rank/index.h"

#include "../kernels/rng.h"

#include <stdlib.h>

#define MULTIPLIER 0x9E3779B97F4A7C15u
#define INVERSE 0xF1DE83E19937733Du /* INVERSE x MULTIPLIER = 1: small multiples of it begin at the first slot */
#define MOST 3000
#define KINDS 8 /* of ids */
#define BY_CHANCE 5

static uint64_t id_of(int kind, size_t j)
{
    struct rng rng = {j};

    switch (kind) {
    case 0:
        return j; /* rows of a table */
    case 1:
        return 1000000 + 10 * j;
    case 2:
        return (uint64_t)j << 32;
    case 3:
        return 0x7F0000000000u + 64 * j; /* addresses */
    case 4:
        return (uint64_t)j << 40 | (j * j % 1000); /* a table and a row */
    case BY_CHANCE:
        return rng_bits(&rng);
    case 6:
        return (uint64_t)(j % 256) << 56 | j / 256; /* a shard and a row */
    default:
        return UINT64_MAX - j;
    }
}

/* One list of n ids, indexed. */
struct indexed {
    struct ens_index index;
    size_t length;
    struct ens_rankings rankings;
};

static void build(struct indexed *indexed, const uint64_t *ids, size_t n)
{
    indexed->length = n;
    indexed->rankings =
        (struct ens_rankings){.ids = ids, .lengths = &indexed->length, .n = 1, .method = ENSEMBLE_FUSE_RRF, .total = n};
    indexed->index.n_slots = ens_index_slots(n);
    indexed->index.entries = calloc(n, sizeof *indexed->index.entries);
    indexed->index.seats = calloc(n, sizeof *indexed->index.seats);
    indexed->index.slots = calloc(indexed->index.n_slots, sizeof *indexed->index.slots);
    assert_true(indexed->index.entries != NULL && indexed->index.seats != NULL && indexed->index.slots != NULL);
    ens_index_build(&indexed->index, &indexed->rankings);
    assert_int_equal(indexed->index.count, n);
    for (size_t j = 0; j < n; j++)
        assert_true(indexed->index.entries[indexed->index.seats[j]].id == ids[j]);
}

static void forget(const struct indexed *indexed)
{
    free(indexed->index.entries);
    free(indexed->index.seats);
    free(indexed->index.slots);
}

/* The steps from where the search for an id begins to where it lies, of all ids. */
static size_t steps_of(const struct ens_index *index)
{
    unsigned bits = 0;
    size_t steps = 0;

    while ((size_t)1 << bits < index->n_slots)
        bits++;
    for (size_t at = 0; at < index->n_slots; at++)
        if (index->slots[at] != 0) {
            const uint64_t id = index->entries[index->slots[at] - 1].id;

            steps += (at - (size_t)(id * MULTIPLIER >> (64 - bits))) & (index->n_slots - 1);
        }
    return steps;
}

/* In the order of the list, not in theirs: they were not sorted. */
TEST(test_ids_as_programs_have_them_are_hashed_in_few_steps)
{
    const size_t counts[] = {10, 11, 100, 341, 342, 1000, MOST};
    static uint64_t ids[MOST];

    for (int kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < LENGTH(counts); i++) {
            struct indexed indexed;

            for (size_t j = 0; j < counts[i]; j++)
                ids[j] = id_of(kind, counts[i] - 1 - j);
            build(&indexed, ids, counts[i]);
            for (size_t j = 0; j < counts[i]; j++)
                assert_int_equal(indexed.index.seats[j], j);
            assert_true(steps_of(&indexed.index) < (kind == BY_CHANCE ? 2 : 3) * counts[i]);
            forget(&indexed);
        }
}

/* The table is given up after 16 steps for each id and 1,024 more; then the ids are in order. */
TEST(test_ids_chosen_to_be_slow_are_sorted_before_long)
{
    const size_t counts[] = {10, 30, 60, 90, 100, 1000, MOST};
    static uint64_t ids[MOST];

    for (size_t i = 0; i < LENGTH(counts); i++) {
        const size_t n = counts[i], most = 17 * n + 1024;
        const int is_slow = n * (n - 1) / 2 > 16 * n + 1024;
        struct indexed indexed;
        size_t taken = 0, in_order = 1;

        for (size_t j = 0; j < n; j++)
            ids[j] = (n - 1 - j) * INVERSE;
        build(&indexed, ids, n);
        for (size_t at = 0; at < indexed.index.n_slots; at++)
            taken += indexed.index.slots[at] != 0;
        for (size_t j = 1; j < n; j++)
            in_order += indexed.index.entries[j].id > indexed.index.entries[j - 1].id;
        assert_int_equal(in_order == n, is_slow);
        assert_true(taken == n || is_slow);
        assert_true(taken * (taken - 1) / 2 <= most);
        assert_true(taken * (taken - 1) / 2 >= 16 * n || taken == n);
        forget(&indexed);
    }
}

/* The first list takes 65 x 64 / 2 steps: as many as 16 for each of 66 ids and 1,024 more. The second one is read. */
TEST(test_steps_that_end_with_a_list)
{
    const struct ensemble_fusion fusion = {.struct_size = sizeof fusion, .method = ENSEMBLE_FUSE_RRF};
    const size_t lengths[] = {65, 1};
    uint64_t ids[66], order[66];
    double values[66];

    for (size_t j = 0; j < 65; j++)
        ids[j] = j * INVERSE;
    for (int is_slow = 0; is_slow < 2; is_slow++) {
        ids[65] = is_slow ? 65 * INVERSE : 1;
        assert_int_equal(ensemble_fuse_rankings(ids, lengths, 2, &fusion, order, values, 66), 66);
        assert_true((order[0] == ids[65] && order[1] == 0) || (order[0] == 0 && order[1] == ids[65]));
        assert_true(values[0] == values[1] && values[1] > values[2]);
    }
}

/* Every id of a hand and its place among all of them: a change of ids by which their order stays. */
static uint64_t slow_id(size_t number)
{
    static uint64_t sorted[MOST];

    if (sorted[1] == 0) {
        for (size_t j = 0; j < MOST; j++) {
            size_t at = j;

            for (; at > 0 && sorted[at - 1] > j * INVERSE; at--)
                sorted[at] = sorted[at - 1];
            sorted[at] = j * INVERSE;
        }
    }
    return sorted[number];
}

#define LISTS 5
static uint64_t plain[MOST], slow[MOST], fused[2][MOST];
static double scores[MOST], fused_scores[2][MOST], contributions[2][LISTS * MOST];

static void assert_slow_ids_give_the_same(const size_t *lengths, const double *weights, int32_t method)
{
    int found[2];

    memset(fused, 0, sizeof fused);
    memset(fused_scores, 0, sizeof fused_scores);
    memset(contributions, 0, sizeof contributions);
    for (int i = 0; i < 2; i++) {
        struct ensemble_fusion fusion = by(method, ENSEMBLE_NORM_Z, scores);

        fusion.score_dtype = ENSEMBLE_F64;
        fusion.weights = weights;
        fusion.contributions = contributions[i];
        fusion.contributions_count = LISTS * MOST;
        found[i] = ensemble_fuse_rankings(i ? slow : plain, lengths, LISTS, &fusion, fused[i], fused_scores[i], MOST);
    }
    assert_true(found[0] > 0);
    assert_int_equal(found[0], found[1]);
    for (int r = 0; r < found[0]; r++)
        assert_true(fused[1][r] == slow_id((size_t)fused[0][r]));
    assert_memory_equal(fused_scores[0], fused_scores[1], sizeof fused_scores[0]);
    assert_memory_equal(contributions[0], contributions[1], sizeof contributions[0]);
}

/* With repeats, scores that are not finite, an empty list and one that does not take part. */
TEST(test_ids_chosen_to_be_slow_give_the_same_results)
{
    const size_t large[] = {1000, 0, 700, 300, 1000}, small[] = {40, 0, 200, 9, 51};
    const double weights[] = {.3, 1, .7, 0, .1};
    struct rng rng = {3};

    for (int round = 0; round < 4; round++) {
        const size_t many = round < 2 ? MOST : 180;

        for (size_t j = 0; j < MOST; j++) {
            plain[j] = rng_below(&rng, many);
            slow[j] = slow_id((size_t)plain[j]);
            scores[j] = rng_one_in(&rng, 9) ? (double)NAN : (double)rng_below(&rng, 50) / 7;
        }
        for (int32_t method = ENSEMBLE_FUSE_RRF; method <= ENSEMBLE_FUSE_BORDA; method++)
            assert_slow_ids_give_the_same(round % 2 ? large : small, weights, method);
    }
}

TEST(test_slots_are_a_power_of_two_with_room)
{
    for (size_t n = 0; n <= 100000; n++) {
        const size_t slots = ens_index_slots(n);

        assert_true((slots & (slots - 1)) == 0 && slots >= 16);
        assert_true(2 * slots >= 3 * n);
        assert_true(slots == 16 || slots / 2 / 3 * 2 < n);
    }
}

/* Ids without order, so that many share a slot; and which one it is. */
#define MANY 200000
static uint64_t far_id(uint64_t j)
{
    const uint64_t x = (j + 1) * MULTIPLIER;

    return x ^ x >> 32;
}

static uint64_t which_far_id(uint64_t id)
{
    return (id ^ id >> 32) * INVERSE - 1;
}

/*
 * So many ids that the index is larger than what a processor has near: it is then searched in another way. Id i is at
 * place i of one list and, from the end, of the other; both have an id twice, of which only the first counts.
 */
TEST(test_more_ids_than_are_near)
{
    uint64_t *ids = malloc(2 * (MANY + 1) * sizeof *ids), *order = malloc(MANY * sizeof *order);
    double *sums = malloc(MANY * sizeof *sums);
    unsigned char *seen = calloc(MANY, 1);
    const size_t lengths[] = {MANY + 1, MANY + 1};
    struct ensemble_fusion fusion = by(ENSEMBLE_FUSE_RRF, 0, NULL);

    assert_true(ids != NULL && order != NULL && sums != NULL && seen != NULL);
    for (size_t i = 0; i < MANY; i++)
        ids[i] = ids[2 * MANY - i] = far_id(i);
    ids[MANY] = far_id(7);
    ids[2 * MANY + 1] = far_id(0);
    fusion.k = 60;
    assert_int_equal(ensemble_fuse_rankings(ids, lengths, 2, &fusion, order, sums, MANY), MANY);
    for (size_t r = 0; r < MANY; r++) {
        const uint64_t i = which_far_id(order[r]);

        assert_true(i < MANY && !seen[i]);
        seen[i] = 1;
        assert_true(sums[r] == 1 / (60. + (double)(i + 1)) + 1 / (60. + (double)(MANY - i)));
        assert_true(r == 0 || sums[r - 1] > sums[r] || (sums[r - 1] == sums[r] && order[r - 1] < order[r]));
    }
    free(seen);
    free(sums);
    free(order);
    free(ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids_as_programs_have_them_are_hashed_in_few_steps),
        cmocka_unit_test(test_ids_chosen_to_be_slow_are_sorted_before_long),
        cmocka_unit_test(test_steps_that_end_with_a_list),
        cmocka_unit_test(test_ids_chosen_to_be_slow_give_the_same_results),
        cmocka_unit_test(test_slots_are_a_power_of_two_with_room),
        cmocka_unit_test(test_more_ids_than_are_near),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
