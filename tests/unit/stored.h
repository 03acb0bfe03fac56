/* SPDX-License-Identifier: MIT */
/* Ensembles as text: a known one with everything in it, and random ones. */
#ifndef TESTS_UNIT_STORED_H
#define TESTS_UNIT_STORED_H

#include "said.h"

/* What stands before the first model, with the defaults and a width of 3. */
#define HEAD_OF(width)                                                                                               \
    "libensemble 1\nwidth " width "\nmethod sum\nexponent 0x1p+1\ntrim 0x1.999999999999ap-3\nfloor 0x0p+0\n"         \
    "result as-is 0x1p+0\nleave-out nothing\nquorum 0x0p+0\n"
#define HEAD HEAD_OF("3")
#define MODEL "model\nspace as-is 0x1p+0\n"

/* The text of known_ensemble(). It is pinned: version 1 never changes. */
#define KNOWN_TEXT                                                                                                   \
    "libensemble 1\n"                                                                                                \
    "width 4\n"                                                                                                      \
    "method log-pool\n"                                                                                              \
    "exponent -0x1.8p+1\n"                                                                                           \
    "trim 0x1.999999999999ap-4\n"                                                                                    \
    "floor 0x1p-1074\n"                                                                                              \
    "result tempered 0x1.8p+0\n"                                                                                     \
    "leave-out missing nan absent\n"                                                                                 \
    "quorum 0x1p-1\n"                                                                                                \
    "model \"W\xc3\xa4lder: #1\"\n"                                                                                  \
    "space logits 0x1.b333333333333p+0\n"                                                                            \
    "weight 0x1p-2\n"                                                                                                \
    "class-weights 0x1p+0 0x1p+1 0x1.8p+1 0x1p+2\n"                                                                  \
    "model\n"                                                                                                        \
    "space log-probabilities 0x1p+0\n"                                                                               \
    "weight 0x1.fffffffffffffp+1023\n"                                                                               \
    "classes 3 -1 0 -1\n"                                                                                            \
    "absent 1 2\n"                                                                                                   \
    "class-weights 0x0p+0 -0x0p+0 0x1p+0 0x1p+0\n"                                                                   \
    "model \"b\"\n"                                                                                                  \
    "space labels 0x1p+0\n"                                                                                          \
    "weight 0x0p+0\n"                                                                                                \
    "classes 2 3 0 1\n"                                                                                              \
    "class-weights 0x1.5555555555555p-2 0x1p+0 0x1p+0 0x1p+0\n"                                                      \
    "end\n"

static inline struct ensemble *known_ensemble(void)
{
    const double weights[] = {.25, 0x1.fffffffffffffp+1023, 0};
    const double class_weights[] = {1, 2, 3, 4, 0, -0.0, 1, 1, 1 / 3., 1, 1, 1};
    const int32_t some[] = {3, -1, 0, -1}, all[] = {2, 3, 0, 1};
    struct ensemble *e = ensemble_of(4);

    for (size_t i = 0; i < 3; i++)
        add(e, NULL, ENSEMBLE_F64, 0);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_LOG_POOL), 0);
    set_parameter(e, ENSEMBLE_EXPONENT, -3);
    set_parameter(e, ENSEMBLE_TRIM, .1);
    set_parameter(e, ENSEMBLE_FLOOR, 0x1p-1074);
    assert_int_equal(ensemble_set_result(e, ENSEMBLE_RESULT_TEMPERED, 1.5), 0);
    assert_int_equal(ensemble_set_missing_policy(e, 7, .5), 0);
    assert_int_equal(ensemble_set_model_name(e, 0, "W\xc3\xa4lder: #1"), 0);
    assert_int_equal(ensemble_set_model_name(e, 2, "b"), 0);
    assert_int_equal(ensemble_set_input(e, 0, ENSEMBLE_LOGITS, 1.7), 0);
    assert_int_equal(ensemble_set_input(e, 1, ENSEMBLE_LOG_PROBABILITIES, 0), 0);
    assert_int_equal(ensemble_set_input(e, 2, ENSEMBLE_LABELS, 1), 0);
    assert_int_equal(ensemble_set_class_map(e, 1, some, 4), 0);
    assert_int_equal(ensemble_set_class_map(e, 2, all, 4), 0);
    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    assert_int_equal(ensemble_set_class_weights(e, class_weights, 3, 4), 0);
    return e;
}

/* The text of an ensemble, to be freed; its size with the NUL. */
static inline char *text_of(const struct ensemble *e)
{
    const int length = ensemble_save(e, NULL, 0);
    char *text;

    assert_true(length > 0);
    text = malloc((size_t)length + 1);
    assert_non_null(text);
    assert_int_equal(ensemble_save(e, text, (size_t)length + 1), length);
    assert_int_equal(strlen(text), length);
    return text;
}

/* The ensemble of a text that is one. */
static inline struct ensemble *loaded(const char *text)
{
    struct ensemble *e = NULL;

    assert_int_equal(ensemble_load(&e, text, strlen(text), NULL), 0);
    assert_non_null(e);
    return e;
}

static inline void assert_saves(const struct ensemble *e, const char *expected)
{
    char *text = text_of(e);

    assert_string_equal(text, expected);
    free(text);
}

/* Of a text of `size` bytes, in memory that ends with it, so that reading further is seen. */
static inline int load_exactly(struct ensemble **e, const char *text, size_t size)
{
    char *copy = malloc(size > 0 ? size : 1);
    int code;

    assert_non_null(copy);
    memcpy(copy, text, size);
    code = ensemble_load(e, copy, size, NULL);
    free(copy);
    return code;
}

