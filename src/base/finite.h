/* SPDX-License-Identifier: MIT */
/* isfinite() without libm. */
#ifndef ENS_BASE_FINITE_H
#define ENS_BASE_FINITE_H

#include <float.h>

static inline int ens_is_finite(double x)
{
    return x >= -DBL_MAX && x <= DBL_MAX;
}

#endif
