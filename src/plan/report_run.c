/* SPDX-License-Identifier: MIT */
/* The walk over the rows of a call with a report: dozens of short rows at once, or a few, or one after the other. */
#include "base/dtype.h"
#include "plan/report_rows.h"

static unsigned char *result_of(const struct ens_blend *b, size_t line)
{
    const struct ens_walk *walk = b->walk;

    return walk->result == NULL ? NULL : walk->result + (line * walk->result_stride << ens_dtype_shift(walk->dtype));
}

/* `most` at once; then comes what can only be told of rows that are combined. */
static void report_lines(struct ens_blend *b, size_t line, size_t end, size_t most)
{
    for (size_t rows; line < end; line += rows) {
        rows = end - line < most ? end - line : most;
        ens_blend_line(b, b->walk->row_begin + line, rows * b->e->width, result_of(b, line));
        ens_report_rows(b, rows);
    }
}

/*
 * Up to `at_once` rows as report_rows.c does it. Where it cannot, since a NaN is left out, the next try is with a
 * quarter of them, down to a single row, and with twice as many whenever it could: so one NaN among many rows does not
 * cost much, and neither do tries where every row has one.
 */
static void report_several(struct ens_blend *b, size_t at_once)
{
    const size_t end = b->walk->row_count;

    for (size_t line = 0, bound = at_once, rows; line < end; line += rows) {
        rows = end - line < bound ? end - line : bound;
        bound = 2 * bound < at_once ? 2 * bound : at_once;
        while (!ens_report_several(b, b->walk->row_begin + line, rows, result_of(b, line))) {
            if (rows == 1) {
                report_lines(b, line, line + 1, 1);
                bound = 1;
                break;
            }
            bound = rows = (rows + 3) / 4;
        }
    }
}

void ens_report_run(struct ens_blend *b)
{
    const struct ens_walk *walk = b->walk;
    const size_t width = b->e->width, at_once = ens_report_rows_most(b);
    const int several = !b->recipe->rowwise && !b->by_row && walk->inputs->summary->gaps == 0 &&
                        (walk->result == NULL || walk->result_stride == width);
    size_t most = several && width <= b->tile / 2 ? b->tile / width : 1;

    if (at_once > 0) {
        report_several(b, at_once);
        return;
    }
    if (b->report->asks & (ENS_ASKS_REASONS | ENS_ASKS_LABELS))
        most = most < ENS_REPORT_ROWS ? most : ENS_REPORT_ROWS;
    report_lines(b, 0, walk->row_count, most);
}
