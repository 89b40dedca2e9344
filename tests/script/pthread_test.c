/* pthread_test.c -- a mutex of C's in scenarios: one thread at a time has it, those that wait keep their thread, and who has
 * it across a call into Go can be asked about.
 */
#include "../check.h"
#include "../cli/command.h"
#include "attempt.h"

#include <stdlib.h>
#include <string.h>

void script_pthread_tests(void);

/* Two at a time never; the one that has waited longest comes first. */
static void one_thread_at_a_time_has_it(void) {
    attempt_says("scenario { title = 't', procs = 3 } local m, inside, done = C.mutex(), 0, chan(3)\n"
                 "main(function()\n"
                 "  for i = 1, 3 do\n"
                 "    go(function() sleep(i .. 'ms') C.call('f', function()\n"
                 "      m:lock() inside = inside + 1 C.work '10ms' note(i .. ' of ' .. inside) inside = inside - 1 m:unlock()\n"
                 "    end) done:send(i) end)\n"
                 "  end\n"
                 "  for _ = 1, 3 do done:recv() end\n"
                 "end)\n",
                 "1 of 1\n2 of 1\n3 of 1\n");
}

/* With one P and three in C nobody runs Go, unless sysmon takes the P and starts threads. */
static void who_waits_keeps_its_thread(void) {
    Attempt a = attempt("scenario { title = 't', procs = 1 } local m, done = C.mutex(), chan(3)\n"
                        "main(function()\n"
                        "  for i = 1, 3 do go(function() C.call('f', function() m:lock() C.work '1ms' m:unlock() end) done:send(i) end) end\n"
                        "  for _ = 1, 3 do done:recv() end\n"
                        "end)\n", NULL);
    CU_ASSERT_EQUAL(a.outcome, RUN_EXITED);
    const char *queue = strstr(a.events, "SYNC_QUEUE");
    CU_ASSERT_PTR_NOT_NULL_FATAL(queue);
    CU_ASSERT_PTR_NOT_NULL(strstr(queue, "P_RETAKE")); /* the P of one that waits */
    CU_ASSERT_PTR_NULL(strstr(a.events, "GO_BLOCK g=g2"));
    CU_ASSERT_PTR_NULL(strstr(a.events, "GO_BLOCK g=g3"));
    size_t threads = 0;
    for (const char *at = a.events; (at = strstr(at, " M_NEW ")) != NULL; at++) threads++;
    CU_ASSERT_EQUAL(threads, 3); /* one for each that was in C without a P */
    attempt_free(&a);
}

static void it_is_for_c_and_for_its_owner(void) {
    attempt_fails(HEAD "local m = C.mutex()\nmain(function()\nm:lock() end)", "this is C code, and here runs Go");
    attempt_fails(HEAD "local m = C.mutex()\nmain(function() C.call('f', function()\nm:unlock() end) end)", "this thread does not have that mutex");
    attempt_fails(HEAD "local m = C.mutex()\nmain(function() C.thread('t', function()\nm:lock() end) sleep '1ms' end)",
                  "C has not called Go yet");
    attempt_fails(HEAD "local m = C.mutex()\nmain(function()\nm.Lock() end)", "Lock");
}

/* Whoever locks it twice waits for itself: no report, for Go knows nothing of it. */
static void a_deadlock_in_c_is_no_deadlock_to_go(void) {
    Attempt a = attempt("scenario { title = 't', limit = '50ms' } local m = C.mutex()\n"
                        "main(function() C.call('f', function() m:lock() m:lock() end) end)", NULL);
    CU_ASSERT_EQUAL(a.outcome, RUN_LIMIT);
    attempt_free(&a);
}

/* From Go to C to Go: the callback waits for a Mutex, whose owner waits in C for what the callback's caller has. */
static void why_leads_across_the_boundary(void) {
    command_gives(1, "cat >$T/cross.lua <<'END'\n"
                     "scenario { title = 'cross', procs = 2, limit = '50ms' }\nlocal go_mu, c_mu, done = sync.Mutex(), C.mutex(), chan()\n"
                     "go('first', function()\n  C.call('walk', function()\n    c_mu:lock()\n    C.work '1ms'\n"
                     "    C.callback('visit', function() go_mu:Lock() end)\n  end)\nend)\n"
                     "go('second', function()\n  go_mu:Lock() sleep '500us'\n  C.call('add', function() c_mu:lock() end)\nend)\n"
                     "main(function() done:recv() end)\nEND\n"
                     "cd $T && $F run -q --out cross.trace cross.lua 2>/dev/null");
    char *out = output_of("cd $T && $F why cross.trace g2 --at 20ms");
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "g2 first waits for sync.Mutex go_mu (s0) at cross.lua:7"));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "g3 second has it, since "));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "g3 second called add at cross.lua:12"));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "Its thread sleeps there, for C's mutex c_mu (s1) at cross.lua:12: it is number 1 of 1."));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "g2 first has it, since "));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "That is a cycle: g2 first waits at cross.lua:7 for g3 second, which waits at cross.lua:12 for g2 first"));
    free(out);
    out = output_of("$F run -q --device none --out $T/lock.trace scenarios/museum/18_c_lock_wrong.lua && $F why $T/lock.trace g2 --at 1ms");
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "C called the Go function printCounter"));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "for C's mutex counter (s0)"));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "That is a cycle across the boundary: g2 printer needs a P"));
    free(out);
}

void script_pthread_tests(void) {
    static const Check checks[] = {
        {"one thread at a time has it", one_thread_at_a_time_has_it},
        {"who waits keeps its thread", who_waits_keeps_its_thread},
        {"it is for C, and for its owner", it_is_for_c_and_for_its_owner},
        {"a deadlock in C is no deadlock to Go", a_deadlock_in_c_is_no_deadlock_to_go},
        {"why leads across the boundary", why_leads_across_the_boundary},
        {NULL, NULL},
    };
    suite("script: a mutex of C's", checks);
}
