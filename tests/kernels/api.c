/* SPDX-License-Identifier: MIT */
/* Combines through the public functions, with each instruction set by name, beside the plain loop of reference.c. */
#include "check.h"
#include "data.h"
#include "isas.h"
#include "job.h"
#include "number.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct job_memory memory;
static unsigned char *expected; /* the result without gaps */
static unsigned char *backup;   /* of the output that is replaced, or of the poisoned surroundings */

static void describe_job(const void *what, char *text, size_t size)
{
    const struct job *job = what;
    size_t used;

    snprintf(text, size, "api: %s to %s, n %zu, width %zu, rows %zu cut at %zu %zu, result stride %zu%s, at byte %u "
             "mod 64, outputs %s, weights %s, dtypes", job->method == ENSEMBLE_MEAN ? "mean" : "sum",
             number_name(job->result), job->n, job->width, job->rows, job->cuts[0], job->cuts[1], job->result_stride,
             job->in_place ? " in place" : "", (unsigned)((uintptr_t)job->result_at % 64),
             job->by_call ? "by call" : "bound", job->default_weights ? "default" : "set");
    for (size_t i = 0; i < job->n && i < 12; i++) {
        used = strlen(text);
        snprintf(text + used, size - used, " %s", number_name(job->outputs[i].dtype - 1));
    }
}

/* The handle for a job. NULL if any step fails, which is reported. */
static struct ensemble *make_handle(const struct job *job, const char *isa)
{
    const struct ensemble_options options = {.struct_size = sizeof options, .isa = isa};
    struct ensemble *e = NULL;
    int code = ensemble_create_with(&e, job->width, &options);

    for (size_t i = 0; code >= 0 && i < job->n; i++) {
        const struct ensemble_output *output = &job->outputs[i];

        code = ensemble_add_model_output(e, NULL, ENSEMBLE_F32, 0);
        if (code >= 0 && !job->by_call)
            code = ensemble_set_model_output(e, i, output->data, output->dtype, output->rows, output->row_stride);
    }
    if (code >= 0)
        code = ensemble_set_method(e, job->method);
    if (code >= 0 && !job->default_weights)
        code = ensemble_set_weights(e, job->weights, job->n);
    if (code >= 0 && strcmp(ensemble_isa(e), isa) == 0)
        return e;
    report_fail("the handle could not be made: %s", ensemble_strerror(code));
    ensemble_destroy(e);
    return NULL;
}

/* Rows begin to end of the job. */
static int run_rows(const struct ensemble *e, const struct job *job, size_t begin, size_t end)
{
    struct ensemble_call call = {.struct_size = sizeof call, .row_begin = begin, .row_count = end - begin};

    if (begin == end && begin < job->rows)
        return 0; /* a count of 0 would mean all rows */
    if (job->by_call) {
        call.output_size = sizeof job->outputs[0];
        call.outputs = job->outputs;
        call.n_outputs = job->n;
    }
    call.result = job->result_at + begin * job->result_stride * number_size(job->result);
    call.result_stride = job->result_stride;
    call.result_count = end > begin ? (end - begin - 1) * job->result_stride + job->width : 0;
    call.dtype = job->result + 1;
    return ensemble_run(e, &call);
}

static int run_job(const struct ensemble *e, const struct job *job)
{
    int code;

    if (!job->by_call && job->cuts[0] == 0 && job->cuts[1] == job->rows && job->result_stride == job->width &&
        (!job->in_place || job->outputs[job->replaced].row_stride == 0))
        return ensemble_combine(e, job->result_at, job->result + 1, job->rows * job->width);
    code = run_rows(e, job, job->cuts[1], job->rows); /* the last rows first: their order must not matter */
    if (code == 0)
        code = run_rows(e, job, 0, job->cuts[0]);
    if (code == 0)
        code = run_rows(e, job, job->cuts[0], job->cuts[1]);
    return code;
}

/* The memory from a little before the result to a little behind it. */
struct surroundings {
    unsigned char *begin;
    size_t front, middle, behind;
};

static struct surroundings surroundings(const struct job *job)
{
    const struct guarded *around = job->in_place ? &memory.inputs : &memory.result;
    const size_t size = number_size(job->result);
    const size_t bytes = job->rows > 0 ? ((job->rows - 1) * job->result_stride + job->width) * size : 0;
    const size_t before = (size_t)(job->result_at - around->begin);
    const size_t after = (size_t)(around->end - job->result_at) - bytes;
    const struct surroundings s = {
        .front = before < GUARD_MARGIN ? before : GUARD_MARGIN,
        .middle = bytes,
        .behind = after < GUARD_MARGIN ? after : GUARD_MARGIN,
    };

