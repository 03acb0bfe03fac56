/* SPDX-License-Identifier: MIT */
/*
 * Learns at random, each time beside what ensemble.h says in long double, and then with every instruction set that this
 * machine has, from outputs that lie otherwise, which must all give the same bits.
 *
 *     oracle [--seed N | --seed random] [--count N] [--isa NAME] [--quick]
 *
 * The lesson of seed s is the first one of --seed s.
 */
#include "judge_lesson.h"
#include "options.h"
#include "real.h"
#include "report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FULL_COUNT 680
#define QUICK_COUNT 102

/* A run that checks nothing is no success. */
static void print_counts(void)
{
    const struct tally *tally = &judged.tally;

    printf("oracle: %zu fits, %zu optima, %zu of them beside every set of models, %zu trajectories, %zu temperatures, "
           "%zu held out, %zu scores, %zu updates, %zu errors; %zu were undecided\n", tally->fits, tally->optima,
           tally->exhaustive, tally->trajectories, tally->temperatures, tally->held_out, tally->scores, tally->updates,
           tally->errors, tally->undecided);
    report_subject(NULL, NULL, NULL);
    if (!real_is_wide())
        report_skip("the formulas: long double is no wider than double here");
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
    report_faults();
    judge_prepare();
    for (uint64_t i = 0; i < options.count; i++)
        judge_lesson(options.seed + i);
    isas_print_missing();
    print_counts();
    return report_end();
}
