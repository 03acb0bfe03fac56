/* SPDX-License-Identifier: MIT */
/*
 * The maps of kernels.h: special values, and samples beside double and long double. That an instruction set gives the
 * portable bits is tried on the same points, so errors are measured only once.
 *
 * Bounds: with u = 2^-24 or 2^-53 an operation is off by a factor of 1 + d, |d| <= u, and exp and log, which are off by
 * at most 1.05 units of the last place, by |d| <= 2.1 u. A denormal result of exp is off by at most one denormal more.
 */
#include "check.h"
#include "data.h"
#include "isas.h"
#include "number.h"
#include "oracle.h"
#include "report.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define LENGTH 4000

static const double inf = (double)INFINITY;

/* One map of points, and what each instruction set makes of them. */
static struct {
    int acc, map;
    struct ens_map with;
    double x[LENGTH];
    unsigned char from[LENGTH * sizeof(double)], to[LENGTH * sizeof(double)], other[LENGTH * sizeof(double)];
} now;

static const char *const map_names[ENS_MAPS] = {
#define NAME(acc, name) [ENS_MAP_##name] = #name,
    ENS_MAP_LIST(NAME, )
#undef NAME
};

static void describe_now(const void *what, char *text, size_t size)
{
    (void)what;
    snprintf(text, size, "map %s of %s with %g, %g, %g", map_names[now.map], number_name(now.acc), now.with.a,
             now.with.b, now.with.c);
}

static double rounded(double x)
{
    return now.acc == ENS_f32 ? (double)(float)x : x;
}

static void store(unsigned char *array, size_t i, double x)
{
    const float single = (float)x;

    if (now.acc == ENS_f32)
        memcpy(array + i * sizeof single, &single, sizeof single);
    else
        memcpy(array + i * sizeof x, &x, sizeof x);
}

/* From now.x to now.to, by the portable kernel; all others must give the same. */
static void apply(size_t length)
{
    for (size_t i = 0; i < length; i++)
        store(now.from, i, now.x[i]);
    isas[ENS_ISA_portable].kernels->map[now.acc][now.map](now.to, now.from, length, &now.with);
    for (int i = 0; i < ENS_ISAS; i++)
        if (isas[i].run) {
            report_subject(isas[i].name, describe_now, NULL);
            isas[i].kernels->map[now.acc][now.map](now.other, now.from, length, &now.with);
            isas[i].kernel_checks++;
            report_compare(now.acc, now.to, now.other, number_differ(now.acc, now.to, now.other, length), length);
        }
    report_subject("portable", describe_now, NULL);
}

