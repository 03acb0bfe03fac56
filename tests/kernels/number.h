/* SPDX-License-Identifier: MIT */
/*
 * What the dtypes mean, from the definition of the formats (sign, exponent, mantissa, and powers of two) and without
 * a line of the library's conversions: the independent reference of these tests. Dtypes count from 0, as ENS_f32.
 */
#ifndef TESTS_KERNELS_NUMBER_H
#define TESTS_KERNELS_NUMBER_H

#include "base/dtype.h"

#include <stddef.h>
#include <stdint.h>

const char *number_name(int dtype);
size_t number_size(int dtype);

/* Bit patterns: of infinity, and of the sign. */
uint64_t number_infinity(int dtype);
uint64_t number_sign(int dtype);
int number_is_nan(int dtype, uint64_t bits);

/* The value of a bit pattern; every value of every dtype is a double. */
double number_decode(int dtype, uint64_t bits);

/* The bit pattern of the nearest value, ties to even; infinite from halfway above the largest finite value on. */
uint64_t number_encode(int dtype, double x);

/* Element `index` of an array that may lie at any address. */
uint64_t number_get(int dtype, const void *array, size_t index);
void number_put(int dtype, void *array, size_t index, uint64_t bits);

/* The same as number_decode(number_get()), but fast. Call number_prepare() once before. */
double number_read(int dtype, const void *array, size_t index);
void number_prepare(void);

/* The first index at which two arrays differ, or `length`. Two NaN are equal, whatever their sign and payload. */
size_t number_differ(int dtype, const void *a, const void *b, size_t length);

#endif
