/* SPDX-License-Identifier: MIT */
/*
 * A loop that the caller lends: whatever it does with its turns, the results are those of one piece, to the bit; and
 * what is small, or wrong, does not come to it.
 */
#include "support.h"

#include "../kernels/rng.h"

#include <pthread.h>
#include <stdlib.h>

typedef void piece(void *context, size_t index);

enum { THREADS = 3, MODELS = 9 };

/* What the loops have been asked for. */
static size_t calls, turns;

static void forward(void *user, size_t n, piece *task, void *context)
{
    assert_ptr_equal(user, &calls);
    calls++;
    turns += n;
    for (size_t i = 0; i < n; i++)
        task(context, i);
}

static void backward(void *user, size_t n, piece *task, void *context)
{
    (void)user;
    calls++;
    while (n-- > 0)
        task(context, n);
}

/* Loops that do not keep to what is asked of them: no result may be missing, and nothing be done twice. */
static void idle(void *user, size_t n, piece *task, void *context)
{
    (void)user, (void)n, (void)task, (void)context;
    calls++;
}

static void eager(void *user, size_t n, piece *task, void *context)
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

static void *work(void *argument)
{
    const struct crew *crew = argument;

    for (size_t i = crew->first; i < crew->n; i += THREADS)
        crew->task(crew->context, i);
    return NULL;
}

static void threads(void *user, size_t n, piece *task, void *context)
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

static size_t bytes_of(int32_t dtype)
{
    return dtype == ENSEMBLE_F64 ? 8 : dtype == ENSEMBLE_F32 ? 4 : 2;
}

static struct scene scene_of(size_t rows, size_t width, size_t gap, int32_t dtype, int32_t method)
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

static void end(struct scene *s)
{
    ensemble_destroy(s->e);
    free(s->data);
    free(s->expected);
    free(s->result);
}

static void run(const struct scene *s, void *result, int32_t dtype, size_t row_begin, size_t row_count)
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
static void check_loops(const struct scene *s, int32_t dtype)
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

TEST(test_sums_in_pieces)
{
    static const struct {
        size_t rows, width, gap;
    } shapes[] = {{1, 300001, 0}, {3, 100003, 5}, {30000, 10, 0}, {30000, 10, 6}, {700, 511, 1}, {2, 150000, 0}};

    for (size_t i = 0; i < LENGTH(shapes); i++)
        for (int32_t dtype = ENSEMBLE_F32; dtype <= ENSEMBLE_BF16; dtype++) {
            struct scene s = scene_of(shapes[i].rows, shapes[i].width, shapes[i].gap, dtype, (int32_t)(i % 2));

            check_loops(&s, dtype);
            check_loops(&s, ENSEMBLE_F32);
            end(&s);
        }
}

/* More than 8 MiB: stored past the caches, whatever the size of a piece. */
TEST(test_a_result_past_the_caches)
{
    struct scene s = scene_of(1, 2200003, 0, ENSEMBLE_F32, ENSEMBLE_MEAN);

    check_loops(&s, ENSEMBLE_F32);
    end(&s);
}

TEST(test_methods_in_pieces)
{
    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++) {
        struct scene s = scene_of(3000, 12, 1, ENSEMBLE_F32, method);

        check_loops(&s, ENSEMBLE_F32);
        end(&s);
    }
}

static int has_whole_rows(int32_t method)
{
    return method == ENSEMBLE_LOG_POOL || method == ENSEMBLE_VOTE || method == ENSEMBLE_RANK;
}

