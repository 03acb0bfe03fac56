/* SPDX-License-Identifier: MIT */
#include "learn/quadratic.h"

#include "base/public.h"

#include <float.h>
#include <math.h>

enum { BOUND, FREE, BARRED };

/*
 * The shifts as parts of A's diagonal. With 2^-23 the equations of a step keep half of the digits, and the next steps
 * find the others. What is below TINY, 0 too, counts as that: with a part of the largest element instead, a model whose
 * values are huge would hold up the others; with less, pivots would be no normal numbers with the smallest shifts.
 */
#define SHIFT 0x1p-23
#define TINY 0x1p-970

/* After how many steps of the proximal point method the shifts change, at most; how often they do, and by what. */
#define SLOW 40
#define REDUCTIONS 4
#define REDUCTION 0x1p-8

/*
 * On the simplex, where A's diagonal is that small, all weights are as good as each other: no more than this is to be
 * gained. With the smallest shifts, pivots would be no normal numbers any more, and their inverses overflow.
 */
#define FLAT 0x1p-940

/*
 * The shifts change where the bound has not become less than PROGRESS of the least so far in IDLE steps, one after the
 * other. A step along a direction of curvature h leaves shift / (shift + h) of what is left to gain, which is more than
 * .9 only where h is less than a ninth of the shift, and that is what other shifts are for. Three times, since rounding
 * makes the bound go up and down by itself, once it is small.
 */
#define PROGRESS .9
#define IDLE 3

/* Below double's range sums stray from 1: a step that is so far off is lost, an answer divided. Rounding makes less. */
#define LOST 0x1p-20
#define OFF 0x1p-40

static double size_of(double x)
{
    return x < 0 ? -x : x;
}

int ens_quadratic_open(struct ens_quadratic *q, struct ens_heap *heap, size_t most)
{
    int failed = 0;

    *q = (struct ens_quadratic){.most = most};
    q->shift = ens_heap_doubles(heap, most, &failed);
    q->c = ens_heap_doubles(heap, most, &failed);
    q->d = ens_heap_doubles(heap, most, &failed);
    q->x = ens_heap_doubles(heap, most, &failed);
    q->y = ens_heap_doubles(heap, most, &failed);
    q->best = ens_heap_doubles(heap, most, &failed);
    q->order = ens_heap_take(heap, most, sizeof *q->order);
    q->state = ens_heap_take(heap, most, sizeof *q->state);
    q->l = ens_heap_take(heap, most, most * sizeof *q->l);
    return failed || q->order == NULL || q->state == NULL || q->l == NULL ? ENSEMBLE_ENOMEM : 0;
}

/* The largest element of A's diagonal. */
static double largest(const struct ens_quadratic *q)
{
    double most = 0;

    for (size_t i = 0; i < q->n; i++)
        if (q->a[i * q->stride + i] > most)
            most = q->a[i * q->stride + i];
    return most;
}

void ens_quadratic_set_shifts(struct ens_quadratic *q)
{
    const double most = largest(q);

    for (size_t i = 0; i < q->n; i++)
        q->shift[i] = most > 0 ? SHIFT * most : 1;
}

/*
 * In proportion to each weight's own element of the diagonal, where those differ by orders of magnitude; and smaller.
 */
static void reduce_shifts(struct ens_quadratic *q, int reductions)
{
    for (size_t i = 0; i < q->n; i++) {
        const double own = q->a[i * q->stride + i];

        q->shift[i] = reductions > 1 ? q->shift[i] * REDUCTION : SHIFT * (own > TINY ? own : TINY);
    }
}

/* Appends a weight to the factors. */
static void set_free(struct ens_quadratic *q, size_t j)
{
    const double *a = q->a + j * q->stride;
    const size_t p = q->n_free++;
    double *row = q->l + p * q->most, d = a[j] + q->shift[j];

    for (size_t i = 0; i < p; i++) {
        const double *l = q->l + i * q->most;
        double y = a[q->order[i]];

        for (size_t t = 0; t < i; t++)
            y -= l[t] * row[t];
        row[i] = y;
    }
    for (size_t i = 0; i < p; i++) {
        const double l = row[i] / q->d[i];

        d -= row[i] * l;
        row[i] = l;
    }
    q->d[p] = d > 0 ? d : DBL_MIN;
    q->order[p] = j;
    q->state[j] = FREE;
    q->steps++;
}

/*
 * Takes the weight at `place` out of the factors: what its column did to the rows behind it is added to them as an
 * update of rank one (Gill, Golub, Murray and Saunders, 1974, method C1). Uses q->y.
 */
