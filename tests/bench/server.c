/* SPDX-License-Identifier: MIT */
/*
 * Every call is a request of its own: its outputs are elsewhere than those of the one before. `kernel` is what does the
 * sum in the end, called directly with all that it needs at hand. What is bound stays in the first-level cache.
 */
#include "server.h"

#include "data.h"
#include "peers.h"

#include "plan/handle.h"

#include <stdlib.h>
#include <string.h>

enum { REQUESTS = 16, MOST = 8 };

/* The outputs of all requests: models x width floats each, from model to model as a flat call has it. */
struct job {
    size_t models, width;
    const float *data;
    float *out;
    double weights[MOST];
    float weights32[MOST];
    const void *in[REQUESTS][MOST];
    struct ensemble_output outputs[REQUESTS][MOST];
    struct ensemble_call calls[REQUESTS];
};

static size_t turn; /* which request is next; one thread */

static size_t next(void)
{
    turn = (turn + 1) % REQUESTS;
    return turn;
}

static void must(int code)
{
    if (code < 0)
        die(ensemble_strerror(code));
}

static void call_kernel(const void *context, const struct contender *me)
{
    const struct job *job = context;
    const struct ens_span span = {.out = job->out, .in = job->in[next()], .weight = job->weights32, .n = job->models,
                                  .length = job->width};

    me->ensemble->kernels->wsum[ENS_f32][ENS_f32][ENS_f32](&span);
}

static void call_kernel_bound(const void *context, const struct contender *me)
{
    const struct job *job = context;
    const struct ens_span span = {.out = job->out, .in = job->in[0], .weight = job->weights32, .n = job->models,
                                  .length = job->width};

    me->ensemble->kernels->wsum[ENS_f32][ENS_f32][ENS_f32](&span);
}

static void call_peer(const void *context, const struct contender *me)
{
    const struct job *job = context;

    ((const struct peer *)me->peer)->sum(job->out, job->in[next()], job->weights32, job->models, job->width);
}

static void call_combine(const void *context, const struct contender *me)
{
    const struct job *job = context;

    must(ensemble_combine(me->ensemble, job->out, ENSEMBLE_F32, job->width));
}

static void call_repointed(const void *context, const struct contender *me)
{
    const struct job *job = context;
    const void *const *in = job->in[next()];

    for (size_t i = 0; i < job->models; i++)
        must(ensemble_set_model_output(me->ensemble, i, in[i], ENSEMBLE_F32, 1, 0));
    must(ensemble_combine(me->ensemble, job->out, ENSEMBLE_F32, job->width));
}

static void call_run(const void *context, const struct contender *me)
{
    const struct job *job = context;

    must(ensemble_run(me->ensemble, &job->calls[next()]));
}

static void call_run_filled(const void *context, const struct contender *me)
{
    const struct job *job = context;
    const void *const *in = job->in[next()];
    struct ensemble_output outputs[MOST];
    const struct ensemble_call call = {.struct_size = sizeof call, .output_size = sizeof *outputs, .outputs = outputs,
                                       .n_outputs = job->models, .result = job->out, .result_count = job->width,
                                       .dtype = ENSEMBLE_F32};

    for (size_t i = 0; i < job->models; i++)
        outputs[i] = (struct ensemble_output){.data = in[i], .rows = 1, .dtype = ENSEMBLE_F32};
    must(ensemble_run(me->ensemble, &call));
}

static void call_flat(const void *context, const struct contender *me)
{
    const struct job *job = context;

    must(ensemble_run_flat(me->ensemble, job->in[next()][0], ENSEMBLE_F32, 1, 0, 0, job->out, ENSEMBLE_F32, job->width,
                           0, NULL, 0));
}

static void call_report(const void *context, const struct contender *me)
{
    const struct job *job = context;
    int32_t label;
    double confidence;
    const struct ensemble_report report = {.struct_size = sizeof report, .rows = 1, .label = &label,
                                           .confidence = &confidence};
    struct ensemble_call call = job->calls[next()];

    call.report = &report;
    must(ensemble_run(me->ensemble, &call));
}

static void call_clone(const void *context, const struct contender *me)
{
    struct ensemble *copy;

    (void)context;
    must(ensemble_clone(&copy, me->ensemble));
    ensemble_destroy(copy);
}

