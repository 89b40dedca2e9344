/* mechanism.c -- parts and mechanisms as small programs in virtual time; bench.go has the same in Go.
 *
 * An average is taken between two marks of main. A distribution is taken from the events themselves: from
 * CGO_ENTER to the other goroutine's GO_START, from GO_START to GO_STOP, and so on.
 *
 * Differs: measured launches are made in C. In the prediction they are made in Go; both crossings pass while the
 *          device is at work.
 */
#include "mechanism.h"

#include "program.h"

#include <string.h>

enum { ROUNDS = 10000, BATCH = 200 };

/* ---- what a run yields ---- */

typedef struct {
    Samples *out;
    enum { BETWEEN_MARKS, HANDOFF, SLICE, LATE, LAUNCH } kind;
    uint64_t rounds;     /* BETWEEN_MARKS: operations between two marks */
    uint64_t begin, arg; /* of the span that is open; begin NONE = none is */
    uint64_t g;
    bool had_one[8]; /* SLICE: this goroutine has had its first */
} Listen;

static void close_span(Listen *l, uint64_t now, uint64_t less) {
    samples_add(l->out, (double)(now - l->begin - less) / (double)(l->rounds ? l->rounds : 1));
    l->begin = NONE;
}

static void at_mark(Listen *l, const Event *e) {
    if (e->kind != EV_NOTE) return;
    if (l->begin == NONE) l->begin = e->time_ns;
    else close_span(l, e->time_ns, 0);
}

static void at_handoff(Listen *l, const Event *e) {
    if (e->kind == EV_CGO_ENTER) {
        l->begin = e->time_ns;
        l->g = e->arg[0];
    } else if (e->kind == EV_GO_START && l->begin != NONE && e->arg[0] != l->g) {
        close_span(l, e->time_ns, 0);
    }
}

/* The first slice of a goroutine does not count: sysmon may have seen the one before begin. */
static void at_slice(Listen *l, const Event *e) {
    if (e->kind == EV_GO_START) {
        l->g = e->arg[0];
        l->begin = e->time_ns;
    } else if (e->kind == EV_GO_STOP && l->begin != NONE && e->arg[0] == l->g) {
        bool first = !l->had_one[l->g % ARRAY_LEN(l->had_one)];
        l->had_one[l->g % ARRAY_LEN(l->had_one)] = true;
        if (first) l->begin = NONE;
        else close_span(l, e->time_ns, 0);
    }
}

static void at_sleep(Listen *l, const Event *e) {
    if (e->kind == EV_GO_SLEEP) {
        l->begin = e->time_ns;
        l->arg = e->arg[1];
    } else if (e->kind == EV_GO_START && l->begin != NONE) {
        close_span(l, e->time_ns, l->arg);
    }
}

/* From the call that enqueues to the return of the one that waits. */
static void at_launch(Listen *l, const Event *e) {
    bool back = e->kind == EV_CGO_EXIT_FAST || e->kind == EV_CGO_EXIT_P;
    if (e->kind == EV_CGO_ENTER && l->begin == NONE) {
        l->begin = e->time_ns;
        l->arg = 0;
    } else if (back && ++l->arg == 2) {
        close_span(l, e->time_ns, 0);
    }
}

static void listen(void *ctx, const Event *e) {
    Listen *l = ctx;
    switch (l->kind) {
    case BETWEEN_MARKS: at_mark(l, e); return;
    case HANDOFF: at_handoff(l, e); return;
    case SLICE: at_slice(l, e); return;
    case LATE: at_sleep(l, e); return;
    case LAUNCH: at_launch(l, e); return;
    }
}

static void run(Program *p, const Costs *costs, Listen l) {
    l.begin = NONE;
    program_run(p, costs, listen, &l);
    program_free(p);
}

static void average(Program *p, const Costs *costs, Samples *out, uint64_t rounds) {
    run(p, costs, (Listen){.out = out, .kind = BETWEEN_MARKS, .rounds = rounds});
}

/* ---- shapes that come back; main is body 0 ---- */

static void mark(Program *p) { program_add(p, 0, OP_NOTE, 0); }

/* main does these operations again and again, between marks. */
static void alone(const Costs *costs, Samples *out, const OpKind *op, size_t count, uint64_t rounds) {
    Program *p = program_new();
    program_body(p);
    program_chan(p, 1);
    mark(p);
    for (uint64_t i = 0; i < ROUNDS; i++) {
        for (size_t k = 0; k < count; k++) program_add(p, 0, op[k], 0);
    }
    mark(p);
    average(p, costs, out, rounds);
}

