/* SPDX-License-Identifier: MIT */
/* The first combine of a process beside its second one: many processes, each of which says what both took. */
#define _DEFAULT_SOURCE /* setenv */

#include "settings.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESSES = MAX_TURNS };
static const double most_more = 20e3; /* nanoseconds */

static const struct task {
    const char *method, *length;
} tasks[] = {{"sum", "10"}, {"sum", "1000"}, {"softmax", "1000"}};

static const struct mode {
    const char *name, *program;
    int now;     /* the loader binds all functions before main() */
    int touched; /* the pages of the program and the library are there before */
} modes[] = {{"static", "first_static", 0, 0},
             {"static-touched", "first_static", 0, 1},
             {"shared", "first_shared", 0, 0},
             {"shared-bound", "first_shared", 1, 0},
             {"shared-bound-touched", "first_shared", 1, 1}};
enum { TASKS = sizeof tasks / sizeof *tasks, MODES = sizeof modes / sizeof *modes };

struct times {
    double first[PROCESSES], second[PROCESSES], more[PROCESSES], faults[PROCESSES];
};

static void start(const char *path, const struct task *task, const struct mode *mode, const int *pipes)
{
    if (mode->now)
        setenv("LD_BIND_NOW", "1", 1);
    else
        unsetenv("LD_BIND_NOW");
    if (dup2(pipes[1], 1) < 0)
        _exit(2);
    close(pipes[0]);
    close(pipes[1]);
    execl(path, path, task->method, task->length, mode->touched ? "touched" : (char *)NULL, (char *)NULL);
    _exit(2);
}

static void run(const char *directory, const struct task *task, const struct mode *mode, struct times *times, size_t at)
{
    char path[4200], line[128] = "";
    int pipes[2], status;
    pid_t child;
    FILE *from;

    snprintf(path, sizeof path, "%s/%s", directory, mode->program);
    fflush(stdout);
    if (pipe(pipes) != 0 || (child = fork()) < 0)
        die("no process could be started");
    if (child == 0)
        start(path, task, mode, pipes);
    close(pipes[1]);
    from = fdopen(pipes[0], "r");
    if (from == NULL || fgets(line, sizeof line, from) == NULL ||
        sscanf(line, "%lf %lf %lf", &times->first[at], &times->second[at], &times->faults[at]) != 3)
        die("first: a process did not say what it should");
    fclose(from);
    if (waitpid(child, &status, 0) != child || status != 0)
        die("first: a process failed");
    times->more[at] = times->first[at] - times->second[at];
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double quartile(double *values, size_t which)
{
    qsort(values, PROCESSES, sizeof *values, by_value);
    return values[(size_t)PROCESSES * which / 4];
}

static void write_csv(FILE *csv, const struct task *task, const struct mode *mode, struct times *t)
{
    const struct {
        const char *name;
        double *values;
    } rows[] = {{"first", t->first}, {"second", t->second}, {"more", t->more}, {"faults", t->faults}};

    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
        fprintf(csv, "first-%s,f32,3,1,%s,%s@%s,%.2f,%.2f,%.2f\n", task->method, task->length, rows[r].name, mode->name,
                quartile(rows[r].values, 2), quartile(rows[r].values, 1), quartile(rows[r].values, 3));
}

void first_section(const struct settings *settings)
{
    static struct times times[MODES];

    printf("The first combine of a process (3 models, f32) and what it takes more than the second one: medians of %d\n"
           "processes, and the quartiles of what is more. Page faults of the first one. shared: with the shared\n"
           "library, bound when it is first called; -bound: LD_BIND_NOW; -touched: all pages of program and library\n"
           "were read before, so what is left are cold caches and branches. Wanted: at most %.0f us more.\n\n",
           PROCESSES, most_more / 1e3);
    for (size_t t = 0; t < TASKS; t++) {
        for (size_t p = 0; p < PROCESSES; p++)
            for (size_t m = 0; m < MODES; m++)
                run(settings->directory, &tasks[t], &modes[m], &times[m], p);
        for (size_t m = 0; m < MODES; m++) {
            const double more = quartile(times[m].more, 2);

            printf("%-7s x %-5s %-21s first %6.1f us  second %6.2f  more %6.1f (%.1f to %.1f)  faults %.0f%s\n",
                   tasks[t].method, tasks[t].length, modes[m].name, quartile(times[m].first, 2) / 1e3,
                   quartile(times[m].second, 2) / 1e3, more / 1e3, quartile(times[m].more, 1) / 1e3,
                   quartile(times[m].more, 3) / 1e3, quartile(times[m].faults, 2), more > most_more ? "  MORE" : "");
            if (settings->timing.csv != NULL)
                write_csv(settings->timing.csv, &tasks[t], &modes[m], &times[m]);
        }
    }
}
