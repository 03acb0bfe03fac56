/* SPDX-License-Identifier: MIT */
#include "worker.h"

#include "counted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CANARY = 0xA5, GUARD = 64 };

/* The canary is one byte all over, which can be compared with itself, moved by one. */
static int untouched(const void *memory, size_t size)
{
    const unsigned char *bytes = memory;

    return bytes[0] == CANARY && memcmp(bytes, bytes + 1, size - 1) == 0;
}

/* Compares what was told, and leaves the canary in its place. */
static int told_is(void *told, const void *expected, size_t size, size_t count)
{
    const int same = size == sizeof(double) ? same_values(told, expected, ENSEMBLE_F64, count)
                                            : memcmp(told, expected, size * count) == 0;

    memset(told, CANARY, size * count);
    return same;
}

static int report_is_right(struct worker *worker, const struct request *request, const struct answer *answer)
{
    const size_t first = request->row_begin, rows = request->row_count;
    struct told *told = &worker->told;
    int right = 1;

    right &= told_is(told->label + GUARDS, answer->label + first, sizeof *told->label, rows);
    right &= told_is(told->row_fault + GUARDS, answer->row_fault + first, sizeof *told->row_fault, rows);
    right &= told_is(told->models_present + GUARDS, answer->models_present + first, sizeof *told->models_present, rows);
    right &= told_is(told->confidence + GUARDS, answer->confidence + first, sizeof *told->confidence, rows);
    right &= told_is(told->margin + GUARDS, answer->margin + first, sizeof *told->margin, rows);
    return right;
}

static int result_is_right(struct worker *worker, const struct request *request, const struct answer *answer)
{
    const struct service *service = request->service;
    unsigned char *result = worker->places.result + request->offset;
    int right = 1;

    for (size_t row = 0; row < request->row_count; row++) {
        unsigned char *to = result + row * request->stride * service->element;
        const size_t expected = (request->row_begin + row) * service->width * service->element;

        right = right && same_values(to, answer->result + expected, service->result_dtype, service->width);
        memset(to, CANARY, service->width * service->element);
    }
    return right;
}

/* What is wrong, in words; NULL: nothing. All canaries are whole again then. */
static const char *verdict(struct worker *worker, const struct request *request, int code)
{
    const struct service *service = request->service;
    const enum state state = request->fault <= SOUND ? (enum state)request->fault : WHOLE;
    const struct answer *answer = &service->answer[service_set(request->version)][request->saying][state];
    const size_t needed = request_workspace_size(request);

    if (code != request->expected)
        return "another code than expected";
    if (code == 0 && !(request->extras & NO_RESULT) && !result_is_right(worker, request, answer))
        return "another result than expected";
    if (code == 0 && request->extras & REPORT && !report_is_right(worker, request, answer))
        return "another report than expected";
    if (!untouched(worker->place, request->count * service->element + 2 * GUARD + MOST_OFFSET))
        return "something was written that is not part of the result";
    if (!untouched(&worker->told, sizeof worker->told))
        return "something was written that is not part of the report";
    if (!untouched(worker->places.workspace + needed, GUARD))
        return "something was written behind the workspace";
    if (request->fault == OVERLAPPING &&
        memcmp(worker->places.scratch, request_outputs(request), service->stack_size) != 0)
        return "a result was written that was refused";
    memset(worker->places.workspace, CANARY, needed);
    return NULL;
}

static const char *serve(struct worker *worker, struct request *request, const struct edition *edition)
{
    const size_t calls = counted_calls();
    double weights[MODELS];
    const char *wrong;
    int code;

    if (ensemble_get_weights(edition->e, weights, MODELS) != 0 ||
        set_of(weights[0]) != service_set(edition->version))
        return "the weights are those of another version";
    if (request->form == RUN)
        code = request_run(request, &worker->places, edition->e);
    else if (request->form == FLAT)
        code = request_run_flat(request, &worker->places, edition->e);
    else
        code = request_bind(request, &worker->places, worker->own[request->which]);
    wrong = verdict(worker, request, code);
    if (wrong == NULL && counted_calls() != calls)
        return "memory was allocated or released";
    worker->refused += code != 0;
    return wrong;
}

/* A clone of the edition at hand, in place of one of an older one. */
static const char *renew(struct worker *worker, size_t which, const struct edition *edition)
{
    if (worker->own[which] != NULL && worker->own_version[which] == edition->version)
        return NULL;
    ensemble_destroy(worker->own[which]);
    worker->own[which] = NULL;
    if (ensemble_clone(&worker->own[which], edition->e) != 0)
        return "no clone could be made";
    worker->own_version[which] = edition->version;
    worker->renewed++;
    return NULL;
}

/* So that the next request is not blamed for what is wrong with this one. */
static void restore(struct worker *worker)
{
    memset(worker->place, CANARY, worker->place_size);
    memset(worker->places.workspace, CANARY, worker->workspace_size);
    memset(&worker->told, CANARY, sizeof worker->told);
}

/* Turns of calls that others have in pieces. */
static const char *help(struct worker *worker)
{
    const size_t calls = counted_calls();

    for (size_t i = 0; i < worker->workers; i++)
        if (i != worker->index)
            lent_help(&worker->offers[i]);
    return counted_calls() != calls ? "memory was allocated or released by a turn" : NULL;
}

void worker_serve(struct worker *worker, size_t number)
{
    struct rng rng = {worker->seed << 40 ^ number};
    const struct edition *edition;
    const char *wrong = NULL;
    struct request request;

    request_draw(&rng, &request);
    edition = publish_take(&worker->shelves[request.which], worker->index);
    request.version = edition->version;
    if (request.form == BIND)
        wrong = renew(worker, request.which, edition);
    if (wrong == NULL)
        wrong = serve(worker, &request, edition);
    publish_give_back(worker->index);
    if (wrong == NULL)
        wrong = help(worker);
    worker->made[request.which][request.form][request.fault]++;
    if (wrong != NULL)
        restore(worker);
    if (wrong != NULL && worker->failures++ < 3)
        fprintf(stderr,
                "soak: request %zu: %s: service \"%s\", form %d, fault %d, layout %d, extras %u, rows %zu + %zu\n",
                number, wrong, request.service->name, (int)request.form, (int)request.fault, (int)request.layout,
                request.extras, request.row_begin, request.row_count);
}

void worker_prepare(struct worker *worker)
{
    size_t result = 0, stack = 0, workspace = 0;

    for (size_t i = 0; i < SERVICES; i++) {
        const struct service *service = &services[i];
        const size_t bytes = service->rows * (service->width + GAP) * service->element;

        result = bytes > result ? bytes : result;
        stack = service->stack_size > stack ? service->stack_size : stack;
        workspace = service->workspace_size > workspace ? service->workspace_size : workspace;
    }
    worker->place_size = result + 2 * GUARD + MOST_OFFSET;
    worker->workspace_size = workspace + GUARD;
    worker->place = need(worker->place_size);
    worker->places = (struct places){.result = worker->place + GUARD,
                                     .scratch = need(stack + result),
                                     .workspace = need(worker->workspace_size),
                                     .told = &worker->told,
                                     .loop = &worker->offers[worker->index]};
    restore(worker);
}

void worker_discard(struct worker *worker)
{
    for (size_t i = 0; i < SERVICES; i++)
        ensemble_destroy(worker->own[i]);
    free(worker->place);
    free(worker->places.scratch);
    free(worker->places.workspace);
}
