/* SPDX-License-Identifier: MIT */
#include "lists.h"

#include "must.h"
#include "npy.h"

#include <math.h>
#include <stdio.h>

const char *const names[LISTS] = {"popularity", "neighbours", "factors", "genres"};

static struct npy_array load(const char *directory, const char *name, const char *part)
{
    struct npy_array array;
    const char *error;
    char path[1024];

    if (snprintf(path, sizeof path, "%s/%s.%s.npy", directory, name, part) >= (int)sizeof path)
        fail(directory, "the name is too long");
    error = npy_read(&array, path);
    if (error)
        fail(path, error);
    return array;
}

/* The list of one recommender for each user. */
static void load_list(const char *directory, const char *part_name, struct part *part, size_t list)
{
    struct npy_array ids, scores;
    char name[64];

    snprintf(name, sizeof name, "%s.ids", names[list]);
    ids = load(directory, name, part_name);
    snprintf(name, sizeof name, "%s.scores", names[list]);
    scores = load(directory, name, part_name);
    if (ids.i4 == NULL || scores.f4 == NULL || ids.rows != part->users || scores.rows != part->users ||
        ids.columns != LENGTH || scores.columns != LENGTH)
        fail(names[list], "not a matrix of int32 and one of float32, a row for each user, a column for each place");
    for (size_t user = 0; user < part->users; user++)
        for (size_t place = 0; place < LENGTH; place++) {
            const size_t to = (user * LISTS + list) * LENGTH + place;

            part->ids[to] = (uint64_t)ids.i4[user * LENGTH + place];
            part->scores[to] = scores.f4[user * LENGTH + place];
        }
    npy_free(&ids);
    npy_free(&scores);
}

struct part load_part(const char *directory, const char *name)
{
    const struct npy_array liked = load(directory, "liked", name);
    struct part part = {.users = liked.rows, .liked = liked.i4, .most_liked = liked.columns};

    if (part.liked == NULL || part.users == 0)
        fail("liked", "not a matrix of int32");
    for (size_t user = 0; user < part.users; user++)
        if (part.liked[user * part.most_liked] < 0)
            fail("liked", "a user without anything to find");
    part.ids = must_allocate(part.users * LISTS * LENGTH, sizeof *part.ids);
    part.scores = must_allocate(part.users * LISTS * LENGTH, sizeof *part.scores);
    for (size_t list = 0; list < LISTS; list++)
        load_list(directory, name, &part, list);
    return part;
}

void free_part(struct part *part)
{
    free(part->ids);
    free(part->scores);
    free(part->liked);
}

int is_liked(uint64_t item, const struct part *part, size_t user)
{
    for (size_t i = 0; i < part->most_liked; i++)
        if (part->liked[user * part->most_liked + i] == (int32_t)item)
            return 1;
    return 0;
}

struct quality judge(const uint64_t items[LENGTH], const struct part *part, size_t user)
{
    double gain = 0, ideal = 0, found_10 = 0, found_50 = 0, liked = 0;

    while ((size_t)liked < part->most_liked && part->liked[user * part->most_liked + (size_t)liked] >= 0)
        liked++;
    for (size_t r = 0; r < LENGTH; r++) {
        const int hit = is_liked(items[r], part, user);

        found_50 += hit;
        if (r >= 10)
            continue;
        found_10 += hit;
        gain += hit / log2((double)r + 2);
        ideal += (double)r < liked ? 1 / log2((double)r + 2) : 0;
    }
    return (struct quality){gain / ideal, found_10 / liked, found_50 / liked};
}
