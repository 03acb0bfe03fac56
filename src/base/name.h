/* SPDX-License-Identifier: MIT */
/* What a model may be called. */
#ifndef ENS_BASE_NAME_H
#define ENS_BASE_NAME_H

#include <stddef.h>

#define ENS_NAME_MOST 255 /* bytes, without the NUL */

/* Is it UTF-8 of at most ENS_NAME_MOST bytes, without control characters and quotation marks? "" is. */
int ens_name_is_fit(const char *name, size_t length);

#endif
