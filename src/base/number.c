/* SPDX-License-Identifier: MIT */
#include "base/number.h"

#include "base/compiler.h"

#include <string.h>

#define FRACTION_BITS 52
#define FRACTION (((uint64_t)1 << FRACTION_BITS) - 1)
#define BIAS 1023
#define LOWEST (-1074) /* the exponent of the lowest bit of any double */

/* An exponent as far from 0 as this cannot be made good by digits: so many do not fit into memory. */
#define FAR ((int64_t)100000000000000000)

static char *write_exponent(char *at, int exponent)
{
    unsigned rest = (unsigned)(exponent < 0 ? -exponent : exponent);
    unsigned unit = 1;

    *at++ = 'p';
    *at++ = exponent < 0 ? '-' : '+';
    while (rest / unit >= 10)
        unit *= 10;
    for (; unit > 0; unit /= 10)
        *at++ = (char)('0' + rest / unit % 10);
    return at;
}

size_t ens_number_write(char text[ENS_NUMBER_SIZE], double value)
{
    char *at = text;
    uint64_t bits, fraction;
    int exponent;

    memcpy(&bits, &value, sizeof bits);
    fraction = bits & FRACTION;
    exponent = (int)(bits >> FRACTION_BITS & 0x7FF) - BIAS;
    if (bits >> 63)
        *at++ = '-';
    *at++ = '0';
    *at++ = 'x';
    *at++ = bits << 1 == 0 ? '0' : '1';
    if (bits << 1 == 0) {
        exponent = 0;
    } else if (exponent == -BIAS) { /* denormal: its first bit moves before the point */
        const int shift = __builtin_clzll(fraction) - (63 - FRACTION_BITS);

        fraction = fraction << shift & FRACTION;
        exponent = 1 - BIAS - shift;
    }
    if (fraction != 0)
        *at++ = '.';
    for (; fraction != 0; fraction = fraction << 4 & FRACTION)
        *at++ = "0123456789abcdef"[fraction >> (FRACTION_BITS - 4)];
    at = write_exponent(at, exponent);
    *at = '\0';
    return (size_t)(at - text);
}

/* What is left of the text of a number. */
struct rest {
    const char *at, *end;
};

static int take(struct rest *rest, char one, char or_one)
{
    if (rest->at == rest->end || (*rest->at != one && *rest->at != or_one))
        return 0;
    rest->at++;
    return 1;
}

/* A sign, if there is one. Is it a minus? */
static int take_sign(struct rest *rest)
{
    if (take(rest, '+', '+'))
        return 0;
    return take(rest, '-', '-');
}

/* The value of a digit, or -1. */
static int digit_of(char c, int base)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (base == 16 && c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (base == 16 && c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/*
 * Digits and a point: *value x 2^*exponent. From the first digit that is not 0, 16 are taken; if a later one is not 0
 * either, no double is exactly that. 1 then, or if there are none.
 */
static int read_digits(struct rest *rest, uint64_t *value, int64_t *exponent)
{
    int some = 0, point = 0;

    *value = 0;
    *exponent = 0;
    for (; rest->at < rest->end; rest->at++) {
        const int digit = digit_of(*rest->at, 16);

        if (digit < 0) {
            if (*rest->at != '.' || point)
                break;
            point = 1;
            continue;
        }
        some = 1;
        if (*value >> 60 == 0) {
            *value = *value << 4 | (unsigned)digit;
            *exponent -= point ? 4 : 0;
        } else if (digit == 0) {
            *exponent += point ? 0 : 4;
        } else {
            return 1;
        }
    }
    return !some;
}

/* What follows the p, added to *exponent. */
static int read_exponent(struct rest *rest, int64_t *exponent)
{
    const int negative = take_sign(rest);
    const char *first = rest->at;
    int64_t value = 0;
    int digit;

    for (; rest->at < rest->end && (digit = digit_of(*rest->at, 10)) >= 0; rest->at++)
        if (value < FAR)
            value = 10 * value + digit;
    *exponent += negative ? -value : value;
    return rest->at == first;
}

/* Sign, integer and exponent as a double; 1 if none is exactly that. */
static int compose(int negative, uint64_t integer, int64_t exponent, double *value)
{
    uint64_t bits = (uint64_t)negative << 63;

    if (integer != 0) {
        const int zeros = 63 - __builtin_clzll(integer & -integer);
        const int length = 64 - __builtin_clzll(integer) - zeros;
        const int64_t last = exponent + zeros, first = last + length - 1; /* exponents of its bits */

        integer >>= zeros;
        if (length > FRACTION_BITS + 1 || first > BIAS || last < LOWEST)
            return 1;
        if (first > -BIAS)
            bits |= (uint64_t)(first + BIAS) << FRACTION_BITS | (integer << (FRACTION_BITS + 1 - length) & FRACTION);
        else
            bits |= integer << (last - LOWEST);
    }
    memcpy(value, &bits, sizeof bits);
    return 0;
}

/* A decimal integer from 0 to `most`, without zeros in front, up to the end of the text. */
static int read_integer(const struct rest *rest, uint64_t most, uint64_t *value)
{
    *value = 0;
    if (rest->at == rest->end || (*rest->at == '0' && rest->end - rest->at > 1))
        return 1;
    for (const char *at = rest->at; at < rest->end; at++) {
        const int digit = digit_of(*at, 10);

        if (digit < 0 || *value > UINT64_MAX / 10 ||
            __builtin_add_overflow(10 * *value, (unsigned)digit, value) || *value > most)
            return 1;
    }
    return 0;
}

int ens_number_read(const char *text, size_t length, double *value)
{
    struct rest rest = {text, text + length};
    const int negative = take_sign(&rest);
    uint64_t integer;
    int64_t exponent = 0;

    if (rest.end - rest.at < 2 || rest.at[0] != '0' || (rest.at[1] != 'x' && rest.at[1] != 'X')) {
        if (read_integer(&rest, (uint64_t)1 << (FRACTION_BITS + 1), &integer))
            return 1;
        *value = negative ? -(double)integer : (double)integer; /* each of them is a double */
        return 0;
    }
    rest.at += 2;
    if (read_digits(&rest, &integer, &exponent) || (take(&rest, 'p', 'P') && read_exponent(&rest, &exponent)))
        return 1;
    return rest.at < rest.end || compose(negative, integer, exponent, value);
}

int ens_number_read_size(const char *text, size_t length, size_t *value)
{
    const struct rest rest = {text, text + length};
    uint64_t integer;

    if (read_integer(&rest, SIZE_MAX, &integer))
        return 1;
    *value = (size_t)integer;
    return 0;
}

int ens_number_read_int32(const char *text, size_t length, int32_t *value)
{
    struct rest rest = {text, text + length};
    const int negative = take(&rest, '-', '-');
    uint64_t integer;

    if (read_integer(&rest, (uint64_t)INT32_MAX + (unsigned)negative, &integer) || (negative && integer == 0))
        return 1;
    *value = (int32_t)(negative ? -(int64_t)integer : (int64_t)integer);
    return 0;
}
