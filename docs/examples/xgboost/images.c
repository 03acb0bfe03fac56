/* SPDX-License-Identifier: MIT */
#include "images.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

static FILE *open_file(const char *directory, const char *name)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    file = fopen(path, "rb");
    if (file == NULL)
        fail(path, "cannot be opened");
    return file;
}

/* A PGM file of one image below the other: "P5 8 HEIGHT 16" and a byte for each pixel. */
static void read_pixels(struct images *images, FILE *file)
{
    unsigned height, largest;

    if (fscanf(file, "P5 8 %u %u", &height, &largest) != 2 || fgetc(file) != '\n' || height % 8 != 0 || largest != 16)
        fail("images.pgm", "is not a PGM file of 8 x 8 pixels in 16 levels");
    images->count = height / 8;
    images->pixels = calloc(images->count * PIXELS + 1, sizeof *images->pixels);
    if (images->pixels == NULL)
        fail("images.pgm", "out of memory");
    for (size_t i = 0; i < images->count * PIXELS; i++) {
        const int pixel = fgetc(file);

        if (pixel == EOF || pixel > 16)
            fail("images.pgm", "is too short, or has a pixel beyond its range");
        images->pixels[i] = (float)pixel / 16;
    }
}

static void read_labels(struct images *images, FILE *file)
{
    images->labels = calloc(images->count + 1, sizeof *images->labels);
    if (images->labels == NULL)
        fail("images.txt", "out of memory");
    for (size_t i = 0; i < images->count; i++) {
        char digit;

        if (fscanf(file, " %c", &digit) != 1 || digit < '0' || digit > '9')
            fail("images.txt", "has not one digit for each image");
        images->labels[i] = digit - '0';
    }
}

static struct images read_all(const char *directory)
{
    FILE *pixels = open_file(directory, "images.pgm"), *labels = open_file(directory, "images.txt");
    struct images images;

    read_pixels(&images, pixels);
    read_labels(&images, labels);
    fclose(pixels);
    fclose(labels);
    return images;
}

/* Every third image, from the one of index `part` on. */
static struct images third(const struct images *all, size_t part)
{
    struct images images = {.count = (all->count + 2 - part) / 3};

    images.pixels = calloc(images.count * PIXELS + 1, sizeof *images.pixels);
    images.labels = calloc(images.count + 1, sizeof *images.labels);
    if (images.pixels == NULL || images.labels == NULL)
        fail("images", "out of memory");
    for (size_t i = 0; i < images.count; i++) {
        memcpy(images.pixels + i * PIXELS, all->pixels + (3 * i + part) * PIXELS, PIXELS * sizeof *images.pixels);
        images.labels[i] = all->labels[3 * i + part];
    }
    return images;
}

void read_images(struct images parts[3], const char *directory)
{
    struct images all = read_all(directory);

    for (size_t part = 0; part < 3; part++)
        parts[part] = third(&all, part);
    free_images(&all);
}

void free_images(struct images *images)
{
    free(images->pixels);
    free(images->labels);
}
