/* SPDX-License-Identifier: MIT */
/* Three boosters of different kinds, trained and asked through the C interface of XGBoost. */
#ifndef BOOSTERS_H
#define BOOSTERS_H

#include "images.h"

#include <xgboost/c_api.h>

enum { BOOSTERS = 3 };

extern const char *const booster_names[BOOSTERS];

/* Every call of XGBoost returns 0, or says in XGBGetLastError() what is wrong. */
#define XGBOOST(call)                                                                                                  \
    do {                                                                                                               \
        if ((call) != 0)                                                                                               \
            fail(#call, XGBGetLastError());                                                                            \
    } while (0)

/* Images and labels as XGBoost wants them. Free it with XGDMatrixFree(). */
DMatrixHandle matrix_of(const struct images *images);

/* Trains the booster of index `kind`. The same bits each time: one thread, and a seed. Free it with XGBoosterFree(). */
BoosterHandle train(size_t kind, DMatrixHandle matrix);

/*
 * What a booster says of images: rows x CLASSES probabilities. They are the booster's: nothing is to be freed, and they
 * last until it is asked again from this thread, or is freed.
 */
const float *predict(BoosterHandle booster, DMatrixHandle matrix, size_t rows);

#endif
