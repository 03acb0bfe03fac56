/* SPDX-License-Identifier: MIT */
/*
 * Fusions of any lists of ids with any scores and weights, beside the slow model of tests/rank, bit by bit; what is
 * wrong with a call is decided here by the words of ensemble_rank.h. After an error nothing has been written, and after
 * a success nothing but the rows of the result.
 */
#include "fuzz.h"

#include "model.h"
#include "number.h"

#include <math.h>

#define MOST_LISTS 6
#define MOST_IDS 500 /* more than the 320 that are fused on the stack */
#define POISON 0x5A
#define SLACK 4096 /* behind all arrays */

enum { IDS, LENGTHS, WEIGHTS, SCORES, READ, FUSED = READ, FUSED_SCORES, CONTRIBUTIONS, WORKSPACE, REGIONS };

/* An array of the call. */
struct region {
    unsigned char *at;
    size_t bytes;
};

static struct hand hand;
static struct answer expected;

struct call {
    struct region regions[REGIONS];
    unsigned char *arena, *before; /* what it was */
    size_t arena_bytes;
    uint64_t codes;
};

static uint64_t draw_id(struct fuzz *f, size_t kind)
{
    const uint64_t id = fuzz_bits(f, 1);

    switch (kind) {
    case 0:
        return id % 16;
    case 1:
        return id << 56 | id;
    case 2:
        return UINT64_MAX - id;
    default:
        return (id + 1) * 0xF1DE83E19937733Du; /* all begin their search in the table at one place */
    }
}

/* Of a list that repeats a piece of the input, so that few bytes make long lists. */
static void draw_lists(struct fuzz *f)
{
    const size_t kind = fuzz_below(f, 4);
    size_t place = 0;

    hand.n = fuzz_below(f, MOST_LISTS + 1);
    hand.total = 0;
    for (size_t i = 0; i < hand.n; i++) {
        size_t length = fuzz_below(f, 24) * (fuzz_one_in(f, 8) ? 16 : 1);

        length = length < MOST_IDS - hand.total ? length : MOST_IDS - hand.total;
        hand.lengths[i] = length;
        hand.total += length;
        for (const uint64_t step = 1 + fuzz_bits(f, 1) % 5; place < hand.total; place++)
            hand.ids[place] = fuzz_left(f) > 0 ? draw_id(f, kind) : place * step;
    }
}

static void draw_scores(struct fuzz *f)
{
    const int32_t dtype = (int32_t)fuzz_below(f, 5);
    const int known = dtype == 0 ? ENS_f32 : dtype - 1;
    const int raw = fuzz_one_in(f, 4);

    for (size_t j = 0; j < hand.total; j++) {
        const uint64_t bits = raw ? fuzz_bits(f, number_size(known)) : number_encode(known, fuzz_double(f));

        number_put(known, hand.scores, j, bits);
        hand.values[j] = number_decode(known, bits);
    }
    hand.fusion.score_dtype = dtype;
    hand.fusion.scores = hand.scores;
}

static void draw_hand(struct fuzz *f)
{
    memset(&hand.fusion, 0, sizeof hand.fusion);
    hand.fusion.struct_size = sizeof hand.fusion;
    hand.fusion.method = (int32_t)fuzz_below(f, HAND_METHODS);
    hand.fusion.normaliser = (int32_t)fuzz_below(f, HAND_NORMALISERS);
    hand.fusion.k = fuzz_one_in(f, 4) ? fuzz_double(f) : (double)fuzz_below(f, 80);
    hand.n_fused = fuzz_below(f, 40) * (fuzz_one_in(f, 8) ? 16 : 1);
    draw_lists(f);
    hand.fusion.weights = fuzz_below(f, 2) ? hand.weights : NULL;
    for (size_t i = 0; i < hand.n; i++)
        hand.weights[i] = fuzz_one_in(f, 4) ? fuzz_double(f) : (double)fuzz_below(f, 16) / 10;
    draw_scores(f);
}

static int uses_scores(void)
{
    return hand.fusion.method >= ENSEMBLE_FUSE_SUM && hand.fusion.method <= ENSEMBLE_FUSE_ANZ;
}

