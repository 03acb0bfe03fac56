/* SPDX-License-Identifier: MIT */
/* Values to combine, made once as arrays, from which tasks copy pieces. */
#ifndef TESTS_METHODS_VALUES_H
#define TESTS_METHODS_VALUES_H

#include "rng.h"

/*
 * SIGNED: 2^-4 to 2^4 of both signs. GRID: quarters from -2 to 2, so that many are equal. POSITIVE: 2^-4 to 2^4.
 * PROBABILITY: 0 to 1, both among them. LOG_PROBABILITY: mostly 0 to -12, a few so far below that their exponentials
 * are denormals of float or nothing. LOGIT: -9 to 9. NEAR_ONE: 3/4 to 3/2 of both signs, whose products stay in range.
 * WILD: any bit pattern.
 */
enum kind { SIGNED, GRID, POSITIVE, PROBABILITY, LOG_PROBABILITY, LOGIT, NEAR_ONE, WILD, KINDS };

/* Elements of each array; more than TASK_WIDTH. */
#define VALUES 4096

/* Call once, before values_piece(). */
void values_prepare(struct rng *rng);

/* The address of `length` values, at most VALUES. */
const void *values_piece(struct rng *rng, int dtype, enum kind kind, size_t length);

#endif
