/* SPDX-License-Identifier: MIT */
/*
 * libensemble, rankings: one ranked list from several.
 *
 * What search engines and recommenders combine are not rows of numbers but ranked lists of ids, of different lengths,
 * each from a system of its own: words and vectors, popularity and neighbours. ensemble_fuse_rankings() makes one
 * list of them, with the same bits on every machine.
 *
 *     #include <ensemble_rank.h>
 *
 *     uint64_t ids[] = {7, 3, 9, 3, 8}, best[10];
 *     size_t lengths[] = {3, 2};
 *     double scores[10];
 *     int found = ensemble_fuse_rankings(ids, lengths, 2, NULL, best, scores, 10);    // 4: 3, 7, 8, 9
 *
 * The rules of <ensemble.h> hold here too: negative codes for errors, after which nothing has changed; no locks, no
 * printing, no errno. There is no handle: any number of threads may call at once.
 */
#ifndef ENSEMBLE_RANK_H
#define ENSEMBLE_RANK_H

#include <ensemble.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * How lists become one. Over the lists i that hold an id: w_i is the list's weight, r_i the id's rank in it (1 is the
 * best), s_i its normalised score, m the number of these lists.
 */
enum {
    ENSEMBLE_FUSE_RRF = 0, /* sum_i w_i / (k + r_i): reciprocal rank fusion (Cormack, Clarke, Buettcher, 2009) */
    ENSEMBLE_FUSE_SUM = 1, /* sum_i w_i s_i: CombSUM (Fox, Shaw, 1994) */
    ENSEMBLE_FUSE_MNZ = 2, /* m sum_i w_i s_i: CombMNZ (Fox, Shaw, 1994) */
    ENSEMBLE_FUSE_ANZ = 3, /* (sum_i w_i s_i) / m: CombANZ (Fox, Shaw, 1994) */
    ENSEMBLE_FUSE_BORDA = 4 /* sum_i w_i (N + 1 - r_i), N the number of different ids in all lists; the ids that a list
                               does not hold share the points that it has left, as the mean of 1, 2, ... up to N less
                               its length (Borda, 1781; Aslam, Montague, 2001) */
};

/*
 * What becomes of a list's scores x before ENSEMBLE_FUSE_SUM, _MNZ and _ANZ add them to those of other lists. Larger
 * is better: negate distances.
 */
enum {
    ENSEMBLE_NORM_MIN_MAX = 0, /* (x - min) / (max - min), from 0 to 1 (the default); where all are equal: 1 */
    ENSEMBLE_NORM_Z = 1,       /* (x - mean) / (population standard deviation); where all are equal: 0 */
    ENSEMBLE_NORM_MAX = 2,     /* x / max; 0 for all if max is not above 0 */
    ENSEMBLE_NORM_SUM = 3,     /* (x - min) / sum(x - min); where all are equal: 1 / (how many they are) */
    ENSEMBLE_NORM_NONE = 4     /* x, for scores on one scale */
};

/* How to fuse. Zero in any field but struct_size is its default. */
struct ensemble_fusion {
    uint32_t struct_size;  /* sizeof(struct ensemble_fusion) */
    int32_t method;        /* ENSEMBLE_FUSE_RRF, ... */
    int32_t normaliser;    /* ENSEMBLE_NORM_MIN_MAX, ...; for the methods that use scores */
    int32_t score_dtype;   /* of `scores`: ENSEMBLE_F64, ENSEMBLE_F16 or ENSEMBLE_BF16; 0 or ENSEMBLE_F32: float */

    double k;              /* of ENSEMBLE_FUSE_RRF: above 0; 0: 60. The larger, the less the first ranks stand out */

    /*
     * A weight for each list, not negative and finite; NULL: 1 each. They are used as they are, not divided by their
     * sum. A list of weight 0 does not take part, and is not read.
     */
    const double *weights;

    /*
     * The scores of the ids, as many and in their order, without alignment. Methods that use ranks only do not read
     * them; for the others, NULL is an error unless there are no ids.
     */
    const void *scores;

    /*
     * Why: NULL, or where to write what each list added to each score, n_fused x n_lists: [r * n_lists + i] is what
     * list i gave the r-th id of the result. They sum to its score, but for rounding. A list that does not hold the id
     * gave 0, or with ENSEMBLE_FUSE_BORDA its share. Only rows of results are written.
     */
    double *contributions;
    size_t contributions_count; /* length of `contributions`: at least n_fused x n_lists; 0 where it is NULL */

    /*
     * Memory to work in, of ensemble_fusion_workspace_size() bytes or more, without alignment, not shared with a call
     * that runs at the same time. NULL: up to 320 ids in all need none, more are worked on in memory from malloc(),
     * which is given back before the call returns.
     */
    void *workspace;
    size_t workspace_size; /* bytes */
};

/*
 * Fuses `n_lists` ranked lists, which lie in `ids` one after the other: the first lengths[0] ids, best first, are the
 * first list, the next lengths[1] the second one. Lists may be empty, and there may be none. Writes the best `n_fused`
 * ids of the result to `fused`, best first, and their scores to `fused_scores` (NULL: not wanted); where the lists hold
 * fewer different ids, only these. `fusion` says how; NULL: reciprocal rank fusion with k = 60 and weights of 1.
 * Returns how many ids were written.
 *
 * Of equal scores, the smaller id comes first. An id that stands in a list again is passed over there, as if the list
 * did not have it twice; so is, if scores are used, one whose score is not finite. Terms are products of w_i and what
 * it weighs, in double, and are added in the order of the lists; m comes last. ENSEMBLE_FUSE_BORDA adds up each list's
 * w_i times its share first, then what lists give the ids that they hold beyond that. Means and sums in normalisers are
 * those of x - min, in the list's order. A result that is no number, which takes scores or weights near the end of
 * double's range, counts as -infinity.
 *
 * The time is linear in the number of ids, or n log n where ids were chosen to collide in a hash table. The order of
 * the results takes n log n_fused at most.
 *
 * Errors: ENSEMBLE_ENULL (ids, lengths, fused, or scores), ENSEMBLE_ESTRUCT, ENSEMBLE_E2BIG, ENSEMBLE_EMETHOD,
 * ENSEMBLE_EPARAMETER (normaliser, k), ENSEMBLE_EDTYPE, ENSEMBLE_ENOTFINITE, ENSEMBLE_ENEGATIVE (weights),
 * ENSEMBLE_ECOUNT (contributions_count), ENSEMBLE_EOVERFLOW (2^31 ids or more in all, with 32-bit pointers 2^26; or
 * what n_lists or n_fused says reaches past the end of memory), ENSEMBLE_EOVERLAP (what is written lies where something
 * is read, or written too), ENSEMBLE_ENOMEM (the workspace is too small, or without one, malloc() has nothing).
 */
int ensemble_fuse_rankings(const uint64_t *ids, const size_t *lengths, size_t n_lists,
                           const struct ensemble_fusion *fusion, uint64_t *fused, double *fused_scores, size_t n_fused);

/*
 * How many bytes of workspace a fusion of `n_ids` ids in all lists together needs: 34 to 40 for each, and up to 96
 * more. SIZE_MAX for 2^31 ids or more, with 32-bit pointers 2^26.
 */
size_t ensemble_fusion_workspace_size(size_t n_ids);

#ifdef __cplusplus
}
#endif

#endif
