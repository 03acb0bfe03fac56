/* SPDX-License-Identifier: MIT */
/*
 * Numbers to probabilities, as ensemble.h has it, and how far those that the library computes may be from that. What is
 * taken as it is, is exact in the accumulator's type.
 */
#include "expect.h"

#include <math.h>
#include <string.h>

/* Numbers of one row, for the model's own columns. */
static struct real scaled[TASK_WIDTH + 8], chance[TASK_WIDTH + 8], log_chance[TASK_WIDTH + 8];

/* z / T: a factor of 1 / T that is rounded, from a quotient that is, and a product that is. */
static struct real over_temperature(const struct expect *x, const struct model *m, long double z)
{
    const long double t = z / (m->temperature > 0 ? (long double)m->temperature : 1);

    return isinf(t) ? real_exact(t) : (struct real){t, m->temperature > 0 ? 3 * x->a.u * fabsl(t) : 0};
}

/*
 * 1 / (1 + exp(-t)): the error e_t of t changes y by y (1 - y) e_t; exp, sum and quotient round. The logarithm is
 * min(t, 0) - log(1 + exp(-|t|)), whose second part is of the size of 1 when it is rounded.
 */
static void binary(const struct arithmetic *a, struct real t, struct real *y, struct real *log_y)
{
    const long double other = 1 / (1 + expl(t.v)), v = 1 / (1 + expl(-t.v)); /* 1 - y and y */
    const long double log_v = t.v < 0 ? t.v - log1pl(expl(t.v)) : -log1pl(expl(-t.v));

    if (isnan(t.v) || isinf(t.v)) {
        *y = real_exact(v);
        *log_y = real_exact(isnan(t.v) || t.v < 0 ? t.v : 0);
        return;
    }
    *y = real_bounded(a, v, v * (expm1l(other * t.e) + (ELEMENTARY + 2) * a->u) + a->tiny);
    *log_y = real_bounded(a, log_v, other * t.e + (ELEMENTARY + 1 + ELEMENTARY * fabsl(log_v)) * a->u);
}

static void convert_value(const struct expect *x, const struct model *m, size_t c, long double z, struct real *y,
                          struct real *log_y)
{
    if (orders_only(x->task->method)) {
        *y = *log_y = real_exact(z);
        return;
    }
    switch (m->space) {
    case ENSEMBLE_LOG_PROBABILITIES:
        *log_y = real_exact(z);
        *y = real_exp(&x->a, *log_y);
        break;
    case ENSEMBLE_LOGITS:
        *y = chance[c];
        *log_y = log_chance[c];
        break;
    case ENSEMBLE_BINARY_LOGITS:
        binary(&x->a, over_temperature(x, m, z), y, log_y);
        break;
    default:
        *y = real_exact(z);
        *log_y = real_log(&x->a, *y);
    }
}

/* What a class that the model does not have is taken for: probability 0, or what has that meaning as a raw number. */
static void fill_absent(struct expect *x, const struct model *m, struct real *y, struct real *log_y)
{
    const int probability = m->space == ENSEMBLE_AS_IS || m->space == ENSEMBLE_PROBABILITIES;
    const int nan = m->space == ENSEMBLE_LOGITS && !orders_only(x->task->method) && isnan(chance[0].v);

    for (size_t k = 0; k < x->task->width; k++) {
        y[k] = real_exact(orders_only(x->task->method) && !probability ? -(long double)INFINITY : 0);
        log_y[k] = real_exact(-(long double)INFINITY);
        if (nan)
            y[k] = log_y[k] = real_exact((long double)NAN);
    }
}

int convert_row(struct expect *x, size_t i, size_t row)
{
    const struct task *t = x->task;
    const struct model *m = &t->models[i];
    const unsigned char *at = model_row(m, row);
    struct real *y = x->y + i * t->width, *log_y = x->log_y + i * t->width;
    unsigned char *known = x->known + i * t->width;
    int nan = 0;

    memset(known, 0, t->width);
    if (m->dtype == LABELS) {
        for (size_t c = 0; c < m->columns; c++)
            if (m->map == NULL || m->map[c] >= 0)
                known[m->map != NULL ? (size_t)m->map[c] : c] = 1;
        return convert_label(x, i, row) >= t->width;
    }
    if (m->space == ENSEMBLE_LOGITS && !orders_only(t->method)) {
        for (size_t c = 0; c < m->columns; c++)
            scaled[c] = over_temperature(x, m, (long double)number_read(m->dtype, at, c));
        real_softmax(&x->a, m->columns, scaled, chance, log_chance);
    }
    fill_absent(x, m, y, log_y);
    for (size_t c = 0; c < m->columns; c++) {
        const int32_t k = m->map != NULL ? m->map[c] : (int32_t)c;

        if (k < 0)
            continue;
        convert_value(x, m, c, (long double)number_read(m->dtype, at, c), &y[k], &log_y[k]);
        known[k] = 1;
        nan |= isnan(y[k].v) != 0;
    }
    return nan;
}

size_t convert_label(const struct expect *x, size_t i, size_t row)
{
    const struct model *m = &x->task->models[i];
    int32_t label;

    memcpy(&label, model_row(m, row), sizeof label);
    if (label < 0 || (size_t)label >= m->columns)
        return x->task->width;
    if (m->map != NULL)
        label = m->map[label];
    return label < 0 ? x->task->width : (size_t)label;
}
