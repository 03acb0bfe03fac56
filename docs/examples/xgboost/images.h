/* SPDX-License-Identifier: MIT */
/* The images of handwritten digits in docs/examples/digits. */
#ifndef IMAGES_H
#define IMAGES_H

#include <stddef.h>
#include <stdint.h>

enum { PIXELS = 64, CLASSES = 10 };

struct images {
    size_t count;
    float *pixels;   /* count x PIXELS, 0 to 1 */
    int32_t *labels; /* the digit that each one shows */
};

/* Says "WHAT: WHY", and ends the program. */
_Noreturn void fail(const char *what, const char *why);

/*
 * Reads images.pgm and images.txt of a directory, or fails, and deals the images out: the first one to the first part,
 * the next to the second, so that every writer is in each of the three. Give them back with free_images().
 */
void read_images(struct images parts[3], const char *directory);

void free_images(struct images *images);

#endif
