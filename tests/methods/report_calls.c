/* SPDX-License-Identifier: MIT */
#include "report_calls.h"

#include "handle.h"
#include "isas.h"
#include "play.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes behind an array that must stay. */
#define BEHIND 64
#define LENGTH ((size_t)TASK_VALUES * sizeof(double))

/* One instruction set: calls, and compares with what was found before, if anything was. */
static int call_one(const struct ensemble *e, flat_call *call, const void *what, uint64_t codes, int field,
                    size_t count, void *first, int is_first)
{
    static unsigned char *memory;
    const size_t bytes = count * fields[field].size;
    int code;

    if (memory == NULL && (memory = malloc(LENGTH + BEHIND)) == NULL) {
        perror("report_calls");
        exit(1);
    }
    memset(memory, POISON, bytes + BEHIND);
    code = call(e, what, memory);
    for (size_t i = code == 0 ? bytes : 0; i < bytes + BEHIND; i++)
        if (memory[i] != POISON) {
            report_fail("byte %zu of an array of %zu was written", i, bytes);
            break;
        }
    if (!(play_code(code) & codes)) {
        report_fail("the call returns %d (%s)", code, ensemble_strerror(code));
        return 1;
    }
    if (is_first)
        memcpy(first, memory, bytes);
    if (code == 0 && field_differ(field, first, memory, count) < count)
        report_fail("element %zu differs", field_differ(field, first, memory, count));
    report_pass();
    return code;
}

int call_all(const struct task *t, flat_call *call, const void *what, uint64_t codes, int field, size_t count,
             void *first, struct rng *rng)
{
    int code = 1, is_first = 1;

    for (int i = 0; i < ENS_ISAS; i++) {
        struct ensemble *e;

        if (!isas[i].run)
            continue;
        report_subject(isas[i].name, task_describe, t);
        e = handle_make(t, isas[i].name, t->method, 0, rng);
        if (e == NULL)
            return 1;
        code = call_one(e, call, what, codes, field, count, first, is_first);
        ensemble_destroy(e);
        if (code == 1)
            return 1;
        codes = play_code(code);
        is_first = 0;
    }
    return code;
}

/* A field by its number, or the largest classes. */
struct measure {
    int field;
    size_t count;
    size_t k;
};

static int measure(const struct ensemble *e, const void *what, void *out)
{
    const struct measure *m = what;
    const int32_t dtype = fields[m->field].size == sizeof(double) ? ENSEMBLE_F64 : ENSEMBLE_I32;

    return ensemble_measure(e, m->field + 1, out, dtype, m->count);
}

static int32_t top_labels[TASK_VALUES];
static double top_values[TASK_VALUES];

static int find_top_labels(const struct ensemble *e, const void *what, void *out)
{
    return ensemble_top_k(e, ((const struct measure *)what)->k, out, top_values);
}

static int find_top_values(const struct ensemble *e, const void *what, void *out)
{
    return ensemble_top_k(e, ((const struct measure *)what)->k, top_labels, out);
}

/* Flags are int32_t here. */
static void compare(const struct sheet *sheet, int field, const void *found, size_t count)
{
    const int type = fields[field].size == 1 ? FIELD_LABEL : field;

    for (size_t i = 0; i < count; i++) {
        const double other = field_get(field, sheet->array[field], i);

        if (fields[field].size == 1 ? field_get(type, found, i) != other
                                    : field_bits(field, found, i) != field_bits(field, sheet->array[field], i)) {
            report_fail("%s [%zu] is %.17g by itself, but %.17g in a report", fields[field].name, i,
                        field_get(type, found, i), other);
            return;
        }
    }
    report_pass();
}

static void check_field(const struct task *t, const struct memory *memory, int field, struct rng *rng)
{
    static unsigned char found[TASK_VALUES * sizeof(double)], none;
    static struct sheet sheet;
    const int is_top = fields[field].shape == PER_PLACE;
    struct play p = play_plain(t, "portable");
    struct measure m = {.field = field};
    int code;

    if (sheet.array[0] == NULL)
        sheet_make(&sheet);
    sheet.asked = is_top ? TOP_FIELDS : 1u << field;
    sheet.top = m.k = is_top ? rng_between(rng, 1, t->width) : 0;
    sheet.mute = 1;
    p.sheet = &sheet;
    p.codes = account_codes(t, sheet.asked);
    report_subject(p.isa, play_describe, &p);
    if (play_run(&p, memory, &none) != 0)
        return;
    m.count = t->rows * sheet_elements(&sheet, t, field);
    code = call_all(t, field == FIELD_TOP_LABELS ? find_top_labels : is_top ? find_top_values : measure, &m,
                    play_code(p.code), fields[field].size == 1 ? FIELD_LABEL : field, m.count, found, rng);
    if (code == 0)
        compare(&sheet, field, found, m.count);
}

void check_measures(const struct task *t, const struct memory *memory, uint32_t some, struct rng *rng)
{
    for (int f = 0; f < FIELDS; f++)
        if (some >> f & 1)
            check_field(t, memory, f, rng);
}
