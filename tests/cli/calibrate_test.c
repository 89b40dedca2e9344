/* calibrate_test.c -- faultline calibrate with few samples: that it works, not that its figures are good. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool there_is_go(void) {
    Result r = command("go env GOVERSION && test \"$(go env CGO_ENABLED)\" = 1 && command -v gcc");
    bool is = r.status == 0;
    result_free(&r);
    return is;
}

static void every_mechanism_is_predicted_and_measured(void) {
    static const char *const rows[] = {"\ncgo_enter ",  "\nthread_wake ", "\nsysmon_slack ", "\ncrossing ", "\nhandoff ", "\ncallback ", "\nlocked ping-pong ",
                                       "\nping-pong ",  "\nspawn ",       "\npin ",          "\ntimer ",    " mechanisms, by their"};
    if (!there_is_go()) {
        check_skip("no Go with cgo");
        return;
    }
    Result r = command("mkdir $T/tmp && TMPDIR=$T/tmp $F calibrate --quick $D -o $T/measured.profile");
    CU_ASSERT_EQUAL(r.status, 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CU_ASSERT_PTR_NOT_NULL(strstr(r.out, rows[i]));
        if (strstr(r.out, rows[i]) == NULL) printf("\n    no row%s\n%s%s", rows[i], r.out, r.err);
    }
    result_free(&r);
    char *left = output_of("ls -A $T/tmp && rmdir $T/tmp");
    CU_ASSERT_STRING_EQUAL(left, ""); /* what was built there is gone */
    free(left);
    command_gives(0, "grep -q '^cgo_enter=' $T/measured.profile && grep -q '^poll_slack=' $T/measured.profile");
    command_gives(0, "$F run --quiet $D --profile $T/measured.profile --out $T/c.trace $S/everything.lua && $F replay $D $T/c.trace");
}

/* What C can measure is measured, and it is said what is missing. */
static void without_go_threads_are_measured(void) {
    Result r = command("PATH=/nonexistent $F calibrate --quick --device none -o $T/threads.profile");
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "no Go in PATH"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "thread_wake"));
    CU_ASSERT_PTR_NULL(strstr(r.out, "cgo_enter"));
    CU_ASSERT_PTR_NULL(strstr(r.out, "mechanism"));
    result_free(&r);
    command_gives(0, "$F run --quiet $D --profile $T/threads.profile $S/everything.lua");
}

/* A Go that fails to build says why, and the rest goes on. */
static void a_go_that_cannot_build_says_why(void) {
    Result r = command("mkdir -p $T/bin && printf '#!/bin/sh\\n[ $1 = env ] && echo go1.26.0 && exit\\necho \"no cgo here\" >&2\\nexit 1\\n' "
                       ">$T/bin/go && chmod +x $T/bin/go && PATH=$T/bin $F calibrate --quick --device none");
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "bench.go cannot be built: no cgo here"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "thread_wake"));
    result_free(&r);
}

/* Whoever loses patience leaves nothing behind. */
static void an_interrupted_one_leaves_nothing(void) {
    if (!there_is_go()) {
        check_skip("no Go with cgo");
        return;
    }
    char *left = output_of("mkdir $T/tmp2 && (TMPDIR=$T/tmp2 timeout -s INT 1 $F calibrate --device none >/dev/null 2>&1; true);"
                           "ls -A $T/tmp2 && rmdir $T/tmp2");
    CU_ASSERT_STRING_EQUAL(left, "");
    free(left);
}

/* Measuring takes a while: what cannot be written is said before, and an old profile outlives a failure. */
static void a_profile_is_replaced_only_by_a_better_one(void) {
    command_gives(4, "$F calibrate -o /nonexistent/x.profile");
    command_gives(0, "echo 'cgo_enter=1' >$T/old.profile");
    command_gives(4, "$F calibrate --device nonesuch -o $T/old.profile");
    command_gives(0, "test \"$(cat $T/old.profile)\" = cgo_enter=1");
    command_gives(0, "PATH=/nonexistent $F calibrate --quick --device none -o $T/old.profile");
    command_gives(1, "grep -q cgo_enter $T/old.profile");
}

void cli_calibrate_tests(void) {
    static const Check checks[] = {
        {"every mechanism is predicted and measured", every_mechanism_is_predicted_and_measured},
        {"without Go threads are measured", without_go_threads_are_measured},
        {"a Go that cannot build says why", a_go_that_cannot_build_says_why},
        {"an interrupted one leaves nothing behind", an_interrupted_one_leaves_nothing},
        {"a profile is replaced only by a better one", a_profile_is_replaced_only_by_a_better_one},
        {0},
    };
    suite("command line: calibrate", checks);
}
