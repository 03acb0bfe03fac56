/* SPDX-License-Identifier: MIT */
/* Temperature scaling (Guo et al., 2017): one number that divides logits, found by log loss. */
#ifndef ENS_LEARN_CALIBRATE_H
#define ENS_LEARN_CALIBRATE_H

#include "learn/source.h"

/* Temperatures that are sought. */
#define ENS_COOLEST 0.01
#define ENS_HOTTEST 100.0

/* Can model i of the source be calibrated? It gives logits, from which one class among several follows. */
int ens_calibrates(const struct ens_source *s, size_t i);

/* The temperature of model i of the source's, for which that must be so. 0 or an error code. */
int ens_calibrate_model(struct ens_source *s, const struct ens_sample *sample, size_t i, double *temperature);

/*
 * That of what the source's handle combines: logits, as it has them (`powers` 0), or probabilities, whose logarithms
 * are taken for logits. The handle's form of the result is ENSEMBLE_RESULT_AS_IS. 0 or an error code.
 */
int ens_calibrate_result(struct ens_source *s, const struct ens_sample *sample, int powers, double *temperature);

#endif
