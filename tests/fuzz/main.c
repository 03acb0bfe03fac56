/* SPDX-License-Identifier: MIT */
/*
 * A target without a fuzzer: runs the inputs that it is given. A file whose name ends in .txt holds many (packed.h),
 * any other is one; a number behind a colon chooses a line.
 *
 *     PROGRAM FILE|TARGET.txt|TARGET.txt:LINE...
 */
#include "fuzz.h"

#include "packed.h"

static size_t inputs;

/* In memory of just that size. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = fuzz_copy(data, size);

    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    inputs++;
}

static void run_file(const char *name)
{
    static uint8_t bytes[1 << 20];
    FILE *file = fopen(name, "rb");
    size_t size;

    if (file == NULL) {
        perror(name);
        exit(1);
    }
    size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    run(bytes, size);
}

/* All lines, or that one. The one that goes wrong is the last one named. */
static void run_packed(const char *path, size_t line)
{
    struct packed p;

    packed_open(&p, path);
    while (packed_next(&p)) {
        if (line != 0 && line != p.line)
            continue;
        fprintf(stderr, "\r%s:%zu", path, p.line);
        run(p.data, p.size);
    }
    fprintf(stderr, "\r%79s\r", "");
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        char *text = strstr(argv[i], ".txt"), *end = text;

        if (text == NULL || (text[4] != '\0' && text[4] != ':')) {
            run_file(argv[i]);
            continue;
        }
        end = text + strlen(".txt");
        if (*end == ':')
            *end++ = '\0';
        run_packed(argv[i], (size_t)strtoull(end, NULL, 10));
    }
    printf("%s: %zu inputs\n", argv[0], inputs);
    return inputs == 0;
}
