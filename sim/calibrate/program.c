/* program.c -- runs goroutines that are arrays of operations, with no device behind them. */
#include "program.h"

#include <stdlib.h>

enum { BODIES_MAX = 4, CHANS_MAX = 4, LAUNCHES_MAX = 16 };

typedef struct {
    Op *op;
    size_t count, cap;
} Body;

typedef struct {
    uint64_t body;
    size_t at;
} Instance; /* one goroutine of it */

struct Program {
    Body body[BODIES_MAX];
    uint64_t chan_cap[CHANS_MAX], items[LAUNCHES_MAX];
    uint64_t body_count, chan_count, launch_count;
    Instance *instance;
    size_t instance_count, instance_cap;
    EventFn fn;
    void *ctx;
};

Program *program_new(void) { return mem_zero(1, sizeof(Program)); }

void program_free(Program *p) {
    for (uint64_t i = 0; i < p->body_count; i++) free(p->body[i].op);
    free(p->instance);
    free(p);
}

uint64_t program_body(Program *p) {
    ASSERT(p->body_count < BODIES_MAX);
    return p->body_count++;
}

uint64_t program_chan(Program *p, uint64_t cap) {
    ASSERT(p->chan_count < CHANS_MAX);
    p->chan_cap[p->chan_count] = cap;
    return p->chan_count++;
}

uint64_t program_launch(Program *p, uint64_t items) {
    ASSERT(p->launch_count < LAUNCHES_MAX);
    p->items[p->launch_count] = items;
    return p->launch_count++;
}

void program_add(Program *p, uint64_t body, OpKind kind, uint64_t a) {
    ASSERT(body < p->body_count);
    Body *b = &p->body[body];
    GROW(b->op, b->cap, b->count + 1);
    b->op[b->count++] = (Op){.kind = kind, .a = a};
}

static uint64_t new_instance(Program *p, uint64_t body) {
    GROW(p->instance, p->instance_cap, p->instance_count + 1);
    p->instance[p->instance_count] = (Instance){body, 0};
    return p->instance_count++;
}

static void next(void *ctx, World *w, uint64_t id, OpResult last, Op *out) {
    (void)last;
    Program *p = ctx;
    Instance *in = &p->instance[id];
    const Body *b = &p->body[in->body];
    *out = in->at < b->count ? b->op[in->at++] : (Op){.kind = OP_END};
    out->text = stream_text(w->s, "f");
    if (out->kind == OP_GO) out->a = new_instance(p, out->a); /* in may have moved */
}

static void sink(void *ctx, const Block *block, const Intern *text) {
    (void)text;
    const Program *p = ctx;
    const uint8_t *at = block->bytes, *end = at + block->len;
    uint64_t previous = block->base_ns;
    for (Event e = {.seq = block->first_seq}; at != end; e.seq++) {
        at = event_decode(at, end, previous, event_table(), &e);
        ASSERT(at != NULL);
        previous = e.time_ns;
        p->fn(p->ctx, &e);
    }
}

/* Launches on the device that is not there: it checks, and computes nothing. */
static void make_launches(const Program *p, World *w, Dev *dev) {
    static const char source[] = "kernel void touch(global float *x) { x[get_global_id(0)] += 1.0f; }\n";
    float nothing;
    Diag d;
    DevKernel kernel;
    DevArg arg = {.kind = DEV_ARG_BUFFER};
    bool ok = dev_kernel(dev, "touch.cl", "touch", source, &kernel, &d) &&
              dev_buffer(dev, &nothing, sizeof nothing, &arg.v.buffer, &d);
    ASSERT(ok);
    for (uint64_t i = 0; i < p->launch_count; i++) {
        Launch l = {.name = stream_text(w->s, "touch"), .queue = DEFAULT_QUEUE, .items = p->items[i], .duration_ns = NONE, .slices = 1};
        ok = dev_launch(dev, kernel, &arg, 1, l.items, &l.slices, &l.dev, &d);
        ASSERT(ok);
        world_launch(w, &l);
    }
}

void program_run(Program *p, const Costs *costs, EventFn fn, void *ctx) {
    Dev *dev;
    Diag d;
    bool opened = dev_open(&dev, "none", &d);
    ASSERT(opened);
    p->fn = fn;
    p->ctx = ctx;
    p->instance_count = 0;
    Stream *s = stream_new();
    stream_add(s, sink, p);
    Heap *heap = heap_new(1 << 20, COLLECTOR_GO);
    Id_OBJ x;
    bool made = heap_object(heap, 64, HEAP_NO_POINTERS, &x, &d);
    ASSERT(made);
    WorldOptions opt = {.procs = 1, .seed = 1, .costs = *costs, .heap = heap};
    World *w = world_new(s, dev, (Prog){.ctx = p, .next = next}, &opt);
    for (uint64_t i = 0; i < p->chan_count; i++) world_chan(w, p->chan_cap[i], "c", 0);
    world_object(w, x, "x", 0);
    make_launches(p, w, dev);
    world_main(w, new_instance(p, 0), 0);
    world_run(w);
    ASSERT(w->outcome == RUN_EXITED);
    stream_flush(s);
    world_free(w);
    stream_free(s);
    heap_free(heap);
    dev_close(dev);
}
