/* SPDX-License-Identifier: MIT */
/*
 * Numbers with a bound of the error that the library may make in computing them: the right value is v, and what is
 * computed in floating point, whose relative rounding error is at most u, lies within e of it. All in long double,
 * whose own errors are far below those bounds (real_is_wide() says whether that is so).
 *
 * Bounds are of first order; what is left out, products of errors, is less than the hundredth that is added to each
 * element's bound at the end (verdict.c).
 */
#ifndef TESTS_METHODS_REAL_H
#define TESTS_METHODS_REAL_H

#include <stddef.h>

struct real {
    long double v; /* NaN: NaN */
    long double e; /* infinite: anything, NaN too */
};

/* The type in which the library computes. */
struct arithmetic {
    long double u;    /* half of the distance from 1 to the next larger number: 2^-24 or 2^-53 */
    long double tiny; /* the smallest denormal: what underflow can cost */
    long double most; /* the largest finite number */
};

/* The error of exp() and log() in units of u, relative to their results. */
#define ELEMENTARY 2

extern const struct arithmetic real_float, real_double;

/*
 * Does long double have at least ten bits more than double here? Not with every compiler, and not in valgrind, where
 * some of its operations give other results, too.
 */
int real_is_wide(void);

/* A number that is known exactly, and one of which nothing is known. */
struct real real_exact(long double v);
struct real real_unknown(void);

/* The same number if the library can hold it; if its bound passes the largest finite number, nothing is known. */
struct real real_bounded(const struct arithmetic *a, long double v, long double e);

/* Is that what it may be: NaN, the number itself, or within a bound, with the hundredth for what that leaves out? */
int real_is_near(const struct real *r, double found);

struct real real_exp(const struct arithmetic *a, struct real x);
struct real real_log(const struct arithmetic *a, struct real x);
struct real real_quotient(const struct arithmetic *a, struct real x, struct real y);

/*
 * sum_i f_i x_i, i < n, where the computed f_i have a relative error of at most fe. Each product is rounded once and
 * then takes part in at most n - 1 rounded additions:
 *     e = sum |f_i| e_i + (n u + fe) sum |f_i x_i| + n tiny
 */
struct real real_weighted(const struct arithmetic *a, size_t n, const long double *f, const struct real *x,
                          long double fe);

/*
 * u times this bounds the relative error of a sum of n positive numbers: in 32 partial sums for at most 512 of them,
 * and those sums one after the other, if n is large.
 */
long double real_sum_steps(size_t n);

/*
 * p_k = exp(x_k) / sum_j exp(x_j) and l_k = log p_k. If m is the largest x, then exp(x_k - m) has the relative error
 *     r_k = e_k + u |x_k - m| + ELEMENTARY u,
 * and the logarithm of the sum the error s = log(sum_j p_j exp(r_j)) + real_sum_steps(n) u, so the relative error of
 * p_k is exp(r_k + s + 4 u) - 1. A NaN or +inf, or nothing but -inf, makes all of them NaN; -inf is a p of exactly 0.
 */
void real_softmax(const struct arithmetic *a, size_t n, const struct real *x, struct real *p, struct real *l);

#endif
