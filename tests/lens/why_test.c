/* why_test.c -- every state has a chain of causes that ends at a line, and the sentences are true. */
#include "../check.h"
#include "../cli/command.h"

#include "../../sim/base/prng.h"
#include "../../sim/event/trace.h"
#include "../../sim/lens/why.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A trace held in memory: any event at once. */
typedef struct {
    Trace *trace;
    Event *event; /* event[seq - 1] */
    size_t count, cap;
    char scenario[128];
} Held;

static bool held_event(void *ctx, uint64_t seq, Event *e) {
    const Held *h = ctx;
    if (seq == 0 || seq > h->count) return false;
    *e = h->event[seq - 1];
    return true;
}

static Held hold(const char *path) {
    Held h = {0};
    Diag d;
    CU_ASSERT_FATAL(trace_open(&h.trace, path, &d));
    TraceCursor *c = trace_cursor(h.trace);
    for (Event e; trace_next(c, &e);) {
        GROW(h.event, h.cap, h.count + 1);
        h.event[h.count++] = e;
    }
    trace_cursor_free(c);
    snprintf(h.scenario, sizeof h.scenario, "%s", trace_option(h.trace, "scenario"));
    return h;
}

static void held_free(Held *h) {
    trace_close(h->trace);
    free(h->event);
}

/* ---- all goroutines of all scenarios, at many times ---- */

enum { TIMES = 1000, KINDS = 5 };

