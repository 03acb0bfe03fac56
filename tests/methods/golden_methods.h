/* SPDX-License-Identifier: MIT */
/* The workload of golden_methods. */
#ifndef TESTS_METHODS_GOLDEN_METHODS_H
#define TESTS_METHODS_GOLDEN_METHODS_H

#include "hashes.h"

#define SECTIONS 28

const char *section_name(int section);

/* Runs a section of the workload. Returns the hash of its results. Codes that should not be are printed and counted. */
uint64_t section_hash(int section, const char *isa, int *wrong);

#endif
