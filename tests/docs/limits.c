/* SPDX-License-Identifier: MIT */
/* docs/learning.md: few models. */
#include "digits.h"

static struct digits validation, test;

static void print_line(const char *name, const struct ensemble_fit_options *options)
{
    double weights[MODELS];
    struct ensemble_fit_report report = {.struct_size = sizeof report, .models = MODELS, .weights = weights};
    struct ensemble *e = make(&validation, 0, ROWS);
    const char *comma = "";

    MUST(ensemble_fit(e, validation.truth, ENSEMBLE_I32, ROWS, options, &report));
    printf("| %s | ", name);
    for (size_t i = 0; i < MODELS; i++)
        if (weights[i] > 0) {
            printf("%s%s", comma, names[i]);
            comma = ", ";
        }
    bind(e, &test);
    printf(" | %s |", decimals(report.objective, 5));
    printf(" %s |\n", decimals(score(e, ENSEMBLE_SCORE_LOG_LOSS, test.truth), 4));
    ensemble_destroy(e);
}

int main(void)
{
    struct ensemble_fit_options most = {.struct_size = sizeof most};
#include "block.h"
    const double budgets[] = {100, 61, 60, 31};
    char name[64];

    read_digits(&validation, "validation");
    read_digits(&test, "test");
    print_line("no limit", NULL);
    for (most.max_models = 3; most.max_models > 0; most.max_models--) {
        snprintf(name, sizeof name, "`max_models` %zu", most.max_models);
        print_line(name, &most);
    }
    for (size_t i = 0; i < sizeof budgets / sizeof *budgets; i++) {
        options.budget = budgets[i];
        snprintf(name, sizeof name, "`budget` %g", budgets[i]);
        print_line(name, &options);
    }
    return 0;
}
