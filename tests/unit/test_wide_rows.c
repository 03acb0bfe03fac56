/* SPDX-License-Identifier: MIT */
/* Rows that span many tiles, against long double; and workspaces, which must not show in the result. */
#include "softmax.h"

#define MODELS 3
#define ROWS 2

static const size_t widths[] = {255, 256, 257, 511, 512, 513, 1000, 5000};
static const double weights[] = {.5, .3, .2};

/*
 * How far a softmax may be off, relatively. The exponents, at most 16 in size, are differences that are rounded: 16 u.
 * The sum of `width` positive terms goes through at least 8 lanes: width / 8 + 8 roundings. exp() itself, the quotient,
 * and three products and sums of models: 16 more.
 */
static double softmax_error(size_t width, int32_t dtype)
{
    return (16 + (double)width / 8 + 8 + 16) * unit_of(dtype);
}

/* Numbers from -8 to 8 that are the same in float and double. */
static double *logits(size_t count, uint64_t seed)
{
    double *values = malloc(count * sizeof *values);
    struct rng rng = {seed};

    assert_non_null(values);
    for (size_t i = 0; i < count; i++)
        values[i] = 16 * (rng_unit(&rng) - .5);
    return values;
}

/* The weighted sum of the models' softmaxes. */
static void plain_linear_pool(const double *values, size_t width, double *expected)
{
    double *p = malloc(width * sizeof *p);

    assert_non_null(p);
    memset(expected, 0, ROWS * width * sizeof *expected);
    for (size_t model = 0; model < MODELS; model++)
        for (size_t row = 0; row < ROWS; row++) {
            plain_softmax(values + (model * ROWS + row) * width, width, 1, p);
            for (size_t i = 0; i < width; i++)
                expected[row * width + i] += weights[model] * p[i];
        }
    free(p);
}

/* The weighted sum of the models' numbers. */
static void plain_sum(const double *values, size_t width, double *expected)
{
    memset(expected, 0, ROWS * width * sizeof *expected);
    for (size_t model = 0; model < MODELS; model++)
        for (size_t i = 0; i < ROWS * width; i++)
            expected[i] += weights[model] * values[model * ROWS * width + i];
}

/* What is to be set up, what is to come out, and how exactly. */
struct wide {
    int32_t method, space, form;
    void (*expect)(const double *values, size_t width, double *expected);
    double more_error; /* in units of rounding, besides that of a softmax */
};

static void assert_wide(const struct wide *wide, size_t width, uint64_t seed)
{
    const size_t count = ROWS * width;
    double *values = logits(MODELS * count, seed), *expected = malloc(2 * count * sizeof *expected);
    double *y = expected + count;

    assert_non_null(expected);
    wide->expect(values, width, expected);
    for (size_t i = 0; i < LENGTH(float_and_double); i++) {
        const int32_t dtype = float_and_double[i];
        struct said said = say(wide->method, dtype, values, MODELS, ROWS, width);

        weigh(&said, weights);
        interpret(&said, wide->space, 0);
        assert_int_equal(ensemble_set_result(said.e, wide->form, 0), 0);
        combine_to(said.e, dtype, y, count);
        assert_relatively(y, expected, count, softmax_error(width, dtype) + wide->more_error * unit_of(dtype));
        assert_workspace_changes_nothing(&said);
        forget(&said);
    }
    free(values);
    free(expected);
}

static void assert_wide_rows(const struct wide *wide)
{
    for (size_t i = 0; i < LENGTH(widths); i++)
        assert_wide(wide, widths[i], 100 + i);
}

TEST(test_the_linear_pool_of_wide_rows_of_logits)
{
    const struct wide wide = {ENSEMBLE_MEAN, ENSEMBLE_LOGITS, ENSEMBLE_RESULT_AS_IS, plain_linear_pool, 0};

    assert_wide_rows(&wide);
}

