/* SPDX-License-Identifier: MIT */
/*
 * Known numbers: values that other systems publish in their tests or manuals, or that follow from a definition.
 * Each case is computed from inputs of every dtype; the digits hold in double, to 1e-6 of the largest term in float,
 * and to 1e-3 from 16-bit inputs (of the largest term, if that is more than 1).
 */
#ifndef TESTS_UNIT_KNOWN_H
#define TESTS_UNIT_KNOWN_H

#include "said.h"

struct known {
    int32_t method;
    size_t n_models, rows, width;
    const double *outputs; /* n_models matrices of rows x width */
    const double *weights; /* or NULL */
    const double *expected;
    double digits;                       /* how exactly `expected` is given; 0: exactly */
    void (*prepare)(struct ensemble *e); /* what else is to be set, or NULL */
};

/* A case without anything else to set, whose expected values are exact. */
#define EXACTLY(method, n_models, rows, width, outputs, weights, expected)                                           \
    {method, n_models, rows, width, outputs, weights, expected, 0, NULL}

/* Half of the tenth decimal, which most numbers are given to; and a few roundings in double. */
#define TEN_DIGITS 5.01e-11

static inline void assert_known_in(const struct known *known, int32_t dtype, double tolerance32, double tolerance64)
{
    const size_t count = known->rows * known->width;
    struct said said = say(known->method, dtype, known->outputs, known->n_models, known->rows, known->width);

    weigh(&said, known->weights);
    if (known->prepare != NULL)
        known->prepare(said.e);
    assert_result(said.e, ENSEMBLE_F32, known->expected, count, tolerance32);
    assert_result(said.e, ENSEMBLE_F64, known->expected, count, tolerance64);
    forget(&said);
}

static inline void assert_known(const struct known *known)
{
    double largest = 0, half;

    for (size_t i = 0; i < known->n_models * known->rows * known->width; i++)
        largest = fabs(known->outputs[i]) > largest ? fabs(known->outputs[i]) : largest;
    half = 1e-3 * (largest > 1 ? largest : 1);
    assert_known_in(known, ENSEMBLE_F64, 1e-6 * largest, known->digits > 0 ? known->digits : 1e-15 * largest);
    assert_known_in(known, ENSEMBLE_F32, 1e-6 * largest, 1e-6 * largest);
    assert_known_in(known, ENSEMBLE_F16, half, half);
    assert_known_in(known, ENSEMBLE_BF16, half, half);
}

#endif
