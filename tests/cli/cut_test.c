/* cut_test.c -- a run that is killed or crashes, and a file that is cut: what was written can be shown. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Starts a run of a day and kills it when the trace, $T/killed.trace, has grown to some megabytes. */
static bool killed_run(void) {
    return command_gives(0, "rm -f $T/killed.trace; $F run --quiet --out $T/killed.trace $S/long.lua & pid=$!; i=0;"
                            "while [ $(cat $T/killed.trace 2>/dev/null | wc -c) -lt 2000000 ] && [ $i -lt 500 ];"
                            "do sleep 0.02; i=$((i + 1)); done; kill -KILL $pid && ! wait $pid");
}

static void a_killed_run_can_be_shown(void) {
    if (!killed_run()) return;
    Result r = command("$F show --to 1ms $T/killed.trace");
    CU_ASSERT_EQUAL(r.status, 4);
    CU_ASSERT(count_lines(r.out) > 1000);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "RUN_START"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, " byte "));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, " events before it are good"));
    CU_ASSERT_EQUAL(count_lines(r.err), 1);
    result_free(&r);
    r = command("$F summary --json $T/killed.trace");
    CU_ASSERT_EQUAL(r.status, 4);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "\"complete\":\tfalse"));
    result_free(&r);
    command_gives(4, "$F hash $T/killed.trace");
}

/* It runs to where the trace stops, not to where the scenario would. */
static void a_killed_run_can_be_replayed(void) {
    if (!killed_run()) return;
    Result r = command("head -c 1000000 $T/killed.trace >$T/part.trace; rm $T/killed.trace; $F replay $T/part.trace");
    CU_ASSERT_EQUAL(r.status, 4);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, ": identical, "));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "cut at byte 1000000"));
    result_free(&r);
}

/* All whole blocks before the damage are shown. */
static void what_is_missing_or_damaged_is_named(void) {
    static const char *const damages[] = {
        "head -c 400000 $T/well.trace >$T/bad.trace",
        "cp $T/well.trace $T/bad.trace; printf '\\377' | dd of=$T/bad.trace bs=1 seek=400000 conv=notrunc status=none",
    };
    command_gives(1, "$F run --quiet --set limit=3ms --out $T/well.trace $S/long.lua");
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        Result r = command("%s; $F show $T/bad.trace", damages[i]);
        CU_ASSERT_EQUAL(r.status, 4);
        CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "byte "));
        CU_ASSERT(count_lines(r.out) > 10000);
        if (r.status != 4) printf("\n    %s: %s\n", damages[i], r.err);
        result_free(&r);
    }
}

/* A kernel that takes the driver down does not take the trace along. */
static void a_crashing_kernel_leaves_its_trace(void) {
    if (!there_is_a_device()) {
        check_skip("no OpenCL device");
        return;
    }
    Result r = command("$F run --quiet --out $T/crash.trace $S/wrong_crash.lua");
    CU_ASSERT_EQUAL(r.status, 4);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "the driver crashed while it was running kernel wrong_crash"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "/crash.trace"));
    result_free(&r);
    r = command("$F show $T/crash.trace");
    CU_ASSERT_EQUAL(r.status, 4);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "before the launch"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, " DEV_START "));
    CU_ASSERT_PTR_NULL(strstr(r.out, "never said"));
    result_free(&r);
}

void cli_cut_tests(void) {
    static const Check checks[] = {
        {"a killed run can be shown", a_killed_run_can_be_shown},
        {"a killed run can be replayed", a_killed_run_can_be_replayed},
        {"what is missing or damaged is named, with its place", what_is_missing_or_damaged_is_named},
        {"a crashing kernel leaves its trace", a_crashing_kernel_leaves_its_trace},
        {0},
    };
    suite("command line: traces of runs that were killed", checks);
}
