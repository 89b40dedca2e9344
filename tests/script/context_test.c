/* context_test.c -- package context: what is over, when, in whose words; and what cannot be ended. */
#include "../check.h"
#include "attempt.h"

#include <stdio.h>
#include <string.h>

void script_context_tests(void);

#define BACKGROUND "local bg = context.Background() "

static void one_word_goes_down_the_tree(void) {
    attempt_says(MAIN(BACKGROUND "local a, cancel = context.WithCancel(bg) local b, cancel_b = context.WithCancel(a)\n"
                      "local c = context.WithCancel(b) print(a:Err(), b:Err(), c:Err(), bg:Done(), tostring(a))\n"
                      "cancel_b() print(a:Err(), b:Err(), c:Err()) cancel_b() cancel() cancel() print(a:Err(), c:Err())\n"
                      "local d = context.WithCancel(a) print(d:Err()) d:Done():recv() print 'closed'\n"
                      "print(context.WithoutCancel(a):Err(), context.TODO():Err())"),
                 "nil\tnil\tnil\tnil\tcontext\nnil\tcontext canceled\tcontext canceled\ncontext canceled\tcontext canceled\n"
                 "context canceled\nclosed\nnil\tnil\n");
}

/* The earlier deadline holds, a timer's goroutine cancels, and cancelling stops the timer. */
static void deadlines(void) {
    attempt_says(MAIN(BACKGROUND "local function us() return time.Now() // 1000 end\n"
                      "local a = context.WithTimeout(bg, '2ms') local b = context.WithTimeout(a, '9ms')\n"
                      "print(a:Deadline() == b:Deadline(), bg:Deadline()) b:Done():recv() print(us(), b:Err(), a:Err())\n"
                      "local c, cancel = context.WithTimeout(bg, '1ms') cancel() sleep '2ms' print(c:Err())\n"
                      "local d = context.WithDeadline(bg, time.Now()) print(d:Err(), context.WithDeadline(bg, time.Now() + 5):Err())\n"
                      /* the parent's has passed, and nobody has said so yet */
                      "local e = context.WithTimeout(bg, '1us') compute '5us' print(context.WithDeadline(e, time.Now()):Err(), e:Err())"),
                 "true\tnil\n2000\tcontext deadline exceeded\tcontext deadline exceeded\ncontext canceled\n"
                 "context deadline exceeded\tnil\nnil\tnil\n");
    Attempt a = attempt(MAIN(BACKGROUND "local c, cancel = context.WithTimeout(bg, '5s') cancel() chan():recv()"), NULL);
    CU_ASSERT_EQUAL(a.outcome, RUN_DEADLOCK); /* no timer is left */
    attempt_free(&a);
}

static void causes(void) {
    attempt_says(MAIN(BACKGROUND "local a, cancel = context.WithCancelCause(bg) local b = context.WithCancel(a)\n"
                      "print(context.Cause(a)) cancel 'disk full' cancel 'too late' print(a:Err(), context.Cause(a), context.Cause(b))\n"
                      "local c, cancel_c = context.WithCancelCause(bg) cancel_c() print(context.Cause(c))"),
                 "nil\ncontext canceled\tdisk full\tdisk full\ncontext canceled\n");
}

static void after_func_runs_once_or_never(void) {
    attempt_says(MAIN(BACKGROUND "local a, cancel = context.WithCancel(bg) local out = chan(4)\n"
                      "local stop = context.AfterFunc(a, function() out:send 'ran' end)\n"
                      "local other = context.AfterFunc(a, function() out:send 'never' end) print(other(), other())\n"
                      "cancel() print((out:recv())) print(stop(), out:len())\n"
                      "context.AfterFunc(a, function() out:send 'at once' end) print((out:recv()))"),
                 "true\tfalse\nran\nfalse\t0\nat once\n");
}

/* Who makes one may be preempted before it goes on, and the time may be over by then. */
static void no_deadline_is_lost(void) {
    attempt_says("scenario { title = 't', stress = 'preempt' } main(function()\n" BACKGROUND
                 "local all, stop = {}, false go(function() while not stop do compute '1us' runtime.Gosched() end end)\n"
                 "for i = 1, 50 do all[i] = context.WithTimeout(bg, '1ns') end stop = true sleep '10ms'\n"
                 "for i = 1, 50 do if all[i]:Err() == nil then print(i) end end print 'all' end)",
                 "all\n");
}

/* stop and cancel at the same time on two Ps, ever a few ns later: stop says false exactly if the function runs. */
static void stop_says_what_happens(void) {
    attempt_says("scenario { title = 't', procs = 2 } main(function()\n" BACKGROUND "local said = { [true] = 0, [false] = 0 }\n"
                 "for i = 1, 200 do\n"
                 "local ctx, cancel = context.WithCancel(bg) local ran, begin, ended = false, chan(), chan()\n"
                 "local stop = context.AfterFunc(ctx, function() ran = true end)\n"
                 "go(function() begin:send(1) compute '40us' cancel() ended:send(1) end) begin:recv()\n"
                 "compute((32000 + i * 5) .. 'ns') local stopped = stop() ended:recv() sleep '10us'\n"
                 "if stopped == ran then print(i, stopped) end said[stopped] = said[stopped] + 1 end\n"
                 "print(said[true] > 0, said[false] > 0) end)",
                 "true\ttrue\n");
}

