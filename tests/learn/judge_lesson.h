/* SPDX-License-Identifier: MIT */
/* A lesson beside what ensemble.h says, and with every instruction set beside itself. */
#ifndef TESTS_LEARN_JUDGE_LESSON_H
#define TESTS_LEARN_JUDGE_LESSON_H

#include "check.h"
#include "isas.h"

/* What has been done so far. */
extern struct judged {
    struct tally tally;
    size_t compared[ENS_ISAS];
} judged;

/* Before the first lesson. */
void judge_prepare(void);

/* The lesson of a seed. What goes wrong, report_fail() tells. */
void judge_lesson(uint64_t seed);

#endif
