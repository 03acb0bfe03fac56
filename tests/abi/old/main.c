/* SPDX-License-Identifier: MIT */
#include "old.h"

/* The sizes that this release compiled into its programs. */
#if ENSEMBLE_VERSION_MINOR >= 6
#define POINTERS 14
#elif ENSEMBLE_VERSION_MINOR >= 3
#define POINTERS 12
#elif ENSEMBLE_VERSION_MINOR >= 2
#define POINTERS 11
#else
#define POINTERS 9
#endif
_Static_assert(sizeof(struct ensemble_call) == 16 + POINTERS * sizeof(void *), "struct ensemble_call of this release");
_Static_assert(sizeof(struct ensemble_options) == 8 + 4 * sizeof(void *), "struct ensemble_options of this release");

int main(void)
{
    since_0_1();
#if ENSEMBLE_VERSION_MINOR >= 2
    since_0_2();
#endif
#if ENSEMBLE_VERSION_MINOR >= 3
    since_0_3();
#endif
#if ENSEMBLE_VERSION_MINOR >= 4
    since_0_4();
#endif
#if ENSEMBLE_VERSION_MINOR >= 5
    since_0_5();
#endif
#if ENSEMBLE_VERSION_MINOR >= 6
    since_0_6();
#endif
    printf("ok: a program of %d.%d, whose calls have %zu bytes, runs with library %u.%u\n", ENSEMBLE_VERSION_MAJOR,
           ENSEMBLE_VERSION_MINOR, sizeof(struct ensemble_call), ensemble_version() / 10000,
           ensemble_version() / 100 % 100);
    return 0;
}