/* Arrays of their own sizes behind each other; some begin elsewhere, where they may lie upon others. */
static void lay(struct call *call, struct fuzz *f)
{
    const size_t size = hand.fusion.score_dtype == 0 ? 4 : number_size(hand.fusion.score_dtype - 1);
    const size_t bytes[REGIONS] = {8 * hand.total, sizeof(size_t) * hand.n, 8 * hand.n, size * hand.total,
                                   8 * hand.n_fused, 8 * hand.n_fused, 8 * hand.n_fused * hand.n,
                                   ensemble_fusion_workspace_size(hand.total)};
    const void *const from[READ] = {hand.ids, hand.lengths, hand.weights, hand.scores};
    size_t at = 0;

    call->arena_bytes = SLACK;
    for (int i = 0; i < REGIONS; i++)
        call->arena_bytes += (bytes[i] + 7) / 8 * 8;
    call->arena = memset(fuzz_memory(call->arena_bytes), POISON, call->arena_bytes);
    for (int i = 0; i < REGIONS; i++) {
        struct region *region = &call->regions[i];

        *region = (struct region){call->arena + at, bytes[i]};
        at += (bytes[i] + 7) / 8 * 8;
        if (i >= READ && fuzz_one_in(f, 12)) /* may end behind all others */
            region->at = call->arena + 8 * fuzz_below(f, (call->arena_bytes - bytes[i]) / 8);
        if (i == WORKSPACE)
            region->at += fuzz_below(f, 8);
        if (i < READ)
            memcpy(region->at, from[i], bytes[i]);
    }
    hand.fusion.scores = call->regions[SCORES].at;
    if (hand.fusion.weights != NULL)
        hand.fusion.weights = (const double *)(const void *)call->regions[WEIGHTS].at;
    if (fuzz_below(f, 2)) {
        hand.fusion.contributions = (double *)(void *)call->regions[CONTRIBUTIONS].at;
        hand.fusion.contributions_count = hand.n_fused * hand.n;
    }
    if (fuzz_below(f, 2)) {
        hand.fusion.workspace = call->regions[WORKSPACE].at;
        hand.fusion.workspace_size = call->regions[WORKSPACE].bytes;
    }
    if (fuzz_below(f, 2))
        call->regions[FUSED_SCORES].at = NULL;
    call->before = fuzz_copy(call->arena, call->arena_bytes);
}

/* Makes something wrong, perhaps. */
static void spoil(struct call *call, struct fuzz *f)
{
    struct ensemble_fusion *how = &hand.fusion;

    switch (fuzz_below(f, 24)) {
    case 1:
        how->method = (int32_t)fuzz_bits(f, 4);
        break;
    case 2:
        how->normaliser = (int32_t)fuzz_bits(f, 4);
        break;
    case 3:
        how->score_dtype = fuzz_below(f, 2) ? ENSEMBLE_I32 : -1 - (int32_t)fuzz_bits(f, 3);
        call->codes |= fuzz_code(ENSEMBLE_EDTYPE);
        break;
    case 4:
        how->scores = NULL;
        break;
    case 5:
        how->contributions_count /= 2;
        break;
    case 6:
        how->workspace_size /= 2;
        break;
    case 7:
        how->struct_size = (uint32_t)fuzz_below(f, offsetof(struct ensemble_fusion, workspace_size));
        call->codes |= fuzz_code(ENSEMBLE_ESTRUCT);
        break;
    default:
        break;
    }
}

static int meet(const struct region *a, const struct region *b)
{
    return a->at != NULL && b->at != NULL && a->bytes > 0 && b->bytes > 0 && a->at < b->at + b->bytes &&
           b->at < a->at + a->bytes;
}

