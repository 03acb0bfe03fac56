/* SPDX-License-Identifier: MIT */
/* include/ensemble.h of release 0.2, without comments and empty lines. It never changes. */
#ifndef ENSEMBLE_H
#define ENSEMBLE_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
#define ENSEMBLE_VERSION_MAJOR 0
#define ENSEMBLE_VERSION_MINOR 2
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
    ENSEMBLE_RESULT_SOFTMAX = 3
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
    ENSEMBLE_EMAP = -25
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
};
int ensemble_run(const struct ensemble *e, const struct ensemble_call *call);
int ensemble_check(const struct ensemble *e, char *message, size_t size);
size_t ensemble_workspace_size(const struct ensemble *e);
const char *ensemble_strerror(int code);
uint32_t ensemble_version(void);
const char *ensemble_isa(const struct ensemble *e);
#ifdef __cplusplus
}
#endif
#endif
