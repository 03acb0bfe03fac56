/* SPDX-License-Identifier: MIT */
/*
 * Combines at random, each beside the formulas of ensemble.h in long double, and then in other ways and with every
 * instruction set that this machine has, which must all give the same bits.
 *
 *     oracle [--seed N | --seed random] [--count N] [--isa NAME] [--quick] [--margins]
 *
 * The task of seed s is the first one of --seed s. --margins says how near to its bounds each method came.
 */
#include "isas.h"
#include "options.h"
#include "play.h"
#include "report.h"
#include "values.h"
#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>

#define FULL_COUNT 3500
#define QUICK_COUNT 400

static struct memory memory;
static struct task task;
static struct expect expect;
static struct margins margins[ENSEMBLE_RANK + 1];
static unsigned char *plain, *other; /* results without gaps */
static size_t judged, compared[ENS_ISAS];

/* One way of the task, which must give the bits of the plain way. */
static void compare(struct play *p, int isa)
{
    const size_t length = task.rows * task.width;

    report_subject(p->isa, play_describe, p);
    if (play_run(p, &memory, other) != 0)
        return;
    compared[isa]++;
    if (task.code == 0)
        report_compare(task.result, plain, other, number_differ(task.result, plain, other, length), length);
    else
        report_pass();
}

/* ENSEMBLE_POWER is another method for some exponents. */
static void compare_methods(void)
{
    struct play p = play_plain(&task, "portable");

    p.method = expect.method;
    if (task.method != p.method && task.code == 0)
        compare(&p, ENS_ISA_portable);
}

static void check_task(const struct options *options)
{
    struct play p = play_plain(&task, "portable");
    struct rng rng = task.rng;

    report_subject(p.isa, play_describe, &p);
    if (play_run(&p, &memory, plain) != 0)
        return;
    expect_begin(&expect, &task);
    if (task.code == 0 && !task.wild && real_is_wide()) {
        judged++;
        verdict(&expect, &task, plain, &margins[task.method]);
        compare_methods();
    }
    for (int i = 0; i < ENS_ISAS; i++) {
        if (!isas[i].run)
            continue;
        p = play_plain(&task, isas[i].name);
        if (i != ENS_ISA_portable)
            compare(&p, i);
        p = play_random(&task, isas[i].name, &rng);
        p.workspace = FULL_WORKSPACE;
        compare(&p, i);
        p = play_random(&task, isas[i].name, &rng);
        if (i != ENS_ISA_portable || options->isa != NULL)
            compare(&p, i);
    }
}

static void print_margins(void)
{
    for (int method = 0; method <= ENSEMBLE_RANK; method++)
        printf("method %2d: %9zu elements, %6zu of them unknown; the largest error is %.3Lf of its bound\n", method,
               margins[method].elements, margins[method].unknown, margins[method].largest);
}

/* A run that checks nothing is no success. */
static void print_counts(void)
{
    printf("oracle: %zu tasks judged\n", judged);
    report_subject(NULL, NULL, NULL);
    if (!real_is_wide())
        report_skip("the formulas: long double is no wider than double here");
    else if (judged == 0)
        report_fail("nothing was judged");
    for (int i = 0; i < ENS_ISAS; i++)
        if (isas[i].run) {
            printf("%s: %zu comparisons\n", isas[i].name, compared[i]);
            if (compared[i] == 0)
                report_fail("%s was not compared", isas[i].name);
        }
}

static void prepare(void)
{
    struct rng rng = {.state = 1}; /* the same values for every seed, so that a task is all in its own */

    report_faults();
    number_prepare();
    values_prepare(&rng);
    task_make_memory(&memory);
    plain = malloc(TASK_VALUES * sizeof(double));
    other = malloc(TASK_VALUES * sizeof(double));
    if (plain == NULL || other == NULL) {
        perror("oracle");
        exit(1);
    }
}

int main(int argc, char **argv)
{
    struct options options = {.program = "oracle", .count = FULL_COUNT, .quick_count = QUICK_COUNT};
    const int status = options_begin(&options, argc, argv);

    if (status != 0)
        return status;
    prepare();
    for (uint64_t i = 0; i < options.count; i++) {
        task_random(&task, &memory, options.seed + i);
        check_task(&options);
    }
    if (options.margins)
        print_margins();
    isas_print_missing();
    print_counts();
    return report_end();
}
