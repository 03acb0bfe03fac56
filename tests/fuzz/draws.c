/* SPDX-License-Identifier: MIT */
/*
 * What the tasks of tests/methods and the lessons of tests/learn draw from, and where they tell of failures: the first
 * one ends the program. And the target that they are made into.
 */
#include "isas.h"
#include "number.h"
#include "report.h"

#include <inttypes.h>
#include <stdarg.h>

struct fuzz draws;

static struct {
    const char *isa;
    describe *describe_it;
    const void *what;
} now;

void report_subject(const char *isa, describe *describe_it, const void *what)
{
    now.isa = isa;
    now.describe_it = describe_it;
    now.what = what;
}

void report_pass(void)
{
}

void report_fail(const char *format, ...)
{
    char text[1024] = "";
    va_list arguments;

    if (now.describe_it != NULL)
        now.describe_it(now.what, text, sizeof text);
    fprintf(stderr, "FAILED: %s: %s: ", now.isa != NULL ? now.isa : "any", text);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n");
    abort();
}

void report_compare(int dtype, const void *expected, const void *found, size_t index, size_t length)
{
    if (index < length)
        report_fail("element %zu is 0x%" PRIx64 ", not 0x%" PRIx64, index, number_get(dtype, found, index),
                    number_get(dtype, expected, index));
}

/* The fuzzer and its sanitizers see faults better. */
void report_faults(void)
{
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int prepared;

    if (!prepared) {
        isas_select(NULL);
        draws_prepare();
        prepared = 1;
    }
    draws = fuzz_begin(data, size);
    draws_judge(fuzz_bits(&draws, 4));
    draws = fuzz_begin(NULL, 0);
    return 0;
}
