/* SPDX-License-Identifier: MIT */
/*
 * What each candidate would make of the ensemble is found from what the ensemble is so far. Squared error: from the
 * Gram matrix of the errors. Log loss: from the sum of the probabilities of each row's label, which is gone through a
 * piece for all candidates at a time. All other scores: from the sum of all values; accuracy from that of rows that are
 * in doubt.
 */
#include "learn/greedy.h"

#include "learn/doubt.h"

#include <math.h>
#include <string.h>

struct selection {
    struct ens_greedy *g;
    size_t n;
    size_t round;      /* models chosen so far */
    size_t *counts;    /* how often each of them */
    size_t *kept;      /* the counts of the best round */
    unsigned char *allowed;
    double *losses;    /* of the candidates: to be made small */
    double *along;     /* squared error: the Gram matrix times the counts */
    double *sums;      /* log loss: of each row; else: rows x width */
    double *candidate; /* some rows of the sums with a candidate added, */
    double *values;    /* and of the candidate */
    struct ens_tally tally; /* of a score that needs all rows at once */
    struct ens_doubt doubt; /* accuracy: the rows in which candidates may differ, */
    size_t *hits;      /* and how often each of them is right */
};

static int needs_rows(const struct ens_greedy *g)
{
    return g->gram == NULL && g->likelihood == NULL;
}

static int open_rows(struct selection *s)
{
    struct ens_greedy *g = s->g;
    int failed = 0;

    s->candidate = ens_rows_room(g->s, &failed);
    s->values = ens_rows_room(g->s, &failed);
    s->sums = ens_heap_clear(g->s->heap, g->sample->n, g->s->width * sizeof *s->sums);
    s->hits = ens_heap_take(g->s->heap, s->n, sizeof *s->hits);
    if (failed || s->sums == NULL || s->hits == NULL)
        return ENSEMBLE_ENOMEM;
    if (ens_scale_is_global(&g->scale))
        return ens_tally_open(&s->tally, g->s, g->sample, &g->scale);
    return g->s->width > 1 ? ens_doubt_open(&s->doubt, g->s, g->sample) : 0;
}

static int open_selection(struct selection *s)
{
    struct ens_greedy *g = s->g;
    struct ens_heap *heap = g->s->heap;
    int failed = 0;

    s->counts = ens_heap_clear(heap, s->n, sizeof *s->counts);
    s->kept = ens_heap_clear(heap, s->n, sizeof *s->kept);
    s->allowed = ens_heap_take(heap, s->n, 1);
    s->losses = ens_heap_doubles(heap, s->n, &failed);
    if (g->gram != NULL)
        s->along = ens_heap_clear(heap, s->n, sizeof *s->along);
    if (g->likelihood != NULL)
        s->sums = ens_heap_clear(heap, g->sample->n, sizeof *s->sums);
    if (failed || s->counts == NULL || s->kept == NULL || s->allowed == NULL || (g->gram != NULL && s->along == NULL) ||
        (g->likelihood != NULL && s->sums == NULL))
        return ENSEMBLE_ENOMEM;
    return needs_rows(g) ? open_rows(s) : 0;
}

/* Which models may be chosen: those that are used already, and those that the limits allow besides. */
static void allow(struct selection *s)
{
    struct ens_spent spent = {0, 0};

    for (size_t i = 0; i < s->n; i++)
        if (s->counts[i] > 0)
            spent = ens_limits_spend(s->g->limits, spent, i);
    for (size_t i = 0; i < s->n; i++)
        s->allowed[i] = s->counts[i] > 0 || ens_limits_allow(s->g->limits, spent, i);
}

static void try_squares(struct selection *s)
{
    const double count = (double)(s->round + 1);
    double square = 0;

    for (size_t i = 0; i < s->n; i++)
        square += (double)s->counts[i] * s->along[i];
    for (size_t i = 0; i < s->n; i++) {
        const double sum = square + 2 * s->along[i] + s->g->gram[i * s->n + i];

        s->losses[i] = sum > 0 ? sum / (count * count) : 0;
    }
}

