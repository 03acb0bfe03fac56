/* SPDX-License-Identifier: MIT */
#include "learn/doubt.h"

#include "base/compiler.h"
#include "base/dtype.h"
#include "base/half.h"
#include "learn/rows.h"

#include <math.h>
#include <string.h>

/* A lead counts as larger than what models can do only if it is so by more than rounding, in parts of the numbers. */
#define ROUNDING 1e-12

/* Rounds, at most, after which a row is looked at again: their rounding must be far less than that. */
#define MOST_ROUNDS 1000

/*
 * Rows that wait at once. Models are then gone through one after the other, each by so many rows at least: from memory
 * that is quicker than to come back for every few of them. What is known of the rows stays in a second-level cache.
 */
#define WAITING ((size_t)1024)

/* Rows in doubt lie apart, where no processor expects the next one: so many of them are asked for ahead of time. */
#define AHEAD ((size_t)16)

/* Rows up to this width are too short for the kernel that finds the largest values. */
#define SHORT ((size_t)32)

static double size_of(double x)
{
    return x < 0 ? -x : x;
}

/* Room for the rivals of those rows, which are few but in the first rounds; or of any one row. */
static size_t rivals_at_once(const struct ens_source *s)
{
    return s->width < 8 * WAITING ? 8 * WAITING : s->width;
}

static int take_memory(struct ens_doubt *d)
{
    struct ens_heap *heap = d->s->heap;
    int failed = 0;

    d->fall = ens_heap_clear(heap, d->sample->n, sizeof *d->fall);
    d->rise = ens_heap_clear(heap, d->sample->n, sizeof *d->rise);
    d->settled = ens_heap_clear(heap, d->sample->n, sizeof *d->settled);
    d->hit = ens_heap_clear(heap, d->sample->n, sizeof *d->hit);
    d->due = ens_heap_take(heap, WAITING, sizeof *d->due);
    d->values = ens_rows_room(d->s, &failed);
    d->place = ens_heap_take(heap, WAITING, sizeof *d->place);
    d->row = ens_heap_take(heap, WAITING, sizeof *d->row);
    d->label = ens_heap_take(heap, WAITING, sizeof *d->label);
    d->sum = ens_heap_doubles(heap, WAITING, &failed);
    d->end = ens_heap_take(heap, WAITING, sizeof *d->end);
    d->rival = ens_heap_take(heap, rivals_at_once(d->s), sizeof *d->rival);
    d->rival_sum = ens_heap_doubles(heap, rivals_at_once(d->s), &failed);
    return failed || d->fall == NULL || d->rise == NULL || d->settled == NULL || d->hit == NULL || d->due == NULL ||
           d->place == NULL || d->row == NULL || d->label == NULL || d->end == NULL || d->rival == NULL;
}

/* What one model can do to the lead of a row's label, with what rounding can do to the sums of those values. */
static void look_at_row(struct ens_doubt *d, size_t at, const double *row)
{
    const double own = row[ens_source_label(d->s, ens_sample_row(d->sample, at))];
    double least = row[0], most = row[0], guard;

    for (size_t j = 1; j < d->s->width; j++) {
        least = row[j] < least ? row[j] : least;
        most = row[j] > most ? row[j] : most;
    }
    guard = ROUNDING * (size_of(own) + (size_of(least) > size_of(most) ? size_of(least) : size_of(most)));
    d->fall[at] = most - own + guard > d->fall[at] ? most - own + guard : d->fall[at];
    d->rise[at] = own - least + guard > d->rise[at] ? own - least + guard : d->rise[at];
}

int ens_doubt_open(struct ens_doubt *d, struct ens_source *s, const struct ens_sample *sample)
{
    *d = (struct ens_doubt){.s = s, .sample = sample};
    if (take_memory(d))
        return ENSEMBLE_ENOMEM;
    for (size_t first = 0, count; first < sample->n; first += count) {
        count = ens_rows_at(s, sample, first);
        for (size_t i = 0; i < s->n; i++) {
            const double *rows = ens_rows_of_model(s, sample, first, count, i, d->values);

            for (size_t r = 0; r < count; r++)
                look_at_row(d, first + r, rows + r * s->width);
        }
    }
    return 0;
}

