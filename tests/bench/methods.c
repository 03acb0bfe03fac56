/* SPDX-License-Identifier: MIT */
/* All contenders of a cell get the same inputs, and must agree before they are measured. */
#include "methods.h"

#include "data.h"
#include "loops.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum data { VALUES, LOGITS, BF16_LOGITS, LABELS };
enum weights { EQUAL, DIFFERENT, BY_CLASS, BY_ROW };

struct size {
    size_t models;
    size_t rows;
    size_t width;
};

struct method {
    const char *name;
    int32_t method;
    double exponent; /* of ENSEMBLE_POWER */
    enum data data;
    enum weights weights;
    int elements; /* element by element: the weighted sum stands beside it */
    const struct size *sizes;
};

#define BOTH_WIDTHS(models) {models, 1, 1000}, {models, 1, 128256}

static const struct size means[] = {BOTH_WIDTHS(3), BOTH_WIDTHS(8), {0, 0, 0}};
static const struct size pools[] = {BOTH_WIDTHS(3), BOTH_WIDTHS(8), {3, 100, 10}, {8, 100, 10}, {0, 0, 0}};
static const struct size medians[] = {
    BOTH_WIDTHS(3), BOTH_WIDTHS(5), BOTH_WIDTHS(7), BOTH_WIDTHS(9), BOTH_WIDTHS(20), {0, 0, 0}};
static const struct size weighted_medians[] = {BOTH_WIDTHS(5), {0, 0, 0}};
static const struct size trims[] = {BOTH_WIDTHS(5), BOTH_WIDTHS(9), {0, 0, 0}};
static const struct size votes[] = {{5, 1000, 10}, {0, 0, 0}};
static const struct size ranks[] = {{3, 100, 10}, {3, 1, 1000}, {0, 0, 0}};
static const struct size logits[] = {{3, 1, 128256}, {3, 32, 1000}, {3, 256, 10}, {0, 0, 0}};
static const struct size classes[] = {{3, 1000, 10}, {0, 0, 0}};

static const struct method methods[] = {
    {"sum", ENSEMBLE_SUM, 0, VALUES, DIFFERENT, 0, means},
    {"mean", ENSEMBLE_MEAN, 0, VALUES, DIFFERENT, 1, means},
    {"geometric", ENSEMBLE_GEOMETRIC, 0, VALUES, DIFFERENT, 1, means},
    {"harmonic", ENSEMBLE_HARMONIC, 0, VALUES, DIFFERENT, 1, means},
    {"power-2", ENSEMBLE_POWER, 2, VALUES, DIFFERENT, 1, means},
    {"power-1.5", ENSEMBLE_POWER, 1.5, VALUES, DIFFERENT, 1, means},
    {"log-pool", ENSEMBLE_LOG_POOL, 0, VALUES, DIFFERENT, 1, pools},
    {"product", ENSEMBLE_PRODUCT, 0, VALUES, EQUAL, 1, means},
    {"min", ENSEMBLE_MIN, 0, VALUES, EQUAL, 1, means},
    {"max", ENSEMBLE_MAX, 0, VALUES, EQUAL, 1, means},
    {"median", ENSEMBLE_MEDIAN, 0, VALUES, EQUAL, 0, medians},
    {"weighted-median", ENSEMBLE_MEDIAN, 0, VALUES, DIFFERENT, 0, weighted_medians},
    {"trimmed", ENSEMBLE_TRIMMED, 0, VALUES, EQUAL, 0, trims},
    {"vote", ENSEMBLE_VOTE, 0, VALUES, DIFFERENT, 0, votes},
    {"vote-labels", ENSEMBLE_VOTE, 0, LABELS, DIFFERENT, 0, votes},
    {"rank", ENSEMBLE_RANK, 0, VALUES, DIFFERENT, 0, ranks},
    {"softmax-mean", ENSEMBLE_MEAN, 0, LOGITS, DIFFERENT, 0, logits},
    {"softmax-mean-bf16", ENSEMBLE_MEAN, 0, BF16_LOGITS, DIFFERENT, 0, logits},
    {"class-weights", ENSEMBLE_MEAN, 0, VALUES, BY_CLASS, 0, classes},
    {"row-weights", ENSEMBLE_MEAN, 0, VALUES, BY_ROW, 0, classes},
};
enum { N_METHODS = sizeof methods / sizeof *methods };

static const struct loop *const loops[] = {
    loops_order, loops_elements, loops_elements_fast, loops_rows, loops_rows_fast};
static const struct {
    const char *name;
    int32_t dtype;
    size_t size;
} types[] = {[VALUES] = {"f32", ENSEMBLE_F32, 4},
             [LOGITS] = {"f32", ENSEMBLE_F32, 4},
             [BF16_LOGITS] = {"bf16", ENSEMBLE_BF16, 2},
             [LABELS] = {"i32", ENSEMBLE_I32, 4}};

