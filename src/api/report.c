/* SPDX-License-Identifier: MIT */
/* Parts of a report by flat calls, and how alike the models are. */
#include "plan/report.h"
#include "plan/run.h"
#include "plan/similar.h"

#include <string.h>

/* A field as a place in the struct. */
struct field {
    size_t offset;
    size_t size; /* bytes of an element */
    enum ens_report_shape shape;
};

#define FIELD(name, field, shape)                                                                                    \
    [ENSEMBLE_MEASURE_##name] = {offsetof(struct ensemble_report, field),                                            \
                                 sizeof *((struct ensemble_report *)0)->field, ENS_PER_##shape},
static const struct field fields[] = {ENS_REPORT_LIST(FIELD)};
#undef FIELD

/* The first `count` bytes become as many int32_t, from the last one on: each is read before its place is used. */
static void spread_bytes(unsigned char *out, size_t count)
{
    for (size_t i = count; i-- > 0;) {
        const int32_t value = out[i];

        memcpy(out + i * sizeof value, &value, sizeof value);
    }
}

/* What is not in rows of its own is for all of them, and nothing but the report is written. */
static int report_on(const struct ensemble *e, const struct ensemble_report *report, int how)
{
    static const struct ensemble_call call = {.struct_size = sizeof call}; /* static: the stack is scarce below */

    return ens_run(e, &call, NULL, report, how);
}

/* The rows of the outputs that are bound, if they fit together. */
static int find_rows(const struct ensemble *e, int partial, size_t *rows)
{
    struct ens_inputs inputs;
    struct ens_fault fault;
    const int code = ens_inputs_take_bound(&inputs, e, partial, &fault);

    *rows = code ? 0 : inputs.summary->rows;
    return code;
}

int ensemble_measure(const struct ensemble *e, int32_t what, void *out, int32_t dtype, size_t count)
{
    struct ensemble_report report = {.struct_size = sizeof report};
    size_t elements;
    int code;

    if (e == NULL)
        return ENSEMBLE_ENULL;
    if (what < ENSEMBLE_MEASURE_LABEL || what > ENSEMBLE_MEASURE_FLIPS)
        return ENSEMBLE_EPARAMETER;
    if (dtype != (fields[what].size == sizeof(double) ? ENSEMBLE_F64 : ENSEMBLE_I32))
        return ENSEMBLE_EDTYPE;
    code = find_rows(e, 0, &report.rows);
    if (code)
        return code;
    if (__builtin_mul_overflow(report.rows, ens_report_elements(e, fields[what].shape), &elements) ||
        elements > (size_t)PTRDIFF_MAX / sizeof(double))
        return ENSEMBLE_EOVERFLOW;
    if (count != elements)
        return ENSEMBLE_ECOUNT;
    if (out == NULL && count > 0)
        return ENSEMBLE_ENULL;
    if (out == NULL)
        out = &elements; /* nothing is written, but it is asked for */
    report.width = e->width;
    report.models = e->n_models;
    memcpy((unsigned char *)&report + fields[what].offset, &out, sizeof out);
    code = report_on(e, &report, 0);
    if (code == 0 && fields[what].size == 1)
        spread_bytes(out, count);
    return code;
}

int ensemble_top_k(const struct ensemble *e, size_t k, int32_t *labels, double *values)
{
    struct ensemble_report report = {
        .struct_size = sizeof report, .top = k, .top_labels = labels, .top_values = values};
    int code;

    if (e == NULL || labels == NULL || values == NULL)
        return ENSEMBLE_ENULL;
    if (k == 0)
        return ENSEMBLE_EPARAMETER;
    code = find_rows(e, 0, &report.rows);
    return code ? code : report_on(e, &report, 0);
}

int ensemble_settled(const struct ensemble *e, uint8_t *settled)
{
    struct ensemble_report report = {.struct_size = sizeof report, .settled = settled};
    int code;

    if (e == NULL || settled == NULL)
        return ENSEMBLE_ENULL;
    code = find_rows(e, 1, &report.rows);
    return code ? code : report_on(e, &report, ENS_RUN_PARTIAL);
}

int ensemble_similarity(const struct ensemble *e, int32_t measure, double *matrix)
{
    struct ens_inputs inputs;
    struct ens_fault fault;
    int code;

    if (e == NULL || matrix == NULL)
        return ENSEMBLE_ENULL;
    if (measure < ENSEMBLE_SIMILARITY_CORRELATION || measure > ENSEMBLE_SIMILARITY_DIFFERENCE)
        return ENSEMBLE_EPARAMETER;
    code = ens_inputs_take_bound(&inputs, e, 1, &fault);
    return code ? code : ens_similar(&inputs, e, measure, matrix);
}
