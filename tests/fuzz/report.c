/* SPDX-License-Identifier: MIT */
/*
 * The tasks of tests/methods with a report of any of its fields, with the input in place of chance: each field beside
 * its formula in long double, or beside the combined rows to the bit; then in other ways and with every instruction
 * set; ensemble_measure(), ensemble_top_k(), ensemble_settled() and ensemble_similarity() likewise.
 */
#include "judge_report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int prepared;

    if (!prepared) {
        isas_select(NULL);
        judge_report_prepare();
        prepared = 1;
    }
    draws = fuzz_begin(data, size);
    judge_report(fuzz_bits(&draws, 4));
    draws = fuzz_begin(NULL, 0);
    return 0;
}