/* A tree of 10,000: all end but those in C, and the finding's figures are of them. */
static void a_large_tree_is_cancelled(void) {
    enum { ALL = 10000, IN_C = 3 };
    char source[900];
    snprintf(source, sizeof source,
             "scenario { title = 't', procs = 4 } local ended = 0 main(function()\n" BACKGROUND
             "local root, cancel = context.WithCancel(bg) local above = { root } local done = chan(%d)\n"
             "for i = 1, %d do\n"
             "local ctx = context.WithCancel(above[(i + 1) // 2]) above[i] = ctx\n"
             "go('w', function() local d = ctx:Done() if i > %d - %d then C.call('decode', '20ms') end d:recv() ended = ended + 1\n"
             "done:send(i) end) end\n"
             "sleep '5ms' local at = time.Now() cancel() sleep '10ms' print(ended)\n"
             "for _ = 1, %d do done:recv() end print(ended) end)", ALL, ALL, ALL, IN_C, ALL);
    char expected[64];
    snprintf(expected, sizeof expected, "%d\n%d\n", ALL - IN_C, ALL);
    attempt_says(source, expected);
}

/* The order of children is the seed's: all orders come, and each seed has its own. */
static void children_come_in_the_order_of_the_seed(void) {
    static const char *const source =
        MAIN(BACKGROUND "local a, cancel = context.WithCancel(bg) local said = ''\n"
             "for i = 1, 3 do context.AfterFunc(a, function() said = said .. i end) end cancel() sleep '1ms' print(said)");
    char first[16] = "";
    unsigned other = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        Attempt a = attempt(source, &(How){.seed = seed}), b = attempt(source, &(How){.seed = seed});
        check_text("the same seed", a.notes, b.notes);
        if (seed == 1) snprintf(first, sizeof first, "%s", a.notes);
        other += strcmp(first, a.notes) != 0;
        attempt_free(&a);
        attempt_free(&b);
    }
    CU_ASSERT(other > 5);
}

static void objects_live_while_a_function_waits(void) {
    attempt_says("scenario { title = 't', collector = 'go' } main(function()\n" BACKGROUND
                 "local a, cancel = context.WithCancel(bg) local out = chan(1)\n"
                 "do local x = heap.ints('x', 2, 5) context.AfterFunc(a, function() out:send(x[1]) end) end\n"
                 "runtime.GC() runtime.GC() cancel() print((out:recv())) end)",
                 "5\n");
}

static void wrong_arguments_are_refused(void) {
    attempt_fails(MAIN("context.WithCancel(5)"), "context.WithCancel wants a context");
    attempt_fails(MAIN("context.WithTimeout(context.Background(), 5)"), "is a duration with its unit");
    attempt_fails(MAIN("context.WithDeadline(context.Background(), 'x')"), "wants a time, in nanoseconds");
    attempt_fails(MAIN("context.AfterFunc(context.Background(), 5)"), "context.AfterFunc wants a function");
    attempt_fails(MAIN("errgroup.WithContext('x')"), "errgroup.WithContext wants a context");
    attempt_fails(HEAD "errgroup.WithContext(context.Background()) main(function() end)", "errgroup.WithContext is an operation of a goroutine");
    attempt_fails(MAIN("context.Background().Done()"), "Done wants a context");
    attempt_fails(HEAD "context.WithCancel(context.Background()) main(function() end)", "context.WithCancel is an operation of a goroutine");
    attempt_fails(MAIN("local a, cancel = context.WithCancelCause(context.Background()) cancel(5)"), "a cause");
    Attempt a = attempt(MAIN("context.WithCancel(nil)"), NULL);
    check_text("nil", "panic: cannot create context from nil parent\n", a.notes);
    attempt_free(&a);
}

void script_context_tests(void) {
    static const Check checks[] = {
        {"one word goes down the tree", one_word_goes_down_the_tree},
        {"the earlier deadline holds", deadlines},
        {"a cause is the first one's", causes},
        {"AfterFunc runs once or never", after_func_runs_once_or_never},
        {"no deadline is lost", no_deadline_is_lost},
        {"stop says what happens", stop_says_what_happens},
        {"10,000 contexts are cancelled, and all end but those in C", a_large_tree_is_cancelled},
        {"children come in the order of the seed", children_come_in_the_order_of_the_seed},
        {"objects live while a function waits", objects_live_while_a_function_waits},
        {"wrong arguments are refused", wrong_arguments_are_refused},
        {0},
    };
    suite("script: context", checks);
}
