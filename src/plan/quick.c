/* SPDX-License-Identifier: MIT */
#include "plan/quick.h"

#include "base/compiler.h"
#include "base/size.h"
#include "plan/split.h"

/* Larger results may be stored past the caches: plan/walk.c. A few nanoseconds are nothing to them. */
#define MOST_ELEMENTS ((size_t)1 << 16)

/* Are so many rows few enough? `*count` is their number of elements. No division: it takes as long as a short sum. */
static inline int is_small(const struct ensemble *e, size_t rows, size_t *count)
{
    return !__builtin_mul_overflow(rows, e->width, count) && *count > 0 && *count <= MOST_ELEMENTS &&
           (e->plan.n <= ENS_GROUP_NEAR || *count * e->plan.n < ENS_WALK_FAR);
}

void ens_quick_find(struct ensemble *e)
{
    const struct ens_summary *summary = &e->summary;
    const struct ens_plan *plan = &e->plan;
    size_t count;

    e->quick = (struct ens_quick){0};
    if (plan->fault || !plan->plain || plan->n == 0 || plan->n > ENS_WALK_MOST)
        return;
    e->quick.given = 1;
    if ((summary->wrong | summary->missing | summary->other_dtypes | summary->gaps) > 0 ||
        !is_small(e, summary->rows, &count) ||
        (e->parallel.loop != NULL && ens_split_pieces(e, summary->dtype, summary->rows, 1, 1) >= 2))
        return;
    e->quick.count = count;
    e->quick.low = UINTPTR_MAX;
    for (size_t k = 0; k < plan->n; k++)
        ens_quick_move(e, plan->data[k]);
    for (int out = 0; out < ENS_DTYPES; out++) {
        const int acc = summary->dtype == ENSEMBLE_F64 || out == ENS_f64 ? ENS_f64 : ENS_f32;

        e->quick.kernel[out] = e->kernels->wsum[acc][summary->dtype - 1][out];
    }
}

/* Sums `count` elements of models whose outputs begin at `in`. `in_dtype` and `dtype` are public ones. */
static inline void sum(const struct ensemble *e, ens_span_kernel *kernel, const void *const *in, int32_t in_dtype,
                       void *result, int32_t dtype, size_t count)
{
    const int in_double = (in_dtype == ENSEMBLE_F64) | (dtype == ENSEMBLE_F64);
    const struct ens_span span = {
        .out = result,
        .in = in,
        .weight = in_double ? (const void *)e->plan.weight64 : e->plan.weight32,
        .n = e->plan.n,
        .length = count,
    };

    ENS_ASSUME(span.n > 0);
    ens_walk_span(kernel, &span, ens_dtype_shift(in_dtype), ens_dtype_shift(dtype));
}

/* Where the outputs of a call begin: none below `low`, none above `high`. */
struct extent {
    uintptr_t low, high;
};

/* Does a result of `bytes` bytes meet one of the outputs, of `reach` bytes each? */
static ENS_APART int meets(const void *const *in, size_t n, uintptr_t reach, const void *result, uintptr_t bytes)
{
    const uintptr_t before = (uintptr_t)result - reach;
    int any = 0;

    for (size_t k = 0; k < n; k++)
        any |= (uintptr_t)in[k] - before < reach + bytes;
    return any;
}

/*
 * Is there a place for a result of `bytes` bytes at its address? Nearly always it is not even between the outputs, of
 * `reach` bytes each, of which none is NULL, and none wraps.
 */
static inline int is_free(const struct ensemble *e, const void *const *in, const struct extent *extent, uintptr_t reach,
                          const void *result, uintptr_t bytes)
{
    const uintptr_t at = (uintptr_t)result;

    if (ENS_UNLIKELY(at == 0 || ens_size_wraps(result, bytes)))
        return 0;
    return at + bytes <= extent->low || extent->high + reach <= at || !meets(in, e->plan.n, reach, result, bytes);
}

int ens_quick_combine(const struct ensemble *e, void *result, int32_t dtype, size_t count)
{
    const struct extent extent = {e->quick.low, e->quick.high};
    ens_span_kernel *kernel;

    if (ENS_UNLIKELY(!ens_dtype_known(dtype) || (kernel = e->quick.kernel[dtype - 1]) == NULL ||
                     !is_free(e, e->plan.data, &extent, count << ens_dtype_shift(e->summary.dtype), result,
                              count << ens_dtype_shift(dtype))))
        return 0;
    sum(e, kernel, e->plan.data, e->summary.dtype, result, dtype, count);
    return 1;
}

/* Are so many rows too many for one piece, where there is a loop? */
static ENS_APART int is_divided(const struct ensemble *e, int32_t dtype, size_t rows)
{
    return ens_split_pieces(e, dtype, rows, 1, 1) >= 2;
}

/*
 * Are rows and dtypes of outputs such that nothing has to be decided? `lent`: there is a loop. Then `*count` is the
 * number of elements of each output and of the result.
 */
