/* SPDX-License-Identifier: MIT */
#include "simd/vec_sve.h"
#include "kernels/instantiate.h"
