/* SPDX-License-Identifier: MIT */
/* The table of the report: each of its fields, and the functions around it, beside passes over whole arrays. */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "cell.h"

/* `only`: the name of one line of the table, or NULL; `isa`: the library's instruction set, or NULL for the default. */
void report_table(const struct timing *timing, const char *only, const char *isa);

#endif
