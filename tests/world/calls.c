/* SPDX-License-Identifier: MIT */
#include "calls.h"

#include <ensemble_rank.h>

#include <limits.h>
#include <string.h>

#define ROWS 24
#define WIDTH 5
#define MODELS 8 /* as many as a handle has room for at first: one more takes memory */
#define CELLS (ROWS * WIDTH)
#define IDS 600 /* more than are fused on the stack */
#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

static float outputs[MODELS][CELLS];
static double values[CELLS], class_weights[MODELS * WIDTH];
static float row_weights[ROWS * MODELS];
static int32_t labels[ROWS];
static uint64_t ids[IDS];
static float scores[IDS];
static const double weights[MODELS] = {.5, 1, .25, 2, .125, 1, 3, .75};
static const int32_t map[] = {3, -1, 2, 0};
static char saved[4096];
static int saved_size;

struct ensemble *calls_handle(enum calls_handle which, const struct ensemble_options *options)
{
    struct ensemble *e = NULL;
    int code = which == CALLS_NONE ? -1 : ensemble_create_with(&e, WIDTH, options);

    for (size_t i = 0; code >= 0 && which != CALLS_EMPTY && i < MODELS; i++) {
        code = ensemble_add_model_output(e, which == CALLS_RICH && i == 6 ? NULL : outputs[i], ENSEMBLE_F32, ROWS);
        if (code >= 0 && (which != CALLS_RICH || i % 2 == 0))
            code = ensemble_set_input(e, i, ENSEMBLE_LOGITS, 1.5);
    }
    if (code >= 0)
        code = ensemble_set_method(e, ENSEMBLE_MEAN);
    if (code >= 0 && which == CALLS_POOLED)
        code = ensemble_set_result(e, ENSEMBLE_RESULT_TEMPERED, 2);
    if (code < 0 || which != CALLS_RICH)
        return code < 0 ? NULL : e;
    if (ensemble_set_weights(e, weights, MODELS) || ensemble_set_class_weights(e, class_weights, MODELS, WIDTH) ||
        ensemble_set_row_weights(e, row_weights, ROWS, MODELS) || ensemble_set_class_map(e, 2, map, LENGTH(map)) ||
        ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_MISSING, .25) || ensemble_set_model_name(e, 0, "first") ||
        ensemble_set_model_name(e, 3, "fourth"))
        return NULL;
    return e;
}

int calls_begin(void)
{
    struct ensemble *e;
    uint32_t state = 1;

    for (size_t i = 0; i < MODELS * CELLS; i++) {
        state = state * 1664525u + 1013904223u;
        outputs[i / CELLS][i % CELLS] = (float)(state >> 16) / 16384.f;
        values[i % CELLS] = (double)(state >> 16) / 65536;
        row_weights[i % LENGTH(row_weights)] = (float)(1 + state % 3);
        class_weights[i % LENGTH(class_weights)] = (double)(1 + state % 5) / 4;
    }
    for (size_t row = 0; row < ROWS; row++) { /* what model 0 says, but for every fourth */
        const float *said = outputs[0] + row * WIDTH;

        for (int32_t c = 1; c < WIDTH; c++)
            labels[row] = said[c] > said[labels[row]] ? c : labels[row];
        labels[row] = row % 4 ? labels[row] : (int32_t)(row % WIDTH);
    }
    for (size_t i = 0; i < IDS; i++) {
        ids[i] = i * 7919 % 451;
        scores[i] = (float)(i * 31 % 97);
    }
    e = calls_handle(CALLS_RICH, NULL);
    saved_size = ensemble_save(e, saved, sizeof saved);
    ensemble_destroy(e);
    return saved_size > 0;
}

static uint64_t mixed(uint64_t hash, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001B3u;
    return hash;
}

