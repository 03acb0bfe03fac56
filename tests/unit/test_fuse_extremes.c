/* SPDX-License-Identifier: MIT */
/* Scores and weights near the ends of double's range. */
#include "fuse.h"

#include <fenv.h>
#include <float.h>

#define INF ((double)INFINITY)

/* One list of ids 1, 2, ... */
static struct result normalised(int32_t normaliser, const double *scores, size_t n)
{
    const uint64_t ids[] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct ensemble_fusion fusion = by(ENSEMBLE_FUSE_SUM, normaliser, scores);

    fusion.score_dtype = ENSEMBLE_F64;
    return fuse((struct lists){ids, &n, 1}, &fusion, n);
}

/* Products with powers of two that are exact change nothing, whatever would leave double's range on the way. */
TEST(test_normalised_scores_do_not_depend_on_the_scale)
{
    const double scores[] = {3, -.5, 1, .25, 2, 1, -1.75, 0};
    double scaled[LENGTH(scores)];

    for (size_t i = 0; i < LENGTH(normalisers); i++) {
        const struct result expected = normalised(normalisers[i], scores, LENGTH(scores));

        for (int power = -1072; power <= 1022 && normalisers[i] != ENSEMBLE_NORM_NONE; power++) {
            for (size_t j = 0; j < LENGTH(scores); j++)
                scaled[j] = ldexp(scores[j], power);
            assert_same_result(normalised(normalisers[i], scaled, LENGTH(scores)), expected);
        }
    }
}

/* Scores that differ in their last bit only, all over the range. */
TEST(test_scores_that_are_almost_equal)
{
    const int powers[] = {-1074, -1073, -1060, -1022, -900, -600, -453, -400, -399, 0, 300, 459, 460, 461, 900, 1023};

    for (size_t i = 0; i < LENGTH(powers); i++) {
        const double less = ldexp(1, powers[i]);
        const double scores[] = {nextafter(less, INF), less};
        const struct result min_max = normalised(ENSEMBLE_NORM_MIN_MAX, scores, 2);
        const struct result sum = normalised(ENSEMBLE_NORM_SUM, scores, 2);
        const struct result z = normalised(ENSEMBLE_NORM_Z, scores, 2);

        assert_true(min_max.scores[0] == 1 && min_max.scores[1] == 0);
        assert_true(sum.scores[0] == 1 && sum.scores[1] == 0);
        /* Between them there is no number for their mean, but where they are scaled: it is one of them. */
        assert_true(z.scores[0] >= 0 && z.scores[1] <= 0);
        assert_near(z.scores[0] - z.scores[1], z.scores[1] < 0 && z.scores[0] > 0 ? 2 : sqrt(2), 1e-15);
    }
}

TEST(test_the_largest_scores)
{
    const double scores[] = {DBL_MAX, 0, -DBL_MAX}, min_max[] = {1, .5, 0}, max[] = {1, 0, -1};
    const double twice[] = {DBL_MAX, DBL_MAX, -DBL_MAX}, halves[] = {.5, .5, 0};
    const double z[] = {1.2247448713915890, 0, -1.2247448713915890};
    const uint64_t ids[] = {1, 2, 3};
    struct result result = normalised(ENSEMBLE_NORM_MIN_MAX, scores, 3);

    assert_fused(result, 3, ids, min_max, 0);
    result = normalised(ENSEMBLE_NORM_MAX, scores, 3);
    assert_fused(result, 3, ids, max, 0);
    result = normalised(ENSEMBLE_NORM_Z, scores, 3);
    assert_fused(result, 3, ids, z, 1e-15);
    result = normalised(ENSEMBLE_NORM_SUM, twice, 3);
    assert_fused(result, 3, ids, halves, 0);
    result = normalised(ENSEMBLE_NORM_NONE, scores, 3);
    assert_fused(result, 3, ids, scores, 0);
}

/* Beside the largest scores, too, small ones are what they are over the largest, down to the least quotient. */
TEST(test_small_scores_beside_large_ones)
{
    const int32_t quotients[] = {ENSEMBLE_NORM_MIN_MAX, ENSEMBLE_NORM_SUM, ENSEMBLE_NORM_MAX};

    for (size_t i = 0; i < LENGTH(quotients); i++)
        for (int largest = 455; largest < 1024; largest++)
            for (int power = -1073; power < -60; power += power > -1022 ? 7 : 1) {
                const double scores[] = {ldexp(1, largest), ldexp(1.5, largest + power), 0};
                const struct result result = normalised(quotients[i], scores, 3);

                if (largest + power < -1073) /* is no number: 0 comes next */
                    continue;
                assert_true(result.ids[1] == 2 && result.scores[1] == ldexp(1.5, power) && result.scores[2] == 0);
            }
}

