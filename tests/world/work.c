/* SPDX-License-Identifier: MIT */
#include "work.h"

#include <ensemble_rank.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define METHODS (ENSEMBLE_RANK + 1)
#define DTYPES 4
#define KINDS 3
#define HANDLES (METHODS * DTYPES * KINDS)
#define MODELS 5 /* the last one gives no output */
#define ROWS 4
#define WIDTH 37 /* longer than a vector, and no multiple of one */
#define CELLS (ROWS * WIDTH)

/* What models say, and which of them is a case of its own. */
enum { PLAIN, UNSURE, SOFT };

static struct ensemble *handles[HANDLES];
static unsigned char outputs[DTYPES][KINDS][MODELS][CELLS * sizeof(double)];
static float row_weights[ROWS * MODELS];

/* What one worker writes to. */
struct desk {
    uint64_t hash;
    unsigned sound; /* calls that did not fail */
    void (*between)(const char *call);
    double results[CELLS * MODELS];
    unsigned char workspace[1 << 16];
    char text[16384];
};

static void fail(const char *call, int code)
{
    fprintf(stderr, "FAILED: %s: %s\n", call, ensemble_strerror(code));
    exit(EXIT_FAILURE);
}

static void note(struct desk *desk, const char *call, int code, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;

    desk->hash = (desk->hash ^ (uint32_t)code) * 0x100000001B3u;
    for (size_t i = 0; code >= 0 && i < size; i++)
        desk->hash = (desk->hash ^ at[i]) * 0x100000001B3u;
    desk->sound += code >= 0;
    if (desk->between)
        desk->between(call);
}

/* Values of each kind, made in float by the library itself of an ensemble of one model. */
static void fill(int dtype, int kind, int model)
{
    static float values[CELLS];
    struct ensemble *e;
    uint32_t state = (uint32_t)(1 + kind * MODELS + model);

    for (size_t j = 0; j < CELLS; j++) {
        state = state * 1664525u + 1013904223u;
        values[j] = (float)(state >> 16) / 65536.f + .001f;
        if (kind == SOFT)
            values[j] = 6 * values[j] - 3;
    }
    if (kind == UNSURE && model == 1)
        values[WIDTH + 3] = (float)(1e300 * 1e300 * 0); /* NaN, of which the second row has one */
    if (ensemble_create(&e, WIDTH) || ensemble_add_model_output(e, values, ENSEMBLE_F32, ROWS) ||
        ensemble_combine(e, outputs[dtype][kind][model], ENSEMBLE_F32 + dtype, CELLS))
        fail("fill", ENSEMBLE_ENOMEM);
    ensemble_destroy(e);
}

static struct ensemble *prepared(const struct ensemble_options *options, int method, int dtype, int kind)
{
    static const int32_t map[] = {3, -1, 2, 9, 0, 36};
    static const double weights[MODELS] = {.5, 1, .25, 2, .125};
    struct ensemble *e;
    int code = ensemble_create_with(&e, WIDTH, options);

    for (int i = 0; code >= 0 && i < MODELS; i++) {
        const void *output = i < MODELS - 1 ? outputs[dtype][kind][i] : NULL;

        code = ensemble_add_model_output(e, output, ENSEMBLE_F32 + dtype, ROWS);
    }
    for (size_t i = 0; code >= 0 && kind != PLAIN && i < MODELS; i++)
        code = ensemble_set_input(e, i, kind == SOFT ? ENSEMBLE_LOGITS : ENSEMBLE_PROBABILITIES, 0);
    if (code >= 0)
        code = ensemble_set_weights(e, weights, MODELS);
    if (code >= 0)
        code = ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_MISSING | ENSEMBLE_LEAVE_OUT_NAN, .25);
    if (code >= 0 && kind == UNSURE)
        code = ensemble_set_row_weights(e, row_weights, ROWS, MODELS);
    if (code >= 0 && kind == SOFT)
        code = ensemble_set_class_map(e, 2, map, sizeof map / sizeof map[0]);
    if (code >= 0 && kind != PLAIN)
        code = ensemble_set_result(e, kind == SOFT ? ENSEMBLE_RESULT_SOFTMAX : ENSEMBLE_RESULT_NORMALISED, 0);
    if (code >= 0)
        code = ensemble_set_model_name(e, 1, "second");
    if (code >= 0)
        code = ensemble_set_method(e, method);
    if (code < 0)
        fail("preparing", code);
    return e;
}