uint64_t calls_state(const struct ensemble *e)
{
    double y[CELLS] = {0}, got[MODELS + 1] = {0}, alike[(MODELS + 1) * (MODELS + 1)] = {0};
    char text[8192] = "", message[128] = "";
    uint64_t hash = 0xCBF29CE484222325u;
    int codes[5];

    if (!e)
        return 0;
    codes[0] = ensemble_save(e, text, sizeof text);
    codes[1] = ensemble_combine(e, y, ENSEMBLE_F64, CELLS);
    codes[2] = ensemble_get_weights(e, got, ensemble_get_models(e));
    codes[3] = ensemble_check(e, message, sizeof message);
    codes[4] = ensemble_similarity(e, ENSEMBLE_SIMILARITY_DIFFERENCE, alike);
    hash = mixed(hash, codes, sizeof codes);
    hash = mixed(mixed(hash, text, sizeof text), message, sizeof message);
    hash = mixed(mixed(mixed(hash, y, sizeof y), got, sizeof got), alike, sizeof alike);
    for (size_t i = 0; i < ensemble_get_models(e); i++)
        hash = mixed(hash, ensemble_get_model_name(e, i), strlen(ensemble_get_model_name(e, i)));
    return mixed(hash, &(size_t){ensemble_workspace_size(e)}, sizeof(size_t));
}

/* ---- Handles that are made, and models that are added. */

static int create(struct ensemble *e, struct calls_given *given)
{
    (void)e;
    return ensemble_create(&given->made, WIDTH);
}

static int create_with(struct ensemble *e, struct calls_given *given)
{
    (void)e;
    return ensemble_create_with(&given->made, WIDTH, given->options);
}

static int clone(struct ensemble *e, struct calls_given *given)
{
    return ensemble_clone(&given->made, e);
}

static int load(struct ensemble *e, struct calls_given *given)
{
    (void)e;
    return ensemble_load(&given->made, saved, (size_t)saved_size, given->options);
}

static int add(struct ensemble *e, struct calls_given *given)
{
    (void)given;
    return ensemble_add_model_output(e, outputs[0], ENSEMBLE_F32, ROWS);
}

static int destroy(struct ensemble *e, struct calls_given *given)
{
    int code = ensemble_clone(&given->made, e);

    ensemble_destroy(given->made);
    given->made = NULL;
    return code;
}

/* ---- Settings. */

static int set_class_map(struct ensemble *e, struct calls_given *given)
{
    static const int32_t other[] = {4, 1, 0, 2};

    (void)given;
    return ensemble_set_class_map(e, 2, other, LENGTH(other));
}

static int drop_class_map(struct ensemble *e, struct calls_given *given)
{
    (void)given;
    return ensemble_set_class_map(e, 2, NULL, 0);
}

static int set_class_weights(struct ensemble *e, struct calls_given *given)
{
    double doubled[MODELS * WIDTH];

    (void)given;
    for (size_t i = 0; i < MODELS * WIDTH; i++)
        doubled[i] = 2 * class_weights[MODELS * WIDTH - 1 - i];
    return ensemble_set_class_weights(e, doubled, MODELS, WIDTH);
}

static int drop_class_weights(struct ensemble *e, struct calls_given *given)
{
    (void)given;
    return ensemble_set_class_weights(e, NULL, 0, 0);
}

static int set_name(struct ensemble *e, struct calls_given *given)
{
    (void)given;
    return ensemble_set_model_name(e, 3, "a name that is longer than the one before");
}

static int drop_name(struct ensemble *e, struct calls_given *given)
{
    (void)given;
    return ensemble_set_model_name(e, 3, NULL);
}

/* DLPack 1's DLTensor. */
struct tensor {
    void *data;
    int32_t device_type, device_id, ndim;
    uint8_t code, bits;
    uint16_t lanes;
    int64_t *shape, *strides;
    uint64_t byte_offset;
};

static int set_tensor(struct ensemble *e, struct calls_given *given)
{
    int64_t shape[] = {ROWS, WIDTH};
    const struct tensor tensor = {
        .data = outputs[5], .device_type = 1, .ndim = 2, .code = 2, .bits = 32, .lanes = 1, .shape = shape};

    (void)given;
    return ensemble_set_model_dlpack(e, 1, &tensor);
}

static void one_by_one(void *user, size_t n, void (*task)(void *context, size_t index), void *context)
{
    (void)user;
    for (size_t i = 0; i < n; i++)
        task(context, i);
}

/* All setters whose room is there already. */
static int set_the_rest(struct ensemble *e, struct calls_given *given)
{
    const int codes[] = {
        ensemble_set_weights(e, weights, MODELS),
        ensemble_set_method(e, ENSEMBLE_GEOMETRIC),
        ensemble_set_model_output(e, 1, outputs[4], ENSEMBLE_F32, ROWS, 0),
        ensemble_set_parameter(e, ENSEMBLE_FLOOR, 1e-6),
        ensemble_set_input(e, 3, ENSEMBLE_LOGITS, .5),
        ensemble_set_result(e, ENSEMBLE_RESULT_LOG, 0),
        ensemble_set_row_weights(e, row_weights, ROWS, MODELS),
        ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_NAN, .5),
        ensemble_set_parallel(e, one_by_one, NULL),
    };

    (void)given;
    for (size_t i = 0; i < LENGTH(codes); i++)
        if (codes[i] < 0)
            return codes[i];
    return 0;
}

