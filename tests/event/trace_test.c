/* trace_test.c -- the file: written, read back, cut, damaged, tailed, searched. */
#include "../check.h"
#include "../program.h"

#include "../../sim/event/pump.h"
#include "../../sim/event/text.h"
#include "../../sim/event/trace.h"
#include "../../sim/event/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- a run of two goroutines over a channel, written to a file ---- */

typedef struct {
    uint64_t rounds;
    uint64_t position[4];
} PingPong;

/* Body 0: send on 0, receive on 1; body 1: receive on 0, send on 1. */
static void next_ping_pong(void *ctx, World *w, uint64_t body, OpResult last, Op *out) {
    PingPong *pp = ctx;
    uint64_t at = pp->position[body]++;
    if (body == 0 && at == 0) {
        *out = (Op){.kind = OP_GO, .a = 1, .text = stream_text(w->s, "pong"), .line = 3};
        return;
    }
    if (body == 0) at--;
    bool first_half = at % 2 == 0;
    if (at == 2 * pp->rounds) *out = (Op){.kind = OP_END};
    else if (body == 0)
        *out = (Op){.kind = first_half ? OP_SEND : OP_RECV, .a = first_half ? 0 : 1, .line = 4};
    else *out = (Op){.kind = first_half ? OP_RECV : OP_SEND, .a = first_half ? 0 : 1, .line = 5};
    (void)last;
}

static bool write_run_by(const char *path, uint64_t rounds, bool pumped, Diag *d) {
    PingPong pp = {.rounds = rounds};
    TraceWriter *tw;
    Dev *dev;
    if (!trace_create(&tw, path, false, d)) return false;
    trace_section(tw, "options", "title=Ping\nseed=1\n", 18);
    trace_section(tw, "scenario", "-- no text\n", 11);
    trace_aside(tw, "device", "none", 4);
    CU_ASSERT_FATAL(dev_open(&dev, "none", d));
    Stream *s = stream_new();
    Watch watch;
    Pump *pump = pumped ? pump_new() : NULL;
    watch_init(&watch, pumped ? pump_text(pump) : s->text);
    trace_follow(tw, watch.model);
    if (pumped) {
        pump_add(pump, trace_sink, tw);
        pump_add(pump, watch_sink, &watch);
        pump_from(pump, s);
    } else {
        stream_add(s, trace_sink, tw);
        stream_add(s, watch_sink, &watch);
    }
    WorldOptions opt = {.procs = 2, .seed = 1};
    costs_default(&opt.costs);
    World *w = world_new(s, dev, (Prog){.ctx = &pp, .next = next_ping_pong}, &opt);
    world_chan(w, 0, "ping", 1);
    world_chan(w, 1, "pong", 2);
    world_main(w, 0, 0);
    world_run(w);
    CU_ASSERT_EQUAL(w->outcome, RUN_EXITED);
    stream_flush(s);
    world_free(w);
    if (pumped) pump_drain(pump);
    bool ok = trace_finish(tw, d);
    pump_free(pump);
    watch_free(&watch);
    stream_free(s);
    dev_close(dev);
    return ok;
}

static bool write_run(const char *path, uint64_t rounds, Diag *d) {
    return write_run_by(path, rounds, false, d);
}