static const struct {
    int map;
    struct ens_map with;
    double x, y;
} known[] = {
    {ENS_MAP_exp, {1, 0, 0}, 0, 1}, {ENS_MAP_exp, {1, 0, 0}, -0.0, 1}, {ENS_MAP_exp, {1, 0, 0}, -INFINITY, 0},
    {ENS_MAP_exp, {1, 0, 0}, INFINITY, INFINITY}, {ENS_MAP_exp, {1, 0, 0}, NAN, NAN},
    {ENS_MAP_exp, {1, 0, 0}, -1e30, 0}, {ENS_MAP_exp, {1, 0, 0}, 1e30, INFINITY},
    {ENS_MAP_exp, {1, 0, 0}, -747, 0}, {ENS_MAP_exp, {1, 0, 0}, 710, INFINITY},
    {ENS_MAP_exp, {1, 0, 0}, FLT_MIN, 1}, {ENS_MAP_exp, {1, 0, 0}, -FLT_MIN, 1},
    {ENS_MAP_exp, {-2, 8, 0}, -4, 1}, {ENS_MAP_exp, {1, NAN, 0}, 1, NAN}, {ENS_MAP_exp, {1, INFINITY, 0}, 1, 0},
    {ENS_MAP_decay, {1, 0, 0}, 0, 1}, {ENS_MAP_decay, {1, 0, 0}, -0.0, 1}, {ENS_MAP_decay, {1, 0, 0}, -INFINITY, 0},
    {ENS_MAP_decay, {1, 0, 0}, NAN, NAN}, {ENS_MAP_decay, {1, 0, 0}, -1e30, 0}, {ENS_MAP_decay, {2, 8, 0}, 4, 1},
    {ENS_MAP_decay, {1, 0, 0}, -747, 0}, {ENS_MAP_decay, {1, 0, 0}, -FLT_MAX, 0},
    {ENS_MAP_log, {-INFINITY, 0, -INFINITY}, 1, 0}, {ENS_MAP_log, {-INFINITY, 0, -INFINITY}, 0, -INFINITY},
    {ENS_MAP_log, {-INFINITY, 0, -INFINITY}, -0.0, -INFINITY}, {ENS_MAP_log, {1, 0, -INFINITY}, NAN, NAN},
    {ENS_MAP_log, {-INFINITY, 0, -INFINITY}, INFINITY, INFINITY},
    {ENS_MAP_log, {-INFINITY, 0, -INFINITY}, -INFINITY, NAN}, {ENS_MAP_log, {-INFINITY, 0, -INFINITY}, -1, NAN},
    {ENS_MAP_log, {-INFINITY, 0, -INFINITY}, -1e-40, NAN}, {ENS_MAP_log, {-INFINITY, 0, -INFINITY}, NAN, NAN},
    {ENS_MAP_log, {1, 0, -INFINITY}, -1, 0}, {ENS_MAP_log, {1, 0, -INFINITY}, 0, 0},
    {ENS_MAP_log, {0, 0, -INFINITY}, -1, -INFINITY}, {ENS_MAP_log, {0, 0, -1}, -1, -1},
    {ENS_MAP_log, {-INFINITY, 0, -1}, 1, 0}, {ENS_MAP_log, {-INFINITY, 0, 2}, NAN, NAN},
    {ENS_MAP_log, {-INFINITY, 0, 2}, -1, NAN}, {ENS_MAP_log, {-INFINITY, 0, 2}, INFINITY, INFINITY},
    {ENS_MAP_sigmoid, {1, 0, 0}, 0, 0.5}, {ENS_MAP_sigmoid, {1, 0, 0}, -0.0, 0.5},
    {ENS_MAP_sigmoid, {1, 0, 0}, INFINITY, 1}, {ENS_MAP_sigmoid, {1, 0, 0}, -INFINITY, 0},
    {ENS_MAP_sigmoid, {-1, 0, 0}, INFINITY, 0}, {ENS_MAP_sigmoid, {1, 0, 0}, NAN, NAN},
    {ENS_MAP_sigmoid, {1, 0, 0}, 1e30, 1}, {ENS_MAP_sigmoid, {1, 0, 0}, -1e30, 0},
    {ENS_MAP_log_sigmoid, {1, 0, -INFINITY}, INFINITY, 0}, {ENS_MAP_log_sigmoid, {1, 0, -INFINITY}, NAN, NAN},
    {ENS_MAP_log_sigmoid, {1, 0, -INFINITY}, -INFINITY, -INFINITY},
    {ENS_MAP_log_sigmoid, {1, 0, -INFINITY}, -1024, -1024}, {ENS_MAP_log_sigmoid, {1, 0, -8}, -1024, -8},
    {ENS_MAP_power, {3, 0, 0}, 1, 1}, {ENS_MAP_power, {3, 0, 0}, 0, 0}, {ENS_MAP_power, {-3, 0, 0}, 0, INFINITY},
    {ENS_MAP_power, {3, 0, 0}, -0.0, 0}, {ENS_MAP_power, {3, 0, 0}, INFINITY, INFINITY},
    {ENS_MAP_power, {-3, 0, 0}, INFINITY, 0}, {ENS_MAP_power, {3, 0, 0}, -1, NAN},
    {ENS_MAP_power, {3, 0, 0}, NAN, NAN}, {ENS_MAP_power, {.5, 0, 0}, 1, 1},
    {ENS_MAP_affine, {2, 1, -INFINITY}, 3, 5}, {ENS_MAP_affine, {2, 1, 0}, -3, 0},
    {ENS_MAP_affine, {2, 1, 0}, NAN, NAN},
    {ENS_MAP_affine, {1, 0, 0}, -0.0, -0.0}, {ENS_MAP_quotient, {4, 0, 0}, 1, .25},
    {ENS_MAP_quotient, {0, 0, 0}, -1, -INFINITY}, {ENS_MAP_quotient, {0, 0, 0}, 0, NAN},
    {ENS_MAP_reciprocal, {0, 0, 0}, -0.0, -INFINITY}, {ENS_MAP_reciprocal, {0, 0, 0}, INFINITY, 0},
    {ENS_MAP_reciprocal, {0, 0, 0}, NAN, NAN}, {ENS_MAP_square, {0, 0, 0}, -3, 9},
    {ENS_MAP_square, {0, 0, 0}, -INFINITY, INFINITY}, {ENS_MAP_square, {0, 0, 0}, -0.0, 0},
    {ENS_MAP_root, {0, 0, 0}, 9, 3}, {ENS_MAP_root, {0, 0, 0}, -0.0, -0.0}, {ENS_MAP_root, {0, 0, 0}, -1, NAN},
    {ENS_MAP_root, {0, 0, 0}, INFINITY, INFINITY}, {ENS_MAP_sign, {0, 0, 0}, -0.0, -1},
    {ENS_MAP_sign, {0, 0, 0}, 0, 1}, {ENS_MAP_sign, {0, 0, 0}, -INFINITY, -1}, {ENS_MAP_sign, {0, 0, 0}, 1e-40, 1},
    {ENS_MAP_log_times, {0, 0, 0}, 0, 0}, {ENS_MAP_log_times, {0, 0, 0}, -0.0, 0},
    {ENS_MAP_log_times, {0, 0, 0}, 1, 0}, {ENS_MAP_log_times, {0, 0, 0}, INFINITY, INFINITY},
    {ENS_MAP_log_times, {0, 0, 0}, -1, NAN}, {ENS_MAP_log_times, {0, 0, 0}, -1e-40, NAN},
    {ENS_MAP_log_times, {0, 0, 0}, -INFINITY, NAN}, {ENS_MAP_log_times, {0, 0, 0}, NAN, NAN},
};

