/* SPDX-License-Identifier: MIT */
/*
 * Scalar conversions between the 16-bit types and float or double: the reference that every vector conversion equals.
 * To the narrower type they round to nearest, ties to even, once, also from double. NaN stays NaN (its payload is
 * cut, and it becomes quiet); sign and payload of a NaN are outside of what the library promises.
 */
#ifndef ENS_BASE_HALF_H
#define ENS_BASE_HALF_H

#include <stdint.h>
#include <string.h>

static inline uint32_t ens_f32_bits(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float ens_f32_from_bits(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline float ens_f32_from_bf16(uint16_t h)
{
    return ens_f32_from_bits((uint32_t)h << 16);
}

static inline uint16_t ens_bf16_from_f32(float x)
{
    uint32_t bits = ens_f32_bits(x);

    if (x != x)
        return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

/*
 * The 15 bits without sign, moved to where float keeps exponent and mantissa, are the value times 2^-112 (exponent
 * bias 15 against 127); multiplying by 2^112 is exact for all finite values, denormals included.
 */
static inline float ens_f32_from_f16(uint16_t h)
{
    uint32_t magnitude = (uint32_t)(h & 0x7FFF) << 13;
    uint32_t sign = (uint32_t)(h & 0x8000) << 16;

    if (magnitude >= 0x0F800000) /* infinity or NaN: all exponent bits set there too */
        return ens_f32_from_bits(sign | magnitude | 0x7F800000);
    return ens_f32_from_bits(sign | ens_f32_bits(ens_f32_from_bits(magnitude) * 0x1p112f));
}

/*
 * Below 2^-14 the result is denormal: adding 0.5 shifts the mantissa so that the sum's last bit is 2^-24, the step of
 * binary16's denormals, and the addition does the rounding. Above, the bits are rounded by an integer addition.
 */
static inline uint16_t ens_f16_from_f32(float x)
{
    uint32_t bits = ens_f32_bits(x);
    uint32_t magnitude = bits & 0x7FFFFFFF;
    uint32_t half;

    if (magnitude > 0x7F800000)
        half = 0x7E00;
    else if (magnitude >= 0x477FF000) /* 65520: halfway between the largest finite value and 2^16 */
        half = 0x7C00;
    else if (magnitude < 0x38800000) /* 2^-14 */
        half = ens_f32_bits(ens_f32_from_bits(magnitude) + 0.5f) - 0x3F000000;
    else
        half = (magnitude - 0x38000000 + 0x0FFF + (magnitude >> 13 & 1)) >> 13;
    return (uint16_t)(half | (bits >> 16 & 0x8000));
}

/*
 * Double to float, rounded to odd: towards zero, and the last bit set where the value was not exact. A second rounding
 * to a type that is at least two bits shorter then gives what one rounding of the double would have given (Boldo and
 * Melquiond, 2008). Float has 13 bits more than binary16, 16 more than bfloat16, and in the denormals of both too.
 */
static inline float ens_f32_from_f64_odd(double x)
{
    float nearest = (float)x;
    uint32_t bits = ens_f32_bits(nearest);
    double back = nearest;

    if ((back > 0 && back > x) || (back < 0 && back < x))
        bits--; /* it was rounded away from zero; the magnitude is a bit pattern that counts upwards */
    if (back != x)
        bits |= 1;
    return ens_f32_from_bits(bits);
}

static inline uint16_t ens_bf16_from_f64(double x)
{
    return ens_bf16_from_f32(ens_f32_from_f64_odd(x));
}

static inline uint16_t ens_f16_from_f64(double x)
{
    return ens_f16_from_f32(ens_f32_from_f64_odd(x));
}

#endif
