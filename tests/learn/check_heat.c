/* SPDX-License-Identifier: MIT */
/* Temperatures: none between 0.01 and 100 is better, by a search through all of them. */
#include "check.h"

#include "report.h"

#include <math.h>
#include <stdlib.h>

#define COLDEST .01L
#define HOTTEST 100.L
#define STEPS 60
#define NEAR 1e-9L

/* The log loss at a temperature. */
struct heat {
    const struct truth *truth;
    size_t model;    /* by itself; MODELS: the result's */
    const double *y; /* of the result: the rows as they are before, rows x width */
    int32_t form;
};

static long double of_row(const struct heat *h, size_t r, long double t)
{
    const struct truth *truth = h->truth;
    const size_t label = truth->width > 1 ? (size_t)truth->label[r] : 0;
    long double x[WIDTH], most = -(long double)INFINITY, sum = 0;

    if (h->model < MODELS) {
        truth_row(truth->lesson, h->model, t, truth->row[r], x);
        return truth->width == 1 && truth->label[r] == 0 ? 1 - x[0] : x[label];
    }
    for (size_t k = 0; k < truth->width; k++) {
        const long double y = (long double)h->y[r * truth->width + k];

        x[k] = (h->form == ENSEMBLE_RESULT_SOFTMAX ? y : logl(y)) / t;
        most = x[k] > most ? x[k] : most;
    }
    for (size_t k = 0; k < truth->width; k++)
        sum += expl(x[k] - most);
    return expl(x[label] - most) / sum;
}

static long double loss(const struct heat *h, long double t)
{
    long double sum = 0;
    size_t rows = 0;

    for (size_t r = 0; r < h->truth->rows; r++) {
        const long double p = of_row(h, r, t);

        if (isnan(p))
            continue;
        sum -= p < 1e-12L ? logl(1e-12L) : p > 1 ? 0 : logl(p);
        rows++;
    }
    return sum / (long double)rows;
}

/* The least of all, by steps and then by thirds. */
static long double least_loss(const struct heat *h, long double *at)
{
    const long double step = logl(HOTTEST / COLDEST) / STEPS;
    long double least = (long double)INFINITY, low, high;

    for (int k = 0; k <= STEPS; k++) {
        const long double t = COLDEST * expl(step * k), found = loss(h, t);

        if (found < least) {
            least = found;
            *at = t;
        }
    }
    low = *at * expl(-step) < COLDEST ? COLDEST : *at * expl(-step);
    high = *at * expl(step) > HOTTEST ? HOTTEST : *at * expl(step);
    for (int k = 0; k < 70; k++) {
        const long double a = low + (high - low) / 3, b = high - (high - low) / 3;

        if (loss(h, a) < loss(h, b))
            high = b;
        else
            low = a;
    }
    if (loss(h, low) < least) {
        *at = low;
        least = loss(h, low);
    }
    return least;
}

static void check_heat(const struct heat *h, const char *what, double found, struct tally *tally)
{
    long double least, reached, t = (long double)found, at = 1;

    tally->temperatures++;
    if (!(found >= .01 * (1 - 1e-12) && found <= 100 * (1 + 1e-12))) {
        report_fail("the temperature of %s is %g", what, found);
        return;
    }
    least = least_loss(h, &at);
    reached = loss(h, t);
    if (isnan(least) || !(reached > least + NEAR * (1 + least)))
        report_pass();
    else
        report_fail("the temperature of %s is %.17g, with a loss of %.17Lg; at %.17Lg it is %.17Lg", what, found,
                    reached, at, least);
}

int is_calibrated(const struct lesson *l, size_t i)
{
    const struct member *m = &l->members[i];

    if (!(l->options.calibrate & ENSEMBLE_CALIBRATE_MODELS) || m->missing)
        return 0;
    return l->width > 1 ? m->space == ENSEMBLE_LOGITS : m->space == ENSEMBLE_BINARY_LOGITS && !m->mapped;
}

