/* SPDX-License-Identifier: MIT */
#include "optimum.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAST 1e-12L

void likelihood_make(struct likelihood *q, const struct truth *truth)
{
    q->truth = truth;
    q->rows = truth->rows;
    q->strict = 1;
    for (size_t i = 0; i < truth->n; i++) {
        if (q->p[i] == NULL)
            q->p[i] = malloc(ROWS * sizeof *q->p[i]);
        if (q->p[i] == NULL) {
            perror("oracle");
            exit(1);
        }
        for (size_t r = 0; r < q->rows; r++) {
            const long double p = truth->here[i] ? truth_of_label(truth, i, r) : 0;

            q->p[i][r] = p < LEAST ? LEAST : p;
            q->strict &= !(p < 0) && !(p > 1 + 1e-12L);
        }
    }
}

long double likelihood_loss(const struct likelihood *q, const long double *w)
{
    long double sum = 0;

    for (size_t r = 0; r < q->rows; r++) {
        long double y = 0;

        for (size_t i = 0; i < q->truth->n; i++)
            y += w[i] > 0 ? w[i] * truth_of_label(q->truth, i, r) : 0;
        sum -= y < LEAST ? logl(LEAST) : y > 1 ? 0 : logl(y);
    }
    return sum / (long double)q->rows;
}

static long double row_value(const struct likelihood *q, const long double *w, size_t r)
{
    long double y = 0;

    for (size_t i = 0; i < q->truth->n; i++)
        y += w[i] > 0 ? w[i] * q->p[i][r] : 0;
    return y;
}

long double likelihood_value(const struct likelihood *q, const long double *w)
{
    long double sum = 0;

    for (size_t r = 0; r < q->rows; r++)
        sum -= logl(row_value(q, w, r));
    return sum / (long double)q->rows;
}

static void slopes(const struct likelihood *q, const long double *w, long double *slope)
{
    memset(slope, 0, MODELS * sizeof *slope);
    for (size_t r = 0; r < q->rows; r++) {
        const long double y = row_value(q, w, r);

        for (size_t i = 0; i < q->truth->n; i++)
            slope[i] -= q->p[i][r] / y / (long double)q->rows;
    }
}

/* The models of `support` that go down the steepest, and, of those with weight, the least. */
static void ends(const struct likelihood *q, const long double *w, unsigned support, const long double *slope,
                 size_t *down, size_t *up)
{
    *down = *up = MODELS;
    for (size_t i = 0; i < q->truth->n; i++) {
        if (!(support >> i & 1) || !q->truth->here[i])
            continue;
        if (*down == MODELS || slope[i] < slope[*down])
            *down = i;
        if (w[i] > 0 && (*up == MODELS || slope[i] > slope[*up]))
            *up = i;
    }
}

long double likelihood_gap(const struct likelihood *q, const long double *w, unsigned support)
{
    long double slope[MODELS], along = 0;
    size_t down, up;

    slopes(q, w, slope);
    ends(q, w, support, slope, &down, &up);
    for (size_t i = 0; i < q->truth->n; i++)
        along += w[i] > 0 ? w[i] * slope[i] : 0;
    return along - slope[down];
}

/* The first and second derivative where so much weight has gone from one model to another; y: without that. */
static void derive(const struct likelihood *q, const long double *y, size_t to, size_t from, long double part,
                   long double *slope, long double *bend)
{
    *slope = *bend = 0;
    for (size_t r = 0; r < q->rows; r++) {
        const long double d = q->p[to][r] - q->p[from][r], now = y[r] + part * d;
        const long double quotient = d / now;

        *slope -= quotient;
        *bend += quotient * quotient;
    }
}

/* Moves weight from one model to another, as much as is best. */
static void move(const struct likelihood *q, long double *w, size_t to, size_t from)
{
    static long double y[ROWS];
    long double low = 0, high = w[from], part = high, slope, bend;

    for (size_t r = 0; r < q->rows; r++)
        y[r] = row_value(q, w, r);
    derive(q, y, to, from, part, &slope, &bend);
    for (int step = 0; step < 80 && (slope > 0 || part < w[from]) && high - low > 1e-18L; step++) {
        if (slope < 0)
            low = part;
        else
            high = part;
        part -= slope / bend;
        if (!(part > low && part < high))
            part = (low + high) / 2;
        derive(q, y, to, from, part, &slope, &bend);
    }
    w[to] += part;
    w[from] = part < w[from] ? w[from] - part : 0;
}

long double likelihood_descend(const struct likelihood *q, unsigned support, long double level, long double *w,
                               long double *bound)
{
    long double slope[MODELS], value = (long double)INFINITY;
    size_t models = 0, down, up;

    for (size_t i = 0; i < q->truth->n; i++)
        models += q->truth->here[i] && (support >> i & 1);
    for (size_t i = 0; i < MODELS; i++)
        w[i] = i < q->truth->n && q->truth->here[i] && (support >> i & 1) ? 1 / (long double)models : 0;
    *bound = (long double)INFINITY;
    if (models == 0)
        return *bound;
    *bound = -(long double)INFINITY;
    for (int step = 0; step < 400; step++) {
        long double lower;

        value = likelihood_value(q, w);
        lower = value - likelihood_gap(q, w, support);
        *bound = lower > *bound ? lower : *bound;
        if (*bound >= level || value < level || value - *bound < 1e-13L)
            break;
        slopes(q, w, slope);
        ends(q, w, support, slope, &down, &up);
        if (up == MODELS || down == up)
            break;
        move(q, w, down, up);
    }
    return value;
}
