/* SPDX-License-Identifier: MIT */
#include "plan/select.h"

#include "base/compiler.h"
#include "plan/values.h"

#include <math.h>
#include <string.h>

#define SELECT_BYTES 512
#define CLASSES ((size_t)ENS_SHORT_ROW)

/* Behind those tiles, by class: three arrays of doubles, and one of bytes. */
#define CLASS_BYTES (CLASSES * (3 * sizeof(double) + 1))

/* Behind those, the models' values; a network needs nothing else. */
static size_t first_values(const struct ens_selection *s)
{
    const size_t bytes = s->b->tile << s->b->shift;

    if (s->network)
        return 0;
    return ENS_SELECT_TILES + (s->b->by_class ? (CLASS_BYTES + bytes - 1) / bytes : 0);
}

/* Are the values of a model to be had without a tile for them? */
static int is_in_place(const struct ens_blend *b, size_t k)
{
    return ens_values_are_plain(b, k) && ens_output_of(b, k).dtype - 1 == b->acc;
}

/*
 * Of 512 bytes; shorter if that leaves room for all values that are to be converted, but where rows are summed, since
 * how they are summed is not to depend on that.
 */
size_t ens_select_tile(const struct ens_blend *b)
{
    size_t bytes = SELECT_BYTES, converted = 0;

    if (b->by_class)
        return CLASSES;
    for (size_t k = 0; k < b->e->plan.n; k++)
        converted += !is_in_place(b, k);
    while (b->recipe->n_steps == 0 && b->e->plan.n <= ENS_MOST_KEPT &&
           (ENS_SELECT_TILES + converted) * bytes > ENS_POOL_BYTES)
        bytes /= 2;
    return bytes >> b->shift;
}

const void *ens_select_values(const struct ens_selection *s, size_t k)
{
    if (s->keeps)
        return s->kept[k];
    return ens_values(s->b, k, s->tile, ens_pool(s->b, first_values(s)), NULL);
}

static double own_weight(const struct ens_blend *b, size_t k)
{
    return b->by_row ? ens_share(b, k) : ens_weight_in_row(b, k);
}

/* Keeps the models' values, if all of those that have to be converted find room. */
static void keep_values(struct ens_selection *s)
{
    const size_t end = ENS_POOL_BYTES / (s->b->tile << s->b->shift);
    size_t next = first_values(s);

    if (s->b->e->plan.n > ENS_MOST_KEPT)
        return;
    for (size_t k = 0; k < s->b->e->plan.n; k++)
        if (ens_select_takes(s->b, k)) {
            if (next == end && !is_in_place(s->b, k))
                return;
            s->kept[k] = ens_values(s->b, k, s->tile, ens_pool(s->b, next), NULL);
            next += s->kept[k] == ens_pool(s->b, next);
        }
    s->keeps = 1;
}

/* Counts and weighs the models. */
static ENS_APART void begin(struct ens_selection *s, const struct ens_blend *b, const struct ens_tile *tile)
{
    *s = (struct ens_selection){.b = b, .tile = tile};
    s->equal = b->by_row ? b->row.equal : b->e->plan.equal;
    for (size_t k = 0; k < b->e->plan.n; k++)
        if (ens_select_takes(b, k)) {
            s->n++;
            s->total += own_weight(b, k);
        }
    if (b->by_class) {
        double *arrays = (double *)(void *)ens_pool(b, ENS_SELECT_TILES);

        s->shares = (struct ens_class_shares){.total = arrays,
                                              .present = arrays + CLASSES,
                                              .first = arrays + 2 * CLASSES,
                                              .state = (unsigned char *)(arrays + 3 * CLASSES)};
        ens_shares_of_classes(b, tile, &s->shares);
    }
    s->network = b->recipe->gathering == ENS_MEDIAN && !b->by_class && s->equal && s->n <= ENS_MEDIAN_MOST &&
                 b->e->plan.n <= ENS_MOST_KEPT;
    keep_values(s);
}