/* Where no row has to be seen as a whole, a long one is divided, too: with gaps, weights of rows, models that miss. */
TEST(test_long_rows_of_methods_in_pieces)
{
    static const size_t widths[] = {60001, 9001, 9001}, rows[] = {1, 3, 3}, gaps[] = {0, 5, 0};
    const float gates[3 * MODELS] = {.5f, 1, 0, 2, 1, 1, 1, 1, 1, 1, .25f, 3, 1, 0, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0};

    for (int32_t method = ENSEMBLE_MEAN; method <= ENSEMBLE_MAX; method++)
        for (size_t i = 0; i < LENGTH(widths); i++) {
            struct scene s = scene_of(rows[i], widths[i], gaps[i], ENSEMBLE_F32, method);

            if (has_whole_rows(method)) {
                end(&s);
                continue;
            }
            assert_int_equal(ensemble_set_input(s.e, 1, ENSEMBLE_BINARY_LOGITS, 2), 0);
            check_loops(&s, ENSEMBLE_F32);
            check_loops(&s, ENSEMBLE_BF16);
            assert_int_equal(ensemble_set_row_weights(s.e, gates, rows[i], MODELS), 0);
            check_loops(&s, ENSEMBLE_F64);
            assert_int_equal(ensemble_set_row_weights(s.e, NULL, 0, 0), 0);
            assert_int_equal(ensemble_set_missing_policy(s.e, ENSEMBLE_LEAVE_OUT_MISSING, 0), 0);
            assert_int_equal(ensemble_set_model_output(s.e, 4, NULL, ENSEMBLE_F32, rows[i], 0), 0);
            assert_int_equal(ensemble_set_result(s.e, ENSEMBLE_RESULT_LOG, 0), 0);
            check_loops(&s, ENSEMBLE_F32);
            end(&s);
        }
}

/* A method that is a kernel of its own, into the place of an output. */
TEST(test_a_long_row_in_place)
{
    static const int32_t methods[] = {ENSEMBLE_MEDIAN, ENSEMBLE_HARMONIC, ENSEMBLE_MAX, ENSEMBLE_TRIMMED};

    for (size_t i = 0; i < LENGTH(methods); i++) {
        struct scene s = scene_of(1, 60001, 0, ENSEMBLE_F32, methods[i]);

        run(&s, s.expected, ENSEMBLE_F32, 0, 0);
        assert_int_equal(ensemble_set_parallel(s.e, threads, NULL), 0);
        calls = 0;
        assert_int_equal(ensemble_combine(s.e, s.data + 60001 * sizeof(float), ENSEMBLE_F32, 60001), 0);
        assert_int_equal(calls, 1);
        assert_memory_equal(s.data + 60001 * sizeof(float), s.expected, 60001 * sizeof(float));
        end(&s);
    }
}

/* In the place of an output, where the way is the same. */
TEST(test_a_result_in_place)
{
    struct scene s = scene_of(1, 300001, 0, ENSEMBLE_F32, ENSEMBLE_MEAN);

    run(&s, s.expected, ENSEMBLE_F32, 0, 0);
    assert_int_equal(ensemble_set_parallel(s.e, threads, NULL), 0);
    calls = 0;
    assert_int_equal(ensemble_combine(s.e, s.data + 300001 * sizeof(float), ENSEMBLE_F32, 300001), 0);
    assert_int_equal(calls, 1);
    assert_memory_equal(s.data + 300001 * sizeof(float), s.expected, 300001 * sizeof(float));
    end(&s);
}

/* Every field of a report, among them those with several elements in a row. */
TEST(test_reports_in_pieces)
{
    enum { ROWS = 2001, WIDTH = 10 };
    static double reals[2][9][ROWS], wide[2][ROWS * WIDTH], by_model[2][2][ROWS * MODELS], values[2][ROWS * 3];
    static int32_t labels[2][3][ROWS], top[2][ROWS * 3];
    static uint8_t flags[2][2][ROWS], flips[2][ROWS * MODELS];
    struct scene s = scene_of(ROWS, WIDTH, 0, ENSEMBLE_F32, ENSEMBLE_MEAN);

    for (size_t i = 0; i < MODELS; i++)
        assert_int_equal(ensemble_set_input(s.e, i, ENSEMBLE_PROBABILITIES, 0), 0);
    for (int k = 0; k < 2; k++) {
        const struct ensemble_report report = {.struct_size = sizeof report, .rows = ROWS, .width = WIDTH,
            .models = MODELS, .label = labels[k][0], .confidence = reals[k][0], .margin = reals[k][1],
            .tied = flags[k][0], .entropy = reals[k][2], .mean_entropy = reals[k][3],
            .mutual_information = reals[k][4], .vote_disagreement = reals[k][5], .variation_ratio = reals[k][6],
            .conflict = reals[k][7], .weight_present = reals[k][8], .models_present = labels[k][1],
            .row_fault = labels[k][2], .settled = flags[k][1], .variance = wide[k], .contribution = by_model[k][0],
            .influence = by_model[k][1], .flips = flips[k], .top = 3, .top_labels = top[k], .top_values = values[k]};
        const struct ensemble_call call = {.struct_size = sizeof call, .report = &report};

        calls = 0;
        assert_int_equal(ensemble_set_parallel(s.e, k == 0 ? NULL : threads, NULL), 0);
        assert_int_equal(ensemble_run(s.e, &call), 0);
        assert_int_equal(calls, k);
    }
    assert_memory_equal(reals[0], reals[1], sizeof reals[0]);
    assert_memory_equal(wide[0], wide[1], sizeof wide[0]);
    assert_memory_equal(by_model[0], by_model[1], sizeof by_model[0]);
    assert_memory_equal(values[0], values[1], sizeof values[0]);
    assert_memory_equal(labels[0], labels[1], sizeof labels[0]);
    assert_memory_equal(top[0], top[1], sizeof top[0]);
    assert_memory_equal(flags[0], flags[1], sizeof flags[0]);
    assert_memory_equal(flips[0], flips[1], sizeof flips[0]);
    end(&s);
}

