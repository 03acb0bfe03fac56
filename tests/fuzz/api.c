/* SPDX-License-Identifier: MIT */
/*
 * Any sequence of calls on one handle, some with wrong arguments, some without memory to be had. What each must return
 * is decided here by the words of ensemble.h. What has become of the handle is kept in plain arrays (state.h), which
 * calls that fail do not change; from time to time a fresh handle is made of these, and must do all the same.
 */
#include "isas.h"
#include "session.h"

#include <math.h>

static void add_model(struct session *x)
{
    const int32_t dtype = fuzz_one_in(&x->f, 16) ? (int32_t)fuzz_bits(&x->f, 4) : (int32_t)fuzz_between(&x->f, 0, 5);
    const size_t rows = session_rows(x);
    const void *data = session_data(x);
    uint64_t codes = dtype < 1 || dtype > 5 ? fuzz_code(ENSEMBLE_EDTYPE) : 0;

    codes |= rows > STATE_ROWS ? fuzz_code(ENSEMBLE_EOVERFLOW) : 0;
    if (x->s.n == STATE_MODELS && codes == 0)
        return;
    if (session_went_well(x, ensemble_add_model_output(x->e, data, dtype, rows), codes))
        x->s.models[x->s.n++] = state_model(data, dtype, rows);
}

static void set_output(struct session *x)
{
    const size_t model = session_model(x), rows = session_rows(x);
    const int32_t dtype = (int32_t)fuzz_between(&x->f, 0, 5);
    const size_t stride = fuzz_one_in(&x->f, 16) ? SIZE_MAX : fuzz_below(&x->f, 9);
    const void *data = session_data(x);
    struct state_model *m = &x->s.models[model < x->s.n ? model : 0];
    uint64_t codes = model >= x->s.n ? fuzz_code(ENSEMBLE_EMODEL) : 0;

    codes |= dtype < 1 || dtype > 5 ? fuzz_code(ENSEMBLE_EDTYPE) : 0;
    codes |= stride > 0 && codes == 0 && stride < state_columns(&x->s, m, dtype) ? fuzz_code(ENSEMBLE_ESTRIDE) : 0;
    codes |= rows > STATE_ROWS || (rows > 1 && stride == SIZE_MAX) ? fuzz_code(ENSEMBLE_EOVERFLOW) : 0;
    if (!session_went_well(x, ensemble_set_model_output(x->e, model, data, dtype, rows, stride), codes))
        return;
    m->data = data;
    m->rows = rows;
    m->stride = stride;
    m->dtype = dtype;
}

/* Some numbers in [0, 4), or any. */
static double draw_weight(struct session *x)
{
    return fuzz_one_in(&x->f, 8) ? fuzz_double(&x->f) : (double)fuzz_below(&x->f, 64) / 16;
}

static uint64_t draw_weights(struct session *x, double *weights, size_t n)
{
    int good = 1;

    for (size_t i = 0; i < n; i++) {
        weights[i] = draw_weight(x);
        good &= isfinite(weights[i]) != 0;
    }
    return good ? 0 : fuzz_code(ENSEMBLE_ENOTFINITE);
}

static void set_weights(struct session *x)
{
    double weights[STATE_MODELS + 1] = {0};
    const size_t n = fuzz_one_in(&x->f, 8) ? fuzz_below(&x->f, STATE_MODELS + 1) : x->s.n;
    uint64_t codes = draw_weights(x, weights, n);

    if (fuzz_one_in(&x->f, 8)) {
        if (session_went_well(x, ensemble_set_weights(x->e, NULL, n), n > 0 ? fuzz_code(ENSEMBLE_ENULL) : 0))
            x->s.n_weights = 0;
        return;
    }
    codes |= x->s.n == 0 ? fuzz_code(ENSEMBLE_EEMPTY) : n != x->s.n ? fuzz_code(ENSEMBLE_EWEIGHTS) : 0;
    if (!session_went_well(x, ensemble_set_weights(x->e, weights, n), codes))
        return;
    memcpy(x->s.weights, weights, n * sizeof *weights);
    x->s.n_weights = n;
}

