/* SPDX-License-Identifier: MIT */
#include "report_job.h"

#include "data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The fields of a report: where they are, what they consist of, and how many there are. */
enum type { DOUBLES, INTS, BYTES };
enum per { PER_ROW, PER_CLASS, PER_MODEL, PER_TOP };

static const size_t type_sizes[] = {[DOUBLES] = sizeof(double), [INTS] = sizeof(int32_t), [BYTES] = sizeof(uint8_t)};

#define FIELD(number, field, type, per) {number, offsetof(struct ensemble_report, field), type, per}

static const struct field {
    int number;
    size_t offset;
    enum type type;
    enum per per;
} fields[] = {
    FIELD(ENSEMBLE_MEASURE_LABEL, label, INTS, PER_ROW),
    FIELD(ENSEMBLE_MEASURE_CONFIDENCE, confidence, DOUBLES, PER_ROW),
    FIELD(ENSEMBLE_MEASURE_MARGIN, margin, DOUBLES, PER_ROW),
    FIELD(ENSEMBLE_MEASURE_TIED, tied, BYTES, PER_ROW),
    FIELD(ENSEMBLE_MEASURE_ENTROPY, entropy, DOUBLES, PER_ROW),
    FIELD(ENSEMBLE_MEASURE_MEAN_ENTROPY, mean_entropy, DOUBLES, PER_ROW),
    FIELD(ENSEMBLE_MEASURE_MUTUAL_INFORMATION, mutual_information, DOUBLES, PER_ROW),
    FIELD(ENSEMBLE_MEASURE_VOTE_DISAGREEMENT, vote_disagreement, DOUBLES, PER_ROW),
    FIELD(ENSEMBLE_MEASURE_VARIATION_RATIO, variation_ratio, DOUBLES, PER_ROW),
    FIELD(ENSEMBLE_MEASURE_CONFLICT, conflict, DOUBLES, PER_ROW),
    FIELD(ENSEMBLE_MEASURE_WEIGHT_PRESENT, weight_present, DOUBLES, PER_ROW),
    FIELD(ENSEMBLE_MEASURE_MODELS_PRESENT, models_present, INTS, PER_ROW),
    FIELD(ENSEMBLE_MEASURE_ROW_FAULT, row_fault, INTS, PER_ROW),
    FIELD(ENSEMBLE_MEASURE_SETTLED, settled, BYTES, PER_ROW),
    FIELD(ENSEMBLE_MEASURE_VARIANCE, variance, DOUBLES, PER_CLASS),
    FIELD(ENSEMBLE_MEASURE_CONTRIBUTION, contribution, DOUBLES, PER_MODEL),
    FIELD(ENSEMBLE_MEASURE_INFLUENCE, influence, DOUBLES, PER_MODEL),
    FIELD(ENSEMBLE_MEASURE_FLIPS, flips, BYTES, PER_MODEL),
    FIELD(TOP, top_labels, INTS, PER_TOP),
    FIELD(TOP, top_values, DOUBLES, PER_TOP),
};
enum { N_FIELDS = sizeof fields / sizeof *fields };

static void must(int code, const struct job *job)
{
    if (code >= 0)
        return;
    fprintf(stderr, "bench: %s, %zu models x %zu rows x %zu: %s\n", job->line->name, job->shape.models,
            job->shape.rows, job->shape.width, ensemble_strerror(code));
    exit(1);
}

static size_t count_of(const struct job *job, const struct field *field)
{
    const struct shape *s = &job->shape;

    return s->rows * (field->per == PER_ROW     ? 1
                      : field->per == PER_CLASS ? s->width
                      : field->per == PER_MODEL ? s->models
                                                : job->task.found.top);
}

static void *array_of(const struct ensemble_report *report, const struct field *field)
{
    void *array;

    memcpy(&array, (const char *)report + field->offset, sizeof array);
    return array;
}

static void set_array(struct ensemble_report *report, const struct field *field, void *array)
{
    memcpy((char *)report + field->offset, &array, sizeof array);
}

