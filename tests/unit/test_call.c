/* SPDX-License-Identifier: MIT */
/* What ensemble_run() makes of the structs that it is given: src/api/combine.c. */
#include "support.h"

/* Later headers' structs, as this library sees them. */
struct newer_call {
    struct ensemble_call known;
    unsigned char added[16];
};

struct newer_output {
    struct ensemble_output known;
    unsigned char added[16];
};

/* A call for the example with a result of three floats. */
static struct ensemble_call call_into(float *y)
{
    return (struct ensemble_call){
        .struct_size = sizeof(struct ensemble_call), .result = y, .result_count = 3, .dtype = ENSEMBLE_F32};
}

/* The outputs of the example, as elements of this header or a newer one. */
static void fill_outputs(struct ensemble_output *outputs)
{
    for (size_t i = 0; i < 3; i++)
        outputs[i] = (struct ensemble_output){.data = example_outputs[i], .rows = 1, .dtype = ENSEMBLE_F32};
}

static void fill_newer_outputs(struct newer_output *outputs)
{
    memset(outputs, 0, 3 * sizeof *outputs);
    for (size_t i = 0; i < 3; i++)
        outputs[i].known = (struct ensemble_output){.data = example_outputs[i], .rows = 1, .dtype = ENSEMBLE_F32};
}

/* The example, with zeroes bound to it in place of its outputs. */
static struct ensemble *example_of_zeroes(void)
{
    static const float zeroes[3];
    struct ensemble *e = example();

    for (size_t i = 0; i < 3; i++)
        assert_int_equal(ensemble_set_model_output(e, i, zeroes, ENSEMBLE_F32, 1, 0), 0);
    return e;
}

static void assert_run_fails(const struct ensemble *e, const struct ensemble_call *call, int code)
{
    poison(call->result, 3 * sizeof(float));
    assert_int_equal(ensemble_run(e, call), code);
    assert_poisoned(call->result, 3 * sizeof(float));
}

static void assert_run_gives_the_example(const struct ensemble *e, const struct ensemble_call *call)
{
    float y[3];

    assert_int_equal(ensemble_run(e, call), 0);
    memcpy(y, call->result, sizeof y);
    for (size_t i = 0; i < 3; i++)
        assert_near((double)y[i], 4.0 + (double)i, 6e-6);
}

TEST(test_run_with_the_outputs_of_the_handle)
{
    struct ensemble *e = example();
    float y[3];
    const struct ensemble_call call = call_into(y);

    assert_run_gives_the_example(e, &call);
    ensemble_destroy(e);
}

TEST(test_run_with_outputs_of_its_own_keeps_none_of_them)
{
    struct ensemble *e = example_of_zeroes();
    struct ensemble_output outputs[3];
    float y[3], zeroes[3] = {0};
    struct ensemble_call call = call_into(y);

    fill_outputs(outputs);
    call.outputs = outputs;
    call.output_size = sizeof *outputs;
    call.n_outputs = 3;
    assert_run_gives_the_example(e, &call);
    poison(outputs, sizeof outputs);
    assert_int_equal(ensemble_combine(e, y, ENSEMBLE_F32, 3), 0);
    assert_memory_equal(y, zeroes, sizeof y);
    ensemble_destroy(e);
}

TEST(test_run_leaves_the_call_as_it_is)
{
    struct ensemble *e = example_of_zeroes();
    struct ensemble_output outputs[3], outputs_before[3];
    float y[3];
    struct ensemble_call call = call_into(y), before;

    fill_outputs(outputs);
    call.outputs = outputs;
    call.output_size = sizeof *outputs;
    call.n_outputs = 3;
    memcpy(&before, &call, sizeof before);
    memcpy(outputs_before, outputs, sizeof outputs);
    assert_run_gives_the_example(e, &call);
    assert_memory_equal(&call, &before, sizeof call);
    assert_memory_equal(outputs, outputs_before, sizeof outputs);
    ensemble_destroy(e);
}

TEST(test_run_with_null_is_an_error)
{
    struct ensemble *e = example();
    float y[3];
    struct ensemble_call call = call_into(y);

    assert_run_fails(NULL, &call, ENSEMBLE_ENULL);
    assert_int_equal(ensemble_run(e, NULL), ENSEMBLE_ENULL);
    assert_int_equal(ensemble_run(NULL, NULL), ENSEMBLE_ENULL);
    call.result = NULL;
    assert_int_equal(ensemble_run(e, &call), ENSEMBLE_ENULL);
    ensemble_destroy(e);
}

TEST(test_run_without_the_size_of_the_call_is_an_error)
{
    const uint32_t sizes[] = {0, 1, 4, 8, offsetof(struct ensemble_call, row_weights) - 1}; /* the first header's end */
    struct ensemble *e = example();
    float y[3];
    struct ensemble_call call = call_into(y);

    for (size_t i = 0; i < LENGTH(sizes); i++) {
        call.struct_size = sizes[i];
        assert_run_fails(e, &call, ENSEMBLE_ESTRUCT);
    }
    ensemble_destroy(e);
}

