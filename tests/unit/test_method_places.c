/* SPDX-License-Identifier: MIT */
/*
 * Where data lies, and how it is divided, must not show: for every method and space, the same bits for rows in another
 * order, in ranges, with gaps, in place of an output, from 16-bit types, and with every instruction set.
 */
#include "said.h"

static const int32_t spaces[] = {ENSEMBLE_AS_IS, ENSEMBLE_LOG_PROBABILITIES, ENSEMBLE_LOGITS, ENSEMBLE_BINARY_LOGITS};
static const int32_t forms[] = {ENSEMBLE_RESULT_AS_IS, ENSEMBLE_RESULT_NORMALISED, ENSEMBLE_RESULT_LOG,
                                ENSEMBLE_RESULT_SOFTMAX};

/* A way to combine: tests go through all of them. */
struct way {
    int32_t method, space, form, policy;
    int weighted, row_weighted, class_weighted;
};

#define N 5
#define ROWS 6
#define MOST_WIDTH 300

static const double weights[N] = {.25, 1, .125, .5, .75};
static float row_weights[ROWS * N];
static double class_weights[N * MOST_WIDTH];

/* Values that are the same in every dtype, bfloat16 too: k / 64 - 1, and NaN in a few places if the policy has it. */
static void fill(struct rng *rng, double *values, size_t count, int nan)
{
    for (size_t i = 0; i < count; i++)
        values[i] = ((double)rng_between(rng, 65, 191)) / 64 - 1;
    for (size_t i = 0; i < ROWS * N; i++)
        row_weights[i] = (float)rng_below(rng, 9) / 8;
    for (size_t i = 0; i < N * MOST_WIDTH; i++) /* the first model has a weight for every class */
        class_weights[i] = (double)(i < MOST_WIDTH ? rng_between(rng, 1, 4) : rng_below(rng, 5)) / 4;
    for (size_t i = 0; nan && i < count; i += count / 4 + 1) /* in four rows of all models together */
        values[i] = (double)NAN;
}

static void set_up(struct ensemble *e, const struct way *way, size_t rows, size_t width)
{
    assert_int_equal(ensemble_set_method(e, way->method), 0);
    for (size_t model = 0; model < N; model++)
        assert_int_equal(ensemble_set_input(e, model, way->space, way->space >= ENSEMBLE_LOGITS ? 1.5 : 0), 0);
    assert_int_equal(ensemble_set_result(e, way->form, way->form == ENSEMBLE_RESULT_SOFTMAX ? .5 : 0), 0);
    assert_int_equal(ensemble_set_missing_policy(e, way->policy, .3), 0);
    if (way->weighted)
        assert_int_equal(ensemble_set_weights(e, weights, N), 0);
    if (way->row_weighted)
        assert_int_equal(ensemble_set_row_weights(e, row_weights, rows, N), 0);
    if (way->class_weighted && way->method < ENSEMBLE_VOTE)
        assert_int_equal(ensemble_set_class_weights(e, class_weights, N, width), 0);
}

/* All ways: each method in each space and form, with and without what else there is. */
static void try_ways(void (*property)(const struct way *way, size_t width, const double *values, struct rng *rng))
{
    static double values[N * ROWS * MOST_WIDTH];
    const size_t widths[] = {1, 3, 10, 37, 257, 300};
    struct rng rng = {40};
    size_t k = 0;

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++)
        for (size_t s = 0; s < LENGTH(spaces); s++)
            for (size_t f = 0; f < LENGTH(forms); f++)
                for (int more = 0; more < 4; more++, k++) {
                    const struct way way = {
                        .method = method,
                        .space = spaces[s],
                        .form = forms[f],
                        .policy = more & 1 ? ENSEMBLE_LEAVE_OUT_NAN : 0,
                        .weighted = k % 3 > 0,
                        .row_weighted = more & 2,
                        .class_weighted = k % 5 == 0,
                    };
                    const size_t width = widths[k % LENGTH(widths)];

                    fill(&rng, values, N * ROWS * width, more & 1);
                    property(&way, width, values, &rng);
                }
}

/* The same bits, but that a NaN is any NaN. */
static void assert_same(const void *result, const void *expected, size_t count, int32_t dtype, const struct way *way)
{
    const unsigned char *a = result, *b = expected;
    const size_t size = bytes_of(dtype);

    if (memcmp(a, b, count * size) == 0)
        return;
    for (size_t i = 0; i < count; i++)
        if (memcmp(a + i * size, b + i * size, size) != 0 &&
            !(is_nan(get_number(a + i * size, dtype)) && is_nan(get_number(b + i * size, dtype))))
            fail_msg("method %d, space %d, form %d: value %zu is %.17g, not %.17g", (int)way->method, (int)way->space,
                     (int)way->form, i, get_number(a + i * size, dtype), get_number(b + i * size, dtype));
}

