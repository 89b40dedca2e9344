/* timer_test.c -- time.AfterFunc, NewTimer, Reset and Stop, as Go 1.23 and later have them. */
#include "../check.h"
#include "attempt.h"

void script_timer_tests(void);

#define IN_US "local function us() return time.Now() // 1000 end "

static void a_function_runs_in_a_goroutine_of_its_own(void) {
    attempt_says("scenario { title = 't', procs = 2 } main(function()\n" IN_US
                 "local c = chan(3) local t = time.AfterFunc('2ms', function() sleep '1ms' c:send('f') end)\n"
                 "print(t.C, tostring(t)) print((c:recv()), us()) print(t:Stop(), t:Reset('1ms')) print((c:recv()), us()) end)",
                 "nil\ttimer\nf\t3000\nfalse\tfalse\nf\t5001\n");
}

static void stop_says_whether_it_came_in_time(void) {
    attempt_says(MAIN("local ran = 0 local t = time.AfterFunc('1ms', function() ran = ran + 1 end)\n"
                      "print(t:Stop(), t:Stop()) sleep '3ms' print(ran, t:Reset('1ms')) sleep '2ms' print(ran, t:Stop())"),
                 "true\tfalse\n0\tfalse\n1\tfalse\n");
}

/* A reset timer's old value is gone: since 1.23 nothing is sent before somebody receives. */
static void reset_moves_the_moment(void) {
    attempt_says(MAIN(IN_US "local n = time.NewTimer('5ms') print(n:Reset('1ms')) n.C:recv() print(us())\n"
                      "local k = time.NewTicker('1ms') print(k:Reset('2ms')) k.C:recv() k.C:recv() print(k:Stop(), us())\n"
                      "local m = time.NewTimer('1ms') sleep '2ms' print(m:Reset('1ms'), us()) m.C:recv() print(us())"),
                 "true\n1000\ntrue\ntrue\t5001\ntrue\t7001\n8001\n");
}

/* Its function is a root until it has run, or will not. */
static void the_collector_knows_the_function(void) {
    attempt_says("scenario { title = 't', collector = 'go' } main(function()\n"
                 "local out = chan(2) local stopped do local x, y = heap.ints('x', 2, 5), heap.ints('y', 2, 6)\n"
                 "runtime.AddCleanup(y, function() note 'y is gone' end)\n"
                 "time.AfterFunc('3ms', function() out:send(x[1]) end) stopped = time.AfterFunc('9ms', function() print(y[1]) end) end\n"
                 "runtime.GC() print((out:recv())) stopped:Stop() stopped = nil runtime.GC() sleep '1ms' end)",
                 "5\ny is gone\n");
}

static void a_program_is_not_dead_while_a_timer_runs(void) {
    attempt_says(MAIN("local c = chan(0) time.AfterFunc('1s', function() c:send(1) end) print((c:recv()))"), "1\n");
    Attempt a = attempt(MAIN("local c = chan(0) time.AfterFunc('1s', function() end) c:recv()"), NULL);
    CU_ASSERT_EQUAL(a.outcome, RUN_DEADLOCK);
    attempt_free(&a);
}

static void wrong_arguments_are_refused(void) {
    attempt_fails(MAIN("time.AfterFunc('1ms', 5)"), "time.AfterFunc wants a function");
    attempt_fails(MAIN("time.AfterFunc(1, function() end)"), "is a duration with its unit");
    attempt_fails(HEAD "time.AfterFunc('1ms', function() end) main(function() end)", "time.AfterFunc is an operation of a goroutine");
    attempt_fails(MAIN("time.NewTimer('1ms').Reset()"), "Reset wants a timer");
    attempt_fails(MAIN("time.Since('x')"), "time.Since wants what time.Now gave");
    attempt_fails(MAIN("time.Since(1 << 40)"), "time.Since wants what time.Now gave");
    attempt_fails(HEAD "local t = time.Now() main(function() end)", "time.Now: no goroutine is running here");
    attempt_fails(MAIN("time.AfterFunc('1ms', function() error 'oops' end) sleep '2ms'"), "oops");
}

void script_timer_tests(void) {
    static const Check checks[] = {
        {"a function runs in a goroutine of its own", a_function_runs_in_a_goroutine_of_its_own},
        {"Stop says whether it came in time", stop_says_whether_it_came_in_time},
        {"Reset moves the moment", reset_moves_the_moment},
        {"the collector knows the function", the_collector_knows_the_function},
        {"a program is not dead while a timer runs", a_program_is_not_dead_while_a_timer_runs},
        {"wrong arguments are refused", wrong_arguments_are_refused},
        {0},
    };
    suite("script: timers", checks);
}