static int by_time(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* FILE:number, or the words for what no line asked for. */
static bool reaches(const Held *h, const char *sentence) {
    if (strstr(sentence, WHY_OUTSIDE)) return true;
    const char *p = strstr(sentence, h->scenario);
    size_t n = strlen(h->scenario);
    return n > 0 && p != NULL && p[n] == ':' && p[n + 1] >= '1' && p[n + 1] <= '9';
}

static size_t asked, unreached;

/* The words of an answer are the field's, not ours: no event's name in brackets. */
static bool names_an_event(const char *sentence) {
    char name[40];
    for (const char *p = sentence; (p = strchr(p, '(')) != NULL; p++) {
        if (sscanf(p, "(%39[A-Z_])", name) == 1 && event_kind_by_name(name) != EV_COUNT) return true;
    }
    return false;
}

static void ask(const Held *h, const Model *m, uint64_t now_ns, Kind kind, uint64_t id) {
    static Why y;
    WhyAt at = {m, now_ns, h->scenario, held_event, (void *)h};
    why(&at, kind, id, &y);
    asked++;
    bool good = y.count > 0 && reaches(h, y.sentence[y.count - 1]);
    for (size_t i = 0; i < y.count; i++) good = good && !names_an_event(y.sentence[i]);
    if (good) return;
    if (unreached++ > 3) return;
    printf("\n    %s at %lluns, %s%llu:\n", h->scenario, (unsigned long long)now_ns, kind_letter[kind], (unsigned long long)id);
    for (size_t i = 0; i < y.count; i++) printf("      %s\n", y.sentence[i]);
}

static void ask_about_all(const Held *h, const Model *m, uint64_t now_ns) {
    for (size_t g = 1; g < m->g_count; g++) {
        if (m->g[g].state != G_RUNNING) ask(h, m, now_ns, KIND_G, g);
    }
}

static void ask_about_others(const Held *h, const Model *m, uint64_t now_ns) {
    const size_t counts[KINDS] = {m->g_count, m->p_count, m->m_count, m->chan_count, m->obj_count};
    static const Kind kinds[KINDS] = {KIND_G, KIND_P, KIND_M, KIND_CHAN, KIND_OBJ};
    for (int k = 0; k < KINDS; k++) {
        for (size_t i = 0; i <= counts[k]; i++) ask(h, m, now_ns, kinds[k], i); /* one of each that is not there */
    }
}

/* One walk over the trace, stopping at the times in their order. */
static void ask_at_random_times(const Held *h, uint64_t seed) {
    uint64_t when[TIMES];
    Prng r;
    prng_init(&r, seed, "why");
    for (int i = 0; i < TIMES; i++) when[i] = prng_below(&r, trace_last_ns(h->trace) + 1);
    qsort(when, TIMES, sizeof *when, by_time);
    Model *m = model_new(trace_text(h->trace));
    char text[MODEL_WHY_MAX];
    size_t n = 0;
    for (int i = 0; i < TIMES; i++) {
        for (; n < h->count && h->event[n].time_ns <= when[i]; n++) CU_ASSERT_FATAL(model_apply(m, &h->event[n], text));
        ask_about_all(h, m, when[i]);
        if (i % 20 == 0) ask_about_others(h, m, when[i]);
    }
    model_free(m);
}

static void check_scenario(const char *path, const char *options) {
    /* Without a device some expectations fail; there is a trace all the same. */
    command_gives(0, "$F run --quiet --device none %s --out $T/why.trace %s 2>&1; $F hash $T/why.trace", options, path);
    Held h = hold(temp_path("why.trace"));
    ask_at_random_times(&h, 1);
    held_free(&h);
}

/* All scenarios of a folder; how many there were. */
static int check_folder(const char *folder) {
    struct dirent **list;
    int n = scandir(folder, &list, NULL, alphasort), count = 0;
    for (int i = 0; i < n; i++) {
        const char *dot = strchr(list[i]->d_name, '.');
        char path[400];
        snprintf(path, sizeof path, "%s/%s", folder, list[i]->d_name);
        if (dot != NULL && strcmp(dot, ".lua") == 0) {
            check_scenario(path, "");
            count++;
        }
        free(list[i]);
    }
    if (n >= 0) free(list);
    return count;
}

static void every_chain_reaches_a_line(void) {
    asked = unreached = 0;
    CU_ASSERT(check_folder("scenarios") >= 20);
    CU_ASSERT(check_folder("scenarios/museum") >= 20);
    check_scenario("tests/scenarios/everything.lua", "");
    check_scenario("tests/scenarios/everything.lua", "--procs 1 --seed 3");
    check_scenario("tests/scenarios/world.lua", "");
    check_scenario("tests/scenarios/callbacks.lua", "");
    CU_ASSERT(asked > 200000);
    CU_ASSERT_EQUAL(unreached, 0);
}

/* After each single event, also in the middle of a step, and of everything there is. */
static void after_each_event(const char *scenario) {
    command_gives(0, "$F run --quiet --device none --out $T/why.trace %s", scenario);
    Held h = hold(temp_path("why.trace"));
    Model *m = model_new(trace_text(h.trace));
    char text[MODEL_WHY_MAX];
    asked = unreached = 0;
    for (size_t n = 0; n < h.count; n++) {
        CU_ASSERT_FATAL(model_apply(m, &h.event[n], text));
        ask_about_others(&h, m, h.event[n].time_ns);
    }
    CU_ASSERT(asked > 1000);
    CU_ASSERT_EQUAL(unreached, 0);
    model_free(m);
    held_free(&h);
}

static void after_each_event_it_has_an_answer(void) {
    after_each_event("$S/everything.lua");
    after_each_event("$S/world.lua");
    after_each_event("$S/callbacks.lua");
    after_each_event("scenarios/18_2_4_callback_1_20.lua");
}

/* ---- what is said, word for word ---- */

/* The answer of the command line. */
static void says(const char *question, const char *answer) {
    Result r = command("$F why $T/words.trace %s", question);
    CU_ASSERT_EQUAL(r.status, 0);
    check_text(question, answer, r.out);
    result_free(&r);
}

#define FILE "18_2_2_blocking.lua"
static void words_of_blocking(void) {
    command_gives(0, "$F run --quiet --device none --out $T/words.trace scenarios/" FILE);
    says("g4 --at 38us",
         "g4 worker is not running: it is number 1 of 2 in P0's queue, runnable since 750ns.\n"
         "It can run because g1 main made g4 worker at " FILE ":20, at 750ns.\n"
         "P0 stands still: its thread M0 is in C with g6 launcher since 2.944us.\n"
         "sysmon saw this call at 20us and looks again in 2us: then it takes P0 away.\n"
         "The device runs saxpy (k0), enqueued at " FILE ":35, until 125.417us.\n"
         "g6 launcher called clFinish at " FILE ":37, at 2.944us, and sleeps in the driver until that is done.\n");
    says("g4 --at 45us",
         "g4 worker is not running: it is number 1 of 2 in P0's queue, runnable since 750ns.\n"
         "It can run because g1 main made g4 worker at " FILE ":20, at 750ns.\n"
         "P0 was given to M3, a new thread that the operating system has been starting since 40us.\n"
         "That was done because g6 launcher called clFinish at " FILE ":37, at 2.944us.\n");
    says("g6 --at 135us",
         "g6 launcher is not running: it is number 1 of 1 in the global queue, runnable since 130.417us.\n"
         "It came back from clFinish, called at " FILE ":37, and no P was free: its own had been taken away.\n"
         "Of 2 Ps, 2 run and 0 stand behind a call; a P looks into that queue when its own is empty, and every 61st time before that.\n"
         "P0 runs g4 worker on M3 since 70.09us.\n"
         "g4 worker computes at " FILE ":21, until 145.09us if nobody interrupts it.\n");
    says("M3 --at 50us",
         "M3 is being started by the operating system since 40us, to take P0.\n"
         "M3 was made at 40us for P0: no thread was parked.\n"
         "P0 was handed on: its run queue is not empty.\n"
         "sysmon had taken P0 from M0, which was in C with g6 launcher.\n"
         "It goes back to this: g6 launcher called clFinish at " FILE ":37, at 2.944us.\n");
    says("p1 --at 235us",
         "P1 is idle since 231.327us: there was nothing for it to run.\n"
         "It was given up after g1 main stopped to wait (chan receive) at " FILE ":45, at 231.247us.\n");
    says("g3 --at first:P_RETAKE",
         "g3 worker is running on P1, with M2, since 30.42us.\n"
         "g3 worker computes at " FILE ":21, until 55.42us if nobody interrupts it.\n"
         "It came off a queue and began a time slice of its own, of 10ms, at 30.42us.\n"
         "It could run because g1 main made g3 worker at " FILE ":20, at 530ns.\n");
    says("obj x --at '#50'",
         "x (o0) is an object of 262144 bytes in the Go heap, with 1 pin, and 1 device command that holds its address.\n"
         "g6 launcher pinned it at 1.375us at " FILE ":31: the collector may neither move nor free it.\n"
         "saxpy (k0) runs on it until 125.417us; g6 launcher enqueued it at " FILE ":35.\n"
         "It was made at " FILE ":28.\n");
    says("chan done --at 50us",
         "done (c0) holds 0 of 5 values; 0 were sent on it, 0 received from it.\n"
         "g1 main waits to receive from done (c0) at " FILE ":45, since 1.207us: it is number 1 of 1 there, and the channel holds 0 of 5.\n"
         "In this run g3 worker does its part in 80.51us.\n"
         "g3 worker runs on P1 since 30.42us.\n"
         "g3 worker computes at " FILE ":21, until 55.42us if nobody interrupts it.\n"
         "The channel was made at " FILE ":17.\n");
    says("g2 --at 0us", "g2 does not exist yet: g1 main makes it in 310ns at " FILE ":20.\n");
}
#undef FILE

#define FILE "18_3_4_frame_wrong.lua"
/* An object that was moved from under a command. */
static void words_of_a_move(void) {
    command_gives(0, "$F run --quiet --device none --out $T/words.trace scenarios/" FILE);
    says("obj frame --at 2ms",
         "frame (o0) is an object of 262144 bytes in the Go heap, with 0 pins, and 1 device command that holds its address.\n"
         "The moving collector has moved it 1 time, last from 0xc000000000 to 0xc040000000 at 1.136922ms; Go's own would not.\n"
         "It goes back to this: g1 main began a collection at " FILE ":22, at 1.001752ms.\n"
         "mandelbrot (k0) runs on it until 3.004129ms; g1 main enqueued it at " FILE ":19.\n"
         "It uses 0xc000000000, where the object is not any more: 24 of its slices had run before.\n"
         "It was made at " FILE ":16.\n");
}
#undef FILE

#define FILE "world.lua"
/* Stops of the world, locked threads, timers of channels, the network. */
static void words_of_the_world(void) {
    command_gives(0, "$F run --quiet --out $T/words.trace $S/world.lua");
    says("g3 --at '#66'",
         "g3 reader is not running: it is number 2 of 4 in P0's queue, runnable since 530ns.\n"
         "It can run because g1 main made g3 reader at " FILE ":12, at 530ns.\n"
         "P0 runs g1 main on M0 since 6.51us.\n"
         "g1 main is at " FILE ":22.\n");
    says("p0 --at '#310'",
         "P0 is stopped since 430.617us: g8 runtime.gcBgMarkWorker stops the world.\n"
         "g8 runtime.gcBgMarkWorker does that since 430.617us: GC mark termination.\n"
         "Behind it is this: g1 main began a collection at " FILE ":22, at 5.97us.\n");
    says("g4 --at '#139'",
         "g4 locked is not running yet: it is locked to M0, which was handed P0 at 170.597us and is waking.\n"
         "It came back from glInit, called at " FILE ":15, and no P was free: its own had been taken away.\n");
    says("M0 --at '#118'",
         "M0 sleeps since 125.829us: g4 locked is locked to it, and it may run nobody else.\n"
         "g4 locked is not running: it is number 1 of 1 in the global queue, runnable since 125.829us.\n"
         "It is locked to M0: whoever takes it off the queue must hand its P to that thread.\n"
         "Of 2 Ps, 1 runs and 0 stand behind a call; a P looks into that queue when its own is empty, and every 61st time before that.\n"
         "P1 runs g5 busy on M2 since 90.51us.\n"
         "g5 busy computes at " FILE ":19, until 150.51us if nobody interrupts it.\n"
         "M0 began outside the scenario: it is the thread with which the process started.\n");
    says("g2 --at '#140'",
         "g2 ticker waits to receive from time.NewTicker (c1) at " FILE ":6, since 170.507us: it is number 1 of 1 there, and the channel holds 0 of 1.\n"
         "In this run it is released in 25us, by the runtime.\n"
         "That comes about because time.NewTicker (c1) was made at " FILE ":5, at 85.49us.\n");
    says("g3 --at '#100'",
         "g3 reader waits (IO wait) since 85.717us.\n"
         "In this run that ends in 317.79us.\n"
         "g3 reader asked for that at " FILE ":12.\n");
}

#undef FILE
#define FILE "callbacks.lua"
/* Threads that C made, and what they borrow. */
static void words_of_callbacks(void) {
    command_gives(0, "$F run --quiet --out $T/words.trace $S/callbacks.lua");
    says("g18 --at '#75'",
         "g18 audio is not running: it is number 1 of 1 in the global queue, runnable since 81.674us.\n"
         "C called the Go function onEvent at " FILE ":7, and no P was free for it.\n"
         "It is locked to M3: whoever takes it off the queue must hand its P to that thread.\n"
         "Of 1 P, 1 runs and 0 stand behind a call; a P looks into that queue when its own is empty, and every 61st time before that.\n"
         "P0 runs g1 main on M0 since 151.737us.\n"
         "g1 main is at " FILE ":17.\n");
    says("p0 --at '#66'",
         "P0 stands still: the C thread that had borrowed M2 went away at 111.028us and left it behind.\n"
         "sysmon has not seen this call yet; it looks again in 20us, and takes P0 if it sees the call a second time.\n"
         "It goes back to this: the Go function that C had called as g17 driver returned at " FILE ":7, at 110.984us.\n");
    says("g18 --at '#16'",
         "g18 does not exist yet: it comes in 21.66us with M3, an extra M for C threads.\n"
         "That comes about because C called the Go function onEvent, as g17, at " FILE ":7, at 61.604us.\n");
    says("M3 --at end",
         "The run is over; this is how it stood at its end.\n"
         "M3 is on the list of extra Ms since 251.546us, for a C thread that calls Go: no thread of the system belongs to it.\n"
         "It was made, as an extra M, because C called the Go function onEvent, as g17 driver, at " FILE ":7, at 61.604us.\n");
    says("g17 --at '#43'",
         "g17 driver is in C, on M2 since 64.75us.\n"
         "P0 is still attached and runs nothing, with 1 goroutine in its queue.\n"
         "sysmon has not seen this call yet; it looks again in 20us, and takes P0 if it sees the call a second time.\n"
         "g17 driver belongs to the C thread t0, which runs code of its own at " FILE ":6: Go did not call it.\n");
}

#undef FILE

/* A call in a callback in a call: what is open is named by the line and the time at which Go called it, and the first thread has
 * no end of its own. */
static void words_of_calls_in_callbacks(void) {
    command_gives(0, "cat >$T/nested.lua <<'END'\nscenario { title = 'nested', procs = 1 }\nmain(function()\n"
                     "  C.call('outer', function()\n    C.work '2us'\n    C.callback('go1', function()\n"
                     "      C.call('inner', function()\n        C.callback('go2', function() compute '3us' end)\n"
                     "        C.work '100us'\n      end)\n    end)\n    C.work '50us'\n  end)\n"
                     "  go('ends locked', function() runtime.LockOSThread() end)\n  sleep '1ms'\nend)\nEND\n"
                     "$F run --quiet --out $T/words.trace $T/nested.lua");
    Result r = command("for t in 50us 130us; do $F why $T/words.trace g1 --at $t | grep called; done; $F why $T/words.trace m0 --at 500us");
    check_text("the calls, and the thread",
               "g1 main called inner at nested.lua:6, at 2.144us.\n"
               "g1 main called outer at nested.lua:3, at 104ns.\n"
               "M0 is parked for ever, since 155.542us: the goroutine that was locked to it ended, and the process's first thread cannot.\n"
               "That was after g2 ends locked locked itself to M0 at nested.lua:13, at 155.542us.\n"
               "M0 began outside the scenario: it is the thread with which the process started.\n",
               r.out);
    result_free(&r);
    after_each_event("$T/nested.lua");
}

/* What a way across does there, what ends a wait for the network, what is not there yet. */
static void words_of_ways_and_deadlines(void) {
    command_gives(0, "$F run --quiet --out $T/words.trace scenarios/18_1_4_sandbox_wrong.lua");
    says("g3 --at 30ms",
         "g3 job is running on P0, with M0, since 637ns.\n"
         "g3 job does a job by way of wasm since 687ns, and is at its \"work in the sandbox\".\n"
         "sysmon has asked it 2 times to stop, last at 21.22ms: in vain, for the signal finds no code of Go's that could be left there.\n"
         "g3 job is at 18_1_4_sandbox_wrong.lua:29.\n"
         "It could run because g1 main made g3 job at 18_1_4_sandbox_wrong.lua:26, at 530ns.\n");
    says("obj y --at 0", "y (o2) does not exist yet: it is made in 687ns at 18_1_4_sandbox_wrong.lua:28.\n");
    command_gives(0, "$F run --quiet --device none --out $T/words.trace scenarios/18_1_4_process.lua");
    says("g4 --at 1ms",
         "g4 job waits (IO wait) since 921ns.\n"
         "In this run that ends in 4.220732ms.\n"
         "It waits at a pipe for another process, which has its job of 196608 bytes since 921ns; no thread waits with it.\n"
         "g4 job asked for that at 18_1_4_process.lua:36.\n");
    command_gives(0, "cat >$T/late.lua <<'END'\nscenario { title = 'late', procs = 1 }\nmain(function()\n"
                     "  net.read('5ms', { deadline = '1ms' })\n  local late = chan(1)\nend)\nEND\n"
                     "$F run --quiet --out $T/words.trace $T/late.lua");
    says("g1 --at 500us",
         "g1 main waits (IO wait) since 90ns.\n"
         "In this run that ends in 500.09us.\n"
         "What it waits for would come at 5.00009ms; its deadline is at 1.00009ms, and ends the wait before that.\n"
         "g1 main asked for that at late.lua:3.\n");
    says("chan late --at 5us", "late (c0) does not exist yet: it is made in 995.18us at late.lua:4.\n");
}

/* Two players that both wait for the ball: each for the other. */
static void a_deadlock_is_told_as_a_cycle(void) {
    command_gives(1, "cat >$T/ring.lua <<'END'\nscenario { title = 'ring' }\nlocal ping, pong = chan(), chan()\n"
                     "go('partner', function()\n  for _ = 1, 3 do\n    ping:recv()\n    pong:send(1)\n  end\n  ping:recv()\nend)\n"
                     "main(function()\n  for _ = 1, 3 do\n    ping:send(1)\n    pong:recv()\n  end\n  pong:recv()\nend)\nEND\n"
                     "$F run --quiet --out $T/words.trace $T/ring.lua");
    Result r = command("$F why $T/words.trace g1 | tail -1");
    check_text("the last sentence",
               "That is a cycle: g1 main waits at ring.lua:15 for g2 partner, which waits at ring.lua:8 for g1 main; "
               "nobody in it can go on, for ever.\n",
               r.out);
    result_free(&r);
    r = command("$F why $T/words.trace g2 | tail -1");
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "That is a cycle: g2 partner waits at ring.lua:8 for g1 main, which"));
    result_free(&r);
}

