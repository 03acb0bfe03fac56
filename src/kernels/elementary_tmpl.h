/* SPDX-License-Identifier: MIT */
/*
 * exp and log of our own, since those of C libraries differ in their last bits. They are made of the vector operations
 * alone, each of which rounds once or not at all, so that every instruction set gives the same bits.
 *
 * Largest errors in units in the last place, for all arguments in f32, in f64 for those tried (docs/numerics.md): exp
 * 0.99 and 1.02, log 0.96 and 1.00; denormal results are off by less than the least denormal. exp(0) is 1, log(1) is 0.
 * exp of what is too low, and of -inf, is 0; of what is too high inf. log of 0 is -inf, of less NaN. NaN stays NaN.
 *
 * W. J. Cody and W. Waite, Software Manual for the Elementary Functions, 1980: reduction by ln 2 in two parts. P. T. P.
 * Tang, ACM TOMS 15 (1989) and 16 (1990): exp as 2^k (1 + (t + t^2 q)), log by an odd polynomial in f / (2 + f).
 * The polynomials q are our own: minimax (Remez) for the relative error of the result, coefficients rounded one after
 * another and the others fitted anew each time.
 */
#include "kernels/tmpl.h"

#define ENS_PICK_f32(single, twice) single
#define ENS_PICK_f64(single, twice) twice
#define PICK(single, twice) ENS_CAT(ENS_PICK_, ENS_ACC)(single, twice)
#define NUMBER(x) V(set1)((SCALAR)(x))

#define MANTISSA PICK(23, 52)
#define BIAS PICK(127, 1023)
#define UNIT PICK(0x1p23, 0x1p52) /* from here to twice this, the mantissa's bits are an integer */
#define NORMAL PICK(0x1p-126, 0x1p-1022)
/* 2^SHIFT, which makes a normal number of each denormal, and of 2^k for each k <= 0 that exp meets. */
#define SHIFT PICK(24, 54)
#define LIFT PICK(0x1p24, 0x1p54)
/* ln 2 in two parts; the first is so short, 16 and 42 bits, that its product with each k is exact. */
#define LN2_HIGH PICK(0x1.62e4p-1, 0x1.62e42fefa38p-1)
#define LN2_LOW PICK(0x1.7f7d1cp-20, 0x1.ef35793c7673p-45)
#define LOG2E PICK(0x1.715476p+0, 0x1.71547652b82fep+0)
/* exp is 0 at LEAST and infinite at MOST. */
#define LEAST PICK(-104, -746)
#define MOST PICK(89, 710)
/* To add 1.5 UNIT rounds to an integer; with the rest, its last bits are the exponent of 2^k LIFT. */
#define INTEGER (1.5 * UNIT + BIAS + SHIFT)

/* Horner's rule in t^2, on pairs of terms c t + d, which do not wait for each other. */
#define PAIR(c, d) V(add)(V(mul)(ONE(c), t), ONE(d))
#define THEN(c, d) q = V(add)(V(mul)(q, t2), PAIR(c, d));

/* exp(x - k ln 2), k being the integer next to x / ln 2. *sum is k + INTEGER: its bits hold 2^k LIFT. */
static ENS_INLINE VEC ELEMENTARY(exp_part)(const VEC x, VEC *const sum, VEC *const whole)
{
#define ONE(c) NUMBER(c)
    const VEC rounded = V(add)(V(mul)(x, NUMBER(LOG2E)), NUMBER(INTEGER)), k = V(sub)(rounded, NUMBER(INTEGER));
    const VEC t = V(sub)(V(sub)(x, V(mul)(k, NUMBER(LN2_HIGH))), V(mul)(k, NUMBER(LN2_LOW))), t2 = V(mul)(t, t);
    /* q of degree 4 (f64: 9) for |t| < ln 2 / 2; relative error of 1 + t + t^2 q: 3.3e-9 (5.9e-18). */
    VEC q = PICK(ONE(0x1.692de4p-10), PAIR(0x1.aa07ea0a8abdep-26, 0x1.28b5bebfb622dp-22));

    PICK(THEN(0x1.12393ap-7, 0x1.555a46p-5) THEN(0x1.555492p-3, 0x1.fffffap-2),
         THEN(0x1.71e153c19099ep-19, 0x1.a0199184221fbp-16)
         THEN(0x1.a01a00337e34fp-13, 0x1.6c16c18710832p-10) THEN(0x1.11111111542f6p-7, 0x1.555555554fd03p-5)
         THEN(0x1.555555555545p-3, 0x1.000000000000bp-1))
    *sum = rounded;
    *whole = k;
    return V(add)(V(add)(t, V(mul)(t2, q)), ONE(1));
#undef ONE
}