/* -(mean of log(sum / count)) = log count - mean of log sum */
static void try_likelihood(struct selection *s)
{
    const struct ens_likelihood *l = s->g->likelihood;
    const struct ens_map map = {.a = -INFINITY, .c = -INFINITY};
    const double count = (double)(s->round + 1);
    double log_count;

    l->kernels->map[ENS_f64][ENS_MAP_log](&log_count, &count, 1, &map);
    for (size_t i = 0; i < s->n; i++)
        s->losses[i] = 0;
    for (size_t row = 0; row < l->rows; row += ENS_LOG_BLOCK) {
        const size_t length = l->rows - row < ENS_LOG_BLOCK ? l->rows - row : ENS_LOG_BLOCK;

        for (size_t i = 0; i < s->n; i++)
            if (s->allowed[i])
                s->losses[i] -= l->kernels->log_sum[l->dtype](s->sums + row, ens_likelihood_at(l, i, row), length,
                                                              ENS_LEAST_PROBABILITY * count, count);
    }
    for (size_t i = 0; i < s->n; i++)
        s->losses[i] = log_count + s->losses[i] / (double)l->rows;
}

/* Rows of sums with a candidate added, or their mean where the size of values matters. */
static void add_candidate(struct selection *s, size_t i, size_t first, size_t count, double *to)
{
    static const double ones[] = {1, 1};
    struct ens_source *source = s->g->s;
    const void *in[] = {s->sums + first * source->width,
                        ens_rows_of_model(source, s->g->sample, first, count, i, s->values)};
    const struct ens_span span = {.out = to, .in = in, .weight = ones, .n = 2, .length = count * source->width};
    const struct ens_map mean = {.a = (double)(s->round + 1)};

    source->e.kernels->wsum[ENS_f64][ENS_f64][ENS_f64](&span);
    if (s->g->scale.metric != NULL || source->width == 1)
        source->e.kernels->map[ENS_f64][ENS_MAP_quotient](to, to, span.length, &mean);
}

/* A score that needs all rows of a candidate at once. */
static void try_globally(struct selection *s, size_t i)
{
    const struct ens_sample *sample = s->g->sample;
    struct ens_tally *tally = &s->tally;

    ens_tally_begin(tally);
    for (size_t first = 0, count; first < sample->n; first += count) {
        double *to = tally->values + first * s->g->s->width;

        count = ens_rows_at(s->g->s, sample, first);
        add_candidate(s, i, first, count, to);
        ens_tally_add(tally, first, count, to);
    }
    s->losses[i] = ens_tally_end(tally);
    s->losses[i] = ens_scale_is_gain(&s->g->scale) ? -s->losses[i] : s->losses[i];
}

/* The hits of a candidate where the width is 1: no value leads, so all rows have to be looked at. */
static size_t count_halves(struct selection *s, size_t i)
{
    const struct ens_sample *sample = s->g->sample;
    size_t hits = 0;

    for (size_t first = 0, count; first < sample->n; first += count) {
        count = ens_rows_at(s->g->s, sample, first);
        add_candidate(s, i, first, count, s->candidate);
        for (size_t r = 0; r < count; r++)
            hits += (s->candidate[r] > .5) == ens_source_label(s->g->s, ens_sample_row(sample, first + r));
    }
    return hits;
}

/* Accuracy. In the first round there is no need to look. */
static void try_hits(struct selection *s)
{
    if (s->round > 0 && s->g->s->width > 1)
        ens_doubt_count(&s->doubt, s->sums, s->allowed, s->hits);
    for (size_t i = 0; i < s->n; i++) {
        if (s->round > 0 && s->g->s->width == 1 && s->allowed[i])
            s->hits[i] = count_halves(s, i);
        s->losses[i] = s->round > 0 ? -((double)s->hits[i] / (double)s->g->sample->n) : -s->g->single[i];
    }
}

