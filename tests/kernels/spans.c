/* SPDX-License-Identifier: MIT */
/*
 * Every kernel is run on spans of all kinds, and its result compared bit for bit with what the portable kernel wrote
 * to a buffer of its own. All that a kernel is given lies between guard pages, and what surrounds its output must stay
 * as it was.
 */
#include "check.h"
#include "data.h"
#include "guard.h"
#include "isas.h"
#include "number.h"
#include "report.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The widest vector that there is: 2048 bits of SVE. Four of those and a rest are the lengths tried one by one. */
#define MOST_LANES 64
#define SHORT_LENGTH (4 * MOST_LANES + 3)
#define LONG_LENGTH 6000

/* Any number of models is allowed; the small ones and 16 have code of their own. */
#define MOST_MODELS 33

#define POISON 0xA5

enum mode { APART, ONTO_START, IN_PLACE, MODES };
static const char *const mode_names[MODES] = {"apart", "onto start", "in place"};

/* One call of one kernel; n is 0 for a kernel that narrows, whose accumulators are `start`. */
struct span_case {
    int acc, in, out;
    size_t n;
    size_t length;
    int with_start;
    enum mode mode;
    int stream, far;
    enum place place;
    size_t in_offset, out_offset; /* of the first model and of the output, where they lie within */
    enum data_kind data, weights;

    /* Where everything came to lie, and what the inputs were copied from. */
    const void *from[MOST_MODELS];
    const void *start_from, *weight_from;
    unsigned char *at[MOST_MODELS];
    unsigned char *start, *weight, *to;
    size_t victim; /* the model that a result in place replaces */
};

static struct {
    struct guarded in[MOST_MODELS], out, start, weight, pointers;
    unsigned char *expected;
    unsigned char *before; /* the output and its surroundings before the call */
} room;

static void describe_span(const void *what, char *text, size_t size)
{
    const struct span_case *c = what;
    char kernel[64];

    if (c->n == 0)
        snprintf(kernel, sizeof kernel, "narrow %s to %s", number_name(c->acc), number_name(c->out));
    else
        snprintf(kernel, sizeof kernel, "wsum %s of %s to %s", number_name(c->acc), number_name(c->in),
                 number_name(c->out));
    snprintf(text, size, "%s, n %zu, length %zu, %s start, %s%s%s, %s, offsets %zu %zu, data %d, weights %d", kernel,
             c->n, c->length, c->with_start ? "with" : "without", mode_names[c->mode], c->stream ? " stream" : "",
             c->far ? " far" : "", guarded_place_name(c->place), c->in_offset, c->out_offset, (int)c->data,
             (int)c->weights);
}

static void make_room(void)
{
    const size_t size = LONG_LENGTH * sizeof(double) + 2 * GUARD_MARGIN + 64;

    for (size_t i = 0; i < MOST_MODELS; i++)
        room.in[i] = guarded_make(size);
    room.out = guarded_make(size);
    room.start = guarded_make(size);
    room.weight = guarded_make(MOST_MODELS * sizeof(double));
    room.pointers = guarded_make(MOST_MODELS * sizeof(void *));
    room.expected = malloc(size);
    room.before = malloc(size);
    if (room.expected == NULL || room.before == NULL) {
        perror("spans");
        exit(1);
    }
}

/* Puts a copy of `length` values between the guards. */
static unsigned char *lay(const struct guarded *memory, const struct span_case *c, int dtype, size_t offset,
                          const void *from)
{
    const size_t bytes = c->length * number_size(dtype);
    unsigned char *at = guarded_place(memory, bytes, c->place, offset);

    memcpy(at, from, bytes);
    return at;
}

static void lay_inputs(struct span_case *c, struct rng *rng)
{
    const size_t weight_bytes = c->n * number_size(c->acc);

    for (size_t m = 0; m < c->n; m++) {
        c->from[m] = data_piece(rng, c->in, c->data, c->length);
        c->at[m] = lay(&room.in[m], c, c->in, m == 0 ? c->in_offset : rng_below(rng, 64), c->from[m]);
    }
    if (c->with_start) {
        c->start_from = data_piece(rng, c->acc, c->data, c->length);
        c->start = lay(&room.start, c, c->acc, c->n == 0 ? c->in_offset : rng_below(rng, 64), c->start_from);
    }
    c->weight_from = data_piece(rng, c->acc, c->weights, c->n);
    c->weight = room.weight.end - weight_bytes; /* reading one weight too many faults, too */
    memcpy(c->weight, c->weight_from, weight_bytes);
}

