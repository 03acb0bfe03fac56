/* SPDX-License-Identifier: MIT */
/* What a fusion passes over, and in which order it comes: sentence by sentence of ensemble_rank.h. */
#include "fuse.h"

#define NOT ((double)NAN)
#define INF ((double)INFINITY)

static const int32_t methods[] = {ENSEMBLE_FUSE_RRF, ENSEMBLE_FUSE_SUM, ENSEMBLE_FUSE_MNZ, ENSEMBLE_FUSE_ANZ,
                                  ENSEMBLE_FUSE_BORDA};

/* Every method with every normaliser, scores of `dtype`. */
#define WAYS (LENGTH(methods) * LENGTH(normalisers))
static struct ensemble_fusion way(size_t i, int32_t dtype, const void *scores)
{
    struct ensemble_fusion fusion = by(methods[i % LENGTH(methods)], normalisers[i / LENGTH(methods)], scores);

    fusion.score_dtype = dtype;
    return fusion;
}

/* Both lists of lists say the same, in every way. `weights` go with the first one. */
static void assert_alike(struct lists a, const double *a_scores, const double *weights, struct lists b,
                         const double *b_scores)
{
    for (size_t i = 0; i < WAYS; i++) {
        struct ensemble_fusion fusion = way(i, ENSEMBLE_F64, a_scores);
        const struct ensemble_fusion other = way(i, ENSEMBLE_F64, b_scores);
        struct result first, second;

        fusion.weights = weights;
        first = fuse(a, &fusion, 6);
        second = fuse(b, &other, 6);
        assert_int_equal(first.code, second.code);
        assert_true(first.code > 0);
        assert_memory_equal(first.ids, second.ids, sizeof first.ids);
        assert_memory_equal(first.scores, second.scores, sizeof first.scores);
        if (a.n == b.n)
            assert_memory_equal(first.contributions, second.contributions, sizeof first.contributions);
    }
}

TEST(test_of_equal_scores_the_smaller_id_comes_first)
{
    const uint64_t ids[] = {UINT64_MAX, 5, 0, UINT64_MAX - 1, 1u << 31, 77};
    const uint64_t expected[] = {0, 5, 77, 1u << 31, UINT64_MAX - 1, UINT64_MAX};
    const size_t lengths[] = {1, 1, 1, 1, 1, 1};
    const double scores[] = {1. / 61, 1. / 61, 1. / 61, 1. / 61, 1. / 61, 1. / 61};

    for (size_t n = 1; n <= 5; n++) {
        const struct result result = fuse((struct lists){ids, lengths, 6}, NULL, n);

        assert_fused(result, n, expected, scores, 0);
    }
}

TEST(test_an_id_that_stands_in_its_list_again_is_passed_over)
{
    const uint64_t ids[] = {4, 4, 7, 4, 9, 7, 9, 9, 1}, once[] = {4, 7, 9, 9, 1};
    const size_t lengths[] = {6, 3}, once_lengths[] = {3, 2};
    const double scores[] = {9, 100, 8, -100, 3, 5, 2, 2, 1}, once_scores[] = {9, 8, 3, 2, 1};

    assert_alike((struct lists){ids, lengths, 2}, scores, NULL, (struct lists){once, once_lengths, 2}, once_scores);
}

/* 5 has no finite score at first, but one later: there it stands. Methods that use ranks do not look. */
TEST(test_an_id_whose_score_is_not_finite_is_passed_over)
{
    const uint64_t ids[] = {5, 4, 6, 5, 7, 8}, without[] = {4, 5, 7};
    const size_t lengths[] = {4, 2}, without_lengths[] = {2, 1};
    const double scores[] = {NOT, 3, INF, 2, 1, -INF}, without_scores[] = {3, 2, 1};

    for (size_t i = 0; i < WAYS; i++) {
        const struct ensemble_fusion fusion = way(i, ENSEMBLE_F64, scores);
        const struct ensemble_fusion other = way(i, ENSEMBLE_F64, without_scores);
        const struct result result = fuse((struct lists){ids, lengths, 2}, &fusion, 6);
        const struct result expected = fuse((struct lists){without, without_lengths, 2}, &other, 6);

        if (fusion.method == ENSEMBLE_FUSE_RRF || fusion.method == ENSEMBLE_FUSE_BORDA)
            assert_int_equal(result.code, 5);
        else
            assert_same_result(result, expected);
    }
}

