/* SPDX-License-Identifier: MIT */
/* Are the outputs of a call what a combine needs? src/plan/inputs.c, by its own functions. */
#include "support.h"

#include "plan/inputs.h"

static float data[64];
static const struct ensemble three_wide = {.width = 3};

static int checked(const void *start, size_t rows, size_t stride, int32_t dtype)
{
    const struct ensemble_output output = {.data = start, .rows = rows, .row_stride = stride, .dtype = dtype};

    return ens_output_check(&three_wide, NULL, &output);
}

TEST(test_an_output_that_is_well_formed)
{
    assert_int_equal(checked(data, 4, 0, ENSEMBLE_F32), 0);
    assert_int_equal(checked(data, 4, 3, ENSEMBLE_F16), 0);
    assert_int_equal(checked(data, 4, 5, ENSEMBLE_F64), 0);
    assert_int_equal(checked(data, 0, 0, ENSEMBLE_BF16), 0);
    assert_int_equal(checked(NULL, 4, 0, ENSEMBLE_F32), 0);
    assert_int_equal(checked(data, 1, SIZE_MAX, ENSEMBLE_F32), 0);
}

TEST(test_the_faults_of_one_output)
{
    for (size_t i = 0; i < LENGTH(no_dtypes); i++)
        assert_int_equal(checked(data, 1, 0, no_dtypes[i]), ENSEMBLE_EDTYPE);
    assert_int_equal(checked(data, 1, 1, ENSEMBLE_F32), ENSEMBLE_ESTRIDE);
    assert_int_equal(checked(data, 0, 2, ENSEMBLE_F32), ENSEMBLE_ESTRIDE);
    assert_int_equal(checked(data, SIZE_MAX, 0, ENSEMBLE_F32), ENSEMBLE_EOVERFLOW);
    assert_int_equal(checked(data, 2, SIZE_MAX - 2, ENSEMBLE_F32), ENSEMBLE_EOVERFLOW);
    assert_int_equal(checked((const void *)(UINTPTR_MAX - 10), 1, 0, ENSEMBLE_F32), ENSEMBLE_EOVERFLOW);
}

TEST(test_what_the_outputs_have_in_common)
{
    struct ensemble *e = ensemble_of(2);

    add(e, data, ENSEMBLE_F32, 3);
    add(e, data, ENSEMBLE_F32, 3);
    add(e, data, ENSEMBLE_F16, 3);
    add(e, data, ENSEMBLE_F64, 4);
    add(e, NULL, ENSEMBLE_F32, 3);
    assert_int_equal(ensemble_set_model_output(e, 1, data, ENSEMBLE_F32, 3, 5), 0);
    assert_true(e->summary.rows == 3 && e->summary.dtype == ENSEMBLE_F32);
    assert_int_equal(e->summary.wrong, 1);
    assert_int_equal(e->summary.missing, 1);
    assert_int_equal(e->summary.other_dtypes, 2);
    assert_int_equal(e->summary.f64, 1);
    assert_int_equal(e->summary.gaps, 1);
    ensemble_destroy(e);
}

TEST(test_models_that_take_no_part_do_not_count)
{
    const double weights[] = {0, 1, 0};
    struct ensemble *e = ensemble_of(2);

    add(e, data, ENSEMBLE_F64, 1);
    add(e, data, ENSEMBLE_F32, 2);
    add(e, NULL, ENSEMBLE_F64, 7);
    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    assert_int_equal(ensemble_set_model_output(e, 2, NULL, ENSEMBLE_F16, 9, 5), 0);
    assert_true(e->summary.rows == 2 && e->summary.dtype == ENSEMBLE_F32);
    assert_true(e->summary.wrong == 0 && e->summary.other_dtypes == 0 && e->summary.f64 == 0 && e->summary.gaps == 0);
    ensemble_destroy(e);
}

/* A small generator: the same changes on every machine. */
static size_t next_random(size_t below)
{
    static uint32_t state = 1;

    state = state * 1664525u + 1013904223u;
    return (state >> 16) % below;
}

/* One change, such as a program makes between two combines. */
static void change(struct ensemble *e, size_t n)
{
    double weights[8];

    if (next_random(4) > 0) {
        const void *output = next_random(5) > 0 ? data : NULL;

        assert_int_equal(ensemble_set_model_output(e, next_random(n), output, (int32_t)(1 + next_random(4)),
                                                   next_random(3), 2 * next_random(3)), 0);
        return;
    }
    for (size_t i = 0; i < n; i++)
        weights[i] = (double)next_random(3) - 1;
    assert_int_equal(ensemble_set_weights(e, weights, n), 0);
    assert_int_equal(ensemble_set_method(e, next_random(2) > 0 ? ENSEMBLE_SUM : ENSEMBLE_MEAN), 0);
}

