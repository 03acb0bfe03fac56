/* SPDX-License-Identifier: MIT */
#include "plan/quick.h"

#include "base/compiler.h"
#include "base/size.h"
#include "plan/split.h"

/* Larger results may be stored past the caches: plan/walk.c. A few nanoseconds are nothing to them. */
#define MOST_ELEMENTS ((size_t)1 << 16)

/* Are so many rows few enough? */
static inline int is_small(const struct ensemble *e, size_t rows)
{
    return rows > 0 && rows <= MOST_ELEMENTS / e->width &&
           (e->plan.n <= ENS_GROUP_NEAR || rows * e->width < ENS_WALK_FAR / e->plan.n);
}

void ens_quick_find(struct ensemble *e)
{
    const struct ens_summary *summary = &e->summary;
    const struct ens_plan *plan = &e->plan;

    e->quick = (struct ens_quick){0};
    if (plan->fault || !plan->plain || plan->n == 0 || plan->n > ENS_WALK_MOST)
        return;
    e->quick.given = 1;
    if ((summary->wrong | summary->missing | summary->other_dtypes | summary->gaps) > 0 ||
        !is_small(e, summary->rows) ||
        (e->parallel.loop != NULL && ens_split_pieces(e, summary->dtype, summary->rows, 1, 1) >= 2))
        return;
    e->quick.count = summary->rows * e->width;
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

    ens_walk_span(kernel, &span, ens_dtype_shift(in_dtype), ens_dtype_shift(dtype));
}

/* Is `bytes` bytes at `result` no place for a result, or does it meet one of the outputs, of `reach` bytes each? */
static inline int meets(const void *const *in, size_t n, uintptr_t reach, const void *result, uintptr_t bytes)
{
    const uintptr_t before = (uintptr_t)result - reach;
    int any = result == NULL || ens_size_wraps(result, bytes);

    for (size_t k = 0; k < n; k++)
        any |= (uintptr_t)in[k] - before < reach + bytes;
    return any;
}

/* Does what begins at an address that is not 0, of so many bytes, end before another one? */
static inline int is_before(uintptr_t at, uintptr_t bytes, uintptr_t other)
{
    return at > 0 && at < other && other - at >= bytes;
}

int ens_quick_combine(const struct ensemble *e, void *result, int32_t dtype, size_t count)
{
    const uintptr_t at = (uintptr_t)result;
    ens_span_kernel *kernel;
    uintptr_t reach, bytes;

    if (ENS_UNLIKELY(!ens_dtype_known(dtype) || (kernel = e->quick.kernel[dtype - 1]) == NULL))
        return 0;
    reach = count << ens_dtype_shift(e->summary.dtype);
    bytes = count << ens_dtype_shift(dtype);
    if (!is_before(at, bytes, e->quick.low) &&
        !(is_before(e->quick.high, reach, at) && !ens_size_wraps(result, bytes)) &&
        meets(e->plan.data, e->plan.n, reach, result, bytes))
        return 0;
    sum(e, kernel, e->plan.data, e->summary.dtype, result, dtype, count);
    return 1;
}

/* Is there anything about an output that has to be decided? Not a branch for each question: they are all improbable. */
static inline size_t is_odd(const struct ensemble *e, const struct ensemble_output *output,
                            const struct ensemble_output *first, size_t bytes)
{
    const size_t stride = output->row_stride;

    return (output->rows ^ first->rows) | (uint32_t)(output->dtype ^ first->dtype) | (output->data == NULL) |
           (size_t)ens_size_wraps(output->data, bytes) | ((stride != 0) & (stride != e->width));
}

/*
 * Do the outputs of a call, each of so many bytes, leave nothing to decide? Then `in` is where those of the models that
 * take part begin.
 */
