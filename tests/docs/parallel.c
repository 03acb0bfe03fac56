/* SPDX-License-Identifier: MIT */
/* docs/threads.md: a loop is lent to a handle, which uses it for a large call. */
#include "digits.h"

static void parallel_for(void *user, size_t n, void (*task)(void *context, size_t index), void *context)
{
    ++*(int *)user;
    for (size_t i = n; i-- > 0;)
        task(context, i);
}

int main(void)
{
    enum { COUNT = 1000000 };
    static float a[COUNT], b[COUNT], y[COUNT];
    int calls = 0;
    int *const user = &calls;
    struct ensemble *e;

    MUST(ensemble_create(&e, COUNT));
    MUST(ensemble_add_model_output(e, a, ENSEMBLE_F32, 1));
    MUST(ensemble_add_model_output(e, b, ENSEMBLE_F32, 1));
#include "block.h"
    MUST(ensemble_combine(e, y, ENSEMBLE_F32, COUNT));
    ensemble_destroy(e);
    return calls == 1 ? 0 : 1;
}