static void try_rows(struct selection *s)
{
    if (!ens_scale_is_global(&s->g->scale)) {
        try_hits(s);
        return;
    }
    for (size_t i = 0; i < s->n; i++)
        if (s->allowed[i])
            try_globally(s, i);
}

/* The candidate of the smallest loss, the first of several; s->n if none has one. */
static size_t best_of(struct selection *s)
{
    double least = INFINITY;
    size_t best = s->n;

    allow(s);
    if (s->along != NULL)
        try_squares(s);
    else if (s->g->likelihood != NULL)
        try_likelihood(s);
    else
        try_rows(s);
    for (size_t i = 0; i < s->n; i++)
        if (s->allowed[i] && s->losses[i] < least) {
            least = s->losses[i];
            best = i;
        }
    return best;
}

/* Adds what a model says to the sums: as one stretch, if it is one. */
static void add_rows(struct selection *s, size_t i)
{
    static const double one = 1;
    struct ens_source *source = s->g->s;
    const struct ens_sample *sample = s->g->sample;
    const struct ens_piece all = {0, sample->n, 0, source->width};
    int dtype = ENS_f64;
    const void *in = ens_source_raw(source, sample, &all, i, &dtype);
    const int whole = in != NULL;

    for (size_t first = 0, count; first < sample->n; first += count) {
        double *sums = s->sums + first * source->width;
        struct ens_span span = {.out = sums, .start = sums, .in = &in, .weight = &one, .n = 1};

        count = whole ? sample->n : ens_rows_at(source, sample, first);
        span.length = count * source->width;
        if (!whole)
            in = ens_rows_of_model(source, sample, first, count, i, s->values);
        source->e.kernels->wsum[ENS_f64][dtype][ENS_f64](&span);
    }
}

static void add_probabilities(struct selection *s, size_t i)
{
    static const double one = 1;
    const struct ens_likelihood *l = s->g->likelihood;
    const void *in = ens_likelihood_at(l, i, 0);
    const struct ens_span span = {
        .out = s->sums, .start = s->sums, .in = &in, .weight = &one, .n = 1, .length = l->rows};

    l->kernels->wsum[ENS_f64][l->dtype][ENS_f64](&span);
}

static void take(struct selection *s, size_t i)
{
    struct ens_greedy *g = s->g;

    s->counts[i]++;
    s->round++;
    if (s->along != NULL) {
        for (size_t j = 0; j < s->n; j++)
            s->along[j] += g->gram[i * s->n + j];
        return;
    }
    if (g->likelihood != NULL) {
        add_probabilities(s, i);
        return;
    }
    add_rows(s, i);
}

/* Are the weights those of the best round so far, whatever rounding says of the loss? */
static int is_as_before(const struct selection *s, size_t rounds)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->counts[i] * rounds != s->kept[i] * s->round)
            return 0;
    return rounds > 0;
}

int ens_greedy_select(struct ens_greedy *g, double *w, double *score, size_t *rounds)
{
    struct selection s = {.g = g, .n = g->s->n};
    const int gain = ens_scale_is_gain(&g->scale);
    double least = INFINITY;
    int code = open_selection(&s);

    if (code)
        return code;
    *rounds = 0;
    for (size_t round = 0; g->trajectory != NULL && round < g->rounds; round++)
        g->trajectory[round] = NAN;
    while (s.round < g->rounds) {
        const size_t best = best_of(&s);

        if (best == s.n)
            break;
        take(&s, best);
        if (g->trajectory != NULL)
            g->trajectory[s.round - 1] = gain ? -s.losses[best] : s.losses[best];
        if (s.losses[best] < least && !is_as_before(&s, *rounds)) {
            least = s.losses[best];
            *rounds = s.round;
            memcpy(s.kept, s.counts, s.n * sizeof *s.kept);
        }
    }
    if (*rounds == 0)
        return ENSEMBLE_EFIT;
    for (size_t i = 0; i < s.n; i++)
        w[i] = (double)s.kept[i] / (double)*rounds;
    *score = gain ? -least : least;
    return 0;
}