/* A row of probabilities: the softmax of what all models see, and what each sees besides. */
static void fill_row(double *p, const float *common, size_t width)
{
    double total = 0;

    for (size_t j = 0; j < width; j++)
        total += p[j] = exp(6 * (double)common[j] + 3 * (double)random_value() + 3 * (double)random_value());
    for (size_t j = 0; j < width; j++)
        p[j] /= total;
}

/* As binary16, rounded towards 0; small ones become denormal, as they should. */
static uint16_t half_of(double value)
{
    const float scaled = (float)value * 0x1p-112f;
    uint32_t bits;

    memcpy(&bits, &scaled, sizeof bits);
    return (uint16_t)(bits >> 13);
}

static void fill(struct job *job)
{
    const size_t width = job->shape.width, n = job->shape.models;
    float *common = get(width * sizeof *common);
    double *p = get(width * sizeof *p);

    random_seed(1);
    for (size_t r = 0; r < job->shape.rows; r++) {
        for (size_t j = 0; j < width; j++)
            common[j] = random_value();
        for (size_t i = 0; i < n; i++) {
            fill_row(p, common, width);
            for (size_t j = 0; j < width; j++)
                if (job->shape.half)
                    ((uint16_t *)job->memory[i])[r * width + j] = half_of(p[j]);
                else
                    ((float *)job->memory[i])[r * width + j] = (float)p[j];
        }
    }
    free(common);
    free(p);
}

void job_make(struct job *job, const struct shape *shape)
{
    const size_t n = shape->models, length = shape->rows * shape->width;
    double sum = 0;

    *job = (struct job){.shape = *shape};
    job->task = (struct passes){
        .half = shape->half, .models = n, .rows = shape->rows, .width = shape->width, .weights = job->task_weights};
    for (size_t i = 0; i < n; i++) {
        job->memory[i] = get(length * (shape->half ? sizeof(uint16_t) : sizeof(float)));
        job->task.in[i] = job->memory[i];
        job->task.values[i] = get(length * sizeof(float));
        sum += job->weights[i] = .3 - .01 * (double)i;
    }
    for (size_t i = 0; i < n; i++)
        job->task_weights[i] = (float)(job->weights[i] /= sum);
    fill(job);
    job->task.out = get(length * sizeof(float));
    job->task.temporary = get(length * sizeof(float));
    job->task.votes = get(n * shape->rows * sizeof(int32_t));
    job->task.holes = get(n * shape->rows);
    job->task.matrix = get(n * n * sizeof(double));
    job->task.found = (struct ensemble_report){.struct_size = sizeof job->task.found,
                                               .rows = shape->rows,
                                               .width = shape->width,
                                               .models = n,
                                               .top = shape->width < 5 ? shape->width : 5};
    for (size_t f = 0; f < N_FIELDS; f++)
        set_array(&job->task.found, &fields[f], get(count_of(job, &fields[f]) * type_sizes[fields[f].type]));
}

void job_free(struct job *job)
{
    for (size_t i = 0; i < job->shape.models; i++) {
        free(job->memory[i]);
        free(job->task.values[i]);
    }
    free(job->task.out);
    free(job->task.temporary);
    free(job->task.votes);
    free(job->task.holes);
    free(job->task.matrix);
    for (size_t f = 0; f < N_FIELDS; f++)
        free(array_of(&job->task.found, &fields[f]));
}

/* Who does the passes. */
struct runner {
    passes_function *run;
    uint32_t only; /* these passes of the line's */
};

static const struct runner runner_sum = {loops_report, PASS_COMBINE | PASS_PRESENT};
static const struct runner runner_loop = {loops_report, UINT32_MAX}, runner_fast = {loops_report_fast, UINT32_MAX};

static void call_passes(const void *context, const struct contender *me)
{
    const struct job *job = context;
    const struct runner *runner = me->peer;

    runner->run(&job->plain, job->line->passes & runner->only);
}