    return (struct surroundings){job->result_at - s.front, s.front, s.middle, s.behind};
}

/* The rows must be what is expected, and all else in and around the result what it was before. */
static void compare(const struct job *job, const struct surroundings *s)
{
    const size_t size = number_size(job->result);
    const size_t row_bytes = job->width * size, stride_bytes = job->result_stride * size;
    const unsigned char *was = backup + s->front;

    for (size_t row = 0; row < job->rows; row++) {
        const unsigned char *found = job->result_at + row * stride_bytes;
        const unsigned char *right = expected + row * row_bytes;
        const size_t index = number_differ(job->result, right, found, job->width);

        if (index < job->width) {
            report_compare(job->result, right, found, index, job->width);
            return;
        }
        if (row + 1 < job->rows &&
            memcmp(found + row_bytes, was + row * stride_bytes + row_bytes, stride_bytes - row_bytes) != 0) {
            report_fail("the gap behind row %zu was written", row);
            return;
        }
    }
    if (memcmp(s->begin, backup, s->front) != 0)
        report_fail("bytes in front of the result were written");
    else if (memcmp(job->result_at + s->middle, was + s->middle, s->behind) != 0)
        report_fail("bytes behind the result were written");
    else
        report_pass();
}

static void run_on(struct isa *isa, const struct job *job)
{
    const struct surroundings s = surroundings(job);
    struct ensemble *e;
    int code;

    report_subject(isa->name, describe_job, job);
    isa->api_checks++;
    e = make_handle(job, isa->name);
    if (e == NULL)
        return;
    if (!job->in_place)
        memset(s.begin, JOB_POISON, s.front + s.middle + s.behind);
    memcpy(backup, s.begin, s.front + s.middle + s.behind);
    code = run_job(e, job);
    if (code != 0)
        report_fail("%s", ensemble_strerror(code));
    else
        compare(job, &s);
    if (job->in_place)
        memcpy(s.begin, backup, s.front + s.middle + s.behind);
    ensemble_destroy(e);
}

static void run_everywhere(const struct job *job)
{
    job_reference(job, expected);
    for (int i = 0; i < ENS_ISAS; i++)
        if (isas[i].run)
            run_on(&isas[i], job);
}

/* Every pair of input dtypes with every result, and mixtures. */
static void ordinary_jobs(struct job *job, struct check *check)
{
    for (int repeat = 0; repeat < (check->quick ? 1 : 4); repeat++)
        for (int first = 0; first < ENS_DTYPES; first++)
            for (int second = 0; second < ENS_DTYPES; second++)
                for (int result = 0; result < ENS_DTYPES; result++) {
                    job_random(job, &memory, &check->rng, first, second, result);
                    run_everywhere(job);
                }
    for (int i = 0; i < (check->quick ? 100 : 1500); i++) {
        job_random(job, &memory, &check->rng, -1, -1, (int)rng_below(&check->rng, ENS_DTYPES));
        run_everywhere(job);
    }
}

/* Sizes at which the walk takes other ways. */
static void large_jobs(struct job *job, struct check *check)
{
    for (int i = 0; i < (check->quick ? 4 : 12); i++) {
        job_large(job, &memory, &check->rng, i % ENS_DTYPES);
        run_everywhere(job);
    }
    for (int i = 0; i < (check->quick ? 5 : 50); i++) {
        const int dtype = i % (ENS_DTYPES + 1) - 1;
        const int same = dtype >= 0 && rng_one_in(&check->rng, 2);

        job_far(job, &memory, &check->rng, dtype, same ? dtype : (int)rng_below(&check->rng, ENS_DTYPES));
        run_everywhere(job);
    }
}

void check_api(struct check *check)
{
    struct job job;
    size_t size;

    memset(&job, 0, sizeof job);
    job_make_memory(&memory);
    size = (size_t)(memory.result.end - memory.result.begin);
    expected = malloc(size);
    backup = malloc(size + 2 * GUARD_MARGIN);
    if (expected == NULL || backup == NULL) {
        report_fail("no memory for the results");
    } else {
        ordinary_jobs(&job, check);
        large_jobs(&job, check);
    }
    report_subject(NULL, NULL, NULL);
    free(expected);
    free(backup);
}
