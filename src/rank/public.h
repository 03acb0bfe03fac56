/* SPDX-License-Identifier: MIT */
/*
 * The public header of rankings as the library itself sees it; base/public.h says how. By itself, so that a change of
 * it does not compile kernels again.
 */
#ifndef ENS_RANK_PUBLIC_H
#define ENS_RANK_PUBLIC_H

#include "base/public.h"

#pragma GCC visibility push(default)
#include <ensemble_rank.h>
#pragma GCC visibility pop

#endif
