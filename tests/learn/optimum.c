/* SPDX-License-Identifier: MIT */
#include "optimum.h"

#include <math.h>
#include <string.h>

int within_budget(const struct lesson *l, unsigned support)
{
    const struct ensemble_fit_options *o = &l->options;
    size_t models = 0;
    double cost = 0;

    for (size_t i = 0; i < l->n; i++)
        if (support >> i & 1) {
            models++;
            cost += o->cost != NULL ? o->cost[i] : 0; /* quarters: exact */
        }
    return (o->max_models == 0 || models <= o->max_models) && (o->cost == NULL || cost <= o->budget);
}

void quadratic_make(struct quadratic *q, const struct truth *truth, const struct ensemble_fit_options *o)
{
    const size_t length = truth->rows * truth->width;
    const long double rows = (long double)truth->rows;

    memset(q, 0, sizeof *q);
    q->truth = truth;
    q->constraint = o->constraint;
    q->ridge = (long double)o->ridge;
    q->u = o->constraint == ENSEMBLE_SIMPLEX ? 1 / (long double)truth->n_here : 0;
    for (size_t i = 0; i < truth->n; i++) {
        for (size_t at = 0; truth->here[i] && at < length; at++)
            q->b[i] += truth->x[i][at] * truth->t[at] / rows;
        for (size_t j = 0; j <= i; j++) {
            for (size_t at = 0; truth->here[i] && truth->here[j] && at < length; at++)
                q->g[i][j] += truth->x[i][at] * truth->x[j][at] / rows;
            q->g[j][i] = q->g[i][j];
        }
    }
}

/* As sums of squares, so that nothing cancels. */
long double quadratic_value(const struct quadratic *q, const long double *w)
{
    const struct truth *truth = q->truth;
    long double sum = 0, ridge = 0;

    for (size_t at = 0; at < truth->rows * truth->width; at++) {
        long double d = -truth->t[at];

        for (size_t i = 0; i < truth->n; i++)
            d += truth->here[i] && (w[i] > 0 || w[i] < 0) ? w[i] * truth->x[i][at] : 0;
        sum += d * d;
    }
    for (size_t i = 0; i < truth->n; i++)
        ridge += truth->here[i] ? (w[i] - q->u) * (w[i] - q->u) : 0;
    return sum / (long double)truth->rows + q->ridge * ridge;
}

long double quadratic_gap(const struct quadratic *q, const long double *w, unsigned support)
{
    const struct truth *truth = q->truth;
    long double slope[MODELS] = {0}, along = 0, least = (long double)INFINITY, most = 0, size = 0;

    for (size_t at = 0; at < truth->rows * truth->width; at++) {
        long double d = -truth->t[at];

        for (size_t i = 0; i < truth->n; i++)
            d += truth->here[i] ? w[i] * truth->x[i][at] : 0;
        for (size_t i = 0; i < truth->n; i++)
            slope[i] += truth->here[i] ? 2 * d * truth->x[i][at] / (long double)truth->rows : 0;
    }
    for (size_t i = 0; i < truth->n; i++) {
        slope[i] += 2 * q->ridge * (w[i] - q->u);
        along += truth->here[i] ? w[i] * slope[i] : 0;
        size += fabsl(w[i]);
        if (!truth->here[i] || !(support >> i & 1))
            continue;
        least = slope[i] < least ? slope[i] : least;
        most = fabsl(slope[i]) > most ? fabsl(slope[i]) : most;
    }
    if (q->constraint == ENSEMBLE_SIMPLEX)
        return along - least;
    if (q->constraint == ENSEMBLE_NONNEGATIVE)
        return along - (least < 0 ? 2 * size * least : 0);
    return along + 2 * size * most;
}

/* Solves a x = b by elimination with the largest pivots. 0: it is singular, or nearly so. */
static int solve(size_t n, long double a[][EXHAUSTIVE + 2], long double *x)
{
    size_t column[EXHAUSTIVE + 1];
    long double first = 0;

    for (size_t c = 0; c < n; c++)
        column[c] = c;
    for (size_t step = 0; step < n; step++) {
        size_t row = step, at = step;

        for (size_t r = step; r < n; r++)
            for (size_t c = step; c < n; c++)
                if (fabsl(a[r][column[c]]) > fabsl(a[row][column[at]])) {
                    row = r;
                    at = c;
                }
        for (size_t c = 0; c <= n; c++) {
            const long double other = a[row][c];

            a[row][c] = a[step][c];
            a[step][c] = other;
        }
        row = column[at];
        column[at] = column[step];
        column[step] = row;
        first = step == 0 ? fabsl(a[0][row]) : first;
        if (!(fabsl(a[step][row]) > first * 1e-16L))
            return 0;
        for (size_t r = 0; r < n; r++) {
            const long double factor = r == step ? 0 : a[r][row] / a[step][row];

            for (size_t c = 0; c <= n && r != step; c++)
                a[r][c] -= factor * a[step][c];
        }
    }
    for (size_t step = 0; step < n; step++)
        x[column[step]] = a[step][n] / a[step][column[step]];
    return 1;
}

/* The best weights of a support, none of them held at 0: whether there are any, and they are allowed. */
static int solve_support(const struct quadratic *q, unsigned support, long double *w)
{
    long double a[EXHAUSTIVE + 1][EXHAUSTIVE + 2] = {{0}}, x[EXHAUSTIVE + 1] = {0}, sum = 0;
    size_t model[EXHAUSTIVE], n = 0;
    const int summed = q->constraint == ENSEMBLE_SIMPLEX;

    for (size_t i = 0; i < q->truth->n; i++)
        if (support >> i & 1)
            model[n++] = i;
    for (size_t i = 0; i < n; i++) {
        const size_t end = n + (size_t)summed;

        for (size_t j = 0; j < n; j++)
            a[i][j] = q->g[model[i]][model[j]] + (i == j ? q->ridge : 0);
        a[i][end] = q->b[model[i]] + q->ridge * q->u;
        if (summed)
            a[i][n] = a[n][i] = 1;
    }
    if (summed)
        a[n][n + 1] = 1;
    if (n > 0 && !solve(n + (size_t)summed, a, x))
        return 0;
    memset(w, 0, MODELS * sizeof *w);
    for (size_t i = 0; i < n; i++) {
        if (q->constraint != ENSEMBLE_UNCONSTRAINED && x[i] < -1e-12L)
            return 0;
        w[model[i]] = q->constraint != ENSEMBLE_UNCONSTRAINED && x[i] < 0 ? 0 : x[i];
        sum += w[model[i]];
    }
    for (size_t i = 0; i < n && summed; i++)
        w[model[i]] /= sum;
    return n > 0 || !summed;
}

long double quadratic_best(const struct quadratic *q, long double *best)
{
    long double w[MODELS], least = (long double)INFINITY;

    for (unsigned support = 0; support < 1u << q->truth->n; support++) {
        int here = within_budget(q->truth->lesson, support);

        for (size_t i = 0; i < q->truth->n; i++)
            here &= q->truth->here[i] || !(support >> i & 1);
        if (here && solve_support(q, support, w)) {
            const long double value = quadratic_value(q, w);

            if (value < least) {
                least = value;
                memcpy(best, w, sizeof w);
            }
        }
    }
    return least;
}
