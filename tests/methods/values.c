/* SPDX-License-Identifier: MIT */
#include "values.h"

#include "number.h"
#include "task.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned char *arrays[DTYPES][KINDS];

/* In [0, 1). */
static double unit(struct rng *rng)
{
    return (double)(rng_bits(rng) >> 11) * 0x1p-53;
}

static double value(struct rng *rng, enum kind kind)
{
    const double sign = rng_one_in(rng, 2) ? -1 : 1;
    const double part = unit(rng);

    switch (kind) {
    case SIGNED:
        return sign * ldexp(1 + part, (int)rng_below(rng, 8) - 4);
    case GRID:
        return (double)rng_below(rng, 17) / 4 - 2;
    case POSITIVE:
        return ldexp(1 + part, (int)rng_below(rng, 8) - 4);
    case PROBABILITY:
        return rng_one_in(rng, 24) ? 0 : rng_one_in(rng, 24) ? 1 : part * part;
    case LOG_PROBABILITY:
        return rng_one_in(rng, 40) ? -60 - 50 * part : -12 * part * part;
    case LOGIT:
        return sign * 9 * part;
    default:
        return sign * (.75 + .75 * part);
    }
}

void values_prepare(struct rng *rng)
{
    for (int dtype = 0; dtype < DTYPES; dtype++)
        for (int kind = 0; kind < KINDS; kind++) {
            unsigned char *array = malloc(VALUES * number_size(dtype));

            if (array == NULL) {
                perror("values");
                exit(1);
            }
            for (size_t i = 0; i < VALUES; i++)
                number_put(dtype, array, i, kind == WILD ? rng_bits(rng) & (number_sign(dtype) * 2 - 1)
                                                         : number_encode(dtype, value(rng, (enum kind)kind)));
            arrays[dtype][kind] = array;
        }
}

const void *values_piece(struct rng *rng, int dtype, enum kind kind, size_t length)
{
    return arrays[dtype][kind] + rng_below(rng, VALUES - length + 1) * number_size(dtype);
}
