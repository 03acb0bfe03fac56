/* SPDX-License-Identifier: MIT */
/* README.md: one call learns weights. Of one model that is right and one that is wrong, the first one gets them all. */
#include <ensemble.h>

int main(void)
{
    const float right[] = {.9f, .1f, .1f, .9f}, wrong[] = {.2f, .8f, .8f, .2f};
    const int32_t labels[] = {0, 1};
    const size_t rows = 2;
    double weights[2] = {0};
    struct ensemble *e;

    if (ensemble_create(&e, 2) < 0)
        return 1;
    ensemble_add_model_output(e, right, ENSEMBLE_F32, rows);
    ensemble_add_model_output(e, wrong, ENSEMBLE_F32, rows);
#include "block.h"
    ensemble_get_weights(e, weights, 2);
    ensemble_destroy(e);
    return weights[0] == 1 && weights[1] == 0 ? 0 : 1;
}
