/* SPDX-License-Identifier: MIT */
/* include/ensemble.h of release 0.5, without comments and empty lines. It never changes. */
#ifndef ENSEMBLE_H
#define ENSEMBLE_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
#define ENSEMBLE_VERSION_MAJOR 0
#define ENSEMBLE_VERSION_MINOR 5
#define ENSEMBLE_VERSION_PATCH 0
#define ENSEMBLE_VERSION (ENSEMBLE_VERSION_MAJOR * 10000 + ENSEMBLE_VERSION_MINOR * 100 + ENSEMBLE_VERSION_PATCH)
struct ensemble;
enum {
    ENSEMBLE_F32 = 1,
    ENSEMBLE_F64 = 2,
    ENSEMBLE_F16 = 3,
    ENSEMBLE_BF16 = 4,
    ENSEMBLE_I32 = 5
};
enum {
    ENSEMBLE_SUM = 0,
    ENSEMBLE_MEAN = 1,
    ENSEMBLE_GEOMETRIC = 2,
    ENSEMBLE_HARMONIC = 3,
    ENSEMBLE_POWER = 4,
    ENSEMBLE_LOG_POOL = 5,
    ENSEMBLE_PRODUCT = 6,
    ENSEMBLE_MEDIAN = 7,
    ENSEMBLE_TRIMMED = 8,
    ENSEMBLE_MIN = 9,
    ENSEMBLE_MAX = 10,
    ENSEMBLE_VOTE = 11,
    ENSEMBLE_RANK = 12
};
enum {
    ENSEMBLE_EXPONENT = 1,
    ENSEMBLE_TRIM = 2,
    ENSEMBLE_FLOOR = 3
};
enum {
    ENSEMBLE_AS_IS = 0,
    ENSEMBLE_PROBABILITIES = 1,
    ENSEMBLE_LOG_PROBABILITIES = 2,
    ENSEMBLE_LOGITS = 3,
    ENSEMBLE_BINARY_LOGITS = 4,
    ENSEMBLE_LABELS = 5
};
enum {
    ENSEMBLE_RESULT_AS_IS = 0,
    ENSEMBLE_RESULT_NORMALISED = 1,
    ENSEMBLE_RESULT_LOG = 2,
    ENSEMBLE_RESULT_SOFTMAX = 3,
    ENSEMBLE_RESULT_TEMPERED = 4
};
enum {
    ENSEMBLE_LEAVE_OUT_MISSING = 1,
    ENSEMBLE_LEAVE_OUT_NAN = 2,
    ENSEMBLE_LEAVE_OUT_ABSENT = 4
};
enum {
    ENSEMBLE_ENULL = -1,
    ENSEMBLE_EWIDTH = -2,
    ENSEMBLE_EDTYPE = -3,
    ENSEMBLE_EMETHOD = -4,
    ENSEMBLE_EMODEL = -5,
    ENSEMBLE_EEMPTY = -6,
    ENSEMBLE_EMISSING = -7,
    ENSEMBLE_EROWS = -8,
    ENSEMBLE_ESTRIDE = -9,
    ENSEMBLE_ECOUNT = -10,
    ENSEMBLE_ERANGE = -11,
    ENSEMBLE_EWEIGHTS = -12,
    ENSEMBLE_ENOTFINITE = -13,
    ENSEMBLE_EZEROSUM = -14,
    ENSEMBLE_EOVERLAP = -15,
    ENSEMBLE_EOVERFLOW = -16,
    ENSEMBLE_ENOMEM = -17,
    ENSEMBLE_EISA = -18,
    ENSEMBLE_ESTRUCT = -19,
    ENSEMBLE_E2BIG = -20,
    ENSEMBLE_EPARAMETER = -21,
    ENSEMBLE_ENEGATIVE = -22,
    ENSEMBLE_EQUORUM = -23,
    ENSEMBLE_ESPACE = -24,
    ENSEMBLE_EMAP = -25,
    ENSEMBLE_EREPORT = -26,
    ENSEMBLE_EFIT = -27,
    ENSEMBLE_ETARGET = -28,
    ENSEMBLE_ENAME = -29,
    ENSEMBLE_ETEXT = -30,
    ENSEMBLE_EVERSION = -31
};
enum {
    ENSEMBLE_ROW_SOUND = 0,
    ENSEMBLE_ROW_WEIGHT = 1,
    ENSEMBLE_ROW_NOBODY = 2,
    ENSEMBLE_ROW_QUORUM = 3,
    ENSEMBLE_ROW_LABEL = 4,
    ENSEMBLE_ROW_NAN = 5,
    ENSEMBLE_ROW_RULED_OUT = 6
};
enum {
    ENSEMBLE_MEASURE_LABEL = 1,
    ENSEMBLE_MEASURE_CONFIDENCE = 2,
    ENSEMBLE_MEASURE_MARGIN = 3,
    ENSEMBLE_MEASURE_TIED = 4,
    ENSEMBLE_MEASURE_ENTROPY = 5,
    ENSEMBLE_MEASURE_MEAN_ENTROPY = 6,
    ENSEMBLE_MEASURE_MUTUAL_INFORMATION = 7,
    ENSEMBLE_MEASURE_VOTE_DISAGREEMENT = 8,
    ENSEMBLE_MEASURE_VARIATION_RATIO = 9,
    ENSEMBLE_MEASURE_CONFLICT = 10,
    ENSEMBLE_MEASURE_WEIGHT_PRESENT = 11,
    ENSEMBLE_MEASURE_MODELS_PRESENT = 12,
    ENSEMBLE_MEASURE_ROW_FAULT = 13,
    ENSEMBLE_MEASURE_SETTLED = 14,
    ENSEMBLE_MEASURE_VARIANCE = 15,
    ENSEMBLE_MEASURE_CONTRIBUTION = 16,
    ENSEMBLE_MEASURE_INFLUENCE = 17,
    ENSEMBLE_MEASURE_FLIPS = 18
};
enum {
    ENSEMBLE_SIMILARITY_CORRELATION = 1,
    ENSEMBLE_SIMILARITY_AGREEMENT = 2,
    ENSEMBLE_SIMILARITY_DIFFERENCE = 3
};
enum {
    ENSEMBLE_SCORE_LOG_LOSS = 1,
    ENSEMBLE_SCORE_SQUARED_ERROR = 2,
    ENSEMBLE_SCORE_ACCURACY = 3,
    ENSEMBLE_SCORE_AUC = 4,
    ENSEMBLE_SCORE_CALIBRATION_ERROR = 5
};
enum {
    ENSEMBLE_FIT_CONVEX = 0,
    ENSEMBLE_FIT_GREEDY = 1,
    ENSEMBLE_FIT_INVERSE_ERROR = 2,
    ENSEMBLE_FIT_LOG_ODDS = 3,
    ENSEMBLE_FIT_SOFTMAX = 4,
    ENSEMBLE_FIT_NOTHING = 5
};
enum {
    ENSEMBLE_SIMPLEX = 0,
    ENSEMBLE_NONNEGATIVE = 1,
    ENSEMBLE_UNCONSTRAINED = 2
};
enum {
    ENSEMBLE_CALIBRATE_MODELS = 1,
    ENSEMBLE_CALIBRATE_RESULT = 2
};
int ensemble_create(struct ensemble **out, size_t width);
int ensemble_add_model_output(struct ensemble *e, const void *output, int32_t dtype, size_t rows);
int ensemble_set_weights(struct ensemble *e, const double *weights, size_t n_models);
int ensemble_combine(const struct ensemble *e, void *result, int32_t dtype, size_t count);
void ensemble_destroy(struct ensemble *e);
struct ensemble_options {
    uint32_t struct_size;
    uint32_t reserved;
    void *(*allocate)(size_t size, void *user);
    void (*release)(void *memory, size_t size, void *user);
    void *user;
    const char *isa;
};
int ensemble_create_with(struct ensemble **out, size_t width, const struct ensemble_options *options);
int ensemble_set_model_output(struct ensemble *e, size_t model, const void *output, int32_t dtype, size_t rows,
                              size_t row_stride);
