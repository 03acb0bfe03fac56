/* SPDX-License-Identifier: MIT */
/* Words, what six recognisers say of them, and who is right: the files of this folder. */
#ifndef HEARD_H
#define HEARD_H

#include "npy.h"

#include <stddef.h>

enum { VOCABULARY = 20, FRAMES = 8, BY_FRAME = 4, MODELS = 6 };

extern const char *const names[MODELS];

/*
 * Words that some voices have spoken. Of each frame of a word the first BY_FRAME models say how probable each word of
 * the vocabulary is, as logarithms in float16: FRAMES rows for each word. The others say one row for each word: scores,
 * the larger the better.
 */
struct part {
    size_t words;
    struct npy_array truth;
    struct npy_array said[MODELS];
    float *scores[MODELS]; /* one row for each word from every model: see hear() in speech.c; NULL at first */
    const float *best;     /* the scores of the model that the others are compared with; NULL at first */
};

/* Reads DIRECTORY/NAME.PART.npy for each model, and the labels. Where a file is not right, the program ends. */
struct part load_part(const char *directory, const char *name);

/* Frees what the files held, and the scores. */
void free_part(struct part *part);

/* Whether the largest score of a word, the first of several, is that of the word that was spoken. */
int is_right(const float *scores, const struct part *part, size_t word);

size_t count_wrong(const float *scores, const struct part *part);

/*
 * A line of the table: how many words are wrong; their share, with its standard error; how many words are right which
 * part->best has wrong, and the reverse.
 */
void print_line(const char *name, const float *scores, const struct part *part);

#endif
