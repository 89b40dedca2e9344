/* memory_random_test.c -- random graphs in random programs: goroutines, calls of C, real kernels, both collectors.
 *
 * The model is a second arena, byte for byte. Everything that may touch memory is done there as well: allocation
 * (zeroes), stores, what C writes to addresses that it was given, was given once, or should never have had; each slice of
 * a kernel, when it has run, at the addresses of when it was enqueued; moves, poison, and the pointers that follow. What
 * can be reached is found by going through all words again and again. After each collection, and at the end, both
 * arenas must be equal to the last byte, whoever's it is, and every object must be there, or gone, as the model says.
 *
 * MEMORY_GRAPHS is how many, if not 10,000; SEED: that one only.
 */
#include "../../sim/dev/slice.h"
#include "../../sim/rt/world.h"
#include "../check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rt_memory_random_tests(void);

enum {
    GRAPHS = 10000,
    BODIES_MAX = 4,
    VARS = 6,
    KEPT = 4,
    PINS = 3,
    OBJECTS_MAX = 600,
    LAUNCHES_MAX = 100,
    QUEUES = 2,
    BYTES_MAX = 20000,
};
#define SPACE (UINT64_C(1) << 30) /* between the semispaces */

typedef struct {
    uint64_t addr, bytes;
    HeapLayout layout;
    uint64_t pins, left_to; /* left_to: in this collection; NOWHERE = it has not been said to leave */
    bool live, reached, scanned;
} Twin;
#define NOWHERE UINT64_MAX

/* A kernel over two objects, as it was enqueued. */
typedef struct {
    DevLaunch dev;
    Id_OBJ obj[2];
    uint64_t to, from, items; /* addresses */
    uint32_t v, slices, done; /* slices that the model has run, too */
} Command;

typedef struct {
    Id_OBJ var[VARS]; /* NONE: nil */
    uint64_t kept[KEPT], arg[2]; /* addresses; 0: none */
    Id_OBJ arg_obj[2];
    size_t arg_count;
    Id_OBJ pinned[PINS];
    size_t pins;
    uint64_t steps, in_c; /* left to do; in C */
    int result;           /* of an allocation goes here; -1: the last operation was none */
} Goroutine;

typedef struct {
    uint64_t seed, limit;
    Collector collector;
    Prng r;
    Heap *h;
    World *w;
    Dev *dev;
    DevKernel kernel;
    uint8_t *shadow[2];
    Twin twin[OBJECTS_MAX];
    size_t count, born;
    Command command[LAUNCHES_MAX];
    size_t commands;
    Goroutine g[BODIES_MAX];
    size_t bodies, started;
    uint64_t asked; /* bytes of allocations that are under way */
    bool marked, finishing, finished, wrong;
    uint64_t moved, freed, stale, compared;
} Graph;

static void say(Graph *g, const char *what, uint64_t which) {
    if (!g->wrong)
        printf("\n    seed %llu: %s (%llu); again: SEED=%llu build/tests rt_memory_random\n", (unsigned long long)g->seed, what,
               (unsigned long long)which, (unsigned long long)g->seed);
    g->wrong = true;
}
#define HOLDS(g, cond, which)                                                                      \
    do {                                                                                           \
        if (!(cond)) say((g), #cond, (which));                                                     \
    } while (0)

static uint64_t below(Graph *g, uint64_t n) { return prng_below(&g->r, n); }
static bool one_in(Graph *g, uint64_t n) { return below(g, n) == 0; }
static uint64_t up(uint64_t bytes) { return (bytes + 15) / 16 * 16; }

/* ---- the second arena ---- */

static uint8_t *shadow(const Graph *g, uint64_t addr) {
    uint64_t offset = addr - HEAP_BASE;
    return g->shadow[offset / SPACE] + offset % SPACE;
}

static void poison(const Graph *g, uint64_t addr, uint64_t bytes) {
    static const uint8_t with[4] = {0xef, 0xbe, 0xad, 0xde};
    for (uint64_t i = 0; i < bytes; i++) shadow(g, addr)[i] = with[i % 4];
}

static bool inside(const Twin *t, uint64_t addr) { return t->live && addr - t->addr < t->bytes; }

static Twin *lead(Graph *g, uint64_t addr) {
    for (size_t i = 0; i < g->count; i++) {
        if (inside(&g->twin[i], addr)) return &g->twin[i];
    }
    return NULL;
}

static bool is_pointer(const Twin *t, uint64_t word) {
    uint64_t element = t->layout.element_bytes / 8;
    if (t->layout.pointers == 0 || word / element >= t->bytes / t->layout.element_bytes) return false;
    return t->layout.pointers >> word % element & 1;
}

static uint64_t word_at(const Graph *g, uint64_t addr) {
    uint64_t word;
    memcpy(&word, shadow(g, addr), 8);
    return word;
}

static Twin *target(Graph *g, const Twin *t, uint64_t i) { return is_pointer(t, i) ? lead(g, word_at(g, t->addr + 8 * i)) : NULL; }

/* From those that are reached already. */
static void reach(Graph *g) {
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < g->count; i++) {
            Twin *t = &g->twin[i];
            if (!t->live || !t->reached || t->scanned) continue;
            t->scanned = true;
            for (uint64_t k = 0; k < t->bytes / 8; k++) {
                Twin *to = target(g, t, k);
                if (to == NULL || to->reached) continue;
                to->reached = true;
                more = true;
            }
        }
    }
}

