/* SPDX-License-Identifier: MIT */
#include "golden_methods.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *open_file(const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);

    if (file == NULL) {
        perror(path);
        exit(1);
    }
    return file;
}

void hashes_read(const char *path, uint64_t known[SECTIONS])
{
    FILE *file = open_file(path, "r");
    char line[256], name[64];
    uint64_t hash;

    while (fgets(line, sizeof line, file) != NULL)
        for (int i = 0; i < SECTIONS; i++)
            if (sscanf(line, "%63s %" SCNx64, name, &hash) == 2 && strcmp(name, section_name(i)) == 0)
                known[i] = hash;
    fclose(file);
}

void hashes_write(const char *path, const uint64_t hashes[SECTIONS])
{
    FILE *file = open_file(path, "w");

    fprintf(file, "# Hashes of the results of tests/methods/golden_work.c, the same on every machine. A change is a\n"
                  "# change of the bits that the library promises (docs/numerics.md). golden_methods --write makes\n"
                  "# this file anew.\n");
    for (int i = 0; i < SECTIONS; i++)
        fprintf(file, "%s %016" PRIx64 "\n", section_name(i), hashes[i]);
    if (fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}
