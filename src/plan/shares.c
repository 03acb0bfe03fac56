/* SPDX-License-Identifier: MIT */
#include "plan/shares.h"

#include "base/finite.h"
#include "plan/plan.h"
#include "plan/stats.h"

#include <math.h>
#include <string.h>

/* A model's own weight: as it was set; else 1 beside weights of other kinds, or 1/n. */
static double own(const struct ens_blend *b, size_t k)
{
    if (b->e->n_weights == 0 && (b->row_weights != NULL || b->e->class_weights.n_models > 0))
        return 1;
    return ens_weight(b->e, b->e->plan.model[k]);
}

double ens_weight_in_row(const struct ens_blend *b, size_t k)
{
    const double weight = own(b, k);
    float gate;

    if (b->row_weights == NULL)
        return weight;
    memcpy(&gate,
           (const unsigned char *)b->row_weights + (b->row.index * b->e->n_models + b->e->plan.model[k]) * sizeof gate,
           sizeof gate);
    return weight * (double)gate;
}

static int is_present(const struct ens_blend *b, size_t k)
{
    if (ens_output_of(b, k).data == NULL || k == b->without)
        return 0;
    return !(b->e->policy & ENSEMBLE_LEAVE_OUT_NAN) || ens_stat_is_sound(b, k);
}

static double size(double weight)
{
    return weight < 0 ? -weight : weight;
}

/*
 * Is too little present? A quorum that is met but for the rounding of decimal fractions is met: of five models of
 * weight .2 one may be missing where .8 must be there.
 */
static int is_short(const struct ens_blend *b, double missing, double total)
{
    return missing > (1 - b->quorum + 1e-12) * total;
}

int ens_shares_of_call(const struct ens_blend *b)
{
    const int divides = b->recipe->gathering != ENS_FOLDED && b->e->class_weights.n_models == 0;
    double total = 0, missing = 0, left = 0;
    size_t present = 0;

    if (b->walk->inputs->summary->missing == 0)
        return 0;
    for (size_t k = 0; k < b->e->plan.n; k++) {
        const double weight = size(own(b, k));

        total += weight;
        if (ens_output_of(b, k).data == NULL) {
            missing += weight;
        } else {
            left += own(b, k);
            present++;
        }
    }
    if (present == 0)
        return ENSEMBLE_EQUORUM;
    if (b->row_weights != NULL)
        return 0;
    if (is_short(b, missing, total))
        return ENSEMBLE_EQUORUM;
    return divides && !ens_is_finite(total / left) ? ENSEMBLE_EZEROSUM : 0;
}

/* Weights that cannot be used: a gate that says NaN or infinity, or less than nothing. */
static int is_unusable(const struct ens_blend *b, double weight)
{
    return !ens_is_finite(weight) || (weight < 0 && !b->recipe->signed_weights);
}

/* The factors of a row's models have to be numbers; of an infinite sum each would be 0. */
static int has_factors(const struct ens_blend *b)
{
    if (b->recipe->shares && !ens_is_finite(b->row.present))
        return 0;
    for (size_t k = 0; k < b->e->plan.n; k++)
        if (!ens_is_finite(ens_factor(b, k)))
            return 0;
    return 1;
}

void ens_shares_of_row(struct ens_blend *b)
{
    const int rigid = b->recipe->form == ENS_FORM_RANKS || b->recipe->form == ENS_FORM_VOTE;
    double total = 0, all = 0, missing = 0, first = 0;
    int unusable = 0, unsound = ENSEMBLE_ROW_SOUND;
    size_t absent = 0;

    b->row = (struct ens_row){.index = b->row.index, .equal = 1, .scale = 1};
    for (size_t k = 0; k < b->e->plan.n; k++) {
        const double weight = ens_weight_in_row(b, k);

        unusable |= is_unusable(b, weight);
        total += weight;
        all += size(weight);
        if (weight == 0)
            continue;
        if (!is_present(b, k)) {
            missing += size(weight);
            absent++;
            continue;
        }
        if (rigid && unsound != ENSEMBLE_ROW_LABEL && !ens_stat_is_sound(b, k))
            unsound = ens_output_of(b, k).dtype == ENSEMBLE_I32 ? ENSEMBLE_ROW_LABEL : ENSEMBLE_ROW_NAN;
        first = b->row.models == 0 ? weight : first;
        b->row.equal &= weight == first;
        b->row.present += weight;
        b->row.models++;
    }
    b->row.whole = rigid && !b->by_class && b->row.equal ? b->row.models : 0;
    b->row.share = b->row.models == 0 ? 0 : absent == 0 ? 1 : (all - missing) / all;
    if (absent > 0)
        b->row.scale = total / b->row.present;
    if (b->row.models > 0 && !b->by_class && b->recipe->gathering != ENS_FOLDED)
        unusable |= !has_factors(b);
    if (unusable)
        b->row.fault = ENSEMBLE_ROW_WEIGHT;
    else if (b->row.models == 0)
        b->row.fault = absent == 0 ? ENSEMBLE_ROW_NOBODY : ENSEMBLE_ROW_QUORUM;
    else
        b->row.fault = absent > 0 && is_short(b, missing, all) ? ENSEMBLE_ROW_QUORUM : unsound;
}

