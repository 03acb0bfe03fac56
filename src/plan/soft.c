/* SPDX-License-Identifier: MIT */
#include "plan/soft.h"

#include "base/finite.h"
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
        if (ens_output_of(b, k).data != NULL && ens_row_of(b, k, walk->row_begin) == walk->result)
            return 0;
    return 1;
}

/* One row for the sum, if that is not in the result, and one for exponentials, which the first model's do not need. */
static size_t rows_for(const struct ens_blend *b)
{
    return (size_t)!is_free(b) + (b->e->plan.n > 1);
}

size_t ens_soft_rows(const struct ens_blend *b)
{
    return is_soft(b) ? rows_for(b) : b->e->plan.n;
}

/*
 * The workspace; else the pool behind the tile that is gathered in, if both rows fit there; else, if the sum is there
 * anyway, the result.
 */
void ens_soft_begin(struct ens_blend *b)
{
    const size_t row = b->e->width << b->shift, pool = ENS_POOL_BYTES - (b->tile << b->shift);
    unsigned char *room = b->room.exponentials;

    if (!is_soft(b))
        return;
    if (room == NULL && row <= pool / 2)
        room = ens_pool(b, 1);
    if (is_free(b))
        b->soft = (struct ens_soft){.on = 1, .room = {NULL, room}, .ahead = NAN};
    else if (room != NULL)
        b->soft = (struct ens_soft){.on = 1, .room = {room, room + row}, .ahead = NAN};
}

/* Where row `line` of the result begins. */
static unsigned char *result_at(const struct ens_blend *b, size_t line)
{
    return b->walk->result + (line * b->walk->result_stride << b->shift);
}

/*
 * Where the models are summed, the last one not yet. Of one or two models it has the exponentials of the first one,
 * which are multiplied with the others.
 */
static unsigned char *sum_of(const struct ens_blend *b)
{
    return b->soft.room[0] != NULL ? b->soft.room[0] : result_at(b, b->row.index - b->walk->row_begin);
}

/*
 * Where the last model's exponentials are: in the next row of the result, which will be written later, if there is no
 * other room. NULL: there is no next row, and so exponentials of all models but the first are computed twice, the
 * second time for the sum, which is complete then.
 */
static unsigned char *kept_of(const struct ens_blend *b)
{
    const size_t next = b->row.index - b->walk->row_begin + 1;

    return b->soft.room[1] != NULL ? b->soft.room[1] : next < b->walk->row_count ? result_at(b, next) : NULL;
}

/* What is gone through after model k of the row, if it has the same dtype: the next model, or the next row's first. */
static const void *after(const struct ens_blend *b, size_t k)
{
    const int last = k + 1 == b->e->plan.n;
    const size_t next = last ? 0 : k + 1;

    if ((last && b->row.index + 1 == b->walk->row_begin + b->walk->row_count) ||
        ens_output_of(b, next).dtype != ens_output_of(b, k).dtype)
        return NULL;
    return ens_row_of(b, next, b->row.index + (size_t)last);
}

/* One model of the row. `s` is what the model before it left, or began with. */
static void add_model(struct ens_blend *b, size_t k, struct ens_soften *s)
{
    const int dtype = ens_output_of(b, k).dtype - 1;
    unsigned char *sum = sum_of(b), *kept = kept_of(b);
    double factor;

    s->from = ens_row_of(b, k, b->row.index);
    if (ens_is_nan(s->most))
        s->most = b->kernels->peak[b->acc][dtype](s->from, s->length);
    s->a = ens_cooling(b, ens_model_of(b, k));
    s->b = b->acc == ENS_f64 ? s->most * s->a : (double)((float)s->most * (float)s->a);
    s->to = k == 0 ? sum : kept;
    s->sum = k > 1 && kept != NULL ? sum : NULL;
    s->scaled = k == 2;
    s->scale = b->soft.factors[0];
    s->factor = b->soft.factors[1];
    s->own = 0;
    s->next = after(b, k);
    b->kept[k] = (struct ens_stat){s->b, b->kernels->soften[b->acc][dtype](s)};
    if (s->next == NULL)
        s->most = NAN;
    factor = ens_factor(b, k) * (1 / b->kept[k].sum);
    b->soft.factors[k > 0] = factor;
    if (k > 0 && kept == NULL) {
        struct ens_soften again = *s;

        again.sum = sum;
        again.factor = factor;
        again.own = 1;
        again.scaled = k == 1;
        again.next = NULL;
        b->kernels->soften[b->acc][dtype](&again);
    }
}

void ens_soft_row(struct ens_blend *b)
{
    struct ens_soften s = {.length = b->e->width, .stretch = ens_stretch(b), .most = b->soft.ahead};

    for (size_t k = 0; k < b->e->plan.n; k++)
        add_model(b, k, &s);
    b->soft.ahead = s.most;
}

/* Without room for the last model's exponentials the sum is complete, and `out` is where it is: in the result. */
void ens_soft_tile(const struct ens_blend *b, const struct ens_tile *tile, void *out)
{
    const double *factors = b->soft.factors;
    const size_t n = b->e->plan.n, at = tile->column << b->shift, first = n > 2;
    const float singles[] = {(float)factors[0], (float)factors[1]};
    const unsigned char *kept = kept_of(b);
    const void *in[] = {sum_of(b) + at, kept != NULL ? kept + at : NULL};
    const struct ens_span span = {
        .out = out,
        .start = n > 2 ? in[0] : NULL,
        .in = in + first,
        .weight = b->acc == ENS_f64 ? (const void *)(factors + first) : singles + first,
        .n = n == 2 ? 2 : 1,
        .length = tile->length,
    };

    if (n == 1 || kept != NULL)
        b->kernels->wsum[b->acc][b->acc][b->acc](&span);
}
