/* scenarios_test.c -- every scenario shows what it is there to show, on 200 seeds; and nothing else.
 *
 * One that ends in _wrong.lua names its findings, and they are found, each of them, whatever the seed; in every
 * other nothing is found. They run in this process, without a device and without traces: some microseconds an
 * event, so that all of them on all seeds take seconds.
 */
#include "../check.h"
#include "../dev/driver.h"
#include "../scenario.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEEDS = 200, COMPLAINTS_MAX = 10 };

static bool ends(const char *name, const char *with) {
    size_t n = strlen(name), k = strlen(with);
    return n >= k && strcmp(name + n - k, with) == 0;
}

static bool run_one(const char *path, const char *source, uint64_t seed) {
    char set[32];
    const char *const sets[] = {set};
    snprintf(set, sizeof set, "seed=%llu", (unsigned long long)seed);
    Found f = found_in(path, source, sets, 1);
    bool wrong = ends(path, "_wrong.lua");
    const char *why = !f.ran                                ? f.diag.message
                      : !f.judged                           ? "it does not say which findings it expects"
                      : wrong && !f.expected[0]             ? "it is called wrong, and expects no finding"
                      : !wrong && f.expected[0]             ? "it is not called wrong, and expects findings"
                      : strcmp(f.expected, f.found) != 0    ? "the findings are others"
                                                            : NULL;
    if (why == NULL) return true;
    printf("\n    %s, seed %llu: %s\n    expected [%s], found [%s]\n", path, (unsigned long long)seed, why, f.expected, f.found);
    for (size_t i = 0; i < f.findings.count; i++)
        printf("    line %llu: %s\n", (unsigned long long)f.findings.found[i].line, f.findings.found[i].text);
    return false;
}

static void each_shows_exactly_what_it_says(void) {
    struct dirent **list;
    int n = scandir("scenarios", &list, NULL, alphasort), count = 0, complaints = 0;
    for (int i = 0; i < n; i++) {
        if (ends(list[i]->d_name, ".lua") && !ends(list[i]->d_name, ".d.lua")) {
            char path[300];
            snprintf(path, sizeof path, "scenarios/%.255s", list[i]->d_name);
            char *source = driver_read_file(path);
            bool well = true;
            for (uint64_t seed = 1; seed <= SEEDS && complaints < COMPLAINTS_MAX && well; seed++)
                well = run_one(path, source, seed);
            complaints += !well;
            CU_ASSERT(well);
            free(source);
            count++;
        }
        free(list[i]);
    }
    if (n >= 0) free(list);
    CU_ASSERT(count >= 4);
}

void lens_scenarios_tests(void) {
    static const Check checks[] = {
        {"each shows exactly the findings that it names, on 200 seeds", each_shows_exactly_what_it_says}, {0}};
    suite("scenarios", checks);
}
