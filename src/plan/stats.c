/* SPDX-License-Identifier: MIT */
#include "plan/stats.h"

#include "plan/shares.h"
#include "plan/values.h"

#include <math.h>
#include <string.h>

double ens_exp(const struct ens_blend *b, double x)
{
    const struct ens_map map = {.a = 1};
    double y;

    if (x == 0)
        return 1;
    b->kernels->map[ENS_f64][ENS_MAP_exp](&y, &x, 1, &map);
    return y;
}

double ens_log(const struct ens_blend *b, double x)
{
    const struct ens_map map = {.a = -INFINITY, .c = -INFINITY};
    double y;

    b->kernels->map[ENS_f64][ENS_MAP_log](&y, &x, 1, &map);
    return y;
}

void ens_stat_add(const struct ens_blend *b, struct ens_stat *stat, double most, double sum)
{
    if (most == -INFINITY) {
        stat->sum += sum; /* 0, or NaN */
    } else if (most <= stat->most) {
        stat->sum += sum * ens_exp(b, most - stat->most);
    } else {
        stat->sum = stat->most == -INFINITY ? stat->sum + sum : stat->sum * ens_exp(b, stat->most - most) + sum;
        stat->most = most;
    }
}

static int is_logits(const struct ens_blend *b, size_t k)
{
    return ens_model_of(b, k)->space == ENSEMBLE_LOGITS && b->recipe->form <= ENS_FORM_LOG;
}

int ens_stat_is_needed(const struct ens_blend *b, size_t k)
{
    return is_logits(b, k) || b->recipe->form >= ENS_FORM_RANKS || (b->e->policy & ENSEMBLE_LEAVE_OUT_NAN) != 0;
}

/* Logits: the largest one first, then the sum of exponentials relative to it, which are kept if there is room. */
static struct ens_stat stat_of_logits(const struct ens_blend *b, size_t k)
{
    const int dtype = ens_output_of(b, k).dtype - 1;
    unsigned char *kept = ens_model_of(b, k)->map == NULL ? b->room.exponentials : NULL;
    struct ens_soften s = {
        .from = ens_row_of(b, k, b->row.index),
        .length = ens_row_length(b->e, b->e->plan.model[k], 0),
        .stretch = ens_stretch(b),
        .a = ens_cooling(b, ens_model_of(b, k)),
        .to = kept != NULL ? kept + (k * b->e->width << b->shift) : NULL,
    };
    struct ens_stat stat = {.most = b->kernels->peak[b->acc][dtype](s.from, s.length)};

    stat.most = b->acc == ENS_f64 ? stat.most * s.a : (double)((float)stat.most * (float)s.a);
    s.b = stat.most;
    stat.sum = b->kernels->soften[b->acc][dtype](&s);
    return stat;
}

/*
 * Those of a model's values that the ensemble has a class for, in the order of the classes; `at` to `at + length - 1`.
 */
static const void *known_values(const struct ens_blend *b, size_t k, size_t at, size_t length)
{
    const struct ens_model *model = ens_model_of(b, k);

    if (model->map == NULL)
        return ens_raw(b, k, b->row.index, at, length, b->spare);
    b->kernels->gather[b->acc][ens_output_of(b, k).dtype - 1](b->spare, ens_row_of(b, k, b->row.index),
                                                               model->known_from + at, length, 0);
    return b->spare;
}

/* A label, as a class of the ensemble. */
static struct ens_stat stat_of_label(const struct ens_blend *b, size_t k)
{
    const struct ens_model *model = ens_model_of(b, k);
    int32_t label;

    memcpy(&label, ens_row_of(b, k, b->row.index), sizeof label);
    if (label < 0 || (size_t)label >= (model->map != NULL ? model->columns : b->e->width))
        return (struct ens_stat){.sum = NAN};
    if (model->map != NULL)
        label = model->map[label];
    return (struct ens_stat){.most = label, .sum = label < 0 ? (double)NAN : 1};
}

/* Is there a NaN, and where is the first largest value? Of a row of few values one kernel finds both. */
static struct ens_stat label_of_few(const struct ens_blend *b, size_t k, size_t columns)
{
    int32_t label;

    b->kernels->labels[b->acc](known_values(b, k, 0, columns), 0, 1, columns, &label);
    return (struct ens_stat){.most = label < 0 ? 0 : label, .sum = label < 0 ? (double)NAN : 1};
}

/* Everything else; the label only if that is asked for. */
static struct ens_stat stat_of_values(const struct ens_blend *b, size_t k, int label)
{
    const struct ens_model *model = ens_model_of(b, k);
    const size_t columns = model->map != NULL ? model->n_known : b->e->width, stretch = ens_stretch(b);
    struct ens_stat stat = {.sum = 1};
    double greatest = -INFINITY, most;
    size_t best = 0;

    if (label && columns <= ENS_SHORT_ROW) {
        stat = label_of_few(b, k, columns);
        best = (size_t)stat.most;
    }
    for (size_t at = 0; !(label && columns <= ENS_SHORT_ROW) && at < columns; at += stretch) {
        const size_t length = columns - at < stretch ? columns - at : stretch;
        const void *values = known_values(b, k, at, length);

        if (b->kernels->greatest[b->acc](values, length, &most))
            stat.sum = NAN;
        if (label && most > greatest) {
            greatest = most;
            best = at + b->kernels->find[b->acc](values, length, most);
        }
    }
    stat.most = model->map != NULL ? (double)model->known[best] : (double)best;
    return stat;
}

struct ens_stat ens_stat_of_label(const struct ens_blend *b, size_t k)
{
    return ens_output_of(b, k).dtype == ENSEMBLE_I32 ? stat_of_label(b, k) : stat_of_values(b, k, 1);
}

static struct ens_stat compute(const struct ens_blend *b, size_t k)
{
    struct ens_stat stat;

    if (is_logits(b, k))
        return stat_of_logits(b, k);
    if (b->recipe->form == ENS_FORM_VOTE || ens_output_of(b, k).dtype == ENSEMBLE_I32)
        return ens_stat_of_label(b, k);
    stat = stat_of_values(b, k, 0);
    if (b->recipe->form == ENS_FORM_RANKS)
        ens_ranks_prepare(b, k);
    return stat;
}

void ens_stat_prepare(const struct ens_blend *b, size_t k)
{
    b->kept[k] = compute(b, k);
}

void ens_stats_of_row(const struct ens_blend *b)
{
    for (size_t k = 0; k < b->e->plan.n; k++) {
        struct ens_stat *place = k < ENS_STATS ? &b->kept[k] : b->room.stats;

        if (ens_output_of(b, k).data == NULL || ens_weight_in_row(b, k) == 0 || !ens_stat_is_needed(b, k))
            continue;
        if (k < ENS_STATS)
            *place = compute(b, k);
        else if (place != NULL)
            place[k - ENS_STATS] = compute(b, k);
    }
}

struct ens_stat ens_stat(const struct ens_blend *b, size_t k)
{
    if (k < ENS_STATS)
        return b->kept[k];
    return b->room.stats != NULL ? b->room.stats[k - ENS_STATS] : compute(b, k);
}

int ens_stat_is_sound(const struct ens_blend *b, size_t k)
{
    return ens_stat(b, k).sum > 0;
}
