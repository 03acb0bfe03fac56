/* SPDX-License-Identifier: MIT */
/* What is asked of a fit: does it go together, and with the handle? */
#include "learn/calibrate.h"
#include "learn/fit.h"
#include "base/finite.h"
#include "plan/plan.h"

/* Rounds of GREEDY: as many as its report can count. */
#define MOST_ROUNDS INT32_MAX

static int is_closed_form(int32_t how)
{
    return how == ENSEMBLE_FIT_INVERSE_ERROR || how == ENSEMBLE_FIT_LOG_ODDS || how == ENSEMBLE_FIT_SOFTMAX;
}

/* Every field by itself. */
static int check_values(const struct ensemble_fit_options *o)
{
    if (o->reserved != 0)
        return ENSEMBLE_E2BIG;
    if (o->how < ENSEMBLE_FIT_CONVEX || o->how > ENSEMBLE_FIT_NOTHING || o->objective < 0 ||
        o->objective > ENSEMBLE_SCORE_AUC || o->constraint < ENSEMBLE_SIMPLEX ||
        o->constraint > ENSEMBLE_UNCONSTRAINED || o->calibrate < 0 ||
        o->calibrate > ENSEMBLE_CALIBRATE_MODELS + ENSEMBLE_CALIBRATE_RESULT)
        return ENSEMBLE_EPARAMETER;
    if (o->folds == 1 || (o->folds > 0 && o->bags > 0) || !(o->ridge >= 0) || !ens_is_finite(o->ridge) ||
        !(o->temperature >= 0) || !ens_is_finite(o->temperature) || (o->cost != NULL && !(o->budget >= 0)))
        return ENSEMBLE_EPARAMETER;
    return o->cost == NULL && o->n_costs > 0 ? ENSEMBLE_ENULL : 0;
}

/* The fields beside each other. */
static int check_sense(const struct ens_task *t, int labels)
{
    const struct ensemble_fit_options *o = &t->options;
    const int convex = o->how == ENSEMBLE_FIT_CONVEX, squares = t->scale.score == ENSEMBLE_SCORE_SQUARED_ERROR;
    const int limited = o->cost != NULL || o->max_models > 0;

    if (!labels && (!squares || o->how == ENSEMBLE_FIT_LOG_ODDS || o->calibrate > 0))
        return ENSEMBLE_EFIT;
    if (convex && !squares && t->scale.score != ENSEMBLE_SCORE_LOG_LOSS)
        return ENSEMBLE_EFIT;
    if ((o->constraint != ENSEMBLE_SIMPLEX || o->ridge > 0) && !(convex && squares))
        return ENSEMBLE_EFIT;
    if (o->metric != NULL && o->how != ENSEMBLE_FIT_GREEDY)
        return ENSEMBLE_EFIT;
    if (o->how == ENSEMBLE_FIT_NOTHING && (limited || o->folds > 0 || o->bags > 0))
        return ENSEMBLE_EFIT;
    return limited && o->bags > 0 ? ENSEMBLE_EFIT : 0;
}

/* Beside the handle: its method, form, weights and maps. */
static int check_handle(const struct ens_task *t)
{
    const struct ensemble *e = t->e;
    const struct ensemble_fit_options *o = &t->options;
    const int tempered = e->form == ENSEMBLE_RESULT_SOFTMAX || e->form == ENSEMBLE_RESULT_TEMPERED;

    if (o->constraint != ENSEMBLE_SIMPLEX && e->method != ENSEMBLE_SUM)
        return ENSEMBLE_EFIT;
    if ((o->calibrate & ENSEMBLE_CALIBRATE_RESULT) && !tempered)
        return ENSEMBLE_EFIT;
    if (is_closed_form(o->how) || o->how == ENSEMBLE_FIT_NOTHING)
        return 0;
    return ens_is_linear(e, 1) ? 0 : ENSEMBLE_EFIT;
}

