/* SPDX-License-Identifier: MIT */
/* What models say, written as doubles and kept in outputs of any dtype; and combined values, read as doubles. */
#ifndef TESTS_UNIT_SAID_H
#define TESTS_UNIT_SAID_H

#include "support.h"

#include "../kernels/rng.h"
#include "base/half.h"

#include <stdlib.h>

/* The dtypes of numbers; and of those, the two that are also what is computed in. */
static const int32_t number_dtypes[] = {ENSEMBLE_F32, ENSEMBLE_F64, ENSEMBLE_F16, ENSEMBLE_BF16};
static const int32_t float_and_double[] = {ENSEMBLE_F32, ENSEMBLE_F64};

/* Half the distance from 1 to the next number: a rounding is wrong by at most this much, relatively. */
static inline double unit_of(int32_t dtype)
{
    return dtype == ENSEMBLE_F64 ? 0x1p-53 : dtype == ENSEMBLE_F32 ? 0x1p-24 : dtype == ENSEMBLE_F16 ? 0x1p-11 : 0x1p-8;
}

static inline size_t bytes_of(int32_t dtype)
{
    return dtype == ENSEMBLE_F64 ? 8 : dtype == ENSEMBLE_F32 || dtype == ENSEMBLE_I32 ? 4 : 2;
}

static inline void put_number(void *to, int32_t dtype, double value)
{
    const float f32 = (float)value;
    uint16_t half;

    if (dtype == ENSEMBLE_F64) {
        memcpy(to, &value, sizeof value);
    } else if (dtype == ENSEMBLE_F32) {
        memcpy(to, &f32, sizeof f32);
    } else {
        half = dtype == ENSEMBLE_F16 ? ens_f16_from_f64(value) : ens_bf16_from_f64(value);
        memcpy(to, &half, sizeof half);
    }
}

static inline double get_number(const void *from, int32_t dtype)
{
    double f64;
    float f32;
    uint16_t half;

    if (dtype == ENSEMBLE_F64)
        return memcpy(&f64, from, sizeof f64), f64;
    if (dtype == ENSEMBLE_F32)
        return memcpy(&f32, from, sizeof f32), (double)f32;
    memcpy(&half, from, sizeof half);
    return (double)(dtype == ENSEMBLE_F16 ? ens_f32_from_f16(half) : ens_f32_from_bf16(half));
}

/* An ensemble, and the outputs that it borrows: one block of memory, model after model, row after row. */
struct said {
    struct ensemble *e;
    unsigned char *data;
    size_t n, rows, width;
    int32_t dtype;
};

static inline void *output_of(const struct said *said, size_t model)
{
    return said->data + model * said->rows * said->width * bytes_of(said->dtype);
}

/* `n` models, whose outputs of `rows` x `width` are `values`. forget() gives the memory back. */
static inline struct said say(int32_t method, int32_t dtype, const double *values, size_t n, size_t rows, size_t width)
{
    const size_t count = n * rows * width, size = bytes_of(dtype);
    struct said said = {ensemble_of(width), malloc(count * size), n, rows, width, dtype};

    assert_non_null(said.data);
    for (size_t i = 0; i < count; i++)
        put_number(said.data + i * size, dtype, values[i]);
    for (size_t model = 0; model < n; model++)
        add(said.e, output_of(&said, model), dtype, rows);
    assert_int_equal(ensemble_set_method(said.e, method), 0);
    return said;
}

static inline void forget(struct said *said)
{
    ensemble_destroy(said->e);
    free(said->data);
}

static inline void weigh(const struct said *said, const double *weights)
{
    assert_int_equal(ensemble_set_weights(said->e, weights, weights != NULL ? said->n : 0), 0);
}

static inline void set_parameter(struct ensemble *e, int32_t parameter, double value)
{
    assert_int_equal(ensemble_set_parameter(e, parameter, value), 0);
}

/* 0 up to 1, in steps of 2^-24, so that it is the same in float and double. */
static inline double rng_unit(struct rng *rng)
{
    return (double)(rng_bits(rng) >> 40) * 0x1p-24;
}

/* One space for all models. */
static inline void interpret(const struct said *said, int32_t space, double temperature)
{
    for (size_t model = 0; model < said->n; model++)
        assert_int_equal(ensemble_set_input(said->e, model, space, temperature), 0);
}

/* Combines into `dtype`: `count` values, read as doubles. */
static inline void combine_to(const struct ensemble *e, int32_t dtype, double *y, size_t count)
{
    unsigned char *result = malloc(count * bytes_of(dtype));

    assert_non_null(result);
    assert_int_equal(ensemble_combine(e, result, dtype, count), 0);
    for (size_t i = 0; i < count; i++)
        y[i] = get_number(result + i * bytes_of(dtype), dtype);
    free(result);
}

