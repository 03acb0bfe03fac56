/* SPDX-License-Identifier: MIT */
#include "lesson.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Values of a lesson, at most; golden_fit has larger ones, a fuzzer smaller ones. */
#ifndef LESSON_LARGE
#define LESSON_LARGE 72000
#endif

/* What consecutive seeds try. */
struct topic {
    enum call call;
    int32_t how, objective; /* objective -1: accuracy or area; -2: one's own */
    int few;
};

static const struct topic topics[] = {
    {FIT, ENSEMBLE_FIT_CONVEX, ENSEMBLE_SCORE_SQUARED_ERROR, 0},
    {FIT, ENSEMBLE_FIT_CONVEX, ENSEMBLE_SCORE_LOG_LOSS, 0},
    {FIT, ENSEMBLE_FIT_GREEDY, ENSEMBLE_SCORE_SQUARED_ERROR, 0},
    {SCORE, 0, 0, 0},
    {FIT, ENSEMBLE_FIT_CONVEX, ENSEMBLE_SCORE_SQUARED_ERROR, 1},
    {FIT, ENSEMBLE_FIT_INVERSE_ERROR, 0, 0},
    {FIT, ENSEMBLE_FIT_GREEDY, ENSEMBLE_SCORE_LOG_LOSS, 0},
    {UPDATE, 0, 0, 0},
    {FIT, ENSEMBLE_FIT_CONVEX, ENSEMBLE_SCORE_SQUARED_ERROR, 0},
    {FIT, ENSEMBLE_FIT_CONVEX, ENSEMBLE_SCORE_LOG_LOSS, 1},
    {FIT, ENSEMBLE_FIT_LOG_ODDS, 0, 0},
    {FIT, ENSEMBLE_FIT_GREEDY, -1, 0},
    {SCORE, 0, 0, 0},
    {FIT, ENSEMBLE_FIT_SOFTMAX, 0, 0},
    {FIT, ENSEMBLE_FIT_NOTHING, 0, 0},
    {UPDATE, 0, 0, 0},
    {FIT, ENSEMBLE_FIT_GREEDY, -2, 0},
};
#define TOPICS (sizeof topics / sizeof topics[0])

double lesson_unit(struct rng *rng)
{
    return (double)(rng_bits(rng) >> 11) * 0x1p-53;
}

static double pick(struct rng *rng, const double *from, size_t n)
{
    return from[rng_below(rng, n)];
}

/* Mostly a few models, and now and then many rows. */
static void choose_shape(struct lesson *l, const struct topic *topic)
{
    const size_t most = rng_one_in(&l->rng, topic->few ? 6 : 2) ? MODELS : 8;

    l->n = rng_between(&l->rng, 1, most);
    l->width = rng_one_in(&l->rng, 4) ? 1 : rng_between(&l->rng, 1, rng_one_in(&l->rng, 2) ? 4 : WIDTH);
    l->rows = rng_between(&l->rng, 1, rng_one_in(&l->rng, 3) ? 300 : 40);
    if (topic->objective == -1)
        l->rows = rng_between(&l->rng, 4, 40);
    else if (rng_one_in(&l->rng, 10))
        l->rows = rng_between(&l->rng, 250, 1200);
    if (l->rows * l->n * l->width > LESSON_LARGE)
        l->rows = LESSON_LARGE / (l->n * l->width);
}

static int linear(const struct lesson *l)
{
    return l->call == UPDATE || (l->call == FIT && l->options.how <= ENSEMBLE_FIT_GREEDY);
}

static int by_labels(const struct lesson *l)
{
    const int32_t score = l->call == FIT ? l->options.objective : l->score;

    return (score != ENSEMBLE_SCORE_SQUARED_ERROR && score != 0) || l->options.calibrate != 0 ||
           (l->call == FIT && l->options.how == ENSEMBLE_FIT_LOG_ODDS);
}

