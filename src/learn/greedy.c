/* SPDX-License-Identifier: MIT */
/*
 * What each candidate would make of the ensemble is found from what the ensemble is so far. Squared error: from the
 * Gram matrix of the errors. Log loss: from the sum of the probabilities of each row's label. All other scores: from
 * the sum of all values. Each round is one pass over these, a piece for all candidates at a time where that goes.
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
    struct ens_tally *tallies; /* one for each candidate, or one for all */
    struct ens_doubt doubt; /* accuracy: the rows in which candidates may differ, */
    double *some;      /* and the sums of some of them; else NULL */
};

static int needs_rows(const struct ens_greedy *g)
{
    return g->gram == NULL && g->likelihood == NULL;
}

static int open_rows(struct selection *s)
{
    struct ens_greedy *g = s->g;
    const size_t width = g->s->width, n = ens_scale_is_global(&g->scale) ? 1 : s->n;
    int failed = 0;

    s->candidate = ens_heap_doubles(g->s->heap, width < ENS_PIECE ? ENS_PIECE : width, &failed);
    s->values = ens_heap_doubles(g->s->heap, width < ENS_PIECE ? ENS_PIECE : width, &failed);
    s->sums = ens_heap_clear(g->s->heap, g->sample->n, width * sizeof *s->sums);
    s->tallies = ens_heap_take(g->s->heap, n, sizeof *s->tallies);
    failed |= s->sums == NULL || s->tallies == NULL;
    for (size_t i = 0; i < n && !failed; i++)
        failed = ens_tally_open(&s->tallies[i], g->s, g->sample, &g->scale);
    return failed;
}

static int open_doubt(struct selection *s)
{
    struct ens_greedy *g = s->g;
    const size_t width = g->s->width;
    int failed = 0;

    if (ens_scale_is_global(&g->scale))
        return 0;
    s->some = ens_heap_doubles(g->s->heap, width < ENS_PIECE ? ENS_PIECE : width, &failed);
    return failed ? ENSEMBLE_ENOMEM : ens_doubt_open(&s->doubt, g->s, g->sample);
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
    return needs_rows(g) && (open_rows(s) || open_doubt(s)) ? ENSEMBLE_ENOMEM : 0;
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
                s->losses[i] -= l->kernels->log_sum(s->sums + row, l->p + i * l->rows + row, length,
                                                   ENS_LEAST_PROBABILITY * count, count);
    }
    for (size_t i = 0; i < s->n; i++)
        s->losses[i] = log_count + s->losses[i] / (double)l->rows;
}

/* Rows of sums with a candidate added, or their mean where the size of values matters. */
static void add_candidate(struct selection *s, const struct ens_sample *sample, size_t i, size_t first, size_t count,
                          const double *sums, double *to)
{
    static const double ones[] = {1, 1};
    const struct ens_kernels *kernels = s->g->s->e.kernels;
    const size_t length = count * s->g->s->width;
    const void *in[] = {sums, ens_source_rows(s->g->s, sample, first, count, i, s->values)};
    const struct ens_span span = {.out = to, .in = in, .weight = ones, .n = 2, .length = length};
    const struct ens_map mean = {.a = (double)(s->round + 1)};

    kernels->wsum[ENS_f64][ENS_f64][ENS_f64](&span);
    if (s->g->scale.metric != NULL || s->g->s->width == 1)
        kernels->map[ENS_f64][ENS_MAP_quotient](to, to, length, &mean);
}

static double loss_of(struct selection *s, struct ens_tally *tally)
{
    const double score = ens_tally_end(tally);

    return ens_scale_is_gain(&s->g->scale) ? -score : score;
}

static size_t rows_at(const struct selection *s, size_t first)
{
    const size_t step = ens_rows_together(s->g->s), left = s->g->sample->n - first;

    return left < step ? left : step;
}

/* A score that needs all rows of a candidate at once. */
static void try_globally(struct selection *s, size_t i)
{
    struct ens_tally *tally = s->tallies;

    ens_tally_begin(tally);
    for (size_t first = 0; first < s->g->sample->n; first += rows_at(s, first)) {
        double *to = tally->values + first * s->g->s->width;

        add_candidate(s, s->g->sample, i, first, rows_at(s, first), s->sums + first * s->g->s->width, to);
        ens_tally_add(tally, first, rows_at(s, first), to);
    }
    s->losses[i] = loss_of(s, tally);
}

/* A score to which each row adds, of the rows in which candidates may differ. */
static void try_in_doubt(struct selection *s)
{
    const struct ens_source *source = s->g->s;
    const struct ens_sample *sample = &s->doubt.sample;
    const size_t step = ens_rows_together(source), width = source->width;

    if (s->round > 0)
        ens_doubt_find(&s->doubt, source, s->g->sample, s->sums);
    for (size_t first = 0; first < sample->n; first += step) {
        const size_t count = sample->n - first < step ? sample->n - first : step;

        for (size_t r = 0; r < count; r++)
            memcpy(s->some + r * width, s->sums + s->doubt.place[first + r] * width, width * sizeof *s->some);
        for (size_t i = 0; i < s->n; i++)
            if (s->allowed[i]) {
                add_candidate(s, sample, i, first, count, s->some, s->candidate);
                ens_tally_add(&s->tallies[i], first, count, s->candidate);
            }
    }
    for (size_t i = 0; i < s->n; i++) {
        s->tallies[i].hits += s->doubt.hits;
        s->tallies[i].rows = s->g->sample->n;
    }
}

static void try_rows(struct selection *s)
{
    if (ens_scale_is_global(&s->g->scale)) {
        for (size_t i = 0; i < s->n; i++)
            if (s->allowed[i])
                try_globally(s, i);
        return;
    }
    for (size_t i = 0; i < s->n; i++) {
        ens_tally_begin(&s->tallies[i]);
        s->tallies[i].sample = &s->doubt.sample;
    }
    try_in_doubt(s);
    for (size_t i = 0; i < s->n; i++)
        s->losses[i] = loss_of(s, &s->tallies[i]);
}

/* The candidate of the smallest loss, the first of several; s->n if none has one. */
static size_t best_of(struct selection *s)
{
    double least = INFINITY;
    size_t best = s->n;

    allow(s);
    if (s->g->gram != NULL)
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

static void take(struct selection *s, size_t i)
{
    struct ens_greedy *g = s->g;

    s->counts[i]++;
    s->round++;
    if (g->gram != NULL) {
        for (size_t j = 0; j < s->n; j++)
            s->along[j] += g->gram[i * s->n + j];
        return;
    }
    if (g->likelihood != NULL) {
        for (size_t row = 0; row < g->sample->n; row++)
            s->sums[row] += g->likelihood->p[i * g->likelihood->rows + row];
        return;
    }
    for (size_t first = 0; first < g->sample->n; first += rows_at(s, first)) {
        const size_t length = rows_at(s, first) * g->s->width;
        const double *values = ens_source_rows(g->s, g->sample, first, rows_at(s, first), i, s->values);

        for (size_t j = 0; j < length; j++)
            s->sums[first * g->s->width + j] += values[j];
    }
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
