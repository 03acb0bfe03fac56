/* SPDX-License-Identifier: MIT */
/*
 * Combines at random with a report: the portable one beside what ensemble.h says of each field, and then in other ways
 * and with every instruction set that this machine has, which must all give the same bits.
 *
 *     oracle_report [--seed N | --seed random] [--count N] [--isa NAME] [--quick]
 *
 * The task of seed s is the first one of --seed s.
 */
#include "judge_report.h"
#include "options.h"
#include "real.h"
#include "report.h"

#include <stdio.h>

#define FULL_COUNT 400
#define QUICK_COUNT 100

/* A run that checks nothing is no success. */
static void print_counts(void)
{
    printf("oracle_report: %zu tasks judged\n", judged_reports.tasks);
    report_subject(NULL, NULL, NULL);
    if (!real_is_wide())
        report_skip("the fields: long double is no wider than double here");
    else if (judged_reports.tasks == 0)
        report_fail("nothing was judged");
    for (int i = 0; i < ENS_ISAS; i++)
        if (isas[i].run) {
            printf("%s: %zu comparisons\n", isas[i].name, judged_reports.compared[i]);
            if (judged_reports.compared[i] == 0)
                report_fail("%s was not compared", isas[i].name);
        }
}

int main(int argc, char **argv)
{
    struct options options = {.program = "oracle_report", .count = FULL_COUNT, .quick_count = QUICK_COUNT};
    const int status = options_begin(&options, argc, argv);

    if (status != 0)
        return status;
    judge_report_prepare();
    for (uint64_t i = 0; i < options.count; i++)
        judge_report(options.seed + i);
    isas_print_missing();
    print_counts();
    return report_end();
}
