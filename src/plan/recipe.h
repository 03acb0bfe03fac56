/* SPDX-License-Identifier: MIT */
/* What a method consists of: the few steps that every one of them is made of, decided when the handle changes. */
#ifndef ENS_PLAN_RECIPE_H
#define ENS_PLAN_RECIPE_H

#include "base/public.h"

struct ensemble;

/* In which form the models' values are combined. */
enum ens_form {
    ENS_FORM_LINEAR, /* as values; of a model that gives logits: as probabilities */
    ENS_FORM_LOG,    /* as logarithms of them */
    ENS_FORM_RANKS,  /* as ranks within the model's row */
    ENS_FORM_VOTE    /* as the class of the row's largest value */
};

/* How a class's values of all models become one. */
enum ens_gathering {
    ENS_SUMMED,  /* sum of weight times value */
    ENS_FOLDED,  /* product, smallest or largest; a weight only says who takes part */
    ENS_MEDIAN,  /* order statistics */
    ENS_TRIMMED,
    ENS_COUNTED /* votes */
};

/* What is done to a row as a whole once it is combined. */
enum ens_step {
    ENS_STEP_SOFTMAX,     /* exp(x / T), divided by the row's sum */
    ENS_STEP_LOG_SOFTMAX, /* the logarithm of that */
    ENS_STEP_NORMALISE    /* divided by the row's sum */
};

#define ENS_STEPS 2
#define ENS_NO_MAP (-1)

struct ens_recipe {
    double exponent;    /* of ENS_MAP_power before, */
    double root;        /* and after */
    double temperature; /* of ENS_STEP_SOFTMAX as the last step */
    double floor;       /* ENSEMBLE_FLOOR, and its logarithm; minus infinity for 0 */
    double log_floor;
    enum ens_form form;
    enum ens_gathering gathering;
    int fold;           /* ENS_FOLDED: of the kernels' ENS_FOLD_LIST, */
    int blend;          /* and of ENS_BLEND_LIST; that too for ENS_SUMMED */
    int shares;         /* weights are divided by their sum; else taken as they are, or by ENS_FOLDED not at all */
    int signed_weights; /* negative ones are allowed */
    int before;         /* what is done to each value first: ENS_MAP_..., or ENS_NO_MAP */
    int after;          /* and to the combined one */
    int n_steps;
    enum ens_step steps[ENS_STEPS];
    int log;       /* the logarithm of the combined value is taken, before the steps if there are any */
    int in_double; /* whatever the outputs are */
    int rowwise;   /* rows have to be kept apart */
};

/* What the models say by themselves, whatever the method does with it: values, as ENSEMBLE_SUM combines them. */
extern const struct ens_recipe ens_recipe_of_values;

/* From the method, its parameters, the models' spaces and the form of the result. */
void ens_recipe_write(struct ens_recipe *recipe, const struct ensemble *e);

#endif
