/* SPDX-License-Identifier: MIT */
#include "request.h"

int request_is_possible(const struct service *service, enum form form, enum fault fault)
{
    switch (fault) {
    case (enum fault)ONE_MISSING:
    case MANY_MISSING:
    case OTHER_ROWS:
        return form != FLAT;
    case BEYOND_ROWS:
    case WRONG_MODELS:
        return form == RUN;
    case SHORT_STRIDE: /* labels have no stride that is too short, but a result has */
        return form != BIND || service->columns > 1;
    default:
        return 1;
    }
}

/* What combining or running is to return. A clone that refuses an output keeps the one it has. */
static int expected_code(const struct service *service, enum form form, enum fault fault)
{
    const int lenient = service->policy != 0;

    switch (fault) {
    case (enum fault)ONE_MISSING:
        return lenient ? 0 : ENSEMBLE_EMISSING;
    case MANY_MISSING:
        return lenient ? ENSEMBLE_EQUORUM : ENSEMBLE_EMISSING;
    case OTHER_ROWS:
        return ENSEMBLE_EROWS;
    case SHORT_STRIDE:
        return form == BIND ? 0 : ENSEMBLE_ESTRIDE;
    case BAD_DTYPE:
        return form == BIND ? 0 : ENSEMBLE_EDTYPE;
    case BAD_RESULT_DTYPE:
        return ENSEMBLE_EDTYPE;
    case OVERLAPPING:
        return ENSEMBLE_EOVERLAP;
    case BEYOND_ROWS:
        return ENSEMBLE_ERANGE;
    case WRONG_COUNT:
    case WRONG_MODELS:
        return ENSEMBLE_ECOUNT;
    default:
        return 0;
    }
}

void request_draw(struct rng *rng, struct request *request)
{
    const struct service *service;

    do
        request->which = rng_below(rng, SERVICES);
    while (!rng_one_in(rng, services[request->which].rarity));
    service = request->service = &services[request->which];
    do {
        request->form = (enum form)rng_below(rng, FORMS);
        request->fault = rng_one_in(rng, 2) ? (enum fault)WHOLE : (enum fault)rng_below(rng, FAULTS);
    } while (!request_is_possible(service, request->form, request->fault));
    request->expected = expected_code(service, request->form, request->fault);
    request->layout = (enum layout)rng_below(rng, LAYOUTS);
    request->saying = rng_below(rng, SAYINGS);
    request->offset = rng_below(rng, MOST_OFFSET);

    request->extras = (unsigned)rng_below(rng, EXTRAS);
    if (request->form != RUN)
        request->extras &= request->form == FLAT ? WORKSPACE | GAPS : LOOP;
    if (request->fault > SOUND || !(request->extras & REPORT))
        request->extras &= (unsigned)~NO_RESULT;
    if (request->fault == OVERLAPPING || request->fault == BEYOND_ROWS)
        request->extras &= (unsigned)~PART;
    request->row_begin = request->extras & PART ? rng_below(rng, service->rows) : 0;
    request->row_count = service->rows - request->row_begin;
    if (request->extras & PART)
        request->row_count = rng_between(rng, 1, request->row_count);
    request->stride = service->width + (request->extras & GAPS ? GAP : 0);
    request->count = (request->row_count - 1) * request->stride + service->width;
}
