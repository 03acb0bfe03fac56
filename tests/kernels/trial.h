/* SPDX-License-Identifier: MIT */
/*
 * Calls of kernels of all shapes. Each array that a kernel is given lies between guard pages. What the kernel writes is
 * compared, bit by bit, with what the portable kernel writes to a copy, and with what a reference in plain C does,
 * where there is one. What is around it, and what is only read, must stay as it was.
 */
#ifndef TESTS_KERNELS_TRIAL_H
#define TESTS_KERNELS_TRIAL_H

#include "check.h"
#include "data.h"
#include "guard.h"
#include "isas.h"

/* The widest vector that there is: 2048 bits of SVE. Four of those and a rest are the lengths tried one by one. */
#define TRIAL_SHORT (4 * 64 + 3)
#define TRIAL_LONG 4000

#define TRIAL_MODELS 33
#define TRIAL_ARRAYS (TRIAL_MODELS + 7)
#define TRIAL_RESULTS 4

/* An array is only read, or is compared afterwards, or may hold anything then. */
enum role { READ, RESULT, SCRATCH };

/* In place of a dtype: what is no number, and is compared byte by byte. */
#define TRIAL_RAW (-1)

struct array {
    enum role role;
    int dtype;
    size_t bytes;
    size_t alignment;
    const void *from; /* what it holds before the call; NULL: whatever */
};

struct trial;

/* Chooses what is left open and adds the arrays, whose contents must live until the next call. */
typedef void trial_make(struct trial *t, struct rng *rng);
/* Calls a kernel, or does in plain C what it should do, with the arrays at t->at. */
typedef void trial_call(struct trial *t, const struct ens_kernels *kernels);
typedef void trial_reference(struct trial *t);

struct trial {
    const char *kernel;
    int acc, in;
    int which; /* of several kernels with one name */
    trial_make *make;
    trial_call *call;
    trial_reference *reference; /* may be NULL */
    int zeros_equal;            /* which zero it is may differ from the reference's */
    size_t longest;             /* 0: TRIAL_LONG */
    size_t thin;                /* only one in so many of the calls, since each takes long; 0: all */

    size_t length;
    enum place place;
    size_t offset, focus; /* where the array `focus` lies within; the others lie anywhere */

    /* What `make` sets. */
    enum data_kind data;
    size_t n, rows, stride;
    int in_place, beyond;
    size_t victim; /* a position that something is about */
    double value, goals[2];
    struct ens_map map;
    struct array arrays[TRIAL_ARRAYS];
    size_t arrays_n;

    /* While a kernel runs, and what it returned. */
    unsigned char *at[TRIAL_ARRAYS];
    double result[TRIAL_RESULTS];
};

/* Adds an array of `length` values. Returns its index in `arrays` and `at`. */
size_t trial_add(struct trial *t, enum role role, int dtype, size_t length, const void *from);
size_t trial_add_raw(struct trial *t, enum role role, size_t bytes, size_t alignment, const void *from);
/* The same with values of t->data. */
size_t trial_add_data(struct trial *t, struct rng *rng, enum role role, int dtype, size_t length);
/* Values that kernels read as an array of their type, at an address that is a multiple of their size. */
size_t trial_add_aligned(struct trial *t, int dtype, size_t length, const void *from);

/* The addresses of n arrays from t->at[first] on, as an array in front of a guard page. */
const void *const *trial_pointers(const struct trial *t, size_t first, size_t n);

/* Value `index` of an array of accumulators that a reference reads or writes. */
double trial_get(const struct trial *t, size_t array, size_t index);
void trial_put(const struct trial *t, size_t array, size_t index, double x);

/* Rounded to the accumulator's type. */
double trial_round(const struct trial *t, double x);

/* The sum of n values in the order that kernels.h gives to sums: by element number, and in halves, each rounded. */
double trial_sum(const struct trial *t, const double *x, size_t n);

/* n weights above 0 as accumulators: all 1, or different ones. They live until the next call. */
const void *trial_weights(const struct trial *t, struct rng *rng, size_t n, int equal);

/* One call; then all short lengths in all places, some at every offset, and some long ones. */
void trial_run(struct isa *isa, struct trial *t, struct rng *rng);
void trial_all(struct isa *isa, struct trial *t, struct check *check);

#endif
