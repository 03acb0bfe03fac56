/* SPDX-License-Identifier: MIT */
/*
 * The words that templates are written in. They stand for one type at a time, ENS_ACC: f32 or f64, which instantiate.h
 * defines before it includes them all (templates.h).
 */
#ifndef ENS_KERNELS_TMPL_H
#define ENS_KERNELS_TMPL_H

#define ENS_TYPE_f32 float
#define ENS_TYPE_f64 double
#define ENS_WORD_f32 u32
#define ENS_WORD_f64 u64
#define ENS_UINT_f32 uint32_t
#define ENS_UINT_f64 uint64_t

#define ACC ENS_CAT(ENS_, ENS_ACC)         /* the dtype */
#define SCALAR ENS_CAT(ENS_TYPE_, ENS_ACC) /* one value, and its bits */
#define UINT ENS_CAT(ENS_UINT_, ENS_ACC)
#define VEC ENS_CAT(v, ENS_ACC)                            /* a vector of values, of their bits, of yes and no */
#define BITS ENS_CAT(v, ENS_CAT2(ENS_WORD_, ENS_ACC))
#define V(operation) ENS_CAT4(v, ENS_ACC, _, operation)    /* operations on these */
#define U(operation) ENS_CAT4(v, ENS_CAT2(ENS_WORD_, ENS_ACC), _, operation)
#define ANY(mask) ENS_CAT4(vm, ENS_CAT2(ENS_SIZE_, ENS_ACC), _, any)(mask)
#define FN(name) ENS_CAT2(name##_, ENS_ACC)                /* a function of a template */
#define ELEMENTARY(name) ENS_CAT2(elementary_##name##_, ENS_ACC)

#define ENS_SIZE_f32 32
#define ENS_SIZE_f64 64

/*
 * How many lanes a vector has, in what decides between ways: a constant, so that the others are no code; or where only
 * the machine knows it, `lanes`, a variable of the function.
 */
#define LANES (ENS_CAT(ENS_VEC_LANES_, ENS_ACC) > 0 ? ENS_CAT(ENS_VEC_LANES_, ENS_ACC) : lanes)

/* The sign's bit. */
#define SIGN ((UINT)1 << (8 * sizeof(UINT) - 1))

/* Element `at` of an array of scalars, as an address. */
#define AT(array, at) ((const unsigned char *)(array) + ((at) << ENS_SHIFT(ACC)))
#define TO(array, at) ((unsigned char *)(array) + ((at) << ENS_SHIFT(ACC)))

/*
 * A loop over a span by vectors: `at` is the first element of each, and `part` what loads and stores want to know: 0
 * for a whole vector, or the number of elements of the last one.
 */
#define ENS_EACH_VECTOR(at, part, length)                                                                            \
    for (size_t at = 0, part; at < (length) && (part = (length) - at < V(lanes)() ? (length) - at : 0, 1);             \
         at += V(lanes)())

/*
 * The address of a local array, of whose alignment the compiler then believes nothing. gcc 12 aligns such arrays for
 * its widest store, but its address sanitizer, looking for uses after return, puts them where they are not aligned.
 */
static ENS_INLINE void *tmpl_local(void *array)
{
    __asm__("" : "+r"(array));
    return array;
}

/* The largest number of values in a vector: 2048 bits of SVE. */
#define ENS_MOST_LANES (256 / sizeof(SCALAR))

#endif
