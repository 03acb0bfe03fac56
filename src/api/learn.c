/* SPDX-License-Identifier: MIT */
/* Learning: the arguments of fits, scores and updates. */
#include "api/struct.h"
#include "base/finite.h"
#include "learn/fit.h"
#include "learn/update.h"

/* The sizes in 0.4, the first release that had these structs: up to their last fields then. */
#define FIT_OPTIONS_FIRST (offsetof(struct ensemble_fit_options, user) + sizeof(void *))
#define FIT_REPORT_FIRST (offsetof(struct ensemble_fit_report, trajectory) + sizeof(double *))

/* The report's own arrays, which the caller says the lengths of. */
static int check_report(const struct ensemble *e, const struct ensemble_fit_report *report)
{
    const int arrays = report->weights != NULL || report->single != NULL || report->temperatures != NULL;

    return arrays && report->models < e->n_models ? ENSEMBLE_ECOUNT : 0;
}

int ensemble_fit(struct ensemble *e, const void *targets, int32_t dtype, size_t count,
                 const struct ensemble_fit_options *options, struct ensemble_fit_report *report)
{
    const struct ens_targets truth = {.data = targets, .dtype = dtype, .count = count};
    struct ensemble_fit_options asked = {.struct_size = sizeof asked};
    struct ensemble_fit_report told;
    int code = 0;

    if (e == NULL)
        return ENSEMBLE_ENULL;
    if (options != NULL)
        code = ens_struct_read(&asked, sizeof asked, FIT_OPTIONS_FIRST, options);
    if (code == 0 && report != NULL)
        code = ens_struct_read(&told, sizeof told, FIT_REPORT_FIRST, report);
    if (code == 0 && report != NULL)
        code = check_report(e, &told);
    if (code == 0)
        code = ens_fit(e, &truth, &asked, report != NULL ? &told : NULL);
    if (code == 0 && report != NULL)
        memcpy(report, &told, told.struct_size < sizeof told ? told.struct_size : sizeof told);
    return code;
}

int ensemble_score(struct ensemble *e, int32_t score, const void *targets, int32_t dtype, size_t count, double *value)
{
    const struct ens_targets truth = {.data = targets, .dtype = dtype, .count = count};

    if (e == NULL || value == NULL)
        return ENSEMBLE_ENULL;
    if (score < ENSEMBLE_SCORE_LOG_LOSS || score > ENSEMBLE_SCORE_CALIBRATION_ERROR)
        return ENSEMBLE_EPARAMETER;
    return ens_score(e, &truth, score, value);
}

int ensemble_update(struct ensemble *e, const void *targets, int32_t dtype, size_t count, int32_t score, double rate,
                    double share)
{
    const struct ens_targets truth = {.data = targets, .dtype = dtype, .count = count};

    if (e == NULL)
        return ENSEMBLE_ENULL;
    if ((score != ENSEMBLE_SCORE_LOG_LOSS && score != ENSEMBLE_SCORE_SQUARED_ERROR) || !(rate > 0) ||
        !ens_is_finite(rate) || !(share >= 0 && share < 1))
        return ENSEMBLE_EPARAMETER;
    return ens_update(e, &truth, score, rate, share);
}
