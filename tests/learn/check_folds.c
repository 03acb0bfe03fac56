/* SPDX-License-Identifier: MIT */
/*
 * What is held out. With as many folds as rows each row is tried by itself, however the rows are dealt, so that fits
 * without one row after the other say what `held_out` must be. Folds change nothing else.
 */
#include "check.h"

#include "report.h"

#include <math.h>
#include <string.h>

static struct ensemble *fit(const struct lesson *l, struct outcome *o)
{
    struct rng rng = l->rng;
    struct ensemble *e = lesson_handle(l, "portable", 1, &rng);

    if (e != NULL)
        lesson_call(l, e, 0, o);
    return e;
}

/* Makes the target of a row unknown, or gives it back. */
static void hide(struct lesson *l, size_t row, int32_t label, double value)
{
    l->label[row] = label;
    l->values[row * l->width] = value;
}

static void hide_others(struct lesson *l, const struct truth *truth, size_t row)
{
    for (size_t r = 0; r < truth->rows; r++)
        if (truth->row[r] != row)
            hide(l, truth->row[r], -1, (double)NAN);
}

/* What the weights of the others say of a row. */
static struct span try_row(struct lesson *l, const struct truth *truth, size_t row)
{
    static struct lesson kept;
    static struct truth one;
    static double values[ROWS * WIDTH];
    struct outcome o;
    struct ensemble *e;
    struct answer a;

    kept = *l;
    memcpy(values, l->values, l->rows * l->width * sizeof *values);
    l->options.folds = 0;
    hide(l, row, -1, (double)NAN);
    e = fit(l, &o);
    ensemble_destroy(e);
    *l = kept;
    memcpy(l->values, values, l->rows * l->width * sizeof *values);
    hide_others(l, truth, row);
    truth_make(&one, l, e != NULL && o.code == 0 ? o.temperatures : NULL);
    *l = kept;
    memcpy(l->values, values, l->rows * l->width * sizeof *values);
    if (e == NULL || o.code != 0)
        return (struct span){-(long double)INFINITY, (long double)INFINITY};
    a = truth_mix(&one, o.weights, 2);
    return objective(l, &a);
}

static void check_one_by_one(struct lesson *l, const struct truth *truth, const struct outcome *o)
{
    struct span sum = {0, 0};

    for (size_t r = 0; r < truth->rows; r++) {
        const struct span s = try_row(l, truth, truth->row[r]);

        sum.low += s.low / (long double)truth->rows;
        sum.high += s.high / (long double)truth->rows;
    }
    sum.low -= 1e-12L * (1 + fabsl(sum.low));
    sum.high += 1e-12L * (1 + fabsl(sum.high));
    if (span_holds(sum, o->report.held_out))
        report_pass();
    else
        report_fail("held_out is %.17g, not between %.17Lg and %.17Lg", o->report.held_out, sum.low, sum.high);
}

void check_folds(struct lesson *l, const struct truth *truth, const struct outcome *o, struct tally *tally)
{
    const uint32_t folds = l->options.folds;
    struct outcome without;
    struct ensemble *e;

    if (folds == 0)
        return;
    l->options.folds = 0;
    e = fit(l, &without);
    l->options.folds = folds;
    ensemble_destroy(e);
    if (e == NULL || without.code != 0 || memcmp(without.now, o->now, l->n * sizeof(double)) != 0)
        report_fail("folds change the weights (code %d)", without.code);
    else
        report_pass();
    if (folds != truth->rows || !is_pool(l) || objective_of(l) == ENSEMBLE_SCORE_AUC)
        return;
    check_one_by_one(l, truth, o);
    tally->held_out++;
}