/* ---- keeping up with the world ---- */

static void run_slices(Graph *g, Command *c, uint32_t upto) {
    uint64_t first = slice_first_item(c->items, c->slices, c->done), past = slice_first_item(c->items, c->slices, upto);
    for (uint64_t i = first; i < past; i++) shadow(g, c->to)[i] = (uint8_t)(shadow(g, c->from)[i] ^ (uint8_t)(c->v + i));
    c->done = upto;
}

static Command *command(Graph *g, DevLaunch dev) {
    for (size_t i = 0; i < g->commands; i++) {
        if (g->command[i].dev.v == dev.v) return &g->command[i];
    }
    UNREACHABLE();
}

/* What has happened since the last time: one kind of it at most, but for pins. */
static void observe(Graph *g) {
    stream_flush(g->w->s);
    for (; g->count < heap_count(g->h); g->count++) {
        Id_OBJ obj = {g->count};
        Twin *t = &g->twin[g->count];
        *t = (Twin){.addr = heap_addr(g->h, obj), .bytes = heap_size(g->h, obj), .layout = heap_layout(g->h, obj), .live = true};
        memset(shadow(g, t->addr), 0, up(t->bytes));
    }
    for (uint64_t q = 0; q < QUEUES; q++) { /* what is due before a move runs queue by queue, one command of each */
        for (size_t i = 0; i < g->w->cmd_count; i++) {
            const Cmd *cmd = &g->w->cmds[i];
            Command *c = command(g, cmd->launch.dev);
            if (cmd->launch.queue.v == q && cmd->slices_done > c->done) run_slices(g, c, cmd->slices_done);
        }
    }
}

/* ---- a collection ---- */

/* What the device still writes to, or reads, is nobody else's. Go's own collector knows of no device. */
static void not_on_the_device(Graph *g, const Twin *t) {
    for (size_t i = 0; i < g->commands && g->collector == COLLECTOR_MOVING; i++) {
        const Command *c = &g->command[i];
        for (int k = 0; k < 2 && c->done < c->slices; k++) {
            const Twin *mine = &g->twin[c->obj[k].v];
            uint64_t at = k == 0 ? c->to : c->from;
            HOLDS(g, t == mine || t->addr + up(t->bytes) <= at || at + mine->bytes <= t->addr, c->obj[k].v);
        }
    }
}

/* Of a command that runs, as many slices as are due by now. */
static void all_that_is_due_has_run(Graph *g) {
    for (size_t i = 0; i < g->w->cmd_count; i++) {
        const Cmd *cmd = &g->w->cmds[i];
        if (cmd->state == LAUNCH_RUNNING)
            HOLDS(g, command(g, cmd->launch.dev)->done == slices_due(cmd->start_ns, cmd->ns, cmd->launch.slices, world_now(g->w)), i);
    }
}

/* The collection is about to end: what was made or pinned since is kept, too, with all that it leads to now. */
static void finish(Graph *g) {
    observe(g);
    all_that_is_due_has_run(g);
    HOLDS(g, g->marked, 0);
    for (size_t i = 0; i < g->count; i++) {
        Twin *t = &g->twin[i];
        t->left_to = NOWHERE;
        if (i < g->born && (t->pins == 0 || !t->live)) continue;
        t->reached = true;
        t->scanned = false;
    }
    reach(g);
    g->finishing = true;
}

