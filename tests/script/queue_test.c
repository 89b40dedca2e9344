/* queue_test.c -- queues and events of the device, as a scenario has them. */
#include "../check.h"
#include "attempt.h"

#include <stdio.h>
#include <string.h>

void script_queue_tests(void);

/* Without a device all times are the model's. */
static char *lines_of(const char *source, const char *kinds) {
    static char out[4096];
    Attempt a = attempt(source, NULL);
    size_t n = 0;
    out[0] = '\0';
    if (a.failed) snprintf(out, sizeof out, "%s", a.diag.message);
    for (char *line = strtok(a.events, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        const char *kind = strchr(line, ' ');
        size_t len = kind ? strcspn(kind + 1, " ") : 0;
        for (const char *k = kinds; len > 0 && *k; k += strcspn(k, " "), k += *k == ' ') {
            if (strcspn(k, " ") == len && memcmp(k, kind + 1, len) == 0)
                n += (size_t)snprintf(out + n, sizeof out - n, "%s\n", line);
        }
    }
    attempt_free(&a);
    return out;
}

#define DATA "local n = 64 local d, h = cl.buffer('d', n, 'floats'), C.malloc('h', n, 'floats')\n" \
             "local k = cl.kernel('scale', d, 2.0)\n"

/* What is in different queues overlaps; engines and wait lists say how far. */
static void copies_and_kernels_overlap(void) {
    check_text("two queues",
               "64.272us DEV_START cmd=k0 slices=4 duration=100us\n"
               "65.799us DEV_START cmd=k1 slices=1 duration=100us\n"
               "164.272us DEV_DONE cmd=k0\n"
               "165.799us DEV_DONE cmd=k1\n"
               "165.799us DEV_START cmd=k2 slices=1 duration=100us\n"
               "265.799us DEV_DONE cmd=k2\n",
               lines_of(MAIN(DATA "local up, run = cl.queue 'up', cl.queue 'run'\n"
                                  "local a = cl.write(d, h, { queue = up, takes = '100us' })\n"
                                  "local b = k:launch { queue = run, takes = '100us' }\n"
                                  "k:launch { queue = up, takes = '100us', after = { a, b } } up:finish()"),
                        "DEV_START DEV_DONE"));
}

static void an_unordered_queue_knows_lists_and_barriers(void) {
    char *got = lines_of(MAIN(DATA "local q = cl.queue('q', { out_of_order = true })\n"
                                   "local a = cl.write(d, h, { queue = q, takes = '90us' }) local b = k:launch { queue = q, takes = '50us' }\n"
                                   "local c = cl.read(d, h, { queue = q, after = b, takes = '10us' })\n"
                                   "q:barrier() k:launch { queue = q, takes = '5us' } local m = q:marker() m:wait() note 'all'"),
                         "DEV_AFTER DEV_DONE NOTE");
    check_text("order",
               "44.799us DEV_AFTER cmd=k2 first=k1\n"
               "46.326us DEV_AFTER cmd=k3 first=k0\n"
               "46.326us DEV_AFTER cmd=k3 first=k1\n"
               "46.326us DEV_AFTER cmd=k3 first=k2\n"
               "47.853us DEV_AFTER cmd=k4 first=k3\n"
               "49.38us DEV_AFTER cmd=k5 first=k0\n"
               "49.38us DEV_AFTER cmd=k5 first=k1\n"
               "49.38us DEV_AFTER cmd=k5 first=k2\n"
               "49.38us DEV_AFTER cmd=k5 first=k3\n"
               "49.38us DEV_AFTER cmd=k5 first=k4\n"
               "95.772us DEV_DONE cmd=k1\n"
               "105.772us DEV_DONE cmd=k2\n"
               "134.245us DEV_DONE cmd=k0\n"
               "134.245us DEV_DONE cmd=k3\n"
               "139.245us DEV_DONE cmd=k4\n"
               "139.245us DEV_DONE cmd=k5\n"
               "144.258us NOTE g=g1 text=\"all\" line=7\n", got);
}

/* A graph may be enqueued before its input is there. */
static void the_host_completes_a_user_event_once(void) {
    attempt_says(MAIN(DATA "local go1 = cl.user_event 'go' local e = k:launch { after = { go1 } }\n"
                           "go('setter', function() sleep '1ms' print('set', go1:complete(), go1:complete()) end)\n"
                           "e:wait() print 'done' cl.wait(go1, e) cl.wait() print 'at once'"),
                 "set\ttrue\tfalse\ndone\nat once\n");
}

/* On the driver's thread, one after the other, through needm into a channel; for what is done already as well. */
static void the_driver_calls_back(void) {
    attempt_says("scenario { title = 't', procs = 2 } local c = chan(9) main(function()\n" DATA
                 "local e = k:launch() e:callback('goDone', function() compute '2us' c:send('a') end)\n"
                 "k:launch():callback('goDone', function() c:send('b') end) print((c:recv())) cl.finish()\n"
                 "e:callback('goLate', function() c:send('c') end) print((c:recv())) print((c:recv())) end)",
                 "a\nb\nc\n");
    Attempt a = attempt("scenario { title = 't' } local c = chan(0, 'never') main(function()\n" DATA
                        "k:launch():callback('goDone', function() note 'called' end) c:recv() end)", NULL);
    CU_ASSERT_EQUAL(a.outcome, RUN_DEADLOCK); /* but not before the driver has called */
    CU_ASSERT_PTR_NOT_NULL(strstr(a.notes, "called"));
    CU_ASSERT_PTR_NOT_NULL(strstr(a.events, "DEV_NOTIFY"));
    attempt_free(&a);
    a = attempt("scenario { title = 't' } local c = chan(0, 'never') main(function()\n" DATA
                "k:launch { after = cl.user_event 'never set' }:callback('goDone', function() end) c:recv() end)", NULL);
    CU_ASSERT_EQUAL(a.outcome, RUN_DEADLOCK); /* it never will */
    attempt_free(&a);
}

/* A driver that makes callbacks only when nothing is enqueued any more: late, but all of them and in their order. */
static void a_late_driver_calls_when_nothing_is_left(void) {
#define LATE(body) "scenario { title = 't', limit = '50ms', callbacks = 'late' } main(function()\n" DATA body "\nend)\n"
    static const char two[] = LATE("local c = chan(2)\n"
                                   "k:launch():callback('goFirst', function() c:send('first') end)\n"
                                   "k:launch { takes = '1ms' }:callback('goSecond', function() c:send('second') end) cl.finish() print 'dry'\n"
                                   "print((c:recv())) print((c:recv()))");
    attempt_says(two, "dry\nfirst\nsecond\n");
    attempt_says(LATE("local e, c = k:launch(), chan() cl.finish() e:callback('goLate', function() c:send('c') end) print((c:recv()))"), "c\n");
    Attempt a = attempt(two, NULL);
    const char *idle = strstr(a.events, "DEV_IDLE"), *told = strstr(a.events, "DEV_NOTIFY");
    CU_ASSERT(idle != NULL && told != NULL && idle < told);
    attempt_free(&a);
    static const char chain[] = "local e = cl.user_event 'e' k:launch():callback('goSet', function() e:complete() end) k:launch { after = e } cl.finish()";
    char source[512];
    for (int late = 0; late < 2; late++) {
        snprintf(source, sizeof source, "scenario { title = 't', limit = '50ms', callbacks = '%s' } main(function()\n" DATA "%s end)",
                 late ? "late" : "soon", chain);
        a = attempt(source, NULL);
        CU_ASSERT_EQUAL(a.outcome, late ? RUN_LIMIT : RUN_EXITED);
        attempt_free(&a);
    }
    attempt_fails("scenario { title = 't', callbacks = 'never' } main(function() end)", "callbacks is \"soon\", or \"late\"");
}

/* What a callback needs is found by the collector, and every version of Go gives the M back in its own way. */
static void a_callback_keeps_its_objects(void) {
    static const char *const versions[] = {"1.20", "1.22", "1.26"};
    for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
        char source[800];
        snprintf(source, sizeof source,
                 "scenario { title = 't', go = '%s', procs = 2 } local c = chan(1) main(function()\n" DATA
                 "do local x = heap.ints('x', 4, 7)\n"
                 "k:launch { takes = '2ms' }:callback('goDone', function() c:send(x[3]) end) end\n"
                 "runtime.GC() runtime.GC() print((c:recv())) k:launch():callback('again', function() c:send(8) end) print((c:recv())) end)",
                 versions[i]);
        attempt_says(source, "7\n8\n");
    }
}

