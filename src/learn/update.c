/* SPDX-License-Identifier: MIT */
#include "learn/update.h"

#include "learn/score.h"
#include "plan/plan.h"

#include <math.h>

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
    double *tiles;    /* a piece of each model, */
    double *pool;     /* and of the weighted sum */
    size_t rows;
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
    t->gradient = ens_heap_clear(&t->heap, t->s.n, sizeof *t->gradient);
    t->tiles = ens_heap_take(&t->heap, t->s.n, ENS_PIECE * sizeof *t->tiles);
    t->pool = ens_heap_doubles(&t->heap, ENS_PIECE, &failed);
    return failed || t->gradient == NULL || t->tiles == NULL ? ENSEMBLE_ENOMEM : 0;
}

/* What the models that are awake say together, their weights being shares of what is awake. 0: something not finite. */
static int fill_piece(struct step *t, const struct ens_piece *piece, const double *shares)
{
    const size_t length = piece->count * piece->length;

    for (size_t j = 0; j < length; j++)
        t->pool[j] = 0;
    for (size_t i = 0; i < t->s.n; i++) {
        double *tile = t->tiles + i * ENS_PIECE;
        const double *values = ens_source_values(&t->s, &t->s.known, piece, i, tile);

        for (size_t j = 0; j < length; j++) {
            tile[j] = values[j];
            t->pool[j] += shares[i] * values[j];
        }
    }
    return ens_all_finite(t->s.e.kernels, t->pool, length);
}

/* Squared error: 2 sum_j (y_j - t_j) x_ij */
static void add_squares(struct step *t, const struct ens_piece *piece)
{
    ens_source_truth(&t->s, &t->s.known, piece);
    for (size_t i = 0; i < t->s.n; i++) {
        const double *tile = t->tiles + i * ENS_PIECE;
        double sum = 0;

        for (size_t j = 0; j < piece->count * piece->length; j++)
            sum += (t->pool[j] - t->s.truth[j]) * tile[j];
        t->gradient[i] += 2 * sum;
    }
}

/* Log loss: -x / y at the label, of a y that is at least what counts. */
static void add_logarithms(struct step *t, const struct ens_piece *piece)
{
    const size_t width = t->s.width, length = width > 1 ? 2 : 1; /* of two values the first is the label's */

    for (size_t r = 0; r < piece->count; r++) {
        const size_t label = (size_t)ens_source_label(&t->s, ens_sample_row(&t->s.known, piece->first + r));
        const size_t at = r * piece->length + (width == 1 ? 0 : label - piece->column);
        const size_t at_label = width > 1 ? 0 : label;
        double y;

        if (width > 1 && (label < piece->column || label - piece->column >= piece->length))
            continue;
        y = ens_label_probability(t->pool + at, length, at_label);
        y = y > ENS_LEAST_PROBABILITY ? y : ENS_LEAST_PROBABILITY;
        for (size_t i = 0; i < t->s.n; i++)
            t->gradient[i] -= ens_label_probability(t->tiles + i * ENS_PIECE + at, length, at_label) / y;
    }
}

/* Goes through the rows. 0, or ENSEMBLE_ENOMEM; again without the rows in which something is not finite. */
static int differentiate(struct step *t, const double *shares)
{
    for (int screened = 0;; screened = 1) {
        int sound = 1;

        for (size_t i = 0; i < t->s.n; i++)
            t->gradient[i] = 0;
        ENS_EACH_PIECE(piece, &t->s, &t->s.known) {
            sound &= fill_piece(t, &piece, shares);
            if (t->score == ENSEMBLE_SCORE_SQUARED_ERROR)
                add_squares(t, &piece);
            else
                add_logarithms(t, &piece);
        }
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
    for (size_t i = 0; i < n; i++) {
        double factor = -t->rate * ((t->gradient[i] - least) / (double)t->s.known.n);

        t->s.e.kernels->map[ENS_f64][ENS_MAP_exp](&factor, &factor, 1, &exp);
        t->w[i] *= factor;
        t->w[i] = t->w[i] > LEAST ? t->w[i] : LEAST;
        sum += t->w[i];
    }
    for (size_t i = 0; i < n; i++)
        t->w[i] = (1 - t->share) * (t->w[i] * (awake / sum)) + t->share * (awake / (double)n);
}

static int update(struct ensemble *e, struct step *t, const struct ens_targets *targets)
{
    double sum, awake = 0, *shares;
    int code = ens_source_open(&t->s, &t->heap, e, targets, ENS_SOURCE_PARTIAL | ENS_SOURCE_WEIGHTED);

    if (code == 0 && targets->dtype != ENSEMBLE_I32 && t->score == ENSEMBLE_SCORE_LOG_LOSS)
        code = ENSEMBLE_EFIT;
    if (code == 0)
        code = open_step(t);
    shares = code ? NULL : ens_heap_take(&t->heap, t->s.n, sizeof *shares);
    if (code == 0 && shares == NULL)
        code = ENSEMBLE_ENOMEM;
    if (code == 0)
        code = take_weights(t, e, &sum);
    if (code == 0 && t->s.n == 0)
        code = ENSEMBLE_EMISSING;
    if (code)
        return code;
    for (size_t i = 0; i < t->s.n; i++)
        awake += t->w[i];
    for (size_t i = 0; i < t->s.n; i++)
        shares[i] = t->w[i] / awake;
    code = differentiate(t, shares);
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

/* As for a fit of the pool. */
static int is_linear(const struct ensemble *e)
{
    if ((e->method != ENSEMBLE_SUM && e->method != ENSEMBLE_MEAN) || e->form == ENSEMBLE_RESULT_LOG ||
        e->form == ENSEMBLE_RESULT_SOFTMAX || e->class_weights.n_models > 0 || e->row_weights.weight != NULL)
        return 0;
    for (size_t i = 0; i < e->n_models && (e->policy & ENSEMBLE_LEAVE_OUT_ABSENT); i++)
        if (e->models[i].map != NULL)
            return 0;
    return 1;
}

int ens_update(struct ensemble *e, const struct ens_targets *targets, int32_t score, double rate, double share)
{
    struct step t = {.score = score, .rate = rate, .share = share, .heap = {&e->allocator, NULL}};
    int code = is_linear(e) ? update(e, &t, targets) : ENSEMBLE_EFIT;

    ens_heap_release(&t.heap, NULL);
    return code;
}

int ens_score(const struct ensemble *e, const struct ens_targets *targets, int32_t score, double *value)
{
    const struct ens_scale scale = {.score = score};
    struct ens_heap heap = {&e->allocator, NULL};
    struct ens_source *s = ens_heap_take(&heap, 1, sizeof *s); /* not on the stack, of which combining takes a lot */
    double found = NAN;
    int code = s == NULL ? ENSEMBLE_ENOMEM
                         : ens_source_open(s, &heap, e, targets, ENS_SOURCE_WEIGHTED);

    if (code == 0 && targets->dtype != ENSEMBLE_I32 && score != ENSEMBLE_SCORE_SQUARED_ERROR)
        code = ENSEMBLE_EFIT;
    if (code == 0)
        ens_source_undo_form(s, ENSEMBLE_RESULT_LOG);
    if (code == 0 && s->rows > 0)
        code = ens_score_of_handle(s, &s->known, &scale, &found);
    if (code == 0)
        *value = found;
    ens_heap_release(&heap, NULL);
    return code;
}
