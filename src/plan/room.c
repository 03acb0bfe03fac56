/* SPDX-License-Identifier: MIT */
#include "plan/room.h"

#include "plan/gather.h"
#include "plan/soft.h"
#include "plan/stats.h"

#include <stdint.h>

/* Space in the workspace, so far as it is used; `base` NULL: only its size is asked for. */
struct space {
    unsigned char *base;
    size_t used;
    size_t size;
};

/* `count` times `each` bytes behind what is used; NULL if they do not fit. */
static unsigned char *take(struct space *space, size_t count, size_t each)
{
    size_t bytes;
    unsigned char *start;

    if (__builtin_mul_overflow(count, each, &bytes) || bytes > space->size - space->used)
        return NULL;
    start = space->base == NULL ? NULL : space->base + space->used;
    space->used += bytes;
    return start;
}

/* Are there logits whose exponentials are worth keeping? */
static int has_exponentials(const struct ens_blend *b)
{
    if (b->recipe->form == ENS_FORM_LINEAR)
        for (size_t k = 0; k < b->e->plan.n; k++)
            if (ens_model_of(b, k)->space == ENSEMBLE_LOGITS && ens_model_of(b, k)->map == NULL)
                return 1;
    return 0;
}

static void lay_out(struct ens_blend *b, struct space *space, size_t exponentials)
{
    const size_t n = b->e->plan.n, width = b->e->width, value = (size_t)1 << b->shift;
    struct ens_room *room = &b->room;

    if (b->stats && n > ENS_STATS)
        room->stats = (struct ens_stat *)(void *)take(space, n - ENS_STATS, sizeof *room->stats);
    if (b->recipe->n_steps > 0 && width > b->tile)
        room->row = take(space, width, value);
    if (b->recipe->form == ENS_FORM_RANKS && width >= ENS_SORTED_FROM && n < SIZE_MAX / width)
        room->sorted = take(space, (n + 1) * width, value);
    if (has_exponentials(b) && n <= SIZE_MAX / width)
        room->exponentials = take(space, exponentials * width, value);
}

/* The first part holds doubles, so it begins at a multiple of their size. */
void ens_room_take(struct ens_blend *b, void *workspace, size_t size)
{
    const size_t skip = (0 - (uintptr_t)workspace) & (sizeof(double) - 1);
    struct space space;

    if (workspace == NULL || size < skip)
        return;
    space = (struct space){.base = (unsigned char *)workspace + skip, .size = size - skip};
    lay_out(b, &space, ens_soft_rows(b));
}

size_t ens_room_size(struct ens_blend *b, size_t exponentials)
{
    struct space space = {.size = SIZE_MAX / 2};

    lay_out(b, &space, exponentials);
    return space.used > 0 ? space.used + sizeof(double) - 1 : 0;
}
