/* SPDX-License-Identifier: MIT */
/* What every fit reports, whatever it learned. */
#include "check.h"

#include "report.h"

#include <math.h>
#include <string.h>

int32_t objective_of(const struct lesson *l)
{
    if (l->options.objective != 0)
        return l->options.objective;
    return l->target == LABELS ? ENSEMBLE_SCORE_LOG_LOSS : ENSEMBLE_SCORE_SQUARED_ERROR;
}

int more_is_better(int32_t score)
{
    return score == ENSEMBLE_SCORE_ACCURACY || score == ENSEMBLE_SCORE_AUC;
}

struct span objective(const struct lesson *l, const struct answer *a)
{
    return l->own_metric ? mark_metric(a) : mark(objective_of(l), a);
}

/* Does some class have rows of both kinds? */
static int has_area(const struct truth *truth)
{
    for (size_t r = 1; r < truth->rows; r++)
        if (truth->label[r] != truth->label[0])
            return 1;
    return 0;
}

static int is_one_of(int code, const int *codes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (code == codes[i])
            return 1;
    return 0;
}

/* Is all weight with models that are missing? */
static int nobody_weighs(const struct truth *truth)
{
    for (size_t i = 0; i < truth->n; i++)
        if (truth->here[i] && truth->lesson->weights[i] > 0)
            return 0;
    return 1;
}

static int nothing_to_calibrate(const struct lesson *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (is_calibrated(l, i))
            return 0;
    return l->call == FIT && (l->options.calibrate & ENSEMBLE_CALIBRATE_MODELS);
}

/* Is there a model without an objective by itself, since it has no answer where that would matter? */
static int lacks_objective(const struct truth *truth, struct ensemble *e)
{
    for (size_t i = 0; i < truth->n && truth->lesson->options.how > ENSEMBLE_FIT_GREEDY; i++)
        if (truth->here[i]) {
            const struct answer a = answer_of_model(truth, e, i);

            if (a.rows == 0 || isnan(objective(truth->lesson, &a).low))
                return 1;
        }
    return 0;
}

/* Without the constraint that weights sum to 1: are none better than any? */
static int better_without(const struct truth *truth)
{
    static struct quadratic q;

    if (truth->lesson->options.constraint == ENSEMBLE_SIMPLEX)
        return 0;
    quadratic_make(&q, truth, &truth->lesson->options);
    for (size_t i = 0; i < truth->n; i++) {
        const long double b = q.constraint == ENSEMBLE_NONNEGATIVE ? q.b[i] : fabsl(q.b[i]);

        if (within_budget(truth->lesson, 1u << i) && b > 1e-12L)
            return 0;
    }
    return 1;
}

/* Can no model be had by itself, of those that are there? */
static int too_dear(const struct truth *truth)
{
    for (size_t i = 0; i < truth->n; i++)
        if (truth->here[i] && within_budget(truth->lesson, 1u << i))
            return 0;
    return 1;
}

/* What the header leaves open, or says in general: parts without rows, no area, nothing to calibrate, no weight. */
static int left_open(const struct lesson *l, const struct truth *truth, struct ensemble *e, int code)
{
    static const int codes[] = {ENSEMBLE_EFIT, ENSEMBLE_ETARGET, ENSEMBLE_EZEROSUM, ENSEMBLE_EPARAMETER};
    static const int nobody[] = {ENSEMBLE_EMISSING, ENSEMBLE_EZEROSUM};
    const int held_out = l->options.folds + l->options.bags > 0;
    const int few = l->options.max_models > 0 || l->options.cost != NULL;
    const int areas = l->call == FIT && objective_of(l) == ENSEMBLE_SCORE_AUC;
    const int parts = truth->rows < (l->options.bags > 0 ? 4 : 2 * l->options.folds) ||
                      (held_out && (l->options.how == ENSEMBLE_FIT_LOG_ODDS || areas));

    if (l->call == UPDATE)
        return nobody_weighs(truth) && is_one_of(code, nobody, 2);
    if (code == ENSEMBLE_EZEROSUM)
        return l->options.how == ENSEMBLE_FIT_LOG_ODDS || better_without(truth);
    if (code == ENSEMBLE_EFIT && l->options.how == ENSEMBLE_FIT_LOG_ODDS && few)
        return 1; /* none that is allowed is better than chance */
    if (code == ENSEMBLE_EQUORUM)
        return l->options.how == ENSEMBLE_FIT_NOTHING && nobody_weighs(truth);
    if (code == ENSEMBLE_EFIT && (nothing_to_calibrate(l) || too_dear(truth) || lacks_objective(truth, e)))
        return 1;
    return (parts || (areas && !has_area(truth))) && is_one_of(code, codes, 4);
}

