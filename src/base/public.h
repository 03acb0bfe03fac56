/* SPDX-License-Identifier: MIT */
/*
 * The public header as the library itself sees it. Everything is compiled with -fvisibility=hidden; what is declared
 * between these two lines is exported. So it needs no decoration, and every parser of C can read it. That of rankings
 * is in rank/public.h.
 */
#ifndef ENS_BASE_PUBLIC_H
#define ENS_BASE_PUBLIC_H

#pragma GCC visibility push(default)
#include <ensemble.h>
#pragma GCC visibility pop

#endif
