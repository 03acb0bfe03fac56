/* SPDX-License-Identifier: MIT */
/*
 * A toy server. Workers answer requests from one handle, while new weights are put in its place; a model does not
 * answer in time, and nothing stops. docs/serving.md quotes the parts between "quote: NAME" and "quote: end".
 *
 *     cc serving.c $(pkg-config --cflags --libs ensemble) -pthread && ./a.out
 */
#define _POSIX_C_SOURCE 200809L

#include <ensemble.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MODELS = 3, CLASSES = 4, MAX_ROWS = 8, WORKERS = 4, SWAPS = 100 };

struct request {
    const float *logits[MODELS]; /* rows x CLASSES; NULL: the model has not answered in time */
    size_t rows[MODELS];
};

struct answer {
    float probabilities[MAX_ROWS][CLASSES];
    int32_t label[MAX_ROWS];
    double weight_present[MAX_ROWS];
    int32_t row_fault[MAX_ROWS];
};

/* A thread that answers requests, and what is its own. */
struct worker {
    struct server *server;
    void *workspace;
    size_t workspace_size;
    pthread_t thread;
};

/* quote: versions */
struct version {
    struct ensemble *e; /* nobody changes it any more */
    size_t users;       /* the requests that read it now, and 1 for the server while it is the current one */
};

struct server {
    pthread_mutex_t lock; /* of the two lines that count, not of the call */
    struct version *current;
};

static struct version *take(struct server *server)
{
    struct version *version;

    pthread_mutex_lock(&server->lock);
    version = server->current;
    version->users++;
    pthread_mutex_unlock(&server->lock);
    return version;
}

static void give_back(struct server *server, struct version *version)
{
    size_t users;

    pthread_mutex_lock(&server->lock);
    users = --version->users;
    pthread_mutex_unlock(&server->lock);
    if (users > 0)
        return;
    ensemble_destroy(version->e); /* this was its last reader */
    free(version);
}
/* quote: end */

/* quote: swap */
/* From one thread at a time; requests go on meanwhile. */
static int put_weights(struct server *server, const double *weights)
{
    struct version *next = calloc(1, sizeof *next), *old = server->current;
    int code = next == NULL ? ENSEMBLE_ENOMEM : ensemble_clone(&next->e, old->e);

    if (code >= 0)
        code = ensemble_set_weights(next->e, weights, MODELS);
    if (code < 0) {
        if (next != NULL)
            ensemble_destroy(next->e); /* NULL is allowed */
        free(next);
        return code; /* the old weights are still in use */
    }
    next->users = 1;
    pthread_mutex_lock(&server->lock);
    server->current = next;
    pthread_mutex_unlock(&server->lock);
    give_back(server, old);
    return 0;
}
/* quote: end */

/* quote: worker */
/* Once for each thread; a clone's is as large. */
static void equip(struct worker *worker, const struct ensemble *e)
{
    worker->workspace_size = ensemble_workspace_size(e);
    worker->workspace = worker->workspace_size > 0 ? malloc(worker->workspace_size) : NULL;
    if (worker->workspace == NULL)
        worker->workspace_size = 0; /* the same bits without it */
}
/* quote: end */

/* quote: request */
static int answer_request(const struct ensemble *e, const struct request *request, const struct worker *worker,
                          struct answer *answer)
{
    struct ensemble_output outputs[MODELS] = {0};
    struct ensemble_report report = {.struct_size = sizeof report, .rows = MAX_ROWS};
    struct ensemble_call call = {.struct_size = sizeof call, .output_size = sizeof outputs[0]};

    for (size_t i = 0; i < MODELS; i++) {
        outputs[i].data = request->logits[i]; /* NULL: missing */
        outputs[i].rows = request->rows[i];
        outputs[i].dtype = ENSEMBLE_F32;
    }
    call.outputs = outputs;
    call.n_outputs = MODELS;
    call.result = answer->probabilities;
    call.result_count = MAX_ROWS * CLASSES; /* what there is room for; what is needed is checked */
    call.dtype = ENSEMBLE_F32;
    call.workspace = worker->workspace;
    call.workspace_size = worker->workspace_size;
    report.label = answer->label;
    report.weight_present = answer->weight_present;
    report.row_fault = answer->row_fault;
    call.report = &report;
    return ensemble_run(e, &call);
}
/* quote: end */

