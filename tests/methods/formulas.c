/* SPDX-License-Identifier: MIT */
/*
 * The methods, from the formulas of ensemble.h, and the bounds of their errors. Notation: y_i lies within e_i of the
 * computed value, l_i = log y_i within d_i; f_i are the computed factors, w_i or w_i / W, whose relative error is at
 * most fe; C is ELEMENTARY.
 *
 *   SUM, MEAN   S = sum f y:        e_S = sum |f| e + (n u + fe) sum |f y| + n tiny
 *   GEOMETRIC   L = sum f l:        e_L = sum |f| d + (n u + fe) sum |f l| + n tiny;
 *               y = exp(L):         y (exp(e_L) - 1 + C u)
 *   HARMONIC    H = sum f (1 / y):  as SUM, of 1 / y with e / (y (y - e)) + u / y;
 *               y = 1 / H:          e_H / (H (H - e_H)) + u / H
 *   POWER       P = sum f exp(p l): as SUM, in double, where the exponent p l has |p| d + (C + 2) u |p l| + C |p| u;
 *               y = exp(log(P) / p), of a quotient with e_P / (P |p|) + (C + 1) u |log(P) / p|
 *               p = 2: the root of sum f y y, of squares with 2 |y| e + u y y, which negative numbers have too
 *   PRODUCT     one factor after the other: e = |product| e_i + |y_i| e + e e_i + u |product y_i| + tiny
 *   MIN, MAX    the selected value: between the minimum of y_i - e_i and that of y_i + e_i
 *   MEDIAN, TRIMMED, VOTE, RANK: orders.c
 */
#include "expect.h"

#include <math.h>

/*
 * The factors are computed in double, each step rounded: a product for a class weight and one for a row weight, the sum
 * W of n weights, a quotient; and they are rounded once more for sums in float. Sums of weights of both signs magnify.
 */
long double formula_factors(const struct expect *x, const struct class *c, int shares, long double *factor)
{
    const long double n = (long double)c->n + (c->left_out ? (long double)x->task->n : 0);
    const long double last = x->in_double && !shares ? 0 : x->a.u;

    for (size_t i = 0; i < c->n; i++)
        factor[i] = shares ? c->weight[i] / c->sum : c->left_out ? c->weight[i] * (c->all / c->sum) : c->weight[i];
    if (!shares && !c->left_out)
        return last + 0x1p-52L;
    return last + (n + 5) * 0x1p-53L * (c->size / fabsl(c->sum) + (c->left_out ? c->all_size / fabsl(c->all) : 0));
}

/* The logarithm of max(y, floor); max in the accumulator's type, where the floor and its logarithm are rounded. */
static struct real at_least_floor(const struct expect *x, struct real y, struct real log_y)
{
    const long double least = x->task->floor > 0 ? logl((long double)x->task->floor) : -(long double)INFINITY;
    const long double error = x->a.u * (1 + (ELEMENTARY + 1) * fabsl(least));

    if (isinf(least) || isnan(y.v) || isinf(log_y.e))
        return log_y;
    if (y.v < 0)
        return (struct real){least, error};
    return (struct real){log_y.v < least ? least : log_y.v, log_y.e > error || isinf(log_y.v) ? log_y.e : error};
}

/* The square of y, or its power by way of the logarithm. */
static struct real power_term(const struct expect *x, struct real y, struct real log_y)
{
    const long double p = (long double)x->task->exponent, u = x->a.u, square = y.v * y.v;
    struct real product = real_exact(p * log_y.v);

    if (isnan(x->task->exponent) || p == 2)
        return isinf(y.e) ? y : real_bounded(&x->a, square, square > 0 ? (2 * fabsl(y.v) + y.e) * y.e + u * square +
                                                                             x->a.tiny : 0);
    if (!isinf(product.v))
        product.e = fabsl(p) * (log_y.e + ELEMENTARY * u) + (ELEMENTARY + 2) * u * fabsl(product.v);
    return real_exp(&x->a, product);
}

struct real formula_term(const struct expect *x, struct real y, struct real log_y)
{
    switch (x->method) {
    case ENSEMBLE_GEOMETRIC:
    case ENSEMBLE_LOG_POOL:
        return at_least_floor(x, y, log_y);
    case ENSEMBLE_HARMONIC:
        return real_quotient(&x->a, real_exact(1), y);
    case ENSEMBLE_POWER:
        return power_term(x, y, log_y);
    default:
        return y;
    }
}

static struct real geometric(const struct expect *x, const struct class *c, const struct real *y,
                             const struct real *log_y, struct real *logarithm)
{
    long double factor[TASK_MODELS];
    const long double fe = formula_factors(x, c, 1, factor);
    struct real part[TASK_MODELS];

    for (size_t i = 0; i < c->n; i++)
        part[i] = formula_term(x, y[i], log_y[i]);
    *logarithm = real_weighted(&x->a, c->n, factor, part, fe);
    return real_exp(&x->a, *logarithm);
}

/* Is y so near 0 that 1 / y may overflow, or that y may be computed as 0? */
static int is_faint(const struct arithmetic *a, struct real y)
{
    return y.v > 0 && (y.e >= y.v / 2 || y.v * a->most < 16);
}

/*
 * Faint values: where y_i is computed as anything from 0 to y_i + e_i, the mean is anything from 0 to what it is with
 * y_i + e_i, which is at most e_i / f_i larger.
 */
