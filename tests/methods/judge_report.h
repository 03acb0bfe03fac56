/* SPDX-License-Identifier: MIT */
/* A task with a report, beside what ensemble.h says of each field, and in other ways beside itself. */
#ifndef TESTS_METHODS_JUDGE_REPORT_H
#define TESTS_METHODS_JUDGE_REPORT_H

#include "isas.h"

/* What has been done so far. */
extern struct judged_reports {
    size_t tasks; /* of which there are formulas */
    size_t compared[ENS_ISAS];
} judged_reports;

/* Before the first task. */
void judge_report_prepare(void);

/* The task of a seed. What goes wrong, report_fail() tells. */
void judge_report(uint64_t seed);

#endif