int ensemble_set_method(struct ensemble *e, int32_t method);
int ensemble_set_parameter(struct ensemble *e, int32_t parameter, double value);
int ensemble_set_input(struct ensemble *e, size_t model, int32_t space, double temperature);
int ensemble_set_result(struct ensemble *e, int32_t form, double temperature);
int ensemble_set_class_weights(struct ensemble *e, const double *weights, size_t n_models, size_t width);
int ensemble_set_row_weights(struct ensemble *e, const float *weights, size_t rows, size_t n_models);
int ensemble_set_missing_policy(struct ensemble *e, int32_t policy, double quorum);
int ensemble_set_class_map(struct ensemble *e, size_t model, const int32_t *map, size_t n);
int ensemble_get_weights(const struct ensemble *e, double *weights, size_t n_models);
struct ensemble_output {
    const void *data;
    size_t rows;
    size_t row_stride;
    int32_t dtype;
    int32_t reserved;
};
struct ensemble_report {
    uint32_t struct_size;
    uint32_t reserved;
    size_t rows;
    size_t width;
    size_t models;
    int32_t *label;
    double *confidence;
    double *margin;
    uint8_t *tied;
    double *entropy;
    double *mean_entropy;
    double *mutual_information;
    double *vote_disagreement;
    double *variation_ratio;
    double *conflict;
    double *weight_present;
    int32_t *models_present;
    int32_t *row_fault;
    uint8_t *settled;
    double *variance;
    double *contribution;
    double *influence;
    uint8_t *flips;
    size_t top;
    int32_t *top_labels;
    double *top_values;
};
struct ensemble_call {
    uint32_t struct_size;
    uint32_t output_size;
    const struct ensemble_output *outputs;
    size_t n_outputs;
    size_t row_begin;
    size_t row_count;
    void *result;
    size_t result_count;
    size_t result_stride;
    void *workspace;
    size_t workspace_size;
    int32_t dtype;
    int32_t reserved;
    const float *row_weights;
    size_t row_weights_count;
    const struct ensemble_report *report;
};
int ensemble_run(const struct ensemble *e, const struct ensemble_call *call);
int ensemble_set_parallel(struct ensemble *e,
                          void (*parallel_for)(void *user, size_t n, void (*task)(void *context, size_t index),
                                               void *context),
                          void *user);
