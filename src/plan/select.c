/* SPDX-License-Identifier: MIT */
/*
 * Medians and trimmed means of a tile. The median of up to nine models of equal weight goes through a network of
 * comparisons (kernels/median_tmpl.h); order statistics of some dozens are found by counting (kernels/order_tmpl.h), and
 * of any number by halving the range of values (kernels/select_tmpl.h), which needs no memory for the values: as many
 * passes over the models as a value has bits. All give the same bits.
 */
#include "plan/gather.h"
#include "plan/shares.h"
#include "plan/values.h"

#include <math.h>
#include <string.h>

/* Tiles of the pool, of 512 bytes; where weights differ from class to class, of 64 classes. */
enum {
    RESULT,
    LOW,
    HIGH,
    MIDDLE,
    TALLY,
    GOAL,
    FIRST,    /* the first order statistic */
    SECOND,   /* and the second one */
    SMALLEST, /* the smallest value: NaN if there is a NaN */
    LARGEST,
    SUM,
    WEIGHT,
    SHARES, /* of one model, for each class */
    TILES
};
#define SELECT_BYTES 512
#define CLASSES 64

/* Behind them, by class: three arrays of doubles, and one of bytes. */
#define CLASS_BYTES (CLASSES * (3 * sizeof(double) + 1))

/* Models whose converted values are kept between passes. */
#define MOST_KEPT ENS_ORDER_MOST

struct selection {
    const struct ens_blend *b;
    const struct ens_tile *tile;
    struct ens_class_shares shares; /* by class only */
    size_t n;                       /* models present; by class: all */
    double total;                   /* their weight */
    int equal;
    int network; /* a median of few models of equal weight */
    const void *kept[MOST_KEPT];
    int keeps;
};

/* Behind those, the models' values; a network needs nothing else. */
static size_t first_values(const struct selection *s)
{
    const size_t bytes = s->b->tile << s->b->shift;

    if (s->network)
        return 0;
    return TILES + (s->b->by_class ? (CLASS_BYTES + bytes - 1) / bytes : 0);
}

size_t ens_select_tile(const struct ens_blend *b)
{
    return b->by_class ? CLASSES : SELECT_BYTES >> b->shift;
}

static int takes_part(const struct ens_blend *b, size_t k)
{
    return !b->by_row || ens_share(b, k) != 0;
}

static const void *values(const struct selection *s, size_t k)
{
    if (s->keeps)
        return s->kept[k];
    return ens_values(s->b, k, s->tile, ens_pool(s->b, first_values(s)), NULL);
}

static void *part(const struct selection *s, int tile)
{
    return ens_pool(s->b, (size_t)tile);
}

static double own_weight(const struct ens_blend *b, size_t k)
{
    return b->by_row ? ens_share(b, k) : ens_weight_in_row(b, k);
}

/* Are the values of a model to be had without a tile for them? */
static int is_in_place(const struct ens_blend *b, size_t k)
{
    return ens_values_are_plain(b, k) && ens_output_of(b, k)->dtype - 1 == b->acc;
}

/* Keeps the models' values, if all of those that have to be converted find room. */
static void keep_values(struct selection *s)
{
    const size_t end = ENS_POOL_BYTES / (s->b->tile << s->b->shift);
    size_t next = first_values(s);

    if (s->b->e->plan.n > MOST_KEPT)
        return;
    for (size_t k = 0; k < s->b->e->plan.n; k++)
        if (takes_part(s->b, k)) {
            if (next == end && !is_in_place(s->b, k))
                return;
            s->kept[k] = ens_values(s->b, k, s->tile, ens_pool(s->b, next), NULL);
            next += s->kept[k] == ens_pool(s->b, next);
        }
    s->keeps = 1;
}

/* Counts and weighs the models. */
static void begin(struct selection *s, const struct ens_blend *b, const struct ens_tile *tile)
{
    *s = (struct selection){.b = b, .tile = tile};
    s->equal = b->by_row ? b->row.equal : b->e->plan.equal;
    for (size_t k = 0; k < b->e->plan.n; k++)
        if (takes_part(b, k)) {
            s->n++;
            s->total += own_weight(b, k);
        }
    if (b->by_class) {
        double *arrays = (double *)(void *)ens_pool(b, TILES);

        s->shares = (struct ens_class_shares){.total = arrays, .present = arrays + CLASSES,
                                              .first = arrays + 2 * CLASSES,
                                              .state = (unsigned char *)(arrays + 3 * CLASSES)};
        ens_shares_of_classes(b, tile, &s->shares);
    }
    s->network = b->recipe->gathering == ENS_MEDIAN && !b->by_class && s->equal && s->n <= ENS_MEDIAN_MOST &&
                 b->e->plan.n <= MOST_KEPT;
    keep_values(s);
}

