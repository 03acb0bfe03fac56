/* SPDX-License-Identifier: MIT */
/*
 * Numbers as text and back, exactly. In place of printf() and strtod(), which follow the locale, may allocate, and
 * round. What is read is `length` bytes, all of which must belong to the number.
 */
#ifndef ENS_BASE_NUMBER_H
#define ENS_BASE_NUMBER_H

#include <stddef.h>
#include <stdint.h>

/* The longest text of a double with its NUL: -0x1.fffffffffffffp-1022. */
#define ENS_NUMBER_SIZE 25

/*
 * A finite double as a hexadecimal number of C, with one digit before the point and no zeros at the end: 0x1.8p+1,
 * -0x0p+0, 0x1p-1074. Returns the length without the NUL that ends it.
 */
size_t ens_number_write(char text[ENS_NUMBER_SIZE], double value);

/*
 * Reads a hexadecimal number of C, of any form (the exponent may be left out), or a decimal integer of at most 2^53,
 * either with a sign or without. 0, and *value is set; 1 if it is none, or no double is exactly that.
 */
int ens_number_read(const char *text, size_t length, double *value);

/* Decimal integers, as C writes them: no zeros in front, no plus, no -0. 0, and *value is set; 1 if it is none. */
int ens_number_read_size(const char *text, size_t length, size_t *value);
int ens_number_read_int32(const char *text, size_t length, int32_t *value);

#endif
