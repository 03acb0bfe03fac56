/* SPDX-License-Identifier: MIT */
#include "rank/overlap.h"

#include "base/dtype.h"
#include "base/size.h"
#include "rank/scores.h"

static int meet(const struct ens_written *written, const void *start, size_t bytes)
{
    const uintptr_t a = (uintptr_t)written->start;
    const uintptr_t b = (uintptr_t)start;

    return written->bytes != 0 && bytes != 0 && (a < b ? b - a < written->bytes : a - b < bytes);
}

static int meets_list(const struct ens_written *written, const struct ens_rankings *rankings, size_t i)
{
    const size_t length = rankings->lengths[i];

    if (!ens_list_takes_part(rankings, i))
        return 0;
    return meet(written, rankings->ids[i], length * sizeof **rankings->ids) ||
           (rankings->scores != NULL &&
            meet(written, rankings->scores[i], length * ens_dtype_size(rankings->dtype)));
}

static int meets_anything(const struct ens_written *written, const struct ens_rankings *rankings)
{
    const size_t n = rankings->n;

    if (meet(written, rankings->ids, n * sizeof *rankings->ids) ||
        meet(written, rankings->lengths, n * sizeof *rankings->lengths) ||
        (rankings->scores != NULL && meet(written, rankings->scores, n * sizeof *rankings->scores)) ||
        (rankings->weights != NULL && meet(written, rankings->weights, n * sizeof *rankings->weights)))
        return 1;
    for (size_t i = 0; i < n; i++)
        if (meets_list(written, rankings, i))
            return 1;
    return 0;
}

int ens_rank_overlap(const struct ens_rankings *rankings, const struct ens_written *written, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        if (ens_size_wraps(written[j].start, written[j].bytes))
            return ENSEMBLE_EOVERFLOW;
        for (size_t other = 0; other < j; other++)
            if (meet(&written[j], written[other].start, written[other].bytes))
                return ENSEMBLE_EOVERLAP;
        if (meets_anything(&written[j], rankings))
            return ENSEMBLE_EOVERLAP;
    }
    return 0;
}
