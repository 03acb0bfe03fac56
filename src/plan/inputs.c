/* SPDX-License-Identifier: MIT */
#include "plan/inputs.h"

#include "base/compiler.h"
#include "base/dtype.h"
#include "base/size.h"

int ens_output_check(const struct ensemble_output *output, size_t width, size_t *bytes)
{
    const size_t stride = ens_stride(output, width);

    if (!ens_dtype_known(output->dtype))
        return ENSEMBLE_EDTYPE;
    if (stride < width)
        return ENSEMBLE_ESTRIDE;
    if (ens_size_of_matrix(output->rows, width, stride, ens_dtype_shift(output->dtype), bytes) ||
        ens_size_wraps(output->data, *bytes))
        return ENSEMBLE_EOVERFLOW;
    return 0;
}

int ens_inputs_check(const struct ensemble *e, struct ens_inputs *inputs, struct ens_fault *fault)
{
    const size_t first = e->plan.n > 0 ? e->plan.model[0] : 0;

    if (ENS_UNLIKELY(e->plan.fault))
        return e->plan.fault;
    inputs->rows = ens_input(inputs, first)->rows;
    inputs->any_f64 = 0;
    inputs->contiguous = 1;
    inputs->low = UINTPTR_MAX;
    inputs->high = 0;
    for (size_t k = 0; k < e->plan.n; k++) {
        const struct ensemble_output *output = ens_input(inputs, e->plan.model[k]);
        const uintptr_t start = (uintptr_t)output->data;
        size_t bytes;
        int code = ens_output_check(output, e->width, &bytes);

        if (code == 0 && output->rows != inputs->rows)
            code = ENSEMBLE_EROWS;
        if (code == 0 && output->data == NULL && output->rows > 0)
            code = ENSEMBLE_EMISSING;
        if (ENS_UNLIKELY(code)) {
            fault->model = e->plan.model[k];
            fault->other = first;
            return code;
        }
        inputs->any_f64 |= output->dtype == ENSEMBLE_F64;
        inputs->contiguous &= ens_stride(output, e->width) == e->width;
        inputs->low = start < inputs->low ? start : inputs->low;
        inputs->high = start + bytes > inputs->high ? start + bytes : inputs->high;
    }
    return 0;
}
