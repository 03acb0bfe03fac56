/* SPDX-License-Identifier: MIT */
/*
 * vf_scale for instruction sets that have no such instruction: 2^k by its exponent's bits, which are the last ones of
 * `biased`. With it goes what makes a normal number of each 2^k that exp meets, so that only the last product rounds.
 */
#ifndef ENS_SIMD_NO_SCALE_H
#define ENS_SIMD_NO_SCALE_H

#define ENS_SCALE(w, mantissa, lowering)                                                                             \
    static ENS_INLINE vf##w vf##w##_scale(vf##w v, vf##w k, vf##w biased)                                            \
    {                                                                                                                \
        (void)k;                                                                                                     \
        return vf##w##_mul(vf##w##_mul(v, vf##w##_set1(lowering)),                                                   \
                           vf##w##_from_bits(vu##w##_shl(vf##w##_bits(biased), mantissa)));                          \
    }
ENS_SCALE(32, 23, 0x1p-24F)
ENS_SCALE(64, 52, 0x1p-54)
#undef ENS_SCALE

#endif
