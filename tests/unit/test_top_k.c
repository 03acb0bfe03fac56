/* SPDX-License-Identifier: MIT */
/* The k largest classes, against a plain sort of the combined rows. */
#include "said.h"

#define NOT ((double)NAN)
#define INF ((double)INFINITY)
#define MARGIN 8 /* elements around the arrays that must stay as they are */

struct top {
    int32_t *labels; /* MARGIN elements, rows x k, MARGIN elements */
    double *values;
};

/* What the library says; around it nothing is written. */
static struct top ask_top(const struct ensemble *e, size_t rows, size_t k)
{
    const size_t count = rows * k;
    const struct top top = {malloc((count + 2 * MARGIN) * sizeof *top.labels),
                            malloc((count + 2 * MARGIN) * sizeof *top.values)};

    assert_true(top.labels != NULL && top.values != NULL);
    poison(top.labels, (count + 2 * MARGIN) * sizeof *top.labels);
    poison(top.values, (count + 2 * MARGIN) * sizeof *top.values);
    assert_int_equal(ensemble_top_k(e, k, top.labels + MARGIN, top.values + MARGIN), 0);
    assert_poisoned(top.labels, MARGIN * sizeof *top.labels);
    assert_poisoned(top.values, MARGIN * sizeof *top.values);
    assert_poisoned(top.labels + MARGIN + count, MARGIN * sizeof *top.labels);
    assert_poisoned(top.values + MARGIN + count, MARGIN * sizeof *top.values);
    return top;
}

static void forget_top(const struct top *top)
{
    free(top->labels);
    free(top->values);
}

static const double *sorted_row;

static int in_order(const void *a, const void *b)
{
    const int32_t i = *(const int32_t *)a, j = *(const int32_t *)b;

    if (sorted_row[i] != sorted_row[j])
        return sorted_row[i] > sorted_row[j] ? -1 : 1;
    return i < j ? -1 : 1;
}

/* Row by row, y sorted; a class in `gaps` is none, and any other NaN leaves the row without an answer. */
static void top_at(const struct ensemble *e, const double *y, size_t rows, size_t width, size_t k,
                   const unsigned char *gaps, const char *file, int line)
{
    const struct top top = ask_top(e, rows, k);
    int32_t *order = malloc(width * sizeof *order);

    assert_non_null(order);
    for (size_t row = 0; row < rows; row++) {
        const int32_t *labels = top.labels + MARGIN + row * k;
        const double *values = top.values + MARGIN + row * k;
        size_t n = 0;

        sorted_row = y + row * width;
        for (size_t j = 0; j < width; j++)
            if (gaps == NULL || !gaps[j])
                order[n++] = (int32_t)j;
        for (size_t j = 0; j < n; j++)
            if (is_nan(sorted_row[order[j]]))
                n = 0;
        qsort(order, n, sizeof *order, in_order);
        for (size_t j = 0; j < k; j++) {
            const int32_t label = j < n ? order[j] : -1;
            const double value = j < n ? sorted_row[label] : NOT;

            if (labels[j] == label && (is_nan(value) ? is_nan(values[j]) : memcmp(values + j, &value, 8) == 0))
                continue;
            print_error("row %zu, place %zu: class %d, %.17g, not %d, %.17g\n", row, j, (int)labels[j], values[j],
                        (int)label, value);
            _fail(file, line);
        }
    }
    free(order);
    forget_top(&top);
}
#define assert_top(e, y, rows, width, k, gaps) top_at(e, y, rows, width, k, gaps, __FILE__, __LINE__)

/* Every k that could be special, against what the ensemble gives without a rounding at the end. */
static void assert_all_tops(const struct said *said, int32_t unrounded)
{
    const size_t width = said->width, ks[] = {1, 2, 3, 10, width / 2, width - 1, width};
    double *y = malloc(said->rows * width * sizeof *y);

    assert_non_null(y);
    combine_to(said->e, unrounded, y, said->rows * width);
    for (size_t i = 0; i < LENGTH(ks); i++)
        if (ks[i] > 0 && ks[i] <= width)
            assert_top(said->e, y, said->rows, width, ks[i], NULL);
    free(y);
}

/* Few different values, or many. */
static double *drawn(size_t count, size_t steps, uint64_t seed)
{
    double *values = malloc(count * sizeof *values);
    struct rng rng = {seed};

    assert_non_null(values);
    for (size_t i = 0; i < count; i++)
        values[i] = steps > 0 ? (double)(1 + rng_below(&rng, steps)) / (double)(steps + 1) : rng_unit(&rng);
    return values;
}

static const size_t widths[] = {1, 2, 3, 10, 33, 513, 1000};

TEST(test_the_largest_classes_of_every_method)
{
    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++)
        for (size_t i = 0; i < LENGTH(widths); i++)
            for (size_t steps = 0; steps <= 3; steps += 3) {
                const int32_t dtype = number_dtypes[(i + (size_t)method) % 4];
                double *values = drawn(3 * 2 * widths[i], steps, 10 * i + steps);
                struct said said = say(method, dtype, values, 3, 2, widths[i]);

                assert_all_tops(&said, dtype == ENSEMBLE_F64 || method == ENSEMBLE_POWER ? ENSEMBLE_F64
                                                                                         : ENSEMBLE_F32);
                forget(&said);
                free(values);
            }
}

