/* SPDX-License-Identifier: MIT */
/*
 * What a report says of the combined row y, whose values are exact. The entropy of y / S, S = sum y, is computed as
 * log S - (sum y log y) / S in double: with u = 2^-53, C = ELEMENTARY, s = sum_steps(), and r = 0, or C + 1 where
 * y = exp(z) is computed,
 *
 *     T = sum y log y:  e_T = sum |y (log y + 1)| r u + (C + 1 + s) u sum |y log y|
 *     S:                e_S = (r + s) u sum |y|
 *     the whole:        e_T / S + |T / S| (e_S / S + u) + e_S / S + C u |log S| + u |entropy|
 */
#include "account.h"

#include "handle.h"
#include "report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define U 0x1p-53L

int account_rows(const struct task *t, double *rows)
{
    static unsigned char result[TASK_VALUES * sizeof(double)];
    struct rng rng = {.state = t->seed};
    struct ensemble *e = handle_make(t, "portable", t->method, 0, &rng);
    const size_t count = t->rows * t->width;
    const int code = e == NULL ? ENSEMBLE_ENOMEM : ensemble_combine(e, result, t->result + 1, count);

    ensemble_destroy(e);
    for (size_t i = 0; i < count && code == 0; i++)
        rows[i] = number_read(t->result, result, i);
    return code;
}

struct real *account_at(const struct account *a, int field, size_t index)
{
    const struct sheet sheet = {.top = a->top};

    return &a->expected[field][a->row * sheet_elements(&sheet, a->task, field) + index];
}

static void put(struct account *a, int field, long double value)
{
    *account_at(a, field, 0) = real_exact(value);
}

void account_gaps(struct account *a, size_t without)
{
    struct class c;

    for (size_t k = 0; k < a->task->width; k++) {
        expect_gather(&a->x, k, &c);
        a->gap[k] = c.n == 0 || (c.n == 1 && c.model[0] == without);
    }
}

int32_t account_label(const struct account *a, const double *y)
{
    int32_t label = -1;

    for (size_t k = 0; k < a->task->width; k++) {
        if (a->gap[k])
            continue;
        if (isnan(y[k]))
            return -1;
        if (label < 0 || y[k] > y[label])
            label = (int32_t)k;
    }
    return label;
}

/* Before the form is put on: is there a NaN in the rows, or do they sum to something else than 0? */
static int32_t nan_fault(const struct account *a)
{
    const struct task *t = a->task;
    const int32_t form = task_form(t);
    struct task before = a->same;
    const double *y;
    double sum = 0;
    int gap = 0, infinite = 0, above = 0;

    if (a->x.method != ENSEMBLE_LOG_POOL && !is_divided(t))
        return ENSEMBLE_ROW_NAN;
    before.form = form == ENSEMBLE_RESULT_TEMPERED ? ENSEMBLE_RESULT_LOG : ENSEMBLE_RESULT_AS_IS;
    before.form_temperature = 0;
    if (a->x.method == ENSEMBLE_LOG_POOL) {
        before.method = ENSEMBLE_GEOMETRIC;
        before.form = ENSEMBLE_RESULT_LOG;
    }
    if (account_rows(&before, a->other) != 0)
        return -1;
    y = a->other + a->row * t->width;
    for (size_t k = 0; k < t->width; k++) {
        gap |= isnan(y[k]) != 0;
        infinite |= y[k] > 0 && isinf(y[k]);
        above |= y[k] > -(double)INFINITY;
        sum += y[k];
    }
    if (gap || infinite)
        return ENSEMBLE_ROW_NAN;
    if (a->x.method == ENSEMBLE_LOG_POOL || form >= ENSEMBLE_RESULT_SOFTMAX)
        return above ? ENSEMBLE_ROW_NAN : ENSEMBLE_ROW_RULED_OUT;
    return isinf(sum) ? ENSEMBLE_ROW_NAN : ENSEMBLE_ROW_RULED_OUT;
}

