/* SPDX-License-Identifier: MIT */
/* Allocator hooks for any number of blocks, with which one allocation can be made to fail. */
#ifndef TESTS_UNIT_LEDGER_H
#define TESTS_UNIT_LEDGER_H

#include "support.h"

#include <stdlib.h>

/* What the hooks are given as `user`. */
struct ledger {
    size_t fails_at; /* the number, from 0, of the allocation that fails */
    size_t allocations, bytes;
};

/* Each block begins with its size. */
#define LEDGER_MARGIN 64
static inline void *ledger_allocate(size_t size, void *user)
{
    struct ledger *ledger = user;
    unsigned char *block;

    assert_true(size > 0);
    if (ledger->allocations++ == ledger->fails_at)
        return NULL;
    block = malloc(size + LEDGER_MARGIN);
    assert_non_null(block);
    memcpy(block, &size, sizeof size);
    memset(block + LEDGER_MARGIN, 0x5A, size); /* memory is not 0 because it is new */
    ledger->bytes += size;
    return block + LEDGER_MARGIN;
}

static inline void ledger_release(void *memory, size_t size, void *user)
{
    struct ledger *ledger = user;
    unsigned char *block = (unsigned char *)memory - LEDGER_MARGIN;
    size_t taken;

    memcpy(&taken, block, sizeof taken);
    assert_true(size == taken);
    ledger->bytes -= size;
    memset(block, 0x5A, size + LEDGER_MARGIN);
    free(block);
}

static inline struct ensemble *ensemble_on(struct ledger *ledger, size_t width)
{
    const struct ensemble_options options = {
        .struct_size = sizeof options, .allocate = ledger_allocate, .release = ledger_release, .user = ledger};
    struct ensemble *e = NULL;

    assert_int_equal(ensemble_create_with(&e, width, &options), 0);
    return e;
}

#endif
