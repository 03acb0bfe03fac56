/* SPDX-License-Identifier: MIT */
/* The scores of one list, and what they are normalised by. */
#ifndef ENS_RANK_SCORES_H
#define ENS_RANK_SCORES_H

#include "base/finite.h"
#include "base/half.h"
#include "rank/fuse.h"

static inline int ens_list_takes_part(const struct ens_rankings *rankings, size_t i)
{
    return rankings->weights == NULL || rankings->weights[i] != 0;
}

/* The score at a place of list i, as given. */
static inline double ens_score(const struct ens_rankings *rankings, size_t i, size_t place)
{
    const unsigned char *scores = rankings->scores[i];
    double wide;
    float single;
    uint16_t half;

    switch (rankings->dtype) {
    case ENSEMBLE_F64:
        memcpy(&wide, scores + place * sizeof wide, sizeof wide);
        return wide;
    case ENSEMBLE_F32:
        memcpy(&single, scores + place * sizeof single, sizeof single);
        return single;
    default:
        memcpy(&half, scores + place * sizeof half, sizeof half);
        return rankings->dtype == ENSEMBLE_F16 ? ens_f32_from_f16(half) : ens_f32_from_bf16(half);
    }
}

/* Does the place count? Not, where scores are used and this one is not finite. */
static inline int ens_score_counts(const struct ens_rankings *rankings, size_t i, size_t place)
{
    return rankings->scores == NULL || ens_is_finite(ens_score(rankings, i, place));
}

/* The normalised score is (unit x score - shift) / scale; where scale is 0, `all` for each. */
struct ens_norm {
    double unit;
    double shift;
    double scale;
    double all;
};

static inline double ens_norm_of(const struct ens_norm *norm, double score)
{
    return norm->scale != 0 ? (norm->unit * score - norm->shift) / norm->scale : norm->all;
}

/* Of list i, whose places with a seat of UINT32_MAX do not count. */
struct ens_norm ens_norm_find(const struct ens_rankings *rankings, size_t i, const uint32_t *seats);

#endif
