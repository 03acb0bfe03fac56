/* SPDX-License-Identifier: MIT */
/*
 * Conversions beside the definition of the formats. To the wider types: every value. To the narrower ones: for each
 * value of the narrower type the value itself, the tie between it and the next, and what lies closest to both sides of
 * these in the wider type; what each must become follows from how it was made. In double, the closest neighbours of a
 * tie become the tie when they are rounded to float, so a conversion that rounds twice is caught.
 */
#include "check.h"
#include "isas.h"
#include "number.h"
#include "report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Seven probes for each of 65,536 values, and random ones. */
#define RANDOM_PROBES 100000
#define MOST_PROBES (7 * 65536 + RANDOM_PROBES)

static struct {
    int from, to;
    size_t length;
    unsigned char *probe, *expected, *found; /* arrays of the two dtypes */
} table;

/* The piece that one call converts. Short pieces are all tail in one instruction set or another. */
static size_t piece;

static void describe_conversion(const void *what, char *text, size_t size)
{
    (void)what;
    snprintf(text, size, "%s to %s, %zu values at a time", number_name(table.from), number_name(table.to), piece);
}

static void make_table(void)
{
    table.probe = malloc(MOST_PROBES * sizeof(double));
    table.expected = malloc(MOST_PROBES * sizeof(double));
    table.found = malloc(MOST_PROBES * sizeof(double));
    if (table.probe == NULL || table.expected == NULL || table.found == NULL) {
        perror("conversions");
        exit(1);
    }
}

static void start_table(int from, int to)
{
    table.from = from;
    table.to = to;
    table.length = 0;
}

static void add_bits(uint64_t probe, uint64_t expected)
{
    number_put(table.from, table.probe, table.length, probe);
    number_put(table.to, table.expected, table.length, expected);
    table.length++;
}

/* `x` must be a value of the dtype converted from; encoding it is then exact. */
static void add(double x, uint64_t expected)
{
    add_bits(number_encode(table.from, x), expected);
}

/* By the weighted sum of one model of weight 1 or by narrowing, in pieces of one length after the other. */
static void convert(const struct ens_kernels *kernels, int acc, int narrow)
{
    const float one32 = 1;
    const double one64 = 1;
    const size_t from_size = number_size(table.from), to_size = number_size(table.to);
    size_t length;

    for (size_t at = 0; at < table.length; at += length) {
        const void *in = table.probe + at * from_size;
        struct ens_span span = {.out = table.found + at * to_size, .in = &in, .n = 1};

        length = table.length - at < piece ? table.length - at : piece;
        span.length = length;
        span.weight = acc == ENS_f64 ? (const void *)&one64 : (const void *)&one32;
        if (narrow)
            kernels->narrow[acc][table.to](span.out, in, length, 0);
        else
            kernels->wsum[acc][table.from][table.to](&span);
    }
}

static void check_table(struct check *check, int acc, int narrow)
{
    static const size_t pieces[] = {MOST_PROBES, 3, 1, 5, 7, 13};
    const size_t n_pieces = check->quick ? 2 : sizeof pieces / sizeof pieces[0];

    for (int i = 0; i < ENS_ISAS; i++)
        for (size_t k = 0; isas[i].run && k < n_pieces; k++) {
            piece = pieces[k];
            report_subject(isas[i].name, describe_conversion, NULL);
            for (size_t at = 0; at < table.length; at++)
                number_put(table.to, table.found, at, ~number_get(table.to, table.expected, at));
            convert(isas[i].kernels, acc, narrow);
            isas[i].kernel_checks++;
            report_compare(table.to, table.expected, table.found,
                           number_differ(table.to, table.expected, table.found, table.length), table.length);
        }
}

/* All values of a 16-bit type to itself or to an accumulator. */
static void widen(struct check *check, int from, int to, int acc)
{
    start_table(from, to);
    for (uint64_t bits = 0; bits < 65536; bits++)
        add_bits(bits, number_encode(to, number_decode(from, bits)));
    check_table(check, acc, 0);
}

