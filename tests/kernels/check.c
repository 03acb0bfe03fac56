/* SPDX-License-Identifier: MIT */
/*
 * The check of the kernels: every instruction set that this machine has against the portable one, against the
 * definition of the formats, against long double, and through the public functions against a plain loop.
 *
 *     check [--seed N | --seed random] [--isa NAME] [--quick]
 */
#include "check.h"

#include "data.h"
#include "isas.h"
#include "number.h"
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct options {
    uint64_t seed;
    const char *isa;
    int quick;
};

static int usage(const char *wrong)
{
    fprintf(stderr, "check: what is %s?\nusage: check [--seed N | --seed random] [--isa NAME] [--quick]\n", wrong);
    return 2;
}

/* 0, or an exit status. */
static int read_options(struct options *options, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        char *end = "";

        if (strcmp(argv[i], "--quick") == 0) {
            options->quick = 1;
        } else if (strcmp(argv[i], "--isa") == 0 && i + 1 < argc) {
            options->isa = argv[++i];
        } else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
            if (strcmp(argv[++i], "random") == 0)
                options->seed = (uint64_t)time(NULL) * 0x9E3779B97F4A7C15u;
            else
                options->seed = strtoull(argv[i], &end, 0);
            if (*end != '\0')
                return usage(argv[i]);
        } else {
            return usage(argv[i]);
        }
    }
    return 0;
}

/* A run that checks nothing is no success. */
static void print_counts(void)
{
    for (int i = 0; i < ENS_ISAS; i++)
        if (isas[i].run) {
            printf("%s: %zu kernel checks, %zu api checks\n", isas[i].name, isas[i].kernel_checks, isas[i].api_checks);
            report_subject(isas[i].name, NULL, NULL);
            if (isas[i].kernel_checks == 0 || isas[i].api_checks == 0)
                report_fail("no check was run");
        }
}

int main(int argc, char **argv)
{
    struct options options = {.seed = 0x456E73656D626C65};
    struct check check;
    const int status = read_options(&options, argc, argv);

    if (status != 0)
        return status;
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    printf("seed 0x%016" PRIx64 "%s\n", options.seed,
           options.quick ? " (quick: every kernel and every short length, but few of their combinations)" : "");
    if (isas_select(options.isa) == 0) {
        printf("FAILED: this machine or this build does not have %s\n", options.isa);
        return 1;
    }
    check.rng.state = options.seed;
    check.quick = options.quick;
    report_faults();
    number_prepare();
    data_prepare(&check.rng);
    check_spans(&check);
    check_elements(&check);
    check_rows(&check);
    check_soften(&check);
    check_orders(&check);
    check_sift(&check);
    check_panels(&check);
    check_turned(&check);
    check_measures(&check);
    check_learn(&check);
    check_networks(&check);
    check_functions(&check);
    check_conversions(&check);
    check_errors(&check);
    check_api(&check);
    isas_print_missing();
    print_counts();
    return report_end();
}
