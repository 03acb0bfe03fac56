/* SPDX-License-Identifier: MIT */
/*
 * ensemble_combine(), and ensemble_run() with outputs that are given with the call, know a short way for what is
 * commonest (src/plan/quick.h); ensemble_run() with those of the handle always takes the long one. Whatever happened to
 * a handle before, all must say and write the same.
 */
#include "support.h"

#include "../kernels/rng.h"

enum { MODELS = 70, VALUES = 400, STEPS = 20000 };

/* Of any dtype: bytes that are numbers as double, float and in 16 bits; and what lies behind the last model's. */
static double data[2][MODELS + 2][VALUES];
static double weights[MODELS];
static float gates[VALUES * MODELS];
static struct ensemble_output bound[MODELS]; /* what the models were pointed at */
static const size_t widths[] = {1, 3, 10, 16, 33, 100};
static const size_t most_models[] = {MODELS, 3, 9, MODELS, 2, 4};

static void fill(struct rng *rng)
{
    uint16_t *halves = (uint16_t *)(void *)data;

    for (size_t i = 0; i < sizeof data / sizeof *halves; i++)
        halves[i] = (uint16_t)(0x3000 + rng_below(rng, 0xC00));
    for (size_t i = 0; i < LENGTH(gates); i++)
        gates[i] = (float)rng_below(rng, 5) / 4;
}

static void set(struct ensemble *e, size_t model, const void *output, int32_t dtype, size_t rows, size_t stride)
{
    assert_int_equal(ensemble_set_model_output(e, model, output, dtype, rows, stride), 0);
    bound[model] = (struct ensemble_output){.data = output, .rows = rows, .row_stride = stride, .dtype = dtype};
}

/* Points a model somewhere: mostly at more of the same, now and then at something that does not fit. */
static void point(struct ensemble *e, struct rng *rng, size_t model, int32_t dtype, size_t width, size_t rows)
{
    const void *output = rng_one_in(rng, 40) ? NULL : data[rng_below(rng, 2)][rng_below(rng, MODELS)];

    if (rng_one_in(rng, 30))
        dtype = (int32_t)rng_between(rng, 1, 4);
    if (rng_one_in(rng, 30))
        rows = rng_below(rng, rows + 1);
    set(e, model, output, dtype, rows, rng_one_in(rng, 30) ? width + rng_below(rng, 2) : 0);
}

static void change(struct ensemble *e, struct rng *rng, size_t *n, size_t most, int32_t dtype, size_t width,
                   size_t rows)
{
    switch (*n == 0 ? 0 : rng_below(rng, 12)) {
    case 0:
        if (*n == most)
            break;
        assert_int_equal(ensemble_add_model_output(e, NULL, dtype, 0), (int)*n);
        set(e, *n, data[0][*n], dtype, rows, 0);
        ++*n;
        break;
    case 1:
        for (size_t i = 0; i < *n; i++)
            weights[i] = rng_one_in(rng, 3) ? 0 : (double)rng_between(rng, 1, 100) / 100;
        assert_int_equal(ensemble_set_weights(e, weights, *n), 0);
        break;
    case 2:
        assert_int_equal(ensemble_set_weights(e, NULL, 0), 0);
        break;
    case 3:
        assert_int_equal(ensemble_set_method(e, rng_one_in(rng, 4) ? ENSEMBLE_MAX : (int32_t)rng_below(rng, 2)), 0);
        break;
    case 4:
        assert_int_equal(rng_one_in(rng, 4) ? ensemble_set_row_weights(e, gates, rows, *n)
                                            : ensemble_set_row_weights(e, NULL, 0, 0), 0);
        break;
    case 5:
    case 6:
    case 7:
        for (size_t i = 0; i < *n; i++)
            set(e, i, data[1][i], dtype, rows, 0);
        break;
    default:
        point(e, rng, rng_below(rng, *n), dtype, width, rows);
    }
}

/* With outputs that are given, `result` holds what the call has written without, and was `before`. */
static void compare_given(const struct ensemble *e, struct rng *rng, const struct ensemble_call *without, size_t n,
                          unsigned char *result, const double *before, int expected)
{
    static double by_run[VALUES];
    struct ensemble_call call = *without;
    const size_t odd = rng_below(rng, n);

    memcpy(by_run, result, sizeof by_run - 16);
    memcpy(result, before, sizeof by_run - 16);
    call.outputs = bound;
    call.n_outputs = n;
    if (rng_one_in(rng, 20)) {
        bound[odd].reserved = 1;
        assert_int_equal(ensemble_run(e, &call), ENSEMBLE_E2BIG);
        bound[odd].reserved = 0;
    }
    assert_int_equal(ensemble_run(e, &call), expected);
    assert_memory_equal(result, by_run, sizeof by_run - 16);
}

