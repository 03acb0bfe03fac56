/* SPDX-License-Identifier: MIT */
/*
 * Calls on a const handle do not allocate. unit.mk links this program so that the library's calls of malloc(),
 * calloc(), realloc() and free() come here.
 */
#include "support.h"

static size_t calls;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);

void *__wrap_malloc(size_t size)
{
    calls++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    calls++;
    return __real_calloc(n, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    calls++;
    return __real_realloc(memory, size);
}

void __wrap_free(void *memory)
{
    calls++;
    __real_free(memory);
}

TEST(test_create_and_destroy_allocate_so_the_counting_works)
{
    struct ensemble *e;

    calls = 0;
    e = example();
    assert_true(calls >= 2);
    calls = 0;
    ensemble_destroy(e);
    assert_true(calls >= 2);
}

/* Many models of every dtype, long rows and gaps: every way through the data. */
TEST(test_combine_and_run_do_not_allocate)
{
    static double data[20][6001];
    static double y[6000];
    struct ensemble *e = ensemble_of(3000);

    for (size_t i = 0; i < 20; i++) {
        add(e, NULL, ENSEMBLE_F32, 2);
        assert_int_equal(ensemble_set_model_output(e, i, data[i], (int32_t)(1 + i % 4), 2, 3000 + i % 2), 0);
    }
    calls = 0;
    for (int32_t dtype = ENSEMBLE_F32; dtype <= ENSEMBLE_BF16; dtype++) {
        const struct ensemble_call call = {
            .struct_size = sizeof call, .row_begin = 1, .result = y, .result_count = 3000, .dtype = dtype};

        assert_int_equal(ensemble_combine(e, y, dtype, 6000), 0);
        assert_int_equal(ensemble_run(e, &call), 0);
    }
    assert_int_equal(calls, 0);
    ensemble_destroy(e);
}

TEST(test_questions_do_not_allocate)
{
    double weights[3];
    char message[128];
    struct ensemble *e = example();

    calls = 0;
    assert_int_equal(ensemble_get_weights(e, weights, 3), 0);
    assert_int_equal(ensemble_check(e, message, sizeof message), 0);
    assert_int_equal(ensemble_workspace_size(e), 0);
    assert_non_null(ensemble_isa(e));
    assert_non_null(ensemble_strerror(ENSEMBLE_ENOMEM));
    assert_true(ensemble_version() > 0);
    assert_int_equal(calls, 0);
    ensemble_destroy(e);
}

TEST(test_faults_do_not_allocate)
{
    float y[3];
    char message[128];
    struct ensemble *e = example();

    assert_int_equal(ensemble_set_model_output(e, 1, NULL, ENSEMBLE_F32, 1, 0), 0);
    calls = 0;
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 3), ENSEMBLE_EMISSING);
    assert_int_equal(ensemble_check(e, message, sizeof message), ENSEMBLE_EMISSING);
    assert_int_equal(calls, 0);
    ensemble_destroy(e);
}

/* They change the handle, but find their room there. */
TEST(test_setting_weights_method_and_outputs_does_not_allocate)
{
    const double weights[] = {1, 2, 3};
    struct ensemble *e = example();

    calls = 0;
    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    assert_int_equal(ensemble_set_weights(e, NULL, 0), 0);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
    assert_int_equal(ensemble_set_model_output(e, 1, NULL, ENSEMBLE_F64, 9, 0), 0);
    assert_int_equal(calls, 0);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create_and_destroy_allocate_so_the_counting_works),
        cmocka_unit_test(test_combine_and_run_do_not_allocate),
        cmocka_unit_test(test_questions_do_not_allocate),
        cmocka_unit_test(test_faults_do_not_allocate),
        cmocka_unit_test(test_setting_weights_method_and_outputs_does_not_allocate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
