/* SPDX-License-Identifier: MIT */
/*
 * What a golden program asks the library for. Linked with --wrap, each call goes through here, and at the end the
 * program prints a line for each constant ("asked: FIRST-CONSTANT-OF-ITS-ENUM NUMBER") and for each field of a struct
 * ("asked: STRUCT FIELD") that a call which succeeded had. covers.sh compares them with the headers.
 */
#include "rank/public.h"

#include <ensemble_rank.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* The enums, by their first constant. */
#define KINDS(X) X(F32) X(SUM) X(EXPONENT) X(AS_IS) X(RESULT_AS_IS) X(LEAVE_OUT_MISSING) X(ROW_SOUND) X(MEASURE_LABEL) \
    X(SIMILARITY_CORRELATION) X(SCORE_LOG_LOSS) X(FIT_CONVEX) X(SIMPLEX) X(CALIBRATE_MODELS) X(FUSE_RRF) X(NORM_MIN_MAX)

#define KIND_NAME(kind) "ENSEMBLE_" #kind,
#define KIND_NUMBER(kind) KIND_##kind,
enum { KINDS(KIND_NUMBER) KIND_COUNT };
static const char *const kinds[] = {KINDS(KIND_NAME)};

#define NUMBERS 64
#define FIELDS 200
static int asked[KIND_COUNT][NUMBERS];
static const char *fields[FIELDS];
static int n_fields;

static void print_asked(void)
{
    for (int kind = 0; kind < KIND_COUNT; kind++)
        for (int number = 0; number < NUMBERS; number++)
            if (asked[kind][number])
                printf("asked: %s %d\n", kinds[kind], number);
    for (int i = 0; i < n_fields; i++)
        printf("asked: %s\n", fields[i]);
}

/* Goes on with the code of the call. */
static int note(int code, int kind, int32_t number)
{
    static int registered;

    if (!registered++ && atexit(print_asked) != 0)
        abort();
    if (code >= 0 && number >= 0 && number < NUMBERS)
        asked[kind][number] = 1;
    return code;
}

static void note_bits(int code, int kind, int32_t bits)
{
    for (int32_t bit = 1; bit <= bits; bit *= 2)
        if (bits & bit)
            note(code, kind, bit);
}

static void note_field(int there, const char *name)
{
    for (int i = 0; i < n_fields; i++)
        if (fields[i] == name)
            return;
    if (there && n_fields < FIELDS)
        fields[n_fields++] = name;
}

#define FIELD(of, what, name) note_field((of)->name != 0, #what " " #name)

/* The linker's names: __wrap_F is called in the place of F, whose own name is then __real_F. */
#define WRAPPED(name, ...)                                                                                             \
    int __real_##name(__VA_ARGS__);                                                                                    \
    int __wrap_##name(__VA_ARGS__);

WRAPPED(ensemble_set_model_output, struct ensemble *e, size_t model, const void *output, int32_t dtype, size_t rows,
        size_t stride)
int __wrap_ensemble_set_model_output(struct ensemble *e, size_t model, const void *output, int32_t dtype, size_t rows,
                                     size_t stride)
{
    return note(__real_ensemble_set_model_output(e, model, output, dtype, rows, stride), KIND_F32, dtype);
}

WRAPPED(ensemble_set_method, struct ensemble *e, int32_t method)
int __wrap_ensemble_set_method(struct ensemble *e, int32_t method)
{
    return note(__real_ensemble_set_method(e, method), KIND_SUM, method);
}

WRAPPED(ensemble_set_parameter, struct ensemble *e, int32_t parameter, double value)
int __wrap_ensemble_set_parameter(struct ensemble *e, int32_t parameter, double value)
{
    return note(__real_ensemble_set_parameter(e, parameter, value), KIND_EXPONENT, parameter);
}

WRAPPED(ensemble_set_input, struct ensemble *e, size_t model, int32_t space, double temperature)
int __wrap_ensemble_set_input(struct ensemble *e, size_t model, int32_t space, double temperature)
{
    return note(__real_ensemble_set_input(e, model, space, temperature), KIND_AS_IS, space);
}

WRAPPED(ensemble_set_result, struct ensemble *e, int32_t form, double temperature)
int __wrap_ensemble_set_result(struct ensemble *e, int32_t form, double temperature)
{
    return note(__real_ensemble_set_result(e, form, temperature), KIND_RESULT_AS_IS, form);
}

WRAPPED(ensemble_set_missing_policy, struct ensemble *e, int32_t policy, double quorum)
int __wrap_ensemble_set_missing_policy(struct ensemble *e, int32_t policy, double quorum)
{
    const int code = __real_ensemble_set_missing_policy(e, policy, quorum);

    note_bits(code, KIND_LEAVE_OUT_MISSING, policy);
    return code;
}

