/* SPDX-License-Identifier: MIT */
/*
 * Many inputs in one file of text, TARGET.txt. A line that begins with '#' says something about the file; each other
 * line is an input. Those that are kept whatever they reach have a name, and a blank behind it: what went wrong once,
 * and what was made on purpose.
 *
 *     0002ff"weights 2"0a
 *     regression-tiny-scores ""
 *     meant-no-line-end "weights 2"
 *
 * Two digits of base 16 are a byte. Between quotes stand characters that can be printed, but no quote.
 */
#ifndef TESTS_FUZZ_PACKED_H
#define TESTS_FUZZ_PACKED_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct packed {
    const char *path;
    FILE *file;
    size_t line; /* the number of what was read last, from 1 */
    char *text;  /* that line; the input takes its place */
    size_t room;
    const char *name; /* "" if it has none */
    const uint8_t *data;
    size_t size;
};

/* Whatever is wrong, a file that does not open or a line that is no such line, ends the program with a word. */
void packed_open(struct packed *p, const char *path);

/* The next input; 0 where there is none left, and the file is closed. */
int packed_next(struct packed *p);

void packed_write(FILE *file, const char *name, const uint8_t *data, size_t size);

/* Is this the name of an input that is kept: regression-... or meant-...? */
int packed_is_name(const char *name);

#endif
