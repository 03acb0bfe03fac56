/* SPDX-License-Identifier: MIT */
/*
 * Valid calls in which every array and every struct that the caller names lies at a page that faults: outputs, results,
 * weights of models, classes and rows, class maps, reports, workspaces, texts, names, targets, rankings. Once at the
 * page behind, once at the page in front; both must give the same bits.
 */
#include "extremes.h"
#include "pages.h"

#include <stdio.h>
#include <string.h>

enum { ROWS = 3, MODELS = 3, MOST_WIDTH = 67, IDS = 400 };

static const char *const isas[] = {"portable", "sse2", "avx2", "avx512", "neon", "sve"};
static const int32_t dtypes[] = {ENSEMBLE_F32, ENSEMBLE_F64, ENSEMBLE_F16, ENSEMBLE_BF16};
static const size_t sizes[] = {4, 8, 2, 2};
static const size_t widths[] = {1, 2, 3, 5, 8, 9, 17, 33, MOST_WIDTH};
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* What is computed, to be compared between both places. */
static unsigned char results[2][1 << 18];
static size_t n_results;

static void keep(const void *bytes, size_t n, enum place place)
{
    WANT(n_results + n <= sizeof results[0]);
    memcpy(results[place] + n_results, bytes, n);
    n_results += n;
}

/* Rows of what are probabilities, or nearly, in any dtype; with gaps of `gap` elements, which are not ours to touch. */
static void *an_output(size_t d, size_t width, size_t gap, size_t model)
{
    static unsigned char content[ROWS * (MOST_WIDTH + 4) * 8];
    static const uint16_t halves[2][3] = {{0x2E66, 0x3266, 0x34CD}, {0x3DCD, 0x3E4D, 0x3E9A}};
    const size_t stride = width + gap, n = (ROWS - 1) * stride + width;

    for (size_t i = 0; i < n; i++) {
        const double value = .1 * (double)(1 + (i + model) % 3);
        const float single = (float)value;

        if (dtypes[d] == ENSEMBLE_F64)
            memcpy(content + 8 * i, &value, 8);
        else if (dtypes[d] == ENSEMBLE_F32)
            memcpy(content + 4 * i, &single, 4);
        else
            memcpy(content + 2 * i, &halves[dtypes[d] == ENSEMBLE_BF16][(i + model) % 3], 2);
    }
    return paged(content, n * sizes[d], sizes[d]);
}

static struct ensemble *a_handle(const char *isa, size_t width)
{
    struct ensemble_options options = {.struct_size = sizeof options, .isa = isa != NULL ? isa : only_isa};
    struct ensemble *e = NULL;
    const int code = ensemble_create_with(&e, width, paged(&options, sizeof options, 8));

    WANT(code == 0 || code == ENSEMBLE_EISA);
    return e;
}

/* What a report can say with any method, in arrays of its own. */
static struct ensemble_report *a_report(size_t width)
{
    struct ensemble_report report = {.struct_size = sizeof report, .rows = ROWS, .width = width, .models = MODELS};

    report.label = ROOM(int32_t, ROWS);
    report.confidence = ROOM(double, ROWS);
    report.margin = ROOM(double, ROWS);
    report.tied = ROOM(uint8_t, ROWS);
    report.entropy = ROOM(double, ROWS);
    report.mean_entropy = ROOM(double, ROWS);
    report.mutual_information = ROOM(double, ROWS);
    report.vote_disagreement = ROOM(double, ROWS);
    report.variation_ratio = ROOM(double, ROWS);
    report.conflict = ROOM(double, ROWS);
    report.weight_present = ROOM(double, ROWS);
    report.models_present = ROOM(int32_t, ROWS);
    report.row_fault = ROOM(int32_t, ROWS);
    report.variance = ROOM(double, ROWS * width);
    report.influence = ROOM(double, ROWS * MODELS);
    report.flips = ROOM(uint8_t, ROWS * MODELS);
    report.top = (width + 1) / 2;
    report.top_labels = ROOM(int32_t, ROWS * report.top);
    report.top_values = ROOM(double, ROWS * report.top);
    return paged(&report, sizeof report, 8);
}

static void keep_report(const struct ensemble_report *report, size_t width, enum place place)
{
    keep(report->label, ROWS * sizeof(int32_t), place);
    keep(report->entropy, ROWS * sizeof(double), place);
    keep(report->conflict, ROWS * sizeof(double), place);
    keep(report->variance, ROWS * width * sizeof(double), place);
    keep(report->influence, ROWS * MODELS * sizeof(double), place);
    keep(report->top_values, ROWS * report->top * sizeof(double), place);
}

