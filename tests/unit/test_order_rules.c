/* SPDX-License-Identifier: MIT */
/* MEDIAN, TRIMMED, MIN and MAX for many numbers of models, against a plain sort of what each element's models say. */
#include "said.h"

#define MOST 130
#define ROWS 2
#define WIDTH 19
#define COUNT (ROWS * WIDTH)

/* What the models say of one element; `n` of them, by index or, once sorted, by value and then index. */
struct vote {
    double y, weight;
    size_t model;
};

static int by_value(const void *a, const void *b)
{
    const struct vote *const x = a, *const y = b;

    if (x->y < y->y || (!(x->y > y->y) && x->model < y->model))
        return -1;
    return 1;
}

/* Sorts what takes part, and returns how much that is. */
static size_t sorted(struct vote *votes, const double *values, const double *weights, size_t n, size_t element)
{
    size_t taking_part = 0;

    for (size_t model = 0; model < n; model++) {
        const double weight = weights != NULL ? weights[model] : 1;

        if (weight > 0 || weight < 0)
            votes[taking_part++] = (struct vote){values[model * COUNT + element], weight, model};
    }
    qsort(votes, taking_part, sizeof *votes, by_value);
    return taking_part;
}

/* By the definition. The weights of these tests are such that they are added without rounding. */
static double plain_median(const struct vote *votes, size_t n)
{
    double total = 0, below = 0;

    for (size_t i = 0; i < n; i++)
        total += votes[i].weight;
    for (size_t i = 0; i < n; i++) {
        below += votes[i].weight;
        if (2 * below > total)
            return votes[i].y;
        if (2 * below >= total && votes[i + 1].y > votes[i].y)
            return (votes[i].y + votes[i + 1].y) / 2;
    }
    fail_msg("no median");
    return 0;
}

static double plain_trimmed(const struct vote *votes, size_t n, double trim)
{
    const size_t cut = (size_t)(trim * (double)n);
    double sum = 0, total = 0;

    for (size_t i = cut; i < n - cut; i++) {
        sum += votes[i].weight * votes[i].y;
        total += votes[i].weight;
    }
    return sum / total;
}

/* Whole numbers from -8 to 8, with many that are equal; or from a wide range, almost none equal. */
static void fill(struct rng *rng, double *values, size_t count, int few)
{
    for (size_t i = 0; i < count; i++)
        values[i] = few ? (double)rng_below(rng, 17) - 8 : (double)rng_below(rng, 4001) - 2000;
}

static void assert_medians(const double *values, const double *weights, size_t n)
{
    double expected[COUNT];

    for (size_t element = 0; element < COUNT; element++) {
        struct vote votes[MOST];
        const size_t taking_part = sorted(votes, values, weights, n, element);

        expected[element] = plain_median(votes, taking_part);
    }
    for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
        struct said said = say(ENSEMBLE_MEDIAN, number_dtypes[i], values, n, ROWS, WIDTH);
        int exact = 1; /* bfloat16 has not all whole numbers */

        for (size_t k = 0; k < n * COUNT; k++)
            exact &= fabs(values[k]) <= 64 || number_dtypes[i] != ENSEMBLE_BF16;
        weigh(&said, weights);
        if (exact) {
            double y[COUNT];

            combine_to(said.e, ENSEMBLE_F32, y, COUNT);
            for (size_t k = 0; k < COUNT; k++)
                assert_true(y[k] == expected[k]); /* 0 of either sign */
            combine_to(said.e, ENSEMBLE_F64, y, COUNT);
            for (size_t k = 0; k < COUNT; k++)
                assert_true(y[k] == expected[k]);
        }
        forget(&said);
    }
}

/* With an even number the weights meet half of their sum exactly, whatever rounding a sum of 1/n would suffer. */
TEST(test_medians_of_2_to_40_models_with_default_weights)
{
    static double values[MOST * COUNT];
    struct rng rng = {1};

    for (size_t n = 1; n <= 40; n++)
        for (int few = 0; few < 2; few++) {
            fill(&rng, values, n * COUNT, few);
            assert_medians(values, NULL, n);
        }
}

TEST(test_medians_of_2_to_40_models_with_equal_weights_of_any_size)
{
    static double values[MOST * COUNT];
    const double sizes[] = {.1, 1.0 / 3, 3, 1e-5, 1e-300, 1e300};
    struct rng rng = {2};

    for (size_t n = 1; n <= 40; n++) {
        double weights[40];

        for (size_t i = 0; i < n; i++)
            weights[i] = sizes[n % LENGTH(sizes)];
        fill(&rng, values, n * COUNT, n % 3 == 0);
        assert_medians(values, NULL, n);
        for (size_t i = 0; i < LENGTH(float_and_double); i++) {
            struct said said = say(ENSEMBLE_MEDIAN, float_and_double[i], values, n, ROWS, WIDTH);
            double y[COUNT];

            combine_to(said.e, float_and_double[i], y, COUNT);
            weigh(&said, weights);
            assert_result(said.e, float_and_double[i], y, COUNT, 0);
            forget(&said);
        }
    }
}

