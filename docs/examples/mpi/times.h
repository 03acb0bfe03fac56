/* SPDX-License-Identifier: MIT */
/* How long the ways of this example take, for some sizes. */
#ifndef TIMES_H
#define TIMES_H

#include <mpi.h>

/* Rank 0 prints a table. Eight models of float; medians of several turns, each as long as its slowest rank. */
void print_times(MPI_Comm comm);

#endif