/* What the header says against the call. */
static void find_faults(struct call *call)
{
    const struct ensemble_fusion *how = &hand.fusion;
    struct region now[REGIONS];

    memcpy(now, call->regions, sizeof now);
    if (how->method < ENSEMBLE_FUSE_RRF || how->method > ENSEMBLE_FUSE_BORDA)
        call->codes |= fuzz_code(ENSEMBLE_EMETHOD);
    if (how->normaliser < 0 || how->normaliser > ENSEMBLE_NORM_NONE || !isfinite(how->k) || how->k < 0)
        call->codes |= fuzz_code(ENSEMBLE_EPARAMETER);
    for (size_t i = 0; how->weights != NULL && i < hand.n; i++) {
        call->codes |= !isfinite(hand.weights[i]) ? fuzz_code(ENSEMBLE_ENOTFINITE) : 0;
        call->codes |= hand.weights[i] < 0 ? fuzz_code(ENSEMBLE_ENEGATIVE) : 0;
    }
    if (uses_scores() && how->scores == NULL && hand.total > 0)
        call->codes |= fuzz_code(ENSEMBLE_ENULL);
    if (how->contributions != NULL && how->contributions_count < hand.n_fused * hand.n)
        call->codes |= fuzz_code(ENSEMBLE_ECOUNT);
    if (how->workspace != NULL && how->workspace_size < ensemble_fusion_workspace_size(hand.total))
        call->codes |= fuzz_code(ENSEMBLE_ENOMEM);
    now[WEIGHTS].at = how->weights == NULL ? NULL : now[WEIGHTS].at;
    now[SCORES].at = !uses_scores() ? NULL : now[SCORES].at;
    now[CONTRIBUTIONS].at = how->contributions == NULL ? NULL : now[CONTRIBUTIONS].at;
    now[WORKSPACE].at = how->workspace == NULL ? NULL : now[WORKSPACE].at;
    now[WORKSPACE].bytes = how->workspace_size;
    for (int i = READ; i < REGIONS; i++)
        for (int j = 0; j < i; j++)
            call->codes |= meet(&now[i], &now[j]) ? fuzz_code(ENSEMBLE_EOVERLAP) : 0;
}

/* What lies here is none of the call's, now or before: results may lie upon what is not asked for. */
static void forget(struct call *call, unsigned char *at, size_t bytes)
{
    memset(at, POISON, bytes);
    memset(call->before + (at - call->arena), POISON, bytes);
}

/* Takes what was found off the arena; then this must be as it was. */
static void take(struct call *call, int region, const void *wanted, size_t n, int is_real)
{
    unsigned char *at = call->regions[region].at;

    for (size_t j = 0; j < n; j++)
        FUZZ_CHECK(is_real ? number_differ(ENS_f64, at + 8 * j, (const unsigned char *)wanted + 8 * j, 1) == 1
                           : memcmp(at + 8 * j, (const unsigned char *)wanted + 8 * j, 8) == 0);
    forget(call, at, 8 * n);
}

static void check(struct call *call, int code)
{
    if (call->codes != 0) {
        FUZZ_CHECK(code < 0 && (fuzz_code(code) & call->codes) != 0);
    } else {
        model_fuse(&hand, &expected);
        FUZZ_CHECK(code == (int)expected.n);
        take(call, FUSED, expected.ids, expected.n, 0);
        if (call->regions[FUSED_SCORES].at != NULL)
            take(call, FUSED_SCORES, expected.scores, expected.n, 1);
        if (hand.fusion.contributions != NULL)
            take(call, CONTRIBUTIONS, expected.contributions, expected.n * hand.n, 1);
        if (hand.fusion.workspace != NULL)
            forget(call, hand.fusion.workspace, hand.fusion.workspace_size);
    }
    FUZZ_CHECK(memcmp(call->arena, call->before, call->arena_bytes) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz f = fuzz_begin(data, size);
    struct call call = {.codes = 0};
    const struct ensemble_fusion *how = &hand.fusion;
    int code;

    draw_hand(&f);
    lay(&call, &f);
    spoil(&call, &f);
    find_faults(&call);
    code = ensemble_fuse_rankings((const uint64_t *)(const void *)call.regions[IDS].at,
                                  (const size_t *)(const void *)call.regions[LENGTHS].at, hand.n, how,
                                  (uint64_t *)(void *)call.regions[FUSED].at,
                                  (double *)(void *)call.regions[FUSED_SCORES].at, hand.n_fused);
    check(&call, code);
    free(call.arena);
    free(call.before);
    return 0;
}
