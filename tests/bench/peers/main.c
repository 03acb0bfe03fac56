/* SPDX-License-Identifier: MIT */
/*
 * The library beside what else can sum outputs with weights: plain C by two compilers, and libraries where they are.
 * All take turns, with one thread each.
 *
 *     peers [--turns 15] [--seconds 3] [--csv FILE] [--all]      --seconds: for a cell at most, more or less
 *           [--types f32,f16-f32] [--models 3,8]                 --all: also a line for each contender
 *           [--lengths 1000,32000] [--batches] [--python FILE]   --lengths, --batches: only what is named
 *           [--steps]                                            --steps: only what steps.h is about
 */
#define _GNU_SOURCE /* memfd_create */

#include "line.h"
#include "python.h"
#include "steps.h"
#include "summary.h"
#include "task.h"

#include "../data.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const size_t model_counts[] = {2, 3, 5, 8, 16, 64};
static const size_t lengths[] = {3, 10, 100, 1000, 32000, 128256, 1000000, 16000000};
static const struct shape batches[] = {{32, 1000, 1000}, {256, 10, 10}, {256, 10, 16}};
static const struct {
    const char *file, *name, *packages;
} families[] = {{"loops_gcc", "gcc", "gcc"},
                {"loops_clang", "clang", "clang"},
                {"eigen", "Eigen", "g++ libeigen3-dev"},
                {"openblas", "OpenBLAS", "libopenblas-dev"},
                {"blis", "BLIS", "libblis-dev"},
                {"onednn", "oneDNN", "g++ libdnnl-dev"}};
enum {
    MODEL_COUNTS = sizeof model_counts / sizeof *model_counts,
    LENGTHS = sizeof lengths / sizeof *lengths,
    BATCHES = sizeof batches / sizeof *batches,
    FAMILIES = sizeof families / sizeof *families
};

struct settings {
    const char *types, *models, *lengths, *python; /* lists with commas; NULL: all */
    int batches;                                    /* only these, but for the lengths that are named */
    int all;
    int steps;
    struct timing timing;
};

/* A contender, with what it has prepared. */
struct ready {
    const struct member *member;
    void *prepared;
};

struct job {
    struct sum sum;
    size_t n;
    struct ready ready[MAX_CONTENDERS];
};

static const struct family *found[FAMILIES];
static struct room room; /* for the largest task */

static void call_member(const void *context, const struct contender *me)
{
    const struct job *job = context;
    const struct ready *ready = me->peer;

    ready->member->run(&job->sum, ready->prepared);
}

static double time_python(const void *context, const struct contender *me, size_t calls)
{
    (void)context;
    return python_time(me->name, calls);
}

/* Adds those of the list that can do the job. */
static void add_members(struct cell *cell, struct job *job, const struct member *m, int yardstick)
{
    for (; m->name != NULL; m++) {
        struct ready ready = {m, NULL};

        if ((m->kinds & 1u << job->sum.kind) == 0 || (m->models != 0 && m->models != job->sum.models) ||
            (m->prepare != NULL && (ready.prepared = m->prepare(&job->sum)) == NULL))
            continue;
        job->ready[cell->n] = ready;
        cell_add(cell, &(struct contender){.name = m->name,
                                           .call = call_member,
                                           .peer = &job->ready[cell->n],
                                           .fixed = m->models != 0,
                                           .yardstick = yardstick});
    }
}

static void add_all(struct cell *cell, struct job *job, const struct shape *shape)
{
    static const struct member library = {"ensemble", ~0u, 0, NULL, library_run, library_finish};
    const char *names[MOST_PYTHON];
    const size_t n = python_task(&job->sum, names);

    add_members(cell, job, line_members, 1);
    for (size_t f = 0; f < FAMILIES; f++)
        if (found[f] != NULL)
            add_members(cell, job, found[f]->members, 0);
    for (size_t i = 0; i < n; i++) {
        job->ready[cell->n].member = NULL;
        cell_add(cell, &(struct contender){.name = names[i], .time = time_python});
    }
    job->ready[cell->n] = (struct ready){&library, library_prepare(&job->sum, shape)};
    cell_add(cell, &(struct contender){.name = library.name, .call = call_member, .peer = &job->ready[cell->n]});
}

/* All must say what the library says, but for their roundings. */
static void check(const struct cell *cell, const struct job *job)
{
    const struct sum *s = &job->sum;
    const size_t last = cell->n - 1, bytes = s->rows * s->width * kinds[s->kind].out_size;
    double *expected, value;
    size_t at;

    job->ready[last].member->run(s, job->ready[last].prepared);
    expected = task_result(s);
    for (size_t c = 0; c < last; c++) {
        const struct contender *me = &cell->contenders[c];

        if (me->yardstick)
            continue;
        memset(s->out, 0xff, bytes);
        if (me->time != NULL)
            me->time(job, me, 1);
        else
            me->call(job, me);
        at = task_differs(s, expected, me->time != NULL || strcmp(me->name, "onednn-sum") == 0, &value);
        if (at == SIZE_MAX)
            continue;
        fprintf(stderr, "peers: %s, %zu models x %zu x %zu: element %zu is %.9g, but %.9g by %s\n", cell->dtype,
                cell->models, cell->rows, cell->width, at, expected[at], value, me->name);
        exit(1);
    }
    free(expected);
}

