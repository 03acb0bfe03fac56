/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* SIGBUS */

#include "report.h"

#include "number.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* After so many failures the rest are only counted. */
#define MOST_PRINTED 40

static struct {
    const char *isa;
    describe *describe_it;
    const void *what;
    size_t passed, failed, skipped;
} now;

void report_subject(const char *isa, describe *describe_it, const void *what)
{
    now.isa = isa;
    now.describe_it = describe_it;
    now.what = what;
}

static void print_subject(void)
{
    char text[1024] = "";

    if (now.describe_it != NULL)
        now.describe_it(now.what, text, sizeof text);
    printf("FAILED: %s: %s: ", now.isa != NULL ? now.isa : "any", text);
}

void report_pass(void)
{
    now.passed++;
}

void report_fail(const char *format, ...)
{
    va_list arguments;

    if (now.failed++ >= MOST_PRINTED)
        return;
    print_subject();
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
}

void report_compare(int dtype, const void *expected, const void *found, size_t index, size_t length)
{
    if (index == length) {
        report_pass();
        return;
    }
    report_fail("element %zu is 0x%" PRIx64 ", not 0x%" PRIx64, index, number_get(dtype, found, index),
                number_get(dtype, expected, index));
}

void report_skip(const char *why)
{
    printf("SKIPPED: %s\n", why);
    now.skipped++;
}

/* printf() is not safe in every signal handler, but here the fault is in a kernel, which is not inside of printf(). */
static void on_fault(int number)
{
    now.failed++;
    print_subject();
    printf("signal %d\n", number);
    printf("kernels: %zu passed, %zu failed\n", now.passed, now.failed);
    fflush(stdout);
    _Exit(1);
}

void report_faults(void)
{
    static const int faults[] = {
        SIGSEGV, SIGILL, SIGFPE,
#ifdef SIGBUS
        SIGBUS,
#endif
    };

    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        signal(faults[i], on_fault);
}

int report_end(void)
{
    if (now.failed > MOST_PRINTED)
        printf("(%zu more failures were not printed)\n", now.failed - MOST_PRINTED);
    if (now.skipped > 0)
        printf("skipped: %zu\n", now.skipped);
    printf("kernels: %zu passed, %zu failed\n", now.passed, now.failed);
    return now.failed > 0;
}