void check_temperatures(const struct truth *truth, const struct outcome *o, struct tally *tally)
{
    const struct lesson *l = truth->lesson;

    for (size_t i = 0; i < l->n; i++) {
        const struct heat h = {truth, i, NULL, 0};

        if (is_calibrated(l, i))
            check_heat(&h, "a model", o->temperatures[i], tally);
        else if (!isnan(o->temperatures[i]))
            report_fail("model %zu was not to be calibrated, but has the temperature %g", i, o->temperatures[i]);
    }
}

/* Does what the handle says by itself agree, where it is about the same rows? */
static void check_against_score(const struct truth *truth, struct ensemble *e, const char *what, int32_t score,
                                double said)
{
    const struct lesson *l = truth->lesson;
    size_t known = 0, count;
    const void *targets = lesson_targets(l, &count);
    double found = 0;

    for (size_t r = 0; r < l->rows; r++) {
        int is_known = 1;

        for (size_t k = 0; k < l->width; k++)
            is_known &= !isnan(lesson_target(l, r, k));
        known += is_known != 0;
    }
    if (known != truth->rows || (l->policy & ~ENSEMBLE_LEAVE_OUT_MISSING) != 0)
        return;
    if (ensemble_score(e, score, targets, l->target + 1, count, &found) != 0)
        report_fail("the score of the handle cannot be had");
    else if (!(fabs(found - said) <= 1e-9 * (1 + fabs(said))) && !(isnan(found) && isnan(said)))
        report_fail("%s is %.17g, but the handle's own score %.17g", what, said, found);
    else
        report_pass();
}

/* The rows that are used, before the form of the result. */
static double *rows_before(const struct truth *truth, struct ensemble *e)
{
    const struct lesson *l = truth->lesson;
    double *y = malloc(l->rows * l->width * sizeof *y);
    int code = ensemble_set_result(e, ENSEMBLE_RESULT_AS_IS, 0);

    if (code == 0 && y != NULL)
        code = ensemble_combine(e, y, ENSEMBLE_F64, l->rows * l->width);
    if (code != 0)
        report_fail("cannot combine after the fit: %s", ensemble_strerror(code));
    for (size_t r = 0; r < truth->rows && y != NULL; r++)
        for (size_t k = 0; k < l->width; k++)
            y[r * l->width + k] = y[truth->row[r] * l->width + k];
    return y;
}

static int has_negative(const double *y, size_t n)
{
    for (size_t at = 0; at < n; at++)
        if (y[at] < 0)
            return 1;
    return 0;
}

void check_result(const struct truth *truth, struct ensemble *e, const struct outcome *o, struct tally *tally)
{
    const struct lesson *l = truth->lesson;
    struct heat h = {truth, MODELS, NULL, l->form};
    double *y;

    if (l->form == ENSEMBLE_RESULT_AS_IS && l->method <= ENSEMBLE_MEAN && l->options.how != ENSEMBLE_FIT_NOTHING &&
        !l->own_metric && objective_of(l) <= ENSEMBLE_SCORE_SQUARED_ERROR)
        check_against_score(truth, e, "objective", objective_of(l), o->report.objective);
    if (l->options.calibrate != 0)
        check_against_score(truth, e, "log_loss", ENSEMBLE_SCORE_LOG_LOSS, o->report.log_loss);
    else if (!isnan(o->report.log_loss))
        report_fail("log_loss is %g, without calibration", o->report.log_loss);
    if (!(l->options.calibrate & ENSEMBLE_CALIBRATE_RESULT)) {
        if (!isnan(o->report.temperature))
            report_fail("temperature is %g, without calibration", o->report.temperature);
        return;
    }
    y = rows_before(truth, e);
    h.y = y;
    /* negative numbers have no powers; what is left of the rows is up to the library */
    if (l->form != ENSEMBLE_RESULT_TEMPERED || !has_negative(y, truth->rows * l->width)) {
        const long double expected = loss(&h, (long double)o->report.temperature);

        check_heat(&h, "the result", o->report.temperature, tally);
        if (!(fabsl(expected - (long double)o->report.log_loss) <= 1e-9L) &&
            !(isnan(expected) && isnan(o->report.log_loss)))
            report_fail("log_loss is %.17g, not %.17Lg", o->report.log_loss, expected);
    }
    free(y);
}