static void run_cell(enum kind kind, size_t models, const struct shape *shape, const struct settings *settings)
{
    static struct job job;
    static struct cell cell;

    task_make(&job.sum, kind, models, shape, &room);
    cell = (struct cell){.method = shape->stride != shape->width ? "sum-gaps" : "sum",
                         .dtype = kinds[kind].name,
                         .models = models,
                         .rows = shape->rows,
                         .width = shape->width,
                         .bytes = models * shape->rows * shape->width * kinds[kind].size,
                         .job = &job};
    add_all(&cell, &job, shape);
    check(&cell, &job);
    if (settings->all)
        cell_run(&cell, &settings->timing);
    else
        cell_measure(&cell, &settings->timing);
    summary_add(&cell);
    for (size_t c = 0; c < cell.n; c++)
        if (job.ready[c].member != NULL && job.ready[c].member->finish != NULL)
            job.ready[c].member->finish(job.ready[c].prepared);
}

/* Is the word in a list with commas? */
static int listed(const char *list, const char *word)
{
    const size_t length = strlen(word);

    if (list == NULL)
        return 1;
    for (const char *at = list; (at = strstr(at, word)) != NULL; at += length)
        if ((at == list || at[-1] == ',') && (at[length] == 0 || at[length] == ','))
            return 1;
    return 0;
}

static int number_listed(const char *list, size_t number)
{
    char word[32];

    snprintf(word, sizeof word, "%zu", number);
    return listed(list, word);
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

/* What may be used of this machine's memory. */
static size_t most_memory(void)
{
    return (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE) / 2;
}

static int fits(enum kind kind, size_t models, const struct shape *shape)
{
    return task_inputs(kind, models, shape) + task_results(kind, shape) <= most_memory();
}

/* Memory that Python's process can map too, as large as the largest cell. */
static void get_room(const struct settings *settings, const struct shape *shapes, size_t n)
{
    const int file = memfd_create("peers", 0);

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
    if (room.inputs_size == 0 || file < 0 || ftruncate(file, (off_t)(room.results_size + room.inputs_size)) != 0)
        die("no memory, or nothing to do");
    room.results = mmap(NULL, room.results_size + room.inputs_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (room.results == MAP_FAILED)
        die("no memory");
    room.inputs = room.results + room.results_size;
    python_memory(file, room.results, room.results_size + room.inputs_size);
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

static void find_families(const char *program)
{
    const char *slash = strrchr(program, '/');
    const int directory = slash != NULL ? (int)(slash - program) : 1;

    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    setenv("OMP_NUM_THREADS", "1", 1);
    setenv("BLIS_NUM_THREADS", "1", 1);
    for (size_t f = 0; f < FAMILIES; f++) {
        char path[4096];
        void *object, *symbol;
        const struct family *(*family)(void);

        snprintf(path, sizeof path, "%.*s/%s.so", directory, slash != NULL ? program : ".", families[f].file);
        object = access(path, R_OK) == 0 ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
        symbol = object != NULL ? dlsym(object, "peers_family") : NULL;
        if (symbol == NULL) {
            printf("  SKIPPED: %s (Debian: %s)\n", families[f].name, families[f].packages);
            continue;
        }
        memcpy(&family, &symbol, sizeof family);
        found[f] = family();
        printf("  %s: %s\n", families[f].name, found[f]->about);
    }
}

static void read_arguments(struct settings *settings, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *option = argv[i];

        if (strcmp(option, "--all") == 0)
            settings->all = 1;
        else if (strcmp(option, "--steps") == 0)
            settings->steps = 1;
        else if (strcmp(option, "--batches") == 0)
            settings->batches = 1;
        else if (++i == argc)
            die("an option without its value, or an unknown one");
        else if (strcmp(option, "--types") == 0)
            settings->types = argv[i];
        else if (strcmp(option, "--models") == 0)
            settings->models = argv[i];
        else if (strcmp(option, "--lengths") == 0)
            settings->lengths = argv[i];
        else if (strcmp(option, "--python") == 0)
            settings->python = argv[i];
        else if (strcmp(option, "--turns") == 0)
            settings->timing.turns = (size_t)strtoul(argv[i], NULL, 10);
        else if (strcmp(option, "--seconds") == 0)
            settings->timing.seconds = strtod(argv[i], NULL);
        else if (strcmp(option, "--csv") != 0)
            die("unknown option");
        else if ((settings->timing.csv = fopen(argv[i], "w")) == NULL)
            die("the CSV file could not be opened");
    }
    if (settings->timing.turns < 1 || settings->timing.turns > MAX_TURNS)
        die("--turns must be 1 to 101");
}

int main(int argc, char **argv)
{
    struct settings settings = {.timing = {.turns = 15, .seconds = 3, .warm = 1}};
    struct shape shapes[LENGTHS + BATCHES];
    struct ensemble *e;
    size_t n;

    read_arguments(&settings, argc, argv);
    if (ensemble_create(&e, 1) != 0)
        die("no ensemble");
    printf("libensemble %u, %s, beside:\n", ensemble_version(), ensemble_isa(e));
    ensemble_destroy(e);
    if (settings.steps) {
        steps_run(&settings.timing, settings.python);
        return 0;
    }
    find_families(argv[0]);
    python_start(settings.python);
    n = choose_shapes(&settings, shapes);
    get_room(&settings, shapes, n);
    if (settings.all)
        puts("");
    cell_head(&settings.timing);
    summary_head();
    for (size_t k = 0; k < KINDS; k++)
        if (listed(settings.types, kinds[k].name))
            run_kind((enum kind)k, &settings, shapes, n);
    summary_print();
    if (settings.timing.csv != NULL && fclose(settings.timing.csv) != 0)
        die("the CSV file could not be written");
    return 0;
}
