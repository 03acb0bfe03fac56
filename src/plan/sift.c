/* SPDX-License-Identifier: MIT */
/* Order statistics of any number of models, by halving the range of values (kernels/select_tmpl.h). */
#include "plan/select.h"

#include <math.h>
#include <string.h>

/* The smallest and the largest values, by which NaN is seen, too. */
static void find_range(const struct ens_selection *s)
{
    const struct ens_blend *b = s->b;
    void *const ends[] = {ens_select_part(s, ENS_SELECT_SMALLEST), ens_select_part(s, ENS_SELECT_LARGEST)};

    ens_fill(b, ends[0], s->tile->length, INFINITY);
    ens_fill(b, ends[1], s->tile->length, -INFINITY);
    for (size_t k = 0; k < b->e->plan.n; k++) {
        const void *in;

        if (!ens_select_takes(b, k))
            continue;
        in = ens_select_values(s, k);
        if (b->by_class) {
            const struct ens_share share = ens_select_share(s, k, ENS_AS_MEMBER);

            b->kernels->blend[b->acc][ENS_BLEND_min](ends[0], in, share.weights, s->tile->length);
            b->kernels->blend[b->acc][ENS_BLEND_max](ends[1], in, share.weights, s->tile->length);
            continue;
        }
        for (int end = 0; end < 2; end++) {
            const struct ens_span span = {
                .out = ends[end], .start = ends[end], .in = &in, .n = 1, .length = s->tile->length};

            b->kernels->fold[b->acc][end == 0 ? ENS_FOLD_min : ENS_FOLD_max](&span);
        }
    }
}

static void tally(const struct ens_selection *s, const struct ens_sift *sift, int as)
{
    for (size_t k = 0; k < s->b->e->plan.n; k++)
        if (ens_select_takes(s->b, k)) {
            const struct ens_share share = ens_select_share(s, k, as);

            s->b->kernels->sift_tally[s->b->acc](sift, ens_select_values(s, k), &share);
        }
}

/* The smallest value up to which the weight is ENS_SELECT_GOAL, or more than it; to the tile `result`. */
static void find(const struct ens_selection *s, int as, int beyond, int result)
{
    const struct ens_sift sift = {
        .length = s->tile->length,
        .low = ens_select_part(s, ENS_SELECT_LOW),
        .high = ens_select_part(s, ENS_SELECT_HIGH),
        .middle = ens_select_part(s, ENS_SELECT_MIDDLE),
        .tally = ens_select_part(s, ENS_SELECT_TALLY),
        .goal = ens_select_part(s, ENS_SELECT_GOAL),
        .beyond = beyond,
    };

    s->b->kernels->sift_begin[s->b->acc](&sift, ens_select_part(s, ENS_SELECT_SMALLEST),
                                         ens_select_part(s, ENS_SELECT_LARGEST));
    do
        tally(s, &sift, as);
    while (s->b->kernels->sift_halve[s->b->acc](&sift));
    memcpy(ens_select_part(s, result), ens_select_part(s, ENS_SELECT_MIDDLE), s->tile->length << s->b->shift);
}

void ens_sift_median(const struct ens_selection *s)
{
    find_range(s);
    find(s, ENS_AS_WEIGHT, 0, ENS_SELECT_FIRST);
    find(s, ENS_AS_WEIGHT, 1, ENS_SELECT_SECOND);
}

/* How many of the values are at least the order statistic `statistic`; to ENS_SELECT_TALLY. */
static void count_from(const struct ens_selection *s, int statistic)
{
    const struct ens_blend *b = s->b;
    const struct ens_sift sift = {
        .length = s->tile->length,
        .middle = ens_select_part(s, ENS_SELECT_MIDDLE),
        .tally = ens_select_part(s, ENS_SELECT_TALLY),
    };

    ens_fill(b, sift.tally, sift.length, 0);
    for (size_t k = 0; k < b->e->plan.n; k++)
        if (ens_select_takes(b, k)) {
            const struct ens_share share = ens_select_share(s, k, ENS_AS_ONE);

            memcpy(sift.middle, ens_select_values(s, k), sift.length << b->shift);
            b->kernels->sift_tally[b->acc](&sift, ens_select_part(s, statistic), &share);
        }
}

/*
 * What is kept lies between two order statistics. Of values equal to the lower one, the first few are dropped; of those
 * equal to the upper one, the first few are kept: ENS_SELECT_LOW and ENS_SELECT_HIGH count them.
 */
void ens_sift_trimmed(const struct ens_selection *s)
{
    const struct ens_blend *b = s->b;
    const size_t length = s->tile->length;
    const struct ens_trim trim = {.length = length,
                                  .low = ens_select_part(s, ENS_SELECT_FIRST),
                                  .high = ens_select_part(s, ENS_SELECT_SECOND),
                                  .skip = ens_select_part(s, ENS_SELECT_LOW),
                                  .take = ens_select_part(s, ENS_SELECT_HIGH),
                                  .sum = ens_select_part(s, ENS_SELECT_SUM),
                                  .weight = ens_select_part(s, ENS_SELECT_WEIGHT)};

    find_range(s);
    for (int end = 0; end < 2; end++) {
        for (size_t j = 0; j < length; j++) {
            const double n = ens_select_members(s, j);

            ens_put(b, ens_select_part(s, ENS_SELECT_GOAL), j,
                    end == 0 ? ens_select_dropped(s, n) + 1 : n - ens_select_dropped(s, n));
        }
        find(s, ENS_AS_ONE, 0, end == 0 ? ENS_SELECT_FIRST : ENS_SELECT_SECOND);
    }
    for (int end = 0; end < 2; end++) {
        count_from(s, end == 0 ? ENS_SELECT_FIRST : ENS_SELECT_SECOND);
        for (size_t j = 0; j < length; j++) {
            const double n = ens_select_members(s, j), dropped = ens_select_dropped(s, n);
            const double from = ens_get(b, ens_select_part(s, ENS_SELECT_TALLY), j);

            ens_put(b, ens_select_part(s, end == 0 ? ENS_SELECT_LOW : ENS_SELECT_HIGH), j,
                    end == 0 ? dropped - (n - from) : from - dropped);
        }
    }
    ens_fill(b, ens_select_part(s, ENS_SELECT_SUM), length, -0.0);
    ens_fill(b, ens_select_part(s, ENS_SELECT_WEIGHT), length, 0);
    for (size_t k = 0; k < b->e->plan.n; k++)
        if (ens_select_takes(b, k)) {
            const struct ens_share share = ens_select_share(s, k, ENS_AS_FACTOR);

            b->kernels->trim[b->acc](&trim, ens_select_values(s, k), &share);
        }
    for (size_t j = 0; j < length; j++) {
        if (b->acc == ENS_f64)
            ((double *)ens_select_part(s, ENS_SELECT_RESULT))[j] = ((double *)ens_select_part(s, ENS_SELECT_SUM))[j] /
                                                                   ((double *)ens_select_part(s, ENS_SELECT_WEIGHT))[j];
        else
            ((float *)ens_select_part(s, ENS_SELECT_RESULT))[j] =
                ((float *)ens_select_part(s, ENS_SELECT_SUM))[j] / ((float *)ens_select_part(s, ENS_SELECT_WEIGHT))[j];
    }
}
