/* SPDX-License-Identifier: MIT */
/*
 * Three boosters of XGBoost, combined where they lie.
 *
 *     xgboost DIRECTORY        the files of docs/examples/digits
 *
 * The boosters learn from the first third of the images, the weights from what they say of the second, and all of it is
 * judged on the last. XGBoost's arrays are lent to the ensemble as they are.
 */
#include "boosters.h"

#include <ensemble.h>

#include <stdio.h>
#include <stdlib.h>

static int must(int code, const char *call)
{
    if (code < 0)
        fail(call, ensemble_strerror(code));
    return code;
}

#define MUST(call) must((call), #call)

/* Has the boosters speak of some images, and lends the ensemble what they say. */
static void ask(struct ensemble *e, BoosterHandle *boosters, DMatrixHandle matrix, size_t rows)
{
    for (size_t i = 0; i < BOOSTERS; i++) {
        const float *said = predict(boosters[i], matrix, rows);

        if (ensemble_get_models(e) <= i)
            MUST(ensemble_add_model_output(e, said, ENSEMBLE_F32, rows));
        else
            MUST(ensemble_set_model_output(e, i, said, ENSEMBLE_F32, rows, 0));
        MUST(ensemble_set_input(e, i, ENSEMBLE_PROBABILITIES, 0));
    }
}

/* How good the answers with these weights are; NULL: equal ones. */
static void print_line(struct ensemble *e, const char *name, const double *weights, const struct images *images)
{
    double accuracy, log_loss;

    MUST(ensemble_set_weights(e, weights, weights == NULL ? 0 : BOOSTERS));
    MUST(ensemble_score(e, ENSEMBLE_SCORE_ACCURACY, images->labels, ENSEMBLE_I32, images->count, &accuracy));
    MUST(ensemble_score(e, ENSEMBLE_SCORE_LOG_LOSS, images->labels, ENSEMBLE_I32, images->count, &log_loss));
    printf("%-16s %9.4f %9.4f\n", name, accuracy, log_loss);
}

static void print_table(struct ensemble *e, const double *weights, const struct images *images)
{
    printf("%-16s %9s %9s\n", "", "accuracy", "log loss");
    for (size_t i = 0; i < BOOSTERS; i++) {
        double alone[BOOSTERS] = {0};

        alone[i] = 1;
        print_line(e, booster_names[i], alone, images);
    }
    print_line(e, "mean", NULL, images);
    print_line(e, "learned weights", weights, images);
    printf("\nweights:");
    for (size_t i = 0; i < BOOSTERS; i++)
        printf(" %s %.3f%c", booster_names[i], weights[i], i + 1 < BOOSTERS ? ',' : '\n');
}

int main(int count, char **arguments)
{
    struct images images[3];
    double weights[BOOSTERS];
    DMatrixHandle matrix[3];
    BoosterHandle boosters[BOOSTERS];
    struct ensemble *e;

    read_images(images, count == 2 ? arguments[1] : "../digits");
    printf("%zu images to learn from, %zu for the weights, %zu to judge by\n\n", images[0].count, images[1].count,
           images[2].count);
    for (size_t i = 0; i < 3; i++)
        matrix[i] = matrix_of(&images[i]);
    for (size_t i = 0; i < BOOSTERS; i++)
        boosters[i] = train(i, matrix[0]);

    MUST(ensemble_create(&e, CLASSES));
    ask(e, boosters, matrix[1], images[1].count);
    MUST(ensemble_fit(e, images[1].labels, ENSEMBLE_I32, images[1].count, NULL, NULL));
    MUST(ensemble_get_weights(e, weights, BOOSTERS));
    ask(e, boosters, matrix[2], images[2].count);
    print_table(e, weights, &images[2]);

    ensemble_destroy(e);
    for (size_t i = 0; i < BOOSTERS; i++)
        XGBoosterFree(boosters[i]);
    for (size_t i = 0; i < 3; i++) {
        XGDMatrixFree(matrix[i]);
        free_images(&images[i]);
    }
    return 0;
}