struct ens_share ens_select_share(const struct ens_selection *s, size_t k, int as)
{
    const struct ens_blend *b = s->b;

    if (s->shares.state == NULL) {
        if (as >= ENS_AS_ONE || s->equal)
            return (struct ens_share){.weight = 1};
        return (struct ens_share){.weight = as == ENS_AS_FACTOR ? own_weight(b, k) / s->total : own_weight(b, k)};
    }
    for (size_t j = 0; j < s->tile->length; j++) {
        double share = ens_class_share(b, k, s->tile->column + j);

        if (share == 0)
            share = as == ENS_AS_MEMBER ? (double)NAN : 0;
        else if (as >= ENS_AS_ONE || !(s->shares.state[j] & ENS_CLASS_UNEQUAL))
            share = 1;
        else if (as == ENS_AS_FACTOR)
            share /= s->shares.present[j];
        ens_put(b, ens_select_part(s, ENS_SELECT_SHARES), j, share);
    }
    return (struct ens_share){.weights = ens_select_part(s, ENS_SELECT_SHARES)};
}

/*
 * By counting, where all models have values at hand and one share each: the two order statistics of a median, to
 * ENS_SELECT_FIRST and ENS_SELECT_SECOND, or the trimmed mean, to ENS_SELECT_RESULT. Is it done? Four tiles that only
 * sifting needs, of 128 bytes or more, hold the kernel's two arrays.
 */
static int by_counting(const struct ens_selection *s, double goal)
{
    const struct ens_blend *b = s->b;
    const void **in = ens_select_part(s, ENS_SELECT_LOW);
    void *weight = ens_select_part(s, ENS_SELECT_MIDDLE);
    struct ens_order order = {
        .in = in,
        .weight = weight,
        .length = s->tile->length,
        .goals = {goal, goal},
        .beyond = 1,
        .first = ens_select_part(s, ENS_SELECT_FIRST),
        .second = ens_select_part(s, ENS_SELECT_SECOND),
    };
    const int median = b->recipe->gathering == ENS_MEDIAN;

    if (b->by_class || !s->keeps)
        return 0;
    for (size_t k = 0; k < b->e->plan.n; k++)
        if (ens_select_takes(b, k)) {
            in[order.n] = s->kept[k];
            ens_put(b, weight, order.n, ens_select_share(s, k, median ? ENS_AS_WEIGHT : ENS_AS_FACTOR).weight);
            order.n++;
        }
    if (median) {
        b->kernels->order[b->acc](&order);
    } else {
        order.first = ens_select_part(s, ENS_SELECT_RESULT);
        b->kernels->trimmed[b->acc](&order, (size_t)ens_select_dropped(s, (double)s->n));
    }
    memcpy(ens_select_part(s, ENS_SELECT_SMALLEST), order.first, s->tile->length << b->shift);
    return 1;
}

double ens_select_members(const struct ens_selection *s, size_t j)
{
    double n = 0;

    if (!s->b->by_class)
        return (double)s->n;
    for (size_t k = 0; k < s->b->e->plan.n; k++)
        n += ens_select_takes(s->b, k) && ens_class_share(s->b, k, s->tile->column + j) != 0;
    return n;
}

/*
 * A median of 0 has been found without telling the zeros apart: it is -0 if the weight of what has a sign bit is enough
 * by itself.
 */
