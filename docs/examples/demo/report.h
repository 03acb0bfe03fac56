/* SPDX-License-Identifier: MIT */
#ifndef DEMO_REPORT_H
#define DEMO_REPORT_H

#include "npy.h"

/* For three images: what the mean of the models decides, how sure it is, how contested, and why. */
void show_report(const struct npy_array *labels);

#endif
