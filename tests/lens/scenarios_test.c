/* scenarios_test.c -- every scenario shows what it is there to show, on 200 seeds; and nothing else.
 *
 * What it names as findings is found, each of them, whatever the seed; and what it does not name is not. One that
 * ends in _wrong.lua names some (in the museum a wrong case may show in its figures alone), one that ends in
 * _right.lua none. They run in this process, without a device and without traces: some microseconds an event, so
 * that all of them on all seeds take seconds.
 */
#include "../check.h"
#include "../dev/driver.h"
#include "../scenario.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEEDS = 200 };
#define MUSEUM "scenarios/museum/"

static bool ends(const char *name, const char *with) {
    size_t n = strlen(name), k = strlen(with);
    return n >= k && strcmp(name + n - k, with) == 0;
}

static const char *wrong_with(const char *path, const Found *f) {
    bool museum = strncmp(path, MUSEUM, strlen(MUSEUM)) == 0;
    if (!f->ran) return f->diag.message;
    if (!f->judged) return "it does not say which findings it expects";
    if (ends(path, "_right.lua") && f->expected[0]) return "it is called right, and expects findings";
    if (ends(path, "_wrong.lua") && !f->expected[0] && !museum) return "it is called wrong, and expects no finding";
    return strcmp(f->expected, f->found) == 0 ? NULL : "the findings are others";
}

static bool run_one(const char *path, const char *source, uint64_t seed) {
    char set[32];
    const char *const sets[] = {set};
    snprintf(set, sizeof set, "seed=%llu", (unsigned long long)seed);
    Found f = found_in(path, source, sets, 1);
    const char *why = wrong_with(path, &f);
    if (why == NULL) return true;
    printf("\n    %s, seed %llu: %s\n    expected [%s], found [%s]\n", path, (unsigned long long)seed, why, f.expected, f.found);
    for (size_t i = 0; i < f.findings.count; i++)
        printf("    line %llu: %s\n", (unsigned long long)f.findings.found[i].line, f.findings.found[i].text);
    return false;
}

/* The first seed on which it is not as it says is enough. */
static void run_all(const char *path) {
    char *source = driver_read_file(path);
    bool well = true;
    for (uint64_t seed = 1; seed <= SEEDS && well; seed++) well = run_one(path, source, seed);
    CU_ASSERT(well);
    free(source);
}

/* How many there were. */
static int run_folder(const char *folder) {
    struct dirent **list;
    int n = scandir(folder, &list, NULL, alphasort), count = 0;
    for (int i = 0; i < n; i++) {
        if (ends(list[i]->d_name, ".lua") && !ends(list[i]->d_name, ".d.lua")) {
            char path[300];
            snprintf(path, sizeof path, "%s%.255s", folder, list[i]->d_name);
            run_all(path);
            count++;
        }
        free(list[i]);
    }
    if (n >= 0) free(list);
    return count;
}

static void each_shows_exactly_what_it_says(void) {
    CU_ASSERT(run_folder("scenarios/") >= 4);
    CU_ASSERT(run_folder(MUSEUM) > 0);
}

void lens_scenarios_tests(void) {
    static const Check checks[] = {
        {"each shows exactly the findings that it names, on 200 seeds", each_shows_exactly_what_it_says}, {0}};
    suite("scenarios", checks);
}