/* Two goroutines do these operations, and main waits for both. */
static void two(const Costs *costs, Samples *out, const OpKind *op, size_t count) {
    Program *p = program_new();
    program_body(p);
    uint64_t f = program_body(p), done = program_chan(p, 2);
    for (uint64_t i = 0; i < ROUNDS; i++) {
        for (size_t k = 0; k < count; k++) program_add(p, f, op[k], 0);
    }
    program_add(p, f, OP_SEND, done);
    mark(p);
    program_add(p, 0, OP_GO, f);
    program_add(p, 0, OP_GO, f);
    program_add(p, 0, OP_RECV, done);
    program_add(p, 0, OP_RECV, done);
    mark(p);
    average(p, costs, out, 2 * ROUNDS);
}

/* ---- parts ---- */

static void empty_call(const Costs *costs, Samples *out) {
    static const OpKind op[] = {OP_C_CALL};
    alone(costs, out, op, ARRAY_LEN(op), ROUNDS);
}

/* C calls Go so many times in a row. */
static void callbacks(const Costs *costs, Samples *out, int times) {
    OpKind op[16];
    size_t count = 0;
    op[count++] = OP_C_ENTER;
    for (int i = 0; i < times; i++) {
        op[count++] = OP_CALLBACK;
        op[count++] = OP_CALLBACK_END;
    }
    op[count++] = OP_C_LEAVE;
    alone(costs, out, op, count, ROUNDS);
}

static void callback_1(const Costs *costs, Samples *out) { callbacks(costs, out, 1); }

static void gosched(const Costs *costs, Samples *out) {
    static const OpKind op[] = {OP_GOSCHED};
    two(costs, out, op, ARRAY_LEN(op));
}

static void buffered(const Costs *costs, Samples *out) {
    static const OpKind op[] = {OP_SEND, OP_RECV};
    alone(costs, out, op, ARRAY_LEN(op), 2 * ROUNDS);
}

static void send_stream(const Costs *costs, Samples *out, bool locked) {
    Program *p = program_new();
    program_body(p);
    uint64_t other = program_body(p), c = program_chan(p, 0), done = program_chan(p, 0);
    program_add(p, 0, OP_GO, other);
    if (locked) program_add(p, other, OP_LOCK, 0);
    mark(p);
    for (uint64_t i = 0; i < ROUNDS; i++) {
        program_add(p, 0, OP_SEND, c);
        program_add(p, other, OP_RECV, c);
    }
    mark(p);
    program_add(p, other, OP_SEND, done);
    program_add(p, 0, OP_RECV, done);
    average(p, costs, out, ROUNDS);
}

static void stream(const Costs *costs, Samples *out) { send_stream(costs, out, false); }
static void locked_stream(const Costs *costs, Samples *out) { send_stream(costs, out, true); }

static void go_statement(const Costs *costs, Samples *out) {
    Program *p = program_new();
    program_body(p);
    uint64_t f = program_body(p), done = program_chan(p, BATCH);
    program_add(p, f, OP_SEND, done);
    for (int round = 0; round < 5; round++) {
        mark(p);
        for (uint64_t i = 0; i < BATCH; i++) program_add(p, 0, OP_GO, f);
        mark(p);
        for (uint64_t i = 0; i < BATCH; i++) program_add(p, 0, OP_RECV, done);
    }
    average(p, costs, out, BATCH);
}

static void pin_unpin(const Costs *costs, Samples *out) {
    static const OpKind op[] = {OP_PIN, OP_UNPIN};
    alone(costs, out, op, ARRAY_LEN(op), 2 * ROUNDS);
}

const Mechanism parts[] = {
    {"empty call", "empty_call", "", empty_call},   {"Gosched", "gosched", "", gosched},
    {"callback", "callback_1", "", callback_1},
    {"locked stream", "locked_stream", "", locked_stream},
    {"buffered", "chan_buffered", "", buffered},    {"stream", "chan_stream", "", stream},
    {"go statement", "go_statement", "", go_statement}, {"pin", "pin_unpin", "", pin_unpin},
};
const size_t part_count = ARRAY_LEN(parts);

/* ---- mechanisms ---- */

static void crossing(const Costs *costs, Samples *out) {
    static const OpKind op[] = {OP_C_CALL, OP_GOSCHED};
    two(costs, out, op, ARRAY_LEN(op));
}

static void pin_call(const Costs *costs, Samples *out) {
    static const OpKind op[] = {OP_PIN, OP_C_CALL, OP_UNPIN};
    alone(costs, out, op, ARRAY_LEN(op), ROUNDS);
}

