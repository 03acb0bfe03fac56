/* SPDX-License-Identifier: MIT */
#include "model.h"

#include <math.h>
#include <string.h>

/* A list without what it passes over. */
struct plain {
    size_t n;
    uint64_t ids[HAND_IDS];
    double x[HAND_IDS]; /* scores, then normalised */
    double weight;
};

static struct plain lists[HAND_LISTS];
static uint64_t all[HAND_IDS]; /* the different ids */
static size_t n_all;

static int uses_scores(const struct hand *hand)
{
    const int32_t method = hand->fusion.method;

    return method == ENSEMBLE_FUSE_SUM || method == ENSEMBLE_FUSE_MNZ || method == ENSEMBLE_FUSE_ANZ;
}

/* From 1; 0: it is not there. */
static size_t rank_of(uint64_t id, const uint64_t *ids, size_t n)
{
    for (size_t j = 0; j < n; j++)
        if (ids[j] == id)
            return j + 1;
    return 0;
}

static void copy_lists(const struct hand *hand)
{
    size_t place = 0;

    n_all = 0;
    for (size_t i = 0; i < hand->n; i++) {
        struct plain *list = &lists[i];

        list->n = 0;
        list->weight = hand->fusion.weights == NULL ? 1 : hand->fusion.weights[i];
        for (size_t end = place + hand->lengths[i]; place < end; place++) {
            if (list->weight == 0 || (uses_scores(hand) && !isfinite(hand->values[place])) ||
                rank_of(hand->ids[place], list->ids, list->n) != 0)
                continue;
            list->ids[list->n] = hand->ids[place];
            list->x[list->n++] = hand->values[place];
            if (rank_of(hand->ids[place], all, n_all) == 0)
                all[n_all++] = hand->ids[place];
        }
    }
}

/*
 * By a power of two where sums or squares would leave the range of double: exponents then matter as little as if they
 * had no limits.
 */
static void scale(struct plain *list)
{
    double largest = 0;
    int exponent;

    for (size_t j = 0; j < list->n; j++)
        largest = fabs(list->x[j]) > largest ? fabs(list->x[j]) : largest;
    frexp(largest, &exponent);
    for (size_t j = 0; j < list->n && (largest > 0x1p460 || largest < 0x1p-400); j++)
        list->x[j] = ldexp(list->x[j], 400 - exponent);
}

static void normalise(struct plain *list, int32_t normaliser)
{
    const double n = (double)list->n;
    double least, most, sum = 0, mean, squares = 0;

    if (normaliser != ENSEMBLE_NORM_MAX && normaliser != ENSEMBLE_NORM_NONE)
        scale(list);
    least = most = list->x[0];
    for (size_t j = 1; j < list->n; j++) {
        least = list->x[j] < least ? list->x[j] : least;
        most = list->x[j] > most ? list->x[j] : most;
    }
    for (size_t j = 0; j < list->n; j++)
        sum += list->x[j] - least;
    mean = least + sum / n;
    for (size_t j = 0; j < list->n; j++)
        squares += (list->x[j] - mean) * (list->x[j] - mean);
    for (size_t j = 0; j < list->n; j++) {
        double *x = &list->x[j];

        if (normaliser == ENSEMBLE_NORM_MIN_MAX)
            *x = least == most ? 1 : (*x - least) / (most - least);
        else if (normaliser == ENSEMBLE_NORM_Z)
            *x = least == most ? 0 : (*x - mean) / sqrt(squares / n);
        else if (normaliser == ENSEMBLE_NORM_MAX)
            *x = most > 0 ? *x / most : 0;
        else if (normaliser == ENSEMBLE_NORM_SUM)
            *x = least == most ? 1 / n : (*x - least) / sum;
    }
}

/* BORDA: of each id that the list does not hold, the mean of 1, 2, ... up to how many these are. */
static double share(const struct plain *list)
{
    const double absent = (double)(n_all - list->n);

    return absent == 0 ? 0 : (absent + 1) / 2;
}

/* What a list gives an id. */
static double given(const struct hand *hand, const struct plain *list, uint64_t id, double m)
{
    const size_t rank = rank_of(id, list->ids, list->n);
    const double k = hand->fusion.k == 0 ? 60 : hand->fusion.k;

    if (hand->fusion.method == ENSEMBLE_FUSE_BORDA)
        return list->weight * (rank == 0 ? share(list) : (double)(n_all + 1 - rank));
    if (rank == 0)
        return 0;
    switch (hand->fusion.method) {
    case ENSEMBLE_FUSE_RRF:
        return list->weight / (k + (double)rank);
    case ENSEMBLE_FUSE_MNZ:
        return list->weight * list->x[rank - 1] * m;
    case ENSEMBLE_FUSE_ANZ:
        return list->weight * list->x[rank - 1] / m;
    default:
        return list->weight * list->x[rank - 1];
    }
}

static double how_many_hold(const struct hand *hand, uint64_t id)
{
    double m = 0;

    for (size_t i = 0; i < hand->n; i++)
        m += rank_of(id, lists[i].ids, lists[i].n) != 0;
    return m;
}

/*
 * All terms, in the order of the lists; what is done with m comes after the sum. BORDA begins with the shares of all
 * lists, and adds what those that hold the id give it more.
 */
static double score_of(const struct hand *hand, uint64_t id)
{
    const double m = how_many_hold(hand, id);
    double sum = 0;

    for (size_t i = 0; i < hand->n && hand->fusion.method == ENSEMBLE_FUSE_BORDA; i++)
        sum += lists[i].weight * share(&lists[i]);
    for (size_t i = 0; i < hand->n; i++) {
        const size_t rank = rank_of(id, lists[i].ids, lists[i].n);

        if (hand->fusion.method != ENSEMBLE_FUSE_BORDA)
            sum += given(hand, &lists[i], id, 1);
        else if (rank != 0)
            sum += lists[i].weight * ((double)(n_all + 1 - rank) - share(&lists[i]));
    }
    if (hand->fusion.method == ENSEMBLE_FUSE_MNZ)
        return m * sum;
    return hand->fusion.method == ENSEMBLE_FUSE_ANZ ? sum / m : sum;
}

void model_fuse(const struct hand *hand, struct answer *answer)
{
    static double scores[HAND_IDS];

    copy_lists(hand);
    for (size_t i = 0; i < hand->n && uses_scores(hand); i++)
        if (lists[i].n > 0)
            normalise(&lists[i], hand->fusion.normaliser);
    for (size_t j = 0; j < n_all; j++) {
        scores[j] = score_of(hand, all[j]);
        scores[j] = isnan(scores[j]) ? -(double)INFINITY : scores[j];
    }
    for (answer->n = 0; answer->n < hand->n_fused && answer->n < n_all; answer->n++) {
        size_t best = answer->n;
        uint64_t id;

        for (size_t j = best + 1; j < n_all; j++)
            if (scores[j] > scores[best] || (scores[j] == scores[best] && all[j] < all[best]))
                best = j;
        id = all[best];
        answer->ids[answer->n] = id;
        answer->scores[answer->n] = scores[best];
        for (size_t i = 0; i < hand->n; i++)
            answer->contributions[answer->n * hand->n + i] = given(hand, &lists[i], id, how_many_hold(hand, id));
        all[best] = all[answer->n];
        scores[best] = scores[answer->n];
        all[answer->n] = id;
    }
}