static ENS_APART void tell_zeros(const struct ens_selection *s)
{
    const struct ens_blend *b = s->b;
    const struct ens_sift sift = {.length = s->tile->length,
                                  .middle = ens_select_part(s, ENS_SELECT_MIDDLE),
                                  .tally = ens_select_part(s, ENS_SELECT_TALLY)};
    int any = 0;

    for (size_t j = 0; j < s->tile->length; j++)
        any |= ens_get(b, ens_select_part(s, ENS_SELECT_FIRST), j) == 0 ||
               ens_get(b, ens_select_part(s, ENS_SELECT_SECOND), j) == 0;
    if (!any)
        return;
    ens_fill(b, ens_select_part(s, ENS_SELECT_MIDDLE), s->tile->length, 0);
    ens_fill(b, ens_select_part(s, ENS_SELECT_TALLY), s->tile->length, 0);
    for (size_t k = 0; k < b->e->plan.n; k++)
        if (ens_select_takes(b, k)) {
            const struct ens_share share = ens_select_share(s, k, ENS_AS_WEIGHT);

            ens_apply(b, ENS_MAP_sign, ens_select_part(s, ENS_SELECT_LOW), ens_select_values(s, k), s->tile->length,
                      (struct ens_map){0});
            b->kernels->sift_tally[b->acc](&sift, ens_select_part(s, ENS_SELECT_LOW), &share);
        }
    for (size_t j = 0; j < s->tile->length; j++) {
        const double goal = ens_get(b, ens_select_part(s, ENS_SELECT_GOAL), j),
                     signs = ens_get(b, ens_select_part(s, ENS_SELECT_TALLY), j);

        if (ens_get(b, ens_select_part(s, ENS_SELECT_FIRST), j) == 0)
            ens_put(b, ens_select_part(s, ENS_SELECT_FIRST), j, signs >= goal ? -0.0 : 0.0);
        if (ens_get(b, ens_select_part(s, ENS_SELECT_SECOND), j) == 0)
            ens_put(b, ens_select_part(s, ENS_SELECT_SECOND), j, signs > goal ? -0.0 : 0.0);
    }
}

static ENS_APART void median(const struct ens_selection *s)
{
    const struct ens_blend *b = s->b;
    const void *const both[] = {ens_select_part(s, ENS_SELECT_FIRST), ens_select_part(s, ENS_SELECT_SECOND)};
    const struct ens_span halfway = {
        .out = ens_select_part(s, ENS_SELECT_RESULT), .in = both, .n = 2, .length = s->tile->length};

    for (size_t j = 0; j < s->tile->length; j++) {
        const int equal = s->shares.state != NULL ? !(s->shares.state[j] & ENS_CLASS_UNEQUAL) : s->equal;
        const double total = s->shares.present != NULL ? s->shares.present[j] : s->total;

        ens_put(b, ens_select_part(s, ENS_SELECT_GOAL), j, (equal ? ens_select_members(s, j) : total) / 2);
    }
    if (!by_counting(s, (s->equal ? (double)s->n : s->total) / 2))
        ens_sift_median(s);
    tell_zeros(s);
    b->kernels->fold[b->acc][ENS_FOLD_median](&halfway);
}

static ENS_APART void by_network(const struct ens_selection *s, void *out)
{
    const struct ens_blend *b = s->b;
    const void *in[ENS_MEDIAN_MOST];
    struct ens_span span = {.out = out, .in = in, .length = s->tile->length};

    for (size_t k = 0; k < b->e->plan.n; k++)
        if (ens_select_takes(b, k))
            in[span.n++] = s->kept[k];
    b->kernels->fold[b->acc][ENS_FOLD_median](&span);
}

void ens_select(const struct ens_blend *b, const struct ens_tile *tile, void *out)
{
    struct ens_selection s;

    begin(&s, b, tile);
    if (s.network) {
        by_network(&s, out);
        return;
    }
    if (b->recipe->gathering == ENS_MEDIAN)
        median(&s);
    else if (!by_counting(&s, 0))
        ens_sift_trimmed(&s);
    for (size_t j = 0; j < tile->length; j++)
        if (ens_get(b, ens_select_part(&s, ENS_SELECT_SMALLEST), j) !=
                ens_get(b, ens_select_part(&s, ENS_SELECT_SMALLEST), j) ||
            (s.shares.state != NULL && !(s.shares.state[j] & ENS_CLASS_TAKEN)))
            ens_put(b, ens_select_part(&s, ENS_SELECT_RESULT), j, NAN);
    memmove(out, ens_select_part(&s, ENS_SELECT_RESULT), tile->length << b->shift);
}
