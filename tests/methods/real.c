/* SPDX-License-Identifier: MIT */
#include "real.h"

#include <float.h>
#include <math.h>

const struct arithmetic real_float = {0x1p-24L, 0x1p-149L, (long double)FLT_MAX};
const struct arithmetic real_double = {0x1p-53L, 0x1p-1074L, (long double)DBL_MAX};

int real_is_wide(void)
{
    volatile long double one = 1, sum;

    sum = one + 0x1p-63L;
    return sum != one;
}

struct real real_exact(long double v)
{
    return (struct real){v, 0};
}

struct real real_unknown(void)
{
    return (struct real){0, (long double)INFINITY};
}

struct real real_bounded(const struct arithmetic *a, long double v, long double e)
{
    if (isnan(v) || (isinf(v) && !isinf(e)))
        return real_exact(v);
    if (!(fabsl(v) + e <= a->most))
        return real_unknown();
    return (struct real){v, e};
}

int real_is_near(const struct real *r, double found)
{
    if (isinf(r->e))
        return 1;
    if (isnan(r->v))
        return isnan(found);
    if (r->e == 0 || isinf(r->v))
        return (long double)found == r->v;
    return fabsl((long double)found - r->v) <= r->e * 1.01L;
}

struct real real_exp(const struct arithmetic *a, struct real x)
{
    const long double v = expl(x.v);

    if (isinf(x.e))
        return x;
    if (isnan(x.v) || isinf(x.v))
        return real_exact(v);
    return isinf(v) ? real_unknown() : real_bounded(a, v, v * (expm1l(x.e) + ELEMENTARY * a->u) + a->tiny);
}

struct real real_log(const struct arithmetic *a, struct real x)
{
    long double v;

    if (x.e >= fabsl(x.v) && x.e > 0)
        return real_unknown();
    if (x.v < 0 || isnan(x.v))
        return real_exact((long double)NAN);
    v = logl(x.v);
    return real_bounded(a, v, isinf(v) ? 0 : ELEMENTARY * a->u * fabsl(v) - log1pl(-x.e / x.v));
}

struct real real_quotient(const struct arithmetic *a, struct real x, struct real y)
{
    const long double v = x.v / y.v;

    if (isinf(x.e) || (y.e >= fabsl(y.v) && y.e > 0))
        return real_unknown();
    if (isnan(v) || isinf(v) || isinf(y.v))
        return real_exact(v);
    return real_bounded(a, v, (x.e + fabsl(v) * y.e) / (fabsl(y.v) - y.e) + a->u * fabsl(v) + a->tiny);
}

struct real real_weighted(const struct arithmetic *a, size_t n, const long double *f, const struct real *x,
                          long double fe)
{
    long double sum = -0.0L, size = 0, error = 0, products = 0; /* -0, since the sum begins with the first product */

    for (size_t i = 0; i < n; i++) {
        sum += f[i] * x[i].v;
        size += fabsl(f[i] * x[i].v);
        error += fabsl(f[i]) * x[i].e;
        products += x[i].v != 0;
    }
    if (isinf(error))
        return real_unknown();
    if (isinf(sum) || isnan(sum))
        return real_exact(sum);
    return real_bounded(a, sum, error + ((long double)n * a->u + fe) * size + products * a->tiny);
}

long double real_sum_steps(size_t n)
{
    const long double steps = 22 + (long double)(n / 256);

    return (long double)n < steps ? (long double)n : steps;
}

/* The largest of them; NaN if no softmax can be made of them. *unknown: is nothing known of one of them? */
static long double largest(size_t n, const struct real *x, int *unknown)
{
    long double m = -(long double)INFINITY;
    int none = 0;

    *unknown = 0;
    for (size_t k = 0; k < n; k++) {
        *unknown |= isinf(x[k].e) != 0;
        none |= isnan(x[k].v) || (isinf(x[k].v) && x[k].v > 0);
        m = x[k].v > m ? x[k].v : m;
    }
    return none || isinf(m) ? (long double)NAN : m;
}

void real_softmax(const struct arithmetic *a, size_t n, const struct real *x, struct real *p, struct real *l)
{
    long double sum = 0, sum_error = 0, log_sum;
    int unknown;
    const long double m = largest(n, x, &unknown);

    for (size_t k = 0; k < n; k++) {
        const long double part = expl(x[k].v - m);

        sum += part;
        sum_error += part * expm1l(x[k].e + a->u * fabsl(part > 0 ? x[k].v - m : 0) + ELEMENTARY * a->u);
    }
    log_sum = logl(sum);
    sum_error = log1pl(sum_error / sum) + real_sum_steps(n) * a->u;
    for (size_t k = 0; k < n; k++) {
        const long double away = x[k].v - m, log_p = away - log_sum;
        const long double error = x[k].e + a->u * (fabsl(away) + ELEMENTARY + 4) + sum_error;

        if (isnan(m)) {
            p[k] = l[k] = real_exact(m);
        } else if (unknown) {
            p[k] = l[k] = real_unknown();
        } else if (isinf(away)) {
            p[k] = real_exact(0);
            l[k] = real_exact(away);
        } else {
            p[k] = real_bounded(a, expl(log_p), expl(log_p) * expm1l(error) + a->tiny);
            l[k] = real_bounded(a, log_p, error + a->u * (2 * fabsl(m) + fabsl(log_p) + (1 + ELEMENTARY) * log_sum));
        }
    }
}