/* Many that wait for each other, and nobody was ever at the other end of a channel. */
static void a_deadlock_of_strangers_is_told_as_a_cycle(void) {
    command_gives(1, "cat >$T/knot.lua <<'END'\nscenario { title = 'knot' }\nlocal c = { chan(), chan(), chan() }\n"
                     "for i = 2, 3 do go('node', function() c[i]:recv() c[i %% 3 + 1]:send(1) end) end\n"
                     "main(function() sleep '1ms' c[1]:recv() end)\nEND\n$F run --quiet --out $T/words.trace $T/knot.lua");
    says("g1 | tail -1", "That is a cycle: g1 main waits at knot.lua:4 for one of the 2 others to send, and each of them waits for "
                         "another; nobody can go on, for ever.\n");
    says("g2 --at 500us | tail -3", /* main still may */
         "g2 node waits to receive from chan (c1) at knot.lua:3, since 744ns: it is number 1 of 1 there, and the channel holds 0 of 0.\n"
         "Nobody sends there in this trace; g1 main could.\n"
         "g1 main sleeps since 530ns, until 1.00053ms, which is in 500.53us: it asked for that at knot.lua:4.\n");
}

/* Two that wait for each other while others go on: of them it is not known whether for ever. */
static void a_leak_is_told_as_a_cycle_of_this_trace(void) {
    command_gives(0, "cat >$T/leak.lua <<'END'\nscenario { title = 'leak' }\nlocal a, b = chan(), chan()\n"
                     "go('left', function() a:send(1) b:recv() b:recv() end)\n"
                     "go('right', function() a:recv() b:send(1) a:recv() end)\n"
                     "main(function() sleep '1ms' end)\nEND\n$F run --quiet --out $T/words.trace $T/leak.lua");
    says("g2 --at 500us | tail -1", "That is a cycle: g2 left waits at leak.lua:3 for g3 right, which waits at leak.lua:4 for g2 left; "
                                    "none of them goes on in this trace.\n");
}

