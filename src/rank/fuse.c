/* SPDX-License-Identifier: MIT */
#include "rank/fuse.h"

#include "rank/index.h"
#include "rank/scores.h"
#include "rank/top.h"

/* What a list adds for an id that it holds. */
struct rule {
    int32_t method;
    double weight;
    double k;             /* RRF */
    double points;        /* BORDA: for rank 1, more than the share */
    double share;         /* BORDA: of an id that the list does not hold */
    struct ens_norm norm; /* the others */
};

/* BORDA: the mean of what is left for the `absent` ids that a list of some of all ids does not hold. */
static double share_of(const struct ens_index *index, const struct ens_list *list)
{
    size_t absent = index->count;

    for (size_t place = list->begin; place < list->end; place++)
        absent -= index->seats[place] != ENS_NO_ENTRY;
    return absent == 0 ? 0 : ((double)absent + 1) / 2;
}

static struct rule rule_of(const struct ens_rankings *rankings, const struct ens_index *index,
                           const struct ens_list *list)
{
    struct rule rule = {.method = rankings->method, .weight = list->weight, .k = rankings->k};

    if (rankings->method == ENSEMBLE_FUSE_BORDA) {
        rule.share = share_of(index, list);
        rule.points = (double)index->count - rule.share;
    } else if (rankings->method != ENSEMBLE_FUSE_RRF) {
        rule.norm = ens_norm_find(rankings, list, index->seats);
    }
    return rule;
}

/* For the id of rank `rank`, at `place`; with BORDA what it has more than the share. */
static inline double term(const struct rule *rule, const struct ens_rankings *rankings, size_t place, double rank)
{
    switch (rule->method) {
    case ENSEMBLE_FUSE_RRF:
        return rule->weight / (rule->k + rank);
    case ENSEMBLE_FUSE_BORDA:
        return rule->weight * (rule->points - (rank - 1));
    default:
        return rule->weight * ens_norm_of(&rule->norm, ens_score(rankings, place));
    }
}

/* BORDA: what an id would have that no list holds. */
static double shares(const struct ens_rankings *rankings, const struct ens_index *index)
{
    double sum = 0;

    for (size_t i = 0, begin = 0; i < rankings->n; begin += rankings->lengths[i++]) {
        const struct ens_list list = ens_list(rankings, i, begin);

        if (list.weight != 0)
            sum += list.weight * share_of(index, &list);
    }
    return sum;
}

static void add_list(const struct ens_rankings *rankings, const struct ens_index *index, const struct ens_list *list)
{
    const struct rule rule = rule_of(rankings, index, list);
    double rank = 0;

    for (size_t place = list->begin; place < list->end; place++)
        if (index->seats[place] != ENS_NO_ENTRY)
            index->entries[index->seats[place]].score += term(&rule, rankings, place, ++rank);
}

/* What becomes of a sum of terms, or of one of them. */
static inline double finished(int32_t method, double sum, uint32_t lists)
{
    return method == ENSEMBLE_FUSE_MNZ ? sum * lists : method == ENSEMBLE_FUSE_ANZ ? sum / lists : sum;
}

static void add_up(const struct ens_rankings *rankings, const struct ens_index *index)
{
    if (rankings->method == ENSEMBLE_FUSE_BORDA) {
        const double start = shares(rankings, index);

        for (size_t j = 0; j < index->count; j++)
            index->entries[j].score = start;
    }
    for (size_t i = 0, begin = 0; i < rankings->n; begin += rankings->lengths[i++]) {
        const struct ens_list list = ens_list(rankings, i, begin);

        if (list.weight != 0)
            add_list(rankings, index, &list);
    }
    if (rankings->method == ENSEMBLE_FUSE_RRF)
        return;
    for (size_t j = 0; j < index->count; j++) {
        struct ens_entry *entry = &index->entries[j];

        entry->score = finished(rankings->method, entry->score, entry->lists);
        if (entry->score != entry->score)
            entry->score = -__builtin_inf();
    }
}

/* What list i gave each id of the result, whose entries know their places in it as `list`, from 1. */
static void explain_list(const struct ens_rankings *rankings, const struct ens_index *index, size_t i,
                         const struct ens_list *list, double *contributions, size_t count)
{
    const struct rule rule = rule_of(rankings, index, list);
    double rank = 0;

    if (rankings->method == ENSEMBLE_FUSE_BORDA)
        for (size_t r = 0; r < count; r++)
            contributions[r * rankings->n + i] = rule.weight * rule.share;
    for (size_t place = list->begin; place < list->end; place++) {
        const struct ens_entry *entry;

        if (index->seats[place] == ENS_NO_ENTRY)
            continue;
        entry = &index->entries[index->seats[place]];
        rank++;
        if (entry->list == 0)
            continue;
        contributions[(entry->list - 1) * rankings->n + i] =
            rankings->method == ENSEMBLE_FUSE_BORDA
                ? rule.weight * ((double)index->count - (rank - 1))
                : finished(rankings->method, term(&rule, rankings, place, rank), entry->lists);
    }
}

static void explain(const struct ens_rankings *rankings, const struct ens_index *index, const uint32_t *best,
                    double *contributions, size_t count)
{
    for (size_t j = 0; j < index->count; j++)
        index->entries[j].list = 0;
    for (size_t r = 0; r < count; r++)
        index->entries[best[r]].list = (uint32_t)r + 1;
    for (size_t j = 0; j < count * rankings->n; j++)
        contributions[j] = 0;
    for (size_t i = 0, begin = 0; i < rankings->n; begin += rankings->lengths[i++]) {
        const struct ens_list list = ens_list(rankings, i, begin);

        if (list.weight != 0)
            explain_list(rankings, index, i, &list, contributions, count);
    }
}

size_t ens_fuse_size(size_t total)
{
    if (total > ENS_MOST_IDS)
        return SIZE_MAX;
    return total * (sizeof(struct ens_entry) + 2 * sizeof(uint32_t)) + ens_index_slots(total) * sizeof(uint32_t) +
           _Alignof(struct ens_entry);
}

size_t ens_fuse(const struct ens_rankings *rankings, void *workspace, const struct ens_fused *fused)
{
    const uintptr_t skew = -(uintptr_t)workspace & (_Alignof(struct ens_entry) - 1);
    struct ens_index index = {
        .entries = (struct ens_entry *)(void *)((unsigned char *)workspace + skew),
        .n_slots = ens_index_slots(rankings->total),
    };
    uint32_t *best;
    size_t count;

    index.seats = (uint32_t *)(void *)(index.entries + rankings->total);
    best = index.seats + rankings->total;
    index.slots = best + rankings->total;
    ens_index_build(&index, rankings);
    add_up(rankings, &index);
    count = fused->count < index.count ? fused->count : index.count;
    ens_top(index.entries, index.count, best, count);
    for (size_t r = 0; r < count; r++) {
        fused->ids[r] = index.entries[best[r]].id;
        if (fused->scores != NULL)
            fused->scores[r] = index.entries[best[r]].score;
    }
    if (fused->contributions != NULL)
        explain(rankings, &index, best, fused->contributions, count);
    return count;
}