static void note_report(const struct ensemble_report *r)
{
    FIELD(r, ensemble_report, label), FIELD(r, ensemble_report, confidence), FIELD(r, ensemble_report, margin);
    FIELD(r, ensemble_report, tied), FIELD(r, ensemble_report, entropy), FIELD(r, ensemble_report, mean_entropy);
    FIELD(r, ensemble_report, mutual_information), FIELD(r, ensemble_report, vote_disagreement);
    FIELD(r, ensemble_report, variation_ratio), FIELD(r, ensemble_report, conflict);
    FIELD(r, ensemble_report, weight_present), FIELD(r, ensemble_report, models_present);
    FIELD(r, ensemble_report, row_fault), FIELD(r, ensemble_report, settled), FIELD(r, ensemble_report, variance);
    FIELD(r, ensemble_report, contribution), FIELD(r, ensemble_report, influence), FIELD(r, ensemble_report, flips);
    FIELD(r, ensemble_report, top_labels), FIELD(r, ensemble_report, top_values);
}

WRAPPED(ensemble_run, const struct ensemble *e, const struct ensemble_call *call)
int __wrap_ensemble_run(const struct ensemble *e, const struct ensemble_call *call)
{
    const int code = __real_ensemble_run(e, call);
    const struct ensemble_report *report = call->report;

    note(code, KIND_F32, call->dtype);
    if (code < 0 || report == NULL)
        return code;
    note_report(report);
    for (size_t row = 0; report->row_fault != NULL && row < report->rows; row++)
        note(code, KIND_ROW_SOUND, report->row_fault[row]);
    return code;
}

WRAPPED(ensemble_measure, const struct ensemble *e, int32_t what, void *out, int32_t dtype, size_t count)
int __wrap_ensemble_measure(const struct ensemble *e, int32_t what, void *out, int32_t dtype, size_t count)
{
    return note(__real_ensemble_measure(e, what, out, dtype, count), KIND_MEASURE_LABEL, what);
}

WRAPPED(ensemble_similarity, const struct ensemble *e, int32_t measure, double *matrix)
int __wrap_ensemble_similarity(const struct ensemble *e, int32_t measure, double *matrix)
{
    return note(__real_ensemble_similarity(e, measure, matrix), KIND_SIMILARITY_CORRELATION, measure);
}

static void note_fit(int code, const struct ensemble_fit_options *o)
{
    note(code, KIND_FIT_CONVEX, o->how);
    note(code, KIND_SIMPLEX, o->constraint);
    note_bits(code, KIND_CALIBRATE_MODELS, o->calibrate);
    FIELD(o, ensemble_fit_options, objective), FIELD(o, ensemble_fit_options, folds);
    FIELD(o, ensemble_fit_options, bags), FIELD(o, ensemble_fit_options, seed), FIELD(o, ensemble_fit_options, ridge);
    FIELD(o, ensemble_fit_options, temperature), FIELD(o, ensemble_fit_options, budget);
    FIELD(o, ensemble_fit_options, cost), FIELD(o, ensemble_fit_options, max_models);
    FIELD(o, ensemble_fit_options, rounds), FIELD(o, ensemble_fit_options, metric);
}

WRAPPED(ensemble_fit, struct ensemble *e, const void *targets, int32_t dtype, size_t count,
        const struct ensemble_fit_options *options, struct ensemble_fit_report *report)
int __wrap_ensemble_fit(struct ensemble *e, const void *targets, int32_t dtype, size_t count,
                        const struct ensemble_fit_options *options, struct ensemble_fit_report *report)
{
    const int code = __real_ensemble_fit(e, targets, dtype, count, options, report);

    note(code, KIND_F32, dtype);
    if (code >= 0 && options != NULL) {
        note_fit(code, options);
        note(code, KIND_SCORE_LOG_LOSS, options->objective);
    }
    return code;
}

WRAPPED(ensemble_score, struct ensemble *e, int32_t score, const void *targets, int32_t dtype, size_t count,
        double *value)
int __wrap_ensemble_score(struct ensemble *e, int32_t score, const void *targets, int32_t dtype, size_t count,
                          double *value)
{
    return note(__real_ensemble_score(e, score, targets, dtype, count, value), KIND_SCORE_LOG_LOSS, score);
}

WRAPPED(ensemble_fuse_rankings, const uint64_t *ids, const size_t *lengths, size_t n_lists,
        const struct ensemble_fusion *fusion, uint64_t *fused, double *scores, size_t n_fused)
int __wrap_ensemble_fuse_rankings(const uint64_t *ids, const size_t *lengths, size_t n_lists,
                                  const struct ensemble_fusion *fusion, uint64_t *fused, double *scores,
                                  size_t n_fused)
{
    const int code = __real_ensemble_fuse_rankings(ids, lengths, n_lists, fusion, fused, scores, n_fused);

    note(code, KIND_FUSE_RRF, fusion->method);
    note(code, KIND_NORM_MIN_MAX, fusion->normaliser);
    FIELD(fusion, ensemble_fusion, score_dtype), FIELD(fusion, ensemble_fusion, k);
    FIELD(fusion, ensemble_fusion, weights), FIELD(fusion, ensemble_fusion, scores);
    FIELD(fusion, ensemble_fusion, contributions);
    return code;
}