/* quote: status */
/* HTTP's number for a code. A row at fault is no error: 200, with label -1 and the reason in row_fault. */
static int status(int code)
{
    switch (code) {
    case ENSEMBLE_EROWS:
    case ENSEMBLE_ESTRIDE:
    case ENSEMBLE_ECOUNT:
    case ENSEMBLE_EDTYPE:
    case ENSEMBLE_EOVERFLOW: return 400; /* shapes and types, where they come from the request */
    case ENSEMBLE_EMISSING:
    case ENSEMBLE_EQUORUM:
    case ENSEMBLE_ENOMEM: return 503; /* too few models have answered, or no memory for a new handle */
    default: return code < 0 ? 500 : 200;
    }
}
/* quote: end */

/* What the process holds for handles, to show that nothing is left. Requests that end give memory back, so: atomic. */
static atomic_size_t in_use;

static void *allocate(size_t size, void *user)
{
    void *memory = malloc(size);

    if (memory != NULL)
        atomic_fetch_add((atomic_size_t *)user, size);
    return memory;
}

static void release(void *memory, size_t size, void *user)
{
    free(memory);
    atomic_fetch_sub((atomic_size_t *)user, size);
}

static void must(int code)
{
    if (code >= 0)
        return;
    fprintf(stderr, "%s\n", ensemble_strerror(code));
    exit(1);
}

static const double weights_before[MODELS] = {.5, .3, .2}, weights_after[MODELS] = {.2, .2, .6};

/* quote: load */
/* When the service starts. What is wrong with the definition is said here, and not in a request. */
static void load(struct ensemble **out)
{
    const struct ensemble_options options = {
        .struct_size = sizeof options, .allocate = allocate, .release = release, .user = &in_use};
    struct ensemble *e;
    char message[128];

    must(ensemble_create_with(&e, CLASSES, &options));
    for (size_t i = 0; i < MODELS; i++) {
        must(ensemble_add_model_output(e, NULL, ENSEMBLE_F32, 0)); /* a model without data of its own */
        must(ensemble_set_input(e, i, ENSEMBLE_LOGITS, 1));
    }
    must(ensemble_set_method(e, ENSEMBLE_MEAN));
    must(ensemble_set_weights(e, weights_before, MODELS));
    must(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_MISSING | ENSEMBLE_LEAVE_OUT_NAN, 0.5));
    if (ensemble_check(e, message, sizeof message) < 0) {
        fprintf(stderr, "this ensemble cannot work: %s\n", message);
        exit(1);
    }
    *out = e;
}
/* quote: end */

/* What a model would have said of a row. */
static void ask(float *logits, size_t model, size_t rows)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < CLASSES; j++)
            logits[r * CLASSES + j] = (float)((r * 7 + j * (model + 3) + model) % 11) / 2;
}

static float said[MODELS][MAX_ROWS * CLASSES];

static struct request everybody(size_t rows)
{
    struct request request;

    for (size_t i = 0; i < MODELS; i++) {
        ask(said[i], i, rows);
        request.logits[i] = said[i];
        request.rows[i] = rows;
    }
    return request;
}

/* What the workers should answer: with the weights of before, and with those of after. */
static struct request asked;
static struct answer expected[2];

static atomic_size_t answers_of[2], strange_answers;
static atomic_int stopping;

static void *work(void *argument)
{
    struct worker *worker = argument;

    while (!atomic_load(&stopping)) {
        struct version *version = take(worker->server);
        struct answer answer = {0};
        const int code = answer_request(version->e, &asked, worker, &answer);
        size_t k = 0;

        give_back(worker->server, version);
        while (k < 2 && memcmp(&answer, &expected[k], sizeof answer) != 0)
            k++;
        atomic_fetch_add(code == 0 && k < 2 ? &answers_of[k] : &strange_answers, 1);
    }
    return NULL;
}

static void report_one(const char *name, int code, const struct answer *answer)
{
    printf("%s: %d", name, status(code));
    if (code < 0)
        printf(", %s\n", ensemble_strerror(code));
    else if (answer->row_fault[0] != ENSEMBLE_ROW_SOUND)
        printf(", class %d, row fault %d\n", (int)answer->label[0], (int)answer->row_fault[0]);
    else
        printf(", class %d, %.0f%% of the weight\n", (int)answer->label[0], 100 * answer->weight_present[0]);
}