/* ---- Learning. */

/* What is wrong if a failed call has written to its report. */
#define WROTE INT_MIN

static int fit(struct ensemble *e, struct calls_given *given, const struct ensemble_fit_options *options,
               int with_values)
{
    struct {
        struct ensemble_fit_report report;
        double weights[MODELS], single[MODELS], temperatures[MODELS], trajectory[60];
    } now, before;
    int code;

    memset(&now, 0, sizeof now);
    now.report.struct_size = sizeof now.report;
    now.report.models = MODELS;
    now.report.weights = now.weights;
    now.report.single = now.single;
    now.report.temperatures = now.temperatures;
    now.report.rounds = LENGTH(now.trajectory);
    now.report.trajectory = now.trajectory;
    memcpy(&before, &now, sizeof now);
    code = with_values ? ensemble_fit(e, values, ENSEMBLE_F64, CELLS, options, &now.report)
                       : ensemble_fit(e, labels, ENSEMBLE_I32, ROWS, options, &now.report);
    if (code < 0)
        return memcmp(&before, &now, sizeof now) ? WROTE : code;
    now.report.weights = now.report.single = now.report.temperatures = now.report.trajectory = NULL;
    memcpy(given->room, &now, sizeof now);
    return code;
}

static double largest_error(const double *said, const size_t *row, size_t rows, size_t width, void *user)
{
    double largest = 0;

    (void)user;
    for (size_t i = 0; i < rows; i++) {
        const double error = 1 - said[i * width + (size_t)labels[row[i]]];

        largest = error > largest ? error : largest;
    }
    return largest;
}

static const double costs[MODELS] = {1, 2, 3, 4, 1, 2, 3, 4};

/* A function of that name, which fits so. */
#define FIT(name, with_values, ...) \
    static int name(struct ensemble *e, struct calls_given *given) \
    { \
        const struct ensemble_fit_options options = {.struct_size = sizeof options, __VA_ARGS__}; \
        return fit(e, given, &options, with_values); \
    }
FIT(fit_log_loss, 0, .how = ENSEMBLE_FIT_CONVEX)
FIT(fit_labels_squared, 0, .objective = ENSEMBLE_SCORE_SQUARED_ERROR)
FIT(fit_values, 1, .how = ENSEMBLE_FIT_CONVEX)
FIT(fit_folds, 0, .folds = 3, .seed = 1)
FIT(fit_bags, 1, .bags = 2, .seed = 2)
FIT(fit_budget, 1, .cost = costs, .n_costs = MODELS, .budget = 6)
FIT(fit_few, 0, .max_models = 2)
FIT(fit_models_calibrated, 0, .calibrate = ENSEMBLE_CALIBRATE_MODELS)
FIT(fit_greedy, 1, .how = ENSEMBLE_FIT_GREEDY)
FIT(fit_greedy_accuracy, 0, .how = ENSEMBLE_FIT_GREEDY, .objective = ENSEMBLE_SCORE_ACCURACY)
FIT(fit_greedy_auc, 0, .how = ENSEMBLE_FIT_GREEDY, .objective = ENSEMBLE_SCORE_AUC, .rounds = 5)
FIT(fit_metric, 0, .how = ENSEMBLE_FIT_GREEDY, .metric = largest_error, .rounds = 5)
FIT(fit_inverse, 0, .how = ENSEMBLE_FIT_INVERSE_ERROR)
FIT(fit_odds, 0, .how = ENSEMBLE_FIT_LOG_ODDS)
FIT(fit_soft, 0, .how = ENSEMBLE_FIT_SOFTMAX, .objective = ENSEMBLE_SCORE_AUC)
FIT(fit_result_calibrated, 0, .how = ENSEMBLE_FIT_NOTHING, .calibrate = ENSEMBLE_CALIBRATE_RESULT)

#define SCORE(name, which) \
    static int name(struct ensemble *e, struct calls_given *given) \
    { return ensemble_score(e, which, labels, ENSEMBLE_I32, ROWS, given->room); }