/* Two locks in two orders: from who waits to who has it, and round. */
static void locks_are_explained_by_who_has_them(void) {
    command_gives(1, "cat >$T/orders.lua <<'END'\nscenario { title = 'orders', procs = 2 }\nlocal a, b = sync.Mutex('a'), sync.Mutex('b')\n"
                     "go('one', function() a:Lock() sleep '1ms' b:Lock() end)\n"
                     "go('two', function() b:Lock() sleep '1ms' a:Lock() end)\n"
                     "main(function() sleep '3ms' a:Lock() end)\nEND\n$F run --quiet --out $T/words.trace $T/orders.lua");
    says("g1",
         "The run is over; this is how it stood at its end.\n"
         "g1 main waits for sync.Mutex a (s0) at orders.lua:5, since 3.005995ms: it is number 2 of 2 there.\n"
         "g2 one has it, since 720ns at orders.lua:3.\n"
         "g2 one waits for sync.Mutex b (s1) at orders.lua:3, since 1.000835ms: it is number 1 of 1 there.\n"
         "g3 two has it, since 625ns at orders.lua:4.\n"
         "g3 two waits for sync.Mutex a (s0) at orders.lua:4, since 1.00093ms: it is number 1 of 2 there.\n"
         "g2 one has it, since 720ns at orders.lua:3.\n"
         "That is a cycle: g2 one waits at orders.lua:3 for g3 two, which waits at orders.lua:4 for g2 one; nobody in it can go on, "
         "for ever.\n");
    command_gives(1, "cat >$T/kept.lua <<'END'\nscenario { title = 'kept' }\nlocal rw, wg = sync.RWMutex('rw'), sync.WaitGroup('wg')\n"
                     "go('writer', function() rw:Lock() end)\n"
                     "go('reader', function() rw:RLock() end)\n"
                     "main(function() wg:Add(1) sleep '1ms' wg:Wait() end)\nEND\n$F run --quiet --out $T/words.trace $T/kept.lua");
    says("g1 | head -3",
         "The run is over; this is how it stood at its end.\n"
         "g1 main waits for sync.WaitGroup wg (s1) at kept.lua:5, since 1.000822ms: it is number 1 of 1 there.\n"
         "Its counter stands at 1, and has to be 0.\n");
    says("g2",
         "The run is over; this is how it stood at its end.\n"
         "g2 writer waits for sync.RWMutex rw (s0) at kept.lua:3, since 726ns: it is number 1 of 1 there.\n"
         "g3 reader has it to read, since 631ns at kept.lua:4.\n"
         "g3 reader has ended and did not give it back: nobody will, unless another goroutine does.\n");
}

