/* SPDX-License-Identifier: MIT */
/* How long the ways of this example take, for some sizes. */
#ifndef TIMES_H
#define TIMES_H

#include <mpi.h>

/* Rank 0 prints a table: eight models of float, and how long their sum takes in each way. */
void print_times(MPI_Comm comm);

#endif
