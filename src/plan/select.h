/* SPDX-License-Identifier: MIT */
/*
 * Medians and trimmed means of a tile: what the ways to find them share. The median of up to nine models of equal
 * weight goes through a network of comparisons (kernels/median_tmpl.h); order statistics of some dozens are found by
 * counting (kernels/order_tmpl.h; both in select.c), and of any number by halving the range of values
 * (kernels/select_tmpl.h; sift.c), which needs no memory for the values: as many passes over the models as a value has
 * bits. All give the same bits.
 */
#ifndef ENS_PLAN_SELECT_H
#define ENS_PLAN_SELECT_H

#include "plan/gather.h"
#include "plan/shares.h"

/* Tiles of the pool (see ens_select_tile). */
enum {
    ENS_SELECT_RESULT,
    ENS_SELECT_LOW,
    ENS_SELECT_HIGH,
    ENS_SELECT_MIDDLE,
    ENS_SELECT_TALLY,
    ENS_SELECT_GOAL,
    ENS_SELECT_FIRST,    /* the first order statistic */
    ENS_SELECT_SECOND,   /* and the second one */
    ENS_SELECT_SMALLEST, /* the smallest value: NaN if there is a NaN */
    ENS_SELECT_LARGEST,
    ENS_SELECT_SUM,
    ENS_SELECT_WEIGHT,
    ENS_SELECT_SHARES, /* of one model, for each class */
    ENS_SELECT_TILES
};

/* Models whose converted values are kept between passes. */
#define ENS_MOST_KEPT ENS_ORDER_MOST

struct ens_selection {
    const struct ens_blend *b;
    const struct ens_tile *tile;
    struct ens_class_shares shares; /* by class only */
    size_t n;                       /* models present; by class: all */
    double total;                   /* their weight */
    int equal;
    int network; /* a median of few models of equal weight */
    const void *kept[ENS_MOST_KEPT];
    int keeps;
};

/* What a model counts for: its weight, or 1 where all weights are equal or only their number matters. */
enum { ENS_AS_WEIGHT, ENS_AS_FACTOR, ENS_AS_ONE, ENS_AS_MEMBER };

/*
 * A model's share; by class an array, with 0 where it is left out, or for ENS_AS_MEMBER NaN, as ENS_BLEND kernels want
 * it.
 */
struct ens_share ens_select_share(const struct ens_selection *s, size_t k, int as);

/* The values of model k, which takes part. */
const void *ens_select_values(const struct ens_selection *s, size_t k);

static inline int ens_select_takes(const struct ens_blend *b, size_t k)
{
    return !b->by_row || ens_share(b, k) != 0;
}

static inline void *ens_select_part(const struct ens_selection *s, int tile)
{
    return ens_pool(s->b, (size_t)tile);
}

/* How many of n models are dropped at each end. */
static inline double ens_select_dropped(const struct ens_selection *s, double n)
{
    return (double)(size_t)(s->b->e->trim * n);
}

/* How many models a class has. */
double ens_select_members(const struct ens_selection *s, size_t j);

/*
 * By halving: the median's two order statistics, of ENS_SELECT_GOAL, to ENS_SELECT_FIRST and ENS_SELECT_SECOND; the
 * trimmed mean to ENS_SELECT_RESULT. ENS_SELECT_SMALLEST too.
 */
void ens_sift_median(const struct ens_selection *s);
void ens_sift_trimmed(const struct ens_selection *s);

#endif
