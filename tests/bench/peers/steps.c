/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memfd_create */

#include "steps.h"

#include "../coprocess.h"
#include "../data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef STEPS_PYTHON
#define STEPS_PYTHON "tests/bench/peers/steps.py"
#endif

static const struct {
    int top, half;
    size_t rows, width;
} tasks[] = {{0, 0, 1, 128256}, {0, 1, 1, 128256}, {0, 0, 4, 128256}, {1, 0, 32, 1000}, {0, 0, 32, 1000}};

/* Enough for the largest task: models, result, what is found, scratch. */
enum { PART = 4 * 4 * 128256 + 4096, PARTS = STEP_MODELS + 4 };

static struct coprocess python;
static char *memory;
static void *workspace;
static size_t workspace_size;

/* The library: what is found comes with the report, in double. */
static double found[32 * STEP_TOP];

static void call_library(const struct step *s, const struct contender *me, void *space, size_t size)
{
    struct ensemble_report report = {.struct_size = sizeof report, .rows = s->rows};
    struct ensemble_call call = {.struct_size = sizeof call,
                                 .result = s->out,
                                 .result_count = s->rows * s->width,
                                 .dtype = ENSEMBLE_F32,
                                 .workspace = space,
                                 .workspace_size = size,
                                 .report = &report};

    if (s->top) {
        report.top = STEP_TOP;
        report.top_labels = s->labels;
        report.top_values = found;
    } else {
        report.label = s->labels;
        report.confidence = found;
    }
    if (ensemble_run(me->ensemble, &call) != 0)
        die("ensemble_run failed");
}

static void call_with(const void *job, const struct contender *me)
{
    call_library(job, me, workspace, workspace_size);
}

static void call_without(const void *job, const struct contender *me)
{
    call_library(job, me, NULL, 0);
}

static void call_loop(const void *job, const struct contender *me)
{
    if (strcmp(me->name, "loop") == 0)
        steps_loop(job);
    else
        steps_loop_fast(job);
}

static double time_python(const void *job, const struct contender *me, size_t calls)
{
    char line[128];

    (void)job;
    fprintf(python.to, "run %s %zu\n", me->name, calls);
    coprocess_ask(&python, line, sizeof line);
    return strtod(line, NULL);
}

static struct ensemble *prepare(const struct step *s)
{
    struct ensemble *e;
    double weights[STEP_MODELS];

    if (ensemble_create(&e, s->width) != 0)
        die("no ensemble");
    for (size_t i = 0; i < STEP_MODELS; i++) {
        weights[i] = (double)s->weights[i];
        if (ensemble_add_model_output(e, s->in[i], s->half ? ENSEMBLE_BF16 : ENSEMBLE_F32, s->rows) != (int)i ||
            (!s->top && ensemble_set_input(e, i, ENSEMBLE_LOGITS, 1) != 0))
            die("a model was not taken");
    }
    if (ensemble_set_weights(e, weights, STEP_MODELS) != 0 || ensemble_set_method(e, ENSEMBLE_MEAN) != 0 ||
        (s->top && ensemble_set_result(e, ENSEMBLE_RESULT_SOFTMAX, 1) != 0))
        die("not set");
    return e;
}

static void add_python(struct cell *cell, const struct step *s)
{
    static char line[256];

    if (python.to == NULL)
        return;
    fprintf(python.to, "step %d %d %zu %zu %zu %d %zu %zu", s->top, s->half, s->rows, s->width,
            (size_t)((const char *)s->in[0] - memory), PART, (size_t)((char *)s->values - memory),
            (size_t)((char *)s->labels - memory));
    for (size_t i = 0; i < STEP_MODELS; i++)
        fprintf(python.to, " %.9g", (double)s->weights[i]);
    fputc('\n', python.to);
    coprocess_ask(&python, line, sizeof line);
    for (char *name = strtok(line, " \n"); name != NULL; name = strtok(NULL, " \n"))
        if (strcmp(name, "none") != 0)
            cell_add(cell, &(struct contender){.name = name, .time = time_python});
}