/* One request after the other, as models fail. */
static void show_faults(const struct ensemble *e, const struct worker *worker)
{
    struct request request = everybody(2);
    struct answer answer = {0};

    report_one("all models", answer_request(e, &request, worker, &answer), &answer);
    request.logits[2] = NULL;
    report_one("without model 2", answer_request(e, &request, worker, &answer), &answer);
    request.logits[1] = NULL;
    report_one("without models 1 and 2", answer_request(e, &request, worker, &answer), &answer);
    request.logits[0] = NULL;
    report_one("without any model", answer_request(e, &request, worker, &answer), &answer);
    request = everybody(2);
    request.rows[1] = 1;
    report_one("a model with too few rows", answer_request(e, &request, worker, &answer), &answer);
    request = everybody(2);
    said[0][0] = said[1][0] = NAN;
    report_one("NaN from models 0 and 1", answer_request(e, &request, worker, &answer), &answer);
}

/* quote: flat */
/* All models' values as one array, models x rows x CLASSES; a model that is missing says NaN. */
static int answer_flat(const struct ensemble *e, const float *logits, size_t rows, const struct worker *worker,
                       float *probabilities)
{
    return ensemble_run_flat(e, logits, ENSEMBLE_F32, rows, 0, 0, probabilities, ENSEMBLE_F32, rows * CLASSES, 0,
                             worker->workspace, worker->workspace_size);
}
/* quote: end */

static void show_flat(const struct ensemble *e, const struct worker *worker)
{
    enum { ROWS = 3 };
    float logits[MODELS][ROWS * CLASSES], flat[ROWS][CLASSES];
    struct request request = everybody(ROWS);
    struct answer answer = {0};

    request.logits[2] = NULL;
    for (size_t i = 0; i < MODELS; i++)
        ask(logits[i], i, ROWS);
    for (size_t k = 0; k < ROWS * CLASSES; k++)
        logits[2][k] = NAN;
    must(answer_request(e, &request, worker, &answer));
    must(answer_flat(e, logits[0], ROWS, worker, flat[0]));
    printf("one array: %s\n", memcmp(flat, answer.probabilities, sizeof flat) == 0 ? "the same bits" : "other bits");
}

/* Workers answer while the weights are swapped to and fro, each time when some have answered with the last ones. */
static void show_swaps(struct server *server, struct worker *workers)
{
    for (size_t t = 0; t < WORKERS; t++)
        if (pthread_create(&workers[t].thread, NULL, work, &workers[t]) != 0)
            exit(1);
    for (size_t n = 1; n <= SWAPS && atomic_load(&strange_answers) == 0; n++) {
        const size_t k = n % 2, seen = atomic_load(&answers_of[k]);

        must(put_weights(server, k ? weights_after : weights_before));
        while (atomic_load(&answers_of[k]) < seen + WORKERS && atomic_load(&strange_answers) == 0)
            sched_yield();
    }
    atomic_store(&stopping, 1);
    for (size_t t = 0; t < WORKERS; t++)
        pthread_join(workers[t].thread, NULL);
    printf("%d swaps: %zu answers of neither version\n", SWAPS, atomic_load(&strange_answers));
}

int main(void)
{
    struct version *first = calloc(1, sizeof *first);
    struct server server = {.lock = PTHREAD_MUTEX_INITIALIZER, .current = first};
    struct worker workers[WORKERS] = {0};

    if (first == NULL)
        return 1;
    load(&first->e);
    first->users = 1;
    for (size_t t = 0; t < WORKERS; t++) {
        workers[t].server = &server;
        equip(&workers[t], first->e);
    }
    show_faults(first->e, &workers[0]);
    show_flat(first->e, &workers[0]);

    asked = everybody(MAX_ROWS);
    must(answer_request(server.current->e, &asked, &workers[0], &expected[0]));
    must(put_weights(&server, weights_after));
    must(answer_request(server.current->e, &asked, &workers[0], &expected[1]));
    must(put_weights(&server, weights_before));
    show_swaps(&server, workers);

    give_back(&server, server.current);
    for (size_t t = 0; t < WORKERS; t++)
        free(workers[t].workspace);
    printf("left: %zu bytes\n", atomic_load(&in_use));
    return 0;
}
