/* SPDX-License-Identifier: MIT */
#include "learn/score.h"

#include "learn/area.h"

#include <math.h>
#include <string.h>

/* Rows of up to this width have their largest value found by the kernel for short rows. */
#define SHORT ((size_t)32)

/* Values that are combined at once, where that is not part of the bits: what stays in the first-level cache. */
#define COMBINED (8 * ENS_PIECE)

int ens_scale_is_global(const struct ens_scale *scale)
{
    return scale->metric != NULL || scale->score == ENSEMBLE_SCORE_AUC;
}

int ens_scale_is_gain(const struct ens_scale *scale)
{
    return scale->metric == NULL && (scale->score == ENSEMBLE_SCORE_ACCURACY || scale->score == ENSEMBLE_SCORE_AUC);
}

/* Rows that are combined at once. Squares are added up piece by piece. */
static size_t rows_combined(const struct ens_source *s, const struct ens_scale *scale)
{
    const int by_piece = scale->score == ENSEMBLE_SCORE_SQUARED_ERROR;

    return by_piece || s->width >= COMBINED ? ens_rows_together(s) : COMBINED / s->width;
}

int ens_tally_open(struct ens_tally *t, struct ens_source *s, const struct ens_sample *sample,
                   const struct ens_scale *scale)
{
    int failed = 0;

    *t = (struct ens_tally){.scale = *scale, .s = s, .sample = sample};
    if (scale->metric == NULL && scale->score == ENSEMBLE_SCORE_LOG_LOSS)
        t->picked = ens_heap_doubles(s->heap, ENS_LOG_BLOCK, &failed);
    if (scale->metric == NULL && scale->score == ENSEMBLE_SCORE_CALIBRATION_ERROR)
        t->bins = ens_heap_doubles(s->heap, ENS_BINS, &failed);
    if (scale->metric == NULL && scale->score == ENSEMBLE_SCORE_ACCURACY) {
        t->labels = ens_heap_take(s->heap, rows_combined(s, scale), sizeof *t->labels);
        failed |= t->labels == NULL;
    }
    if (ens_scale_is_global(scale)) {
        t->values = ens_heap_take(s->heap, sample->n, s->width * sizeof *t->values);
        t->row = ens_heap_take(s->heap, sample->n, sizeof *t->row);
        t->sorted = ens_heap_take(s->heap, sample->n, 4 * sizeof *t->sorted);
        failed |= t->values == NULL || t->row == NULL || t->sorted == NULL;
    }
    return failed ? ENSEMBLE_ENOMEM : 0;
}

void ens_tally_begin(struct ens_tally *t)
{
    t->rows = t->hits = t->n_picked = 0;
    t->sum = 0;
    for (size_t bin = 0; t->bins != NULL && bin < ENS_BINS; bin++)
        t->bins[bin] = 0;
}

static void add_logarithms(struct ens_tally *t)
{
    t->sum -= t->s->e.kernels->log_sum[ENS_f64](t->picked, NULL, t->n_picked, ENS_LEAST_PROBABILITY, 1);
    t->n_picked = 0;
}

/* The squared distance of rows from the truth, stretch by stretch. */
static void add_squares(struct ens_tally *t, size_t first, size_t count, const double *values)
{
    struct ens_source *s = t->s;
    const size_t most = s->width < ENS_PIECE ? s->width : ENS_PIECE;

    for (size_t column = 0; column < s->width; column += most) {
        const size_t length = s->width - column < most ? s->width - column : most;
        const struct ens_piece piece = {first, count, column, length};
        double sum = 0;

        ens_source_truth(s, t->sample, &piece);
        for (size_t j = 0; j < count * length; j++) {
            const double error = values[column + j] - s->truth[j];

            sum += error * error;
        }
        t->sum += sum;
    }
}

/* The first of the largest values, and that value; where the width is 1, of label 0 and 1. */
static size_t top_of(const struct ens_source *s, const double *row, double *value)
{
    double most;
    int32_t label;

    if (s->width == 1) {
        *value = row[0] > .5 ? row[0] : 1 - row[0];
        return row[0] > .5;
    }
    if (s->width <= SHORT) {
        s->e.kernels->labels[ENS_f64](row, 0, 1, s->width, &label);
        *value = row[label];
        return (size_t)label;
    }
    s->e.kernels->greatest[ENS_f64](row, s->width, &most);
    *value = most;
    return s->e.kernels->find[ENS_f64](row, s->width, most);
}

/* Bin m holds confidences above m / ENS_BINS, up to (m + 1) / ENS_BINS; the first one 0, too. */
static size_t bin_of(double confidence)
{
    size_t bin = 0;

    while (bin + 1 < ENS_BINS && confidence > (double)(bin + 1) / ENS_BINS)
        bin++;
    return bin;
}

static void add_row(struct ens_tally *t, size_t row, const double *values)
{
    const size_t label = (size_t)ens_source_label(t->s, row);
    double confidence;

    if (t->picked != NULL) {
        t->picked[t->n_picked++] = ens_label_probability(values, t->s->width, label);
        if (t->n_picked == ENS_LOG_BLOCK)
            add_logarithms(t);
    } else {
        const int hit = top_of(t->s, values, &confidence) == label;

        t->hits += (size_t)hit;
        if (t->bins != NULL)
            t->bins[bin_of(confidence)] += confidence - hit;
    }
}

/* The hits of several short rows, for which one call of the kernel does. */
static void add_hits(struct ens_tally *t, size_t first, size_t count, const double *values)
{
    for (size_t r = 0; r < count; r++)
        t->labels[r] = ens_source_label(t->s, ens_sample_row(t->sample, first + r));
    t->hits += t->s->e.kernels->hits(values, count, t->s->width, t->labels);
}

