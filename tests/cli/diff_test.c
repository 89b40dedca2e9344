/* diff_test.c -- two runs, and what is said of their differences. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCENARIO "--quiet --device none $S/everything.lua"

static void says(const Result *r, const char *phrase) {
    CU_ASSERT_PTR_NOT_NULL(strstr(r->out, phrase));
    if (strstr(r->out, phrase) == NULL) printf("\n    nobody says \"%s\" in\n%s\n", phrase, r->out);
}

static void the_same_run_is_identical(void) {
    Result r = command("$F run --out $T/a.trace " SCENARIO " && $F run --out $T/b.trace " SCENARIO " && $F diff $T/a.trace $T/b.trace");
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT(strncmp(r.out, "identical, ", 11) == 0);
    CU_ASSERT_EQUAL(count_lines(r.out), 1);
    result_free(&r);
}

/* The versions' rules are told, what a crossing costs, where they part, and what it meant. */
static void two_versions_of_go_differ_in_words(void) {
    command_gives(0, "echo \"scenario { title = 'v', go = '1.25', procs = 1 } main(function() C.call('f', '15us') end)\" >$T/v.lua &&"
                     "$F run --quiet --out $T/a.trace $T/v.lua && sed -i s/1.25/1.26/ $T/v.lua && $F run --quiet --out $T/b.trace $T/v.lua");
    Result r = command("$F diff $T/a.trace $T/b.trace");
    CU_ASSERT_EQUAL(r.status, 1);
    says(&r, "\n  go             1.25           1.26\n");
    says(&r, "\n  cgo_enter      26ns           14ns           entersyscall");
    says(&r, "\n  since Go 1.26: A P behind a call out of Go has no state of its own any more (_Psyscall");
    says(&r, "\n  since Go 1.26: Who is preempted for a stop of the world goes to its own P's runnext");
    CU_ASSERT_PTR_NULL(strstr(r.out, "since Go 1.25")); /* A's own rules are no news */
    says(&r, "A crossing into C and back costs 51 ns in A, 27 ns in B.");
    says(&r, "the first difference, in time only, after ");
    says(&r, "the first difference in what happens, after ");
    says(&r, " P_SYSCALL p=P0 m=M0\n");
    says(&r, "by one compare-and-swap"); /* the sentence that stands at the event */
    says(&r, "\n  g1 main: ran ");
    result_free(&r);
}

/* All of those in between, the oldest first; it is the same from B to A. */
static void versions_in_between_are_told(void) {
    command_gives(0, "echo \"scenario { title = 'v', go = '1.22.5' } main(function() compute '1us' end)\" >$T/v.lua &&"
                     "$F run --quiet --out $T/a.trace $T/v.lua &&"
                     "sed -i s/1.22.5/1.27/ $T/v.lua && $F run --quiet --out $T/b.trace $T/v.lua");
    char *there = output_of("($F diff $T/a.trace $T/b.trace || true) | sed -n 's/^  since \\(Go [0-9.]*\\):.*/\\1/p'");
    char *back = output_of("($F diff $T/b.trace $T/a.trace || true) | sed -n 's/^  since \\(Go [0-9.]*\\):.*/\\1/p'");
    check_text("from A to B", "Go 1.23\nGo 1.23\nGo 1.26\nGo 1.26\nGo 1.26\nGo 1.26\nGo 1.27\n", there);
    check_text("from B to A", there, back);
    free(there);
    free(back);
}

static void fewer_ps_change_the_story(void) {
    Result r = command("$F run --out $T/a.trace --procs 1 " SCENARIO "; $F run --out $T/b.trace --procs 2 " SCENARIO ";"
                       "$F diff $T/a.trace $T/b.trace");
    CU_ASSERT_EQUAL(r.status, 1);
    says(&r, "\n  procs          1              2\n");
    says(&r, "\n  set            procs=1        procs=2\n");
    says(&r, "the first difference, after 0 events\n  A: 0s           #1 RUN_START procs=1");
    says(&r, "thread");
    result_free(&r);
}

/* What comes after the first difference is compared as well, and is not all of the rest. */
static void later_differences_are_said(void) {
    command_gives(0, "echo \"scenario { title = 'x', procs = 2 } for i = 1, 9 do go('g' .. i, function() C.call('f', '1us') end) end\n"
                     "go('odd', function() C.call('one', '9us') end) main(function() sleep '1ms' end)\" >$T/x.lua;"
                     "$F run --quiet --out $T/a.trace $T/x.lua && sed -i \"s/'one'/'other'/\" $T/x.lua && $F run --quiet --out $T/b.trace $T/x.lua");
    Result r = command("$F diff $T/a.trace $T/b.trace");
    CU_ASSERT_EQUAL(r.status, 1);
    says(&r, "\nwhere their stories part, ");
    says(&r, "  A: g11 odd calls one");
    says(&r, "  B: g11 odd calls other");
    result_free(&r);
}

/* Turned round, everything is told from the other side. */
static void it_can_be_turned_round(void) {
    command_gives(0, "$F run --out $T/a.trace --seed 1 --procs 2 " SCENARIO "; $F run --out $T/b.trace --seed 1 --procs 4 " SCENARIO);
    Result there = command("$F diff $T/a.trace $T/b.trace"), back = command("$F diff $T/b.trace $T/a.trace");
    CU_ASSERT_EQUAL(there.status, 1);
    CU_ASSERT_EQUAL(back.status, 1);
    CU_ASSERT_EQUAL(count_lines(there.out), count_lines(back.out));
    says(&there, "\n  procs          2              4\n");
    says(&back, "\n  procs          4              2\n");
    result_free(&there);
    result_free(&back);
}

/* A remark more in the scenario: another head, and the same events. */
static void a_text_that_changes_nothing_is_said_to(void) {
    command_gives(0, "echo \"scenario { title = 't' } main(function() compute '1us' end)\" >$T/t.lua && $F run --quiet --out $T/a.trace $T/t.lua &&"
                     "echo '-- a remark' >>$T/t.lua && $F run --quiet --out $T/b.trace $T/t.lua");
    Result r = command("$F diff $T/a.trace $T/b.trace");
    CU_ASSERT_EQUAL(r.status, 1);
    says(&r, "the text of the scenario, from line 2 on\n    A: \n    B: -- a remark\n");
    says(&r, "\nfigures\n  the same\nevents\n  the same\n");
    result_free(&r);
}

/* One that was cut is compared as far as it goes, and that is said. */
static void a_cut_trace_is_compared_as_far_as_it_goes(void) {
    Result r = command("$F run --out $T/a.trace " SCENARIO "; $F run --out $T/b.trace " SCENARIO ";"
                       "head -c -200 $T/b.trace >$T/cut.trace; $F diff $T/a.trace $T/cut.trace");
    CU_ASSERT_EQUAL(r.status, 4);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "cut.trace"));
    result_free(&r);
}

void cli_diff_tests(void) {
    static const Check checks[] = {
        {"the same run is identical", the_same_run_is_identical},
        {"two versions of Go differ in words", two_versions_of_go_differ_in_words},
        {"versions in between are told", versions_in_between_are_told},
        {"fewer Ps change the story", fewer_ps_change_the_story},
        {"later differences are said", later_differences_are_said},
        {"it can be turned round", it_can_be_turned_round},
        {"a text that changes nothing is said to", a_text_that_changes_nothing_is_said_to},
        {"a cut trace is compared as far as it goes", a_cut_trace_is_compared_as_far_as_it_goes},
        {0},
    };
    suite("command line: diff", checks);
}
