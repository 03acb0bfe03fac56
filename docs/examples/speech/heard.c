/* SPDX-License-Identifier: MIT */
#include "heard.h"

#include "must.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const char *const names[MODELS] = {"cepstra",      "changes",          "prediction", "contour",
                                   "warped_bands", "warped_prediction"};

static struct npy_array load(const char *directory, const char *name, const char *part)
{
    struct npy_array array;
    const char *error;
    char path[1024];

    if (snprintf(path, sizeof path, "%s/%s.%s.npy", directory, name, part) >= (int)sizeof path)
        fail(directory, "the name is too long");
    error = npy_read(&array, path);
    if (error)
        fail(path, error);
    return array;
}

struct part load_part(const char *directory, const char *name)
{
    struct part part = {.truth = load(directory, "labels", name)};

    part.words = part.truth.rows;
    if (part.truth.i4 == NULL || part.truth.dimensions != 1 || part.words == 0)
        fail("labels", "not a list of int32");
    for (size_t i = 0; i < part.words; i++)
        if (part.truth.i4[i] < 0 || part.truth.i4[i] >= VOCABULARY)
            fail("labels", "not a word of the vocabulary");
    for (size_t i = 0; i < MODELS; i++) {
        const struct npy_array *said = &part.said[i];

        part.said[i] = load(directory, names[i], name);
        if (said->f2 == NULL || said->columns != VOCABULARY || said->rows != part.words * (i < BY_FRAME ? FRAMES : 1))
            fail(names[i], "not a matrix of float16 with a column for each word of the vocabulary");
    }
    return part;
}

void free_part(struct part *part)
{
    npy_free(&part->truth);
    for (size_t i = 0; i < MODELS; i++) {
        npy_free(&part->said[i]);
        free(part->scores[i]);
    }
}

int is_right(const float *scores, const struct part *part, size_t word)
{
    const float *row = scores + word * VOCABULARY;
    size_t largest = 0;

    for (size_t k = 1; k < VOCABULARY; k++)
        if (row[k] > row[largest])
            largest = k;
    return largest == (size_t)part->truth.i4[word];
}

size_t count_wrong(const float *scores, const struct part *part)
{
    size_t wrong = 0;

    for (size_t i = 0; i < part->words; i++)
        wrong += !is_right(scores, part, i);
    return wrong;
}

void print_line(const char *name, const float *scores, const struct part *part)
{
    const size_t wrong = count_wrong(scores, part);
    const double n = (double)part->words, rate = (double)wrong / n;
    size_t mended = 0, spoiled = 0;

    for (size_t i = 0; i < part->words; i++) {
        mended += is_right(scores, part, i) && !is_right(part->best, part, i);
        spoiled += !is_right(scores, part, i) && is_right(part->best, part, i);
    }
    printf("  %-28s %5zu %6.1f %% +- %.1f %8zu %8zu\n", name, wrong, 100 * rate, 100 * sqrt(rate * (1 - rate) / n),
           mended, spoiled);
}
