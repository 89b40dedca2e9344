/* findings_test.c -- a scenario says which findings it expects; whoever finds others is told, with the place. */
#include "command.h"

#include "../../sim/lens/findings.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* $T/NAME.lua: 20 goroutines wait in C at once, with this line about findings. */
static void burst(const char *name, const char *expect) {
    command_gives(0, "cat >$T/%s.lua <<'END'\nscenario { title = 'burst', procs = 2 }\nlocal done = chan(20)\n"
                     "for i = 1, 20 do\n  go('caller', function()\n    C.call('recv', '2ms')\n    done:send(i)\n  end)\nend\n"
                     "main(function() for i = 1, 20 do done:recv() end end)\n%s\nEND\n",
                  name, expect);
}

static void an_unexpected_finding_fails_with_its_place(void) {
    burst("none", "expect { findings = {} }");
    Result r = command("cd $T && $F run --quiet none.lua");
    CU_ASSERT_EQUAL(r.status, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "none.lua:10: expected findings: none, got thread-inflation\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "\nnone.lua:5: thread-inflation: up to "));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "semaphore")); /* what would have been right */
    result_free(&r);
    r = command("cd $T && $F test none.lua");
    CU_ASSERT_EQUAL(r.status, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "         none.lua:5: thread-inflation: up to "));
    result_free(&r);
}

static void an_expected_finding_is_well(void) {
    burst("its", "expect { findings = { 'thread-inflation' } }");
    Result r = command("cd $T && $F run --out its.trace its.lua");
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_STRING_EQUAL(r.err, "");
    CU_ASSERT_PTR_NULL(strstr(r.out, "thread-inflation"));
    result_free(&r);
    command_gives(0, "cd $T && $F findings its.trace | grep -q 'its.lua:5: warning: thread-inflation.*as expected'");
    command_gives(0, "cd $T && $F findings its.trace");
}

/* Each once, in any order, twice or not; but one that does not come is missed. */
static void a_finding_that_does_not_come_is_missed(void) {
    burst("more", "expect { findings = { 'wrong-thread', 'thread-inflation', 'wrong-thread' } }");
    Result r = command("cd $T && $F run --quiet more.lua");
    CU_ASSERT_EQUAL(r.status, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "got thread-inflation\n"));
    CU_ASSERT_PTR_NULL(strstr(r.err, "more.lua:5:")); /* this one was expected */
    result_free(&r);
    burst("twice", "expect { findings = { 'thread-inflation', 'thread-inflation' } }");
    command_gives(0, "$F run --quiet $T/twice.lua");
}

/* A scenario that says nothing is told, and is not judged; the trace's findings are unexpected all the same. */
static void a_scenario_that_says_nothing_gets_a_note(void) {
    burst("silent", "");
    Result r = command("cd $T && $F run --out silent.trace silent.lua");
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_STRING_EQUAL(r.err, "");
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "\nnote: silent.lua:5: thread-inflation: up to "));
    result_free(&r);
    command_gives(1, "$F findings $T/silent.trace");
    char *quiet = output_of("$F run --quiet $T/silent.lua");
    CU_ASSERT_STRING_EQUAL(quiet, "");
    free(quiet);
}

/* Go tells of it without cgo; with cgo nobody does. Both stand there. */
static void a_deadlock_has_both_verdicts(void) {
    command_gives(0, "printf '%%s\\n' \"scenario { title = 'd' }\" \"local c = chan()\" \"main(function()\" \"  c:recv()\" 'end)' >$T/dead.lua;"
                     "(cat $T/dead.lua; echo 'expect { findings = { \"deadlock\" } }') >$T/dead_wrong.lua");
    Result r = command("cd $T && $F run --quiet --out dead.trace dead.lua");
    CU_ASSERT_EQUAL(r.status, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "all goroutines are asleep - deadlock!"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "in silence"));
    result_free(&r);
    r = command("cd $T && $F findings dead.trace");
    CU_ASSERT_EQUAL(r.status, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "dead.lua:4: error: deadlock (book 18.2.2)\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "with cgo linked the program hangs in silence"));
    result_free(&r);
    command_gives(0, "$F run --quiet $T/dead_wrong.lua");
}

/* Which of the two holds for this program: it calls C, or it does not. */
static void who_calls_c_is_not_told(void) {
    command_gives(0, "sed 's/^  c:recv/  C.call(\"usleep\", \"1us\") c:recv/' $T/dead.lua >$T/dead_c.lua");
    Result r = command("cd $T && $F run --quiet --out dead.trace dead_c.lua");
    CU_ASSERT_EQUAL(r.status, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "That is Go's report without cgo. This program calls C, and would hang here in silence:\n"));
    result_free(&r);
    r = command("cd $T && $F findings dead.trace; $F show --words dead.trace");
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "this program calls C, so it hangs in silence"));
    CU_ASSERT_PTR_NULL(strstr(r.out, "with cgo linked the program hangs"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "But this program calls C, so Go keeps an extra M"));
    result_free(&r);
}