/* All ways, into memory of the same contents; the result may lie anywhere, in the outputs too. */
static void compare(const struct ensemble *e, struct rng *rng, size_t n, size_t count)
{
    static double before[VALUES], by_run[VALUES];
    static double apart[VALUES];
    unsigned char *result = rng_one_in(rng, 8) ? (unsigned char *)data[rng_below(rng, 2)][rng_below(rng, MODELS)]
                                               : (unsigned char *)apart;
    const int32_t dtype = rng_one_in(rng, 20) ? (int32_t)rng_below(rng, 7) : (int32_t)rng_between(rng, 1, 4);
    struct ensemble_call call = {.struct_size = sizeof call, .result_count = count, .dtype = dtype};
    int code, roomy;

    if (result != (unsigned char *)apart && rng_one_in(rng, 2)) /* not its own beginning, nor that of all */
        result = (unsigned char *)data[1][rng_below(rng, MODELS)] + rng_below(rng, 16 * count) - 8 * count;
    call.result = rng_one_in(rng, 50) ? NULL : result;
    memcpy(before, result, sizeof before - 16);
    call.output_size = sizeof *bound;
    call.result_count = count - 1;
    roomy = ensemble_run(e, &call) == 0; /* the short form wants the exact count, the long one so many or more */
    memcpy(result, before, sizeof before - 16);
    call.result_count = count;
    code = ensemble_run(e, &call);
    compare_given(e, rng, &call, n, result, before, code);
    if (roomy) {
        code = ENSEMBLE_ECOUNT;
        memcpy(result, before, sizeof before - 16);
    }
    memcpy(by_run, result, sizeof before - 16);
    memcpy(result, before, sizeof before - 16);
    assert_int_equal(ensemble_combine(e, call.result, dtype, count), code);
    assert_memory_equal(result, by_run, sizeof before - 16);
    memcpy(result, before, sizeof before - 16);
}

TEST(test_both_ways_say_the_same)
{
    struct rng rng = {7};

    fill(&rng);
    for (size_t w = 0; w < LENGTH(widths); w++) {
        const size_t width = widths[w], rows = w == 3 ? 4 : w % 2 + 1;
        const int32_t dtype = (int32_t)(w % 4) + 1;
        struct ensemble *e = ensemble_of(width);
        size_t n = 0, sums = 0;
        double probe[VALUES];

        for (int step = 0; step < STEPS; step++) {
            change(e, &rng, &n, most_models[w], dtype, width, rows);
            compare(e, &rng, n, rows * width);
            sums += ensemble_combine(e, probe, ENSEMBLE_F64, rows * width) == 0;
        }
        assert_true(sums > STEPS / 20);
        ensemble_destroy(e);
    }
}

/* A count that is not what the rows take, of a handle that goes the short way, and of one that has just left it. */
TEST(test_another_count_is_an_error)
{
    static const float values[6] = {1, 2, 3, 4, 5, 6};
    struct ensemble *e = ensemble_of(3);
    float result[7];

    assert_int_equal(ensemble_add_model_output(e, values, ENSEMBLE_F32, 2), 0);
    poison(result, sizeof result);
    for (size_t count = 0; count < 8; count++)
        if (count != 6)
            assert_int_equal(ensemble_combine(e, result, ENSEMBLE_F32, count), ENSEMBLE_ECOUNT);
    assert_int_equal(ensemble_combine(e, result, ENSEMBLE_F32, SIZE_MAX), ENSEMBLE_ECOUNT);
    assert_poisoned(result, sizeof result);
    assert_int_equal(ensemble_combine(e, result, ENSEMBLE_F32, 6), 0);
    assert_memory_equal(result, values, sizeof values);
    poison(result, sizeof result);
    assert_int_equal(ensemble_set_model_output(e, 0, values, ENSEMBLE_F32, 1, 4), 0);
    assert_int_equal(ensemble_combine(e, result, ENSEMBLE_F32, 6), ENSEMBLE_ECOUNT);
    assert_int_equal(ensemble_combine(e, result, ENSEMBLE_F32, 0), ENSEMBLE_ECOUNT);
    assert_int_equal(ensemble_combine(e, result, ENSEMBLE_F32, SIZE_MAX), ENSEMBLE_ECOUNT);
    assert_poisoned(result, sizeof result);
    ensemble_destroy(e);
}

/* Outputs given with a call, whose number of elements wraps around to what the result has, or is more than that. */
TEST(test_sizes_of_given_outputs)
{
    static const float values[16];
    struct ensemble_output outputs[2] = {{.data = values, .dtype = ENSEMBLE_F32},
                                         {.data = values, .dtype = ENSEMBLE_F32}};
    struct ensemble *e = ensemble_of(16);
    float result[16];
    struct ensemble_call call = {.struct_size = sizeof call, .outputs = outputs, .output_size = sizeof *outputs,
                                 .n_outputs = 2, .result = result, .result_count = 16, .dtype = ENSEMBLE_F32};

    assert_int_equal(ensemble_add_model_output(e, values, ENSEMBLE_F32, 1), 0);
    assert_int_equal(ensemble_add_model_output(e, values, ENSEMBLE_F32, 1), 1);
    poison(result, sizeof result);
    outputs[0].rows = outputs[1].rows = SIZE_MAX / 16 + 2;
    assert_int_equal(ensemble_run(e, &call), ENSEMBLE_EOVERFLOW);
    outputs[0].rows = outputs[1].rows = 2;
    assert_int_equal(ensemble_run(e, &call), ENSEMBLE_ECOUNT);
    assert_poisoned(result, sizeof result);
    outputs[0].rows = outputs[1].rows = 1;
    assert_int_equal(ensemble_run(e, &call), 0);
    assert_memory_equal(result, values, sizeof result);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_ways_say_the_same),
        cmocka_unit_test(test_another_count_is_an_error),
        cmocka_unit_test(test_sizes_of_given_outputs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
