/* sample.c -- a hand that writes runs: each function below is one thing that the runtime would do. */
#include "sample.h"

#include "../../sim/event/stream.h"
#include "../../sim/event/trace.h"
#include "../../sim/event/trace_format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    Stream *s;
    TraceWriter *w;
} Run;

/* What the next run is to be instead of what it says. */
static const char *every_name;
static double slower = 1;

#define S(text) stream_text(r->s, every_name ? every_name : (text))
#define ID(kind, n) ((Id_##kind){n})
#define DO(NAME, ...) EMIT(r->s, NAME, __VA_ARGS__)

/* clang-format off */
static const char source[] =
    "scenario { title = \"Who keeps P1 while C runs?\",\n"
    "           book = \"18.2.2\", procs = 3, seed = 42 }\n"
    "\n"
    "local batches = chan(\"batches\", 2)\n"
    "local tokens  = chan(\"tokens\", 4)\n"
    "local x, kv, y = heap.floats(\"x\"), heap.floats(\"kv\"), heap.floats(\"y\")\n"
    "\n"
    "local attn = cl.kernel(\"attn_fwd\", { x, kv, y })\n"
    "go(\"tokenizer\", tokenize)\n"
    "go(\"batcher\", batch)\n"
    "\n"
    "go(\"launcher\", function()\n"
    "  for b in batches:each() do\n"
    "    x:copy_from(b)\n"
    "    attn:launch(x, kv, y)\n"
    "    cl.finish()      -- blocks in C\n"
    "    tokens:send(y:read())\n"
    "  end\n"
    "end)\n"
    "\n"
    "go(\"streamer\", function()\n"
    "  for t in tokens:each() do show(t) end\n"
    "end)\n"
    "\n"
    "main(function() sleep \"12ms\" end)\n";
/* clang-format on */

static void at(Run *r, double us) {
    r->s->now_ns = (uint64_t)(us * 1000 * slower + .5);
    stream_because(r->s, 0);
}

static void begin(Run *r, const char *path, const char *title, unsigned procs) {
    Diag d;
    char options[512];
    if (!trace_create(&r->w, path, false, &d)) {
        diag_print(&d, stderr);
        exit(EXIT_WORLD);
    }
    snprintf(options, sizeof options,
             "title=%s\nbook=18.2.2\nsection=The block the scheduler cannot "
             "see\nfile=18_2_2_handoff.lua\ngo=1.26\nseed=42\nprocs=%u\ndevice=pocl CPU\n",
             title, procs);
    trace_section(r->w, "options", options, strlen(options));
    trace_section(r->w, "scenario", source, strlen(source));
    r->s = stream_new();
    stream_add(r->s, trace_sink, r->w);
    at(r, 0);
    DO(RUN_START, ID(COUNT, procs), ID(COUNT, 42));
}

static void end(Run *r) {
    Diag d;
    stream_flush(r->s);
    if (!trace_finish(r->w, &d)) diag_print(&d, stderr);
    stream_free(r->s);
}

static void acquire(Run *r, uint64_t p, uint64_t m) {
    DO(P_IDLE_GET, ID(P, p));
    DO(P_ACQUIRE, ID(P, p), ID(M, m));
}

static void thread_for(Run *r, uint64_t m, uint64_t p) {
    DO(M_NEW, ID(M, m), ID(P, p), ID(FLAG, 0));
    DO(M_START, ID(M, m));
    acquire(r, p, m);
}

static void create(Run *r, uint64_t g, const char *name, uint64_t line) {
    DO(GO_CREATE, ID(G, g), ID(G, g > 1 ? 1 : NONE), S(name), ID(LINE, line));
}

static void create_on(Run *r, uint64_t p, uint64_t g, const char *name) {
    create(r, g, name, 9);
    DO(RUNQ_PUT, ID(P, p), ID(G, g));
}

static void run_own(Run *r, uint64_t p, uint64_t m, uint64_t g) {
    DO(RUNQ_GET, ID(P, p), ID(G, g), ID(FLAG, 0));
    DO(GO_START, ID(G, g), ID(P, p), ID(M, m), ID(FLAG, 0));
}

static void create_and_run(Run *r, uint64_t p, uint64_t m, uint64_t g, const char *name) {
    create_on(r, p, g, name);
    run_own(r, p, m, g);
}