static void set_class_weights(struct session *x)
{
    double weights[STATE_MODELS * (STATE_WIDTH + 1)] = {0};
    const size_t n = fuzz_one_in(&x->f, 8) ? fuzz_below(&x->f, STATE_MODELS + 1) : x->s.n;
    const size_t width = fuzz_one_in(&x->f, 8) ? fuzz_below(&x->f, STATE_WIDTH + 2) : x->s.width;
    uint64_t codes = draw_weights(x, weights, n * width);

    if (fuzz_one_in(&x->f, 4)) {
        if (session_went_well(x, ensemble_set_class_weights(x->e, NULL, n % 2, 0),
                              n % 2 ? fuzz_code(ENSEMBLE_ENULL) : 0))
            x->s.n_class_weights = 0;
        return;
    }
    codes |= x->s.n == 0 ? fuzz_code(ENSEMBLE_EEMPTY) : 0;
    codes |= x->s.n > 0 && (n != x->s.n || width != x->s.width) ? fuzz_code(ENSEMBLE_EWEIGHTS) : 0;
    if (!session_went_well(x, ensemble_set_class_weights(x->e, weights, n, width), codes))
        return;
    memcpy(x->s.class_weights, weights, n * width * sizeof *weights);
    x->s.n_class_weights = n;
}

static void set_row_weights(struct session *x)
{
    const float *weights = (const float *)(const void *)(x->pool + 4 * fuzz_below(&x->f, 64));
    const size_t n = fuzz_one_in(&x->f, 8) ? fuzz_below(&x->f, STATE_MODELS + 1) : x->s.n;
    const size_t rows = session_rows(x);
    uint64_t codes = x->s.n == 0 ? fuzz_code(ENSEMBLE_EEMPTY) : n != x->s.n ? fuzz_code(ENSEMBLE_EWEIGHTS) : 0;

    if (fuzz_one_in(&x->f, 4)) {
        if (session_went_well(x, ensemble_set_row_weights(x->e, NULL, 0, n), 0))
            x->s.row_weights = NULL;
        return;
    }
    codes |= rows > STATE_ROWS ? fuzz_code(ENSEMBLE_EOVERFLOW) : 0;
    if (!session_went_well(x, ensemble_set_row_weights(x->e, weights, rows, n), codes))
        return;
    x->s.row_weights = weights;
    x->s.row_weights_rows = rows;
    x->s.row_weights_n = n;
}

static void set_method(struct session *x)
{
    const int32_t method = fuzz_one_in(&x->f, 16) ? (int32_t)fuzz_bits(&x->f, 4) : (int32_t)fuzz_below(&x->f, 14);
    const int good = method >= ENSEMBLE_SUM && method <= ENSEMBLE_RANK;

    if (session_went_well(x, ensemble_set_method(x->e, method), good ? 0 : fuzz_code(ENSEMBLE_EMETHOD)))
        x->s.method = method;
}

static void set_parameter(struct session *x)
{
    const int32_t parameter = (int32_t)fuzz_below(&x->f, 5);
    const double value = fuzz_double(&x->f);
    const int good = (parameter == ENSEMBLE_EXPONENT && isfinite(value)) ||
                     (parameter == ENSEMBLE_TRIM && value >= 0 && value < .5) ||
                     (parameter == ENSEMBLE_FLOOR && value >= 0 && value < 1);

    if (session_went_well(x, ensemble_set_parameter(x->e, parameter, value),
                          good ? 0 : fuzz_code(ENSEMBLE_EPARAMETER)))
        x->s.parameters[parameter - 1] = value;
}

/* What a temperature is that may be set, or 0. */
static double temperature_of(double given, int has_one)
{
    const double temperature = given == 0 ? 1 : given;

    return temperature >= 1e-30 && temperature <= 1e30 && (has_one || temperature == 1) ? temperature : 0;
}

static void set_input(struct session *x)
{
    const size_t model = session_model(x);
    const int32_t space = (int32_t)fuzz_below(&x->f, 8) - 1;
    const double given = fuzz_below(&x->f, 2) ? fuzz_double(&x->f) : 0;
    const double temperature = temperature_of(given, space == ENSEMBLE_LOGITS || space == ENSEMBLE_BINARY_LOGITS);
    uint64_t codes = model >= x->s.n ? fuzz_code(ENSEMBLE_EMODEL) : 0;

    codes |= space < 0 || space > ENSEMBLE_LABELS || temperature == 0 ? fuzz_code(ENSEMBLE_EPARAMETER) : 0;
    if (!session_went_well(x, ensemble_set_input(x->e, model, space, given), codes))
        return;
    x->s.models[model].space = space;
    x->s.models[model].temperature = temperature;
}

static void set_result(struct session *x)
{
    const int32_t form = (int32_t)fuzz_below(&x->f, 7) - 1;
    const double given = fuzz_below(&x->f, 2) ? fuzz_double(&x->f) : 0;
    const double temperature = temperature_of(given, form >= ENSEMBLE_RESULT_SOFTMAX);
    const int good = form >= 0 && form <= ENSEMBLE_RESULT_TEMPERED && temperature != 0;

    if (!session_went_well(x, ensemble_set_result(x->e, form, given), good ? 0 : fuzz_code(ENSEMBLE_EPARAMETER)))
        return;
    x->s.form = form;
    x->s.temperature = temperature;
}

