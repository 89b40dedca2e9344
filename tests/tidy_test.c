/* tidy_test.c -- the rules of the house (tidy.lua) as one more test, so that they are counted. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

static void the_house_is_tidy(void) {
    char *out, *err;
    int status = run_command("lua5.4 tests/tidy.lua", 60, &out, &err);
    CU_ASSERT_EQUAL(status, 0);
    if (status != 0) printf("\n%s%s", out, err);
    free(out);
    free(err);
}

void tidy_tests(void) {
    static const Check checks[] = {{"layers, calls, heads, notes and lists agree", the_house_is_tidy}, {0}};
    suite("the house", checks);
}
