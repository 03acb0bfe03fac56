/* SPDX-License-Identifier: MIT */
/* The best weights: how far they are from the best by certificates, and by solvers that look at every support. */
#include "check.h"

#include "report.h"

#include <math.h>

/* How near to the best ones they must be, beside the size of what is minimised. */
#define NEAR 1e-7L
#define TINY 1e-12L
#define MANY 16     /* models, of which every set is looked at */
#define LEAST 1e-30L /* what is smaller than that is nothing beside values around 1 */

static unsigned support_of(const struct outcome *o, size_t n)
{
    unsigned support = 0;

    for (size_t i = 0; i < n; i++)
        support |= (unsigned)(o->weights[i] != 0) << i;
    return support;
}

static int all_allowed(const struct truth *truth)
{
    unsigned all = 0;

    for (size_t i = 0; i < truth->n; i++)
        all |= (unsigned)truth->here[i] << i;
    return within_budget(truth->lesson, all);
}

/* Do the limits matter? Of many models the library says so; if they do not, there are no better weights at all. */
static int few(const struct truth *truth, const struct outcome *o)
{
    return truth->n_here > MANY ? o->report.exact == 0 : !all_allowed(truth);
}

static void check_gap(const struct outcome *o, long double gap, long double size)
{
    if (!(o->report.gap >= 0) || !((long double)o->report.gap <= 10 * NEAR * size))
        report_fail("gap is %g, where the size is %Lg and a bound %Lg", o->report.gap, size, gap);
    if (!(gap >= -TINY * size))
        report_fail("the gradient says %Lg, which should not be negative", gap);
}

/* With many models and limits that matter, sets are built by adding one at a time, and no promise is made. */
static void check_exact(const struct truth *truth, const struct outcome *o)
{
    if (o->report.exact != 1 && (truth->n_here <= MANY || all_allowed(truth)))
        report_fail("exact is %d", (int)o->report.exact);
}

/* Nobody is better than the weights by more than the gap says. */
static void check_against(const struct outcome *o, const char *what, long double value, long double other,
                          long double tiny)
{
    if (other < value - (long double)o->report.gap - tiny)
        report_fail("%s has %.17Lg, which is lower than %.17Lg by %Lg, and gap is %g", what, other, value,
                    value - other, o->report.gap);
    else
        report_pass();
}

static long double sizes(const long double *w, size_t n)
{
    long double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += fabsl(w[i]);
    return sum;
}

/* Models that say the same have the same weight: those nearest to equal ones, or to 0, are chosen. */
static void check_twins(const struct truth *truth, const struct outcome *o, long double largest)
{
    for (size_t i = 0; i < truth->n; i++)
        for (size_t j = 0; j < i; j++) {
            int same = truth->here[i] && truth->here[j];

            for (size_t at = 0; same && at < truth->rows * truth->width; at++)
                same = !(truth->x[i][at] < truth->x[j][at]) && !(truth->x[i][at] > truth->x[j][at]);
            if (same && fabsl((long double)o->weights[i] - (long double)o->weights[j]) > 1e-6L * largest)
                report_fail("models %zu and %zu say the same, but have the weights %.17g and %.17g", j, i,
                            o->weights[j], o->weights[i]);
        }
}

/*
 * Of weights that are equally good, those nearest to equal ones, or to 0: what a ridge leads to that becomes smaller.
 * That is told by two of them, where they agree.
 */
static void check_nearest(const struct truth *truth, struct quadratic *q, const struct outcome *o)
{
    long double one[MODELS] = {0}, two[MODELS] = {0}, trace = 0, apart = 0, away = 0;

    for (size_t i = 0; i < truth->n; i++)
        for (size_t at = 0; truth->here[i] && at < truth->rows * truth->width; at++) {
            const long double d = truth->x[i][at] - (q->constraint == ENSEMBLE_SIMPLEX ? truth->t[at] : 0);

            trace += d * d / (long double)truth->rows;
        }
    q->ridge = 1e-8L * trace;
    quadratic_best(q, one);
    q->ridge = 1e-10L * trace;
    quadratic_best(q, two);
    q->ridge = 0;
    for (size_t i = 0; i < truth->n; i++) {
        apart = fmaxl(apart, fabsl(one[i] - two[i]));
        away = fmaxl(away, fabsl(two[i] - (long double)o->weights[i]));
    }
    if (trace > LEAST && apart <= 1e-6L * sizes(two, truth->n) && away > 1e-5L * sizes(two, truth->n))
        report_fail("others are as good, and nearer to equal ones: %.9Lg, %.9Lg instead of %.9g, %.9g", two[0], two[1],
                    o->weights[0], o->weights[1]);
}

