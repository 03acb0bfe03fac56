/* SPDX-License-Identifier: MIT */
/* The tests with MPI: each is called on all ranks, and ends them all where something is not so. */
#ifndef MPI_TESTS_H
#define MPI_TESTS_H

#include "mpi_data.h"

void test_rows(int rank, int ranks);
void test_models(int rank, int ranks);
void test_missing(int rank, int ranks);

#endif
