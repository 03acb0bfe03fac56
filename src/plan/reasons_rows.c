/* SPDX-License-Identifier: MIT */
/*
 * As reasons.c and without.c, of several short rows. What is without a model is a weighted sum of what the others say
 * of each row's label, or of their rows: both are one kernel call for all rows.
 */
#include "base/compiler.h"
#include "base/dtype.h"
#include "base/finite.h"
#include "plan/gather.h"
#include "plan/labels.h"
#include "plan/plan.h"
#include "plan/report_rows.h"
#include "plan/shares.h"

#include <math.h>
#include <string.h>

/* Behind the combined rows: what each model says of the labels, ENS_ROWS_MOST for each, as accumulators. */
static unsigned char *said(const struct ens_blend *b, size_t k)
{
    return b->pool + ENS_TILE_BYTES + (k * ENS_ROWS_MOST << b->shift);
}

static void *found(const struct ens_blend *b, size_t which)
{
    return ens_rows_found(b, which);
}

static ENS_APART void write_disagreement(const struct ens_rows *rows)
{
    const struct ens_blend *b = rows->b;
    unsigned char *const tiles[] = {b->pool, b->pool + 2 * ENS_TILE_BYTES};
    int32_t *labels = (int32_t *)(void *)(b->pool + ENS_TILE_BYTES);
    int32_t agree[ENS_ROWS_MOST] = {0}, models[ENS_ROWS_MOST] = {0};

    for (size_t k = 0; k < b->e->plan.n; k++) {
        int32_t *own = labels + k * ENS_ROWS_MOST;

        if (b->by_row && ens_share(b, k) == 0)
            memset(own, 0xFF, rows->n * sizeof *own);
        else
            ens_labels_of_rows(b, k, rows->row, rows->n, own, tiles);
        for (size_t r = 0; r < rows->n; r++)
            models[r] += own[r] >= 0;
        for (const int32_t *other = labels; other < own; other += ENS_ROWS_MOST)
            for (size_t r = 0; r < rows->n; r++)
                agree[r] += (own[r] >= 0) & (own[r] == other[r]);
    }
    for (size_t r = 0; r < rows->n; r++) {
        const double n = models[r], pairs = n * (n - 1) / 2;

        b->report->asked->vote_disagreement[rows->at + r] = rows->labels[r] < 0 ? (double)NAN
                                                            : n < 2             ? 0
                                                                                : (pairs - (double)agree[r]) / pairs;
    }
}

/* Where each row's label is among the values of all rows. */
static int32_t *places(const struct ens_blend *b)
{
    return found(b, 3);
}

static void find_places(const struct ens_rows *rows)
{
    const int32_t width = (int32_t)rows->b->e->width;
    int32_t *to = places(rows->b), row = 0;

    for (size_t r = 0; r < rows->n; r++, row += width)
        to[r] = row + (rows->labels[r] < 0 ? 0 : rows->labels[r]);
}

/* What a model says of each row's label. */
static void pick(const struct ens_rows *rows, size_t k)
{
    const struct ens_blend *b = rows->b;
    const unsigned char *values = ens_raw(b, k, rows->row, 0, rows->n * b->e->width, b->spare);
    const int32_t *at = places(b);
    unsigned char *to = said(b, k);

    if (b->acc == ENS_f64)
        for (size_t r = 0; r < rows->n; r++)
            memcpy(to + r * sizeof(double), values + (size_t)at[r] * sizeof(double), sizeof(double));
    else
        for (size_t r = 0; r < rows->n; r++)
            memcpy(to + r * sizeof(float), values + (size_t)at[r] * sizeof(float), sizeof(float));
}

/* All fields that have an element for each model: of those that take no part, and of rows without an answer. */
static void clear(const struct ens_rows *rows)
{
    const struct ensemble_report *asked = rows->b->report->asked;
    const size_t n = rows->b->e->n_models;

    for (size_t r = 0; r < rows->n; r++) {
        const double none = rows->labels[r] < 0 ? (double)NAN : 0;

        for (size_t i = (rows->at + r) * n; i < (rows->at + r + 1) * n; i++) {
            if (asked->contribution != NULL)
                asked->contribution[i] = none;
            if (asked->influence != NULL)
                asked->influence[i] = none;
            if (asked->flips != NULL)
                asked->flips[i] = 0;
        }
    }
}

/* A field's element of the first row for model k. */
static size_t place(const struct ens_rows *rows, size_t k)
{
    return rows->at * rows->b->e->n_models + rows->b->e->plan.model[k];
}

/* The factors of the others without model k, as accumulators, in their order; are they numbers? */
static int weigh_others(const struct ens_blend *b, size_t k, const double *own, double *factors)
{
    const size_t n = b->e->plan.n;
    double total = 0, present = 0;

    for (size_t m = 0; m < n; m++) {
        total += own[m];
        present += m == k ? 0 : own[m];
    }
    for (size_t m = 0, at = 0; m < n; m++) {
        const double factor = b->recipe->shares ? own[m] / present : own[m] * (total / present);

        if (m == k)
            continue;
        if (!ens_is_finite(factor))
            return 0;
        ens_put(b, factors, at++, factor);
    }
    return 1;
}

