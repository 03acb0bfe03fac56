/* SPDX-License-Identifier: MIT */
/* RANK: the means of ranks, against Borda counts that others publish and against a plain ranking. */
#include "known.h"

#define NOT ((double)NAN)

/* Source: ranx, its Borda fusion of three lists: 5.5, 5.5, 7 points; what a list does not have comes after the rest. */
TEST(test_the_borda_fusion_of_ranx)
{
    const double outputs[] = {1, 2, 3, 3, 2, 0, 0, 0, 1}, expected[] = {5.5 / 3, 5.5 / 3, 7. / 3};
    const struct known known = EXACTLY(ENSEMBLE_RANK, 3, 1, 3, outputs, NULL, expected);

    assert_known(&known);
}

TEST(test_1_is_the_rank_of_the_smallest_value_and_equal_ones_share_theirs)
{
    const double values[] = {.3, .1, .2, 5, 5, 1, -1, -1, -1, 7, 8, 8};
    const double expected[] = {3, 1, 2, 2.5, 2.5, 1, 2, 2, 2, 1, 2.5, 2.5};

    for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
        struct said said = say(ENSEMBLE_RANK, number_dtypes[i], values, 1, 4, 3);

        for (size_t k = 0; k < LENGTH(number_dtypes); k++)
            assert_result(said.e, number_dtypes[k], expected, 12, 0);
        forget(&said);
    }
}

TEST(test_ranks_of_infinities_and_of_one_value)
{
    const double values[] = {(double)INFINITY, 1, (double)-INFINITY, (double)INFINITY}, expected[] = {3.5, 2, 1, 3.5};
    const double one[] = {42}, rank[] = {1};
    struct said said = say(ENSEMBLE_RANK, ENSEMBLE_F32, values, 1, 1, 4);
    struct said single = say(ENSEMBLE_RANK, ENSEMBLE_F32, one, 1, 1, 1);

    assert_result(said.e, ENSEMBLE_F32, expected, 4, 0);
    assert_result(single.e, ENSEMBLE_F32, rank, 1, 0);
    forget(&said);
    forget(&single);
}

/* Ranks 1, 2, 3 and 3, 2, 1, with weights 3 and 1; powers of 2 and their sums, so there is nothing to round. */
TEST(test_ranks_are_weighted)
{
    const double values[] = {10, 20, 30, .9, .5, .1}, weights[] = {3, 1}, expected[] = {1.5, 2, 2.5};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_RANK, float_and_double[i], values, 2, 1, 3);

        weigh(&said, weights);
        assert_result(said.e, float_and_double[i], expected, 3, 0);
        forget(&said);
    }
}

TEST(test_a_nan_makes_its_row_of_ranks_nan)
{
    for (size_t at = 0; at < 3; at++)
        for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
            double values[] = {1, 2, 3, 1, 2, 3, 30, 20, 10, 30, 20, 10};
            const double expected[] = {NOT, NOT, NOT, 2, 2, 2}, left_out[] = {3, 2, 1, 2, 2, 2};
            struct said said;

            values[at] = NOT;
            said = say(ENSEMBLE_RANK, number_dtypes[i], values, 2, 2, 3);
            assert_result(said.e, ENSEMBLE_F32, expected, 6, 0);
            assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_NAN, 0), 0);
            assert_result(said.e, ENSEMBLE_F32, left_out, 6, 0);
            forget(&said);
        }
}

TEST(test_ranks_look_at_the_order_of_numbers_whatever_they_mean)
{
    const double values[] = {-3, 5, 2, -1, -2, -.5, 100, 200, 300, 0, -1, -2}, weights[] = {.3, .7};
    const int32_t spaces[] = {ENSEMBLE_PROBABILITIES, ENSEMBLE_LOG_PROBABILITIES, ENSEMBLE_LOGITS,
                              ENSEMBLE_BINARY_LOGITS};

    for (size_t i = 0; i < LENGTH(spaces); i++) {
        struct said said = say(ENSEMBLE_RANK, ENSEMBLE_F32, values, 2, 2, 3);
        double y[6];

        weigh(&said, weights);
        combine_to(said.e, ENSEMBLE_F32, y, 6);
        interpret(&said, spaces[i], 0);
        assert_result(said.e, ENSEMBLE_F32, y, 6, 0);
        forget(&said);
    }
}

