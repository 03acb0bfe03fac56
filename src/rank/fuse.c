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

/* What list i gave each id of the result. `rows` leads from where an entry was to its row. */
static void explain_list(const struct ens_rankings *rankings, const struct ens_index *index, size_t i,
                         const struct ens_list *list, const uint32_t *rows, const struct ens_fused *fused)
{
    const struct rule rule = rule_of(rankings, index, list);
    double *contributions = fused->contributions + i;
    double rank = 0;

    if (rankings->method == ENSEMBLE_FUSE_BORDA)
        for (size_t r = 0; r < fused->count; r++)
            contributions[r * rankings->n] = rule.weight * rule.share;
    for (size_t place = list->begin; place < list->end; place++) {
        size_t row;

        if (index->seats[place] == ENS_NO_ENTRY)
            continue;
        row = rows[index->seats[place]];
        rank++;
        if (row >= fused->count)
            continue;
        contributions[row * rankings->n] =
            rankings->method == ENSEMBLE_FUSE_BORDA
                ? rule.weight * ((double)index->count - (rank - 1))
                : finished(rankings->method, term(&rule, rankings, place, rank), index->entries[row].lists);
    }
}

static void explain(const struct ens_rankings *rankings, const struct ens_index *index, uint32_t *rows,
                    const struct ens_fused *fused)
{
    for (size_t r = 0; r < index->count; r++)
        rows[index->entries[r].list] = (uint32_t)r;
    for (size_t j = 0; j < fused->count * rankings->n; j++)
        fused->contributions[j] = 0;
    for (size_t i = 0, begin = 0; i < rankings->n; begin += rankings->lengths[i++]) {
        const struct ens_list list = ens_list(rankings, i, begin);

        if (list.weight != 0)
            explain_list(rankings, index, i, &list, rows, fused);
    }
}

size_t ens_fuse_size(size_t total)
{
    if (total > ENS_MOST_IDS)
        return SIZE_MAX;
    return total * (sizeof(struct ens_entry) + sizeof(uint32_t)) + ens_index_slots(total) * sizeof(uint32_t) +
           _Alignof(struct ens_entry);
}

size_t ens_fuse(const struct ens_rankings *rankings, void *workspace, const struct ens_fused *fused)
{
    const uintptr_t skew = -(uintptr_t)workspace & (_Alignof(struct ens_entry) - 1);
    struct ens_index index = {
        .entries = (struct ens_entry *)(void *)((unsigned char *)workspace + skew),
        .n_slots = ens_index_slots(rankings->total),
    };
    struct ens_fused result = *fused;

    index.seats = (uint32_t *)(void *)(index.entries + rankings->total);
    index.slots = index.seats + rankings->total;
    ens_index_build(&index, rankings);
    add_up(rankings, &index);
    if (result.count > index.count)
        result.count = index.count;
    for (size_t j = 0; result.contributions != NULL && j < index.count; j++)
        index.entries[j].list = (uint32_t)j;
    ens_top(index.entries, index.count, result.count);
    for (size_t r = 0; r < result.count; r++) {
        result.ids[r] = index.entries[r].id;
        if (result.scores != NULL)
            result.scores[r] = index.entries[r].score;
    }
    if (result.contributions != NULL)
        explain(rankings, &index, index.slots, &result);
    return result.count;
}
