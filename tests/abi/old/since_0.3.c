/* SPDX-License-Identifier: MIT */
/* Reports, measures, the largest classes, settled rows, similarity. */
#include "old.h"

static void a_report(void)
{
    int32_t label[3] = {7, 7, 7}, top[5] = {7, 7, 7, 7, 7};
    double confidence[3] = {-1, -1, -1}, margin[3] = {-1, -1, -1}, values[5] = {-1, -1, -1, -1, -1};
    uint8_t tied[3] = {7, 7, 7};
    struct ensemble *e = three();
    WITH_CANARIES(ensemble_report) report;
    WITH_CANARIES(ensemble_call) call;

    BEGIN(report);
    report.known.rows = 2;
    report.known.label = label;
    report.known.confidence = confidence;
    report.known.margin = margin;
    report.known.tied = tied;
    report.known.top = 2;
    report.known.top_labels = top;
    report.known.top_values = values;
    BEGIN(call);
    call.known.report = &report.known;
    WANT(ensemble_run(e, &call.known) == 0 && untouched(report.behind) && untouched(call.behind));
    WANT(label[0] == 2 && label[1] == 2 && label[2] == 7);
    WANT(confidence[0] == 6 && confidence[1] == 16 && confidence[2] == -1);
    WANT(margin[0] == 1 && margin[1] == 6 && margin[2] == -1);
    WANT(tied[0] == 0 && tied[1] == 0 && tied[2] == 7);
    WANT(top[0] == 2 && top[1] == 1 && top[2] == 2 && top[3] == 1 && top[4] == 7);
    WANT(values[0] == 6 && values[1] == 5 && values[2] == 16 && values[3] == 10 && values[4] == -1);

    report.known.rows = 1;
    WANT(ensemble_run(e, &call.known) == ENSEMBLE_ECOUNT);
    report.known.rows = 2;
    report.known.reserved = 1;
    WANT(ensemble_run(e, &call.known) == ENSEMBLE_E2BIG);
    ensemble_destroy(e);
}

static void questions(void)
{
    int32_t label[2] = {7, 7};
    double matrix[9] = {0}, values[2] = {0};
    uint8_t settled[2] = {7, 7};
    const int32_t votes[3] = {1, 1, 0};
    struct ensemble *e = three();

    WANT(ensemble_measure(e, ENSEMBLE_MEASURE_LABEL, label, ENSEMBLE_I32, 2) == 0 && label[0] == 2 && label[1] == 2);
    WANT(ensemble_measure(e, ENSEMBLE_MEASURE_CONFIDENCE, values, ENSEMBLE_F64, 2) == 0 && values[1] == 16);
    WANT(ensemble_top_k(e, 1, label, values) == 0 && label[0] == 2 && values[0] == 6);
    WANT(ensemble_similarity(e, ENSEMBLE_SIMILARITY_DIFFERENCE, matrix) == 0);
    WANT(matrix[0] == 0 && matrix[1] == matrix[3] && matrix[1] == (3 + 3 + 3 + 4 + 8 + 8) / 6.);
    ensemble_destroy(e);

    WANT(ensemble_create(&e, 2) == 0);
    for (int i = 0; i < 3; i++)
        WANT(ensemble_add_model_output(e, votes + i, ENSEMBLE_I32, 1) == i);
    WANT(ensemble_set_method(e, ENSEMBLE_VOTE) == 0);
    WANT(ensemble_set_model_output(e, 2, NULL, ENSEMBLE_I32, 1, 0) == 0);
    WANT(ensemble_settled(e, settled) == 0 && settled[0] == 1 && settled[1] == 7);
    ensemble_destroy(e);
}

void since_0_3(void)
{
    a_report();
    questions();
}
