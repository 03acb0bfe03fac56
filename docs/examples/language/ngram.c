/* SPDX-License-Identifier: MIT */
#include "ngram.h"

#include "must.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What followed some characters. One of total 0 has not been seen. */
struct followers {
    uint64_t key; /* the characters, and how many */
    uint32_t total;
    uint32_t different;
    uint32_t count[MAX_ALPHABET];
};

/* A hash table with open addresses, of which at most half is in use. */
struct counts {
    struct followers **slots; /* NULL: free */
    size_t size;              /* a power of two */
    size_t used;
    size_t alphabet;
};

struct text text_read(const char *path, size_t length)
{
    struct text text = {must_allocate(length, 1), 0, 0};
    uint8_t index[128] = {0};
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        fail(path, strerror(errno));
    for (int blank = 1; text.length < length;) {
        const int c = getc(file);

        if (c == EOF || c > '~')
            fail(path, c == EOF ? "too short" : "not ASCII");
        if (c > ' ' || !blank)
            text.at[text.length++] = (uint8_t)(c > ' ' ? c : ' ');
        blank = c <= ' ';
    }
    fclose(file);

    for (size_t i = 0; i < length; i++)
        index[text.at[i]] = 1;
    for (size_t c = 0; c < sizeof index; c++)
        if (index[c])
            index[c] = (uint8_t)text.alphabet++;
    for (size_t i = 0; i < length; i++)
        text.at[i] = index[text.at[i]];
    return text;
}

void text_free(struct text *text)
{
    free(text->at);
    *text = (struct text){NULL, 0, 0};
}

struct counts *counts_create(size_t alphabet)
{
    struct counts *counts = must_allocate(1, sizeof *counts);

    *counts = (struct counts){.size = 1024, .alphabet = alphabet};
    counts->slots = must_allocate(counts->size, sizeof(struct followers *));
    return counts;
}

void counts_free(struct counts *counts)
{
    for (size_t i = 0; i < counts->size; i++)
        free(counts->slots[i]);
    free(counts->slots);
    free(counts);
}

/* No two contexts have one key: an index is less than MAX_ALPHABET, and MAX_CONTEXT of them fit. */
static uint64_t key_of(const struct text *text, size_t at, size_t context)
{
    uint64_t key = context;

    for (size_t i = at - context; i < at; i++)
        key = key * MAX_ALPHABET + text->at[i];
    return key;
}

/* Where a key is, or else where it belongs. */
static struct followers **find(const struct counts *counts, uint64_t key)
{
    size_t slot = (size_t)((key * 0x9E3779B97F4A7C15u) >> 32); /* Fibonacci hashing (Knuth, 6.4) */

    do
        slot = (slot + 1) & (counts->size - 1);
    while (counts->slots[slot] != NULL && counts->slots[slot]->key != key);
    return &counts->slots[slot];
}

static void grow(struct counts *counts)
{
    struct followers **old = counts->slots;
    const size_t old_size = counts->size;

    counts->size *= 2;
    counts->slots = must_allocate(counts->size, sizeof(struct followers *));
    for (size_t i = 0; i < old_size; i++)
        if (old[i] != NULL)
            *find(counts, old[i]->key) = old[i];
    free(old);
}

void counts_add(struct counts *counts, const struct text *text, size_t at)
{
    for (size_t context = 0; context <= MAX_CONTEXT && context <= at; context++) {
        const uint64_t key = key_of(text, at, context);
        struct followers **place = find(counts, key);

        if (*place == NULL) {
            if (++counts->used * 2 > counts->size) {
                grow(counts);
                place = find(counts, key);
            }
            *place = must_allocate(1, sizeof(struct followers));
            (*place)->key = key;
        }
        (*place)->total++;
        (*place)->different += (*place)->count[text->at[at]]++ == 0;
    }
}

void counts_take_back(struct counts *counts, const struct text *text, size_t at)
{
    for (size_t context = 0; context <= MAX_CONTEXT && context <= at; context++) {
        struct followers *followers = *find(counts, key_of(text, at, context));

        followers->total--;
        followers->different -= --followers->count[text->at[at]] == 0;
    }
}

void counts_predict(const struct counts *counts, const struct text *text, size_t at, size_t context, double *p)
{
    for (size_t c = 0; c < counts->alphabet; c++)
        p[c] = 1 / (double)counts->alphabet;
    for (size_t k = 0; k <= context && k <= at; k++) {
        const struct followers *followers = *find(counts, key_of(text, at, k));

        if (followers == NULL || followers->total == 0)
            return; /* nor have longer ones been seen */
        for (size_t c = 0; c < counts->alphabet; c++)
            p[c] = (followers->count[c] + followers->different * p[c]) /
                   ((double)followers->total + (double)followers->different);
    }
}
