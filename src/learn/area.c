/* SPDX-License-Identifier: MIT */
#include "learn/area.h"

#include <math.h>
#include <string.h>

/*
 * How many of the rows have the class, and pairs are there? Those with it are put to `with`, the others to `without`.
 */
static size_t split(const struct ens_source *s, const double *values, const size_t *row, size_t n, size_t class,
                    double *with, double *without)
{
    const size_t column = s->width > 1 ? class : 0;
    size_t n_with = 0;

    for (size_t r = 0; r < n; r++)
        if ((size_t)ens_source_label(s, row[r]) == class)
            with[n_with++] = values[r * s->width + column];
        else
            without[r - n_with] = values[r * s->width + column];
    return n_with;
}

double ens_area(const struct ens_source *s, const double *values, const size_t *row, size_t n, double *spare)
{
    double *with = spare, *without = spare + n, *ranks = spare + 2 * n, *other = spare + 3 * n, sum = 0;
    size_t classes = 0;

    for (size_t class = s->width > 1 ? 0 : 1; class < s->classes; class++) {
        const size_t n_with = split(s, values, row, n, class, with, without), n_without = n - n_with;
        double pairs = 0;

        if (n_with == 0 || n_without == 0)
            continue;
        s->e.kernels->sort[ENS_f64](without, other, n_without);
        memset(ranks, 0, n_with * sizeof *ranks);
        s->e.kernels->outrank_sorted[ENS_f64](ranks, with, n_with, without, n_without);
        for (size_t i = 0; i < n_with; i++)
            pairs += ranks[i];
        sum += pairs / ((double)n_with * (double)n_without);
        classes++;
    }
    return classes > 0 ? sum / (double)classes : (double)NAN;
}