void work_begin(void *(*allocate)(size_t size, void *user), void (*release)(void *memory, size_t size, void *user),
                void *user)
{
    const struct ensemble_options options = {
        .struct_size = sizeof options, .allocate = allocate, .release = release, .user = user};

    for (size_t i = 0; i < ROWS * MODELS; i++)
        row_weights[i] = (float)(i % 4) / 2;
    for (int i = 0; i < DTYPES * KINDS * MODELS; i++)
        fill(i / (KINDS * MODELS), i / MODELS % KINDS, i % MODELS);
    for (int i = 0; i < HANDLES; i++)
        handles[i] = prepared(&options, i / (DTYPES * KINDS), i / KINDS % DTYPES, i % KINDS);
}

void work_end(void)
{
    for (int i = 0; i < HANDLES; i++)
        ensemble_destroy(handles[i]);
}

static void combine(struct desk *desk, const struct ensemble *e)
{
    static const size_t sizes[DTYPES] = {4, 8, 2, 2};
    struct ensemble_call call = {.struct_size = sizeof call, .row_begin = 1, .result = desk->results,
                                 .result_count = sizeof desk->results / 8, .result_stride = WIDTH + 1,
                                 .dtype = ENSEMBLE_F64};

    for (int32_t dtype = 0; dtype < DTYPES; dtype++) {
        const int code = ensemble_combine(e, desk->results, ENSEMBLE_F32 + dtype, CELLS);

        if (code < 0)
            fail("ensemble_combine", code);
        note(desk, "ensemble_combine", code, desk->results, CELLS * sizes[dtype]);
    }
    note(desk, "ensemble_run", ensemble_run(e, &call), desk->results, sizeof(double) * WIDTH);
    call.workspace = desk->workspace;
    call.workspace_size = sizeof desk->workspace;
    note(desk, "ensemble_run", ensemble_run(e, &call), desk->results, sizeof(double) * WIDTH);
    note(desk, "ensemble_run_flat",
         ensemble_run_flat(e, outputs[0][PLAIN], ENSEMBLE_F32, ROWS, WIDTH, sizeof outputs[0][0][0] / 4, desk->results,
                           ENSEMBLE_F64, CELLS, 0, NULL, 0), desk->results, sizeof(double) * CELLS);
}

static void report(struct desk *desk, const struct ensemble *e)
{
    static const int32_t measures[][3] = {
        {ENSEMBLE_MEASURE_LABEL, ENSEMBLE_I32, 1},     {ENSEMBLE_MEASURE_CONFIDENCE, ENSEMBLE_F64, 1},
        {ENSEMBLE_MEASURE_MARGIN, ENSEMBLE_F64, 1},    {ENSEMBLE_MEASURE_TIED, ENSEMBLE_I32, 1},
        {ENSEMBLE_MEASURE_ENTROPY, ENSEMBLE_F64, 1},   {ENSEMBLE_MEASURE_MEAN_ENTROPY, ENSEMBLE_F64, 1},
        {ENSEMBLE_MEASURE_MUTUAL_INFORMATION, ENSEMBLE_F64, 1}, {ENSEMBLE_MEASURE_VOTE_DISAGREEMENT, ENSEMBLE_F64, 1},
        {ENSEMBLE_MEASURE_VARIATION_RATIO, ENSEMBLE_F64, 1},    {ENSEMBLE_MEASURE_CONFLICT, ENSEMBLE_F64, 1},
        {ENSEMBLE_MEASURE_WEIGHT_PRESENT, ENSEMBLE_F64, 1},     {ENSEMBLE_MEASURE_MODELS_PRESENT, ENSEMBLE_I32, 1},
        {ENSEMBLE_MEASURE_ROW_FAULT, ENSEMBLE_I32, 1}, {ENSEMBLE_MEASURE_SETTLED, ENSEMBLE_I32, 1},
        {ENSEMBLE_MEASURE_VARIANCE, ENSEMBLE_F64, WIDTH},       {ENSEMBLE_MEASURE_CONTRIBUTION, ENSEMBLE_F64, MODELS},
        {ENSEMBLE_MEASURE_INFLUENCE, ENSEMBLE_F64, MODELS},     {ENSEMBLE_MEASURE_FLIPS, ENSEMBLE_I32, MODELS},
    };
    int32_t labels[3 * ROWS];
    uint8_t settled[ROWS];

    for (size_t i = 0; i < sizeof measures / sizeof measures[0]; i++) {
        const size_t count = ROWS * (size_t)measures[i][2], size = measures[i][1] == ENSEMBLE_I32 ? 4 : 8;

        note(desk, "ensemble_measure", ensemble_measure(e, measures[i][0], desk->results, measures[i][1], count),
             desk->results, count * size);
    }
    note(desk, "ensemble_top_k", ensemble_top_k(e, 3, labels, desk->results), labels, sizeof labels);
    note(desk, "ensemble_settled", ensemble_settled(e, settled), settled, sizeof settled);
    for (int32_t measure = 1; measure <= 3; measure++)
        note(desk, "ensemble_similarity", ensemble_similarity(e, measure, desk->results), desk->results,
             sizeof(double) * MODELS * MODELS);
}

