/* SPDX-License-Identifier: MIT */
/* README.md: one call learns weights, and what they are worth on the digits. */
#include "digits.h"

int main(void)
{
    static struct digits validation, test;
    const int32_t *const labels = validation.truth;
    const size_t rows = ROWS;
    struct ensemble *e;
    double equal;

    read_digits(&validation, "validation");
    read_digits(&test, "test");
    e = make(&test, 0, ROWS);
    equal = score(e, ENSEMBLE_SCORE_LOG_LOSS, test.truth);
    bind(e, &validation);
#include "block.h"
    bind(e, &test);
    printf("have a log loss of %s on images that nothing was learned from, instead of %s\n",
           decimals(score(e, ENSEMBLE_SCORE_LOG_LOSS, test.truth), 3), decimals(equal, 3));
    ensemble_destroy(e);
    return 0;
}
