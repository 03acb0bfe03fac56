/* SPDX-License-Identifier: MIT */
/*
 * A fixed workload of all methods (golden_work.c), of which every instruction set, compiler and machine must make the
 * same bits: those whose hashes are in golden.txt.
 *
 *     golden_methods [--file PATH] [--isa NAME] [--best NAME] [--write]
 */
#include "golden_methods.h"

#include "isas.h"

#include "base/public.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct golden {
    const char *path;
    const char *isa;
    const char *best;
    int write;
    uint64_t known[SECTIONS]; /* what the file says; 0: nothing */
};

/* Prints one line for an instruction set, and one for each section that differs. Returns how many do. */
static int check_isa(struct golden *golden, const struct isa *isa)
{
    uint64_t hashes[SECTIONS], all = FNV_START;
    int wrong = 0;

    for (int i = 0; i < SECTIONS; i++) {
        hashes[i] = section_hash(i, isa->name, &wrong);
        hash_value(&all, hashes[i]);
    }
    printf("%s %016" PRIx64 "\n", isa->name, all);
    if (golden->write) { /* the first instruction set writes, and the others must agree */
        hashes_write(golden->path, hashes);
        memcpy(golden->known, hashes, sizeof hashes);
        golden->write = 0;
    }
    for (int i = 0; i < SECTIONS; i++)
        if (hashes[i] != golden->known[i]) {
            printf("FAILED: %s: section %s is %016" PRIx64 ", not %016" PRIx64 "\n", isa->name, section_name(i),
                   hashes[i], golden->known[i]);
            wrong++;
        }
    return wrong;
}

/* Is this the instruction set that the library chooses by itself? */
static int check_best(const char *best)
{
    struct ensemble *e = NULL;
    int wrong;

    if (ensemble_create(&e, 1) != 0)
        return 1;
    printf("best: %s\n", ensemble_isa(e));
    wrong = best != NULL && strcmp(best, ensemble_isa(e)) != 0;
    if (wrong)
        printf("FAILED: the library chooses %s, not %s\n", ensemble_isa(e), best);
    ensemble_destroy(e);
    return wrong;
}

static int read_options(struct golden *golden, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--write") == 0) {
            golden->write = 1;
        } else if (strcmp(argv[i], "--file") == 0 && i + 1 < argc) {
            golden->path = argv[++i];
        } else if (strcmp(argv[i], "--isa") == 0 && i + 1 < argc) {
            golden->isa = argv[++i];
        } else if (strcmp(argv[i], "--best") == 0 && i + 1 < argc) {
            golden->best = argv[++i];
        } else {
            fprintf(stderr, "usage: golden_methods [--file PATH] [--isa NAME] [--best NAME] [--write]\n");
            return 2;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct golden golden = {.path = "tests/methods/golden.txt"};
    int wrong = read_options(&golden, argc, argv);

    if (wrong)
        return wrong;
    if (isas_select(golden.isa) == 0) {
        printf("FAILED: this machine or this build does not have %s\n", golden.isa);
        return 1;
    }
    if (!golden.write)
        hashes_read(golden.path, golden.known);
    wrong = check_best(golden.best);
    for (int i = 0; i < ENS_ISAS; i++)
        if (isas[i].run)
            wrong += check_isa(&golden, &isas[i]);
    isas_print_missing();
    printf("golden_methods: %s\n", wrong ? "FAILED" : "passed");
    return wrong != 0;
}
