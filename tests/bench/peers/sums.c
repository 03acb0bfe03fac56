/* SPDX-License-Identifier: MIT */
/*
 * The weighted sum beside all others. A cell in which the library seems to be behind is measured again when all others
 * are done, and its turns are added to those that it had: what was noise is gone then, and what was not stays.
 */
#define _GNU_SOURCE /* memfd_create */

#include "families.h"
#include "line.h"
#include "numpy.h"
#include "settings.h"
#include "summary.h"
#include "task.h"

#include "../data.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const size_t model_counts[] = {2, 3, 5, 8, 16, 64};
static const size_t lengths[] = {3, 10, 100, 1000, 32000, 128256, 1000000, 16000000};
static const struct shape batches[] = {{32, 1000, 1000}, {256, 10, 10}, {256, 10, 16}};
enum {
    MODEL_COUNTS = sizeof model_counts / sizeof *model_counts,
    LENGTHS = sizeof lengths / sizeof *lengths,
    BATCHES = sizeof batches / sizeof *batches,
    AGAIN = 3,       /* times */
    HUGE = 16000000, /* elements, from which on nobody is asked who was HOPELESS times slower with fewer */
    HOPELESS = 20,
    ENOUGH = 3,
    MOST_HOPELESS = 64
};

/* A cell that is to be measured again. The names of the contenders outlive the task that they were given for. */
struct waiting {
    enum kind kind;
    size_t models;
    struct shape shape;
    struct cell cell;
    char names[MAX_CONTENDERS][32];
};

/* Who was so much slower, and in how many cells. After ENOUGH of them it need not try HUGE elements for minutes. */
static struct hopeless {
    enum kind kind;
    char name[32];
    size_t cells;
} hopeless[MOST_HOPELESS];
static size_t n_hopeless;

static struct room room; /* for the largest task */
static struct waiting *waiting[KINDS * MODEL_COUNTS * (LENGTHS + BATCHES)];
static size_t n_waiting;

static double time_python(const void *context, const struct contender *me, size_t calls)
{
    (void)context;
    return numpy_time(me->name, calls);
}

static struct hopeless *find_hopeless(enum kind kind, const char *name)
{
    for (size_t h = 0; h < n_hopeless; h++)
        if (hopeless[h].kind == kind && strcmp(hopeless[h].name, name) == 0)
            return &hopeless[h];
    return NULL;
}

static void note_hopeless(const struct cell *cell, enum kind kind)
{
    const double ours = cell->contenders[cell->n - 1].ns[0];

    for (size_t c = 0; c + 1 < cell->n && cell->rows * cell->width >= HUGE / 1000; c++) {
        const struct contender *me = &cell->contenders[c];
        const double times = me->ns[0] / ours;
        struct hopeless *h = find_hopeless(kind, me->name);

        if (me->yardstick || times < HOPELESS || (h == NULL && n_hopeless == MOST_HOPELESS))
            continue;
        if (h == NULL) {
            h = &hopeless[n_hopeless++];
            h->kind = kind;
            snprintf(h->name, sizeof h->name, "%s", me->name);
        }
        if (++h->cells == ENOUGH)
            printf("%-9s from %d elements on, SKIPPED: %s, which takes %.0f times as long as the library\n",
                   kinds[kind].name, HUGE, me->name, times);
    }
}

static int has(const struct cell *cell, const char *name)
{
    for (size_t c = 0; c < cell->n; c++)
        if (strcmp(cell->contenders[c].name, name) == 0)
            return 1;
    return 0;
}

/* Takes them out of a cell, but not what they prepared. Of a cell that was measured before: who was not in it. */
static void leave_out_hopeless(struct cell *cell, enum kind kind, const struct cell *before)
{
    size_t n = 0;

    if (cell->rows * cell->width < HUGE)
        return;
    for (size_t c = 0; c < cell->n; c++) {
        const char *name = cell->contenders[c].name;
        const struct hopeless *h = find_hopeless(kind, name);

        if (before != NULL ? has(before, name) : h == NULL || h->cells < ENOUGH)
            cell->contenders[n++] = cell->contenders[c];
    }
    cell->n = n;
}