TEST(test_medians_of_many_models)
{
    static double values[MOST * COUNT];
    const size_t numbers[] = {63, 64, 65, 66, 100, 128, 129, 130};
    struct rng rng = {3};

    for (size_t i = 0; i < LENGTH(numbers); i++) {
        fill(&rng, values, numbers[i] * COUNT, i % 2);
        assert_medians(values, NULL, numbers[i]);
    }
}

/* Weights of 0 to 7 eighths: some models take no part, and half of the sum is often met exactly. */
/* In each row few of many models have a weight: the median is that of an ensemble of those. */
TEST(test_medians_of_few_of_many_models)
{
    const size_t numbers[] = {31, 32, 33, 64, 65, MOST};
    static double values[MOST * COUNT], some[9 * COUNT], expected[COUNT];
    static float gates[ROWS * MOST], ones[ROWS * 9];
    struct rng rng = {77};

    for (size_t i = 0; i < LENGTH(ones); i++)
        ones[i] = 1;
    for (size_t i = 0; i < LENGTH(numbers); i++)
        for (size_t few = 1; few <= 9; few++) {
            const size_t n = numbers[i];
            struct said all, rest;

            fill(&rng, values, n * COUNT, 0);
            memset(gates, 0, sizeof gates);
            for (size_t k = 0; k < few; k++) {
                const size_t model = k * (n - 1) / 9 + 1;

                memcpy(some + k * COUNT, values + model * COUNT, COUNT * sizeof *some);
                for (size_t row = 0; row < ROWS; row++)
                    gates[row * n + model] = 1;
            }
            all = say(ENSEMBLE_MEDIAN, ENSEMBLE_F32, values, n, ROWS, WIDTH);
            rest = say(ENSEMBLE_MEDIAN, ENSEMBLE_F32, some, few, ROWS, WIDTH);
            assert_int_equal(ensemble_set_row_weights(all.e, gates, ROWS, n), 0);
            assert_int_equal(ensemble_set_row_weights(rest.e, ones, ROWS, few), 0);
            combine_to(rest.e, ENSEMBLE_F64, expected, COUNT);
            assert_result(all.e, ENSEMBLE_F64, expected, COUNT, 0);
            forget(&all);
            forget(&rest);
        }
}

TEST(test_weighted_medians_against_a_plain_sort)
{
    static double values[MOST * COUNT];
    const size_t numbers[] = {41, 64, 65, 100};
    struct rng rng = {5};

    for (size_t round = 0; round < 40 + LENGTH(numbers); round++) {
        const size_t n = round < 40 ? round + 1 : numbers[round - 40];
        double weights[MOST];

        for (size_t i = 0; i < n; i++)
            weights[i] = (double)rng_below(&rng, 8) / 8;
        weights[round % n] = 1;
        fill(&rng, values, n * COUNT, round % 2);
        assert_medians(values, weights, n);
    }
}

/* One model that weighs as much as all others together: halfway from or to it; with a little more, it is the median. */
TEST(test_half_of_the_weight_is_met_exactly_or_passed)
{
    const double values[] = {1, 5, 9, 4}, half[] = {1, 1, 1, 3}, more[] = {1, 1, 1, 3.5};
    const double first[] = {3, 1, 1, 1}, after_half[] = {4.5}, four[] = {4}, one[] = {2.5};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_MEDIAN, float_and_double[i], values, 4, 1, 1);

        weigh(&said, more);
        assert_result(said.e, float_and_double[i], four, 1, 0);
        weigh(&said, half); /* up to 4: 4 of 6 */
        assert_result(said.e, float_and_double[i], four, 1, 0);
        weigh(&said, first); /* up to 1: 3 of 6 */
        assert_result(said.e, float_and_double[i], one, 1, 0);
        weigh(&said, (const double[]){.5, 1, 1, 1.5}); /* up to 4: 2 of 4 */
        assert_result(said.e, float_and_double[i], after_half, 1, 0);
        forget(&said);
    }
}

/*
 * MEAN of n values of at most 8: n weights divided, n products, n sums, each wrong by u, and twice the same in what it
 * is compared with (at most as much, since that is in double).
 */