static void park(Run *r, uint64_t g, const char *reason) {
    DO(GO_BLOCK, ID(G, g), S(reason), ID(LINE, 0));
}

static void queue_at(Run *r, uint64_t g, uint64_t c, bool sending) {
    DO(CHAN_QUEUE, ID(G, g), ID(CHAN, c), ID(FLAG, sending), ID(LINE, 17));
    park(r, g, sending ? "chan send" : "chan receive");
}

static void look(Run *r, double us) {
    at(r, us);
    DO(SYSMON_LOOK, ID(COUNT, 0), ID(NS, 20000));
}

/* ---------------------------------------------------------------- the stage of the design */

static void handoff_begin(Run *r) {
    acquire(r, 0, 0);
    create_and_run(r, 0, 0, 1, "main");
    DO(CHAN_MAKE, ID(CHAN, 0), ID(COUNT, 8), S("reqs"), ID(LINE, 3));
    DO(CHAN_MAKE, ID(CHAN, 1), ID(COUNT, 2), S("batches"), ID(LINE, 4));
    DO(CHAN_MAKE, ID(CHAN, 2), ID(COUNT, 4), S("tokens"), ID(LINE, 5));
    DO(OBJ_NEW, ID(OBJ, 0), ID(BYTES, 40 << 20), ID(ADDR, 0xc080000000), S("kv cache"), ID(LINE, 6));
    DO(OBJ_NEW, ID(OBJ, 1), ID(BYTES, 8 << 20), ID(ADDR, 0xc082800000), S("tensor x"), ID(LINE, 6));
    DO(OBJ_NEW, ID(OBJ, 2), ID(BYTES, 2 << 20), ID(ADDR, 0xc083000000), S("frame"), ID(LINE, 6));
    for (int i = 0; i < 5; i++) DO(CHAN_SEND, ID(G, 1), ID(CHAN, 0), ID(G, NONE), ID(LINE, 9));
    at(r, 3000);
    thread_for(r, 2, 2);
    thread_for(r, 3, 1);
    park(r, 1, "WaitGroup");
    create_and_run(r, 0, 0, 6, "streamer");
    queue_at(r, 6, 2, false);
    create_and_run(r, 0, 0, 10, "batcher");
    for (int i = 0; i < 2; i++) DO(CHAN_SEND, ID(G, 10), ID(CHAN, 1), ID(G, NONE), ID(LINE, 10));
    at(r, 3100);
    queue_at(r, 10, 1, true);
    at(r, 3380);
    create_and_run(r, 0, 0, 4, "tokenizer");
    create_and_run(r, 1, 3, 7, "launcher");
    create_and_run(r, 2, 2, 8, "indexer");
}

static void handoff_launch(Run *r) {
    at(r, 3398);
    DO(DEV_ENQUEUE, ID(CMD, 0), ID(QUEUE, 0), ID(G, 7), S("write x"), ID(COUNT, 65536),
       ID(LINE, 14));
    DO(DEV_ARG, ID(CMD, 0), ID(OBJ, 1), ID(FLAG, 1));
    DO(DEV_START, ID(CMD, 0), ID(COUNT, 8), ID(NS, 15500));
    DO(PIN, ID(G, 7), ID(OBJ, 1), ID(LINE, 14));
    DO(DEV_ENQUEUE, ID(CMD, 1), ID(QUEUE, 0), ID(G, 7), S("attn_fwd"), ID(COUNT, 1 << 20),
       ID(LINE, 15));
    DO(DEV_ARG, ID(CMD, 1), ID(OBJ, 1), ID(FLAG, 0));
    DO(DEV_ARG, ID(CMD, 1), ID(OBJ, 0), ID(FLAG, 0));
    DO(DEV_ENQUEUE, ID(CMD, 2), ID(QUEUE, 0), ID(G, 7), S("read y"), ID(COUNT, 65536),
       ID(LINE, 15));
    at(r, 3412);
    DO(CGO_ENTER, ID(G, 7), ID(P, 1), ID(M, 3), S("clFinish"), ID(LINE, 16));
    DO(DEV_WAIT, ID(G, 7), ID(M, 3), ID(QUEUE, 0));
    at(r, 3413.5);
    DO(DEV_DONE, ID(CMD, 0));
    DO(DEV_START, ID(CMD, 1), ID(COUNT, 64), ID(NS, 92900));
}

