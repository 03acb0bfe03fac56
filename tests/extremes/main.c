/* SPDX-License-Identifier: MIT */
#include "extremes.h"

#include <stdio.h>
#include <string.h>

#include "guard.h"

/*
 * Every public function. NULL: it takes no size, stride, count or index. tests/extremes/check.sh compares this with the
 * headers, so that a function that is new cannot be forgotten.
 */
static const struct {
    const char *name;
    void (*trial)(void);
} functions[] = {
    {"ensemble_add_model_output", try_add_model_output},
    {"ensemble_check", try_check},
    {"ensemble_clone", NULL},
    {"ensemble_combine", try_combine},
    {"ensemble_create", try_create},
    {"ensemble_create_with", try_create_with},
    {"ensemble_destroy", NULL},
    {"ensemble_find_model", NULL},
    {"ensemble_fit", try_fit},
    {"ensemble_fuse_rankings", try_fuse_rankings},
    {"ensemble_fusion_workspace_size", try_fusion_workspace_size},
    {"ensemble_get_method", NULL},
    {"ensemble_get_model_name", try_model_index},
    {"ensemble_get_models", NULL},
    {"ensemble_get_weights", try_weights},
    {"ensemble_get_width", NULL},
    {"ensemble_isa", NULL},
    {"ensemble_load", try_load},
    {"ensemble_measure", try_measure},
    {"ensemble_run", try_run},
    {"ensemble_run_flat", try_run_flat},
    {"ensemble_save", try_save},
    {"ensemble_score", try_score},
    {"ensemble_set_class_map", try_class_map},
    {"ensemble_set_class_weights", try_class_weights},
    {"ensemble_set_input", try_model_index},
    {"ensemble_set_method", NULL},
    {"ensemble_set_missing_policy", NULL},
    {"ensemble_set_model_dlpack", try_set_model_dlpack},
    {"ensemble_set_model_name", try_model_index},
    {"ensemble_set_model_output", try_set_model_output},
    {"ensemble_set_parallel", NULL},
    {"ensemble_set_parameter", NULL},
    {"ensemble_set_result", NULL},
    {"ensemble_set_row_weights", try_row_weights},
    {"ensemble_set_weights", try_weights},
    {"ensemble_settled", NULL},
    {"ensemble_similarity", NULL},
    {"ensemble_strerror", NULL},
    {"ensemble_top_k", try_top_k},
    {"ensemble_update", try_update},
    {"ensemble_version", NULL},
    {"ensemble_workspace_size", NULL},
};
#define FUNCTIONS (sizeof functions / sizeof *functions)

int main(int argc, char **argv)
{
    const int list = argc > 1 && strcmp(argv[1], "--list") == 0;
    size_t tried = 0;

    if (argc > 2 && strcmp(argv[1], "--isa") == 0)
        only_isa = argv[2];
    nowhere = guarded_make(1).begin - 1024;
    for (size_t i = 0; i < FUNCTIONS; i++) {
        if (list)
            printf("%s %s\n", functions[i].name, functions[i].trial != NULL ? "sizes" : "none");
        else if (functions[i].trial != NULL) {
            functions[i].trial();
            tried++;
        }
    }
    if (list)
        return 0;
    within_pages();
    printf("extremes: %zu functions, %zu sizes each, pointers of %zu bits\n", tried, n_extremes, 8 * sizeof(void *));
    return 0;
}
