/* SPDX-License-Identifier: MIT */
/* Large calls in pieces, by a pool of threads (ensemble_set_parallel()), beside the same calls by one thread. */
#define _DEFAULT_SOURCE /* sysconf */

#include "settings.h"

#include "../data.h"
#include "../pool.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct task {
    const char *name;
    int32_t method;
    int32_t space;
    size_t models, rows, width;
} tasks[] = {{"sum", ENSEMBLE_SUM, ENSEMBLE_AS_IS, 3, 1, 32000},
             {"sum", ENSEMBLE_SUM, ENSEMBLE_AS_IS, 8, 1, 32000},
             {"sum", ENSEMBLE_SUM, ENSEMBLE_AS_IS, 3, 1, 128256},
             {"sum", ENSEMBLE_SUM, ENSEMBLE_AS_IS, 8, 1, 128256},
             {"sum", ENSEMBLE_SUM, ENSEMBLE_AS_IS, 8, 1024, 1000},
             {"sum", ENSEMBLE_SUM, ENSEMBLE_AS_IS, 8, 1, 16000000},
             {"median", ENSEMBLE_MEDIAN, ENSEMBLE_AS_IS, 5, 128, 1000},
             {"softmax", ENSEMBLE_MEAN, ENSEMBLE_LOGITS, 3, 32, 1000},
             {"softmax", ENSEMBLE_MEAN, ENSEMBLE_LOGITS, 3, 1024, 1000}};
static const size_t sizes[] = {2, 4, 8, 12, 16, 24, 32};
enum { TASKS = sizeof tasks / sizeof *tasks, SIZES = sizeof sizes / sizeof *sizes };

static struct {
    struct pool *pool;
    char name[24];
    size_t threads;
} pools[SIZES];

struct job {
    const struct task *task;
    float *in, *out;
};

static void combine(const void *context, const struct contender *me)
{
    const struct job *job = context;

    if (ensemble_combine(me->ensemble, job->out, ENSEMBLE_F32, job->task->rows * job->task->width) != 0)
        die("threads: the library says no");
}

static struct ensemble *ensemble_of(const struct job *job, struct pool *pool)
{
    const struct task *task = job->task;
    const size_t step = task->rows * task->width + 80; /* not all at the same place of a page */
    struct ensemble *e;
    int code = ensemble_create(&e, task->width);

    for (size_t i = 0; code >= 0 && i < task->models; i++)
        if ((code = ensemble_add_model_output(e, job->in + i * step, ENSEMBLE_F32, task->rows)) >= 0)
            code = ensemble_set_input(e, i, task->space, 0);
    if (code >= 0)
        code = ensemble_set_method(e, task->method);
    if (code >= 0 && pool != NULL)
        code = ensemble_set_parallel(e, pool_for, pool);
    if (code < 0)
        die(ensemble_strerror(code));
    return e;
}

static void run(const struct task *task, const struct settings *settings)
{
    const size_t count = task->rows * task->width;
    struct job job = {.task = task, .in = malloc(task->models * (count + 80) * 4), .out = malloc(count * 4)};
    char method[32];
    struct cell cell = {.method = method, .dtype = "f32", .models = task->models, .rows = task->rows,
                        .width = task->width, .bytes = task->models * count * 4, .job = &job};
    double one;

    snprintf(method, sizeof method, "threads-%s", task->name);
    if (job.in == NULL || job.out == NULL)
        die("no memory");
    fill_values(job.in, task->models * (count + 80) * 4, ENSEMBLE_F32);
    /* Whoever is the first finds less of the data in the last-level cache than those after it. */
    cell_add(&cell, &(struct contender){.name = "first", .call = combine, .ensemble = ensemble_of(&job, NULL),
                                        .yardstick = 1});
    for (size_t p = 0; p < SIZES && pools[p].pool != NULL; p++)
        cell_add(&cell, &(struct contender){.name = pools[p].name, .call = combine,
                                            .ensemble = ensemble_of(&job, pools[p].pool)});
    cell_add(&cell, &(struct contender){.name = "1 thread", .call = combine, .ensemble = ensemble_of(&job, NULL)});
    cell_measure(&cell, &settings->timing);
    one = cell.contenders[cell.n - 1].ns[cell.turns / 2];
    printf("%-8s%3zu models x %4zu x %8zu  %10.1f us ", task->name, task->models, task->rows, task->width, one / 1000);
    for (size_t c = 1; c + 1 < cell.n; c++)
        printf(" %3zu: x%5.2f", pools[c - 1].threads, one / cell.contenders[c].ns[cell.turns / 2]);
    puts("");
    free(job.in);
    free(job.out);
}

void threads_section(const struct settings *settings)
{
    const size_t cores = (size_t)sysconf(_SC_NPROCESSORS_ONLN);
    size_t n = 0;

    for (size_t s = 0; s < SIZES && sizes[s] <= cores; s++) {
        pools[n].threads = sizes[s];
        snprintf(pools[n].name, sizeof pools[n].name, "%zu threads", sizes[s]);
        if ((pools[n++].pool = pool_make(sizes[s])) == NULL)
            die("no threads");
    }
    if (n == 0)
        puts("threads: SKIPPED, this machine has one core");
    else
        puts("The time of one thread, and how many times as fast a pool of so many is:");
    for (size_t t = 0; n > 0 && t < TASKS; t++)
        run(&tasks[t], settings);
    while (n-- > 0) {
        pool_end(pools[n].pool);
        pools[n].pool = NULL;
    }
}
