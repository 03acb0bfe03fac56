/* SPDX-License-Identifier: MIT */
/*
 * A loop that the caller lends: whatever it does with its turns, the results are those of one piece, to the bit; and
 * what is small, or wrong, does not come to it.
 */
#include "loops.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums_in_pieces),         cmocka_unit_test(test_a_result_past_the_caches),
        cmocka_unit_test(test_methods_in_pieces),      cmocka_unit_test(test_a_result_in_place),
        cmocka_unit_test(test_reports_in_pieces),      cmocka_unit_test(test_row_weights_and_faults),
        cmocka_unit_test(test_small_calls_stay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
