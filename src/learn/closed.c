/* SPDX-License-Identifier: MIT */
/* Weights that follow from how good each model is by itself. */
#include "learn/fit.h"
#include "plan/plan.h"

#include <math.h>

static double map_of(const struct ens_task *t, int op, double x)
{
    const struct ens_map map = {.a = op == ENS_MAP_exp ? 1 : -INFINITY, .c = -INFINITY};
    double y;

    t->s.e.kernels->map[ENS_f64][op](&y, &x, 1, &map);
    return y;
}

static double error_of(const struct ens_task *t, double score)
{
    return ens_scale_is_gain(&t->scale) ? 1 - score : score;
}

/* 1 / error, of the models that have a weight; where some of them make no error, they share it. */
static void weigh_by_inverse(const struct ens_task *t, struct ens_lesson *lesson)
{
    int perfect = 0;

    for (size_t i = 0; i < t->s.n; i++)
        perfect |= lesson->w[i] > 0 && error_of(t, lesson->single[i]) <= 0;
    for (size_t i = 0; i < t->s.n; i++) {
        const double error = error_of(t, lesson->single[i]);

        if (lesson->w[i] > 0)
            lesson->w[i] = perfect ? error <= 0 : 1 / error;
    }
}

static void weigh_by_softmax(const struct ens_task *t, struct ens_lesson *lesson)
{
    const double temperature = t->options.temperature > 0 ? t->options.temperature : 1;
    double least = INFINITY;

    for (size_t i = 0; i < t->s.n; i++)
        if (lesson->w[i] > 0 && error_of(t, lesson->single[i]) < least)
            least = error_of(t, lesson->single[i]);
    for (size_t i = 0; i < t->s.n; i++)
        if (lesson->w[i] > 0)
            lesson->w[i] = map_of(t, ENS_MAP_exp, (least - error_of(t, lesson->single[i])) / temperature);
}

/* The accuracies by themselves, whatever the objective is. */
static int weigh_by_odds(struct ens_task *t, const struct ens_sample *sample, struct ens_lesson *lesson)
{
    const struct ens_scale scale = t->scale;
    double *unit = ens_heap_clear(&t->heap, t->s.n, sizeof *unit);
    int code = unit == NULL ? ENSEMBLE_ENOMEM : 0;

    t->scale.score = ENSEMBLE_SCORE_ACCURACY;
    for (size_t i = 0; i < t->s.n && code == 0; i++) {
        double accuracy, odds;

        unit[i] = 1;
        code = ens_task_score(t, sample, unit, &accuracy);
        unit[i] = 0;
        if (code)
            break;
        accuracy = (accuracy * (double)sample->n + .5) / ((double)sample->n + 1);
        odds = map_of(t, ENS_MAP_log, accuracy / (1 - accuracy));
        lesson->w[i] = odds > 0 ? odds : 0; /* also where there is none */
    }
    t->scale = scale;
    return code;
}

/* A score is better than none. */
static int is_better(const struct ens_task *t, double score, double than)
{
    return than != than ? score == score : ens_scale_is_gain(&t->scale) ? score > than : score < than;
}

/* Only the best models by themselves that the limits allow keep their weights. */
static void limit(struct ens_task *t, struct ens_lesson *lesson, double *allowed)
{
    struct ens_spent spent = {0, 0};

    for (size_t i = 0; i < t->s.n; i++)
        allowed[i] = lesson->w[i] > 0 ? -1 : 0; /* not looked at yet */
    for (;;) {
        size_t best = t->s.n;

        for (size_t i = 0; i < t->s.n; i++)
            if (allowed[i] < 0 && (best == t->s.n || is_better(t, lesson->single[i], lesson->single[best])))
                best = i;
        if (best == t->s.n)
            return;
        allowed[best] = ens_limits_allow(&t->limits, spent, best);
        if (allowed[best] > 0)
            spent = ens_limits_spend(&t->limits, spent, best);
        else
            lesson->w[best] = 0;
    }
}

/* To a sum of 1. */
static int normalise(const struct ens_task *t, double *w, int code)
{
    double sum = 0;

    for (size_t i = 0; i < t->s.n; i++)
        sum += w[i];
    if (!(sum > 0) || !(sum < INFINITY))
        return code;
    for (size_t i = 0; i < t->s.n; i++)
        w[i] /= sum;
    return 0;
}

/* Weights that stay. */
static void keep_weights(const struct ens_task *t, double *w)
{
    for (size_t i = 0; i < t->s.n; i++)
        w[i] = ens_weight(t->e, ens_source_model(&t->s, i));
}

/* Which models may have a weight comes first, then how much. */
static int weigh(struct ens_task *t, const struct ens_sample *sample, struct ens_lesson *lesson)
{
    double *allowed = ens_heap_take(&t->heap, t->s.n, sizeof *allowed);
    int code = 0;

    if (allowed == NULL)
        return ENSEMBLE_ENOMEM;
    for (size_t i = 0; i < t->s.n; i++)
        lesson->w[i] = lesson->single[i] == lesson->single[i]; /* one without a score is not judged */
    if (t->options.how == ENSEMBLE_FIT_LOG_ODDS)
        code = weigh_by_odds(t, sample, lesson);
    else
        code = normalise(t, lesson->w, ENSEMBLE_EFIT);
    if (code == 0)
        code = normalise(t, lesson->w, ENSEMBLE_EZEROSUM);
    if (code)
        return code;
    limit(t, lesson, allowed);
    if (t->options.how == ENSEMBLE_FIT_INVERSE_ERROR)
        weigh_by_inverse(t, lesson);
    else if (t->options.how == ENSEMBLE_FIT_SOFTMAX)
        weigh_by_softmax(t, lesson);
    return normalise(t, lesson->w, ENSEMBLE_EFIT);
}

int ens_closed_form(struct ens_task *t, const struct ens_sample *sample, struct ens_lesson *lesson)
{
    int code = 0;

    if (t->options.how == ENSEMBLE_FIT_NOTHING)
        keep_weights(t, lesson->w);
    else
        code = weigh(t, sample, lesson);
    lesson->exact = 0;
    lesson->gap = NAN;
    if (code)
        return code;
    return ens_task_score(t, sample, t->options.how == ENSEMBLE_FIT_NOTHING ? NULL : lesson->w, &lesson->objective);
}
