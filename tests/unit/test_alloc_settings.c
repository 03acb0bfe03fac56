/* SPDX-License-Identifier: MIT */
/* Memory of the caller's for class weights and class maps, with every allocation failing in turn. */
#include "heap.h"

static const double class_weights[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
static const int32_t backwards[] = {2, 1, 0}, forwards[] = {0, 1, 2};

/* Two models that say 1, 2, 3 and 4, 5, 6, with weights of 1. */
static struct ensemble *two_on(struct heap *heap)
{
    const double ones[] = {1, 1};
    struct ensemble *e = NULL;

    assert_int_equal(create_on(heap, &e), 0);
    add(e, example_outputs[0], ENSEMBLE_F32, 1);
    add(e, example_outputs[1], ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_set_weights(e, ones, 2), 0);
    return e;
}

static void assert_gives(const struct ensemble *e, float a, float b, float c)
{
    float y[3];

    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 3), 0);
    assert_true(y[0] == a && y[1] == b && y[2] == c);
}

/* What a setter gives back, and takes anew, are the hooks' sizes: heap_release() checks them. */
TEST(test_class_weights_without_memory_change_nothing)
{
    struct heap heap = {.fails_at = SIZE_MAX};
    struct ensemble *e = two_on(&heap);
    const size_t before = heap.bytes;

    heap.fails_at = heap.allocations;
    assert_int_equal(ensemble_set_class_weights(e, class_weights, 2, 3), ENSEMBLE_ENOMEM);
    assert_int_equal(heap.bytes, before);
    assert_gives(e, 5, 7, 9);
    assert_int_equal(ensemble_set_class_weights(e, class_weights, 2, 3), 0);
    assert_true(heap.bytes >= before + 6 * sizeof(double));
    assert_gives(e, 1 + 16, 4 + 25, 9 + 36);
    heap.fails_at = heap.allocations;
    if (ensemble_set_class_weights(e, class_weights + 3, 2, 3) != 0)
        assert_gives(e, 1 + 16, 4 + 25, 9 + 36);
    else /* it found room in what it had */
        assert_gives(e, 4 + 28, 10 + 40, 18 + 54);
    assert_int_equal(ensemble_set_class_weights(e, NULL, 0, 0), 0);
    assert_gives(e, 5, 7, 9);
    ensemble_destroy(e);
    assert_int_equal(heap.bytes, 0);
}

TEST(test_class_maps_without_memory_change_nothing)
{
    struct heap heap = {.fails_at = SIZE_MAX};
    struct ensemble *e = two_on(&heap);
    const size_t before = heap.bytes;

    heap.fails_at = heap.allocations;
    assert_int_equal(ensemble_set_class_map(e, 1, backwards, 3), ENSEMBLE_ENOMEM);
    assert_int_equal(heap.bytes, before);
    assert_gives(e, 5, 7, 9);
    assert_int_equal(ensemble_set_class_map(e, 1, backwards, 3), 0);
    assert_true(heap.bytes > before);
    assert_gives(e, 7, 7, 7);
    heap.fails_at = heap.allocations;
    if (ensemble_set_class_map(e, 1, forwards, 3) != 0)
        assert_gives(e, 7, 7, 7);
    else
        assert_gives(e, 5, 7, 9);
    assert_int_equal(ensemble_set_class_map(e, 1, NULL, 0), 0);
    assert_gives(e, 5, 7, 9);
    ensemble_destroy(e);
    assert_int_equal(heap.bytes, 0);
}

/* A failed call of a setter or of add, repeated until it works: `steps` counts what failed. */
static int despite(struct heap *heap, int code, int *steps)
{
    if (code >= 0)
        return 0;
    assert_int_equal(code, ENSEMBLE_ENOMEM);
    assert_true(heap->allocations > heap->fails_at);
    (*steps)++;
    return 1;
}

/* Class weights, maps, and models that are added afterwards, while one allocation fails. Returns how often that was. */
static int set_up_despite_failure(struct heap *heap)
{
    const double ones[] = {1, 1};
    double all[13 * 3];
    struct ensemble *e = NULL;
    int failures = 0;

    if (despite(heap, create_on(heap, &e), &failures))
        assert_int_equal(create_on(heap, &e), 0);
    for (int model = 0; model < 2; model++)
        while (despite(heap, ensemble_add_model_output(e, example_outputs[model], ENSEMBLE_F32, 1), &failures))
            continue;
    assert_int_equal(ensemble_set_weights(e, ones, 2), 0);
    while (despite(heap, ensemble_set_class_map(e, 1, backwards, 3), &failures))
        assert_gives(e, 5, 7, 9);
    assert_gives(e, 7, 7, 7);
    while (despite(heap, ensemble_set_class_weights(e, class_weights, 2, 3), &failures))
        assert_gives(e, 7, 7, 7);
    assert_gives(e, 1 + 24, 4 + 25, 9 + 24);
    while (despite(heap, ensemble_set_class_map(e, 0, backwards, 3), &failures))
        assert_gives(e, 1 + 24, 4 + 25, 9 + 24);
    assert_gives(e, 3 + 24, 4 + 25, 3 + 24);
    for (int model = 2; model < 13; model++)
        while (despite(heap, ensemble_add_model_output(e, example_outputs[2], ENSEMBLE_F32, 1), &failures))
            continue;
    assert_int_equal(ensemble_set_weights(e, NULL, 0), 0);
    for (size_t i = 0; i < LENGTH(all); i++)
        all[i] = i < 6 ? class_weights[i] : 0;
    while (despite(heap, ensemble_set_class_weights(e, all, 13, 3), &failures))
        continue;
    assert_gives(e, 3 + 24, 4 + 25, 3 + 24); /* the maps are still there */
    ensemble_destroy(e);
    return failures;
}

