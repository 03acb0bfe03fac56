/* SPDX-License-Identifier: MIT */
/*
 * What a test reaches of the library: linked with a library that was compiled with -fsanitize-coverage=trace-pc, whose
 * blocks call this. The places are written to the file named by REACH, as offsets in the file that holds the library,
 * when the program ends.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define PLACES ((size_t)1 << 20) /* several times as many as the library has blocks */

void __sanitizer_cov_trace_pc(void);

static uintptr_t places[PLACES];

/* Threads may lose a place of one another: tests have more than one chance to get there. */
void __sanitizer_cov_trace_pc(void)
{
    const uintptr_t place = (uintptr_t)__builtin_return_address(0);
    size_t at = (place ^ place >> 12) % PLACES;

    while (places[at] != place && places[at] != 0)
        at = (at + 1) % PLACES;
    places[at] = place;
}

__attribute__((destructor)) static void write_places(void)
{
    const char *path = getenv("REACH");
    FILE *file = path != NULL ? fopen(path, "w") : NULL;
    Dl_info info;

    if (file == NULL)
        return;
    for (size_t at = 0; at < PLACES; at++)
        if (places[at] != 0 && dladdr((void *)places[at], &info))
            fprintf(file, "%#zx\n", (size_t)(places[at] - (uintptr_t)info.dli_fbase - 1)); /* of the call itself */
    fclose(file);
}
