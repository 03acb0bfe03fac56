/* SPDX-License-Identifier: MIT */
/* What the demo does where something goes wrong: it says so, and ends. */
#ifndef MUST_H
#define MUST_H

#include <stddef.h>

/* Says "demo: WHAT: WHY", and ends the program. */
void fail(const char *what, const char *why);

/* Every call of the library may fail, and says why. Successful ones return 0, or the index of a model. */
int must(int result, const char *call);

#define MUST(call) must((call), #call)

/* Memory for `n` things of `size` bytes; never NULL. The caller gives it to free(). */
void *must_allocate(size_t n, size_t size);

#endif
