/* SPDX-License-Identifier: MIT */
/* isfinite() and isnan() without libm, and without macros that differ from system to system. */
#ifndef ENS_BASE_FINITE_H
#define ENS_BASE_FINITE_H

#include <float.h>

static inline int ens_is_finite(double x)
{
    return x >= -DBL_MAX && x <= DBL_MAX;
}

static inline int ens_is_nan(double x)
{
    return x != x;
}

#endif
