/* SPDX-License-Identifier: MIT */
/* What a row would say without a model: it is combined once more, if that can make a difference. */
#include "base/compiler.h"
#include "base/finite.h"
#include "plan/gather.h"
#include "plan/report.h"
#include "plan/shares.h"
#include "plan/values.h"

#include <math.h>

/*
 * Where all values are in [0, 1] and no weight is negative, taking a model away lowers the label's value by the model's
 * term and raises no other one; then all are scaled alike. So the label stays if its lead is larger than that term, and
 * what is left is more than what rounding can do.
 */
double ens_slack(const struct ens_blend *b)
{
    const struct ens_recipe *recipe = b->recipe;
    double factors = 0;

    if (b->by_class || recipe->n_steps > 0 || recipe->log || recipe->before != ENS_NO_MAP ||
        recipe->after != ENS_NO_MAP ||
        !(recipe->gathering == ENS_COUNTED ||
          (recipe->gathering == ENS_SUMMED && recipe->form == ENS_FORM_LINEAR)) ||
        (b->by_row ? b->row.models : b->e->plan.n) < 2)
        return INFINITY;
    for (size_t k = 0; k < b->e->plan.n; k++) {
        const double factor = b->row.whole > 0 ? 1 / (double)b->row.whole : ens_factor(b, k);

        if (factor < 0 || (recipe->form == ENS_FORM_LINEAR && ens_model_of(b, k)->space == ENSEMBLE_AS_IS))
            return INFINITY;
        factors += factor;
    }
    return 8 * ((double)b->e->plan.n + 4) * factors * (b->acc == ENS_f64 ? 0x1p-53 : 0x1p-24);
}

/* In general: as though the model were missing and were left out. */
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

int ens_is_simple(const struct ens_blend *b)
{
    const struct ens_recipe *recipe = b->recipe;
    const struct ens_summary *summary = b->walk->inputs->summary;

    /* A linear sum that is mapped has a map before, too. */
    if (recipe->gathering != ENS_SUMMED || recipe->form != ENS_FORM_LINEAR || recipe->before != ENS_NO_MAP ||
        recipe->n_steps > 0 || recipe->log || b->by_class || b->by_row || b->e->plan.n > ENS_GROUP_FAR ||
        b->e->plan.n < 2 || summary->other_dtypes > 0)
        return 0;
    for (size_t k = 0; k < b->e->plan.n; k++)
        if (!ens_values_are_plain(b, k))
            return 0;
    return 1;
}

/* Then the other models' factors are all that changes: those that combine_without() comes to. */
static ENS_APART int sum_without(struct ens_blend *b, size_t k, size_t column, struct ens_decision *decision)
{
    const size_t n = b->e->plan.n, width = column == ENS_NOBODY ? b->e->width : 1;
    const int dtype = b->walk->inputs->summary->dtype - 1;
    struct ens_decision *told = b->decision;
    const void *in[ENS_GROUP_FAR];
    double weight[ENS_GROUP_FAR], total = 0, present = 0;
    struct ens_span span = {.out = ens_pool(b, 0), .in = in, .weight = weight, .n = n - 1};

    for (size_t m = 0; m < n; m++) {
        total += ens_weight_in_row(b, m);
        present += m == k ? 0 : ens_weight_in_row(b, m);
    }
    for (size_t m = 0, at = 0; m < n; m++) {
        const double own = ens_weight_in_row(b, m);
        const double factor = b->recipe->shares ? own / present : own * (total / present);

        if (m == k)
            continue;
        if (!ens_is_finite(factor))
            return ENSEMBLE_ROW_WEIGHT;
        in[at] = ens_row_of(b, m, b->row.index) + ((column == ENS_NOBODY ? 0 : column) << ens_dtype_shift(dtype + 1));
        ens_put(b, weight, at++, factor);
    }
    b->decision = decision;
    for (size_t at = 0; at < width; at += span.length) {
        const struct ens_tile tile = {b->row.index, column == ENS_NOBODY ? at : column,
                                      width - at < b->tile ? width - at : b->tile};

        span.length = tile.length;
        b->kernels->wsum[b->acc][dtype][b->acc](&span);
        ens_decide(b, &tile, span.out);
        for (size_t m = 0; m < n - 1; m++)
            in[m] = (const unsigned char *)in[m] + (tile.length << ens_dtype_shift(dtype + 1));
    }
    b->decision = told;
    return 0;
}

void ens_leave_out(struct ens_blend *b, size_t k, const struct ens_verdict *verdict, int safe, size_t at)
{
    const struct ensemble_report *asked = b->report->asked;
    const size_t label = (size_t)verdict->label, column = safe || asked->flips == NULL ? label : ENS_NOBODY;
    struct ens_decision without = ens_decision_begin(label);
    int fault;

    if (asked->flips != NULL)
        asked->flips[at] = 0;
    if (column == label && asked->influence == NULL)
        return;
    fault = ens_is_simple(b) ? sum_without(b, k, column, &without) : combine_without(b, k, column, &without);
    if (asked->influence != NULL)
        asked->influence[at] = fault ? (double)NAN : verdict->confidence - without.value;
    if (asked->flips != NULL && !safe)
        asked->flips[at] = fault || without.nan || without.label != label;
}