static int kept_weights(const struct lesson *l, const struct outcome *o)
{
    for (size_t i = 0; i < l->n; i++)
        if (o->now[i] < l->weights[i] || o->now[i] > l->weights[i])
            return 0;
    return 1;
}

int check_code(const struct lesson *l, const struct truth *truth, struct ensemble *e, const struct outcome *o)
{
    static const int absent[] = {ENSEMBLE_EMISSING, ENSEMBLE_EQUORUM};
    const int policy = l->call == UPDATE || (l->policy & ENSEMBLE_LEAVE_OUT_MISSING);
    int expected;

    if (l->options.bags > 0 && (l->options.max_models > 0 || l->options.cost != NULL))
        expected = o->code == ENSEMBLE_EFIT || (truth->n_here < l->n && o->code != 0); /* a mean of few is of many */
    else if (truth->n_here == 0 || (truth->n_here < l->n && !policy))
        expected = is_one_of(o->code, absent, 2) || (truth->n_here == 0 && nothing_to_calibrate(l));
    else if (truth->rows == 0)
        expected = l->call == UPDATE ? o->code == 0 : o->code == ENSEMBLE_ETARGET || nothing_to_calibrate(l);
    else
        expected = o->code == 0 || left_open(l, truth, e, o->code);
    if (!expected)
        report_fail("the call returns %d (%s); %zu rows can be used", o->code, ensemble_strerror(o->code), truth->rows);
    if ((o->code != 0 || truth->rows == 0) && !kept_weights(l, o))
        report_fail("the weights have changed, although nothing could be learned");
    if (expected && o->code == 0 && truth->rows > 0)
        return 0;
    report_pass();
    return 1;
}

static void check_number(const char *what, struct span s, double found)
{
    if (span_holds(s, found) || (isnan(s.low) && isnan(found)))
        report_pass();
    else
        report_fail("%s is %.17g, not between %.17Lg and %.17Lg", what, found, s.low, s.high);
}

/* Which may be the best by itself: no other is surely better, or as good and before it. */
static int may_be_best(const struct lesson *l, const struct truth *truth, const struct span *single, size_t best)
{
    const int more = more_is_better(objective_of(l)) && !l->own_metric;

    for (size_t i = 0; i < truth->n; i++) {
        const int sure = !(single[i].low < single[i].high) && !(single[best].low < single[best].high);

        if (!truth->here[i] || i == best || isnan(single[i].low))
            continue; /* missing, itself, or without an answer in any row */
        if (more ? single[i].low > single[best].high : single[i].high < single[best].low)
            return 0;
        if (sure && i < best && !(single[i].low < single[best].low))
            return 0;
    }
    return truth->here[best];
}

static void check_singles(const struct truth *truth, struct ensemble *e, const struct outcome *o)
{
    const struct lesson *l = truth->lesson;
    struct span single[MODELS] = {{0, 0}};
    struct answer a;

    for (size_t i = 0; i < truth->n; i++) {
        if (truth->here[i]) {
            a = answer_of_model(truth, e, i);
            single[i] = objective(l, &a);
            check_number("the objective of a model by itself", single[i], o->single[i]);
        } else if (!isnan(o->single[i])) {
            report_fail("model %zu is missing, and has the objective %g", i, o->single[i]);
        }
    }
    a = answer_of_equals(truth, e);
    check_number("uniform", objective(l, &a), o->report.uniform);
    if (isnan(o->report.best_single))
        return; /* there is no area */
    if (o->report.best_model < 0 || (size_t)o->report.best_model >= l->n) {
        report_fail("best_model is %d", (int)o->report.best_model);
        return;
    }
    if (!may_be_best(l, truth, single, (size_t)o->report.best_model))
        report_fail("model %d is not the best by itself", (int)o->report.best_model);
    if (memcmp(&o->report.best_single, &o->single[o->report.best_model], sizeof(double)) != 0)
        report_fail("best_single is %.17g, but that of the best model %.17g", o->report.best_single,
                    o->single[o->report.best_model]);
}

