/* SPDX-License-Identifier: MIT */
#include "plan/inputs.h"

#include "base/compiler.h"
#include "base/dtype.h"
#include "base/size.h"
#include "plan/plan.h"
#include "plan/quick.h"

int ens_output_check(const struct ensemble *e, const struct ens_model *model, const struct ensemble_output *output)
{
    size_t length, stride, bytes;

    if (!ens_dtype_of_output(output->dtype))
        return ENSEMBLE_EDTYPE;
    length = ens_columns(e, model, output->dtype);
    stride = output->row_stride > 0 ? output->row_stride : length;
    if (stride < length)
        return ENSEMBLE_ESTRIDE;
    if (ens_size_of_matrix(output->rows, length, stride, ens_dtype_shift(output->dtype), &bytes) ||
        ens_size_wraps(output->data, bytes))
        return ENSEMBLE_EOVERFLOW;
    return 0;
}

/* Labels are ENSEMBLE_I32 and are for votes only; nothing else is. */
static int fits(const struct ensemble *e, size_t model, const struct ensemble_output *output)
{
    const int32_t space = e->models[model].space;

    if (output->dtype != ENSEMBLE_I32)
        return space != ENSEMBLE_LABELS;
    return e->plan.recipe.form == ENS_FORM_VOTE && (space == ENSEMBLE_LABELS || space == ENSEMBLE_AS_IS);
}

static int is_missing(const struct ensemble_output *output)
{
    return output->data == NULL && output->rows > 0;
}

/* Counts an output in (by = 1) or out (by = -1, as size_t). */
static void count(struct ens_summary *summary, const struct ensemble *e, size_t model,
                  const struct ensemble_output *output, size_t by)
{
    if (output->rows != summary->rows || !fits(e, model, output))
        summary->wrong += by;
    if (is_missing(output))
        summary->missing += by;
    if (output->dtype != summary->dtype)
        summary->other_dtypes += by;
    if (output->dtype == ENSEMBLE_F64)
        summary->f64 += by;
    if (ens_stride(output, ens_row_length(e, model, output->dtype)) != e->width)
        summary->gaps += by;
}

/* The index of the model that the others are compared with. */
static size_t first_model(const struct ensemble *e)
{
    return e->plan.n > 0 ? e->plan.model[0] : 0;
}

static void sum_up(struct ens_summary *summary, const struct ens_inputs *inputs, const struct ensemble *e)
{
    const struct ensemble_output first = ens_input(inputs, first_model(e));

    *summary = (struct ens_summary){.rows = first.rows, .dtype = first.dtype};
    for (size_t k = 0; k < e->plan.n; k++) {
        const struct ensemble_output output = ens_input(inputs, e->plan.model[k]);

        count(summary, e, e->plan.model[k], &output, 1);
    }
}

struct ens_inputs ens_inputs_bound(const struct ensemble *e)
{
    return (struct ens_inputs){{(const unsigned char *)e->outputs, sizeof *e->outputs, 0}, &e->summary};
}

void ens_inputs_rebind(struct ensemble *e)
{
    const struct ens_inputs inputs = ens_inputs_bound(e);

    if (e->plan.fault == 0)
        sum_up(&e->summary, &inputs, e);
    for (size_t k = 0; k < e->plan.n; k++)
        e->plan.data[k] = e->outputs[e->plan.model[k]].data;
    ens_quick_find(e);
}

/* Which of the models that take part is this one? `n` of them: none. Their indices ascend. */
static size_t find_part(const struct ens_plan *plan, size_t n_models, size_t model)
{
    size_t low = 0, high = plan->n;

    if (plan->n == n_models)
        return model;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (plan->model[middle] < model)
            low = middle + 1;
        else
            high = middle;
    }
    return low < plan->n && plan->model[low] == model ? low : plan->n;
}

/* The same output at another address: nothing that is counted has changed. */
static int is_only_elsewhere(const struct ensemble_output *before, const struct ensemble_output *output)
{
    return output->rows == before->rows && output->row_stride == before->row_stride &&
           output->dtype == before->dtype && (output->data == NULL) == (before->data == NULL);
}

void ens_inputs_bind(struct ensemble *e, size_t model, const struct ensemble_output *output)
{
    const struct ensemble_output before = e->outputs[model];
    const size_t part = find_part(&e->plan, e->n_models, model);

    e->outputs[model] = *output;
    if (part < e->plan.n) {
        e->plan.data[part] = output->data;
        ens_quick_move(e, output->data);
    }
    if (e->plan.fault || is_only_elsewhere(&before, output))
        return;
    if (model == first_model(e) && (output->rows != before.rows || output->dtype != before.dtype)) {
        ens_inputs_rebind(e);
    } else if (part < e->plan.n) {
        count(&e->summary, e, model, &before, (size_t)-1);
        count(&e->summary, e, model, output, 1);
        ens_quick_find(e);
    }
}

/* The first model at fault, in the models' order; 0 where there is none. */
static ENS_COLD int find_fault(const struct ensemble *e, const struct ens_inputs *inputs, int partial,
                               struct ens_fault *fault)
{
    const size_t rows = ens_input(inputs, first_model(e)).rows;

    for (size_t k = 0; k < e->plan.n; k++) {
        const struct ensemble_output output = ens_input(inputs, e->plan.model[k]);
        int code = ens_output_check(e, &e->models[e->plan.model[k]], &output);

        fault->model = e->plan.model[k];
        fault->other = first_model(e);
        if (code == 0 && output.rows != rows)
            code = ENSEMBLE_EROWS;
        if (code == 0 && is_missing(&output) && !partial && !(e->policy & ENSEMBLE_LEAVE_OUT_MISSING))
            code = ENSEMBLE_EMISSING;
        if (code == 0 && !fits(e, e->plan.model[k], &output))
            code = ENSEMBLE_ESPACE;
        if (code)
            return code;
    }
    return 0;
}

int ens_inputs_take_bound(struct ens_inputs *inputs, const struct ensemble *e, int partial, struct ens_fault *fault)
{
    *inputs = ens_inputs_bound(e);
    if (ENS_UNLIKELY(e->plan.fault))
        return e->plan.fault;
    return ENS_UNLIKELY((e->summary.wrong | e->summary.missing) > 0) ? find_fault(e, inputs, partial, fault) : 0;
}

int ens_inputs_take_given(struct ens_inputs *inputs, const struct ensemble *e, const struct ens_array *given,
                          struct ens_summary *own, struct ens_fault *fault)
{
    int code = e->plan.fault;

    *inputs = (struct ens_inputs){*given, own};
    if (code == 0)
        code = find_fault(e, inputs, 0, fault);
    if (code == 0)
        sum_up(own, inputs, e);
    return code;
}
