/* SPDX-License-Identifier: MIT */
/* Counts checks, prints failures with what they are about, and turns a fault of the processor into a failure. */
#ifndef TESTS_KERNELS_REPORT_H
#define TESTS_KERNELS_REPORT_H

#include <stddef.h>
#include <stdint.h>

/* Writes what is being checked into `text`. */
typedef void describe(const void *what, char *text, size_t size);

/* From now on the checks are about `what`, for the instruction set named; `what` must live until the next call. */
void report_subject(const char *isa, describe *describe_it, const void *what);

void report_pass(void);

/* Prints the subject and the message, unless very many were printed already. */
void report_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Passes if no element differs, that is if `index` is `length`; else fails with the two values. */
void report_compare(int dtype, const void *expected, const void *found, size_t index, size_t length);

/* A check that this machine or compiler cannot make. */
void report_skip(const char *why);

/* From now on a fault, such as reading a guard page, is printed with the subject, and ends the program with 1. */
void report_faults(void);

/* The last lines. Returns the exit status. */
int report_end(void);

#endif