/* The sum over all models but k of arrays of `length`, those of model m of which begin at in[m]. */
static void sum_others(const struct ens_blend *b, size_t k, const void *const *in, int dtype, const double *factors,
                       size_t length, void *out)
{
    const void *others[ENS_ROWS_MODELS];
    const struct ens_span span = {
        .out = out, .in = others, .weight = factors, .n = b->e->plan.n - 1, .length = length};

    for (size_t m = 0; m < b->e->plan.n; m++)
        if (m != k)
            others[m - (m > k)] = in[m];
    b->kernels->wsum[b->acc][dtype][b->acc](&span);
}

static void write_influence(const struct ens_rows *rows, size_t k, const double *factors, int fit)
{
    const struct ens_blend *b = rows->b;
    const size_t n = b->e->n_models;
    double *to = b->report->asked->influence + place(rows, k);
    const void *in[ENS_ROWS_MODELS];

    for (size_t m = 0; m < b->e->plan.n; m++)
        in[m] = said(b, m);
    if (fit)
        sum_others(b, k, in, b->acc, factors, rows->n, b->spare);
    for (size_t r = 0; r < rows->n; r++)
        if (rows->labels[r] >= 0)
            to[r * n] = fit ? rows->confidence[r] - ens_get(b, b->spare, r) : (double)NAN;
}

/* The model's terms in the sums of the labels, in double; 0 where its factor is. */
static double *terms_of(const struct ens_rows *rows, size_t k)
{
    const struct ens_blend *b = rows->b;
    const double factor = ens_factor(b, k);
    const void *in[] = {said(b, k)};
    double *terms = found(b, 2);
    const struct ens_span span = {.out = terms, .in = in, .weight = &factor, .n = 1, .length = rows->n};

    if (factor == 0)
        memset(terms, 0, rows->n * sizeof *terms);
    else
        b->kernels->wsum[ENS_f64][b->acc][ENS_f64](&span);
    return terms;
}

/* Another label? Only of rows in which that is possible. */
static void write_flips(const struct ens_rows *rows, size_t k, const double *factors, int fit, const double *terms,
                        double slack)
{
    const struct ens_blend *b = rows->b;
    const size_t n = b->e->n_models, width = b->e->width;
    const int dtype = b->walk->inputs->summary->dtype - 1;
    const struct ens_turned turned = {b->spare, rows->n, width};
    uint8_t *to = b->report->asked->flips + place(rows, k);
    const void *in[ENS_ROWS_MODELS];
    int any = 0;

    for (size_t r = 0; r < rows->n; r++) {
        const int open = (rows->labels[r] >= 0) & !(rows->margin[r] - terms[r] > slack);

        to[r * n] = (uint8_t)open;
        any |= open;
    }
    if (!any || !fit)
        return;
    for (size_t m = 0; m < b->e->plan.n; m++)
        in[m] = ens_row_of(b, m, rows->row);
    sum_others(b, k, in, dtype, factors, rows->n * width, b->pool);
    b->kernels->turn[b->acc](turned.values, b->pool + 2 * ENS_TILE_BYTES, b->pool, width << b->shift, rows->n, width);
    b->kernels->lead_rows[b->acc](&turned, found(b, 0), found(b, 1), found(b, 2));
    for (size_t r = 0; r < rows->n; r++)
        to[r * n] &= (int32_t)ens_get(b, found(b, 2), r) != rows->labels[r];
}

static void write_contribution(const struct ens_rows *rows, size_t k, const double *terms)
{
    const size_t n = rows->b->e->n_models;
    double *to = rows->b->report->asked->contribution + place(rows, k);

    for (size_t r = 0; r < rows->n; r++)
        to[r * n] = rows->labels[r] < 0 ? (double)NAN : terms[r];
}

static ENS_APART void look_at_models(const struct ens_rows *rows)
{
    const struct ens_blend *b = rows->b;
    const struct ensemble_report *asked = b->report->asked;
    const double slack = asked->flips != NULL ? ens_slack(b) : INFINITY;
    double own[ENS_ROWS_MODELS], factors[ENS_ROWS_MODELS];

    if (rows->broken || b->e->plan.n < b->e->n_models)
        clear(rows);
    find_places(rows);
    for (size_t k = 0; k < b->e->plan.n; k++) {
        own[k] = ens_weight_in_row(b, k);
        pick(rows, k);
    }
    for (size_t k = 0; k < b->e->plan.n; k++) {
        const int fit = (asked->influence != NULL || asked->flips != NULL) && weigh_others(b, k, own, factors);
        const double *terms = asked->contribution != NULL || asked->flips != NULL ? terms_of(rows, k) : NULL;

        if (asked->contribution != NULL)
            write_contribution(rows, k, terms);
        if (asked->influence != NULL)
            write_influence(rows, k, factors, fit);
        if (asked->flips != NULL)
            write_flips(rows, k, factors, fit, terms, slack);
    }
}

void ens_reasons_rows(const struct ens_rows *rows)
{
    if (rows->b->report->asks & ENS_ASKS_LABELS)
        write_disagreement(rows);
    if (rows->b->report->asks & ENS_ASKS_REASONS)
        look_at_models(rows);
}
