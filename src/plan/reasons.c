/* SPDX-License-Identifier: MIT */
/* What the models have to do with a row's label: what they contribute, and what would be without them. */
#include "base/compiler.h"
#include "plan/gather.h"
#include "plan/plan.h"
#include "plan/report.h"
#include "plan/shares.h"
#include "plan/stats.h"
#include "plan/values.h"

#include <math.h>
#include <string.h>

/* A model's factor in one class, where those differ. */
static double factor_in_class(const struct ens_blend *b, size_t k, size_t column)
{
    const struct ens_tile tile = {b->row.index, column, 1};
    double total, present, first, factor = 0;
    unsigned char state;
    const struct ens_class_shares shares = {&total, &present, &first, &state};

    ens_shares_of_classes(b, &tile, &shares);
    factor = ens_get(b, ens_class_factors(b, k, &tile, &shares, &factor), 0);
    return isnan(factor) ? 0 : factor;
}

/* An accumulator at any address. */
static double value_at(const struct ens_blend *b, const void *address)
{
    double value = 0;

    memcpy(&value, address, (size_t)1 << b->shift);
    return ens_get(b, &value, 0);
}

/* The model's term in the sum that the method forms for a class. */
static ENS_APART double term(const struct ens_blend *b, size_t k, size_t column)
{
    const struct ens_tile tile = {b->row.index, column, 1};
    const int scaled = !b->by_class && b->recipe->before == ENS_NO_MAP;
    double factor, value = 1;

    if (b->by_row && ens_share(b, k) == 0)
        return 0;
    factor = b->by_class ? factor_in_class(b, k, column) : ens_factor(b, k);
    if (factor == 0)
        return 0;
    if (b->recipe->gathering == ENS_COUNTED)
        value = ens_stat(b, k).most == (double)column;
    else
        value = value_at(b, ens_values(b, k, &tile, ens_pool(b, 1), scaled ? &factor : NULL));
    return b->row.whole > 0 ? value / (double)b->row.whole : factor * value;
}

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
    return unit * steps * total + steps * 0x1p-149;
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
    if (n == 0)
        return 1;
    if (b->recipe->gathering == ENS_COUNTED && equal) { /* votes are counted: integers, and ties are ties */
        const double votes = (double)b->row.whole, best = (double)(size_t)(in_weights(b, d->best) / first + .5);
        const double second = (double)(size_t)(in_weights(b, d->second) / first + .5);
        const double before = d->label == 0 ? -votes - (double)n : (double)(size_t)(in_weights(b, d->before) / first + .5);

        return b->e->width == 1 || (best - second >= (double)n && best - before > (double)n);
    }
    lead = in_weights(b, d->best) - in_weights(b, d->second);
    bound = missing + rounding(b, all);
    return b->e->width == 1 || lead > bound;
}

/*
 * Is the label safe from losing a model whose term is `term`? Where all values are in [0, 1] and no weight is negative,
 * taking the model away lowers the label's value by its term and raises no other one; then all are scaled alike. What is
 * left of the lead must be more than what rounding can do.
 */
static ENS_APART int is_safe(const struct ens_blend *b, double term, double margin)
{
    const struct ens_recipe *recipe = b->recipe;
    double factors = 0;

    if (b->by_class || recipe->n_steps > 0 || recipe->log || recipe->before != ENS_NO_MAP ||
        recipe->after != ENS_NO_MAP || recipe->form == ENS_FORM_RANKS ||
        !(recipe->gathering == ENS_SUMMED || recipe->gathering == ENS_COUNTED))
        return 0;
    for (size_t k = 0; k < b->e->plan.n; k++) {
        const double factor = b->row.whole > 0 ? 1 / (double)b->row.whole : ens_factor(b, k);

        if (factor < 0 || (recipe->form == ENS_FORM_LINEAR && ens_model_of(b, k)->space == ENSEMBLE_AS_IS))
            return 0;
        factors += factor;
    }
    return margin - term > 8 * ((double)b->e->plan.n + 4) * factors * (b->acc == ENS_f64 ? 0x1p-53 : 0x1p-24);
}