TEST(test_run_with_the_call_of_a_newer_header_works_while_what_it_added_is_zero)
{
    struct ensemble *e = example();
    float y[3];
    struct newer_call call = {.known = call_into(y)};

    call.known.struct_size = sizeof call;
    assert_run_gives_the_example(e, &call.known);
    ensemble_destroy(e);
}

TEST(test_run_with_a_call_that_uses_a_field_of_a_newer_header_is_an_error)
{
    struct ensemble *e = example();
    float y[3];

    for (size_t i = 0; i < sizeof(((struct newer_call *)NULL)->added); i++) {
        struct newer_call call = {.known = call_into(y)};

        call.known.struct_size = sizeof call;
        call.added[i] = 0x80;
        assert_run_fails(e, &call.known, ENSEMBLE_E2BIG);
    }
    ensemble_destroy(e);
}

TEST(test_run_with_a_reserved_field_that_is_not_0_is_an_error)
{
    struct ensemble *e = example();
    struct ensemble_output outputs[3];
    float y[3];
    struct ensemble_call call = call_into(y);
    struct newer_call newer = {.known = call_into(y)};

    call.reserved = -1;
    assert_run_fails(e, &call, ENSEMBLE_E2BIG);
    newer.known.struct_size = sizeof newer;
    newer.known.reserved = 1;
    assert_run_fails(e, &newer.known, ENSEMBLE_E2BIG);
    call = call_into(y);
    call.outputs = outputs;
    call.output_size = sizeof *outputs;
    call.n_outputs = 3;
    for (size_t i = 0; i < 3; i++) {
        fill_outputs(outputs);
        outputs[i].reserved = 1;
        assert_run_fails(e, &call, ENSEMBLE_E2BIG);
    }
    ensemble_destroy(e);
}

TEST(test_run_with_another_number_of_outputs_is_an_error)
{
    const size_t numbers[] = {0, 1, 2, 4, SIZE_MAX};
    struct ensemble *e = example();
    struct ensemble_output outputs[4] = {0};
    float y[3];
    struct ensemble_call call = call_into(y);

    fill_outputs(outputs);
    call.outputs = outputs;
    call.output_size = sizeof *outputs;
    for (size_t i = 0; i < LENGTH(numbers); i++) {
        call.n_outputs = numbers[i];
        assert_run_fails(e, &call, ENSEMBLE_ECOUNT);
    }
    ensemble_destroy(e);
}

TEST(test_run_with_a_number_of_outputs_but_none_is_an_error)
{
    struct ensemble *e = example();
    float y[3];
    struct ensemble_call call = call_into(y);

    call.n_outputs = 3;
    call.output_size = sizeof(struct ensemble_output);
    assert_run_fails(e, &call, ENSEMBLE_ENULL);
    call.n_outputs = 0;
    assert_run_gives_the_example(e, &call);
    ensemble_destroy(e);
}

TEST(test_run_with_an_output_size_that_no_header_had_is_an_error)
{
    const uint32_t size = sizeof(struct ensemble_output), align = _Alignof(struct ensemble_output);
    const uint32_t sizes[] = {0, 1, size - align, size - 1, size + 1, size + align / 2};
    struct ensemble *e = example();
    struct ensemble_output outputs[4] = {0};
    float y[3];
    struct ensemble_call call = call_into(y);

    fill_outputs(outputs);
    call.outputs = outputs;
    call.n_outputs = 3;
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        call.output_size = sizes[i];
        assert_run_fails(e, &call, ENSEMBLE_ESTRUCT);
    }
    ensemble_destroy(e);
}

TEST(test_run_with_outputs_of_a_newer_header_works_while_what_it_added_is_zero)
{
    struct ensemble *e = example_of_zeroes();
    struct newer_output outputs[3];
    float y[3];
    struct ensemble_call call = call_into(y);

    fill_newer_outputs(outputs);
    call.outputs = &outputs[0].known;
    call.output_size = sizeof *outputs;
    call.n_outputs = 3;
    assert_run_gives_the_example(e, &call);
    ensemble_destroy(e);
}

TEST(test_run_with_outputs_that_use_a_field_of_a_newer_header_is_an_error)
{
    struct ensemble *e = example();
    struct newer_output outputs[3];
    float y[3];
    struct ensemble_call call = call_into(y);

    call.outputs = &outputs[0].known;
    call.output_size = sizeof *outputs;
    call.n_outputs = 3;
    for (size_t i = 0; i < 3 * sizeof outputs->added; i++) {
        fill_newer_outputs(outputs);
        outputs[i % 3].added[i / 3] = 1;
        assert_run_fails(e, &call, ENSEMBLE_E2BIG);
    }
    ensemble_destroy(e);
}