TEST(test_the_largest_classes_of_long_rows)
{
    for (size_t steps = 0; steps <= 4; steps += 4) {
        double *values = drawn(2 * 5000, steps, 20 + steps);
        struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F32, values, 2, 1, 5000);

        assert_all_tops(&said, ENSEMBLE_F32);
        forget(&said);
        free(values);
    }
}

/* In ascending order each value is larger than all that are kept; in descending order none is. */
TEST(test_rows_that_are_sorted_already)
{
    double values[2 * 600];
    struct said said;

    for (size_t j = 0; j < 600; j++) {
        values[j] = (double)j;
        values[600 + j] = (double)(600 - j);
    }
    said = say(ENSEMBLE_SUM, ENSEMBLE_F32, values, 1, 2, 600);
    assert_all_tops(&said, ENSEMBLE_F32);
    forget(&said);
}

TEST(test_many_short_rows)
{
    for (size_t width = 1; width <= 9; width++) {
        double *values = drawn(3 * 101 * width, 3, 30 + width);
        struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F16, values, 3, 101, width);

        assert_all_tops(&said, ENSEMBLE_F32);
        interpret(&said, ENSEMBLE_LOGITS, 0);
        assert_all_tops(&said, ENSEMBLE_F32);
        assert_int_equal(ensemble_set_result(said.e, ENSEMBLE_RESULT_NORMALISED, 0), 0);
        assert_all_tops(&said, ENSEMBLE_F32);
        assert_int_equal(ensemble_set_result(said.e, ENSEMBLE_RESULT_SOFTMAX, 0), 0);
        assert_all_tops(&said, ENSEMBLE_F32);
        forget(&said);
        free(values);
    }
}

/* Of equal values the lowest class comes first, and -0 and +0 are equal. */
TEST(test_of_equal_values_the_lowest_class_comes_first)
{
    const double values[] = {.5, .5, .5, .5, 0, -0.0, 0, -0.0, .25, .5, .25, .5}, shares[] = {.25, .5, .25, 0};
    const int32_t labels[] = {1, 1, 0, 2};
    struct said said = say(ENSEMBLE_SUM, ENSEMBLE_F64, values, 1, 3, 4);
    struct ensemble *e = ensemble_of(4);

    assert_all_tops(&said, ENSEMBLE_F64);
    for (size_t model = 0; model < 4; model++)
        add(e, &labels[model], ENSEMBLE_I32, 1);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_VOTE), 0);
    assert_top(e, shares, 1, 4, 4, NULL);
    ensemble_destroy(e);
    forget(&said);
}

/* Infinities are values like others, also where there is nothing else. */
TEST(test_infinite_values_have_their_place)
{
    const double values[] = {-INF, 1, -INF, INF, -INF, -INF, -INF, -INF, INF, INF, 2, -INF, 0, -INF, INF, -INF};

    for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
        struct said said = say(ENSEMBLE_SUM, number_dtypes[i], values, 1, 4, 4);

        assert_all_tops(&said, number_dtypes[i] == ENSEMBLE_F64 ? ENSEMBLE_F64 : ENSEMBLE_F32);
        forget(&said);
    }
}

/* The logarithms of nothing but zeros, in rows of several tiles too. */
TEST(test_classes_that_are_ruled_out_have_their_place)
{
    for (size_t i = 0; i < LENGTH(widths); i++) {
        double *values = calloc(2 * widths[i], sizeof *values);
        struct said said;

        assert_non_null(values);
        values[2 * widths[i] - 1] = .5;
        said = say(ENSEMBLE_MEAN, ENSEMBLE_F32, values, 1, 2, widths[i]);
        interpret(&said, ENSEMBLE_PROBABILITIES, 0);
        assert_int_equal(ensemble_set_result(said.e, ENSEMBLE_RESULT_LOG, 0), 0);
        assert_all_tops(&said, ENSEMBLE_F32);
        forget(&said);
        free(values);
    }
}

/* A NaN in one class is enough, wherever it is. */
TEST(test_a_row_with_a_nan_has_no_largest_classes)
{
    for (size_t i = 0; i < LENGTH(widths); i++)
        for (size_t at = 0; at < widths[i]; at += 1 + widths[i] / 5) {
            double *values = drawn(3 * widths[i], 0, 40);
            struct said said;

            values[widths[i] + at] = NOT;
            said = say(ENSEMBLE_SUM, float_and_double[at % 2], values, 1, 3, widths[i]);
            assert_all_tops(&said, float_and_double[at % 2]);
            forget(&said);
            free(values);
        }
}