/* What is compared must not be NaN throughout, or nothing would be compared. */
static void assert_numbers(const float *y, size_t count, const struct way *way)
{
    size_t numbers = 0;

    for (size_t i = 0; i < count; i++)
        numbers += !is_nan((double)y[i]);
    if (numbers == 0)
        fail_msg("method %d, space %d, form %d: all NaN", (int)way->method, (int)way->space, (int)way->form);
}

static void permuted(const struct way *way, size_t width, const double *values, struct rng *rng)
{
    static double shuffled[N * ROWS * MOST_WIDTH];
    float y[2][ROWS * MOST_WIDTH], kept[ROWS * N];
    size_t order[ROWS];
    struct said said = say(way->method, ENSEMBLE_F32, values, N, ROWS, width), other;

    set_up(said.e, way, ROWS, width);
    assert_int_equal(ensemble_combine(said.e, y[0], ENSEMBLE_F32, ROWS * width), 0);
    assert_numbers(y[0], ROWS * width, way);
    for (size_t row = 0; row < ROWS; row++) {
        const size_t place = rng_below(rng, row + 1);

        order[row] = order[place];
        order[place] = row;
    }
    memcpy(kept, row_weights, sizeof kept);
    for (size_t row = 0; row < ROWS; row++)
        for (size_t model = 0; model < N; model++) {
            memcpy(shuffled + (model * ROWS + row) * width, values + (model * ROWS + order[row]) * width,
                   width * sizeof *values);
            row_weights[row * N + model] = kept[order[row] * N + model];
        }
    other = say(way->method, ENSEMBLE_F32, shuffled, N, ROWS, width);
    set_up(other.e, way, ROWS, width);
    assert_int_equal(ensemble_combine(other.e, y[1], ENSEMBLE_F32, ROWS * width), 0);
    for (size_t row = 0; row < ROWS; row++)
        assert_same(y[1] + row * width, y[0] + order[row] * width, width, ENSEMBLE_F32, way);
    forget(&said);
    forget(&other);
}

TEST(test_permuting_the_rows_permutes_the_results)
{
    try_ways(permuted);
}

static void split(const struct way *way, size_t width, const double *values, struct rng *rng)
{
    float y[2][ROWS * MOST_WIDTH];
    const size_t cut = rng_between(rng, 1, ROWS - 1);
    struct said said = say(way->method, ENSEMBLE_F32, values, N, ROWS, width);
    struct ensemble_call call = {.struct_size = sizeof call, .dtype = ENSEMBLE_F32, .result_count = ROWS * width};

    set_up(said.e, way, ROWS, width);
    assert_int_equal(ensemble_combine(said.e, y[0], ENSEMBLE_F32, ROWS * width), 0);
    call.row_begin = cut;
    call.result = y[1] + cut * width;
    call.result_count = (ROWS - cut) * width;
    assert_int_equal(ensemble_run(said.e, &call), 0);
    call.row_begin = 0;
    call.row_count = cut;
    call.result = y[1];
    call.result_count = cut * width;
    assert_int_equal(ensemble_run(said.e, &call), 0);
    assert_same(y[1], y[0], ROWS * width, ENSEMBLE_F32, way);
    forget(&said);
}

TEST(test_splitting_the_rows_changes_nothing)
{
    try_ways(split);
}

/* Outputs of every model with a gap of its own, and the result with another. Gaps of outputs are NaN. */
static void spread(const struct way *way, size_t width, const double *values, struct rng *rng)
{
    static float gaps[N][ROWS * (MOST_WIDTH + N)], y[ROWS * (MOST_WIDTH + 3)];
    float expected[ROWS * MOST_WIDTH];
    struct said said = say(way->method, ENSEMBLE_F32, values, N, ROWS, width);
    const struct ensemble_call call = {.struct_size = sizeof call,
                                       .dtype = ENSEMBLE_F32,
                                       .result = y,
                                       .result_count = LENGTH(y),
                                       .result_stride = width + 3};

    (void)rng;
    set_up(said.e, way, ROWS, width);
    assert_int_equal(ensemble_combine(said.e, expected, ENSEMBLE_F32, ROWS * width), 0);
    for (size_t model = 0; model < N; model++) {
        for (size_t i = 0; i < LENGTH(gaps[model]); i++)
            gaps[model][i] = (float)NAN;
        for (size_t row = 0; row < ROWS; row++)
            memcpy(gaps[model] + row * (width + model), (float *)output_of(&said, model) + row * width,
                   width * sizeof(float));
        assert_int_equal(
            ensemble_set_model_output(said.e, model, gaps[model], ENSEMBLE_F32, ROWS, width + model), 0);
    }
    poison(y, sizeof y);
    assert_int_equal(ensemble_run(said.e, &call), 0);
    for (size_t row = 0; row < ROWS; row++) {
        assert_same(y + row * (width + 3), expected + row * width, width, ENSEMBLE_F32, way);
        assert_poisoned(y + row * (width + 3) + width, 3 * sizeof *y);
    }
    forget(&said);
}