/* What a model counts for: its weight, or 1 where all weights are equal or only their number matters. */
enum { AS_WEIGHT, AS_FACTOR, AS_ONE, AS_MEMBER };

/*
 * A model's share; by class an array, with 0 where it is left out, or for AS_MEMBER NaN, as ENS_BLEND kernels want it.
 */
static struct ens_share share_of(const struct selection *s, size_t k, int as)
{
    const struct ens_blend *b = s->b;

    if (!b->by_class) {
        if (as >= AS_ONE || s->equal)
            return (struct ens_share){.weight = 1};
        return (struct ens_share){.weight = as == AS_FACTOR ? own_weight(b, k) / s->total : own_weight(b, k)};
    }
    for (size_t j = 0; j < s->tile->length; j++) {
        double share = ens_class_share(b, k, s->tile->column + j);

        if (share == 0)
            share = as == AS_MEMBER ? (double)NAN : 0;
        else if (as >= AS_ONE || !(s->shares.state[j] & ENS_CLASS_UNEQUAL))
            share = 1;
        else if (as == AS_FACTOR)
            share /= s->shares.present[j];
        ens_put(b, part(s, SHARES), j, share);
    }
    return (struct ens_share){.weights = part(s, SHARES)};
}

/* The smallest and the largest values, by which NaN is seen, too. */
static void find_range(const struct selection *s)
{
    const struct ens_blend *b = s->b;
    void *const ends[] = {part(s, SMALLEST), part(s, LARGEST)};

    ens_fill(b, ends[0], s->tile->length, INFINITY);
    ens_fill(b, ends[1], s->tile->length, -INFINITY);
    for (size_t k = 0; k < b->e->plan.n; k++) {
        const void *in;

        if (!takes_part(b, k))
            continue;
        in = values(s, k);
        if (b->by_class) {
            const struct ens_share share = share_of(s, k, AS_MEMBER);

            b->kernels->blend[b->acc][ENS_BLEND_min](ends[0], in, share.weights, s->tile->length);
            b->kernels->blend[b->acc][ENS_BLEND_max](ends[1], in, share.weights, s->tile->length);
            continue;
        }
        for (int end = 0; end < 2; end++) {
            const struct ens_span span = {.out = ends[end], .start = ends[end], .in = &in, .n = 1,
                                          .length = s->tile->length};

            b->kernels->fold[b->acc][end == 0 ? ENS_FOLD_min : ENS_FOLD_max](&span);
        }
    }
}

static void tally(const struct selection *s, const struct ens_sift *sift, int as)
{
    for (size_t k = 0; k < s->b->e->plan.n; k++)
        if (takes_part(s->b, k)) {
            const struct ens_share share = share_of(s, k, as);

            s->b->kernels->sift_tally[s->b->acc](sift, values(s, k), &share);
        }
}

/* The smallest value up to which the weight is GOAL, or more than it; to the tile `result`. */
static void find(const struct selection *s, int as, int beyond, int result)
{
    const struct ens_sift sift = {
        .length = s->tile->length, .low = part(s, LOW), .high = part(s, HIGH), .middle = part(s, MIDDLE),
        .tally = part(s, TALLY), .goal = part(s, GOAL), .beyond = beyond,
    };

    s->b->kernels->sift_begin[s->b->acc](&sift, part(s, SMALLEST), part(s, LARGEST));
    do
        tally(s, &sift, as);
    while (s->b->kernels->sift_halve[s->b->acc](&sift));
    memcpy(part(s, result), part(s, MIDDLE), s->tile->length << s->b->shift);
}

/* How many of n models are dropped at each end. */
static double dropped_of(const struct selection *s, double n)
{
    return (double)(size_t)(s->b->e->trim * n);
}

