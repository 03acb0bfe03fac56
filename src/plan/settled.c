/* SPDX-License-Identifier: MIT */
/* Can the label of a row still change, once the missing models speak? */
#include "plan/report.h"
#include "plan/shares.h"
#include "plan/stats.h"

#include <string.h>

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
        if (ens_output_of(b, k).dtype == ENSEMBLE_F64 && ens_output_of(b, k).data != NULL)
            unit = 0x1p-53;
    return unit * steps * total + steps * 0x1p-149 * (b->recipe->shares ? total : 1);
}

/* A share of the votes as their number. */
static double votes(const struct ens_blend *b, double value, double weight)
{
    return (double)(size_t)(in_weights(b, value) / weight + .5);
}

/* What the models that are missing come to. */
struct outlook {
    double weight; /* of one of them */
    double missing, all;
    size_t n;
    int equal; /* they all have one weight, and so have the others */
};

static struct outlook look_out(const struct ens_blend *b)
{
    struct outlook o = {.equal = 1};

    for (size_t k = 0; k < b->e->plan.n; k++) {
        const double weight = ens_weight_in_row(b, k);

        o.all += weight;
        o.weight = o.weight == 0 ? weight : o.weight;
        o.equal &= weight == o.weight || weight == 0;
        if (ens_output_of(b, k).data == NULL && weight != 0) {
            o.missing += weight;
            o.n++;
        }
    }
    return o;
}

int ens_is_settled(const struct ens_blend *b)
{
    const struct ens_decision *d = &b->report->decision;
    struct outlook o;
    double lead;

    if (!b->by_row)
        return 1;
    o = look_out(b);
    if (o.n == 0 || b->e->width == 1)
        return 1;
    if (ens_is_unfit(b))
        return 0;
    if (b->recipe->gathering == ENS_COUNTED && o.equal) { /* votes are counted: integers, and ties are ties */
        const double best = votes(b, d->best, o.weight), second = votes(b, d->second, o.weight);
        const double before = d->label == 0 ? -(double)o.n : votes(b, d->before, o.weight);

        return best - second >= (double)o.n && best - before > (double)o.n;
    }
    lead = in_weights(b, d->best) - in_weights(b, d->second);
    return lead > o.missing + rounding(b, o.all);
}

void ens_settled_rows(const struct ens_blend *b, const double *best, const double *second, size_t n, uint8_t *settled)
{
    struct outlook o = {.n = 0};
    double bound;

    if (b->by_row)
        o = look_out(b);
    if (o.n == 0 || b->e->width == 1) {
        memset(settled, 1, n);
        return;
    }
    bound = o.missing + rounding(b, o.all);
    for (size_t r = 0; r < n; r++)
        settled[r] = in_weights(b, best[r]) - in_weights(b, second[r]) > bound;
}