TEST(test_a_list_without_any_finite_score_is_an_empty_one)
{
    const uint64_t ids[] = {1, 2, 3};
    const size_t lengths[] = {2, 1};
    const double scores[] = {NOT, INF, 7};

    for (size_t i = 0; i < LENGTH(normalisers); i++) {
        struct ensemble_fusion fusion = by(ENSEMBLE_FUSE_SUM, normalisers[i], scores);
        struct result result;

        fusion.score_dtype = ENSEMBLE_F64;
        result = fuse((struct lists){ids, lengths, 2}, &fusion, 3);
        assert_int_equal(result.code, 1);
        assert_true(result.ids[0] == 3);
        assert_true(result.contributions[0] == 0 && result.contributions[1] == result.scores[0]);
    }
}

/* With BORDA, all ids share the points that an empty list has. */
TEST(test_lists_may_be_empty)
{
    const size_t lengths[] = {0, 3, 0, 0, 2, 1, 0}, none[] = {0, 0};
    const double scores[] = {3, 2, 1, 3, 2, 1};
    const struct ensemble_fusion sum = by(ENSEMBLE_FUSE_SUM, 0, NULL);

    for (size_t i = 0; i < WAYS; i++) {
        const struct ensemble_fusion fusion = way(i, ENSEMBLE_F64, scores);
        const struct result a = fuse((struct lists){three_ids, lengths, 7}, &fusion, 3), b = fuse(three, &fusion, 3);

        assert_int_equal(a.code, 3);
        assert_memory_equal(a.ids, b.ids, sizeof a.ids);
        for (size_t r = 0; r < 3; r++) {
            const double *given = a.contributions + 7 * r, share = given[0];

            assert_true(a.scores[r] == b.scores[r] + 4 * share);
            assert_true(given[1] == b.contributions[3 * r] && given[4] == b.contributions[3 * r + 1] &&
                        given[5] == b.contributions[3 * r + 2]);
            assert_true(share == (fusion.method == ENSEMBLE_FUSE_BORDA ? 2 : 0));
            assert_true(given[2] == share && given[3] == share && given[6] == share);
        }
    }
    assert_int_equal(fuse((struct lists){NULL, none, 2}, NULL, 5).code, 0);
    assert_int_equal(fuse((struct lists){NULL, none, 2}, &sum, 5).code, 0);
    assert_int_equal(fuse((struct lists){NULL, NULL, 0}, NULL, 5).code, 0);
    assert_int_equal(fuse((struct lists){NULL, NULL, 0}, &sum, 5).code, 0);
}

TEST(test_a_list_of_weight_0_does_not_take_part)
{
    const uint64_t ids[] = {8, 3, 2, 1, 9, 1, 2, 3}, rest[] = {3, 2, 1, 1, 2, 3};
    const size_t lengths[] = {1, 3, 1, 2, 1}, rest_lengths[] = {3, 2, 1};
    const double scores[] = {50, 3, 2, 1, -50, 3, 2, 1}, rest_scores[] = {3, 2, 1, 3, 2, 1};
    const double weights[] = {0, 1, -0., 1, 1};

    assert_alike((struct lists){ids, lengths, 5}, scores, weights, (struct lists){rest, rest_lengths, 3}, rest_scores);
}

