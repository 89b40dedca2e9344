/* strand_test.c -- goroutines that wait on C stacks of their own do what those do that yield. */
#include "../check.h"
#include "../../sim/base/cstack.h"
#include "attempt.h"

#include <string.h>

void script_strand_tests(void);

/* clang-format off */

/* More goroutines wait than there are strands, in every way there is; most of them more than once. */
static const char crowd[] =
    "scenario { title = 't', procs = 3, seed = 5 }\n"
    "local ring, done, gate = {}, chan(), chan(2)\n"
    "for i = 1, 50 do ring[i] = chan(i % 3, 'c' .. i) end\n"
    "for i = 1, 50 do go('g' .. i, function()\n"
    "  local text = {}\n"
    "  for round = 1, 12 do\n"
    "    local v\n"
    "    if i % 5 == 0 then for w in ring[i]:each() do v = w break end\n"
    "    elseif i % 5 == 1 then local ok, w = pcall(function() return (ring[i]:recv()) end) v = w\n"
    "    else v = ring[i]:recv() end\n"
    "    text[#text + 1] = string.rep('x', 50) .. v\n" /* the collector comes by while others wait */
    "    if i % 7 == 0 then compute '3us' elseif i % 7 == 1 then sleep '5us'\n"
    "    elseif i % 7 == 2 then C.call('f', '2us')\n"
    "    elseif i % 7 == 3 then C.call('f', function() C.work '1us'\n"
    "      C.callback('g', function() gate:send(i) gate:recv() end) end)\n"
    "    elseif i % 7 == 4 then go('h', function() gate:send(round) gate:recv() end) end\n"
    "    local ok, why = pcall(function() if round == i then error 'mine' end end)\n"
    "    if not ok then note(why) end\n"
    "    if i == 50 then done:send(v) else ring[i + 1]:send(v + 1) end\n"
    "  end\n"
    "end) end\n"
    "main(function()\n"
    "  for round = 1, 12 do ring[1]:send(round * 100) end\n"
    "  for round = 1, 12 do note(tostring(done:recv())) end\n"
    "end)\n";
/* clang-format on */

static Attempt ran(const char *source, bool no_strands) {
    return attempt(source, &(How){.no_strands = no_strands});
}

static void same_either_way(const char *source, RunOutcome outcome) {
    Attempt a = ran(source, false), b = ran(source, true);
    CU_ASSERT_EQUAL(a.outcome, outcome);
    CU_ASSERT_EQUAL(b.outcome, outcome);
    CU_ASSERT_STRING_EQUAL(a.diag.message, b.diag.message);
    CU_ASSERT_EQUAL(a.diag.line, b.diag.line);
    check_text("with strands, and without", b.events, a.events);
    attempt_free(&a);
    attempt_free(&b);
}

static void a_crowd_does_the_same(void) {
    Attempt a = ran(crowd, false);
    if (a.failed) printf("\n  line %d: %s\n", a.diag.line, a.diag.message);
    CU_ASSERT_EQUAL(a.outcome, RUN_EXITED);
    CU_ASSERT_PTR_NOT_NULL(strstr(a.notes, "149\n"));
    attempt_free(&a);
    same_either_way(crowd, RUN_EXITED);
}

static void a_run_may_end_while_they_wait(void) {
#define WAITERS "local c, d = chan(), chan()\nfor i = 1, 40 do go('w', function() d:send(i) c:recv() end) end\n"
#define TOLD "for i = 1, 40 do d:recv() end"
    same_either_way(HEAD WAITERS "main(function() " TOLD " end)", RUN_EXITED);
    same_either_way(HEAD WAITERS "main(function() " TOLD " c:recv() end)", RUN_DEADLOCK);
    same_either_way(HEAD WAITERS "main(function() " TOLD " c:close() c:send(1) end)", RUN_PANIC);
    same_either_way(HEAD WAITERS "main(function() " TOLD " error 'lost' end)", RUN_FAILED);
    same_either_way(HEAD WAITERS "go('x', function() " TOLD " c:send(1) error('lost') end)\n"
                                 "main(function() c:recv() end)", RUN_FAILED);
    same_either_way(HEAD WAITERS "main(function() " TOLD " while true do end end)", RUN_FAILED);
}

static void the_stepper_gets_the_word_back(void) {
    static const char source[] =
        HEAD "local a, b = chan(), chan()\n"
             "go('g', function() for _ = 1, 50000 do a:recv() b:send(1) end end)\n"
             "main(function() for _ = 1, 50000 do a:send(1) b:recv() end end)";
    Attempt a = ran(source, false), b = ran(source, true);
    CU_ASSERT(a.steps >= 200000 / 257); /* at most 256 operations in one step */
    CU_ASSERT(CSTACKS ? a.steps < 20000 : a.steps == b.steps); /* but not many less */
    CU_ASSERT(b.steps >= 100000); /* who waits yields */
    attempt_free(&a);
    attempt_free(&b);
}

void script_strand_tests(void) {
    static const Check checks[] = {
        {"a crowd on too few stacks does what it does without", a_crowd_does_the_same},
        {"a run may end while they wait", a_run_may_end_while_they_wait},
        {"whoever steps a run gets the word back", the_stepper_gets_the_word_back},
        {NULL, NULL},
    };
    suite("script: strands", checks);
}
