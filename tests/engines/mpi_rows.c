/* SPDX-License-Identifier: MIT */
/* Rows on several ranks: the bits of one process, whatever the method, and however many rows there are. */
#include "mpi_tests.h"
#include "rows.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    int32_t method, space, form, dtype;
} cases[] = {
    {ENSEMBLE_SUM, ENSEMBLE_AS_IS, ENSEMBLE_RESULT_AS_IS, ENSEMBLE_F32},
    {ENSEMBLE_MEAN, ENSEMBLE_AS_IS, ENSEMBLE_RESULT_NORMALISED, ENSEMBLE_F64},
    {ENSEMBLE_MEAN, ENSEMBLE_LOGITS, ENSEMBLE_RESULT_AS_IS, ENSEMBLE_BF16},
    {ENSEMBLE_GEOMETRIC, ENSEMBLE_AS_IS, ENSEMBLE_RESULT_AS_IS, ENSEMBLE_F32},
    {ENSEMBLE_HARMONIC, ENSEMBLE_AS_IS, ENSEMBLE_RESULT_AS_IS, ENSEMBLE_F32},
    {ENSEMBLE_POWER, ENSEMBLE_AS_IS, ENSEMBLE_RESULT_AS_IS, ENSEMBLE_F64},
    {ENSEMBLE_LOG_POOL, ENSEMBLE_LOGITS, ENSEMBLE_RESULT_LOG, ENSEMBLE_F32},
    {ENSEMBLE_PRODUCT, ENSEMBLE_AS_IS, ENSEMBLE_RESULT_AS_IS, ENSEMBLE_F32},
    {ENSEMBLE_MEDIAN, ENSEMBLE_AS_IS, ENSEMBLE_RESULT_AS_IS, ENSEMBLE_F32},
    {ENSEMBLE_TRIMMED, ENSEMBLE_AS_IS, ENSEMBLE_RESULT_SOFTMAX, ENSEMBLE_F16},
    {ENSEMBLE_MIN, ENSEMBLE_AS_IS, ENSEMBLE_RESULT_AS_IS, ENSEMBLE_F32},
    {ENSEMBLE_MAX, ENSEMBLE_AS_IS, ENSEMBLE_RESULT_AS_IS, ENSEMBLE_F32},
    {ENSEMBLE_VOTE, ENSEMBLE_LOGITS, ENSEMBLE_RESULT_AS_IS, ENSEMBLE_F32},
    {ENSEMBLE_RANK, ENSEMBLE_AS_IS, ENSEMBLE_RESULT_TEMPERED, ENSEMBLE_F32},
};

static size_t size_of(int32_t dtype)
{
    return dtype == ENSEMBLE_F64 ? 8 : dtype == ENSEMBLE_F32 ? 4 : 2;
}

static void try_case(const struct data *d, size_t c, int rank, int ranks)
{
    const size_t begin = part_begin(d->rows, rank, ranks), here = part_begin(d->rows, rank + 1, ranks) - begin;
    const size_t count = d->rows * d->width, size = size_of(cases[c].dtype);
    char *whole = room(count, size), *mine = room(here * d->width, size), *all = room(count, size);
    struct ensemble *e = NULL;

    if (rank == 0) {
        e = models_of(d, 0, d->models, 0, NULL);
        CHECK(ensemble_set_method(e, cases[c].method) == 0);
        CHECK(ensemble_set_result(e, cases[c].form, 0) == 0);
        for (size_t i = 0; i < d->models; i++)
            CHECK(ensemble_set_input(e, i, cases[c].space, cases[c].space == ENSEMBLE_LOGITS ? 1.5 : 0) == 0);
        CHECK(ensemble_combine(e, whole, cases[c].dtype, count) == 0);
    }
    CHECK(share_ensemble(&e, MPI_COMM_WORLD) == 0);
    for (size_t i = 0; i < d->models; i++)
        CHECK(ensemble_set_model_output(e, i, d->said[i] + begin * d->width, ENSEMBLE_F32, here, 0) == 0);
    CHECK(gather_rows(e, here, cases[c].dtype, mine, all, MPI_COMM_WORLD) == 0);
    if (rank == 0)
        CHECK(memcmp(whole, all, count * size) == 0);

    /* One rank that cannot combine: all of them say so, and none waits. */
    if (rank + 1 == ranks)
        CHECK(ensemble_set_model_output(e, 1, NULL, ENSEMBLE_F32, 1, 0) == 0);
    CHECK(gather_rows(e, here, cases[c].dtype, mine, all, MPI_COMM_WORLD) < 0);
    ensemble_destroy(e);
    free(whole);
    free(mine);
    free(all);
}

void test_rows(int rank, int ranks)
{
    const size_t rows[] = {1003, 3, 1, 0};

    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        struct data d;

        make_data(&d, POSITIVE, 5, rows[r], 37);
        for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
            try_case(&d, c, rank, ranks);
        free_data(&d);
    }
}
