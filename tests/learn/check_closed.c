/* SPDX-License-Identifier: MIT */
/* The closed forms, from the models' objectives that were reported (check_fit.c looks at those). */
#include "check.h"

#include "report.h"

#include <math.h>

/* The parts that are to be divided by their sum; 0: they cannot be told. */
static int log_odds(const struct truth *truth, struct ensemble *e, long double *part)
{
    for (size_t i = 0; i < truth->n; i++)
        if (truth->here[i]) {
            const struct answer a = answer_of_model(truth, e, i);
            const struct span s = mark(ENSEMBLE_SCORE_ACCURACY, &a);
            const long double share = (s.low * (long double)truth->rows + .5L) / ((long double)truth->rows + 1);

            if (s.low < s.high)
                return 0;
            part[i] = fabsl(share - .5L) < 1e-15L || share < .5L ? 0 : logl(share / (1 - share));
        }
    return 1;
}

static void by_errors(const struct truth *truth, const struct outcome *o, long double *part)
{
    const struct ensemble_fit_options *options = &truth->lesson->options;
    const long double t = options->temperature > 0 ? (long double)options->temperature : 1;
    long double error[MODELS], least = (long double)INFINITY;

    for (size_t i = 0; i < truth->n; i++)
        if (truth->here[i]) {
            error[i] = more_is_better(objective_of(truth->lesson)) ? 1 - (long double)o->single[i]
                                                               : (long double)o->single[i];
            least = error[i] < least ? error[i] : least;
        }
    for (size_t i = 0; i < truth->n; i++) {
        if (!truth->here[i])
            continue;
        if (isnan(error[i]))
            part[i] = 0; /* no answer in any row, so no score */
        else if (options->how == ENSEMBLE_FIT_SOFTMAX)
            part[i] = expl((least - error[i]) / t);
        else
            part[i] = error[i] > 0 ? 1 / error[i] : (long double)INFINITY;
    }
}

/* The best ones by themselves that would have any weight, as far as they may be had together. The others get none. */
static void choose(const struct truth *truth, const struct outcome *o, long double *part)
{
    const struct lesson *l = truth->lesson;
    const double sign = more_is_better(objective_of(l)) ? -1 : 1;
    unsigned chosen = 0, seen = 0;

    for (size_t k = 0; k < truth->n_here; k++) {
        size_t best = MODELS;

        for (size_t i = 0; i < truth->n; i++)
            if (truth->here[i] && !(seen >> i & 1) &&
                (best == MODELS || isnan(o->single[best]) || sign * o->single[i] < sign * o->single[best]))
                best = i;
        seen |= 1u << best;
        if (part[best] > 0 && within_budget(l, chosen | 1u << best))
            chosen |= 1u << best;
        else
            part[best] = 0;
    }
}

void check_closed(const struct truth *truth, struct ensemble *e, const struct outcome *o, struct tally *tally)
{
    const struct lesson *l = truth->lesson;
    long double part[MODELS] = {0}, all = 0;
    int perfect = 0;

    if (objective_of(l) == ENSEMBLE_SCORE_AUC && isnan(o->report.best_single))
        return; /* there is no area */
    if (l->options.how != ENSEMBLE_FIT_LOG_ODDS) {
        by_errors(truth, o, part);
    } else if (!log_odds(truth, e, part)) {
        tally->undecided++;
        return;
    }
    choose(truth, o, part);
    for (size_t i = 0; i < l->n; i++)
        perfect |= isinf(part[i]) != 0;
    for (size_t i = 0; i < l->n; i++) {
        part[i] = !perfect ? part[i] : isinf(part[i]) ? 1 : 0;
        all += part[i];
    }
    for (size_t i = 0; i < l->n; i++)
        if (!(fabsl((long double)o->weights[i] - part[i] / all) <= 1e-12L)) {
            report_fail("weight %zu is %.17g, not %.17Lg", i, o->weights[i], part[i] / all);
            return;
        }
    tally->optima++;
    report_pass();
}