/* Where the output goes. A stream needs an aligned address: 0 if there is none for this case. */
static int place_output(struct span_case *c, struct rng *rng)
{
    const size_t bytes = c->length * number_size(c->out);

    if (c->mode == IN_PLACE) {
        c->victim = rng_below(rng, c->n);
        c->to = c->at[c->victim];
    } else if (c->mode == ONTO_START) {
        c->to = c->start;
    } else {
        c->to = guarded_place(&room.out, bytes, c->place, c->stream ? 0 : c->out_offset);
        if (c->stream)
            c->to -= (uintptr_t)c->to % ENS_STREAM_ALIGNMENT;
    }
    return !c->stream || (uintptr_t)c->to % ENS_STREAM_ALIGNMENT == 0;
}

static void call_kernel(const struct ens_kernels *kernels, const struct span_case *c, void *out, int stream)
{
    const void **in = (const void **)(void *)room.pointers.end - c->n;
    const struct ens_span span = {.out = out,
                                  .start = c->with_start ? c->start : NULL,
                                  .in = in,
                                  .weight = c->weight,
                                  .n = c->n,
                                  .length = c->length,
                                  .stream = stream,
                                  .far = c->far};

    if (c->n == 0) {
        kernels->narrow[c->acc][c->out](out, c->start, c->length, stream);
        return;
    }
    for (size_t m = 0; m < c->n; m++)
        in[m] = c->at[m];
    kernels->wsum[c->acc][c->in][c->out](&span);
}

/* What a call only reads must be what it was. */
static int inputs_unchanged(const struct span_case *c)
{
    int same = memcmp(c->weight, c->weight_from, c->n * number_size(c->acc)) == 0;

    for (size_t m = 0; m < c->n; m++)
        if (c->mode != IN_PLACE || m != c->victim)
            same &= memcmp(c->at[m], c->from[m], c->length * number_size(c->in)) == 0;
    if (c->with_start && c->mode != ONTO_START)
        same &= memcmp(c->start, c->start_from, c->length * number_size(c->acc)) == 0;
    return same;
}

/* The memory that holds the output; its neighbourhood is searched for stray stores. */
static const struct guarded *output_memory(const struct span_case *c)
{
    return c->mode == APART ? &room.out : c->mode == ONTO_START ? &room.start : &room.in[c->victim];
}

static void run_case(struct isa *isa, struct span_case *c, struct rng *rng)
{
    const size_t bytes = c->length * number_size(c->out);
    const struct guarded *memory;
    size_t front, behind;

    report_subject(isa->name, describe_span, c);
    lay_inputs(c, rng);
    if (!place_output(c, rng))
        return;
    memory = output_memory(c);
    front = (size_t)(c->to - memory->begin) < GUARD_MARGIN ? (size_t)(c->to - memory->begin) : GUARD_MARGIN;
    behind = (size_t)(memory->end - c->to) - bytes;
    behind = behind < GUARD_MARGIN ? behind : GUARD_MARGIN;
    if (c->mode == APART)
        memset(c->to - front, POISON, front + bytes + behind);
    memcpy(room.before, c->to - front, front);
    memcpy(room.before + front, c->to + bytes, behind);

    call_kernel(isas[ENS_ISA_portable].kernels, c, room.expected, 0);
    call_kernel(isa->kernels, c, c->to, c->stream);

    isa->kernel_checks++;
    if (memcmp(room.before, c->to - front, front) != 0)
        report_fail("bytes in front of the output were written");
    else if (memcmp(room.before + front, c->to + bytes, behind) != 0)
        report_fail("bytes behind the output were written");
    else if (!inputs_unchanged(c))
        report_fail("an input was written");
    else
        report_compare(c->out, room.expected, c->to, number_differ(c->out, room.expected, c->to, c->length), c->length);
}

/* A case in all modes that it has, with and without streaming. */
static void run_modes(struct isa *isa, struct span_case *c, struct rng *rng)
{
    for (int mode = APART; mode < MODES; mode++) {
        if (mode == ONTO_START && (c->n == 0 || !c->with_start || c->out != c->acc))
            continue;
        if (mode == IN_PLACE && (c->n == 0 || c->out != c->in))
            continue;
        c->mode = (enum mode)mode;
        for (c->stream = 0; c->stream <= 1; c->stream++) {
            c->data = (enum data_kind)rng_below(rng, DATA_KINDS);
            c->weights = data_kind_of_weights(rng);
            c->far = rng_one_in(rng, 2);
            run_case(isa, c, rng);
        }
    }
}

/*
 * Not every number of models with every length: always those that have code of their own, and one that has not. Quick
 * runs keep one case for each shape of that code (two vectors at a time, one, many models), and a few of the others.
 */
static int is_sampled_out(struct check *check, size_t n, int with_start)
{
    if (!check->quick)
        return n > 9 && n != 16 && !rng_one_in(&check->rng, 24);
    if (n == 4 || n == 8 || n == 16)
        return with_start != (int)(rng_bits(&check->rng) & 1);
    return !rng_one_in(&check->rng, 40);
}

