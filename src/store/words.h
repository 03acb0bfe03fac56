/* SPDX-License-Identifier: MIT */
/*
 * The words of the text form, which ensemble_save() writes and ensemble_load() reads. Its lines, in this order, where
 * those in brackets may be missing, the model's lines stand once for each model, and numbers are hexadecimal:
 *
 *     libensemble 1
 *     width 3
 *     method mean
 *     exponent 0x1p+1
 *     trim 0x1.999999999999ap-3
 *     floor 0x0p+0
 *     result as-is 0x1p+0                   the form and its temperature
 *     leave-out nothing                     or some of: missing nan absent
 *     quorum 0x0p+0
 *       model "forest"                      or model alone, where it has no name
 *       space logits 0x1.8p+0               and the temperature
 *       [weight 0x1p-2]                     of every model or of none
 *       [classes 0 -1 2]                    the class map
 *       [absent 1]                          the classes that the map does not name, if there are any, ascending
 *       [class-weights 0x1p+0 0x1p+0 0x1p+0]  of every model or of none
 *     end
 *
 * Words are parted by blanks or tabs; lines end in LF or CR LF, the last one perhaps in nothing. After the first line,
 * lines that begin with # are comments, and empty ones are skipped.
 */
#ifndef ENS_STORE_WORDS_H
#define ENS_STORE_WORDS_H

#include "base/public.h"

#define ENS_STORE_TITLE "libensemble"
#define ENS_STORE_VERSION 1

/* The first words of lines. */
#define ENS_KEY_LIST(X)                                                                                              \
    X(WIDTH, "width")                                                                                                \
    X(METHOD, "method")                                                                                              \
    X(EXPONENT, "exponent")                                                                                          \
    X(TRIM, "trim")                                                                                                  \
    X(FLOOR, "floor")                                                                                                \
    X(RESULT, "result")                                                                                              \
    X(LEAVE_OUT, "leave-out")                                                                                        \
    X(QUORUM, "quorum")                                                                                              \
    X(MODEL, "model")                                                                                                \
    X(SPACE, "space")                                                                                                \
    X(WEIGHT, "weight")                                                                                              \
    X(CLASSES, "classes")                                                                                            \
    X(ABSENT, "absent")                                                                                              \
    X(CLASS_WEIGHTS, "class-weights")                                                                                \
    X(END, "end")

#define ENS_KEY(name, word) ENS_KEY_##name,
enum ens_key { ENS_KEY_LIST(ENS_KEY) };
#undef ENS_KEY

#define ENS_WORD_SIZE 18 /* of the longest one, with its NUL */

extern const char ens_key_words[ENS_KEY_END + 1][ENS_WORD_SIZE];

/* By their numbers in <ensemble.h>. */
extern const char ens_method_words[ENSEMBLE_RANK + 1][ENS_WORD_SIZE];
extern const char ens_space_words[ENSEMBLE_LABELS + 1][ENS_WORD_SIZE];
extern const char ens_form_words[ENSEMBLE_RESULT_TEMPERED + 1][ENS_WORD_SIZE];

/* By the policy's bits, the lowest one first; and what stands for none. */
#define ENS_POLICIES 3
#define ENS_NO_POLICY "nothing"
extern const char ens_policy_words[ENS_POLICIES][ENS_WORD_SIZE];

#endif