static void convex_squares(const struct truth *truth, const struct outcome *o, struct tally *tally)
{
    const struct lesson *l = truth->lesson;
    static struct quadratic q;
    long double w[MODELS] = {0}, best[MODELS] = {0}, value, gap, size, least;
    const struct answer a = truth_mix(truth, o->weights, 1);

    for (size_t i = 0; i < l->n; i++)
        w[i] = (long double)o->weights[i];
    quadratic_make(&q, truth, &l->options);
    value = quadratic_value(&q, w);
    size = a.size + q.ridge * (sizes(w, l->n) + 1) * (sizes(w, l->n) + 1) + LEAST;
    gap = quadratic_gap(&q, w, few(truth, o) ? support_of(o, l->n) : ~0u);
    check_gap(o, gap, size);
    if (gap > NEAR * size)
        report_fail("the weights could be better by %Lg, where the size is %Lg", gap, size);
    if (!few(truth, o))
        check_twins(truth, o, sizes(w, l->n));
    tally->optima++;
    if (l->n > EXHAUSTIVE)
        return;
    tally->exhaustive++;
    least = quadratic_best(&q, best);
    if (!few(truth, o) && !(l->options.ridge > 0))
        check_nearest(truth, &q, o);
    if (l->options.constraint == ENSEMBLE_SIMPLEX || sizes(best, l->n) <= 2 * sizes(w, l->n))
        check_against(o, "another set of weights", value, least, TINY * size);
}

/* Sets of models to which none can be added. */
static int is_largest(const struct truth *truth, unsigned support)
{
    if (!within_budget(truth->lesson, support))
        return 0;
    for (size_t i = 0; i < truth->n; i++)
        if (!(support >> i & 1) && truth->here[i] && within_budget(truth->lesson, support | 1u << i))
            return 0;
    return 1;
}

static void every_set(const struct truth *truth, const struct likelihood *q, const struct outcome *o,
                      long double loss, struct tally *tally)
{
    const long double level = loss - (long double)o->report.gap - TINY;
    long double w[MODELS], bound;

    for (unsigned support = 1; support < 1u << truth->n; support++) {
        int here = is_largest(truth, support);

        for (size_t i = 0; i < truth->n; i++)
            here &= truth->here[i] || !(support >> i & 1);
        if (!here)
            continue;
        likelihood_descend(q, support, level, w, &bound);
        check_against(o, "a set of models", loss, likelihood_loss(q, w), TINY);
        tally->undecided += bound < level - TINY;
    }
    tally->exhaustive++;
}

static void convex_likelihood(const struct truth *truth, const struct outcome *o, struct tally *tally)
{
    const struct lesson *l = truth->lesson;
    static struct likelihood q;
    long double w[MODELS] = {0}, value, loss, gap, bound;
    const unsigned support = few(truth, o) ? support_of(o, l->n) : ~0u;

    for (size_t i = 0; i < l->n; i++)
        w[i] = (long double)o->weights[i];
    likelihood_make(&q, truth);
    value = likelihood_value(&q, w);
    loss = likelihood_loss(&q, w);
    gap = likelihood_gap(&q, w, support);
    tally->optima++;
    if (q.strict)
        check_gap(o, gap, 1 + loss);
    if (!(o->report.gap >= 0))
        report_fail("gap is %g", o->report.gap);
    if (gap > NEAR * (1 + fabsl(value)))
        report_fail("the weights could be better by %Lg", gap);
    if (few(truth, o) && l->n <= EXHAUSTIVE) {
        every_set(truth, &q, o, loss, tally);
    } else if (!few(truth, o)) {
        likelihood_descend(&q, ~0u, loss - (long double)o->report.gap - TINY, w, &bound);
        check_against(o, "another set of weights", loss, likelihood_loss(&q, w), TINY);
    }
}

void check_convex(const struct truth *truth, const struct outcome *o, struct tally *tally)
{
    check_exact(truth, o);
    if (objective_of(truth->lesson) == ENSEMBLE_SCORE_SQUARED_ERROR)
        convex_squares(truth, o, tally);
    else
        convex_likelihood(truth, o, tally);
}
