/* SPDX-License-Identifier: MIT */
/* Learning, scores, names, saved texts. */
#include "old.h"

/* The truth is the second model, exactly; so it has all the weight. */
static void learning(void)
{
    double learned[4] = {-1, -1, -1, -1}, value = -1;
    struct ensemble *e = three();
    WITH_CANARIES(ensemble_fit_options) options;
    WITH_CANARIES(ensemble_fit_report) report;

    BEGIN(options);
    options.known.how = ENSEMBLE_FIT_GREEDY;
    options.known.objective = ENSEMBLE_SCORE_SQUARED_ERROR;
    options.known.rounds = 1;
    BEGIN(report);
    report.known.models = 3;
    report.known.weights = learned;
    WANT(ensemble_fit(e, outputs[1], ENSEMBLE_F32, 6, &options.known, &report.known) == 0);
    WANT(untouched(options.behind) && untouched(report.behind));
    WANT(learned[0] == 0 && learned[1] == 1 && learned[2] == 0 && learned[3] == -1);
    WANT(report.known.best_model == 1 && report.known.best_single == 0 && report.known.objective == 0);
    WANT(report.known.rows_used == 2 && report.known.models_used == 1 && report.known.iterations == 1);
    WANT(ensemble_score(e, ENSEMBLE_SCORE_SQUARED_ERROR, outputs[1], ENSEMBLE_F32, 6, &value) == 0 && value == 0);
    options.known.reserved = 1;
    WANT(ensemble_fit(e, outputs[1], ENSEMBLE_F32, 6, &options.known, NULL) == ENSEMBLE_E2BIG);

    /* Two models that err alike keep what they have. */
    const float high[1] = {.75F}, low[1] = {.25F}, truth[1] = {.5F};
    ensemble_destroy(e);
    WANT(ensemble_create(&e, 1) == 0);
    WANT(ensemble_add_model_output(e, high, ENSEMBLE_F32, 1) == 0);
    WANT(ensemble_add_model_output(e, low, ENSEMBLE_F32, 1) == 1);
    WANT(ensemble_update(e, truth, ENSEMBLE_F32, 1, ENSEMBLE_SCORE_SQUARED_ERROR, .1, 0) == 0);
    WANT(ensemble_get_weights(e, learned, 2) == 0 && learned[0] == .5 && learned[1] == .5);
    ensemble_destroy(e);
}

/* What release 0.4 wrote, to the letter, is read. */
static void texts(void)
{
    static const char written[] =
        "libensemble 1\n"
        "width 3\n"
        "method sum\n"
        "exponent 0x1p+1\n"
        "trim 0x1.999999999999ap-3\n"
        "floor 0x0p+0\n"
        "result as-is 0x1p+0\n"
        "leave-out nothing\n"
        "quorum 0x0p+0\n"
        "model\n"
        "space as-is 0x1p+0\n"
        "weight 0x1p-2\n"
        "model \"forest\"\n"
        "space as-is 0x1p+0\n"
        "weight 0x1p-1\n"
        "model\n"
        "space as-is 0x1p+0\n"
        "weight 0x1p-2\n"
        "end\n";
    char text[1024];
    float y[6] = {0};
    struct ensemble *e = three(), *read = NULL;

    WANT(ensemble_set_model_name(e, 1, "forest") == 0 && ensemble_find_model(e, "forest") == 1);
    WANT(strcmp(ensemble_get_model_name(e, 1), "forest") == 0);
    WANT(ensemble_get_width(e) == 3 && ensemble_get_models(e) == 3 && ensemble_get_method(e) == ENSEMBLE_SUM);
    WANT(ensemble_save(e, text, sizeof text) == (int)strlen(text));
    WANT(strcmp(text, written) == 0);
    ensemble_destroy(e);

    WANT(ensemble_load(&read, written, sizeof written - 1, NULL) == 0);
    WANT(ensemble_find_model(read, "forest") == 1);
    for (size_t i = 0; i < 3; i++)
        WANT(ensemble_set_model_output(read, i, outputs[i], ENSEMBLE_F32, 2, 0) == 0);
    WANT(ensemble_combine(read, y, ENSEMBLE_F32, 6) == 0 && memcmp(y, expected, sizeof y) == 0);
    ensemble_destroy(read);
}

void since_0_4(void)
{
    learning();
    texts();
}
