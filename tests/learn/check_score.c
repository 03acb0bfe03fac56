/* SPDX-License-Identifier: MIT */
/*
 * ensemble_score(), by the rows that the handle combines, for a result LOG before the logarithm; and steps of
 * ensemble_update().
 */
#include "check.h"

#include "report.h"

#include <math.h>
#include <stdlib.h>

/* The rows that count, of those that were combined. Returns how many; 0, too, if one is infinite: then *open is 1. */
static size_t gather(const struct lesson *l, const double *combined, struct answer *a, long double *t, int32_t *label,
                     int *open)
{
    *a = (struct answer){.width = l->width, .label = label, .t = t, .y = a->y, .e = a->e};
    for (size_t r = 0; r < l->rows; r++) {
        int counts = 1;

        for (size_t k = 0; k < l->width; k++) {
            const size_t at = a->rows * l->width + k;

            a->y[at] = (long double)combined[r * l->width + k];
            t[at] = (long double)lesson_target(l, r, k);
            a->e[at] = 0;
            counts &= !isnan(a->y[at]) && !isnan(t[at]);
            *open |= isinf(a->y[at]) != 0;
        }
        label[a->rows] = l->label[r];
        a->rows += counts != 0;
    }
    for (size_t at = 0; at < a->rows * a->width; at++)
        a->size += (fabsl(a->y[at]) + fabsl(a->t[at])) * (fabsl(a->y[at]) + fabsl(a->t[at])) / (long double)a->rows;
    return a->rows;
}

/* Where it is a plain sum of all models, by their values. */
static void check_sum(const struct lesson *l, const struct truth *truth, size_t rows, double found)
{
    double w[MODELS], sum = 0;

    if (l->method > ENSEMBLE_MEAN || l->form != ENSEMBLE_RESULT_AS_IS || (l->policy & ENSEMBLE_LEAVE_OUT_ABSENT) ||
        truth->rows != rows || truth->n_here < l->n)
        return;
    for (size_t i = 0; i < l->n; i++)
        sum += l->weights[i];
    for (size_t i = 0; i < l->n; i++)
        w[i] = l->method == ENSEMBLE_MEAN ? l->weights[i] / sum : l->weights[i];
    {
        const struct answer a = truth_mix(truth, w, 1);
        const struct span s = mark(l->score, &a);

        if (!span_holds(s, found) && !(isnan(s.low) && isnan(found)))
            report_fail("the score is %.17g, not between %.17Lg and %.17Lg", found, s.low, s.high);
        else
            report_pass();
    }
}

void check_score(const struct lesson *l, const struct truth *truth, struct ensemble *e, const struct outcome *o,
                 struct tally *tally)
{
    static long double y[ROWS * WIDTH], error[ROWS * WIDTH], t[ROWS * WIDTH];
    static double combined[ROWS * WIDTH];
    static int32_t label[ROWS];
    struct answer a = {.y = y, .e = error};
    const int as_is = l->form == ENSEMBLE_RESULT_LOG ? ensemble_set_result(e, ENSEMBLE_RESULT_AS_IS, 0) : 0;
    const int code = as_is != 0 ? as_is : ensemble_combine(e, combined, ENSEMBLE_F64, l->rows * l->width);
    struct span s;
    int open = 0;

    if (o->code != code) {
        report_fail("the score returns %d (%s), combining %d", o->code, ensemble_strerror(o->code), code);
        return;
    }
    tally->scores++;
    if (code != 0)
        return;
    if (gather(l, combined, &a, t, label, &open) == 0 || open) {
        if (!open && !isnan(o->score))
            report_fail("the score is %.17g, but no row counts", o->score);
        return;
    }
    s = mark(l->score, &a);
    if (!span_holds(s, o->score) && !(isnan(s.low) && isnan(o->score)))
        report_fail("the score is %.17g, not between %.17Lg and %.17Lg", o->score, s.low, s.high);
    else
        report_pass();
    check_sum(l, truth, a.rows, o->score);
}

