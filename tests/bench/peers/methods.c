/* SPDX-License-Identifier: MIT */
/*
 * Methods, fields of the report and scores, beside NumPy, SciPy and scikit-learn (methods_numpy.py), which see the same
 * memory, and compare what they get with what the library left there.
 */
#define _GNU_SOURCE /* memfd_create */

#include "beside.h"
#include "script.h"

#include "../data.h"

#include <ensemble.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef PEERS_METHODS
#define PEERS_METHODS "tests/bench/peers/methods_numpy.py"
#endif

enum { GOAL = 5, TOP = 5 };

/* What the call is asked for: a result, `n` times a measure, or something else. */
enum ask { RESULT, LABEL, LABEL_MARGIN, MEASURE, BEST, CORRELATION, SCORE };
enum weights { EQUAL, DIFFERENT };

struct size {
    size_t models, rows, width;
};

#define SHORT {6, 600, 10}
#define BATCH {3, 64, 1000}
#define LONG {3, 1, 128256}
static const struct size usual[] = {SHORT, BATCH, LONG, {0, 0, 0}};
static const struct size rows[] = {SHORT, BATCH, {0, 0, 0}};
static const struct size medians[] = {SHORT, BATCH, LONG, {5, 1, 128256}, {9, 1, 1000}, {0, 0, 0}};
static const struct size trims[] = {SHORT, {5, 1, 128256}, {9, 1, 1000}, {0, 0, 0}};
static const struct size scores[] = {SHORT, {6, 10000, 10}, {0, 0, 0}};

static const struct task {
    const char *name;
    int32_t method, space, form;
    enum weights weights;
    enum ask ask;
    int32_t what; /* of MEASURE and SCORE: which */
    const struct size *sizes;
} tasks[] = {
    {"median", ENSEMBLE_MEDIAN, ENSEMBLE_PROBABILITIES, 0, EQUAL, RESULT, 0, medians},
    {"trimmed", ENSEMBLE_TRIMMED, ENSEMBLE_PROBABILITIES, 0, EQUAL, RESULT, 0, trims},
    {"vote", ENSEMBLE_VOTE, ENSEMBLE_PROBABILITIES, 0, DIFFERENT, RESULT, 0, rows},
    {"vote-labels", ENSEMBLE_VOTE, ENSEMBLE_LABELS, 0, DIFFERENT, RESULT, 0, rows},
    {"hard-vote", ENSEMBLE_VOTE, ENSEMBLE_LABELS, 0, EQUAL, LABEL, 0, rows},
    {"soft-vote", ENSEMBLE_MEAN, ENSEMBLE_PROBABILITIES, 0, DIFFERENT, LABEL, 0, rows},
    {"rank", ENSEMBLE_RANK, ENSEMBLE_PROBABILITIES, 0, DIFFERENT, RESULT, 0, rows},
    {"softmax-mean", ENSEMBLE_MEAN, ENSEMBLE_LOGITS, 0, DIFFERENT, RESULT, 0, usual},
    {"product", ENSEMBLE_PRODUCT, ENSEMBLE_PROBABILITIES, ENSEMBLE_RESULT_NORMALISED, EQUAL, RESULT, 0, rows},
    {"log-pool", ENSEMBLE_LOG_POOL, ENSEMBLE_PROBABILITIES, 0, DIFFERENT, RESULT, 0, usual},
    {"geometric", ENSEMBLE_GEOMETRIC, ENSEMBLE_PROBABILITIES, 0, DIFFERENT, RESULT, 0, usual},
    {"harmonic", ENSEMBLE_HARMONIC, ENSEMBLE_PROBABILITIES, 0, DIFFERENT, RESULT, 0, usual},
    {"label-margin", ENSEMBLE_MEAN, ENSEMBLE_PROBABILITIES, 0, DIFFERENT, LABEL_MARGIN, 0, usual},
    {"top", ENSEMBLE_MEAN, ENSEMBLE_PROBABILITIES, 0, DIFFERENT, BEST, 0, usual},
#define FIELD(name, field) {name, ENSEMBLE_MEAN, ENSEMBLE_PROBABILITIES, 0, DIFFERENT, MEASURE, field, usual}
    FIELD("entropy", ENSEMBLE_MEASURE_ENTROPY),
    FIELD("mutual-information", ENSEMBLE_MEASURE_MUTUAL_INFORMATION),
    FIELD("conflict", ENSEMBLE_MEASURE_CONFLICT),
    FIELD("disagreement", ENSEMBLE_MEASURE_VOTE_DISAGREEMENT),
    FIELD("variance", ENSEMBLE_MEASURE_VARIANCE),
    FIELD("contribution", ENSEMBLE_MEASURE_CONTRIBUTION),
    FIELD("influence", ENSEMBLE_MEASURE_INFLUENCE),
    FIELD("flips", ENSEMBLE_MEASURE_FLIPS),
    {"correlation", ENSEMBLE_MEAN, ENSEMBLE_PROBABILITIES, 0, DIFFERENT, CORRELATION, 0, usual},
#define SCORED(name, score) {name, ENSEMBLE_MEAN, ENSEMBLE_PROBABILITIES, 0, DIFFERENT, SCORE, score, scores}
    SCORED("metric-log-loss", ENSEMBLE_SCORE_LOG_LOSS),
    SCORED("metric-brier", ENSEMBLE_SCORE_SQUARED_ERROR),
    SCORED("metric-accuracy", ENSEMBLE_SCORE_ACCURACY),
    SCORED("metric-auc", ENSEMBLE_SCORE_AUC),
    SCORED("metric-calibration", ENSEMBLE_SCORE_CALIBRATION_ERROR),
};
enum { TASKS = sizeof tasks / sizeof *tasks };