/* The costs of the models that are there. */
static int take_costs(struct ens_task *t)
{
    const struct ensemble_fit_options *o = &t->options;
    double *cost;

    t->limits.max_models = o->max_models;
    if (o->cost == NULL)
        return 0;
    if (o->n_costs != t->e->n_models)
        return ENSEMBLE_ECOUNT;
    for (size_t i = 0; i < o->n_costs; i++)
        if (!(o->cost[i] >= 0) || !ens_is_finite(o->cost[i]))
            return ENSEMBLE_EPARAMETER;
    cost = ens_heap_take(&t->heap, t->s.n, sizeof *cost);
    if (cost == NULL)
        return ENSEMBLE_ENOMEM;
    for (size_t i = 0; i < t->s.n; i++)
        cost[i] = o->cost[ens_source_model(&t->s, i)];
    t->limits.cost = cost;
    t->limits.budget = o->budget;
    return 0;
}

static int check_calibration(const struct ens_task *t)
{
    int some = 0;

    for (size_t i = 0; i < t->s.n; i++)
        some |= ens_calibrates(&t->s, i);
    return (t->options.calibrate & ENSEMBLE_CALIBRATE_MODELS) && !some ? ENSEMBLE_EFIT : 0;
}

/* A handle that combines with weights of ours. With weights that stay, those of classes and rows count, too. */
static int open_pool(struct ens_task *t)
{
    const int keeps = t->options.how == ENSEMBLE_FIT_NOTHING ? ENS_SOURCE_WEIGHTED : 0;
    int code;

    if (t->linear && t->options.how != ENSEMBLE_FIT_NOTHING && t->options.calibrate == 0)
        return 0;
    t->pool = ens_heap_take(&t->heap, 1, sizeof *t->pool);
    if (t->pool == NULL)
        return ENSEMBLE_ENOMEM;
    code = ens_source_open(t->pool, &t->heap, t->e, &t->s.targets, ENS_SOURCE_PARTIAL | keeps);
    if (code == 0)
        ens_source_undo_form(t->pool, t->linear);
    return code;
}

static enum ens_basis find_basis(const struct ens_task *t)
{
    if (t->options.how > ENSEMBLE_FIT_GREEDY || t->options.metric != NULL)
        return ENS_BASIS_ROWS;
    return t->scale.score == ENSEMBLE_SCORE_SQUARED_ERROR ? ENS_BASIS_GRAM
           : t->scale.score == ENSEMBLE_SCORE_LOG_LOSS    ? ENS_BASIS_LIKELIHOOD
                                                          : ENS_BASIS_ROWS;
}

int ens_task_open(struct ens_task *t, const struct ensemble *e, const struct ens_targets *targets)
{
    const int labels = targets->dtype == ENSEMBLE_I32;
    const int partial = e->policy & ENSEMBLE_LEAVE_OUT_MISSING ? ENS_SOURCE_PARTIAL : 0;
    int code = check_values(&t->options);

    t->e = e;
    t->heap = (struct ens_heap){&e->allocator, NULL};
    t->scale = (struct ens_scale){t->options.objective, t->options.metric, t->options.user};
    if (t->scale.score == 0)
        t->scale.score = labels ? ENSEMBLE_SCORE_LOG_LOSS : ENSEMBLE_SCORE_SQUARED_ERROR;
    t->linear = ens_is_linear(e, 0);
    if (code == 0)
        code = ens_source_open(&t->s, &t->heap, e, targets, partial);
    if (code == 0)
        code = check_sense(t, labels);
    if (code == 0)
        code = check_handle(t);
    if (code == 0)
        code = take_costs(t);
    if (code == 0)
        code = check_calibration(t);
    if (code == 0)
        code = open_pool(t);
    if (code)
        return code;
    if (t->options.rounds == 0)
        t->options.rounds = 50;
    if (t->options.rounds > MOST_ROUNDS)
        t->options.rounds = MOST_ROUNDS;
    t->basis = find_basis(t);
    return t->s.n == 0 ? ENSEMBLE_EMISSING : 0;
}

void ens_task_close(struct ens_task *t)
{
    ens_heap_release(&t->heap, NULL);
}

int ens_lesson_open(struct ens_lesson *lesson, struct ens_task *t)
{
    int failed = 0;

    *lesson = (struct ens_lesson){.iterations = 0};
    lesson->w = ens_heap_doubles(&t->heap, t->s.n, &failed);
    lesson->temperatures = ens_heap_doubles(&t->heap, t->s.n, &failed);
    lesson->single = ens_heap_doubles(&t->heap, t->s.n, &failed);
    return failed ? ENSEMBLE_ENOMEM : 0;
}
