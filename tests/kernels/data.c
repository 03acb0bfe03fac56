/* SPDX-License-Identifier: MIT */
#include "data.h"

#include "number.h"

#include <stdio.h>
#include <stdlib.h>

static unsigned char *arrays[ENS_DTYPES][DATA_KINDS];

/* One step of the exponent field, which is the pattern of the smallest normal value. */
static uint64_t exponent_unit(int dtype)
{
    return number_infinity(dtype) & (~number_infinity(dtype) + 1);
}

/* A magnitude whose exponent field is `exponent`, with any mantissa. */
static uint64_t with_exponent(struct rng *rng, int dtype, uint64_t exponent)
{
    const uint64_t unit = exponent_unit(dtype);

    return exponent * unit + (rng_bits(rng) & (unit - 1));
}

static uint64_t special(struct rng *rng, int dtype)
{
    const uint64_t infinity = number_infinity(dtype);
    const uint64_t unit = exponent_unit(dtype);

    switch (rng_below(rng, 10)) {
    case 0:
    case 1:
        return 0;
    case 2:
        return 1; /* the smallest denormal */
    case 3:
        return unit - 1; /* the largest denormal */
    case 4:
        return unit; /* the smallest normal value */
    case 5:
        return infinity - 1; /* the largest finite value */
    case 6:
        return infinity;
    case 7:
        return infinity + 1; /* a signalling NaN whose payload is lost first */
    case 8:
        return infinity | (unit - 1); /* a NaN of ones, whose pattern overflows when it is rounded as a number */
    default:
        return infinity | unit / 2;
    }
}

static uint64_t one_of_few(struct rng *rng, int dtype)
{
    static const double values[] = {0, 0, 1, 2, 3};

    if (rng_one_in(rng, 400))
        return number_infinity(dtype) + 1;
    if (rng_one_in(rng, 40))
        return number_infinity(dtype);
    return number_encode(dtype, values[rng_below(rng, sizeof values / sizeof values[0])]);
}

uint64_t data_bits(struct rng *rng, int dtype, enum data_kind kind)
{
    const uint64_t most = number_infinity(dtype) / exponent_unit(dtype); /* the exponent field of infinity, all ones */
    const uint64_t one = most / 2;                                       /* that of the value 1 */
    const uint64_t sign = rng_one_in(rng, 2) ? number_sign(dtype) : 0;

    switch (kind) {
    case DATA_SPECIAL:
        return sign | (rng_one_in(rng, 12) ? special(rng, dtype) : with_exponent(rng, dtype, one));
    case DATA_BITS:
        return rng_bits(rng) & (number_sign(dtype) * 2 - 1);
    case DATA_TINY:
        return sign | with_exponent(rng, dtype, rng_below(rng, 3));
    case DATA_HUGE:
        return sign | with_exponent(rng, dtype, most - 1 - rng_below(rng, 4));
    case DATA_SIMPLE:
        return sign | (one - rng_below(rng, 4)) * exponent_unit(dtype);
    case DATA_FEW:
        return sign | one_of_few(rng, dtype);
    default:
        return sign | with_exponent(rng, dtype, one - 4 + rng_below(rng, 8));
    }
}

void data_prepare(struct rng *rng)
{
    for (int dtype = 0; dtype < ENS_DTYPES; dtype++)
        for (int kind = 0; kind < DATA_KINDS; kind++) {
            unsigned char *array = malloc(DATA_LENGTH * number_size(dtype));

            if (array == NULL) {
                perror("data");
                exit(1);
            }
            for (size_t i = 0; i < DATA_LENGTH; i++)
                number_put(dtype, array, i, data_bits(rng, dtype, (enum data_kind)kind));
            arrays[dtype][kind] = array;
        }
}

const void *data_piece(struct rng *rng, int dtype, enum data_kind kind, size_t length)
{
    return arrays[dtype][kind] + rng_below(rng, DATA_LENGTH - length + 1) * number_size(dtype);
}

enum data_kind data_kind_of_weights(struct rng *rng)
{
    switch (rng_below(rng, 16)) {
    case 0:
        return DATA_SPECIAL;
    case 1:
        return DATA_TINY;
    case 2:
        return DATA_HUGE;
    case 3:
    case 4:
    case 5:
    case 6:
        return DATA_SIMPLE;
    default:
        return DATA_ORDINARY;
    }
}
