/* SPDX-License-Identifier: MIT */
#include "truth.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long double *array(size_t n)
{
    long double *memory = malloc(n * sizeof *memory);

    if (memory == NULL) {
        perror("oracle");
        exit(1);
    }
    return memory;
}

static void allocate(struct truth *truth)
{
    const size_t most = (size_t)ROWS * WIDTH;

    if (truth->t != NULL)
        return;
    truth->t = array(most);
    for (size_t i = 0; i < MODELS; i++)
        truth->x[i] = array(most);
}

long double truth_temperature(const struct lesson *l, size_t model)
{
    const double t = l->members[model].temperature;

    return t > 0 ? (long double)t : 1;
}

/* softmax(z / T) over all columns, in place. */
static void softmax(long double *z, size_t n, long double t)
{
    long double most = -(long double)INFINITY, sum = 0;
    int none = 0;

    for (size_t c = 0; c < n; c++) {
        z[c] /= t;
        none |= isnan(z[c]) || (isinf(z[c]) && z[c] > 0);
        most = z[c] > most ? z[c] : most;
    }
    none |= isinf(most) != 0;
    for (size_t c = 0; c < n; c++)
        sum += expl(z[c] - most);
    for (size_t c = 0; c < n; c++)
        z[c] = none ? (long double)NAN : expl(z[c] - most) / sum;
}

static int label_row(const struct lesson *l, const struct member *m, size_t row, long double *x)
{
    const int32_t label = (int32_t)(uint32_t)m->bits[row];

    for (size_t k = 0; k < l->width; k++)
        x[k] = label == (int32_t)k;
    return label >= 0 && (size_t)label < l->width;
}

int truth_row(const struct lesson *l, size_t model, long double t, size_t row, long double *x)
{
    const struct member *m = &l->members[model];
    long double z[WIDTH + 3];
    int finite = 1;

    if (m->dtype == LABELS)
        return label_row(l, m, row, x);
    for (size_t c = 0; c < m->columns; c++)
        z[c] = (long double)number_decode(m->dtype, m->bits[row * m->columns + c]);
    if (m->space == ENSEMBLE_LOGITS)
        softmax(z, m->columns, t);
    finite = m->space != ENSEMBLE_LOGITS || !isnan(z[0]);
    for (size_t k = 0; k < l->width; k++)
        x[k] = 0;
    for (size_t c = 0; c < m->columns; c++) {
        const int32_t k = m->mapped ? m->map[c] : (int32_t)c;

        if (k < 0)
            continue;
        x[k] = z[c];
        if (m->space == ENSEMBLE_LOG_PROBABILITIES)
            x[k] = expl(z[c]);
        if (m->space == ENSEMBLE_BINARY_LOGITS)
            x[k] = 1 / (1 + expl(-z[c] / t));
        finite &= isfinite(x[k]) != 0;
    }
    return finite;
}

/* exp() of a number z that was rounded a few times is off by |z| times that; z / T is at most 7 / T here. */
static long double error_of(const struct lesson *l, size_t model, long double t)
{
    switch (l->members[model].space) {
    case ENSEMBLE_LOG_PROBABILITIES:
        return 16 * ROUNDING;
    case ENSEMBLE_LOGITS:
    case ENSEMBLE_BINARY_LOGITS:
        return (32 + 60 / t) * ROUNDING;
    default:
        return 0;
    }
}

static int target_row(const struct lesson *l, size_t row, long double *t)
{
    int known = 1;

    for (size_t k = 0; k < l->width; k++) {
        t[k] = (long double)lesson_target(l, row, k);
        known &= !isnan(t[k]);
    }
    return known;
}

void truth_make(struct truth *truth, const struct lesson *l, const double *temperatures)
{
    long double t[MODELS];

    allocate(truth);
    truth->lesson = l;
    truth->n = l->n;
    truth->width = l->width;
    truth->rows = truth->n_here = 0;
    for (size_t i = 0; i < l->n; i++) {
        const int own = temperatures == NULL || isnan(temperatures[i]);

        t[i] = own ? truth_temperature(l, i) : (long double)temperatures[i];
        truth->error[i] = error_of(l, i, t[i]);
        truth->here[i] = !l->members[i].missing;
        truth->n_here += !l->members[i].missing;
    }
    for (size_t r = 0; r < l->rows; r++) {
        const size_t at = truth->rows * l->width;
        int used = target_row(l, r, truth->t + at);

        for (size_t i = 0; i < l->n; i++)
            if (truth->here[i])
                used &= truth_row(l, i, t[i], r, truth->x[i] + at);
        truth->row[truth->rows] = r;
        truth->label[truth->rows] = l->label[r];
        truth->rows += used != 0;
    }
}

/* The place's arrays. */
static struct answer empty(const struct truth *truth, int place)
{
    static long double *y[PLACES_OF_ANSWERS], *e[PLACES_OF_ANSWERS];
    struct answer a = {.rows = truth->rows, .width = truth->width, .label = truth->label, .t = truth->t,
                       .truth = truth};

    if (y[place] == NULL) {
        y[place] = array((size_t)ROWS * WIDTH);
        e[place] = array((size_t)ROWS * WIDTH);
    }
    a.y = y[place];
    a.e = e[place];
    return a;
}

long double truth_of_label(const struct truth *truth, size_t model, size_t r)
{
    const size_t label = truth->width > 1 ? (size_t)truth->label[r] : 0;
    const long double x = truth->x[model][r * truth->width + label];

    return truth->width == 1 && truth->label[r] == 0 ? 1 - x : x;
}

struct answer truth_mix(const struct truth *truth, const double *w, int place)
{
    struct answer a = empty(truth, place);

    for (size_t i = 0; i < truth->n; i++)
        a.takes_part |= (unsigned)(truth->here[i] && w[i] != 0) << i;
    for (size_t at = 0; at < a.rows * a.width; at++) {
        long double sum = 0, size = 0;

        a.e[at] = 0;
        for (size_t i = 0; i < truth->n; i++) {
            const long double part = truth->here[i] && w[i] != 0 ? (long double)w[i] * truth->x[i][at] : 0;

            sum += part;
            size += fabsl(part);
            a.e[at] += fabsl(part) * (truth->error[i] + (long double)(truth->n + 3) * ROUNDING);
        }
        a.y[at] = sum;
        size += fabsl(a.t[at]);
        a.size += size * size / (long double)a.rows;
    }
    return a;
}

struct answer truth_single(const struct truth *truth, size_t model, int place)
{
    struct answer a = empty(truth, place);

    a.takes_part = 1u << model;
    for (size_t at = 0; at < a.rows * a.width; at++) {
        const long double size = fabsl(truth->x[model][at]) + fabsl(a.t[at]);

        a.y[at] = truth->x[model][at];
        a.e[at] = fabsl(a.y[at]) * truth->error[model];
        a.size += size * size / (long double)a.rows;
    }
    return a;
}

/* Softmaxes of different rows can be the same number, and yet be rounded in different ways. */
int answer_ties(const struct answer *a, size_t one, size_t other)
{
    const struct truth *truth = a->truth;
    const int same_row = one / a->width == other / a->width;

    for (size_t i = 0; truth != NULL && i < truth->n; i++) {
        if (!(a->takes_part >> i & 1))
            continue;
        if (truth->x[i][one] < truth->x[i][other] || truth->x[i][one] > truth->x[i][other])
            return 0;
        if (!same_row && truth->lesson->members[i].space == ENSEMBLE_LOGITS)
            return 0;
    }
    return truth != NULL;
}
