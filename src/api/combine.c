/* SPDX-License-Identifier: MIT */
/* The ways to ask for a result; all are one call of ens_run(). */
#include "api/struct.h"
#include "base/compiler.h"
#include "base/size.h"
#include "plan/quick.h"
#include "plan/run.h"

static ENS_APART int combine(const struct ensemble *e, void *result, int32_t dtype, size_t count)
{
    const struct ensemble_call call = {
        .struct_size = sizeof call,
        .result = result,
        .result_count = count,
        .dtype = dtype,
    };

    return ens_run(e, &call, NULL, NULL, ENS_RUN_EXACT);
}

int ensemble_combine(const struct ensemble *e, void *result, int32_t dtype, size_t count)
{
    if (e == NULL)
        return ENSEMBLE_ENULL;
    if (count == e->quick.count && ens_quick_combine(e, result, dtype, count))
        return 0;
    return combine(e, result, dtype, count);
}

/* The outputs given with a call, as structs: as many as there are models, and no field set that is unknown here. */
static int check_outputs(const struct ensemble *e, const struct ensemble_call *call)
{
    const unsigned char *outputs = (const unsigned char *)call->outputs;

    if (call->output_size < sizeof *call->outputs || call->output_size % _Alignof(struct ensemble_output) != 0)
        return ENSEMBLE_ESTRUCT;
    if (call->n_outputs != e->n_models)
        return ENSEMBLE_ECOUNT;
    for (size_t i = 0; i < call->n_outputs; i++, outputs += call->output_size) {
        const struct ensemble_output *output = (const struct ensemble_output *)(const void *)outputs;

        if (output->reserved != 0 || !ens_tail_is_zero(outputs, sizeof *output, call->output_size))
            return ENSEMBLE_E2BIG;
    }
    return 0;
}

/* The size of a call in release 0.1, which had no row weights. */
#define FIRST_CALL_SIZE offsetof(struct ensemble_call, row_weights)

/* With a report, whose struct may be larger than this library's. */
static ENS_COLD ENS_APART int run_with_report(const struct ensemble *e, const struct ensemble_call *call,
                                              const struct ens_array *outputs)
{
    int code = ens_struct_check(sizeof *call->report, sizeof *call->report, call->report);

    if (code == 0 && call->report->reserved != 0)
        code = ENSEMBLE_E2BIG;
    return code ? code : ens_run(e, call, outputs, call->report, 0);
}

static int run(const struct ensemble *e, const struct ensemble_call *call, const struct ens_array *outputs)
{
    return ENS_UNLIKELY(call->report != NULL) ? run_with_report(e, call, outputs) : ens_run(e, call, outputs, NULL, 0);
}

/* What is not of the kind that is quick, or is of another size, or wrong. */
static ENS_APART int run_any(const struct ensemble *e, const struct ensemble_call *call)
{
    struct ensemble_call copy;
    struct ens_array outputs;
    int code;

    if (call->struct_size != sizeof copy) {
        code = ens_struct_read(&copy, sizeof copy, FIRST_CALL_SIZE, call);
        if (code)
            return code;
        call = &copy;
    }
    if (call->reserved != 0)
        return ENSEMBLE_E2BIG;
    if (call->outputs == NULL)
        return call->n_outputs == 0 ? run(e, call, NULL) : ENSEMBLE_ENULL;
    code = check_outputs(e, call);
    if (code)
        return code;
    outputs = (struct ens_array){(const unsigned char *)call->outputs, call->output_size, 0};
    return run(e, call, &outputs);
}

int ensemble_run(const struct ensemble *e, const struct ensemble_call *call)
{
    if (e == NULL || call == NULL)
        return ENSEMBLE_ENULL;
    if (call->struct_size == sizeof *call && call->reserved == 0 && call->outputs != NULL && call->report == NULL &&
        ens_quick_run(e, call))
        return 0;
    return run_any(e, call);
}

/*
 * From strides of elements to the bytes from model to model, and a row stride that is not 0. 0, or an error code where
 * the last model's output does not begin within what one array can be.
 */
static inline int lay_out(const struct ensemble *e, struct ensemble_output *output, size_t model_stride, size_t *step)
{
    size_t last;

    if (!ens_dtype_of_output(output->dtype))
        return ENSEMBLE_EDTYPE;
    if (output->row_stride == 0)
        output->row_stride = output->dtype == ENSEMBLE_I32 ? 1 : e->width;
    if (model_stride == 0 && __builtin_mul_overflow(output->rows, output->row_stride, &model_stride))
        return ENSEMBLE_EOVERFLOW;
    *step = 0;
    if (output->data == NULL || e->n_models <= 1)
        return 0;
    if (__builtin_mul_overflow(model_stride, ens_dtype_size(output->dtype), step) ||
        __builtin_mul_overflow(*step, e->n_models - 1, &last) || last > PTRDIFF_MAX ||
        ens_size_wraps(output->data, last))
        return ENSEMBLE_EOVERFLOW;
    return 0;
}

/* A flat call that is not quick; of `rest`, the result and the workspace are used. */
static ENS_APART int run_one_array(const struct ensemble *e, const struct ensemble_output *output, size_t step,
                                   const struct ensemble_call *rest)
{
    const struct ens_array array = {(const unsigned char *)output, 0, step};

    return ens_run(e, rest, &array, NULL, 0);
}

int ensemble_run_flat(const struct ensemble *e, const void *outputs, int32_t dtype, size_t rows, size_t row_stride,
                      size_t model_stride, void *result, int32_t result_dtype, size_t result_count,
                      size_t result_stride, void *workspace, size_t workspace_size)
{
    struct ensemble_output output = {.data = outputs, .rows = rows, .row_stride = row_stride, .dtype = dtype};
    size_t step;
    int code;

    if (e == NULL)
        return ENSEMBLE_ENULL;
    code = lay_out(e, &output, model_stride, &step);
    if (code)
        return code;
    if ((result_stride == 0 || result_stride == e->width) &&
        ens_quick_flat(e, &output, step, result, result_dtype, result_count))
        return 0;
    return run_one_array(e, &output, step,
                         &(struct ensemble_call){.struct_size = sizeof(struct ensemble_call),
                                                 .result = result,
                                                 .result_count = result_count,
                                                 .result_stride = result_stride,
                                                 .workspace = workspace,
                                                 .workspace_size = workspace_size,
                                                 .dtype = result_dtype});
}
