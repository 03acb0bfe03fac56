/* SPDX-License-Identifier: MIT */
/* Memory of the caller's: the allocator hooks, with every allocation failing in turn. src/base/alloc.c. */
#include "heap.h"

#include "base/alloc.h"

/* Models that all say 1, 2, 3, combined with the default weights. */
static void assert_combines(const struct ensemble *e, size_t n)
{
    float y[3];

    assert_int_equal(ensemble_check(e, NULL, 0), n > 0 ? 0 : ENSEMBLE_EEMPTY);
    if (n == 0)
        return;
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 3), 0);
    for (size_t i = 0; i < 3; i++)
        assert_near((double)y[i], (double)example_outputs[0][i], 1e-5);
}

/* Makes an ensemble of 40 models while one allocation fails, and repeats what failed. Returns how often that was. */
static int build_despite_failure(struct heap *heap)
{
    struct ensemble *e = NULL;
    int failures = 0, code = create_on(heap, &e);

    if (code) {
        assert_int_equal(code, ENSEMBLE_ENOMEM);
        assert_null(e);
        failures++;
        assert_int_equal(create_on(heap, &e), 0);
    }
    for (int model = 0; model < 40; model++) {
        code = ensemble_add_model_output(e, example_outputs[0], ENSEMBLE_F32, 1);
        if (code < 0) {
            assert_int_equal(code, ENSEMBLE_ENOMEM);
            failures++;
            assert_combines(e, (size_t)model);
            code = ensemble_add_model_output(e, example_outputs[0], ENSEMBLE_F32, 1);
        }
        assert_int_equal(code, model);
        assert_combines(e, (size_t)model + 1);
    }
    ensemble_destroy(e);
    return failures;
}

TEST(test_every_allocation_may_fail_and_nothing_is_lost)
{
    size_t fails_at = 0;

    for (int failures = 1; failures > 0; fails_at++) {
        struct heap heap = {.fails_at = fails_at};

        failures = build_despite_failure(&heap);
        assert_int_equal(failures, heap.allocations > fails_at ? 1 : 0);
        assert_int_equal(heap.bytes, 0);
    }
    assert_in_range(fails_at, 3, MOST_BLOCKS); /* the handle, and room for 40 models in more than one step */
}

/* Weights that were set survive the failure too. */
TEST(test_a_failed_add_keeps_the_weights)
{
    const double weights[] = {1, 2, 3, 4, 5, 6, 7, 8};
    double kept[8];
    struct heap heap = {.fails_at = SIZE_MAX};
    struct ensemble *e = NULL;

    assert_int_equal(create_on(&heap, &e), 0);
    for (size_t i = 0; i < 8; i++)
        add(e, example_outputs[0], ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_set_weights(e, weights, 8), 0);
    heap.fails_at = heap.allocations;
    assert_int_equal(ensemble_add_model_output(e, example_outputs[0], ENSEMBLE_F32, 1), ENSEMBLE_ENOMEM);
    assert_int_equal(ensemble_get_weights(e, kept, 8), 0);
    assert_memory_equal(kept, weights, sizeof kept);
    ensemble_destroy(e);
    assert_int_equal(heap.bytes, 0);
}

TEST(test_a_handle_without_models_is_released)
{
    struct heap heap = {.fails_at = SIZE_MAX};
    struct ensemble *e = NULL;

    assert_int_equal(create_on(&heap, &e), 0);
    assert_true(heap.bytes > 0);
    ensemble_destroy(e);
    assert_int_equal(heap.bytes, 0);
}

TEST(test_faults_are_found_before_memory_is_asked_for)
{
    struct heap heap = {.fails_at = SIZE_MAX};
    struct ensemble *e = NULL;
    size_t calls;

    assert_int_equal(create_on(&heap, &e), 0);
    calls = heap.calls;
    assert_int_equal(ensemble_add_model_output(e, example_outputs[0], 99, 1), ENSEMBLE_EDTYPE);
    assert_int_equal(ensemble_add_model_output(e, example_outputs[0], ENSEMBLE_F32, SIZE_MAX), ENSEMBLE_EOVERFLOW);
    assert_int_equal(heap.calls, calls);
    ensemble_destroy(e);
}

TEST(test_hooks_are_not_called_by_weights_outputs_and_combining)
{
    const double weights[] = {.3, .4, .3};
    double got[3];
    float y[3];
    struct heap heap = {.fails_at = SIZE_MAX};
    struct ensemble *e = NULL;
    struct ensemble_call call = {.struct_size = sizeof call, .result = y, .result_count = 3, .dtype = ENSEMBLE_F32};
    size_t calls;

    assert_int_equal(create_on(&heap, &e), 0);
    for (size_t i = 0; i < 3; i++)
        add(e, example_outputs[i], ENSEMBLE_F32, 1);
    calls = heap.calls;
    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    assert_int_equal(ensemble_get_weights(e, got, 3), 0);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
    assert_int_equal(ensemble_set_model_output(e, 0, example_outputs[0], ENSEMBLE_F32, 1, 0), 0);
    assert_int_equal(ensemble_run(e, &call), 0);
    assert_int_equal(ensemble_workspace_size(e), 0);
    assert_non_null(ensemble_isa(e));
    assert_example(e);
    assert_example_fails(NULL, ENSEMBLE_ENULL);
    assert_int_equal(heap.calls, calls);
    ensemble_destroy(e);
    assert_int_equal(heap.bytes, 0);
}

TEST(test_memory_of_the_c_library)
{
    void *memory = ens_allocate(&ens_allocator_libc, 100);

    assert_non_null(memory);
    memset(memory, 1, 100);
    ens_release(&ens_allocator_libc, memory, 100);
}

TEST(test_releasing_null_calls_no_hook)
{
    struct heap heap = {.fails_at = SIZE_MAX};
    const struct ens_allocator allocator = {heap_allocate, heap_release, &heap};

    ens_release(&allocator, NULL, 0);
    assert_int_equal(heap.calls, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_allocation_may_fail_and_nothing_is_lost),
        cmocka_unit_test(test_a_failed_add_keeps_the_weights),
        cmocka_unit_test(test_a_handle_without_models_is_released),
        cmocka_unit_test(test_faults_are_found_before_memory_is_asked_for),
        cmocka_unit_test(test_hooks_are_not_called_by_weights_outputs_and_combining),
        cmocka_unit_test(test_memory_of_the_c_library),
        cmocka_unit_test(test_releasing_null_calls_no_hook),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
