/* SPDX-License-Identifier: MIT */
#include "plan/run.h"

#include "base/compiler.h"
#include "base/dtype.h"
#include "base/size.h"
#include "plan/walk.h"

/* A matrix in memory as far as a call touches it; sizes and distances in bytes. With one row the stride is the row. */
struct area {
    uintptr_t start;
    size_t size;   /* from its start to the end of its last row */
    size_t row;    /* of one row */
    size_t stride; /* from row to row */
};

static int overlap(const struct area *a, const struct area *b)
{
    uintptr_t apart;

    if (a->size == 0 || b->size == 0 || a->start >= b->start + b->size || b->start >= a->start + a->size)
        return 0;
    if (a->stride != b->stride)
        return 1;
    /* With one distance between rows, one matrix may lie in the gaps of the other. */
    apart = (a->start > b->start ? a->start - b->start : b->start - a->start) % a->stride;
    return a->start > b->start ? !(apart >= b->row && a->stride - apart >= a->row)
                               : !(apart >= a->row && a->stride - apart >= b->row);
}

/* As many rows as the call has, from `start` on. The stride of a single row is any number, and may have wrapped. */
static struct area area_of(const struct ens_walk *walk, uintptr_t start, size_t stride, unsigned shift)
{
    const size_t row = walk->e->width << shift;

    if (walk->row_count <= 1)
        return (struct area){start, walk->row_count * row, row, row};
    return (struct area){start, (walk->row_count - 1) * stride + row, row, stride};
}

/* The rows of one output that the call reads. */
static struct area area_of_output(const struct ens_walk *walk, const struct ensemble_output *output)
{
    const unsigned shift = ens_dtype_shift(output->dtype);
    const size_t stride = ens_stride(output, walk->e->width) << shift;

    return area_of(walk, (uintptr_t)output->data + walk->row_begin * stride, stride, shift);
}

/* May the result be written while the models are read? Sets walk->in_place where it is one of them. */
static ENS_COLD int check_overlap(struct ens_walk *walk)
{
    const struct ensemble *e = walk->e;
    const unsigned shift = ens_dtype_shift(walk->dtype);
    const struct area result = area_of(walk, (uintptr_t)walk->result, walk->result_stride << shift, shift);

    for (size_t k = 0; k < e->plan.n; k++) {
        const struct ensemble_output *output = ens_input(walk->inputs, e->plan.model[k]);
        const struct area area = area_of_output(walk, output);

        if (!overlap(&result, &area))
            continue;
        if (result.start != area.start || walk->dtype != output->dtype || result.stride != area.stride)
            return ENSEMBLE_EOVERLAP;
        walk->in_place = 1;
    }
    return 0;
}

/*
 * Nearly always the result is nowhere near an output. Where no output has gaps, all have one size, or at most that of
 * the largest type, and one comparison each shows it.
 */
static int is_far(const struct ens_walk *walk, size_t result_bytes)
{
    const struct ens_summary *summary = walk->inputs->summary;
    const struct ens_plan *plan = &walk->e->plan;
    const size_t elements = summary->rows * walk->e->width; /* fits, unless there are gaps */
    const uintptr_t reach = elements << ens_dtype_shift(summary->other_dtypes > 0 ? ENSEMBLE_F64 : summary->dtype);
    const uintptr_t base = (uintptr_t)walk->result - reach;

    if (summary->gaps > 0 || elements > SIZE_MAX / 32)
        return 0;
    for (size_t k = 0; k < plan->n; k++)
        if ((uintptr_t)ens_input(walk->inputs, plan->model[k])->data - base < result_bytes + reach)
            return 0;
    return 1;
}

/* The rows of the call, and a result that has room for exactly these. `*bytes`: of the result, gaps included. */
static int check_result(struct ens_walk *walk, const struct ensemble_call *call, int exact, size_t *bytes)
{
    const size_t rows = walk->inputs->summary->rows;
    const size_t width = walk->e->width;
    size_t elements;

    if (!ens_dtype_known(call->dtype))
        return ENSEMBLE_EDTYPE;
    if (call->row_begin > rows || call->row_count > rows - call->row_begin)
        return ENSEMBLE_ERANGE;
    walk->row_begin = call->row_begin;
    walk->row_count = call->row_count > 0 ? call->row_count : rows - call->row_begin;
    walk->result_stride = call->result_stride > 0 ? call->result_stride : width;
    walk->result = call->result;
    walk->dtype = call->dtype;
    if (walk->result_stride < width)
        return ENSEMBLE_ESTRIDE;
    if (ens_size_of_matrix(walk->row_count, width, walk->result_stride, ens_dtype_shift(call->dtype), bytes))
        return ENSEMBLE_EOVERFLOW;
    elements = *bytes >> ens_dtype_shift(call->dtype);
    if (exact ? call->result_count != elements : call->result_count < elements)
        return ENSEMBLE_ECOUNT;
    if (call->result == NULL && elements > 0)
        return ENSEMBLE_ENULL;
    return ens_size_wraps(call->result, *bytes) ? ENSEMBLE_EOVERFLOW : 0;
}

int ens_run(const struct ensemble *e, const struct ensemble_call *call, int exact)
{
    struct ens_inputs inputs;
    struct ens_summary given;
    struct ens_fault fault;
    struct ens_walk walk;
    size_t bytes;
    int code;

    if (call->outputs == NULL)
        code = ens_inputs_take_bound(&inputs, e, &fault);
    else
        code = ens_inputs_take_given(&inputs, e, call->outputs, call->output_size, &given, &fault);
    if (ENS_UNLIKELY(code))
        return code;
    walk.e = e;
    walk.inputs = &inputs;
    code = check_result(&walk, call, exact, &bytes);
    if (ENS_UNLIKELY(code))
        return code;
    walk.in_place = 0;
    if (ENS_UNLIKELY(!is_far(&walk, bytes))) {
        code = check_overlap(&walk);
        if (code)
            return code;
    }
    ens_walk(&walk);
    return 0;
}
