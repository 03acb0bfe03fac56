/* SPDX-License-Identifier: MIT */
/* The one list of error codes: name, pinned number, sentence. */
#ifndef ENS_BASE_ERROR_H
#define ENS_BASE_ERROR_H

#include "base/public.h"

#define ENS_ERROR_LIST(X)                                                                                            \
    X(ENSEMBLE_ENULL, -1, "a pointer that is needed is NULL")                                                        \
    X(ENSEMBLE_EWIDTH, -2, "the width must be at least 1")                                                           \
    X(ENSEMBLE_EDTYPE, -3, "unknown dtype: use ENSEMBLE_F32, _F64, _F16 or _BF16, or for labels ENSEMBLE_I32")      \
    X(ENSEMBLE_EMETHOD, -4, "unknown method: use ENSEMBLE_SUM, ENSEMBLE_MEAN or another one of ensemble.h")          \
    X(ENSEMBLE_EMODEL, -5, "no model has this index")                                                                \
    X(ENSEMBLE_EEMPTY, -6, "the ensemble has no models: add one with ensemble_add_model_output")                     \
    X(ENSEMBLE_EMISSING, -7, "a model that takes part has no output")                                                \
    X(ENSEMBLE_EROWS, -8, "the models' outputs differ in their number of rows")                                      \
    X(ENSEMBLE_ESTRIDE, -9, "a row stride must be 0 or at least the length of a row")                                \
    X(ENSEMBLE_ECOUNT, -10, "the number of elements does not fit the rows and the width")                            \
    X(ENSEMBLE_ERANGE, -11, "the range of rows lies outside of the outputs' rows")                                   \
    X(ENSEMBLE_EWEIGHTS, -12, "the number of weights is not that of the models, the classes or the rows")             \
    X(ENSEMBLE_ENOTFINITE, -13, "a weight is NaN or infinite")                                                       \
    X(ENSEMBLE_EZEROSUM, -14, "the weights cannot be normalised: their sum is 0, infinite, or too close to 0")       \
    X(ENSEMBLE_EOVERLAP, -15, "the result overlaps an output without being exactly that output")                     \
    X(ENSEMBLE_EOVERFLOW, -16, "a size is beyond what the address space can hold")                                   \
    X(ENSEMBLE_ENOMEM, -17, "out of memory")                                                                         \
    X(ENSEMBLE_EISA, -18, "this instruction set is unknown, or not available on this machine or in this build")      \
    X(ENSEMBLE_ESTRUCT, -19, "a struct's size is not set, or is none that a released header had")                    \
    X(ENSEMBLE_E2BIG, -20, "a struct uses a field that this version of the library does not know")                   \
    X(ENSEMBLE_EPARAMETER, -21, "there is no such parameter, space, form or policy, or it cannot have this value")   \
    X(ENSEMBLE_ENEGATIVE, -22, "a weight is negative, which only ENSEMBLE_SUM and ENSEMBLE_MEAN allow")              \
    X(ENSEMBLE_EQUORUM, -23, "too little of the weight is present: less than the quorum, or nothing")                \
    X(ENSEMBLE_ESPACE, -24, "what a model's numbers mean does not go with its dtype or with the method")             \
    X(ENSEMBLE_EMAP, -25, "a class map names a class that there is not, one class twice, or none")                   \
    X(ENSEMBLE_EREPORT, -26, "what is asked does not go with the method, the weights, or what the numbers mean")   \
    X(ENSEMBLE_EFIT, -27, "what is to be learned does not go with the method, the form, the targets, or itself")       \
    X(ENSEMBLE_ETARGET, -28, "a label is beyond the classes, a target is infinite, or no row can be used")             \
    X(ENSEMBLE_ENAME, -29, "a name is that of another model, too long, or not one that a text can hold")               \
    X(ENSEMBLE_ETEXT, -30, "the text is not one that ensemble_save() writes, or not all of it")                        \
    X(ENSEMBLE_EVERSION, -31, "the text is of a version that this library does not know")                              \
    X(ENSEMBLE_ETENSOR, -32, "the tensor is not in the CPU's memory, or is not a matrix of rows x width")

#define ENS_ERROR_PINNED(name, number, text) _Static_assert(name == number, "error codes never change: " #name);
ENS_ERROR_LIST(ENS_ERROR_PINNED)
#undef ENS_ERROR_PINNED

#endif
