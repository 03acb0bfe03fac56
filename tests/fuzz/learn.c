/* SPDX-License-Identifier: MIT */
/*
 * The lessons of tests/learn, with the input in place of chance: fits, scores and updates of any kind, beside what
 * ensemble.h says of them in long double: weights, objectives, bounds, what is held out, temperatures; then from
 * outputs that lie otherwise, with every instruction set and without a report, to the same bits.
 */
#include "judge_lesson.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int prepared;

    if (!prepared) {
        isas_select(NULL);
        judge_prepare();
        prepared = 1;
    }
    draws = fuzz_begin(data, size);
    judge_lesson(fuzz_bits(&draws, 4));
    draws = fuzz_begin(NULL, 0);
    return 0;
}
