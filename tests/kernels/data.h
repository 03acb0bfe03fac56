/* SPDX-License-Identifier: MIT */
/* Values to compute with, made once as arrays of bit patterns, from which tests copy pieces. */
#ifndef TESTS_KERNELS_DATA_H
#define TESTS_KERNELS_DATA_H

#include "rng.h"

/*
 * Kinds of values: ordinary ones; ordinary ones with special ones among them (zeros of both signs, the ends of each
 * range, infinities, NaN); any bit pattern; denormals and the smallest normals; the largest; ones, halves and the
 * like, whose products are exact, so that sums meet the ties of rounding often; few different values, so that many are
 * equal: zeros of both signs, small integers, now and then an infinity, seldom a NaN.
 */
enum data_kind { DATA_ORDINARY, DATA_SPECIAL, DATA_BITS, DATA_TINY, DATA_HUGE, DATA_SIMPLE, DATA_FEW, DATA_KINDS };

/* Elements of each array. */
#define DATA_LENGTH 16384

/* Call once, before data_piece(). */
void data_prepare(struct rng *rng);

/* One bit pattern. */
uint64_t data_bits(struct rng *rng, int dtype, enum data_kind kind);

/* The address of `length` values, at most DATA_LENGTH. They may be read only. */
const void *data_piece(struct rng *rng, int dtype, enum data_kind kind, size_t length);

/* A kind for the weights of a sum: mostly ordinary or simple, or nothing but NaN would come out. */
enum data_kind data_kind_of_weights(struct rng *rng);

#endif
