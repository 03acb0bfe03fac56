/* SPDX-License-Identifier: MIT */
/* Threads that use one const handle at once, and that make the very first calls at once. TSan can judge them too. */
#include "support.h"

#include "dispatch/dispatch.h"

#include <pthread.h>
#include <stdatomic.h>

#define THREADS 2
#define ROWS 64
#define WIDTH 50
#define ROUNDS 200

/* Threads wait here for each other, so that what follows happens at once. */
static atomic_int waiting;

static void meet(void)
{
    atomic_fetch_add(&waiting, 1);
    while (atomic_load(&waiting) < THREADS)
        ;
}

static void run_threads(void *(*work)(void *), void *arguments, size_t size)
{
    pthread_t threads[THREADS];

    atomic_store(&waiting, 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, (char *)arguments + i * size), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void *find_best(void *found)
{
    meet();
    *(const struct ens_kernels **)found = ens_kernels_best();
    return NULL;
}

/* Has to be the first test: only then nobody has asked before. */
TEST(test_the_very_first_calls_at_once_find_the_same_kernels)
{
    const struct ens_kernels *found[THREADS] = {0};

    run_threads(find_best, found, sizeof *found);
    for (size_t i = 0; i < THREADS; i++)
        assert_ptr_equal(found[i], ens_kernels_best());
}

struct worker {
    const struct ensemble *e;
    float y[ROWS * WIDTH];
    size_t row_begin, row_count;
    int failures; /* assertions belong to the main thread */
};

/* Every call on a const handle. */
static void *combine_and_ask(void *argument)
{
    struct worker *worker = argument;
    double weights[3];
    char message[128];

    meet();
    for (int i = 0; i < ROUNDS; i++) {
        worker->failures += ensemble_combine(worker->e, worker->y, ENSEMBLE_F32, ROWS * WIDTH) != 0;
        worker->failures += ensemble_get_weights(worker->e, weights, 3) != 0;
        worker->failures += ensemble_check(worker->e, message, sizeof message) != 0;
        worker->failures += ensemble_workspace_size(worker->e) != 0;
        worker->failures += *ensemble_isa(worker->e) == '\0';
    }
    return NULL;
}

static float outputs[3][ROWS * WIDTH];

static struct ensemble *shared_ensemble(void)
{
    const double weights[] = {.2, .3, .5};
    struct ensemble *e = ensemble_of(WIDTH);

    for (size_t model = 0; model < 3; model++) {
        for (size_t i = 0; i < ROWS * WIDTH; i++)
            outputs[model][i] = (float)(i % 17) / (float)(model + 3);
        add(e, outputs[model], ENSEMBLE_F32, ROWS);
    }
    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    return e;
}

TEST(test_threads_combine_on_one_handle)
{
    static struct worker workers[THREADS];
    static float expected[ROWS * WIDTH];
    struct ensemble *e = shared_ensemble();

    assert_int_equal(ensemble_combine(e, expected, ENSEMBLE_F32, ROWS * WIDTH), 0);
    for (size_t i = 0; i < THREADS; i++)
        workers[i].e = e;
    run_threads(combine_and_ask, workers, sizeof *workers);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(workers[i].failures, 0);
        assert_memory_equal(workers[i].y, expected, sizeof expected);
    }
    ensemble_destroy(e);
}

static float shared_result[ROWS * WIDTH];

/* A part of the rows, into a part of one result. */
static void *combine_rows(void *argument)
{
    struct worker *worker = argument;
    const struct ensemble_call call = {.struct_size = sizeof call,
                                       .row_begin = worker->row_begin,
                                       .row_count = worker->row_count,
                                       .result = shared_result + worker->row_begin * WIDTH,
                                       .result_count = worker->row_count * WIDTH,
                                       .dtype = ENSEMBLE_F32};

    meet();
    for (int i = 0; i < ROUNDS; i++)
        worker->failures += ensemble_run(worker->e, &call) != 0;
    return NULL;
}

TEST(test_threads_share_the_rows_of_one_result)
{
    static struct worker workers[THREADS];
    static float expected[ROWS * WIDTH];
    struct ensemble *e = shared_ensemble();

    assert_int_equal(ensemble_combine(e, expected, ENSEMBLE_F32, ROWS * WIDTH), 0);
    workers[0] = (struct worker){.e = e, .row_begin = 0, .row_count = 21};
    workers[1] = (struct worker){.e = e, .row_begin = 21, .row_count = ROWS - 21};
    run_threads(combine_rows, workers, sizeof *workers);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(workers[i].failures, 0);
    assert_memory_equal(shared_result, expected, sizeof expected);
    ensemble_destroy(e);
}

/* Each thread with outputs of its own, as a server has them. */
static void *run_with_own_outputs(void *argument)
{
    struct worker *worker = argument;
    const struct ensemble_output own[] = {{outputs[worker->row_begin], ROWS, 0, ENSEMBLE_F32, 0},
                                          {outputs[worker->row_begin], ROWS, 0, ENSEMBLE_F32, 0},
                                          {outputs[worker->row_begin], ROWS, 0, ENSEMBLE_F32, 0}};
    const struct ensemble_call call = {.struct_size = sizeof call,
                                       .output_size = sizeof *own,
                                       .outputs = own,
                                       .n_outputs = 3,
                                       .result = worker->y,
                                       .result_count = ROWS * WIDTH,
                                       .dtype = ENSEMBLE_F32};

    meet();
    for (int i = 0; i < ROUNDS; i++)
        worker->failures += ensemble_run(worker->e, &call) != 0;
    return NULL;
}

TEST(test_threads_run_with_outputs_of_their_own)
{
    static struct worker workers[THREADS];
    struct ensemble *e = shared_ensemble();

    for (size_t i = 0; i < THREADS; i++)
        workers[i] = (struct worker){.e = e, .row_begin = i}; /* the model whose output it uses */
    run_threads(run_with_own_outputs, workers, sizeof *workers);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(workers[i].failures, 0);
        for (size_t k = 0; k < ROWS * WIDTH; k++)
            assert_near((double)workers[i].y[k], (double)outputs[i][k], 1e-5);
    }
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_very_first_calls_at_once_find_the_same_kernels),
        cmocka_unit_test(test_threads_combine_on_one_handle),
        cmocka_unit_test(test_threads_share_the_rows_of_one_result),
        cmocka_unit_test(test_threads_run_with_outputs_of_their_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