static char *read_bytes(const char *path, size_t *len) {
    FILE *f = fopen(path, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fseek(f, 0, SEEK_END);
    *len = (size_t)ftell(f);
    rewind(f);
    char *b = mem_alloc(*len + 1);
    CU_ASSERT_EQUAL_FATAL(fread(b, 1, *len, f), *len);
    fclose(f);
    return b;
}

/* Reads everything there is; the number of events that could be read and applied. */
static uint64_t read_all(Trace *t) {
    TraceCursor *c = trace_cursor(t);
    Model *m = model_new(trace_text(t));
    char why[MODEL_WHY_MAX], line[EVENT_TEXT_MAX];
    uint64_t n = 0;
    for (Event e; trace_next(c, &e); n++) {
        event_text(line, &e, trace_text(t));
        if (!model_apply(m, &e, why)) break;
    }
    model_free(m);
    trace_cursor_free(c);
    return n;
}

static void what_was_written_is_read(void) {
    Diag d;
    Trace *t;
    const char *path = temp_path("whole.trace");
    CU_ASSERT_FATAL(write_run(path, 10, &d));
    CU_ASSERT_FATAL(trace_open(&t, path, &d));
    CU_ASSERT_EQUAL(trace_state(t), TRACE_COMPLETE);
    CU_ASSERT_STRING_EQUAL(trace_state_text(t), "");
    CU_ASSERT_STRING_EQUAL(trace_option(t, "title"), "Ping");
    CU_ASSERT_STRING_EQUAL(trace_option(t, "tit"), "");
    CU_ASSERT_STRING_EQUAL(trace_get(t, "device", NULL), "none");
    CU_ASSERT_PTR_NULL(trace_get(t, "absent", NULL));
    CU_ASSERT_EQUAL(read_all(t), trace_event_count(t));
    TraceCursor *c = trace_cursor(t);
    Event e;
    CU_ASSERT(trace_next(c, &e));
    CU_ASSERT_EQUAL(e.kind, EV_RUN_START);
    trace_seek_seq(c, trace_event_count(t));
    CU_ASSERT(trace_next(c, &e));
    CU_ASSERT_EQUAL(e.kind, EV_RUN_END);
    CU_ASSERT_EQUAL(e.seq, trace_event_count(t));
    CU_ASSERT_FALSE(trace_next(c, &e));
    trace_cursor_free(c);
    trace_close(t);
}

static void the_same_run_is_the_same_bytes(void) {
    Diag d;
    size_t la, lb;
    CU_ASSERT_FATAL(write_run(temp_path("a.trace"), 50, &d));
    CU_ASSERT_FATAL(write_run(temp_path("b.trace"), 50, &d));
    char *a = read_bytes(temp_path("a.trace"), &la), *b = read_bytes(temp_path("b.trace"), &lb);
    CU_ASSERT_EQUAL(la, lb);
    CU_ASSERT(la == lb && memcmp(a, b, la) == 0);
    free(a);
    free(b);
}

/* The other thread writes the same file, however the two are scheduled. */
static void the_pump_changes_nothing(void) {
    Diag d;
    size_t la, lb;
    CU_ASSERT_FATAL(write_run_by(temp_path("a.trace"), 30000, false, &d));
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_FATAL(write_run_by(temp_path("b.trace"), 30000, true, &d));
        char *a = read_bytes(temp_path("a.trace"), &la), *b = read_bytes(temp_path("b.trace"), &lb);
        CU_ASSERT(la == lb && memcmp(a, b, la) == 0);
        free(a);
        free(b);
    }
}

/* Whatever is cut off: no crash, an offset in the message, and whole blocks are still read. */
static void every_truncation_is_survived(void) {
    Diag d;
    size_t len;
    const char *cut = temp_path("cut.trace");
    CU_ASSERT_FATAL(write_run(temp_path("t.trace"), 3, &d));
    char *b = read_bytes(temp_path("t.trace"), &len);
    size_t shown = 0;
    for (size_t n = 0; n < len; n++) {
        Trace *t;
        check_write(cut, b, n);
        if (!trace_open(&t, cut, &d)) {
            CU_ASSERT_EQUAL(d.status, EXIT_WORLD);
            CU_ASSERT(d.message[0] != '\0');
            continue;
        }
        CU_ASSERT_EQUAL(trace_state(t), TRACE_OPEN);
        CU_ASSERT_PTR_NOT_NULL(strstr(trace_state_text(t), "byte"));
        CU_ASSERT_EQUAL(read_all(t), trace_event_count(t));
        shown += trace_event_count(t) > 0;
        trace_close(t);
    }
    CU_ASSERT(shown > 0); /* the end mark was cut, the events were not */
    free(b);
}

