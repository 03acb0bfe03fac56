/* SPDX-License-Identifier: MIT */
/* Learning weights and temperatures: what is asked, what is learned from some rows, and what becomes of it. */
#ifndef ENS_LEARN_FIT_H
#define ENS_LEARN_FIT_H

#include "learn/choose.h"
#include "learn/score.h"

/* What is learned from: a Gram matrix for the squared error, a likelihood for the log loss, or the rows themselves. */
enum ens_basis { ENS_BASIS_GRAM, ENS_BASIS_LIKELIHOOD, ENS_BASIS_ROWS };

/* Everything about one ensemble_fit(). */
struct ens_task {
    const struct ensemble *e; /* the caller's */
    struct ensemble_fit_options options;
    struct ens_heap heap;
    struct ens_source s;
    struct ens_source *pool; /* a handle that combines as the caller's does, with weights of ours; NULL: not needed */
    struct ens_scale scale;
    struct ens_limits limits;
    int linear;    /* the answer is the linear pool of what the models say */
    enum ens_basis basis;
};

/* What is learned from some rows. Arrays of one element for each of the source's models. */
struct ens_lesson {
    double *w;
    double *temperatures; /* NaN: not calibrated */
    double *single;       /* score of each model by itself */
    double *trajectory;   /* of the task's rounds; NULL: not wanted */
    double uniform;       /* score with equal weights */
    double objective;
    double gap;
    int exact;
    size_t iterations;
};

/* What a lesson returns where something is not finite, and rows have to be left out first. */
#define ENS_NOT_FINITE 1

/* Checks the options beside the handle and the targets, and opens the task. Whatever it returns, it is to be closed. */
int ens_task_open(struct ens_task *t, const struct ensemble *e, const struct ens_targets *targets);
void ens_task_close(struct ens_task *t);

int ens_lesson_open(struct ens_lesson *lesson, struct ens_task *t);

/* Learns. 0, ENS_NOT_FINITE, or an error code. The memory that it took is given back. */
int ens_learn(struct ens_task *t, const struct ens_sample *sample, struct ens_lesson *lesson);

/* The same from rows in which all is finite, so that nothing but a sum is not. 0 or an error code. */
int ens_learn_finite(struct ens_task *t, const struct ens_sample *sample, struct ens_lesson *lesson);

/* The temperatures of a lesson, for the source's models. */
void ens_task_set_temperatures(struct ens_task *t, const struct ens_lesson *lesson);

/* The weights and temperatures of task->pool; NULL: the weights as they are. */
void ens_task_set_pool(struct ens_task *t, const double *w);

/* The score of weights on some rows; NULL, with ENSEMBLE_FIT_NOTHING: of those that stay. 0 or an error code. */
int ens_task_score(struct ens_task *t, const struct ens_sample *sample, const double *w, double *value);

/* The model that is best by itself, the first of several. */
size_t ens_best_single(const struct ens_task *t, const struct ens_lesson *lesson);

/* Weights by closed forms, from scores of single models. 0 or an error code. */
int ens_closed_form(struct ens_task *t, const struct ens_sample *sample, struct ens_lesson *lesson);

/*
 * Learns on parts of the rows and tries it on the others: folds, or bags, whose mean the lesson's weights become. The
 * mean score on rows that were held out. 0 or an error code.
 */
int ens_hold_out(struct ens_task *t, struct ens_lesson *lesson, double *held_out);

/*
 * Learns and sets what was learned. `options` and `report` are of this library's size; `report` has been checked. 0 or
 * an error code, and then nothing has changed.
 */
int ens_fit(struct ensemble *e, const struct ens_targets *targets, const struct ensemble_fit_options *options,
            struct ensemble_fit_report *report);

#endif