static void handoff_queues(Run *r) {
    at(r, 3414);
    create_on(r, 0, 9, "tokenizer");
    create_on(r, 0, 11, "tokenizer");
    create(r, 15, "logger", 9);
    DO(RUNQ_NEXT, ID(P, 0), ID(G, 15), ID(G, NONE));
    create_on(r, 1, 12, "handler");
    create_on(r, 1, 13, "handler");
    create_on(r, 1, 14, "handler");
    create_on(r, 1, 16, "handler");
    create_on(r, 2, 17, "tokenizer");
    create_on(r, 2, 5, "tokenizer");
    create(r, 20, "late", 9);
    DO(GLOBQ_PUT, ID(G, 20));
    create(r, 21, "late", 9);
    DO(GLOBQ_PUT, ID(G, 21));
}

static void handoff_retake(Run *r) {
    look(r, 3432);
    DO(SYSMON_SEES, ID(P, 1), ID(M, 3), ID(G, 7));
    at(r, 3442);
    DO(GO_STOP, ID(G, 8), S("preempted"));
    DO(GLOBQ_PUT, ID(G, 8));
    run_own(r, 2, 2, 17);
    look(r, 3452);
    DO(P_RETAKE, ID(P, 1), ID(M, 3), ID(G, 7), ID(NS, 20000), ID(M, 1));
    DO(P_HANDOFF, ID(P, 1), S("run queue is not empty"));
    uint64_t cause = r->s->last_seq;
    at(r, 3453.5);
    stream_because(r->s, cause);
    DO(M_NEW, ID(M, 4), ID(P, 1), ID(FLAG, 0));
    cause = r->s->last_seq;
    at(r, 3470);
    stream_because(r->s, cause);
    DO(M_START, ID(M, 4));
    DO(P_ACQUIRE, ID(P, 1), ID(M, 4));
    DO(RUNQ_GET, ID(P, 1), ID(G, 12), ID(FLAG, 0));
    DO(GO_START, ID(G, 12), ID(P, 1), ID(M, 4), ID(FLAG, 0));
}

static void handoff_finish(Run *r) {
    look(r, 3472);
    at(r, 3480);
    DO(NOTE, ID(G, 12), S("The launch has returned; the work has not been done."), ID(LINE, 16));
    at(r, 3506.4);
    DO(DEV_DONE, ID(CMD, 1));
    DO(DEV_START, ID(CMD, 2), ID(COUNT, 8), ID(NS, 9000));
    at(r, 3515.4);
    DO(DEV_DONE, ID(CMD, 2));
    DO(DEV_IDLE, ID(QUEUE, 0));
    DO(CGO_EXIT_WAIT, ID(G, 7), ID(M, 3));
    DO(GLOBQ_PUT, ID(G, 7));
    DO(M_PARK, ID(M, 3));
    for (double us = 3520; us < 12000; us += 160) look(r, us);
    at(r, 12000);
    DO(RUN_END, ID(COUNT, 0));
}

void sample_handoff(const char *path) {
    Run run, *r = &run;
    begin(r, path, "Who keeps P1 while C runs?", 3);
    handoff_begin(r);
    handoff_launch(r);
    handoff_queues(r);
    handoff_retake(r);
    handoff_finish(r);
    end(r);
}

void sample_named(const char *path, const char *name) {
    every_name = name;
    sample_handoff(path);
    every_name = NULL;
}

void sample_slow(const char *path) {
    slower = 1e8;
    sample_handoff(path);
    slower = 1;
}