TEST(test_every_allocation_of_maps_and_class_weights_may_fail)
{
    size_t fails_at = 0;

    for (int failures = 1; failures > 0; fails_at++) {
        struct heap heap = {.fails_at = fails_at};

        failures = set_up_despite_failure(&heap);
        assert_int_equal(failures, heap.allocations > fails_at ? 1 : 0);
        assert_int_equal(heap.bytes, 0);
    }
    assert_in_range(fails_at, 5, MOST_BLOCKS); /* the handle, models, two maps, class weights; more, if rooms grow */
}

TEST(test_faults_of_maps_and_class_weights_ask_for_no_memory)
{
    const double nan[] = {1, 2, 3, 4, 5, (double)NAN};
    const int32_t twice[] = {1, 1, 0};
    struct heap heap = {.fails_at = SIZE_MAX};
    struct ensemble *e = two_on(&heap);
    const size_t bytes = heap.bytes;

    assert_int_equal(ensemble_set_class_weights(e, class_weights, 3, 3), ENSEMBLE_EWEIGHTS);
    assert_int_equal(ensemble_set_class_weights(e, nan, 2, 3), ENSEMBLE_ENOTFINITE);
    assert_int_equal(ensemble_set_class_map(e, 0, twice, 3), ENSEMBLE_EMAP);
    assert_int_equal(ensemble_set_class_map(e, 2, forwards, 3), ENSEMBLE_EMODEL);
    assert_int_equal(heap.bytes, bytes);
    assert_gives(e, 5, 7, 9);
    ensemble_destroy(e);
    assert_int_equal(heap.bytes, 0);
}

/* Maps and class weights are still there when the handle goes. */
TEST(test_maps_and_class_weights_are_released_with_the_handle)
{
    struct heap heap = {.fails_at = SIZE_MAX};
    struct ensemble *e = two_on(&heap);

    assert_int_equal(ensemble_set_class_weights(e, class_weights, 2, 3), 0);
    assert_int_equal(ensemble_set_class_map(e, 0, backwards, 3), 0);
    assert_int_equal(ensemble_set_class_map(e, 1, backwards, 3), 0);
    assert_int_equal(ensemble_set_class_map(e, 1, forwards, 3), 0);
    ensemble_destroy(e);
    assert_int_equal(heap.bytes, 0);
}

TEST(test_the_other_setters_and_combining_call_no_hook)
{
    const float rows[] = {1, 1};
    float y[3];
    struct heap heap = {.fails_at = SIZE_MAX};
    struct ensemble *e = two_on(&heap);
    size_t calls;

    assert_int_equal(ensemble_set_class_map(e, 1, backwards, 3), 0);
    assert_int_equal(ensemble_set_class_weights(e, class_weights, 2, 3), 0);
    calls = heap.calls;
    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++) {
        assert_int_equal(ensemble_set_method(e, method), 0);
        assert_int_equal(ensemble_set_parameter(e, ENSEMBLE_EXPONENT, method), 0);
        assert_int_equal(ensemble_set_input(e, 0, ENSEMBLE_LOGITS, 2), 0);
        assert_int_equal(ensemble_set_result(e, ENSEMBLE_RESULT_SOFTMAX, 2), 0);
        assert_int_equal(ensemble_set_row_weights(e, rows, 1, 2), 0);
        assert_int_equal(ensemble_set_missing_policy(e, ENSEMBLE_LEAVE_OUT_NAN, .5), 0);
        assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 3), method < ENSEMBLE_VOTE ? 0 : ENSEMBLE_ESPACE);
        (void)ensemble_workspace_size(e);
    }
    assert_int_equal(heap.calls, calls);
    ensemble_destroy(e);
    assert_int_equal(heap.bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_class_weights_without_memory_change_nothing),
        cmocka_unit_test(test_class_maps_without_memory_change_nothing),
        cmocka_unit_test(test_every_allocation_of_maps_and_class_weights_may_fail),
        cmocka_unit_test(test_faults_of_maps_and_class_weights_ask_for_no_memory),
        cmocka_unit_test(test_maps_and_class_weights_are_released_with_the_handle),
        cmocka_unit_test(test_the_other_setters_and_combining_call_no_hook),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