/*
 * By counting, where all models have values at hand and one share each: the two order statistics of a median, to FIRST and
 * SECOND, or the trimmed mean, to RESULT. Is it done?
 */
static int by_counting(const struct selection *s, double goal)
{
    const struct ens_blend *b = s->b;
    const void *in[ENS_ORDER_MOST];
    double weight64[ENS_ORDER_MOST];
    float weight32[ENS_ORDER_MOST];
    struct ens_order order = {
        .in = in, .weight = b->acc == ENS_f64 ? (const void *)weight64 : weight32, .length = s->tile->length,
        .goals = {goal, goal}, .beyond = 1, .first = part(s, FIRST), .second = part(s, SECOND),
    };
    const int median = b->recipe->gathering == ENS_MEDIAN;

    if (b->by_class || !s->keeps)
        return 0;
    for (size_t k = 0; k < b->e->plan.n; k++)
        if (takes_part(b, k)) {
            in[order.n] = s->kept[k];
            weight64[order.n] = share_of(s, k, median ? AS_WEIGHT : AS_FACTOR).weight;
            weight32[order.n] = (float)weight64[order.n];
            order.n++;
        }
    if (median) {
        b->kernels->order[b->acc](&order);
    } else {
        order.first = part(s, RESULT);
        b->kernels->trimmed[b->acc](&order, (size_t)dropped_of(s, (double)s->n));
    }
    memcpy(part(s, SMALLEST), order.first, s->tile->length << b->shift);
    return 1;
}

/* How many models a class has: by class that is what their number tallies to, up to any value. */
static double members(const struct selection *s, size_t j)
{
    double n = 0;

    if (!s->b->by_class)
        return (double)s->n;
    for (size_t k = 0; k < s->b->e->plan.n; k++)
        n += takes_part(s->b, k) && ens_class_share(s->b, k, s->tile->column + j) != 0;
    return n;
}

/*
 * A median of 0 has been found without telling the zeros apart: it is -0 if the weight of what has a sign bit is enough
 * by itself.
 */
static void tell_zeros(const struct selection *s)
{
    const struct ens_blend *b = s->b;
    const struct ens_sift sift = {.length = s->tile->length, .middle = part(s, MIDDLE), .tally = part(s, TALLY)};
    int any = 0;

    for (size_t j = 0; j < s->tile->length; j++)
        any |= ens_get(b, part(s, FIRST), j) == 0 || ens_get(b, part(s, SECOND), j) == 0;
    if (!any)
        return;
    ens_fill(b, part(s, MIDDLE), s->tile->length, 0);
    ens_fill(b, part(s, TALLY), s->tile->length, 0);
    for (size_t k = 0; k < b->e->plan.n; k++)
        if (takes_part(b, k)) {
            const struct ens_share share = share_of(s, k, AS_WEIGHT);

            ens_apply(b, ENS_MAP_sign, part(s, LOW), values(s, k), s->tile->length, (struct ens_map){0});
            b->kernels->sift_tally[b->acc](&sift, part(s, LOW), &share);
        }
    for (size_t j = 0; j < s->tile->length; j++) {
        const double goal = ens_get(b, part(s, GOAL), j), signs = ens_get(b, part(s, TALLY), j);

        if (ens_get(b, part(s, FIRST), j) == 0)
            ens_put(b, part(s, FIRST), j, signs >= goal ? -0.0 : 0.0);
        if (ens_get(b, part(s, SECOND), j) == 0)
            ens_put(b, part(s, SECOND), j, signs > goal ? -0.0 : 0.0);
    }
}

static void median(const struct selection *s)
{
    const struct ens_blend *b = s->b;
    const void *const both[] = {part(s, FIRST), part(s, SECOND)};
    const struct ens_span halfway = {.out = part(s, RESULT), .in = both, .n = 2, .length = s->tile->length};

    for (size_t j = 0; j < s->tile->length; j++) {
        const int equal = b->by_class ? !(s->shares.state[j] & ENS_CLASS_UNEQUAL) : s->equal;
        const double total = b->by_class ? s->shares.present[j] : s->total;

        ens_put(b, part(s, GOAL), j, (equal ? members(s, j) : total) / 2);
    }
    if (!by_counting(s, (s->equal ? (double)s->n : s->total) / 2)) {
        find_range(s);
        find(s, AS_WEIGHT, 0, FIRST);
        find(s, AS_WEIGHT, 1, SECOND);
    }
    tell_zeros(s);
    b->kernels->fold[b->acc][ENS_FOLD_median](&halfway);
}