static void call_run(const struct job *job, const struct ensemble *e, const struct ensemble_report *report, int result)
{
    const struct ensemble_call call = {.struct_size = sizeof call,
                                       .result = result ? job->task.out : NULL,
                                       .result_count = result ? job->shape.rows * job->shape.width : 0,
                                       .dtype = ENSEMBLE_F32,
                                       .report = report};

    must(ensemble_run(e, &call), job);
}

static void call_combine(const void *context, const struct contender *me)
{
    call_run(context, me->ensemble, NULL, 1);
}

static void call_report_alone(const void *context, const struct contender *me)
{
    call_run(context, me->ensemble, &((const struct job *)context)->some, 0);
}

static void call_line(const void *context, const struct contender *me)
{
    const struct job *job = context;
    const struct ensemble_report *found = &job->task.found;

    switch (job->line->question) {
    case BY_RUN: call_run(job, me->ensemble, job->line->fields == 0 ? NULL : &job->some, 1); break;
    case BY_TOP_K: must(ensemble_top_k(me->ensemble, found->top, found->top_labels, found->top_values), job); break;
    case BY_SETTLED: must(ensemble_settled(me->ensemble, found->settled), job); break;
    case BY_SIMILARITY: must(ensemble_similarity(me->ensemble, job->line->measure, job->task.matrix), job); break;
    }
}

static struct ensemble *make(const struct job *job, const char *isa)
{
    const struct ensemble_options options = {.struct_size = sizeof options, .isa = isa};
    const int32_t dtype = job->shape.half ? ENSEMBLE_F16 : ENSEMBLE_F32;
    const int missing = job->line->gaps == A_MISSING_MODEL;
    const size_t n = job->shape.models;
    struct ensemble *e;

    must(ensemble_create_with(&e, job->shape.width, &options), job);
    for (size_t i = 0; i < n; i++) {
        const void *output = missing && i == n - 1 ? NULL : job->memory[i];

        must(ensemble_add_model_output(e, output, dtype, job->shape.rows), job);
        must(ensemble_set_input(e, i, ENSEMBLE_PROBABILITIES, 0), job);
    }
    must(ensemble_set_method(e, ENSEMBLE_MEAN), job);
    must(ensemble_set_weights(e, job->weights, n), job);
    if (job->line->gaps == A_NAN)
        must(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_NAN, 0), job);
    if (missing && job->line->question == BY_RUN)
        must(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_MISSING, 0), job);
    return e;
}

/* What the contenders have found, as doubles. */
static size_t collect(const struct job *job, double *to)
{
    const size_t n = job->shape.models;
    size_t count = 0;

    if (job->line->question == BY_SIMILARITY) {
        memcpy(to, job->task.matrix, n * n * sizeof *to);
        return n * n;
    }
    if (job->line->fields == 0)
        for (; count < job->shape.rows * job->shape.width; count++)
            to[count] = (double)job->task.out[count];
    for (size_t f = 0; f < N_FIELDS; f++) {
        const void *array = array_of(&job->task.found, &fields[f]);

        for (size_t k = 0; (job->line->fields >> fields[f].number & 1) != 0 && k < count_of(job, &fields[f]); k++)
            to[count++] = fields[f].type == DOUBLES ? ((const double *)array)[k]
                          : fields[f].type == INTS  ? ((const int32_t *)array)[k]
                                                    : ((const uint8_t *)array)[k];
    }
    return count;
}

static void forget(const struct job *job)
{
    memset(job->task.matrix, 0xff, job->shape.models * job->shape.models * sizeof(double));
    for (size_t f = 0; f < N_FIELDS; f++)
        memset(array_of(&job->task.found, &fields[f]), 0xff, count_of(job, &fields[f]) * type_sizes[fields[f].type]);
}

/* Whole numbers must be the same; the others but for what the rounding of float makes of values such as the largest. */
static void compare(const struct job *job, const double *expected, const double *got, size_t count, const char *name)
{
    double most = 0;

    for (size_t k = 0; k < count; k++)
        most = fabs(expected[k]) > most && fabs(expected[k]) <= 64 ? fabs(expected[k]) : most;
    for (size_t k = 0; k < count; k++) {
        const int whole = expected[k] == floor(expected[k]) && got[k] == floor(got[k]);
        const double off = whole ? 0 : 2e-5 * most + 1e-4 * fabs(expected[k]);

        if (!(fabs(got[k] - expected[k]) <= off)) {
            fprintf(stderr, "bench: %s, %zu models x %zu rows x %zu: value %zu is %.9g by loop, but %.9g by %s\n",
                    job->line->name, job->shape.models, job->shape.rows, job->shape.width, k, expected[k], got[k],
                    name);
            exit(1);
        }
    }
}

