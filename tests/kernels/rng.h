/* SPDX-License-Identifier: MIT */
/* A seeded generator (splitmix64): the same numbers on every machine, so that a failure can be repeated by its seed. */
#ifndef TESTS_KERNELS_RNG_H
#define TESTS_KERNELS_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng {
    uint64_t state;
};

static inline uint64_t rng_bits(struct rng *rng)
{
    uint64_t z = rng->state += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

/* 0 to n - 1. The modulo's bias does not matter to a test. */
static inline size_t rng_below(struct rng *rng, size_t n)
{
    return (size_t)((rng_bits(rng) >> 16) % n);
}

static inline size_t rng_between(struct rng *rng, size_t low, size_t high)
{
    return low + rng_below(rng, high - low + 1);
}

static inline int rng_one_in(struct rng *rng, size_t n)
{
    return rng_below(rng, n) == 0;
}

#endif
