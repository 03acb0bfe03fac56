/* SPDX-License-Identifier: MIT */
/*
 * What each model has to do with a row's label. A contribution is a factor times a value, within what formulas.c says
 * of both and a rounding; influence and flips are had by really leaving the model out of another call.
 */
#include "account.h"

#include <math.h>

/* Calls that leave a model out, for one task, at most, and the elements that they may combine. */
#define MOST_CALLS 24
#define MOST_ELEMENTS 100000

static int forms_sum(const struct account *a)
{
    return a->x.method <= ENSEMBLE_LOG_POOL || orders_only(a->x.method);
}

void account_contributions(struct account *a)
{
    const size_t width = a->task->width, k = (size_t)a->label;
    long double factor[TASK_MODELS], fe;
    struct class c;

    for (size_t i = 0; i < a->task->n; i++)
        *account_at(a, FIELD_CONTRIBUTION, i) = real_exact(0);
    if (!forms_sum(a))
        return;
    if (orders_only(a->x.method))
        orders_row(&a->x, a->row);
    expect_gather(&a->x, k, &c);
    fe = formula_factors(&a->x, &c, a->x.method != ENSEMBLE_SUM, factor);
    for (size_t i = 0; i < c.n; i++) {
        const size_t at = c.model[i] * width + k;
        const struct real term = formula_term(&a->x, a->x.y[at], a->x.log_y[at]);
        const long double v = factor[i] * term.v;
        struct real r = real_exact(v);

        if (!isinf(v) && v != 0)
            r.e = fabsl(factor[i]) * term.e + (fe + a->x.a.u) * fabsl(v) + a->x.a.tiny;
        *account_at(a, FIELD_CONTRIBUTION, c.model[i]) = isinf(term.e) || isnan(v) ? real_unknown() : r;
    }
}

/* A row in which the model is there, beside the same one without it. */
static void compare_row(struct account *a, size_t model, int code)
{
    const double *y = a->y + a->row * a->task->width, *other = a->other + a->row * a->task->width;
    const size_t label = (size_t)account_at(a, FIELD_LABEL, 0)->v;
    int32_t now = -1;

    account_gaps(a, model);
    if (code == 0)
        now = account_label(a, other);
    *account_at(a, FIELD_FLIPS, model) = real_exact(now != (int32_t)label);
    *account_at(a, FIELD_INFLUENCE, model) =
        real_exact((long double)(code != 0 ? (double)NAN : y[label] - other[label]));
}

/*
 * The other call fails as a whole where the weights without the model have no sum. That says nothing of a row in which
 * another model is left out as well, for a NaN.
 */
static int is_told(const struct account *a, int code)
{
    int all = 1;

    for (size_t i = 0; i < a->task->n; i++)
        all &= a->x.state[i] != LACKING || a->task->models[i].missing;
    return all || code != ENSEMBLE_EZEROSUM;
}

static void leave_out(struct account *a, size_t model, int is_known)
{
    struct task without = a->same;
    int code = 0;

    without.models[model].missing = 1;
    without.models[model].data = NULL;
    without.policy |= ENSEMBLE_LEAVE_OUT_MISSING;
    without.quorum = 0;
    if (is_known)
        code = account_rows(&without, a->other);
    for (a->row = 0; a->row < a->task->rows; a->row++) {
        if (account_at(a, FIELD_ROW_FAULT, 0)->v != 0)
            continue;
        expect_weigh(&a->x, a->row);
        *account_at(a, FIELD_FLIPS, model) = *account_at(a, FIELD_INFLUENCE, model) = real_exact(0);
        if (a->x.state[model] != PRESENT)
            continue;
        if (is_known && is_told(a, code))
            compare_row(a, model, code);
        else
            *account_at(a, FIELD_FLIPS, model) = *account_at(a, FIELD_INFLUENCE, model) = real_unknown();
    }
}

void account_without(struct account *a)
{
    const struct task *t = a->task;
    const size_t elements = t->n * t->rows * t->width;
    size_t calls = MOST_ELEMENTS / elements < MOST_CALLS ? MOST_ELEMENTS / elements : MOST_CALLS;

    calls = calls > 2 ? calls : 2;
    for (size_t i = 0; i < t->n; i++)
        leave_out(a, i, i * calls / t->n != (i + 1) * calls / t->n || calls >= t->n);
}
