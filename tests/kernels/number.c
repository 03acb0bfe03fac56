/* SPDX-License-Identifier: MIT */
#include "number.h"

#include <math.h>
#include <string.h>

struct format {
    const char *name;
    size_t size;
    int exponent_bits;
    int mantissa_bits;
};

static const struct format formats[ENS_DTYPES] = {
    [ENS_f32] = {"f32", 4, 8, 23},
    [ENS_f64] = {"f64", 8, 11, 52},
    [ENS_f16] = {"f16", 2, 5, 10},
    [ENS_bf16] = {"bf16", 2, 8, 7},
};

/* The values of all bit patterns of the 16-bit types, because ldexp() for each element would take too long. */
static double f16_values[65536], bf16_values[65536];

const char *number_name(int dtype)
{
    return formats[dtype].name;
}

size_t number_size(int dtype)
{
    return formats[dtype].size;
}

static uint64_t ones(int n)
{
    return ((uint64_t)1 << n) - 1;
}

uint64_t number_infinity(int dtype)
{
    return ones(formats[dtype].exponent_bits) << formats[dtype].mantissa_bits;
}

uint64_t number_sign(int dtype)
{
    return (uint64_t)1 << (8 * formats[dtype].size - 1);
}

int number_is_nan(int dtype, uint64_t bits)
{
    return (bits & ~number_sign(dtype)) > number_infinity(dtype);
}

double number_decode(int dtype, uint64_t bits)
{
    const struct format *f = &formats[dtype];
    const uint64_t mantissa = bits & ones(f->mantissa_bits);
    const uint64_t exponent = bits >> f->mantissa_bits & ones(f->exponent_bits);
    const int bias = (1 << (f->exponent_bits - 1)) - 1;
    double x;

    if (exponent == ones(f->exponent_bits))
        x = mantissa != 0 ? (double)NAN : (double)INFINITY;
    else if (exponent == 0)
        x = ldexp((double)mantissa, 1 - bias - f->mantissa_bits);
    else
        x = ldexp((double)(mantissa + ones(f->mantissa_bits) + 1), (int)exponent - bias - f->mantissa_bits);
    return bits & number_sign(dtype) ? -x : x;
}

/*
 * Counts the value in units of the last place that its binade has in the dtype, which is exact in double, and rounds
 * that count. A count that reaches the next binade carries into the exponent, as the formats are made for.
 */
uint64_t number_encode(int dtype, double x)
{
    const struct format *f = &formats[dtype];
    const int lowest = 2 - (1 << (f->exponent_bits - 1)); /* the exponent of the smallest normal value */
    const uint64_t sign = signbit(x) ? number_sign(dtype) : 0;
    double units, whole;
    uint64_t count;
    int exponent;

    if (isnan(x))
        return number_infinity(dtype) | (uint64_t)1 << (f->mantissa_bits - 1);
    if (isinf(x) || x == 0)
        return sign | (x == 0 ? 0 : number_infinity(dtype));
    frexp(x, &exponent);
    exponent = exponent - 1 < lowest ? lowest : exponent - 1;
    units = ldexp(fabs(x), f->mantissa_bits - exponent);
    whole = floor(units);
    count = (uint64_t)whole;
    if (units - whole > 0.5 || (units - whole == 0.5 && count % 2 == 1))
        count++;
    count += (uint64_t)(exponent - lowest) << f->mantissa_bits;
    return sign | (count < number_infinity(dtype) ? count : number_infinity(dtype));
}

uint64_t number_get(int dtype, const void *array, size_t index)
{
    const unsigned char *at = (const unsigned char *)array + index * number_size(dtype);
    uint16_t two;
    uint32_t four;
    uint64_t eight;

    switch (number_size(dtype)) {
    case 2:
        memcpy(&two, at, sizeof two);
        return two;
    case 4:
        memcpy(&four, at, sizeof four);
        return four;
    default:
        memcpy(&eight, at, sizeof eight);
        return eight;
    }
}

void number_put(int dtype, void *array, size_t index, uint64_t bits)
{
    unsigned char *at = (unsigned char *)array + index * number_size(dtype);
    const uint16_t two = (uint16_t)bits;
    const uint32_t four = (uint32_t)bits;

    switch (number_size(dtype)) {
    case 2:
        memcpy(at, &two, sizeof two);
        break;
    case 4:
        memcpy(at, &four, sizeof four);
        break;
    default:
        memcpy(at, &bits, sizeof bits);
    }
}

double number_read(int dtype, const void *array, size_t index)
{
    const unsigned char *at = (const unsigned char *)array + index * number_size(dtype);
    float f;
    double d;

    switch (dtype) {
    case ENS_f32:
        memcpy(&f, at, sizeof f);
        return (double)f;
    case ENS_f64:
        memcpy(&d, at, sizeof d);
        return d;
    case ENS_f16:
        return f16_values[number_get(dtype, array, index)];
    default:
        return bf16_values[number_get(dtype, array, index)];
    }
}

void number_prepare(void)
{
    for (uint32_t bits = 0; bits < 65536; bits++) {
        f16_values[bits] = number_decode(ENS_f16, bits);
        bf16_values[bits] = number_decode(ENS_bf16, bits);
    }
}

size_t number_differ(int dtype, const void *a, const void *b, size_t length)
{
    if (memcmp(a, b, length * number_size(dtype)) == 0)
        return length;
    for (size_t i = 0; i < length; i++) {
        const uint64_t x = number_get(dtype, a, i), y = number_get(dtype, b, i);

        if (x != y && !(number_is_nan(dtype, x) && number_is_nan(dtype, y)))
            return i;
    }
    return length;
}
