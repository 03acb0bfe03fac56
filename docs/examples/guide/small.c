/* SPDX-License-Identifier: MIT */
/* The parts of the guide that bring their own numbers. */
#include "guide.h"
#include "must.h"

#include <ensemble.h>
#include <math.h>
#include <stdio.h>

/* quote: first */
void show_first(void)
{
    const float a[] = {1, 2, 3}, b[] = {4, 5, 6}, c[] = {7, 8, 9}; /* what three models said */
    const double weights[] = {.3, .4, .3};
    struct ensemble *e;
    float y[3];

    MUST(ensemble_create(&e, 3));                              /* three values per row */
    MUST(ensemble_add_model_output(e, a, ENSEMBLE_F32, 1));    /* one row of floats; borrowed, not copied */
    MUST(ensemble_add_model_output(e, b, ENSEMBLE_F32, 1));
    MUST(ensemble_add_model_output(e, c, ENSEMBLE_F32, 1));
    MUST(ensemble_set_weights(e, weights, 3));
    MUST(ensemble_combine(e, y, ENSEMBLE_F32, 3));
    printf("%g %g %g\n", y[0], y[1], y[2]);
    ensemble_destroy(e);
}
/* quote: end */

/* quote: logits */
void show_logits(void)
{
    const float a[] = {4, 1, 0}, b[] = {0, 1, 0}; /* A is bold, B hardly has an opinion */
    struct ensemble *e;
    float y[3];

    MUST(ensemble_create(&e, 3));
    MUST(ensemble_add_model_output(e, a, ENSEMBLE_F32, 1));
    MUST(ensemble_add_model_output(e, b, ENSEMBLE_F32, 1));

    MUST(ensemble_combine(e, y, ENSEMBLE_F32, 3));
    printf("as they are           %.3f %.3f %.3f\n", y[0], y[1], y[2]);

    for (int temperature = 1; temperature <= 4; temperature *= 2) {
        MUST(ensemble_set_input(e, 0, ENSEMBLE_LOGITS, temperature));
        MUST(ensemble_set_input(e, 1, ENSEMBLE_LOGITS, 1));
        MUST(ensemble_combine(e, y, ENSEMBLE_F32, 3));
        printf("logits, A's T is %d    %.3f %.3f %.3f\n", temperature, y[0], y[1], y[2]);
    }
    ensemble_destroy(e);
}
/* quote: end */

/* quote: wrong */
void show_wrong(void)
{
    const float a[4 * 3] = {0}, b[5 * 3] = {0};
    struct ensemble *e;
    char message[128];
    float y[4 * 3];
    int code;

    MUST(ensemble_create(&e, 3));
    MUST(ensemble_add_model_output(e, a, ENSEMBLE_F32, 4));
    MUST(ensemble_add_model_output(e, b, ENSEMBLE_F32, 5)); /* one row too many */

    code = ensemble_combine(e, y, ENSEMBLE_F32, 4 * 3);
    printf("%d: %s\n", code, ensemble_strerror(code));
    ensemble_check(e, message, sizeof message);
    printf("%s\n", message);
    ensemble_destroy(e);
}
/* quote: end */

/* The sign of a NaN, which printf may show, is not promised. */
static void print_rows(const float *y)
{
    for (int i = 0; i < 4; i++)
        if (isnan(y[i]))
            printf(" NaN");
        else
            printf(" %.2f%s", y[i], i == 1 ? "," : "");
    printf("\n");
}

/* quote: missing */
void show_missing(void)
{
    const float a[] = {.9f, .1f, .2f, .8f}, b[] = {.7f, .3f, NAN, .6f}; /* two rows of two classes */
    const double weights[] = {.5, .3, .2};
    struct ensemble *e;
    float y[4];
    int code;

    MUST(ensemble_create(&e, 2));
    MUST(ensemble_add_model_output(e, a, ENSEMBLE_F32, 2));
    MUST(ensemble_add_model_output(e, b, ENSEMBLE_F32, 2));
    MUST(ensemble_add_model_output(e, NULL, ENSEMBLE_F32, 2)); /* C has not answered */
    MUST(ensemble_set_weights(e, weights, 3));
    code = ensemble_combine(e, y, ENSEMBLE_F32, 4);
    printf("no policy:     %s\n", ensemble_strerror(code));

    MUST(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_MISSING, 0));
    MUST(ensemble_combine(e, y, ENSEMBLE_F32, 4));
    printf("without C:    ");
    print_rows(y);

    MUST(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_MISSING | ENSEMBLE_LEAVE_OUT_NAN, 0));
    MUST(ensemble_combine(e, y, ENSEMBLE_F32, 4));
    printf("without NaN:  ");
    print_rows(y);

    MUST(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_MISSING | ENSEMBLE_LEAVE_OUT_NAN, .8));
    MUST(ensemble_combine(e, y, ENSEMBLE_F32, 4));
    printf("quorum of .8: ");
    print_rows(y);
    ensemble_destroy(e);
}
/* quote: end */
