/* SPDX-License-Identifier: MIT */
/* Which codes a call with a report may return, as ensemble.h says. */
#include "account.h"
#include "play.h"

#include <math.h>

#define BIT(field) (1u << FIELD_##field)

/* Fields that ensemble.h marks with (p), but for the entropy of rows that sum to 1 in any case. */
static uint32_t about_probabilities(const struct task *t)
{
    const uint32_t always = BIT(MEAN_ENTROPY) | BIT(MUTUAL_INFORMATION) | BIT(VARIATION_RATIO) | BIT(CONFLICT);
    const int sums_to_one = is_divided(t) || t->method == ENSEMBLE_LOG_POOL || t->method == ENSEMBLE_VOTE;

    return sums_to_one ? always : always | BIT(ENTROPY);
}

static int says_probabilities(const struct model *m)
{
    return m->dtype == LABELS || (m->space >= ENSEMBLE_PROBABILITIES && m->space <= ENSEMBLE_LOGITS);
}

static int in_unit_interval(const struct model *m)
{
    return m->space >= ENSEMBLE_PROBABILITIES && m->space <= ENSEMBLE_BINARY_LOGITS;
}

static int is_negative(const struct task *t)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->models[i].weight < 0)
            return 1;
    for (size_t i = 0; t->class_weights != NULL && i < t->n * t->width; i++)
        if (t->class_weights[i] < 0)
            return 1;
    return 0;
}

/* ENSEMBLE_POWER that is ENSEMBLE_MEAN, and a vote of a model that is left out of no class, may count as such. */
static uint64_t settled_codes(const struct task *t)
{
    const int is_mean = t->method <= ENSEMBLE_MEAN || (t->method == ENSEMBLE_POWER && t->exponent == 1);
    uint64_t codes = 0;

    if (!is_mean && t->method != ENSEMBLE_VOTE)
        return play_code(ENSEMBLE_EREPORT);
    if (t->class_weights != NULL || t->form >= ENSEMBLE_RESULT_SOFTMAX)
        codes = play_code(ENSEMBLE_EREPORT);
    for (size_t i = 0; i < t->n; i++)
        if (takes_part(&t->models[i]) && t->method != ENSEMBLE_VOTE &&
            (!in_unit_interval(&t->models[i]) || ((t->policy & ENSEMBLE_LEAVE_OUT_ABSENT) && t->models[i].map != NULL)))
            codes = play_code(ENSEMBLE_EREPORT);
    if (is_negative(t))
        codes |= play_code(ENSEMBLE_ENEGATIVE);
    if (codes != 0)
        return codes;
    return t->method == ENSEMBLE_POWER || (t->policy & ENSEMBLE_LEAVE_OUT_ABSENT)
               ? play_code(0) | play_code(ENSEMBLE_EREPORT) : play_code(0);
}

static uint64_t field_codes(const struct task *t, int field)
{
    const uint32_t probabilities = about_probabilities(t);
    uint64_t codes = 0;

    if (field == FIELD_SETTLED)
        return settled_codes(t);
    if (field == FIELD_CONTRIBUTION && t->method >= ENSEMBLE_PRODUCT && t->method <= ENSEMBLE_MAX)
        codes |= play_code(ENSEMBLE_EREPORT);
    if ((probabilities | BIT(VARIANCE)) >> field & 1 && is_negative(t))
        codes |= play_code(ENSEMBLE_ENEGATIVE);
    for (size_t i = 0; i < t->n; i++)
        if (probabilities >> field & 1 && takes_part(&t->models[i]) && !says_probabilities(&t->models[i]))
            codes |= play_code(ENSEMBLE_EREPORT);
    return codes != 0 ? codes : play_code(0);
}

uint64_t account_codes(const struct task *t, uint32_t asked)
{
    uint64_t errors = t->code != 0 ? play_code(t->code) : 0;
    int fine = t->code == 0;

    for (int f = 0; f < FIELDS; f++)
        if (asked >> f & 1) {
            const uint64_t codes = field_codes(t, f);

            fine &= (int)(codes & 1);
            errors |= codes & ~play_code(0);
        }
    return fine ? errors | play_code(0) : errors;
}