/* Combines the row anew without a model, as though that were missing and were left out. */
static int combine_without(struct ens_blend *b, size_t k, size_t column, struct ens_decision *decision)
{
    const struct ens_row row = b->row;
    const double quorum = b->quorum;
    const int by_row = b->by_row, known_factors = b->known_factors;
    struct ens_report *report = b->report;
    int fault;

    b->without = k;
    b->quorum = 0;
    b->by_row = 1;
    b->known_factors = 0;
    b->decision = decision;
    b->report = NULL;
    fault = ens_blend_again(b, column);
    b->row = row;
    b->without = ENS_NOBODY;
    b->quorum = quorum;
    b->by_row = by_row;
    b->known_factors = known_factors;
    b->decision = &report->decision;
    b->report = report;
    return fault;
}

/* What would be without a model: its influence on the label's value, and whether there would be another label. */
static void leave_out(struct ens_blend *b, size_t k, const struct ens_verdict *verdict, double term, size_t at)
{
    const struct ensemble_report *asked = b->report->asked;
    const size_t label = (size_t)verdict->label;
    const int safe = asked->flips == NULL || is_safe(b, term, verdict->margin);
    struct ens_decision without = ens_decision_begin(label);
    int fault;

    if (asked->flips != NULL)
        asked->flips[at] = 0;
    if (safe && asked->influence == NULL)
        return;
    fault = combine_without(b, k, safe ? label : ENS_NOBODY, &without);
    if (asked->influence != NULL)
        asked->influence[at] = fault ? (double)NAN : verdict->confidence - without.value;
    if (asked->flips != NULL)
        asked->flips[at] = !safe && (fault || without.nan || without.label != label);
}

/* The top classes of some models from `first` on; -1 where one takes no part, or has none. Returns how many have. */
static size_t find_labels(const struct ens_blend *b, size_t first, size_t n, int32_t *labels)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        struct ens_stat stat = {.sum = 0};

        if (!b->by_row || ens_share(b, first + i) != 0)
            stat = b->recipe->gathering == ENS_COUNTED ? ens_stat(b, first + i) : ens_stat_of_label(b, first + i);
        labels[i] = stat.sum > 0 ? (int32_t)stat.most : -1;
        found += labels[i] >= 0;
    }
    return found;
}

#define LABELS 32

static ENS_APART double disagreement(const struct ens_blend *b)
{
    const size_t n = b->e->plan.n;
    int32_t these[LABELS], those[LABELS];
    double agree = 0, models = 0;

    for (size_t i = 0; i < n; i += LABELS) {
        const size_t n_these = n - i < LABELS ? n - i : LABELS;

        models += (double)find_labels(b, i, n_these, these);
        for (size_t j = i; j < n; j += LABELS) {
            const size_t n_those = n - j < LABELS ? n - j : LABELS;

            if (j > i)
                find_labels(b, j, n_those, those);
            for (size_t s = 0; s < n_these; s++)
                for (size_t t = j > i ? 0 : s + 1; t < n_those; t++)
                    agree += these[s] >= 0 && these[s] == (j > i ? those : these)[t];
        }
    }
    return models < 2 ? 0 : (models * (models - 1) / 2 - agree) / (models * (models - 1) / 2);
}

/* The fields of a row that have one element per model, before what is known of those that take part. */
static void clear(const struct ens_blend *b, size_t at, int sound)
{
    const struct ensemble_report *asked = b->report->asked;

    for (size_t i = at; i < at + b->e->n_models; i++) {
        if (asked->contribution != NULL)
            asked->contribution[i] = sound ? 0 : (double)NAN;
        if (asked->influence != NULL)
            asked->influence[i] = sound ? 0 : (double)NAN;
        if (asked->flips != NULL)
            asked->flips[i] = 0;
    }
}

void ens_reasons(struct ens_blend *b, const struct ens_verdict *verdict)
{
    const struct ensemble_report *asked = b->report->asked;
    const size_t row = ens_report_at(b, b->row.index), at = row * b->e->n_models;
    const int sound = verdict->label >= 0;

    if (asked->vote_disagreement != NULL)
        asked->vote_disagreement[row] = sound ? disagreement(b) : (double)NAN;
    if (!(b->report->asks & ENS_ASKS_REASONS))
        return;
    clear(b, at, sound);
    for (size_t k = 0; sound && k < b->e->plan.n; k++) {
        const size_t here = at + b->e->plan.model[k];
        double own = 0;

        if (b->by_row && ens_share(b, k) == 0)
            continue;
        if (b->recipe->gathering == ENS_SUMMED || b->recipe->gathering == ENS_COUNTED)
            own = term(b, k, (size_t)verdict->label);
        if (asked->contribution != NULL)
            asked->contribution[here] = own;
        if (asked->influence != NULL || asked->flips != NULL)
            leave_out(b, k, verdict, own, here);
    }
}
