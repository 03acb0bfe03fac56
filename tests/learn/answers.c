/* SPDX-License-Identifier: MIT */
/* What is scored: the linear pool, in long double; or what the handle combines, which has tests of its own. */
#include "check.h"

#include "report.h"

#include <math.h>

int is_pool(const struct lesson *l)
{
    return l->method <= ENSEMBLE_MEAN && l->form != ENSEMBLE_RESULT_LOG && l->form != ENSEMBLE_RESULT_SOFTMAX &&
           l->options.how != ENSEMBLE_FIT_NOTHING;
}

/*
 * With the temperature that the result had before; the weights that the handle has now are put back afterwards. Of a
 * result LOG, what the logarithm is taken of; the linear pool as it is before it is normalised or tempered.
 */
static void combine(const struct lesson *l, struct ensemble *e, const double *w, double *y)
{
    double now[MODELS];
    const int pool = l->method <= ENSEMBLE_MEAN && l->form != ENSEMBLE_RESULT_SOFTMAX;
    const int as_is = pool || l->form == ENSEMBLE_RESULT_LOG;
    int code = ensemble_get_weights(e, now, l->n);

    if (code == 0)
        code = as_is ? ensemble_set_result(e, ENSEMBLE_RESULT_AS_IS, 0)
                     : ensemble_set_result(e, l->form, l->form_temperature);
    if (code == 0 && w != NULL)
        code = ensemble_set_weights(e, w, l->n);
    if (code == 0)
        code = ensemble_combine(e, y, ENSEMBLE_F64, l->rows * l->width);
    if (code == 0)
        code = ensemble_set_weights(e, now, l->n);
    if (code != 0)
        report_fail("cannot combine: %s", ensemble_strerror(code));
}

static struct answer combined(const struct truth *truth, struct ensemble *e, const double *w)
{
    static long double y[ROWS * WIDTH], error[ROWS * WIDTH], t[ROWS * WIDTH];
    static double values[ROWS * WIDTH];
    static int32_t label[ROWS];
    struct answer a = {.width = truth->width, .label = label, .t = t, .y = y, .e = error};

    combine(truth->lesson, e, w, values);
    for (size_t r = 0; r < truth->rows; r++) {
        int sound = 1;

        for (size_t k = 0; k < a.width; k++) {
            const size_t at = a.rows * a.width + k;

            y[at] = (long double)values[truth->row[r] * a.width + k];
            t[at] = truth->t[r * a.width + k];
            error[at] = 0;
            sound &= isfinite(y[at]) != 0; /* an infinity comes of a division by a sum of 0 */
        }
        label[a.rows] = truth->label[r];
        a.rows += sound != 0;
    }
    for (size_t at = 0; at < a.rows * a.width; at++)
        a.size += (fabsl(y[at]) + fabsl(t[at])) * (fabsl(y[at]) + fabsl(t[at])) / (long double)a.rows;
    return a;
}

struct answer answer_of(const struct truth *truth, struct ensemble *e, const double *w)
{
    return is_pool(truth->lesson) ? truth_mix(truth, w, 1) : combined(truth, e, w);
}

struct answer answer_of_model(const struct truth *truth, struct ensemble *e, size_t model)
{
    double w[MODELS] = {0};

    w[model] = 1;
    return is_pool(truth->lesson) ? truth_single(truth, model, 0) : combined(truth, e, w);
}

struct answer answer_of_equals(const struct truth *truth, struct ensemble *e)
{
    double w[MODELS] = {0};

    for (size_t i = 0; i < truth->n; i++)
        w[i] = truth->here[i] ? 1 / (double)truth->n_here : 0;
    return is_pool(truth->lesson) ? truth_mix(truth, w, 0) : combined(truth, e, w);
}