static void set_bound(struct ens_quadratic *q, size_t place, size_t state)
{
    const size_t p = --q->n_free;
    double *v = q->y, a = q->d[place];

    q->state[q->order[place]] = state;
    for (size_t i = place; i < p; i++) {
        double *to = q->l + i * q->most;
        const double *from = to + q->most;

        v[i] = from[place];
        for (size_t t = 0; t < i; t++)
            to[t] = from[t < place ? t : t + 1];
        q->d[i] = q->d[i + 1];
        q->order[i] = q->order[i + 1];
    }
    for (size_t k = place; k < p; k++) {
        const double s = v[k], before = q->d[k], after = before + a * s * s, factor = a * s / after;

        a = a * (before / after);
        q->d[k] = after;
        for (size_t i = k + 1; i < p; i++) {
            double *l = q->l + i * q->most + k;

            v[i] -= s * *l;
            *l += factor * v[i];
        }
    }
    q->steps++;
}

static void solve_factors(const struct ens_quadratic *q, double *x)
{
    for (size_t i = 0; i < q->n_free; i++)
        for (size_t t = 0; t < i; t++)
            x[i] -= q->l[i * q->most + t] * x[t];
    for (size_t i = q->n_free; i-- > 0;) {
        x[i] /= q->d[i];
        for (size_t t = i + 1; t < q->n_free; t++)
            x[i] -= q->l[t * q->most + i] * x[t];
    }
}

/* The best free weights, whatever their signs; in q->x, in the order of the factors. */
static void solve_free(struct ens_quadratic *q)
{
    double sum_x = 0, sum_y = 0;

    for (size_t i = 0; i < q->n_free; i++)
        q->x[i] = q->c[q->order[i]];
    solve_factors(q, q->x);
    q->multiplier = 0;
    if (q->constraint != ENSEMBLE_SIMPLEX)
        return;
    for (size_t i = 0; i < q->n_free; i++)
        q->y[i] = 1;
    solve_factors(q, q->y);
    for (size_t i = 0; i < q->n_free; i++) {
        sum_x += q->x[i];
        sum_y += q->y[i];
    }
    q->multiplier = (sum_x - 1) / sum_y;
    for (size_t i = 0; i < q->n_free; i++)
        q->x[i] = q->n_free == 1 ? 1 : q->x[i] - q->multiplier * q->y[i];
}

/*
 * Goes from w towards q->x, as far as no weight becomes negative, and binds those that become 0. Returns 1 if it went
 * all the way. A weight that was just freed and would have to be negative is barred.
 */
static int advance(struct ens_quadratic *q, double *w)
{
    double way = 1;

    for (size_t i = 0; i < q->n_free; i++) {
        const double from = w[q->order[i]];

        if (!(q->x[i] > 0) && from / (from - q->x[i]) < way)
            way = from > 0 ? from / (from - q->x[i]) : 0;
    }
    for (size_t i = 0; i < q->n_free; i++) {
        const double from = w[q->order[i]];

        w[q->order[i]] = q->x[i] > 0 ? (way < 1 ? from + way * (q->x[i] - from) : q->x[i])
                         : from > 0 && from / (from - q->x[i]) > way ? from + way * (q->x[i] - from) : 0;
    }
    if (way >= 1)
        return 1;
    for (size_t i = q->n_free; i-- > 0;)
        if (!(w[q->order[i]] > 0)) {
            w[q->order[i]] = 0;
            set_bound(q, i, way > 0 ? BOUND : BARRED);
        }
    return 0;
}

/* The weight at 0 that promises the most; q->n if there is none. The bound is what rounding can do to the sum. */
static size_t find_promising(const struct ens_quadratic *q, const double *w)
{
    const double part = 4 * DBL_EPSILON * (double)(q->n_free + 2);
    size_t found = q->n;
    double most = 0;

    for (size_t j = 0; j < q->n; j++) {
        double slope = q->multiplier - q->c[j], terms = size_of(q->multiplier) + size_of(q->c[j]);

        if (q->state[j] != BOUND)
            continue;
        for (size_t i = 0; i < q->n_free; i++) {
            const double term = q->a[j * q->stride + q->order[i]] * w[q->order[i]];

            slope += term;
            terms += size_of(term);
        }
        if (-slope > part * terms && -slope > most) {
            most = -slope;
            found = j;
        }
    }
    return found;
}

static void unbar(struct ens_quadratic *q)
{
    for (size_t j = 0; j < q->n; j++)
        if (q->state[j] == BARRED)
            q->state[j] = BOUND;
}