/* What both processes see. */
enum { MOST_VALUES = 5 * 128256, MOST_LABELS = 6 * 10000 };
static struct shared {
    float values[MOST_VALUES];
    int32_t labels[MOST_LABELS];
    int32_t truth[MOST_LABELS];
    double first[MOST_VALUES], second[MOST_VALUES]; /* what the library found */
} * shared;

struct job {
    const struct task *task;
    const struct size *size;
    struct ensemble *e;
    struct ensemble_call call;
    struct ensemble_report report;
};

static void must(const struct task *task, int code)
{
    if (code >= 0)
        return;
    fprintf(stderr, "peers: %s: %s\n", task->name, ensemble_strerror(code));
    exit(1);
}

static void call_library(const void *context, const struct contender *me)
{
    const struct job *job = context;
    const struct task *task = job->task;

    (void)me;
    if (task->ask == CORRELATION)
        must(task, ensemble_similarity(job->e, ENSEMBLE_SIMILARITY_CORRELATION, shared->first));
    else if (task->ask == SCORE)
        must(task, ensemble_score(job->e, task->what, shared->truth, ENSEMBLE_I32, job->size->rows, shared->first));
    else
        must(task, ensemble_run(job->e, &job->call));
}

/* Rows with a class that all models see, and with errors that they share and that each has for itself. */
static void fill(const struct size *size, int logits)
{
    random_seed(1);
    for (size_t r = 0; r < size->rows; r++) {
        const int32_t truth = (int32_t)(random_u32() % size->width);

        shared->truth[r] = truth;
        for (size_t i = 0; i < size->models; i++) {
            float *row = shared->values + (i * size->rows + r) * size->width;
            double total = 0;
            size_t top = 0;

            for (size_t j = 0; j < size->width; j++) {
                row[j] = 3 * random_value() + 3 * random_value() + ((int32_t)j == truth ? 2 : 0);
                total += exp((double)row[j]);
                top = row[j] > row[top] ? j : top;
            }
            shared->labels[i * size->rows + r] = (int32_t)top;
            for (size_t j = 0; j < size->width && !logits; j++)
                row[j] = (float)(exp((double)row[j]) / total);
        }
    }
}

/* Points the field of the report at its place. */
static void ask_measure(struct ensemble_report *report, int32_t what)
{
    const struct {
        int32_t what;
        double **field;
    } fields[] = {{ENSEMBLE_MEASURE_ENTROPY, &report->entropy},
                  {ENSEMBLE_MEASURE_MUTUAL_INFORMATION, &report->mutual_information},
                  {ENSEMBLE_MEASURE_CONFLICT, &report->conflict},
                  {ENSEMBLE_MEASURE_VOTE_DISAGREEMENT, &report->vote_disagreement},
                  {ENSEMBLE_MEASURE_VARIANCE, &report->variance},
                  {ENSEMBLE_MEASURE_CONTRIBUTION, &report->contribution},
                  {ENSEMBLE_MEASURE_INFLUENCE, &report->influence}};

    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++)
        if (fields[f].what == what)
            *fields[f].field = shared->first;
    if (what == ENSEMBLE_MEASURE_FLIPS)
        report->flips = (uint8_t *)shared->first;
}