static void results_are_those_of_the_graph(void) {
    if (device_missing()) return;
    Attempt a = attempt(MAIN("local n = 4096 local h = C.malloc('h', n, 'floats') for i = 0, n - 1 do h[i] = i end\n"
                             "local d, e = cl.buffer('d', n, 'floats'), cl.buffer('e', n, 'floats')\n"
                             "local q, r = cl.queue('q', { out_of_order = true }), cl.queue 'r'\n"
                             "local a, b = cl.write(d, h, { queue = q }), cl.write(e, h, { queue = r })\n"
                             "local x = cl.kernel('scale', d, 3.0):launch { queue = r, after = a }\n"
                             "local y = cl.kernel('saxpy', e, d, 1.0):launch { queue = q, after = { x, b } }\n"
                             "cl.read(e, h, { queue = q, after = y }):wait() print(h[0], h[10], h[4095])"),
                        &(How){.device = "auto"});
    check_text("sums", "0.0\t40.0\t16380.0\n", a.notes);
    attempt_free(&a);
}

static void wrong_arguments_are_refused(void) {
    attempt_fails(HEAD "local q = cl.queue 'q' main(function() end)", "cl.queue is an operation of a goroutine");
    attempt_fails(MAIN("cl.queue()"), "the name of a queue");
    attempt_fails(MAIN("cl.queue('q', true)"), "cl.queue wants a table");
    attempt_fails(MAIN("cl.queue('q', { ordered = true })"), "cl.queue has no field 'ordered'");
    attempt_fails(MAIN("for i = 1, 65 do cl.queue 'q' end"), "64 queues at most");
    attempt_fails(MAIN(DATA "k:launch { queue = 1 }"), "queue wants what cl.queue gave");
    attempt_fails(MAIN(DATA "k:launch { after = k }"), "after wants an event");
    attempt_fails(MAIN(DATA "k:launch { after = { k } }"), "after wants an event");
    attempt_fails(MAIN(DATA "local e, t = k:launch(), {} for i = 1, 65 do t[i] = e end k:launch { after = t }"), "a list of 64 at most");
    attempt_fails(MAIN("cl.wait(1)"), "cl.wait wants events");
    attempt_fails(MAIN(DATA "k:launch():complete()"), "Only what cl.user_event made");
    attempt_fails(MAIN(DATA "k:launch():callback('f', 1)"), "callback wants the Go function");
    attempt_fails(MAIN("cl.queue('q').finish()"), "a method is called with a colon");
    attempt_fails(MAIN("cl.queue('q'):barrier { before = 1 }"), "barrier has no field 'before'");
    attempt_fails(MAIN(DATA "C.call('f', function() k:launch() end)"), "a call from Go to C, and here runs C already");
    attempt_fails(MAIN(DATA "k:launch():callback('f', function() error 'oops' end) sleep '1ms'"), "oops");
}

void script_queue_tests(void) {
    static const Check checks[] = {
        {"copies and kernels overlap", copies_and_kernels_overlap},
        {"an unordered queue knows lists and barriers", an_unordered_queue_knows_lists_and_barriers},
        {"the host completes a user event, once", the_host_completes_a_user_event_once},
        {"the driver calls back, on its own thread", the_driver_calls_back},
        {"a late driver calls when nothing is left", a_late_driver_calls_when_nothing_is_left},
        {"a callback keeps its objects, under every version", a_callback_keeps_its_objects},
        {"results are those of the graph", results_are_those_of_the_graph},
        {"wrong arguments are refused", wrong_arguments_are_refused},
        {0},
    };
    suite("script: queues", checks);
}