TEST(test_a_summary_kept_step_by_step_is_one_made_anew)
{
    for (size_t n = 1; n <= 4; n++) {
        struct ensemble *e = ensemble_of(2);

        for (size_t i = 0; i < n; i++)
            add(e, data, ENSEMBLE_F32, 2);
        for (int steps = 0; steps < 2000; steps++) {
            const struct ens_summary before = (change(e, n), e->summary);

            if (e->plan.fault)
                continue;
            ens_inputs_rebind(e);
            assert_true(before.rows == e->summary.rows && before.dtype == e->summary.dtype);
            assert_true(before.wrong == e->summary.wrong && before.other_dtypes == e->summary.other_dtypes);
            assert_true(before.f64 == e->summary.f64 && before.gaps == e->summary.gaps);
        }
        ensemble_destroy(e);
    }
}

TEST(test_a_fault_names_its_models)
{
    const double weights[] = {0, 1, 1, 1};
    struct ensemble *e = ensemble_of(2);
    struct ens_inputs inputs;
    struct ens_fault fault;

    for (size_t i = 0; i < 4; i++)
        add(e, data, ENSEMBLE_F32, i < 3 ? 2 : 5);
    assert_int_equal(ensemble_set_weights(e, weights, 4), 0);
    assert_int_equal(ens_inputs_take_bound(&inputs, e, 0, &fault), ENSEMBLE_EROWS);
    assert_int_equal(fault.model, 3);
    assert_int_equal(fault.other, 1);
    assert_int_equal(ensemble_set_model_output(e, 2, NULL, ENSEMBLE_F32, 2, 0), 0);
    assert_int_equal(ens_inputs_take_bound(&inputs, e, 0, &fault), ENSEMBLE_EMISSING);
    assert_int_equal(fault.model, 2);
    ensemble_destroy(e);
}

TEST(test_a_fault_of_the_weights_comes_first)
{
    struct ensemble *e = example();
    struct ens_inputs inputs;
    struct ens_fault fault;

    add(e, NULL, ENSEMBLE_F32, 9);
    assert_int_equal(ens_inputs_take_bound(&inputs, e, 0, &fault), ENSEMBLE_EWEIGHTS);
    ensemble_destroy(e);
}

/* Outputs of a newer header, whose elements are larger; they are taken in place of those that are bound. */
TEST(test_outputs_given_with_a_call)
{
    const struct {
        struct ensemble_output known;
        char added[8];
    } outputs[] = {{{data, 2, 0, ENSEMBLE_F32, 0}, ""}, {{data + 8, 3, 0, ENSEMBLE_F64, 0}, ""}};
    const double weights[] = {0, 1};
    const struct ens_array given = {(const unsigned char *)outputs, sizeof *outputs, 0};
    struct ensemble *e = ensemble_of(2);
    struct ens_inputs inputs;
    struct ens_summary own;
    struct ens_fault fault;

    add(e, NULL, ENSEMBLE_F32, 1);
    add(e, NULL, ENSEMBLE_F32, 1);
    assert_int_equal(ens_inputs_take_given(&inputs, e, &given, &own, &fault), ENSEMBLE_EROWS);
    assert_true(fault.model == 1 && fault.other == 0);
    assert_int_equal(ensemble_set_weights(e, weights, 2), 0);
    assert_int_equal(ens_inputs_take_given(&inputs, e, &given, &own, &fault), 0);
    assert_ptr_equal(ens_input(&inputs, 1).data, outputs[1].known.data);
    assert_int_equal(ens_input(&inputs, 1).rows, 3);
    assert_ptr_equal(inputs.summary, &own);
    assert_true(own.rows == 3 && own.f64 == 1 && own.other_dtypes == 0);
    ensemble_destroy(e);
}

/* One element stands for all models, whose data is as far from each other. */
TEST(test_outputs_that_are_as_far_apart)
{
    const struct ensemble_output output = {data, 2, 0, ENSEMBLE_F32, 0};
    const struct ens_array given = {(const unsigned char *)&output, 0, 4 * sizeof(float)};
    struct ensemble *e = ensemble_of(2);
    struct ens_inputs inputs;
    struct ens_summary own;
    struct ens_fault fault;

    add(e, NULL, ENSEMBLE_F64, 1);
    add(e, NULL, ENSEMBLE_F64, 7);
    assert_int_equal(ens_inputs_take_given(&inputs, e, &given, &own, &fault), 0);
    for (size_t i = 0; i < 2; i++)
        assert_ptr_equal(ens_input(&inputs, i).data, (const unsigned char *)data + i * 4 * sizeof(float));
    assert_true(own.rows == 2 && own.dtype == ENSEMBLE_F32 && own.wrong == 0);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_output_that_is_well_formed),
        cmocka_unit_test(test_the_faults_of_one_output),
        cmocka_unit_test(test_what_the_outputs_have_in_common),
        cmocka_unit_test(test_models_that_take_no_part_do_not_count),
        cmocka_unit_test(test_a_summary_kept_step_by_step_is_one_made_anew),
        cmocka_unit_test(test_a_fault_names_its_models),
        cmocka_unit_test(test_a_fault_of_the_weights_comes_first),
        cmocka_unit_test(test_outputs_given_with_a_call),
        cmocka_unit_test(test_outputs_that_are_as_far_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
