/* SPDX-License-Identifier: MIT */
/* One combine in detail: ranges of rows, room for the result, strides, workspace: src/plan/run.c. */
#include "support.h"

#define ROWS 5
#define WIDTH 3

static float counted[ROWS * WIDTH]; /* 0, 1, 2, ... */

/* One model that says 0, 1, 2, ..., so the result shows which rows were combined, and where they went. */
static struct ensemble *counting(void)
{
    struct ensemble *e = ensemble_of(WIDTH);

    for (size_t i = 0; i < ROWS * WIDTH; i++)
        counted[i] = (float)i;
    add(e, counted, ENSEMBLE_F32, ROWS);
    return e;
}

static struct ensemble_call call_into(float *y, size_t count)
{
    return (struct ensemble_call){
        .struct_size = sizeof(struct ensemble_call), .result = y, .result_count = count, .dtype = ENSEMBLE_F32};
}

static void assert_run_fails(const struct ensemble *e, const struct ensemble_call *call, int code)
{
    poison(call->result, ROWS * WIDTH * sizeof(float));
    assert_int_equal(ensemble_run(e, call), code);
    assert_poisoned(call->result, ROWS * WIDTH * sizeof(float));
}

TEST(test_run_without_a_range_combines_all_rows)
{
    struct ensemble *e = counting();
    float y[ROWS * WIDTH];
    const struct ensemble_call call = call_into(y, ROWS * WIDTH);

    assert_int_equal(ensemble_run(e, &call), 0);
    assert_memory_equal(y, counted, sizeof y);
    ensemble_destroy(e);
}

TEST(test_run_combines_every_range_of_rows)
{
    struct ensemble *e = counting();

    for (size_t begin = 0; begin < ROWS; begin++)
        for (size_t count = 1; count <= ROWS - begin; count++) {
            float y[ROWS * WIDTH];
            struct ensemble_call call = call_into(y, count * WIDTH);

            poison(y, sizeof y);
            call.row_begin = begin;
            call.row_count = count;
            assert_int_equal(ensemble_run(e, &call), 0);
            assert_memory_equal(y, counted + begin * WIDTH, count * WIDTH * sizeof *y);
            assert_poisoned(y + count * WIDTH, sizeof y - count * WIDTH * sizeof *y);
        }
    ensemble_destroy(e);
}

TEST(test_run_with_row_count_0_goes_to_the_end)
{
    struct ensemble *e = counting();
    float y[ROWS * WIDTH];
    struct ensemble_call call = call_into(y, 2 * WIDTH);

    poison(y, sizeof y);
    call.row_begin = 3;
    assert_int_equal(ensemble_run(e, &call), 0);
    assert_memory_equal(y, counted + 3 * WIDTH, 2 * WIDTH * sizeof *y);
    assert_poisoned(y + 2 * WIDTH, sizeof y - 2 * WIDTH * sizeof *y);
    ensemble_destroy(e);
}

TEST(test_run_from_the_last_row_s_end_writes_nothing)
{
    struct ensemble *e = counting();
    float y[ROWS * WIDTH];
    struct ensemble_call call = call_into(y, 0);

    call.row_begin = ROWS;
    assert_run_fails(e, &call, 0);
    call.result_count = ROWS * WIDTH;
    assert_run_fails(e, &call, 0);
    call.result = NULL;
    assert_int_equal(ensemble_run(e, &call), 0);
    ensemble_destroy(e);
}

TEST(test_run_of_rows_that_are_not_there_is_an_error)
{
    const size_t ranges[][2] = {
        {ROWS + 1, 0}, {ROWS, 1}, {0, ROWS + 1}, {1, ROWS},
        {SIZE_MAX, 1}, {SIZE_MAX - 1, 3}, {2, SIZE_MAX}, {0, SIZE_MAX},
        {SIZE_MAX, 0}, {SIZE_MAX, SIZE_MAX},
    };
    struct ensemble *e = counting();
    float y[ROWS * WIDTH];
    struct ensemble_call call = call_into(y, ROWS * WIDTH);

    for (size_t i = 0; i < LENGTH(ranges); i++) {
        call.row_begin = ranges[i][0];
        call.row_count = ranges[i][1];
        assert_run_fails(e, &call, ENSEMBLE_ERANGE);
    }
    ensemble_destroy(e);
}

TEST(test_run_wants_room_for_the_rows_and_takes_more)
{
    struct ensemble *e = counting();
    float y[ROWS * WIDTH];
    struct ensemble_call call = call_into(y, 0);

    call.row_begin = 1;
    call.row_count = 2;
    for (size_t count = 0; count < 2 * WIDTH; count++) {
        call.result_count = count;
        assert_run_fails(e, &call, ENSEMBLE_ECOUNT);
    }
    for (size_t i = 0; i < 3; i++) {
        const size_t enough[] = {2 * WIDTH, 2 * WIDTH + 1, SIZE_MAX};

        call.result_count = enough[i];
        poison(y, sizeof y);
        assert_int_equal(ensemble_run(e, &call), 0);
        assert_memory_equal(y, counted + WIDTH, 2 * WIDTH * sizeof *y);
        assert_poisoned(y + 2 * WIDTH, sizeof y - 2 * WIDTH * sizeof *y);
    }
    ensemble_destroy(e);
}

