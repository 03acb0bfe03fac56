/* SPDX-License-Identifier: MIT */
#include "rank/overlap.h"

#include "base/dtype.h"
#include "base/size.h"

static int meet(const struct ens_written *written, const void *start, size_t bytes)
{
    const uintptr_t a = (uintptr_t)written->start;
    const uintptr_t b = (uintptr_t)start;

    return written->bytes != 0 && bytes != 0 && (a < b ? b - a < written->bytes : a - b < bytes);
}

static int meets_input(const struct ens_written *written, const struct ens_rankings *rankings)
{
    return meet(written, rankings->ids, rankings->total * sizeof *rankings->ids) ||
           meet(written, rankings->lengths, rankings->n * sizeof *rankings->lengths) ||
           (rankings->weights != NULL && meet(written, rankings->weights, rankings->n * sizeof *rankings->weights)) ||
           (rankings->scores != NULL &&
            meet(written, rankings->scores, rankings->total * ens_dtype_size(rankings->dtype)));
}

int ens_rank_overlap(const struct ens_rankings *rankings, const struct ens_written *written, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        if (ens_size_wraps(written[j].start, written[j].bytes))
            return ENSEMBLE_EOVERFLOW;
        for (size_t other = 0; other < j; other++)
            if (meet(&written[j], written[other].start, written[other].bytes))
                return ENSEMBLE_EOVERLAP;
        if (meets_input(&written[j], rankings))
            return ENSEMBLE_EOVERLAP;
    }
    return 0;
}
