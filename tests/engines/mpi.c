/* SPDX-License-Identifier: MIT */
/* The example with MPI, beside one process: mpirun -n RANKS mpi */
#include "mpi_tests.h"

#include <mpi.h>
#include <stdio.h>

int main(int count, char **arguments)
{
    int rank, ranks;

    MPI_Init(&count, &arguments);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    CHECK(ranks <= 64);
    test_rows(rank, ranks);
    test_models(rank, ranks);
    test_missing(rank, ranks);
    if (rank == 0)
        printf("mpi: all that is said of %d ranks is so\n", ranks);
    MPI_Finalize();
    return 0;
}
