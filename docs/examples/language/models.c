/* SPDX-License-Identifier: MIT */
#include "models.h"

#include "must.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The upper half of a float, to nearest, ties to even. */
static uint16_t bf16(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static struct said ask(const struct text *text, size_t begin, const struct counts *old, struct counts *recent)
{
    const size_t width = text->alphabet;
    struct said said = {.truth = must_allocate(ROWS, sizeof(int32_t))};
    double p[MAX_ALPHABET];

    for (size_t i = 0; i < MODELS; i++) {
        said.probabilities[i] = must_allocate(ROWS * width, sizeof(float));
        said.logits[i] = must_allocate(ROWS * width, sizeof(uint16_t));
    }
    for (size_t row = 0, at = begin; row < ROWS; row++, at++) {
        for (size_t i = 0; i < MODELS; i++) {
            counts_predict(i == RECENT ? recent : old, text, at, i == RECENT ? MAX_CONTEXT - 1 : i, p);
            for (size_t c = 0; c < width; c++) {
                said.probabilities[i][row * width + c] = (float)p[c];
                said.logits[i][row * width + c] = bf16((float)log(p[c]));
            }
        }
        said.truth[row] = text->at[at];
        counts_add(recent, text, at);
        counts_take_back(recent, text, at - WINDOW);
    }
    return said;
}

void free_said(struct said *said)
{
    for (size_t i = 0; i < MODELS; i++) {
        free(said->probabilities[i]);
        free(said->logits[i]);
    }
    free(said->truth);
}

size_t ask_models(const char *path, struct said *past, struct said *next)
{
    struct text text = text_read(path, COUNTED + 2 * ROWS);
    const size_t alphabet = text.alphabet;
    struct counts *old = counts_create(alphabet), *recent = counts_create(alphabet);

    for (size_t at = 0; at < COUNTED; at++) {
        counts_add(old, &text, at);
        if (at >= COUNTED - WINDOW)
            counts_add(recent, &text, at);
    }
    *past = ask(&text, COUNTED, old, recent);
    *next = ask(&text, COUNTED + ROWS, old, recent);
    counts_free(old);
    counts_free(recent);
    text_free(&text);
    return alphabet;
}
