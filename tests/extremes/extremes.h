/* SPDX-License-Identifier: MIT */
/*
 * Sizes, strides and counts at the ends of their range, for every public function that takes one: an error as
 * ensemble.h says, nothing that was named is read or written, and no memory of such a size is asked for. A plain
 * program, so that it can be built for machines that have no library of tests.
 */
#ifndef TESTS_EXTREMES_H
#define TESTS_EXTREMES_H

#include <ensemble.h>
#include <ensemble_rank.h>

/* The trials, one for each function; main.c has the list. */
void try_create(void);
void try_create_with(void);
void try_add_model_output(void);
void try_set_model_output(void);
void try_set_model_dlpack(void);
void try_weights(void);
void try_class_weights(void);
void try_row_weights(void);
void try_class_map(void);
void try_model_index(void);
void try_combine(void);
void try_run(void);
void try_run_flat(void);
void try_measure(void);
void try_top_k(void);
void try_check(void);
void try_fit(void);
void try_score(void);
void try_update(void);
void try_save(void);
void try_load(void);
void try_fuse_rankings(void);
void try_fusion_workspace_size(void);

/* Valid calls, every array of which ends, or begins, at a page that faults. */
void within_pages(void);

/* Ends the program where something is not so. */
void not_so(const char *file, int line, const char *what);
#define WANT(is_so) ((is_so) ? (void)0 : not_so(__FILE__, __LINE__, #is_so))

/* The sizes that are tried: SIZE_MAX, its fractions and their neighbours, and what 32 bits hold just and just not. */
extern const size_t extremes[];
extern const size_t n_extremes;
#define EACH_EXTREME(x) (size_t i_##x = 0, x = extremes[0]; i_##x < n_extremes; x = extremes[++i_##x])

/* The address of memory that faults, aligned for every type. */
extern void *nowhere;

/* Whether rows of `width` elements of `bytes` each, `stride` apart, can lie at an address (ENSEMBLE_EOVERFLOW). */
int fits(const void *at, size_t rows, size_t width, size_t stride, size_t bytes);

/* The instruction set that the option --isa names; NULL: all of them in within_pages(), the best one elsewhere. */
extern const char *only_isa;

/* Three models of two rows of three classes; and that a handle still gives their sum, all else as it was. */
struct ensemble *three(void);
void still_three(const struct ensemble *e);

/* The largest piece of memory that was asked for since this was called last. None above MOST_ASKED is ever given. */
#define MOST_ASKED ((size_t)1 << 20)
size_t most_asked(void);

#endif