/* A driver that puts its callbacks off: the function that would set the event is named, by the command that it is for. */
static void a_callback_that_was_not_made_is_told_of(void) {
    command_gives(0, "$F run --quiet --device none --out $T/words.trace scenarios/museum/24_callback_progress_wrong.lua");
#define LATE "24_callback_progress_wrong.lua"
    says("g1 --at 1ms",
         "g1 main is in C, in clFinish, on M0 since 3.865us.\n"
         "P0 is still attached and runs nothing, with 0 goroutines in its queue.\n"
         "sysmon saw this call at 20us and looks again in 20us; as P0 has no work and others are free, it leaves it there up to 10ms.\n"
         "The device has not begun scale (k2), enqueued at " LATE ":28.\n"
         "It waits for ready (k0).\n"
         "Nobody has set the event ready (k0) yet, made at " LATE ":21 by g1 main.\n"
         "scale (k1), enqueued at " LATE ":23, is done since 15.508us, and the driver has not called the function for it yet.\n"
         "g1 main called clFinish at " LATE ":30, at 3.865us, and sleeps in the driver until that is done.\n");
}

static void selects_and_device_graphs_are_followed(void) {
    command_gives(0, "cat >$T/selects.lua <<'END'\nscenario { title = 'selects' }\nlocal b = chan(0, 'b')\n"
                     "main(function() local ctx = context.WithTimeout(context.Background(), '5ms')\n"
                     "select { case.recv(b), case.recv(ctx:Done()) } end)\nEND\n"
                     "$F run --quiet --out $T/words.trace $T/selects.lua");
    says("g1 --at 1ms",
         "g1 main waits in a select at selects.lua:4, since 226ns: at the channels of 2 cases.\n"
         "Case 1 is to receive from b (c0): number 1 of 1 there; the channel holds 0 of 0, and nobody who lives has been at its other "
         "end.\n"
         "Case 2 is to receive from ctx.Done() (c1): number 1 of 1 there; the channel holds 0 of 0, and at its other end is the runtime.\n"
         "That is the Done channel of ctx0, made at selects.lua:3 by g1 main: it is over in 4.00017ms at the latest, or when somebody "
         "cancels it.\n"
         "In this run it comes to ctx.Done() (c1) in 4.000396ms, by g2.\n"
         "g2 does not exist yet: the runtime makes it in 4.000226ms at selects.lua:3.\n");
    command_gives(0, "cat >$T/graph.lua <<'END'\nscenario { title = 'graph' }\n"
                     "main(function() local d, h = cl.buffer('d', 64, 'floats'), C.malloc('h', 64, 'floats')\n"
                     "local up, go1 = cl.queue 'up', cl.user_event 'go'\n"
                     "local a = cl.write(d, h, { queue = up, after = go1 })\n"
                     "local k = cl.kernel('scale', d, 2.0):launch { after = a }\n"
                     "go('late', function() sleep '2ms' go1:complete() end)\n"
                     "k:wait() cl.release(d) C.free(h) end)\nEND\n"
                     "$F run --quiet --device none --out $T/words.trace $T/graph.lua");
    says("g1 --at 1ms",
         "g1 main is in C, in clWaitForEvents, on M0 since 43.846us.\n"
         "Its P0 was taken away at 80us, and is idle.\n"
         "The device has not begun scale (k2), enqueued at graph.lua:5.\n"
         "It waits for clEnqueueWriteBuffer (k1).\n"
         "The device has not begun clEnqueueWriteBuffer (k1), enqueued at graph.lua:4.\n"
         "It waits for go (k0).\n"
         "Nobody has set the event go (k0) yet, made at graph.lua:3 by g1 main.\n"
         "g1 main called clWaitForEvents at graph.lua:7, at 43.846us, and sleeps in the driver until that is done.\n");
}