/* The writer would refuse it, so the last block is made by hand: whole, and wrong. */
static void append_impossible(const char *path, uint64_t last_seq, uint64_t last_ns) {
    Event e = {.time_ns = last_ns + 1000,
               .seq = last_seq + 1,
               .kind = EV_P_RETAKE,
               .arg = {0, 0, 4, 20000, 1}};
    uint8_t payload[EVENT_BYTES_MAX], head[TRACE_HEADER_BYTES];
    size_t len = (size_t)(event_encode(payload, &e, last_ns) - payload);
    BlockHeader h = {
        TRACE_BLOCK_MAGIC, BLOCK_EVENTS, (uint32_t)len, 1, e.seq, last_ns, e.time_ns, 0};
    header_put(head, &h);
    h.checksum = block_checksum(head, payload, len);
    header_put(head, &h);
    FILE *f = fopen(path, "r+b");
    fseek(f, -TRACE_HEADER_BYTES, SEEK_END); /* over the end mark */
    fwrite(head, 1, sizeof head, f);
    fwrite(payload, 1, len, f);
    fclose(f);
}

void sample_impossible(const char *path) {
    Run run, *r = &run;
    begin(r, path, "A trace that cannot be", 3);
    handoff_begin(r);
    handoff_launch(r);
    handoff_queues(r);
    uint64_t last_seq = r->s->last_seq, last_ns = r->s->last_ns;
    end(r);
    append_impossible(path, last_seq, last_ns);
}

/* ---------------------------------------------------------------- the others */

void sample_bare(const char *path) {
    Run run, *r = &run;
    begin(r, path, "Nothing yet", 1);
    end(r);
}

void sample_plain(const char *path) {
    Run run, *r = &run;
    begin(r, path,
          "Goroutines only, and a title that is far too long for the bar it has to stand in", 2);
    acquire(r, 0, 0);
    create_and_run(r, 0, 0, 1, "main");
    thread_for(r, 2, 1);
    create_and_run(r, 1, 2, 2, "worker");
    for (uint64_t g = 3; g < 12; g++) {
        at(r, 10.0 * (double)g);
        create_on(r, g % 2, g, "worker");
    }
    at(r, 400);
    DO(GO_STOP, ID(G, 2), S("preempted"));
    DO(GLOBQ_PUT, ID(G, 2));
    run_own(r, 1, 2, 3);
    at(r, 500);
    DO(RUN_END, ID(COUNT, 0));
    end(r);
}

void sample_deadlock(const char *path) {
    Run run, *r = &run;
    begin(r, path, "Two that wait", 2);
    acquire(r, 0, 0);
    create_and_run(r, 0, 0, 1, "main");
    DO(CHAN_MAKE, ID(CHAN, 0), ID(COUNT, 0), S("done"), ID(LINE, 4));
    create_on(r, 0, 2, "waiter");
    at(r, 5);
    queue_at(r, 1, 0, false);
    run_own(r, 0, 0, 2);
    at(r, 9);
    queue_at(r, 2, 0, false);
    DO(P_RELEASE, ID(P, 0), ID(M, 0));
    DO(P_IDLE_PUT, ID(P, 0));
    DO(M_PARK, ID(M, 0));
    DO(DEADLOCK, ID(COUNT, 2), S("all goroutines are asleep - deadlock!"));
    DO(RUN_END, ID(COUNT, 2));
    end(r);
}

static void crowd_waiting(Run *r) {
    static const char *const reasons[] = {"chan receive", "sleep", "select", "sync.Mutex.Lock"};
    for (uint64_t c = 0; c < 7; c++) {
        char name[32];
        snprintf(name, sizeof name, c == 3 ? "a_channel_with_a_very_long_name" : "pipe%llu",
                 (unsigned long long)c);
        DO(CHAN_MAKE, ID(CHAN, c), ID(COUNT, c == 5 ? 1000 : c * 2), S(name), ID(LINE, 4));
    }
    for (int i = 0; i < 640; i++) DO(CHAN_SEND, ID(G, 1), ID(CHAN, 5), ID(G, NONE), ID(LINE, 9));
    for (int i = 0; i < 2; i++) DO(CHAN_SEND, ID(G, 1), ID(CHAN, 1), ID(G, NONE), ID(LINE, 9));
    park(r, 1, "sync.WaitGroup.Wait");
    for (uint64_t g = 2; g < 40; g++) {
        create_and_run(r, 0, 0, g, "a goroutine with a long name");
        if (g < 12) queue_at(r, g, 1, true);
        else if (g < 20) queue_at(r, g, 2, false);
        else park(r, g, reasons[g % 4]);
    }
    for (uint64_t o = 0; o < 30; o++) {
        DO(OBJ_NEW, ID(OBJ, o), ID(BYTES, 1024u << (o % 8)),
           ID(ADDR, 0xc000000000 + (o << 20)), S(o % 3 ? "obj" : "an object with a long name"), ID(LINE, 6));
        if (o % 7 == 0) DO(PIN, ID(G, NONE), ID(OBJ, o), ID(LINE, 14));
    }
}

