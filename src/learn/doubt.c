/* SPDX-License-Identifier: MIT */
#include "learn/doubt.h"

#include "learn/score.h"

/* A lead counts as larger than a spread only if it is so by more than rounding, in parts of the numbers. */
#define ROUNDING 1e-12

/* The largest value less the smallest. */
static double spread_of(const double *row, size_t width)
{
    double least = row[0], most = row[0];

    for (size_t j = 1; j < width; j++) {
        least = row[j] < least ? row[j] : least;
        most = row[j] > most ? row[j] : most;
    }
    return most - least;
}

int ens_doubt_open(struct ens_doubt *d, struct ens_source *s, const struct ens_sample *sample)
{
    const size_t step = ens_rows_together(s), size = s->width < ENS_PIECE ? ENS_PIECE : s->width;
    int failed = 0;
    double *tile = ens_heap_doubles(s->heap, size, &failed);

    *d = (struct ens_doubt){.hits = 0};
    d->spread = ens_heap_clear(s->heap, sample->n, sizeof *d->spread);
    d->place = ens_heap_take(s->heap, sample->n, sizeof *d->place);
    d->row = ens_heap_take(s->heap, sample->n, sizeof *d->row);
    if (failed || d->spread == NULL || d->place == NULL || d->row == NULL)
        return ENSEMBLE_ENOMEM;
    for (size_t first = 0; first < sample->n; first += step)
        for (size_t i = 0; i < s->n; i++) {
            const size_t count = sample->n - first < step ? sample->n - first : step;
            const double *rows = ens_source_rows(s, sample, first, count, i, tile);

            for (size_t r = 0; r < count; r++) {
                const double spread = spread_of(rows + r * s->width, s->width);

                d->spread[first + r] = spread > d->spread[first + r] ? spread : d->spread[first + r];
            }
        }
    for (size_t at = 0; at < sample->n; at++) {
        d->place[at] = at;
        d->row[at] = ens_sample_row(sample, at);
    }
    d->sample = (struct ens_sample){d->row, sample->n};
    return 0;
}

void ens_doubt_find(struct ens_doubt *d, const struct ens_source *s, const struct ens_sample *sample,
                    const double *sums)
{
    size_t n = 0;

    if (s->width == 1)
        return;
    d->hits = 0;
    for (size_t at = 0; at < sample->n; at++) {
        const double *row = sums + at * s->width;
        const size_t label = (size_t)ens_source_label(s, ens_sample_row(sample, at));
        struct ens_lead lead;
        double size;

        s->e.kernels->lead[ENS_f64](row, s->width, &lead);
        size = (lead.best < 0 ? -lead.best : lead.best) + (lead.second < 0 ? -lead.second : lead.second);
        if (lead.best - lead.second - d->spread[at] > ROUNDING * (size + d->spread[at])) {
            d->hits += row[label] == lead.best;
            continue;
        }
        d->place[n] = at;
        d->row[n++] = ens_sample_row(sample, at);
    }
    d->sample.n = n;
}