static void assert_trimmed(const double *values, const double *weights, size_t n, double trim)
{
    double expected[COUNT];

    for (size_t element = 0; element < COUNT; element++) {
        struct vote votes[MOST];
        const size_t taking_part = sorted(votes, values, weights, n, element);

        expected[element] = plain_trimmed(votes, taking_part, trim);
    }
    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_TRIMMED, float_and_double[i], values, n, ROWS, WIDTH);

        weigh(&said, weights);
        set_parameter(said.e, ENSEMBLE_TRIM, trim);
        assert_result(said.e, float_and_double[i], expected, COUNT,
                      2 * (2 * (double)n + 4) * 8 * unit_of(float_and_double[i]));
        forget(&said);
    }
}

TEST(test_trimmed_means_of_1_to_40_models)
{
    static double values[MOST * COUNT];
    const double trims[] = {0, .05, .1, .125, .2, .25, .3, .4, .45, .49};
    struct rng rng = {6};

    for (size_t n = 1; n <= 40; n++)
        for (size_t t = 0; t < LENGTH(trims); t++) {
            fill(&rng, values, n * COUNT, 1);
            assert_trimmed(values, NULL, n, trims[t]);
        }
}

/* With weights it shows which of equal values were cut: of the small ones those of the first models, of the large ones
 * those of the last. */
TEST(test_weighted_trimmed_means_against_a_plain_sort)
{
    static double values[MOST * COUNT];
    const double trims[] = {.1, .2, .25, .45};
    const size_t numbers[] = {64, 65, 130};
    struct rng rng = {7};

    for (size_t round = 0; round < 40 + LENGTH(numbers); round++) {
        const size_t n = round < 40 ? round + 1 : numbers[round - 40];
        double weights[MOST];

        for (size_t i = 0; i < n; i++)
            weights[i] = rng_one_in(&rng, 6) ? 0 : .01 + rng_unit(&rng);
        weights[round % n] = 1;
        fill(&rng, values, n * COUNT, 1);
        for (size_t t = 0; t < LENGTH(trims); t++)
            assert_trimmed(values, weights, n, trims[t]);
    }
}

TEST(test_of_equal_values_the_model_of_lower_index_counts_as_the_smaller)
{
    const double values[] = {1, 1, 1, 2, 3}, weights[] = {100, 1, 1, 1, 1}, expected[] = {4.0 / 3};
    const double swapped[] = {0, 1, 2, 2, 2}, last[] = {1, 1, 1, 1, 100}, other[] = {5.0 / 3};

    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        struct said said = say(ENSEMBLE_TRIMMED, float_and_double[i], values, 5, 1, 1);
        struct said upper = say(ENSEMBLE_TRIMMED, float_and_double[i], swapped, 5, 1, 1);

        weigh(&said, weights); /* without the first 1 and the 3 */
        assert_result(said.e, float_and_double[i], expected, 1, 16 * unit_of(float_and_double[i]));
        weigh(&upper, last); /* without the 0 and the last 2 */
        assert_result(upper.e, float_and_double[i], other, 1, 16 * unit_of(float_and_double[i]));
        forget(&said);
        forget(&upper);
    }
}

TEST(test_least_and_greatest_of_1_to_130_models)
{
    static double values[MOST * COUNT];
    struct rng rng = {8};

    for (size_t n = 1; n <= MOST; n += n < 20 ? 1 : 11) {
        double least[COUNT], greatest[COUNT];

        fill(&rng, values, n * COUNT, 0);
        for (size_t i = 0; i < COUNT; i++) {
            struct vote votes[MOST];

            (void)sorted(votes, values, NULL, n, i);
            least[i] = votes[0].y;
            greatest[i] = votes[n - 1].y;
        }
        for (size_t i = 0; i < LENGTH(float_and_double); i++) {
            struct said said = say(ENSEMBLE_MIN, float_and_double[i], values, n, ROWS, WIDTH);

            assert_result(said.e, float_and_double[i], least, COUNT, 0);
            assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_MAX), 0);
            assert_result(said.e, float_and_double[i], greatest, COUNT, 0);
            forget(&said);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_medians_of_2_to_40_models_with_default_weights),
        cmocka_unit_test(test_medians_of_2_to_40_models_with_equal_weights_of_any_size),
        cmocka_unit_test(test_medians_of_many_models),
        cmocka_unit_test(test_medians_of_few_of_many_models),
        cmocka_unit_test(test_weighted_medians_against_a_plain_sort),
        cmocka_unit_test(test_half_of_the_weight_is_met_exactly_or_passed),
        cmocka_unit_test(test_trimmed_means_of_1_to_40_models),
        cmocka_unit_test(test_weighted_trimmed_means_against_a_plain_sort),
        cmocka_unit_test(test_of_equal_values_the_model_of_lower_index_counts_as_the_smaller),
        cmocka_unit_test(test_least_and_greatest_of_1_to_130_models),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
