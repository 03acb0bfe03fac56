/* SPDX-License-Identifier: MIT */
#include "hashes.h"

#include "isas.h"

#include "base/public.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the file: a line's length, and how many there can be. */
#define LINE 256
#define LINES 1000

struct golden {
    const struct hashes_suite *suite;
    const char *path;
    const char *isa;
    const char *best;
    const char *every; /* the instruction set that may be lacking, or "any"; NULL: none is asked for */
    int write;
    uint64_t known[HASHES_SECTIONS]; /* what the file says; 0: nothing */
};

void hash_value(uint64_t *hash, uint64_t value)
{
    for (int byte = 0; byte < 8; byte++) {
        *hash ^= value >> (8 * byte) & 0xFF;
        *hash *= 0x100000001B3u;
    }
}

static FILE *open_file(const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);

    if (file == NULL) {
        perror(path);
        exit(1);
    }
    return file;
}

/* The section of this program that a line of the file is about; -1: another program's, or none. */
static int section_of(const struct hashes_suite *suite, const char *line, uint64_t *hash)
{
    char program[64], name[64];

    if (sscanf(line, "%63s %63s %" SCNx64, program, name, hash) != 3 || strcmp(program, suite->program) != 0)
        return -1;
    for (int i = 0; i < suite->sections; i++)
        if (strcmp(name, suite->name(i)) == 0)
            return i;
    return -1;
}

static void read_file(struct golden *golden)
{
    FILE *file = open_file(golden->path, "r");
    char line[LINE];
    uint64_t hash;

    while (fgets(line, sizeof line, file) != NULL) {
        const int section = section_of(golden->suite, line, &hash);

        if (section >= 0)
            golden->known[section] = hash;
    }
    fclose(file);
}

/* What is there of other programs stays, in its order; this program's lines come last. */
static void write_file(const struct golden *golden)
{
    static char lines[LINES][LINE];
    const size_t length = strlen(golden->suite->program);
    FILE *file = open_file(golden->path, "r");
    int count = 0;

    while (count < LINES && fgets(lines[count], LINE, file) != NULL)
        count += strncmp(lines[count], golden->suite->program, length) != 0 || lines[count][length] != ' ';
    fclose(file);
    file = open_file(golden->path, "w");
    for (int i = 0; i < count; i++)
        fputs(lines[i], file);
    for (int i = 0; i < golden->suite->sections; i++)
        fprintf(file, "%s %s %016" PRIx64 "\n", golden->suite->program, golden->suite->name(i), golden->known[i]);
    if (fclose(file) != 0) {
        perror(golden->path);
        exit(1);
    }
}

/* Prints one line for an instruction set, and one for each section that differs. Returns how many do. */
static int check_isa(struct golden *golden, const struct isa *isa)
{
    const struct hashes_suite *suite = golden->suite;
    uint64_t hashes[HASHES_SECTIONS] = {0}, all = FNV_START;
    int wrong = 0;

    for (int i = 0; i < suite->sections; i++) {
        hashes[i] = suite->hash(i, isa->name, &wrong);
        hash_value(&all, hashes[i]);
    }
    printf("%s %016" PRIx64 "\n", isa->name, all);
    if (golden->write) { /* the first instruction set writes, and the others must agree */
        memcpy(golden->known, hashes, sizeof hashes);
        write_file(golden);
        golden->write = 0;
    }
    for (int i = 0; i < suite->sections; i++)
        if (hashes[i] != golden->known[i]) {
            printf("FAILED: %s: section %s is %016" PRIx64 ", not %016" PRIx64 "\n", isa->name, suite->name(i),
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
        } else if (strcmp(argv[i], "--every-but") == 0 && i + 1 < argc) {
            golden->every = argv[++i];
        } else {
            fprintf(stderr, "usage: %s [--file PATH] [--isa NAME] [--best NAME] [--every-but NAME] [--write]\n",
                    golden->suite->program);
            return 2;
        }
    }
    return 0;
}

int hashes_main(const struct hashes_suite *suite, int argc, char **argv)
{
    struct golden golden = {.suite = suite, .path = "tests/golden/golden.txt"};
    int wrong = read_options(&golden, argc, argv);

    if (wrong)
        return wrong;
    if (isas_select(golden.isa) == 0) {
        printf("FAILED: this machine or this build does not have %s\n", golden.isa);
        return 1;
    }
    if (!golden.write)
        read_file(&golden);
    wrong = check_best(golden.best);
    for (int i = 0; i < ENS_ISAS; i++)
        if (isas[i].run)
            wrong += check_isa(&golden, &isas[i]);
    isas_print_missing();
    if (golden.every != NULL && isas_lacking(golden.every) > 0) {
        printf("FAILED: an instruction set is not checked; MAY_LACK=NAME allows that\n");
        wrong++;
    }
    printf("%s: %s\n", suite->program, wrong ? "FAILED" : "passed");
    return wrong != 0;
}
