/* SPDX-License-Identifier: MIT */
#include "simd/vec_avx512.h"
#include "kernels/instantiate.h"
