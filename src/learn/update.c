/* SPDX-License-Identifier: MIT */
#include "learn/update.h"

#include "learn/score.h"
#include "plan/plan.h"

#include <math.h>
#include <string.h>

/* Weights do not become smaller than this: at 0 a model would be out for good. */
#define LEAST 0x1p-1000

/* By so much the sum of a probability vector may differ from 1. */
#define ROUNDING 1e-12

struct step {
    struct ens_source s;
    struct ens_heap heap;
    int32_t score;
    double rate, share;
    double *w;        /* of the source's models, those that are awake */
    double *gradient; /* of the score, by their weights, summed over the rows */
    double *shares;   /* of what is awake */
    double *tiles;    /* a piece of each model, */
    const void **in;  /* where that is, */
    double *spare;    /* a piece that is being converted, */
    double *pool;     /* and one of the weighted sum */
};

/* The weights to begin with: a probability vector over all models; those that are awake, in w. */
static int take_weights(struct step *t, const struct ensemble *e, double *sum)
{
    *sum = 0;
    for (size_t i = 0; i < e->n_models; i++) {
        if (ens_weight(e, i) < 0)
            return ENSEMBLE_ENEGATIVE;
        *sum += ens_weight(e, i);
    }
    if (!(*sum > 0) || !(*sum < INFINITY))
        return ENSEMBLE_EZEROSUM;
    if (*sum > 1 - ROUNDING && *sum < 1 + ROUNDING)
        *sum = 1; /* of our own making: models that sleep keep their weight to the bit */
    for (size_t i = 0; i < t->s.n; i++)
        t->w[i] = ens_weight(e, ens_source_model(&t->s, i)) / *sum;
    return 0;
}

static int open_step(struct step *t)
{
    int failed = 0;

    t->w = ens_heap_doubles(&t->heap, t->s.n, &failed);
    t->gradient = ens_heap_doubles(&t->heap, t->s.n, &failed);
    t->shares = ens_heap_doubles(&t->heap, t->s.n, &failed);
    t->spare = ens_heap_doubles(&t->heap, ENS_PIECE, &failed);
    t->in = ens_heap_take(&t->heap, t->s.n, sizeof *t->in);
    t->tiles = ens_heap_take(&t->heap, t->s.n, ENS_PIECE * sizeof *t->tiles);
    t->pool = ens_heap_doubles(&t->heap, ENS_PIECE, &failed);
    return failed || t->in == NULL || t->tiles == NULL ? ENSEMBLE_ENOMEM : 0;
}

/* What the models that are awake say together, their weights being shares of what is awake; `start`: added to. */
static void pool(struct step *t, size_t length, const double *start)
{
    const struct ens_span span = {
        .out = t->pool, .start = start, .in = t->in, .weight = t->shares, .n = t->s.n, .length = length};

    t->s.e.kernels->wsum[ENS_f64][ENS_f64][ENS_f64](&span);
}

/* Squared error: 2 sum_j (y_j - t_j) x_ij. 0 where something is not finite. */
static int add_squares(struct step *t, const struct ens_piece *piece)
{
    const size_t length = piece->count * piece->length, n = t->s.n;
    double sums[ENS_PAIRS];

    ens_source_truth(&t->s, &t->s.known, piece);
    for (size_t i = 0; i < n; i++) {
        double *tile = t->tiles + i * ENS_PIECE;
        const double *values = ens_source_values(&t->s, &t->s.known, piece, i, tile);

        if (values != tile)
            memcpy(tile, values, length * sizeof *tile);
        t->in[i] = tile;
    }
    pool(t, length, t->s.less);
    for (size_t first = 0; first < n; first += ENS_PAIRS) {
        const double *others[ENS_PAIRS];

        for (size_t i = 0; i < ENS_PAIRS; i++)
            others[i] = t->in[first + i < n ? first + i : first];
        t->s.e.kernels->pairs[0](t->pool, others, length, sums);
        for (size_t i = first; i < first + ENS_PAIRS && i < n; i++)
            t->gradient[i] += 2 * sums[i - first];
    }
    return t->s.e.kernels->finite[ENS_f64](t->pool, length);
}