/* Why the current row has no answer, or 0. */
static int32_t fault_of(struct account *a)
{
    const struct task *t = a->task;
    long double sum = 0, size = 0;
    size_t taking = 0, lacking = 0;
    int label = 0;

    expect_weigh(&a->x, a->row);
    for (size_t i = 0; i < t->n; i++) {
        const double weight = task_row_weight(t, a->row, i);

        if (!takes_part(&t->models[i]))
            continue;
        if (isnan(weight) || isinf(weight) || (weight < 0 && a->x.method > ENSEMBLE_MEAN))
            return ENSEMBLE_ROW_WEIGHT;
        taking += a->x.state[i] != WEIGHTLESS;
        lacking += a->x.state[i] == LACKING;
        sum += a->x.state[i] == PRESENT ? a->x.weight[i] : 0;
        size += a->x.state[i] == PRESENT ? fabsl(a->x.weight[i]) : 0;
        if (a->x.state[i] == PRESENT && t->models[i].dtype == LABELS)
            label |= convert_label(&a->x, i, a->row) >= t->width;
    }
    if (taking == 0)
        return ENSEMBLE_ROW_NOBODY;
    if (size > 0 && sum == 0 && !a->by_class && (a->x.method == ENSEMBLE_MEAN || lacking > 0))
        return ENSEMBLE_ROW_WEIGHT;
    if (!expect_quorum(&a->x))
        return ENSEMBLE_ROW_QUORUM;
    if (label)
        return ENSEMBLE_ROW_LABEL;
    account_gaps(a, NO_MODEL);
    a->label = account_label(a, a->y + a->row * t->width);
    if (a->label >= 0)
        return ENSEMBLE_ROW_SOUND;
    for (size_t k = 0; k < t->width; k++)
        if (!a->gap[k])
            return nan_fault(a);
    return ENSEMBLE_ROW_NOBODY;
}

static void count_present(struct account *a)
{
    long double all = 0, present = 0;
    size_t n = 0, lacking = 0;
    int missing = 0;

    for (size_t i = 0; i < a->task->n; i++) {
        const enum state state = a->x.state[i];

        all += state == LACKING || state == PRESENT ? fabsl(a->x.weight[i]) : 0;
        present += state == PRESENT ? fabsl(a->x.weight[i]) : 0;
        n += state == PRESENT;
        lacking += state == LACKING;
        missing |= state == LACKING && a->task->models[i].missing;
    }
    put(a, FIELD_MODELS_PRESENT, (long double)n);
    put(a, FIELD_WEIGHT_PRESENT, n == 0 ? 0 : lacking == 0 ? 1 : present / all);
    if (n > 0 && lacking > 0)
        account_at(a, FIELD_WEIGHT_PRESENT, 0)->e = isfinite(all) ? U * 2 * (long double)(a->task->n + 2)
                                                                  : (long double)INFINITY;
    /* With nobody missing every row that has an answer is settled; more than that is for settled.c to know. */
    *account_at(a, FIELD_SETTLED, 0) = missing && a->label >= 0 ? real_unknown() : real_exact(a->label >= 0);
}

/* The largest elements, one after the other. Leaves the second one in *second; -inf where there is none. */
static void find_top(struct account *a, const double *y, double *second)
{
    static unsigned char taken[TASK_WIDTH];
    const size_t width = a->task->width;

    memcpy(taken, a->gap, width);
    *second = -(double)INFINITY;
    for (size_t place = 0; place < a->top || place < 2; place++) {
        size_t best = width;

        for (size_t k = 0; k < width; k++)
            if (!taken[k] && (best == width || y[k] > y[best]))
                best = k;
        if (place < a->top) {
            *account_at(a, FIELD_TOP_LABELS, place) = real_exact(best < width ? (long double)best : -1);
            *account_at(a, FIELD_TOP_VALUES, place) = real_exact((long double)(best < width ? y[best] : (double)NAN));
        }
        if (best == width)
            continue;
        taken[best] = 1;
        if (place == 1)
            *second = y[best];
    }
}

int account_has_negative(const struct account *a, size_t i)
{
    return (a->x.state[i] == PRESENT || a->x.state[i] == LACKING) && a->x.weight[i] < 0;
}

/* Entropies need weights that are not negative, unless the form is one that makes any row sum to 1. */
static struct real entropy(const struct account *a, const double *y)
{
    const int32_t form = a->task->form;
    const long double elementary = form == ENSEMBLE_RESULT_LOG ? ELEMENTARY + 1 : 0;
    const long double steps = 22 + (long double)(a->task->width / 128);
    long double sum = 0, times = 0, size = 0, slope = 0, share, h, error;

    if (!is_divided(a->task))
        for (size_t i = 0; i < a->task->n; i++)
            if (account_has_negative(a, i))
                return real_exact((long double)NAN);
    for (size_t k = 0; k < a->task->width; k++) {
        const long double p = a->gap[k] ? 0 : form == ENSEMBLE_RESULT_LOG ? expl((long double)y[k]) : (long double)y[k];

        if (p == 0)
            continue;
        sum += p;
        times += p * logl(p);
        size += fabsl(p * logl(p));
        slope += fabsl(p * (logl(p) + 1));
    }
    if (isnan(times) || isinf(sum) || !(sum > 0))
        return real_exact((long double)NAN);
    h = logl(sum) - times / sum;
    share = (elementary + steps) * U;
    error = (slope * elementary + (ELEMENTARY + 1 + steps) * size) * U / sum;
    error += fabsl(times / sum) * (share + U) + share + (ELEMENTARY * fabsl(logl(sum)) + fabsl(h)) * U;
    return isnan(h) ? real_exact(h) : (struct real){h > 0 ? h : 0, error + 0x1p-1000L};
}

