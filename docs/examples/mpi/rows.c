/* SPDX-License-Identifier: MIT */
#include "rows.h"

#include <limits.h>
#include <stdlib.h>

size_t part_begin(size_t n, int rank, int ranks)
{
    const size_t each = n / (size_t)ranks, rest = n % (size_t)ranks, r = (size_t)rank;

    return each * r + (r < rest ? r : rest);
}

int agree(int code, MPI_Comm comm)
{
    int least = code;

    MPI_Allreduce(MPI_IN_PLACE, &least, 1, MPI_INT, MPI_MIN, comm);
    return least < 0 ? least : 0;
}

int share_ensemble(struct ensemble **e, MPI_Comm comm)
{
    int rank, length = 0, code = 0;
    char *text = NULL;

    MPI_Comm_rank(comm, &rank);
    if (rank == 0)
        length = ensemble_save(*e, NULL, 0);
    MPI_Bcast(&length, 1, MPI_INT, 0, comm);
    if (length < 0)
        return length;
    text = malloc((size_t)length + 1);
    code = agree(text == NULL ? ENSEMBLE_ENOMEM : 0, comm);
    if (code == 0) {
        if (rank == 0)
            ensemble_save(*e, text, (size_t)length + 1);
        MPI_Bcast(text, length, MPI_CHAR, 0, comm);
        code = agree(rank == 0 ? 0 : ensemble_load(e, text, (size_t)length, NULL), comm);
    }
    free(text);
    return code;
}

static size_t size_of(int32_t dtype)
{
    return dtype == ENSEMBLE_F64 ? 8 : dtype == ENSEMBLE_F32 ? 4 : 2;
}

/* MPI counts in int, so what is counted are rows, not values. */
static void gather(const void *mine, size_t rows, size_t row_bytes, void *all, MPI_Comm comm)
{
    int rank, ranks, count = (int)rows, *counts = NULL;
    MPI_Datatype row;

    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &ranks);
    if (rank == 0)
        counts = malloc(2 * (size_t)ranks * sizeof *counts);
    if (rank == 0 && counts == NULL)
        MPI_Abort(comm, 1);
    MPI_Gather(&count, 1, MPI_INT, counts, 1, MPI_INT, 0, comm);
    for (int r = 0, at = 0; rank == 0 && r < ranks; at += counts[r++])
        counts[ranks + r] = at;
    MPI_Type_contiguous((int)row_bytes, MPI_BYTE, &row);
    MPI_Type_commit(&row);
    MPI_Gatherv(mine, count, row, all, counts, counts == NULL ? NULL : counts + ranks, row, 0, comm);
    MPI_Type_free(&row);
    free(counts);
}

int gather_rows(const struct ensemble *e, size_t rows, int32_t dtype, void *mine, void *all, MPI_Comm comm)
{
    const size_t width = ensemble_get_width(e), row_bytes = width * size_of(dtype);
    size_t total = rows;
    int code;

    MPI_Allreduce(MPI_IN_PLACE, &total, 1, MPI_UINT64_T, MPI_SUM, comm);
    code = total > INT_MAX || row_bytes > INT_MAX ? ENSEMBLE_EOVERFLOW : 0;
    if (code == 0)
        code = ensemble_combine(e, mine, dtype, rows * width);
    code = agree(code, comm);
    if (code == 0)
        gather(mine, rows, row_bytes, all, comm);
    return code;
}
