/* SPDX-License-Identifier: MIT */
#include "store/words.h"

#define WORD(name, word) [ENS_KEY_##name] = word,
const char ens_key_words[ENS_KEY_END + 1][ENS_WORD_SIZE] = {ENS_KEY_LIST(WORD)};
#undef WORD

const char ens_method_words[ENSEMBLE_RANK + 1][ENS_WORD_SIZE] = {
    [ENSEMBLE_SUM] = "sum",
    [ENSEMBLE_MEAN] = "mean",
    [ENSEMBLE_GEOMETRIC] = "geometric",
    [ENSEMBLE_HARMONIC] = "harmonic",
    [ENSEMBLE_POWER] = "power",
    [ENSEMBLE_LOG_POOL] = "log-pool",
    [ENSEMBLE_PRODUCT] = "product",
    [ENSEMBLE_MEDIAN] = "median",
    [ENSEMBLE_TRIMMED] = "trimmed",
    [ENSEMBLE_MIN] = "min",
    [ENSEMBLE_MAX] = "max",
    [ENSEMBLE_VOTE] = "vote",
    [ENSEMBLE_RANK] = "rank",
};

const char ens_space_words[ENSEMBLE_LABELS + 1][ENS_WORD_SIZE] = {
    [ENSEMBLE_AS_IS] = "as-is",
    [ENSEMBLE_PROBABILITIES] = "probabilities",
    [ENSEMBLE_LOG_PROBABILITIES] = "log-probabilities",
    [ENSEMBLE_LOGITS] = "logits",
    [ENSEMBLE_BINARY_LOGITS] = "binary-logits",
    [ENSEMBLE_LABELS] = "labels",
};

const char ens_form_words[ENSEMBLE_RESULT_TEMPERED + 1][ENS_WORD_SIZE] = {
    [ENSEMBLE_RESULT_AS_IS] = "as-is",
    [ENSEMBLE_RESULT_NORMALISED] = "normalised",
    [ENSEMBLE_RESULT_LOG] = "log",
    [ENSEMBLE_RESULT_SOFTMAX] = "softmax",
    [ENSEMBLE_RESULT_TEMPERED] = "tempered",
};

_Static_assert(ENSEMBLE_LEAVE_OUT_MISSING == 1 && ENSEMBLE_LEAVE_OUT_NAN == 2 && ENSEMBLE_LEAVE_OUT_ABSENT == 4,
               "the words of policies are listed by their bits");
const char ens_policy_words[ENS_POLICIES][ENS_WORD_SIZE] = {"missing", "nan", "absent"};
