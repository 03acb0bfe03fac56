/* SPDX-License-Identifier: MIT */
#include "plan/soft.h"

#include "plan/report.h"
#include "plan/shares.h"
#include "plan/values.h"

#include <math.h>

/* What is asked of the combined row alone leaves the pool as it is, and does not look at the models' values again. */
static int is_undisturbed(const struct ens_blend *b)
{
    return b->report == NULL || (b->report->asks & ~ENS_ASKS_ENTROPY) == 0;
}

static int is_soft(const struct ens_blend *b)
{
    const struct ens_recipe *recipe = b->recipe;
    const size_t n = b->e->plan.n;

    if (recipe->form != ENS_FORM_LINEAR || recipe->gathering != ENS_SUMMED || recipe->before != ENS_NO_MAP ||
        b->by_row || b->by_class || n == 0 || n > ENS_STATS || !is_undisturbed(b))
        return 0;
    for (size_t k = 0; k < n; k++)
        if (ens_model_of(b, k)->space != ENSEMBLE_LOGITS || ens_model_of(b, k)->map != NULL)
            return 0;
    return 1;
}

/* May the sum be where the result goes: has that the accumulator's type, and is it none of the outputs? */
static int is_free(const struct ens_blend *b)
{
    const struct ens_walk *walk = b->walk;

    if (walk->result == NULL || walk->dtype - 1 != b->acc ||
        ((uintptr_t)walk->result & (((size_t)1 << b->shift) - 1)) != 0)
        return 0;
    for (size_t k = 0; k < b->e->plan.n; k++)
        if (ens_row_of(b, k, walk->row_begin) == walk->result)
            return 0;
    return 1;
}

size_t ens_soft_rows(const struct ens_blend *b)
{
    if (!is_soft(b))
        return 0;
    return b->e->plan.n == 1 || is_free(b) ? 1 : 2;
}

/* The workspace; else the pool behind the tile that is gathered in, which is enough for some 1,000 classes. */
void ens_soft_begin(struct ens_blend *b)
{
    const size_t row = b->e->width << b->shift, rows = ens_soft_rows(b);
    unsigned char *room = b->room.exponentials;

    if (rows == 0)
        return;
    if (room == NULL && row <= (ENS_POOL_BYTES - (b->tile << b->shift)) / rows)
        room = ens_pool(b, 1);
    if (room == NULL)
        return;
    b->soft = (struct ens_soft){.kept = room, .sum = rows == 2 ? room + row : NULL, .ahead = NAN};
}

/* What is gone through after model k of the row, if it has the same dtype: the next model, or the next row's first. */
static const void *after(const struct ens_blend *b, size_t k, size_t line)
{
    const int last = k + 1 == b->e->plan.n;
    const size_t next = last ? 0 : k + 1;

    if ((last && line + 1 == b->walk->row_count) || ens_output_of(b, next)->dtype != ens_output_of(b, k)->dtype)
        return NULL;
    return ens_row_of(b, next, b->row.index + (size_t)last);
}

void ens_soft_row(struct ens_blend *b, size_t line)
{
    const struct ens_walk *walk = b->walk;
    struct ens_soft *soft = &b->soft;
    struct ens_soften s = {
        .length = b->e->width, .stretch = ens_stretch(b), .kept = soft->kept, .most = soft->ahead};

    soft->row = soft->sum != NULL ? soft->sum : walk->result + (line * walk->result_stride << b->shift);
    for (size_t k = 0; k < b->e->plan.n; k++) {
        const int dtype = ens_output_of(b, k)->dtype - 1;

        s.from = ens_row_of(b, k, b->row.index);
        s.a = ens_cooling(b, ens_model_of(b, k));
        s.b = s.next != NULL || (k == 0 && !isnan(s.most)) ? s.most : b->kernels->peak[b->acc][dtype](s.from, s.length);
        s.b = b->acc == ENS_f64 ? s.b * s.a : (double)((float)s.b * (float)s.a);
        s.sum = k > 0 ? soft->row : NULL;
        s.first = k == 1;
        s.factor = soft->factor;
        s.next = after(b, k, line);
        b->kept[k] = (struct ens_stat){s.b, b->kernels->soften[b->acc][dtype](&s)};
        soft->factor = ens_factor(b, k) * (1 / b->kept[k].sum);
    }
    soft->ahead = s.next != NULL ? s.most : (double)NAN;
}

void ens_soft_tile(const struct ens_blend *b, const struct ens_tile *tile, void *out)
{
    const float single = (float)b->soft.factor;
    const void *in = b->soft.kept + (tile->column << b->shift);
    const struct ens_span span = {
        .out = out,
        .start = b->e->plan.n > 1 ? b->soft.row + (tile->column << b->shift) : NULL,
        .in = &in,
        .weight = b->acc == ENS_f64 ? (const void *)&b->soft.factor : &single,
        .n = 1,
        .length = tile->length,
    };

    b->kernels->wsum[b->acc][b->acc][b->acc](&span);
}
