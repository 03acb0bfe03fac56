/* SPDX-License-Identifier: MIT */
/* What the unit tests share: cmocka and what it wants before it, and the steps that many tests begin with. */
#ifndef TESTS_UNIT_SUPPORT_H
#define TESTS_UNIT_SUPPORT_H

#define _DEFAULT_SOURCE /* for mmap() with MAP_ANONYMOUS */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include <ensemble.h>
#include <ensemble_rank.h>

#define TEST(name) static void name(void **state __attribute__((unused)))
#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* int32_t values that are no dtype; and those that are none of a result, which holds no labels. */
static const int32_t no_dtypes[] = {0, 6, -1, 99, INT32_MIN, INT32_MAX};
static const int32_t no_result_dtypes[] = {0, ENSEMBLE_I32, 6, -1, 99, INT32_MIN, INT32_MAX};

static inline void near_at(double actual, double expected, double tolerance, const char *file, int line)
{
    const double apart = actual > expected ? actual - expected : expected - actual;

    if (apart <= tolerance)
        return;
    print_error("%.17g is not %.17g, give or take %g\n", actual, expected, tolerance);
    _fail(file, line);
}
#define assert_near(actual, expected, tolerance) near_at(actual, expected, tolerance, __FILE__, __LINE__)

static inline int is_nan(double x)
{
    return x != x;
}

/* Fills a buffer with a pattern by which a stray write is seen: assert_poisoned() then fails. */
static inline void poison(void *buffer, size_t size)
{
    memset(buffer, 0x5A, size);
}

static inline void assert_poisoned(const void *buffer, size_t size)
{
    const unsigned char *bytes = buffer;

    for (size_t i = 0; i < size; i++)
        assert_int_equal(bytes[i], 0x5A);
}

/* A page that must not be touched: reading or writing it ends the test. */
#define PAGE_BYTES 65536
static inline void *forbidden_page(void)
{
    void *page = mmap(NULL, PAGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    assert_true(page != MAP_FAILED);
    return page;
}

static inline void free_page(void *page)
{
    assert_int_equal(munmap(page, PAGE_BYTES), 0);
}

/* An ensemble without models. */
static inline struct ensemble *ensemble_of(size_t width)
{
    struct ensemble *e = NULL;

    assert_int_equal(ensemble_create(&e, width), 0);
    assert_non_null(e);
    return e;
}

/* ensemble_add_model_output() where it has to work. */
static inline void add(struct ensemble *e, const void *output, int32_t dtype, size_t rows)
{
    assert_true(ensemble_add_model_output(e, output, dtype, rows) >= 0);
}

/*
 * The example of ensemble.h: three models of one row, the weights .3, .4, .3, and the answer 4, 5, 6. Tests that break
 * something begin with it, and see that it still stands.
 */
static const float example_outputs[3][3] = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};

static inline struct ensemble *example(void)
{
    const double weights[] = {.3, .4, .3};
    struct ensemble *e = ensemble_of(3);

    for (size_t i = 0; i < 3; i++)
        add(e, example_outputs[i], ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    return e;
}

static inline void assert_example(const struct ensemble *e)
{
    float y[3] = {0};

    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 3), 0);
    for (size_t i = 0; i < 3; i++)
        assert_near((double)y[i], 4.0 + (double)i, 6e-6);
}

/* A combine of the example must fail with `code`, and write nothing. */
static inline void assert_example_fails(const struct ensemble *e, int code)
{
    float y[3];

    poison(y, sizeof y);
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 3), code);
    assert_int_equal(ensemble_check(e, NULL, 0), code);
    assert_poisoned(y, sizeof y);
}

#endif
