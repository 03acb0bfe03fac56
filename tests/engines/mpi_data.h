/* SPDX-License-Identifier: MIT */
/* What models say in the tests with MPI: the same on every rank, made on the spot, without a word between them. */
#ifndef MPI_DATA_H
#define MPI_DATA_H

#include <ensemble.h>

#include <stddef.h>

enum { MOST_MODELS = 11 };

enum kind {
    POSITIVE,   /* weights and values above 0 */
    CANCELLING, /* of both signs; every other model nearly takes back what the one before said */
    EXACT       /* small multiples of 1/16 and weights that are those of 1/8: no sum or product of them is rounded */
};

struct data {
    enum kind kind;
    size_t models, rows, width;
    float *said[MOST_MODELS];
    double weights[MOST_MODELS];
};

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            give_up(__FILE__, __LINE__, #condition);                                                                   \
    } while (0)

/* Says what is not so, and ends all ranks. */
_Noreturn void give_up(const char *file, int line, const char *what);

/* Zeros; never NULL. */
void *room(size_t n, size_t size);

void make_data(struct data *d, enum kind kind, size_t models, size_t rows, size_t width);
void free_data(struct data *d);

/* A number from 0 to 1 that depends on its place alone. */
double chance(size_t place);

/*
 * An ensemble of the models from `begin` to before `end`, with their weights; NULL where there are none. Bit i of
 * `missing`: model i has no output. `before`: of weight 1 and ahead of them, or NULL.
 */
struct ensemble *models_of(const struct data *d, size_t begin, size_t end, unsigned missing, const double *before);

#endif