/* Rows with weights of their own, and what the call finds wrong before anything is written. */
TEST(test_row_weights_and_faults)
{
    struct scene s = scene_of(3000, 12, 0, ENSEMBLE_F32, ENSEMBLE_MEAN);
    float *gates = malloc(3000 * MODELS * sizeof *gates);

    assert_non_null(gates);
    for (size_t i = 0; i < 3000 * MODELS; i++)
        gates[i] = (float)(i * 7 % 5) / 4;
    assert_int_equal(ensemble_set_row_weights(s.e, gates, 3000, MODELS), 0);
    check_loops(&s, ENSEMBLE_F32);

    assert_int_equal(ensemble_set_row_weights(s.e, NULL, 0, 0), 0);
    assert_int_equal(ensemble_set_missing_policy(s.e, ENSEMBLE_LEAVE_OUT_MISSING, .99), 0);
    assert_int_equal(ensemble_set_model_output(s.e, 2, NULL, ENSEMBLE_F32, 3000, 0), 0);
    assert_int_equal(ensemble_set_parallel(s.e, forward, &calls), 0);
    calls = 0;
    poison(s.result, s.bytes);
    assert_int_equal(ensemble_combine(s.e, s.result, ENSEMBLE_F32, 36000), ENSEMBLE_EQUORUM);
    assert_int_equal(calls, 0);
    assert_poisoned(s.result, s.bytes);
    free(gates);
    end(&s);
}

/* A small call is not handed over, whichever way it goes, and no call where there is no loop any more. */
TEST(test_small_calls_stay)
{
    struct scene s = scene_of(4, 10, 0, ENSEMBLE_F32, ENSEMBLE_MEAN);
    struct ensemble_output given[MODELS];
    struct ensemble_call call = {.struct_size = sizeof call, .outputs = given, .output_size = sizeof *given,
                                 .n_outputs = MODELS, .result_count = 60000, .dtype = ENSEMBLE_F32};

    calls = 0;
    assert_int_equal(ensemble_set_parallel(s.e, forward, &calls), 0);
    assert_int_equal(ensemble_combine(s.e, s.result, ENSEMBLE_F32, 40), 0);
    assert_int_equal(ensemble_set_method(s.e, ENSEMBLE_MEDIAN), 0);
    assert_int_equal(ensemble_combine(s.e, s.result, ENSEMBLE_F32, 40), 0);
    assert_int_equal(calls, 0);
    end(&s);
    s = scene_of(1, 60000, 0, ENSEMBLE_F32, ENSEMBLE_VOTE); /* one row that is seen as a whole is one piece */
    assert_int_equal(ensemble_set_parallel(s.e, forward, &calls), 0);
    assert_int_equal(ensemble_combine(s.e, s.result, ENSEMBLE_F32, 60000), 0);
    assert_int_equal(calls, 0);
    end(&s);
    s = scene_of(1, 60000, 0, ENSEMBLE_F32, ENSEMBLE_MEAN); /* large, but else of the kind that goes a short way */
    assert_int_equal(ensemble_set_parallel(s.e, forward, &calls), 0);
    call.result = s.result;
    turns = 0;
    assert_int_equal(ensemble_combine(s.e, s.result, ENSEMBLE_F32, 60000), 0);
    assert_int_equal(calls, 1);
    assert_true(turns >= 2 && turns < 100);
    for (size_t i = 0; i < MODELS; i++)
        given[i] = (struct ensemble_output){.data = s.data, .rows = 1, .dtype = ENSEMBLE_F32};
    assert_int_equal(ensemble_run(s.e, &call), 0);
    assert_int_equal(calls, 2);
    assert_int_equal(ensemble_set_parallel(s.e, NULL, NULL), 0);
    assert_int_equal(ensemble_combine(s.e, s.result, ENSEMBLE_F32, 60000), 0);
    assert_int_equal(calls, 2);
    assert_int_equal(ensemble_set_parallel(NULL, forward, NULL), ENSEMBLE_ENULL);
    end(&s);
}

