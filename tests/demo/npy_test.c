/* SPDX-License-Identifier: MIT */
/* The reader of .npy files of the demo: what it reads, and what it says of files that it does not. */
#include "npy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

static void expect_that(int condition, const char *text, int line)
{
    if (condition)
        return;
    failures++;
    fprintf(stderr, "npy_test.c:%d: not so: %s\n", line, text);
}

#define EXPECT(condition) expect_that((condition) != 0, #condition, __LINE__)

/* A file in memory. */
struct image {
    unsigned char bytes[1024];
    size_t size;
};

static void add(struct image *image, const void *bytes, size_t size)
{
    if (size > sizeof image->bytes - image->size)
        abort();
    memcpy(image->bytes + image->size, bytes, size);
    image->size += size;
}

/* The magic bytes, the version, and the header's length. */
static struct image begin(int version, size_t header_length)
{
    struct image image = {{0}, 0};
    const unsigned char start[] = {
        0x93, 'N', 'U', 'M', 'P', 'Y', (unsigned char)version, 0,
        (unsigned char)header_length, (unsigned char)(header_length >> 8), (unsigned char)(header_length >> 16),
        (unsigned char)(header_length >> 24),
    };

    add(&image, start, version == 2 ? 12 : 10);
    return image;
}

/* A whole file, with so many bytes of values, which are 1 each as float32. */
static struct image with_header(int version, const char *header, size_t value_bytes)
{
    static const unsigned char one[] = {0, 0, 0x80, 0x3f};
    struct image image = begin(version, strlen(header));

    add(&image, header, strlen(header));
    for (size_t i = 0; i < value_bytes; i++)
        add(&image, one + i % 4, 1);
    return image;
}

/*
 * The error for a file, which is read from memory of exactly its size, so that a sanitizer notices a read beyond it.
 * The array must be empty after an error.
 */
static const char *error_of(const struct image *image)
{
    unsigned char *bytes = malloc(image->size > 0 ? image->size : 1);
    struct npy_array array;
    const char *error;

    if (bytes == NULL)
        abort();
    memcpy(bytes, image->bytes, image->size);
    error = npy_parse(&array, bytes, image->size);
    free(bytes);
    if (error)
        EXPECT(array.f4 == NULL && array.f2 == NULL && array.i4 == NULL && array.rows == 0 &&
                array.columns == 0);
    npy_free(&array);
    return error;
}

/* The error of a file that has this header (without its line feed), and room for 2 x 3 values. */
static const char *header_error(const char *header)
{
    struct image image;
    char text[512];

    snprintf(text, sizeof text, "%s\n", header);
    image = with_header(1, text, 24);
    return error_of(&image);
}

static int says(const char *error, const char *part)
{
    if (error && strstr(error, part))
        return 1;
    fprintf(stderr, "the error is: %s; expected: ... %s ...\n", error ? error : "none", part);
    return 0;
}

#define GOOD "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"

static void test_good_files_are_read(void)
{
    struct image image = with_header(1, GOOD "    \n", 24);
    struct npy_array array;

    EXPECT(npy_parse(&array, image.bytes, image.size) == NULL);
    EXPECT(array.rows == 2 && array.columns == 3 && array.dimensions == 2);
    EXPECT(array.f4 != NULL && array.i4 == NULL);
    EXPECT(array.f4 != NULL && array.f4[0] == 1 && array.f4[5] == 1);
    npy_free(&array);
    EXPECT(array.f4 == NULL && array.rows == 0);

    image = with_header(2, "{'shape':(3,),'descr':'<i4','fortran_order':False}\n", 12);
    EXPECT(npy_parse(&array, image.bytes, image.size) == NULL);
    EXPECT(array.rows == 3 && array.columns == 1 && array.dimensions == 1);
    EXPECT(array.f4 == NULL && array.i4 != NULL && array.i4[2] == 0x3f800000);
    npy_free(&array);

    image = with_header(1, "{'descr': '<f2', 'fortran_order': False, 'shape': (2, 3), }\n", 12);
    EXPECT(npy_parse(&array, image.bytes, image.size) == NULL);
    EXPECT(array.rows == 2 && array.columns == 3 && array.f4 == NULL && array.i4 == NULL);
    EXPECT(array.f2 != NULL && array.f2[0] == 0 && array.f2[1] == 0x3f80 && array.f2[5] == 0x3f80);
    npy_free(&array);
    EXPECT(array.f2 == NULL);
    image.size--;
    EXPECT(says(error_of(&image), "fewer values"));
    image.size += 2;
    EXPECT(says(error_of(&image), "more values"));

    image = with_header(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }\n", 0);
    EXPECT(error_of(&image) == NULL);
    EXPECT(header_error(GOOD) == NULL);
}