/* A maximum by itself is 1, however small it is beside the others. */
TEST(test_a_small_maximum)
{
    const double scores[] = {5e-324, -1e300, -5e-324}, further[] = {1e-150, -1e150};
    struct result result = normalised(ENSEMBLE_NORM_MAX, scores, 3);

    assert_true(result.ids[0] == 1 && result.scores[0] == 1);
    assert_true(result.ids[1] == 3 && result.scores[1] == -1);
    assert_true(result.ids[2] == 2 && result.scores[2] == -INF);
    result = normalised(ENSEMBLE_NORM_MAX, further, 2);
    assert_true(result.scores[0] == 1 && result.scores[1] == -1e150 / 1e-150);
}

/* Infinity less infinity: ids 9 and 2 come last, the smaller first, behind one with less than any number. */
TEST(test_a_result_that_is_no_number_counts_as_minus_infinity)
{
    const uint64_t ids[] = {9, 2, 5, 9, 2, 9, 2, 5, 7}, expected[] = {7, 2, 5, 9};
    const size_t lengths[] = {3, 2, 3, 1};
    const double scores[] = {DBL_MAX, DBL_MAX, -DBL_MAX, DBL_MAX, DBL_MAX, -DBL_MAX, -DBL_MAX, -DBL_MAX, -1};
    const double weights[] = {1, 1, 2, 1};

    for (size_t i = 0; i < LENGTH(score_methods); i++) {
        struct ensemble_fusion fusion = by(score_methods[i], ENSEMBLE_NORM_NONE, scores);
        struct result result;

        fusion.score_dtype = ENSEMBLE_F64;
        fusion.weights = weights;
        result = fuse((struct lists){ids, lengths, 4}, &fusion, 4);
        assert_int_equal(result.code, 4);
        assert_memory_equal(result.ids, expected, sizeof expected);
        assert_true(result.scores[0] == -1 && result.scores[1] == -INF && result.scores[2] == -INF &&
                    result.scores[3] == -INF);
    }
}

/* Infinite scores are scores. */
TEST(test_weights_and_k_near_the_ends_of_the_range)
{
    const double weights[] = {DBL_MAX, DBL_MAX, DBL_MAX};
    struct ensemble_fusion fusion = by(ENSEMBLE_FUSE_BORDA, 0, NULL);
    struct result result;

    fusion.weights = weights;
    result = fuse(three, &fusion, 3);
    for (size_t r = 0; r < 3; r++)
        assert_true(result.ids[r] == r + 1 && result.scores[r] == INF);
    fusion.method = ENSEMBLE_FUSE_RRF;
    fusion.k = 5e-324;
    result = fuse(three, &fusion, 3);
    assert_true(result.ids[0] == 1 && result.ids[1] == 3 && result.scores[0] == INF && result.scores[1] == INF);
    assert_true(result.ids[2] == 2 && result.scores[2] == DBL_MAX);
    fusion.k = DBL_MAX;
    result = fuse(three, &fusion, 3);
    for (size_t r = 0; r < 3; r++)
        assert_true(result.ids[r] == r + 1 && result.scores[r] == 2);
}

/* A program may have these trapped. */
TEST(test_lists_that_hold_nothing_divide_nothing_by_zero)
{
    const uint64_t ids[] = {1, 2, 3};
    const size_t lengths[] = {0, 2, 1, 0};
    const double scores[] = {2, 1, INF};

    for (size_t i = 0; i < LENGTH(score_methods); i++)
        for (size_t j = 0; j < LENGTH(normalisers); j++) {
            struct ensemble_fusion fusion = by(score_methods[i], normalisers[j], scores);

            fusion.score_dtype = ENSEMBLE_F64;
            feclearexcept(FE_ALL_EXCEPT);
            assert_int_equal(fuse((struct lists){ids, lengths, 4}, &fusion, 3).code, 2);
            assert_int_equal(fetestexcept(FE_DIVBYZERO | FE_INVALID), 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normalised_scores_do_not_depend_on_the_scale),
        cmocka_unit_test(test_scores_that_are_almost_equal),
        cmocka_unit_test(test_the_largest_scores),
        cmocka_unit_test(test_small_scores_beside_large_ones),
        cmocka_unit_test(test_a_small_maximum),
        cmocka_unit_test(test_a_result_that_is_no_number_counts_as_minus_infinity),
        cmocka_unit_test(test_weights_and_k_near_the_ends_of_the_range),
        cmocka_unit_test(test_lists_that_hold_nothing_divide_nothing_by_zero),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
