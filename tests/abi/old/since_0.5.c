/* SPDX-License-Identifier: MIT */
/* A loop that the caller lends. */
#include "old.h"

static int loops;

/* The turns backwards, to be another loop than the library's own. */
static void backwards(void *user, size_t n, void (*task)(void *context, size_t index), void *context)
{
    WANT(user == &loops);
    loops++;
    while (n > 0)
        task(context, --n);
}

void since_0_5(void)
{
    enum { VALUES = 1 << 20 };
    float *model = malloc(VALUES * sizeof *model), *y = malloc(VALUES * sizeof *y);
    struct ensemble *e = NULL;

    WANT(model != NULL && y != NULL);
    for (size_t i = 0; i < VALUES; i++)
        model[i] = (float)i;
    WANT(ensemble_create(&e, 4) == 0);
    WANT(ensemble_add_model_output(e, model, ENSEMBLE_F32, VALUES / 4) == 0);
    WANT(ensemble_add_model_output(e, model, ENSEMBLE_F32, VALUES / 4) == 1);
    WANT(ensemble_set_parallel(e, backwards, &loops) == 0);
    WANT(ensemble_combine(e, y, ENSEMBLE_F32, VALUES) == 0 && loops == 1);
    WANT(memcmp(y, model, VALUES * sizeof *y) == 0);
    ensemble_destroy(e);
    free(model);
    free(y);
}