/* Whatever byte is changed, in one bit or in all: no crash, and it is noticed. */
static void every_damaged_byte_is_noticed(void) {
    Diag d;
    size_t len;
    const char *bad = temp_path("bad.trace");
    CU_ASSERT_FATAL(write_run(temp_path("t.trace"), 3, &d));
    char *b = read_bytes(temp_path("t.trace"), &len);
    size_t unnoticed = 0;
    for (size_t i = 0; i < len; i++) {
        for (int k = 0; k < 2; k++) {
            char old = b[i], hash[HASH_TEXT_MAX];
            b[i] = (char)(k ? ~old : old ^ (1 << i % 8));
            check_write(bad, b, len);
            b[i] = old;
            Trace *t;
            if (!trace_open(&t, bad, &d)) continue;
            read_all(t);
            trace_hash(t, hash, &d);
            model_free(trace_model_at_ns(t, UINT64_MAX, &d));
            unnoticed += trace_state(t) == TRACE_COMPLETE;
            trace_close(t);
        }
    }
    CU_ASSERT_EQUAL(unnoticed, 0);
    free(b);
}

static void bytes_after_the_end_are_noticed(void) {
    Diag d;
    Trace *t;
    size_t len;
    CU_ASSERT_FATAL(write_run(temp_path("t.trace"), 3, &d));
    char *b = read_bytes(temp_path("t.trace"), &len);
    b[len] = 'x';
    check_write(temp_path("bad.trace"), b, len + 1);
    CU_ASSERT_FATAL(trace_open(&t, temp_path("bad.trace"), &d));
    CU_ASSERT_EQUAL(trace_state(t), TRACE_DAMAGED);
    CU_ASSERT_PTR_NOT_NULL(strstr(trace_state_text(t), "1 bytes follow"));
    trace_close(t);
    free(b);
}

static void a_growing_file_can_be_tailed(void) {
    Diag d;
    size_t len;
    const char *path = temp_path("grow.trace");
    CU_ASSERT_FATAL(write_run(temp_path("long.trace"), 20000, &d));
    char *b = read_bytes(temp_path("long.trace"), &len);
    check_write(path, b, len / 3);
    Trace *t;
    CU_ASSERT_FATAL(trace_open(&t, path, &d));
    CU_ASSERT_EQUAL(trace_state(t), TRACE_OPEN);
    uint64_t before = trace_event_count(t);
    CU_ASSERT(before > 0);
    CU_ASSERT_FALSE(trace_poll(t));
    check_write(path, b, len);
    CU_ASSERT(trace_poll(t));
    CU_ASSERT_EQUAL(trace_state(t), TRACE_COMPLETE);
    CU_ASSERT(trace_event_count(t) > before);
    CU_ASSERT_EQUAL(read_all(t), trace_event_count(t));
    trace_close(t);
    free(b);
}

/* A checkpoint and the way from it give the same world as the whole way from the start. */
static void any_time_is_reached_from_a_checkpoint(void) {
    Diag d;
    Trace *t;
    CU_ASSERT_FATAL(write_run(temp_path("long.trace"), 60000, &d));
    CU_ASSERT_FATAL(trace_open(&t, temp_path("long.trace"), &d));
    uint64_t count = trace_event_count(t);
    uint64_t wanted[] = {1, count / 3, count / 2, count - 1, count};
    Model *m = model_new(trace_text(t));
    TraceCursor *c = trace_cursor(t);
    char why[MODEL_WHY_MAX] = "";
    size_t i = 0;
    for (Event e; i < ARRAY_LEN(wanted) && trace_next(c, &e);) {
        CU_ASSERT_FATAL(model_apply(m, &e, why));
        if (e.seq != wanted[i]) continue;
        Model *at = trace_model_at_seq(t, wanted[i], &d);
        CU_ASSERT_PTR_NOT_NULL_FATAL(at);
        Bytes a = {0}, b = {0};
        model_save(m, &a);
        model_save(at, &b);
        CU_ASSERT(a.len == b.len && memcmp(a.data, b.data, a.len) == 0);
        bytes_free(&a);
        bytes_free(&b);
        model_free(at);
        i++;
    }
    CU_ASSERT_EQUAL(i, ARRAY_LEN(wanted));
    trace_cursor_free(c);
    model_free(m);
    trace_close(t);
}

