/* SPDX-License-Identifier: MIT */
/* Loops to lend to ensemble_set_parallel(), good and bad ones, and models whose results are compared with theirs. */
#ifndef TESTS_UNIT_LOOPS_H
#define TESTS_UNIT_LOOPS_H

#include "support.h"

#include "../kernels/rng.h"

#include <pthread.h>
#include <stdlib.h>

typedef void piece(void *context, size_t index);

enum { THREADS = 3, MODELS = 9 };

/* What the loops have been asked for. */
static size_t calls, turns;

static inline void forward(void *user, size_t n, piece *task, void *context)
{
    assert_ptr_equal(user, &calls);
    calls++;
    turns += n;
    for (size_t i = 0; i < n; i++)
        task(context, i);
}

static inline void backward(void *user, size_t n, piece *task, void *context)
{
    (void)user;
    calls++;
    while (n-- > 0)
        task(context, n);
}

/* Loops that do not keep to what is asked of them: no result may be missing, and nothing be done twice. */
static inline void idle(void *user, size_t n, piece *task, void *context)
{
    (void)user, (void)n, (void)task, (void)context;
    calls++;
}

static inline void eager(void *user, size_t n, piece *task, void *context)
{
    (void)user;
    calls++;
    for (size_t i = 0; i < 2 * n + 3; i++)
        task(context, n + i);
}

struct crew {
    piece *task;
    void *context;
    size_t n, first;
};

static inline void *work(void *argument)
{
    const struct crew *crew = argument;

    for (size_t i = crew->first; i < crew->n; i += THREADS)
        crew->task(crew->context, i);
    return NULL;
}

static inline void threads(void *user, size_t n, piece *task, void *context)
{
    pthread_t thread[THREADS];
    struct crew crews[THREADS];

    (void)user;
    calls++;
    for (size_t i = 0; i < THREADS; i++) {
        crews[i] = (struct crew){task, context, n, i};
        assert_int_equal(pthread_create(&thread[i], NULL, work, &crews[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);
}

typedef void loop(void *user, size_t n, piece *task, void *context);
static loop *const loops[] = {forward, backward, idle, eager, threads};

/* Models of `rows` x `width` values, `gap` more between the rows. */
struct scene {
    struct ensemble *e;
    size_t rows, width, stride;
    int32_t dtype;
    unsigned char *data, *expected, *result;
    size_t bytes; /* of the result */
};

static inline size_t bytes_of(int32_t dtype)
{
    return dtype == ENSEMBLE_F64 ? 8 : dtype == ENSEMBLE_F32 ? 4 : 2;
}

static inline struct scene scene_of(size_t rows, size_t width, size_t gap, int32_t dtype, int32_t method)
{
    struct scene s = {.e = ensemble_of(width), .rows = rows, .width = width, .stride = width + gap, .dtype = dtype};
    const size_t count = rows * s.stride;
    struct rng rng = {rows + width};

    s.bytes = count * sizeof(double);
    s.data = malloc(MODELS * count * sizeof(double));
    s.expected = malloc(s.bytes);
    s.result = malloc(s.bytes);
    assert_true(s.data != NULL && s.expected != NULL && s.result != NULL);
    for (size_t i = 0; i < MODELS * count * bytes_of(dtype) / 2; i++) {
        const uint16_t half = (uint16_t)(0x3000 + rng_below(&rng, 0xC00)); /* a number in any dtype */

        memcpy(s.data + 2 * i, &half, sizeof half);
    }
    for (size_t i = 0; i < MODELS; i++) {
        assert_int_equal(ensemble_add_model_output(s.e, NULL, dtype, rows), (int)i);
        assert_int_equal(ensemble_set_model_output(s.e, i, s.data + i * count * bytes_of(dtype), dtype, rows, s.stride),
                         0);
    }
    assert_int_equal(ensemble_set_method(s.e, method), 0);
    return s;
}

static inline void end(struct scene *s)
{
    ensemble_destroy(s->e);
    free(s->data);
    free(s->expected);
    free(s->result);
}

static inline void run(const struct scene *s, void *result, int32_t dtype, size_t row_begin, size_t row_count)
{
    const struct ensemble_call call = {.struct_size = sizeof call,
                                       .row_begin = row_begin,
                                       .row_count = row_count,
                                       .result = result,
                                       .result_count = s->bytes / bytes_of(dtype),
                                       .result_stride = s->stride,
                                       .dtype = dtype};

    assert_int_equal(ensemble_run(s->e, &call), 0);
}

/* All rows, and some of them, by every loop, into memory whose gaps must stay. */
static inline void check_loops(const struct scene *s, int32_t dtype)
{
    const size_t begin = s->rows > 4 ? 3 : 0, count = s->rows > 4 ? s->rows - 4 : 0;

    for (int some = 0; some < 2; some++) {
        poison(s->expected, s->bytes);
        assert_int_equal(ensemble_set_parallel(s->e, NULL, NULL), 0);
        run(s, s->expected, dtype, some ? begin : 0, some ? count : 0);
        for (size_t i = 0; i < LENGTH(loops); i++) {
            calls = 0;
            poison(s->result, s->bytes);
            assert_int_equal(ensemble_set_parallel(s->e, loops[i], &calls), 0);
            run(s, s->result, dtype, some ? begin : 0, some ? count : 0);
            assert_int_equal(calls, 1);
            assert_memory_equal(s->result, s->expected, s->bytes);
        }
    }
}

#endif