/* Returns for how many something was prepared. */
static size_t add_all(struct cell *cell, struct ready *ready, const struct sum *sum, const struct shape *shape,
                      const struct cell *before)
{
    static const struct member library = {"ensemble", ~0u, 0, NULL, library_run, library_finish};
    const char *names[MOST_PYTHON];
    const size_t n = numpy_task(sum, names);
    size_t prepared;

    families_add_members(cell, ready, sum, line_members, 1);
    families_add_members(cell, ready, sum, line_writers, 1);
    families_add(cell, ready, sum, 0);
    for (size_t i = 0; i < n; i++) {
        ready[cell->n] = (struct ready){.member = NULL};
        cell_add(cell, &(struct contender){.name = names[i], .time = time_python});
    }
    ready[cell->n] = (struct ready){&library, NULL, sum, library_prepare(sum, shape)};
    cell_add(cell, &(struct contender){.name = library.name, .call = ready_call, .peer = &ready[cell->n]});
    prepared = cell->n;
    leave_out_hopeless(cell, sum->kind, before);
    return prepared;
}

/* All must say what the library says, but for their roundings. */
static void check(const struct cell *cell, const struct sum *s)
{
    const size_t last = cell->n - 1, bytes = s->rows * s->width * kinds[s->kind].out_size;
    double *expected, value;
    size_t at;

    cell->contenders[last].call(NULL, &cell->contenders[last]);
    expected = task_result(s);
    for (size_t c = 0; c < last; c++) {
        const struct contender *me = &cell->contenders[c];

        if (me->yardstick)
            continue;
        memset(s->out, 0xff, bytes);
        if (me->time != NULL)
            me->time(NULL, me, 1);
        else
            me->call(NULL, me);
        at = task_differs(s, expected, me->time == time_python || strcmp(me->name, "onednn-sum") == 0, &value);
        if (at == SIZE_MAX)
            continue;
        fprintf(stderr, "peers: %s, %zu models x %zu x %zu: element %zu is %.9g, but %.9g by %s\n", cell->dtype,
                cell->models, cell->rows, cell->width, at, expected[at], value, me->name);
        exit(1);
    }
    free(expected);
}

/* Measures it. What was measured before, if anything, is added. */
static void measure(struct cell *cell, enum kind kind, size_t models, const struct shape *shape,
                    const struct settings *settings, const struct cell *before)
{
    static struct ready ready[MAX_CONTENDERS];
    static struct sum sum;
    struct timing timing = settings->timing;
    size_t prepared;

    task_make(&sum, kind, models, shape, &room);
    *cell = (struct cell){.method = shape->stride != shape->width ? "sum-gaps" : "sum",
                          .dtype = kinds[kind].name,
                          .models = models,
                          .rows = shape->rows,
                          .width = shape->width,
                          .bytes = models * shape->rows * shape->width * kinds[kind].size};
    timing.csv = NULL;
    prepared = add_all(cell, ready, &sum, shape, before);
    check(cell, &sum);
    cell_measure(cell, &timing);
    if (before != NULL)
        cell_merge(cell, before);
    note_hopeless(cell, kind);
    ready_finish(ready, prepared);
}

static void done(const struct cell *cell, const struct settings *settings, int tries)
{
    if (settings->all)
        cell_print(cell);
    summary_add(cell, tries);
    if (settings->timing.csv != NULL)
        cell_write(settings->timing.csv, cell);
}

static void keep(struct waiting *w, const struct cell *cell)
{
    w->cell = *cell;
    for (size_t c = 0; c < cell->n; c++) {
        snprintf(w->names[c], sizeof w->names[c], "%s", cell->contenders[c].name);
        w->cell.contenders[c].name = w->names[c];
    }
}

static void run_cell(enum kind kind, size_t models, const struct shape *shape, const struct settings *settings)
{
    static struct cell cell;
    struct waiting *w;

    measure(&cell, kind, models, shape, settings, NULL);
    if (!summary_doubtful(&cell)) {
        done(&cell, settings, 1);
        return;
    }
    w = waiting[n_waiting++] = get(sizeof *w);
    w->kind = kind;
    w->models = models;
    w->shape = *shape;
    keep(w, &cell);
    summary_later(&cell);
}

