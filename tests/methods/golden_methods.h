/* SPDX-License-Identifier: MIT */
/* The parts of golden_methods: the workload, and the file of its hashes. */
#ifndef TESTS_METHODS_GOLDEN_METHODS_H
#define TESTS_METHODS_GOLDEN_METHODS_H

#include <stddef.h>
#include <stdint.h>

#define SECTIONS 28
#define FNV_START 0xCBF29CE484222325u

/* Goes on with a hash: FNV-1a of the value's eight bytes, from the lowest on. */
void hash_value(uint64_t *hash, uint64_t value);

const char *section_name(int section);

/* Runs a section of the workload. Returns the hash of its results. Codes that should not be are printed and counted. */
uint64_t section_hash(int section, const char *isa, int *wrong);

/* Reads the hashes of `path` into `known`, by their sections' names. Ends the program if it cannot. */
void hashes_read(const char *path, uint64_t known[SECTIONS]);
void hashes_write(const char *path, const uint64_t hashes[SECTIONS]);

#endif
