/* SPDX-License-Identifier: MIT */
/*
 * Every allocation of every call that takes memory fails, each by itself and with all that follow it, from hooks and
 * from malloc(): the call says ENSEMBLE_ENOMEM, writes nothing, keeps nothing, leaves errno alone; the handle is as
 * before, and the same call then does the same as ever. Calls that take no memory take none, and with hooks nothing is
 * asked of malloc(). world.mk links this so that malloc() and free() of the library come here.
 */
#include "calls.h"
#include "work.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEVER ((size_t)-1)
#define SENTINEL 4711 /* in errno */

/* What is asked for, of hooks and of malloc() alike, and which requests are refused. */
static size_t hooked, plain, kept, bytes, first_refused = NEVER, last_refused = NEVER;

static int refused(void)
{
    const size_t number = hooked + plain - 1;

    return number >= first_refused && number <= last_refused;
}

void *__real_malloc(size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void __wrap_free(void *memory);

void *__wrap_malloc(size_t size)
{
    void *memory;

    plain++;
    memory = refused() ? NULL : __real_malloc(size);
    if (!memory)
        errno = ENOMEM;
    kept += memory != NULL;
    return memory;
}

void __wrap_free(void *memory)
{
    kept -= memory != NULL;
    __real_free(memory);
}

/* New memory is not 0, so that nothing relies on it. */
static void *allocate(size_t size, void *user)
{
    void *memory;

    (void)user;
    hooked++;
    memory = refused() ? NULL : __real_malloc(size);
    if (memory) {
        memset(memory, 0x5A, size);
        bytes += size;
    }
    return memory;
}

static void release(void *memory, size_t size, void *user)
{
    (void)user;
    memset(memory, 0x5A, size);
    bytes -= size;
    __real_free(memory);
}

static const struct ensemble_options with_hooks = {
    .struct_size = sizeof with_hooks, .allocate = allocate, .release = release};

static const char *memory_of; /* the handle's, in words */

/* `number`: of the allocation that failed, or NEVER. */
static void expect(int holds, const struct calls_call *call, size_t number, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "FAILED: memory: %s, handle %d, memory of %s", call->name, (int)call->handle, memory_of);
    if (number != NEVER)
        fprintf(stderr, ", allocation %zu fails", number);
    fprintf(stderr, ": %s\n", what);
    exit(EXIT_FAILURE);
}

/* What a call gave, and the state of its handle and of the one that it made, which is given back. */
struct outcome {
    int code;
    uint64_t state, made;
    double room[sizeof((struct calls_given *)0)->room / sizeof(double)];
};

static struct outcome made(const struct calls_call *call, struct ensemble *e, const struct ensemble_options *options)
{
    const size_t first = first_refused;
    struct calls_given given = {.options = options};
    struct outcome outcome;

    hooked = plain = 0;
    errno = SENTINEL;
    memset(&outcome, 0, sizeof outcome);
    outcome.code = call->make(e, &given);
    first_refused = NEVER;
    expect(errno == SENTINEL, call, first, "errno is another");
    outcome.state = calls_state(e);
    outcome.made = calls_state(given.made);
    expect(outcome.code >= 0 || given.made == NULL, call, first, "it failed, and stored a handle");
    memcpy(outcome.room, given.room, sizeof outcome.room);
    ensemble_destroy(given.made);
    return outcome;
}

static struct outcome made_despite(const struct calls_call *call, struct ensemble *e,
                                   const struct ensemble_options *options, size_t from, size_t to)
{
    first_refused = from;
    last_refused = to;
    return made(call, e, options);
}

static struct ensemble *prepared(const struct calls_call *call, const struct ensemble_options *options)
{
    struct ensemble *e = calls_handle(call->handle, options);

    expect(e || call->handle == CALLS_NONE, call, NEVER, "its handle cannot be made");
    return e;
}

/* The call on a handle of its own, where allocation number `n` fails, and then where all from `n` on do. */
static void fail_at(const struct calls_call *call, const struct ensemble_options *options, size_t n,
                    const struct outcome *usual)
{
    struct ensemble *e = prepared(call, options);
    const size_t kept_before = kept, bytes_before = bytes;
    const uint64_t before = calls_state(e);
    struct outcome outcome;

    for (int all = 0; all < 2; all++) {
        outcome = made_despite(call, e, options, n, all ? NEVER - 1 : n);
        expect(outcome.code == ENSEMBLE_ENOMEM, call, n, "it does not say ENSEMBLE_ENOMEM");
        expect(outcome.state == before, call, n, "it failed, and the handle is another");
        for (size_t i = 0; i < sizeof outcome.room / sizeof outcome.room[0]; i++)
            expect(outcome.room[i] == 0, call, n, "it failed, and wrote something");
        expect(kept == kept_before && bytes == bytes_before, call, n, "it failed, and keeps memory");
    }
    outcome = made(call, e, options);
    expect(memcmp(&outcome, usual, sizeof outcome) == 0, call, n, "after a failure it does something else");
    ensemble_destroy(e);
}

/* Returns how many allocations failed. */
static size_t fail_each(const struct calls_call *call, const struct ensemble_options *options)
{
    const size_t kept_before = kept, bytes_before = bytes;
    struct ensemble *e;
    struct outcome usual;
    size_t n;

    memory_of = options ? "hooks" : "malloc()";
    e = prepared(call, options);
    usual = made(call, e, options);
    n = hooked + plain;
    expect(usual.code >= 0, call, NEVER, ensemble_strerror(usual.code));
    expect((n > 0) == (call->takes_memory > 0), call, NEVER, "it takes memory, or none, against calls.c");
    expect(!options || call->takes_memory == 2 || plain == 0, call, NEVER, "it uses malloc() in spite of hooks");
    expect(call->takes_memory != 2 || hooked == 0, call, NEVER, "it uses hooks");
    for (size_t i = 0; i < n; i++)
        fail_at(call, options, i, &usual);
    ensemble_destroy(e);
    expect(kept == kept_before && bytes == bytes_before, call, NEVER, "memory is left over");
    return n;
}

/* Calls on const handles: none takes memory. */
static int const_calls_take_memory(const struct ensemble_options *options)
{
    work_begin(options ? allocate : NULL, options ? release : NULL, NULL);
    hooked = plain = 0;
    (void)work_do(NULL);
    return hooked + plain > 0;
}

int main(void)
{
    size_t calls = 0, failures = 0;

    if (!calls_begin()) {
        fprintf(stderr, "FAILED: memory: nothing is saved\n");
        return EXIT_FAILURE;
    }
    for (const struct calls_call *call = calls_all; call->name; call++, calls++)
        failures += fail_each(call, NULL) + fail_each(call, &with_hooks);
    for (int hooks = 0; hooks < 2; hooks++) {
        if (const_calls_take_memory(hooks ? &with_hooks : NULL)) {
            fprintf(stderr, "FAILED: memory: a call on a const handle takes memory\n");
            return EXIT_FAILURE;
        }
        work_end();
    }
    if (kept > 0 || bytes > 0) {
        fprintf(stderr, "FAILED: memory: %zu blocks are left over, and %zu bytes of hooks\n", kept, bytes);
        return EXIT_FAILURE;
    }
    printf("ok: %zu kinds of calls, %zu allocations that fail, alone and with all that follow; const calls take none\n",
           calls, failures);
    return EXIT_SUCCESS;
}