/* One method, at one width, with outputs and a result of one dtype. Returns 0 without the instruction set. */
static int a_call(const char *isa, int32_t method, size_t width, size_t d, enum place place)
{
    static const double weights[MODELS] = {.25, .5, .25};
    static const float row_weights[ROWS * MODELS] = {1, 2, 1, 1, 1, 3, 2, 1, 1};
    const size_t gap = width % 3, stride = width + gap;
    struct ensemble_output outputs[MODELS];
    struct ensemble_call call = {.struct_size = sizeof call, .output_size = sizeof *outputs, .n_outputs = MODELS};
    struct ensemble *e;
    struct ensemble_report *report;
    unsigned char *result;

    pages_begin(place);
    e = a_handle(isa, width);
    if (e == NULL)
        return 0;
    for (size_t i = 0; i < MODELS; i++) {
        outputs[i] = (struct ensemble_output){an_output(d, width, gap, i), ROWS, stride, dtypes[d], 0};
        WANT(ensemble_add_model_output(e, NULL, dtypes[d], ROWS) == (int)i);
        WANT(ensemble_set_input(e, i, i == 0 ? ENSEMBLE_LOGITS : ENSEMBLE_PROBABILITIES, 0) == 0);
    }
    WANT(ensemble_set_weights(e, PAGED(weights), MODELS) == 0);
    WANT(ensemble_set_method(e, method) == 0);
    WANT(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_NAN, 0) == 0);
    report = a_report(width);
    result = paged(NULL, ((ROWS - 1) * stride + width) * sizes[d], sizes[d]);
    call.outputs = PAGED(outputs);
    call.result_count = (ROWS - 1) * stride + width;
    call.result_stride = stride;
    call.dtype = dtypes[d];
    call.row_weights = PAGED(row_weights);
    call.row_weights_count = COUNT(row_weights);
    call.workspace_size = ensemble_workspace_size(e);
    call.workspace = paged(NULL, call.workspace_size, 1);
    call.result = result;
    WANT(ensemble_run(e, paged(&call, sizeof call, 8)) == 0);
    pages_are_sound();
    keep(result, ((ROWS - 1) * stride + width) * sizes[d], place);
    call.result = NULL;
    call.result_count = 0;
    call.result_stride = 0;
    call.report = report;
    WANT(ensemble_run(e, paged(&call, sizeof call, 8)) == 0);
    pages_are_sound();
    keep_report(report, width, place);
    ensemble_destroy(e);
    return 1;
}

/* What is copied into a handle, or is written by other functions than ensemble_run(). */
static void other_functions(size_t width, enum place place)
{
    double class_weights[MODELS * MOST_WIDTH];
    int32_t map[MOST_WIDTH];
    const char name[] = "forest";
    struct ensemble *e;
    double *matrix;
    char *text, *message;
    int length;

    pages_begin(place);
    e = a_handle(NULL, width);
    for (size_t i = 0; i < MODELS * width; i++)
        class_weights[i] = 1 + (double)(i % 4);
    for (size_t i = 0; i < width; i++)
        map[i] = (int32_t)(width - 1 - i);
    for (size_t i = 0; i < MODELS; i++)
        WANT(ensemble_add_model_output(e, an_output(0, width, 0, i), ENSEMBLE_F32, ROWS) == (int)i);
    WANT(ensemble_set_class_map(e, 1, paged(map, width * sizeof *map, 4), width) == 0);
    WANT(ensemble_set_class_weights(e, paged(class_weights, MODELS * width * 8, 8), MODELS, width) == 0);
    WANT(ensemble_set_model_name(e, 1, paged(name, sizeof name, 1)) == 0);
    WANT(ensemble_find_model(e, paged(name, sizeof name, 1)) == 1);
    length = ensemble_save(e, NULL, 0);
    WANT(length > 0);
    text = paged(NULL, (size_t)length + 1, 1);
    WANT(ensemble_save(e, text, (size_t)length + 1) == length);
    pages_are_sound();
    ensemble_destroy(e);
    e = NULL;
    WANT(ensemble_load(&e, paged(text, (size_t)length, 1), (size_t)length, NULL) == 0);
    for (size_t i = 0; i < MODELS; i++)
        WANT(ensemble_set_model_output(e, i, an_output(0, width, 0, i), ENSEMBLE_F32, ROWS, 0) == 0);
    matrix = ROOM(double, MODELS * MODELS);
    WANT(ensemble_similarity(e, ENSEMBLE_SIMILARITY_CORRELATION, matrix) == 0);
    WANT(ensemble_top_k(e, 1, ROOM(int32_t, ROWS), ROOM(double, ROWS)) == 0);
    WANT(ensemble_measure(e, ENSEMBLE_MEASURE_LABEL, ROOM(int32_t, ROWS), ENSEMBLE_I32, ROWS) == 0);
    WANT(ensemble_get_weights(e, ROOM(double, MODELS), MODELS) == 0);
    message = paged(NULL, 9, 1);
    WANT(ensemble_set_model_output(e, 0, NULL, ENSEMBLE_F32, ROWS, 0) == 0);
    WANT(ensemble_check(e, message, 9) == ENSEMBLE_EMISSING && strlen(message) == 8);
    pages_are_sound();
    keep(matrix, MODELS * MODELS * sizeof *matrix, place);
    ensemble_destroy(e);
}

