/* SPDX-License-Identifier: MIT */
#include "base/name.h"

#include <stdint.h>

/*
 * The bytes of the character that `bytes` begins with, of which there are `length`, or 0 where it is not well-formed
 * UTF-8 (Unicode's definition D92: nothing longer than needed, no surrogates, nothing above U+10FFFF).
 */
static size_t decode(const unsigned char *bytes, size_t length, uint32_t *character)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char first = bytes[0];
    const size_t n = first < 0x80 ? 1 : first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF8 ? 4 : 0;

    if (n == 0 || n > length)
        return 0;
    *character = n == 1 ? first : first & (0x7FU >> n);
    for (size_t i = 1; i < n; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
        *character = *character << 6 | (bytes[i] & 0x3FU);
    }
    if (*character < least[n] || *character > 0x10FFFF || (*character >= 0xD800 && *character <= 0xDFFF))
        return 0;
    return n;
}

static int is_control(uint32_t character)
{
    return character < 0x20 || (character >= 0x7F && character <= 0x9F);
}

int ens_name_is_fit(const char *name, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)name;

    if (length > ENS_NAME_MOST)
        return 0;
    for (size_t at = 0; at < length;) {
        uint32_t character;
        const size_t n = decode(bytes + at, length - at, &character);

        if (n == 0 || is_control(character) || character == '"')
            return 0;
        at += n;
    }
    return 1;
}
