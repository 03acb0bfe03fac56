/* SPDX-License-Identifier: MIT */
/* The faults that a combine would report, in words. */
#include "base/error.h"
#include "base/text.h"
#include "plan/inputs.h"

static void add_model(struct ens_text *text, size_t model)
{
    ens_text_add(text, "model ");
    ens_text_add_number(text, model);
}

static void say_weights(struct ens_text *text, const struct ensemble *e)
{
    ens_text_add_number(text, e->n_weights);
    ens_text_add(text, " weights were set, but there are ");
    ens_text_add_number(text, e->n_models);
    ens_text_add(text, " models");
}

static void say_rows(struct ens_text *text, const struct ensemble *e, const struct ens_fault *fault)
{
    add_model(text, fault->model);
    ens_text_add(text, " has ");
    ens_text_add_number(text, e->outputs[fault->model].rows);
    ens_text_add(text, " rows, but ");
    add_model(text, fault->other);
    ens_text_add(text, " has ");
    ens_text_add_number(text, e->outputs[fault->other].rows);
}

static void say_missing(struct ens_text *text, const struct ensemble *e, const struct ens_fault *fault)
{
    add_model(text, fault->model);
    ens_text_add(text, " has no output (");
    ens_text_add_number(text, e->outputs[fault->model].rows);
    ens_text_add(text, " x ");
    ens_text_add_number(text, e->width);
    ens_text_add(text, " values are expected)");
}

int ensemble_check(const struct ensemble *e, char *message, size_t size)
{
    struct ens_inputs inputs;
    struct ens_fault fault = {0};
    struct ens_text text;
    int code = ENSEMBLE_ENULL;

    ens_text_begin(&text, message, size);
    if (e != NULL)
        code = ens_inputs_take_bound(&inputs, e, &fault);
    if (code == ENSEMBLE_EWEIGHTS)
        say_weights(&text, e);
    else if (code == ENSEMBLE_EROWS)
        say_rows(&text, e, &fault);
    else if (code == ENSEMBLE_EMISSING)
        say_missing(&text, e, &fault);
    else if (code)
        ens_text_add(&text, ensemble_strerror(code));
    return code;
}