void ens_tally_add(struct ens_tally *t, size_t first, size_t count, const double *values)
{
    const size_t width = t->s->width;

    if (ens_scale_is_global(&t->scale)) {
        if (values != t->values + t->rows * width)
            memcpy(t->values + t->rows * width, values, count * width * sizeof *values);
        for (size_t r = 0; r < count; r++)
            t->row[t->rows + r] = ens_sample_row(t->sample, first + r);
    } else if (t->scale.score == ENSEMBLE_SCORE_SQUARED_ERROR) {
        add_squares(t, first, count, values);
    } else if (t->labels != NULL && width > 1 && width <= ENS_HITS_WIDTH) {
        add_hits(t, first, count, values);
    } else {
        for (size_t r = 0; r < count; r++)
            add_row(t, ens_sample_row(t->sample, first + r), values + r * width);
    }
    t->rows += count;
}

double ens_tally_end(struct ens_tally *t)
{
    double sum = 0;

    if (t->rows == 0)
        return NAN;
    if (t->scale.metric != NULL)
        return t->scale.metric(t->values, t->row, t->rows, t->s->width, t->scale.user);
    switch (t->scale.score) {
    case ENSEMBLE_SCORE_AUC:
        return ens_area(t->s, t->values, t->row, t->rows, t->sorted);
    case ENSEMBLE_SCORE_ACCURACY:
        return (double)t->hits / (double)t->rows;
    case ENSEMBLE_SCORE_CALIBRATION_ERROR:
        for (size_t bin = 0; bin < ENS_BINS; bin++)
            sum += t->bins[bin] < 0 ? -t->bins[bin] : t->bins[bin];
        return sum / (double)t->rows;
    case ENSEMBLE_SCORE_LOG_LOSS:
        if (t->n_picked > 0)
            add_logarithms(t);
        return t->sum / (double)t->rows;
    default:
        return t->sum / (double)t->rows;
    }
}

/* Weighted sums of whole rows. `spare` has as much room as `to`. */
static void pool_rows(struct ens_source *s, const struct ens_sample *sample, size_t first, size_t count,
                      const double *w, double *spare, double *to)
{
    const struct ens_piece piece = {first, count, 0, s->width};
    const double *start = NULL;

    for (size_t i = 0; i < s->n; i++) {
        int dtype = ENS_f64;
        const void *in;
        const struct ens_span span = {
            .out = to, .start = start, .in = &in, .weight = w + i, .n = 1, .length = count * s->width};

        if (w[i] == 0)
            continue;
        in = ens_source_raw(s, sample, &piece, i, &dtype);
        if (in == NULL)
            in = ens_rows_of_model(s, sample, first, count, i, spare);
        s->e.kernels->wsum[ENS_f64][dtype][ENS_f64](&span);
        start = to;
    }
    if (start == NULL)
        memset(to, 0, count * s->width * sizeof *to);
}

int ens_score_of_pool(struct ens_source *s, const struct ens_sample *sample, const struct ens_scale *scale,
                      const double *w, double *value)
{
    struct ens_chunk *mark = s->heap->last;
    struct ens_tally t;
    int failed = ens_tally_open(&t, s, sample, scale);
    double *spare = ens_rows_room(s, &failed), *rows = ens_rows_room(s, &failed);

    if (!failed) {
        ens_tally_begin(&t);
        for (size_t first = 0, count; first < sample->n; first += count) {
            count = ens_rows_at(s, sample, first);
            pool_rows(s, sample, first, count, w, spare, rows);
            ens_tally_add(&t, first, count, rows);
        }
        *value = ens_tally_end(&t);
    }
    ens_heap_release(s->heap, mark);
    return failed ? ENSEMBLE_ENOMEM : 0;
}

/* Adds combined rows; one by one, if some of them have no answer. */
static void add_answers(struct ens_tally *t, size_t first, size_t count, const double *rows)
{
    const size_t width = t->s->width;

    if (t->s->e.kernels->finite[ENS_f64](rows, count * width)) {
        ens_tally_add(t, first, count, rows);
        return;
    }
    for (size_t r = 0; r < count; r++) {
        int answered = 1;

        for (size_t j = 0; j < width; j++)
            answered &= rows[r * width + j] - rows[r * width + j] == 0;
        if (answered)
            ens_tally_add(t, first + r, 1, rows + r * width);
    }
}

int ens_score_of_handle(struct ens_source *s, const struct ens_sample *sample, const struct ens_scale *scale,
                        double *value)
{
    const int code = ens_blend_check(&s->inputs, &s->e);
    struct ens_chunk *mark = s->heap->last;
    struct ens_tally t;
    int failed = ens_tally_open(&t, s, sample, scale);
    const size_t most = rows_combined(s, scale);
    double *rows = ens_heap_doubles(s->heap, most * s->width, &failed);

    if (!failed && code == 0) {
        ens_tally_begin(&t);
        for (size_t first = 0, count; first < sample->n; first += count) {
            count = sample->n - first < most ? sample->n - first : most;
            ens_rows_combine(s, sample, first, count, rows);
            add_answers(&t, first, count, rows);
        }
        *value = ens_tally_end(&t);
    }
    ens_heap_release(s->heap, mark);
    return failed ? ENSEMBLE_ENOMEM : code;
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
        ens_source_undo_form(s, 0);
    if (code == 0 && s->known.n > 0)
        code = ens_score_of_handle(s, &s->known, &scale, &found);
    if (code == 0)
        *value = found;
    ens_heap_release(&heap, NULL);
    return code;
}
