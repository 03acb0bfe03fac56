/* SPDX-License-Identifier: MIT */
/*
 * Greedy selection, followed round by round: each value of the trajectory must be that of a choice that rounding cannot
 * tell from the best one. Where several are such, all of them are followed; the weights must be those of one.
 */
#include "check.h"

#include "report.h"

#include <math.h>
#include <string.h>

#define STATES 48

/* How often each model has been chosen. */
struct state {
    unsigned char count[MODELS];
};

struct beam {
    size_t n;
    struct state states[STATES];
};

/* A state's sums, to which a candidate is added. */
static long double sum[ROWS * WIDTH], error[ROWS * WIDTH], size[ROWS * WIDTH];

static void add_up(const struct truth *truth, const struct state *s)
{
    for (size_t at = 0; at < truth->rows * truth->width; at++) {
        sum[at] = error[at] = size[at] = 0;
        for (size_t i = 0; i < truth->n; i++)
            if (s->count[i] > 0) {
                const long double part = (long double)s->count[i] * truth->x[i][at];

                sum[at] += part;
                size[at] += fabsl(part);
                error[at] += fabsl(part) * truth->error[i];
            }
    }
}

static struct span with(const struct truth *truth, const struct state *s, size_t model, size_t round)
{
    const long double k = (long double)round + 1;
    struct answer a = truth_single(truth, model, 2);
    struct span found;

    a.size = 0;
    for (size_t i = 0; i < truth->n; i++)
        a.takes_part |= (unsigned)(s->count[i] > 0) << i;
    for (size_t at = 0; at < a.rows * a.width; at++) {
        const long double more = size[at] + fabsl(truth->x[model][at]), all = more / k + fabsl(a.t[at]);

        a.y[at] = (sum[at] + truth->x[model][at]) / k;
        a.e[at] = (error[at] + a.e[at]) / k + (k + 3) * ROUNDING * more / k;
        a.size += all * all / (long double)a.rows;
    }
    found = objective(truth->lesson, &a);
    if (more_is_better(objective_of(truth->lesson)) && !truth->lesson->own_metric)
        return (struct span){-found.high, -found.low};
    return found;
}

static void keep(struct beam *beam, const struct state *s)
{
    for (size_t i = 0; i < beam->n && i < STATES; i++)
        if (memcmp(&beam->states[i], s, sizeof *s) == 0)
            return;
    if (beam->n < STATES)
        beam->states[beam->n] = *s;
    beam->n++;
}

static unsigned support_of(const struct state *s)
{
    unsigned support = 0;

    for (size_t i = 0; i < MODELS; i++)
        support |= (unsigned)(s->count[i] > 0) << i;
    return support;
}

static int is_exact(struct span s)
{
    return !(s.low < s.high);
}

/* Could this candidate have been chosen? Of exactly equal ones, the first. */
static int may_be_chosen(const struct span *candidates, unsigned allowed_ones, size_t i)
{
    for (size_t j = 0; j < MODELS; j++) {
        if (!(allowed_ones >> j & 1) || j == i)
            continue;
        if (candidates[i].low > candidates[j].high)
            return 0;
        if (j < i && is_exact(candidates[i]) && is_exact(candidates[j]) && !(candidates[i].low < candidates[j].low))
            return 0;
    }
    return 1;
}

/* All that may have been chosen next, and has the value found. */
static void choose(const struct truth *truth, const struct state *s, size_t round, double found, struct beam *next,
                   long double *least, long double *rounding)
{
    struct span candidates[MODELS];
    unsigned allowed_ones = 0;

    add_up(truth, s);
    for (size_t i = 0; i < truth->n; i++)
        if (truth->here[i] && within_budget(truth->lesson, support_of(s) | 1u << i)) {
            allowed_ones |= 1u << i;
            candidates[i] = with(truth, s, i, round);
            *least = candidates[i].high < *least ? candidates[i].high : *least;
        }
    for (size_t i = 0; i < truth->n; i++) {
        struct state with_it = *s;

        if (!(allowed_ones >> i & 1) || !span_holds(candidates[i], found) ||
            !may_be_chosen(candidates, allowed_ones, i))
            continue;
        with_it.count[i]++;
        *rounding = fmaxl(*rounding, candidates[i].high - candidates[i].low);
        keep(next, &with_it);
    }
}

/* Is this the first of the best rounds, counted from 1, as far as rounding can tell? */
static int is_best_round(const double *trajectory, size_t rounds, double sign, size_t best, long double rounding)
{
    if (best < 1 || best > rounds)
        return 0;
    for (size_t k = 0; k < rounds; k++) {
        const double here = sign * trajectory[k], there = sign * trajectory[best - 1];

        if ((long double)here < (long double)there - rounding || (k < best - 1 && !(here > there)))
            return 0;
    }
    return 1;
}

static int has_weights(const struct beam *beam, const struct outcome *o, size_t rounds)
{
    for (size_t s = 0; s < beam->n && s < STATES; s++) {
        int same = 1;

        for (size_t i = 0; i < MODELS; i++) {
            const double share = (double)beam->states[s].count[i] / (double)rounds;

            same &= i >= (size_t)o->report.models || fabs(o->weights[i] - share) <= 4e-16 * share;
        }
        if (same)
            return 1;
    }
    return 0;
}

void check_greedy(const struct truth *truth, const struct outcome *o, struct tally *tally)
{
    const struct lesson *l = truth->lesson;
    const double sign = more_is_better(objective_of(l)) && !l->own_metric ? -1 : 1;
    const size_t rounds = l->options.rounds > 0 ? l->options.rounds : 50;
    const size_t best = (size_t)o->report.iterations;
    long double rounding = 0;
    static struct beam now, next;

    if (isnan(o->trajectory[0]) && objective_of(l) == ENSEMBLE_SCORE_AUC && !l->own_metric)
        return; /* there is no area */
    memset(&now, 0, sizeof now);
    now.n = 1;
    for (size_t round = 0; round < rounds; round++) {
        long double least = (long double)INFINITY;

        next.n = 0;
        for (size_t s = 0; s < now.n; s++)
            choose(truth, &now.states[s], round, sign * o->trajectory[round], &next, &least, &rounding);
        if (next.n == 0) {
            report_fail("round %zu of the trajectory is %.17g, but the best choice %.17Lg", round,
                        o->trajectory[round], (long double)sign * least);
            return;
        }
        if (next.n > STATES) {
            tally->undecided++;
            return;
        }
        now = next;
        if (round + 1 == best && !has_weights(&now, o, best)) {
            report_fail("the weights are not those of round %zu", best);
            return;
        }
    }
    if (!is_best_round(o->trajectory, rounds, sign, best, rounding))
        report_fail("the weights are of round %zu, which is not the first of the best", best);
    tally->trajectories++;
    report_pass();
}
