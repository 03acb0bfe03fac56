/* SPDX-License-Identifier: MIT */
/* One request of the soak: how it is drawn, what is to come of it, and how the library is called for it. */
#ifndef TESTS_SOAK_REQUEST_H
#define TESTS_SOAK_REQUEST_H

#include "service.h"

#include "rng.h"

/* How the library is called. */
enum form {
    RUN,  /* ensemble_run() on the published handle, with outputs of the call */
    FLAT, /* ensemble_run_flat() on it */
    BIND, /* ensemble_set_model_output() and ensemble_combine() on the worker's own clone of it */
    FORMS
};

/* What is the matter with a request. The first ones are the states of service.h, in their order. */
enum fault {
    SOUND = STATES - 1, /* up to here the call is answered, unless the policy says that nothing may be missing */
    MANY_MISSING,
    OTHER_ROWS,
    SHORT_STRIDE,
    WRONG_COUNT,
    BAD_DTYPE,
    BAD_RESULT_DTYPE,
    OVERLAPPING,
    BEYOND_ROWS,
    WRONG_MODELS,
    FAULTS
};

/* What else a call can have. */
enum { WORKSPACE = 1, REPORT = 2, LOOP = 4, GAPS = 8, PART = 16, NO_RESULT = 32, EXTRAS = 64 };

/* Between rows of a result; and how far from an aligned address it can begin. */
enum { GAP = 3, MOST_OFFSET = 8 };

struct request {
    size_t which; /* service */
    const struct service *service;
    enum form form;
    enum fault fault;
    enum layout layout;
    unsigned extras;
    size_t saying, version;
    size_t row_begin, row_count, stride, count; /* of the result */
    size_t offset;                              /* of its first byte, for it may lie anywhere */
    int expected;
};

/* Whether there are such requests: not every form can have every fault. */
int request_is_possible(const struct service *service, enum form form, enum fault fault);

/* All but the version. */
void request_draw(struct rng *rng, struct request *request);

/* Where a call may write. */
enum { MOST_ROWS = 64, GUARDS = 4 };

/* Arrays for a report, with some elements before and behind that stay as they are. */
struct told {
    int32_t label[MOST_ROWS + 2 * GUARDS], row_fault[MOST_ROWS + 2 * GUARDS], models_present[MOST_ROWS + 2 * GUARDS];
    double confidence[MOST_ROWS + 2 * GUARDS], margin[MOST_ROWS + 2 * GUARDS];
};

struct places {
    unsigned char *result;
    unsigned char *scratch; /* outputs that a result can overlap */
    unsigned char *workspace;
    struct told *told;
    void *loop; /* of lent_for() */
};

/* The outputs of a sound request of this kind, which nobody writes to; of the service's `stack_size`. */
const unsigned char *request_outputs(const struct request *request);

size_t request_workspace_size(const struct request *request);

/*
 * Calls the library, on the published handle or, for BIND, on one that is the caller's own. Returns its code; or 1,
 * where something on the way to it was wrong.
 */
int request_run(const struct request *request, const struct places *places, const struct ensemble *e);
int request_run_flat(const struct request *request, const struct places *places, const struct ensemble *e);
int request_bind(const struct request *request, const struct places *places, struct ensemble *own);

#endif