static void learning(size_t width, enum place place)
{
    const int32_t labels[ROWS] = {0, (int32_t)(width > 2 ? 2 : 0), 0};
    const double cost[MODELS] = {1, 1, 1};
    struct ensemble_fit_options options = {.struct_size = sizeof options, .how = ENSEMBLE_FIT_GREEDY, .rounds = 5};
    struct ensemble_fit_report report = {.struct_size = sizeof report, .models = MODELS, .rounds = 5};
    struct ensemble *e;
    const void *targets;

    pages_begin(place);
    e = a_handle(NULL, width);
    for (size_t i = 0; i < MODELS; i++) {
        WANT(ensemble_add_model_output(e, an_output(0, width, 0, i), ENSEMBLE_F32, ROWS) == (int)i);
        WANT(ensemble_set_input(e, i, ENSEMBLE_PROBABILITIES, 0) == 0);
    }
    targets = PAGED(labels);
    options.cost = PAGED(cost);
    options.n_costs = MODELS;
    options.budget = 3;
    report.weights = ROOM(double, MODELS);
    report.single = ROOM(double, MODELS);
    report.temperatures = ROOM(double, MODELS);
    report.trajectory = ROOM(double, 5);
    WANT(ensemble_fit(e, targets, ENSEMBLE_I32, ROWS, paged(&options, sizeof options, 8),
                      paged(&report, sizeof report, 8)) == 0);
    keep(report.weights, MODELS * sizeof(double), place);
    WANT(ensemble_score(e, ENSEMBLE_SCORE_AUC, targets, ENSEMBLE_I32, ROWS, ROOM(double, 1)) == 0);
    WANT(ensemble_update(e, targets, ENSEMBLE_I32, ROWS, ENSEMBLE_SCORE_LOG_LOSS, .1, .01) == 0);
    WANT(ensemble_get_weights(e, report.weights, MODELS) == 0);
    keep(report.weights, MODELS * sizeof(double), place);
    pages_are_sound();
    ensemble_destroy(e);
}

static void rankings(int32_t method, size_t d, enum place place)
{
    static uint64_t ids[IDS];
    static double scores[IDS];
    const size_t lengths[3] = {IDS / 2, 0, IDS / 2};
    const double weights[3] = {1, 2, 3};
    struct ensemble_fusion how = {.struct_size = sizeof how, .method = method, .score_dtype = dtypes[d]};
    const size_t n_fused = 50;
    double *fused_scores;
    uint64_t *fused;
    int found;

    for (size_t i = 0; i < IDS; i++) {
        ids[i] = (uint64_t)(i * 7 % 311);
        scores[i] = 0;
    }
    pages_begin(place);
    how.weights = PAGED(weights);
    how.scores = paged(scores, IDS * sizes[d], sizes[d]);
    how.contributions_count = 3 * n_fused;
    how.contributions = ROOM(double, how.contributions_count);
    how.workspace_size = ensemble_fusion_workspace_size(IDS);
    how.workspace = paged(NULL, how.workspace_size, 1);
    fused = ROOM(uint64_t, n_fused);
    fused_scores = ROOM(double, n_fused);
    found = ensemble_fuse_rankings(PAGED(ids), PAGED(lengths), 3, paged(&how, sizeof how, 8), fused, fused_scores,
                                   n_fused);
    WANT(found == (int)n_fused);
    pages_are_sound();
    keep(fused, n_fused * sizeof *fused, place);
    keep(fused_scores, n_fused * sizeof *fused_scores, place);
}

static void both(void (*visit)(enum place place))
{
    static const enum place places[] = {AT_END, AT_BEGIN};
    size_t n[2];

    for (size_t i = 0; i < 2; i++) {
        n_results = 0;
        visit(places[i]);
        n[i] = n_results;
    }
    WANT(n[0] == n[1] && n[0] > 0 && memcmp(results[AT_END], results[AT_BEGIN], n[0]) == 0);
}

static const char *isa_now;
static int32_t method_now;
static size_t calls;

static void all_widths(enum place place)
{
    for (size_t w = 0; w < COUNT(widths); w++)
        for (size_t d = 0; d < COUNT(dtypes); d++)
            calls += (size_t)a_call(isa_now, method_now, widths[w], d, place);
    keep(&calls, 1, place);
    results[place][n_results - 1] = 0; /* something, where the machine does not have the instruction set */
}

static void all_others(enum place place)
{
    for (size_t w = 0; w < COUNT(widths); w++) {
        other_functions(widths[w], place);
        learning(widths[w], place);
    }
    for (int32_t method = ENSEMBLE_FUSE_RRF; method <= ENSEMBLE_FUSE_BORDA; method++)
        for (size_t d = 0; d < COUNT(dtypes); d++)
            rankings(method, d, place);
}

void within_pages(void)
{
    for (size_t i = 0; i < COUNT(isas); i++)
        for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++) {
            if (only_isa != NULL && strcmp(only_isa, isas[i]) != 0)
                continue;
            isa_now = isas[i];
            method_now = method;
            both(all_widths);
        }
    both(all_others);
    WANT(calls >= 2 * COUNT(widths) * COUNT(dtypes) * (ENSEMBLE_RANK + 1));
    printf("pages: %zu calls, and the other functions, with every array at a page that faults\n", calls);
}