static void callback(const Costs *costs, Samples *out) { callbacks(costs, out, 4); }

static void play(const Costs *costs, Samples *out, bool locked) {
    Program *p = program_new();
    program_body(p);
    uint64_t other = program_body(p), ping = program_chan(p, 0), pong = program_chan(p, 0);
    program_add(p, 0, OP_GO, other);
    if (locked) program_add(p, other, OP_LOCK, 0);
    mark(p);
    for (uint64_t i = 0; i < ROUNDS; i++) {
        program_add(p, 0, OP_SEND, ping);
        program_add(p, other, OP_RECV, ping);
        program_add(p, other, OP_SEND, pong);
        program_add(p, 0, OP_RECV, pong);
    }
    mark(p);
    average(p, costs, out, ROUNDS);
}

static void pingpong(const Costs *costs, Samples *out) { play(costs, out, false); }
static void locked_pingpong(const Costs *costs, Samples *out) { play(costs, out, true); }

static void spawn(const Costs *costs, Samples *out) {
    Program *p = program_new();
    program_body(p);
    uint64_t f = program_body(p), done = program_chan(p, 0);
    program_add(p, f, OP_SEND, done);
    mark(p);
    for (uint64_t i = 0; i < ROUNDS; i++) {
        program_add(p, 0, OP_GO, f);
        program_add(p, 0, OP_RECV, done);
    }
    mark(p);
    average(p, costs, out, ROUNDS);
}

static void handoff(const Costs *costs, Samples *out) {
    Program *p = program_new();
    program_body(p);
    uint64_t other = program_body(p), ran = program_chan(p, 1);
    program_add(p, other, OP_SEND, ran);
    for (uint64_t i = 0; i < HANDOFF_TRIALS; i++) {
        program_add(p, 0, OP_COMPUTE, i * 37 % 150 * 33000);
        program_add(p, 0, OP_GO, other);
        program_add(p, 0, OP_C_CALL, 12000000);
        program_add(p, 0, OP_RECV, ran);
    }
    run(p, costs, (Listen){.out = out, .kind = HANDOFF});
}

static void preemption(const Costs *costs, Samples *out) {
    Program *p = program_new();
    program_body(p);
    uint64_t f = program_body(p), done = program_chan(p, 2);
    program_add(p, f, OP_COMPUTE, 500000000);
    program_add(p, f, OP_SEND, done);
    program_add(p, 0, OP_GO, f);
    program_add(p, 0, OP_GO, f);
    program_add(p, 0, OP_RECV, done);
    program_add(p, 0, OP_RECV, done);
    run(p, costs, (Listen){.out = out, .kind = SLICE});
}

static void timer(const Costs *costs, Samples *out) {
    Program *p = program_new();
    program_body(p);
    for (uint64_t i = 0; i < TIMER_TRIALS; i++)
        program_add(p, 0, OP_SLEEP, (100 + i * 29 % 50 * 100) * 1000);
    run(p, costs, (Listen){.out = out, .kind = LATE});
}

static void launch(const Costs *costs, Samples *out) {
    Program *p = program_new();
    program_body(p);
    for (int i = 0; i < 8; i++) {
        program_add(p, 0, OP_LAUNCH, program_launch(p, LAUNCH_ITEMS));
        program_add(p, 0, OP_FINISH, NONE);
    }
    run(p, costs, (Listen){.out = out, .kind = LAUNCH});
}

/* clang-format off */
const Mechanism mechanisms[] = {
    {"crossing",   "crossing",   "a C call and a Gosched, two goroutines in turn", crossing},
    {"callback",   "callback",   "a C call that calls an empty Go function four times", callback},
    {"handoff",    "handoff",    "from a goroutine's going to sleep in C until another has its P", handoff},
    {"ping-pong",  "pingpong",   "an unbuffered message there and another back", pingpong},
    {"locked ping-pong", "locked_pingpong", "the same with one of the two locked to its thread", locked_pingpong},
    {"spawn",      "spawn",      "a go statement, its goroutine's run, and word that it is done", spawn},
    {"pin",        "pin",        "Pin, a C call, Unpin", pin_call},
    {"launch",     "launch",     "a kernel of 65,536 work items, and clFinish", launch},
    {"preemption", "preemption", "how long a goroutine runs on when another waits for its P", preemption},
    {"timer",      "timer",      "how late time.Sleep of 0.1 to 5 ms returns, nothing else to do", timer},
};
/* clang-format on */
const size_t mechanism_count = ARRAY_LEN(mechanisms);
