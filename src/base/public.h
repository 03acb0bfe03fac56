/* SPDX-License-Identifier: MIT */
/*
 * The public headers as the library itself sees them. Everything is compiled with -fvisibility=hidden; what is declared
 * between these two lines is exported. So they need no decoration, and every parser of C can read them.
 */
#ifndef ENS_BASE_PUBLIC_H
#define ENS_BASE_PUBLIC_H

#pragma GCC visibility push(default)
#include <ensemble.h>
#include <ensemble_rank.h>
#pragma GCC visibility pop

#endif
