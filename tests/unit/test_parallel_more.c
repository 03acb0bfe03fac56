/* SPDX-License-Identifier: MIT */
/* A lent loop and rows that are long, and a loop that is lent for one call. */
#include "loops.h"

#include <signal.h>

static int has_whole_rows(int32_t method)
{
    return method == ENSEMBLE_LOG_POOL || method == ENSEMBLE_VOTE || method == ENSEMBLE_RANK;
}

/* A call with an array of the scene's outputs. */
static struct ensemble_call call_of(const struct scene *s, struct ensemble_output *given, size_t rows, size_t count)
{
    for (size_t i = 0; i < MODELS; i++)
        given[i] = (struct ensemble_output){.data = s->data + i * count * sizeof(float), .rows = rows,
                                            .dtype = ENSEMBLE_F32};
    return (struct ensemble_call){.struct_size = sizeof(struct ensemble_call), .result = s->result,
                                  .result_count = count, .dtype = ENSEMBLE_F32, .outputs = given,
                                  .output_size = sizeof *given, .n_outputs = MODELS};
}

/* Where no row has to be seen as a whole, a long one is divided, too: with gaps, weights of rows, models that miss. */
TEST(test_long_rows_of_methods_in_pieces)
{
    static const size_t widths[] = {60001, 9001, 9001}, rows[] = {1, 3, 3}, gaps[] = {0, 5, 0};
    const float gates[3 * MODELS] = {.5f, 1, 0, 2, 1, 1, 1, 1, 1, 1, .25f, 3, 1, 0, 1, 1, 2, 1,
                                     1,   1, 1, 1, 1, 1, 1, 1, 0};

    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_MAX; method++)
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
            assert_int_equal(ensemble_set_input(s.e, 1, ENSEMBLE_AS_IS, 0), 0);
            check_loops(&s, ENSEMBLE_F32); /* of the kind that is done several rows at a time, if rows are whole */
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
        turns = 0;
        assert_int_equal(ensemble_run(s.e, &call), 0);
        assert_true(calls == 3 && turns == 2); /* rows as a whole */
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

/* What would go the short way, but for its size: with each loop that there can be. */
TEST(test_what_is_worth_pieces_does_not_go_the_short_way)
{
    struct scene s = scene_of(1, 40000, 0, ENSEMBLE_F32, ENSEMBLE_SUM);
    struct ensemble_output given[MODELS];
    struct ensemble_call call = call_of(&s, given, 1, 40000);

    calls = 0;
    assert_int_equal(ensemble_run(s.e, &call), 0);
    assert_int_equal(calls, 0);
    call.parallel_for = forward;
    call.parallel_user = &calls;
    assert_int_equal(ensemble_run(s.e, &call), 0);
    assert_int_equal(calls, 1);
    call.parallel_for = NULL;
    assert_int_equal(ensemble_set_parallel(s.e, forward, &calls), 0);
    assert_int_equal(ensemble_run(s.e, &call), 0);
    assert_int_equal(calls, 2);
    assert_int_equal(ensemble_run_flat(s.e, s.data, ENSEMBLE_F32, 1, 0, 0, s.result, ENSEMBLE_F32, 40000, 0, NULL, 0),
                     0);
    assert_int_equal(calls, 3);
    end(&s);
}

/* What goes the short way though there is a loop: nobody is called, and the bits are those of the long way. */
TEST(test_what_is_worth_no_pieces_goes_the_short_way)
{
    struct scene s = scene_of(2, 200, 0, ENSEMBLE_F32, ENSEMBLE_SUM);
    struct ensemble_output given[MODELS];
    const struct ensemble_call call = call_of(&s, given, 2, 400);

    run(&s, s.expected, ENSEMBLE_F32, 0, 0);
    calls = 0;
    assert_int_equal(ensemble_set_parallel(s.e, forward, &calls), 0);
    memset(s.result, 0, s.bytes);
    assert_int_equal(ensemble_run(s.e, &call), 0);
    assert_memory_equal(s.result, s.expected, 400 * sizeof(float));
    memset(s.result, 0, s.bytes);
    assert_int_equal(ensemble_run_flat(s.e, s.data, ENSEMBLE_F32, 2, 0, 0, s.result, ENSEMBLE_F32, 400, 0, NULL, 0), 0);
    assert_memory_equal(s.result, s.expected, 400 * sizeof(float));
    assert_int_equal(calls, 0);
    end(&s);
}

/* A weighted sum needs no workspace, also in pieces. */
TEST(test_pieces_of_a_sum_leave_the_workspace_as_it_is)
{
    static unsigned char memory[4096];
    struct scene s = scene_of(2, 60000, 0, ENSEMBLE_F32, ENSEMBLE_SUM);
    const struct ensemble_call call = {.struct_size = sizeof call, .result = s.result, .result_count = 120000,
                                       .dtype = ENSEMBLE_F32, .workspace = memory, .workspace_size = sizeof memory,
                                       .parallel_for = forward, .parallel_user = &calls};

    run(&s, s.expected, ENSEMBLE_F32, 0, 0);
    poison(memory, sizeof memory);
    turns = 0;
    assert_int_equal(ensemble_run(s.e, &call), 0);
    assert_true(turns >= 2);
    assert_memory_equal(s.result, s.expected, 120000 * sizeof(float));
    assert_poisoned(memory, sizeof memory);
    end(&s);
}

/*
 * Workspaces of every size: for no piece, for one, for some of those that run at once, for all. Nothing but them is
 * written, and the bits stay the same.
 */