static void choose_result(struct lesson *l)
{
    static const double temperatures[] = {0, .5, 1.7, 3};
    static const int32_t forms[] = {ENSEMBLE_RESULT_AS_IS, ENSEMBLE_RESULT_NORMALISED, ENSEMBLE_RESULT_TEMPERED,
                                    ENSEMBLE_RESULT_SOFTMAX, ENSEMBLE_RESULT_LOG};
    const int tempers = l->options.calibrate & ENSEMBLE_CALIBRATE_RESULT;

    l->method = (int32_t)rng_below(&l->rng, linear(l) || rng_one_in(&l->rng, 2) ? 2 : ENSEMBLE_RANK + 1);
    if (l->options.constraint != ENSEMBLE_SIMPLEX)
        l->method = ENSEMBLE_SUM;
    l->form = forms[rng_below(&l->rng, linear(l) ? 3 : 5)];
    if (l->call == UPDATE || rng_one_in(&l->rng, 3))
        l->form = ENSEMBLE_RESULT_AS_IS;
    if (tempers)
        l->form = linear(l) || rng_one_in(&l->rng, 2) ? ENSEMBLE_RESULT_TEMPERED : ENSEMBLE_RESULT_SOFTMAX;
    if (l->form == ENSEMBLE_RESULT_TEMPERED || l->form == ENSEMBLE_RESULT_SOFTMAX)
        l->form_temperature = pick(&l->rng, temperatures, 4);
    l->policy = rng_one_in(&l->rng, 2) ? ENSEMBLE_LEAVE_OUT_MISSING : 0;
    if (l->call == SCORE)
        l->policy = (int32_t)rng_below(&l->rng, 8);
}

/* Few models: costs, or a number, or both; the cheapest can always be had. */
static void choose_few(struct lesson *l)
{
    struct ensemble_fit_options *o = &l->options;
    double least = 100;

    if (!rng_one_in(&l->rng, 3))
        o->max_models = rng_between(&l->rng, 1, l->n);
    if (o->max_models > 0 && rng_one_in(&l->rng, 2))
        return;
    o->cost = l->cost;
    o->n_costs = l->n;
    for (size_t i = 0; i < l->n; i++) {
        l->cost[i] = (double)rng_below(&l->rng, 9) / 4;
        least = l->cost[i] < least ? l->cost[i] : least;
    }
    o->budget = least + (double)rng_below(&l->rng, 4 * l->n) / 4;
}

static void choose_fit(struct lesson *l, const struct topic *topic)
{
    static const double ridges[] = {0, 0, 0, 1e-6, .01, 1, 100}, temperatures[] = {0, .05, .3, 1, 5};
    struct ensemble_fit_options *o = &l->options;

    o->struct_size = sizeof *o;
    o->how = topic->how;
    o->objective = topic->objective;
    if (topic->objective == -1)
        o->objective = rng_one_in(&l->rng, 2) ? ENSEMBLE_SCORE_ACCURACY : ENSEMBLE_SCORE_AUC;
    if (o->how > ENSEMBLE_FIT_GREEDY)
        o->objective = (int32_t)rng_below(&l->rng, ENSEMBLE_SCORE_AUC + 1);
    if (topic->objective == -2)
        o->objective = (int32_t)rng_below(&l->rng, 3);
    l->own_metric = topic->objective == -2;
    if (o->how == ENSEMBLE_FIT_CONVEX && o->objective == ENSEMBLE_SCORE_SQUARED_ERROR) {
        o->constraint = (int32_t)rng_below(&l->rng, 3);
        o->ridge = pick(&l->rng, ridges, 7);
    }
    if (o->how == ENSEMBLE_FIT_GREEDY)
        o->rounds = rng_one_in(&l->rng, 6) ? 0 : rng_between(&l->rng, 1, 30);
    if (o->how == ENSEMBLE_FIT_SOFTMAX)
        o->temperature = pick(&l->rng, temperatures, 5);
    if (topic->few || (o->how > 0 && o->how < ENSEMBLE_FIT_NOTHING && rng_one_in(&l->rng, 3)))
        choose_few(l);
    if (o->how == ENSEMBLE_FIT_NOTHING)
        o->calibrate = (int32_t)rng_between(&l->rng, 0, 3);
    else if (!l->own_metric && rng_one_in(&l->rng, 4))
        o->calibrate = (int32_t)rng_between(&l->rng, 1, 3);
    if (l->width == 1 || l->own_metric)
        o->calibrate &= ~ENSEMBLE_CALIBRATE_RESULT;
    if (o->how != ENSEMBLE_FIT_NOTHING && rng_one_in(&l->rng, 8)) {
        o->folds = rng_one_in(&l->rng, 3) ? 0 : (uint32_t)rng_between(&l->rng, 2, 5);
        if (o->folds > 0 && rng_one_in(&l->rng, 2)) {
            l->rows = l->rows > 2 ? 2 + l->rows % 11 : 2;
            o->folds = (uint32_t)l->rows;
        }
        o->bags = o->folds == 0 ? (uint32_t)rng_between(&l->rng, 1, 5) : 0;
        o->seed = rng_bits(&l->rng);
    }
}