/* The largest value but for the one at `label`, of a row that is as often short as not. */
static double largest_other(const struct ens_doubt *d, const double *row, size_t label)
{
    double best = row[0], second = -INFINITY;
    struct ens_lead lead;

    if (d->s->width > SHORT) {
        d->s->e.kernels->lead[ENS_f64](row, d->s->width, &lead);
        best = lead.best;
        second = lead.second;
    }
    for (size_t j = 1; j < d->s->width && d->s->width <= SHORT; j++) {
        const double x = row[j], less = x < best ? x : best;

        second = less > second ? less : second;
        best = x > best ? x : best;
    }
    return row[label] < best ? best : second;
}

/*
 * Is it settled what is on top of a row? Then d->hit says it, and d->settled for how many rounds behind this one:
 * each takes no more from a lead than one model can.
 */
static int settle(struct ens_doubt *d, size_t at, const double *row, size_t label)
{
    const double own = row[label], other = largest_other(d, row, label);
    const double most = own > other ? d->fall[at] : d->rise[at]; /* of what one model can do to the lead */
    const double lead = size_of(own - other) - ROUNDING * (size_of(own) + size_of(other)), rounds = lead / most;

    if (!(lead > most))
        return 0;
    d->settled[at] = (uint16_t)((rounds < MOST_ROUNDS ? (int)rounds : MOST_ROUNDS) - 1);
    d->hit[at] = own > other;
    return 1;
}

/* Puts a row among those that wait. */
static void put(struct ens_doubt *d, size_t at, const double *row, size_t label)
{
    const double limit = row[label] - ROUNDING * size_of(row[label]) - d->fall[at];
    size_t end = d->n > 0 ? d->end[d->n - 1] : 0;

    for (size_t j = 0; j < d->s->width; j++) {
        d->rival[end] = j;
        d->rival_sum[end] = row[j];
        end += !(row[j] + ROUNDING * size_of(row[j]) < limit) & (j != label);
    }
    d->place[d->n] = at;
    d->row[d->n] = ens_sample_row(d->sample, at);
    d->label[d->n] = label;
    d->sum[d->n] = row[label];
    d->end[d->n++] = end;
}

/* Is there no room for one more? Some wait. `put` writes behind the rivals that it keeps. */
static int is_full(const struct ens_doubt *d)
{
    return d->n == WAITING || d->end[d->n - 1] + d->s->width > rivals_at_once(d->s);
}

static ENS_INLINE double element(const unsigned char *row, size_t at, const int dtype)
{
    uint16_t half;
    float single;
    double x;

    switch (dtype) {
    case ENS_f64: memcpy(&x, row + at * sizeof x, sizeof x); return x;
    case ENS_f32: memcpy(&single, row + at * sizeof single, sizeof single); return (double)single;
    case ENS_f16: memcpy(&half, row + at * sizeof half, sizeof half); return (double)ens_f32_from_f16(half);
    default: memcpy(&half, row + at * sizeof half, sizeof half); return (double)ens_f32_from_bf16(half);
    }
}

/* Is the label of waiting row r still on top, with a model that says this of it? `begin`: of its rivals. */
static ENS_INLINE size_t is_hit(const struct ens_doubt *d, size_t r, size_t begin, const unsigned char *row,
                                const int dtype)
{
    const size_t label = d->label[r], end = d->end[r];
    const double own = d->sum[r] + element(row, label, dtype);
    int hit = 1;

    for (size_t q = begin; q < end; q++) {
        const double other = d->rival_sum[q] + element(row, d->rival[q], dtype);

        hit &= (other < own) | ((other == own) & (d->rival[q] > label));
    }
    return (size_t)hit;
}

