/* SPDX-License-Identifier: MIT */
/* What the oracles take on their command lines. */
#ifndef TESTS_METHODS_OPTIONS_H
#define TESTS_METHODS_OPTIONS_H

#include <stdint.h>

struct options {
    const char *program;
    uint64_t count, quick_count; /* tasks; with --quick */
    uint64_t seed;
    const char *isa;
    int margins;
};

/* Reads them, selects the instruction sets and prints the seed. 0, or an exit status. */
int options_begin(struct options *options, int argc, char **argv);

#endif
