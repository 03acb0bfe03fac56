/* SPDX-License-Identifier: MIT */
/*
 * No function changes errno, whether it succeeds or fails. unit.mk links this program so that the library's calls of
 * malloc() come here.
 */
#include "support.h"

#include <errno.h>

#define MARKER 7654

static int out_of_memory;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __real_free(void *memory);
void __wrap_free(void *memory);

/* As malloc() does where there is no memory. */
void *__wrap_malloc(size_t size)
{
    if (!out_of_memory)
        return __real_malloc(size);
    errno = ENOMEM;
    return NULL;
}

void *__wrap_calloc(size_t n, size_t size)
{
    return out_of_memory ? __wrap_malloc(n * size) : __real_calloc(n, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return out_of_memory ? __wrap_malloc(size) : __real_realloc(memory, size);
}

void __wrap_free(void *memory)
{
    __real_free(memory);
}

#define assert_keeps_errno(call, result)                                                                             \
    do {                                                                                                             \
        errno = MARKER;                                                                                              \
        assert_int_equal(call, result);                                                                              \
        assert_int_equal(errno, MARKER);                                                                             \
    } while (0)

TEST(test_success_keeps_errno)
{
    const double weights[] = {.3, .4, .3};
    double got[3];
    float y[3];
    char message[128];
    const struct ensemble_call call = {
        .struct_size = sizeof call, .result = y, .result_count = 3, .dtype = ENSEMBLE_F32};
    struct ensemble *e = NULL;

    assert_keeps_errno(ensemble_create(&e, 3), 0);
    for (int i = 0; i < 40; i++)
        assert_keeps_errno(ensemble_add_model_output(e, example_outputs[i % 3], ENSEMBLE_F32, 1), i);
    assert_keeps_errno(ensemble_set_weights(e, NULL, 0), 0);
    assert_keeps_errno(ensemble_run(e, &call), 0);
    assert_keeps_errno(ensemble_check(e, message, sizeof message), 0);
    assert_keeps_errno(ensemble_workspace_size(e), 0);
    assert_keeps_errno(ensemble_isa(e) != NULL, 1);
    errno = MARKER;
    ensemble_destroy(e);
    assert_int_equal(errno, MARKER);
    e = example();
    assert_keeps_errno(ensemble_set_weights(e, weights, 3), 0);
    assert_keeps_errno(ensemble_get_weights(e, got, 3), 0);
    assert_keeps_errno(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
    assert_keeps_errno(ensemble_set_model_output(e, 0, example_outputs[0], ENSEMBLE_F32, 1, 0), 0);
    assert_keeps_errno(ensemble_combine(e, y, ENSEMBLE_F32, 3), 0);
    assert_keeps_errno(ensemble_version() > 0, 1);
    assert_keeps_errno(ensemble_strerror(ENSEMBLE_ENOMEM) != NULL, 1);
    ensemble_destroy(e);
}

/* Overflows, logarithms of 0 and quotients by 0 are results, and no news for errno. */
TEST(test_methods_keep_errno)
{
    static const float outputs[] = {0, 1e30f, 1000, -1000, 0, 1e-30f}, row_weights[] = {1, 1};
    const double ones[] = {1, 1, 1, 1, 1, 1};
    const int32_t map[] = {0, 2, 1};
    struct ensemble *e = ensemble_of(3);
    float y[3];

    add(e, outputs, ENSEMBLE_F32, 1);
    add(e, outputs + 3, ENSEMBLE_F32, 1);
    assert_keeps_errno(ensemble_set_parameter(e, ENSEMBLE_EXPONENT, 300), 0);
    assert_keeps_errno(ensemble_set_row_weights(e, row_weights, 1, 2), 0);
    assert_keeps_errno(ensemble_set_missing_policy(e, 7, 0), 0);
    assert_keeps_errno(ensemble_set_class_map(e, 0, map, 3), 0);
    for (int32_t method = ENSEMBLE_SUM; method <= ENSEMBLE_RANK; method++)
        for (int32_t space = ENSEMBLE_AS_IS; space <= ENSEMBLE_BINARY_LOGITS; space++)
            for (int32_t form = ENSEMBLE_RESULT_AS_IS; form <= ENSEMBLE_RESULT_SOFTMAX; form++) {
                assert_keeps_errno(ensemble_set_method(e, method), 0);
                assert_keeps_errno(ensemble_set_input(e, 1, space, 0), 0);
                assert_keeps_errno(ensemble_set_result(e, form, 0), 0);
                assert_keeps_errno(ensemble_combine(e, y, ENSEMBLE_F32, 3), 0);
                assert_keeps_errno(ensemble_workspace_size(e) < 65536, 1);
            }
    assert_keeps_errno(ensemble_set_class_weights(e, ones, 2, 3), 0);
    assert_keeps_errno(ensemble_combine(e, y, ENSEMBLE_F32, 3), ENSEMBLE_ESPACE);
    ensemble_destroy(e);
}

TEST(test_faults_keep_errno)
{
    const double nan = NAN, weights[] = {1, 2};
    const struct ensemble_options options = {.struct_size = sizeof options, .isa = "none"};
    const struct ensemble_call call = {.struct_size = 1};
    float y[3];
    struct ensemble *e = example(), *none = NULL;

    assert_keeps_errno(ensemble_create(&none, 0), ENSEMBLE_EWIDTH);
    assert_keeps_errno(ensemble_create(&none, SIZE_MAX), ENSEMBLE_EOVERFLOW);
    assert_keeps_errno(ensemble_create_with(&none, 3, &options), ENSEMBLE_EISA);
    assert_keeps_errno(ensemble_add_model_output(e, y, 99, 1), ENSEMBLE_EDTYPE);
    assert_keeps_errno(ensemble_add_model_output(e, y, ENSEMBLE_F32, SIZE_MAX), ENSEMBLE_EOVERFLOW);
    assert_keeps_errno(ensemble_set_model_output(e, 9, y, ENSEMBLE_F32, 1, 0), ENSEMBLE_EMODEL);
    assert_keeps_errno(ensemble_set_weights(e, weights, 2), ENSEMBLE_EWEIGHTS);
    assert_keeps_errno(ensemble_set_weights(e, &nan, 1), ENSEMBLE_EWEIGHTS);
    assert_keeps_errno(ensemble_set_method(e, 99), ENSEMBLE_EMETHOD);
    assert_keeps_errno(ensemble_combine(e, y, ENSEMBLE_F32, 2), ENSEMBLE_ECOUNT);
    assert_keeps_errno(ensemble_run(e, &call), ENSEMBLE_ESTRUCT);
    assert_keeps_errno(ensemble_check(NULL, NULL, 0), ENSEMBLE_ENULL);
    assert_keeps_errno(ensemble_set_parameter(e, ENSEMBLE_TRIM, nan), ENSEMBLE_EPARAMETER);
    assert_keeps_errno(ensemble_set_input(e, 0, 99, 0), ENSEMBLE_EPARAMETER);
    assert_keeps_errno(ensemble_set_result(e, 99, 0), ENSEMBLE_EPARAMETER);
    assert_keeps_errno(ensemble_set_missing_policy(e, 0, nan), ENSEMBLE_EPARAMETER);
    assert_keeps_errno(ensemble_set_class_weights(e, weights, 2, 1), ENSEMBLE_EWEIGHTS);
    assert_keeps_errno(ensemble_set_row_weights(e, y, 1, 2), ENSEMBLE_EWEIGHTS);
    assert_keeps_errno(ensemble_set_class_map(e, 0, (const int32_t[]){3}, 1), ENSEMBLE_EMAP);
    ensemble_destroy(e);
}

TEST(test_create_without_memory_keeps_errno)
{
    struct ensemble *e = NULL;

    out_of_memory = 1;
    errno = MARKER;
    assert_int_equal(ensemble_create(&e, 3), ENSEMBLE_ENOMEM);
    out_of_memory = 0;
    assert_null(e);
    assert_int_equal(errno, MARKER);
}

TEST(test_add_without_memory_keeps_errno)
{
    struct ensemble *e = ensemble_of(3);

    out_of_memory = 1;
    errno = MARKER;
    assert_int_equal(ensemble_add_model_output(e, example_outputs[0], ENSEMBLE_F32, 1), ENSEMBLE_ENOMEM);
    out_of_memory = 0;
    assert_int_equal(errno, MARKER);
    ensemble_destroy(e);
}

TEST(test_maps_and_class_weights_without_memory_keep_errno)
{
    const double ones[] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    const int32_t map[] = {2, 0, 1};
    struct ensemble *e = example();

    out_of_memory = 1;
    errno = MARKER;
    assert_int_equal(ensemble_set_class_weights(e, ones, 3, 3), ENSEMBLE_ENOMEM);
    assert_int_equal(ensemble_set_class_map(e, 0, map, 3), ENSEMBLE_ENOMEM);
    out_of_memory = 0;
    assert_int_equal(errno, MARKER);
    assert_example(e);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_success_keeps_errno),
        cmocka_unit_test(test_methods_keep_errno),
        cmocka_unit_test(test_faults_keep_errno),
        cmocka_unit_test(test_create_without_memory_keeps_errno),
        cmocka_unit_test(test_add_without_memory_keeps_errno),
        cmocka_unit_test(test_maps_and_class_weights_without_memory_keep_errno),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