static void check(const struct job *job, const struct cell *cell)
{
    const struct shape *s = &job->shape;
    const size_t most = s->rows * (s->width + 3 * s->models + 32) + s->models * s->models;
    double *expected = NULL, *got = get(most * sizeof *got);
    size_t count = 0;

    for (size_t c = 0; c < cell->n; c++) {
        if (cell->contenders[c].yardstick)
            continue;
        forget(job);
        cell->contenders[c].call(job, &cell->contenders[c]);
        if (expected == NULL) {
            expected = get(most * sizeof *expected);
            count = collect(job, expected);
        } else if (collect(job, got) == count)
            compare(job, expected, got, count, cell->contenders[c].name);
    }
    free(expected);
    free(got);
}

/* A NaN in the last model, in the first of several rows. */
static void put_nan(struct job *job)
{
    const uint16_t half = 0x7e00;
    const float single = NAN;
    void *values = job->memory[job->shape.models - 1];

    memcpy(&job->covered, values, sizeof job->covered);
    if (job->shape.rows > 1)
        memcpy(values, job->shape.half ? (const void *)&half : &single, job->shape.half ? sizeof half : sizeof single);
}

/* The last model is missing: the others' weights add up to 1. */
static void take_last_out(struct job *job)
{
    const float rest = 1 - job->task_weights[job->shape.models - 1];

    job->plain.models--;
    job->plain.missing = (1 - rest) / rest;
    for (size_t i = 0; i < job->plain.models; i++)
        job->task_weights[i] /= rest;
}

void job_take(struct job *job, const struct line *line, struct cell *cell, const char *isa)
{
    struct ensemble *e = NULL;

    job->line = line;
    job->plain = job->task;
    job->some = (struct ensemble_report){.struct_size = sizeof job->some,
                                         .rows = job->shape.rows,
                                         .width = job->shape.width,
                                         .models = job->shape.models};
    for (size_t f = 0; f < N_FIELDS; f++)
        if (line->fields >> fields[f].number & 1)
            set_array(&job->some, &fields[f], array_of(&job->task.found, &fields[f]));
    job->some.top = job->some.top_labels == NULL ? 0 : job->task.found.top;
    if (line->gaps == A_NAN)
        put_nan(job);
    if (line->gaps == A_MISSING_MODEL)
        take_last_out(job);
    if (line->question == BY_RUN) {
        cell_add(cell, &(struct contender){
                           .name = "combine", .call = call_combine, .ensemble = make(job, isa), .yardstick = 1});
        cell_add(cell,
                 &(struct contender){.name = "sum", .call = call_passes, .peer = &runner_sum, .yardstick = 1});
    }
    cell_add(cell, &(struct contender){.name = "loop", .call = call_passes, .peer = &runner_loop});
    if ((line->passes & PASSES_WITH_NAN) == 0)
        cell_add(cell, &(struct contender){.name = "fast", .call = call_passes, .peer = &runner_fast});
    if (line->question == BY_RUN && line->fields != 0)
        cell_add(cell,
                 &(struct contender){.name = "no-result", .call = call_report_alone, .ensemble = make(job, isa)});
    e = make(job, isa);
    cell_add(cell, &(struct contender){.name = ensemble_isa(e), .call = call_line, .ensemble = e});
    check(job, cell);
}

void job_give_back(struct job *job)
{
    if (job->line->gaps == A_NAN)
        memcpy(job->memory[job->shape.models - 1], &job->covered, sizeof job->covered);
    for (size_t i = 0; i < job->shape.models; i++)
        job->task_weights[i] = (float)job->weights[i];
}
