/* SPDX-License-Identifier: MIT */
/* Lists of items for users, and what the users chose: the files of this folder. */
#ifndef LISTS_H
#define LISTS_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum { POPULARITY, NEIGHBOURS, FACTORS, GENRES, LISTS }; /* FACTORS is the best one */
enum { BEST = FACTORS, LENGTH = 50 };

extern const char *const names[LISTS];

/* Some users. What the recommenders say of one lies together, one list after the other, as a fusion takes it. */
struct part {
    size_t users;
    uint64_t *ids;  /* users x LISTS x LENGTH, best first */
    float *scores;  /* likewise */
    int32_t *liked; /* users x most_liked: what was held out; -1 behind the last one */
    size_t most_liked;
};

/* How good a list is for a user: between 0 and 1, and 1 is best. */
struct quality {
    double ndcg;      /* of the first ten: normalised discounted cumulative gain (Jaervelin, Kekaelaeinen, 2002) */
    double recall_10; /* share of what the user chose that is among the first ten */
    double recall_50; /* among all */
};

/* Reads DIRECTORY/NAME.{ids,scores}.PART.npy and liked.PART.npy. Where a file is not right, the program ends. */
struct part load_part(const char *directory, const char *part);

void free_part(struct part *part);

int is_liked(uint64_t item, const struct part *part, size_t user);

struct quality judge(const uint64_t items[LENGTH], const struct part *part, size_t user);

#endif
