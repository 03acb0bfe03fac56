/* SPDX-License-Identifier: MIT */
/* The first release: sums and means, handles, calls, allocators, errors. */
#include "old.h"

static void simple(void)
{
    struct ensemble *e = three();
    float y[6] = {0};
    double copied[3] = {0};
    char message[128];

    WANT(ensemble_combine(e, y, ENSEMBLE_F32, 6) == 0);
    WANT(memcmp(y, expected, sizeof y) == 0);
    WANT(ensemble_get_weights(e, copied, 3) == 0);
    WANT(memcmp(copied, weights, sizeof copied) == 0);
    WANT(ensemble_check(e, message, sizeof message) == 0 && message[0] == '\0');
    WANT(ensemble_workspace_size(e) == 0);
    WANT(strlen(ensemble_isa(e)) > 0);

    /* A mean divides by the sum of the weights: (1 x 1 + 1 x 4 + 2 x 7) / 4 is 4.75. */
    WANT(ensemble_set_method(e, ENSEMBLE_MEAN) == 0);
    WANT(ensemble_set_weights(e, (const double[]){1, 1, 2}, 3) == 0);
    WANT(ensemble_combine(e, y, ENSEMBLE_F32, 6) == 0);
    WANT(y[0] == 4.75F && y[5] == 14);
    ensemble_destroy(e);
}

/* What today's library tells a program of this release, numbers of errors included. */
static void faults(void)
{
    struct ensemble *e = three(), *none = NULL;
    float y[6] = {0};

    WANT(ensemble_combine(NULL, y, ENSEMBLE_F32, 6) == ENSEMBLE_ENULL);
    WANT(ensemble_create(&none, 0) == ENSEMBLE_EWIDTH && none == NULL);
    WANT(ensemble_combine(e, y, 99, 6) == ENSEMBLE_EDTYPE);
    WANT(ensemble_set_method(e, 999) == ENSEMBLE_EMETHOD);
    WANT(ensemble_set_model_output(e, 3, y, ENSEMBLE_F32, 2, 0) == ENSEMBLE_EMODEL);
    WANT(ensemble_set_model_output(e, 0, y, ENSEMBLE_F32, 2, 2) == ENSEMBLE_ESTRIDE);
    WANT(ensemble_combine(e, y, ENSEMBLE_F32, 5) == ENSEMBLE_ECOUNT);
    WANT(ensemble_set_weights(e, weights, 2) == ENSEMBLE_EWEIGHTS);
    WANT(strcmp(ensemble_strerror(0), ensemble_strerror(ENSEMBLE_E2BIG)) != 0);
    WANT(ensemble_version() >= ENSEMBLE_VERSION);
    WANT(y[0] == 0);
    ensemble_destroy(e);
}

/* Row 1 alone, outputs given with the call, into a result with gaps, from all four dtypes that this release had. */
static void a_call(void)
{
    const uint16_t half[6] = {0x3C00, 0x3C00, 0x3C00, 0x4000, 0x4000, 0x4000};  /* 1 1 1 2 2 2 */
    const uint16_t brain[6] = {0x3F80, 0x3F80, 0x3F80, 0x4080, 0x4080, 0x4080}; /* 1 1 1 4 4 4 */
    const double twice[6] = {1, 1, 1, 8, 16, 32};
    const struct ensemble_output given[3] = {
        {half, 2, 0, ENSEMBLE_F16, 0}, {brain, 2, 0, ENSEMBLE_BF16, 0}, {twice, 2, 3, ENSEMBLE_F64, 0}};
    double y[4] = {-1, -1, -1, -1};
    struct ensemble *e = three();
    WITH_CANARIES(ensemble_call) call;

    BEGIN(call);
    call.known.output_size = sizeof *given;
    call.known.outputs = given;
    call.known.n_outputs = 3;
    call.known.row_begin = 1;
    call.known.row_count = 1;
    call.known.result = y;
    call.known.result_count = 4;
    call.known.result_stride = 4;
    call.known.dtype = ENSEMBLE_F64;
    WANT(ensemble_run(e, &call.known) == 0);
    WANT(y[0] == .5 + 2 + 2 && y[1] == .5 + 2 + 4 && y[2] == .5 + 2 + 8 && y[3] == -1);
    WANT(untouched(call.behind));

    call.known.reserved = 1;
    WANT(ensemble_run(e, &call.known) == ENSEMBLE_E2BIG);
    call.known.reserved = 0;
    call.known.struct_size = 16;
    WANT(ensemble_run(e, &call.known) == ENSEMBLE_ESTRUCT);
    WANT(untouched(call.behind));
    ensemble_destroy(e);
}

static size_t held;

static void *allocate(size_t size, void *user)
{
    held += size;
    WANT(user == &held);
    return malloc(size);
}

static void release(void *memory, size_t size, void *user)
{
    held -= size;
    WANT(user == &held);
    free(memory);
}

static void an_allocator(void)
{
    const float row[2] = {3, 5};
    float y[2] = {0};
    struct ensemble *e = NULL;
    WITH_CANARIES(ensemble_options) options;

    BEGIN(options);
    options.known.allocate = allocate;
    options.known.release = release;
    options.known.user = &held;
    options.known.isa = "portable";
    WANT(ensemble_create_with(&e, 2, &options.known) == 0);
    WANT(ensemble_add_model_output(e, row, ENSEMBLE_F32, 1) == 0);
    WANT(held > 0 && strcmp(ensemble_isa(e), "portable") == 0);
    WANT(ensemble_combine(e, y, ENSEMBLE_F32, 2) == 0 && y[0] == 3 && y[1] == 5);
    ensemble_destroy(e);
    WANT(held == 0 && untouched(options.behind));
}

void since_0_1(void)
{
    simple();
    faults();
    a_call();
    an_allocator();
}
