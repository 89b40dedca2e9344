/* select_test.c -- a select in a scenario: its cases are functions of the goroutine, and chance comes from the seed. */
#include "../check.h"
#include "attempt.h"

#include <stdio.h>
#include <string.h>

void script_select_tests(void);

/* clang-format off */
static const char crowd[] =
    HEAD
    "local a, b, done = chan(), chan(2), chan()\n"
    "for i = 1, 40 do go('w', function()\n"
    "  for k = 1, 5 do\n"
    "    select {\n"
    "      case.send(a, { i, k }, function() runtime.Gosched() end),\n"
    "      case.recv(b, function(v) compute '1us' a:send(v) end),\n"
    "      case.send(b, { k, i }, function() sleep '2us' end),\n"
    "    }\n"
    "  end\n"
    "  done:send(i)\n"
    "end) end\n"
    "main(function()\n"
    "  local ended, sum = 0, 0\n"
    "  while ended < 40 do\n"
    "    select {\n"
    "      case.recv(done, function() ended = ended + 1 end),\n"
    "      case.recv(a, function(v) sum = sum + v[1] + v[2] end),\n"
    "      case.recv(b, function(v) sum = sum + v[1] + v[2] runtime.GC() end),\n"
    "    }\n"
    "  end\n"
    "  print(sum + 0)\n"
    "end)\n";
/* clang-format on */

static void the_stacks_on_which_they_wait_change_nothing(void) {
    Attempt a = attempt(crowd, NULL), b = attempt(crowd, &(How){.no_strands = true});
    if (a.failed) printf("\n  line %d: %s\n", a.diag.line, a.diag.message);
    CU_ASSERT_EQUAL(a.outcome, RUN_EXITED);
    CU_ASSERT_PTR_NOT_NULL(strstr(a.events, "GO_BLOCK g=g1 reason=\"select\""));
    check_text("with strands, and without", b.events, a.events);
    attempt_free(&a);
    attempt_free(&b);
}

/* Neither case is always first, and the same seed takes the same. */
static void chance_comes_from_the_seed(void) {
    static const char source[] = MAIN("local a, b = chan(20), chan(20)\n for i = 1, 20 do a:send(1) b:send(2) end\n"
                                      "local taken = {} for i = 1, 20 do taken[i] = select { case.recv(a), case.recv(b) } end\n"
                                      "print(table.concat(taken))");
    Attempt a = attempt(source, &(How){.seed = 7}), again = attempt(source, &(How){.seed = 7}), b = attempt(source, &(How){.seed = 8});
    check_text("the same seed", a.notes, again.notes);
    CU_ASSERT(strcmp(a.notes, b.notes) != 0);
    CU_ASSERT(strchr(a.notes, '1') != NULL && strchr(a.notes, '2') != NULL);
    attempt_free(&a);
    attempt_free(&again);
    attempt_free(&b);
}

static void it_gives_what_its_case_gives(void) {
    attempt_says(MAIN("local c = chan(1) c:send('v')\n"
                      "print(select { case.recv(c), default = true })\n"
                      "print(select { case.recv(c), default = function() return 1, nil, 3 end })\n"
                      "print(select { case.send(c, 5, function() return 'sent' end) })\n"
                      "print(select { case.recv(c, function(v, ok) return ok, v + 1 end), case.recv(nil), case.send(nilchan, 1) })\n"
                      "c:close() print(select { case.recv(c, function(v, ok) return v, ok end) })\n"
                      "print(select('#', 1, 2), select(-1, 'x', 'y'), nilchan:len(), nilchan:cap())"),
                 "v\ttrue\n1\tnil\t3\nsent\ntrue\t6\nnil\tfalse\n2\ty\t0\t0\n");
}

/* Go 1.23: the timer leaves the heap when nobody waits at its channel; the next one to look finds the tick. */
static void a_timer_loses_a_select_and_is_still_there(void) {
    attempt_says(MAIN("local t, c = time.After '2ms', chan()\n go('g', function() sleep '1ms' c:send 'first' end)\n"
                      "for _ = 1, 2 do print(select { case.recv(t), case.recv(c) }) end"), "first\ttrue\ntrue\ttrue\n");
}

/* An object that only a case still leads to, as the value to be sent or by its function, is kept while the select waits. */
static void a_case_keeps_what_it_has(void) {
    Attempt a = attempt(HEAD "local c = chan()\n"
                             "go('g', function() local y = heap.bytes('y', 8)\n"
                             "select { case.send(c, heap.bytes('x', 8)), case.recv(nil, function() print(y) end) } end)\n"
                             "main(function() sleep '1us' runtime.GC() print(c:recv()) end)", NULL);
    CU_ASSERT_EQUAL(a.outcome, RUN_EXITED);
    CU_ASSERT_PTR_NULL(strstr(a.events, "OBJ_FREE"));
    check_text("kept", "bytes x[8]\ttrue\n", a.notes);
    attempt_free(&a);
}

void script_select_tests(void) {
    static const Check checks[] = {
        {"the stacks on which they wait change nothing", the_stacks_on_which_they_wait_change_nothing},
        {"chance comes from the seed", chance_comes_from_the_seed},
        {"it gives what its case gives", it_gives_what_its_case_gives},
        {"a timer loses a select and is still there", a_timer_loses_a_select_and_is_still_there},
        {"a case keeps what it has", a_case_keeps_what_it_has},
        {NULL, NULL},
    };
    suite("script: select", checks);
}