static inline int are_simple(const struct ensemble *e, size_t rows, int32_t in_dtype, int32_t dtype, int lent,
                             size_t *count)
{
    return ens_dtype_known(in_dtype) && ens_dtype_known(dtype) && is_small(e, rows, count) &&
           (ENS_LIKELY(!lent) || !is_divided(e, in_dtype, rows));
}

/* Sums outputs of `count` elements each that begin at `in`, into a result without gaps, if there is a kernel for it. */
static ENS_INLINE int sum_all(const struct ensemble *e, const void *const *in, const struct extent *extent,
                              size_t count, int32_t in_dtype, void *result, int32_t dtype)
{
    const int acc = in_dtype == ENSEMBLE_F64 || dtype == ENSEMBLE_F64 ? ENS_f64 : ENS_f32;
    const uintptr_t reach = count << ens_dtype_shift(in_dtype);
    ens_span_kernel *const kernel = e->kernels->wsum[acc][in_dtype - 1][dtype - 1];

    if (ENS_UNLIKELY(kernel == NULL || extent->low == 0 || extent->high > UINTPTR_MAX - reach ||
                     !is_free(e, in, extent, reach, result, count << ens_dtype_shift(dtype))))
        return 0;
    sum(e, kernel, in, in_dtype, result, dtype, count);
    return 1;
}

/* Takes in where an output begins. Is anything else about it to be decided? All of that is improbable. */
static inline size_t take_output(const struct ensemble *e, const struct ensemble_output *output,
                                 const struct ensemble_output *first, const void **in, struct extent *extent)
{
    const uintptr_t at = (uintptr_t)output->data;
    const size_t stride = output->row_stride;

    *in = output->data;
    extent->low = at < extent->low ? at : extent->low;
    extent->high = at > extent->high ? at : extent->high;
    return (output->rows ^ first->rows) | (uint32_t)(output->dtype ^ first->dtype) |
           (size_t)((stride != 0) & (stride != e->width));
}

/* The same for a call, where some models take no part. */
static ENS_APART size_t take_some(const struct ensemble *e, const struct ensemble_output *outputs, const void **in,
                                  struct extent *extent)
{
    const struct ens_plan *plan = &e->plan;
    size_t odd = 0;

    for (size_t i = 0; i < e->n_models; i++)
        odd |= (uint32_t)outputs[i].reserved;
    for (size_t k = 0; k < plan->n; k++)
        odd |= take_output(e, &outputs[plan->model[k]], &outputs[plan->model[0]], &in[k], extent);
    return odd;
}

static inline size_t take_outputs(const struct ensemble *e, const struct ensemble_output *outputs, const void **in,
                                  struct extent *extent)
{
    size_t odd = 0;

    if (ENS_UNLIKELY(e->plan.n != e->n_models))
        return take_some(e, outputs, in, extent);
    for (size_t i = 0; i < e->n_models; i++)
        odd |= take_output(e, &outputs[i], outputs, &in[i], extent) | (uint32_t)outputs[i].reserved;
    return odd;
}

int ens_quick_run(const struct ensemble *e, const struct ensemble_call *call)
{
    const struct ensemble_output *outputs = call->outputs, *first;
    const int lent = (call->parallel_for != NULL) | (e->parallel.loop != NULL);
    const size_t stride = call->result_stride;
    struct extent extent = {UINTPTR_MAX, 0};
    const void *in[ENS_WALK_MOST];
    size_t count;

    if (ENS_UNLIKELY(!e->quick.given || call->output_size != sizeof *outputs || call->n_outputs != e->n_models ||
                     (call->row_begin | call->row_count | call->row_weights_count) != 0 || call->row_weights != NULL ||
                     ((stride != 0) & (stride != e->width))))
        return 0;
    first = &outputs[e->plan.model[0]];
    if (ENS_UNLIKELY(!are_simple(e, first->rows, first->dtype, call->dtype, lent, &count) ||
                     call->result_count < count || take_outputs(e, outputs, in, &extent) != 0))
        return 0;
    return sum_all(e, in, &extent, count, first->dtype, call->result, call->dtype);
}

int ens_quick_flat(const struct ensemble *e, const struct ensemble_output *output, size_t step, void *result,
                   int32_t dtype, size_t result_count)
{
    const struct ens_plan *plan = &e->plan;
    const int one_line = output->row_stride == e->width || (output->rows == 1 && output->row_stride > e->width);
    const uintptr_t at = (uintptr_t)output->data;
    const struct extent extent = {at, at + (e->n_models - 1) * step};
    const void *in[ENS_WALK_MOST];
    size_t count;

    if (ENS_UNLIKELY(!e->quick.given || !one_line || at == 0 ||
                     !are_simple(e, output->rows, output->dtype, dtype, e->parallel.loop != NULL, &count) ||
                     result_count < count))
        return 0;
    for (size_t k = 0; k < plan->n; k++)
        in[k] = (const unsigned char *)output->data + plan->model[k] * step;
    return sum_all(e, in, &extent, count, output->dtype, result, dtype);
}
