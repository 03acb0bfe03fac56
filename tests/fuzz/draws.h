/* SPDX-License-Identifier: MIT */
/*
 * Stands in for tests/kernels/rng.h where the tasks of tests/methods and the lessons of tests/learn are made for a
 * fuzzer (-include): what they draw is the input, a byte or a few for each draw, and once that is used up, what the
 * seed says.
 */
#ifndef TESTS_KERNELS_RNG_H
#define TESTS_KERNELS_RNG_H

#include "fuzz.h"

/* Values of a task (tests/methods/task.h). */
#define TASK_USUAL 150
#define TASK_LARGE 1500

/* Of a lesson (tests/learn/lesson.c). */
#define LESSON_LARGE 600

extern struct fuzz draws; /* in draws.c */

/* What a target adds: what it needs once, and one task or lesson, of this seed. */
void draws_prepare(void);
void draws_judge(uint64_t seed);

struct rng {
    uint64_t state;
};

static inline uint64_t rng_bits(struct rng *rng)
{
    uint64_t z = rng->state += 0x9E3779B97F4A7C15u;

    if (fuzz_left(&draws) > 0)
        return fuzz_bits(&draws, 8);
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static inline size_t rng_below(struct rng *rng, size_t n)
{
    if (fuzz_left(&draws) > 0)
        return (size_t)fuzz_bits(&draws, n > 65536 ? 4 : n > 256 ? 2 : 1) % n;
    return (size_t)((rng_bits(rng) >> 16) % n);
}

static inline size_t rng_between(struct rng *rng, size_t low, size_t high)
{
    return low + rng_below(rng, high - low + 1);
}

/* Not with bytes of 0, so that what is seldom, as large tasks are, is seldom in short inputs too. */
static inline int rng_one_in(struct rng *rng, size_t n)
{
    return rng_below(rng, n) == n - 1;
}

#endif
