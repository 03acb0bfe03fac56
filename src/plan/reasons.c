/* SPDX-License-Identifier: MIT */
/* What the models have to do with a row's label. */
#include "base/compiler.h"
#include "base/finite.h"
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
    return ens_is_nan(factor) ? 0 : factor;
}

/* An accumulator at any address. */
static double value_at(const struct ens_blend *b, const void *address)
{
    double value = 0;

    memcpy(&value, address, (size_t)1 << b->shift);
    return ens_get(b, &value, 0);
}

/* The model's term in the sum that the method forms for a class; it takes part in the row. */
static ENS_APART double term(const struct ens_blend *b, size_t k, size_t column)
{
    const struct ens_tile tile = {b->row.index, column, 1};
    const int scaled = !b->by_class && b->recipe->before == ENS_NO_MAP;
    double factor, value = 1;

    factor = b->by_class ? factor_in_class(b, k, column) : ens_factor(b, k);
    if (factor == 0)
        return 0;
    if (b->recipe->gathering == ENS_COUNTED)
        value = ens_stat(b, k).most == (double)column;
    else
        value = value_at(b, ens_values(b, k, &tile, ens_pool(b, 1), scaled ? &factor : NULL));
    return b->row.whole > 0 ? value / (double)b->row.whole : factor * value;
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
    double slack;

    if (asked->vote_disagreement != NULL)
        asked->vote_disagreement[row] = sound ? disagreement(b) : (double)NAN;
    if (!(b->report->asks & ENS_ASKS_REASONS))
        return;
    clear(b, at, sound);
    slack = sound && asked->flips != NULL ? ens_slack(b) : INFINITY;
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
            ens_leave_out(b, k, verdict, verdict->margin - own > slack, here);
    }
}