static void make_report(struct job *job)
{
    struct ensemble_report *report = &job->report;

    *report = (struct ensemble_report){
        .struct_size = sizeof *report, .rows = job->size->rows, .width = job->size->width, .models = job->size->models};
    if (job->task->ask == LABEL || job->task->ask == LABEL_MARGIN)
        report->label = (int32_t *)shared->first;
    if (job->task->ask == LABEL_MARGIN)
        report->margin = shared->second;
    if (job->task->ask == MEASURE)
        ask_measure(report, job->task->what);
    if (job->task->ask == BEST) {
        report->top = TOP;
        report->top_labels = (int32_t *)shared->first;
        report->top_values = shared->second;
    }
    job->call.report = report;
}

static void make(struct job *job)
{
    const struct task *task = job->task;
    const struct size *size = job->size;
    const size_t n = size->models;
    double weights[MAX_MODELS];

    must(task, ensemble_create(&job->e, size->width));
    for (size_t i = 0; i < n; i++) {
        const int labels = task->space == ENSEMBLE_LABELS;
        const void *output = labels ? (const void *)(shared->labels + i * size->rows)
                                    : (const void *)(shared->values + i * size->rows * size->width);

        must(task, ensemble_add_model_output(job->e, output, labels ? ENSEMBLE_I32 : ENSEMBLE_F32, size->rows));
        must(task, ensemble_set_input(job->e, i, task->space, 0));
        weights[i] = 2 * (double)(i + 1) / (double)(n * (n + 1));
    }
    must(task, ensemble_set_method(job->e, task->method));
    must(task, ensemble_set_result(job->e, task->form, 0));
    if (task->weights == DIFFERENT)
        must(task, ensemble_set_weights(job->e, weights, n));
    job->call = (struct ensemble_call){.struct_size = sizeof job->call, .dtype = ENSEMBLE_F32};
    if (task->ask == RESULT) {
        job->call.result = shared->first;
        job->call.result_count = size->rows * size->width;
    } else {
        make_report(job);
    }
    job->call.workspace_size = ensemble_workspace_size(job->e);
    job->call.workspace = job->call.workspace_size > 0 ? get(job->call.workspace_size) : NULL;
}

static void run(const struct task *task, const struct size *size, struct script *script,
                const struct settings *settings)
{
    static struct cell cell;
    struct job job = {.task = task, .size = size};

    cell = (struct cell){.method = task->name,
                         .dtype = task->space == ENSEMBLE_LABELS ? "i32" : "f32",
                         .models = size->models,
                         .rows = size->rows,
                         .width = size->width,
                         .bytes = size->models * size->rows * 4 * (task->space == ENSEMBLE_LABELS ? 1 : size->width),
                         .job = &job};
    fill(size, task->space == ENSEMBLE_LOGITS);
    make(&job);
    call_library(&job, NULL);
    fprintf(script->process.to, "cell %s %s %zu %zu %zu\n", task->name, task->weights == EQUAL ? "equal" : "different",
            size->models, size->rows, size->width);
    script_add(script, &cell);
    cell_add(&cell, &(struct contender){.name = "ensemble", .call = call_library});
    beside_measure(&cell, settings, GOAL);
    ensemble_destroy(job.e);
    free(job.call.workspace);
}

void methods_section(const struct settings *settings)
{
    static struct script script;
    const int file = memfd_create("methods", 0);

    if (file < 0 || ftruncate(file, sizeof *shared) != 0)
        die("no memory");
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared == MAP_FAILED)
        die("no memory");
    if (script_start(&script, PEERS_METHODS, settings->python, "python3-numpy python3-scipy")) {
        script_tell(&script, "memory /proc/%ld/fd/%d %zu %zu %zu %zu %zu\n", (long)getpid(), file, sizeof *shared,
                    offsetof(struct shared, labels), offsetof(struct shared, truth), offsetof(struct shared, first),
                    offsetof(struct shared, second));
        beside_head(GOAL);
        for (size_t t = 0; t < TASKS; t++)
            for (const struct size *size = tasks[t].sizes; size->models != 0; size++)
                if (listed(settings->methods, tasks[t].name))
                    run(&tasks[t], size, &script, settings);
        beside_print();
        script_stop(&script);
    }
    munmap(shared, sizeof *shared);
    close(file);
}
