/* SPDX-License-Identifier: MIT */
/* VOTE: labels, and the largest values of rows. */
#include "said.h"

#define NOT ((double)NAN)

/* Models that give labels: `n` of them, `rows` labels each. */
static struct ensemble *voters(const int32_t *labels, size_t n, size_t rows, size_t width)
{
    struct ensemble *e = ensemble_of(width);

    for (size_t model = 0; model < n; model++)
        add(e, labels + model * rows, ENSEMBLE_I32, rows);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_VOTE), 0);
    return e;
}

/* Source: combo, the tests of its majority vote: three models, four rows. */
static const int32_t combo_labels[] = {0, 0, 2, 1, 1, 1, 2, 1, 1, 2, 2, 2};
static const double combo_probabilities[] = {.5, .3, .2, .4, .3, .3, .1, .2, .7, .0, .6, .4, .2, .5, .3, .2, .6, .2,
                                             .0, .0, 1., .3, .4, .3, .1, .8, .1, .1, .1, .8, .3, .3, .4, .2, .2, .6};
static const double combo_shares[] = {1. / 3, 2. / 3, 0, 1. / 3, 1. / 3, 1. / 3, 0, 0, 1, 0, 2. / 3, 1. / 3};
static const double combo_weights[] = {.1, .8, .1};
static const double combo_weighted[] = {.1, .9, 0, .1, .8, .1, 0, 0, 1, 0, .9, .1};

/* Three weights divided by their sum and added: six roundings. */
static void assert_shares(struct ensemble *e, const double *expected, size_t count)
{
    assert_result(e, ENSEMBLE_F32, expected, count, 6 * 0x1p-24);
    assert_result(e, ENSEMBLE_F64, expected, count, 6 * 0x1p-53);
}

TEST(test_the_votes_of_combo_as_labels)
{
    struct ensemble *e = voters(combo_labels, 3, 4, 3);
    double y[12];

    assert_shares(e, combo_shares, 12);
    combine_to(e, ENSEMBLE_F64, y, 12);
    assert_true(y[3] == y[4] && y[4] == y[5]); /* a tie of three is one to the bit */
    assert_int_equal(ensemble_set_weights(e, combo_weights, 3), 0);
    assert_shares(e, combo_weighted, 12);
    ensemble_destroy(e);
}

TEST(test_the_votes_of_combo_as_probabilities)
{
    for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
        struct said said = say(ENSEMBLE_VOTE, number_dtypes[i], combo_probabilities, 3, 4, 3);

        assert_shares(said.e, combo_shares, 12);
        weigh(&said, combo_weights);
        assert_shares(said.e, combo_weighted, 12);
        forget(&said);
    }
}

/* Source: DESlib, its weighted majority vote: votes 1, 1, 2 of weights .2, .5, 1 within one row; 2 wins. */
TEST(test_the_weighted_vote_of_deslib)
{
    const int32_t labels[] = {1, 1, 2};
    const float weights[] = {.2f, .5f, 1};
    const double expected[] = {0, .7 / 1.7, 1 / 1.7};
    struct ensemble *e = voters(labels, 3, 1, 3);

    assert_int_equal(ensemble_set_row_weights(e, weights, 1, 3), 0);
    assert_result(e, ENSEMBLE_F32, expected, 3, 1e-6);
    assert_result(e, ENSEMBLE_F64, expected, 3, 1e-8); /* .2f is .2 to 3e-9 */
    ensemble_destroy(e);
}

TEST(test_of_several_largest_values_the_one_of_the_lowest_class_counts)
{
    const double values[] = {.4, .4, .2, .2, .4, .4, .25, .25, .25, -1, -2, -1};
    const double expected[] = {1, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0};

    for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
        struct said said = say(ENSEMBLE_VOTE, number_dtypes[i], values, 1, 4, 3);

        assert_result(said.e, ENSEMBLE_F32, expected, 12, 0);
        forget(&said);
    }
}

/* The largest value may be anywhere, also in rows that are longer than a tile. */
TEST(test_the_largest_value_is_found_at_every_place)
{
    const size_t widths[] = {1, 2, 7, 8, 9, 15, 16, 17, 33, 100, 257, 600};
    struct rng rng = {9};

    for (size_t w = 0; w < LENGTH(widths); w++) {
        const size_t width = widths[w], step = 1 + width / 37;
        double *values = malloc(2 * width * sizeof *values), *expected = values + width;

        assert_non_null(values);
        for (size_t largest = 0; largest < width; largest += step) {
            struct said said;

            for (size_t i = 0; i < width; i++)
                values[i] = .5 * rng_unit(&rng);
            values[largest] = .75;
            values[width - 1] = width - 1 > largest ? .75 : values[width - 1]; /* as large, but not the first */
            memset(expected, 0, width * sizeof *expected);
            expected[largest] = 1;
            said = say(ENSEMBLE_VOTE, float_and_double[largest % 2], values, 1, 1, width);
            assert_result(said.e, ENSEMBLE_F64, expected, width, 0);
            forget(&said);
        }
        free(values);
    }
}