TEST(test_the_sum_of_wide_rows_of_logits)
{
    const struct wide wide = {ENSEMBLE_SUM, ENSEMBLE_LOGITS, ENSEMBLE_RESULT_AS_IS, plain_linear_pool, 0};

    assert_wide_rows(&wide);
}

/* Normalising divides by a sum that is 1, but for roundings: as many again. */
TEST(test_the_normalised_pool_of_wide_rows_of_logits)
{
    const struct wide wide = {ENSEMBLE_MEAN, ENSEMBLE_LOGITS, ENSEMBLE_RESULT_NORMALISED, plain_linear_pool, 5000. / 8};

    assert_wide_rows(&wide);
}

static void plain_softmax_of_sum(const double *values, size_t width, double *expected)
{
    plain_sum(values, width, expected);
    for (size_t row = 0; row < ROWS; row++)
        plain_softmax(expected + row * width, width, 1, expected + row * width);
}

/* Three products and sums of at most 8: 6 x 8 roundings in the exponent. */
TEST(test_the_softmax_of_wide_rows_that_were_combined_as_they_are)
{
    const struct wide wide = {ENSEMBLE_SUM, ENSEMBLE_AS_IS, ENSEMBLE_RESULT_SOFTMAX, plain_softmax_of_sum, 48};

    assert_wide_rows(&wide);
}

/*
 * Logarithms of probabilities of at most 25 in size (16, and the logarithm of 5,000 terms), rounded in some four steps,
 * and weighted and summed in six more, before exp(); then they are divided by a sum of `width` terms.
 */
TEST(test_the_logarithmic_pool_of_wide_rows_of_logits)
{
    const struct wide wide = {ENSEMBLE_LOG_POOL, ENSEMBLE_LOGITS, ENSEMBLE_RESULT_AS_IS, plain_softmax_of_sum, 250};

    assert_wide_rows(&wide);
}


/* Numbers up to exp(8): the pool divides by their sum, so they need not be probabilities. */
TEST(test_the_logarithmic_pool_of_wide_rows_of_logarithms)
{
    const struct wide wide = {
        ENSEMBLE_LOG_POOL, ENSEMBLE_LOG_PROBABILITIES, ENSEMBLE_RESULT_AS_IS, plain_softmax_of_sum, 250};

    assert_wide_rows(&wide);
}

/* Something that is wrong anywhere in a wide row makes all of it NaN, and no other row. */
TEST(test_a_wide_row_of_logits_that_has_no_softmax_is_nan)
{
    const double wrong[] = {(double)NAN, (double)INFINITY};
    const size_t width = 1000, places[] = {0, 255, 256, 600, 999};

    for (size_t w = 0; w < LENGTH(wrong); w++)
        for (size_t at = 0; at < LENGTH(places); at++)
            for (size_t i = 0; i < LENGTH(float_and_double); i++) {
                double *values = logits(2 * ROWS * width, 7), *y = malloc(ROWS * width * sizeof *y);
                struct said said;

                assert_non_null(y);
                values[places[at]] = wrong[w];
                said = say(ENSEMBLE_MEAN, float_and_double[i], values, 2, ROWS, width);
                interpret(&said, ENSEMBLE_LOGITS, 0);
                combine_to(said.e, float_and_double[i], y, ROWS * width);
                for (size_t k = 0; k < ROWS * width; k++)
                    assert_int_equal(is_nan(y[k]), k < width);
                assert_workspace_changes_nothing(&said);
                forget(&said);
                free(values);
                free(y);
            }
}

/* More models than are looked at together. */
TEST(test_workspaces_of_many_models)
{
    const int32_t methods[] = {ENSEMBLE_MEAN, ENSEMBLE_LOG_POOL, ENSEMBLE_MEDIAN, ENSEMBLE_TRIMMED, ENSEMBLE_VOTE,
                               ENSEMBLE_RANK};
    const size_t n = 70, width = 600;
    double *values = logits(n * width, 8);

    for (size_t m = 0; m < LENGTH(methods); m++) {
        struct said said = say(methods[m], ENSEMBLE_F32, values, n, 1, width);

        interpret(&said, ENSEMBLE_LOGITS, 0);
        assert_workspace_changes_nothing(&said);
        forget(&said);
    }
    free(values);
}