static void nobody_else_is_told_as_such(void) {
    command_gives(1, "$F run --quiet --out $T/words.trace $S/wrong_deadlock.lua");
    says("g1",
         "The run is over; this is how it stood at its end.\n"
         "g1 main waits to receive from never (c0) at wrong_deadlock.lua:4, since 107ns: it is number 1 of 1 there, and the "
         "channel holds 0 of 0.\n"
         "There is no other goroutine that could send: g1 main waits at wrong_deadlock.lua:4, for ever.\n");
}

/* A state, a reason, an event that this program does not know: still a sentence, still the way back. */
static void the_unknown_degrades_to_a_true_sentence(void) {
    command_gives(0, "$F run --quiet --device none --out $T/why.trace $S/everything.lua");
    Held h = hold(temp_path("why.trace"));
    Diag d;
    Model *m = trace_model_at_ns(h.trace, 50000, &d);
    CU_ASSERT_PTR_NOT_NULL_FATAL(m);
    asked = unreached = 0;
    for (size_t i = 1; i < m->g_count; i++) m->g[i].state = m->g[i].state == G_NONE ? G_NONE : G_COUNT + 3;
    for (size_t i = 0; i < m->p_count; i++) m->p[i].state = P_COUNT + 3;
    for (size_t i = 0; i < m->m_count; i++) m->m[i].state = M_COUNT + 3;
    ask_about_others(&h, m, 50000);
    for (size_t i = 0; i < h.count; i++) h.event[i].kind = EV_COUNT;
    ask_about_others(&h, m, 50000);
    CU_ASSERT(asked > 20);
    CU_ASSERT_EQUAL(unreached, 0);
    model_free(m);
    held_free(&h);
}

