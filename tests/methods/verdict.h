/* SPDX-License-Identifier: MIT */
/* A result beside what the oracle expects. */
#ifndef TESTS_METHODS_VERDICT_H
#define TESTS_METHODS_VERDICT_H

#include "expect.h"

/* What was seen of each method's elements, to be told whether the bounds are as near as they can be. */
struct margins {
    size_t elements, unknown;
    long double largest; /* the largest error as a part of its bound, where it is not from the last rounding */
};

/* Compares a task's result, rows x width without gaps, with the oracle (after expect_begin()); the report tells. */
void verdict(struct expect *x, const struct task *task, const unsigned char *result, struct margins *margins);

#endif