static void choose_weights(struct lesson *l)
{
    double sum = 0;

    l->weights_set = rng_one_in(&l->rng, 2);
    for (size_t i = 0; i < l->n; i++) {
        l->weights[i] = 1. / (double)l->n;
        if (l->weights_set)
            l->weights[i] = rng_one_in(&l->rng, 6) ? 0 : .01 + lesson_unit(&l->rng);
        sum += l->weights[i];
    }
    if (!(sum > 0))
        l->weights[0] = 1;
}

void lesson_random(struct lesson *l, uint64_t seed)
{
    static const double rates[] = {.01, .1, 1, 5}, shares[] = {0, 0, .01, .5, .99}, noises[] = {.2, 1, 1, 3, 6};
    const struct topic *topic = &topics[seed % TOPICS];
    uint64_t *bits[MODELS];
    double *values = l->values;

    for (size_t i = 0; i < MODELS; i++)
        bits[i] = l->members[i].bits;
    memset(l, 0, sizeof *l);
    for (size_t i = 0; i < MODELS; i++)
        l->members[i].bits = bits[i];
    l->values = values;
    l->seed = l->rng.state = seed;
    l->call = topic->call;
    choose_shape(l, topic);
    if (l->call == FIT)
        choose_fit(l, topic);
    l->score = (int32_t)rng_between(&l->rng, 1, l->call == UPDATE ? 2 : ENSEMBLE_SCORE_CALIBRATION_ERROR);
    l->rate = pick(&l->rng, rates, 4);
    l->share = pick(&l->rng, shares, 5);
    choose_result(l);
    choose_weights(l);
    l->target = by_labels(l) || rng_one_in(&l->rng, 2) ? LABELS : (int)rng_below(&l->rng, DTYPES);
    l->chances = rng_one_in(&l->rng, 2) || (l->call != SCORE && l->target == LABELS && !rng_one_in(&l->rng, 8)) ||
                 (l->options.calibrate != 0 && l->form != ENSEMBLE_RESULT_SOFTMAX) ||
                 l->score == ENSEMBLE_SCORE_CALIBRATION_ERROR;
    l->grid = rng_one_in(&l->rng, 5);
    l->noise = pick(&l->rng, noises, 5);
    lesson_fill(l);
}

static void describe_options(const struct lesson *l, char *text, size_t size)
{
    const struct ensemble_fit_options *o = &l->options;

    if (l->call != FIT) {
        snprintf(text, size, "score %d, rate %g, share %g", (int)l->score, l->rate, l->share);
        return;
    }
    snprintf(text, size, "how %d, objective %d%s, constraint %d, calibrate %d, folds %u, bags %u, ridge %g, T %g, "
             "budget %g%s, at most %zu, rounds %zu", (int)o->how, (int)o->objective, l->own_metric ? " (own)" : "",
             (int)o->constraint, (int)o->calibrate, (unsigned)o->folds, (unsigned)o->bags, o->ridge, o->temperature,
             o->budget, o->cost != NULL ? " with costs" : "", o->max_models, o->rounds);
}

void lesson_describe(const void *what, char *text, size_t size)
{
    static const char *const calls[] = {"fit", "score", "update"};
    static const char *const spaces[] = {"", "p", "log", "z", "b", "labels"};
    const struct lesson *l = what;
    size_t length;

    snprintf(text, size, "--seed 0x%" PRIx64 " --count 1: %s, n %zu, width %zu, rows %zu, method %d, form %d (T %g), "
             "policy %d, targets %s%s%s; ", l->seed, calls[l->call], l->n, l->width, l->rows, (int)l->method,
             (int)l->form, l->form_temperature, (int)l->policy, l->target == LABELS ? "i32" : number_name(l->target),
             l->chances ? "" : ", free", l->grid ? ", grid" : "");
    length = strlen(text);
    describe_options(l, text + length, size - length);
    for (size_t i = 0; i < l->n; i++) {
        const struct member *m = &l->members[i];

        length = strlen(text);
        snprintf(text + length, size - length, " %s%s%s%s", m->dtype == LABELS ? "i32" : number_name(m->dtype),
                 spaces[m->space], m->mapped ? "@" : "", m->missing ? "?" : "");
    }
}