/* Those that are still in doubt stay. */
static void run_again(const struct settings *settings, int tries)
{
    static struct cell cell;
    const size_t n = n_waiting;
    enum kind filled = KINDS;

    n_waiting = 0;
    for (size_t i = 0; i < n; i++) {
        struct waiting *w = waiting[i];

        if (w->kind != filled)
            fill_values(room.inputs, room.inputs_size, kinds[filled = w->kind].in);
        measure(&cell, w->kind, w->models, &w->shape, settings, &w->cell);
        if (tries <= AGAIN && summary_doubtful(&cell)) {
            keep(w, &cell);
            waiting[n_waiting++] = w;
            continue;
        }
        done(&cell, settings, tries);
        free(w);
    }
}

/* The shapes that are wanted; returns how many. */
static size_t choose_shapes(const struct settings *settings, struct shape *shapes)
{
    size_t n = 0;

    for (size_t l = 0; l < LENGTHS; l++)
        if ((settings->lengths != NULL || !settings->batches) && number_listed(settings->lengths, lengths[l]))
            shapes[n++] = (struct shape){1, lengths[l], lengths[l]};
    for (size_t b = 0; b < BATCHES; b++)
        if (settings->batches || settings->lengths == NULL)
            shapes[n++] = batches[b];
    return n;
}

static int fits(enum kind kind, size_t models, const struct shape *shape)
{
    return task_inputs(kind, models, shape) + task_results(kind, shape) <= most_memory();
}

/* Memory that Python's process can map too, as large as the largest cell. */
static int get_room(const struct settings *settings, const struct shape *shapes, size_t n)
{
    int file;

    for (size_t k = 0; k < KINDS; k++)
        for (size_t m = 0; m < MODEL_COUNTS; m++)
            for (size_t s = 0; s < n; s++) {
                const enum kind kind = (enum kind)k;

                if (!listed(settings->types, kinds[k].name) || !number_listed(settings->models, model_counts[m]) ||
                    !fits(kind, model_counts[m], &shapes[s]))
                    continue;
                if (task_inputs(kind, model_counts[m], &shapes[s]) > room.inputs_size)
                    room.inputs_size = task_inputs(kind, model_counts[m], &shapes[s]);
                if (task_results(kind, &shapes[s]) > room.results_size)
                    room.results_size = task_results(kind, &shapes[s]);
            }
    if (room.inputs_size == 0)
        return 0;
    file = memfd_create("peers", 0);
    if (file < 0 || ftruncate(file, (off_t)(room.results_size + room.inputs_size)) != 0)
        die("no memory");
    room.results = mmap(NULL, room.results_size + room.inputs_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (room.results == MAP_FAILED)
        die("no memory");
    room.inputs = room.results + room.results_size;
    numpy_memory(file, room.results, room.results_size + room.inputs_size);
    close(file);
    return 1;
}

static void run_kind(enum kind kind, const struct settings *settings, const struct shape *shapes, size_t n)
{
    fill_values(room.inputs, room.inputs_size, kinds[kind].in);
    for (size_t m = 0; m < MODEL_COUNTS; m++)
        for (size_t s = 0; s < n; s++) {
            if (!number_listed(settings->models, model_counts[m]))
                continue;
            if (fits(kind, model_counts[m], &shapes[s]))
                run_cell(kind, model_counts[m], &shapes[s], settings);
            else
                printf("%s, %zu models x %zu: SKIPPED, needs more than half of this machine's memory\n",
                       kinds[kind].name, model_counts[m], shapes[s].width);
        }
}

void sums_section(const struct settings *settings)
{
    struct shape shapes[LENGTHS + BATCHES];
    const size_t n = choose_shapes(settings, shapes);

    families_find(settings->directory);
    numpy_start(settings->python);
    if (!get_room(settings, shapes, n)) {
        puts("Nothing to do: none of the types, models and lengths that are named");
        return;
    }
    summary_head();
    for (size_t k = 0; k < KINDS; k++)
        if (listed(settings->types, kinds[k].name))
            run_kind((enum kind)k, settings, shapes, n);
    if (n_waiting > 0)
        printf("\nAgain, what seemed to be behind, with the turns that it had added:\n\n");
    for (int tries = 2; n_waiting > 0; tries++)
        run_again(settings, tries);
    summary_print();
    numpy_stop();
    munmap(room.results, room.results_size + room.inputs_size);
}
