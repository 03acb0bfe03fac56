/* SPDX-License-Identifier: MIT */
#include "plan/decision.h"

#include "base/finite.h"
#include "plan/gather.h"
#include "plan/shares.h"

#include <math.h>

struct ens_decision ens_decision_begin(size_t column)
{
    return (struct ens_decision){.label = ENS_NOBODY,
                                 .best = -INFINITY,
                                 .second = -INFINITY,
                                 .before = -INFINITY,
                                 .divisor = 1,
                                 .column = column,
                                 .value = NAN};
}

int ens_is_gap(const struct ens_blend *b, size_t column)
{
    if (!b->by_class)
        return 0;
    for (size_t k = 0; k < b->e->plan.n; k++)
        if ((!b->by_row || ens_share(b, k) != 0) && ens_class_share(b, k, column) != 0)
            return 0;
    return 1;
}

static int has_nan(const struct ens_blend *b, const struct ens_tile *tile, const void *values)
{
    for (size_t j = 0; j < tile->length; j++)
        if (ens_is_nan(ens_get(b, values, j)) && !ens_is_gap(b, tile->column + j))
            return 1;
    return 0;
}

void ens_decide(const struct ens_blend *b, const struct ens_tile *tile, const void *values)
{
    struct ens_decision *d = b->decision;
    struct ens_lead lead;
    double before = -INFINITY;
    size_t at;

    if (d->label != ENS_NOBODY && tile->length > ENS_LEAD_SHORT && tile->column >= 4 * tile->length) {
        /* After so many others, a tile seldom has one of the two largest values. That is seen in half of the time. */
        lead.nan = b->kernels->greatest[b->acc](values, tile->length, &lead.best);
        if (!lead.nan && lead.best <= d->second && d->column - tile->column >= tile->length) {
            d->latest = lead.best;
            return;
        }
    }
    b->kernels->lead[b->acc](values, tile->length, &lead);
    d->nan |= lead.nan && has_nan(b, tile, values);
    if (d->column - tile->column < tile->length)
        d->value = ens_get(b, values, d->column - tile->column);
    d->latest = lead.best;
    if (!(lead.best > d->best) && d->label != ENS_NOBODY) {
        d->second = lead.best > d->second ? lead.best : d->second;
        return;
    }
    at = lead.at != ENS_LEAD_UNKNOWN ? lead.at : b->kernels->find[b->acc](values, tile->length, lead.best);
    if (at == tile->length)
        return;
    if (d->asks_before && at > 0)
        b->kernels->greatest[b->acc](values, at, &before);
    d->before = before > d->best ? before : d->best;
    d->second = lead.second > d->best ? lead.second : d->best;
    d->best = ens_get(b, values, at);
    d->label = tile->column + at;
}

void ens_decide_steps(struct ens_decision *decision, const struct ens_recipe *recipe, const struct ens_stat *stats)
{
    for (int step = 0; step < recipe->n_steps; step++)
        decision->ruled_out |= stats[step].sum == 0;
    if (recipe->n_steps == 1 && recipe->steps[0] == ENS_STEP_NORMALISE)
        decision->divisor = stats[0].sum;
}
