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
#include "play.h"
#include "report.h"
#include "values.h"
#include "verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FULL_COUNT 3500
#define QUICK_COUNT 400

struct options {
    uint64_t seed, count;
    const char *isa;
    int margins;
};

static struct memory memory;
static struct task task;
static struct expect expect;
static struct margins margins[ENSEMBLE_RANK + 1];
static unsigned char *plain, *other; /* results without gaps */
static size_t judged, compared[ENS_ISAS];

static int usage(const char *wrong)
{
    fprintf(stderr, "oracle: what is %s?\nusage: oracle [--seed N | --seed random] [--count N] [--isa NAME] [--quick] "
                    "[--margins]\n", wrong);
    return 2;
}

/* 0, or an exit status. */
static int read_options(struct options *options, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        char *end = "";

        if (strcmp(argv[i], "--quick") == 0) {
            options->count = QUICK_COUNT;
        } else if (strcmp(argv[i], "--margins") == 0) {
            options->margins = 1;
        } else if (strcmp(argv[i], "--isa") == 0 && i + 1 < argc) {
            options->isa = argv[++i];
        } else if (strcmp(argv[i], "--count") == 0 && i + 1 < argc) {
            options->count = strtoull(argv[++i], &end, 0);
        } else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
            if (strcmp(argv[++i], "random") == 0)
                options->seed = (uint64_t)time(NULL) * 0x9E3779B97F4A7C15u;
            else
                options->seed = strtoull(argv[i], &end, 0);
        } else {
            return usage(argv[i]);
        }
        if (*end != '\0')
            return usage(argv[i]);
    }
    return 0;
}

/* One way of the task, which must give the bits of the plain way. */
static void compare(const struct play *p, int isa)
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
    struct options options = {.seed = 0x456E73656D626C65, .count = FULL_COUNT};
    const int status = read_options(&options, argc, argv);

    if (status != 0)
        return status;
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    printf("seed 0x%016" PRIx64 ", %" PRIu64 " tasks\n", options.seed, options.count);
    if (isas_select(options.isa) == 0) {
        printf("FAILED: this machine or this build does not have %s\n", options.isa);
        return 1;
    }
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
