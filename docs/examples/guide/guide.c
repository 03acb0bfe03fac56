/* SPDX-License-Identifier: MIT */
/*
 * The programs of docs/guide.md, which quotes their code and what they print.
 *
 *     guide DIRECTORY PART     one part, such as first; DIRECTORY holds the files of docs/examples/digits
 *     guide DIRECTORY          all of them, in the order of the guide
 */
#include "guide.h"
#include "real.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct part {
    const char *name;
    void (*show)(void);
} parts[] = {
    {"first", show_first},   {"mean", show_mean},     {"logits", show_logits},     {"methods", show_methods},
    {"wrong", show_wrong},   {"missing", show_missing}, {"report", show_report},   {"learning", show_learning},
    {"saving", show_saving}, {"threads", show_threads}, {"server", show_server},
};

int main(int argc, char **argv)
{
    const char *wanted = argc == 3 ? argv[2] : NULL;
    size_t shown = 0;

    if (argc != 2 && argc != 3) {
        fprintf(stderr, "usage: guide DIRECTORY [PART]\n");
        return EXIT_FAILURE;
    }
    load_real(argv[1]);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (wanted == NULL || strcmp(wanted, parts[i].name) == 0) {
            parts[i].show();
            shown++;
        }
    free_real();
    if (shown == 0) {
        fprintf(stderr, "guide: there is no part %s\n", wanted);
        return EXIT_FAILURE;
    }
    return ferror(stdout) || fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
