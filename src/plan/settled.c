/* SPDX-License-Identifier: MIT */
/* Can the label of a row still change, once the missing models speak? */
#include "plan/report.h"
#include "plan/shares.h"
#include "plan/stats.h"

/* In units of the weights: a value of the combined row before it was divided, and before its logarithm was taken. */
static double in_weights(const struct ens_blend *b, double value)
{
    const double y = (b->recipe->log ? ens_exp(b, value) : value) * b->report->decision.divisor;

    return b->recipe->shares ? y * b->row.present : y / b->row.scale;
}

/* What rounding can do to the lead of a class, in units of the weights, now and once all models have spoken. */
static double rounding(const struct ens_blend *b, double total)
{
    double unit = 0x1p-24, steps = 8 * ((double)b->e->n_models + 16) + (b->recipe->log ? 512 : 0);

    for (size_t k = 0; k < b->e->plan.n; k++)
        if (ens_output_of(b, k)->dtype == ENSEMBLE_F64 && ens_output_of(b, k)->data != NULL)
            unit = 0x1p-53;
    return unit * steps * total + steps * 0x1p-149 * (b->recipe->shares ? total : 1);
}

/* A share of the votes as their number. */
static double votes(const struct ens_blend *b, double value, double weight)
{
    return (double)(size_t)(in_weights(b, value) / weight + .5);
}

int ens_is_settled(const struct ens_blend *b)
{
    const struct ens_decision *d = &b->report->decision;
    double missing = 0, all = 0, lead, bound, first = 0;
    int equal = b->row.whole > 0;
    size_t n = 0;

    if (!b->by_row)
        return 1;
    for (size_t k = 0; k < b->e->plan.n; k++) {
        const double weight = ens_weight_in_row(b, k);

        all += weight;
        first = first == 0 ? weight : first;
        equal &= weight == first || weight == 0;
        if (ens_output_of(b, k)->data == NULL && weight != 0) {
            missing += weight;
            n++;
        }
    }
    if (n == 0 || b->e->width == 1)
        return 1;
    if (ens_is_unfit(b))
        return 0;
    if (b->recipe->gathering == ENS_COUNTED && equal) { /* votes are counted: integers, and ties are ties */
        const double best = votes(b, d->best, first), second = votes(b, d->second, first);
        const double before = d->label == 0 ? -(double)n : votes(b, d->before, first);

        return best - second >= (double)n && best - before > (double)n;
    }
    lead = in_weights(b, d->best) - in_weights(b, d->second);
    bound = missing + rounding(b, all);
    return lead > bound;
}
