/* SPDX-License-Identifier: MIT */
#include "expect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void *array(size_t n, size_t size)
{
    void *memory = malloc(n * size);

    if (memory == NULL) {
        perror("oracle");
        exit(1);
    }
    return memory;
}

static int needs_double(const struct task *t, int32_t method)
{
    if (t->result == ENS_f64 || method == ENSEMBLE_POWER)
        return 1;
    for (size_t i = 0; i < t->n; i++)
        if (takes_part(&t->models[i]) && !t->models[i].missing && t->models[i].dtype == ENS_f64)
            return 1;
    return 0;
}

void expect_begin(struct expect *x, const struct task *t)
{
    if (x->y == NULL) {
        x->y = array(TASK_VALUES, sizeof *x->y);
        x->log_y = array(TASK_VALUES, sizeof *x->log_y);
        x->known = array(TASK_VALUES, 1);
        x->result = array(TASK_WIDTH, sizeof *x->result);
        x->log_result = array(TASK_WIDTH, sizeof *x->log_result);
    }
    x->task = t;
    x->method = t->method;
    if (t->method == ENSEMBLE_POWER && t->exponent == 1)
        x->method = ENSEMBLE_MEAN;
    if (t->method == ENSEMBLE_POWER && t->exponent == -1)
        x->method = ENSEMBLE_HARMONIC;
    if (t->method == ENSEMBLE_POWER && t->exponent == 0)
        x->method = ENSEMBLE_GEOMETRIC;
    x->in_double = needs_double(t, x->method);
    x->a = x->in_double ? real_double : real_float;
}

void expect_fill(struct expect *x, struct real value)
{
    for (size_t k = 0; k < x->task->width; k++)
        x->result[k] = x->log_result[k] = value;
}

static int is_bad(const struct expect *x, double weight)
{
    return isnan(weight) || isinf(weight) || (weight < 0 && x->task->method > ENSEMBLE_MEAN);
}

/* Weights and states of the models in a row. Is the row at fault? */
int expect_weigh(struct expect *x, size_t row)
{
    const struct task *t = x->task;
    int fault = 0;

    for (size_t i = 0; i < t->n; i++) {
        const struct model *m = &t->models[i];
        const double weight = task_row_weight(t, row, i);

        x->state[i] = APART;
        if (!takes_part(m))
            continue;
        fault |= is_bad(x, weight);
        x->weight[i] = (long double)m->weight * (long double)weight;
        x->state[i] = x->weight[i] == 0 ? WEIGHTLESS : m->missing ? LACKING : PRESENT;
    }
    for (size_t i = 0; i < t->n; i++)
        if (x->state[i] == PRESENT && convert_row(x, i, row)) {
            if (t->policy & ENSEMBLE_LEAVE_OUT_NAN)
                x->state[i] = LACKING;
            else
                fault |= orders_only(t->method);
        }
    return fault;
}

/* Is there enough of the weight? */
int expect_quorum(const struct expect *x)
{
    long double all = 0, lacking = 0;
    size_t present = 0;

    for (size_t i = 0; i < x->task->n; i++) {
        all += x->state[i] == LACKING || x->state[i] == PRESENT ? fabsl(x->weight[i]) : 0;
        lacking += x->state[i] == LACKING ? fabsl(x->weight[i]) : 0;
        present += x->state[i] == PRESENT;
    }
    return present > 0 && task_quorum(x->task, all, lacking);
}

/* Who takes part in a class, and who would if it were not left out. A vote is about a row, whatever the model knows. */
void expect_gather(const struct expect *x, size_t k, struct class *c)
{
    const struct task *t = x->task;
    const int absent = (t->policy & ENSEMBLE_LEAVE_OUT_ABSENT) && x->method != ENSEMBLE_VOTE;

    c->n = 0;
    c->sum = c->size = c->all = c->all_size = 0;
    c->left_out = 0;
    for (size_t i = 0; i < t->n; i++) {
        long double weight = x->weight[i];

        if (x->state[i] == APART || x->state[i] == WEIGHTLESS)
            continue;
        if (t->class_weights != NULL)
            weight *= (long double)t->class_weights[i * t->width + k];
        if (weight == 0)
            continue;
        c->all += weight;
        c->all_size += fabsl(weight);
        if (x->state[i] == LACKING || (absent && !x->known[i * t->width + k])) {
            c->left_out = 1;
            continue;
        }
        c->model[c->n] = i;
        c->weight[c->n++] = weight;
        c->sum += weight;
        c->size += fabsl(weight);
    }
}

/* Do weights of both signs cancel so far that what is divided by their sum, or scaled by it, is all error? */
static int cancels(const struct expect *x, const struct class *c)
{
    return (x->method != ENSEMBLE_SUM || c->left_out) &&
           (fabsl(c->sum) < c->size / 50 || fabsl(c->all) < c->all_size / 50);
}

static struct real combine(const struct expect *x, size_t k, struct real *logarithm)
{
    struct class c;
    struct real ranks[TASK_MODELS];
    long double factor[TASK_MODELS], fe;

    expect_gather(x, k, &c);
    *logarithm = real_exact((long double)NAN);
    if (c.n == 0)
        return *logarithm;
    for (size_t i = 0; i < c.n; i++) {
        ranks[i] = x->y[c.model[i] * x->task->width + k];
        if (isnan(ranks[i].v))
            return *logarithm;
    }
    if (cancels(x, &c))
        return *logarithm = real_unknown();
    if (!orders_only(x->method))
        return formula(x, &c, k, logarithm);
    fe = formula_factors(x, &c, 1, factor);
    return real_weighted(&x->a, c.n, factor, ranks, fe);
}

void expect_row(struct expect *x, size_t row)
{
    if (expect_weigh(x, row) || !expect_quorum(x)) {
        expect_fill(x, real_exact((long double)NAN));
        return;
    }
    if (orders_only(x->method))
        orders_row(x, row);
    for (size_t k = 0; k < x->task->width; k++)
        x->result[k] = combine(x, k, &x->log_result[k]);
    forms_row(x);
}
