/* SPDX-License-Identifier: MIT */
#include "trial.h"

#include "number.h"
#include "report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POISON 0xA5

/* The largest array: rows with gaps between them. */
#define ROOM (TRIAL_LONG * sizeof(double) + 2 * GUARD_MARGIN + 4096)

/* What the portable kernel and the reference write to. */
enum { PORTABLE, REFERENCE, COPIES };

static struct {
    int made;
    struct guarded arrays[TRIAL_ARRAYS], pointers;
    unsigned char *copies[COPIES][TRIAL_ARRAYS];
} room;

static void make_room(void)
{
    if (room.made)
        return;
    room.made = 1;
    room.pointers = guarded_make(TRIAL_ARRAYS * sizeof(void *));
    for (size_t i = 0; i < TRIAL_ARRAYS; i++) {
        room.arrays[i] = guarded_make(ROOM);
        for (int copy = 0; copy < COPIES; copy++)
            if ((room.copies[copy][i] = malloc(ROOM)) == NULL) {
                perror("trial");
                exit(1);
            }
    }
}

static void describe_trial(const void *what, char *text, size_t size)
{
    const struct trial *t = what;

    snprintf(text, size,
             "%s %d, %s of %s, length %zu, %s, offset %zu of array %zu, data %d, n %zu, rows %zu, stride %zu%s%s, "
             "map %g %g %g, value %g, goals %g %g, victim %zu",
             t->kernel, t->which, number_name(t->acc), number_name(t->in), t->length, guarded_place_name(t->place),
             t->offset, t->focus, (int)t->data, t->n, t->rows, t->stride, t->in_place ? ", in place" : "",
             t->beyond ? ", beyond" : "", t->map.a, t->map.b, t->map.c, t->value, t->goals[0], t->goals[1], t->victim);
}

static size_t add(struct trial *t, struct array array)
{
    if (array.bytes > ROOM - 2 * GUARD_MARGIN - 64 || t->arrays_n == TRIAL_ARRAYS) {
        fprintf(stderr, "trial: %s has too many arrays, or too large ones\n", t->kernel);
        exit(1);
    }
    t->arrays[t->arrays_n] = array;
    return t->arrays_n++;
}

size_t trial_add(struct trial *t, enum role role, int dtype, size_t length, const void *from)
{
    return add(t, (struct array){role, dtype, length * number_size(dtype), 1, from});
}

size_t trial_add_raw(struct trial *t, enum role role, size_t bytes, size_t alignment, const void *from)
{
    return add(t, (struct array){role, TRIAL_RAW, bytes, alignment, from});
}

size_t trial_add_data(struct trial *t, struct rng *rng, enum role role, int dtype, size_t length)
{
    return trial_add(t, role, dtype, length, data_piece(rng, dtype, t->data, length));
}

size_t trial_add_aligned(struct trial *t, int dtype, size_t length, const void *from)
{
    return add(t, (struct array){READ, dtype, length * number_size(dtype), number_size(dtype), from});
}

const void *const *trial_pointers(const struct trial *t, size_t first, size_t n)
{
    const void **pointers = (const void **)(void *)room.pointers.end - n;

    for (size_t i = 0; i < n; i++)
        pointers[i] = t->at[first + i];
    return (const void *const *)pointers;
}

double trial_get(const struct trial *t, size_t array, size_t index)
{
    return number_read(t->acc, t->at[array], index);
}

double trial_round(const struct trial *t, double x)
{
    return t->acc == ENS_f32 ? (double)(float)x : x;
}

