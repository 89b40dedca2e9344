/* findings_test.c -- each rule of findings.def, just below its limit and just above it. */
#include "../check.h"
#include "../program.h"
#include "../scenario.h"
#include "../../sim/lens/findings_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS 1000000u
#define US 1000u

/* What was found in the program, as keys. The Finding of that kind, or NULL, in *x. */
static void finds(const Program *p, const char *keys, FindingKind kind, Finding *x) {
    Ran r = run_program(p);
    char got[FOUND_TEXT_MAX];
    found_keys(&r.findings, got);
    CU_ASSERT_STRING_EQUAL(r.audit, "");
    CU_ASSERT_STRING_EQUAL(got, keys);
    if (strcmp(got, keys) != 0) printf("\n    found [%s], expected [%s]\n", got, keys);
    for (size_t i = 0; x && i < r.findings.count; i++) {
        if (r.findings.found[i].kind == kind) *x = r.findings.found[i];
    }
    ran_free(&r);
}

static void finds_keys(const Program *p, const char *keys) { finds(p, keys, FIND_COUNT, NULL); }

/* The same of a scenario. */
static void scenario_finds(const char *source, const char *keys) {
    Found f = found_in("try.lua", source, NULL, 0);
    CU_ASSERT(f.ran);
    if (!f.ran) printf("\n    %s\n", f.diag.message);
    CU_ASSERT_STRING_EQUAL(f.found, keys);
    if (strcmp(f.found, keys) != 0) printf("\n    found [%s], expected [%s] in\n%s\n", f.found, keys, source);
}

static const uint64_t roomy[] = {128};

/* ---- deadlock ---- */

