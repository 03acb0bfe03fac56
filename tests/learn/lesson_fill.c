/* SPDX-License-Identifier: MIT */
/* What the models say, and what is true: models of different skill, some of them the same as others. */
#include "lesson.h"

#include <math.h>
#include <string.h>

/* Below it, values of models that say chances are 0. */
#define LEAST 1e-6

/* How a model relates to the truth. */
struct skill {
    double strength, noise, bias;
    int hard; /* says 0 and 1 only */
};

static double around_zero(struct rng *rng)
{
    return lesson_unit(rng) + lesson_unit(rng) + lesson_unit(rng) - 1.5;
}

static void fill_targets(struct lesson *l)
{
    const int unknown = rng_one_in(&l->rng, 4), one = rng_one_in(&l->rng, 12);
    const size_t classes = l->width > 1 ? l->width : 2;

    for (size_t r = 0; r < l->rows; r++) {
        double sum = 0;

        l->label[r] = one ? 0 : (int32_t)rng_below(&l->rng, classes);
        for (size_t k = 0; k < l->width; k++) {
            double *t = &l->values[r * l->width + k];

            *t = l->chances ? lesson_unit(&l->rng) : 2 * around_zero(&l->rng);
            sum += *t;
        }
        for (size_t k = 0; k < l->width && l->target != LABELS; k++) {
            double *t = &l->values[r * l->width + k];

            *t = l->chances && l->width > 1 ? *t / sum : *t;
            *t = number_decode(l->target, number_encode(l->target, *t));
        }
        if (unknown && rng_one_in(&l->rng, 10)) {
            l->values[r * l->width + rng_below(&l->rng, l->width)] = (double)NAN;
            l->label[r] = l->target == LABELS ? -(int32_t)rng_between(&l->rng, 1, 3) : l->label[r];
        }
    }
}

/* The truth as a model would like to see it. */
static double truth(const struct lesson *l, size_t r, size_t k)
{
    const double t = l->values[r * l->width + k];

    if (l->target != LABELS)
        return isnan(t) ? 0 : t;
    if (l->width == 1)
        return l->label[r] == 1;
    return (int32_t)k == l->label[r];
}

static double clipped(double p, int hard)
{
    if (hard)
        return p >= .5;
    return p < LEAST ? 0 : p > 1 ? 1 : p;
}

/* What a model says of a row's classes, before it is put into its space. */
static void opinions(struct lesson *l, const struct skill *s, size_t r, double *z)
{
    const double scale = l->chances ? 3 : 1;

    for (size_t k = 0; k < l->width; k++) {
        const double t = truth(l, r, k);

        z[k] = scale * s->strength * (l->chances && l->width == 1 ? 2 * t - 1 : t);
        z[k] += l->noise * s->noise * around_zero(&l->rng) + s->bias;
        if (l->grid)
            z[k] = floor(z[k] * (l->chances ? 1 : 4) + .5) / (l->chances ? 1 : 4);
        z[k] = z[k] > 6 ? 6 : z[k] < -6 ? -6 : z[k];
    }
}

/* Their probabilities: each by itself, where the width is 1 or they are on a grid, and else a softmax. */
static void chances(const struct lesson *l, const double *z, int alone, double *p)
{
    double sum = 0;

    for (size_t k = 0; k < l->width; k++)
        sum += exp(z[k]);
    for (size_t k = 0; k < l->width; k++)
        p[k] = alone ? 1 / (1 + exp(-z[k])) : exp(z[k]) / sum;
    for (size_t k = 0; k < l->width && l->grid; k++)
        p[k] = floor(p[k] * 4 + .5) / 4;
}

static double value(const struct lesson *l, const struct member *m, const struct skill *s, double z, double p)
{
    switch (m->space) {
    case ENSEMBLE_PROBABILITIES:
        return clipped(p, s->hard);
    case ENSEMBLE_LOG_PROBABILITIES:
        return log(clipped(p, s->hard));
    case ENSEMBLE_AS_IS:
        return l->chances ? clipped(p, s->hard) : z;
    default:
        return z;
    }
}

static int32_t best_of(const struct lesson *l, const double *z)
{
    size_t best = 0;

    for (size_t k = 1; k < l->width; k++)
        best = z[k] > z[best] ? k : best;
    return l->width == 1 ? 0 : (int32_t)best;
}

static void fill_row(struct lesson *l, struct member *m, const struct skill *s, size_t r)
{
    double z[WIDTH], p[WIDTH];

    opinions(l, s, r, z);
    chances(l, z, l->width == 1 || m->space == ENSEMBLE_BINARY_LOGITS, p);
    for (size_t c = 0; c < m->columns; c++) {
        const int32_t k = m->mapped ? m->map[c] : (int32_t)c;
        const double other = l->chances ? lesson_unit(&l->rng) / 2 : 0;
        const double v = k >= 0 ? value(l, m, s, z[k], p[k]) : value(l, m, s, around_zero(&l->rng), other);

        if (m->dtype != LABELS)
            m->bits[r * m->columns + c] = number_encode(m->dtype, v);
    }
    if (m->dtype == LABELS)
        m->bits[r] = (uint64_t)best_of(l, z);
}

