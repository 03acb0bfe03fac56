/* SPDX-License-Identifier: MIT */
/* Fusions beside numbers that others publish, and numbers that can be reckoned by hand. */
#include "fuse.h"

/* Source: ranx, reciprocal rank fusion with k = 60 of three lists. */
static const uint64_t rrf_ids[] = {3, 1, 2};
static const double rrf_scores[] = {1. / 61 + 1. / 61, 1. / 63 + 1. / 61, 1. / 62 + 1. / 62};

TEST(test_reciprocal_rank_fusion_of_ranx)
{
    const struct ensemble_fusion zero = by(ENSEMBLE_FUSE_RRF, 0, NULL);
    const struct result plain = fuse(three, NULL, 3), same = fuse(three, &zero, 3);
    struct ensemble_fusion sixty = zero;

    assert_near(rrf_scores[0], .0327868852, 5e-11);
    assert_near(rrf_scores[1], .0322664585, 5e-11);
    assert_near(rrf_scores[2], .0322580645, 5e-11);
    assert_fused(plain, 3, rrf_ids, rrf_scores, 0);
    assert_fused(same, 3, rrf_ids, rrf_scores, 0);
    sixty.k = 60;
    assert_same_result(fuse(three, &sixty, 3), same);
}

TEST(test_the_example_of_the_header)
{
    const uint64_t ids[] = {7, 3, 9, 3, 8}, expected[] = {3, 7, 8, 9};
    const size_t lengths[] = {3, 2};
    const double scores[] = {1. / 62 + 1. / 61, 1. / 61, 1. / 62, 1. / 63};
    const struct result result = fuse((struct lists){ids, lengths, 2}, NULL, 10);

    assert_fused(result, 4, expected, scores, 0);
}

/* w / (k + rank), as Elasticsearch and OpenSearch have it. */
TEST(test_weighted_reciprocal_rank_fusion)
{
    const uint64_t ids[] = {1, 2, 2, 1}, expected[] = {1, 2};
    const size_t lengths[] = {2, 2};
    const double weights[] = {3, 1}, scores[] = {3. / 2 + 1. / 3, 1 + 1. / 2};
    struct ensemble_fusion fusion = by(ENSEMBLE_FUSE_RRF, 0, NULL);
    struct result result;

    fusion.k = 1;
    fusion.weights = weights;
    result = fuse((struct lists){ids, lengths, 2}, &fusion, 2);
    assert_fused(result, 2, expected, scores, 0);
    assert_near(result.scores[0], 1.8333333, 5e-8);
    fusion.k = .5;
    result = fuse((struct lists){ids, lengths, 2}, &fusion, 2);
    assert_near(result.scores[0], 3 / 1.5 + 1 / 2.5, 0);
}

/* Source: ranx, its three lists: SUM 4, 4, 4, MNZ 8, 8, 8, ANZ 2, 2, 2. */
TEST(test_sums_of_scores_of_ranx)
{
    const uint64_t ids[] = {1, 2, 3};
    const double scores[3][3] = {{4, 4, 4}, {8, 8, 8}, {2, 2, 2}};
    const double contributions[3][9] = {{1, 3, 0, 2, 2, 0, 3, 0, 1}, {2, 6, 0, 4, 4, 0, 6, 0, 2},
                                        {.5, 1.5, 0, 1, 1, 0, 1.5, 0, .5}};

    for (size_t i = 0; i < 3; i++) {
        const struct ensemble_fusion fusion = by(score_methods[i], ENSEMBLE_NORM_NONE, three_scores);
        const struct result result = fuse(three, &fusion, 3);

        assert_fused(result, 3, ids, scores[i], 0);
        assert_memory_equal(result.contributions, contributions[i], sizeof contributions[i]);
    }
}

TEST(test_the_weighted_sum_of_ranx)
{
    const uint64_t ids[] = {3, 2, 1};
    const double weights[] = {.3, .2, .5}, scores[] = {1.4, 1, .9};
    struct ensemble_fusion fusion = by(ENSEMBLE_FUSE_SUM, ENSEMBLE_NORM_NONE, three_scores);
    struct result result;

    fusion.weights = weights;
    result = fuse(three, &fusion, 3);
    assert_fused(result, 3, ids, scores, 1e-15);
}

/* Source: ranx, Borda points of the same lists: 5.5, 5.5, 7. */
TEST(test_the_borda_points_of_ranx)
{
    const uint64_t ids[] = {3, 1, 2};
    const double scores[] = {7, 5.5, 5.5}, contributions[] = {3, 1, 3, 1, 3, 1.5, 2, 2, 1.5};
    const struct ensemble_fusion fusion = by(ENSEMBLE_FUSE_BORDA, 0, NULL);
    const struct result result = fuse(three, &fusion, 3);

    assert_fused(result, 3, ids, scores, 0);
    assert_memory_equal(result.contributions, contributions, sizeof contributions);
}

