/* main.c -- runs all suites, or the one named; ends with the plain line "N passed, N failed, N skipped". */
#include "check.h"

#include <CUnit/Automated.h>
#include <CUnit/Basic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define SUITE(function) void function(void);
#include "suites.def"
#undef SUITE

static const struct {
    const char *name;
    void (*add)(void);
} suites[] = {
#define SUITE(function) {#function, function},
#include "suites.def"
#undef SUITE
};

int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (CU_initialize_registry() != CUE_SUCCESS) return 70;
    bool any = false;
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
        if (argc > 1 && strstr(suites[i].name, argv[1]) == NULL) continue;
        suites[i].add();
        any = true;
    }
    if (!any) {
        fprintf(stderr, "tests: no suite has \"%s\" in its name\n", argv[1]);
        return 2;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned run = CU_get_number_of_tests_run(), failed = CU_get_number_of_tests_failed();
    unsigned skipped = checks_skipped();
    CU_cleanup_registry();
    if (skipped > run - failed) skipped = run - failed;
    printf("\n%u passed, %u failed, %u skipped\n", run - failed - skipped, failed, skipped);
    return failed > 0;
}
