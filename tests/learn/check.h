/* SPDX-License-Identifier: MIT */
/* What ensemble.h says about a call, beside what the call left behind. Failures are reported with the lesson. */
#ifndef TESTS_LEARN_CHECK_H
#define TESTS_LEARN_CHECK_H

#include "optimum.h"
#include "truth.h"

/* The objective of the lesson: what 0 stands for, too. */
int32_t objective_of(const struct lesson *lesson);

/* Is more of it better? */
int more_is_better(int32_t score);

/* The lesson's objective of an answer, its own metric if it has one. */
struct span objective(const struct lesson *lesson, const struct answer *answer);

/* Is the linear pool what is scored, as it is before the form of the result? */
int is_pool(const struct lesson *lesson);

/*
 * The answer of a model by itself, of equal weights, and of weights; NULL: those of the handle. Of the linear pool, or
 * else what the handle combines with them, in the rows that are used and have an answer.
 */
struct answer answer_of_model(const struct truth *truth, struct ensemble *e, size_t model);
struct answer answer_of_equals(const struct truth *truth, struct ensemble *e);
struct answer answer_of(const struct truth *truth, struct ensemble *e, const double *w);

/* What has been checked. */
struct tally {
    size_t fits, optima, exhaustive, trajectories, undecided, temperatures, held_out, scores, updates, errors;
};

/* Is the code one that this lesson may have? 1: it is, and nothing else can be checked. */
int check_code(const struct lesson *lesson, const struct truth *truth, struct ensemble *e,
               const struct outcome *outcome);

/* Everything about a fit that went well; the handle is as the fit left it, and is so again. */
void check_fit(const struct truth *truth, struct ensemble *e, const struct outcome *outcome, struct tally *tally);

/* Its parts: the weights of ENSEMBLE_FIT_CONVEX, _GREEDY and the closed forms. */
void check_convex(const struct truth *truth, const struct outcome *outcome, struct tally *tally);
void check_greedy(const struct truth *truth, const struct outcome *outcome, struct tally *tally);
void check_closed(const struct truth *truth, struct ensemble *e, const struct outcome *outcome, struct tally *tally);

/*
 * Is the model's temperature learned? The log loss of a label says something about it where the model says a whole
 * distribution: classes by a softmax, or one probability.
 */
int is_calibrated(const struct lesson *lesson, size_t model);

/* The models' temperatures, beside the truth at the lesson's own; the result's, with the handle after the fit. */
void check_temperatures(const struct truth *before, const struct outcome *outcome, struct tally *tally);
void check_result(const struct truth *truth, struct ensemble *e, const struct outcome *outcome, struct tally *tally);

/* What is held out. The lesson changes meanwhile, and is so again. */
void check_folds(struct lesson *lesson, const struct truth *truth, const struct outcome *outcome,
                 struct tally *tally);

/* The score of a handle; the weights after a step. */
void check_score(const struct lesson *lesson, const struct truth *truth, struct ensemble *e,
                 const struct outcome *outcome, struct tally *tally);
void check_update(const struct truth *truth, const struct outcome *outcome, struct tally *tally);

#endif