static void test_a_file_cut_anywhere_is_an_error(void)
{
    const struct image whole = with_header(1, GOOD "\n", 24);
    const struct image whole2 = with_header(2, GOOD "\n", 24);

    for (size_t size = 0; size < whole.size; size++) {
        struct image cut = whole;

        cut.size = size;
        EXPECT(error_of(&cut) != NULL);
    }
    for (size_t size = 0; size < whole2.size; size++) {
        struct image cut = whole2;

        cut.size = size;
        EXPECT(error_of(&cut) != NULL);
    }
}

static void test_a_file_cut_in_its_parts_is_named(void)
{
    struct image image = with_header(1, GOOD "\n", 24);

    image.size--;
    EXPECT(says(error_of(&image), "fewer values"));
    image.size += 2;
    EXPECT(says(error_of(&image), "more values"));
    image.size = 30;
    EXPECT(says(error_of(&image), "ends before its header"));
    image.size = 7;
    EXPECT(says(error_of(&image), "ends before its header"));
    image.size = 5;
    EXPECT(says(error_of(&image), "not an .npy file"));
    image.size = 0;
    EXPECT(says(error_of(&image), "not an .npy file"));
}

static void test_other_files_and_versions_are_errors(void)
{
    struct image image = with_header(1, GOOD "\n", 24);

    image.bytes[0] = 'P';
    EXPECT(says(error_of(&image), "not an .npy file"));
    image = with_header(3, GOOD "\n", 24);
    EXPECT(says(error_of(&image), "neither 1.0 nor 2.0"));
    image = with_header(1, GOOD "\n", 24);
    image.bytes[7] = 1;
    EXPECT(says(error_of(&image), "neither 1.0 nor 2.0"));
}

static void test_a_header_length_beyond_the_file_is_an_error(void)
{
    struct image image = begin(1, 0xffff);

    add(&image, GOOD "\n", sizeof GOOD);
    EXPECT(says(error_of(&image), "ends before its header"));
    image = begin(2, 0xffffffff);
    add(&image, GOOD "\n", sizeof GOOD);
    EXPECT(says(error_of(&image), "ends before its header"));
    image = begin(2, 0);
    EXPECT(says(error_of(&image), "not a dictionary"));
}

static void test_fortran_order_is_an_error(void)
{
    EXPECT(says(header_error("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }"), "Fortran order"));
}

static void test_other_types_are_errors(void)
{
    static const char *const types[] = {"'<f8'", "'>f4'", "'>f2'", "'<f3'", "'>i4'", "'<i8'", "'|u1'", "'<U4'", "'f4'",
                                        "[('a', '<f4')]"};

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        char header[128];

        snprintf(header, sizeof header, "{'descr': %s, 'fortran_order': False, 'shape': (2, 3), }", types[i]);
        EXPECT(says(header_error(header), "none of float32, float16, int32"));
    }
}

static void test_other_numbers_of_dimensions_are_errors(void)
{
    EXPECT(says(header_error("{'descr': '<f4', 'fortran_order': False, 'shape': (), }"), "neither one nor two"));
    EXPECT(says(header_error("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3), }"), "neither one nor two"));
    EXPECT(says(header_error("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1, 2, 3), }"), "neither one"));
}

