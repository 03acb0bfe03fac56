/* SPDX-License-Identifier: MIT */
/*
 * A file is: the magic bytes, two bytes of version, the length of the header (two bytes in version 1.0, four in 2.0),
 * the header, and the values. The header is a Python dictionary in ASCII, padded with spaces and ended by a line feed:
 *
 *     {'descr': '<f4', 'fortran_order': False, 'shape': (600, 10), }
 */
#include "npy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char malformed[] = "the header is not a dictionary of 'descr', 'fortran_order' and 'shape'";
static const char too_short[] = "the file ends before its header does";

/* What is left of the header while it is read. */
struct cursor {
    const char *at;
    const char *end;
};

/* What the header says. */
struct header {
    int has_type, has_order, has_shape;
    enum { FLOAT32, FLOAT16, INT32 } type;
    int dimensions;
    size_t shape[2];
};

static void skip_spaces(struct cursor *text)
{
    while (text->at < text->end && (*text->at == ' ' || *text->at == '\t' || *text->at == '\n'))
        text->at++;
}

/* Passes over `token` if it is what comes next, besides spaces; returns whether it was. */
static int take(struct cursor *text, const char *token)
{
    const size_t length = strlen(token);

    skip_spaces(text);
    if ((size_t)(text->end - text->at) < length || memcmp(text->at, token, length) != 0)
        return 0;
    text->at += length;
    return 1;
}

static const char *parse_type(struct cursor *text, struct header *header)
{
    if (take(text, "'<f4'"))
        header->type = FLOAT32;
    else if (take(text, "'<f2'"))
        header->type = FLOAT16;
    else if (take(text, "'<i4'"))
        header->type = INT32;
    else
        return "the values are none of float32, float16, int32 in little-endian order ('<f4', '<f2', '<i4')";
    header->has_type++;
    return NULL;
}

static const char *parse_order(struct cursor *text, struct header *header)
{
    if (take(text, "True"))
        return "the values are in Fortran order, only C order is read";
    if (!take(text, "False"))
        return malformed;
    header->has_order++;
    return NULL;
}

static const char *parse_length(struct cursor *text, size_t *length)
{
    const char *start;

    skip_spaces(text);
    start = text->at;
    *length = 0;
    for (; text->at < text->end && *text->at >= '0' && *text->at <= '9'; text->at++) {
        const size_t digit = (size_t)(*text->at - '0');

        if (*length > (SIZE_MAX - digit) / 10)
            return "the shape is too large";
        *length = *length * 10 + digit;
    }
    return text->at > start ? NULL : malformed;
}

static const char *parse_shape(struct cursor *text, struct header *header)
{
    int dimensions = 0;
    int comma = 1;

    if (!take(text, "("))
        return malformed;
    while (!take(text, ")")) {
        const char *error;
        size_t length;

        if (!comma)
            return malformed;
        error = parse_length(text, &length);
        if (error)
            return error;
        if (dimensions < 2)
            header->shape[dimensions] = length;
        dimensions += dimensions < 3;
        comma = take(text, ",");
    }
    if (dimensions == 1 && !comma)
        return malformed; /* (600) is a number in Python, (600,) is a shape */
    if (dimensions < 1 || dimensions > 2)
        return "the array has neither one nor two dimensions";
    header->dimensions = dimensions;
    header->has_shape++;
    return NULL;
}

static const char *parse_header(struct cursor *text, struct header *header)
{
    int comma = 1;

    if (!take(text, "{"))
        return malformed;
    while (!take(text, "}")) {
        const char *error = malformed;

        if (!comma)
            return malformed;
        if (take(text, "'descr'") && take(text, ":"))
            error = parse_type(text, header);
        else if (take(text, "'fortran_order'") && take(text, ":"))
            error = parse_order(text, header);
        else if (take(text, "'shape'") && take(text, ":"))
            error = parse_shape(text, header);
        if (error)
            return error;
        comma = take(text, ",");
    }
    skip_spaces(text);
    if (text->at != text->end || header->has_type != 1 || header->has_order != 1 || header->has_shape != 1)
        return malformed;
    return NULL;
}

/* Little-endian on every machine. */
static uint32_t read_number(const unsigned char *bytes, int n)
{
    uint32_t number = 0;

    for (int i = 0; i < n; i++)
        number |= (uint32_t)bytes[i] << (8 * i);
    return number;
}