static void set_policy(struct session *x)
{
    const int32_t policy = (int32_t)fuzz_below(&x->f, 10) - 1;
    const double quorum = fuzz_one_in(&x->f, 8) ? fuzz_double(&x->f) : (double)fuzz_below(&x->f, 5) / 4;
    const int good = policy >= 0 && policy < 8 && quorum >= 0 && quorum <= 1;

    if (!session_went_well(x, ensemble_set_missing_policy(x->e, policy, quorum),
                           good ? 0 : fuzz_code(ENSEMBLE_EPARAMETER)))
        return;
    x->s.policy = policy;
    x->s.quorum = quorum;
}

/* Every class at most once, and at least one. */
static int is_map(const struct session *x, const int32_t *map, size_t n)
{
    int classes = 0;

    for (size_t c = 0; c < n; c++) {
        if (map[c] < -1 || map[c] >= (int32_t)x->s.width)
            return 0;
        for (size_t other = 0; other < c; other++)
            if (map[c] >= 0 && map[other] == map[c])
                return 0;
        classes += map[c] >= 0;
    }
    return classes > 0;
}

static void set_map(struct session *x)
{
    const size_t model = session_model(x), n = fuzz_below(&x->f, STATE_COLUMNS + 1);
    int32_t map[STATE_COLUMNS] = {0};
    struct state_model *m = &x->s.models[model < x->s.n ? model : 0], with = *m;
    uint64_t codes = model >= x->s.n ? fuzz_code(ENSEMBLE_EMODEL) : 0;

    for (size_t c = 0; c < n; c++)
        map[c] = (int32_t)fuzz_below(&x->f, x->s.width + 2) - (fuzz_one_in(&x->f, 16) ? 2 : 1);
    with.columns = n;
    memcpy(with.map, map, sizeof map);
    codes |= n > 0 && !is_map(x, map, n) ? fuzz_code(ENSEMBLE_EMAP) : 0;
    if (x->s.n > 0 && m->stride > 0 && m->stride < state_columns(&x->s, &with, m->dtype))
        codes |= fuzz_code(ENSEMBLE_ESTRIDE);
    if (session_went_well(x, ensemble_set_class_map(x->e, model, n > 0 ? map : NULL, n), codes))
        *m = with;
}

static void set_name(struct session *x)
{
    static const char *const names[] = {"", "a", "b", "Wald", "\xc3\xa4 b", "a\"", "\n", "\xff", "\xed\xa0\x80", NULL};
    const size_t model = session_model(x), which = fuzz_below(&x->f, sizeof names / sizeof *names);
    const char *name = names[which] != NULL ? names[which] : "";
    uint64_t codes = model >= x->s.n ? fuzz_code(ENSEMBLE_EMODEL) : 0;

    codes |= which >= 5 && which <= 8 ? fuzz_code(ENSEMBLE_ENAME) : 0;
    for (size_t i = 0; i < x->s.n; i++)
        if (i != model && name[0] != '\0' && strcmp(x->s.models[i].name, name) == 0)
            codes |= fuzz_code(ENSEMBLE_ENAME);
    if (session_went_well(x, ensemble_set_model_name(x->e, model, names[which]), codes))
        strcpy(x->s.models[model].name, name);
}

/* From now on it is the clone. */
static void go_on_with_clone(struct session *x)
{
    struct ensemble *const before = x->e;
    struct ensemble *clone = before;

    if (session_went_well(x, ensemble_clone(&clone, x->e), 0)) {
        FUZZ_CHECK(clone != before);
        ensemble_destroy(before);
        x->e = clone;
    }
    FUZZ_CHECK(!x->failed || clone == before);
}

/* From now on it is the one that was loaded from its text, without outputs and row weights. */
static void go_on_with_loaded(struct session *x)
{
    const struct ensemble_options options = session_options(x);
    struct ensemble *const before = x->e;
    struct ensemble *loaded = before;
    char text[4096];
    const int length = ensemble_save(x->e, text, sizeof text);

    if (length < 0) {
        FUZZ_CHECK(length == ENSEMBLE_EWEIGHTS && state_is_any_stale(&x->s));
        return;
    }
    if (!session_went_well(x, ensemble_load(&loaded, text, (size_t)length, &options), 0)) {
        FUZZ_CHECK(loaded == before);
        return;
    }
    ensemble_destroy(before);
    x->e = loaded;
    x->s.row_weights = NULL;
    for (size_t i = 0; i < x->s.n; i++) {
        struct state_model *m = &x->s.models[i];

        m->data = NULL;
        m->rows = m->stride = 0;
        m->dtype = m->space == ENSEMBLE_LABELS ? ENSEMBLE_I32 : ENSEMBLE_F32;
    }
}

