/* SPDX-License-Identifier: MIT */
/*
 * Combines at random, each beside the formulas of ensemble.h in long double, and then in other ways and with every
 * instruction set that this machine has, which must all give the same bits.
 *
 *     oracle [--seed N | --seed random] [--count N] [--isa NAME] [--quick] [--margins]
 *
 * The task of seed s is the first one of --seed s. --margins says how near to its bounds each method came.
 */
#include "judge.h"
#include "options.h"
#include "report.h"

#include <stdio.h>

#define FULL_COUNT 3500
#define QUICK_COUNT 400

static void print_margins(void)
{
    for (int method = 0; method <= ENSEMBLE_RANK; method++)
        printf("method %2d: %9zu elements, %6zu of them unknown; the largest error is %.3Lf of its bound\n", method,
               judged.margins[method].elements, judged.margins[method].unknown, judged.margins[method].largest);
}

/* A run that checks nothing is no success. */
static void print_counts(void)
{
    printf("oracle: %zu tasks judged\n", judged.tasks);
    report_subject(NULL, NULL, NULL);
    if (!real_is_wide())
        report_skip("the formulas: long double is no wider than double here");
    else if (judged.tasks == 0)
        report_fail("nothing was judged");
    for (int i = 0; i < ENS_ISAS; i++)
        if (isas[i].run) {
            printf("%s: %zu comparisons\n", isas[i].name, judged.compared[i]);
            if (judged.compared[i] == 0)
                report_fail("%s was not compared", isas[i].name);
        }
}

int main(int argc, char **argv)
{
    struct options options = {.program = "oracle", .count = FULL_COUNT, .quick_count = QUICK_COUNT};
    const int status = options_begin(&options, argc, argv);

    if (status != 0)
        return status;
    judge_prepare();
    for (uint64_t i = 0; i < options.count; i++)
        judge_task(options.seed + i, options.isa != NULL);
    if (options.margins)
        print_margins();
    isas_print_missing();
    print_counts();
    return report_end();
}