TEST(test_a_workspace_is_wanted_where_rows_are_gone_through_more_than_once)
{
    double *values = logits(2 * 5000, 9);
    struct said said = say(ENSEMBLE_MEAN, ENSEMBLE_F32, values, 2, 1, 5000);

    assert_int_equal(ensemble_workspace_size(said.e), 0);
    assert_int_equal(ensemble_set_result(said.e, ENSEMBLE_RESULT_NORMALISED, 0), 0);
    assert_true(ensemble_workspace_size(said.e) > 0);
    assert_int_equal(ensemble_set_result(said.e, ENSEMBLE_RESULT_SOFTMAX, 0), 0);
    assert_true(ensemble_workspace_size(said.e) > 0);
    assert_int_equal(ensemble_set_result(said.e, ENSEMBLE_RESULT_AS_IS, 0), 0);
    assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_LOG_POOL), 0);
    assert_true(ensemble_workspace_size(said.e) > 0);
    assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_RANK), 0);
    assert_true(ensemble_workspace_size(said.e) > 0);
    assert_int_equal(ensemble_set_method(said.e, ENSEMBLE_SUM), 0);
    assert_int_equal(ensemble_workspace_size(said.e), 0);
    interpret(&said, ENSEMBLE_LOGITS, 0);
    assert_true(ensemble_workspace_size(said.e) > 0);
    assert_int_equal(ensemble_workspace_size(NULL), 0);
    forget(&said);
    free(values);
}

/* Classes in another order for one model. */
static void turn_classes(const struct said *said, size_t model)
{
    int32_t *map = malloc(said->width * sizeof *map);

    assert_non_null(map);
    for (size_t j = 0; j < said->width; j++)
        map[j] = (int32_t)((j + 100) % said->width);
    assert_int_equal(ensemble_set_class_map(said->e, model, map, said->width), 0);
    free(map);
}

/* Exponentials are kept for the first model only. */
TEST(test_workspaces_of_models_of_different_kinds)
{
    double *values = logits(3 * 2 * 600, 10);
    struct said said = say(ENSEMBLE_SUM, ENSEMBLE_F32, values, 3, 2, 600);
    size_t size;

    assert_int_equal(ensemble_set_input(said.e, 0, ENSEMBLE_LOGITS, 0), 0);
    assert_int_equal(ensemble_set_input(said.e, 1, ENSEMBLE_LOG_PROBABILITIES, 0), 0);
    size = ensemble_workspace_size(said.e);
    assert_true(size > 0);
    assert_int_equal(ensemble_set_input(said.e, 2, ENSEMBLE_LOGITS, 0), 0);
    turn_classes(&said, 2);
    assert_int_equal(ensemble_workspace_size(said.e), size);
    assert_workspace_changes_nothing(&said);
    turn_classes(&said, 0);
    assert_int_equal(ensemble_workspace_size(said.e), 0);
    assert_workspace_changes_nothing(&said);
    forget(&said);
    free(values);
}

/* A model with classes of its own is not sorted; its ranks are those of the same numbers in the ensemble's order. */
TEST(test_workspaces_of_ranks_where_one_model_has_classes_of_its_own)
{
    const size_t width = 1100, rows = 2, count = rows * width;
    double *values = logits(3 * count, 11), *turned = malloc(3 * count * sizeof *turned), *expected;
    struct said said = say(ENSEMBLE_RANK, ENSEMBLE_F32, values, 3, rows, width), plain;

    assert_non_null(turned);
    memcpy(turned, values, 3 * count * sizeof *turned);
    for (size_t row = 0; row < rows; row++)
        for (size_t j = 0; j < width; j++)
            turned[count + row * width + (j + 100) % width] = values[count + row * width + j];
    plain = say(ENSEMBLE_RANK, ENSEMBLE_F32, turned, 3, rows, width);
    turn_classes(&said, 1);
    assert_workspace_changes_nothing(&said);
    expected = turned;
    combine_to(plain.e, ENSEMBLE_F64, expected, count);
    assert_result(said.e, ENSEMBLE_F64, expected, count, 0);
    forget(&said);
    forget(&plain);
    free(turned);
    free(values);
}