/* Asks for the elements of waiting row r that are to be looked at: the label's, and one of the others. */
static ENS_INLINE void ask_for(const struct ens_doubt *d, size_t r, const unsigned char *row, const int dtype)
{
    const size_t shift = ens_dtype_shift(dtype + 1);

    __builtin_prefetch(row + (d->label[r] << shift));
    __builtin_prefetch(row + (d->rival[d->end[r] - 1] << shift));
}

static ENS_INLINE size_t count_hits(const struct ens_doubt *d, const unsigned char *matrix, size_t stride,
                                    const int dtype)
{
    size_t hits = 0;

    for (size_t r = 0, begin = 0; r < d->n; begin = d->end[r++]) {
        if (r + AHEAD < d->n)
            ask_for(d, r + AHEAD, matrix + d->row[r + AHEAD] * stride, dtype);
        hits += is_hit(d, r, begin, matrix + d->row[r] * stride, dtype);
    }
    return hits;
}

/* Of the waiting rows with model i, where its numbers are as they are; else they are converted, row by row. */
static size_t hits_of(struct ens_doubt *d, size_t i)
{
    size_t stride = 0, hits = 0;
    int dtype = ENS_f64;
    const unsigned char *matrix = ens_source_matrix(d->s, i, &dtype, &stride);

    if (matrix == NULL) {
        for (size_t r = 0, begin = 0; r < d->n; begin = d->end[r++]) {
            const double *row = ens_rows_of_model(d->s, d->sample, d->place[r], 1, i, d->values);

            hits += is_hit(d, r, begin, (const unsigned char *)row, ENS_f64);
        }
        return hits;
    }
    switch (dtype) {
    case ENS_f64: return count_hits(d, matrix, stride, ENS_f64);
    case ENS_f32: return count_hits(d, matrix, stride, ENS_f32);
    case ENS_f16: return count_hits(d, matrix, stride, ENS_f16);
    default: return count_hits(d, matrix, stride, ENS_bf16);
    }
}

static void look_at_waiting(struct ens_doubt *d, const unsigned char *allowed, size_t *hits)
{
    for (size_t i = 0; i < d->s->n; i++)
        if (allowed[i])
            hits[i] += hits_of(d, i);
    d->n = 0;
}

/*
 * Of the rows from `first` on those that are due, at most WAITING, to d->due; of the others each gets nearer to it, and
 * *settled is how many of them are hits. Returns where the next rows begin.
 */
static size_t find_due(struct ens_doubt *d, size_t first, size_t *n, size_t *settled)
{
    const size_t left = d->sample->n - first, count = left < WAITING ? left : WAITING;

    *n = 0;
    for (size_t at = first; at < first + count; at++) {
        const int is_due = d->settled[at] == 0;

        d->due[*n] = at;
        *n += (size_t)is_due;
        d->settled[at] = (uint16_t)(d->settled[at] - !is_due);
        *settled += (size_t)(d->hit[at] & !is_due);
    }
    return first + count;
}

void ens_doubt_count(struct ens_doubt *d, const double *sums, const unsigned char *allowed, size_t *hits)
{
    size_t settled = 0, n;

    for (size_t i = 0; i < d->s->n; i++)
        hits[i] = 0;
    for (size_t first = 0; first < d->sample->n;) {
        first = find_due(d, first, &n, &settled);
        for (size_t k = 0; k < n; k++) {
            const size_t at = d->due[k], label = (size_t)ens_source_label(d->s, ens_sample_row(d->sample, at));
            const double *row = sums + at * d->s->width;

            if (settle(d, at, row, label)) {
                settled += d->hit[at];
                continue;
            }
            put(d, at, row, label);
            if (is_full(d))
                look_at_waiting(d, allowed, hits);
        }
    }
    look_at_waiting(d, allowed, hits);
    for (size_t i = 0; i < d->s->n; i++)
        hits[i] += settled;
}