static void a_full_disk_is_reported(void) {
    Diag d;
    if (access("/dev/full", W_OK) != 0) {
        check_skip("no /dev/full");
        return;
    }
    CU_ASSERT_FALSE(write_run("/dev/full", 3, &d));
    CU_ASSERT_EQUAL(d.status, EXIT_WORLD);
    CU_ASSERT_PTR_NOT_NULL(strstr(d.message, "No space left"));
    CU_ASSERT(d.remedy[0] != '\0');
}

static void what_is_no_trace_is_refused(void) {
    Diag d;
    Trace *t;
    CU_ASSERT_FALSE(trace_open(&t, "/no/such/file", &d));
    CU_ASSERT_PTR_NULL(t);
    check_write(temp_path("text"), "hello, world: no trace", 22);
    CU_ASSERT_FALSE(trace_open(&t, temp_path("text"), &d));
    CU_ASSERT_PTR_NOT_NULL(strstr(d.message, "not a faultline trace"));
    CU_ASSERT_FALSE(trace_open(&t, "/", &d));
    CU_ASSERT_FALSE(trace_create(&(TraceWriter *){NULL}, "/no/such/folder/x", false, &d));
}

/* The hash is of what happened: not of the device, nor of where blocks end. */
static void the_hash_leaves_the_device_out(void) {
    Diag d;
    char hash[2][HASH_TEXT_MAX];
    for (int i = 0; i < 2; i++) {
        TraceWriter *tw;
        CU_ASSERT_FATAL(trace_create(&tw, temp_path(i ? "h1" : "h0"), true, &d));
        trace_section(tw, "options", "seed=1\n", 7);
        trace_aside(tw, "device", i ? "one" : "other", i ? 3 : 5);
        Stream *s = stream_new();
        stream_add(s, trace_sink, tw);
        if (i == 1) stream_every(s);
        EMIT(s, RUN_START, {2}, {1});
        EMIT(s, NOTE, {NONE}, stream_text(s, "a"), {1});
        EMIT(s, NOTE, {NONE}, stream_text(s, "b"), {1});
        EMIT(s, RUN_END, {0});
        stream_flush(s);
        trace_writer_hash(tw, hash[i]);
        CU_ASSERT(trace_finish(tw, &d));
        stream_free(s);
        Trace *t;
        char again[HASH_TEXT_MAX];
        CU_ASSERT_FATAL(trace_open(&t, temp_path(i ? "h1" : "h0"), &d));
        CU_ASSERT(trace_hash(t, again, &d));
        CU_ASSERT_STRING_EQUAL(again, hash[i]);
        trace_close(t);
    }
    CU_ASSERT_STRING_EQUAL(hash[0], hash[1]);
    CU_ASSERT_EQUAL(strlen(hash[0]), 64);
}

void trace_tests(void) {
    static const Check checks[] = {
        {"what was written is read", what_was_written_is_read},
        {"the same run is the same bytes", the_same_run_is_the_same_bytes},
        {"the pump changes nothing", the_pump_changes_nothing},
        {"every truncation is survived", every_truncation_is_survived},
        {"every damaged byte is noticed", every_damaged_byte_is_noticed},
        {"bytes after the end are noticed", bytes_after_the_end_are_noticed},
        {"a growing file can be tailed", a_growing_file_can_be_tailed},
        {"any time is reached from a checkpoint", any_time_is_reached_from_a_checkpoint},
        {"a full disk is reported", a_full_disk_is_reported},
        {"what is no trace is refused", what_is_no_trace_is_refused},
        {"the hash leaves the device out", the_hash_leaves_the_device_out},
        {0},
    };
    suite("event: trace file", checks);
}
