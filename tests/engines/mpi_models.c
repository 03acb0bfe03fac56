/* SPDX-License-Identifier: MIT */
/* Models on several ranks, all of them present: how far from one process the sums are, and when they are the same. */
#include "models.h"
#include "mpi_tests.h"
#include "rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More than one message: see models.c. */
enum { ROWS = 20011, WIDTH = 7 };

struct sums {
    double *whole, *reduced, *chained; /* of one process and reduced at rank 0, chained at all ranks */
};

/* The sums of some data three ways. Rank r has the models from ends[r] to before ends[r + 1]. */
static struct sums sums_of(const struct data *d, const size_t *ends, int rank, int ranks)
{
    const size_t count = d->rows * d->width;
    struct sums s = {room(count, 8), room(count, 8), room(count, 8)};
    struct ensemble *e = models_of(d, ends[rank], ends[rank + 1], 0, NULL);

    CHECK(reduce_models(e, d->rows, d->width, 0, 0, rank == 0 ? s.reduced : NULL, MPI_COMM_WORLD) == 0);
    ensemble_destroy(e);

    e = models_of(d, ends[rank], ends[rank + 1], 0, rank == 0 ? NULL : s.chained);
    CHECK(chain_models(e, d->rows, d->width, s.chained, MPI_COMM_WORLD) == 0);
    ensemble_destroy(e);
    if (ranks > 1 && rank + 1 == ranks)
        MPI_Send(s.chained, (int)count, MPI_DOUBLE, 0, 1, MPI_COMM_WORLD);
    if (ranks > 1 && rank == 0)
        MPI_Recv(s.chained, (int)count, MPI_DOUBLE, ranks - 1, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);

    e = models_of(d, 0, d->models, 0, NULL);
    CHECK(ensemble_combine(e, s.whole, ENSEMBLE_F64, count) == 0);
    ensemble_destroy(e);
    return s;
}

static void free_sums(struct sums *s)
{
    free(s->whole);
    free(s->reduced);
    free(s->chained);
}

static void deal(size_t *ends, size_t models, int ranks)
{
    for (int r = 0; r <= ranks; r++)
        ends[r] = part_begin(models, r, ranks);
}

static double step_down(float x)
{
    return (double)fabsf(x) - (double)nextafterf(fabsf(x), 0);
}

/* What was seen of a comparison. */
struct seen {
    size_t doubles, floats, further; /* values that differ, in double; in float; in float by more than one step */
    double most;                     /* the largest difference, as a share of the bound */
};

/* One value: within the bound; and within one step of float, where the bound is less than that step. */
static void compare(const struct data *d, size_t j, double whole, double reduced, struct seen *seen)
{
    const long double k = (long double)(d->models - 1) * 0x1p-53L;
    const float a = (float)whole, b = (float)reduced;
    long double sizes = 0, bound;

    for (size_t i = 0; i < d->models; i++)
        sizes += fabsl((long double)(d->weights[i] * (double)d->said[i][j]));
    bound = 2 * k / (1 - k) * sizes;
    CHECK(fabsl((long double)whole - (long double)reduced) <= bound);
    if (whole != reduced)
        seen->most = fmax(seen->most, (double)(fabsl((long double)whole - (long double)reduced) / bound));
    seen->doubles += whole != reduced;
    seen->floats += a < b || a > b;
    if (nextafterf(a, b) < b || nextafterf(a, b) > b) {
        seen->further++;
        CHECK(bound >= (long double)fmin(step_down(a), step_down(b)));
    }
}

static void test_sums_are_within_the_bound(enum kind kind, const char *name, int rank, int ranks)
{
    struct data d;
    struct sums s;
    struct seen seen = {0};
    size_t ends[65] = {0};

    make_data(&d, kind, MOST_MODELS, ROWS, WIDTH);
    deal(ends, d.models, ranks);
    s = sums_of(&d, ends, rank, ranks);
    if (rank == 0) {
        for (size_t j = 0; j < d.rows * d.width; j++)
            compare(&d, j, s.whole[j], s.reduced[j], &seen);
        CHECK(memcmp(s.whole, s.chained, d.rows * d.width * sizeof(double)) == 0);
        CHECK((seen.doubles > 0) == (ranks > 1)); /* or it is not the order of sums that is tried here */
        CHECK(kind != POSITIVE || seen.further == 0);
        printf("mpi: %s, %d ranks: of %d sums %zu differ, at most by %.2f of the bound; as floats %zu, by more than "
               "one step %zu\n", name, ranks, ROWS * WIDTH, seen.doubles, seen.most, seen.floats, seen.further);
    }
    free_sums(&s);
    free_data(&d);
}

