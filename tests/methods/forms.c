/* SPDX-License-Identifier: MIT */
/*
 * What becomes of a combined row: y_k lies within e_k of what is computed.
 *
 *   LOG_POOL    p = softmax of L (formulas.c), real_softmax()
 *   NORMALISED  p = y / S, S = sum y: e_S = sum e + real_sum_steps() u sum |y|; (e + |p| e_S) / (|S| - e_S) + 3 u |p|
 *   LOG         log y: -log(1 - e / |y|) + C u |log y|; where the logarithm is what was computed, its own error, and
 *               that of an exp and a log in between: C u (1 + |log y|)
 *   SOFTMAX     p = softmax of y / T, of which e / T + 3 u |y / T| is unknown, real_softmax()
 *   TEMPERED    p = softmax of l / T likewise, where l = log y is off by -log(1 - e / |y|) + C u |log y|, or by its own
 *               error where the logarithm is what was computed; for T = 1, as NORMALISED
 */
#include "expect.h"

#include <math.h>

static int any_nan(const struct expect *x)
{
    for (size_t k = 0; k < x->task->width; k++)
        if (isnan(x->result[k].v))
            return 1;
    return 0;
}

static void pool(struct expect *x)
{
    static struct real logarithm[TASK_WIDTH];

    for (size_t k = 0; k < x->task->width; k++)
        logarithm[k] = x->log_result[k];
    real_softmax(&x->a, x->task->width, logarithm, x->result, x->log_result);
}

static void normalise(struct expect *x)
{
    const size_t width = x->task->width;
    struct real sum = {0, 0};
    long double size = 0;

    for (size_t k = 0; k < width; k++) {
        sum.v += x->result[k].v;
        sum.e += x->result[k].e;
        size += fabsl(x->result[k].v);
    }
    if (!isinf(sum.e) && !isinf(size))
        sum.e += real_sum_steps(width) * x->a.u * size;
    for (size_t k = 0; k < width; k++) {
        x->result[k] = isinf(sum.e) ? real_unknown() : real_quotient(&x->a, x->result[k], sum);
        if (!isinf(x->result[k].v))
            x->result[k].e += 2 * x->a.u * fabsl(x->result[k].v);
    }
}

static void take_logarithms(struct expect *x)
{
    const int direct = x->method == ENSEMBLE_GEOMETRIC || x->method == ENSEMBLE_LOG_POOL;

    for (size_t k = 0; k < x->task->width; k++)
        if (!direct) {
            x->result[k] = real_log(&x->a, x->result[k]);
        } else {
            x->result[k] = x->log_result[k];
            if (!isinf(x->result[k].v))
                x->result[k].e += ELEMENTARY * x->a.u * (1 + fabsl(x->result[k].v));
        }
}

static void soften(struct expect *x, const struct real *y)
{
    static struct real scaled[TASK_WIDTH];
    const long double t = x->task->form_temperature > 0 ? (long double)x->task->form_temperature : 1;

    for (size_t k = 0; k < x->task->width; k++) {
        scaled[k] = (struct real){y[k].v / t, y[k].e / t};
        if (x->task->form_temperature > 0 && !isinf(scaled[k].v))
            scaled[k].e += 3 * x->a.u * fabsl(scaled[k].v);
    }
    real_softmax(&x->a, x->task->width, scaled, x->result, x->log_result);
}

static void temper(struct expect *x)
{
    static struct real logarithm[TASK_WIDTH];
    const int direct = x->method == ENSEMBLE_GEOMETRIC || x->method == ENSEMBLE_LOG_POOL;

    for (size_t k = 0; k < x->task->width; k++)
        logarithm[k] = direct ? x->log_result[k] : real_log(&x->a, x->result[k]);
    soften(x, logarithm);
}

void forms_row(struct expect *x)
{
    const int32_t form = task_form(x->task);

    if (any_nan(x) && (is_divided(x->task) || x->method == ENSEMBLE_LOG_POOL)) {
        expect_fill(x, real_exact((long double)NAN));
        return;
    }
    if (x->method == ENSEMBLE_LOG_POOL && form != ENSEMBLE_RESULT_TEMPERED)
        pool(x);
    if (form == ENSEMBLE_RESULT_NORMALISED)
        normalise(x);
    else if (form == ENSEMBLE_RESULT_LOG)
        take_logarithms(x);
    else if (form == ENSEMBLE_RESULT_SOFTMAX)
        soften(x, x->result);
    else if (form == ENSEMBLE_RESULT_TEMPERED)
        temper(x);
}
