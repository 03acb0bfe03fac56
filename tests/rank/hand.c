/* SPDX-License-Identifier: MIT */
#include "hand.h"

#include "number.h"

#include <math.h>
#include <string.h>

/* Times the multiplier of the hash table, this is 1: ids j x this all begin their search at the same place. */
#define INVERSE 0xF1DE83E19937733Du

static double between(struct rng *rng, size_t low, size_t high)
{
    return (double)rng_between(rng, low, high);
}

static uint64_t draw_id(struct rng *rng, int kind, size_t many)
{
    const uint64_t among = rng_below(rng, many);

    switch (kind) {
    case 0:
        return among;
    case 1:
        return rng_below(rng, 1 + many / 3);
    case 2:
        return (among + 1) * 0xD6E8FEB86659FD93u;
    case 3:
        return among << 32;
    case 4:
        return UINT64_MAX - among;
    default:
        return among * INVERSE;
    }
}

static double draw_score(struct rng *rng, int kind)
{
    static const double odd[] = {(double)NAN, (double)INFINITY, -(double)INFINITY, 0, -0.};
    int exponent;

    switch (kind) {
    case 0:
        return between(rng, 0, 4);
    case 1:
        return 7.25;
    case 2:
        return between(rng, 0, 1000000) / 1000 - 400;
    case 3:
        return rng_one_in(rng, 3) ? odd[rng_below(rng, 5)] : between(rng, 0, 60) / 10 - 3;
    case 4:
        return -between(rng, 1, 100);
    default:
        exponent = (int)rng_below(rng, 8) - 24;
        return ldexp(between(rng, 0, 1u << 20), exponent);
    }
}

static double draw_weight(struct rng *rng, int kind)
{
    return rng_one_in(rng, 6) ? 0 : between(rng, 1, 12) / (kind ? 10 : 4);
}

static void deal_lists(struct hand *hand, struct rng *rng, size_t most)
{
    const size_t longest = most / HAND_LISTS, kind = rng_below(rng, 6);

    hand->n = rng_below(rng, HAND_LISTS + 1);
    hand->total = 0;
    for (size_t i = 0; i < hand->n; i++) {
        hand->lengths[i] = rng_one_in(rng, 8) ? 0 : rng_between(rng, 1, longest);
        hand->total += hand->lengths[i];
    }
    for (size_t j = 0; j < hand->total; j++)
        hand->ids[j] = draw_id(rng, (int)kind, 1 + 2 * longest);
}

static void deal_scores(struct hand *hand, struct rng *rng)
{
    const int32_t dtype = (int32_t)rng_below(rng, 5);
    const int known = dtype == 0 ? ENS_f32 : dtype - 1;
    unsigned char *scores = hand->scores + rng_below(rng, 2);
    size_t j = 0;

    for (size_t i = 0; i < hand->n; i++) {
        const int kind = (int)rng_below(rng, 6);

        for (size_t end = j + hand->lengths[i]; j < end; j++) {
            number_put(known, scores, j, number_encode(known, draw_score(rng, kind)));
            hand->values[j] = number_decode(known, number_get(known, scores, j));
        }
    }
    hand->fusion.score_dtype = dtype;
    hand->fusion.scores = scores;
}

void hand_deal(struct hand *hand, uint64_t seed, int32_t method, int32_t normaliser, size_t most)
{
    static const double ks[] = {0, 60, 1, .5, 1000};
    struct rng rng = {seed};
    const int kind = (int)rng_below(&rng, 3);

    memset(&hand->fusion, 0, sizeof hand->fusion);
    hand->fusion.struct_size = sizeof hand->fusion;
    hand->fusion.method = method;
    hand->fusion.normaliser = normaliser;
    hand->fusion.k = ks[rng_below(&rng, 5)];
    deal_lists(hand, &rng, most);
    deal_scores(hand, &rng);
    for (size_t i = 0; i < hand->n; i++)
        hand->weights[i] = kind == 2 ? 1 : draw_weight(&rng, kind);
    hand->fusion.weights = kind == 2 ? NULL : hand->weights;
    hand->n_fused = rng_below(&rng, 4) == 0 ? rng_below(&rng, 4) : rng_below(&rng, hand->total + hand->total / 4 + 2);
}