double ens_share(const struct ens_blend *b, size_t k)
{
    const double weight = ens_weight_in_row(b, k);

    return weight != 0 && is_present(b, k) ? weight : 0;
}

double ens_factor(const struct ens_blend *b, size_t k)
{
    if (!b->by_row)
        return b->e->plan.weight64[k];
    if (b->row.whole > 0)
        return 1;
    return b->recipe->shares ? ens_share(b, k) / b->row.present : ens_share(b, k) * b->row.scale;
}

/* A model's weight for one class, present or not. */
static double weight_in_class(const struct ens_blend *b, size_t k, size_t column)
{
    const struct ens_class_weights *weights = &b->e->class_weights;
    const double weight = b->by_row ? ens_weight_in_row(b, k) : own(b, k);

    return weights->n_models > 0 ? weight * weights->weight[b->e->plan.model[k] * b->e->width + column] : weight;
}

static int knows(const struct ens_blend *b, size_t k, size_t column)
{
    const struct ens_model *model = ens_model_of(b, k);

    return model->map == NULL || !(b->e->policy & ENSEMBLE_LEAVE_OUT_ABSENT) || model->source[column] >= 0;
}

double ens_class_share(const struct ens_blend *b, size_t k, size_t column)
{
    const double weight = knows(b, k, column) ? weight_in_class(b, k, column) : 0;

    return weight != 0 && is_present(b, k) ? weight : 0;
}

void ens_shares_of_classes(const struct ens_blend *b, const struct ens_tile *tile,
                           const struct ens_class_shares *shares)
{
    memset(shares->state, 0, tile->length);
    for (size_t j = 0; j < tile->length; j++)
        shares->total[j] = shares->present[j] = shares->first[j] = 0;
    for (size_t k = 0; k < b->e->plan.n; k++)
        for (size_t j = 0; j < tile->length; j++) {
            const double weight = weight_in_class(b, k, tile->column + j);
            const double share = ens_class_share(b, k, tile->column + j);

            shares->total[j] += weight;
            if (share == 0)
                continue;
            if (!(shares->state[j] & ENS_CLASS_TAKEN))
                shares->first[j] = share;
            else if (share != shares->first[j])
                shares->state[j] |= ENS_CLASS_UNEQUAL;
            shares->present[j] += share;
            shares->state[j] |= ENS_CLASS_TAKEN;
        }
    for (size_t j = 0; b->recipe->shares && j < tile->length; j++)
        if (!ens_is_finite(shares->present[j])) /* every quotient would be 0 */
            shares->state[j] = 0;
}

static void put(const struct ens_blend *b, void *factors, size_t j, double factor)
{
    if (b->acc == ENS_f64)
        ((double *)factors)[j] = factor;
    else
        ((float *)factors)[j] = (float)factor;
}

const void *ens_known_factors(const struct ens_blend *b, size_t k, const struct ens_tile *tile)
{
    const struct ens_class_weights *weights = &b->e->class_weights;
    const size_t at = b->e->plan.model[k] * b->e->width + tile->column;

    return b->acc == ENS_f64 ? (const void *)(weights->factor64 + at) : weights->factor32 + at;
}

const void *ens_class_factors(const struct ens_blend *b, size_t k, const struct ens_tile *tile,
                              const struct ens_class_shares *shares, void *factors)
{
    for (size_t j = 0; j < tile->length; j++) {
        double factor = ens_class_share(b, k, tile->column + j);

        if (factor == 0) {
            put(b, factors, j, NAN);
            continue;
        }
        if (b->recipe->gathering == ENS_FOLDED)
            factor = 1;
        else if (b->recipe->shares)
            factor /= shares->present[j];
        else if (shares->total[j] != shares->present[j])
            factor *= shares->total[j] / shares->present[j];
        if (!ens_is_finite(factor))
            shares->state[j] = 0;
        put(b, factors, j, factor);
    }
    return factors;
}