static void follow(Graph *g, const Twin *t) {
    for (uint64_t i = 0; i < t->bytes / 8; i++) {
        const Twin *to = target(g, t, i);
        if (to == NULL || to->left_to == NOWHERE || to->left_to == 0) continue;
        uint64_t word = word_at(g, t->addr + 8 * i) - to->addr + to->left_to;
        memcpy(shadow(g, t->addr) + 8 * i, &word, 8);
    }
}

/* What the heap has done, by its own word, the model does too; each step for all before the next one for any. */
static void settle(Graph *g) {
    for (size_t i = 0; i < g->count; i++) {
        Twin *t = &g->twin[i];
        if (t->live && t->reached) follow(g, t);
        HOLDS(g, !t->live || t->reached || t->left_to == 0, i);
    }
    for (size_t i = 0; i < g->count; i++) {
        Twin *t = &g->twin[i];
        if (!t->live || t->left_to == NOWHERE) continue;
        if (t->left_to != 0) memcpy(shadow(g, t->left_to), shadow(g, t->addr), up(t->bytes));
        poison(g, t->addr, up(t->bytes));
        if (t->left_to != 0) t->addr = t->left_to;
        else t->live = false;
    }
    g->marked = g->finishing = false;
}

static void compare(Graph *g) {
    g->compared++;
    for (size_t i = 0; i < g->count; i++) {
        const Twin *t = &g->twin[i];
        Id_OBJ obj = {i};
        HOLDS(g, heap_is_live(g->h, obj) == t->live, i);
        if (!t->live) continue;
        HOLDS(g, heap_addr(g->h, obj) == t->addr && heap_pins(g->h, obj) == t->pins, i);
        not_on_the_device(g, t);
    }
    for (uint64_t i = 0; i < 2; i++) {
        const uint8_t *real = heap_at(g->h, HEAP_BASE + i * SPACE, g->limit);
        if (memcmp(real, g->shadow[i], g->limit) == 0) continue;
        uint64_t at = 0;
        while (real[at] == g->shadow[i][at]) at++;
        say(g, "a byte of the arena is not what it should be, at offset", i * SPACE + at);
    }
}

/* Before anything is done or asked: a collection may have ended. */
static void keep_up(Graph *g) {
    observe(g);
    if (!g->finished) return;
    g->finished = false;
    if (!g->finishing) finish(g); /* nothing has left */
    settle(g);
    compare(g);
}

/* The world has marked: from variables, pins, and what is passed to C by the calls that are going on. */
static void marked(void *ctx) {
    Graph *g = ctx;
    keep_up(g);
    for (size_t i = 0; i < g->count; i++) {
        Twin *t = &g->twin[i];
        t->scanned = false;
        t->reached = t->live && t->pins > 0;
    }
    for (size_t b = 0; b < g->bodies; b++) {
        const Goroutine *gr = &g->g[b];
        for (size_t i = 0; i < VARS; i++) {
            if (gr->var[i].v != NONE && g->twin[gr->var[i].v].live) g->twin[gr->var[i].v].reached = true;
        }
        for (size_t i = 0; i < gr->arg_count; i++) g->twin[gr->arg_obj[i].v].reached = true;
    }
    for (size_t i = 0; i < g->w->allg_count; i++) { /* what an allocation has made, but nobody has been given yet */
        const G *gp = g->w->allg[i];
        if (gp != NULL && gp->op.kind == OP_ALLOC && gp->op.b == UINT64_MAX) g->twin[gp->op.a].reached = true;
    }
    reach(g);
    for (size_t i = 0; i < g->count; i++)
        HOLDS(g, !g->twin[i].live || heap_is_marked(g->h, (Id_OBJ){i}) == g->twin[i].reached, i);
    g->born = g->count;
    g->marked = true;
}

static bool is_passed(const Graph *g, Id_OBJ obj) {
    for (size_t b = 0; b < g->bodies; b++) {
        for (size_t i = 0; i < g->g[b].arg_count; i++) {
            if (g->g[b].arg_obj[i].v == obj.v) return true;
        }
    }
    return false;
}

