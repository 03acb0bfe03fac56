/* SPDX-License-Identifier: MIT */
/* What is learned from some rows: temperatures of the models, then weights. */
#include "learn/calibrate.h"
#include "learn/fit.h"
#include "learn/greedy.h"
#include "plan/plan.h"

#include <math.h>

size_t ens_best_single(const struct ens_task *t, const struct ens_lesson *lesson)
{
    const double sign = ens_scale_is_gain(&t->scale) ? -1 : 1;
    double least = NAN;
    size_t best = 0;

    for (size_t i = 0; i < t->s.n; i++) {
        const double loss = sign * lesson->single[i];

        if (loss < least || (least != least && loss == loss)) {
            least = loss;
            best = i;
        }
    }
    return best;
}

static int calibrate_models(struct ens_task *t, const struct ens_sample *sample, struct ens_lesson *lesson)
{
    for (size_t i = 0; i < t->s.n; i++) {
        lesson->temperatures[i] = NAN;
        if (!(t->options.calibrate & ENSEMBLE_CALIBRATE_MODELS) || !ens_calibrates(&t->s, i))
            continue;
        int code = ens_calibrate_model(&t->s, sample, i, &lesson->temperatures[i]);

        if (code)
            return code;
        ens_model_set_temperature(&t->s.e.models[ens_source_model(&t->s, i)], lesson->temperatures[i]);
    }
    return 0;
}

void ens_task_set_temperatures(struct ens_task *t, const struct ens_lesson *lesson)
{
    for (size_t i = 0; i < t->s.n; i++)
        if (lesson->temperatures[i] == lesson->temperatures[i])
            ens_model_set_temperature(&t->s.e.models[ens_source_model(&t->s, i)], lesson->temperatures[i]);
}

void ens_task_set_pool(struct ens_task *t, const double *w)
{
    struct ensemble *e = &t->pool->e;

    for (size_t i = 0; i < e->n_models; i++) {
        ens_model_set_temperature(&e->models[i], t->s.e.models[i].temperature);
        e->weights[i] = w != NULL ? 0 : t->e->weights[i];
    }
    for (size_t i = 0; i < t->s.n && w != NULL; i++)
        e->weights[ens_source_model(&t->s, i)] = w[i];
    e->n_weights = w != NULL ? e->n_models : t->e->n_weights;
    ens_plan_build(e);
}

int ens_task_score(struct ens_task *t, const struct ens_sample *sample, const double *w, double *value)
{
    if (t->linear && t->options.how != ENSEMBLE_FIT_NOTHING)
        return ens_score_of_pool(&t->s, sample, &t->scale, w, value);
    ens_task_set_pool(t, w);
    return ens_score_of_handle(t->pool, sample, &t->scale, value);
}

/* With a weight of 1 for one model, or equal weights (model n); in lesson->w. */
static int score_of(struct ens_task *t, const struct ens_sample *sample, size_t model, struct ens_lesson *lesson,
                    double *value)
{
    for (size_t i = 0; i < t->s.n; i++)
        lesson->w[i] = model == t->s.n ? 1 / (double)t->s.n : i == model;
    return ens_task_score(t, sample, lesson->w, value);
}

/* What there is to compare with, by looking at rows. */
static int compare_rows(struct ens_task *t, const struct ens_sample *sample, struct ens_lesson *lesson)
{
    int code = score_of(t, sample, t->s.n, lesson, &lesson->uniform);

    for (size_t i = 0; i < t->s.n && code == 0; i++)
        code = score_of(t, sample, i, lesson, &lesson->single[i]);
    return code;
}

static double loss_of(const struct ens_convex *c, const size_t *models, const double *w, size_t n)
{
    return c->gram != NULL ? ens_convex_squared_error(c, models, w, n)
                           : ens_likelihood_loss(c->likelihood, models, w, n);
}

/* The same from the Gram matrix or the likelihood. */
static void compare(const struct ens_convex *c, size_t *list, struct ens_lesson *lesson)
{
    const double one = 1;

    for (size_t i = 0; i < c->n; i++) {
        lesson->single[i] = loss_of(c, &i, &one, 1);
        lesson->w[i] = 1 / (double)c->n;
        list[i] = i;
    }
    lesson->uniform = loss_of(c, list, lesson->w, c->n);
}

