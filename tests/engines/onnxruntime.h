/* SPDX-License-Identifier: MIT */
/* The two files of the test share these. */
#ifndef TEST_ONNXRUNTIME_H
#define TEST_ONNXRUNTIME_H

#include "ort_cases.h"

extern const char *models;       /* the folder */
extern struct ort_setup by_path; /* operators are registered by the path of their library */

/* Loads the library of operators, for tests that register it by its function. */
void load_operators(const char *path);

void test_four_threads_on_one_session_get_their_own_results(void);
void test_a_large_request_is_divided_through_the_pool(void);
void test_an_older_engine_is_enough(void);
void test_an_engine_too_old_is_refused(void);

#endif