/* exp(x) for x <= 0, and NaN: the bits of exp(). The last step is the only one that rounds a denormal result. */
static ENS_INLINE VEC ELEMENTARY(exp_nonpositive)(const VEC x)
{
    VEC sum, k;
    const VEC part = ELEMENTARY(exp_part)(V(hi)(x, NUMBER(LEAST)), &sum, &k);

    return V(scale)(part, k, sum);
}

/* exp(x). Above 0, where 2^k LIFT can overflow, 2^64 of it is kept for a product of its own. */
static ENS_INLINE VEC ELEMENTARY(exp)(const VEC x)
{
    const VEC zero = NUMBER(0), kept = V(select)(V(lt)(zero, x), NUMBER(64), zero);
    VEC sum, k, part = ELEMENTARY(exp_part)(V(lo)(NUMBER(MOST), V(hi)(x, NUMBER(LEAST))), &sum, &k);

    part = V(mul)(V(mul)(part, NUMBER(1 / LIFT)), V(from_bits)(U(shl)(V(bits)(V(sub)(sum, kept)), MANTISSA)));
    return V(mul)(part, V(select)(V(lt)(zero, x), NUMBER(0x1p64), NUMBER(1)));
}

/* log(x) = k ln 2 + log(1 + f), where x = 2^k (1 + f); log(1 + f) = f + s (s^2 q - f), where s = f / (2 + f). */
static ENS_INLINE VEC ELEMENTARY(log)(const VEC x)
{
#define ONE(c) NUMBER(c)
    const VEC lifted = V(select)(V(lt)(x, NUMBER(NORMAL)), V(mul)(x, NUMBER(LIFT)), x);
    const VEC bias = V(select)(V(lt)(x, NUMBER(NORMAL)), NUMBER(UNIT + BIAS + SHIFT), NUMBER(UNIT + BIAS));
    const BITS least = V(bits)(NUMBER(PICK(0x1.6a09e6p-1, 0x1.6a09e667f3bcdp-1))); /* sqrt(1/2), the least 1 + f */
    const BITS b = U(add)(V(bits)(lifted), U(sub)(V(bits)(NUMBER(1)), least));
    const VEC k = V(sub)(V(from_bits)(U(or)(U(shr)(b, MANTISSA), V(bits)(NUMBER(UNIT)))), bias);
    const VEC m = V(from_bits)(U(add)(U(and)(b, U(set1)(((UINT)1 << MANTISSA) - 1)), least));
    const VEC f = V(sub)(m, NUMBER(1)), s = V(div)(f, V(add)(f, NUMBER(2))), t = V(mul)(s, s), t2 = V(mul)(t, t);
    /* q of degree 2 (f64: 6) in t = s^2 for f from sqrt(1/2) - 1 to sqrt(2) - 1; relative error 8.4e-10 (1.7e-18). */
    VEC y, q = ONE(PICK(0x1.31e292p-2, 0x1.2f06c27fececap-3));

    PICK(THEN(0x1.995ec2p-2, 0x1.55557ap-1), THEN(0x1.39a19e8e58dap-3, 0x1.74663fb9ff414p-3)
         THEN(0x1.c71c5206c8c1cp-3, 0x1.24924941f2767p-2) THEN(0x1.999999997fdc4p-2, 0x1.5555555555592p-1))
    y = V(add)(V(mul)(s, V(sub)(V(mul)(t, q), f)), V(mul)(k, NUMBER(LN2_LOW)));
    y = V(add)(V(mul)(k, NUMBER(LN2_HIGH)), V(add)(f, y));
    y = V(select)(V(lt)(x, NUMBER(INFINITY)), y, x);
    return V(select)(V(lt)(NUMBER(0), x), y, V(select)(V(eq)(x, NUMBER(0)), NUMBER(-INFINITY), NUMBER(NAN)));
#undef ONE
}

#undef PICK
#undef NUMBER
#undef MANTISSA
#undef BIAS
#undef UNIT
#undef NORMAL
#undef SHIFT
#undef LIFT
#undef LN2_HIGH
#undef LN2_LOW
#undef LOG2E
#undef LEAST
#undef MOST
#undef INTEGER
#undef PAIR
#undef THEN
