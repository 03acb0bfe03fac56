/* SPDX-License-Identifier: MIT */
#include "base/text.h"

void ens_text_begin(struct ens_text *text, char *buffer, size_t size)
{
    text->buffer = buffer;
    text->size = buffer == NULL ? 0 : size;
    text->used = 0;
    if (text->size > 0)
        buffer[0] = '\0';
}

void ens_text_add(struct ens_text *text, const char *words)
{
    while (*words != '\0' && text->used + 1 < text->size)
        text->buffer[text->used++] = *words++;
    if (text->size > 0)
        text->buffer[text->used] = '\0';
}

void ens_text_add_number(struct ens_text *text, size_t number)
{
    char digits[3 * sizeof number + 1]; /* a byte needs at most three decimal digits */
    char *first = digits + sizeof digits - 1;

    *first = '\0';
    do {
        *--first = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    ens_text_add(text, first);
}
