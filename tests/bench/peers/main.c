/* SPDX-License-Identifier: MIT */
/*
 * The library beside what else can do its work: plain C by two compilers, and libraries where they are. All take turns,
 * with one thread each.
 *
 *     peers [--turns 15] [--seconds 3] [--csv FILE] [--all]      --seconds: for a cell at most, more or less
 *           [--sections sums,first] [--python FILE]              --all: also a line for each contender
 *           [--types f32,f16-f32] [--models 3,8]                 of sums and neighbours; types of python
 *           [--lengths 1000,32000] [--batches]                   of sums, neighbours, python; --batches: sums of only
 *           [--methods median,top]                               what is named; --methods: of methods
 */
#include "settings.h"
#include "steps.h"

#include <ensemble.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The steps of models' servers, beside plain C, NumPy and PyTorch. */
static void steps_section(const struct settings *settings)
{
    steps_run(&settings->timing, settings->python);
}

static const struct {
    const char *name;
    void (*run)(const struct settings *settings);
} sections[] = {{"sums", sums_section},       {"neighbours", neighbours_section}, {"first", first_section},
                {"steps", steps_section},     {"python", python_section},         {"methods", methods_section},
                {"learning", learning_section}, {"threads", threads_section}};
enum { SECTIONS = sizeof sections / sizeof *sections };

int listed(const char *list, const char *word)
{
    const size_t length = strlen(word);

    if (list == NULL)
        return 1;
    for (const char *at = list; (at = strstr(at, word)) != NULL; at += length)
        if ((at == list || at[-1] == ',') && (at[length] == 0 || at[length] == ','))
            return 1;
    return 0;
}

int number_listed(const char *list, size_t number)
{
    char word[32];

    snprintf(word, sizeof word, "%zu", number);
    return listed(list, word);
}

size_t most_memory(void)
{
    return (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE) / 2;
}

static void read_arguments(struct settings *settings, int argc, char **argv)
{
    const struct {
        const char *name;
        const char **value;
    } words[] = {{"--sections", &settings->sections},
                 {"--types", &settings->types},
                 {"--models", &settings->models},
                 {"--lengths", &settings->lengths},
                 {"--methods", &settings->methods},
                 {"--python", &settings->python}};

    for (int i = 1; i < argc; i++) {
        const char *option = argv[i];
        size_t w = 0;

        if (strcmp(option, "--all") == 0 || strcmp(option, "--batches") == 0) {
            *(option[2] == 'a' ? &settings->all : &settings->batches) = 1;
            continue;
        }
        if (++i == argc)
            die("an option without its value, or an unknown one");
        while (w < sizeof words / sizeof *words && strcmp(option, words[w].name) != 0)
            w++;
        if (w < sizeof words / sizeof *words)
            *words[w].value = argv[i];
        else if (strcmp(option, "--turns") == 0)
            settings->timing.turns = (size_t)strtoul(argv[i], NULL, 10);
        else if (strcmp(option, "--seconds") == 0)
            settings->timing.seconds = strtod(argv[i], NULL);
        else if (strcmp(option, "--csv") != 0)
            die("unknown option");
        else if ((settings->timing.csv = fopen(argv[i], "w")) == NULL)
            die("the CSV file could not be opened");
    }
    if (settings->timing.turns < 1 || settings->timing.turns > MAX_TURNS)
        die("--turns must be 1 to 101");
}

/* A name that no section has would be nothing to do, and look like a success. */
static void check_sections(const char *list)
{
    size_t n = 0, names = 1;

    for (size_t s = 0; s < SECTIONS; s++)
        n += (size_t)listed(list, sections[s].name);
    for (const char *at = list; at != NULL && (at = strchr(at, ',')) != NULL; at++)
        names++;
    if (list != NULL && n != names)
        die("--sections: sums, neighbours, first, steps, python, methods, learning, threads");
}

int main(int argc, char **argv)
{
    static struct settings settings = {.timing = {.turns = 15, .seconds = 3, .warm = 1}};
    const char *slash = strrchr(argv[0], '/');
    struct ensemble *e;

    read_arguments(&settings, argc, argv);
    check_sections(settings.sections);
    snprintf(settings.directory, sizeof settings.directory, "%.*s", slash != NULL ? (int)(slash - argv[0]) : 1,
             slash != NULL ? argv[0] : ".");
    if (ensemble_create(&e, 1) != 0)
        die("no ensemble");
    printf("libensemble %u, %s.\n", ensemble_version(), ensemble_isa(e));
    ensemble_destroy(e);
    cell_head(&settings.timing);
    for (size_t s = 0; s < SECTIONS; s++)
        if (listed(settings.sections, sections[s].name)) {
            printf("\n==== %s ====\n", sections[s].name);
            sections[s].run(&settings);
            fflush(stdout);
        }
    if (settings.timing.csv != NULL && fclose(settings.timing.csv) != 0)
        die("the CSV file could not be written");
    return 0;
}