static void leaves(void *ctx, Id_OBJ obj, uint64_t to) {
    Graph *g = ctx;
    if (!g->finishing) finish(g);
    Twin *t = &g->twin[obj.v];
    HOLDS(g, t->live && t->left_to == NOWHERE, obj.v);
    HOLDS(g, (to != 0) == t->reached, obj.v);
    HOLDS(g, to == 0 || (t->pins == 0 && !is_passed(g, obj) && g->collector == COLLECTOR_MOVING), obj.v);
    HOLDS(g, heap_addr(g->h, obj) == t->addr, obj.v);
    t->left_to = to;
    if (to != 0) g->moved++;
    else g->freed++;
}

/* ---- what goroutines do ---- */

static void poke(Graph *g, uint64_t addr, const void *bytes, uint64_t n) {
    memcpy(heap_at(g->h, addr, n), bytes, n);
    memcpy(shadow(g, addr), bytes, n);
}

static void poke_some(Graph *g, uint64_t addr, uint64_t bytes) {
    uint8_t some[32];
    uint64_t n = 1 + below(g, sizeof some), at = below(g, bytes);
    if (n > bytes - at) n = bytes - at;
    for (uint64_t i = 0; i < n; i++) some[i] = (uint8_t)prng_next(&g->r);
    poke(g, addr + at, some, n);
}

/* A variable whose object is there; NULL: none of them. */
static Twin *some_var(Graph *g, Goroutine *gr, Id_OBJ *obj) {
    for (uint64_t i = below(g, VARS), n = 0; n < VARS; n++, i = (i + 1) % VARS) {
        if (gr->var[i].v == NONE || !g->twin[gr->var[i].v].live) continue;
        *obj = gr->var[i];
        return &g->twin[obj->v];
    }
    return NULL;
}

static void store(Graph *g, Goroutine *gr, const Twin *t) {
    Id_OBJ obj;
    uint64_t word = below(g, t->bytes / 8);
    const Twin *to = one_in(g, 5) ? NULL : some_var(g, gr, &obj);
    uint64_t addr = to == NULL ? 0 : to->addr + (one_in(g, 3) ? below(g, to->bytes) : 0);
    if (is_pointer(t, word)) poke(g, t->addr + 8 * word, &addr, 8);
    else poke_some(g, t->addr, t->bytes);
}

/* While it is marked, what nobody could reach is as good as gone: only C's word leads there. */
static void load(Graph *g, Goroutine *gr, const Twin *t) {
    const Twin *to = target(g, t, below(g, t->bytes / 8));
    bool lost = to != NULL && g->marked && !to->reached && to < &g->twin[g->born];
    if (to != NULL && !lost) gr->var[below(g, VARS)] = (Id_OBJ){(uint64_t)(to - g->twin)};
}

/* Without being asked to: to an address that C has kept, as a byte or as somebody's pointer. */
static void write_astray(Graph *g, Goroutine *gr) {
    uint64_t addr = gr->kept[below(g, KEPT)];
    if (addr == 0) return;
    const Twin *to = g->count > 0 ? &g->twin[below(g, g->count)] : NULL;
    if (to != NULL && to->live && one_in(g, 3)) poke(g, addr, &to->addr, 8);
    else poke_some(g, addr, 8);
}

static HeapLayout some_layout(Graph *g) {
    if (one_in(g, 3)) return HEAP_NO_POINTERS;
    uint32_t words = 1 + (uint32_t)below(g, 6);
    return (HeapLayout){8 * words, 1 + below(g, (UINT64_C(1) << words) - 1)};
}

static uint64_t some_bytes(Graph *g) {
    if (one_in(g, 12)) return 4000 + below(g, BYTES_MAX - 4000);
    if (one_in(g, 4)) return 8 + below(g, 3000);
    return 8 + below(g, 200);
}

static bool allocate(Graph *g, Goroutine *gr, Op *out) {
    uint64_t bytes = some_bytes(g), limit = g->limit / 2;
    if (heap_live_bytes(g->h) + g->asked + bytes > limit || g->count + BODIES_MAX >= OBJECTS_MAX) {
        *out = (Op){.kind = OP_GC};
        return true;
    }
    g->asked += up(bytes);
    gr->result = (int)below(g, VARS);
    *out = (Op){.kind = OP_ALLOC, .a = bytes, .b = world_layout(g->w, some_layout(g)), .text = stream_text(g->w->s, "obj")};
    return true;
}