static inline int take_outputs(const struct ensemble *e, const struct ensemble_output *outputs, size_t bytes,
                               const void **in)
{
    const struct ens_plan *plan = &e->plan;
    const struct ensemble_output *const first = &outputs[plan->model[0]];
    size_t odd = 0;

    if (ENS_LIKELY(plan->n == e->n_models)) {
        for (size_t i = 0; i < plan->n; i++) {
            odd |= is_odd(e, &outputs[i], first, bytes) | (uint32_t)outputs[i].reserved;
            in[i] = outputs[i].data;
        }
        return odd == 0;
    }
    for (size_t i = 0; i < e->n_models; i++)
        odd |= (uint32_t)outputs[i].reserved;
    for (size_t k = 0; k < plan->n; k++) {
        odd |= is_odd(e, &outputs[plan->model[k]], first, bytes);
        in[k] = outputs[plan->model[k]].data;
    }
    return odd == 0;
}

/* Have outputs and result, of so many rows, dtypes and a size that leave nothing to decide? `lent`: there is a loop. */
static inline int are_simple(const struct ensemble *e, size_t rows, int32_t in_dtype, int32_t dtype, size_t result_count,
                             int lent)
{
    return ens_dtype_known(in_dtype) && ens_dtype_known(dtype) && is_small(e, rows) &&
           result_count >= rows * e->width && (!lent || ens_split_pieces(e, in_dtype, rows, 1, 1) < 2);
}

/* Sums outputs of so many rows that begin at `in`, into a result without gaps, if there is a kernel, and room. */
static inline int sum_rows(const struct ensemble *e, const void *const *in, size_t rows, int32_t in_dtype, void *result,
                           int32_t dtype)
{
    const int acc = in_dtype == ENSEMBLE_F64 || dtype == ENSEMBLE_F64 ? ENS_f64 : ENS_f32;
    ens_span_kernel *const kernel = e->kernels->wsum[acc][in_dtype - 1][dtype - 1];
    const size_t count = rows * e->width;

    if (kernel == NULL ||
        meets(in, e->plan.n, count << ens_dtype_shift(in_dtype), result, count << ens_dtype_shift(dtype)))
        return 0;
    sum(e, kernel, in, in_dtype, result, dtype, count);
    return 1;
}

int ens_quick_run(const struct ensemble *e, const struct ensemble_call *call)
{
    const struct ensemble_output *outputs = call->outputs;
    const int lent = (call->parallel_for != NULL) | (e->parallel.loop != NULL);
    const void *in[ENS_WALK_MOST];
    size_t rows;
    int32_t dtype;

    if (ENS_UNLIKELY(!e->quick.given || call->output_size != sizeof *outputs || call->n_outputs != e->n_models ||
                     (call->row_begin | call->row_count) != 0 || call->row_weights != NULL ||
                     call->row_weights_count != 0 || (call->result_stride != 0 && call->result_stride != e->width)))
        return 0;
    rows = outputs[e->plan.model[0]].rows;
    dtype = outputs[e->plan.model[0]].dtype;
    if (ENS_UNLIKELY(!are_simple(e, rows, dtype, call->dtype, call->result_count, lent) ||
                     !take_outputs(e, outputs, rows * e->width << ens_dtype_shift(dtype), in)))
        return 0;
    return sum_rows(e, in, rows, dtype, call->result, call->dtype);
}

int ens_quick_flat(const struct ensemble *e, const struct ensemble_output *output, size_t step, void *result,
                   int32_t dtype, size_t result_count)
{
    const struct ens_plan *plan = &e->plan;
    const int one_line = (output->rows == 1 && output->row_stride >= e->width) || output->row_stride == e->width;
    const void *in[ENS_WALK_MOST];

    if (ENS_UNLIKELY(!e->quick.given || !one_line || output->data == NULL ||
                     !are_simple(e, output->rows, output->dtype, dtype, result_count, e->parallel.loop != NULL) ||
                     ens_size_wraps((const unsigned char *)output->data + (e->n_models - 1) * step,
                                    output->rows * e->width << ens_dtype_shift(output->dtype))))
        return 0;
    for (size_t k = 0; k < plan->n; k++)
        in[k] = (const unsigned char *)output->data + plan->model[k] * step;
    return sum_rows(e, in, output->rows, output->dtype, result, dtype);
}