TEST(test_a_vote_of_labels_and_numbers_together)
{
    const int32_t labels[] = {2, 0};
    const double values[] = {.1, .2, .7, .1, .2, .7, .9, .1, .0, .3, .5, .2};
    const double expected[] = {1. / 3, 0, 2. / 3, 1. / 3, 1. / 3, 1. / 3};

    for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
        struct said said = say(ENSEMBLE_VOTE, number_dtypes[i], values, 2, 2, 3);

        add(said.e, labels, ENSEMBLE_I32, 2);
        assert_shares(said.e, expected, 6);
        forget(&said);
    }
}

TEST(test_labels_with_gaps_between_them)
{
    const int32_t labels[] = {1, -7, 99, 0, -7, 99, 2}; /* what lies between is no class */
    const double expected[] = {0, 1, 0, 1, 0, 0, 0, 0, 1};
    struct ensemble *e = ensemble_of(3);

    add(e, NULL, ENSEMBLE_I32, 3);
    assert_int_equal(ensemble_set_model_output(e, 0, labels, ENSEMBLE_I32, 3, 3), 0);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_VOTE), 0);
    assert_result(e, ENSEMBLE_F32, expected, 9, 0);
    ensemble_destroy(e);
}

/* One label a row, however wide the ensemble: a page that must not be read lies behind the labels. */
TEST(test_labels_are_one_per_row)
{
    unsigned char *pages = mmap(NULL, 2 * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const int32_t labels[] = {999, 0};
    float y[2 * 1000];
    struct ensemble *e = ensemble_of(1000);

    assert_true(pages != MAP_FAILED);
    assert_int_equal(mprotect(pages + PAGE_BYTES, PAGE_BYTES, PROT_NONE), 0);
    memcpy(pages + PAGE_BYTES - sizeof labels, labels, sizeof labels);
    add(e, pages + PAGE_BYTES - sizeof labels, ENSEMBLE_I32, 2);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_VOTE), 0);
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 2000), 0);
    for (size_t i = 0; i < 2000; i++)
        assert_true(y[i] == (i == 999 || i == 1000 ? 1.0f : 0.0f));
    ensemble_destroy(e);
    assert_int_equal(munmap(pages, 2 * PAGE_BYTES), 0);
}

TEST(test_a_label_that_is_no_class_makes_its_row_nan)
{
    const int32_t wrong[] = {-1, 3, 1000, INT32_MIN, INT32_MAX};
    const double expected[] = {0, 1, 0, NOT, NOT, NOT, .5, 0, .5}, left_out[] = {0, 1, 0, 0, 1, 0, .5, 0, .5};

    for (size_t i = 0; i < LENGTH(wrong); i++) {
        const int32_t labels[] = {1, 1, 0, 1, wrong[i], 2};
        struct ensemble *e = voters(labels, 2, 3, 3);

        assert_int_equal(ensemble_check(e, NULL, 0), 0);
        assert_result(e, ENSEMBLE_F32, expected, 9, 0);
        assert_result(e, ENSEMBLE_F64, expected, 9, 0);
        assert_int_equal(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_NAN, 0), 0);
        assert_result(e, ENSEMBLE_F32, left_out, 9, 0);
        assert_int_equal(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_NAN, .75), 0);
        assert_result(e, ENSEMBLE_F32, expected, 9, 0);
        ensemble_destroy(e);
    }
}

TEST(test_a_row_without_any_label_that_is_a_class_is_nan)
{
    const int32_t labels[] = {-1, 0, 7, 1};
    const double expected[] = {NOT, NOT, .5, .5};
    struct ensemble *e = voters(labels, 2, 2, 2);

    assert_int_equal(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_NAN, 0), 0);
    assert_result(e, ENSEMBLE_F32, expected, 4, 0);
    ensemble_destroy(e);
}

/* Wherever the NaN is: a model with a NaN in its row has no largest value. */
TEST(test_a_nan_makes_its_row_of_votes_nan)
{
    for (size_t at = 0; at < 3; at++)
        for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
            double values[] = {.1, .8, .1, .1, .8, .1, .2, .3, .5, .2, .3, .5};
            const double expected[] = {NOT, NOT, NOT, 0, .5, .5}, left_out[] = {0, 0, 1, 0, .5, .5};
            struct said said;

            values[at] = NOT;
            said = say(ENSEMBLE_VOTE, number_dtypes[i], values, 2, 2, 3);
            assert_result(said.e, ENSEMBLE_F32, expected, 6, 0);
            assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_NAN, 0), 0);
            assert_result(said.e, ENSEMBLE_F32, left_out, 6, 0);
            forget(&said);
        }
}

