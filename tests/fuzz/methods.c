/* SPDX-License-Identifier: MIT */
/*
 * The tasks of tests/methods, with the input in place of chance: any method with any spaces, forms, weights, maps and
 * policies, beside its formula in long double with a bound of the error; then bound or by call, in pieces, with
 * workspaces, in place, and with every instruction set, to the same bits. Nothing beside the result is written.
 */
#include "judge.h"

void draws_prepare(void)
{
    judge_prepare();
}

void draws_judge(uint64_t seed)
{
    judge_task(seed, 0);
}