static void crowd_ps(Run *r, unsigned procs, uint64_t *g) {
    for (uint64_t p = 1; p < procs; p++) {
        at(r, 100 + (double)p);
        thread_for(r, p + 1, p);
        create_and_run(r, p, p + 1, (*g)++, "worker");
        for (uint64_t k = 0; k < (p * 7) % 40; k++) create_on(r, p, (*g)++, "queued");
        if (p % 3 == 1) {
            create(r, *g, "next", 9);
            DO(RUNQ_NEXT, ID(P, p), ID(G, (*g)++), ID(G, NONE));
        }
    }
}

/* Thread after thread takes P0, runs a goroutine into C, and loses the P. */
static void crowd_in_c(Run *r, unsigned procs, unsigned in_c, uint64_t *g) {
    uint64_t m = 0;
    for (uint64_t i = 0; i < in_c; i++) {
        at(r, 1000 + 50 * (double)i);
        create_and_run(r, 0, m, *g, i % 2 ? "launcher" : "a launcher with a long name");
        at(r, 1003 + 50 * (double)i);
        DO(CGO_ENTER, ID(G, *g), ID(P, 0), ID(M, m),
           S(i % 3 ? "clFinish" : "clEnqueueNDRangeKernel"), ID(LINE, 16));
        if (i + 1 == in_c) break;
        look(r, 1010 + 50 * (double)i);
        DO(SYSMON_SEES, ID(P, 0), ID(M, m), ID(G, *g));
        look(r, 1030 + 50 * (double)i);
        DO(P_RETAKE, ID(P, 0), ID(M, m), ID(G, *g), ID(NS, 20000), ID(M, 1));
        m = procs + 1 + i;
        DO(M_NEW, ID(M, m), ID(P, 0), ID(FLAG, 0));
        at(r, 1040 + 50 * (double)i);
        DO(M_START, ID(M, m));
        DO(P_ACQUIRE, ID(P, 0), ID(M, m));
        (*g)++;
    }
}

void sample_crowd(const char *path, unsigned procs, unsigned in_c) {
    Run run, *r = &run;
    begin(r, path, "A crowd", procs);
    acquire(r, 0, 0);
    create_and_run(r, 0, 0, 1, "main");
    crowd_waiting(r);
    uint64_t g = 40;
    crowd_ps(r, procs, &g);
    for (unsigned i = 0; i < 300; i++) {
        create(r, g, "late", 9);
        DO(GLOBQ_PUT, ID(G, g++));
    }
    if (in_c) crowd_in_c(r, procs, in_c, &g);
    for (uint64_t k = 0; k < 9; k++) {
        DO(DEV_ENQUEUE, ID(CMD, k), ID(QUEUE, 0), ID(G, NONE),
           S(k % 2 ? "k" : "a_kernel_with_a_long_name"), ID(COUNT, 65536), ID(LINE, 14));
        if (k == 0) DO(DEV_ARG, ID(CMD, k), ID(OBJ, 7), ID(FLAG, 1));
    }
    DO(DEV_START, ID(CMD, 0), ID(COUNT, 8), ID(NS, 15500000));
    at(r, 5000000);
    DO(RUN_END, ID(COUNT, 0));
    end(r);
}

