/* SPDX-License-Identifier: MIT */
/*
 * A target without a fuzzer: runs the files that it is given, and those in the folders that it is given.
 *
 *     PROGRAM FILE-OR-FOLDER...
 */
#define _DEFAULT_SOURCE /* scandir() */

#include "fuzz.h"

#include <dirent.h>
#include <sys/stat.h>

static size_t inputs;

static void run_file(const char *name)
{
    static uint8_t bytes[1 << 20];
    FILE *file = fopen(name, "rb");
    uint8_t *copy;
    size_t size;

    if (file == NULL) {
        perror(name);
        exit(1);
    }
    size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    copy = fuzz_copy(bytes, size);
    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    inputs++;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* In the order of their names, so that a run can be repeated. */
static void run_folder(const char *name)
{
    struct dirent **entries;
    const int n = scandir(name, &entries, is_shown, alphasort);
    char path[1024];

    if (n < 0) {
        perror(name);
        exit(1);
    }
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s", name, entries[i]->d_name);
        fprintf(stderr, "\r%s", path); /* the one that goes wrong is the last one named */
        run_file(path);
        free(entries[i]);
    }
    fprintf(stderr, "\r%79s\r", "");
    free(entries);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct stat about;

        if (stat(argv[i], &about) == 0 && S_ISDIR(about.st_mode))
            run_folder(argv[i]);
        else
            run_file(argv[i]);
    }
    printf("%s: %zu inputs\n", argv[0], inputs);
    return inputs == 0;
}