/* A loop that takes its turns in another order, or lets one out. */
static void backwards(void *user, size_t n, void (*task)(void *context, size_t index), void *context)
{
    (void)user;
    for (size_t i = n; i-- > 0;)
        if (i != 1)
            task(context, i);
}

static void lend_loop(struct session *x)
{
    const int lent = fuzz_below(&x->f, 2) != 0;

    (void)session_went_well(x, ensemble_set_parallel(x->e, lent ? backwards : NULL, NULL), 0);
}

/*
 * Are weights set? An update without rows that can be used sets none. The handle's class weights, of which there may be
 * too few for a text, are gone.
 */
static int has_weights(struct ensemble *e)
{
    char text[4096];

    FUZZ_CHECK(ensemble_set_class_weights(e, NULL, 0, 0) == 0);
    return ensemble_save(e, text, sizeof text) > 0 && strstr(text, "\nweight ") != NULL;
}

/* Learns, and so does a fresh handle: the same weights and the same code. Without memory, nothing has changed. */
static void learn(struct session *x)
{
    struct ensemble_fit_options options = {
        .struct_size = sizeof options, .how = (int32_t)fuzz_below(&x->f, 6), .rounds = 5, .folds = 0};
    const int32_t labels[STATE_ROWS] = {0, 1, (int32_t)fuzz_below(&x->f, 6) - 1, 0};
    const int updates = fuzz_one_in(&x->f, 3);
    const size_t rows = x->s.n > 0 && state_rows(&x->s) <= STATE_ROWS ? state_rows(&x->s) : 0;
    struct ensemble *fresh = state_make(&x->s, NULL);
    double weights[2][STATE_MODELS] = {{0}};
    int code[2], are_set;

    options.objective = (int32_t)fuzz_below(&x->f, 6);
    for (int i = 0; i < 2; i++) {
        struct ensemble *e = i == 0 ? x->e : fresh;

        code[i] = updates ? ensemble_update(e, labels, ENSEMBLE_I32, rows, ENSEMBLE_SCORE_LOG_LOSS, .5, .125)
                          : ensemble_fit(e, labels, ENSEMBLE_I32, rows, &options, NULL);
        (void)ensemble_get_weights(e, weights[i], x->s.n);
    }
    are_set = has_weights(fresh);
    ensemble_destroy(fresh);
    FUZZ_CHECK(x->failed ? code[0] == ENSEMBLE_ENOMEM : code[0] == code[1]);
    if (code[0] != 0)
        return;
    FUZZ_CHECK(memcmp(weights[0], weights[1], sizeof weights[0]) == 0);
    if (are_set) {
        memcpy(x->s.weights, weights[0], sizeof weights[0]);
        x->s.n_weights = x->s.n;
    }
}

static void one_call(struct session *x)
{
    static void (*const calls[])(struct session *) = {
        add_model,  set_output, set_weights, set_class_weights, set_row_weights,   set_method, set_parameter, set_input,
        set_result, set_policy, set_map,     set_name,          go_on_with_clone, lend_loop,  learn,
        go_on_with_loaded, session_compare};

    x->failed = 0;
    x->fails_after = fuzz_one_in(&x->f, 16) ? 1 + fuzz_below(&x->f, 3) : 0;
    calls[fuzz_below(&x->f, sizeof calls / sizeof *calls)](x);
    x->fails_after = 0;
    session_look(x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct session x = {.f = fuzz_begin(data, size)};
    const struct ensemble_options options = session_options(&x);

    isas_select(NULL);
    x.s = state_new(1 + fuzz_below(&x.f, STATE_WIDTH));
    x.pool = fuzz_memory(SESSION_POOL);
    for (size_t i = 0; i < SESSION_POOL; i++) /* small integers, and other numbers in all dtypes */
        x.pool[i] = i % 4 == 0 ? (unsigned char)(i / 4 % 3) : (unsigned char)(i * 167 % 64);
    FUZZ_CHECK(ensemble_create_with(&x.e, x.s.width, &options) == 0);
    for (int i = 0; i < SESSION_CALLS && fuzz_left(&x.f) > 0; i++)
        one_call(&x);
    session_compare(&x);
    ensemble_destroy(x.e);
    FUZZ_CHECK(x.memory == 0);
    free(x.pool);
    return 0;
}