TEST(test_run_does_not_write_the_gaps_of_its_result)
{
    struct ensemble *e = counting();
    float y[ROWS * 7];
    struct ensemble_call call = call_into(y, (ROWS - 1) * 7 + WIDTH);

    poison(y, sizeof y);
    call.result_stride = 7;
    assert_int_equal(ensemble_run(e, &call), 0);
    for (size_t row = 0; row < ROWS; row++) {
        assert_memory_equal(y + row * 7, counted + row * WIDTH, WIDTH * sizeof *y);
        assert_poisoned(y + row * 7 + WIDTH, 4 * sizeof *y);
    }
    ensemble_destroy(e);
}

TEST(test_run_wants_room_up_to_the_end_of_the_last_row_only)
{
    struct ensemble *e = counting();
    float y[ROWS * 7];
    struct ensemble_call call = call_into(y, (ROWS - 1) * 7 + WIDTH - 1);

    call.result_stride = 7;
    assert_run_fails(e, &call, ENSEMBLE_ECOUNT);
    call.result_count++;
    assert_int_equal(ensemble_run(e, &call), 0);
    ensemble_destroy(e);
}

TEST(test_run_with_a_stride_smaller_than_the_width_is_an_error)
{
    struct ensemble *e = counting();
    float y[ROWS * WIDTH];
    struct ensemble_call call = call_into(y, ROWS * WIDTH);

    for (size_t stride = 1; stride < WIDTH; stride++) {
        call.result_stride = stride;
        assert_run_fails(e, &call, ENSEMBLE_ESTRIDE);
    }
    call.result_stride = WIDTH;
    assert_int_equal(ensemble_run(e, &call), 0);
    ensemble_destroy(e);
}

TEST(test_run_into_an_unknown_dtype_is_an_error)
{
    struct ensemble *e = counting();
    float y[ROWS * WIDTH];
    struct ensemble_call call = call_into(y, ROWS * WIDTH);

    for (size_t i = 0; i < LENGTH(no_result_dtypes); i++) {
        call.dtype = no_result_dtypes[i];
        assert_run_fails(e, &call, ENSEMBLE_EDTYPE);
    }
    ensemble_destroy(e);
}

TEST(test_run_into_more_than_the_address_space_is_an_error)
{
    const size_t strides[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 4, SIZE_MAX / 4 / 4 + 1};
    struct ensemble *e = counting();
    float y[ROWS * WIDTH];
    struct ensemble_call call = call_into(y, SIZE_MAX);

    for (size_t i = 0; i < LENGTH(strides); i++) {
        call.result_stride = strides[i];
        assert_run_fails(e, &call, ENSEMBLE_EOVERFLOW);
    }
    call.result_stride = 0;
    call.result = (void *)(UINTPTR_MAX - sizeof y + 1); /* its end would be address 0 */
    assert_int_equal(ensemble_run(e, &call), ENSEMBLE_EOVERFLOW);
    ensemble_destroy(e);
}

TEST(test_run_of_one_row_takes_any_stride)
{
    const size_t strides[] = {WIDTH, 1000, SIZE_MAX / 4 + 1, SIZE_MAX / 2 + 1, SIZE_MAX};
    struct ensemble *e = counting();
    float y[ROWS * WIDTH];
    struct ensemble_call call = call_into(y, WIDTH);

    call.row_begin = 2;
    call.row_count = 1;
    for (size_t i = 0; i < LENGTH(strides); i++) {
        poison(y, sizeof y);
        call.result_stride = strides[i];
        assert_int_equal(ensemble_run(e, &call), 0);
        assert_memory_equal(y, counted + 2 * WIDTH, WIDTH * sizeof *y);
        assert_poisoned(y + WIDTH, sizeof y - WIDTH * sizeof *y);
    }
    ensemble_destroy(e);
}

TEST(test_run_reads_ranges_of_outputs_with_gaps)
{
    float gaps[ROWS * 4], y[WIDTH];
    const struct ensemble_output output = {.data = gaps, .rows = ROWS, .row_stride = 4, .dtype = ENSEMBLE_F32};
    struct ensemble *e = counting();
    struct ensemble_call call = call_into(y, WIDTH);

    for (size_t i = 0; i < ROWS * 4; i++)
        gaps[i] = i % 4 == 3 ? (float)NAN : (float)i;
    call.outputs = &output;
    call.output_size = sizeof output;
    call.n_outputs = 1;
    call.row_begin = 3;
    call.row_count = 1;
    assert_int_equal(ensemble_run(e, &call), 0);
    assert_memory_equal(y, gaps + 12, sizeof y);
    ensemble_destroy(e);
}