/* Its ids and scores lie where nothing can be read. */
TEST(test_a_list_of_weight_0_is_not_read)
{
    unsigned char *pages = mmap(NULL, 4 * PAGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const size_t lengths[] = {3, 1000}, rest = 3;
    const double weights[] = {1, 0};
    uint64_t *ids;
    double *scores;

    assert_true(pages != MAP_FAILED);
    ids = (uint64_t *)(void *)(pages + PAGE_BYTES) - 3;
    scores = (double *)(void *)(pages + 3 * (size_t)PAGE_BYTES) - 3;
    assert_int_equal(mprotect(pages, PAGE_BYTES, PROT_READ | PROT_WRITE), 0);
    assert_int_equal(mprotect(pages + 2 * (size_t)PAGE_BYTES, PAGE_BYTES, PROT_READ | PROT_WRITE), 0);
    for (size_t j = 0; j < 3; j++) {
        ids[j] = 9 - j;
        scores[j] = (double)(9 - j);
    }
    for (size_t i = 0; i < WAYS; i++) {
        struct ensemble_fusion fusion = way(i, ENSEMBLE_F64, scores);
        const struct result expected = fuse((struct lists){ids, &rest, 1}, &fusion, 5);
        struct result result;

        fusion.weights = weights;
        result = fuse((struct lists){ids, lengths, 2}, &fusion, 5);
        assert_int_equal(result.code, 3);
        assert_memory_equal(result.ids, expected.ids, sizeof result.ids);
        assert_memory_equal(result.scores, expected.scores, sizeof result.scores);
    }
    assert_int_equal(munmap(pages, 4 * PAGE_BYTES), 0);
}

TEST(test_weights_are_not_divided_by_their_sum)
{
    const double scores[] = {3, 2, 1, 3, 2, 1}, weights[] = {4, 4, 4};

    for (size_t i = 0; i < WAYS; i++) {
        struct ensemble_fusion fusion = way(i, ENSEMBLE_F64, scores);
        const struct result plain = fuse(three, &fusion, 3);
        struct result heavy;

        fusion.weights = weights;
        heavy = fuse(three, &fusion, 3);
        assert_memory_equal(heavy.ids, plain.ids, sizeof plain.ids);
        for (size_t r = 0; r < 3; r++)
            assert_true(heavy.scores[r] == 4 * plain.scores[r]);
    }
}

TEST(test_as_many_ids_as_wanted_or_as_there_are)
{
    const double scores[] = {3, 2, 1, 3, 2, 1};

    for (size_t i = 0; i < WAYS; i++) {
        const struct ensemble_fusion fusion = way(i, ENSEMBLE_F64, scores);
        const struct result all = fuse(three, &fusion, 3);

        for (size_t n = 0; n <= 8; n++) {
            const struct result result = fuse(three, &fusion, n);
            const size_t found = n < 3 ? n : 3;

            assert_fused(result, found, all.ids, all.scores, 0);
            assert_memory_equal(result.contributions, all.contributions, 3 * found * sizeof *all.contributions);
            assert_poisoned(result.contributions + 3 * found, (ROOM - 3 * found) * sizeof *all.contributions);
        }
        assert_int_equal(ensemble_fuse_rankings(three_ids, three_lengths, 3, &fusion, NULL, NULL, 0), 0);
    }
}

TEST(test_scores_are_not_written_where_they_are_not_wanted)
{
    uint64_t ids[3];

    assert_int_equal(ensemble_fuse_rankings(three_ids, three_lengths, 3, NULL, ids, NULL, 3), 3);
    assert_true(ids[0] == 3 && ids[1] == 1 && ids[2] == 2);
}

TEST(test_contributions_sum_to_the_score)
{
    const uint64_t ids[] = {1, 2, 3, 4, 4, 6, 1, 8, 2};
    const size_t lengths[] = {4, 3, 2};
    const double scores[] = {.9, .33, .2, .1, 17.5, 3, -2, .001, .0007}, weights[] = {.3, 1.7, .9};

    for (size_t i = 0; i < WAYS; i++) {
        struct ensemble_fusion fusion = way(i, ENSEMBLE_F64, scores);
        struct result result;

        fusion.weights = weights;
        result = fuse((struct lists){ids, lengths, 3}, &fusion, 6);
        assert_int_equal(result.code, 6);
        for (size_t r = 0; r < 6; r++) {
            const double *given = result.contributions + 3 * r;

            assert_near(given[0] + given[1] + given[2], result.scores[r], 1e-13);
            if (fusion.method == ENSEMBLE_FUSE_BORDA) /* a list of ids that all are other ones has a share for them */
                assert_true(given[0] > 0 && given[1] > 0 && given[2] > 0);
            else if (result.ids[r] == 3)
                assert_true(given[1] == 0 && given[2] == 0);
        }
    }
}

/* Methods that use ranks only look neither at scores nor at how they would be normalised. */
TEST(test_ranks_do_without_scores)
{
    void *page = forbidden_page();

    for (size_t i = 0; i < WAYS; i++) {
        const struct ensemble_fusion fusion = way(i, ENSEMBLE_F64, page);
        const struct ensemble_fusion plain = by(fusion.method, 0, NULL);

        if (fusion.method == ENSEMBLE_FUSE_RRF || fusion.method == ENSEMBLE_FUSE_BORDA)
            assert_same_result(fuse(three, &fusion, 3), fuse(three, &plain, 3));
    }
    free_page(page);
}

/* Numbers that every dtype has, at even and odd addresses. Zero means float. */
TEST(test_scores_of_every_dtype_say_the_same)
{
    static const double values[] = {3, -.5, 1, .25, 2, 1};
    static const float floats[] = {3, -.5f, 1, .25f, 2, 1};
    static const uint16_t f16[] = {0x4200, 0xB800, 0x3C00, 0x3400, 0x4000, 0x3C00};
    static const uint16_t bf16[] = {0x4040, 0xBF00, 0x3F80, 0x3E80, 0x4000, 0x3F80};
    const struct {
        int32_t dtype;
        const void *scores;
        size_t size;
    } as[] = {{0, floats, sizeof floats},
              {ENSEMBLE_F32, floats, sizeof floats},
              {ENSEMBLE_F16, f16, sizeof f16},
              {ENSEMBLE_BF16, bf16, sizeof bf16},
              {ENSEMBLE_F64, values, sizeof values}};
    unsigned char memory[sizeof values + 8];

    for (size_t i = 0; i < WAYS; i++) {
        const struct ensemble_fusion fusion = way(i, ENSEMBLE_F64, values);
        const struct result expected = fuse(three, &fusion, 3);

        for (size_t dtype = 0; dtype < LENGTH(as); dtype++)
            for (size_t skew = 0; skew < 8; skew++) {
                const struct ensemble_fusion other = way(i, as[dtype].dtype, memory + skew);

                memcpy(memory + skew, as[dtype].scores, as[dtype].size);
                assert_same_result(fuse(three, &other, 3), expected);
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_of_equal_scores_the_smaller_id_comes_first),
        cmocka_unit_test(test_an_id_that_stands_in_its_list_again_is_passed_over),
        cmocka_unit_test(test_an_id_whose_score_is_not_finite_is_passed_over),
        cmocka_unit_test(test_a_list_without_any_finite_score_is_an_empty_one),
        cmocka_unit_test(test_lists_may_be_empty),
        cmocka_unit_test(test_a_list_of_weight_0_does_not_take_part),
        cmocka_unit_test(test_a_list_of_weight_0_is_not_read),
        cmocka_unit_test(test_weights_are_not_divided_by_their_sum),
        cmocka_unit_test(test_as_many_ids_as_wanted_or_as_there_are),
        cmocka_unit_test(test_scores_are_not_written_where_they_are_not_wanted),
        cmocka_unit_test(test_contributions_sum_to_the_score),
        cmocka_unit_test(test_ranks_do_without_scores),
        cmocka_unit_test(test_scores_of_every_dtype_say_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
