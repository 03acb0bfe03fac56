/* SPDX-License-Identifier: MIT */
/*
 * The methods that look at the order of values. Where the values are exact, so is the order; where they are converted,
 * values nearer to one another than their errors may stand in either order:
 *
 *   MEDIAN   never falls when a value rises, so it lies between the medians of y_i - e_i and of y_i + e_i. Halfway is
 *            rounded: u. Where weights that are not exact meet W/2 to within their rounding, either side is right.
 *   TRIMMED  the same models are left if their order is certain; if it is not, nothing is known, but for equal
 *            weights, where what is kept in place of another is within e_i + e_j of it. Then as MEAN; but the sum of
 *            what is left of the weights may be rounded n times, as the sum of products is, (n + 2) u more; and
 *            underflow counts for more if little is left of the weights: n tiny W / W_left
 *   VOTE     exact winners; the sum of w / W has (n u + fe).
 *   RANK     exact ranks (halves); as MEAN of them.
 */
#include "expect.h"

#include <math.h>
#include <stdlib.h>

/* Beyond the rounding of sums of weights in double. */
#define SLACK 1e-12L

struct item {
    struct real value;
    long double key; /* what is sorted by */
    long double weight;
    size_t index;
};

/* By key, -0 before +0, then by index. */
static int compare(const void *a, const void *b)
{
    const struct item *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    if (x->key == 0 && signbit(x->key) != signbit(y->key))
        return signbit(x->key) ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static size_t make_items(const struct class *c, const struct real *values, int side, struct item *items)
{
    for (size_t i = 0; i < c->n; i++) {
        items[i] = (struct item){.value = values[i], .key = values[i].v, .weight = c->weight[i], .index = i};
        if (side != 0)
            items[i].key += side * values[i].e;
    }
    qsort(items, c->n, sizeof items[0], compare);
    return c->n;
}

static int are_equal(const struct class *c)
{
    for (size_t i = 1; i < c->n; i++)
        if (c->weight[i] != c->weight[0])
            return 0;
    return 1;
}

/*
 * The weighted median of y + side x e. With `slack`, weights that meet W/2 but for rounding are taken to meet it or to
 * pass it, as `side` has it. *halves: is it halfway between two values?
 */
static long double median(const struct class *c, const struct real *values, int side, int slack, int *halves)
{
    struct item items[TASK_MODELS];
    const size_t n = make_items(c, values, side, items);
    const int equal = are_equal(c);
    const long double all = equal ? (long double)n : c->sum;
    const long double goal = all / 2 * (1 + (slack ? side * SLACK : 0));
    long double passed = 0;

    *halves = 0;
    for (size_t i = 0; i < n; i++) {
        passed += equal ? 1 : items[i].weight;
        if (passed > goal || i + 1 == n)
            return items[i].key;
        if (passed == goal && !(slack && side != 0)) {
            *halves = 1;
            return (items[i].key + items[i + 1].key) / 2;
        }
    }
    return (long double)NAN;
}

struct real formula_median(const struct expect *x, const struct class *c, struct real *values)
{
    const struct task *t = x->task;
    const int by_parts = t->class_weights != NULL || t->row_weights != NULL;
    const int slack = !t->exact_weights && (by_parts || !are_equal(c));
    int halves, ignored;
    const long double v = median(c, values, 0, slack, &halves);
    const long double low = median(c, values, -1, slack, &ignored), high = median(c, values, 1, slack, &ignored);

    if (isnan(v) || (isinf(v) && low == high))
        return real_exact(v);
    if (isinf(low) || isinf(high))
        return real_unknown();
    return real_bounded(&x->a, v, fmaxl(high - v, v - low) + (halves && v != 0 ? x->a.u * fabsl(v) + x->a.tiny : 0));
}

/* Could another order of the sorted items leave others between `from` and `to`, whose weights differ? */
static int is_uncertain(const struct item *items, size_t n, size_t from, size_t to)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            const int crosses = (i < from && j >= from) || (i < to && j >= to);
            const long double error = items[i].value.e + items[j].value.e;

            if (crosses && error > 0 && items[i].weight != items[j].weight && !(items[j].key - items[i].key > error))
                return 1;
        }
    return 0;
}

struct real formula_trimmed(const struct expect *x, const struct class *c, struct real *values)
{
    const double t = isnan(x->task->trim) ? .2 : x->task->trim;
    const size_t cut = (size_t)(t * (double)c->n);
    struct item items[TASK_MODELS];
    long double factor[TASK_MODELS], fe;
    struct real left[TASK_MODELS], mean;
    struct class rest = {.n = 0};
    const size_t n = make_items(c, values, 0, items);

    if (cut != (size_t)((long double)t * (long double)n) || is_uncertain(items, n, cut, n - cut))
        return real_unknown();
    for (size_t i = cut; i < n - cut; i++) {
        left[rest.n] = items[i].value;
        left[rest.n].e *= cut > 0 ? 3 : 1;
        rest.weight[rest.n++] = items[i].weight;
        rest.sum += items[i].weight;
        rest.size += items[i].weight;
    }
    fe = formula_factors(x, &rest, 1, factor) + (long double)(rest.n + 2) * x->a.u;
    mean = real_weighted(&x->a, rest.n, factor, left, fe);
    if (!isinf(mean.e) && mean.v != 0)
        mean.e += (long double)rest.n * x->a.tiny * (c->sum / rest.sum);
    return mean;
}

/* The class that model i votes for: the lowest of those whose value is the largest, among those that it has. */
static size_t vote(const struct expect *x, size_t i, size_t row)
{
    const size_t width = x->task->width;
    const struct real *y = x->y + i * width;
    size_t best = width;

    if (x->task->models[i].dtype == LABELS)
        return convert_label(x, i, row);
    for (size_t k = 0; k < width; k++)
        if (x->known[i * width + k] && (best == width || y[k].v > y[best].v))
            best = k;
    return best;
}

static int ascending(const void *a, const void *b)
{
    const long double x = *(const long double *)a, y = *(const long double *)b;

    return x < y ? -1 : x > y;
}

/* How many of n sorted values are below v, or at most v. */
static size_t count(const long double *sorted, size_t n, long double v, int or_equal)
{
    size_t low = 0, high = n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (sorted[middle] < v || (or_equal && sorted[middle] == v))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Puts ranks in the place of the values of model i. */
static void rank(struct expect *x, size_t i)
{
    static long double sorted[TASK_WIDTH];
    const size_t width = x->task->width;
    const int only_known = (x->task->policy & ENSEMBLE_LEAVE_OUT_ABSENT) != 0;
    struct real *y = x->y + i * width;
    size_t n = 0;

    for (size_t k = 0; k < width; k++)
        if (!only_known || x->known[i * width + k])
            sorted[n++] = y[k].v;
    qsort(sorted, n, sizeof sorted[0], ascending);
    for (size_t k = 0; k < width; k++) {
        const size_t below = count(sorted, n, y[k].v, 0), equal = count(sorted, n, y[k].v, 1) - below;

        y[k] = real_exact((long double)below + ((long double)equal + 1) / 2);
    }
}

void orders_row(struct expect *x, size_t row)
{
    const size_t width = x->task->width;

    for (size_t i = 0; i < x->task->n; i++) {
        size_t winner;

        if (x->state[i] != PRESENT)
            continue;
        if (x->method == ENSEMBLE_RANK) {
            rank(x, i);
            continue;
        }
        winner = vote(x, i, row);
        for (size_t k = 0; k < width; k++)
            x->y[i * width + k] = real_exact(k == winner);
    }
}
