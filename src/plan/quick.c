/* SPDX-License-Identifier: MIT */
#include "plan/quick.h"

#include "base/compiler.h"
#include "base/size.h"
#include "plan/split.h"

/* Larger results may be stored past the caches: plan/walk.c. A few nanoseconds are nothing to them. */
#define MOST_ELEMENTS ((size_t)1 << 16)

static int is_quick(const struct ensemble *e)
{
    const struct ens_summary *summary = &e->summary;
    const size_t n = e->plan.n;

    if (e->plan.fault || !e->plan.plain || n == 0 || n > ENS_WALK_MOST)
        return 0;
    if ((summary->wrong | summary->missing | summary->other_dtypes | summary->gaps) > 0)
        return 0;
    if (e->parallel.loop != NULL && ens_split_pieces(e, summary, summary->rows) >= 2)
        return 0;
    return summary->rows > 0 && summary->rows <= MOST_ELEMENTS / e->width &&
           (n * summary->rows * e->width << ens_dtype_shift(summary->dtype)) < ENS_WALK_FAR_BYTES;
}

void ens_quick_find(struct ensemble *e)
{
    e->quick = (struct ens_quick){0};
    if (!is_quick(e))
        return;
    e->quick.count = e->summary.rows * e->width;
    for (int out = 0; out < ENS_DTYPES; out++) {
        const int acc = e->summary.dtype == ENSEMBLE_F64 || out == ENS_f64 ? ENS_f64 : ENS_f32;

        e->quick.kernel[out] = e->kernels->wsum[acc][e->summary.dtype - 1][out];
    }
}

int ens_quick_combine(const struct ensemble *e, void *result, int32_t dtype, size_t count)
{
    const struct ens_plan *plan = &e->plan;
    const int in_double = (e->summary.dtype == ENSEMBLE_F64) | (dtype == ENSEMBLE_F64);
    ens_span_kernel *kernel;
    uintptr_t reach, bytes, before;
    int meets;

    if (ENS_UNLIKELY(!ens_dtype_known(dtype) || result == NULL || (kernel = e->quick.kernel[dtype - 1]) == NULL))
        return 0;
    reach = count << ens_dtype_shift(e->summary.dtype);
    bytes = count << ens_dtype_shift(dtype);
    before = (uintptr_t)result - reach;
    meets = ens_size_wraps(result, bytes);
    for (size_t k = 0; k < plan->n; k++)
        meets |= (uintptr_t)plan->data[k] - before < reach + bytes;
    if (ENS_UNLIKELY(meets))
        return 0;
    kernel(&(struct ens_span){
        .out = result,
        .in = plan->data,
        .weight = in_double ? (const void *)plan->weight64 : plan->weight32,
        .n = plan->n,
        .length = count,
    });
    return 1;
}