/* Finds the header of a file, and what comes after it. */
static const char *find_header(const unsigned char *bytes, size_t size, struct cursor *text)
{
    static const unsigned char magic[] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
    size_t begin, length;
    int length_bytes;

    if (size < sizeof magic || memcmp(bytes, magic, sizeof magic) != 0)
        return "this is not an .npy file";
    if (size < sizeof magic + 2)
        return too_short;
    if ((bytes[6] != 1 && bytes[6] != 2) || bytes[7] != 0)
        return "the file's version is neither 1.0 nor 2.0";
    length_bytes = bytes[6] == 1 ? 2 : 4;
    begin = sizeof magic + 2 + (size_t)length_bytes;
    if (size < begin)
        return too_short;
    length = read_number(bytes + sizeof magic + 2, length_bytes);
    if (length > size - begin)
        return too_short;
    text->at = (const char *)bytes + begin;
    text->end = text->at + length;
    if (length == 0 || text->end[-1] != '\n')
        return malformed;
    return NULL;
}

/* Of a value, in bytes. */
static size_t size_of(const struct header *header)
{
    return header->type == FLOAT16 ? 2 : 4;
}

static const char *copy_values(struct npy_array *array, const unsigned char *bytes, size_t count,
                               const struct header *header)
{
    const size_t size = size_of(header);
    void *values = malloc(count > 0 ? count * size : 1);

    if (values == NULL)
        return "out of memory";
    for (size_t i = 0; i < count; i++) {
        const uint32_t bits = read_number(bytes + i * size, (int)size);

        if (header->type == FLOAT16)
            ((uint16_t *)values)[i] = (uint16_t)bits;
        else
            memcpy((unsigned char *)values + i * size, &bits, size);
    }
    if (header->type == FLOAT32)
        array->f4 = values;
    else if (header->type == FLOAT16)
        array->f2 = values;
    else
        array->i4 = values;
    return NULL;
}

const char *npy_parse(struct npy_array *array, const unsigned char *bytes, size_t size)
{
    struct cursor text = {NULL, NULL};
    struct header header = {0};
    const char *error;
    size_t columns, left;

    *array = (struct npy_array){0};
    error = find_header(bytes, size, &text);
    if (error)
        return error;
    left = size - (size_t)(text.end - (const char *)bytes);
    error = parse_header(&text, &header);
    if (error)
        return error;
    columns = header.dimensions == 2 ? header.shape[1] : 1;
    if (columns > 0 && header.shape[0] > PTRDIFF_MAX / size_of(&header) / columns)
        return "the shape is too large";
    if (header.shape[0] * columns * size_of(&header) > left)
        return "the file has fewer values than its shape says";
    if (header.shape[0] * columns * size_of(&header) < left)
        return "the file has more values than its shape says";
    error = copy_values(array, (const unsigned char *)text.end, header.shape[0] * columns, &header);
    if (error)
        return error;
    array->rows = header.shape[0];
    array->columns = columns;
    array->dimensions = header.dimensions;
    return NULL;
}

/* The whole of a file, in memory that the caller frees. */
static const char *read_all(FILE *file, unsigned char **bytes, size_t *size)
{
    size_t room = 0;

    *bytes = NULL;
    *size = 0;
    while (!feof(file)) {
        if (*size == room) {
            unsigned char *larger;

            room = room > 0 ? 2 * room : 65536;
            larger = room > PTRDIFF_MAX ? NULL : realloc(*bytes, room);
            if (larger == NULL)
                return "out of memory";
            *bytes = larger;
        }
        *size += fread(*bytes + *size, 1, room - *size, file);
        if (ferror(file))
            return "the file cannot be read";
    }
    return NULL;
}

const char *npy_read(struct npy_array *array, const char *path)
{
    FILE *file = fopen(path, "rb");
    unsigned char *bytes;
    const char *error;
    size_t size;

    *array = (struct npy_array){0};
    if (file == NULL)
        return strerror(errno);
    error = read_all(file, &bytes, &size);
    fclose(file);
    if (!error)
        error = npy_parse(array, bytes, size);
    free(bytes);
    return error;
}

void npy_free(struct npy_array *array)
{
    free(array->f4);
    free(array->f2);
    free(array->i4);
    *array = (struct npy_array){0};
}