/* It unpins what it has pinned itself; some pins are forgotten. */
static bool pin(Graph *g, Goroutine *gr, Op *out) {
    Id_OBJ obj;
    if (gr->pins == PINS || (gr->pins > 0 && one_in(g, 2))) {
        *out = (Op){.kind = OP_UNPIN, .a = gr->pinned[--gr->pins].v};
        return true;
    }
    if (some_var(g, gr, &obj) == NULL) return false;
    if (!one_in(g, 8)) gr->pinned[gr->pins++] = obj;
    *out = (Op){.kind = OP_PIN, .a = obj.v};
    return true;
}

static bool call_c(Graph *g, Goroutine *gr, Op *out) {
    Id_OBJ obj;
    for (uint64_t n = below(g, 3); n > 0; n--) {
        const Twin *t = some_var(g, gr, &obj);
        if (t == NULL) break;
        gr->arg_obj[gr->arg_count] = obj;
        gr->arg[gr->arg_count++] = t->addr;
        if (one_in(g, 2)) gr->kept[below(g, KEPT)] = t->addr;
        for (size_t i = 0; one_in(g, 2) && i < VARS; i++) { /* the call is the last that needs it */
            if (gr->var[i].v == obj.v) gr->var[i].v = NONE;
        }
    }
    gr->in_c = 1 + below(g, 5);
    uint64_t args = gr->arg_count > 0 ? world_args(g->w, gr->arg_obj, (uint32_t)gr->arg_count) : 0;
    *out = (Op){.kind = OP_C_ENTER, .b = args << CALL_ARGS_SHIFT, .text = stream_text(g->w->s, "f")};
    return true;
}

/* Inside of the call its arguments are there, and where they were. */
static void step_in_c(Graph *g, Goroutine *gr, Op *out) {
    for (size_t i = 0; i < gr->arg_count; i++) {
        const Twin *t = &g->twin[gr->arg_obj[i].v];
        HOLDS(g, t->live && t->addr == gr->arg[i], gr->arg_obj[i].v);
        if (one_in(g, 2)) poke_some(g, t->addr, t->bytes);
    }
    if (one_in(g, 3)) write_astray(g, gr);
    if (--gr->in_c > 0) {
        *out = (Op){.kind = OP_C_WORK, .a = below(g, 300000)};
        return;
    }
    gr->arg_count = 0;
    *out = (Op){.kind = OP_C_LEAVE};
}

static bool launch(Graph *g, Goroutine *gr, Op *out) {
    Id_OBJ x, y;
    if (some_var(g, gr, &x) == NULL || some_var(g, gr, &y) == NULL || g->commands == LAUNCHES_MAX) return false;
    Twin *to = &g->twin[x.v], *from = &g->twin[y.v];
    uint64_t items = to->bytes < from->bytes ? to->bytes : from->bytes;
    Command c = {.obj = {x, y}, .to = to->addr, .from = from->addr, .items = items, .v = (uint32_t)below(g, 256),
                 .slices = 1 + (uint32_t)below(g, 8)};
    DevArg arg[] = {{.kind = DEV_ARG_BUFFER}, {.kind = DEV_ARG_BUFFER}, {.kind = DEV_ARG_UINT, .v.u = c.v}};
    DevBuffer *written = &arg[0].v.buffer, *read = &arg[1].v.buffer;
    Diag d;
    bool ok = dev_buffer(g->dev, heap_bytes(g->h, x), to->bytes, written, &d) &&
              dev_buffer(g->dev, heap_bytes(g->h, y), from->bytes, read, &d) &&
              dev_launch(g->dev, g->kernel, arg, 3, items, &c.slices, &c.dev, &d);
    if (!ok) printf("\n  %s\n", d.message);
    ASSERT(ok);
    dev_buffer_drop(g->dev, *written);
    dev_buffer_drop(g->dev, *read);
    g->command[g->commands++] = c;
    Launch l = {.name = stream_text(g->w->s, "blend"), .queue = {below(g, QUEUES)}, .obj = {x, y}, .written = {true, false},
                .obj_count = 2, .items = items, .duration_ns = below(g, one_in(g, 4) ? 9000000 : 1000000), .slices = c.slices,
                .dev = c.dev};
    *out = (Op){.kind = OP_LAUNCH, .a = world_launch(g->w, &l)};
    return true;
}