static int select_greedily(struct ens_task *t, const struct ens_sample *sample, const struct ens_convex *c,
                           struct ens_lesson *lesson)
{
    struct ens_greedy g = {.s = &t->s,
                           .sample = sample,
                           .scale = t->scale,
                           .limits = &t->limits,
                           .rounds = t->options.rounds,
                           .gram = c->gram,
                           .likelihood = c->likelihood,
                           .single = lesson->single,
                           .trajectory = lesson->trajectory};

    lesson->exact = 0;
    lesson->gap = NAN;
    return ens_greedy_select(&g, lesson->w, &lesson->objective, &lesson->iterations);
}

/* The best weights. `list`: all models. */
static int learn_convex(struct ens_task *t, struct ens_convex *c, const size_t *list, struct ens_lesson *lesson)
{
    struct ens_optimum optimum;
    int code = ens_convex_open(c, &t->heap);

    if (code == 0 && c->likelihood != NULL)
        code = ens_gram_open(&c->likelihood->gram, &t->heap, t->s.e.kernels, c->n + 1);
    if (code == 0)
        code = ens_choose(c, &t->heap, &t->limits, lesson->w, &optimum, &lesson->exact);
    if (code)
        return code;
    lesson->iterations = (size_t)optimum.steps;
    lesson->objective = loss_of(c, list, lesson->w, c->n);
    lesson->gap = c->gram != NULL ? optimum.gap : optimum.gap + (lesson->objective - optimum.loss);
    lesson->gap = lesson->gap > 0 ? lesson->gap : 0;
    return 0;
}

/* From a Gram matrix or a likelihood, if there is one; else from rows. */
static int learn_from(struct ens_task *t, const struct ens_sample *sample, struct ens_convex *c,
                      struct ens_lesson *lesson)
{
    size_t *list = ens_heap_take(&t->heap, c->n, sizeof *list);
    int code = list == NULL ? ENSEMBLE_ENOMEM : 0;

    if (code == 0 && t->basis == ENS_BASIS_ROWS)
        code = compare_rows(t, sample, lesson);
    else if (code == 0)
        compare(c, list, lesson);
    if (code)
        return code;
    if (t->options.how == ENSEMBLE_FIT_CONVEX)
        return learn_convex(t, c, list, lesson);
    return t->options.how == ENSEMBLE_FIT_GREEDY ? select_greedily(t, sample, c, lesson)
                                                 : ens_closed_form(t, sample, lesson);
}

static int all_finite(const struct ens_gram *g)
{
    for (size_t i = 0; i < g->m * g->m; i++)
        if (g->sum[i] - g->sum[i] != 0)
            return 0;
    return 1;
}

static int learn_weights(struct ens_task *t, const struct ens_sample *sample, struct ens_lesson *lesson)
{
    struct ens_convex c = {.n = t->s.n, .constraint = t->options.constraint, .ridge = t->options.ridge};
    struct ens_likelihood likelihood;
    struct ens_gram gram;
    int code = 0;

    if (t->basis == ENS_BASIS_GRAM) {
        c.m = c.n + (c.constraint != ENSEMBLE_SIMPLEX);
        code = ens_gram_open(&gram, &t->heap, t->s.e.kernels, c.m);
        if (code)
            return code;
        ens_gram_of_models(&gram, &t->s, sample);
        if (!all_finite(&gram))
            return ENS_NOT_FINITE;
        c.gram = gram.sum;
    } else if (t->basis == ENS_BASIS_LIKELIHOOD) {
        code = ens_likelihood_open(&likelihood, &t->s, sample);
        c.likelihood = &likelihood;
    }
    return code ? code : learn_from(t, sample, &c, lesson);
}

int ens_learn(struct ens_task *t, const struct ens_sample *sample, struct ens_lesson *lesson)
{
    struct ens_chunk *mark = t->heap.last;
    int code = calibrate_models(t, sample, lesson);

    if (code == 0)
        code = learn_weights(t, sample, lesson);
    ens_heap_release(&t->heap, mark);
    return code;
}

int ens_learn_finite(struct ens_task *t, const struct ens_sample *sample, struct ens_lesson *lesson)
{
    const int code = ens_learn(t, sample, lesson);

    return code == ENS_NOT_FINITE ? ENSEMBLE_EFIT : code;
}
