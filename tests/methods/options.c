/* SPDX-License-Identifier: MIT */
#include "options.h"

#include "isas.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int usage(const struct options *options, const char *wrong)
{
    fprintf(stderr, "%s: what is %s?\nusage: %s [--seed N | --seed random] [--count N] [--isa NAME] [--quick] "
                    "[--margins]\n", options->program, wrong, options->program);
    return 2;
}

static int read_options(struct options *options, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        char *end = "";

        if (strcmp(argv[i], "--quick") == 0) {
            options->count = options->quick_count;
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
            return usage(options, argv[i]);
        }
        if (*end != '\0')
            return usage(options, argv[i]);
    }
    return 0;
}

int options_begin(struct options *options, int argc, char **argv)
{
    int status;

    options->seed = 0x456E73656D626C65;
    status = read_options(options, argc, argv);
    if (status != 0)
        return status;
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    printf("seed 0x%016" PRIx64 ", %" PRIu64 " tasks\n", options->seed, options->count);
    if (isas_select(options->isa) == 0) {
        printf("FAILED: this machine or this build does not have %s\n", options->isa);
        return 1;
    }
    return 0;
}