/* A loop of the call's own, with or without one of the handle: for outputs bound and given, with a report, and flat. */
TEST(test_a_loop_for_one_call)
{
    struct scene s = scene_of(2, 60000, 0, ENSEMBLE_F32, ENSEMBLE_MEAN);
    struct ensemble_output given[MODELS];
    int32_t labels[2] = {0};
    const struct ensemble_report report = {.struct_size = sizeof report, .rows = 2, .label = labels};
    struct ensemble_call call = {.struct_size = sizeof call, .result = s.result, .result_count = 120000,
                                 .dtype = ENSEMBLE_F32, .parallel_for = forward, .parallel_user = &calls};

    run(&s, s.expected, ENSEMBLE_F32, 0, 0);
    for (size_t i = 0; i < MODELS; i++)
        given[i] = (struct ensemble_output){.data = s.data + i * 120000 * sizeof(float), .rows = 2,
                                            .dtype = ENSEMBLE_F32};
    for (int own = 0; own < 2; own++) {
        assert_int_equal(ensemble_set_parallel(s.e, own ? backward : NULL, NULL), 0);
        calls = turns = 0;
        memset(s.result, 0, s.bytes);
        assert_int_equal(ensemble_run(s.e, &call), 0);
        assert_true(calls == 1 && turns >= 2);
        assert_memory_equal(s.result, s.expected, 120000 * sizeof(float));
        call.outputs = given;
        call.output_size = sizeof *given;
        call.n_outputs = MODELS;
        memset(s.result, 0, s.bytes);
        assert_int_equal(ensemble_run(s.e, &call), 0);
        assert_int_equal(calls, 2);
        assert_memory_equal(s.result, s.expected, 120000 * sizeof(float));
        call.report = &report;
        assert_int_equal(ensemble_run(s.e, &call), 0);
        assert_int_equal(calls, 3);
        call = (struct ensemble_call){.struct_size = sizeof call, .result = s.result, .result_count = 120000,
                                      .dtype = ENSEMBLE_F32, .parallel_for = forward, .parallel_user = &calls};
    }
    calls = 0;
    memset(s.result, 0, s.bytes);
    assert_int_equal(ensemble_run_flat(s.e, s.data, ENSEMBLE_F32, 2, 0, 0, s.result, ENSEMBLE_F32, 120000, 0, NULL, 0),
                     0);
    assert_int_equal(calls, 1); /* the handle's */
    assert_memory_equal(s.result, s.expected, 120000 * sizeof(float));
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums_in_pieces),         cmocka_unit_test(test_a_result_past_the_caches),
        cmocka_unit_test(test_methods_in_pieces),      cmocka_unit_test(test_a_result_in_place),
        cmocka_unit_test(test_reports_in_pieces),      cmocka_unit_test(test_row_weights_and_faults),
        cmocka_unit_test(test_small_calls_stay),       cmocka_unit_test(test_long_rows_of_methods_in_pieces),
        cmocka_unit_test(test_a_long_row_in_place),    cmocka_unit_test(test_a_loop_for_one_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