/* Five ids in all. The first list has one of them: 2, 3, 4, 5 share 1 to 4 points, 2.5 each. */
TEST(test_borda_points_are_weighted)
{
    const uint64_t ids[] = {9, 5, 4, 3, 2, 9}, expected[] = {9, 5, 4, 3, 2};
    const size_t lengths[] = {1, 5};
    const double weights[] = {2, .5}, scores[] = {10.5, 7.5, 7, 6.5, 6};
    struct ensemble_fusion fusion = by(ENSEMBLE_FUSE_BORDA, 0, NULL);
    struct result result;

    fusion.weights = weights;
    result = fuse((struct lists){ids, lengths, 2}, &fusion, 8);
    assert_fused(result, 5, expected, scores, 0);
    for (size_t r = 0; r < 5; r++)
        assert_true(result.contributions[2 * r] == (r == 0 ? 10 : 5));
}

/* What the scores 3, 2, 1, or others, of one list become. */
static void assert_normalised(int32_t normaliser, const double *scores, size_t n, const double *expected,
                              double tolerance)
{
    const uint64_t ids[] = {1, 2, 3, 4, 5};
    struct ensemble_fusion fusion = by(ENSEMBLE_FUSE_SUM, normaliser, scores);
    struct result result;

    fusion.score_dtype = ENSEMBLE_F64;
    result = fuse((struct lists){ids, &n, 1}, &fusion, n);
    assert_fused(result, n, ids, expected, tolerance);
    assert_memory_equal(result.contributions, result.scores, n * sizeof *result.scores);
}

TEST(test_normalised_scores)
{
    const double scores[] = {3, 2, 1}, min_max[] = {1, .5, 0}, z[] = {1.2247449, 0, -1.2247449};
    const double max[] = {1, 2. / 3, 1. / 3}, sum[] = {2. / 3, 1. / 3, 0};

    assert_normalised(ENSEMBLE_NORM_MIN_MAX, scores, 3, min_max, 0);
    assert_normalised(ENSEMBLE_NORM_Z, scores, 3, z, 5e-8);
    assert_normalised(ENSEMBLE_NORM_MAX, scores, 3, max, 0);
    assert_normalised(ENSEMBLE_NORM_SUM, scores, 3, sum, 0);
    assert_normalised(ENSEMBLE_NORM_NONE, scores, 3, scores, 0);
}

TEST(test_normalised_scores_where_all_are_equal)
{
    const double scores[] = {7, 7, 7, 7}, minus[] = {-7, -7}, ones[] = {1, 1, 1, 1}, zeros[] = {0, 0, 0, 0};
    const double quarters[] = {.25, .25, .25, .25};

    assert_normalised(ENSEMBLE_NORM_MIN_MAX, scores, 4, ones, 0);
    assert_normalised(ENSEMBLE_NORM_MIN_MAX, minus, 2, ones, 0);
    assert_normalised(ENSEMBLE_NORM_Z, scores, 4, zeros, 0);
    assert_normalised(ENSEMBLE_NORM_MAX, scores, 4, ones, 0);
    assert_normalised(ENSEMBLE_NORM_SUM, scores, 4, quarters, 0);
    assert_normalised(ENSEMBLE_NORM_SUM, zeros, 4, quarters, 0);
    assert_normalised(ENSEMBLE_NORM_MIN_MAX, scores, 1, ones, 0);
    assert_normalised(ENSEMBLE_NORM_Z, scores, 1, zeros, 0);
    assert_normalised(ENSEMBLE_NORM_SUM, scores, 1, ones, 0);
}

/* .1 three times: the mean of their sum would not be .1, and they would be apart. */
TEST(test_equal_scores_have_no_deviation_by_rounding)
{
    const double scores[] = {.1, .1, .1}, zeros[] = {0, 0, 0};

    assert_normalised(ENSEMBLE_NORM_Z, scores, 3, zeros, 0);
}

TEST(test_a_maximum_that_is_not_above_0_divides_nothing)
{
    const double scores[] = {0, -1, -2}, minus[] = {-1, -2, -3}, zeros[] = {0, 0, 0};
    const double positive[] = {2, -1, -4}, expected[] = {1, -.5, -2};

    assert_normalised(ENSEMBLE_NORM_MAX, scores, 3, zeros, 0);
    assert_normalised(ENSEMBLE_NORM_MAX, minus, 3, zeros, 0);
    assert_normalised(ENSEMBLE_NORM_MAX, positive, 3, expected, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reciprocal_rank_fusion_of_ranx),
        cmocka_unit_test(test_the_example_of_the_header),
        cmocka_unit_test(test_weighted_reciprocal_rank_fusion),
        cmocka_unit_test(test_sums_of_scores_of_ranx),
        cmocka_unit_test(test_the_weighted_sum_of_ranx),
        cmocka_unit_test(test_the_borda_points_of_ranx),
        cmocka_unit_test(test_borda_points_are_weighted),
        cmocka_unit_test(test_normalised_scores),
        cmocka_unit_test(test_normalised_scores_where_all_are_equal),
        cmocka_unit_test(test_equal_scores_have_no_deviation_by_rounding),
        cmocka_unit_test(test_a_maximum_that_is_not_above_0_divides_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
