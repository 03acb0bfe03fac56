/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* clock_gettime */

#include "cell.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A turn repeats the call until this much time should have passed, so that reading the clock does not count. */
static const double turn_ns = 200e3;

void die(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

void cell_add(struct cell *cell, const struct contender *contender)
{
    if (cell->n == MAX_CONTENDERS)
        die("too many contenders");
    cell->contenders[cell->n++] = *contender;
}

static double now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

static double time_calls(const struct cell *cell, const struct contender *c, size_t calls)
{
    const double start = now_ns();

    if (c->time != NULL)
        return c->time(cell->job, c, calls);
    for (size_t i = 0; i < calls; i++)
        c->call(cell->job, c);
    return (now_ns() - start) / (double)calls;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* After a call that takes longer, the caches hold nothing of what it began with. */
static const double too_long_ns = 50e6;

/* A turn; its time for one call. `each`: what is expected for all of it. */
static double turn(const struct cell *cell, size_t c, size_t calls, int warm, double each)
{
    if (warm && cell->contenders[c].time == NULL && each < 2 * too_long_ns)
        time_calls(cell, &cell->contenders[c], 1);
    return time_calls(cell, &cell->contenders[c], calls);
}

/*
 * How many turns there is time for, if contender c takes each[c] nanoseconds in one. Where not all can be had, those
 * that take twice as long as the fastest have had theirs, but for the library: each[c] becomes 0.
 */
static size_t turns_in(const struct cell *cell, const struct timing *timing, double *each)
{
    const double most = 1e9 * timing->seconds;
    double least = 0, sum = 0, left = 0;

    for (size_t c = 0; c < cell->n; c++) {
        sum += each[c];
        if (!cell->contenders[c].yardstick && (least == 0 || each[c] < least))
            least = each[c];
    }
    if (timing->seconds == 0 || sum * (double)timing->turns <= most)
        return timing->turns;
    for (size_t c = 0; c < cell->n; c++) {
        if (c + 1 < cell->n && each[c] > 2 * least && each[c] > 2 * turn_ns)
            each[c] = 0;
        left += each[c];
    }
    if (left * (double)timing->turns <= most)
        return timing->turns;
    return most / left < 3 ? timing->turns < 3 ? timing->turns : 3 : (size_t)(most / left);
}

static void measure(struct cell *cell, const struct timing *timing)
{
    double each[MAX_CONTENDERS];
    size_t calls[MAX_CONTENDERS];

    for (size_t c = 0; c < cell->n; c++) {
        const double once = time_calls(cell, &cell->contenders[c], 1 + (cell->rows * cell->width < 10000));

        calls[c] = once < turn_ns ? (size_t)(turn_ns / once) + 1 : 1;
        each[c] = ((double)calls[c] + (timing->warm && once < too_long_ns)) * once;
        cell->contenders[c].ns[0] = once;
    }
    cell->turns = turns_in(cell, timing, each);
    for (size_t t = 0; t < cell->turns; t++)
        for (size_t c = 0; c < cell->n; c++)
            cell->contenders[c].ns[t] =
                each[c] > 0 ? turn(cell, c, calls[c], timing->warm, each[c]) : cell->contenders[c].ns[0];
    for (size_t c = 0; c < cell->n; c++)
        qsort(cell->contenders[c].ns, cell->turns, sizeof(double), by_value);
}

/* The median of the plain loop; 0 if there is none. */
static double loop_ns(const struct cell *cell)
{
    for (size_t c = 0; c < cell->n; c++)
        if (strcmp(cell->contenders[c].name, "loop") == 0)
            return cell->contenders[c].ns[cell->turns / 2];
    return 0;
}

void cell_print_ns(double ns)
{
    if (ns < 1e4)
        printf("%8.1f ns", ns);
    else if (ns < 1e7)
        printf("%8.1f us", ns / 1e3);
    else
        printf("%8.1f ms", ns / 1e6);
}

void cell_print(const struct cell *cell)
{
    const size_t turns = cell->turns;
    const struct contender *last = &cell->contenders[cell->n - 1];
    const double loop = loop_ns(cell);

    printf("%s, %s, %zu models x ", cell->method, cell->dtype, cell->models);
    if (cell->rows != 1)
        printf("%zu rows x ", cell->rows);
    printf("%zu\n", cell->width);
    for (size_t c = 0; c < cell->n; c++) {
        const double *ns = cell->contenders[c].ns;
        const double median = ns[turns / 2];

        printf("  %-14s%14.1f ns%8.1f GB/s  +-%3.0f %%", cell->contenders[c].name, median,
               (double)cell->bytes / median, 50 * (ns[turns * 3 / 4] - ns[turns / 4]) / median);
        if (loop > 0 && !cell->contenders[c].yardstick)
            printf("%8.2f x loop", loop / median);
        else
            printf("%15s", "");
        printf("  %s takes %.2f of it\n", last->name, last->ns[turns / 2] / median);
    }
    fflush(stdout);
}

void cell_write(FILE *csv, const struct cell *cell)
{
    const size_t turns = cell->turns;

    for (size_t c = 0; c < cell->n; c++) {
        const double *ns = cell->contenders[c].ns;

        fprintf(csv, "%s,%s,%zu,%zu,%zu,%s,%.2f,%.2f,%.2f\n", cell->method, cell->dtype, cell->models, cell->rows,
                cell->width, cell->contenders[c].name, ns[turns / 2], ns[turns / 4], ns[turns * 3 / 4]);
    }
}

void cell_measure(struct cell *cell, const struct timing *timing)
{
    measure(cell, timing);
    if (timing->csv != NULL)
        cell_write(timing->csv, cell);
    for (size_t c = 0; c < cell->n; c++)
        ensemble_destroy(cell->contenders[c].ensemble);
}

void cell_merge(struct cell *cell, const struct cell *before)
{
    const size_t more = before->turns < MAX_TURNS - cell->turns ? before->turns : MAX_TURNS - cell->turns;

    if (before->n != cell->n)
        die("a cell has other contenders than it had");
    for (size_t c = 0; c < cell->n; c++) {
        double *ns = cell->contenders[c].ns;

        /* Where not all of them have room: of the sorted ones, as many from all parts. */
        for (size_t t = 0; t < more; t++)
            ns[cell->turns + t] = before->contenders[c].ns[(2 * t + 1) * before->turns / (2 * more)];
        qsort(ns, cell->turns + more, sizeof(double), by_value);
    }
    cell->turns += more;
}

void cell_run(struct cell *cell, const struct timing *timing)
{
    cell_measure(cell, timing);
    cell_print(cell);
}

void cell_head(const struct timing *timing)
{
    printf("One thread; medians of %zu interleaved turns. Columns: time of a call; what it reads in that time;\n"
           "+- half of what lies between the quartiles; times as fast as the plain C loop (x loop); how much of the\n"
           "time the library takes, which is the last line of each cell.\n",
           timing->turns);
    if (timing->csv != NULL && ftell(timing->csv) == 0)
        fprintf(timing->csv, "method,dtype,models,rows,width,contender,median_ns,quartile1_ns,quartile3_ns\n");
}
