/* SPDX-License-Identifier: MIT */
/*
 * The tasks of tests/methods with a report of any of its fields, with the input in place of chance: each field beside
 * its formula in long double, or beside the combined rows to the bit; then in other ways and with every instruction
 * set; ensemble_measure(), ensemble_top_k(), ensemble_settled() and ensemble_similarity() likewise.
 */
#include "judge_report.h"

void draws_prepare(void)
{
    judge_report_prepare();
}

void draws_judge(uint64_t seed)
{
    judge_report(seed);
}
