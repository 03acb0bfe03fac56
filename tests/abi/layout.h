/* SPDX-License-Identifier: MIT */
/*
 * The public structs and constants, member by member: these numbers are the ABI, and never change. They are checked
 * when this file is compiled, and hold whatever the sizes of pointers and of `long` are: tests/abi/layout.sh compiles
 * it for LP64, LLP64 and ILP32, and tests/unit/test_layout.c for the machine at hand. It needs no C library.
 */
#ifndef TESTS_ABI_LAYOUT_H
#define TESTS_ABI_LAYOUT_H

#include <ensemble.h>
#include <ensemble_rank.h>

#define POINTER sizeof(void *)
#define AT(type, member, offset)                                                                                     \
    _Static_assert(offsetof(struct type, member) == (offset), "the offset of " #member " never changes")
#define IS(name, number) _Static_assert((name) == (number), "the number of " #name " never changes")
#define SIZED(type, size) _Static_assert(sizeof(struct type) == (size), "the size of " #type " changes by no accident")

/* That a compiler has the model of data that it was chosen for. */
#ifdef LONG_BYTES
_Static_assert(sizeof(long) == LONG_BYTES && sizeof(void *) == POINTER_BYTES, "another model of data");
#endif

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

IS(ENSEMBLE_F32, 1);
IS(ENSEMBLE_F64, 2);
IS(ENSEMBLE_F16, 3);
IS(ENSEMBLE_BF16, 4);
IS(ENSEMBLE_I32, 5);

IS(ENSEMBLE_SUM, 0);
IS(ENSEMBLE_MEAN, 1);
IS(ENSEMBLE_GEOMETRIC, 2);
IS(ENSEMBLE_HARMONIC, 3);
IS(ENSEMBLE_POWER, 4);
IS(ENSEMBLE_LOG_POOL, 5);
IS(ENSEMBLE_PRODUCT, 6);
IS(ENSEMBLE_MEDIAN, 7);
IS(ENSEMBLE_TRIMMED, 8);
IS(ENSEMBLE_MIN, 9);
IS(ENSEMBLE_MAX, 10);
IS(ENSEMBLE_VOTE, 11);
IS(ENSEMBLE_RANK, 12);

IS(ENSEMBLE_EXPONENT, 1);
IS(ENSEMBLE_TRIM, 2);
IS(ENSEMBLE_FLOOR, 3);

IS(ENSEMBLE_AS_IS, 0);
IS(ENSEMBLE_PROBABILITIES, 1);
IS(ENSEMBLE_LOG_PROBABILITIES, 2);
IS(ENSEMBLE_LOGITS, 3);
IS(ENSEMBLE_BINARY_LOGITS, 4);
IS(ENSEMBLE_LABELS, 5);

IS(ENSEMBLE_RESULT_AS_IS, 0);
IS(ENSEMBLE_RESULT_NORMALISED, 1);
IS(ENSEMBLE_RESULT_LOG, 2);
IS(ENSEMBLE_RESULT_SOFTMAX, 3);
IS(ENSEMBLE_RESULT_TEMPERED, 4);

IS(ENSEMBLE_LEAVE_OUT_MISSING, 1);
IS(ENSEMBLE_LEAVE_OUT_NAN, 2);
IS(ENSEMBLE_LEAVE_OUT_ABSENT, 4);

IS(ENSEMBLE_ENULL, -1);
IS(ENSEMBLE_EWIDTH, -2);
IS(ENSEMBLE_EDTYPE, -3);
IS(ENSEMBLE_EMETHOD, -4);
IS(ENSEMBLE_EMODEL, -5);
IS(ENSEMBLE_EEMPTY, -6);
IS(ENSEMBLE_EMISSING, -7);
IS(ENSEMBLE_EROWS, -8);
IS(ENSEMBLE_ESTRIDE, -9);
IS(ENSEMBLE_ECOUNT, -10);
IS(ENSEMBLE_ERANGE, -11);
IS(ENSEMBLE_EWEIGHTS, -12);
IS(ENSEMBLE_ENOTFINITE, -13);
IS(ENSEMBLE_EZEROSUM, -14);
IS(ENSEMBLE_EOVERLAP, -15);
IS(ENSEMBLE_EOVERFLOW, -16);
IS(ENSEMBLE_ENOMEM, -17);
IS(ENSEMBLE_EISA, -18);
IS(ENSEMBLE_ESTRUCT, -19);
IS(ENSEMBLE_E2BIG, -20);
IS(ENSEMBLE_EPARAMETER, -21);
IS(ENSEMBLE_ENEGATIVE, -22);
IS(ENSEMBLE_EQUORUM, -23);
IS(ENSEMBLE_ESPACE, -24);
IS(ENSEMBLE_EMAP, -25);
IS(ENSEMBLE_EREPORT, -26);
IS(ENSEMBLE_EFIT, -27);
IS(ENSEMBLE_ETARGET, -28);
IS(ENSEMBLE_ENAME, -29);
IS(ENSEMBLE_ETEXT, -30);
IS(ENSEMBLE_EVERSION, -31);
IS(ENSEMBLE_ETENSOR, -32);

IS(ENSEMBLE_ROW_SOUND, 0);
IS(ENSEMBLE_ROW_WEIGHT, 1);
IS(ENSEMBLE_ROW_NOBODY, 2);
IS(ENSEMBLE_ROW_QUORUM, 3);
IS(ENSEMBLE_ROW_LABEL, 4);
IS(ENSEMBLE_ROW_NAN, 5);
IS(ENSEMBLE_ROW_RULED_OUT, 6);

IS(ENSEMBLE_MEASURE_LABEL, 1);
IS(ENSEMBLE_MEASURE_CONFIDENCE, 2);
IS(ENSEMBLE_MEASURE_MARGIN, 3);
IS(ENSEMBLE_MEASURE_TIED, 4);
IS(ENSEMBLE_MEASURE_ENTROPY, 5);
IS(ENSEMBLE_MEASURE_MEAN_ENTROPY, 6);
IS(ENSEMBLE_MEASURE_MUTUAL_INFORMATION, 7);
IS(ENSEMBLE_MEASURE_VOTE_DISAGREEMENT, 8);
IS(ENSEMBLE_MEASURE_VARIATION_RATIO, 9);
IS(ENSEMBLE_MEASURE_CONFLICT, 10);
IS(ENSEMBLE_MEASURE_WEIGHT_PRESENT, 11);
IS(ENSEMBLE_MEASURE_MODELS_PRESENT, 12);
IS(ENSEMBLE_MEASURE_ROW_FAULT, 13);
IS(ENSEMBLE_MEASURE_SETTLED, 14);
IS(ENSEMBLE_MEASURE_VARIANCE, 15);
IS(ENSEMBLE_MEASURE_CONTRIBUTION, 16);
IS(ENSEMBLE_MEASURE_INFLUENCE, 17);
IS(ENSEMBLE_MEASURE_FLIPS, 18);

IS(ENSEMBLE_SIMILARITY_CORRELATION, 1);
IS(ENSEMBLE_SIMILARITY_AGREEMENT, 2);
IS(ENSEMBLE_SIMILARITY_DIFFERENCE, 3);

IS(ENSEMBLE_SCORE_LOG_LOSS, 1);
IS(ENSEMBLE_SCORE_SQUARED_ERROR, 2);
IS(ENSEMBLE_SCORE_ACCURACY, 3);
IS(ENSEMBLE_SCORE_AUC, 4);
IS(ENSEMBLE_SCORE_CALIBRATION_ERROR, 5);

IS(ENSEMBLE_FIT_CONVEX, 0);
IS(ENSEMBLE_FIT_GREEDY, 1);
IS(ENSEMBLE_FIT_INVERSE_ERROR, 2);
IS(ENSEMBLE_FIT_LOG_ODDS, 3);
IS(ENSEMBLE_FIT_SOFTMAX, 4);
IS(ENSEMBLE_FIT_NOTHING, 5);

IS(ENSEMBLE_SIMPLEX, 0);
IS(ENSEMBLE_NONNEGATIVE, 1);
IS(ENSEMBLE_UNCONSTRAINED, 2);

IS(ENSEMBLE_CALIBRATE_MODELS, 1);
IS(ENSEMBLE_CALIBRATE_RESULT, 2);

IS(ENSEMBLE_FUSE_RRF, 0);
IS(ENSEMBLE_FUSE_SUM, 1);
IS(ENSEMBLE_FUSE_MNZ, 2);
IS(ENSEMBLE_FUSE_ANZ, 3);
IS(ENSEMBLE_FUSE_BORDA, 4);

IS(ENSEMBLE_NORM_MIN_MAX, 0);
IS(ENSEMBLE_NORM_Z, 1);
IS(ENSEMBLE_NORM_MAX, 2);
IS(ENSEMBLE_NORM_SUM, 3);
IS(ENSEMBLE_NORM_NONE, 4);

#endif
