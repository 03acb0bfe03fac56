/* SPDX-License-Identifier: MIT */
/*
 * What is compared with the library: families of contenders, each a shared object of its own (loops_gcc.so, eigen.so,
 * ...), so that one that cannot be built here is left out, and libraries that define the same names do not meet. Each
 * exports peers_family(), and is C or C++.
 */
#ifndef BENCH_PEERS_FAMILY_H
#define BENCH_PEERS_FAMILY_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { MOST_MODELS = 64 };

/* Types of the inputs and of the result. */
enum kind { F32_F32, F64_F64, F16_F32, BF16_F32, F16_F16, BF16_BF16, KINDS };

/*
 * The task: out = sum_i weights[i] in[i], summed in float, or in double where the inputs are. Each input is rows x
 * width elements, from row to row `stride` elements and from model to model `step` bytes; the result has no gaps.
 * Inputs without gaps are one row.
 */
struct sum {
    enum kind kind;
    size_t models;
    size_t rows;
    size_t width;
    size_t stride;
    size_t step;
    const void *in[MOST_MODELS];
    void *out;
    float weights[MOST_MODELS];
    double weights64[MOST_MODELS]; /* the same */
};

struct member {
    const char *name;
    unsigned kinds;                          /* which it can do: bits 1 << kind */
    size_t models;                           /* the only number that it can do, known when compiled; 0: any */
    void *(*prepare)(const struct sum *sum); /* what a user does once; NULL: nothing. Returns NULL: not this task */
    void (*run)(const struct sum *sum, void *prepared);
    void (*finish)(void *prepared); /* NULL: nothing */
};

struct family {
    const char *about;            /* its name and version */
    const struct member *members; /* end with a NULL name */
};

const struct family *peers_family(void);

/*
 * An expression with a fixed number of models as a user writes it in the place where it is needed: `repeat` does the
 * task so many times, with nothing called in between, and with addresses and weights at hand.
 */
struct inlined {
    const char *name;
    enum kind kind;
    size_t models;
    void (*repeat)(const struct sum *sum, size_t calls);
};

/* The loops have such expressions, and export this besides: a list that ends with a NULL name. */
const struct inlined *peers_inlined(void);

#ifdef __cplusplus
}
#endif

#endif