static void a_deadlock_names_who_waits(void) {
    static const Op main_ops[] = {GO(1), RECV(0)};
    static const Op f[] = {RECV(0)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Program p = {.bodies = bodies, .body_count = 2, .chan_caps = roomy, .chan_count = 1};
    Finding x = {0};
    finds(&p, "deadlock", FIND_deadlock, &x);
    CU_ASSERT_EQUAL(x.g, 1);
    CU_ASSERT_EQUAL(x.line, 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(x.text, "2 goroutines wait and nothing can ever wake them: g1 main in chan receive"));
    CU_ASSERT_PTR_NOT_NULL(strstr(x.text, "in silence"));
}

static void waiting_for_a_timer_is_no_deadlock(void) {
    static const Op main_ops[] = {SLEEP(100 * MS)};
    static const Body bodies[] = {BODY("main", main_ops)};
    finds_keys(&(Program){.bodies = bodies, .body_count = 1}, "");
}

/* ---- thread-inflation ---- */

static const Op in_c[] = {C_CALL(20 * MS), SEND(0)};

/* So many goroutines are in C at once. */
static void burst(uint64_t n, uint32_t procs, const char *keys, Finding *x) {
    Op ops[256] = {{0}};
    size_t count = 0;
    for (uint64_t i = 0; i < n; i++) ops[count++] = (Op)GO(1);
    for (uint64_t i = 0; i < n; i++) ops[count++] = (Op)RECV(0);
    Body bodies[] = {{"main", ops, count, 0}, BODY("caller", in_c)};
    Program p = {.bodies = bodies, .body_count = 2, .chan_caps = roomy, .chan_count = 1, .procs = procs};
    finds(&p, keys, FIND_thread_inflation, x);
}

/* While the ninth is in C without a P, somebody has to run main: one thread more. */
static void a_burst_in_c_inflates_threads(void) {
    Finding x = {0};
    for (uint64_t n = 1; n <= 8; n++) burst(n, 1, "", NULL);
    burst(9, 1, "thread-inflation", &x);
    CU_ASSERT_EQUAL(x.times, 1);
    CU_ASSERT_EQUAL(x.line, 1); /* the call, not the one who waits for it */
    CU_ASSERT_PTR_NOT_NULL(strstr(x.text, "up to 9 threads were in C at once without a P (GOMAXPROCS is 1)"));
    burst(4, 2, "", NULL);
    burst(20, 2, "thread-inflation", NULL);
    burst(100, 4, "thread-inflation", &x);
    CU_ASSERT(x.times > 80);
}

/* With many Ps, many may be in C. */
static void the_limit_grows_with_gomaxprocs(void) {
    burst(12, 8, "", NULL);
    burst(16, 8, "", NULL);
    burst(40, 8, "thread-inflation", NULL);
}

/* At a channel, waiting costs no thread. */
static void a_hundred_at_a_channel_inflate_nothing(void) {
    static const Op f[] = {RECV(1), SEND(0)};
    static const uint64_t caps[] = {128, 0};
    Op ops[256] = {{0}};
    size_t count = 0;
    for (int i = 0; i < 100; i++) ops[count++] = (Op)GO(1);
    ops[count++] = (Op)CLOSE(1);
    for (int i = 0; i < 100; i++) ops[count++] = (Op)RECV(0);
    Body bodies[] = {{"main", ops, count, 0}, BODY("waiter", f)};
    finds_keys(&(Program){.bodies = bodies, .body_count = 2, .chan_caps = caps, .chan_count = 2, .procs = 4}, "");
}

/* ---- starvation ---- */

static void no_signals(WorldOptions *opt) { opt->asyncpreemptoff = true; }

/* One that cannot be stopped for so long, and one that waits behind it. */
static void stretch(uint64_t ns, void (*tune)(WorldOptions *), const char *keys, Finding *x) {
    const Op loop[] = {COMPUTE(ns)}, main_ops[] = {GO(2), GO(1), RECV(0)};
    static const Op waits[] = {SEND(0)};
    const Body bodies[] = {BODY("main", main_ops), BODY("loop", loop), BODY("waits", waits)};
    Program p = {.bodies = bodies, .body_count = 3, .chan_caps = roomy, .chan_count = 1, .tune = tune};
    finds(&p, keys, FIND_starvation, x);
}

/* 20 ms are a slice and sysmon's longest sleep; 1.3 us are the signal's. */
static void who_cannot_be_stopped_starves_others(void) {
    Finding x = {0};
    stretch(20 * MS, no_signals, "", NULL);
    stretch(20 * MS + 1 * US, no_signals, "", NULL);
    stretch(20 * MS + 2 * US, no_signals, "starvation", &x);
    CU_ASSERT_EQUAL(x.g, 2);
    CU_ASSERT_EQUAL(x.p, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(x.text, "g2 waits was runnable for 20.00"));
    CU_ASSERT_PTR_NOT_NULL(strstr(x.text, "g3 loop kept P0 for 20.00"));
    CU_ASSERT_PTR_NOT_NULL(strstr(x.text, "could not be stopped"));
    stretch(90 * MS, NULL, "", NULL); /* with signals it is stopped in time */
}

/* Waiting long is not starving: all get their turn. */
static void busy_is_not_starving(void) {
    static const Op work[] = {COMPUTE(60 * MS), SEND(0)};
    Op ops[64] = {{0}};
    size_t count = 0;
    for (int i = 0; i < 20; i++) ops[count++] = (Op)GO(1);
    for (int i = 0; i < 20; i++) ops[count++] = (Op)RECV(0);
    Body bodies[] = {{"main", ops, count, 0}, BODY("work", work)};
    for (uint32_t procs = 1; procs <= 3; procs++)
        finds_keys(&(Program){.bodies = bodies, .body_count = 2, .chan_caps = roomy, .chan_count = 1, .procs = procs}, "");
}

/* sysmon takes the P of whoever is in C, in time. */
static void a_long_call_starves_nobody(void) {
    static const Op call[] = {C_CALL(300 * MS)}, main_ops[] = {GO(2), GO(1), RECV(0)}, waits[] = {COMPUTE(30 * MS), SEND(0)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("call", call), BODY("waits", waits)};
    for (uint32_t procs = 1; procs <= 3; procs++)
        finds_keys(&(Program){.bodies = bodies, .body_count = 3, .chan_caps = roomy, .chan_count = 1, .procs = procs}, "");
}

/* A sandbox is no call out of Go: nothing can take its P. Who still waits at the end has waited too. */
static void a_sandbox_starves_others(void) {
    static const Op box[] = {{.kind = OP_ACROSS, .a = 0}, SEND(0)}, main_ops[] = {GO(2), GO(1), RECV(0)}, waits[] = {COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("box", box), BODY("waits", waits)};
    static const Job job = {.way = WAY_WASM, .bytes = 1, .work_ns = 25 * MS};
    Program p = {.bodies = bodies, .body_count = 3, .chan_caps = roomy, .chan_count = 1, .jobs = &job, .job_count = 1};
    Finding x = {0};
    finds(&p, "starvation", FIND_starvation, &x);
    CU_ASSERT_PTR_NOT_NULL(strstr(x.text, "g3 box kept P0 for 25.00"));
}

/* ---- crossing-bound ---- */

/* n calls of ns each, with so much Go code after each. A crossing costs 27 ns. */
static void calls(uint64_t n, uint64_t ns, uint64_t go_ns, const char *keys) {
    const Op ops[] = {C_CALL(ns), COMPUTE(go_ns)};
    const Body bodies[] = {{"main", ops, 2, n}};
    finds_keys(&(Program){.bodies = bodies, .body_count = 1}, keys);
}

static void short_calls_are_bound_by_their_crossing(void) {
    calls(100, 53, 0, "crossing-bound"); /* 27 > 53 / 2 */
    calls(100, 54, 0, "");
    calls(99, 1, 0, "");
    calls(100, 1, 0, "crossing-bound");
    calls(1000, 20, 230, "crossing-bound"); /* 27 of 257 ns of Go code is a tenth */
    calls(1000, 20, 260, "");               /* who calls that seldom has other worries */
}

/* Most of the calls come from one line: it is named, wherever the first call was. */
static void the_busiest_line_is_named(void) {
    static const Op main_ops[] = {C_CALL(10), GO(1), RECV(0)}, loop[] = {COMPUTE(1), C_CALL(10)}, more[] = {SEND(0)};
    Body bodies[] = {BODY("main", main_ops), {"loop", loop, 2, 200}, BODY("more", more)};
    static const Op both[] = {C_CALL(10), GO(1), GO(2), RECV(0), SLEEP(100 * US)};
    bodies[0] = (Body)BODY("main", both);
    Program p = {.bodies = bodies, .body_count = 3, .chan_caps = roomy, .chan_count = 1};
    Finding x = {0};
    finds(&p, "crossing-bound", FIND_crossing_bound, &x);
    CU_ASSERT_EQUAL(x.line, 2);
    CU_ASSERT_EQUAL(x.times, 201);
}

/* Blocked in C until the program ends is no short call. */
static void a_call_that_never_ends_has_no_toll(void) {
    static const Op call[] = {C_CALL(1000 * MS)}, main_ops[] = {GO(1), GO(1), GO(1), GO(1), SLEEP(1 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("call", call)};
    finds_keys(&(Program){.bodies = bodies, .body_count = 2, .procs = 2}, "");
}

/* What a crossing costs is known from the profile alone. */
static void without_a_profile_no_toll_is_claimed(void) {
    Findings f;
    findings_begin(&f, NULL);
    CU_ASSERT_EQUAL(f.crossing_ns, NONE);
    findings_begin(&f, "pin=28\ncgo_exit=13\ncgo_enter=14\nsysmon_slack=55000\nsignal=1300\n");
    CU_ASSERT_EQUAL(f.crossing_ns, 27);
    CU_ASSERT_EQUAL(f.late_ns, 111300);
}

/* ---- the device ---- */

static void device(const char *knobs, const char *loop, const char *keys) {
    char source[600];
    snprintf(source, sizeof source,
             "scenario { title = 't', procs = 2 }\nmain(function()\n%s\n"
             "local y, x = heap.floats('y', 64), heap.floats('x', 64)\nlocal k = cl.kernel('saxpy', y, x, 2.0)\n"
             "for i = 1, n do %s end\ncl.finish() end)\n",
             knobs, loop);
    scenario_finds(source, keys);
}

/* After each command: the notice, the next launch, the start: 5 + 1.5 + 2.5 us without work, and a little. */
static void waiting_after_each_command_idles_the_device(void) {
    device("local n, t = 8, '3us'", "k:launch { takes = t } cl.finish()", "device-idle");
    device("local n, t = 7, '3us'", "k:launch { takes = t } cl.finish()", "");
    device("local n, t = 20, '8us'", "k:launch { takes = t } cl.finish()", "device-idle");
    device("local n, t = 20, '10us'", "k:launch { takes = t } cl.finish()", "");
    device("local n, t = 20, '3us'", "k:launch { takes = t }", "");
    device("local n, t = 20, '3us'", "k:launch { takes = t } if i % 2 == 0 then cl.finish() end", "");
}

/* Idle for want of work is not idle for having been waited for. */
static void a_device_without_work_is_no_finding(void) {
    device("local n, t = 20, '3us'", "k:launch { takes = t } sleep '100us'", "");
}

/* An enqueue costs the host 1.5 us and a crossing. */
static void many_small_launches_are_bound_by_crossings(void) {
    device("local n, t = 100, '3us'", "k:launch { takes = t }", "crossing-bound");
    device("local n, t = 98, '3us'", "k:launch { takes = t }", ""); /* and cl.finish: 99 */
    device("local n, t = 100, '4us'", "k:launch { takes = t }", "");
}

/* ---- wrong-thread ---- */

#define USE(on) {.kind = on ? OP_CTX_USE : OP_CTX_ABSENT, .a = 0, .b = 5 * US}
#define CURRENT() {.kind = OP_CTX_CURRENT, .a = 0, .b = 1}

/* While main is away others take its thread's place; it comes back on another one. */
static void a_context_stays_behind_on_its_thread(void) {
    static const Op loose[] = {CURRENT(), GO(1), GO(1), C_CALL(200 * US), SLEEP(1 * MS), USE(true)};
    static const Op locked[] = {LOCK(), CURRENT(), GO(1), GO(1), C_CALL(200 * US), SLEEP(1 * MS), USE(true)};
    static const Op work[] = {COMPUTE(500 * US)};
    Body bodies[] = {BODY("main", loose), BODY("work", work)};
    Program p = {.bodies = bodies, .body_count = 2, .procs = 2, .context_count = 1};
    Finding x = {0};
    finds(&p, "wrong-thread", FIND_wrong_thread, &x);
    CU_ASSERT_EQUAL(x.line, 6);
    CU_ASSERT_EQUAL(x.ctx, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(x.text, "g1 main needs the context gl on its thread M"));
    bodies[0] = (Body)BODY("main", locked);
    finds_keys(&p, "");
}

static void a_context_that_must_be_absent_is_found(void) {
    static const Op left[] = {CURRENT(), USE(false)}, clean[] = {USE(false)};
    Body bodies[] = {BODY("main", left)};
    Program p = {.bodies = bodies, .body_count = 1, .context_count = 1};
    finds_keys(&p, "wrong-thread");
    bodies[0] = (Body)BODY("main", clean);
    finds_keys(&p, "");
}

/* ---- backpressure ---- */

/* Two that are slow, two that are quick, and places for two. */
static void clients(const char *stream, const char *keys) {
    char source[900];
    snprintf(source, sizeof source,
             "scenario { title = 't', procs = 2 }\nlocal kv, slots, mu = semaphore.Weighted(2, 'kv'), chan(2, 'slots'), sync.Mutex('mu')\n"
             "local function client(pause)\n go('client', function()\n  local tokens = chan(0, 'tokens')\n"
             "  go('stream', function() %s end)\n  for v in tokens:each() do sleep(pause) end\n end)\nend\n"
             "main(function() client '10ms' client '10ms' sleep '1ms' client '10us' client '10us' sleep '100ms' end)\n",
             stream);
    scenario_finds(source, keys);
}

static void who_waits_to_send_may_keep_what_others_need(void) {
    clients("kv:Acquire(1) for i = 1, 4 do tokens:send(i) end kv:Release(1) tokens:close()", "backpressure");
    clients("slots:send(1) for i = 1, 4 do tokens:send(i) end slots:recv() tokens:close()", "backpressure");
    clients("mu:Lock() for i = 1, 4 do tokens:send(i) end mu:Unlock() tokens:close()", "backpressure");
    clients("kv:Acquire(1) kv:Release(1) for i = 1, 4 do tokens:send(i) end tokens:close()", "");
    clients("for i = 1, 4 do kv:Acquire(1) kv:Release(1) tokens:send(i) end tokens:close()", "");
}

/* Three live on what one sends, and it waits for the first. */
static void fan_out(const char *send, const char *keys) {
    char source[700];
    snprintf(source, sizeof source,
             "scenario { title = 't', procs = 2 }\nmain(function()\n local out = {}\n for i = 1, 3 do\n  out[i] = chan(0, 'out' .. i)\n"
             "  go('client', function() for v in out[i]:each() do sleep(i == 1 and '10ms' or '10us') end end)\n end\n"
             " for step = 1, 5 do compute '1ms' for i = 1, 3 do %s end end\n for i = 1, 3 do out[i]:close() end\nend)\n",
             send);
    scenario_finds(source, keys);
}

static void one_slow_receiver_slows_all(void) {
    fan_out("out[i]:send(step)", "backpressure");
    fan_out("select { case.send(out[i], step, function() end), default = function() end }", "");
}

/* Each stage of a line waits for the next: the pressure goes back to where the work comes from, and nobody has what others need. */
static void a_line_that_is_stopped_from_its_end_is_none(void) {
    scenario_finds("scenario { title = 't', procs = 2 }\nmain(function()\n local a, b = chan(0, 'a'), chan(0, 'b')\n"
                   " go('one', function() for i = 1, 9 do a:send(i) end a:close() end)\n"
                   " go('two', function() for v in a:each() do b:send(v) end b:close() end)\n"
                   " for v in b:each() do sleep '5ms' end\nend)\n", "");
}

/* A tenth of the run, and no less. */
static void a_short_wait_is_not_worth_a_word(void) {
    static const char *const source =
        "scenario { title = 't', procs = 2 }\nlocal mu, c = sync.Mutex('mu'), chan(0, 'c')\nmain(function()\n"
        " go('holds', function() mu:Lock() c:send(1) mu:Unlock() end)\n sleep '1ms'\n go('wants', function() mu:Lock() mu:Unlock() end)\n"
        " sleep '9ms' c:recv() sleep '%s'\nend)\n";
    char text[600];
    snprintf(text, sizeof text, source, "80ms");
    scenario_finds(text, "backpressure");
    snprintf(text, sizeof text, source, "95ms");
    scenario_finds(text, "");
}

/* ---- unbounded-queue ---- */

/* n requests, one each millisecond (or all at once), of which each takes the lock for so long. */
static void requests(int n, const char *pause, const char *takes, const char *keys) {
    char source[500];
    snprintf(source, sizeof source,
             "scenario { title = 't', procs = 4 }\nlocal db = sync.Mutex('db')\nmain(function()\n for i = 1, %d do\n"
             "  go('request', function() db:Lock() C.call('query', '%s') db:Unlock() end)\n  %s\n end\n sleep '1s'\nend)\n",
             n, takes, pause);
    scenario_finds(source, keys);
}

static void a_crowd_that_grows_while_it_is_served_is_unbounded(void) {
    requests(200, "sleep '1ms'", "2ms", "unbounded-queue");
    requests(60, "sleep '1ms'", "2ms", ""); /* 30 live when 30 have ended */
    requests(200, "sleep '1ms'", "900us", "");
    requests(200, "", "2ms", ""); /* a burst: it is largest before anybody has gone */
    requests(400, "sleep '1ms'", "1200us", ""); /* it grows, but slowly: 60 live when 330 have ended */
}

static void a_queue_of_the_device_is_judged_like_a_crowd(void) {
    static const char *const loop = "local n = %d local y, x = heap.floats('y', 64), heap.floats('x', 64)\n"
                                    "local k = cl.kernel('saxpy', y, x, 2.0)\n"
                                    "for i = 1, n do k:launch { takes = '2ms' } compute '1ms' %s end cl.finish()\n";
    char source[600], head[] = "scenario { title = 't', procs = 2 }\nmain(function()\n";
    for (int i = 0; i < 3; i++) {
        int n = snprintf(source, sizeof source, "%s", head);
        n += snprintf(source + n, sizeof source - (size_t)n, loop, i == 1 ? 500 : 600, i == 2 ? "if i % 100 == 0 then cl.finish() end" : "");
        snprintf(source + n, sizeof source - (size_t)n, "end)\n");
        scenario_finds(source, i == 0 ? "unbounded-queue" : "");
    }
}

/* ---- goroutine-leak, and a deadlock of a part ---- */

/* Three handlers that give up, and what their workers do. */
static void handlers(const char *make, const char *worker, const char *keys) {
    char source[700];
    snprintf(source, sizeof source,
             "scenario { title = 't', procs = 2 }\nmain(function()\n for i = 1, 3 do\n  go('handler', function()\n   local r = %s\n"
             "   go('worker', function() sleep '10ms' %s end)\n"
             "   select { case.recv(r, function() end), case.recv(time.After('5ms'), function() end) }\n  end)\n end\n"
             " sleep '20ms'\nend)\n",
             make, worker);
    scenario_finds(source, keys);
}

static void who_sends_to_the_dead_has_leaked(void) {
    handlers("chan(0, 'r')", "r:send(1)", "goroutine-leak");
    handlers("chan(1, 'r')", "r:send(1)", "");
    handlers("chan(0, 'r')", "select { case.send(r, 1, function() end), default = function() end }", "");
    handlers("chan(0, 'r')", "select { case.send(r, 1, function() end), case.recv(nilchan, function() end) }", "goroutine-leak");
    handlers("chan(0, 'r')", "select { case.send(r, 1, function() end), case.recv(time.After('1s'), function() end) }", "");
}

static void workers_wait_for_work_that_may_still_come(void) {
    static const char *const source = "scenario { title = 't', procs = 2 }\nlocal jobs, ended = chan(0, 'jobs'), chan(0, 'ended')\n"
                                      "main(function()\n for i = 1, 3 do go('worker', function() for v in jobs:each() do end end) end\n"
                                      " %s sleep '1ms'\nend)\n";
    char text[500];
    snprintf(text, sizeof text, source, "for i = 1, 9 do jobs:send(i) end"); /* main is there */
    scenario_finds(text, "");
    snprintf(text, sizeof text, source, "go('source', function() for i = 1, 9 do jobs:send(i) end end)");
    scenario_finds(text, "goroutine-leak");
    snprintf(text, sizeof text, source, "go('source', function() for i = 1, 9 do jobs:send(i) end jobs:close() end)");
    scenario_finds(text, "");
    snprintf(text, sizeof text, source, "go('source', function() for i = 1, 9 do jobs:send(i) end sleep '1s' end)");
    scenario_finds(text, "");
}

/* In main, beside what goes on: two locks, three, two channels, a lock and a channel. */
static void part(const char *goroutines, const char *keys) {
    char source[700];
    snprintf(source, sizeof source,
             "scenario { title = 't', procs = 2 }\nlocal a, b, c = sync.Mutex('a'), sync.Mutex('b'), sync.Mutex('c')\n"
             "local p, q = chan(0, 'p'), chan(0, 'q')\nlocal function wait() sleep '1ms' end\nmain(function()\n%s\n sleep '9ms'\nend)\n",
             goroutines);
    scenario_finds(source, keys);
}

static void a_part_that_waits_for_itself_is_a_deadlock(void) {
    part("go(function() a:Lock() wait() b:Lock() end) go(function() b:Lock() wait() a:Lock() end)", "deadlock");
    part("go(function() a:Lock() wait() b:Lock() b:Unlock() a:Unlock() end) go(function() a:Lock() b:Lock() b:Unlock() a:Unlock() end)", "");
    part("go(function() a:Lock() wait() b:Lock() end) go(function() b:Lock() wait() c:Lock() end) "
         "go(function() c:Lock() wait() a:Lock() end)", "deadlock");
    part("go(function() p:send(1) q:recv() q:recv() p:send(1) end) go(function() p:recv() q:send(1) p:recv() q:send(1) end)", "deadlock");
    part("go(function() p:send(1) a:Lock() p:send(1) end) go(function() p:recv() wait() a:Lock() p:recv() end)", "deadlock");
    part("go(function() a:Lock() end) go(function() wait() a:Lock() end)", "goroutine-leak"); /* who has it has ended */
    part("local m, n = C.mutex(), C.mutex() go(function() C.call('f', function() m:lock() C.work '1ms' n:lock() n:unlock() m:unlock() end) end) "
         "go(function() C.call('g', function() n:lock() C.work '1ms' m:lock() m:unlock() n:unlock() end) end)", "deadlock");
}

/* Twenty thousand are judged as two are, and are not gone through for each other: that took a minute. */
static void crowd(const char *each, const char *then, const char *keys) {
    char source[700];
    snprintf(source, sizeof source,
             "scenario { title = 't', procs = 2, limit = '1000s' }\nlocal p, q, mu = chan(0, 'p'), chan(4, 'q'), sync.Mutex('mu')\n"
             "go('reader', function() p:recv() end)\n"
             "main(function()\n for _ = 1, 20000 do go(function() %s end) end\n sleep '5ms' %s\nend)\n", each, then);
    scenario_finds(source, keys);
}

static void a_crowd_is_judged_as_one_is(void) {
    crowd("p:send(1)", "", "goroutine-leak");
    crowd("p:send(1)", "p:recv()", "");
    crowd("select { case.recv(q), case.send(p, 1) }", "", ""); /* nobody is known who sends on q, so he may come */
    crowd("mu:Lock() p:send(1)", "", "goroutine-leak");
    crowd("q:send(1) compute '1us' p:send(1) q:recv()", "for i = 1, 19999 do p:recv() end", "backpressure");
}

/* ---- the table ---- */

static void keys_are_in_order_and_complete(void) {
    for (int i = 0; i < FIND_COUNT; i++) {
        const FindingSpec *s = finding_spec((FindingKind)i);
        CU_ASSERT(i == 0 || strcmp(finding_spec((FindingKind)(i - 1))->key, s->key) < 0);
        CU_ASSERT_EQUAL(finding_find(s->key), (FindingKind)i);
        CU_ASSERT_PTR_NULL(strchr(s->key, '_'));
        CU_ASSERT(s->book[0] && s->rule[0] && s->right[0]);
    }
    CU_ASSERT_EQUAL(finding_find("nonesuch"), FIND_COUNT);
    CU_ASSERT_EQUAL(finding_find(""), FIND_COUNT);
}

/* An event with ids from anywhere is counted, or not; it does not crash. The model refuses it afterwards. */
static void ids_from_anywhere_do_no_harm(void) {
    Intern *text = intern_new();
    Model *m = model_new(text);
    Findings f;
    static const uint64_t ids[] = {0, 1, 7, 1u << 20, UINT64_MAX - 1, NONE};
    findings_begin(&f, NULL);
    for (uint32_t kind = 0; kind < EV_COUNT; kind++) {
        for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
            Event e = {.time_ns = i, .seq = i + 1, .kind = kind};
            for (int k = 0; k < EVENT_ARGS_MAX; k++) e.arg[k] = ids[(i + (size_t)k) % ARRAY_LEN(ids)];
            findings_event(&f, m, &e);
        }
    }
    findings_end(&f, m);
    CU_ASSERT(f.count <= FIND_COUNT);
    findings_free(&f);
    model_free(m);
    intern_free(text);
}

/* A run that is broken at every step must not fill the memory: of each kind a bounded list, and how often in all. */
static void the_evidence_of_violations_is_bounded(void) {
    Findings f;
    findings_begin(&f, NULL);
    for (uint64_t i = 0; i < 3 * EVIDENCE_MAX; i++) {
        findings_saw(&f, FIND_double_free, i, i + 1);
        findings_saw(&f, FIND_starvation, i, i + 1);
    }
    findings_saw(&f, FIND_pinning_violation, 5000, 5000);
    CU_ASSERT_EQUAL(f.evidence_count, EVIDENCE_MAX + 1);
    CU_ASSERT(f.seen[FIND_double_free].times == 3 * EVIDENCE_MAX && f.evidence[9].seq == 10 && f.evidence[9].cmd == NONE);
    CU_ASSERT_EQUAL(f.evidence[EVIDENCE_MAX].kind, FIND_pinning_violation);
    CU_ASSERT(finding_is_violation(FIND_double_free) && !finding_is_violation(FIND_starvation));
    findings_free(&f);
}

void lens_findings_tests(void) {
    static const Check checks[] = {
        {"a deadlock names who waits", a_deadlock_names_who_waits},
        {"who waits to send may keep what others need", who_waits_to_send_may_keep_what_others_need},
        {"one slow receiver slows all", one_slow_receiver_slows_all},
        {"a line that is stopped from its end is none", a_line_that_is_stopped_from_its_end_is_none},
        {"a short wait is not worth a word", a_short_wait_is_not_worth_a_word},
        {"a crowd that grows while it is served is unbounded", a_crowd_that_grows_while_it_is_served_is_unbounded},
        {"a queue of the device is judged like a crowd", a_queue_of_the_device_is_judged_like_a_crowd},
        {"who sends to the dead has leaked", who_sends_to_the_dead_has_leaked},
        {"workers wait for work that may still come", workers_wait_for_work_that_may_still_come},
        {"a part that waits for itself is a deadlock", a_part_that_waits_for_itself_is_a_deadlock},
        {"a crowd is judged as one is", a_crowd_is_judged_as_one_is},
        {"waiting for a timer is no deadlock", waiting_for_a_timer_is_no_deadlock},
        {"a burst in C inflates threads", a_burst_in_c_inflates_threads},
        {"the limit grows with GOMAXPROCS", the_limit_grows_with_gomaxprocs},
        {"a hundred at a channel inflate nothing", a_hundred_at_a_channel_inflate_nothing},
        {"who cannot be stopped starves others", who_cannot_be_stopped_starves_others},
        {"busy is not starving", busy_is_not_starving},
        {"a long call starves nobody", a_long_call_starves_nobody},
        {"a sandbox starves others", a_sandbox_starves_others},
        {"short calls are bound by their crossing", short_calls_are_bound_by_their_crossing},
        {"the busiest line is named", the_busiest_line_is_named},
        {"a call that never ends has no toll", a_call_that_never_ends_has_no_toll},
        {"without a profile no toll is claimed", without_a_profile_no_toll_is_claimed},
        {"waiting after each command idles the device", waiting_after_each_command_idles_the_device},
        {"a device without work is no finding", a_device_without_work_is_no_finding},
        {"many small launches are bound by crossings", many_small_launches_are_bound_by_crossings},
        {"a context stays behind on its thread", a_context_stays_behind_on_its_thread},
        {"a context that must be absent is found", a_context_that_must_be_absent_is_found},
        {"keys are in order and complete", keys_are_in_order_and_complete},
        {"ids from anywhere do no harm", ids_from_anywhere_do_no_harm},
        {"the evidence of violations is bounded", the_evidence_of_violations_is_bounded},
        {0},
    };
    suite("findings", checks);
}
