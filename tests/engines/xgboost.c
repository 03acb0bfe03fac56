/* SPDX-License-Identifier: MIT */
/*
 * Boosters of XGBoost under the library: that what they say is read where it lies, and combined to the bits of a plain
 * loop. What an ensemble gains is checked in the output of the example, by the rule of this test.
 *
 *     xgboost DIRECTORY        the files of docs/examples/digits
 */
#include "boosters.h"

#include <ensemble.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "tests/engines/xgboost.c:%d: not so: %s\n", __LINE__, #condition);                         \
            exit(EXIT_FAILURE);                                                                                        \
        }                                                                                                              \
    } while (0)

/* The memory that a handle has asked for. */
struct count {
    size_t calls, bytes;
};

static void *allocate(size_t size, void *user)
{
    struct count *count = user;

    count->calls++;
    count->bytes += size;
    return malloc(size);
}

static void release(void *memory, size_t size, void *user)
{
    (void)size;
    (void)user;
    free(memory);
}

static void *some(size_t n)
{
    void *memory = calloc(n, sizeof(float));

    CHECK(memory != NULL);
    return memory;
}

/* sum_i w_i y_i as anyone would write it: in float, model after model. */
static void plain_sum(float *result, const float *const *said, const double *weights, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        result[j] = (float)weights[0] * said[0][j];
        for (size_t i = 1; i < BOOSTERS; i++)
            result[j] += (float)weights[i] * said[i][j];
    }
}

static void test_sum_of_borrowed_arrays_is_that_of_a_plain_loop(const float *const *said, size_t rows)
{
    const double weights[BOOSTERS] = {.5, .2, .3};
    const size_t n = rows * CLASSES, bytes = n * sizeof(float);
    struct count count = {0}, before;
    const struct ensemble_options options = {
        .struct_size = sizeof options, .allocate = allocate, .release = release, .user = &count};
    float *expected = some(n), *result = some(n);
    struct ensemble *e;

    CHECK(ensemble_create_with(&e, CLASSES, &options) == 0);
    for (size_t i = 0; i < BOOSTERS; i++)
        CHECK(ensemble_add_model_output(e, said[i], ENSEMBLE_F32, rows) == (int)i);
    CHECK(ensemble_set_weights(e, weights, BOOSTERS) == 0);
    before = count;
    CHECK(ensemble_combine(e, result, ENSEMBLE_F32, n) == 0);
    CHECK(count.calls == before.calls && count.bytes < bytes / 2);

    plain_sum(expected, said, weights, n);
    CHECK(memcmp(expected, result, bytes) == 0);
    for (size_t r = 0; r < rows; r++) {
        double sum = 0;

        for (size_t j = 0; j < CLASSES; j++)
            sum += (double)result[r * CLASSES + j];
        CHECK(fabs(sum - 1) < 1e-5);
    }
    ensemble_destroy(e);
    free(expected);
    free(result);
}

/* What is changed in XGBoost's own array is seen by the next combine, with no call in between: nothing was copied. */
static void test_nothing_is_copied(float *const *said, size_t rows)
{
    const size_t n = rows * CLASSES, bytes = n * sizeof(float);
    float *first = some(n), *second = some(n);
    struct ensemble *e;

    CHECK(ensemble_create(&e, CLASSES) == 0);
    for (size_t i = 0; i < BOOSTERS; i++)
        CHECK(ensemble_add_model_output(e, said[i], ENSEMBLE_F32, rows) == (int)i);
    CHECK(ensemble_combine(e, first, ENSEMBLE_F32, n) == 0);
    for (size_t i = 0; i < BOOSTERS; i++) {
        const size_t at = (n - 1) / (i + 1);
        const float was = said[i][at];

        said[i][at] = NAN;
        CHECK(ensemble_combine(e, second, ENSEMBLE_F32, n) == 0);
        CHECK(isnan(second[at]));
        second[at] = first[at];
        CHECK(memcmp(first, second, bytes) == 0);
        said[i][at] = was;
    }
    CHECK(ensemble_combine(e, second, ENSEMBLE_F32, n) == 0);
    CHECK(memcmp(first, second, bytes) == 0);
    ensemble_destroy(e);
    free(first);
    free(second);
}

static void test_training_is_deterministic(DMatrixHandle matrix, size_t rows, size_t kind, const float *said)
{
    BoosterHandle again = train(kind, matrix);
    const float *repeated = predict(again, matrix, rows);

    CHECK(repeated != said && memcmp(repeated, said, rows * CLASSES * sizeof(float)) == 0);
    XGBoosterFree(again);
}

int main(int count, char **arguments)
{
    struct images images[3];
    BoosterHandle boosters[BOOSTERS];
    float *said[BOOSTERS];
    DMatrixHandle matrix;
    size_t rows;

    CHECK(count == 2);
    read_images(images, arguments[1]);
    rows = images[0].count;
    matrix = matrix_of(&images[0]);
    for (size_t i = 0; i < BOOSTERS; i++) {
        boosters[i] = train(i, matrix);
        said[i] = (float *)(uintptr_t)predict(boosters[i], matrix, rows); /* the test writes to them, on purpose */
    }
    test_sum_of_borrowed_arrays_is_that_of_a_plain_loop((const float *const *)said, rows);
    test_nothing_is_copied(said, rows);
    for (size_t i = 0; i < BOOSTERS; i++)
        test_training_is_deterministic(matrix, rows, i, said[i]);

    for (size_t i = 0; i < BOOSTERS; i++)
        XGBoosterFree(boosters[i]);
    XGDMatrixFree(matrix);
    for (size_t i = 0; i < 3; i++)
        free_images(&images[i]);
    printf("xgboost: read where it lies, the bits of a plain loop, the same when trained again\n");
    return 0;
}
