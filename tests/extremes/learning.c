/* SPDX-License-Identifier: MIT */
/* Learning, scores, saved texts. */
#include "extremes.h"

#include <stdio.h>
#include <string.h>

static const float truth[6] = {4, 5, 6, 4, 8, 16}; /* the second model */

static void try_fit_options(struct ensemble *e, size_t x)
{
    struct ensemble_fit_options options = {.struct_size = sizeof options, .how = ENSEMBLE_FIT_GREEDY};
    struct ensemble_fit_report report = {.struct_size = sizeof report, .models = x};
    double trajectory[1] = {-1};

    options.cost = nowhere;
    options.n_costs = x;
    WANT(ensemble_fit(e, truth, ENSEMBLE_F32, 6, &options, &report) == ENSEMBLE_ECOUNT);
    still_three(e);

    /* Fewer models than the report has room for is no fault; more rounds than it has room for is. */
    options.cost = NULL;
    options.n_costs = 0;
    options.rounds = x;
    report.rounds = 1;
    report.trajectory = trajectory;
    WANT(ensemble_fit(e, truth, ENSEMBLE_F32, 6, &options, &report) == ENSEMBLE_ECOUNT && trajectory[0] == -1);
    still_three(e);

    options.rounds = 1;
    options.max_models = x;
    report.trajectory = NULL;
    report.rounds = 0;
    WANT(ensemble_fit(e, truth, ENSEMBLE_F32, 6, &options, &report) == 0 && report.models_used == 1);
    WANT(ensemble_set_weights(e, (const double[]){.25, .5, .25}, 3) == 0);
    still_three(e);
}

void try_fit(void)
{
    const uint32_t many[] = {3, INT32_MAX, (uint32_t)INT32_MAX + 1, UINT32_MAX};
    struct ensemble *e = three();

    for EACH_EXTREME(x) {
        WANT(ensemble_fit(e, nowhere, ENSEMBLE_F32, x, NULL, NULL) == ENSEMBLE_ECOUNT);
        WANT(ensemble_fit(e, nowhere, ENSEMBLE_I32, x, NULL, NULL) == ENSEMBLE_ECOUNT);
        still_three(e);
        try_fit_options(e, x);
    }
    for (size_t i = 0; i < sizeof many / sizeof *many; i++) {
        const struct ensemble_fit_options options = {.struct_size = sizeof options, .folds = many[i]};

        WANT(ensemble_fit(e, truth, ENSEMBLE_F32, 6, &options, NULL) == ENSEMBLE_EPARAMETER);
        still_three(e);
    }
    ensemble_destroy(e);
}

void try_score(void)
{
    struct ensemble *e = three();
    double value = -1;

    for EACH_EXTREME(count) {
        WANT(ensemble_score(e, ENSEMBLE_SCORE_SQUARED_ERROR, nowhere, ENSEMBLE_F32, count, &value) == ENSEMBLE_ECOUNT);
        WANT(ensemble_score(e, ENSEMBLE_SCORE_LOG_LOSS, nowhere, ENSEMBLE_I32, count, &value) == ENSEMBLE_ECOUNT);
        WANT(value == -1);
        still_three(e);
    }
    ensemble_destroy(e);
}

void try_update(void)
{
    struct ensemble *e = three();

    for EACH_EXTREME(count) {
        WANT(ensemble_update(e, nowhere, ENSEMBLE_F32, count, ENSEMBLE_SCORE_SQUARED_ERROR, .1, 0) == ENSEMBLE_ECOUNT);
        WANT(ensemble_update(e, nowhere, ENSEMBLE_I32, count, ENSEMBLE_SCORE_LOG_LOSS, .1, 0) == ENSEMBLE_ECOUNT);
        still_three(e);
    }
    ensemble_destroy(e);
}

/* A text is as long as it is, however much room there is said to be. */
void try_save(void)
{
    struct ensemble *e = three();
    char text[1024];

    for EACH_EXTREME(size) {
        memset(text, 'x', sizeof text);
        const int length = ensemble_save(e, text, size);

        WANT(length == ENSEMBLE_EOVERFLOW || (length > 0 && (size_t)length == strlen(text)));
        WANT(text[length < 0 ? 0 : length + 1] == 'x');
        still_three(e);
    }
    WANT(ensemble_save(e, nowhere, 1) == ENSEMBLE_ECOUNT);
    ensemble_destroy(e);
}

/* Texts that name extreme sizes: an error, and no memory of that size. */
void try_load(void)
{
    static const char *const numbers[] = {
        "18446744073709551615", "18446744073709551616", "9223372036854775807", "4294967295", "4294967296",
        "2147483647", "2147483648", "-1", "0", "99999999999999999999999999",
    };
    struct ensemble *e = three(), *read = NULL;
    char text[1024], wide[1100], mapped[1100];
    int length;

    length = ensemble_save(e, text, sizeof text);
    WANT(length > 0);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const char *const rest = strstr(text, "method"), *const end = strstr(text, "end\n");

        WANT(rest != NULL && end != NULL);
        snprintf(wide, sizeof wide, "libensemble 1\nwidth %s\n%s", numbers[i], rest);
        if (ensemble_load(&read, wide, strlen(wide), NULL) == 0) {
            WANT(ensemble_combine(read, nowhere, ENSEMBLE_F32, 6) < 0);
            ensemble_destroy(read);
            read = NULL;
        }
        snprintf(mapped, sizeof mapped, "%.*sclasses %s %s\nend\n", (int)(end - text), text, numbers[i], numbers[i]);
        WANT(ensemble_load(&read, mapped, strlen(mapped), NULL) < 0 && read == NULL);
        still_three(e);
    }
    WANT(ensemble_load(&read, nowhere, 0, NULL) == ENSEMBLE_ETEXT && read == NULL);
    ensemble_destroy(e);
}
