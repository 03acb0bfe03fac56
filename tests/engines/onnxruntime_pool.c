/* SPDX-License-Identifier: MIT */
/*
 * The operator with several threads, and with engines of which the test knows more: RegisterCustomOps() is called with
 * a copy of ONNX Runtime's table in which some entries count, or fail, or are not there.
 */
#define _POSIX_C_SOURCE 200809L

#include "onnxruntime.h"

#include <dlfcn.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct ort_status *(*register_ops)(struct ort_options *, const struct ort_base *);

void load_operators(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *symbol = library == NULL ? NULL : dlsym(library, "RegisterCustomOps");

    if (symbol == NULL)
        fail("%s", dlerror());
    memcpy(&register_ops, &symbol, sizeof register_ops);
}

static const struct test_case logits = {.name = "logits",
                                        .method = ENSEMBLE_MEAN,
                                        .space = ENSEMBLE_LOGITS,
                                        .temperature = 1.5,
                                        .form_temperature = NAN,
                                        .exponent = NAN,
                                        .trim = NAN,
                                        .floor = NAN,
                                        .quorum = NAN};
static const struct test_case plain = {.name = "plain",
                                       .temperature = NAN,
                                       .form_temperature = NAN,
                                       .exponent = NAN,
                                       .trim = NAN,
                                       .floor = NAN,
                                       .quorum = NAN};

/* Data of a case with its result, and the session's answer to it. */
static void must_answer(struct ort_session *session, const struct data *data)
{
    const int64_t dims[] = {(int64_t)data->rows, (int64_t)data->width};
    struct ort_value *y;

    ort_must(run_session(session, data, dims, 2, &y), "run");
    must_be_equal("run", y, data, dims, 2);
    ort_api->release_value(y);
}

static void make_answered(struct data *data, const struct test_case *c, size_t rows, size_t width, uint64_t seed)
{
    struct ensemble *e = make_handle(c, &types[0], width);

    data_make(data, c, &types[0], rows, width, seed);
    combine_directly(e, data);
    ensemble_destroy(e);
}

/* ---- Threads ---- */

struct caller {
    pthread_t thread;
    struct ort_session *session;
    struct data data[4];
};

static void *call_often(void *argument)
{
    struct caller *caller = argument;

    for (size_t i = 0; i < 2000; i++)
        must_answer(caller->session, &caller->data[i % 4]);
    return NULL;
}

/* Callers of one session at once, each with data and widths of its own. */
static void call_from_threads(const struct test_case *c, int pool)
{
    struct ort_setup setup = by_path;
    struct caller callers[4];
    char path[256];
    struct ort_session *session;

    setup.threads = pool;
    session = ort_make(path_of(path, models, "%s_f32.onnx", c->name), &setup);
    for (size_t t = 0; t < 4; t++) {
        callers[t].session = session;
        for (size_t k = 0; k < 4; k++)
            make_answered(&callers[t].data[k], c, 1 + k * 9, 10 + t + k * 500, t * 4 + k);
        if (pthread_create(&callers[t].thread, NULL, call_often, &callers[t]) != 0)
            fail("no thread");
    }
    for (size_t t = 0; t < 4; t++) {
        pthread_join(callers[t].thread, NULL);
        for (size_t k = 0; k < 4; k++)
            data_free(&callers[t].data[k]);
    }
    ort_api->release_session(session);
}

void test_four_threads_on_one_session_get_their_own_results(void)
{
    call_from_threads(&plain, 1);
    call_from_threads(&logits, 1);
    call_from_threads(&plain, 2);
    call_from_threads(&logits, 2);
}

/* ---- An engine that counts ---- */

static struct ort_api table; /* of the engine at hand */
static atomic_int loops, pieces, threads;
static int turn; /* which loop's threads are counted */
static _Thread_local int seen;

struct counted {
    void (*task)(void *context, size_t index);
    void *context;
};

static void count_piece(void *user, size_t index)
{
    const struct counted *counted = user;

    atomic_fetch_add(&pieces, 1);
    if (seen != turn) {
        seen = turn;
        atomic_fetch_add(&threads, 1);
    }
    counted->task(counted->context, index);
}

static struct ort_status *count_loop(const struct ort_context *context, void (*task)(void *, size_t), size_t n,
                                     size_t batches, void *user)
{
    struct counted counted = {.task = task, .context = user};

    atomic_fetch_add(&loops, 1);
    return ort_api->kernel_context_parallel_for(context, count_piece, n, batches, &counted);
}