static const struct {
    const char *name;
    contender_call *call;
    int yardstick;
} ways[] = {
    {"kernel", call_kernel, 1},          {"kernel-bound", call_kernel_bound, 1}, {"combine", call_combine, 1},
    {"clone-destroy", call_clone, 1},    {"run-report", call_report, 1},         {"re-pointed", call_repointed, 0},
    {"run-filled", call_run_filled, 0},  {"run", call_run, 0},                   {"flat", call_flat, 0},
};

static struct ensemble *handle_of(const struct job *job, const char *isa)
{
    const struct ensemble_options options = {.struct_size = sizeof options, .isa = isa};
    struct ensemble *e;

    must(ensemble_create_with(&e, job->width, &options));
    for (size_t i = 0; i < job->models; i++)
        must(ensemble_add_model_output(e, job->in[0][i], ENSEMBLE_F32, 1));
    must(ensemble_set_weights(e, job->weights, job->models));
    return e;
}

static void lay_out(struct job *job)
{
    for (size_t i = 0; i < job->models; i++) {
        job->weights32[i] = (float)i / 100 + .11f;
        job->weights[i] = (double)job->weights32[i];
    }
    for (size_t r = 0; r < REQUESTS; r++) {
        for (size_t i = 0; i < job->models; i++) {
            job->in[r][i] = job->data + (r * job->models + i) * job->width;
            job->outputs[r][i] = (struct ensemble_output){.data = job->in[r][i], .rows = 1, .dtype = ENSEMBLE_F32};
        }
        job->calls[r] = (struct ensemble_call){.struct_size = sizeof job->calls[r],
                                               .output_size = sizeof **job->outputs,
                                               .outputs = job->outputs[r],
                                               .n_outputs = job->models,
                                               .result = job->out,
                                               .result_count = job->width,
                                               .dtype = ENSEMBLE_F32};
    }
}

/* All ways give the same bits; the plain loops may fuse. */
static void check(const struct job *job, const struct cell *cell)
{
    float *expected = get(job->width * sizeof *expected);
    size_t first = 0;

    for (size_t c = 0; c < cell->n; c++) {
        const struct contender *way = &cell->contenders[c];

        if (way->ensemble == NULL || way->call == call_clone)
            continue;
        turn = REQUESTS - 1; /* so that the next one is that of the outputs that are bound */
        memset(job->out, 0, job->width * sizeof *job->out);
        way->call(job, way);
        if (first++ == 0)
            memcpy(expected, job->out, job->width * sizeof *expected);
        else if (memcmp(expected, job->out, job->width * sizeof *expected) != 0)
            die("two ways give different bits");
    }
    free(expected);
}

static void run_cell(const struct timing *timing, const char *isa, size_t models, size_t width)
{
    const size_t bytes = REQUESTS * models * width * sizeof(float);
    struct job job = {.models = models, .width = width};
    struct cell cell = {.method = "request", .dtype = "f32", .models = models, .rows = 1, .width = width,
                        .bytes = models * width * sizeof(float), .job = &job};
    float *data = get(bytes);

    fill_values(data, bytes, ENSEMBLE_F32);
    job.data = data;
    job.out = get(width * sizeof *job.out);
    lay_out(&job);
    for (const struct peer *p = peers; p->name != NULL; p++)
        if (p->dtype == ENSEMBLE_F32 && (p->models == 0 || p->models == models))
            cell_add(&cell, &(struct contender){.name = p->name, .call = call_peer, .peer = p});
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        cell_add(&cell, &(struct contender){.name = ways[i].name, .call = ways[i].call,
                                            .ensemble = handle_of(&job, isa), .yardstick = ways[i].yardstick});
    check(&job, &cell);
    cell_run(&cell, timing);
    free(job.out);
    free(data);
}

void server_table(const struct timing *timing, const char *isa)
{
    puts("\nRequests of a server, each of other outputs. kernel: the sum alone; kernel-bound, combine: the same and\n"
         "ensemble_combine, of outputs that stay; clone-destroy: a handle made of another and given back; run-report:\n"
         "with label and confidence; re-pointed: each model pointed at its output, then ensemble_combine; run,\n"
         "run-filled: ensemble_run with structs that are there, or filled in first; flat: ensemble_run_flat.");
    run_cell(timing, isa, 3, 10);
    run_cell(timing, isa, 8, 10);
    run_cell(timing, isa, 3, 1000);
    run_cell(timing, isa, 8, 1000);
}