static void test_sizes_that_overflow_are_errors(void)
{
    static const char *const shapes[] = {
        "(18446744073709551616,)",               /* 2^64 */
        "(99999999999999999999999999, 1)",
        "(4611686018427387904,)",                /* 2^62: its bytes are 2^64 */
        "(4611686018427387904, 4)",              /* 2^64 values */
        "(4294967296, 4294967296)",              /* 2^32 x 2^32 */
        "(2305843009213693951, 3)",
    };
    static const char half[] = "{'descr': '<f2', 'fortran_order': False, 'shape': (4611686018427387904,), }";

    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        char header[128];

        snprintf(header, sizeof header, "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }", shapes[i]);
        EXPECT(says(header_error(header), "too large"));
    }
    EXPECT(says(header_error(half), "too large")); /* 2^62: its bytes are 2^63 */
    EXPECT(says(header_error("{'descr': '<f4', 'fortran_order': False, 'shape': (100000000,), }"), "fewer values"));
    EXPECT(says(header_error("{'descr': '<f4', 'fortran_order': False, 'shape': (9, 0), }"), "more values"));
}

static void test_malformed_headers_are_errors(void)
{
    static const char *const headers[] = {
        "",
        "{}",
        "{",
        "}",
        "()",
        "{'descr': '<f4', 'fortran_order': False, }",
        "{'descr': '<f4', 'shape': (2, 3), }",
        "{'fortran_order': False, 'shape': (2, 3), }",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'more': 1, }",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2 3), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2, 3), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': 6, }",
        "{'descr': '<f4' 'fortran_order': False 'shape': (2, 3) }",
        "{'descr' '<f4', 'fortran_order': False, 'shape': (2, 3), }",
    };
    struct image image = with_header(1, GOOD, 24);

    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        EXPECT(says(header_error(headers[i]), "not a dictionary"));
    EXPECT(says(header_error(GOOD " and more"), "not a dictionary"));
    EXPECT(says(error_of(&image), "not a dictionary")); /* no line feed */
}

static void test_files_are_read_from_disk(const char *directory)
{
    struct npy_array array;
    char path[1024];

    snprintf(path, sizeof path, "%s/svm.test.npy", directory);
    EXPECT(npy_read(&array, path) == NULL);
    EXPECT(array.f4 != NULL && array.rows == 600 && array.columns == 10);
    npy_free(&array);
    snprintf(path, sizeof path, "%s/labels.test.npy", directory);
    EXPECT(npy_read(&array, path) == NULL);
    EXPECT(array.i4 != NULL && array.rows == 600 && array.dimensions == 1);
    npy_free(&array);
    snprintf(path, sizeof path, "%s/README.md", directory);
    EXPECT(says(npy_read(&array, path), "not an .npy file"));
    snprintf(path, sizeof path, "%s/no such file", directory);
    EXPECT(says(npy_read(&array, path), "o such file"));
    EXPECT(array.f4 == NULL && array.i4 == NULL);
    EXPECT(npy_read(&array, directory) != NULL);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: npy_test DIRECTORY\n");
        return EXIT_FAILURE;
    }
    test_good_files_are_read();
    test_a_file_cut_anywhere_is_an_error();
    test_a_file_cut_in_its_parts_is_named();
    test_other_files_and_versions_are_errors();
    test_a_header_length_beyond_the_file_is_an_error();
    test_fortran_order_is_an_error();
    test_other_types_are_errors();
    test_other_numbers_of_dimensions_are_errors();
    test_sizes_that_overflow_are_errors();
    test_malformed_headers_are_errors();
    test_files_are_read_from_disk(argv[1]);
    if (failures > 0)
        fprintf(stderr, "npy_test: %d failed\n", failures);
    return failures > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