TEST(test_pieces_share_a_workspace)
{
    enum { ROWS = 9, WIDTH = 9001 };
    static const double times[] = {0, .3, 1, 1.7, 3, 70};
    struct scene s = scene_of(ROWS, WIDTH, 0, ENSEMBLE_F32, ENSEMBLE_MEAN);
    size_t wanted;

    for (size_t i = 0; i < MODELS; i++)
        assert_int_equal(ensemble_set_input(s.e, i, ENSEMBLE_LOGITS, 0), 0);
    wanted = ensemble_workspace_size(s.e);
    assert_true(wanted > WIDTH * sizeof(float));
    assert_int_equal(ensemble_combine(s.e, s.expected, ENSEMBLE_F32, ROWS * WIDTH), 0);
    for (size_t i = 0; i < LENGTH(times); i++)
        for (size_t l = 0; l < LENGTH(loops); l++) {
            const size_t size = (size_t)((double)wanted * times[i]), room = size + 64;
            unsigned char *memory = malloc(room);
            const struct ensemble_call call = {.struct_size = sizeof call, .result = s.result,
                                               .result_count = ROWS * WIDTH, .dtype = ENSEMBLE_F32,
                                               .workspace = memory + 3, .workspace_size = size,
                                               .parallel_for = loops[l], .parallel_user = &calls};
            size_t touched = 0;

            assert_non_null(memory);
            poison(memory, room);
            memset(s.result, 0, s.bytes);
            assert_int_equal(ensemble_run(s.e, &call), 0);
            assert_memory_equal(s.result, s.expected, ROWS * WIDTH * sizeof(float));
            assert_poisoned(memory, 3);
            assert_poisoned(memory + 3 + size, room - size - 3);
            for (size_t j = 0; j < size; j++)
                touched += memory[3 + j] != 0x5A;
            assert_true(size < wanted ? 1 : touched > WIDTH);
            free(memory);
        }
    end(&s);
}

/* What a piece is stopped at: a page that cannot be read until another piece has been done meanwhile. */
static struct {
    piece *task;
    void *context, *page;
} stopped;

static void do_another(int number)
{
    (void)number;
    if (mprotect(stopped.page, PAGE_BYTES, PROT_READ | PROT_WRITE) == 0)
        stopped.task(stopped.context, 1);
    stopped.task = NULL;
}

/* As two threads may, but always at the same place: the second piece is done in the midst of the first one. */
static void nested(void *user, size_t n, piece *task, void *context)
{
    const struct sigaction once = {.sa_handler = do_another, .sa_flags = (int)SA_RESETHAND};
    struct sigaction before;

    (void)user;
    stopped.task = task;
    stopped.context = context;
    assert_int_equal(sigaction(SIGSEGV, &once, &before), 0);
    assert_int_equal(mprotect(stopped.page, PAGE_BYTES, PROT_NONE), 0);
    task(context, 0);
    assert_int_equal(sigaction(SIGSEGV, &before, NULL), 0);
    assert_true(stopped.task == NULL);
    for (size_t i = 2; i < n; i++)
        task(context, i);
}

/* A workspace for one piece, for two, for two and a half: none is used by two pieces that run at once. */
TEST(test_pieces_that_run_at_once_do_not_share_a_part_of_the_workspace)
{
    enum { ROWS = 9, WIDTH = PAGE_BYTES / sizeof(float) };
    static const double times[] = {1, 2, 2.5};
    struct scene s = scene_of(ROWS, WIDTH, 0, ENSEMBLE_F32, ENSEMBLE_MEDIAN);
    void *const pages = mmap(NULL, ROWS * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    size_t wanted;

    assert_true(pages != MAP_FAILED);
    stopped.page = pages;
    memcpy(pages, s.data, ROWS * PAGE_BYTES);
    assert_int_equal(ensemble_set_model_output(s.e, MODELS - 1, pages, ENSEMBLE_F32, ROWS, 0), 0);
    for (size_t i = 0; i < MODELS; i++)
        assert_int_equal(ensemble_set_input(s.e, i, ENSEMBLE_LOGITS, 0), 0);
    wanted = ensemble_workspace_size(s.e);
    assert_true(wanted > WIDTH * sizeof(float));
    assert_int_equal(ensemble_combine(s.e, s.expected, ENSEMBLE_F32, ROWS * WIDTH), 0);
    for (size_t i = 0; i < LENGTH(times); i++) {
        const size_t size = (size_t)((double)wanted * times[i]);
        const struct ensemble_call call = {.struct_size = sizeof call, .result = s.result,
                                           .result_count = ROWS * WIDTH, .dtype = ENSEMBLE_F32,
                                           .workspace = malloc(size), .workspace_size = size,
                                           .parallel_for = nested};

        assert_non_null(call.workspace);
        memset(s.result, 0, s.bytes);
        assert_int_equal(ensemble_run(s.e, &call), 0);
        assert_memory_equal(s.result, s.expected, ROWS * PAGE_BYTES);
        free(call.workspace);
    }
    assert_int_equal(munmap(pages, ROWS * PAGE_BYTES), 0);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_long_rows_of_methods_in_pieces),
        cmocka_unit_test(test_a_long_row_in_place),
        cmocka_unit_test(test_a_loop_for_one_call),
        cmocka_unit_test(test_what_is_worth_pieces_does_not_go_the_short_way),
        cmocka_unit_test(test_what_is_worth_no_pieces_goes_the_short_way),
        cmocka_unit_test(test_pieces_of_a_sum_leave_the_workspace_as_it_is),
        cmocka_unit_test(test_pieces_share_a_workspace),
        cmocka_unit_test(test_pieces_that_run_at_once_do_not_share_a_part_of_the_workspace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
