/* SPDX-License-Identifier: MIT */
#include "lent.h"

#include <sched.h>

static size_t take_turns(struct offer *offer)
{
    size_t taken = 0;

    for (size_t turn; (turn = atomic_fetch_add(&offer->next, 1)) < offer->n; taken++)
        offer->task(offer->context, turn);
    return taken;
}

/* A helper leaves when its turns are done, so when there are none left and nobody helps, all of them are. */
void lent_for(void *user, size_t n, void (*task)(void *context, size_t index), void *context)
{
    struct offer *offer = user;

    offer->n = n;
    offer->task = task;
    offer->context = context;
    offer->offers++;
    atomic_store(&offer->next, 0);
    atomic_store(&offer->open, 1);
    take_turns(offer);
    atomic_store(&offer->open, 0);
    while (atomic_load(&offer->helpers) != 0)
        sched_yield();
}

/* Who has come in before the offer closed is waited for; who comes later sees that it is closed, or the next one. */
void lent_help(struct offer *offer)
{
    if (!atomic_load_explicit(&offer->open, memory_order_relaxed))
        return;
    atomic_fetch_add(&offer->helpers, 1);
    if (atomic_load(&offer->open))
        atomic_fetch_add_explicit(&offer->taken, take_turns(offer), memory_order_relaxed);
    atomic_fetch_sub(&offer->helpers, 1);
}
