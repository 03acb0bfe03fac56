/* SPDX-License-Identifier: MIT */
/*
 * The tasks of tests/methods, with the input in place of chance: any method with any spaces, forms, weights, maps and
 * policies, beside its formula in long double with a bound of the error; then bound or by call, in pieces, with
 * workspaces, in place, and with every instruction set, to the same bits. Nothing beside the result is written.
 */
#include "judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int prepared;

    if (!prepared) {
        isas_select(NULL);
        judge_prepare();
        prepared = 1;
    }
    draws = fuzz_begin(data, size);
    judge_task(fuzz_bits(&draws, 4), 0);
    draws = fuzz_begin(NULL, 0);
    return 0;
}
