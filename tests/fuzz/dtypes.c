/* SPDX-License-Identifier: MIT */
/*
 * Any bits as values of each dtype, into each dtype, with every instruction set of this machine: alone, where the
 * answer is the value itself, and as a weighted sum of two. To the bit beside the definition of the formats
 * (tests/kernels/number.h), which rounds one value at a time.
 */
#include "fuzz.h"

#include "isas.h"
#include "number.h"

#include <math.h>

#define MOST 300 /* values */

struct sums {
    int from[2], to;
    size_t n, length; /* models, and values of each */
    double weight[2];
    unsigned char *in[2]; /* at any address */
    unsigned char expected[MOST * sizeof(double)];
};

/* Of a product or a sum in float or double, as `to` or a model asks for. */
static double rounded(int acc, double x)
{
    return acc == ENS_f64 ? x : (double)(float)x;
}

/*
 * Two floats' product is exact in double; and a sum of floats that is rounded to double and then to float is rounded as
 * if once, since double has more than twice the digits (Figueroa, 1995).
 */
static void expect(struct sums *s)
{
    int acc = s->to == ENS_f64 ? ENS_f64 : ENS_f32;

    for (size_t i = 0; i < s->n; i++)
        acc = s->from[i] == ENS_f64 ? ENS_f64 : acc;
    for (size_t k = 0; k < s->length; k++) {
        double sum = 0;

        for (size_t i = 0; i < s->n; i++) {
            const double x = rounded(acc, number_decode(s->from[i], number_get(s->from[i], s->in[i], k)));
            const double product = rounded(acc, rounded(acc, s->weight[i]) * x);

            sum = i == 0 ? product : rounded(acc, sum + product);
        }
        number_put(s->to, s->expected, k, number_encode(s->to, sum));
    }
}

/* Values near those that the narrower type rounds differently are likelier than among any bits. */
static uint64_t draw_value(struct fuzz *f, int from, int to)
{
    const uint64_t bits = fuzz_bits(f, number_size(from));
    uint64_t near;

    if (number_size(to) >= number_size(from) || !(bits & 1))
        return bits;
    near = number_encode(from, number_decode(to, bits >> 1 & (number_sign(to) * 2 - 1)));
    return near ^ (uint64_t)1 << bits % (8 * number_size(from) - 1);
}

static void draw(struct sums *s, struct fuzz *f)
{
    s->n = fuzz_one_in(f, 4) ? 2 : 1;
    s->to = (int)fuzz_below(f, ENS_DTYPES);
    s->length = 0;
    for (size_t i = 0; i < s->n; i++) {
        s->from[i] = (int)fuzz_below(f, ENS_DTYPES);
        s->weight[i] = fuzz_one_in(f, 4) ? fuzz_double(f) : 1;
        if (!isfinite(s->weight[i]) || s->weight[i] == 0)
            s->weight[i] = 1;
    }
    s->length = 1 + fuzz_left(f) / number_size(s->from[0]);
    s->length = s->length < MOST ? s->length : MOST;
    for (size_t i = 0; i < s->n; i++) {
        const size_t size = number_size(s->from[i]);

        s->in[i] = fuzz_memory(s->length * size);
        for (size_t k = 0; k < s->length; k++)
            number_put(s->from[i], s->in[i], k, draw_value(f, s->from[i], s->to));
    }
}

static void check(const struct sums *s, const char *isa)
{
    const struct ensemble_options options = {.struct_size = sizeof options, .isa = isa};
    const size_t bytes = s->length * number_size(s->to);
    unsigned char *result = memset(fuzz_memory(bytes), 0x5A, bytes);
    struct ensemble *e;

    FUZZ_CHECK(ensemble_create_with(&e, s->length, &options) == 0);
    for (size_t i = 0; i < s->n; i++)
        FUZZ_CHECK(ensemble_add_model_output(e, s->in[i], s->from[i] + 1, 1) == (int)i);
    FUZZ_CHECK(ensemble_set_weights(e, s->weight, s->n) == 0);
    FUZZ_CHECK(ensemble_combine(e, result, s->to + 1, s->length) == 0);
    FUZZ_CHECK(number_differ(s->to, s->expected, result, s->length) == s->length);
    ensemble_destroy(e);
    free(result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sums sums;
    struct fuzz f = fuzz_begin(data, size);

    isas_select(NULL);
    draw(&sums, &f);
    expect(&sums);
    for (int i = 0; i < ENS_ISAS; i++)
        if (isas[i].run)
            check(&sums, isas[i].name);
    for (size_t i = 0; i < sums.n; i++)
        free(sums.in[i]);
    return 0;
}
