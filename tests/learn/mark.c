/* SPDX-License-Identifier: MIT */
/* Scores by their definitions, as spans that hold all that rounding may make of them. */
#include "truth.h"

#include <math.h>

#define BINS 15

/* A span with what the sum over the rows may add; `size` is that of the terms. */
static struct span mean(const struct answer *a, long double low, long double high, long double size)
{
    const long double rows = (long double)a->rows, more = (rows + 40) * ROUNDING * size / rows;

    return (struct span){low / rows - more, high / rows + more};
}

int span_holds(struct span s, double value)
{
    return (long double)value >= s.low && (long double)value <= s.high;
}

static long double surprise(long double y)
{
    return y < 1e-12L ? -logl(1e-12L) : -logl(y);
}

/* What is 1 may be rounded to a little more. */
static struct span log_loss(const struct answer *a)
{
    long double low = 0, high = 0;

    for (size_t r = 0; r < a->rows; r++) {
        const size_t at = r * a->width + (a->width > 1 ? (size_t)a->label[r] : 0);
        const int other = a->width == 1 && a->label[r] == 0;
        const long double p = other ? 1 - a->y[at] : a->y[at], y = p > 1 ? 1 : p;
        const long double e = a->e[at] + 2 * ROUNDING * (other ? 1 : fabsl(y));

        low += surprise(y + e);
        high += surprise(y - e);
    }
    return mean(a, low, high, high + (long double)a->rows);
}

static struct span squared_error(const struct answer *a)
{
    long double low = 0, high = 0;

    for (size_t at = 0; at < a->rows * a->width; at++) {
        const long double d = fabsl(a->y[at] - a->t[at]), e = a->e[at];

        low += d > e ? (d - e) * (d - e) : 0;
        high += (d + e) * (d + e);
    }
    return mean(a, low, high, a->size * (long double)a->rows); /* as it is from a Gram matrix */
}

/* Is the first of the largest the label: 0 no, 1 perhaps, 2 yes. */
static int is_right(const struct answer *a, size_t r, size_t label)
{
    const long double *y = a->y + r * a->width, *e = a->e + r * a->width;
    int right = 2;

    if (a->width == 1) {
        const int one = y[0] - e[0] > .5L ? 2 : y[0] + e[0] > .5L ? 1 : 0;

        return label == 1 ? one : 2 - one;
    }
    for (size_t k = 0; k < a->width; k++) {
        const int ties = answer_ties(a, r * a->width + label, r * a->width + k);
        const long double lead = y[label] - y[k], doubt = ties ? 0 : e[label] + e[k];

        if (k == label)
            continue;
        if (lead < -doubt || (k < label && !(lead > -doubt)))
            return 0;
        if (lead < doubt || (k < label && !(lead > doubt)))
            right = 1;
    }
    return right;
}

static struct span accuracy(const struct answer *a)
{
    size_t low = 0, high = 0;

    for (size_t r = 0; r < a->rows; r++) {
        const int right = is_right(a, r, (size_t)a->label[r]);

        low += right == 2;
        high += right > 0;
    }
    return (struct span){(long double)((double)low / (double)a->rows), (long double)((double)high / (double)a->rows)};
}

/* The area for class k, where both kinds of rows are; whether they are. */
static int area(const struct answer *a, size_t k, struct span *s)
{
    const int32_t class = a->width == 1 ? 1 : (int32_t)k;
    size_t pairs = 0;

    *s = (struct span){0, 0};
    for (size_t r = 0; r < a->rows; r++)
        for (size_t q = 0; q < a->rows; q++) {
            const size_t in = r * a->width + k, out = q * a->width + k;
            const long double lead = a->y[in] - a->y[out], doubt = answer_ties(a, in, out) ? 0 : a->e[in] + a->e[out];

            if (a->label[r] != class || a->label[q] == class)
                continue;
            pairs++;
            s->low += lead > doubt ? 1 : lead >= doubt ? .5L : 0;
            s->high += lead < -doubt ? 0 : lead <= -doubt ? .5L : 1;
        }
    s->low /= (long double)pairs;
    s->high /= (long double)pairs;
    return pairs > 0;
}

static struct span areas(const struct answer *a)
{
    long double low = 0, high = 0;
    size_t classes = 0;

    for (size_t k = 0; k < a->width; k++) {
        struct span s;

        if (!area(a, k, &s))
            continue;
        classes++;
        low += s.low;
        high += s.high;
    }
    low /= (long double)classes; /* NaN where there are none */
    high /= (long double)classes;
    return (struct span){low - 40 * ROUNDING, high + 40 * ROUNDING};
}

static size_t first_of_largest(const struct answer *a, size_t r)
{
    size_t best = 0;

    for (size_t k = 1; k < a->width; k++)
        best = a->y[r * a->width + k] > a->y[r * a->width + best] ? k : best;
    return best;
}

/* In 15 bins; nothing can be told if a row is near the edge of one or near a tie. */
static struct span calibration_error(const struct answer *a)
{
    long double lead[BINS] = {0}, sum = 0;

    for (size_t r = 0; r < a->rows; r++) {
        const size_t best = first_of_largest(a, r), at = r * a->width + best;
        const int one = a->width == 1 && a->y[at] > .5L;
        const long double p = a->width == 1 && !one ? 1 - a->y[at] : a->y[at];
        const size_t label = a->width == 1 ? (size_t)one : best;
        long double bin = floorl(p * BINS);

        if (is_right(a, r, label) != 2 || p < 0 || p > 1 + 1e-9L ||
            (fabsl(p * BINS - roundl(p * BINS)) < 1e-9L && p > 1e-9L && p < 1 - 1e-9L))
            return (struct span){-(long double)INFINITY, (long double)INFINITY};
        bin = bin < 0 ? 0 : bin > BINS - 1 ? BINS - 1 : bin;
        lead[(size_t)bin] += ((size_t)a->label[r] == label) - p;
    }
    for (size_t b = 0; b < BINS; b++)
        sum += fabsl(lead[b]);
    return mean(a, sum, sum, 2 * (long double)a->rows);
}

struct span mark(int32_t score, const struct answer *a)
{
    switch (score) {
    case ENSEMBLE_SCORE_LOG_LOSS:
        return log_loss(a);
    case ENSEMBLE_SCORE_SQUARED_ERROR:
        return squared_error(a);
    case ENSEMBLE_SCORE_ACCURACY:
        return accuracy(a);
    case ENSEMBLE_SCORE_AUC:
        return areas(a);
    default:
        return calibration_error(a);
    }
}

struct span mark_metric(const struct answer *a)
{
    long double sum = 0, error = 0, size = 0;

    for (size_t at = 0; at < a->rows * a->width; at++) {
        sum += fabsl(a->y[at] - a->t[at]);
        error += a->e[at] + 2 * ROUNDING * fabsl(a->y[at]);
        size += fabsl(a->y[at]) + fabsl(a->t[at]);
    }
    return mean(a, sum - error, sum + error, size * (long double)a->width);
}