/* What the contenders of a cell are given. */
struct job {
    struct task task;
    const struct method *method;
    void *memory[MAX_MODELS]; /* the task's inputs */
    double weights[MAX_MODELS];
    float task_weights[MAX_MODELS];
    double *class_weights;
    float *task_class_weights;
    float *row_weights;
    void *workspace;
    size_t workspace_size;
    char with_workspace[32]; /* that contender's name */
};

static void must(int code, const struct job *job)
{
    if (code >= 0)
        return;
    fprintf(stderr, "bench: %s, %zu models x %zu rows x %zu: %s\n", job->method->name, job->task.models,
            job->task.rows, job->task.width, ensemble_strerror(code));
    exit(1);
}

static void fill(void *to, enum data data, size_t rows, size_t width)
{
    for (size_t j = 0; j < rows * width; j++) {
        const float x = data == VALUES ? random_value() : 20 * random_value() - 10;
        const int32_t label = (int32_t)(random_u32() % width);
        uint32_t bits;

        memcpy(&bits, &x, sizeof bits);
        if (data == BF16_LOGITS)
            ((uint16_t *)to)[j] = (uint16_t)(bits >> 16);
        else if (data != LABELS)
            ((float *)to)[j] = x;
        else if (j < rows)
            ((int32_t *)to)[j] = label;
    }
}

static void fill_weights(struct job *job)
{
    const size_t n = job->task.models, width = job->task.width;
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += job->weights[i] = job->method->weights == EQUAL ? 1 : .11 + (double)i / 100;
    for (size_t i = 0; i < n; i++)
        job->task_weights[i] = (float)(job->weights[i] /= sum);
    for (size_t j = 0; j < n * width; j++)
        job->class_weights[j] = .1 + random_value();
    for (size_t c = 0; c < width; c++) {
        sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += job->class_weights[i * width + c];
        for (size_t i = 0; i < n; i++)
            job->task_class_weights[i * width + c] = (float)(job->class_weights[i * width + c] / sum);
    }
    for (size_t j = 0; j < job->task.rows * n; j++)
        job->row_weights[j] = .1f + random_value();
}

static void make_data(struct job *job, const struct size *size)
{
    const size_t n = size->models, length = size->rows * size->width;

    random_seed(1);
    job->task.models = n;
    job->task.rows = size->rows;
    job->task.width = size->width;
    for (size_t i = 0; i < n; i++) {
        /* Not all at the same place in their pages, so that the streams do not fall into the same cache sets. */
        job->memory[i] = get(length * sizeof(float) + (i + 1) * 320);
        job->task.in[i] = (char *)job->memory[i] + i * 320;
        fill((char *)job->memory[i] + i * 320, job->method->data, size->rows, size->width);
    }
    job->class_weights = get(n * size->width * sizeof(double));
    job->task_class_weights = get(n * size->width * sizeof(float));
    job->row_weights = get(size->rows * n * sizeof(float));
    fill_weights(job);
    job->task.out = get(length * sizeof(float));
    job->task.weights = job->task_weights;
    job->task.class_weights = job->task_class_weights;
    job->task.row_weights = job->row_weights;
    job->task.exponent = (float)job->method->exponent;
    job->task.scratch = get(8 * size->width);
}

static void free_data(struct job *job)
{
    for (size_t i = 0; i < job->task.models; i++)
        free(job->memory[i]);
    free(job->class_weights);
    free(job->task_class_weights);
    free(job->row_weights);
    free(job->task.out);
    free(job->task.scratch);
    free(job->workspace);
}

static void call_loop(const void *context, const struct contender *me)
{
    const struct job *job = context;

    ((const struct loop *)me->peer)->run(&job->task);
}

static void call_combine(const void *context, const struct contender *me)
{
    const struct job *job = context;

    must(ensemble_combine(me->ensemble, job->task.out, ENSEMBLE_F32, job->task.rows * job->task.width), job);
}

static void call_with_workspace(const void *context, const struct contender *me)
{
    const struct job *job = context;
    const struct ensemble_call call = {.struct_size = sizeof call,
                                       .result = job->task.out,
                                       .result_count = job->task.rows * job->task.width,
                                       .dtype = ENSEMBLE_F32,
                                       .workspace = job->workspace,
                                       .workspace_size = job->workspace_size};

    must(ensemble_run(me->ensemble, &call), job);
}

/* An ensemble of the job's models; `method` may be another than the job's. */
static struct ensemble *make(const struct job *job, int32_t method, const char *isa)
{
    const struct ensemble_options options = {.struct_size = sizeof options, .isa = isa};
    const size_t n = job->task.models, rows = job->task.rows, width = job->task.width;
    const struct method *m = job->method;
    struct ensemble *e;

