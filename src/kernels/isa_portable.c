/* SPDX-License-Identifier: MIT */
#include "simd/vec_portable.h"
#include "kernels/instantiate.h"
