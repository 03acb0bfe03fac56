/* SPDX-License-Identifier: MIT */
#include "store/slice.h"

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

int ens_slice_take_line(struct ens_slice *text, struct ens_slice *line)
{
    const char *at = text->at;

    if (text->at == text->end)
        return 0;
    while (at < text->end && *at != '\n')
        at++;
    *line = (struct ens_slice){text->at, at};
    text->at = at < text->end ? at + 1 : at;
    if (line->end > line->at && line->end[-1] == '\r')
        line->end--;
    while (line->at < line->end && is_blank(*line->at))
        line->at++;
    while (line->end > line->at && is_blank(line->end[-1]))
        line->end--;
    return 1;
}

int ens_slice_take_words(struct ens_slice *text, struct ens_slice *line)
{
    while (ens_slice_take_line(text, line))
        if (line->at < line->end && *line->at != '#')
            return 1;
    return 0;
}

int ens_slice_take_word(struct ens_slice *line, struct ens_slice *word)
{
    while (line->at < line->end && is_blank(*line->at))
        line->at++;
    word->at = line->at;
    while (line->at < line->end && !is_blank(*line->at))
        line->at++;
    word->end = line->at;
    return word->at < word->end;
}

int ens_slice_is(const struct ens_slice *word, const char *wanted)
{
    const char *at = word->at;

    while (at < word->end && *wanted != '\0' && *at == *wanted) {
        at++;
        wanted++;
    }
    return at == word->end && *wanted == '\0';
}

size_t ens_slice_count(const struct ens_slice *line)
{
    struct ens_slice rest = *line, word;
    size_t n = 0;

    while (ens_slice_take_word(&rest, &word))
        n++;
    return n;
}