/* All short lengths in all places. */
static void short_lengths(struct isa *isa, struct span_case *c, struct check *check)
{
    for (c->length = 0; c->length <= SHORT_LENGTH; c->length++)
        for (int place = 0; place < PLACES; place++)
            for (size_t n = 1; n <= MOST_MODELS; n++)
                for (int with_start = 0; with_start <= 1; with_start++) {
                    if (is_sampled_out(check, n, with_start))
                        continue;
                    c->n = n;
                    c->with_start = with_start;
                    c->place = (enum place)place;
                    c->in_offset = rng_below(&check->rng, 64);
                    c->out_offset = rng_below(&check->rng, 64);
                    run_modes(isa, c, &check->rng);
                }
}

/* The same for a kernel that narrows. */
static void short_narrow(struct isa *isa, struct span_case *c, struct check *check)
{
    c->n = 0;
    c->with_start = 1;
    for (c->length = 0; c->length <= SHORT_LENGTH; c->length++)
        for (int place = 0; place < PLACES; place++) {
            c->place = (enum place)place;
            c->in_offset = rng_below(&check->rng, 64);
            c->out_offset = rng_below(&check->rng, 64);
            run_modes(isa, c, &check->rng);
        }
}

/* Every byte offset of an input, and every one of the output, for some lengths. */
static void offsets(struct isa *isa, struct span_case *c, struct check *check, int narrow)
{
    static const size_t lengths[] = {1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 67, 130, 259};

    c->place = WITHIN;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        for (size_t offset = 0; offset < 128; offset++) {
            if (check->quick && !rng_one_in(&check->rng, 4))
                continue;
            c->length = lengths[i];
            c->in_offset = offset < 64 ? offset : rng_below(&check->rng, 64);
            c->out_offset = offset < 64 ? rng_below(&check->rng, 64) : offset - 64;
            c->n = narrow ? 0 : rng_between(&check->rng, 1, MOST_MODELS);
            c->with_start = narrow || rng_one_in(&check->rng, 2);
            run_modes(isa, c, &check->rng);
        }
}

static void long_lengths(struct isa *isa, struct span_case *c, struct check *check, int narrow)
{
    for (int i = 0; i < (check->quick ? 20 : 300); i++) {
        c->length = rng_between(&check->rng, SHORT_LENGTH + 1, LONG_LENGTH);
        c->place = (enum place)rng_below(&check->rng, PLACES);
        c->in_offset = rng_below(&check->rng, 64);
        c->out_offset = rng_below(&check->rng, 64);
        c->n = narrow ? 0 : rng_between(&check->rng, 1, MOST_MODELS);
        c->with_start = narrow || rng_one_in(&check->rng, 2);
        run_modes(isa, c, &check->rng);
    }
}

static void all_kernels(struct isa *isa, struct check *check)
{
    struct span_case c;

    memset(&c, 0, sizeof c);
    for (c.acc = 0; c.acc < 2; c.acc++)
        for (c.out = 0; c.out < ENS_DTYPES; c.out++) {
            for (c.in = 0; c.in < ENS_DTYPES; c.in++)
                if (isa->kernels->wsum[c.acc][c.in][c.out] != NULL) {
                    short_lengths(isa, &c, check);
                    offsets(isa, &c, check, 0);
                    long_lengths(isa, &c, check, 0);
                }
            c.in = c.acc;
            if (isa->kernels->narrow[c.acc][c.out] != NULL) {
                short_narrow(isa, &c, check);
                offsets(isa, &c, check, 1);
                long_lengths(isa, &c, check, 1);
            }
        }
}

/*
 * An instruction set that lacked a kernel, or had one more, would be reached by the walk and by no check. All of the
 * table behind the name are pointers to functions.
 */
static void same_tables(const struct isa *isa)
{
    const struct ens_kernels *portable = isas[ENS_ISA_portable].kernels;
    const size_t first = offsetof(struct ens_kernels, wsum);

    report_subject(isa->name, NULL, NULL);
    if (strcmp(isa->kernels->name, isa->name) != 0)
        report_fail("the table calls itself %s", isa->kernels->name);
    for (size_t at = first; at < sizeof *portable; at += sizeof(void (*)(void))) {
        void (*ours)(void), (*theirs)(void);

        memcpy(&ours, (const unsigned char *)isa->kernels + at, sizeof ours);
        memcpy(&theirs, (const unsigned char *)portable + at, sizeof theirs);
        if ((ours == NULL) != (theirs == NULL))
            report_fail("kernel %zu of the table is here or in portable's, but not in both",
                        (at - first) / sizeof(void (*)(void)));
    }
    report_pass();
}

void check_spans(struct check *check)
{
    make_room();
    for (int i = 0; i < ENS_ISAS; i++)
        if (isas[i].run) {
            same_tables(&isas[i]);
            all_kernels(&isas[i], check);
        }
    report_subject(NULL, NULL, NULL);
}