static inline void load_fails_at(const char *text, size_t size, int expected, const char *file, int line)
{
    struct ensemble *const before = (struct ensemble *)(void *)&expected;
    struct ensemble *e = before;
    const int code = load_exactly(&e, text, size);

    if (code == expected && e == before)
        return;
    print_error("code %d for:\n%.*s\n", code, (int)size, text);
    _fail(file, line);
}
#define assert_load_fails(text, code) load_fails_at(text, strlen(text), code, __FILE__, __LINE__)
#define assert_no_text(text) assert_load_fails(text, ENSEMBLE_ETEXT)

/* A random ensemble, and outputs of three rows for its models. */
#define SOME_MODELS 5
#define SOME_WIDTH 6
#define SOME_ROWS 3
struct any {
    struct ensemble *e;
    size_t n, width;
    int32_t dtype[SOME_MODELS];
    double numbers[SOME_MODELS][SOME_ROWS * 2 * SOME_WIDTH];
    int32_t labels[SOME_MODELS][SOME_ROWS];
};

static inline double rng_temperature(struct rng *rng)
{
    return rng_one_in(rng, 3) ? 1 : .1 + 3 * rng_unit(rng);
}

/* A map of random length in random order, with columns of no class; of labels, which are columns, too. */
static inline void map_any(struct rng *rng, const struct any *any, size_t model)
{
    const size_t n = rng_between(rng, 1, 2 * any->width);
    int32_t map[2 * SOME_WIDTH], class = (int32_t)rng_below(rng, any->width);

    for (size_t i = 0; i < n; i++) {
        map[i] = i < any->width && (i == 0 || !rng_one_in(rng, 3)) ? class : -1;
        class = (int32_t)(((size_t) class + 1) % any->width);
    }
    assert_int_equal(ensemble_set_class_map(any->e, model, map, n), 0);
}

static inline void weigh_any(struct rng *rng, const struct any *any)
{
    double weights[SOME_MODELS], class_weights[SOME_MODELS * SOME_WIDTH];

    for (size_t i = 0; i < any->n; i++)
        weights[i] = rng_one_in(rng, 5) ? 0 : 1 / (.01 + rng_unit(rng));
    for (size_t i = 0; i < any->n * any->width; i++)
        class_weights[i] = rng_one_in(rng, 5) ? 0 : rng_unit(rng) / 3;
    if (any->n > 0 && rng_one_in(rng, 2))
        assert_int_equal(ensemble_set_weights(any->e, weights, any->n), 0);
    if (any->n > 0 && rng_one_in(rng, 3))
        assert_int_equal(ensemble_set_class_weights(any->e, class_weights, any->n, any->width), 0);
}

static inline void set_any(struct rng *rng, struct ensemble *e)
{
    const int32_t form = (int32_t)rng_below(rng, ENSEMBLE_RESULT_TEMPERED + 1);

    assert_int_equal(ensemble_set_method(e, (int32_t)rng_below(rng, ENSEMBLE_RANK + 1)), 0);
    set_parameter(e, ENSEMBLE_EXPONENT, 3 - 7 * rng_unit(rng));
    set_parameter(e, ENSEMBLE_TRIM, .49 * rng_unit(rng));
    set_parameter(e, ENSEMBLE_FLOOR, rng_one_in(rng, 2) ? 0 : rng_unit(rng) / 100);
    assert_int_equal(ensemble_set_result(e, form, form >= ENSEMBLE_RESULT_SOFTMAX ? rng_temperature(rng) : 0), 0);
    assert_int_equal(ensemble_set_missing_policy(e, (int32_t)rng_below(rng, 8), rng_unit(rng) / 3), 0);
}

/* Points the models of `e` at the outputs. */
static inline void bind_any(const struct any *any, struct ensemble *e)
{
    for (size_t i = 0; i < any->n; i++) {
        const void *data = any->dtype[i] == ENSEMBLE_I32 ? (const void *)any->labels[i] : any->numbers[i];

        assert_int_equal(ensemble_set_model_output(e, i, data, any->dtype[i], SOME_ROWS, 0), 0);
    }
}

static inline void make_any(struct rng *rng, struct any *any)
{
    any->width = rng_between(rng, 1, SOME_WIDTH);
    any->n = rng_below(rng, SOME_MODELS + 1);
    any->e = ensemble_of(any->width);
    for (size_t i = 0; i < any->n; i++) {
        const int32_t space = (int32_t)rng_below(rng, ENSEMBLE_LABELS + 1);
        const int logits = space == ENSEMBLE_LOGITS || space == ENSEMBLE_BINARY_LOGITS;
        const char name[] = {'m', (char)('A' + rng_below(rng, 3)), (char)('0' + i), '\0'};

        add(any->e, NULL, ENSEMBLE_F32, 0);
        assert_int_equal(ensemble_set_input(any->e, i, space, logits ? rng_temperature(rng) : 0), 0);
        assert_int_equal(ensemble_set_model_name(any->e, i, rng_one_in(rng, 3) ? NULL : name), 0);
        if (rng_one_in(rng, 3))
            map_any(rng, any, i);
        any->dtype[i] = space == ENSEMBLE_LABELS ? ENSEMBLE_I32 : ENSEMBLE_F64;
        for (size_t k = 0; k < LENGTH(any->numbers[i]); k++)
            any->numbers[i][k] = rng_unit(rng);
        for (size_t k = 0; k < SOME_ROWS; k++)
            any->labels[i][k] = (int32_t)rng_below(rng, any->width);
    }
    set_any(rng, any->e);
    weigh_any(rng, any);
    bind_any(any, any->e);
}

#endif