/* A rank by its definition: how many are smaller, and half of those that are equal, itself included, and one half. */
static double plain_rank(const double *row, size_t width, size_t at)
{
    double rank = .5;

    for (size_t i = 0; i < width; i++)
        rank += row[i] < row[at] ? 1 : row[i] > row[at] ? 0 : .5;
    return rank;
}

/* Few different values, with many ties; whole numbers, with some; or almost none that are equal. */
static double draw(struct rng *rng, int kind)
{
    if (kind == 0)
        return (double)rng_between(rng, 1, 6);
    if (kind == 1)
        return 1 + (double)rng_below(rng, 200);
    return .5 + rng_unit(rng);
}

static void assert_wide_ranks(size_t width, size_t rows, int kind)
{
    const size_t count = rows * width;
    double *values = malloc(3 * count * sizeof *values), *expected = malloc(count * sizeof *expected);
    struct rng rng = {11 + width};

    assert_true(values != NULL && expected != NULL);
    for (size_t i = 0; i < 3 * count; i++)
        values[i] = draw(&rng, kind) * (rng_one_in(&rng, 3) ? -1 : 1);
    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said one = say(ENSEMBLE_RANK, float_and_double[i], values, 1, rows, width);
        struct said three = say(ENSEMBLE_RANK, float_and_double[i], values, 3, rows, width);

        for (size_t k = 0; k < count; k++)
            expected[k] = plain_rank(values + k / width * width, width, k % width);
        assert_result(one.e, float_and_double[i], expected, count, 0);
        assert_workspace_changes_nothing(&one);
        for (size_t k = 0; k < count; k++)
            for (size_t model = 1; model < 3; model++)
                expected[k] += plain_rank(values + model * count + k / width * width, width, k % width);
        for (size_t k = 0; k < count; k++)
            expected[k] /= 3;
        /* Three quotients, three products, two sums, of ranks of at most the width. */
        assert_result(three.e, float_and_double[i], expected, count, 10 * (double)width * unit_of(float_and_double[i]));
        assert_workspace_changes_nothing(&three);
        forget(&one);
        forget(&three);
    }
    free(values);
    free(expected);
}

TEST(test_ranks_of_narrow_rows)
{
    for (size_t width = 1; width <= 40; width++)
        for (int kind = 0; kind < 3; kind++)
            assert_wide_ranks(width, 3, kind);
}

TEST(test_ranks_of_rows_of_several_hundred_values)
{
    const size_t widths[] = {100, 255, 256, 257, 300, 511, 512, 513, 700, 1025};

    for (size_t i = 0; i < LENGTH(widths); i++)
        for (int kind = 0; kind < 3; kind++)
            assert_wide_ranks(widths[i], 2, kind);
}

/* Values in order, in reverse order, and all equal: what a sort may stumble over. */
TEST(test_ranks_of_rows_that_are_in_order_already)
{
    const size_t width = 600;
    double values[3 * 600], expected[3 * 600];

    for (size_t i = 0; i < width; i++) {
        values[i] = expected[i] = 1 + (double)i;
        values[width + i] = expected[width + i] = (double)(width - i);
        values[2 * width + i] = 7;
        expected[2 * width + i] = .5 * (double)(width + 1);
    }
    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_RANK, float_and_double[i], values, 1, 3, width);

        assert_result(said.e, float_and_double[i], expected, 3 * width, 0);
        assert_workspace_changes_nothing(&said);
        forget(&said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_borda_fusion_of_ranx),
        cmocka_unit_test(test_1_is_the_rank_of_the_smallest_value_and_equal_ones_share_theirs),
        cmocka_unit_test(test_ranks_of_infinities_and_of_one_value),
        cmocka_unit_test(test_ranks_are_weighted),
        cmocka_unit_test(test_a_nan_makes_its_row_of_ranks_nan),
        cmocka_unit_test(test_ranks_look_at_the_order_of_numbers_whatever_they_mean),
        cmocka_unit_test(test_ranks_of_narrow_rows),
        cmocka_unit_test(test_ranks_of_rows_of_several_hundred_values),
        cmocka_unit_test(test_ranks_of_rows_that_are_in_order_already),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