/* False: what it did takes no time of the runtime's. */
static bool step_in_go(Graph *g, Goroutine *gr, Op *out) {
    Id_OBJ obj;
    const Twin *t = some_var(g, gr, &obj);
    switch (below(g, 20)) {
    case 0:
    case 1: *out = (Op){.kind = OP_COMPUTE, .a = below(g, 200000)}; return true;
    case 2: if (t != NULL) load(g, gr, t); return false;
    case 3: gr->var[below(g, VARS)].v = NONE; return false;
    case 4:
    case 5: return pin(g, gr, out);
    case 6:
    case 7: return call_c(g, gr, out);
    case 8:
    case 9: return launch(g, gr, out);
    case 10: *out = (Op){.kind = one_in(g, 2) ? OP_GC : OP_GOSCHED}; return true;
    case 11: *out = (Op){.kind = OP_FINISH, .a = below(g, QUEUES)}; return true;
    case 12:
        if (g->started == g->bodies) return false;
        *out = (Op){.kind = OP_GO, .a = g->started++, .text = stream_text(g->w->s, "g")};
        return true;
    case 13:
    case 14:
    case 15: if (t != NULL) store(g, gr, t); return false;
    default: return allocate(g, gr, out);
    }
}

static void next(void *ctx, World *w, uint64_t body, OpResult last, Op *out) {
    Graph *g = ctx;
    Goroutine *gr = &g->g[body];
    keep_up(g);
    if (gr->result >= 0) {
        gr->var[gr->result] = (Id_OBJ){last.value};
        g->asked -= up(g->twin[last.value].bytes);
        gr->result = -1;
    }
    if (gr->in_c > 0) {
        step_in_c(g, gr, out);
        return;
    }
    if (body == 0 && w->queue_count < QUEUES) {
        *out = (Op){.kind = OP_QUEUE, .b = one_in(g, 2), .text = stream_text(w->s, "q")};
        return;
    }
    while (gr->steps > 0) {
        gr->steps--;
        if (step_in_go(g, gr, out)) return;
    }
    for (size_t i = 0; i < VARS; i++) gr->var[i].v = NONE;
    *out = (Op){.kind = OP_END};
}

static void roots(void *ctx, void (*root)(void *to, Id_OBJ obj), void *to) {
    const Graph *g = ctx;
    for (size_t b = 0; b < g->bodies; b++) {
        for (size_t i = 0; i < VARS; i++) {
            if (g->g[b].var[i].v != NONE) root(to, g->g[b].var[i]);
        }
    }
}

static void drop(void *ctx, uint64_t body) { (void)ctx, (void)body; }

static void sink(void *ctx, const Block *b, const Intern *text) {
    Graph *g = ctx;
    const uint8_t *p = b->bytes, *end = p + b->len;
    uint64_t previous = b->base_ns;
    (void)text;
    for (Event e = {.seq = b->first_seq}; p != end; e.seq++) {
        p = event_decode(p, end, previous, event_table(), &e);
        ASSERT(p != NULL);
        previous = e.time_ns;
        if (e.kind == EV_GC_END) g->finished = true;
        if (e.kind == EV_DEV_STALE) g->stale++;
        if (e.kind == EV_PIN) g->twin[e.arg[1]].pins++;
        if (e.kind == EV_UNPIN) g->twin[e.arg[1]].pins--;
    }
}

/* ---- one of them ---- */

static void options(Graph *g, WorldOptions *opt) {
    *opt = (WorldOptions){.procs = 1 + (uint32_t)below(g, 4), .seed = g->seed, .limit_ns = 80000000, .heap = g->h,
                          .no_shortcut = one_in(g, 2), .stress = (uint32_t)below(g, 16)};
    costs_default(&opt->costs);
    opt->gogc = one_in(g, 3) ? 2 : one_in(g, 2) ? 30 : 100;
    if (one_in(g, 2)) opt->costs.ns[COST_gc_mark] *= 20; /* so that much happens meanwhile */
}

