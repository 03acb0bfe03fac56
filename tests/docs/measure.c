/* SPDX-License-Identifier: MIT */
/* docs/report.md: one field by its number, of the pair of rows. */
#include "digits.h"

int main(void)
{
    const double a[] = {.9, .1, .4, .6}, b[] = {.8, .2, .3, .7}, c[] = {1, 0, .1, .9}, weights[] = {.7, .2, .1};
    const double *const says[] = {a, b, c};
    struct ensemble *e;
    int code;

    MUST(ensemble_create(&e, 2));
    for (size_t i = 0; i < 3; i++) {
        MUST(ensemble_add_model_output(e, says[i], ENSEMBLE_F64, 2));
        MUST(ensemble_set_input(e, i, ENSEMBLE_PROBABILITIES, 0));
    }
    MUST(ensemble_set_weights(e, weights, 3));
#include "block.h"
    MUST(code);
    printf("| `entropy` | %s | %s |\n", decimals(entropy[0], 7), decimals(entropy[1], 7));
    ensemble_destroy(e);
    return 0;
}