static void decide(struct account *a)
{
    const double *y = a->y + a->row * a->task->width;
    const double best = y[a->label];
    double second;
    size_t others = 0;

    find_top(a, y, &second);
    for (size_t k = 0; k < a->task->width; k++)
        others += !a->gap[k] && k != (size_t)a->label;
    put(a, FIELD_LABEL, (long double)a->label);
    put(a, FIELD_CONFIDENCE, (long double)best);
    put(a, FIELD_TIED, others > 0 && second == best);
    put(a, FIELD_MARGIN, others == 0 ? (long double)INFINITY : second == best ? 0 : (long double)(best - second));
    *account_at(a, FIELD_ENTROPY, 0) = entropy(a, y);
}

/* What a row without an answer has in each field. */
static void clear_row(struct account *a)
{
    const struct sheet sheet = {.top = a->top};

    for (int f = 0; f < FIELDS; f++) {
        const long double none = fields[f].size == sizeof(double)                        ? (long double)NAN
                                 : f == FIELD_LABEL || f == FIELD_TOP_LABELS ? -1 : 0;

        for (size_t i = 0; i < sheet_elements(&sheet, a->task, f); i++)
            *account_at(a, f, i) = real_exact(none);
    }
}

/* Float or double, as docs/numerics.md has it. */
static int has_doubles(const struct account *a)
{
    const struct task *t = a->task;
    double first = 0;
    int differ = t->class_weights != NULL || t->row_weights != NULL;

    for (size_t i = 0; i < t->n; i++) {
        if (!takes_part(&t->models[i]))
            continue;
        if (t->models[i].dtype == ENS_f64)
            return 1;
        first = first == 0 ? t->models[i].weight : first;
        differ |= t->models[i].weight != first;
    }
    return a->x.in_double || (t->method == ENSEMBLE_MEDIAN && differ);
}

static void *array(size_t n, size_t size)
{
    void *memory = malloc(n * size);

    if (memory == NULL) {
        perror("account");
        exit(1);
    }
    return memory;
}

void account_begin(struct account *a, const struct task *t, int dtype, size_t top)
{
    if (a->y == NULL) {
        a->y = array(TASK_VALUES, sizeof *a->y);
        a->other = array(TASK_VALUES, sizeof *a->other);
        a->gap = array(TASK_WIDTH, 1);
        for (int f = 0; f < FIELDS; f++)
            a->expected[f] = array(TASK_VALUES, sizeof *a->expected[f]);
    }
    a->task = t;
    a->top = top;
    a->same = a->values = *t;
    a->same.result = a->values.result = dtype;
    expect_begin(&a->x, &a->same);
    a->in_double = has_doubles(a);
    a->same.result = a->in_double ? ENS_f64 : ENS_f32;
    a->values.method = ENSEMBLE_MEAN;
    expect_begin(&a->x, &a->same);
    expect_begin(&a->said, &a->values);
    a->x.in_double = a->said.in_double = a->in_double;
    a->x.a = a->said.a = a->in_double ? real_double : real_float;
    a->by_class = t->class_weights != NULL;
    for (size_t i = 0; i < t->n; i++)
        a->by_class |= (t->policy & ENSEMBLE_LEAVE_OUT_ABSENT) && takes_part(&t->models[i]) && t->models[i].map != NULL;
}

void account_make(struct account *a, const struct task *t, size_t top)
{
    account_begin(a, t, t->result, top);
    if (account_rows(&a->same, a->y) != 0)
        report_fail("the rows themselves could not be had");
    for (a->row = 0; a->row < t->rows; a->row++) {
        int32_t fault;

        a->label = -1;
        fault = fault_of(a);
        clear_row(a);
        put(a, FIELD_ROW_FAULT, (long double)fault);
        count_present(a);
        if (fault == 0) {
            decide(a);
            account_models(a);
            account_contributions(a);
        }
    }
    account_without(a);
}

void account_compare(const struct account *a, const struct sheet *s)
{
    for (int f = 0; f < FIELDS; f++) {
        const size_t elements = sheet_elements(s, a->task, f);

        for (size_t i = 0; i < s->length[f]; i++) {
            const double found = field_get(f, s->array[f], i);
            const struct real *r = &a->expected[f][i];

            if (real_is_near(r, found))
                continue;
            report_fail("%s of row %zu [%zu] is %.17g, not within %.3Lg of %.17Lg", fields[f].name, i / elements,
                        i % elements, found, r->e, r->v);
            break;
        }
    }
    report_pass();
}