SCORE(score_log_loss, ENSEMBLE_SCORE_LOG_LOSS)
SCORE(score_squared_error, ENSEMBLE_SCORE_SQUARED_ERROR)
SCORE(score_accuracy, ENSEMBLE_SCORE_ACCURACY)
SCORE(score_auc, ENSEMBLE_SCORE_AUC)
SCORE(score_calibration, ENSEMBLE_SCORE_CALIBRATION_ERROR)

static int update(struct ensemble *e, struct calls_given *given)
{
    (void)given;
    return ensemble_update(e, labels, ENSEMBLE_I32, ROWS, ENSEMBLE_SCORE_LOG_LOSS, .125, .01);
}

/* ---- Rankings. */

static int fuse(struct calls_given *given, int32_t method)
{
    static const size_t lengths[] = {250, 0, 350};
    const struct ensemble_fusion fusion = {.struct_size = sizeof fusion, .method = method, .scores = scores};

    return ensemble_fuse_rankings(ids, lengths, LENGTH(lengths), &fusion, (uint64_t *)(void *)given->room,
                                  given->room + 100, 100);
}

#define FUSE(name, method) \
    static int name(struct ensemble *e, struct calls_given *given) { return (void)e, fuse(given, method); }
FUSE(fuse_rrf, ENSEMBLE_FUSE_RRF)
FUSE(fuse_sum, ENSEMBLE_FUSE_SUM)
FUSE(fuse_mnz, ENSEMBLE_FUSE_MNZ)
FUSE(fuse_anz, ENSEMBLE_FUSE_ANZ)
FUSE(fuse_borda, ENSEMBLE_FUSE_BORDA)

#define CALL(function, handle, takes_memory) {#function, function, CALLS_##handle, takes_memory}
const struct calls_call calls_all[] = {
    CALL(create, NONE, 2),
    CALL(create_with, NONE, 1),
    CALL(clone, PLAIN, 1),
    CALL(clone, RICH, 1),
    CALL(load, NONE, 1),
    CALL(add, EMPTY, 1),
    CALL(add, PLAIN, 1),
    CALL(add, RICH, 1),
    CALL(destroy, RICH, 1),
    CALL(set_class_map, PLAIN, 1),
    CALL(set_class_map, RICH, 1),
    CALL(drop_class_map, RICH, 0),
    CALL(set_class_weights, PLAIN, 1),
    CALL(set_class_weights, RICH, 1),
    CALL(drop_class_weights, RICH, 0),
    CALL(set_name, PLAIN, 1),
    CALL(set_name, RICH, 1),
    CALL(drop_name, RICH, 0),
    CALL(set_tensor, RICH, 0),
    CALL(set_the_rest, PLAIN, 0),
    CALL(set_the_rest, RICH, 0),
    CALL(fit_log_loss, PLAIN, 1),
    CALL(fit_labels_squared, PLAIN, 1),
    CALL(fit_values, PLAIN, 1),
    CALL(fit_folds, PLAIN, 1),
    CALL(fit_bags, PLAIN, 1),
    CALL(fit_budget, PLAIN, 1),
    CALL(fit_few, PLAIN, 1),
    CALL(fit_models_calibrated, PLAIN, 1),
    CALL(fit_greedy, PLAIN, 1),
    CALL(fit_greedy_accuracy, PLAIN, 1),
    CALL(fit_greedy_auc, PLAIN, 1),
    CALL(fit_metric, PLAIN, 1),
    CALL(fit_inverse, PLAIN, 1),
    CALL(fit_inverse, RICH, 1),
    CALL(fit_odds, PLAIN, 1),
    CALL(fit_soft, PLAIN, 1),
    CALL(fit_result_calibrated, POOLED, 1),
    CALL(score_log_loss, RICH, 1),
    CALL(score_squared_error, PLAIN, 1),
    CALL(score_accuracy, RICH, 1),
    CALL(score_auc, RICH, 1),
    CALL(score_calibration, PLAIN, 1),
    CALL(update, PLAIN, 1),
    CALL(update, POOLED, 1),
    CALL(fuse_rrf, NONE, 2),
    CALL(fuse_sum, NONE, 2),
    CALL(fuse_mnz, NONE, 2),
    CALL(fuse_anz, NONE, 2),
    CALL(fuse_borda, NONE, 2),
    {NULL, NULL, CALLS_NONE, 0},
};
