/* SPDX-License-Identifier: MIT */
/* A text's lines, and a line's words. Nothing is copied, and nothing behind the end is looked at. */
#ifndef ENS_STORE_SLICE_H
#define ENS_STORE_SLICE_H

#include <stddef.h>

/* From `at` up to, and without, `end`: a text or a line of which the rest is still to be read, or a word. */
struct ens_slice {
    const char *at, *end;
};

static inline size_t ens_slice_length(const struct ens_slice *slice)
{
    return (size_t)(slice->end - slice->at);
}

/* Takes the next line off a text, without its LF or CR LF and the blanks around it. 0 if there is none. */
int ens_slice_take_line(struct ens_slice *text, struct ens_slice *line);

/* The same, past lines that are empty or begin with #. */
int ens_slice_take_words(struct ens_slice *text, struct ens_slice *line);

/* Takes the next word off a line. 0 if there is none. */
int ens_slice_take_word(struct ens_slice *line, struct ens_slice *word);

int ens_slice_is(const struct ens_slice *word, const char *wanted);

/* How many words a line has. */
size_t ens_slice_count(const struct ens_slice *line);

#endif