/* How many of the values are at least the order statistic `statistic`; to TALLY. */
static void count_from(const struct selection *s, int statistic)
{
    ens_fill(s->b, part(s, TALLY), s->tile->length, 0);
    for (size_t k = 0; k < s->b->e->plan.n; k++)
        if (takes_part(s->b, k)) {
            const struct ens_share share = share_of(s, k, AS_ONE);
            const void *in = values(s, k);
            const struct ens_sift sift = {.length = s->tile->length, .middle = (void *)(uintptr_t)in,
                                          .tally = part(s, TALLY)};

            s->b->kernels->sift_tally[s->b->acc](&sift, part(s, statistic), &share);
        }
}

/*
 * What is kept lies between two order statistics. Of values equal to the lower one, the first few are dropped; of those
 * equal to the upper one, the first few are kept: LOW and HIGH count them.
 */
static void trimmed(const struct selection *s)
{
    const struct ens_blend *b = s->b;
    const size_t length = s->tile->length;
    const struct ens_trim trim = {.length = length, .low = part(s, FIRST), .high = part(s, SECOND), .skip = part(s, LOW),
                                  .take = part(s, HIGH), .sum = part(s, SUM), .weight = part(s, WEIGHT)};

    if (by_counting(s, 0))
        return;
    find_range(s);
    for (int end = 0; end < 2; end++) {
        for (size_t j = 0; j < length; j++) {
            const double n = members(s, j);

            ens_put(b, part(s, GOAL), j, end == 0 ? dropped_of(s, n) + 1 : n - dropped_of(s, n));
        }
        find(s, AS_ONE, 0, end == 0 ? FIRST : SECOND);
    }
    for (int end = 0; end < 2; end++) {
        count_from(s, end == 0 ? FIRST : SECOND);
        for (size_t j = 0; j < length; j++) {
            const double n = members(s, j), dropped = dropped_of(s, n);
            const double from = ens_get(b, part(s, TALLY), j);

            ens_put(b, part(s, end == 0 ? LOW : HIGH), j, end == 0 ? dropped - (n - from) : from - dropped);
        }
    }
    ens_fill(b, part(s, SUM), length, -0.0);
    ens_fill(b, part(s, WEIGHT), length, 0);
    for (size_t k = 0; k < b->e->plan.n; k++)
        if (takes_part(b, k)) {
            const struct ens_share share = share_of(s, k, AS_FACTOR);

            b->kernels->trim[b->acc](&trim, values(s, k), &share);
        }
    for (size_t j = 0; j < length; j++) {
        if (b->acc == ENS_f64)
            ((double *)part(s, RESULT))[j] = ((double *)part(s, SUM))[j] / ((double *)part(s, WEIGHT))[j];
        else
            ((float *)part(s, RESULT))[j] = ((float *)part(s, SUM))[j] / ((float *)part(s, WEIGHT))[j];
    }
}

static void by_network(const struct selection *s, void *out)
{
    const struct ens_blend *b = s->b;
    const void *in[ENS_MEDIAN_MOST];
    struct ens_span span = {.out = out, .in = in, .length = s->tile->length};

    for (size_t k = 0; k < b->e->plan.n; k++)
        if (takes_part(b, k))
            in[span.n++] = s->kept[k];
    b->kernels->fold[b->acc][ENS_FOLD_median](&span);
}

void ens_select(const struct ens_blend *b, const struct ens_tile *tile, void *out)
{
    struct selection s;

    begin(&s, b, tile);
    if (s.network) {
        by_network(&s, out);
        return;
    }
    if (b->recipe->gathering == ENS_MEDIAN)
        median(&s);
    else
        trimmed(&s);
    for (size_t j = 0; j < tile->length; j++)
        if (ens_get(b, part(&s, SMALLEST), j) != ens_get(b, part(&s, SMALLEST), j) ||
            (b->by_class && !(s.shares.state[j] & ENS_CLASS_TAKEN)))
            ens_put(b, part(&s, RESULT), j, NAN);
    memmove(out, part(&s, RESULT), tile->length << b->shift);
}
