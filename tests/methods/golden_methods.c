/* SPDX-License-Identifier: MIT */
/*
 * A fixed workload of all methods (golden_work.c), of which every instruction set, compiler and machine must make the
 * same bits: those whose hashes are in golden.txt.
 *
 *     golden_methods [--file PATH] [--isa NAME] [--best NAME] [--write]
 */
#include "golden_work.h"
#include "number.h"

#include <stdlib.h>

/* Some in one call, some in two: the first row, and the others; some with a workspace. */
static int run_rows(struct work *w, struct ensemble *e)
{
    const size_t size = ensemble_workspace_size(e);
    struct ensemble_call call = {.struct_size = sizeof call, .dtype = w->result + 1};
    size_t end;
    int code = 0;

    call.workspace = w->number % 2 != 0 ? work_allocate(size) : NULL;
    call.workspace_size = call.workspace != NULL ? size : 0;
    call.result_stride = w->result_stride;
    for (size_t row = 0; code == 0 && row < w->rows; row = end) {
        end = row == 0 && w->number % 4 > 1 ? 1 : w->rows;
        call.result = w->out + row * w->result_stride * number_size(w->result);
        call.row_begin = row;
        call.row_count = end - row;
        call.result_count = (end - row - 1) * w->result_stride + w->width;
        code = ensemble_run(e, &call);
    }
    free(call.workspace);
    return code;
}

static int combine(struct work *w, struct ensemble *e)
{
    const int code = run_rows(w, e);

    hash_value(&w->hash, (uint64_t)(int64_t)code);
    for (size_t k = 0; k < (w->rows - 1) * w->result_stride + w->width; k++) {
        const uint64_t bits = number_get(w->result, w->out, k);

        hash_value(&w->hash, number_is_nan(w->result, bits) ? number_infinity(w->result) + 1 : bits);
    }
    return code;
}

static uint64_t hash_section(int section, const char *isa, int *wrong)
{
    return work_section(section, isa, combine, wrong);
}

int main(int argc, char **argv)
{
    const struct hashes_suite suite = {
        .program = "golden_methods", .sections = WORK_SECTIONS, .name = work_name, .hash = hash_section,
    };

    return hashes_main(&suite, argc, argv);
}