static void check_special_values(void)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const size_t length = 1 + i % 67;

        now.map = known[i].map;
        now.with = known[i].with;
        for (size_t at = 0; at < length; at++)
            now.x[at] = known[i].x;
        apply(length);
        for (size_t at = 0; at < length; at++) {
            const double y = number_read(now.acc, now.to, at);

            if (number_differ(ENS_f64, &known[i].y, &y, 1) == 0)
                report_fail("of %g it is %.17g, not %.17g", known[i].x, y, known[i].y);
            else
                report_pass();
        }
    }
}

/* Where its exponent is not above 0, decay must have the bits of exp. */
static void check_decay(size_t length)
{
    static unsigned char kept[sizeof now.to];

    for (size_t i = 0; i < length; i++)
        now.x[i] = -fabs(now.x[i]);
    now.map = ENS_MAP_exp;
    apply(length);
    memcpy(kept, now.to, sizeof kept);
    now.map = ENS_MAP_decay;
    apply(length);
    report_compare(now.acc, kept, now.to, number_differ(now.acc, kept, now.to, length), length);
}

/* exp or log at sampled points. */
static void check_sample(struct check *check, int function, size_t points)
{
    struct oracle_worst worst = {0};

    for (size_t done = 0; done < points; done += LENGTH) {
        const size_t length = points - done < LENGTH ? points - done : LENGTH;

        for (size_t i = 0; i < length; i++)
            now.x[i] = oracle_point(&check->rng, function, now.acc);
        now.map = function == ORACLE_EXP ? ENS_MAP_exp : ENS_MAP_log;
        now.with = (struct ens_map){.a = function == ORACLE_EXP ? 1 : -inf, .c = -inf};
        apply(length);
        for (size_t i = 0; i < length && (now.acc == ENS_f32 || oracle_is_wide()); i++)
            if (now.acc == ENS_f32) {
                const double exact = oracle_of_f32(function, now.x[i]);

                oracle_note(&worst, now.acc, now.x[i], exact,
                            oracle_error32((float)number_read(now.acc, now.to, i), exact));
            } else {
                const long double exact = oracle_of_f64(function, now.x[i]);

                oracle_note(&worst, now.acc, now.x[i], (double)exact,
                            oracle_error64(number_read(now.acc, now.to, i), exact));
            }
        if (function == ORACLE_EXP)
            check_decay(length);
    }
    oracle_judge(&worst, function, now.acc, 0);
}

/* What a map of x should be, and how far from that it may be. */
struct expected {
    long double y, tolerance;
};

static long double unit(void)
{
    return now.acc == ENS_f32 ? 0x1p-24L : 0x1p-53L;
}

/* With e = exp(-|z|): of 1 + e and log(1 + e) each has an error of its own, and the last difference one more. */
static struct expected log_sigmoid_of(long double z)
{
    const long double u = unit(), e = expl(-fabsl(z)), l = log1pl(e);
    struct expected expected = {.y = fminl(z, 0) - l};

    expected.tolerance = u * (1 + 2.1L * e / (1 + e)) + 2.1L * u * l + u * fabsl(expected.y);
    return expected;
}

/* e, 1 + e, and the quotient; e may be denormal. */
static struct expected sigmoid_of(long double z)
{
    struct expected expected = {.y = z < 0 ? expl(z) / (1 + expl(z)) : 1 / (1 + expl(-z))};

    expected.tolerance = 4.2L * unit() * expected.y + (now.acc == ENS_f32 ? 1.5L * 0x1p-149L : 1.5L * 0x1p-1074L);
    return expected;
}

/* The error of the logarithm and that of the product are as many times larger as the exponent is. */
static struct expected power_of(long double x, long double a)
{
    const long double exponent = a * logl(x);
    struct expected expected = {.y = expl(exponent)};

    if (fabsl(exponent) < 1e30L) /* and so finite; isfinite() does not say so of a long double under valgrind */
        expected.tolerance = (3.2L * fabsl(exponent) + 2.2L) * unit() * expected.y +
                             (now.acc == ENS_f32 ? 0x1p-149L : 0x1p-1074L);
    return expected;
}

