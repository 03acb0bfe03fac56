/* SPDX-License-Identifier: MIT */
/* A handle under test: what was asked of it, what it borrows, and hooks for its memory, which may have none to give. */
#ifndef TESTS_FUZZ_SESSION_H
#define TESTS_FUZZ_SESSION_H

#include "state.h"

#define SESSION_POOL 512 /* bytes of outputs and row weights: all rows of any stride, from any place */
#define SESSION_CALLS 60 /* of one input */

struct session {
    struct fuzz f;
    struct ensemble *e;
    struct state s;
    unsigned char *pool;
    size_t memory;      /* in use */
    size_t fails_after; /* so many allocations more; 0: none fails */
    int failed;         /* one has */
};

/* Of what each call may draw. */
const void *session_data(struct session *x);
size_t session_rows(struct session *x);
size_t session_model(struct session *x);
struct ensemble_options session_options(struct session *x);

/*
 * The call returned `code`; it may return those of `codes`, or if there is none of them, 0 or more. Where memory was
 * refused, that is what it must say. Returns whether it went well.
 */
int session_went_well(const struct session *x, int code, uint64_t codes);

/* What the handle says of itself, at no cost: getters, and whether it can combine. */
void session_look(const struct session *x);

/* Combines, and everything else that only reads, beside a fresh handle. */
void session_compare(struct session *x);

#endif