static const struct ort_api *get_table(uint32_t version)
{
    (void)version;
    return &table;
}

static const char *get_version(void)
{
    return ort_base->get_version_string();
}

/* A session of some threads, with the operator registered by its function. */
static struct ort_session *make_with(const struct ort_base *base, const char *name, int n_threads)
{
    const struct ort_setup setup = {.register_ops = register_ops, .base = base, .threads = n_threads};
    char path[256];

    return ort_make(path_of(path, models, "%s.onnx", name), &setup);
}

/* The loop is lent once, in how many pieces, and to how many threads: of as many runs as it takes to see two. */
static void count_one_case(const struct test_case *c, struct ort_session *session, size_t rows, size_t width)
{
    struct data data;
    int most = 0;

    make_answered(&data, c, rows, width, 5);
    for (int i = 0; i < 200 && most < 2; i++) {
        turn++;
        atomic_store(&loops, 0);
        atomic_store(&pieces, 0);
        atomic_store(&threads, 0);
        must_answer(session, &data);
        most = atomic_load(&threads) > most ? atomic_load(&threads) : most;
        if (i == 0 && (atomic_load(&loops) != 1 || atomic_load(&pieces) < 2))
            fail("%s, %zu x %zu: %d loops of %d pieces", c->name, rows, width, atomic_load(&loops),
                 atomic_load(&pieces));
    }
    if (most != 2)
        fail("%s, %zu x %zu: %d thread took all pieces", c->name, rows, width, most);
    printf("%s, %zu x %zu: %d pieces, %d threads\n", c->name, rows, width, atomic_load(&pieces), most);
    data_free(&data);

    /* A small one is not divided. */
    make_answered(&data, c, 2, 10, 6);
    atomic_store(&loops, 0);
    must_answer(session, &data);
    if (atomic_load(&loops) != 0)
        fail("%s: a small request was divided", c->name);
    data_free(&data);
}

void test_a_large_request_is_divided_through_the_pool(void)
{
    static const struct ort_base base = {.get_api = get_table, .get_version_string = get_version};
    struct ort_session *session;

    table = *ort_api;
    table.kernel_context_parallel_for = count_loop;
    session = make_with(&base, "plain_f32", 2);
    count_one_case(&plain, session, 1000, 1000);
    count_one_case(&plain, session, 1, 1000000);
    ort_api->release_session(session);
    session = make_with(&base, "logits_f32", 2);
    count_one_case(&logits, session, 500, 1000);
    ort_api->release_session(session);
}

/* ---- Engines that lack something ---- */

static struct ort_status *not_there(const struct ort_value *value, int32_t *type, const int64_t **dims, size_t *rank)
{
    (void)value;
    (void)type;
    (void)dims;
    (void)rank;
    fail("an entry was called that the engine does not have");
}

static const struct ort_api *get_old_table(uint32_t version)
{
    return version <= ORT_VERSION ? &table : NULL;
}

static const char *get_old_version(void)
{
    return "1.17.1";
}

void test_an_older_engine_is_enough(void)
{
    static const struct ort_base base = {.get_api = get_old_table, .get_version_string = get_old_version};
    struct ort_session *session;
    struct data data;

    table = *ort_api;
    table.get_tensor_element_type_and_shape_data_reference = not_there;
    session = make_with(&base, "any", 2);
    make_answered(&data, &plain, 5, 10, 7);
    must_answer(session, &data);
    data_free(&data);
    ort_api->release_session(session);
}

static const struct ort_api *get_first_table(uint32_t version)
{
    return version == 1 ? &table : NULL;
}

static const char *get_first_version(void)
{
    return "1.16.3";
}

void test_an_engine_too_old_is_refused(void)
{
    static const struct ort_base base = {.get_api = get_first_table, .get_version_string = get_first_version};
    struct ort_options *options;
    struct ort_status *status;

    table = *ort_api;
    ort_must(ort_api->create_session_options(&options), "options");
    status = register_ops(options, &base);
    if (status == NULL || strstr(ort_api->get_error_message(status), "1.17 or later is needed") == NULL)
        fail("an engine of version 1.16 was taken");
    ort_api->release_status(status);
    ort_api->release_session_options(options);
}