/* The neighbour of a value in the type converted from. */
static double neighbour(double x, double towards)
{
    return table.from == ENS_f64 ? nextafter(x, towards) : (double)nextafterf((float)x, (float)towards);
}

/*
 * The value with this pattern, and the tie between it and the next larger magnitude. The tie above the largest finite
 * value is with the power of two that would come next, and becomes infinite, since the largest finite value is odd.
 */
static void add_neighbourhood(uint64_t bits)
{
    const uint64_t magnitude = bits & ~number_sign(table.to);
    const double sign = bits == magnitude ? 1 : -1;
    const double infinity = sign * (double)INFINITY;
    const double value = number_decode(table.to, bits);
    double step, tie;

    if (magnitude >= number_infinity(table.to)) {
        add(value, bits);
        return;
    }
    step = magnitude + 1 < number_infinity(table.to) ? number_decode(table.to, bits + 1) - value
                                                     : value - number_decode(table.to, bits - 1);
    tie = value + step / 2;
    add(value, bits);
    add(tie, bits + (bits & 1));
    add(neighbour(tie, 0), bits);
    add(neighbour(tie, infinity), bits + 1);
    add(neighbour(value, infinity), bits);
    if (magnitude != 0)
        add(neighbour(value, 0), bits);
}

/* NaN whose payload lies where it is cut off, and NaN that overflow if they are rounded as if they were numbers. */
static void add_nans(void)
{
    const uint64_t infinity = number_infinity(table.from), sign = number_sign(table.from);
    const uint64_t nan = number_infinity(table.to) + 1;

    for (uint64_t payload = 1; payload < sign - infinity && payload != 0; payload *= 2) {
        add_bits(infinity + payload, nan);
        add_bits(sign | (infinity + payload), nan);
        add_bits(sign - payload, nan);
        add_bits((sign - payload) | sign, nan);
    }
}

/* Values of any size, beside the reference that rounds one at a time. */
static void add_random(struct rng *rng)
{
    for (int i = 0; i < RANDOM_PROBES / 2; i++) {
        const uint64_t bits = rng_bits(rng) & (number_sign(table.from) * 2 - 1);
        const uint64_t near = rng_bits(rng) & (number_sign(table.to) * 2 - 1);
        const double between = number_decode(table.to, near) * (1 + (double)rng_below(rng, 1 << 16) / (1 << 24));
        const uint64_t between_bits = number_encode(table.from, between);

        add_bits(bits, number_encode(table.to, number_decode(table.from, bits)));
        add_bits(between_bits, number_encode(table.to, number_decode(table.from, between_bits)));
    }
}

static void narrow(struct check *check, int from, int to)
{
    start_table(from, to);
    for (uint64_t i = 0; i < 65536; i++)
        if (to == ENS_f32) {
            /* All signs and exponents of float, each with many mantissas, the ends of each binade among them. */
            const uint64_t low = i % 8 == 0 ? 0 : i % 8 == 1 ? 0xFFFF : rng_bits(&check->rng) & 0xFFFF;

            add_neighbourhood(i << 16 | low);
        } else {
            add_neighbourhood(i);
        }
    if (to == ENS_f32)
        add_neighbourhood(number_infinity(to) - 1);
    add_nans();
    add_random(&check->rng);
    check_table(check, from, 1);
}

void check_conversions(struct check *check)
{
    make_table();
    for (int from = ENS_f16; from <= ENS_bf16; from++) {
        widen(check, from, ENS_f32, ENS_f32);
        widen(check, from, ENS_f64, ENS_f64);
        widen(check, from, from, ENS_f32);
        narrow(check, ENS_f32, from);
        narrow(check, ENS_f64, from);
    }
    narrow(check, ENS_f64, ENS_f32);
    report_subject(NULL, NULL, NULL);
}