TEST(test_gaps_between_rows_change_nothing)
{
    try_ways(spread);
}

/* Any one of the outputs is replaced; RANK reads a row more than once, and does not allow it. */
static void in_place(const struct way *way, size_t width, const double *values, struct rng *rng)
{
    float expected[ROWS * MOST_WIDTH];
    const size_t replaced = rng_below(rng, N);
    struct said said;

    if (way->method == ENSEMBLE_RANK)
        return;
    said = say(way->method, ENSEMBLE_F32, values, N, ROWS, width);
    set_up(said.e, way, ROWS, width);
    assert_int_equal(ensemble_combine(said.e, expected, ENSEMBLE_F32, ROWS * width), 0);
    assert_int_equal(ensemble_combine(said.e, output_of(&said, replaced), ENSEMBLE_F32, ROWS * width), 0);
    assert_same(output_of(&said, replaced), expected, ROWS * width, ENSEMBLE_F32, way);
    forget(&said);
}

TEST(test_a_result_in_place_of_an_output_is_the_same_as_elsewhere)
{
    try_ways(in_place);
}

/* Values that all types have are widened exactly, so it does not matter which of them they come from. */
static void typed(const struct way *way, size_t width, const double *values, struct rng *rng)
{
    double expected[ROWS * MOST_WIDTH];

    (void)rng;
    for (size_t result = 0; result < 2; result++) /* computed in float, and in double */
        for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
            struct said said;

            if (result == 0 && number_dtypes[i] == ENSEMBLE_F64)
                continue;
            said = say(way->method, number_dtypes[i], values, N, ROWS, width);
            set_up(said.e, way, ROWS, width);
            if (i == 0)
                combine_to(said.e, float_and_double[result], expected, ROWS * width);
            else
                assert_result(said.e, float_and_double[result], expected, ROWS * width, 0);
            forget(&said);
        }
}

TEST(test_the_same_numbers_in_another_type_give_the_same_bits)
{
    try_ways(typed);
}

/* Every instruction set of this machine, in every type of result. */
static void everywhere(const struct way *way, size_t width, const double *values, struct rng *rng)
{
    static const char *const isas[] = {"portable", "sse2", "avx2", "avx512", "neon", "sve"};
    static unsigned char expected[4][8 * ROWS * MOST_WIDTH], y[8 * ROWS * MOST_WIDTH];
    const size_t count = ROWS * width;
    struct said said = say(way->method, number_dtypes[rng_below(rng, 4)], values, N, ROWS, width);

    for (size_t i = 0; i < LENGTH(isas); i++) {
        const struct ensemble_options options = {.struct_size = sizeof options, .isa = isas[i]};
        struct ensemble *e;
        const int code = ensemble_create_with(&e, width, &options);

        if (code == ENSEMBLE_EISA && i > 0)
            continue;
        assert_int_equal(code, 0);
        for (size_t model = 0; model < N; model++)
            add(e, output_of(&said, model), said.dtype, ROWS);
        set_up(e, way, ROWS, width);
        for (size_t t = 0; t < 4; t++) {
            assert_int_equal(ensemble_combine(e, i > 0 ? y : expected[t], number_dtypes[t], count), 0);
            if (i > 0)
                assert_same(y, expected[t], count, number_dtypes[t], way);
        }
        ensemble_destroy(e);
    }
    forget(&said);
}

TEST(test_every_instruction_set_gives_the_same_bits)
{
    try_ways(everywhere);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_permuting_the_rows_permutes_the_results),
        cmocka_unit_test(test_splitting_the_rows_changes_nothing),
        cmocka_unit_test(test_gaps_between_rows_change_nothing),
        cmocka_unit_test(test_a_result_in_place_of_an_output_is_the_same_as_elsewhere),
        cmocka_unit_test(test_the_same_numbers_in_another_type_give_the_same_bits),
        cmocka_unit_test(test_every_instruction_set_gives_the_same_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