void ens_quadratic_step(struct ens_quadratic *q, const double *center, double *w, int fresh)
{
    const size_t limit = 50 * q->n + 100; /* far more than it takes; in case rounding makes it go round in circles */
    size_t next = q->n;

    for (size_t i = 0; i < q->n; i++)
        q->c[i] = q->b[i] + q->shift[i] * center[i];
    if (fresh) {
        q->n_free = 0;
        for (size_t i = 0; i < q->n; i++) {
            q->state[i] = BOUND;
            if (w[i] != 0 || q->constraint == ENSEMBLE_UNCONSTRAINED)
                set_free(q, i);
        }
    }
    unbar(q);
    for (size_t step = 0; step < limit; step++) {
        solve_free(q);
        if (q->constraint == ENSEMBLE_UNCONSTRAINED) {
            for (size_t i = 0; i < q->n_free; i++)
                w[q->order[i]] = q->x[i];
            return;
        }
        if (!advance(q, w))
            continue;
        if (next < q->n && q->state[next] == FREE)
            unbar(q);
        next = find_promising(q, w);
        if (next == q->n)
            return;
        set_free(q, next);
    }
}

/* The gap, and what rounding can make of it. */
static double gap_of(const struct ens_quadratic *q, const double *w, double *noise)
{
    const int simplex = q->constraint == ENSEMBLE_SIMPLEX;
    double along = 0, steepest = 0, sizes = 0;

    *noise = 0;
    for (size_t i = 0; i < q->n; i++) {
        double slope = -q->b[i], terms = size_of(q->b[i]);

        for (size_t j = 0; j < q->n; j++) {
            const double term = q->a[i * q->stride + j] * w[j];

            slope += term;
            terms += size_of(term);
        }
        along += slope * w[i];
        sizes += size_of(w[i]);
        *noise += 8 * DBL_EPSILON * terms * size_of(w[i]);
        if (q->constraint == ENSEMBLE_UNCONSTRAINED)
            slope = -size_of(slope);
        if (slope < steepest || (simplex && i == 0))
            steepest = slope;
    }
    along -= (simplex ? 1 : 2 * sizes) * steepest;
    return along > 0 ? 2 * along : 0;
}

double ens_quadratic_gap(const struct ens_quadratic *q, const double *w)
{
    double noise;

    return gap_of(q, w, &noise);
}

/* Do the elements of A's diagonal differ so much that a step with equal shifts hardly moves some weights? */
static int is_uneven(const struct ens_quadratic *q)
{
    const double most = largest(q);
    int uneven = 0;

    for (size_t i = 0; i < q->n; i++)
        uneven |= q->a[i * q->stride + i] > 0 && q->a[i * q->stride + i] < SHIFT * most;
    return uneven;
}

/* How far the sum of weights is from 1, where it has to be that. */
static double excess_of(const struct ens_quadratic *q, const double *w)
{
    double sum = 0;

    for (size_t i = 0; i < q->n; i++)
        sum += w[i];
    return q->constraint == ENSEMBLE_SIMPLEX ? sum - 1 : 0;
}

static void take_best(const struct ens_quadratic *q, double *w)
{
    const double excess = excess_of(q, q->best), divisor = size_of(excess) > OFF ? 1 + excess : 1;

    for (size_t i = 0; i < q->n; i++)
        w[i] = q->best[i] / divisor;
}

/*
 * With equal shifts no step moves along a direction in which the objective is flat, so that of all answers the nearest
 * to where it began is found. Where that gets on too slowly, what is left to gain is along directions of little
 * curvature: other shifts, and smaller ones, lead there. The best weights so far are kept in q->best.
 */
void ens_quadratic_solve(struct ens_quadratic *q, double *w)
{
    double least = INFINITY, noise = 0;
    int reductions = 0, idle = 0, fresh = 1, sound = q->constraint == ENSEMBLE_SIMPLEX || !is_uneven(q);

    if (q->constraint == ENSEMBLE_SIMPLEX && largest(q) < FLAT)
        return;
    ens_quadratic_set_shifts(q);
    for (size_t i = 0; i < q->n; i++)
        q->best[i] = w[i];
    for (int repeat = 1; !(sound && least <= noise); repeat++) {
        double gap;

        for (size_t i = 0; i < q->n; i++)
            q->x[i] = w[i];
        ens_quadratic_step(q, q->x, w, fresh);
        gap = gap_of(q, w, &noise);
        if (!(size_of(excess_of(q, w)) < LOST)) {
            gap = INFINITY;
            noise = 0;
        }
        idle = gap < least * PROGRESS ? 0 : idle + 1;
        fresh = 0;
        if (gap < least) {
            least = gap;
            for (size_t i = 0; i < q->n; i++)
                q->best[i] = w[i];
        }
        if (idle < IDLE && repeat % SLOW > 0 && !(least <= noise))
            continue;
        least = sound ? least : INFINITY;
        sound = 1;
        if (reductions++ == REDUCTIONS)
            break;
        idle = 0;
        fresh = 1;
        reduce_shifts(q, reductions);
    }
    take_best(q, w);
}
