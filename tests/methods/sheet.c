/* SPDX-License-Identifier: MIT */
#include "sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows that a sheet may have beyond the task's, at most, and bytes between two arrays. */
#define MORE 2
#define BETWEEN 64

/* One array: rows x width, rows x models, and rows x places are each at most TASK_VALUES; then the rows beyond. */
#define ELEMENTS (TASK_VALUES + (size_t)MORE * TASK_WIDTH)
#define BYTES ((ELEMENTS + BETWEEN) * sizeof(double))

static struct guarded memory; /* the arrays of all sheets lie here, since one call is made at a time */

void sheet_make(struct sheet *sheet)
{
    if (memory.begin == NULL)
        memory = guarded_make(FIELDS * BYTES);
    for (int f = 0; f < FIELDS; f++) {
        sheet->array[f] = malloc(TASK_VALUES * fields[f].size);
        if (sheet->array[f] == NULL) {
            perror("sheet");
            exit(1);
        }
    }
}

size_t sheet_elements(const struct sheet *s, const struct task *t, int field)
{
    switch (fields[field].shape) {
    case PER_CLASS:
        return t->width;
    case PER_MODEL:
        return t->n;
    case PER_PLACE:
        return s->top;
    default:
        return 1;
    }
}

static size_t bytes_of(const struct sheet *s, const struct task *t, int field)
{
    return (t->rows + s->more) * sheet_elements(s, t, field) * fields[field].size;
}

/* One in front of the other, the last one ending at the guard page, each as its type is aligned. */
void sheet_lay(struct sheet *s, const struct task *t, struct rng *rng)
{
    const int first = (int)rng_below(rng, FIELDS);

    s->end = s->begin = memory.end;
    for (int k = 0; k < FIELDS; k++) {
        const int f = (first + k) % FIELDS;

        s->length[f] = 0;
        if (!(s->asked >> f & 1))
            continue;
        s->length[f] = t->rows * sheet_elements(s, t, f);
        s->begin -= bytes_of(s, t, f);
        s->begin -= (uintptr_t)s->begin % fields[f].size;
        s->laid[f] = s->begin;
        s->begin -= rng_below(rng, BETWEEN);
    }
    s->begin -= BETWEEN;
    memset(s->begin, POISON, (size_t)(s->end - s->begin));
}

struct ensemble_report sheet_report(const struct sheet *s, const struct task *t, size_t begin, size_t end)
{
    struct ensemble_report report = {.struct_size = sizeof report, .rows = end - begin + s->more, .top = s->top};

    if (s->asked >> FIELD_VARIANCE & 1)
        report.width = t->width;
    if (s->asked & (1u << FIELD_CONTRIBUTION | 1u << FIELD_INFLUENCE | 1u << FIELD_FLIPS))
        report.models = t->n;
    for (int f = 0; f < FIELDS; f++)
        if (s->asked >> f & 1)
            field_point(&report, f, s->laid[f] + begin * sheet_elements(s, t, f) * fields[f].size);
    return report;
}

int sheet_take(struct sheet *s, const struct task *t, int code)
{
    const unsigned char *at = s->begin;

    for (int f = 0; f < FIELDS && code == 0; f++)
        if (s->asked >> f & 1) {
            const size_t bytes = t->rows * sheet_elements(s, t, f) * fields[f].size;

            memcpy(s->array[f], s->laid[f], bytes);
            memset(s->laid[f], POISON, bytes);
        }
    while (at < s->end && *at == POISON)
        at++;
    return at == s->end;
}

int sheet_differ(const struct sheet *a, const struct sheet *b, size_t *index)
{
    for (int f = 0; f < FIELDS; f++) {
        const size_t length = a->length[f] < b->length[f] ? a->length[f] : b->length[f];

        *index = field_differ(f, a->array[f], b->array[f], length);
        if (*index < length)
            return f;
    }
    return FIELDS;
}

void sheet_describe(const struct sheet *s, char *text, size_t size)
{
    size_t length = (size_t)snprintf(text, size, "; report of%s", s->asked == ALL_FIELDS ? " everything" : "");

    for (int f = 0; f < FIELDS && length < size && s->asked != ALL_FIELDS; f++)
        if (s->asked >> f & 1)
            length += (size_t)snprintf(text + length, size - length, " %s", fields[f].name);
    if (length < size)
        snprintf(text + length, size - length, ", top %zu%s", s->top, s->mute ? ", no result" : "");
}