/* Something that is not finite, or no label, in a few rows. */
static void spoil(struct lesson *l, struct member *m)
{
    for (size_t r = 0; r < l->rows; r++) {
        const size_t c = rng_below(&l->rng, m->columns);
        const uint64_t infinity = m->dtype == LABELS ? 0 : number_infinity(m->dtype);

        if (!rng_one_in(&l->rng, 40))
            continue;
        if (m->dtype == LABELS)
            m->bits[r] = (uint64_t)(rng_one_in(&l->rng, 2) ? -1 : 1000);
        else if (rng_one_in(&l->rng, 3) && (m->space == ENSEMBLE_AS_IS || m->space == ENSEMBLE_LOGITS))
            m->bits[r * m->columns + c] = infinity;
        else
            m->bits[r * m->columns + c] = infinity + 1;
    }
}

/* A map of distinct classes, with columns that have none; `width` columns or so. */
static void choose_map(struct lesson *l, struct member *m)
{
    int32_t classes[WIDTH + 3];
    size_t named = 0;

    m->mapped = 1;
    m->columns = rng_between(&l->rng, 1, l->width + 2);
    for (size_t c = 0; c < l->width + 2; c++)
        classes[c] = c < l->width ? (int32_t)c : -1;
    for (size_t c = l->width + 1; c > 0; c--) {
        const size_t other = rng_below(&l->rng, c + 1);
        const int32_t class = classes[c];

        classes[c] = classes[other];
        classes[other] = class;
    }
    for (size_t c = 0; c < m->columns; c++) {
        m->map[c] = classes[c];
        named += classes[c] >= 0;
    }
    if (named == 0)
        m->map[0] = (int32_t)rng_below(&l->rng, l->width);
}

static void choose_kind(struct lesson *l, struct member *m, int labels, int maps)
{
    static const double temperatures[] = {0, .5, 2, 1.7, 1};
    static const int32_t spaces[] = {ENSEMBLE_AS_IS, ENSEMBLE_PROBABILITIES, ENSEMBLE_LOG_PROBABILITIES,
                                     ENSEMBLE_LOGITS, ENSEMBLE_LOGITS, ENSEMBLE_BINARY_LOGITS};

    m->dtype = (int)rng_below(&l->rng, DTYPES);
    m->space = l->chances || rng_one_in(&l->rng, 8) ? spaces[rng_below(&l->rng, 6)] : ENSEMBLE_AS_IS;
    m->columns = l->width;
    if (labels && rng_one_in(&l->rng, 2)) {
        m->dtype = LABELS;
        m->space = ENSEMBLE_LABELS;
        m->columns = 1;
    } else if (maps && rng_one_in(&l->rng, 2)) {
        choose_map(l, m);
    }
    if (m->space == ENSEMBLE_LOGITS || m->space == ENSEMBLE_BINARY_LOGITS)
        m->temperature = temperatures[rng_below(&l->rng, 5)];
    m->missing = rng_one_in(&l->rng, l->call == UPDATE || (l->policy & ENSEMBLE_LEAVE_OUT_MISSING) ? 6 : 60 * l->n);
}

static void copy_member(const struct lesson *l, struct member *to, const struct member *from)
{
    uint64_t *bits = to->bits;

    *to = *from;
    to->bits = bits;
    memcpy(bits, from->bits, l->rows * from->columns * sizeof *bits);
}

void lesson_fill(struct lesson *l)
{
    const int nans = rng_one_in(&l->rng, 4), maps = l->width > 1 && rng_one_in(&l->rng, 4);
    const int twins = rng_one_in(&l->rng, 4), one = rng_one_in(&l->rng, 3);
    const int labels = l->method == ENSEMBLE_VOTE && rng_one_in(&l->rng, 2);

    fill_targets(l);
    for (size_t i = 0; i < l->n; i++) {
        struct member *m = &l->members[i];
        const struct skill skill = {lesson_unit(&l->rng) * 1.2, .3 + lesson_unit(&l->rng),
                                    rng_one_in(&l->rng, 3) ? around_zero(&l->rng) : 0, rng_one_in(&l->rng, 8)};

        choose_kind(l, m, labels, maps);
        if (one && i > 0 && !maps && !labels) {
            m->dtype = l->members[0].dtype;
            m->space = l->members[0].space;
            m->temperature = l->members[0].temperature;
        }
        for (size_t r = 0; r < l->rows; r++)
            fill_row(l, m, &skill, r);
        if (nans && l->n * 2 < l->rows)
            spoil(l, m);
        if (twins && i > 0 && rng_one_in(&l->rng, 2))
            copy_member(l, m, &l->members[rng_below(&l->rng, i)]);
    }
}
