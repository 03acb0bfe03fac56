/* SPDX-License-Identifier: MIT */
/*
 * The lessons of tests/learn, with the input in place of chance: fits, scores and updates of any kind, beside what
 * ensemble.h says of them in long double: weights, objectives, bounds, what is held out, temperatures; then from
 * outputs that lie otherwise, with every instruction set and without a report, to the same bits.
 */
#include "judge_lesson.h"

void draws_prepare(void)
{
    judge_prepare();
}

void draws_judge(uint64_t seed)
{
    judge_lesson(seed);
}
