/* queue_test.c -- random graphs of device commands: the order that was asked for, as much at the same time as may be.
 *
 * What the events say is judged by the rules of OpenCL, not by the code: a command begins when its wait list, its queue and
 * barriers allow it, and not later than its engine is free; each callback comes once, after its command.
 */
#include "../../sim/rt/world.h"
#include "../check.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rt_queue_tests(void);

enum { GRAPHS = 3000, CMDS = 40, QUEUES = 4, AFTER = 4, FIRST_CALL = 1000 };

typedef struct {
    LaunchKind kind;
    uint64_t queue, enqueued, start, done; /* NONE: not yet */
    uint64_t after[AFTER];
    uint32_t after_count;
    uint32_t calls, told; /* asked for; made */
} Command;

typedef struct {
    uint64_t seed;
    Prng r;
    World *w;
    Dev *dev;
    Command cmd[CMDS];
    uint64_t count;
    bool unordered[QUEUES];
    uint64_t queues, callback_step, calls_asked, calls_made;
    uint64_t user[CMDS]; /* events that are still to be set */
    size_t users;
    uint64_t running[ENGINE_COUNT];
    uint64_t overlaps;
    bool wrong, finishing;
} Dag;

static void say(Dag *d, const char *what, uint64_t cmd) {
    if (!d->wrong)
        printf("\n    seed %llu: k%llu: %s; again: SEED=%llu build/tests rt_queue\n", (unsigned long long)d->seed,
               (unsigned long long)cmd, what, (unsigned long long)d->seed);
    d->wrong = true;
}
#define HOLDS(cond, cmd)                                                                           \
    do {                                                                                           \
        if (!(cond)) say(d, #cond, (cmd));                                                         \
    } while (0)

static uint64_t below(Dag *d, uint64_t n) { return prng_below(&d->r, n); }

/* ---- the program ---- */

static uint32_t some_list(Dag *d, Command *c) {
    for (uint64_t n = below(d, 3); n > 0 && d->count > 0; n--) c->after[c->after_count++] = below(d, d->count);
    return (uint32_t)world_cmds(d->w, c->after, c->after_count);
}

static Op enqueue(Dag *d) {
    static const LaunchKind kinds[] = {LAUNCH_KERNEL, LAUNCH_KERNEL, LAUNCH_WRITE, LAUNCH_READ, LAUNCH_MARKER, LAUNCH_BARRIER};
    static const char source[] = "__kernel void nothing(__global uchar *x) { x[get_global_id(0)] = 1; }";
    static uint8_t host[64];
    Command *c = &d->cmd[d->count];
    *c = (Command){.kind = kinds[below(d, ARRAY_LEN(kinds))], .queue = below(d, d->queues), .start = NONE, .done = NONE};
    Launch l = {.kind = c->kind, .name = stream_text(d->w->s, "cmd"), .queue = {c->queue}, .items = 64, .slices = 1,
                .duration_ns = below(d, 4) ? below(d, 90000) : 0, .after = some_list(d, c)};
    DevKernel k;
    DevArg arg = {.kind = DEV_ARG_BUFFER};
    Diag diag;
    bool ok = dev_kernel(d->dev, "nothing.cl", "nothing", source, &k, &diag) &&
              dev_buffer(d->dev, host, sizeof host, &arg.v.buffer, &diag) &&
              dev_launch(d->dev, k, &arg, 1, l.items, &l.slices, &l.dev, &diag);
    ASSERT(ok);
    dev_buffer_drop(d->dev, arg.v.buffer);
    return (Op){.kind = OP_LAUNCH, .a = world_launch(d->w, &l)};
}

/* What holds the graph back is let go before anybody waits for all of it. */
static Op something(Dag *d) {
    if (d->queues < QUEUES) {
        d->unordered[d->queues++] = below(d, 2);
        return (Op){.kind = OP_QUEUE, .b = d->unordered[d->queues - 1], .text = stream_text(d->w->s, "q")};
    }
    if (d->count == CMDS && d->users > 0) return (Op){.kind = OP_EVENT_SET, .a = d->user[--d->users]};
    if (d->count == CMDS) return (Op){.kind = d->finishing ? OP_END : OP_SLEEP, .a = 20000000};
    switch (below(d, 12)) {
    case 0: return (Op){.kind = OP_COMPUTE, .a = below(d, 60000)};
    case 1:
        d->cmd[d->count] = (Command){.kind = LAUNCH_USER, .start = NONE, .done = NONE};
        return (Op){.kind = OP_EVENT, .text = stream_text(d->w->s, "user")};
    case 2:
        if (d->users == 0) break;
        uint64_t which = below(d, d->users), event = d->user[which];
        d->user[which] = d->user[--d->users];
        return (Op){.kind = OP_EVENT_SET, .a = event};
    case 3:
        if (d->count == 0 || d->users > 0) break; /* else it could wait for itself */
        uint64_t first = below(d, d->count), some[2] = {first, below(d, d->count)};
        return (Op){.kind = OP_EVENT_WAIT, .a = world_cmds(d->w, some, 2)};
    case 4:
        if (d->count == 0) break;
        uint64_t cmd = below(d, d->count);
        d->cmd[cmd].calls++;
        d->calls_asked++;
        return (Op){.kind = OP_EVENT_CALL, .a = cmd, .b = FIRST_CALL + d->calls_asked};
    case 5:
        if (d->users == 0) return (Op){.kind = OP_FINISH, .a = below(d, QUEUES)};
        break;
    default: break;
    }
    return enqueue(d);
}

static void next(void *ctx, World *w, uint64_t body, OpResult last, Op *out) {
    Dag *d = ctx;
    (void)w, (void)last;
    if (body < FIRST_CALL) {
        *out = something(d);
        if (out->kind == OP_SLEEP) d->finishing = true;
        return;
    }
    static const OpKind steps[] = {OP_CALLBACK, OP_CALLBACK_END, OP_END};
    *out = (Op){.kind = steps[d->callback_step], .text = stream_text(w->s, "f")};
    d->callback_step = (d->callback_step + 1) % ARRAY_LEN(steps);
}

static void drop(void *ctx, uint64_t body) { ((Dag *)ctx)->calls_made += body >= FIRST_CALL; }

/* ---- what must hold ---- */

static bool stands_before(const Dag *d, uint64_t a, uint64_t b) {
    const Command *x = &d->cmd[a], *y = &d->cmd[b];
    for (uint32_t i = 0; i < y->after_count; i++) {
        if (y->after[i] == a) return true;
    }
    if (x->kind == LAUNCH_USER || y->kind == LAUNCH_USER || x->queue != y->queue || a >= b) return false;
    bool whole = y->kind == LAUNCH_BARRIER || (y->kind == LAUNCH_MARKER && y->after_count == 0);
    return !d->unordered[x->queue] || x->kind == LAUNCH_BARRIER || whole;
}

/* When nothing that stands before it was in its way any more. */
static uint64_t could_start(Dag *d, uint64_t cmd) {
    uint64_t at = d->cmd[cmd].enqueued;
    for (uint64_t k = 0; k < d->count; k++) {
        if (!stands_before(d, k, cmd)) continue;
        HOLDS(d->cmd[k].done != NONE, cmd);
        if (d->cmd[k].done > at) at = d->cmd[k].done;
    }
    return at;
}

static void started(Dag *d, uint64_t cmd, uint64_t now) {
    Command *c = &d->cmd[cmd];
    Engine e = queue_engine(c->kind);
    could_start(d, cmd);
    c->start = now;
    if (e == ENGINE_COUNT) return;
    HOLDS(d->running[e] == NONE, cmd);
    d->running[e] = cmd;
    d->overlaps += d->running[ENGINE_COMPUTE] != NONE && d->running[ENGINE_TO_DEVICE] != NONE;
}

/* At the end: nobody has waited while its engine had nothing to do, but for the time that a launch takes. */
static void nobody_waited_for_nothing(Dag *d) {
    for (uint64_t cmd = 0; cmd < d->count; cmd++) {
        const Command *c = &d->cmd[cmd];
        HOLDS(c->done != NONE && c->told == c->calls, cmd);
        if (c->kind == LAUNCH_USER || d->wrong) continue;
        uint64_t free_at = could_start(d, cmd), busy_until = free_at;
        for (uint64_t k = 0; k < d->count; k++) {
            const Command *o = &d->cmd[k];
            bool same = queue_engine(o->kind) == queue_engine(c->kind) && queue_engine(c->kind) != ENGINE_COUNT;
            if (same && k != cmd && o->start < c->start && o->done > busy_until) busy_until = o->done;
        }
        HOLDS(c->start >= free_at && c->start <= busy_until + d->w->opt.costs.ns[COST_dev_start], cmd);
    }
}

static void sink(void *ctx, const Block *b, const Intern *text) {
    Dag *d = ctx;
    const uint8_t *p = b->bytes, *end = p + b->len;
    uint64_t previous = b->base_ns;
    (void)text;
    for (Event e = {.seq = b->first_seq}; p != end; e.seq++) {
        p = event_decode(p, end, previous, event_table(), &e);
        ASSERT(p != NULL);
        previous = e.time_ns;
        uint64_t cmd = e.arg[0];
        switch ((EventKind)e.kind) {
        case EV_DEV_ENQUEUE: d->cmd[d->count++].enqueued = e.time_ns; break;
        case EV_DEV_EVENT: d->user[d->users++] = d->count++; break;
        case EV_DEV_START: started(d, cmd, e.time_ns); break;
        case EV_DEV_DONE: {
            Engine engine = queue_engine(d->cmd[cmd].kind);
            if (engine != ENGINE_COUNT) d->running[engine] = NONE;
            d->cmd[cmd].done = e.time_ns;
            break;
        }
        case EV_DEV_SET: d->cmd[cmd].done = e.time_ns; break;
        case EV_DEV_NOTIFY:
            HOLDS(d->cmd[cmd].done != NONE, cmd);
            d->cmd[cmd].told++;
            break;
        default: break;
        }
    }
}

static uint64_t all_cmds, all_calls, overlaps; /* of all graphs: that the test does what it says */

static bool dag(uint64_t seed) {
    Dag *d = mem_zero(1, sizeof *d);
    d->seed = seed;
    prng_init(&d->r, seed, "device graph");
    for (int e = 0; e < ENGINE_COUNT; e++) d->running[e] = NONE;
    Diag diag;
    if (!dev_open(&d->dev, "none", &diag)) UNREACHABLE();
    Stream *s = stream_new();
    stream_add(s, sink, d);
    WorldOptions opt = {.procs = 1 + (uint32_t)below(d, 3), .seed = seed, .stress = (uint32_t)below(d, 16),
                        .go = &go_version[below(d, go_version_count)]};
    costs_for(opt.go, &opt.costs);
    d->w = world_new(s, d->dev, (Prog){.ctx = d, .next = next, .drop = drop}, &opt);
    world_main(d->w, 0, 0);
    while (world_step(d->w)) stream_flush(s);
    HOLDS(d->w->outcome == RUN_EXITED, NONE);
    nobody_waited_for_nothing(d);
    world_end(d->w);
    world_free(d->w);
    HOLDS(d->calls_made == d->calls_asked, NONE);
    stream_free(s);
    dev_close(d->dev);
    bool right = !d->wrong;
    all_cmds += d->count;
    all_calls += d->calls_made;
    overlaps += d->overlaps;
    free(d);
    return right;
}

static void the_order_is_the_one_asked_for(void) {
    const char *one = getenv("SEED");
    uint64_t first = one ? strtoull(one, NULL, 10) : 1, count = one ? 1 : GRAPHS, wrong = 0;
    for (uint64_t seed = first; seed < first + count && wrong < 3; seed++) wrong += !dag(seed);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(one || (all_cmds == GRAPHS * CMDS && all_calls > GRAPHS && overlaps > GRAPHS));
}

void rt_queue_tests(void) {
    static const Check checks[] = {
        {"random graphs: the order that was asked for, and nobody waits for nothing", the_order_is_the_one_asked_for},
        {0},
    };
    suite("rt: queues of the device", checks);
}
