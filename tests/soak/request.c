/* SPDX-License-Identifier: MIT */
#include "request.h"

#include "lent.h"

#include <string.h>

enum { ODD_MODEL = 2, NO_DTYPE = 99 };

const unsigned char *request_outputs(const struct request *request)
{
    const enum state state =
        request->fault < (enum fault)FILLED_STATES ? (enum state)request->fault : WHOLE;

    return request->service->stack[request->saying][state][request->layout];
}

/* Where this request's outputs are: what all may read, or a copy that the result would overlap. */
static const unsigned char *outputs_at(const struct request *request, const struct places *places)
{
    if (request->fault != OVERLAPPING)
        return request_outputs(request);
    memcpy(places->scratch, request_outputs(request), request->service->stack_size);
    return places->scratch;
}

static unsigned char *result_at(const struct request *request, const struct places *places)
{
    if (request->fault == OVERLAPPING)
        return places->scratch + request->service->value;
    return places->result + request->offset;
}

static size_t row_step(const struct request *request)
{
    return request->layout == BY_MODEL ? 0 : MODELS * request->service->columns;
}

static void give_outputs(const struct request *request, const unsigned char *stack,
                         struct ensemble_output outputs[MODELS])
{
    const struct service *service = request->service;
    const size_t step = request->layout == BY_MODEL ? service->stack_size / MODELS : service->columns * service->value;

    for (size_t i = 0; i < MODELS; i++) {
        const int missing = (request->fault == (enum fault)ONE_MISSING && i == AFFLICTED) ||
                            (request->fault == MANY_MISSING && i > 0);

        outputs[i] = (struct ensemble_output){missing ? NULL : stack + i * step, service->rows, row_step(request),
                                              service->dtype, 0};
    }
    if (request->fault == OTHER_ROWS)
        outputs[ODD_MODEL].rows--;
}

static void spoil(const struct request *request, struct ensemble_output *output)
{
    if (request->fault == SHORT_STRIDE && request->service->columns > 1)
        output->row_stride = request->service->columns - 1;
    if (request->fault == BAD_DTYPE)
        output->dtype = NO_DTYPE;
}

static size_t result_stride(const struct request *request)
{
    if (request->fault == SHORT_STRIDE && request->service->columns == 1)
        return request->service->width - 1;
    return request->extras & GAPS ? request->stride : 0;
}

static size_t result_count(const struct request *request)
{
    return request->count - (request->fault == WRONG_COUNT);
}

static int32_t result_dtype(const struct request *request)
{
    return request->fault == BAD_RESULT_DTYPE ? ENSEMBLE_I32 : request->service->result_dtype;
}

/* All of it, or less than is of use. */
size_t request_workspace_size(const struct request *request)
{
    return request->extras & WORKSPACE ? request->service->workspace_size >> (request->offset & 1) : 0;
}

int request_run(const struct request *request, const struct places *places, const struct ensemble *e)
{
    struct told *told = places->told;
    const struct ensemble_report report = {.struct_size = sizeof report,
                                           .rows = request->row_count,
                                           .label = told->label + GUARDS,
                                           .row_fault = told->row_fault + GUARDS,
                                           .models_present = told->models_present + GUARDS,
                                           .confidence = told->confidence + GUARDS,
                                           .margin = told->margin + GUARDS};
    struct ensemble_output outputs[MODELS];
    struct ensemble_call call = {.struct_size = sizeof call,
                                 .output_size = sizeof *outputs,
                                 .outputs = outputs,
                                 .n_outputs = MODELS - (request->fault == WRONG_MODELS),
                                 .row_begin = request->row_begin,
                                 .row_count = request->row_count,
                                 .dtype = result_dtype(request)};

    give_outputs(request, outputs_at(request, places), outputs);
    spoil(request, &outputs[ODD_MODEL]);
    if (request->fault == BEYOND_ROWS)
        call.row_begin = 1;
    if (!(request->extras & NO_RESULT)) {
        call.result = result_at(request, places);
        call.result_count = result_count(request);
        call.result_stride = result_stride(request);
    }
    if (request->extras & WORKSPACE) {
        call.workspace = places->workspace;
        call.workspace_size = request_workspace_size(request);
    }
    if (request->extras & REPORT)
        call.report = &report;
    if (request->extras & LOOP) {
        call.parallel_for = lent_for;
        call.parallel_user = places->loop;
    }
    return ensemble_run(e, &call);
}

int request_run_flat(const struct request *request, const struct places *places, const struct ensemble *e)
{
    const struct service *service = request->service;
    struct ensemble_output odd = {NULL, service->rows, row_step(request), service->dtype, 0};
    const int by_model = request->layout == BY_MODEL;

    spoil(request, &odd);
    return ensemble_run_flat(e, outputs_at(request, places), odd.dtype, service->rows, odd.row_stride,
                             by_model ? 0 : service->columns, result_at(request, places), result_dtype(request),
                             result_count(request), result_stride(request),
                             request->extras & WORKSPACE ? places->workspace : NULL, request_workspace_size(request));
}

/* The clone is first pointed at what is sound, so that what it then refuses changes nothing. Not a code: 1. */
int request_bind(const struct request *request, const struct places *places, struct ensemble *own)
{
    const int refusal = request->fault == BAD_DTYPE ? ENSEMBLE_EDTYPE : ENSEMBLE_ESTRIDE;
    const int about_result = request->fault >= WRONG_COUNT;
    struct ensemble_output outputs[MODELS], *odd = &outputs[ODD_MODEL];
    char message[128];

    give_outputs(request, outputs_at(request, places), outputs);
    for (size_t i = 0; i < MODELS; i++)
        if (ensemble_set_model_output(own, i, outputs[i].data, outputs[i].dtype, outputs[i].rows,
                                      outputs[i].row_stride) != 0)
            return 1;
    if (request->fault == SHORT_STRIDE || request->fault == BAD_DTYPE) {
        spoil(request, odd);
        if (ensemble_set_model_output(own, ODD_MODEL, odd->data, odd->dtype, odd->rows, odd->row_stride) != refusal)
            return 1;
    }
    if (ensemble_check(own, message, sizeof message) != (about_result ? 0 : request->expected))
        return 1;
    ensemble_set_parallel(own, request->extras & LOOP ? lent_for : NULL, places->loop);
    return ensemble_combine(own, result_at(request, places), result_dtype(request), result_count(request));
}