/* Three models of every kind, 5 rows x 3, with weights that no type holds exactly. */
static struct ensemble *mixed(void)
{
    static double f64[ROWS * WIDTH];
    static uint16_t f16[ROWS * WIDTH], bf16[ROWS * WIDTH];
    const double weights[] = {.1, .7, -.3};
    struct ensemble *e = ensemble_of(WIDTH);

    for (size_t i = 0; i < ROWS * WIDTH; i++) {
        f64[i] = 1.0 / (double)(i + 3);
        f16[i] = (uint16_t)(0x3000 + 37 * i);
        bf16[i] = (uint16_t)(0x3F00 + 11 * i);
    }
    add(e, f16, ENSEMBLE_F16, ROWS);
    add(e, bf16, ENSEMBLE_BF16, ROWS);
    add(e, f64, ENSEMBLE_F64, ROWS);
    assert_int_equal(ensemble_set_weights(e, weights, 3), 0);
    return e;
}

TEST(test_splitting_the_rows_over_calls_does_not_change_a_bit)
{
    struct ensemble *e = mixed();

    for (int32_t dtype = ENSEMBLE_F32; dtype <= ENSEMBLE_BF16; dtype++) {
        const size_t size = dtype == ENSEMBLE_F64 ? 8 : dtype == ENSEMBLE_F32 ? 4 : 2;
        unsigned char whole[ROWS * WIDTH * 8], parts[ROWS * WIDTH * 8];

        assert_int_equal(ensemble_combine(e, whole, dtype, ROWS * WIDTH), 0);
        for (size_t rows = 1; rows <= ROWS; rows++) { /* in each part but the last */
            poison(parts, sizeof parts);
            for (size_t row = 0; row < ROWS; row += rows) {
                struct ensemble_call call = {.struct_size = sizeof call, .row_begin = row, .dtype = dtype};

                call.row_count = rows < ROWS - row ? rows : 0;
                call.result = parts + row * WIDTH * size;
                call.result_count = (ROWS - row) * WIDTH;
                assert_int_equal(ensemble_run(e, &call), 0);
            }
            assert_memory_equal(parts, whole, ROWS * WIDTH * size);
        }
    }
    ensemble_destroy(e);
}

TEST(test_a_workspace_of_any_size_does_not_change_a_bit)
{
    struct ensemble *e = mixed();
    unsigned char workspace[64];
    float expected[ROWS * WIDTH], y[ROWS * WIDTH];
    struct ensemble_call call = call_into(y, ROWS * WIDTH);

    assert_int_equal(ensemble_combine(e, expected, ENSEMBLE_F32, ROWS * WIDTH), 0);
    for (size_t size = 0; size < sizeof workspace; size += 21) {
        call.workspace = workspace + 1;
        call.workspace_size = size;
        poison(workspace, sizeof workspace);
        assert_int_equal(ensemble_run(e, &call), 0);
        assert_memory_equal(y, expected, sizeof y);
        assert_poisoned(workspace, sizeof workspace);
    }
    call.workspace = NULL;
    call.workspace_size = SIZE_MAX;
    assert_int_equal(ensemble_run(e, &call), 0);
    assert_memory_equal(y, expected, sizeof y);
    ensemble_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run_without_a_range_combines_all_rows),
        cmocka_unit_test(test_run_combines_every_range_of_rows),
        cmocka_unit_test(test_run_with_row_count_0_goes_to_the_end),
        cmocka_unit_test(test_run_from_the_last_row_s_end_writes_nothing),
        cmocka_unit_test(test_run_of_rows_that_are_not_there_is_an_error),
        cmocka_unit_test(test_run_wants_room_for_the_rows_and_takes_more),
        cmocka_unit_test(test_run_does_not_write_the_gaps_of_its_result),
        cmocka_unit_test(test_run_wants_room_up_to_the_end_of_the_last_row_only),
        cmocka_unit_test(test_run_with_a_stride_smaller_than_the_width_is_an_error),
        cmocka_unit_test(test_run_into_an_unknown_dtype_is_an_error),
        cmocka_unit_test(test_run_into_more_than_the_address_space_is_an_error),
        cmocka_unit_test(test_run_of_one_row_takes_any_stride),
        cmocka_unit_test(test_run_reads_ranges_of_outputs_with_gaps),
        cmocka_unit_test(test_splitting_the_rows_over_calls_does_not_change_a_bit),
        cmocka_unit_test(test_a_workspace_of_any_size_does_not_change_a_bit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
