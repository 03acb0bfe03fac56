/* SPDX-License-Identifier: MIT */
#include "mpi_data.h"

#include <math.h>
#include <mpi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void give_up(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
    MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
    abort();
}

void *room(size_t n, size_t size)
{
    void *memory = calloc(n + 1, size);

    CHECK(memory != NULL);
    return memory;
}

/* splitmix64 (Steele et al., 2014) */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

double chance(size_t place)
{
    return (double)(mix(place) >> 11) * 0x1p-53;
}

static float value(const struct data *d, size_t model, size_t j)
{
    const size_t place = (model * d->rows * d->width + j) * 2;
    const double x = chance(place), y = chance(place + 1);

    if (d->kind == POSITIVE)
        return (float)(x + 0x1p-20);
    if (d->kind == EXACT)
        return (float)floor(x * 257 - 128) / 16;
    if (model % 2 == 1)
        return -d->said[model - 1][j] * (float)(1 + ldexp(y, -(int)(j % 48)));
    return (float)ldexp(x * 2 - 1, model + 1 == d->models ? -30 : (int)(y * 8));
}

static double weight(const struct data *d, size_t model)
{
    if (d->kind == EXACT)
        return (double)(model % 5 + 1) / 8;
    if (d->kind == CANCELLING && model % 2 == 1)
        return d->weights[model - 1];
    return (.1 + chance(~model)) * (d->kind == CANCELLING && model % 4 == 2 ? -1 : 1);
}

void make_data(struct data *d, enum kind kind, size_t models, size_t rows, size_t width)
{
    *d = (struct data){.kind = kind, .models = models, .rows = rows, .width = width};
    for (size_t i = 0; i < models; i++) {
        d->weights[i] = weight(d, i);
        d->said[i] = room(rows * width, sizeof(float));
        for (size_t j = 0; j < rows * width; j++)
            d->said[i][j] = value(d, i, j);
    }
}

void free_data(struct data *d)
{
    for (size_t i = 0; i < d->models; i++)
        free(d->said[i]);
}

struct ensemble *models_of(const struct data *d, size_t begin, size_t end, unsigned missing, const double *before)
{
    double weights[MOST_MODELS + 1] = {1};
    size_t n = 0;
    struct ensemble *e;

    if (begin == end && before == NULL)
        return NULL;
    CHECK(ensemble_create(&e, d->width) == 0);
    if (before != NULL)
        n = 1 + (size_t)ensemble_add_model_output(e, before, ENSEMBLE_F64, d->rows);
    for (size_t i = begin; i < end; i++) {
        CHECK(ensemble_add_model_output(e, missing >> i & 1 ? NULL : d->said[i], ENSEMBLE_F32, d->rows) == (int)n);
        weights[n++] = d->weights[i];
    }
    CHECK(ensemble_set_weights(e, weights, n) == 0);
    return e;
}
