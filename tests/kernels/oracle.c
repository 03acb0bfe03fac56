/* SPDX-License-Identifier: MIT */
#include "oracle.h"

#include "number.h"
#include "report.h"

#include <float.h>
#include <stdio.h>

/* By function and dtype. Of denormal results only the last rounding is in units of the least denormal. */
static const double bounds[ORACLES][2] = {[ORACLE_EXP] = {1.0, 1.05}, [ORACLE_LOG] = {1.0, 1.0}};
static const double tiny_bounds[2] = {0.75, 0.8};

static const char *const names[ORACLES] = {"exp", "log"};

int oracle_is_wide(void)
{
    volatile long double one = 1, little = LDBL_EPSILON;

    return LDBL_MANT_DIG > DBL_MANT_DIG && one + little != one;
}

static double real(struct rng *rng, double low, double high)
{
    return low + (high - low) * ldexp((double)(rng_bits(rng) >> 11), -53);
}

/* The value of the dtype that is `steps` values away from x. */
static double nudge(int dtype, double x, int64_t steps)
{
    const float single = (float)x;
    uint32_t bits32;
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    memcpy(&bits32, &single, sizeof bits32);
    if (dtype == ENS_f32)
        bits = bits32;
    bits += (uint64_t)steps;
    return number_decode(dtype, bits);
}

/* 2^-1 to 2^-60 or so, of either sign. */
static double little(struct rng *rng)
{
    return (rng_one_in(rng, 2) ? 1 : -1) * ldexp(real(rng, 1, 2), -(int)rng_between(rng, 1, 60));
}

static double point_of_exp(struct rng *rng, int dtype)
{
    const double most = dtype == ENS_f32 ? 88.722839 : 709.78271289338397;
    const double normal = dtype == ENS_f32 ? -87.336544 : -708.39641853226408;
    const double least = dtype == ENS_f32 ? -103.97208 : -745.13321910194122;
    const int64_t steps = (int64_t)rng_below(rng, 129) - 64;

    switch (rng_below(rng, 8)) {
    case 0:
        return little(rng);
    case 1: /* a border of the reduction */
        return nudge(dtype, 0.69314718055994531 * ((double)(int)real(rng, least * 1.44, most * 1.44) + 0.5), steps);
    case 2:
        return nudge(dtype, rng_one_in(rng, 3) ? most : rng_one_in(rng, 2) ? normal : least, steps);
    case 3:
        return real(rng, least * 1.01, normal);
    case 4:
        return real(rng, -3, 3);
    default:
        return real(rng, least * 1.02, most * 1.02);
    }
}

static double point_of_log(struct rng *rng, int dtype)
{
    const int64_t steps = (int64_t)rng_below(rng, 129) - 64;
    const uint64_t normal = dtype == ENS_f32 ? 1u << 23 : (uint64_t)1 << 52;
    const int exponent = (int)rng_between(rng, 0, dtype == ENS_f32 ? 252 : 2044) - (dtype == ENS_f32 ? 126 : 1022);

    switch (rng_below(rng, 8)) {
    case 0:
        return 1 + little(rng);
    case 1: /* a border of the reduction */
        return nudge(dtype, ldexp(0.70710678118654752, rng_one_in(rng, 2) ? exponent : (int)rng_below(rng, 2)), steps);
    case 2:
        return nudge(dtype, 1, steps);
    case 3:
        return nudge(dtype, 0, (int64_t)(rng_bits(rng) % (2 * normal)));
    case 4:
        return real(rng, 0.5, 2.5);
    default:
        return ldexp(real(rng, 1, 2), exponent);
    }
}

double oracle_point(struct rng *rng, int function, int dtype)
{
    const double x = function == ORACLE_EXP ? point_of_exp(rng, dtype) : point_of_log(rng, dtype);

    return dtype == ENS_f32 ? (double)(float)x : x;
}

/* Next to 0, exp(x) is 1 + x but for x^2/2; that spares much time where there are very many. */
double oracle_of_f32(int function, double x)
{
    if (function == ORACLE_LOG)
        return log(x);
    return fabs(x) < 0x1p-25 ? 1 + x : exp(x);
}

long double oracle_of_f64(int function, double x)
{
    return function == ORACLE_LOG ? logl((long double)x) : expl((long double)x);
}

double oracle_error32(float found, double exact)
{
    double value = (double)found;
    int exponent;

    if (value == (double)(float)exact || (isnan(value) && isnan(exact)))
        return 0;
    if (isnan(value) || isinf(exact))
        return (double)INFINITY;
    if (isinf(value))
        value = value > 0 ? 0x1p128 : -0x1p128;
    frexp(exact, &exponent);
    exponent = exponent < FLT_MIN_EXP ? FLT_MIN_EXP : exponent;
    return fabs(ldexp(value - exact, FLT_MANT_DIG - exponent));
}

double oracle_error64(double found, long double exact)
{
    long double value = (long double)found;
    int exponent;

    if (found == (double)exact || (isnan(found) && isnan(exact)))
        return 0;
    if (isnan(found) || isinf(exact))
        return (double)INFINITY;
    if (isinf(found))
        value = ldexpl(found > 0 ? 1 : -1, DBL_MAX_EXP);
    frexpl(exact, &exponent);
    exponent = exponent < DBL_MIN_EXP ? DBL_MIN_EXP : exponent;
    return (double)fabsl(ldexpl(value - exact, DBL_MANT_DIG - exponent));
}

void oracle_note(struct oracle_worst *worst, int dtype, double x, double exact, double error)
{
    if (fabs(exact) < (dtype == ENS_f32 ? (double)FLT_MIN : DBL_MIN)) {
        if (error > worst->tiny_error) {
            worst->tiny_error = error;
            worst->tiny_at = x;
        }
    } else if (error > worst->error) {
        worst->error = error;
        worst->at = x;
    }
}

void oracle_judge(const struct oracle_worst *worst, int function, int dtype, int say)
{
    const double bound = bounds[function][dtype == ENS_f64], tiny_bound = tiny_bounds[dtype == ENS_f64];

    if (say)
        printf("%s of %s: %.4f units at %a; denormal results %.4f at %a\n", names[function], number_name(dtype),
               worst->error, worst->at, worst->tiny_error, worst->tiny_at);
    if (worst->error > bound)
        report_fail("%s of %s at %a is off by %g units, more than %g", names[function], number_name(dtype), worst->at,
                    worst->error, bound);
    else if (worst->tiny_error > tiny_bound)
        report_fail("%s of %s at %a is off by %g denormals, more than %g", names[function], number_name(dtype),
                    worst->tiny_at, worst->tiny_error, tiny_bound);
    else
        report_pass();
}