static void test_the_same_bits(struct data *d, const size_t *ends, int rank, int ranks)
{
    struct sums s = sums_of(d, ends, rank, ranks);

    if (rank == 0) {
        CHECK(memcmp(s.whole, s.reduced, d->rows * d->width * sizeof(double)) == 0);
        CHECK(memcmp(s.whole, s.chained, d->rows * d->width * sizeof(double)) == 0);
    }
    free_sums(&s);
}

static void test_when_bits_are_the_same(int rank, int ranks)
{
    struct data d;
    size_t ends[65] = {0};

    make_data(&d, EXACT, MOST_MODELS, ROWS, WIDTH); /* sums that are not rounded */
    deal(ends, d.models, ranks);
    test_the_same_bits(&d, ends, rank, ranks);
    free_data(&d);

    make_data(&d, CANCELLING, 2, 1001, WIDTH); /* two models, wherever they are */
    deal(ends, d.models, ranks);
    test_the_same_bits(&d, ends, rank, ranks);
    free_data(&d);

    make_data(&d, CANCELLING, MOST_MODELS, 1001, WIDTH); /* one rank has all models, and some sums are -0 */
    for (size_t i = 0; i < d.models; i++)
        for (size_t j = 0; j < 100; j++)
            d.said[i][j] = d.weights[i] < 0 ? 0.F : -0.F;
    for (int with = 0; with < ranks; with++) {
        for (int r = 0; r <= ranks; r++)
            ends[r] = r <= with ? 0 : d.models;
        test_the_same_bits(&d, ends, rank, ranks);
    }
    if (ranks > 1) { /* the first rank has all but one model, and adds first */
        for (int r = 0; r <= ranks; r++)
            ends[r] = r == 0 ? 0 : r == 1 ? d.models - 1 : d.models;
        test_the_same_bits(&d, ends, rank, ranks);
    }
    free_data(&d);
}

/* Something is wrong on one rank: all of them say so, and none waits. */
static void test_errors_are_everybodys(int rank, int ranks)
{
    struct data d;
    double *result = room(2 * 3, sizeof *result);
    struct ensemble *e;

    make_data(&d, EXACT, 2, 2, 3);
    e = models_of(&d, 0, 2, 0, NULL);
    if (rank + 1 == ranks)
        CHECK(ensemble_set_model_output(e, 1, d.said[1], ENSEMBLE_F32, 1, 0) == 0);
    CHECK(reduce_models(e, 2, 3, 0, 0, result, MPI_COMM_WORLD) == ENSEMBLE_EROWS);
    CHECK(chain_models(e, 2, 3, result, MPI_COMM_WORLD) == ENSEMBLE_EROWS);
    ensemble_destroy(e);

    e = models_of(&d, 0, 2, 0, NULL);
    CHECK(reduce_models(e, rank + 1 == ranks ? 3 : 2, 3, 0, 0, result, MPI_COMM_WORLD) == ENSEMBLE_ERANGE);
    CHECK(ensemble_set_weights(e, (double[]){0, 0}, 2) == 0);
    CHECK(reduce_models(e, 2, 3, 0, 0, result, MPI_COMM_WORLD) == ENSEMBLE_EZEROSUM);
    ensemble_destroy(e);
    CHECK(reduce_models(NULL, 2, 3, 0, 0, result, MPI_COMM_WORLD) == ENSEMBLE_EZEROSUM);
    free(result);
    free_data(&d);
}

void test_models(int rank, int ranks)
{
    test_sums_are_within_the_bound(POSITIVE, "positive", rank, ranks);
    test_sums_are_within_the_bound(CANCELLING, "cancelling", rank, ranks);
    test_when_bits_are_the_same(rank, ranks);
    test_errors_are_everybodys(rank, ranks);
}
