/* SPDX-License-Identifier: MIT */
#include "rank/scores.h"

#include "rank/index.h"

/* Over the places that count. */
struct extent {
    double least;
    double most;
    double count;
};

static struct extent extent_of(const struct ens_rankings *rankings, const struct ens_list *list, const uint32_t *seats)
{
    struct extent extent = {0, 0, 0};

    for (size_t place = list->begin; place < list->end; place++) {
        const double score = seats[place] == ENS_NO_ENTRY ? 0 : ens_score(rankings, place);

        if (seats[place] == ENS_NO_ENTRY)
            continue;
        if (extent.count == 0 || score < extent.least)
            extent.least = score;
        if (extent.count == 0 || score > extent.most)
            extent.most = score;
        extent.count++;
    }
    return extent;
}

/*
 * A power of two by which the scores become such that neither their squares nor their sums leave double's range. By two
 * steps for large ones: what they make subnormal is at most 2^-1199 of the largest score, so that its quotient is 0.
 */
static double unit_of(const struct extent *extent)
{
    const double largest = -extent->least > extent->most ? -extent->least : extent->most;

    return largest > 0x1p741 ? 0x1p-564 : largest > 0x1p460 ? 0x1p-282 : largest < 0x1p-400 ? 0x1p700 : 1;
}

/* The sum of (unit x score - shift), or of its squares. */
static double sum_of(const struct ens_rankings *rankings, const struct ens_list *list, const uint32_t *seats,
                     double unit, double shift, int squares)
{
    double sum = 0;

    for (size_t place = list->begin; place < list->end; place++) {
        if (seats[place] != ENS_NO_ENTRY) {
            const double apart = unit * ens_score(rankings, place) - shift;

            sum += squares ? apart * apart : apart;
        }
    }
    return sum;
}

struct ens_norm ens_norm_find(const struct ens_rankings *rankings, const struct ens_list *list, const uint32_t *seats)
{
    struct ens_norm norm = {1, 0, 1, 0};
    struct extent extent;

    if (rankings->normaliser == ENSEMBLE_NORM_NONE)
        return norm;
    extent = extent_of(rankings, list, seats);
    if (extent.count == 0) /* programs may have division by zero trapped */
        return norm;
    if (rankings->normaliser == ENSEMBLE_NORM_MAX) {
        norm.scale = extent.most > 0 ? extent.most : 0;
        return norm;
    }
    norm.unit = unit_of(&extent);
    norm.shift = norm.unit * extent.least;
    switch (rankings->normaliser) {
    case ENSEMBLE_NORM_MIN_MAX:
        norm.scale = norm.unit * extent.most - norm.shift;
        norm.all = 1;
        break;
    case ENSEMBLE_NORM_SUM:
        norm.scale = sum_of(rankings, list, seats, norm.unit, norm.shift, 0);
        norm.all = 1 / extent.count;
        break;
    default: /* ENSEMBLE_NORM_Z: what is above the least is 0 where all are equal, and the mean by it more exact */
        norm.shift += sum_of(rankings, list, seats, norm.unit, norm.shift, 0) / extent.count;
        norm.scale = __builtin_sqrt(sum_of(rankings, list, seats, norm.unit, norm.shift, 1) / extent.count);
        break;
    }
    return norm;
}
