/* golden_test.c -- each scenario's events, word for word, and its hash, as they were agreed upon.
 *
 * tests/scenarios/NAME.events holds both; those of the museum's are in tests/scenarios/museum. A change of
 * behaviour shows here as a difference in words; UPDATE=1 make test writes the files anew, and the commit's
 * diff is then read.
 */
#include "../check.h"
#include "command.h"

#include "../../sim/base/bytes.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_text(const char *path) {
    FILE *f = fopen(path, "r");
    if (f == NULL) return NULL;
    Bytes b = {0};
    char chunk[4096];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0) bytes_add(&b, chunk, n);
    fclose(f);
    bytes_add(&b, "", 1);
    return (char *)b.data;
}

static void compare(const char *folder, const char *name) {
    char path[600];
    Result r = command("$F run --quiet --out $T/golden.trace %s/%s && $F hash "
                       "$T/golden.trace && $F show $T/golden.trace",
                       folder, name);
    snprintf(path, sizeof path, "tests/%s/%.*s.events", folder, (int)strcspn(name, "."), name);
    CU_ASSERT_EQUAL(r.status, 0);
    if (getenv("UPDATE")) {
        FILE *f = fopen(path, "w");
        CU_ASSERT_PTR_NOT_NULL_FATAL(f);
        fputs(r.out, f);
        fclose(f);
    }
    char *golden = read_text(path);
    /* The hash is the first line: the events behind it say more, so they are compared first. */
    if (golden == NULL) printf("\n    %s is missing: UPDATE=1 make test writes it\n", path);
    CU_ASSERT_PTR_NOT_NULL(golden);
    if (golden != NULL) {
        check_text(name, strchr(golden, '\n') ? strchr(golden, '\n') : "",
                   strchr(r.out, '\n') ? strchr(r.out, '\n') : "");
        check_text(name, golden, r.out);
    }
    free(golden);
    result_free(&r);
}

static int compare_all(const char *folder) {
    struct dirent **list;
    int n = scandir(folder, &list, NULL, alphasort), count = 0;
    for (int i = 0; i < n; i++) {
        const char *dot = strchr(list[i]->d_name, '.');
        if (dot != NULL && strcmp(dot, ".lua") == 0) {
            compare(folder, list[i]->d_name);
            count++;
        }
        free(list[i]);
    }
    if (n >= 0) free(list);
    return count;
}

static void each_scenario_is_as_agreed(void) {
    Result r = command("$F devices");
    int status = r.status;
    result_free(&r);
    if (status != 0) {
        check_skip("no device: verdicts on results belong to the events");
        return;
    }
    CU_ASSERT(compare_all("scenarios") >= 4);
    CU_ASSERT(compare_all("scenarios/museum") >= 22);
}

void cli_golden_tests(void) {
    static const Check checks[] = {
        {"each scenario is as agreed, event by event", each_scenario_is_as_agreed}, {0}};
    suite("command line: golden scenarios", checks);
}
