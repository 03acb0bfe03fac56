/* SPDX-License-Identifier: MIT */
/* A task beside the formulas of ensemble.h, and in other ways and with every instruction set beside itself. */
#ifndef TESTS_METHODS_JUDGE_H
#define TESTS_METHODS_JUDGE_H

#include "isas.h"
#include "verdict.h"

/* What has been done so far. */
extern struct judged {
    size_t tasks; /* of which there are formulas */
    size_t compared[ENS_ISAS];
    struct margins margins[ENSEMBLE_RANK + 1];
} judged;

/* Before the first task. */
void judge_prepare(void);

/* The task of a seed. `portable`: more ways with that instruction set, too. What goes wrong, report_fail() tells. */
void judge_task(uint64_t seed, int portable);

#endif
