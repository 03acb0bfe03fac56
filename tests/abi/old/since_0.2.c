/* SPDX-License-Identifier: MIT */
/* The methods, what numbers mean, forms, weights of classes and rows, class maps, what is missing. */
#include "old.h"

/* What each method says of 2 (weight 1), 8 (weight 2) and 4 (weight 1). */
static void methods(void)
{
    const float two[] = {2}, eight[] = {8}, four[] = {4};
    const struct {
        int32_t method;
        double says;
    } known[] = {
        {ENSEMBLE_SUM, 22},       {ENSEMBLE_MEAN, 5.5}, {ENSEMBLE_HARMONIC, 4}, {ENSEMBLE_PRODUCT, 64},
        {ENSEMBLE_MEDIAN, 6},     {ENSEMBLE_MIN, 2},    {ENSEMBLE_MAX, 8},      {ENSEMBLE_TRIMMED, 5.5},
        {ENSEMBLE_RANK, 1},       {ENSEMBLE_VOTE, 1},   {ENSEMBLE_LOG_POOL, 1},
        {ENSEMBLE_POWER, 6.0827625302982197},    /* the root of (4 + 2 x 64 + 16) / 4 */
        {ENSEMBLE_GEOMETRIC, 4.756828460010884}, /* the fourth root of 2 x 64 x 4 */
    };
    struct ensemble *e = NULL;

    WANT(ensemble_create(&e, 1) == 0);
    WANT(ensemble_add_model_output(e, two, ENSEMBLE_F32, 1) == 0);
    WANT(ensemble_add_model_output(e, eight, ENSEMBLE_F32, 1) == 1);
    WANT(ensemble_add_model_output(e, four, ENSEMBLE_F32, 1) == 2);
    WANT(ensemble_set_weights(e, (const double[]){1, 2, 1}, 3) == 0);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        double y = 0;

        WANT(ensemble_set_method(e, known[i].method) == 0);
        WANT(ensemble_combine(e, &y, ENSEMBLE_F64, 1) == 0);
        WANT(y > known[i].says * (1 - 1e-14) && y < known[i].says * (1 + 1e-14));
    }
    ensemble_destroy(e);
}

static void parameters(void)
{
    const float two[] = {2}, eight[] = {8};
    float y = 0;
    struct ensemble *e = NULL;

    WANT(ensemble_create(&e, 1) == 0);
    WANT(ensemble_add_model_output(e, two, ENSEMBLE_F32, 1) == 0);
    WANT(ensemble_add_model_output(e, eight, ENSEMBLE_F32, 1) == 1);
    WANT(ensemble_set_method(e, ENSEMBLE_POWER) == 0);
    WANT(ensemble_set_parameter(e, ENSEMBLE_EXPONENT, 1) == 0);
    WANT(ensemble_combine(e, &y, ENSEMBLE_F32, 1) == 0 && y == 5);
    WANT(ensemble_set_parameter(e, ENSEMBLE_TRIM, .5) == ENSEMBLE_EPARAMETER);
    ensemble_destroy(e);
}

static void meanings(void)
{
    const float logits[2] = {0, 0}, fair[2] = {.5F, .5F};
    const int32_t label[1] = {1};
    float y[2] = {0};
    struct ensemble *e = NULL;

    WANT(ensemble_create(&e, 2) == 0);
    WANT(ensemble_add_model_output(e, logits, ENSEMBLE_F32, 1) == 0);
    WANT(ensemble_add_model_output(e, fair, ENSEMBLE_F32, 1) == 1);
    WANT(ensemble_set_input(e, 0, ENSEMBLE_LOGITS, 2) == 0);
    WANT(ensemble_set_input(e, 1, ENSEMBLE_PROBABILITIES, 0) == 0);
    WANT(ensemble_combine(e, y, ENSEMBLE_F32, 2) == 0 && y[0] == .5F && y[1] == .5F);
    WANT(ensemble_set_result(e, ENSEMBLE_RESULT_NORMALISED, 0) == 0);
    WANT(ensemble_combine(e, y, ENSEMBLE_F32, 2) == 0 && y[0] == .5F && y[1] == .5F);
    WANT(ensemble_add_model_output(e, label, ENSEMBLE_I32, 1) == 2);
    WANT(ensemble_set_weights(e, (const double[]){0, 1, 3}, 3) == 0);
    WANT(ensemble_set_method(e, ENSEMBLE_VOTE) == 0);
    WANT(ensemble_combine(e, y, ENSEMBLE_F32, 2) == 0 && y[0] == .25F && y[1] == .75F);
    ensemble_destroy(e);
}