/* All must find what the library finds, but for their roundings. */
static void check(const struct cell *cell, const struct step *s)
{
    const size_t n = s->rows * (s->top ? STEP_TOP : 1), last = cell->n - 1;
    int32_t labels[32 * STEP_TOP];

    for (size_t c = last + 1; c-- > 0;) {
        const struct contender *me = &cell->contenders[c];

        memset(s->labels, 0xff, n * sizeof *s->labels);
        if (me->time != NULL)
            me->time(s, me, 1);
        else
            me->call(s, me);
        if (c == last)
            memcpy(labels, s->labels, sizeof labels);
        for (size_t i = 0; i < n; i++) {
            const double value = me->ensemble != NULL ? found[i] : (double)s->values[i];

            if (s->labels[i] == labels[i] && fabs(value - found[i]) <= 1e-4 * found[i])
                continue;
            fprintf(stderr, "steps: %s, value %zu: %.9g of class %d, but %.9g of %d\n", me->name, i, value,
                    (int)s->labels[i], found[i], (int)labels[i]);
            exit(1);
        }
    }
}

/* A task's place in the memory, with logits from about -9 to 9; most are small, as those of language models. */
static struct step make(size_t t)
{
    struct step s = {.top = tasks[t].top,
                     .half = tasks[t].half,
                     .rows = tasks[t].rows,
                     .width = tasks[t].width,
                     .weights = {.5F, .3F, .2F},
                     .out = (float *)(void *)(memory + STEP_MODELS * PART),
                     .scratch = (float *)(void *)(memory + (STEP_MODELS + 1) * PART),
                     .values = (float *)(void *)(memory + (STEP_MODELS + 2) * PART),
                     .labels = (int32_t *)(void *)(memory + (STEP_MODELS + 3) * PART)};

    random_seed(1);
    for (size_t i = 0; i < STEP_MODELS; i++) {
        float *z = (float *)(void *)(memory + i * PART);

        for (size_t j = 0; j < s.rows * s.width; j++) {
            const float x = logf(random_value() / (1.001F - random_value()));
            uint32_t bits;

            memcpy(&bits, &x, sizeof bits);
            if (s.half)
                ((uint16_t *)(void *)z)[j] = (uint16_t)(bits >> 16);
            else
                z[j] = x;
        }
        s.in[i] = z;
    }
    return s;
}

static void run(size_t t, const struct timing *timing)
{
    static struct cell cell;
    const struct step s = make(t);

    cell = (struct cell){.method = s.top ? "step-top-5" : "step-language-model",
                         .dtype = s.half ? "bf16" : "f32",
                         .models = STEP_MODELS,
                         .rows = s.rows,
                         .width = s.width,
                         .bytes = STEP_MODELS * s.rows * s.width * (s.half ? 2 : 4),
                         .job = &s};
    cell_add(&cell, &(struct contender){.name = "loop", .call = call_loop});
    cell_add(&cell, &(struct contender){.name = "loop-fast", .call = call_loop});
    add_python(&cell, &s);
    cell_add(&cell, &(struct contender){.name = "ensemble", .call = call_without, .ensemble = prepare(&s)});
    cell_add(&cell, &(struct contender){.name = "ensemble+space", .call = call_with, .ensemble = prepare(&s)});
    workspace_size = ensemble_workspace_size(cell.contenders[cell.n - 1].ensemble);
    workspace = get(workspace_size);
    check(&cell, &s);
    cell_run(&cell, timing);
    free(workspace);
}

void steps_run(const struct timing *timing, const char *interpreter)
{
    const int file = memfd_create("steps", 0);
    char line[512];

    if (file < 0 || ftruncate(file, (off_t)PART * PARTS) != 0)
        die("no memory");
    memory = mmap(NULL, (size_t)PART * PARTS, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED)
        die("no memory");
    if (coprocess_start(&python, interpreter, STEPS_PYTHON, line, sizeof line)) {
        printf("  %s", line);
        fprintf(python.to, "memory /proc/%ld/fd/%d %zu\n", (long)getpid(), file, (size_t)PART * PARTS);
        coprocess_ask(&python, line, sizeof line);
    } else {
        puts("  SKIPPED: NumPy and PyTorch (Debian: python3-numpy, python3-torch)");
    }
    cell_head(timing);
    for (size_t t = 0; t < sizeof tasks / sizeof tasks[0]; t++)
        run(t, timing);
    coprocess_stop(&python);
}
