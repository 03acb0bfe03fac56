/* SPDX-License-Identifier: MIT */
/*
 * Inputs between files of their own, as fuzzers want them, and one text for all (packed.h).
 *
 *     pack FILE-OR-FOLDER...      writes the text of these to standard output, the shortest first, each once
 *     pack -x TARGET.txt FOLDER   makes files of it: those that have a name are called so, others by their line
 *
 * Files called regression-... or meant-... keep their names: pack regression-what >> corpus/TARGET.txt.
 */
#define _DEFAULT_SOURCE /* scandir() */

#include "packed.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct input {
    char name[256];
    uint8_t *data;
    size_t size;
};

static struct input *inputs;
static size_t n_inputs;

static _Noreturn void stop(const char *name)
{
    perror(name);
    exit(1);
}

static FILE *open_file(const char *name, const char *mode)
{
    FILE *file = fopen(name, mode);

    if (file == NULL)
        stop(name);
    return file;
}

static void read_file(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
    FILE *file = open_file(path, "rb");
    struct input *in;
    struct stat about;

    inputs = realloc(inputs, (n_inputs + 1) * sizeof *inputs);
    if (inputs == NULL || fstat(fileno(file), &about) != 0)
        stop(path);
    in = &inputs[n_inputs++];
    *in = (struct input){.size = (size_t)about.st_size, .data = malloc((size_t)about.st_size + 1)};
    snprintf(in->name, sizeof in->name, "%s", packed_is_name(name) ? name : "");
    if (in->data == NULL || fread(in->data, 1, in->size, file) != in->size)
        stop(path);
    fclose(file);
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void read_folder(const char *name)
{
    struct dirent **entries;
    const int n = scandir(name, &entries, is_shown, alphasort);
    char path[1024];

    if (n < 0)
        stop(name);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s", name, entries[i]->d_name);
        read_file(path);
        free(entries[i]);
    }
    free(entries);
}

/* By what they are alone, so that the same inputs make the same text. One with a name is the last of its kind. */
static int compare(const void *a, const void *b)
{
    const struct input *x = a, *y = b;
    const int order = memcmp(x->data, y->data, x->size < y->size ? x->size : y->size);

    if (x->size != y->size)
        return x->size < y->size ? -1 : 1;
    return order != 0 ? order : strcmp(x->name, y->name);
}

static void write_text(void)
{
    qsort(inputs, n_inputs, sizeof *inputs, compare);
    for (size_t i = 0; i < n_inputs; i++) {
        const struct input *in = &inputs[i], *next = i + 1 < n_inputs ? in + 1 : NULL;
        const int again = next != NULL && next->size == in->size && memcmp(next->data, in->data, in->size) == 0;

        if (!again)
            packed_write(stdout, in->name, in->data, in->size);
    }
    for (size_t i = 0; i < n_inputs; i++)
        free(inputs[i].data);
    free(inputs);
    if (fflush(stdout) != 0)
        stop("pack");
}

static void unpack(const char *from, const char *folder)
{
    struct packed p;
    char path[1024];

    packed_open(&p, from);
    while (packed_next(&p)) {
        FILE *file;

        if (*p.name != '\0')
            snprintf(path, sizeof path, "%s/%s", folder, p.name);
        else
            snprintf(path, sizeof path, "%s/%06zu", folder, p.line);
        file = open_file(path, "wbx");
        if (fwrite(p.data, 1, p.size, file) != p.size || fclose(file) != 0)
            stop(path);
    }
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "-x") == 0) {
        unpack(argv[2], argv[3]);
        return 0;
    }
    for (int i = 1; i < argc; i++) {
        struct stat about;

        if (stat(argv[i], &about) == 0 && S_ISDIR(about.st_mode))
            read_folder(argv[i]);
        else
            read_file(argv[i]);
    }
    write_text();
    return 0;
}
