/* SPDX-License-Identifier: MIT */
/* One fusion, which each contender does in its own way. */
#ifndef BENCH_RANK_JOB_H
#define BENCH_RANK_JOB_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { MOST_LISTS = 16 };

struct rank_job {
    size_t n; /* lists */
    size_t lengths[MOST_LISTS];
    size_t total;
    const uint64_t *ids;
    const float *scores;
    int by_scores; /* CombSUM of scores from min to max; else RRF with k = 60 */
    size_t wanted; /* so many of the best, or all that there are */
    uint64_t *best;
    double *sums;
    void *workspace;
    size_t workspace_size;
};

/* How many were written to job->best and job->sums. */
typedef size_t rank_way(const struct rank_job *job);

/* loops.cpp: C++ as it is written in ten lines. `flat` is NULL where the table that it is about is not installed. */
struct rank_peers {
    rank_way *map;     /* std::unordered_map */
    rank_way *reserve; /* the same, with room from the beginning */
    rank_way *sorted;  /* no map: ids are sorted */
    rank_way *flat;    /* boost::unordered_flat_map, with room from the beginning */
};
extern const struct rank_peers rank_peers;

#ifdef __cplusplus
}
#endif

#endif
