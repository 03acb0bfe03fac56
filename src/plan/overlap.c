/* SPDX-License-Identifier: MIT */
#include "plan/overlap.h"

#include "base/compiler.h"
#include "base/dtype.h"
#include "base/size.h"
#include "plan/blend.h"

#include <stdint.h>

/* A matrix in memory as far as a call touches it; sizes and distances in bytes. With one row the stride is the row. */
struct area {
    uintptr_t start;
    size_t size;   /* from its start to the end of its last row */
    size_t row;    /* of one row */
    size_t stride; /* from row to row */
};

/* Of as many rows each. */
static int overlap(const struct area *a, const struct area *b)
{
    uintptr_t apart;

    if (a->size == 0 || a->start >= b->start + b->size || b->start >= a->start + a->size)
        return 0;
    if (a->stride != b->stride)
        return 1;
    /* With one distance between rows, one matrix may lie in the gaps of the other. */
    apart = (a->start > b->start ? a->start - b->start : b->start - a->start) % a->stride;
    return a->start > b->start ? !(apart >= b->row && a->stride - apart >= a->row)
                               : !(apart >= a->row && a->stride - apart >= b->row);
}

/* As many rows as the call has, from `start` on. The stride of a single row is any number, and may have wrapped. */
static struct area area_of(const struct ens_walk *walk, uintptr_t start, size_t row, size_t stride)
{
    if (walk->row_count <= 1)
        return (struct area){start, walk->row_count * row, row, row};
    return (struct area){start, (walk->row_count - 1) * stride + row, row, stride};
}

/* The rows of one model's output that the call reads. */
static struct area area_of_output(const struct ens_walk *walk, size_t model)
{
    const struct ensemble_output output = ens_input(walk->inputs, model);
    const unsigned shift = ens_dtype_shift(output.dtype);
    const size_t length = ens_row_length(walk->e, model, output.dtype);
    const size_t stride = ens_stride(&output, length) << shift;

    return area_of(walk, (uintptr_t)output.data + walk->row_begin * stride, length << shift, stride);
}

/* All of the row weights, whichever of them the call reads. */
static struct area area_of_row_weights(const struct ens_walk *walk, const float *weights)
{
    const size_t bytes = walk->inputs->summary->rows * walk->e->n_models * sizeof *weights;

    return (struct area){(uintptr_t)weights, bytes, bytes, bytes};
}

static int meet(const struct area *a, const struct area *b)
{
    return a->size > 0 && b->size > 0 && a->start < b->start + b->size && b->start < a->start + a->size;
}

static struct area area_of_result(const struct ens_walk *walk)
{
    const unsigned shift = ens_dtype_shift(walk->dtype);

    return area_of(walk, (uintptr_t)walk->result, walk->e->width << shift, walk->result_stride << shift);
}

static ENS_COLD int check_overlap(struct ens_walk *walk, const float *row_weights)
{
    const struct ensemble *e = walk->e;
    const struct area result = area_of_result(walk);

    if (row_weights != NULL) {
        const struct area area = area_of_row_weights(walk, row_weights);

        if (meet(&result, &area))
            return ENSEMBLE_EOVERLAP;
    }
    for (size_t k = 0; k < e->plan.n; k++) {
        const size_t model = e->plan.model[k];
        const struct ensemble_output output = ens_input(walk->inputs, model);
        const struct area area = area_of_output(walk, model);

        if (output.data == NULL || !overlap(&result, &area))
            continue;
        if (result.start != area.start || walk->dtype != output.dtype || result.stride != area.stride ||
            !ens_blend_in_place(e, model))
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
        if ((uintptr_t)ens_input(walk->inputs, plan->model[k]).data - base < result_bytes + reach)
            return 0;
    return 1;
}

int ens_overlap_check(struct ens_walk *walk, const float *row_weights, size_t result_bytes)
{
    walk->in_place = 0;
    if (ENS_LIKELY(row_weights == NULL && is_far(walk, result_bytes)))
        return 0;
    return check_overlap(walk, row_weights);
}

int ens_overlap_check_array(const struct ens_walk *walk, const float *row_weights, const void *array, size_t bytes)
{
    const struct area here = {(uintptr_t)array, bytes, bytes, bytes};
    struct area other = area_of_result(walk);

    if (ens_size_wraps(array, bytes))
        return ENSEMBLE_EOVERFLOW;
    if (walk->result != NULL && meet(&here, &other))
        return ENSEMBLE_EOVERLAP;
    if (row_weights != NULL) {
        other = area_of_row_weights(walk, row_weights);
        if (meet(&here, &other))
            return ENSEMBLE_EOVERLAP;
    }
    for (size_t k = 0; k < walk->e->plan.n; k++) {
        other = area_of_output(walk, walk->e->plan.model[k]);
        if (ens_input(walk->inputs, walk->e->plan.model[k]).data != NULL && meet(&here, &other))
            return ENSEMBLE_EOVERLAP;
    }
    return 0;
}