/* Weights of a call's rows, which are what this release put at the end of struct ensemble_call. */
static void rows_of_a_call(void)
{
    const float gate[6] = {1, 0, 0, 0, 0, 1};
    float y[6] = {0};
    struct ensemble *e = three();
    WITH_CANARIES(ensemble_call) call;

    WANT(ensemble_set_method(e, ENSEMBLE_MEAN) == 0);
    BEGIN(call);
    call.known.result = y;
    call.known.result_count = 6;
    call.known.dtype = ENSEMBLE_F32;
    call.known.row_weights = gate;
    call.known.row_weights_count = 6;
    WANT(ensemble_run(e, &call.known) == 0 && untouched(call.behind));
    WANT(memcmp(y, outputs[0], 3 * sizeof *y) == 0 && memcmp(y + 3, outputs[2] + 3, 3 * sizeof *y) == 0);
    call.known.row_weights_count = 5;
    WANT(ensemble_run(e, &call.known) == ENSEMBLE_EWEIGHTS);

    memset(y, 0, sizeof y);
    WANT(ensemble_set_row_weights(e, gate, 2, 3) == 0);
    WANT(ensemble_combine(e, y, ENSEMBLE_F32, 6) == 0);
    WANT(memcmp(y, outputs[0], 3 * sizeof *y) == 0 && memcmp(y + 3, outputs[2] + 3, 3 * sizeof *y) == 0);
    ensemble_destroy(e);
}

static void classes(void)
{
    const double chosen[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    const int32_t map[3] = {2, 1, 0};
    float y[6] = {0};
    struct ensemble *e = three();

    WANT(ensemble_set_method(e, ENSEMBLE_MEAN) == 0);
    WANT(ensemble_set_class_weights(e, chosen, 3, 3) == 0);
    WANT(ensemble_combine(e, y, ENSEMBLE_F32, 6) == 0 && y[0] == 1 && y[1] == 5 && y[2] == 9);
    WANT(ensemble_set_class_map(e, 0, map, 3) == 0);
    WANT(ensemble_combine(e, y, ENSEMBLE_F32, 6) == 0 && y[0] == 3 && y[1] == 5 && y[2] == 9);
    WANT(ensemble_set_class_map(e, 0, (const int32_t[]){0, 0, 1}, 3) == ENSEMBLE_EMAP);
    ensemble_destroy(e);
}

static void missing(void)
{
    float y[6] = {0};
    struct ensemble *e = three();

    WANT(ensemble_set_model_output(e, 0, NULL, ENSEMBLE_F32, 2, 0) == 0);
    WANT(ensemble_combine(e, y, ENSEMBLE_F32, 6) == ENSEMBLE_EMISSING);
    WANT(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_MISSING, .5) == 0);
    WANT(ensemble_set_weights(e, (const double[]){.5, .25, .25}, 3) == 0);
    WANT(ensemble_combine(e, y, ENSEMBLE_F32, 6) == 0 && y[0] == 5.5F);
    WANT(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_MISSING, .75) == 0);
    WANT(ensemble_combine(e, y, ENSEMBLE_F32, 6) == ENSEMBLE_EQUORUM);
    ensemble_destroy(e);
}

void since_0_2(void)
{
    methods();
    parameters();
    meanings();
    rows_of_a_call();
    classes();
    missing();
}
