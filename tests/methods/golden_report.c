/* SPDX-License-Identifier: MIT */
/*
 * What is said of a fixed workload of all methods (golden_work.c) besides its results, of which every instruction set,
 * compiler and machine must make the same bits: those whose hashes are in golden.txt.
 *
 *     golden_report [--file PATH] [--isa NAME] [--best NAME] [--write]
 */
#include "fields.h"
#include "golden_work.h"
#include "number.h"

#include <stdlib.h>

/* Elements of a field, at most; and of rows that are combined once more for each model. */
#define ELEMENTS 20000
#define AGAIN 5000
#define DEAR (1u << FIELD_INFLUENCE | 1u << FIELD_FLIPS)

static double room[FIELDS][ELEMENTS], result[ELEMENTS];

static size_t elements_of(const struct work *w, int field, size_t top)
{
    static const enum shape shapes[] = {PER_ROW, PER_CLASS, PER_MODEL, PER_PLACE};
    const size_t elements[] = {1, w->width, w->n, top};

    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        if (fields[field].shape == shapes[i])
            return elements[i];
    return 0;
}

static int is_dear(const struct work *w)
{
    return w->n * w->n * w->width * w->rows > AGAIN;
}

static void hash_field(struct work *w, int field, const void *array, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash_value(&w->hash, field_bits(field, array, i));
}

static void hash_code(struct work *w, int code)
{
    hash_value(&w->hash, (uint64_t)(int64_t)code);
}

/* One field by itself, a different one each time. */
static void measure(struct work *w, const struct ensemble *e)
{
    const int f = (int)(w->number % MEASURES), is_real = fields[f].size == sizeof(double);
    const size_t length = w->rows * elements_of(w, f, 0);
    int code;

    if (is_dear(w) && (DEAR >> f & 1))
        return;
    code = ensemble_measure(e, f + 1, room[f], is_real ? ENSEMBLE_F64 : ENSEMBLE_I32, length);
    hash_code(w, code);
    if (code == 0)
        hash_field(w, is_real ? f : FIELD_LABEL, room[f], length);
}

/* The rows from `begin` to `end`, with a result, and a workspace if there is one. */
static int run_rows(const struct work *w, const struct ensemble *e, uint32_t asked, struct ensemble_call *call,
                    size_t begin, size_t end)
{
    const size_t top = 1 + w->number % w->width % 5;
    struct ensemble_report report = {
        .struct_size = sizeof report, .rows = end - begin, .width = w->width, .models = w->n, .top = top};

    for (int f = 0; f < FIELDS; f++)
        if (asked >> f & 1)
            field_point(&report, f, (unsigned char *)room[f] + begin * elements_of(w, f, top) * fields[f].size);
    call->report = &report;
    call->row_begin = begin;
    call->row_count = end - begin;
    call->result = (unsigned char *)result + begin * w->width * number_size(w->result);
    call->result_count = (end - begin) * w->width;
    return ensemble_run(e, call);
}

/*
 * As many fields as can be had, and the largest classes, in one call or two. What a call cannot have costs nothing to
 * find out.
 */
static void report(struct work *w, const struct ensemble *e)
{
    static const uint32_t doubtful[] = {
        1u << FIELD_SETTLED,
        1u << FIELD_CONTRIBUTION,
        1u << FIELD_ENTROPY,
        1u << FIELD_VARIANCE,
        1u << FIELD_MEAN_ENTROPY | 1u << FIELD_MUTUAL_INFORMATION | 1u << FIELD_VARIATION_RATIO | 1u << FIELD_CONFLICT,
    };
    const size_t size = ensemble_workspace_size(e), first = w->number % 4 > 1 ? 1 : w->rows;
    struct ensemble_call call = {.struct_size = sizeof call, .dtype = w->result + 1};
    uint32_t asked = 0;
    int code = 1;

    call.workspace = w->number % 2 != 0 ? work_allocate(size) : NULL;
    call.workspace_size = call.workspace != NULL ? size : 0;
    for (unsigned without = 0; code != 0 && without < 1u << sizeof doubtful / sizeof doubtful[0]; without++) {
        asked = is_dear(w) ? ALL_FIELDS & ~DEAR : ALL_FIELDS;
        for (size_t i = 0; i < sizeof doubtful / sizeof doubtful[0]; i++)
            asked &= without >> i & 1 ? ~doubtful[i] : ALL_FIELDS;
        code = run_rows(w, e, asked, &call, 0, first);
        hash_code(w, code);
    }
    if (code == 0 && first < w->rows)
        code = run_rows(w, e, asked, &call, first, w->rows);
    free(call.workspace);
    hash_code(w, code);
    for (int f = 0; f < FIELDS && code == 0; f++)
        if (asked >> f & 1)
            hash_field(w, f, room[f], w->rows * elements_of(w, f, 1 + w->number % w->width % 5));
    for (size_t i = 0; i < w->rows * w->width && code == 0; i++) {
        const uint64_t bits = number_get(w->result, result, i);

        hash_value(&w->hash, number_is_nan(w->result, bits) ? number_infinity(w->result) + 1 : bits);
    }
}

static void call_others(struct work *w, const struct ensemble *e)
{
    const size_t k = 1 + w->number % w->width;
    int code = ensemble_top_k(e, k, (int32_t *)(void *)room[FIELD_TOP_LABELS], room[FIELD_TOP_VALUES]);

    hash_code(w, code);
    for (int f = FIELD_TOP_LABELS; f <= FIELD_TOP_VALUES && code == 0; f++)
        hash_field(w, f, room[f], w->rows * k);
    code = ensemble_settled(e, (uint8_t *)room[FIELD_SETTLED]);
    hash_code(w, code);
    if (code == 0)
        hash_field(w, FIELD_SETTLED, room[FIELD_SETTLED], w->rows);
    code = ensemble_similarity(e, ENSEMBLE_SIMILARITY_CORRELATION + (int32_t)(w->number % 3), room[FIELD_VARIANCE]);
    hash_code(w, code);
    if (code == 0)
        hash_field(w, FIELD_VARIANCE, room[FIELD_VARIANCE], w->n * w->n);
}

static int report_all(struct work *w, struct ensemble *e)
{
    measure(w, e);
    report(w, e);
    call_others(w, e);
    return 0;
}

static uint64_t hash_section(int section, const char *isa, int *wrong)
{
    return work_section(section, isa, report_all, wrong);
}

int main(int argc, char **argv)
{
    const struct hashes_suite suite = {
        .program = "golden_report", .sections = WORK_SECTIONS, .name = work_name, .hash = hash_section,
    };

    return hashes_main(&suite, argc, argv);
}
