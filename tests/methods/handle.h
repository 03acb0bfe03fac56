/* SPDX-License-Identifier: MIT */
/* The handle of a task. */
#ifndef TESTS_METHODS_HANDLE_H
#define TESTS_METHODS_HANDLE_H

#include "task.h"

/*
 * Makes it, with `method` in place of the task's, in an order of calls that `rng` chooses where the header leaves it
 * open. `by_call`: what calls can bring is not bound. NULL if a step fails, which is reported.
 */
struct ensemble *handle_make(const struct task *task, const char *isa, int32_t method, int by_call, struct rng *rng);

/* The outputs as a call takes them, one for each model. */
void handle_outputs(const struct task *task, struct ensemble_output *outputs);

#endif
