/* SPDX-License-Identifier: MIT */
#include "learn/fit.h"

#include "base/finite.h"
#include "learn/calibrate.h"
#include "plan/plan.h"

#include <math.h>
#include <string.h>

/* What was learned besides the lesson. */
struct outcome {
    double held_out;
    double temperature; /* of the result; NaN: not calibrated */
    double log_loss;
};

/* From all rows that can be used; those that cannot are found where something was not finite. */
static int learn_all(struct ens_task *t, struct ens_lesson *lesson)
{
    int code = t->basis == ENS_BASIS_ROWS || t->options.calibrate ? ens_source_screen(&t->s) : 0;

    if (code == 0 && t->s.known.n > 0) {
        code = ens_learn(t, &t->s.known, lesson);
        if (code == ENS_NOT_FINITE)
            code = ens_source_screen(&t->s);
        else
            return code;
    }
    if (code)
        return code;
    if (t->s.known.n == 0)
        return ENSEMBLE_ETARGET;
    return ens_learn_finite(t, &t->s.known, lesson);
}

static int check_weights(const struct ens_task *t, const double *w)
{
    int some = 0;

    for (size_t i = 0; i < t->s.n; i++) {
        if (!ens_is_finite(w[i]))
            return ENSEMBLE_EFIT;
        some |= w[i] != 0;
    }
    return some || t->options.how == ENSEMBLE_FIT_NOTHING ? 0 : ENSEMBLE_EZEROSUM;
}

/* The temperature of what is combined with the weights that were learned, and the log loss with it. */
static int calibrate_result(struct ens_task *t, const struct ens_lesson *lesson, struct outcome *outcome)
{
    const struct ens_scale scale = {.score = ENSEMBLE_SCORE_LOG_LOSS};
    struct ensemble *e;
    int code;

    if (t->options.calibrate == 0)
        return 0;
    e = &t->pool->e;
    if (t->options.calibrate & ENSEMBLE_CALIBRATE_RESULT) {
        e->form = ENSEMBLE_RESULT_AS_IS;
        e->temperature = 1;
        ens_task_set_pool(t, t->options.how == ENSEMBLE_FIT_NOTHING ? NULL : lesson->w);
        code = ens_calibrate_result(t->pool, &t->s.known, t->e->form == ENSEMBLE_RESULT_TEMPERED,
                                    &outcome->temperature);
        if (code)
            return code;
    }
    if (t->e->form != ENSEMBLE_RESULT_LOG) {
        e->form = t->e->form;
        e->temperature = t->options.calibrate & ENSEMBLE_CALIBRATE_RESULT ? outcome->temperature : t->e->temperature;
    }
    ens_task_set_pool(t, t->options.how == ENSEMBLE_FIT_NOTHING ? NULL : lesson->w);
    return ens_score_of_handle(t->pool, &t->s.known, &scale, &outcome->log_loss);
}

/* Nothing here can fail. */
static void apply(struct ensemble *e, const struct ens_task *t, const struct ens_lesson *lesson,
                  const struct outcome *outcome)
{
    if (t->options.how != ENSEMBLE_FIT_NOTHING) {
        memset(e->weights, 0, e->n_models * sizeof *e->weights);
        for (size_t i = 0; i < t->s.n; i++)
            e->weights[ens_source_model(&t->s, i)] = lesson->w[i];
        e->n_weights = e->n_models;
    }
    for (size_t i = 0; i < t->s.n; i++)
        if (lesson->temperatures[i] == lesson->temperatures[i])
            ens_model_set_temperature(&e->models[ens_source_model(&t->s, i)], lesson->temperatures[i]);
    if (outcome->temperature == outcome->temperature)
        e->temperature = outcome->temperature;
    ens_plan_build(e);
}

/* The arrays of a report: of all models, those that were missing included. */
static void report_models(const struct ensemble *e, const struct ens_task *t, const struct ens_lesson *lesson,
                          struct ensemble_fit_report *report)
{
    for (size_t i = 0; i < e->n_models; i++) {
        if (report->weights != NULL)
            report->weights[i] = ens_weight(e, i);
        if (report->single != NULL)
            report->single[i] = NAN;
        if (report->temperatures != NULL)
            report->temperatures[i] = NAN;
        report->models_used += ens_weight(e, i) != 0;
    }
    for (size_t i = 0; i < t->s.n; i++) {
        const size_t model = ens_source_model(&t->s, i);

        if (report->single != NULL)
            report->single[model] = lesson->single[i];
        if (report->temperatures != NULL)
            report->temperatures[model] = lesson->temperatures[i];
    }
    for (size_t round = 0; report->trajectory != NULL && round < report->rounds; round++)
        report->trajectory[round] =
            lesson->trajectory != NULL && round < t->options.rounds ? lesson->trajectory[round] : (double)NAN;
}

static void write_report(const struct ensemble *e, const struct ens_task *t, const struct ens_lesson *lesson,
                         const struct outcome *outcome, struct ensemble_fit_report *report)
{
    const size_t best = ens_best_single(t, lesson);

    report->exact = lesson->exact;
    report->best_model = (int32_t)ens_source_model(&t->s, best);
    report->iterations = (int32_t)lesson->iterations;
    report->uniform = lesson->uniform;
    report->best_single = lesson->single[best];
    report->objective = lesson->objective;
    report->held_out = outcome->held_out;
    report->gap = lesson->gap;
    report->temperature = outcome->temperature;
    report->log_loss = outcome->log_loss;
    report->rows_used = t->s.known.n;
    report->models_used = 0;
    report_models(e, t, lesson, report);
}

static int open_lesson(struct ens_task *t, struct ens_lesson *lesson, const struct ensemble_fit_report *report)
{
    const int wanted = report != NULL && report->trajectory != NULL && t->options.how == ENSEMBLE_FIT_GREEDY;

    if (wanted && report->rounds < t->options.rounds)
        return ENSEMBLE_ECOUNT;
    if (ens_lesson_open(lesson, t))
        return ENSEMBLE_ENOMEM;
    if (wanted)
        lesson->trajectory = ens_heap_take(&t->heap, t->options.rounds, sizeof *lesson->trajectory);
    return wanted && lesson->trajectory == NULL ? ENSEMBLE_ENOMEM : 0;
}

static int fit(struct ensemble *e, struct ens_task *t, const struct ens_targets *targets,
               struct ensemble_fit_report *report)
{
    struct outcome outcome = {NAN, NAN, NAN};
    struct ens_lesson lesson;
    int code = ens_task_open(t, e, targets);

    if (code == 0)
        code = open_lesson(t, &lesson, report);
    if (code == 0)
        code = learn_all(t, &lesson);
    if (code == 0)
        code = ens_hold_out(t, &lesson, &outcome.held_out);
    if (code == 0)
        code = check_weights(t, lesson.w);
    if (code == 0)
        code = calibrate_result(t, &lesson, &outcome);
    if (code)
        return code;
    apply(e, t, &lesson, &outcome);
    if (report != NULL)
        write_report(e, t, &lesson, &outcome, report);
    return 0;
}

int ens_fit(struct ensemble *e, const struct ens_targets *targets, const struct ensemble_fit_options *options,
            struct ensemble_fit_report *report)
{
    struct ens_task *t = ens_allocate(&e->allocator, sizeof *t); /* not on the stack, of which combining takes a lot */
    int code;

    if (t == NULL)
        return ENSEMBLE_ENOMEM;
    *t = (struct ens_task){.options = *options};
    code = fit(e, t, targets, report);
    ens_task_close(t);
    ens_release(&e->allocator, t, sizeof *t);
    return code;
}