/* The slopes of the log loss by each weight, of those that are awake; 0: its limits are too near. */
static int slopes_of_loss(const struct truth *truth, const long double *w, long double *slope)
{
    for (size_t r = 0; r < truth->rows; r++) {
        const size_t at = r * truth->width + (truth->width > 1 ? (size_t)truth->label[r] : 0);
        const int other = truth->width == 1 && truth->label[r] == 0;
        long double y = 0;

        for (size_t i = 0; i < truth->n; i++)
            y += w[i] > 0 ? w[i] * truth->x[i][at] : 0;
        y = other ? 1 - y : y;
        if (!(y > 1e-10L && y < 1 - 1e-12L))
            return 0;
        for (size_t i = 0; i < truth->n; i++)
            slope[i] -= w[i] > 0 ? truth_of_label(truth, i, r) / y / (long double)truth->rows : 0;
    }
    return 1;
}

static void slopes_of_squares(const struct truth *truth, const long double *w, long double *slope)
{
    for (size_t at = 0; at < truth->rows * truth->width; at++) {
        long double d = -truth->t[at];

        for (size_t i = 0; i < truth->n; i++)
            d += w[i] > 0 ? w[i] * truth->x[i][at] : 0;
        for (size_t i = 0; i < truth->n; i++)
            slope[i] += w[i] > 0 ? 2 * d * truth->x[i][at] / (long double)truth->rows : 0;
    }
}

static size_t known_rows(const struct lesson *l)
{
    size_t known = 0;

    for (size_t r = 0; r < l->rows; r++) {
        int is_known = 1;

        for (size_t k = 0; k < l->width; k++)
            is_known &= !isnan(lesson_target(l, r, k));
        known += is_known != 0;
    }
    return known;
}

/* The weights after a step along the slopes; the first one that is wrong, or the number of models. */
static size_t step_is_right(const struct truth *truth, const struct outcome *o, const long double *w,
                            const long double *slope, long double *expected)
{
    const struct lesson *l = truth->lesson;
    const long double rate = (long double)l->rate, share = (long double)l->share;
    long double all = 0, awake = 0, sum = 0, least = 0, most = 0, n = 0;

    for (size_t i = 0; i < l->n; i++) {
        all += (long double)l->weights[i];
        awake += truth->here[i] ? (long double)l->weights[i] : 0;
        n += truth->here[i] && l->weights[i] > 0;
        least = slope[i] < least ? slope[i] : least;
        most = slope[i] > most ? slope[i] : most;
    }
    for (size_t i = 0; i < l->n; i++)
        sum += w[i] * expl(-rate * (slope[i] - least));
    for (size_t i = 0; i < l->n; i++) {
        const long double part = w[i] * expl(-rate * (slope[i] - least)) / sum;

        *expected = (l->weights[i] > 0) * ((1 - share) * part + share / n) * awake / all;
        if (!truth->here[i])
            *expected = (long double)l->weights[i] / all;
        if (!(fabsl((long double)o->now[i] - *expected) <= 1e-13L * (10 + rate * (most - least))))
            return i;
    }
    return l->n;
}

void check_update(const struct truth *truth, const struct outcome *o, struct tally *tally)
{
    const struct lesson *l = truth->lesson;
    const int by_loss = l->score == ENSEMBLE_SCORE_LOG_LOSS;
    long double w[MODELS] = {0}, slope[MODELS] = {0}, awake = 0, expected = 0;
    size_t wrong;
    int zeros = 0;

    for (size_t i = 0; i < l->n; i++) {
        awake += truth->here[i] ? (long double)l->weights[i] : 0;
        zeros |= !(l->weights[i] > 0);
    }
    for (size_t i = 0; i < l->n; i++)
        w[i] = truth->here[i] ? (long double)l->weights[i] / awake : 0;
    if (!by_loss)
        slopes_of_squares(truth, w, slope);
    if ((zeros && known_rows(l) != truth->rows) || (by_loss && !slopes_of_loss(truth, w, slope))) {
        tally->undecided++;
        return;
    }
    wrong = step_is_right(truth, o, w, slope, &expected);
    tally->updates++;
    if (wrong < l->n)
        report_fail("weight %zu is %.17g, not %.17Lg", wrong, o->now[wrong], expected);
    else
        report_pass();
}
