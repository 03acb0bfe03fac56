/* SPDX-License-Identifier: MIT */
/* The first program of the guide, as a user would build it: C and C++, shared and static. */
#include <ensemble.h>
#include <stdio.h>

int main(void)
{
    float a[] = {1, 2, 3}, b[] = {4, 5, 6}, c[] = {7, 8, 9}, y[3] = {0, 0, 0};
    double weights[] = {.3, .4, .3};
    struct ensemble *e;
    int code = ensemble_create(&e, 3);

    if (code == 0) {
        ensemble_add_model_output(e, a, ENSEMBLE_F32, 1);
        ensemble_add_model_output(e, b, ENSEMBLE_F32, 1);
        ensemble_add_model_output(e, c, ENSEMBLE_F32, 1);
        ensemble_set_weights(e, weights, 3);
        code = ensemble_combine(e, y, ENSEMBLE_F32, 3);
        ensemble_destroy(e);
    }
    if (code < 0) {
        fprintf(stderr, "%s\n", ensemble_strerror(code));
        return 1;
    }
    if (ensemble_version() != ENSEMBLE_VERSION) {
        fprintf(stderr, "the header and the library are of different versions\n");
        return 1;
    }
    printf("%g %g %g\n", y[0], y[1], y[2]);
    return 0;
}