/* Combines all rows into `result` with a workspace of `size` bytes, at an odd address, of which no more is touched. */
static inline void combine_with_workspace(const struct said *said, int32_t dtype, void *result, size_t size)
{
    unsigned char *memory = malloc(size + 17);
    const struct ensemble_call call = {.struct_size = sizeof call,
                                       .result = result,
                                       .result_count = said->rows * said->width,
                                       .workspace = memory + 1,
                                       .workspace_size = size,
                                       .dtype = dtype};

    assert_non_null(memory);
    poison(memory, size + 17);
    assert_int_equal(ensemble_run(said->e, &call), 0);
    assert_poisoned(memory, 1);
    assert_poisoned(memory + 1 + size, 16);
    free(memory);
}

/* A workspace of no size, or of any, leads to the same bits. */
static inline void assert_workspace_changes_nothing(const struct said *said)
{
    const size_t count = said->rows * said->width, full = ensemble_workspace_size(said->e);
    const size_t sizes[] = {0, 1, full / 2, full > 0 ? full - 1 : 0, full, full + 100};

    for (size_t i = 0; i < LENGTH(number_dtypes); i++) {
        const size_t bytes = count * bytes_of(number_dtypes[i]);
        unsigned char *expected = malloc(2 * bytes), *result = expected + bytes;

        assert_non_null(expected);
        assert_int_equal(ensemble_combine(said->e, expected, number_dtypes[i], count), 0);
        for (size_t k = 0; k < LENGTH(sizes); k++) {
            poison(result, bytes);
            combine_with_workspace(said, number_dtypes[i], result, sizes[k]);
            assert_memory_equal(result, expected, bytes);
        }
        free(expected);
    }
}

/* NaN where it is to be NaN, infinite where it is to be that, near otherwise; with a tolerance of 0 the same bits. */
static inline void values_at(const double *y, const double *expected, size_t count, double tolerance, const char *file,
                             int line)
{
    for (size_t i = 0; i < count; i++) {
        if (is_nan(expected[i]) ? is_nan(y[i]) : memcmp(&y[i], &expected[i], sizeof *y) == 0)
            continue;
        if (tolerance > 0 && !is_nan(y[i]) && y[i] - expected[i] <= tolerance && expected[i] - y[i] <= tolerance)
            continue;
        print_error("value %zu is %.17g, not %.17g, give or take %g\n", i, y[i], expected[i], tolerance);
        _fail(file, line);
    }
}
#define assert_values(y, expected, count, tolerance) values_at(y, expected, count, tolerance, __FILE__, __LINE__)

/* What the ensemble gives, in a type. With a tolerance of 0: the expected values, rounded to that type. */
static inline void result_at(const struct ensemble *e, int32_t dtype, const double *expected, size_t count,
                             double tolerance, const char *file, int line)
{
    double *y = malloc(2 * count * sizeof *y), *rounded = y + count;

    assert_non_null(y);
    combine_to(e, dtype, y, count);
    for (size_t i = 0; i < count; i++) {
        unsigned char one[sizeof(double)];

        put_number(one, dtype, expected[i]);
        rounded[i] = get_number(one, dtype);
    }
    values_at(y, tolerance > 0 ? expected : rounded, count, tolerance, file, line);
    free(y);
}
#define assert_result(e, dtype, expected, count, tolerance)                                                          \
    result_at(e, dtype, expected, count, tolerance, __FILE__, __LINE__)

static inline void code_at(int got, int code, const char *file, int line)
{
    if (got == code)
        return;
    print_error("the code is %d, not %d\n", got, code);
    _fail(file, line);
}

/* Combining must fail with this code, in every type of result, and write nothing; and a check must say why. */
static inline void fails_at(const struct ensemble *e, size_t count, int code, const char *file, int line)
{
    unsigned char *result = malloc(count * sizeof(double) + 1);
    char message[128] = "";

    assert_non_null(result);
    poison(result, count * sizeof(double));
    for (size_t i = 0; i < LENGTH(number_dtypes); i++)
        code_at(ensemble_combine(e, result, number_dtypes[i], count), code, file, line);
    assert_poisoned(result, count * sizeof(double));
    free(result);
    code_at(ensemble_check(e, message, sizeof message), code, file, line);
    if (strlen(message) == 0)
        _fail(file, line);
}
#define assert_combine_fails(e, count, code) fails_at(e, count, code, __FILE__, __LINE__)

#endif