/* The weights themselves: whose they are, how many, and what they cost. */
static void check_weights(const struct truth *truth, const struct outcome *o)
{
    const struct lesson *l = truth->lesson;
    const int stays = l->options.how == ENSEMBLE_FIT_NOTHING;
    const int any = l->options.constraint == ENSEMBLE_UNCONSTRAINED;
    long double sum = 0;
    unsigned support = 0;
    size_t used = 0;

    if (memcmp(o->weights, o->now, l->n * sizeof(double)) != 0)
        report_fail("the weights of the report are not those of the handle");
    if (stays && !kept_weights(l, o))
        report_fail("the weights should have stayed");
    for (size_t i = 0; i < l->n; i++) {
        const double w = o->weights[i];

        sum += (long double)w;
        used += w != 0;
        support |= (unsigned)(w != 0) << i;
        if (!isfinite(w) || (!any && (w < 0 || signbit(w))) || (!truth->here[i] && w != 0 && !stays))
            report_fail("weight %zu is %g", i, w);
    }
    if (!stays && l->options.constraint == ENSEMBLE_SIMPLEX && fabsl(sum - 1) > 1e-12L)
        report_fail("the weights sum to %.17Lg", sum);
    if (o->report.models_used != used)
        report_fail("models_used is %zu, but %zu weights are not 0", o->report.models_used, used);
    if (!stays && !within_budget(l, support))
        report_fail("these models are not allowed together: %#x", support);
}

static void check_held_out(const struct lesson *l, const struct outcome *o)
{
    const int held = l->options.folds > 0 || l->options.bags > 0;

    if (!held && !isnan(o->report.held_out))
        report_fail("held_out is %g, but nothing was", o->report.held_out);
    if (held && !isfinite(o->report.held_out) && objective_of(l) != ENSEMBLE_SCORE_AUC && is_pool(l))
        report_fail("held_out is %g", o->report.held_out);
}

void check_fit(const struct truth *truth, struct ensemble *e, const struct outcome *o, struct tally *tally)
{
    const struct lesson *l = truth->lesson;
    const size_t rounds = l->options.rounds > 0 ? l->options.rounds : 50;
    struct answer a;

    tally->fits++;
    if (o->report.rows_used != truth->rows)
        report_fail("rows_used is %zu, not %zu", o->report.rows_used, truth->rows);
    if (l->own_metric && l->options.folds + l->options.bags == 0 && o->rows_seen != truth->rows)
        report_fail("the metric was called for %zu rows, not %zu", o->rows_seen, truth->rows);
    check_singles(truth, e, o);
    check_weights(truth, o);
    check_held_out(l, o);
    a = answer_of(truth, e, o->weights);
    check_number("objective", objective(l, &a), o->report.objective);
    if (l->options.how == ENSEMBLE_FIT_CONVEX && l->options.bags == 0)
        check_convex(truth, o, tally);
    if (l->options.how == ENSEMBLE_FIT_GREEDY && l->options.bags == 0)
        check_greedy(truth, o, tally);
    if (l->options.how > ENSEMBLE_FIT_GREEDY && l->options.how < ENSEMBLE_FIT_NOTHING && l->options.bags == 0)
        check_closed(truth, e, o, tally);
    if (l->options.how != ENSEMBLE_FIT_CONVEX && (o->report.exact != 0 || !isnan(o->report.gap)))
        report_fail("exact is %d and gap %g", (int)o->report.exact, o->report.gap);
    for (size_t k = l->options.how == ENSEMBLE_FIT_GREEDY ? rounds : 0; k < ROUNDS - 2; k++)
        if (!isnan(o->trajectory[k]))
            report_fail("the trajectory is %g at %zu", o->trajectory[k], k);
    report_pass();
}
