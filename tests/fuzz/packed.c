/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* getline() */

#include "packed.h"

#include <stdlib.h>
#include <string.h>

/* Neither begins with a digit of base 16. */
static const char *const prefixes[] = {"regression-", "meant-"};

#define LETTERS "abcdefghijklmnopqrstuvwxyz0123456789-"

/* A shorter run of characters takes no more as digits, and is no word. */
#define WORD 3

int packed_is_name(const char *name)
{
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        const size_t length = strlen(prefixes[i]);

        if (strncmp(name, prefixes[i], length) == 0)
            return name[length] != '\0' && name[strspn(name, LETTERS)] == '\0';
    }
    return 0;
}

static int is_printed(uint8_t c)
{
    return c >= ' ' && c <= '~' && c != '"';
}

static _Noreturn void wrong(const struct packed *p, const char *what)
{
    fprintf(stderr, "%s:%zu: %s\n", p->path, p->line, what);
    exit(1);
}

static void check(const struct packed *p, int good, const char *what)
{
    if (!good)
        wrong(p, what);
}

void packed_open(struct packed *p, const char *path)
{
    *p = (struct packed){.path = path, .file = fopen(path, "r")};
    if (p->file == NULL) {
        perror(path);
        exit(1);
    }
}

/* 0 to 15, or -1 */
static int digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    return at == NULL ? -1 : (int)(at - digits);
}

/* An input is shorter than its text, and is written where that was. */
static void decode(struct packed *p, char *at)
{
    uint8_t *const data = (uint8_t *)at, *end = data;

    check(p, *at != '\0', "nothing; an input without a byte is \"\"");
    while (*at != '\0')
        if (*at == '"') {
            while (*++at != '"') {
                check(p, is_printed((uint8_t)*at), "a quote is open, or a character does not belong there");
                *end++ = (uint8_t)*at;
            }
            at++;
        } else {
            const int high = digit(at[0]), low = high < 0 ? -1 : digit(at[1]);

            check(p, low >= 0, "neither two digits of base 16 nor a quote");
            *end++ = (uint8_t)(16 * high + low);
            at += 2;
        }
    p->data = data;
    p->size = (size_t)(end - data);
}

/* The name, and what is behind it. */
static char *cut_name(struct packed *p)
{
    char *blank = *p->text >= 'g' && *p->text <= 'z' ? strchr(p->text, ' ') : NULL;

    p->name = "";
    if (blank == NULL)
        return p->text;
    *blank = '\0';
    p->name = p->text;
    check(p, packed_is_name(p->name), "no name: regression- or meant-, and small letters, digits or '-'");
    return blank + 1;
}

int packed_next(struct packed *p)
{
    ssize_t length;

    do {
        length = getline(&p->text, &p->room, p->file);
        p->line++;
    } while (length > 0 && *p->text == '#');
    if (length <= 0) {
        check(p, !ferror(p->file), "the file cannot be read");
        fclose(p->file);
        free(p->text);
        p->text = NULL;
        return 0;
    }
    check(p, p->text[length - 1] == '\n' && strlen(p->text) == (size_t)length, "a line without an end, or with a NUL");
    p->text[length - 1] = '\0';
    decode(p, cut_name(p));
    return 1;
}

void packed_write(FILE *file, const char *name, const uint8_t *data, size_t size)
{
    fprintf(file, "%s%s", name, *name != '\0' ? " " : "");
    if (size == 0)
        fprintf(file, "\"\"");
    for (size_t i = 0, run; i < size; i += run) {
        for (run = 0; i + run < size && is_printed(data[i + run]);)
            run++;
        if (run > WORD) {
            fprintf(file, "\"%.*s\"", (int)run, (const char *)data + i);
            continue;
        }
        run += run == 0;
        for (size_t k = 0; k < run; k++)
            fprintf(file, "%02x", data[i + k]);
    }
    fputc('\n', file);
}