/* Log loss: -x / y at the label, of a y that is at least what counts. 0 where something is not finite. */
static int add_logarithms(struct step *t, const struct ens_piece *piece)
{
    const size_t label = (size_t)ens_source_label(&t->s, ens_sample_row(&t->s.known, piece->first));
    const int part = piece->length < t->s.width; /* of a long row; has it the label? */
    const int has_label = !part || (label >= piece->column && label - piece->column < piece->length);
    int sound = 1;

    for (size_t i = 0; i < t->s.n; i++) {
        double *p = t->tiles + i * ENS_PIECE;

        sound &= ens_pick(&t->s, &t->s.known, piece, i, t->spare, p);
        t->in[i] = p;
    }
    if (!sound || !has_label)
        return sound;
    pool(t, piece->count, NULL);
    t->s.e.kernels->descend((const double *const *)t->in, t->s.n, t->pool, piece->count, ENS_LEAST_PROBABILITY,
                            t->gradient);
    return 1;
}

/* Goes through the rows. 0, or ENSEMBLE_ENOMEM; again without the rows in which something is not finite. */
static int differentiate(struct step *t)
{
    for (int screened = 0;; screened = 1) {
        int sound = 1;

        for (size_t i = 0; i < t->s.n; i++)
            t->gradient[i] = 0;
        ENS_EACH_PIECE(piece, &t->s, &t->s.known)
            sound &= t->score == ENSEMBLE_SCORE_SQUARED_ERROR ? add_squares(t, &piece) : add_logarithms(t, &piece);
        for (size_t i = 0; i < t->s.n; i++)
            sound &= t->gradient[i] - t->gradient[i] == 0;
        if (sound || screened)
            return sound ? 0 : ENSEMBLE_EFIT;
        if (ens_source_screen(&t->s))
            return ENSEMBLE_ENOMEM;
    }
}

/* The step itself, of weights that sum to `awake` before and after. */
static void move(struct step *t, double awake)
{
    const struct ens_map exp = {.a = 1};
    const size_t n = t->s.n;
    double least = INFINITY, sum = 0;

    for (size_t i = 0; i < n; i++)
        least = t->gradient[i] < least ? t->gradient[i] : least;
    for (size_t i = 0; i < n; i++)
        t->gradient[i] = -t->rate * ((t->gradient[i] - least) / (double)t->s.known.n);
    t->s.e.kernels->map[ENS_f64][ENS_MAP_exp](t->gradient, t->gradient, n, &exp);
    for (size_t i = 0; i < n; i++) {
        t->w[i] *= t->gradient[i];
        t->w[i] = t->w[i] > LEAST ? t->w[i] : LEAST;
        sum += t->w[i];
    }
    for (size_t i = 0; i < n; i++)
        t->w[i] = (1 - t->share) * (t->w[i] * (awake / sum)) + t->share * (awake / (double)n);
}

static int update(struct ensemble *e, struct step *t, const struct ens_targets *targets)
{
    double sum, awake = 0;
    int code = ens_source_open(&t->s, &t->heap, e, targets, ENS_SOURCE_PARTIAL | ENS_SOURCE_WEIGHTED);

    if (code == 0 && targets->dtype != ENSEMBLE_I32 && t->score == ENSEMBLE_SCORE_LOG_LOSS)
        code = ENSEMBLE_EFIT;
    if (code == 0)
        code = open_step(t);
    if (code == 0)
        code = take_weights(t, e, &sum);
    if (code == 0 && t->s.n == 0)
        code = ENSEMBLE_EMISSING;
    if (code)
        return code;
    for (size_t i = 0; i < t->s.n; i++)
        awake += t->w[i];
    for (size_t i = 0; i < t->s.n; i++)
        t->shares[i] = t->w[i] / awake;
    code = differentiate(t);
    if (code || t->s.known.n == 0)
        return code;
    move(t, awake);
    for (size_t i = 0; i < e->n_models; i++)
        e->weights[i] = ens_weight(e, i) / sum;
    for (size_t i = 0; i < t->s.n; i++)
        e->weights[ens_source_model(&t->s, i)] = t->w[i];
    e->n_weights = e->n_models;
    ens_plan_build(e);
    return 0;
}

int ens_update(struct ensemble *e, const struct ens_targets *targets, int32_t score, double rate, double share)
{
    struct step t = {.score = score, .rate = rate, .share = share, .heap = {&e->allocator, NULL}};
    int code = ens_is_linear(e, 1) ? update(e, &t, targets) : ENSEMBLE_EFIT;

    ens_heap_release(&t.heap, NULL);
    return code;
}