static void question(struct desk *desk, const struct ensemble *e)
{
    const char *words[3];
    size_t sizes[3];
    int code = ensemble_check(e, desk->text, sizeof desk->text);

    note(desk, "ensemble_check", code, desk->text, strlen(desk->text));
    code = ensemble_save(e, desk->text, sizeof desk->text);
    note(desk, "ensemble_save", code, desk->text, (size_t)code);
    code = ensemble_get_weights(e, desk->results, MODELS);
    note(desk, "ensemble_get_weights", code, desk->results, sizeof(double) * MODELS);
    words[0] = ensemble_get_model_name(e, 1);
    words[1] = ensemble_isa(e);
    words[2] = ensemble_strerror(ENSEMBLE_EROWS);
    sizes[0] = ensemble_workspace_size(e);
    sizes[1] = ensemble_get_width(e);
    sizes[2] = ensemble_get_models(e);
    for (int i = 0; i < 3; i++) {
        note(desk, "a word", 0, words[i], strlen(words[i]));
        note(desk, "a size", 0, &sizes[i], sizeof sizes[i]);
    }
    note(desk, "a number", ensemble_find_model(e, "second") + ensemble_get_method(e) + (int)ensemble_version(), "", 0);
}

static void fuse(struct desk *desk)
{
    static const uint64_t ids[] = {7, 3, 9, 3, 8, 1, 7, 2};
    static const float scores[] = {9, 8, 1, 3, 2, 1, .5f, .25f};
    static const size_t lengths[] = {3, 5};
    uint64_t fused[8];

    for (int32_t method = ENSEMBLE_FUSE_RRF; method <= ENSEMBLE_FUSE_BORDA; method++)
        for (int32_t norm = ENSEMBLE_NORM_MIN_MAX; norm <= ENSEMBLE_NORM_NONE; norm++) {
            const struct ensemble_fusion fusion = {.struct_size = sizeof fusion, .method = method, .normaliser = norm,
                                                   .scores = scores, .workspace = norm ? desk->workspace : NULL,
                                                   .workspace_size = norm ? sizeof desk->workspace : 0};
            const int found = ensemble_fuse_rankings(ids, lengths, 2, &fusion, fused, desk->results, 8);

            if (found < 0 || ensemble_fusion_workspace_size(8) > sizeof desk->workspace)
                fail("ensemble_fuse_rankings", found);
            note(desk, "ensemble_fuse_rankings", found, fused, (size_t)found * sizeof fused[0]);
            note(desk, "ensemble_fuse_rankings", found, desk->results, (size_t)found * sizeof(double));
        }
}

uint64_t work_do(void (*between)(const char *call))
{
    struct desk desk = {.hash = 0xCBF29CE484222325u, .between = between};

    for (int i = 0; i < HANDLES; i++) {
        combine(&desk, handles[i]);
        report(&desk, handles[i]);
        question(&desk, handles[i]);
    }
    fuse(&desk);
    return desk.hash ^ desk.sound;
}
