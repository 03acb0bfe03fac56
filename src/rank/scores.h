/* SPDX-License-Identifier: MIT */
/* The scores of one list, and what they are normalised by. */
#ifndef ENS_RANK_SCORES_H
#define ENS_RANK_SCORES_H

#include "base/finite.h"
#include "base/half.h"
#include "rank/fuse.h"

/* The places of one list among those of all. */
struct ens_list {
    size_t begin;
    size_t end;
    double weight; /* 0: it does not take part */
};

/* List i, which begins at `begin`. */
static inline struct ens_list ens_list(const struct ens_rankings *rankings, size_t i, size_t begin)
{
    return (struct ens_list){begin, begin + rankings->lengths[i], rankings->weights == NULL ? 1 : rankings->weights[i]};
}

/* The score at a place, as given. */
static inline double ens_score(const struct ens_rankings *rankings, size_t place)
{
    const unsigned char *scores = rankings->scores;
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
static inline int ens_score_counts(const struct ens_rankings *rankings, size_t place)
{
    return rankings->scores == NULL || ens_is_finite(ens_score(rankings, place));
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

/* Of a list; `seats` are those of all ids, and places with ENS_NO_ENTRY (rank/index.h) do not count. */
struct ens_norm ens_norm_find(const struct ens_rankings *rankings, const struct ens_list *list, const uint32_t *seats);

#endif
