/* SPDX-License-Identifier: MIT */
/* Where a fusion works: on the stack, in malloc()'s memory, or in a workspace, and nowhere else. */
#include "counted.h"
#include "fuse.h"

#include "../kernels/rng.h"

#include <errno.h>

#define ON_STACK 320 /* ids that need no memory */
#define MANY 1000

static uint64_t ids[MANY], fused[MANY], expected[MANY];
static double scores[MANY], fused_scores[MANY], expected_scores[MANY];

/* Two lists of `n` ids in all. */
static int fuse_many(size_t n, void *workspace, size_t size)
{
    const size_t lengths[] = {n / 3, n - n / 3};
    struct ensemble_fusion fusion = by(ENSEMBLE_FUSE_MNZ, ENSEMBLE_NORM_Z, scores);

    fusion.score_dtype = ENSEMBLE_F64;
    fusion.workspace = workspace;
    fusion.workspace_size = size;
    poison(fused, sizeof fused);
    poison(fused_scores, sizeof fused_scores);
    return ensemble_fuse_rankings(ids, lengths, 2, &fusion, fused, fused_scores, n);
}

static int deal(void **state)
{
    struct rng rng = {5};

    (void)state;
    for (size_t j = 0; j < MANY; j++) {
        ids[j] = rng_below(&rng, MANY);
        scores[j] = (double)rng_below(&rng, 1000) / 10;
    }
    return 0;
}

TEST(test_up_to_320_ids_need_no_memory)
{
    exhausted = 1;
    for (size_t n = 0; n <= ON_STACK; n++) {
        calls = 0;
        assert_true(fuse_many(n, NULL, 0) >= (n > 0));
        assert_int_equal(calls, 0);
    }
    exhausted = 0;
}

TEST(test_more_ids_are_worked_on_in_memory_that_is_given_back)
{
    for (size_t n = ON_STACK + 1; n <= MANY; n += 97) {
        calls = 0;
        assert_true(fuse_many(n, NULL, 0) > 0);
        assert_int_equal(calls, 2); /* malloc() and free() */
    }
}

TEST(test_without_memory_nothing_changes)
{
    errno = 7;
    exhausted = 1;
    calls = 0;
    assert_int_equal(fuse_many(ON_STACK + 1, NULL, 0), ENSEMBLE_ENOMEM);
    assert_int_equal(calls, 1);
    exhausted = 0;
    assert_int_equal(errno, 7);
    assert_poisoned(fused, sizeof fused);
    assert_poisoned(fused_scores, sizeof fused_scores);
}

/* Memory of `size` bytes, between pages that must not be touched. */
struct fenced {
    unsigned char *pages;
    size_t size;
};

static struct fenced fence(size_t size)
{
    struct fenced fenced = {.size = (size + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES};