static void begin(Graph *g) {
    static const uint64_t limits[] = {64 << 10, 128 << 10, 512 << 10};
    prng_init(&g->r, g->seed, "random memory");
    g->limit = limits[below(g, ARRAY_LEN(limits))];
    g->h = heap_new(g->limit, g->collector);
    for (int i = 0; i < 2; i++) g->shadow[i] = mem_zero(g->limit, 1);
    g->bodies = 1 + below(g, BODIES_MAX);
    g->started = 1;
    for (size_t b = 0; b < g->bodies; b++) {
        Goroutine *gr = &g->g[b];
        gr->steps = (b == 0 ? 60 : 10) + below(g, 60);
        gr->result = -1;
        for (size_t i = 0; i < VARS; i++) gr->var[i].v = NONE;
    }
}

static void end(Graph *g) {
    for (size_t i = 0; i < g->commands; i++) {
        if (g->command[i].done < g->command[i].slices) dev_launch_drop(g->dev, g->command[i].dev);
    }
    heap_free(g->h);
    for (int i = 0; i < 2; i++) free(g->shadow[i]);
}

static void run_graph(Graph *g) {
    WorldOptions opt;
    begin(g);
    options(g, &opt);
    Stream *s = stream_new();
    stream_add(s, sink, g);
    g->w = world_new(s, g->dev, (Prog){.ctx = g, .next = next, .roots = roots, .drop = drop, .leaves = leaves, .marked = marked}, &opt);
    world_main(g->w, 0, 0);
    while (world_step(g->w) && !g->wrong) keep_up(g);
    keep_up(g);
    compare(g);
    if (!g->wrong) {
        HOLDS(g, g->w->outcome == RUN_EXITED || g->w->outcome == RUN_LIMIT, g->w->outcome);
        world_end(g->w);
    }
    world_free(g->w);
    stream_free(s);
    end(g);
}

static void graphs(Dev *dev, DevKernel kernel, Collector collector, uint64_t first, uint64_t count) {
    uint64_t moved = 0, freed = 0, stale = 0, compared = 0, bad = 0;
    for (uint64_t seed = first; seed < first + count && bad < 3; seed++) {
        Graph *g = mem_zero(1, sizeof *g);
        g->seed = seed;
        g->collector = collector;
        g->dev = dev;
        g->kernel = kernel;
        run_graph(g);
        bad += g->wrong;
        moved += g->moved;
        freed += g->freed;
        stale += g->stale;
        compared += g->compared;
        free(g);
    }
    CU_ASSERT_EQUAL(bad, 0);
    if (count < 100) return;
    CU_ASSERT(compared > 2 * count && freed > count && stale > count / 10);
    CU_ASSERT((moved > count) == (collector == COLLECTOR_MOVING));
}

/* The seed says the collector, so that it is enough to have one again. */
static void with_collector(Collector collector) {
    static const char source[] = "__kernel void blend(__global uchar *x, __global const uchar *y, uint v)\n"
                                 "{ size_t i = get_global_id(0); x[i] = y[i] ^ (uchar)(v + i); }\n";
    const char *many = getenv("MEMORY_GRAPHS"), *one = getenv("SEED");
    uint64_t count = (many ? strtoull(many, NULL, 10) : GRAPHS) / 2, first = collector == COLLECTOR_GO ? 1000001 : 1;
    if (one) {
        uint64_t seed = strtoull(one, NULL, 10);
        if ((seed >= 1000001) != (collector == COLLECTOR_GO)) return;
        first = seed;
        count = 1;
    }
    Dev *dev;
    DevKernel kernel;
    Diag d;
    if (!dev_open(&dev, "auto", &d)) {
        check_skip("there is no OpenCL device");
        return;
    }
    bool built = dev_kernel(dev, "blend.cl", "blend", source, &kernel, &d);
    if (!built) printf("\n  %s\n", d.message);
    CU_ASSERT(built);
    if (!dev_info(dev)->shares_host_memory) check_skip("the device has memory of its own: its results are not in the arena");
    else if (built) graphs(dev, kernel, collector, first, count);
    dev_close(dev);
}

static void the_moving_collector(void) { with_collector(COLLECTOR_MOVING); }
static void gos_collector(void) { with_collector(COLLECTOR_GO); }

void rt_memory_random_tests(void) {
    static const Check checks[] = {
        {"goroutines, C and kernels over the moving collector: every byte is where it should be", the_moving_collector},
        {"... and over Go's collector", gos_collector},
        {0},
    };
    suite("rt: random memory", checks);
}
