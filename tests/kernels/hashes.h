/* SPDX-License-Identifier: MIT */
/* Hashes of a fixed workload, section by section, beside those of golden.txt: what the golden programs share. */
#ifndef TESTS_KERNELS_HASHES_H
#define TESTS_KERNELS_HASHES_H

#include <stddef.h>
#include <stdint.h>

#define HASHES_SECTIONS 64 /* at most */
#define FNV_START 0xCBF29CE484222325u

struct hashes_suite {
    const char *program; /* its lines of the file begin with that */
    int sections;
    const char *(*name)(int section);
    /* The hash of a section's results. What is wrong besides is printed and counted. */
    uint64_t (*hash)(int section, const char *isa, int *wrong);
};

/* Goes on with a hash: FNV-1a of the value's eight bytes, from the lowest on. */
void hash_value(uint64_t *hash, uint64_t value);

/*
 * The program: --file PATH (tests/golden/golden.txt if none is given), --isa NAME, --best NAME, --every-but NAME
 * (all that are built must run here; "any": they need not), --write. Returns its exit status.
 */
int hashes_main(const struct hashes_suite *suite, int argc, char **argv);

#endif
