/* SPDX-License-Identifier: MIT */
/*
 * Models of language: which character comes next, given the last few? Counted is what followed them in a text; what was
 * counted little is smoothed as by Witten and Bell (1991): the last k characters have been seen n times, followed by t
 * different ones, c times by the one in question. Then
 *
 *     p_k = (c + t p_(k-1)) / (n + t),   p_(-1) = 1 / (the size of the alphabet)
 *
 * and where they have not been seen, p_k = p_(k-1). The model that looks at k characters is called the (k+1)-gram.
 */
#ifndef NGRAM_H
#define NGRAM_H

#include <stddef.h>
#include <stdint.h>

#define MAX_CONTEXT 5
#define MAX_ALPHABET 96

/* A text as numbers: which character of its alphabet is where. */
struct text {
    uint8_t *at;
    size_t length;
    size_t alphabet;
};

/*
 * Reads the first `length` characters of a file of ASCII, in which white space counts as one blank, however much there
 * is. The alphabet is the characters that occur, in the order of ASCII. If something is wrong, the program ends.
 */
struct text text_read(const char *path, size_t length);
void text_free(struct text *text);

struct counts;

struct counts *counts_create(size_t alphabet);
void counts_free(struct counts *counts);

/* Counts the character at `at` after the 0 to MAX_CONTEXT characters before it; or takes that back. */
void counts_add(struct counts *counts, const struct text *text, size_t at);
void counts_take_back(struct counts *counts, const struct text *text, size_t at);

/* The probability of each character at `at`, by the `context` characters before it. */
void counts_predict(const struct counts *counts, const struct text *text, size_t at, size_t context, double *p);

#endif
