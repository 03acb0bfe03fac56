/* SPDX-License-Identifier: MIT */
/* Rankings, and what becomes of them. */
#ifndef TESTS_UNIT_FUSE_H
#define TESTS_UNIT_FUSE_H

#include "support.h"

#include <ensemble_rank.h>

#define ROOM 32 /* elements of each array of a result */

static const int32_t score_methods[] = {ENSEMBLE_FUSE_SUM, ENSEMBLE_FUSE_MNZ, ENSEMBLE_FUSE_ANZ};
static const int32_t normalisers[] = {ENSEMBLE_NORM_MIN_MAX, ENSEMBLE_NORM_Z, ENSEMBLE_NORM_MAX, ENSEMBLE_NORM_SUM,
                                      ENSEMBLE_NORM_NONE};

struct lists {
    const uint64_t *ids;
    const size_t *lengths;
    size_t n;
};

/* Three lists: 3 2 1, 1 2, 3. With scores: 3 2 1 for ids 3 2 1, 3 2 for ids 1 2, 1 for id 3. */
static const uint64_t three_ids[] = {3, 2, 1, 1, 2, 3};
static const size_t three_lengths[] = {3, 2, 1};
static const float three_scores[] = {3, 2, 1, 3, 2, 1};
static const struct lists three = {three_ids, three_lengths, 3};

struct result {
    int code;
    uint64_t ids[ROOM];
    double scores[ROOM];
    double contributions[ROOM];
};

/* How to fuse, with all else zero. */
static inline struct ensemble_fusion by(int32_t method, int32_t normaliser, const void *scores)
{
    const struct ensemble_fusion fusion = {
        .struct_size = sizeof fusion, .method = method, .normaliser = normaliser, .scores = scores};

    return fusion;
}

/* With contributions, where there is a fusion; what is not written is poison. */
static inline struct result fuse(struct lists lists, const struct ensemble_fusion *fusion, size_t n_fused)
{
    struct ensemble_fusion how;
    struct result result;

    assert_true(n_fused <= ROOM && n_fused * lists.n <= ROOM);
    poison(&result, sizeof result);
    if (fusion != NULL) {
        how = *fusion;
        how.contributions = result.contributions;
        how.contributions_count = n_fused * lists.n;
    }
    result.code = ensemble_fuse_rankings(lists.ids, lists.lengths, lists.n, fusion == NULL ? NULL : &how, result.ids,
                                         result.scores, n_fused);
    return result;
}

/* Bit by bit, also of what must not be written. */
#define assert_same_result(a, b)                                 \
    do {                                                         \
        const struct result same_a = (a), same_b = (b);          \
        assert_int_equal(same_a.code, same_b.code);              \
        assert_memory_equal(&same_a, &same_b, sizeof same_a);    \
    } while (0)

/* These ids and scores, and nothing else is written. */
static inline void result_at(const struct result *result, size_t n, const uint64_t *ids, const double *scores,
                             double tolerance, const char *file, int line)
{
    if (result->code != (int)n) {
        print_error("%d ids were found, not %zu\n", result->code, n);
        _fail(file, line);
    }
    for (size_t r = 0; r < n; r++) {
        if (result->ids[r] != ids[r]) {
            print_error("the id of place %zu is %llu, not %llu\n", r, (unsigned long long)result->ids[r],
                        (unsigned long long)ids[r]);
            _fail(file, line);
        }
        near_at(result->scores[r], scores[r], tolerance, file, line);
    }
    assert_poisoned(result->ids + n, (ROOM - n) * sizeof *result->ids);
    assert_poisoned(result->scores + n, (ROOM - n) * sizeof *result->scores);
}
#define assert_fused(result, n, ids, scores, tolerance) \
    result_at(&(result), n, ids, scores, tolerance, __FILE__, __LINE__)

#endif