int ensemble_measure(const struct ensemble *e, int32_t what, void *out, int32_t dtype, size_t count);
int ensemble_top_k(const struct ensemble *e, size_t k, int32_t *labels, double *values);
int ensemble_settled(const struct ensemble *e, uint8_t *settled);
int ensemble_similarity(const struct ensemble *e, int32_t measure, double *matrix);
struct ensemble_fit_options {
    uint32_t struct_size;
    int32_t how;
    int32_t objective;
    int32_t constraint;
    int32_t calibrate;
    uint32_t folds;
    uint32_t bags;
    uint32_t reserved;
    uint64_t seed;
    double ridge;
    double temperature;
    double budget;
    const double *cost;
    size_t n_costs;
    size_t max_models;
    size_t rounds;
    double (*metric)(const double *values, const size_t *row, size_t rows, size_t width, void *user);
    void *user;
};
struct ensemble_fit_report {
    uint32_t struct_size;
    int32_t exact;
    int32_t best_model;
    int32_t iterations;
    double uniform;
    double best_single;
    double objective;
    double held_out;
    double gap;
    double temperature;
    double log_loss;
    size_t rows_used;
    size_t models_used;
    size_t models;
    double *weights;
    double *single;
    double *temperatures;
    size_t rounds;
    double *trajectory;
};
int ensemble_fit(struct ensemble *e, const void *targets, int32_t dtype, size_t count,
                 const struct ensemble_fit_options *options, struct ensemble_fit_report *report);
int ensemble_score(struct ensemble *e, int32_t score, const void *targets, int32_t dtype, size_t count,
                   double *value);
int ensemble_update(struct ensemble *e, const void *targets, int32_t dtype, size_t count, int32_t score, double rate,
                    double share);
int ensemble_set_model_name(struct ensemble *e, size_t model, const char *name);
const char *ensemble_get_model_name(const struct ensemble *e, size_t model);
int ensemble_find_model(const struct ensemble *e, const char *name);
size_t ensemble_get_width(const struct ensemble *e);
size_t ensemble_get_models(const struct ensemble *e);
int32_t ensemble_get_method(const struct ensemble *e);
int ensemble_save(const struct ensemble *e, char *text, size_t size);
int ensemble_load(struct ensemble **out, const char *text, size_t size, const struct ensemble_options *options);
int ensemble_check(const struct ensemble *e, char *message, size_t size);
size_t ensemble_workspace_size(const struct ensemble *e);
const char *ensemble_strerror(int code);
uint32_t ensemble_version(void);
const char *ensemble_isa(const struct ensemble *e);
#ifdef __cplusplus
}
#endif
#endif