double trial_sum(const struct trial *t, const double *x, size_t n)
{
    double partial[ENS_LANES] = {0};

    for (size_t j = 0; j < n; j++)
        partial[j % ENS_LANES] = trial_round(t, partial[j % ENS_LANES] + x[j]);
    for (size_t half = ENS_LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            partial[i] = trial_round(t, partial[i] + partial[i + half]);
    return partial[0];
}

void trial_put(const struct trial *t, size_t array, size_t index, double x)
{
    const float single = (float)x;

    if (t->acc == ENS_f32)
        memcpy(t->at[array] + index * sizeof single, &single, sizeof single);
    else
        memcpy(t->at[array] + index * sizeof x, &x, sizeof x);
}

const void *trial_weights(const struct trial *t, struct rng *rng, size_t n, int equal)
{
    static float single[TRIAL_MODELS];
    static double twice[TRIAL_MODELS];
    const int simple = rng_one_in(rng, 2);

    for (size_t i = 0; i < n; i++) {
        if (equal)
            twice[i] = 1;
        else if (simple) /* sums of which meet a goal exactly */
            twice[i] = (double)rng_between(rng, 1, 4);
        else
            twice[i] = ldexp((double)rng_between(rng, 1, 1 << 20), -(int)rng_between(rng, 10, 20)) / 3;
        single[i] = (float)twice[i];
    }
    return t->acc == ENS_f32 ? (const void *)single : twice;
}

/* For the portable kernel and the reference: what is only read is where it comes from, and all else is a copy. */
static void use_copies(struct trial *t, int copy)
{
    for (size_t i = 0; i < t->arrays_n; i++) {
        const struct array *a = &t->arrays[i];

        t->at[i] = room.copies[copy][i];
        if (a->role == READ)
            t->at[i] = (unsigned char *)(uintptr_t)a->from;
        else if (a->from != NULL)
            memcpy(t->at[i], a->from, a->bytes);
        else
            memset(t->at[i], POISON, a->bytes);
    }
}

static size_t front_of(const struct trial *t, size_t i)
{
    const size_t before = (size_t)(t->at[i] - room.arrays[i].begin);

    return before < GUARD_MARGIN ? before : GUARD_MARGIN;
}

static size_t behind_of(const struct trial *t, size_t i)
{
    const size_t after = (size_t)(room.arrays[i].end - t->at[i]) - t->arrays[i].bytes;

    return after < GUARD_MARGIN ? after : GUARD_MARGIN;
}

/* Between the guards. What surrounds an array that is only read is left as it is: it may change no result. */
static void use_guarded(struct trial *t, struct rng *rng)
{
    for (size_t i = 0; i < t->arrays_n; i++) {
        const struct array *a = &t->arrays[i];
        const size_t offset = i == t->focus ? t->offset : rng_below(rng, 64);

        t->at[i] = guarded_place(&room.arrays[i], a->bytes, t->place, offset - offset % a->alignment);
        if (a->role != READ)
            memset(t->at[i] - front_of(t, i), POISON, front_of(t, i) + a->bytes + behind_of(t, i));
        if (a->from != NULL)
            memcpy(t->at[i], a->from, a->bytes);
    }
}

static int is_poison(const unsigned char *at, size_t n)
{
    static unsigned char poison[GUARD_MARGIN];

    if (poison[0] != POISON)
        memset(poison, POISON, sizeof poison);
    return memcmp(at, poison, n) == 0;
}

/* Does a call leave alone what it is not to write? If not, that is reported. */
static int is_tidy(const struct trial *t)
{
    for (size_t i = 0; i < t->arrays_n; i++) {
        const struct array *a = &t->arrays[i];

        if (a->role == READ && memcmp(t->at[i], a->from, a->bytes) != 0) {
            report_fail("array %zu was written, which is an input", i);
            return 0;
        }
        if (a->role != READ && !is_poison(t->at[i] - front_of(t, i), front_of(t, i))) {
            report_fail("bytes in front of array %zu were written", i);
            return 0;
        }
        if (a->role != READ && !is_poison(t->at[i] + a->bytes, behind_of(t, i))) {
            report_fail("bytes behind array %zu were written", i);
            return 0;
        }
    }
    return 1;
}

static int both_zero(int dtype, const void *a, const void *b, size_t at)
{
    return ((number_get(dtype, a, at) | number_get(dtype, b, at)) & ~number_sign(dtype)) == 0;
}

/* Is array i what it is in that copy? If not, that is reported. */
static int is_same(const struct trial *t, size_t i, const unsigned char *expected, const char *what, int zeros_equal)
{
    const struct array *a = &t->arrays[i];
    size_t length, at, differs;

    if (memcmp(t->at[i], expected, a->bytes) == 0)
        return 1;
    if (a->dtype == TRIAL_RAW) {
        for (at = 0; t->at[i][at] == expected[at];)
            at++;
        report_fail("byte %zu of array %zu is 0x%02x, not 0x%02x as %s", at, i, t->at[i][at], expected[at], what);
        return 0;
    }
    length = a->bytes / number_size(a->dtype);
    for (at = 0; at < length; at += differs + 1) {
        const size_t done = at * number_size(a->dtype);

        differs = number_differ(a->dtype, expected + done, t->at[i] + done, length - at);
        if (differs == length - at)
            return 1;
        if (zeros_equal && both_zero(a->dtype, expected + done, t->at[i] + done, differs))
            continue;
        report_fail("element %zu of array %zu is %.17g, not %.17g as %s", at + differs, i,
                    number_read(a->dtype, t->at[i], at + differs), number_read(a->dtype, expected, at + differs), what);
        return 0;
    }
    return 1;
}

static int is_like(const struct trial *t, int copy, const double *result, const char *what)
{
    const size_t differs = number_differ(ENS_f64, result, t->result, TRIAL_RESULTS);

    if (differs < TRIAL_RESULTS) {
        report_fail("result %zu is %.17g, not %.17g as %s", differs, t->result[differs], result[differs], what);
        return 0;
    }
    for (size_t i = 0; i < t->arrays_n; i++)
        if (t->arrays[i].role == RESULT &&
            !is_same(t, i, room.copies[copy][i], what, copy == REFERENCE && t->zeros_equal))
            return 0;
    return 1;
}

void trial_run(struct isa *isa, struct trial *t, struct rng *rng)
{
    double result[COPIES][TRIAL_RESULTS] = {{0}};

    make_room();
    report_subject(isa->name, describe_trial, t);
    t->arrays_n = 0;
    t->make(t, rng);
    for (int copy = 0; copy < COPIES; copy++) {
        memset(t->result, 0, sizeof t->result);
        if (copy == REFERENCE && t->reference == NULL)
            continue;
        use_copies(t, copy);
        if (copy == PORTABLE)
            t->call(t, isas[ENS_ISA_portable].kernels);
        else
            t->reference(t);
        memcpy(result[copy], t->result, sizeof t->result);
    }
    memset(t->result, 0, sizeof t->result);
    use_guarded(t, rng);
    t->call(t, isa->kernels);
    isa->kernel_checks++;
    if (is_tidy(t) && is_like(t, PORTABLE, result[PORTABLE], "portable") &&
        (t->reference == NULL || is_like(t, REFERENCE, result[REFERENCE], "the reference")))
        report_pass();
}

static void run_kind(struct isa *isa, struct trial *t, struct rng *rng)
{
    if (t->thin > 0 && !rng_one_in(rng, t->thin))
        return;
    t->data = (enum data_kind)rng_below(rng, DATA_KINDS);
    trial_run(isa, t, rng);
}

static void short_lengths(struct isa *isa, struct trial *t, struct check *check)
{
    for (t->length = 0; t->length <= TRIAL_SHORT; t->length++)
        for (int place = 0; place < PLACES; place++) {
            if (check->quick && place != (int)(t->length % PLACES))
                continue;
            t->place = (enum place)place;
            t->offset = rng_below(&check->rng, 64);
            run_kind(isa, t, &check->rng);
        }
}

static void offsets(struct isa *isa, struct trial *t, struct check *check)
{
    static const size_t lengths[] = {1, 3, 7, 8, 15, 17, 33, 64, 67, 130};

    t->place = WITHIN;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        for (t->offset = 0; t->offset < 64; t->offset++) {
            if (check->quick && !rng_one_in(&check->rng, 16))
                continue;
            t->length = lengths[i];
            t->focus = rng_below(&check->rng, 4);
            run_kind(isa, t, &check->rng);
        }
}

void trial_all(struct isa *isa, struct trial *t, struct check *check)
{
    const size_t longest = t->longest > 0 ? t->longest : TRIAL_LONG;

    short_lengths(isa, t, check);
    offsets(isa, t, check);
    for (int i = 0; i < (check->quick ? 3 : 40); i++) {
        t->length = rng_between(&check->rng, TRIAL_SHORT + 1, longest);
        t->place = (enum place)rng_below(&check->rng, PLACES);
        t->offset = rng_below(&check->rng, 64);
        run_kind(isa, t, &check->rng);
    }
}