static struct real harmonic(const struct expect *x, const struct class *c, const struct real *y)
{
    long double factor[TASK_MODELS], sum = 0, more = 0;
    const long double fe = formula_factors(x, c, 1, factor);
    struct real part[TASK_MODELS], total;
    int negative = 0, zero = 0;

    for (size_t i = 0; i < c->n; i++) {
        part[i] = formula_term(x, y[i], y[i]);
        more += is_faint(&x->a, y[i]) ? 2 * y[i].e / factor[i] : 0;
        sum += factor[i] / y[i].v;
        zero |= y[i].v == 0 && y[i].e == 0;
        negative |= signbit(y[i].v) != 0;
    }
    if (more > 0 && zero && !negative)
        return real_exact(0);
    if (more > 0)
        return negative ? real_unknown() : real_bounded(&x->a, 1 / sum, 2 / sum + more + x->a.tiny);
    total = real_weighted(&x->a, c->n, factor, part, fe);
    return real_quotient(&x->a, real_exact(1), total);
}

static struct real quadratic(const struct expect *x, const struct class *c, const struct real *y)
{
    long double factor[TASK_MODELS], low, root;
    const long double fe = formula_factors(x, c, 1, factor);
    struct real part[TASK_MODELS], sum;

    for (size_t i = 0; i < c->n; i++)
        part[i] = formula_term(x, y[i], y[i]);
    sum = real_weighted(&x->a, c->n, factor, part, fe);
    if (isinf(sum.e) || isinf(sum.v))
        return sum;
    root = sqrtl(sum.v);
    low = sum.e < sum.v ? sqrtl(sum.v - sum.e) : 0;
    return real_bounded(&x->a, root, fmaxl(root - low, sqrtl(sum.v + sum.e) - root) + x->a.u * root);
}

static struct real power(const struct expect *x, const struct class *c, const struct real *log_y)
{
    const long double p = (long double)x->task->exponent, u = x->a.u;
    long double factor[TASK_MODELS];
    const long double fe = formula_factors(x, c, 1, factor);
    struct real part[TASK_MODELS], sum;

    for (size_t i = 0; i < c->n; i++)
        part[i] = formula_term(x, log_y[i], log_y[i]);
    sum = real_log(&x->a, real_weighted(&x->a, c->n, factor, part, fe));
    if (isinf(sum.e))
        return sum;
    sum.v /= p;
    sum.e = isinf(sum.v) ? 0 : sum.e / fabsl(p) + 2 * u * fabsl(sum.v);
    return real_exp(&x->a, sum);
}

static struct real product(const struct expect *x, const struct class *c, const struct real *y)
{
    struct real all = y[0];

    for (size_t i = 1; i < c->n && !isinf(all.e); i++) {
        const long double v = all.v * y[i].v;
        const long double e = fabsl(all.v) * y[i].e + fabsl(y[i].v) * all.e + all.e * y[i].e;

        if (v == 0 && ((all.v == 0 && all.e == 0) || (y[i].v == 0 && y[i].e == 0)))
            all = real_exact(0);
        else
            all = isinf(y[i].e) ? y[i] : real_bounded(&x->a, v, e + x->a.u * fabsl(v) + x->a.tiny);
    }
    return all;
}

/* Exact numbers keep the sign of a zero: -0 < +0. */
static struct real extreme(const struct class *c, const struct real *y, long double sign)
{
    long double best = sign * y[0].v, low = best - y[0].e, high = best + y[0].e;
    int inexact = 0;

    for (size_t i = 0; i < c->n; i++) {
        const long double v = sign * y[i].v;

        if (v < best || (v == best && signbit(v) && !signbit(best)))
            best = v;
        low = v - y[i].e < low ? v - y[i].e : low;
        high = v + y[i].e < high ? v + y[i].e : high;
        inexact |= y[i].e > 0;
    }
    if (!inexact)
        return real_exact(sign * best);
    return isinf(low) && !isinf(best) ? real_unknown()
                                      : (struct real){sign * best, isinf(best) ? 0 : fmaxl(best - low, high - best)};
}

struct real formula(const struct expect *x, const struct class *c, size_t k, struct real *logarithm)
{
    struct real y[TASK_MODELS] = {{0, 0}}, log_y[TASK_MODELS];
    long double factor[TASK_MODELS], fe;

    for (size_t i = 0; i < c->n; i++) {
        y[i] = x->y[c->model[i] * x->task->width + k];
        log_y[i] = x->log_y[c->model[i] * x->task->width + k];
    }
    switch (x->method) {
    case ENSEMBLE_SUM:
    case ENSEMBLE_MEAN:
        fe = formula_factors(x, c, x->method == ENSEMBLE_MEAN, factor);
        return real_weighted(&x->a, c->n, factor, y, fe);
    case ENSEMBLE_GEOMETRIC:
    case ENSEMBLE_LOG_POOL:
        return geometric(x, c, y, log_y, logarithm);
    case ENSEMBLE_HARMONIC:
        return harmonic(x, c, y);
    case ENSEMBLE_POWER:
        return isnan(x->task->exponent) || x->task->exponent == 2 ? quadratic(x, c, y) : power(x, c, log_y);
    case ENSEMBLE_PRODUCT:
        return product(x, c, y);
    case ENSEMBLE_MEDIAN:
        return formula_median(x, c, y);
    case ENSEMBLE_TRIMMED:
        return formula_trimmed(x, c, y);
    default:
        return extreme(c, y, x->method == ENSEMBLE_MIN ? 1 : -1);
    }
}