TEST(test_votes_look_at_the_order_of_numbers_whatever_they_mean)
{
    const double values[] = {-3, 5, 2, -1, -2, -.5, 100, 200, 300, 0, -1, -2}, weights[] = {.3, .7};
    const int32_t spaces[] = {ENSEMBLE_PROBABILITIES, ENSEMBLE_LOG_PROBABILITIES, ENSEMBLE_LOGITS,
                              ENSEMBLE_BINARY_LOGITS};

    for (size_t i = 0; i < LENGTH(spaces); i++) {
        struct said said = say(ENSEMBLE_VOTE, ENSEMBLE_F32, values, 2, 2, 3);
        double y[6];

        weigh(&said, weights);
        combine_to(said.e, ENSEMBLE_F32, y, 6);
        interpret(&said, spaces[i], 0);
        assert_result(said.e, ENSEMBLE_F32, y, 6, 0);
        forget(&said);
    }
}

/* More voters than are looked at together. */
TEST(test_votes_of_many_models)
{
    static int32_t labels[200];
    double expected[5] = {0};
    struct rng rng = {10};
    struct ensemble *e;

    for (size_t i = 0; i < 200; i++) {
        labels[i] = (int32_t)rng_below(&rng, 5);
        expected[labels[i]] += 1. / 200;
    }
    e = voters(labels, 200, 1, 5);
    assert_result(e, ENSEMBLE_F32, expected, 5, 400 * 0x1p-24); /* 200 divisions, 200 sums, of at most 1 together */
    assert_result(e, ENSEMBLE_F64, expected, 5, 800 * 0x1p-53);
    ensemble_destroy(e);
}

TEST(test_labels_are_for_votes_and_in_int32_only)
{
    const int32_t labels[] = {1, 0}, spaces[] = {ENSEMBLE_PROBABILITIES, ENSEMBLE_LOG_PROBABILITIES, ENSEMBLE_LOGITS,
                                                 ENSEMBLE_BINARY_LOGITS};
    const double values[] = {.5, .5, .5, .5};
    struct ensemble *e = voters(labels, 1, 2, 2);
    struct said said = say(ENSEMBLE_VOTE, ENSEMBLE_F32, values, 1, 2, 2);

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++) {
        assert_int_equal(ensemble_set_method(e, method), 0);
        if (method != ENSEMBLE_VOTE)
            assert_combine_fails(e, 4, ENSEMBLE_ESPACE);
    }
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_VOTE), 0);
    for (size_t i = 0; i < LENGTH(spaces); i++) {
        assert_int_equal(ensemble_set_input(e, 0, spaces[i], 0), 0);
        assert_combine_fails(e, 4, ENSEMBLE_ESPACE);
    }
    assert_int_equal(ensemble_set_input(e, 0, ENSEMBLE_LABELS, 0), 0);
    assert_int_equal(ensemble_check(e, NULL, 0), 0);
    assert_int_equal(ensemble_set_input(e, 0, ENSEMBLE_AS_IS, 0), 0);
    assert_int_equal(ensemble_check(e, NULL, 0), 0);
    interpret(&said, ENSEMBLE_LABELS, 0);
    assert_combine_fails(said.e, 4, ENSEMBLE_ESPACE);
    ensemble_destroy(e);
    forget(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_votes_of_combo_as_labels),
        cmocka_unit_test(test_the_votes_of_combo_as_probabilities),
        cmocka_unit_test(test_the_weighted_vote_of_deslib),
        cmocka_unit_test(test_of_several_largest_values_the_one_of_the_lowest_class_counts),
        cmocka_unit_test(test_the_largest_value_is_found_at_every_place),
        cmocka_unit_test(test_a_vote_of_labels_and_numbers_together),
        cmocka_unit_test(test_labels_with_gaps_between_them),
        cmocka_unit_test(test_labels_are_one_per_row),
        cmocka_unit_test(test_a_label_that_is_no_class_makes_its_row_nan),
        cmocka_unit_test(test_a_row_without_any_label_that_is_a_class_is_nan),
        cmocka_unit_test(test_a_nan_makes_its_row_of_votes_nan),
        cmocka_unit_test(test_votes_look_at_the_order_of_numbers_whatever_they_mean),
        cmocka_unit_test(test_votes_of_many_models),
        cmocka_unit_test(test_labels_are_for_votes_and_in_int32_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
