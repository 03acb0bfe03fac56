/* SPDX-License-Identifier: MIT */
/* Every template, for the type that ENS_ACC names. Those that others are written with come first. */
#include "kernels/elementary_tmpl.h"
#include "kernels/wsum_tmpl.h"
#include "kernels/narrow_tmpl.h"
#include "kernels/widen_tmpl.h"
#include "kernels/map_tmpl.h"
#include "kernels/sum_tmpl.h"
#include "kernels/row_tmpl.h"
#include "kernels/lead_tmpl.h"
#include "kernels/rows_tmpl.h"
#include "kernels/panel_tmpl.h"
#include "kernels/batch_tmpl.h"
#include "kernels/fold_tmpl.h"
#include "kernels/median_tmpl.h"
#include "kernels/order_tmpl.h"
#include "kernels/select_tmpl.h"
#include "kernels/trim_tmpl.h"
#include "kernels/rank_tmpl.h"

#undef ENS_ACC
