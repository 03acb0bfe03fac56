/* SPDX-License-Identifier: MIT */
/*
 * Reads the .npy files that NumPy writes: versions 1.0 and 2.0, little-endian float32 ('<f4'), float16 ('<f2') or
 * int32 ('<i4'), C order, one or two dimensions. Anything else is an error, said in words.
 * There is no C library for .npy files in Debian that would be worth a dependency of a demo, hence this one.
 */
#ifndef NPY_H
#define NPY_H

#include <stddef.h>
#include <stdint.h>

/* An array that was read. One of `f4`, `f2` and `i4` is set, by the type of the values; the others are NULL. */
struct npy_array {
    float *f4;
    uint16_t *f2; /* the bits of each value, as ENSEMBLE_F16 takes them */
    int32_t *i4;
    size_t rows;
    size_t columns; /* 1 if there is one dimension */
    int dimensions; /* 1 or 2 */
};

/*
 * Reads a file into `*array`. Returns NULL on success, or a sentence that says what is wrong (static memory, or that of
 * strerror()). After an error `*array` is empty. The caller frees the array with npy_free().
 */
const char *npy_read(struct npy_array *array, const char *path);

/* Like npy_read(), but from a file's content, `size` bytes at `bytes`. */
const char *npy_parse(struct npy_array *array, const unsigned char *bytes, size_t size);

/* Frees the values, and makes the array empty. */
void npy_free(struct npy_array *array);

#endif