/* The logarithm's error and the product's, which may be denormal. */
static struct expected log_times_of(long double x)
{
    struct expected expected = {.y = x == 0 ? 0 : x * logl(x)};

    if (x < (long double)inf)
        expected.tolerance = 3.2L * unit() * fabsl(expected.y) + (now.acc == ENS_f32 ? 0x1p-149L : 0x1p-1074L);
    return expected;
}

/* Those of one operation are rounded correctly. */
static struct expected expected_of(long double x)
{
    const long double a = (long double)rounded(now.with.a), b = (long double)rounded(now.with.b);
    struct expected expected;

    switch (now.map) {
    case ENS_MAP_sigmoid:
        return sigmoid_of((long double)rounded((double)x * rounded(now.with.a)));
    case ENS_MAP_log_sigmoid:
        return log_sigmoid_of((long double)rounded((double)x * rounded(now.with.a)));
    case ENS_MAP_power:
        return power_of(x, a);
    case ENS_MAP_log_times:
        return log_times_of(x);
    case ENS_MAP_affine:
        expected.y = x * a - b;
        break;
    case ENS_MAP_quotient:
        expected.y = x / a;
        break;
    case ENS_MAP_reciprocal:
        expected.y = 1 / x;
        break;
    case ENS_MAP_square:
        expected.y = x * x;
        break;
    case ENS_MAP_root:
        expected.y = sqrtl(x);
        break;
    default:
        expected.y = copysignl(1, x);
    }
    expected.tolerance = 1.001L * unit() * fabsl(expected.y) + (now.acc == ENS_f32 ? 0x1p-150L : 0x1p-1074L / 2);
    if (now.map == ENS_MAP_affine)
        expected.tolerance += 1.001L * unit() * fabsl(x * a);
    return expected;
}

static int is_near(double found, struct expected expected)
{
    const long double most = now.acc == ENS_f32 ? 0x1p128L - 0x1p103L : 0x1p1023L * (2 - 0x1p-53L);

    if (isnan(expected.y) || isnan(found))
        return isnan(expected.y) && isnan(found);
    if (isinf(found)) /* rightly, or within the tolerance of that */
        return (long double)copysign(1, found) * expected.y + expected.tolerance >= most;
    return fabsl((long double)found - expected.y) <= expected.tolerance;
}

/* Values of all sizes, half of them such that exponents are within the range. Doubles need a wider long double. */
static void check_others(struct check *check, size_t points)
{
    static const double factors[] = {1, 2, -0.5, 1.0 / 3, 7};

    for (now.map = 0; now.map < ENS_MAPS; now.map++) {
        if (now.map == ENS_MAP_exp || now.map == ENS_MAP_decay || now.map == ENS_MAP_softmax || now.map == ENS_MAP_log)
            continue;
        for (size_t done = 0; done < points; done += LENGTH) {
            const size_t length = points - done < LENGTH ? points - done : LENGTH;
            const int by_log = now.map == ENS_MAP_power || now.map == ENS_MAP_log_times;
            size_t wrong = 0;

            now.with = (struct ens_map){.a = factors[rng_below(&check->rng, sizeof factors / sizeof factors[0])],
                                        .b = factors[rng_below(&check->rng, sizeof factors / sizeof factors[0])],
                                        .c = -inf};
            for (size_t i = 0; i < length; i++)
                now.x[i] = rng_one_in(&check->rng, 2)
                               ? oracle_point(&check->rng, by_log ? ORACLE_LOG : ORACLE_EXP, now.acc)
                               : number_decode(now.acc, data_bits(&check->rng, now.acc,
                                                                  (enum data_kind)rng_below(&check->rng, DATA_KINDS)));
            apply(length);
            if (now.acc == ENS_f64 && !oracle_is_wide())
                continue;
            while (wrong < length &&
                   is_near(number_read(now.acc, now.to, wrong), expected_of((long double)now.x[wrong])))
                wrong++;
            if (wrong == length)
                report_pass();
            else
                report_fail("of %a it is %.17g, not %.20Lg give or take %Lg", now.x[wrong],
                            number_read(now.acc, now.to, wrong), expected_of((long double)now.x[wrong]).y,
                            expected_of((long double)now.x[wrong]).tolerance);
        }
    }
}

void check_functions(struct check *check)
{
    const size_t points = check->quick ? 10000 : 300000;

    for (now.acc = 0; now.acc < 2; now.acc++) {
        check_special_values();
        for (int function = 0; function < ORACLES; function++)
            check_sample(check, function, points);
        check_others(check, points / 4);
    }
    if (!oracle_is_wide())
        report_skip("the errors of exp and log in double: long double is no wider here");
    report_subject(NULL, NULL, NULL);
}
