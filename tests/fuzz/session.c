/* SPDX-License-Identifier: MIT */
#include "session.h"

#include "fields.h"
#include "isas.h"
#include "number.h"

#define POISON 0x5A
#define CELLS (STATE_ROWS * (STATE_WIDTH + STATE_MODELS)) /* of the largest result or field */
#define ALL_PRESENT (STATE_MODELS * STATE_MODELS + CELLS)

/* What one call wrote, and what it returned. */
struct written {
    int code;
    _Alignas(double) unsigned char bytes[ALL_PRESENT * sizeof(double)];
};

static void *allocate(size_t size, void *user)
{
    struct session *x = user;

    FUZZ_CHECK(size > 0);
    if (x->fails_after > 0 && --x->fails_after == 0) {
        x->failed = 1;
        return NULL;
    }
    x->memory += size;
    return malloc(size);
}

static void release(void *memory, size_t size, void *user)
{
    struct session *x = user;

    FUZZ_CHECK(memory != NULL && size <= x->memory);
    x->memory -= size;
    free(memory);
}

struct ensemble_options session_options(struct session *x)
{
    return (struct ensemble_options){
        .struct_size = sizeof(struct ensemble_options), .allocate = allocate, .release = release, .user = x};
}

const void *session_data(struct session *x)
{
    return fuzz_one_in(&x->f, 8) ? NULL : x->pool + fuzz_below(&x->f, 64);
}

/* Mostly so many that models agree; or more than there can be. */
size_t session_rows(struct session *x)
{
    const size_t kind = fuzz_below(&x->f, 16);

    return kind < 11 ? 2 : kind < 15 ? kind - 11 : SIZE_MAX >> fuzz_below(&x->f, 2);
}

size_t session_model(struct session *x)
{
    return fuzz_one_in(&x->f, 16) ? x->s.n + fuzz_below(&x->f, 3) : x->s.n > 0 ? fuzz_below(&x->f, x->s.n) : 0;
}

int session_went_well(const struct session *x, int code, uint64_t codes)
{
    if (x->failed)
        FUZZ_CHECK(code == ENSEMBLE_ENOMEM);
    else if (codes != 0)
        FUZZ_CHECK(code < 0 && (fuzz_code(code) & codes) != 0);
    else
        FUZZ_CHECK(code >= 0);
    return code >= 0;
}

void session_look(const struct session *x)
{
    const struct state *s = &x->s;
    const uint64_t codes = state_codes(s);
    double weights[STATE_MODELS];
    char message[128];
    const int code = ensemble_check(x->e, message, sizeof message);

    FUZZ_CHECK(codes == 0 ? code == 0 : code < 0 && (fuzz_code(code) & codes) != 0);
    FUZZ_CHECK((code == 0) == (message[0] == '\0') && strlen(message) < sizeof message - 1);
    FUZZ_CHECK(ensemble_get_width(x->e) == s->width && ensemble_get_models(x->e) == s->n);
    FUZZ_CHECK(ensemble_get_method(x->e) == s->method);
    FUZZ_CHECK(ensemble_get_weights(x->e, weights, s->n) == (state_is_stale(s) ? ENSEMBLE_EWEIGHTS : 0));
    FUZZ_CHECK(ensemble_get_weights(x->e, weights, s->n + 1) == ENSEMBLE_EWEIGHTS);
    for (size_t i = 0; i < s->n; i++) {
        const char *name = s->models[i].name;

        FUZZ_CHECK(state_is_stale(s) || weights[i] == state_weight(s, i));
        FUZZ_CHECK(strcmp(ensemble_get_model_name(x->e, i), name) == 0);
        FUZZ_CHECK(name[0] == '\0' || ensemble_find_model(x->e, name) == (int)i);
    }
    FUZZ_CHECK(ensemble_get_model_name(x->e, s->n)[0] == '\0');
    FUZZ_CHECK(ensemble_find_model(x->e, "nobody") == ENSEMBLE_EMODEL);
}

static void combine(const struct ensemble *e, struct written *w, int32_t dtype, size_t count)
{
    memset(w->bytes, POISON, sizeof w->bytes);
    w->code = ensemble_combine(e, w->bytes, dtype, count);
}

