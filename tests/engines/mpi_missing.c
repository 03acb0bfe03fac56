/* SPDX-License-Identifier: MIT */
/* Models on several ranks, some of which are missing, as a whole or in some rows: what one process makes of them. */
#include "models.h"
#include "mpi_tests.h"
#include "rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 3001, WIDTH = 7 };

static int is_present(const struct data *d, size_t i, size_t row, unsigned missing)
{
    return !(missing >> i & 1) && !isnan(d->said[i][row * d->width]);
}

/* The factor of the bound for a row: docs/examples/mpi/README.md derives it. */
static long double factor_of_bound(const struct data *d, const size_t *ends, int ranks, size_t row, unsigned missing)
{
    long double c = 1, k;
    size_t n = 0;

    for (size_t i = 0; i < d->models; i++)
        n += is_present(d, i, row, missing) != 0;
    for (int r = 0; r < ranks; r++) {
        long double all = 0, present = 0;

        for (size_t i = ends[r]; i < ends[r + 1]; i++) {
            all += (long double)d->weights[i];
            present += is_present(d, i, row, missing) ? (long double)d->weights[i] : 0;
        }
        if (present > 0 && all / present > c)
            c = all / present;
    }
    k = (15 * (long double)d->models * c + 3 * ranks + 3) * 0x1p-53L;
    if (n == d->models) /* nothing is missing: as if nothing could be */
        k = 2 * (long double)(n - 1) * 0x1p-53L;
    return k / (1 - k);
}

/* Returns the largest difference of the row, as a share of the bound. */
static double compare_row(const struct data *d, const double *whole, const double *reduced, size_t row,
                          unsigned missing, long double factor)
{
    long double all = 0, present = 0, most = 0;

    for (size_t i = 0; i < d->models; i++) {
        all += (long double)d->weights[i];
        present += is_present(d, i, row, missing) ? (long double)d->weights[i] : 0;
    }
    for (size_t j = row * d->width; j < (row + 1) * d->width; j++) {
        long double sizes = 0;

        CHECK(isnan(whole[j]) == isnan(reduced[j]));
        if (isnan(whole[j]))
            continue;
        for (size_t i = 0; i < d->models; i++)
            if (is_present(d, i, row, missing))
                sizes += (long double)d->weights[i] * all / present * fabsl((long double)d->said[i][j]);
        CHECK(fabsl((long double)whole[j] - (long double)reduced[j]) <= factor * sizes);
        most = fmaxl(most, fabsl((long double)whole[j] - (long double)reduced[j]) / (factor * sizes));
    }
    return (double)most;
}

/* Returns, at rank 0, the largest difference as a share of the bound. */
static double try_missing(const struct data *d, unsigned missing, double quorum, int rank, int ranks)
{
    const int32_t policy = ENSEMBLE_LEAVE_OUT_MISSING | ENSEMBLE_LEAVE_OUT_NAN;
    const size_t count = d->rows * d->width;
    double *whole = room(count, sizeof *whole), *reduced = room(count, sizeof *reduced), most = 0;
    struct ensemble *e;
    size_t ends[65] = {0};
    int code;

    for (int r = 0; r <= ranks; r++)
        ends[r] = part_begin(d->models, r, ranks);
    e = models_of(d, ends[rank], ends[rank + 1], missing, NULL);
    if (e != NULL)
        CHECK(ensemble_set_missing_policy(e, policy, 0) == 0);
    CHECK(reduce_models(e, d->rows, d->width, policy, quorum, reduced, MPI_COMM_WORLD) == 0);
    ensemble_destroy(e);

    e = models_of(d, 0, d->models, missing, NULL);
    CHECK(ensemble_set_missing_policy(e, policy, quorum) == 0);
    code = ensemble_combine(e, whole, ENSEMBLE_F64, count);
    CHECK(code == 0 || code == ENSEMBLE_EQUORUM);
    ensemble_destroy(e);
    for (size_t j = 0; code != 0 && j < count; j++)
        whole[j] = NAN; /* one process says so at once; several, row by row */
    for (size_t r = 0; rank == 0 && r < d->rows; r++)
        most = fmax(most, compare_row(d, whole, reduced, r, missing, factor_of_bound(d, ends, ranks, r, missing)));
    free(whole);
    free(reduced);
    return most;
}

/* Without NaN, and then with: some models in some rows, and all of them in a few. */
void test_missing(int rank, int ranks)
{
    const unsigned masks[] = {0x000, 0x008, 0x038, 0x7fe, 0x3ff, 0x155, 0x7ff};
    struct data d;
    double most = 0;

    make_data(&d, POSITIVE, MOST_MODELS, ROWS, WIDTH);
    for (int nan = 0; nan < 2; nan++) {
        for (size_t i = 0; nan && i < d.models; i++)
            for (size_t r = 0; r < d.rows; r++)
                for (size_t j = 0; j < d.width && (r % 97 == 0 || chance(~(r * d.models + i)) < .4); j++)
                    d.said[i][r * d.width + j] = NAN;
        for (size_t m = 0; m < sizeof masks / sizeof *masks; m++) {
            most = fmax(most, try_missing(&d, masks[m], 0, rank, ranks));
            most = fmax(most, try_missing(&d, masks[m], .6, rank, ranks));
        }
    }
    d.weights[2] = 1e6; /* of a rank nearly all is missing */
    d.weights[1] = 1e-3;
    most = fmax(most, try_missing(&d, 0x004, 0, rank, ranks));
    if (rank == 0)
        printf("mpi: missing models and NaN, %d ranks: at most %.2f of the bound\n", ranks, most);
    free_data(&d);
}
