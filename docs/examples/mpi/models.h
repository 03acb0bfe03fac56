/* SPDX-License-Identifier: MIT */
/* Models on several ranks of MPI: each combines its own, and the partial sums are added. */
#ifndef MODELS_H
#define MODELS_H

#include <ensemble.h>
#include <mpi.h>

/*
 * sum_i w_i y_i over the models of all ranks, in double, at `result` of rank 0: rows x width values.
 *
 * `part` holds the models of this rank, bound, with the method ENSEMBLE_SUM and no row or class weights. Their weights
 * are set, and are those of the whole: what a rank would take for the default, one by its own number of models, is not.
 * NULL: this rank has none.
 *
 * `policy` and `quorum` are what ensemble_set_missing_policy() would be given in a process that has all the models. If
 * the policy is not 0, every `part` has it, too, with the quorum 0, and no negative weights. What the ranks leave out
 * is then left out of the whole: in each row the models that are present on any rank share the weight of all, and a row
 * in which less than the quorum is present, or nothing, is NaN.
 *
 * Returns 0, or on all ranks the code of a rank on which something is wrong; then nothing was written.
 * ENSEMBLE_EZEROSUM: no model has a weight other than 0.
 */
int reduce_models(const struct ensemble *part, size_t rows, size_t width, int32_t policy, double quorum, double *result,
                  MPI_Comm comm);

/*
 * The same for models that are all present, to the bit of one process that has all ranks' models in the order of the
 * ranks: the sum goes from rank to rank, and each adds its own models. The result is at `sum` of the last rank; on
 * each, `sum` has room for rows x width values.
 *
 * On every rank but the first, model 0 of `part` is not a model, but `sum`, of ENSEMBLE_F64 and with the weight 1. A
 * rank without models says NULL. The method is ENSEMBLE_SUM. Returns as reduce_models().
 */
int chain_models(const struct ensemble *part, size_t rows, size_t width, double *sum, MPI_Comm comm);

#endif