void sample_long(const char *path, uint64_t events) {
    Run run, *r = &run;
    begin(r, path, "A long run", 4);
    acquire(r, 0, 0);
    create_and_run(r, 0, 0, 1, "main");
    DO(CHAN_MAKE, ID(CHAN, 0), ID(COUNT, 8), S("work"), ID(LINE, 3));
    for (uint64_t p = 1; p < 4; p++) {
        thread_for(r, p + 1, p);
        create_and_run(r, p, p + 1, p + 1, "worker");
    }
    uint64_t running[4] = {1, 2, 3, 4}, x = 42;
    bool partner[4] = {false};
    for (double us = 10; r->s->last_seq < events; us += 1.7) {
        uint64_t p = (x = x * 6364136223846793005u + 1442695040888963407u) >> 62, m = p ? p + 1 : 0,
                 g = running[p];
        at(r, us);
        if (x >> 40 & 1) {
            DO(CGO_ENTER, ID(G, g), ID(P, p), ID(M, m), S("clSetKernelArg"), ID(LINE, 16));
            at(r, us + .1);
            DO(CGO_EXIT_FAST, ID(G, g), ID(P, p), ID(M, m));
            continue;
        }
        uint64_t next = g < 100 ? g + 100 : g - 100; /* two take turns on each P */
        DO(GO_STOP, ID(G, g), S("preempted"));
        if (partner[p]) DO(RUNQ_GET, ID(P, p), ID(G, next), ID(FLAG, 0));
        else create(r, next, "partner", 9);
        partner[p] = true;
        DO(RUNQ_PUT, ID(P, p), ID(G, g));
        DO(GO_START, ID(G, next), ID(P, p), ID(M, m), ID(FLAG, 0));
        running[p] = next;
    }
    DO(RUN_END, ID(COUNT, 0));
    end(r);
}

void sample_waiters(const char *path, uint64_t goroutines) {
    Run run, *r = &run;
    begin(r, path, "Many wait", 1);
    acquire(r, 0, 0);
    create_and_run(r, 0, 0, 1, "main");
    for (uint64_t g = 2; g <= goroutines; g++) {
        at(r, (double)g * 3);
        create_on(r, 0, g, "waiter");
        DO(GO_STOP, ID(G, 1), S("preempted"));
        DO(RUNQ_PUT, ID(P, 0), ID(G, 1));
        run_own(r, 0, 0, g);
        at(r, (double)g * 3 + 1);
        park(r, g, "chan receive");
        run_own(r, 0, 0, 1);
    }
    DO(RUN_END, ID(COUNT, 0));
    end(r);
}

void sample_stopped(const char *path) {
    Run run = {0}, *r = &run;
    begin(r, path, "The world stops", 3);
    acquire(r, 0, 0);
    create_and_run(r, 0, 0, 1, "main");
    DO(C_THREAD, ID(CTHREAD, 0), S("logger"), ID(LINE, 3));
    DO(C_THREAD, ID(CTHREAD, 1), S("audio"), ID(LINE, 4));
    DO(EXTRA_NEW, ID(M, 2), ID(G, 17));
    DO(NEEDM, ID(M, 2), ID(CTHREAD, 1), ID(G, 17));
    DO(EXTRA_NEW, ID(M, 3), ID(G, 18));
    DO(M_TEMPLATE, ID(M, 4));
    at(r, 2);
    thread_for(r, 5, 1);
    create_and_run(r, 1, 5, 2, "locked");
    DO(LOCK_THREAD, ID(G, 2), ID(M, 5), ID(COUNT, 1), ID(LINE, 7));
    at(r, 8);
    DO(GO_END, ID(G, 2));
    DO(P_RELEASE, ID(P, 1), ID(M, 5));
    DO(P_IDLE_PUT, ID(P, 1));
    DO(M_END, ID(M, 5), ID(G, 2));
    at(r, 10);
    DO(STW_BEGIN, ID(G, 1), S("GOMAXPROCS"), ID(LINE, 9));
    DO(P_STOP_OWN, ID(P, 0), ID(M, 0));
    for (uint64_t p = 1; p < 3; p++) {
        DO(P_IDLE_GET, ID(P, p));
        DO(P_STOP, ID(P, p));
    }
    DO(STW_STOPPED, ID(G, 1), ID(NS, 0));
    at(r, 32);
    DO(PROCS, ID(COUNT, 2), ID(LINE, 9));
    DO(P_START_OWN, ID(P, 0), ID(M, 0));
    DO(P_DRAIN, ID(P, 2), ID(COUNT, 0));
    DO(P_KILL, ID(P, 2));
    DO(P_START, ID(P, 1));
    DO(P_IDLE_PUT, ID(P, 1));
    DO(STW_END, ID(G, 1), ID(NS, 22000));
    at(r, 40);
    DO(RUN_END, ID(COUNT, 0));
    end(r);
}
