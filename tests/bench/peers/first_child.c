/* SPDX-License-Identifier: MIT */
/*
 * The process that first.c starts: what do its first combine and its second one take? Linked once with the static
 * library and once with the shared one.
 *
 *     first_... METHOD LENGTH [touched]     prints the nanoseconds of both, and the page faults of the first
 *
 * METHOD: sum or softmax. touched: the pages of this program and of the library are read before.
 */
#define _DEFAULT_SOURCE /* clock_gettime, getrusage */

#include <ensemble.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { MODELS = 3, MOST = 1000 };

static float in[MODELS][MOST], out[MOST];

static double now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

static long faults(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt + usage.ru_majflt;
}

/* Reads a byte of each page of the program's and the library's files. */
static void touch(void)
{
    char line[4096];
    FILE *maps = fopen("/proc/self/maps", "r");
    unsigned long begin, end;
    static volatile unsigned char sink;

    if (maps == NULL)
        exit(2);
    while (fgets(line, sizeof line, maps) != NULL)
        if (sscanf(line, "%lx-%lx r", &begin, &end) == 2 &&
            (strstr(line, "/first_") != NULL || strstr(line, "/libensemble") != NULL))
            for (unsigned long at = begin; at < end; at += 4096)
                sink = *(volatile unsigned char *)at;
    (void)sink;
    fclose(maps);
}

static struct ensemble *make(int softmax, size_t length)
{
    const double weights[MODELS] = {.5, .3, .2};
    struct ensemble *e;

    for (size_t j = 0; j < length; j++)
        for (size_t i = 0; i < MODELS; i++)
            in[i][j] = (float)((i + 3 * j) % 17);
    memset(out, 0xff, sizeof out);
    if (ensemble_create(&e, length) != 0)
        exit(2);
    for (size_t i = 0; i < MODELS; i++)
        if (ensemble_add_model_output(e, in[i], ENSEMBLE_F32, 1) < 0 ||
            (softmax && ensemble_set_input(e, i, ENSEMBLE_LOGITS, 0) != 0))
            exit(2);
    if (ensemble_set_weights(e, weights, MODELS) != 0)
        exit(2);
    return e;
}

int main(int argc, char **argv)
{
    double begin, end, first, second;
    struct ensemble *e;
    size_t length;
    long before, after;
    int code;

    if (argc < 3 || (length = (size_t)strtoul(argv[2], NULL, 10)) == 0 || length > MOST)
        return 2;
    e = make(strcmp(argv[1], "softmax") == 0, length);
    if (argc > 3)
        touch();
    now_ns(); /* what is needed for the measurement is there before */
    faults();
    before = faults();
    begin = now_ns();
    code = ensemble_combine(e, out, ENSEMBLE_F32, length);
    end = now_ns();
    first = end - begin;
    after = faults();
    begin = now_ns();
    code |= ensemble_combine(e, out, ENSEMBLE_F32, length);
    end = now_ns();
    second = end - begin;
    ensemble_destroy(e);
    printf("%.0f %.0f %ld\n", first, second, after - before);
    return code != 0;
}