void lens_why_tests(void) {
    static const Check checks[] = {
        {"at 1,000 times in every scenario each goroutine's chain reaches a line", every_chain_reaches_a_line},
        {"after each event everything has an answer", after_each_event_it_has_an_answer},
        {"a blocked scheduler is explained word for word", words_of_blocking},
        {"a move is explained word for word", words_of_a_move},
        {"stops, locks, tickers and the network are explained word for word", words_of_the_world},
        {"callbacks are explained word for word", words_of_callbacks},
        {"calls in callbacks are told apart", words_of_calls_in_callbacks},
        {"other ways, deadlines and what is not yet there are explained word for word", words_of_ways_and_deadlines},
        {"a deadlock is told as a cycle", a_deadlock_is_told_as_a_cycle},
        {"a deadlock of strangers is told as a cycle", a_deadlock_of_strangers_is_told_as_a_cycle},
        {"a leak is told as a cycle of this trace", a_leak_is_told_as_a_cycle_of_this_trace},
        {"locks are explained by who has them", locks_are_explained_by_who_has_them},
        {"selects and device graphs are followed", selects_and_device_graphs_are_followed},
        {"a callback that was not made is told of", a_callback_that_was_not_made_is_told_of},
        {"a wait that nobody can end is told as such", nobody_else_is_told_as_such},
        {"the unknown degrades to a true sentence", the_unknown_degrades_to_a_true_sentence},
        {0},
    };
    suite("why: causes", checks);
}
