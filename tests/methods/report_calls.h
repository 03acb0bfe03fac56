/* SPDX-License-Identifier: MIT */
/* The functions around reports, for one task, with every instruction set. What goes wrong, report_fail() tells. */
#ifndef TESTS_METHODS_REPORT_CALLS_H
#define TESTS_METHODS_REPORT_CALLS_H

#include "account.h"
#include "task.h"

/* ensemble_measure() and ensemble_top_k() beside the report of ensemble_run(), for the fields of `some`. */
void check_measures(const struct task *task, const struct memory *memory, uint32_t some, struct rng *rng);

/* ensemble_settled(), of the task and of one that lacks some of its models, beside what it can turn out to be. */
void check_settled(struct account *account, const struct task *task, struct rng *rng);

/* ensemble_similarity() */
void check_similarity(struct account *account, const struct task *task, struct rng *rng);

/* One call of a task's handle that is told where to write; the code, or 1: there is no handle, which was reported. */
typedef int flat_call(const struct ensemble *e, const void *what, void *out);

/*
 * Calls it with every instruction set, which must return one of `codes`, and write the same `count` values of a field's
 * type and none behind them. Leaves the first ones in `first`. Returns the code; 1: it went wrong.
 */
int call_all(const struct task *task, flat_call *call, const void *what, uint64_t codes, int field, size_t count,
             void *first, struct rng *rng);

#endif