/* Each output of a call is checked like one that is bound. */
TEST(test_run_finds_the_faults_of_its_outputs)
{
    const void *const data = example_outputs[0];
    const struct {
        struct ensemble_output output;
        int code;
    } faults[] = {
        {{data, 1, 0, 0, 0}, ENSEMBLE_EDTYPE},
        {{data, 1, 0, 6, 0}, ENSEMBLE_EDTYPE},
        {{data, 1, 0, ENSEMBLE_I32, 0}, ENSEMBLE_ESPACE}, /* labels, which are no numbers to be summed */
        {{data, 1, 2, ENSEMBLE_F32, 0}, ENSEMBLE_ESTRIDE},
        {{data, 2, 0, ENSEMBLE_F32, 0}, ENSEMBLE_EROWS},
        {{data, 0, 0, ENSEMBLE_F32, 0}, ENSEMBLE_EROWS},
        {{NULL, 1, 0, ENSEMBLE_F32, 0}, ENSEMBLE_EMISSING},
        {{data, SIZE_MAX, 0, ENSEMBLE_F32, 0}, ENSEMBLE_EOVERFLOW},
        {{data, 2, SIZE_MAX / 4, ENSEMBLE_F32, 0}, ENSEMBLE_EOVERFLOW},
        {{(const void *)(UINTPTR_MAX - 3), 1, 0, ENSEMBLE_F32, 0}, ENSEMBLE_EOVERFLOW},
    };
    struct ensemble *e = example();
    struct ensemble_output outputs[3];
    float y[3];
    struct ensemble_call call = call_into(y);

    call.outputs = outputs;
    call.output_size = sizeof *outputs;
    call.n_outputs = 3;
    for (size_t i = 0; i < LENGTH(faults); i++) {
        fill_outputs(outputs);
        outputs[1 + i % 2] = faults[i].output;
        assert_run_fails(e, &call, faults[i].code);
    }
    assert_example(e);
    ensemble_destroy(e);
}

TEST(test_run_gives_an_output_to_a_model_that_has_none)
{
    struct ensemble *e = example();
    struct ensemble_output outputs[3];
    float y[3];
    struct ensemble_call call = call_into(y);

    assert_int_equal(ensemble_set_model_output(e, 1, NULL, ENSEMBLE_F64, 9, 0), 0);
    assert_run_fails(e, &call, ENSEMBLE_EROWS);
    fill_outputs(outputs);
    call.outputs = outputs;
    call.output_size = sizeof *outputs;
    call.n_outputs = 3;
    assert_run_gives_the_example(e, &call);
    ensemble_destroy(e);
}

TEST(test_run_reports_what_is_wrong_with_the_weights)
{
    const double weights[] = {1, -1, 0};
    struct ensemble *e = ensemble_of(3);
    float y[3];
    const struct ensemble_call call = call_into(y);

    assert_run_fails(e, &call, ENSEMBLE_EEMPTY);
    for (size_t i = 0; i < 3; i++)
        add(e, example_outputs[i], ENSEMBLE_F32, 1);
    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    assert_int_equal(ensemble_set_method(e, ENSEMBLE_MEAN), 0);
    assert_run_fails(e, &call, ENSEMBLE_EZEROSUM);
    add(e, example_outputs[0], ENSEMBLE_F32, 1);
    assert_run_fails(e, &call, ENSEMBLE_EWEIGHTS);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run_with_the_outputs_of_the_handle),
        cmocka_unit_test(test_run_with_outputs_of_its_own_keeps_none_of_them),
        cmocka_unit_test(test_run_leaves_the_call_as_it_is),
        cmocka_unit_test(test_run_with_null_is_an_error),
        cmocka_unit_test(test_run_without_the_size_of_the_call_is_an_error),
        cmocka_unit_test(test_run_with_the_call_of_a_newer_header_works_while_what_it_added_is_zero),
        cmocka_unit_test(test_run_with_a_call_that_uses_a_field_of_a_newer_header_is_an_error),
        cmocka_unit_test(test_run_with_a_reserved_field_that_is_not_0_is_an_error),
        cmocka_unit_test(test_run_with_another_number_of_outputs_is_an_error),
        cmocka_unit_test(test_run_with_a_number_of_outputs_but_none_is_an_error),
        cmocka_unit_test(test_run_with_an_output_size_that_no_header_had_is_an_error),
        cmocka_unit_test(test_run_with_outputs_of_a_newer_header_works_while_what_it_added_is_zero),
        cmocka_unit_test(test_run_with_outputs_that_use_a_field_of_a_newer_header_is_an_error),
        cmocka_unit_test(test_run_finds_the_faults_of_its_outputs),
        cmocka_unit_test(test_run_gives_an_output_to_a_model_that_has_none),
        cmocka_unit_test(test_run_reports_what_is_wrong_with_the_weights),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
