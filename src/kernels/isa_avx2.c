/* SPDX-License-Identifier: MIT */
#include "simd/vec_avx2.h"
#include "kernels/instantiate.h"
