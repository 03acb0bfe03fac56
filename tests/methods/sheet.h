/* SPDX-License-Identifier: MIT */
/* What a call is asked to report, and where: the arrays of a report, with bytes around them that must stay. */
#ifndef TESTS_METHODS_SHEET_H
#define TESTS_METHODS_SHEET_H

#include "fields.h"
#include "task.h"

struct sheet {
    uint32_t asked; /* 1 << FIELD_... */
    size_t top;     /* places; 0: none */
    size_t more;    /* rows for which the arrays have room beyond those of the task */
    int mute;       /* no result */
    int32_t dtype;  /* of the result that is not there: 0, or as if there were one */

    /* What came of it: rows without gaps, FIELDS arrays. */
    size_t length[FIELDS]; /* elements; 0 where it was not asked for */
    unsigned char *array[FIELDS];

    unsigned char *laid[FIELDS]; /* where the arrays lie during the call */
    unsigned char *begin, *end;  /* what is watched */
};

/* Room for any task's report; call once for each sheet. */
void sheet_make(struct sheet *sheet);

/* How many elements a row has in a field. */
size_t sheet_elements(const struct sheet *sheet, const struct task *task, int field);

/* Lays the arrays, somewhere by `rng`, and fills all of it with POISON. */
void sheet_lay(struct sheet *sheet, const struct task *task, struct rng *rng);

/* The report for the rows from `begin` to `end`. */
struct ensemble_report sheet_report(const struct sheet *sheet, const struct task *task, size_t begin, size_t end);

/* Takes the arrays out, unless the call failed. Has nothing else been written? */
int sheet_take(struct sheet *sheet, const struct task *task, int code);

/* The first field in which the bits of two sheets differ, among those that both have; FIELDS: none. */
int sheet_differ(const struct sheet *a, const struct sheet *b, size_t *index);

/* Which fields are asked for. */
void sheet_describe(const struct sheet *sheet, char *text, size_t size);

#endif
