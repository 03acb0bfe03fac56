/* SPDX-License-Identifier: MIT */
/* A task through the public functions, in one of the many ways that must all give the same bits. */
#ifndef TESTS_METHODS_PLAY_H
#define TESTS_METHODS_PLAY_H

#include "sheet.h"

enum workspace { NO_WORKSPACE, FULL_WORKSPACE, ANY_WORKSPACE };

struct play {
    const struct task *task;
    const char *isa;
    int32_t method;       /* the task's, or one that is to be the same to the bit */
    int by_call;          /* outputs and row weights are given with the call instead of being bound */
    enum workspace workspace;
    size_t cuts[2];       /* the rows at which the work is split, 0 <= cuts[0] <= cuts[1] <= rows */
    size_t result_stride;
    struct sheet *sheet;  /* what is to be reported besides; NULL: nothing */
    uint64_t codes;       /* what the call may return: 1 << -code for each; that of the task */
    int code;             /* what it returned */
    int in_place;         /* the result takes the place of the output of model `replaced` */
    size_t replaced;
    enum place place;     /* else it lies here */
    size_t offset;
    struct rng rng;       /* for the order of the calls that make the handle, and the workspace's size */
};

/* The plain way: bound, one call, no workspace, a result without gaps. */
struct play play_plain(const struct task *task, const char *isa);

/* Any way, from `rng`. */
struct play play_random(const struct task *task, const char *isa, struct rng *rng);

/*
 * Plays, and stores the result without gaps in `result`. Returns 0 if all went as the task has it; else the failure was
 * reported: a code that is none of play->codes, or something written that should not have been. play->code is what the
 * call returned; where it is not 0 nothing is stored, nor where the sheet wants no result.
 */
int play_run(struct play *play, const struct memory *memory, unsigned char *result);

static inline uint64_t play_code(int code)
{
    return (uint64_t)1 << -code;
}

void play_describe(const void *play, char *text, size_t size);

#endif