/* The same of Go itself: the twin of 19_silence_wrong, with a lookup in C and with one of Go's own. */
static void the_verdicts_are_gos(void) {
    Result built = command("cd tests/go/silence && for v in pure cgo; do GO111MODULE=off go build -o $T/$v main.go $v.go || exit; done");
    if (built.status != 0) {
        result_free(&built);
        check_skip("no Go with a C compiler");
        return;
    }
    result_free(&built);
    Result pure = command("timeout 20 $T/pure"), cgo = command("timeout 1 $T/cgo");
    CU_ASSERT_EQUAL(pure.status, 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(pure.err, "all answers are here\nfatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive"));
    CU_ASSERT_EQUAL(cgo.status, 124); /* it would hang for ever */
    check_text("with cgo", "all answers are here\n", cgo.err);
    result_free(&pure);
    result_free(&cgo);
    const struct { const char *set, *says; } same[] = {{"cgo=false", "Go reports it and exits"}, {"cgo=true", "it hangs in silence"}};
    for (size_t i = 0; i < 2; i++) {
        Result r = command("$F run --quiet --set %s --out $T/silence.trace scenarios/museum/19_silence_wrong.lua && $F findings $T/silence.trace", same[i].set);
        CU_ASSERT_PTR_NOT_NULL(strstr(r.out, same[i].says));
        result_free(&r);
    }
}

static void findings_are_one_json_object(void) {
    burst("json", "");
    char *out = output_of("$F run --quiet --out $T/json.trace $T/json.lua; $F findings --json $T/json.trace || test $? = 1");
    cJSON *o = cJSON_Parse(out);
    CU_ASSERT_PTR_NOT_NULL_FATAL(o);
    CU_ASSERT(cJSON_IsTrue(cJSON_GetObjectItem(o, "complete")));
    cJSON *list = cJSON_GetObjectItem(o, "findings"), *x = cJSON_GetArrayItem(list, 0);
    CU_ASSERT_EQUAL(cJSON_GetArraySize(list), 1);
    CU_ASSERT_STRING_EQUAL(cJSON_GetStringValue(cJSON_GetObjectItem(x, "key")), "thread-inflation");
    CU_ASSERT_STRING_EQUAL(cJSON_GetStringValue(cJSON_GetObjectItem(x, "severity")), "warning");
    CU_ASSERT_STRING_EQUAL(cJSON_GetStringValue(cJSON_GetObjectItem(x, "rule")), finding_spec(FIND_thread_inflation)->rule);
    CU_ASSERT(cJSON_IsFalse(cJSON_GetObjectItem(x, "expected")));
    CU_ASSERT_EQUAL(cJSON_GetNumberValue(cJSON_GetObjectItem(x, "line")), 5);
    CU_ASSERT(cJSON_GetNumberValue(cJSON_GetObjectItem(x, "times")) >= 8);
    CU_ASSERT_PTR_NULL(cJSON_GetObjectItem(x, "ctx"));
    /* the event is the one that it says */
    char *events = output_of("$F show --event M_NEW $T/json.trace | grep -c ' #%.0f '",
                             cJSON_GetNumberValue(cJSON_GetObjectItem(x, "event")));
    CU_ASSERT_STRING_EQUAL(events, "1\n");
    free(events);
    cJSON_Delete(o);
    free(out);
}

static void nothing_is_found_where_nothing_is_wrong(void) {
    char *out = output_of("$F run --quiet --device none --out $T/well.trace $S/everything.lua; $F findings $T/well.trace");
    CU_ASSERT_STRING_EQUAL(out, "nothing found\n");
    free(out);
}

void cli_findings_tests(void) {
    static const Check checks[] = {
        {"an unexpected finding fails, with its place", an_unexpected_finding_fails_with_its_place},
        {"an expected finding is well", an_expected_finding_is_well},
        {"a finding that does not come is missed", a_finding_that_does_not_come_is_missed},
        {"a scenario that says nothing gets a note", a_scenario_that_says_nothing_gets_a_note},
        {"a deadlock has both verdicts", a_deadlock_has_both_verdicts},
        {"who calls C is not told of a deadlock", who_calls_c_is_not_told},
        {"the verdicts are Go's own", the_verdicts_are_gos},
        {"findings are one JSON object", findings_are_one_json_object},
        {"nothing is found where nothing is wrong", nothing_is_found_where_nothing_is_wrong},
        {0},
    };
    suite("command line: findings", checks);
}