/* Of a model with few classes no more than those are read. */
TEST(test_workspaces_of_ranks_where_one_model_has_one_class)
{
    const size_t width = 1100;
    const int32_t map[] = {5};
    double *values = logits(2 * width, 12);
    struct said said = say(ENSEMBLE_RANK, ENSEMBLE_F32, values, 2, 1, width);
    unsigned char *page = mmap(NULL, 2 * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    float *last = (float *)(void *)(page + PAGE_BYTES) - 1;

    assert_true(page != MAP_FAILED);
    assert_int_equal(mprotect(page + PAGE_BYTES, PAGE_BYTES, PROT_NONE), 0);
    *last = 1;
    assert_int_equal(ensemble_set_model_output(said.e, 1, NULL, ENSEMBLE_F32, 1, 0), 0);
    assert_int_equal(ensemble_set_class_map(said.e, 1, map, 1), 0);
    assert_int_equal(ensemble_set_model_output(said.e, 1, last, ENSEMBLE_F32, 1, 0), 0);
    assert_workspace_changes_nothing(&said);
    forget(&said);
    assert_int_equal(munmap(page, 2 * PAGE_BYTES), 0);
    free(values);
}

/* Sizes that wrap around to a few hundred bytes: what no memory could hold is not asked for. */
TEST(test_workspaces_that_no_memory_could_hold)
{
    const size_t width = SIZE_MAX / 32 + 9; /* 32 times this, or 4 times this many doubles, are hardly any */
    const int32_t methods[] = {ENSEMBLE_RANK, ENSEMBLE_MEAN};

    for (size_t m = 0; m < LENGTH(methods); m++) {
        struct ensemble *e = ensemble_of(width);

        assert_int_equal(ensemble_set_method(e, methods[m]), 0);
        for (size_t n = 1; n <= 40; n++) {
            add(e, NULL, ENSEMBLE_F64, 0);
            assert_int_equal(ensemble_set_input(e, n - 1, ENSEMBLE_LOGITS, 0), 0);
            if (methods[m] == ENSEMBLE_RANK || n > 1)
                assert_int_equal(ensemble_workspace_size(e), 0);
            else
                assert_true(ensemble_workspace_size(e) >= width * sizeof(double));
        }
        ensemble_destroy(e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_linear_pool_of_wide_rows_of_logits),
        cmocka_unit_test(test_the_sum_of_wide_rows_of_logits),
        cmocka_unit_test(test_the_normalised_pool_of_wide_rows_of_logits),
        cmocka_unit_test(test_the_softmax_of_wide_rows_that_were_combined_as_they_are),
        cmocka_unit_test(test_the_logarithmic_pool_of_wide_rows_of_logits),
        cmocka_unit_test(test_the_logarithmic_pool_of_wide_rows_of_logarithms),
        cmocka_unit_test(test_a_wide_row_of_logits_that_has_no_softmax_is_nan),
        cmocka_unit_test(test_workspaces_of_many_models),
        cmocka_unit_test(test_a_workspace_is_wanted_where_rows_are_gone_through_more_than_once),
        cmocka_unit_test(test_workspaces_of_models_of_different_kinds),
        cmocka_unit_test(test_workspaces_of_ranks_where_one_model_has_classes_of_its_own),
        cmocka_unit_test(test_workspaces_of_ranks_where_one_model_has_one_class),
        cmocka_unit_test(test_workspaces_that_no_memory_could_hold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