/* A class whose class weights are all 0 is NaN, but the row has an answer, in which there are fewer classes. */
TEST(test_classes_that_no_model_speaks_of_are_not_among_the_largest)
{
    double values[2 * 3 * 100], weights[2 * 100], y[3 * 100];
    unsigned char gaps[100] = {0};
    const size_t ks[] = {1, 2, 50, 97, 98, 100};
    struct rng rng = {50};
    struct said said;

    for (size_t i = 0; i < LENGTH(values); i++)
        values[i] = (double)rng_below(&rng, 20) - 10;
    gaps[0] = gaps[40] = gaps[99] = 1;
    for (size_t j = 0; j < 100; j++)
        weights[j] = weights[100 + j] = !gaps[j];
    said = say(ENSEMBLE_MEAN, ENSEMBLE_F32, values, 2, 3, 100);
    assert_int_equal(ensemble_set_class_weights(said.e, weights, 2, 100), 0);
    combine_to(said.e, ENSEMBLE_F32, y, 300);
    for (size_t i = 0; i < LENGTH(ks); i++)
        assert_top(said.e, y, 3, 100, ks[i], gaps);
    forget(&said);
}

/* As the report of a call says, without a result, and as a policy has it. */
TEST(test_the_largest_classes_are_those_of_a_report)
{
    double *values = drawn(3 * 4 * 20, 0, 60);
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_BF16, values, 3, 4, 20);
    int32_t labels[4 * 5];
    double top_values[4 * 5];
    const struct ensemble_report report = {
        .struct_size = sizeof report, .rows = 4, .top = 5, .top_labels = labels, .top_values = top_values};
    const struct ensemble_call call = {.struct_size = sizeof call, .report = &report};
    struct top top;

    assert_int_equal(ensemble_set_model_output(said.e, 1, NULL, ENSEMBLE_F32, 4, 0), 0);
    assert_int_equal(ensemble_top_k(said.e, 5, labels, top_values), ENSEMBLE_EMISSING);
    assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_MISSING, .9), 0);
    assert_int_equal(ensemble_top_k(said.e, 5, labels, top_values), ENSEMBLE_EQUORUM);
    assert_int_equal(ensemble_set_missing_policy(said.e, ENSEMBLE_LEAVE_OUT_MISSING, 0), 0);
    assert_int_equal(ensemble_run(said.e, &call), 0);
    top = ask_top(said.e, 4, 5);
    assert_memory_equal(top.labels + MARGIN, labels, sizeof labels);
    assert_memory_equal(top.values + MARGIN, top_values, sizeof top_values);
    forget_top(&top);
    forget(&said);
    free(values);
}

TEST(test_errors_of_top_k)
{
    const size_t wrong[] = {0, 4, 5, SIZE_MAX};
    struct ensemble *e = example(), *empty = ensemble_of(3);
    int32_t labels[8];
    double values[8];

    poison(labels, sizeof labels);
    poison(values, sizeof values);
    for (size_t i = 0; i < LENGTH(wrong); i++)
        assert_int_equal(ensemble_top_k(e, wrong[i], labels, values), ENSEMBLE_EPARAMETER);
    assert_int_equal(ensemble_top_k(NULL, 1, labels, values), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_top_k(e, 1, NULL, values), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_top_k(e, 1, labels, NULL), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_top_k(empty, 1, labels, values), ENSEMBLE_EEMPTY);
    assert_int_equal(ensemble_set_model_output(e, 2, example_outputs[2], ENSEMBLE_F32, 0, 0), 0);
    assert_int_equal(ensemble_top_k(e, 1, labels, values), ENSEMBLE_EROWS);
    assert_poisoned(labels, sizeof labels);
    assert_poisoned(values, sizeof values);
    ensemble_destroy(e);
    ensemble_destroy(empty);
}

TEST(test_the_arrays_of_top_k_must_not_be_an_output)
{
    double values[] = {.5, .25, .125, 1};
    float halves[] = {.5f, .25f, .125f, 1};
    struct ensemble *e = ensemble_of(2);
    int32_t labels[4];
    double top[4];

    add(e, values, ENSEMBLE_F64, 2);
    add(e, halves, ENSEMBLE_F32, 2);
    assert_int_equal(ensemble_top_k(e, 2, labels, values), ENSEMBLE_EOVERLAP);
    assert_int_equal(ensemble_top_k(e, 2, (int32_t *)(void *)halves, top), ENSEMBLE_EOVERLAP);
    assert_true(values[0] == .5 && halves[0] == .5f);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_largest_classes_of_every_method),
        cmocka_unit_test(test_the_largest_classes_of_long_rows),
        cmocka_unit_test(test_rows_that_are_sorted_already),
        cmocka_unit_test(test_many_short_rows),
        cmocka_unit_test(test_of_equal_values_the_lowest_class_comes_first),
        cmocka_unit_test(test_infinite_values_have_their_place),
        cmocka_unit_test(test_classes_that_are_ruled_out_have_their_place),
        cmocka_unit_test(test_a_row_with_a_nan_has_no_largest_classes),
        cmocka_unit_test(test_classes_that_no_model_speaks_of_are_not_among_the_largest),
        cmocka_unit_test(test_the_largest_classes_are_those_of_a_report),
        cmocka_unit_test(test_errors_of_top_k),
        cmocka_unit_test(test_the_arrays_of_top_k_must_not_be_an_output),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
