/* SPDX-License-Identifier: MIT */
/*
 * A fixed workload of all methods (golden_work.c), of which every instruction set, compiler and machine must make the
 * same bits: those whose hashes are in golden.txt.
 *
 *     golden_methods [--file PATH] [--isa NAME] [--best NAME] [--write]
 */
#include "golden_methods.h"

int main(int argc, char **argv)
{
    const struct hashes_suite suite = {
        .program = "golden_methods", .path = "tests/methods/golden.txt", .source = "tests/methods/golden_work.c",
        .sections = SECTIONS, .name = section_name, .hash = section_hash,
    };

    return hashes_main(&suite, argc, argv);
}
