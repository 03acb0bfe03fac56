/* SPDX-License-Identifier: MIT */
/*
 * The public structs and constants, member by member: these numbers are the ABI, and never change. They are
 * checked when this file is compiled, where pointers have 64 bits (LP64) and where they have 32 (ILP32).
 */
#include "support.h"

#define POINTER sizeof(void *)
#define AT(type, member, offset)                                                                                     \
    _Static_assert(offsetof(struct type, member) == (offset), "the offset of " #member " never changes")
#define SIZED(type, size) _Static_assert(sizeof(struct type) == (size), "the size of " #type " changes by no accident")

_Static_assert(sizeof(size_t) == sizeof(void *), "size_t and pointers have one size");
_Static_assert(sizeof(void (*)(void)) == sizeof(void *), "functions' addresses too");

AT(ensemble_options, struct_size, 0);
AT(ensemble_options, reserved, 4);
AT(ensemble_options, allocate, 8);
AT(ensemble_options, release, 8 + POINTER);
AT(ensemble_options, user, 8 + 2 * POINTER);
AT(ensemble_options, isa, 8 + 3 * POINTER);
SIZED(ensemble_options, 8 + 4 * POINTER);

AT(ensemble_output, data, 0);
AT(ensemble_output, rows, POINTER);
AT(ensemble_output, row_stride, 2 * POINTER);
AT(ensemble_output, dtype, 3 * POINTER);
AT(ensemble_output, reserved, 3 * POINTER + 4);
SIZED(ensemble_output, 3 * POINTER + 8);

AT(ensemble_call, struct_size, 0);
AT(ensemble_call, output_size, 4);
AT(ensemble_call, outputs, 8);
AT(ensemble_call, n_outputs, 8 + POINTER);
AT(ensemble_call, row_begin, 8 + 2 * POINTER);
AT(ensemble_call, row_count, 8 + 3 * POINTER);
AT(ensemble_call, result, 8 + 4 * POINTER);
AT(ensemble_call, result_count, 8 + 5 * POINTER);
AT(ensemble_call, result_stride, 8 + 6 * POINTER);
AT(ensemble_call, workspace, 8 + 7 * POINTER);
AT(ensemble_call, workspace_size, 8 + 8 * POINTER);
AT(ensemble_call, dtype, 8 + 9 * POINTER);
AT(ensemble_call, reserved, 12 + 9 * POINTER);
AT(ensemble_call, row_weights, 16 + 9 * POINTER);
AT(ensemble_call, row_weights_count, 16 + 10 * POINTER);
AT(ensemble_call, report, 16 + 11 * POINTER);
AT(ensemble_call, parallel_for, 16 + 12 * POINTER);
AT(ensemble_call, parallel_user, 16 + 13 * POINTER);
SIZED(ensemble_call, 16 + 14 * POINTER);

AT(ensemble_report, struct_size, 0);
AT(ensemble_report, reserved, 4);
AT(ensemble_report, rows, 8);
AT(ensemble_report, width, 8 + POINTER);
AT(ensemble_report, models, 8 + 2 * POINTER);
#define FIELD(place, member) AT(ensemble_report, member, 8 + (place) * POINTER);
#define FIELDS(X)                                                                                                    \
    X(3, label) X(4, confidence) X(5, margin) X(6, tied) X(7, entropy) X(8, mean_entropy) X(9, mutual_information)   \
    X(10, vote_disagreement) X(11, variation_ratio) X(12, conflict) X(13, weight_present) X(14, models_present)      \
    X(15, row_fault) X(16, settled) X(17, variance) X(18, contribution) X(19, influence) X(20, flips) X(21, top)     \
    X(22, top_labels) X(23, top_values)
FIELDS(FIELD)
SIZED(ensemble_report, 8 + 24 * POINTER);

AT(ensemble_fit_options, struct_size, 0);
AT(ensemble_fit_options, how, 4);
AT(ensemble_fit_options, objective, 8);
AT(ensemble_fit_options, constraint, 12);
AT(ensemble_fit_options, calibrate, 16);
AT(ensemble_fit_options, folds, 20);
AT(ensemble_fit_options, bags, 24);
AT(ensemble_fit_options, reserved, 28);
AT(ensemble_fit_options, seed, 32);
AT(ensemble_fit_options, ridge, 40);
AT(ensemble_fit_options, temperature, 48);
AT(ensemble_fit_options, budget, 56);
AT(ensemble_fit_options, cost, 64);
AT(ensemble_fit_options, n_costs, 64 + POINTER);
AT(ensemble_fit_options, max_models, 64 + 2 * POINTER);
AT(ensemble_fit_options, rounds, 64 + 3 * POINTER);
AT(ensemble_fit_options, metric, 64 + 4 * POINTER);
AT(ensemble_fit_options, user, 64 + 5 * POINTER);
SIZED(ensemble_fit_options, 64 + 6 * POINTER);

AT(ensemble_fit_report, struct_size, 0);
AT(ensemble_fit_report, exact, 4);
AT(ensemble_fit_report, best_model, 8);
AT(ensemble_fit_report, iterations, 12);
AT(ensemble_fit_report, uniform, 16);
AT(ensemble_fit_report, best_single, 24);
AT(ensemble_fit_report, objective, 32);
AT(ensemble_fit_report, held_out, 40);
AT(ensemble_fit_report, gap, 48);
AT(ensemble_fit_report, temperature, 56);
AT(ensemble_fit_report, log_loss, 64);
AT(ensemble_fit_report, rows_used, 72);
AT(ensemble_fit_report, models_used, 72 + POINTER);
AT(ensemble_fit_report, models, 72 + 2 * POINTER);
AT(ensemble_fit_report, weights, 72 + 3 * POINTER);
AT(ensemble_fit_report, single, 72 + 4 * POINTER);
AT(ensemble_fit_report, temperatures, 72 + 5 * POINTER);
AT(ensemble_fit_report, rounds, 72 + 6 * POINTER);
AT(ensemble_fit_report, trajectory, 72 + 7 * POINTER);
SIZED(ensemble_fit_report, 72 + 8 * POINTER);

AT(ensemble_fusion, struct_size, 0);
AT(ensemble_fusion, method, 4);
AT(ensemble_fusion, normaliser, 8);
AT(ensemble_fusion, score_dtype, 12);
AT(ensemble_fusion, k, 16);
AT(ensemble_fusion, weights, 24);
AT(ensemble_fusion, scores, 24 + POINTER);
AT(ensemble_fusion, contributions, 24 + 2 * POINTER);
AT(ensemble_fusion, contributions_count, 24 + 3 * POINTER);
AT(ensemble_fusion, workspace, 24 + 4 * POINTER);
AT(ensemble_fusion, workspace_size, 24 + 5 * POINTER);
SIZED(ensemble_fusion, 24 + 6 * POINTER);

#if UINTPTR_MAX == UINT64_MAX
SIZED(ensemble_options, 40);
SIZED(ensemble_output, 32);
SIZED(ensemble_call, 128);
SIZED(ensemble_report, 200);
SIZED(ensemble_fit_options, 112);
SIZED(ensemble_fit_report, 136);
SIZED(ensemble_fusion, 72);
#else
SIZED(ensemble_options, 24);
SIZED(ensemble_output, 20);
SIZED(ensemble_call, 72);
SIZED(ensemble_report, 104);
SIZED(ensemble_fit_options, 88);
SIZED(ensemble_fit_report, 104);
SIZED(ensemble_fusion, 48);
#endif

/* The sum of the sizes of the members: what is more would be padding. */
#define SIZE(type, member) sizeof(((struct type *)NULL)->member)

TEST(test_options_have_no_padding)
{
    assert_int_equal(sizeof(struct ensemble_options),
                     SIZE(ensemble_options, struct_size) + SIZE(ensemble_options, reserved) +
                         SIZE(ensemble_options, allocate) + SIZE(ensemble_options, release) +
                         SIZE(ensemble_options, user) + SIZE(ensemble_options, isa));
}

TEST(test_output_has_no_padding)
{
    assert_int_equal(sizeof(struct ensemble_output),
                     SIZE(ensemble_output, data) + SIZE(ensemble_output, rows) + SIZE(ensemble_output, row_stride) +
                         SIZE(ensemble_output, dtype) + SIZE(ensemble_output, reserved));
}

TEST(test_call_has_no_padding)
{
    assert_int_equal(sizeof(struct ensemble_call),
                     SIZE(ensemble_call, struct_size) + SIZE(ensemble_call, output_size) +
                         SIZE(ensemble_call, outputs) + SIZE(ensemble_call, n_outputs) +
                         SIZE(ensemble_call, row_begin) + SIZE(ensemble_call, row_count) + SIZE(ensemble_call, result) +
                         SIZE(ensemble_call, result_count) + SIZE(ensemble_call, result_stride) +
                         SIZE(ensemble_call, workspace) + SIZE(ensemble_call, workspace_size) +
                         SIZE(ensemble_call, dtype) + SIZE(ensemble_call, reserved) +
                         SIZE(ensemble_call, row_weights) + SIZE(ensemble_call, row_weights_count) +
                         SIZE(ensemble_call, report) + SIZE(ensemble_call, parallel_for) +
                         SIZE(ensemble_call, parallel_user));
}

#define OPTION(member) SIZE(ensemble_fit_options, member)
TEST(test_fit_options_have_no_padding)
{
    assert_int_equal(sizeof(struct ensemble_fit_options),
                     OPTION(struct_size) + OPTION(how) + OPTION(objective) + OPTION(constraint) + OPTION(calibrate) +
                         OPTION(folds) + OPTION(bags) + OPTION(reserved) + OPTION(seed) + OPTION(ridge) +
                         OPTION(temperature) + OPTION(budget) + OPTION(cost) + OPTION(n_costs) + OPTION(max_models) +
                         OPTION(rounds) + OPTION(metric) + OPTION(user));
}

#define LEARNED(member) SIZE(ensemble_fit_report, member)
TEST(test_fit_report_has_no_padding)
{
    assert_int_equal(sizeof(struct ensemble_fit_report),
                     LEARNED(struct_size) + LEARNED(exact) + LEARNED(best_model) + LEARNED(iterations) +
                         LEARNED(uniform) + LEARNED(best_single) + LEARNED(objective) + LEARNED(held_out) +
                         LEARNED(gap) + LEARNED(temperature) + LEARNED(log_loss) + LEARNED(rows_used) +
                         LEARNED(models_used) + LEARNED(models) + LEARNED(weights) + LEARNED(single) +
                         LEARNED(temperatures) + LEARNED(rounds) + LEARNED(trajectory));
}

#define FUSION(member) SIZE(ensemble_fusion, member)
TEST(test_fusion_has_no_padding)
{
    assert_int_equal(sizeof(struct ensemble_fusion),
                     FUSION(struct_size) + FUSION(method) + FUSION(normaliser) + FUSION(score_dtype) + FUSION(k) +
                         FUSION(weights) + FUSION(scores) + FUSION(contributions) + FUSION(contributions_count) +
                         FUSION(workspace) + FUSION(workspace_size));
}

TEST(test_the_size_of_a_struct_comes_first)
{
    const struct ensemble_options options = {.struct_size = 0x01020304};
    const struct ensemble_call call = {.struct_size = 0x01020304};
    const struct ensemble_fit_options fit_options = {.struct_size = 0x01020304};
    const struct ensemble_fit_report fit_report = {.struct_size = 0x01020304};
    const struct ensemble_fusion fusion = {.struct_size = 0x01020304};
    const uint32_t size = 0x01020304;

    assert_memory_equal(&options, &size, sizeof size);
    assert_memory_equal(&call, &size, sizeof size);
    assert_memory_equal(&fit_options, &size, sizeof size);
    assert_memory_equal(&fit_report, &size, sizeof size);
    assert_memory_equal(&fusion, &size, sizeof size);
}

TEST(test_the_numbers_of_fusions)
{
    assert_int_equal(ENSEMBLE_FUSE_RRF, 0);
    assert_int_equal(ENSEMBLE_FUSE_SUM, 1);
    assert_int_equal(ENSEMBLE_FUSE_MNZ, 2);
    assert_int_equal(ENSEMBLE_FUSE_ANZ, 3);
    assert_int_equal(ENSEMBLE_FUSE_BORDA, 4);
    assert_int_equal(ENSEMBLE_NORM_MIN_MAX, 0);
    assert_int_equal(ENSEMBLE_NORM_Z, 1);
    assert_int_equal(ENSEMBLE_NORM_MAX, 2);
    assert_int_equal(ENSEMBLE_NORM_SUM, 3);
    assert_int_equal(ENSEMBLE_NORM_NONE, 4);
}

TEST(test_the_numbers_of_dtypes_and_methods)
{
    assert_int_equal(ENSEMBLE_F32, 1);
    assert_int_equal(ENSEMBLE_F64, 2);
    assert_int_equal(ENSEMBLE_F16, 3);
    assert_int_equal(ENSEMBLE_BF16, 4);
    assert_int_equal(ENSEMBLE_I32, 5);
    assert_int_equal(ENSEMBLE_SUM, 0);
    assert_int_equal(ENSEMBLE_MEAN, 1);
    assert_int_equal(ENSEMBLE_GEOMETRIC, 2);
    assert_int_equal(ENSEMBLE_HARMONIC, 3);
    assert_int_equal(ENSEMBLE_POWER, 4);
    assert_int_equal(ENSEMBLE_LOG_POOL, 5);
    assert_int_equal(ENSEMBLE_PRODUCT, 6);
    assert_int_equal(ENSEMBLE_MEDIAN, 7);
    assert_int_equal(ENSEMBLE_TRIMMED, 8);
    assert_int_equal(ENSEMBLE_MIN, 9);
    assert_int_equal(ENSEMBLE_MAX, 10);
    assert_int_equal(ENSEMBLE_VOTE, 11);
    assert_int_equal(ENSEMBLE_RANK, 12);
}

TEST(test_the_numbers_of_parameters_spaces_forms_and_policies)
{
    assert_int_equal(ENSEMBLE_EXPONENT, 1);
    assert_int_equal(ENSEMBLE_TRIM, 2);
    assert_int_equal(ENSEMBLE_FLOOR, 3);
    assert_int_equal(ENSEMBLE_AS_IS, 0);
    assert_int_equal(ENSEMBLE_PROBABILITIES, 1);
    assert_int_equal(ENSEMBLE_LOG_PROBABILITIES, 2);
    assert_int_equal(ENSEMBLE_LOGITS, 3);
    assert_int_equal(ENSEMBLE_BINARY_LOGITS, 4);
    assert_int_equal(ENSEMBLE_LABELS, 5);
    assert_int_equal(ENSEMBLE_RESULT_AS_IS, 0);
    assert_int_equal(ENSEMBLE_RESULT_NORMALISED, 1);
    assert_int_equal(ENSEMBLE_RESULT_LOG, 2);
    assert_int_equal(ENSEMBLE_RESULT_SOFTMAX, 3);
    assert_int_equal(ENSEMBLE_RESULT_TEMPERED, 4);
    assert_int_equal(ENSEMBLE_LEAVE_OUT_MISSING, 1);
    assert_int_equal(ENSEMBLE_LEAVE_OUT_NAN, 2);
    assert_int_equal(ENSEMBLE_LEAVE_OUT_ABSENT, 4);
}

TEST(test_the_numbers_of_faults_fields_and_similarities)
{
    const int faults[] = {ENSEMBLE_ROW_SOUND, ENSEMBLE_ROW_WEIGHT, ENSEMBLE_ROW_NOBODY,   ENSEMBLE_ROW_QUORUM,
                          ENSEMBLE_ROW_LABEL, ENSEMBLE_ROW_NAN,    ENSEMBLE_ROW_RULED_OUT};
    const int fields[] = {ENSEMBLE_MEASURE_LABEL,          ENSEMBLE_MEASURE_CONFIDENCE,
                          ENSEMBLE_MEASURE_MARGIN,         ENSEMBLE_MEASURE_TIED,
                          ENSEMBLE_MEASURE_ENTROPY,        ENSEMBLE_MEASURE_MEAN_ENTROPY,
                          ENSEMBLE_MEASURE_MUTUAL_INFORMATION, ENSEMBLE_MEASURE_VOTE_DISAGREEMENT,
                          ENSEMBLE_MEASURE_VARIATION_RATIO, ENSEMBLE_MEASURE_CONFLICT,
                          ENSEMBLE_MEASURE_WEIGHT_PRESENT, ENSEMBLE_MEASURE_MODELS_PRESENT,
                          ENSEMBLE_MEASURE_ROW_FAULT,      ENSEMBLE_MEASURE_SETTLED,
                          ENSEMBLE_MEASURE_VARIANCE,       ENSEMBLE_MEASURE_CONTRIBUTION,
                          ENSEMBLE_MEASURE_INFLUENCE,      ENSEMBLE_MEASURE_FLIPS};

    for (size_t i = 0; i < LENGTH(faults); i++)
        assert_int_equal(faults[i], i);
    for (size_t i = 0; i < LENGTH(fields); i++)
        assert_int_equal(fields[i], i + 1);
    assert_int_equal(ENSEMBLE_SIMILARITY_CORRELATION, 1);
    assert_int_equal(ENSEMBLE_SIMILARITY_AGREEMENT, 2);
    assert_int_equal(ENSEMBLE_SIMILARITY_DIFFERENCE, 3);
}

TEST(test_the_numbers_of_learning)
{
    assert_int_equal(ENSEMBLE_SCORE_LOG_LOSS, 1);
    assert_int_equal(ENSEMBLE_SCORE_SQUARED_ERROR, 2);
    assert_int_equal(ENSEMBLE_SCORE_ACCURACY, 3);
    assert_int_equal(ENSEMBLE_SCORE_AUC, 4);
    assert_int_equal(ENSEMBLE_SCORE_CALIBRATION_ERROR, 5);
    assert_int_equal(ENSEMBLE_FIT_CONVEX, 0);
    assert_int_equal(ENSEMBLE_FIT_GREEDY, 1);
    assert_int_equal(ENSEMBLE_FIT_INVERSE_ERROR, 2);
    assert_int_equal(ENSEMBLE_FIT_LOG_ODDS, 3);
    assert_int_equal(ENSEMBLE_FIT_SOFTMAX, 4);
    assert_int_equal(ENSEMBLE_FIT_NOTHING, 5);
    assert_int_equal(ENSEMBLE_SIMPLEX, 0);
    assert_int_equal(ENSEMBLE_NONNEGATIVE, 1);
    assert_int_equal(ENSEMBLE_UNCONSTRAINED, 2);
    assert_int_equal(ENSEMBLE_CALIBRATE_MODELS, 1);
    assert_int_equal(ENSEMBLE_CALIBRATE_RESULT, 2);
}

TEST(test_the_numbers_of_errors)
{
    const int errors[] = {
        ENSEMBLE_ENULL,    ENSEMBLE_EWIDTH,    ENSEMBLE_EDTYPE,     ENSEMBLE_EMETHOD,  ENSEMBLE_EMODEL,
        ENSEMBLE_EEMPTY,   ENSEMBLE_EMISSING,  ENSEMBLE_EROWS,      ENSEMBLE_ESTRIDE,  ENSEMBLE_ECOUNT,
        ENSEMBLE_ERANGE,   ENSEMBLE_EWEIGHTS,  ENSEMBLE_ENOTFINITE, ENSEMBLE_EZEROSUM, ENSEMBLE_EOVERLAP,
        ENSEMBLE_EOVERFLOW, ENSEMBLE_ENOMEM,   ENSEMBLE_EISA,       ENSEMBLE_ESTRUCT,  ENSEMBLE_E2BIG,
        ENSEMBLE_EPARAMETER, ENSEMBLE_ENEGATIVE, ENSEMBLE_EQUORUM,  ENSEMBLE_ESPACE,   ENSEMBLE_EMAP,
        ENSEMBLE_EREPORT,  ENSEMBLE_EFIT,      ENSEMBLE_ETARGET,    ENSEMBLE_ENAME,    ENSEMBLE_ETEXT,
        ENSEMBLE_EVERSION, ENSEMBLE_ETENSOR,
    };

    for (size_t i = 0; i < LENGTH(errors); i++)
        assert_int_equal(errors[i], -1 - (int)i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_have_no_padding),
        cmocka_unit_test(test_output_has_no_padding),
        cmocka_unit_test(test_call_has_no_padding),
        cmocka_unit_test(test_fit_options_have_no_padding),
        cmocka_unit_test(test_fit_report_has_no_padding),
        cmocka_unit_test(test_fusion_has_no_padding),
        cmocka_unit_test(test_the_size_of_a_struct_comes_first),
        cmocka_unit_test(test_the_numbers_of_dtypes_and_methods),
        cmocka_unit_test(test_the_numbers_of_parameters_spaces_forms_and_policies),
        cmocka_unit_test(test_the_numbers_of_faults_fields_and_similarities),
        cmocka_unit_test(test_the_numbers_of_learning),
        cmocka_unit_test(test_the_numbers_of_fusions),
        cmocka_unit_test(test_the_numbers_of_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