static void call(const struct ensemble *e, struct written *w, int what, const struct state *s)
{
    const size_t rows = state_rows(s);
    int32_t *labels = (int32_t *)(void *)w->bytes;
    double *values = (double *)(void *)w->bytes;

    memset(w->bytes, POISON, sizeof w->bytes);
    if (what < MEASURES) {
        const size_t each = fields[what].shape == PER_ROW ? 1 : fields[what].shape == PER_CLASS ? s->width : s->n;

        w->code = ensemble_measure(e, what + 1, w->bytes, fields[what].size == 8 ? ENSEMBLE_F64 : ENSEMBLE_I32,
                                   rows * each);
    } else if (what == MEASURES) {
        w->code = ensemble_settled(e, w->bytes);
    } else if (what <= MEASURES + 3) {
        w->code = ensemble_similarity(e, what - MEASURES, values);
    } else {
        w->code = ensemble_top_k(e, (size_t)(what - MEASURES - 3), labels, values + CELLS);
    }
}

/* Bits are the same, but that all NaN are one. */
static void same(const struct written *a, const struct written *b, int dtype)
{
    const size_t length = sizeof a->bytes / number_size(dtype);

    FUZZ_CHECK(a->code == b->code);
    FUZZ_CHECK(number_differ(dtype, a->bytes, b->bytes, length) == length);
    for (size_t i = 0; a->code != 0 && i < sizeof a->bytes; i++)
        FUZZ_CHECK(a->bytes[i] == POISON);
}

static void compare_texts(const struct session *x, const struct ensemble *fresh)
{
    char one[4096], other[4096];
    const int length = ensemble_save(x->e, one, sizeof one);

    if (state_is_stale(&x->s) || (x->s.n_class_weights > 0 && x->s.n_class_weights != x->s.n)) {
        FUZZ_CHECK(length == ENSEMBLE_EWEIGHTS);
        return;
    }
    FUZZ_CHECK(length > 0 && ensemble_save(fresh, other, sizeof other) == length && strcmp(one, other) == 0);
}

/* Results of wrong types and sizes. */
static void combine_wrongly(const struct session *x, struct written *w, size_t count)
{
    static const int32_t none[] = {0, ENSEMBLE_I32, 6, -1};
    const uint64_t codes = state_codes(&x->s);

    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        combine(x->e, w, none[i], count);
        FUZZ_CHECK(w->code < 0 && (fuzz_code(w->code) & (codes | fuzz_code(ENSEMBLE_EDTYPE))) != 0);
    }
    combine(x->e, w, ENSEMBLE_F32, count + 1);
    FUZZ_CHECK(w->code < 0 && (fuzz_code(w->code) & (codes | fuzz_code(ENSEMBLE_ECOUNT))) != 0);
    FUZZ_CHECK(codes != 0 || count == 0 || ensemble_combine(x->e, NULL, ENSEMBLE_F32, count) == ENSEMBLE_ENULL);
}

void session_compare(struct session *x)
{
    static struct written one, other;
    const uint64_t codes = state_codes(&x->s);
    const size_t count = x->s.n > 0 ? state_rows(&x->s) * x->s.width : 0;
    const int isa = (int)fuzz_below(&x->f, ENS_ISAS);
    struct ensemble *fresh = state_make(&x->s, isas[isa].run ? isas[isa].name : NULL);

    for (int32_t dtype = ENSEMBLE_F32; dtype <= ENSEMBLE_BF16; dtype++) {
        combine(x->e, &one, dtype, count);
        combine(fresh, &other, dtype, count);
        FUZZ_CHECK(codes == 0 ? one.code == 0 : one.code < 0 && (fuzz_code(one.code) & codes) != 0);
        same(&one, &other, dtype - 1);
    }
    for (int i = 0; i < 3 && x->s.n > 0; i++) {
        const int what = (int)fuzz_below(&x->f, MEASURES + 3 + STATE_WIDTH + 2);

        call(x->e, &one, what, &x->s);
        call(fresh, &other, what, &x->s);
        same(&one, &other, what > MEASURES || (what < MEASURES && fields[what].size == 8) ? ENS_f64 : ENS_f32);
    }
    combine_wrongly(x, &one, count);
    compare_texts(x, fresh);
    ensemble_destroy(fresh);
}