    fenced.pages = mmap(NULL, fenced.size + 2 * (size_t)PAGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(fenced.pages != MAP_FAILED);
    assert_int_equal(mprotect(fenced.pages + PAGE_BYTES, fenced.size, PROT_READ | PROT_WRITE), 0);
    return fenced;
}

static void unfence(const struct fenced *fenced)
{
    assert_int_equal(munmap(fenced->pages, fenced->size + 2 * (size_t)PAGE_BYTES), 0);
}

static void assert_as_expected(int found, int wanted)
{
    assert_int_equal(found, wanted);
    assert_memory_equal(fused, expected, sizeof fused);
    assert_memory_equal(fused_scores, expected_scores, sizeof fused_scores);
}

/* At either end of its pages, and a few bytes from there, so that it lies at every distance from an even address. */
TEST(test_a_workspace_is_used_and_nothing_around_it)
{
    const size_t counts[] = {0, 1, 2, 3, 10, 11, 21, 22, 100, 320, 321, 1000};

    for (size_t i = 0; i < LENGTH(counts); i++) {
        const size_t size = ensemble_fusion_workspace_size(counts[i]);
        const struct fenced fenced = fence(size + 16);
        unsigned char *first = fenced.pages + PAGE_BYTES, *last = first + fenced.size - size;
        const int found = fuse_many(counts[i], NULL, 0);

        memcpy(expected, fused, sizeof fused);
        memcpy(expected_scores, fused_scores, sizeof fused_scores);
        calls = 0;
        for (size_t skew = 0; skew <= 16; skew++) {
            memset(first, 0x5A, fenced.size);
            assert_as_expected(fuse_many(counts[i], first + skew, size), found);
            assert_poisoned(first, skew);
            assert_poisoned(first + skew + size, fenced.size - skew - size);
            memset(first, 0xFF, fenced.size);
            assert_as_expected(fuse_many(counts[i], last - skew, size), found);
        }
        assert_int_equal(fuse_many(counts[i], first, size - 1), ENSEMBLE_ENOMEM);
        assert_int_equal(calls, 0);
        unfence(&fenced);
    }
}

/* What is read and written ends where the page does, at both ends. */
TEST(test_no_argument_is_left)
{
    const size_t bytes[] = {6 * sizeof(uint64_t), 3 * sizeof(size_t), 3 * sizeof(double), 6 * sizeof(float),
                            4 * sizeof(uint64_t), 4 * sizeof(double), 12 * sizeof(double)};
    const double weights[] = {1, 2, 3};
    const void *content[] = {three_ids, three_lengths, weights, three_scores, NULL, NULL, NULL};
    struct fenced fenced[LENGTH(bytes)];
    void *at[LENGTH(bytes)];

    for (size_t i = 0; i < LENGTH(bytes); i++)
        fenced[i] = fence(bytes[i]);
    for (int end = 0; end < 2; end++) {
        struct ensemble_fusion fusion;

        for (size_t i = 0; i < LENGTH(bytes); i++) {
            at[i] = fenced[i].pages + PAGE_BYTES + (end ? fenced[i].size - bytes[i] : 0);
            if (content[i] != NULL)
                memcpy(at[i], content[i], bytes[i]);
        }
        for (int32_t method = ENSEMBLE_FUSE_RRF; method <= ENSEMBLE_FUSE_BORDA; method++) {
            fusion = by(method, 0, at[3]);
            fusion.weights = at[2];
            fusion.contributions = at[6];
            fusion.contributions_count = 12;
            assert_int_equal(ensemble_fuse_rankings(at[0], at[1], 3, &fusion, at[4], at[5], 4), 3);
        }
    }
    for (size_t i = 0; i < LENGTH(bytes); i++)
        unfence(&fenced[i]);
}

TEST(test_the_size_of_a_workspace)
{
    const size_t most = SIZE_MAX / 64 < INT32_MAX ? SIZE_MAX / 64 : INT32_MAX;
    const size_t none[] = {most + 1, SIZE_MAX / 2, SIZE_MAX};
    size_t before = 0;

    for (size_t n = 0; n <= 5000; n++) {
        const size_t size = ensemble_fusion_workspace_size(n);

        assert_true(size > before);
        assert_true(size >= 34 * n && size <= 40 * n + 96);
        before = size;
    }
    for (size_t n = 1; n < most; n *= 2) {
        assert_true(ensemble_fusion_workspace_size(n) >= 34 * n && ensemble_fusion_workspace_size(n) <= 40 * n + 96);
        assert_true(ensemble_fusion_workspace_size(n + n / 2) >= 34 * (n + n / 2) || n + n / 2 > most);
    }
    assert_true(ensemble_fusion_workspace_size(most) >= 34 * most);
    assert_true(ensemble_fusion_workspace_size(most) < SIZE_MAX);
    for (size_t i = 0; i < LENGTH(none); i++)
        assert_true(ensemble_fusion_workspace_size(none[i]) == SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_up_to_320_ids_need_no_memory),
        cmocka_unit_test(test_more_ids_are_worked_on_in_memory_that_is_given_back),
        cmocka_unit_test(test_without_memory_nothing_changes),
        cmocka_unit_test(test_a_workspace_is_used_and_nothing_around_it),
        cmocka_unit_test(test_no_argument_is_left),
        cmocka_unit_test(test_the_size_of_a_workspace),
    };

    return cmocka_run_group_tests(tests, deal, NULL);
}
