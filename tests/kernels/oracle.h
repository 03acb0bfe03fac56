/* SPDX-License-Identifier: MIT */
/*
 * How far exp and log in float and double are from what they should be, in units in the last place: of the binade that
 * the exact value is in, or of the denormals. What is infinite counts as the power of two above the largest value.
 */
#ifndef TESTS_KERNELS_ORACLE_H
#define TESTS_KERNELS_ORACLE_H

#include "rng.h"

#include <math.h>
#include <string.h>

enum { ORACLE_EXP, ORACLE_LOG, ORACLES };

/* Is long double wider than double? Some emulators compute it as double, whatever the compiler says. */
int oracle_is_wide(void);

/* A point to try, of the dtype: anywhere, and often where the functions have their seams. */
double oracle_point(struct rng *rng, int function, int dtype);

/* The value for a float, good to far less than a unit of float; and for a double, if long double is wide. */
double oracle_of_f32(int function, double x);
long double oracle_of_f64(int function, double x);

/* 0 for what is rounded correctly, else the error. Infinite where just one of the two is NaN. */
double oracle_error32(float found, double exact);
double oracle_error64(double found, long double exact);

/* The largest errors so far, of normal and of denormal results, and for which arguments. */
struct oracle_worst {
    double error, at, tiny_error, tiny_at;
};

void oracle_note(struct oracle_worst *worst, int dtype, double x, double exact, double error);

/* Fails where a bound is passed; `say` prints the errors besides. */
void oracle_judge(const struct oracle_worst *worst, int function, int dtype, int say);

#endif
