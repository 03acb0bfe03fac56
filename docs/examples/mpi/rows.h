/* SPDX-License-Identifier: MIT */
/* Rows on several ranks of MPI: each combines its own, and the bits are those of one process. */
#ifndef ROWS_H
#define ROWS_H

#include <ensemble.h>
#include <mpi.h>

/* Where the part of a rank begins, of `n` rows (or models) that are dealt out; it ends where the next one begins. */
size_t part_begin(size_t n, int rank, int ranks);

/* The smallest of all ranks' codes: so that all of them go on, or none does. */
int agree(int code, MPI_Comm comm);

/*
 * Gives every rank the ensemble that rank 0 has in `*e`: models, weights, method and all other settings, without
 * outputs. The others own what they get.
 * Returns 0, or on all ranks an error of ensemble_save() or ensemble_load().
 */
int share_ensemble(struct ensemble **e, MPI_Comm comm);

/*
 * Combines the outputs that are bound to each rank's ensemble, `rows` of them here (0 on some ranks, if need be), and
 * has rank 0 put them together in the order of ranks. `mine` has room for what is combined here, `all` for all ranks'
 * (it is used on rank 0 only); `dtype` is that of both.
 * Returns 0, or on all ranks the code of a rank on which combining failed; then `all` is not written.
 */
int gather_rows(const struct ensemble *e, size_t rows, int32_t dtype, void *mine, void *all, MPI_Comm comm);

#endif