    must(ensemble_create_with(&e, width, &options), job);
    for (size_t i = 0; i < n; i++) {
        must(ensemble_add_model_output(e, job->task.in[i], types[m->data].dtype, rows), job);
        if (m->data == LOGITS || m->data == BF16_LOGITS)
            must(ensemble_set_input(e, i, ENSEMBLE_LOGITS, 0), job);
    }
    must(ensemble_set_method(e, method), job);
    if (m->exponent != 0)
        must(ensemble_set_parameter(e, ENSEMBLE_EXPONENT, m->exponent), job);
    if (m->weights == DIFFERENT)
        must(ensemble_set_weights(e, job->weights, n), job);
    else if (m->weights == BY_CLASS)
        must(ensemble_set_class_weights(e, job->class_weights, n, width), job);
    else if (m->weights == BY_ROW)
        must(ensemble_set_row_weights(e, job->row_weights, rows, n), job);
    return e;
}

static void add_contenders(struct cell *cell, struct job *job, const char *isa)
{
    struct ensemble *e;

    if (job->method->elements) {
        e = make(job, ENSEMBLE_SUM, isa);
        cell_add(cell, &(struct contender){.name = "sum", .call = call_combine, .ensemble = e, .yardstick = 1});
    }
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++)
        for (const struct loop *l = loops[i]; l->method != NULL; l++)
            if (strcmp(l->method, job->method->name) == 0 && (l->models == 0 || l->models == cell->models))
                cell_add(cell, &(struct contender){.name = l->name, .call = call_loop, .peer = l});
    e = make(job, job->method->method, isa);
    cell_add(cell, &(struct contender){.name = ensemble_isa(e), .call = call_combine, .ensemble = e});
    job->workspace_size = ensemble_workspace_size(e);
    if (job->workspace_size == 0)
        return;
    job->workspace = get(job->workspace_size);
    e = make(job, job->method->method, isa);
    snprintf(job->with_workspace, sizeof job->with_workspace, "%s+space", ensemble_isa(e));
    cell_add(cell, &(struct contender){.name = job->with_workspace, .call = call_with_workspace, .ensemble = e});
}

/* All who do the task must say the same, but for their roundings. */
static void check(const struct cell *cell, const struct job *job)
{
    const size_t length = cell->rows * cell->width;
    const char *first = NULL;
    float *expected = get(length * sizeof *expected), *out = job->task.out;

    for (size_t c = 0; c < cell->n; c++) {
        const struct contender *contender = &cell->contenders[c];

        if (contender->yardstick)
            continue;
        memset(out, 0xff, length * sizeof *out);
        contender->call(job, contender);
        for (size_t j = 0; first != NULL && j < length; j++)
            if (!(fabsf(out[j] - expected[j]) <= 1e-4f * fabsf(expected[j]))) {
                fprintf(stderr, "bench: %s, %zu models x %zu rows x %zu: element %zu is %g by %s, but %g by %s\n",
                        cell->method, cell->models, cell->rows, cell->width, j, (double)expected[j], first,
                        (double)out[j], contender->name);
                exit(1);
            }
        if (first == NULL) {
            first = contender->name;
            memcpy(expected, out, length * sizeof *out);
        }
    }
    free(expected);
}

static void run_cell(const struct method *method, const struct size *size, const struct timing *timing, const char *isa)
{
    const size_t per_row = method->data == LABELS ? 1 : size->width;
    struct job job = {.method = method};
    struct cell cell = {.method = method->name,
                        .dtype = types[method->data].name,
                        .models = size->models,
                        .rows = size->rows,
                        .width = size->width,
                        .bytes = size->models * size->rows * per_row * types[method->data].size,
                        .job = &job};

    make_data(&job, size);
    add_contenders(&cell, &job, isa);
    check(&cell, &job);
    cell_run(&cell, timing);
    free_data(&job);
}

void methods_table(const struct timing *timing, const char *only, const char *isa)
{
    int found = 0;

    puts("\nMethods. loop, powf, network, sort: plain C, see loops_*.c; -fast: the same with -ffast-math. sum:\n"
         "ENSEMBLE_SUM of the same inputs. +space: with a workspace.");
    for (size_t m = 0; m < N_METHODS; m++) {
        if (only != NULL && strcmp(only, methods[m].name) != 0)
            continue;
        found = 1;
        for (const struct size *size = methods[m].sizes; size->models != 0; size++)
            run_cell(&methods[m], size, timing, isa);
    }
    if (!found)
        die("--only: no such method in the table (methods.c)");
}
