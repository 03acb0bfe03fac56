/* SPDX-License-Identifier: MIT */
/* docs/learning.md: a measure of the caller's own. */
#include "digits.h"

#include "block.h"

int main(void)
{
    static struct digits validation;
    double weights[MODELS];
    struct ensemble_fit_report report = {.struct_size = sizeof report, .models = MODELS, .weights = weights};
    struct ensemble_fit_options options = {
        .struct_size = sizeof options, .how = ENSEMBLE_FIT_GREEDY, .metric = mistakes, .user = validation.truth};
    struct ensemble *e;

    read_digits(&validation, "validation");
    e = make(&validation, 0, ROWS);
    MUST(ensemble_fit(e, validation.truth, ENSEMBLE_I32, ROWS, &options, &report));
    printf("it goes from %s (equal weights) and %s (`%s` alone) down to %s, with the weights ",
           decimals(report.uniform, 4), decimals(report.best_single, 4), names[report.best_model],
           decimals(report.objective, 4));
    for (size_t i = 0; i < MODELS; i++)
        printf("%s%s", i ? ", " : "", weights[i] > 0 ? decimals(weights[i], 4) : "0");
    printf(" after %d rounds\n", report.iterations);
    ensemble_destroy(e);
    return 0;
}
