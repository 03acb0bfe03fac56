/* SPDX-License-Identifier: MIT */
/* Clones, flat calls, DLPack, a loop for one call. */
#include "old.h"

static int loops;

static void forwards(void *user, size_t n, void (*task)(void *context, size_t index), void *context)
{
    WANT(user == &loops);
    loops++;
    for (size_t i = 0; i < n; i++)
        task(context, i);
}

/* The loop of a call, which is what this release put at the end of struct ensemble_call. */
static void a_loop(void)
{
    enum { VALUES = 1 << 20 };
    float *model = malloc(VALUES * sizeof *model), *y = malloc(VALUES * sizeof *y);
    struct ensemble *e = NULL;
    WITH_CANARIES(ensemble_call) call;

    WANT(model != NULL && y != NULL);
    for (size_t i = 0; i < VALUES; i++)
        model[i] = (float)(i % 1024);
    WANT(ensemble_create(&e, 1) == 0);
    WANT(ensemble_add_model_output(e, model, ENSEMBLE_F32, VALUES) == 0);
    WANT(ensemble_add_model_output(e, model, ENSEMBLE_F32, VALUES) == 1);
    BEGIN(call);
    call.known.result = y;
    call.known.result_count = VALUES;
    call.known.dtype = ENSEMBLE_F32;
    call.known.parallel_for = forwards;
    call.known.parallel_user = &loops;
    WANT(ensemble_run(e, &call.known) == 0 && loops == 1 && untouched(call.behind));
    WANT(memcmp(y, model, VALUES * sizeof *y) == 0);
    ensemble_destroy(e);
    free(model);
    free(y);
}

/* A DLTensor as DLPack 1 lays it out, written down here as the program of another project would have it. */
static void a_tensor(void)
{
    int64_t shape[2] = {2, 3};
    const struct {
        const void *data;
        int32_t device_type, device_id, ndim;
        uint8_t code, bits;
        uint16_t lanes;
        int64_t *shape, *strides;
        uint64_t byte_offset;
    } tensor = {outputs[0], 1, 0, 2, 2, 32, 1, shape, NULL, 0};
    float y[6] = {0};
    struct ensemble *e = three(), *twin = NULL;

    WANT(ensemble_set_model_output(e, 0, NULL, ENSEMBLE_F32, 2, 0) == 0);
    WANT(ensemble_clone(&twin, e) == 0);
    WANT(ensemble_set_model_dlpack(twin, 0, &tensor) == 0);
    WANT(ensemble_combine(twin, y, ENSEMBLE_F32, 6) == 0 && memcmp(y, expected, sizeof y) == 0);
    WANT(ensemble_combine(e, y, ENSEMBLE_F32, 6) == ENSEMBLE_EMISSING);
    ensemble_destroy(e);
    ensemble_destroy(twin);
}

void since_0_6(void)
{
    float y[6] = {0};
    struct ensemble *e = three();

    WANT(ensemble_run_flat(e, outputs, ENSEMBLE_F32, 2, 0, 0, y, ENSEMBLE_F32, 6, 0, NULL, 0) == 0);
    WANT(memcmp(y, expected, sizeof y) == 0);
    ensemble_destroy(e);
    a_loop();
    a_tensor();
}
