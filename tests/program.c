/* program.c -- runs goroutines that are C arrays, with the audit watching. */
#include "program.h"

#include "check.h"
#include "invariant.h"

#include "../sim/base/units.h"
#include "../sim/event/text.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct {
    const Body *body;
    size_t at;
    uint64_t round;
    Id_OBJ *obj; /* all that it has allocated; those from `held` on are in its variables */
    size_t obj_count, obj_cap, held;
    bool allocates; /* the result of its last operation is an object */
    uint64_t select; /* World's number of the select that it is in; NONE */
    bool tries;     /* ... is whether the next one is to be done */
    uint64_t makes;  /* it makes the context of this number of the program's; NONE */
    uint64_t made;   /* ... which is this one of World's */
    uint64_t late;   /* the context whose deadline has passed, and which it ends; NONE */
    bool asks_done;  /* the result is a Done channel ... */
    uint64_t done;   /* ... which is kept here; NONE */
} Instance;

typedef struct {
    const Program *p;
    Instance *instance;
    size_t count, cap;
    Model *model;
    Ran *ran;
    Dev *dev;
    Invariant invariant;
    Messages *messages;
    Contexts *contexts;
    World *w;
    uint64_t context[CONTEXTS_MAX]; /* World's number; NONE: not there yet */
    uint64_t sent, causes; /* values, causes so far: each is a new one */
    Bytes text;
} Run;

static uint64_t new_instance(Run *r, uint64_t body) {
    ASSERT(body < r->p->body_count);
    GROW(r->instance, r->cap, r->count + 1);
    r->instance[r->count] = (Instance){.body = &r->p->bodies[body], .select = NONE, .makes = NONE, .late = NONE, .done = NONE};
    return r->count++;
}

static Id_STR name(void *ctx, uint64_t id) {
    const Run *r = ctx;
    return stream_text(r->w->s, r->instance[id].body->name);
}

/* What the timer of a deadline starts. */
static uint64_t fire(void *ctx, uint64_t timer) {
    static const Op ends[] = {CANCEL(0, 0)};
    static const Body deadline = BODY("deadline", ends);
    Run *r = ctx;
    uint64_t id = new_instance(r, 0), context = r->w->timers[timer]->context;
    r->instance[id].body = &deadline;
    r->instance[id].late = context;
    contexts_fires(r->contexts, context, world_now(r->w));
    return id;
}

static uint64_t after(void *ctx, uint64_t context) {
    Run *r = ctx;
    contexts_runs(r->contexts, context);
    return new_instance(r, r->p->after_func);
}

/* What its last operation has given it. */
static void take_result(Run *r, World *w, uint64_t id, OpResult result) {
    Instance *in = &r->instance[id];
    uint32_t won = in->select == NONE ? SELECT_DEFAULT : w->selects[in->select]->won;
    if (in->select != NONE) world_selected(w, in->select);
    in->select = NONE;
    if (!r->p->no_audit && w->asking != NULL) {
        stream_flush(w->s);
        messages_result(r->messages, w->asking->curg->id, result, won);
        contexts_result(r->contexts, w, w->asking->curg->id, result);
    }
    if (in->makes != NONE) r->context[in->makes] = in->made;
    in->makes = NONE;
    if (in->asks_done) in->done = result.value;
    in->asks_done = false;
    if (in->tries && !result.ok) in->at++;
    in->tries = false;
    if (!in->allocates) return;
    in->allocates = false;
    GROW(in->obj, in->obj_cap, in->obj_count + 1);
    in->obj[in->obj_count++] = (Id_OBJ){result.value};
}

static void roots(void *ctx, void (*root)(void *to, Id_OBJ obj), void *to) {
    const Run *r = ctx;
    for (size_t i = 0; i < r->count; i++) {
        for (size_t k = r->instance[i].held; k < r->instance[i].obj_count; k++) root(to, r->instance[i].obj[k]);
    }
}

static void drop(void *ctx, uint64_t id) {
    Run *r = ctx;
    r->instance[id].held = r->instance[id].obj_count;
}

static uint64_t launch(const Run *r, World *w, uint64_t ns, Id_OBJ obj) {
    static const char source[] = "__kernel void fill(__global uchar *x) { x[get_global_id(0)] = 1; }";
    enum { ITEMS = LAUNCH_SLICES * 64 };
    Launch l = {.name = stream_text(w->s, "fill"), .queue = DEFAULT_QUEUE, .obj = {obj}, .written = {true}, .obj_count = 1, .items = ITEMS,
                .duration_ns = ns, .slices = LAUNCH_SLICES};
    DevKernel k;
    DevArg arg = {.kind = DEV_ARG_BUFFER};
    Diag d;
    bool ok = dev_kernel(r->dev, "fill.cl", "fill", source, &k, &d) &&
              dev_buffer(r->dev, heap_bytes(w->heap, obj), heap_size(w->heap, obj), &arg.v.buffer, &d) &&
              dev_launch(r->dev, k, &arg, 1, ITEMS, &l.slices, &l.dev, &d);
    if (!ok) printf("\n  %s\n", d.message);
    ASSERT(ok);
    return world_launch(w, &l);
}

/* From the program's own words to the world's. False: it is nothing at all. */
static bool of_heap(Run *r, World *w, Instance *in, Op *op) {
    if (op->kind == OP_ALLOC) {
        in->allocates = true;
        op->text = stream_text(w->s, "obj");
        op->b = world_layout(w, op->b ? (HeapLayout){8, 1} : HEAP_NO_POINTERS);
        return w->heap != NULL;
    }
    if ((int)op->kind == OP_DROP) {
        in->held = in->obj_count;
        return false;
    }
    uint64_t *which = op->kind == OP_LAUNCH ? &op->b : &op->a;
    size_t k = *which == LAST ? in->obj_count - 1 : *which;
    if (k >= in->obj_count) return false;
    Id_OBJ obj = in->obj[k];
    bool may = heap_is_live(w->heap, obj) && (k >= in->held || heap_pins(w->heap, obj) > 0);
    if (!may || (op->kind == OP_UNPIN && heap_pins(w->heap, obj) == 0)) return false;
    if (op->kind == OP_LAUNCH) *op = (Op){.kind = OP_LAUNCH, .line = op->line, .a = launch(r, w, op->a, obj)};
    else op->a = obj.v;
    return true;
}

/* World's number of the program's context; NONE: it is not there, or can only be stopped. */
static uint64_t context_of(const Run *r, const World *w, uint64_t x) {
    uint64_t id = x < CONTEXTS_MAX ? r->context[x] : NONE;
    return id != NONE && w->cancels[id].kind != CANCEL_AFTER_FUNC ? id : NONE;
}

/* The same of contexts. */
static bool of_context(Run *r, World *w, Instance *in, Op *op) {
    Id_G g = w->asking->curg->id;
    Id_STR late = stream_text(w->s, "context deadline exceeded");
    if (op->kind == OP_CONTEXT_NEW) {
        uint64_t parent = context_of(r, w, op->b & 0xff), ns = op->b >> 16;
        CancelKind kind = (CancelKind)(op->b >> 8 & 0xff);
        in->makes = op->a;
        op->a = in->made = world_cancel_ctx(w, parent, kind, ns);
        contexts_make(r->contexts, op->a, parent, kind, ns, late);
    } else if (op->kind == OP_CONTEXT_CANCEL) {
        uint64_t id = in->late != NONE ? in->late : r->context[op->a];
        char text[24];
        snprintf(text, sizeof text, "cause %llu", (unsigned long long)++r->causes);
        op->text = in->late != NONE ? late : stream_text(w->s, "context canceled");
        op->b = op->b ? stream_text(w->s, text).v : NONE;
        op->a = id;
        if (id != NONE) contexts_cancel(r->contexts, g, id, op->text, op->b != NONE ? (Id_STR){op->b} : op->text);
        return id != NONE;
    } else if (op->kind == OP_CONTEXT_USE) {
        op->a = context_of(r, w, op->a);
        in->asks_done = op->b && op->a != NONE;
        if (op->a != NONE) contexts_use(r->contexts, g, op->a, op->b);
        return op->a != NONE;
    } else { /* ACQUIRE */
        uint64_t id = context_of(r, w, (op->b >> 32) - 1);
        op->b = (uint32_t)op->b | (id + 1) << 32; /* NONE + 1 is none */
        in->tries = true;
    }
    return true;
}

static bool next_op(Run *r, World *w, uint64_t id, Op *out);

static void communicate(Run *r, World *w, Instance *in, Op *op) {
    bool selects = op->kind == OP_SELECT;
    Selection one = {.cases = {{{op->a}, op->kind == OP_SEND, 0}}, .count = 1};
    Selection s = selects ? r->p->selects[op->a] : one;
    for (uint32_t i = 0; i < s.count; i++) {
        if (s.cases[i].c.v == DONE_CHAN) s.cases[i].c.v = in->done;
        if (s.cases[i].sends) s.cases[i].value = ++r->sent;
    }
    if (selects) world_select(w, s.cases, s.count, s.has_default, op);
    else op->a = s.cases[0].c.v, op->b = s.cases[0].value;
    if (op->kind == OP_SELECT) in->select = op->a;
    if (!r->p->no_audit && w->asking != NULL) messages_ask(r->messages, w->asking->curg->id, s.cases, s.count, s.has_default);
}

/* With the shortcut, as many operations as can be done from here. */
static void next(void *ctx, World *w, uint64_t id, OpResult last, Op *out) {
    Run *r = ctx;
    for (OpResult result = last; result.ok != NOT_OVER; result = world_do(w)) {
        take_result(r, w, id, result);
        if (!next_op(r, w, id, out) || !r->p->shortcut) return;
    }
}

/* True: it may be done from within. */
static bool next_op(Run *r, World *w, uint64_t id, Op *out) {
    Instance *in = &r->instance[id];
    if (in->at == in->body->count && ++in->round < in->body->repeat) in->at = 0;
    if (in->at == in->body->count) {
        *out = (Op){.kind = OP_END};
        return false;
    }
    *out = in->body->ops[in->at++];
    out->line = (uint32_t)in->at;
    SyncDoes does = out->kind == OP_SYNC ? (SyncDoes)out->sync.does : DO_LOCK;
    in->tries = does == DO_TRYLOCK || does == DO_TRYRLOCK || does == DO_ONCE;
    if (does == DO_FAIL) out->b = stream_text(w->s, "an error").v;
    bool context = out->kind == OP_CONTEXT_NEW || out->kind == OP_CONTEXT_CANCEL || out->kind == OP_CONTEXT_USE ||
                   (out->kind == OP_SYNC && does == DO_LOCK && out->b >> 32);
    if (context && !of_context(r, w, in, out)) return next_op(r, w, id, out);
    if (out->kind == OP_RECV && out->a == DONE_CHAN && in->done == NONE) return next_op(r, w, id, out);
    bool heap = out->kind == OP_ALLOC || out->kind == OP_PIN || out->kind == OP_UNPIN || out->kind == OP_LAUNCH ||
                (int)out->kind == OP_DROP;
    if (heap && !of_heap(r, w, in, out)) return next_op(r, w, id, out);
    if (out->kind == OP_GO || out->kind == OP_C_THREAD) {
        out->text = stream_text(w->s, r->p->bodies[out->a].name);
        out->a = new_instance(r, out->a);
    }
    if (out->kind == OP_C_CALL || out->kind == OP_C_ENTER || out->kind == OP_CTX_USE ||
        out->kind == OP_CTX_ABSENT)
        out->text = stream_text(w->s, "sleep_in_c");
    if (out->kind == OP_CALLBACK) out->text = stream_text(w->s, "goCallback");
    if (out->kind == OP_NOTE || out->kind == OP_PANIC) out->text = stream_text(w->s, "said");
    bool talks = out->kind == OP_SEND || out->kind == OP_RECV || out->kind == OP_SELECT;
    if (talks) communicate(r, w, in, out);
    return talks || out->kind == OP_SYNC || out->kind == OP_ALLOC || out->kind == OP_PIN || out->kind == OP_UNPIN;
}

static void sink(void *ctx, const Block *b, const Intern *text) {
    Run *r = ctx;
    const uint8_t *p = b->bytes, *end = p + b->len;
    uint64_t previous = b->base_ns;
    char why[MODEL_WHY_MAX], line[EVENT_TEXT_MAX], time[TIME_TEXT_MAX];
    for (Event e = {.seq = b->first_seq}; p != end; e.seq++) {
        p = event_decode(p, end, previous, event_table(), &e);
        ASSERT(p != NULL);
        previous = e.time_ns;
        r->ran->events++;
        r->ran->count[e.kind]++;
        if (r->p->no_audit) continue;
        event_text_short(line, &e, text);
        time_text(time, sizeof time, e.time_ns);
        bytes_add(&r->text, time, strlen(time));
        bytes_add(&r->text, " ", 1);
        bytes_add(&r->text, line, strlen(line));
        bytes_add(&r->text, "\n", 1);
        if (r->p->before && r->ran->audit[0] == '\0') r->p->before(r->p->ctx, r->model, &e);
        if (r->ran->audit[0] == '\0')
            invariant_check(&r->invariant, r->model, &e, r->ran->audit, sizeof r->ran->audit);
        messages_event(r->messages, &e);
        contexts_event(r->contexts, &e);
        if (r->ran->audit[0] == '\0') findings_event(&r->ran->findings, r->model, &e);
        if (r->ran->audit[0] == '\0' && !model_apply(r->model, &e, why)) {
            snprintf(r->ran->audit, sizeof r->ran->audit, "event #%llu %.60s: %s",
                     (unsigned long long)e.seq, line, why);
        }
        if (r->p->after && r->ran->audit[0] == '\0') r->p->after(r->p->ctx, r->model, &e);
    }
}

/* A run that was stopped was not asleep; one that ended by a deadlock was. */
static void asleep_or_not(World *w, char *why, size_t size) {
    uint64_t awake = w->net.waiters + (timer_next_ns(w) != UINT64_MAX) + gc_has_work(w); /* for which sysmon finds somebody */
    for (size_t i = 0; i < w->allg_count; i++) {
        const G *gp = w->allg[i];
        awake += gp != NULL && gp->status != G_WAITING && gp->status != G_EXTRA; /* a mark worker, too */
    }
    for (size_t i = 0; i < w->cthread_count; i++) awake += !w->cthreads[i]->ended && w->cthreads[i]->m == NULL;
    if (w->outcome == RUN_DEADLOCK && awake > 0) snprintf(why, size, "a deadlock is reported, and somebody is awake");
    if (w->outcome == RUN_LIMIT && awake == 0) snprintf(why, size, "all goroutines are asleep, and no deadlock was reported");
}

/* Whoever is asleep at the end could not have been served. */
static void nobody_was_forgotten(const World *w, const Model *m, char *why, size_t size) {
    for (size_t i = 0; i < m->sync_count && w->outcome == RUN_DEADLOCK; i++) {
        const ModelSync *s = &m->sync[i];
        const G *first = s->kind == SYNC_WEIGHTED ? w->syncs[i]->weighted.waiting.head : NULL;
        if (first == NULL) continue;
        uint64_t wants = (uint32_t)first->op.b, context;
        if (s->size - s->held >= wants)
            snprintf(why, size, "g%llu waits for %llu of a semaphore for ever, and there is room", (unsigned long long)first->id.v,
                     (unsigned long long)wants);
        for (const G *gp = first; gp != NULL; gp = gp->schedlink) {
            context = gp->op.b >> 32;
            if (context != 0 && m->context[context - 1].over_ns != NONE)
                snprintf(why, size, "g%llu waits for a semaphore for ever, and its context is over", (unsigned long long)gp->id.v);
        }
    }
}

Ran run_program(const Program *p) {
    Ran ran = {0};
    Run r = {.p = p, .ran = &ran};
    Diag d;
    if (!dev_open(&r.dev, "none", &d)) UNREACHABLE();
    Stream *s = stream_new();
    r.model = model_new(s->text);
    r.messages = messages_new(ran.audit, sizeof ran.audit);
    r.contexts = contexts_new(ran.audit, sizeof ran.audit);
    for (size_t i = 0; i < CONTEXTS_MAX; i++) r.context[i] = NONE;
    stream_add(s, sink, &r);
    WorldOptions opt = {.procs = p->procs ? p->procs : 1,
                        .seed = p->seed,
                        .limit_ns = p->limit_ns,
                        .no_shortcut = !p->shortcut};
    costs_default(&opt.costs);
    enum { HEAP_LIMIT = 256 << 20 };
    if (p->heap) opt.heap = heap_new(HEAP_LIMIT, p->collector);
    if (p->tune) p->tune(&opt);
    r.invariant.robs_first = (opt.stress & STRESS_STEAL) != 0;
    r.invariant.hold_ns = invariant_hold(&opt, p->stretch_ns);
    Bytes profile = {0};
    costs_text(&opt.costs, &profile);
    bytes_add(&profile, "", 1);
    findings_begin(&ran.findings, (const char *)profile.data);
    bytes_free(&profile);
    Prog prog = {.ctx = &r, .next = next, .roots = roots, .drop = drop, .name = name, .fire = fire, .after = after};
    World *w = r.w = world_new(s, r.dev, prog, &opt);
    for (size_t i = 0; i < p->chan_count; i++) world_chan(w, p->chan_caps[i], "c", 0);
    for (size_t i = 0; i < p->timer_count; i++)
        world_timer(w, p->timers[i].delay_ns, p->timers[i].period_ns, "timer", 0);
    for (size_t i = 0; i < p->context_count; i++) world_context(w, "gl", 0);
    for (size_t i = 0; i < p->sync_count; i++)
        world_sync(w, p->syncs[i].kind, p->syncs[i].size, (Id_SYNC){p->syncs[i].kind == SYNC_COND ? p->syncs[i].of : NONE}, "", 0);
    for (size_t i = 0; i < p->job_count; i++) {
        Job j = p->jobs[i];
        j.name = stream_text(s, "job");
        world_job(w, &j);
    }
    world_main(w, new_instance(&r, 0), 0);
    while (world_step(w)) {
        ran.steps++;
        if (p->no_audit || ran.audit[0]) continue;
        stream_flush(s);
        if (!ran.audit[0]) audit(w, r.model, ran.audit, sizeof ran.audit);
    }
    ran.status = world_end(w);
    stream_flush(s);
    if (!p->no_audit) messages_left(r.messages, w);
    if (!p->no_audit) contexts_left(r.contexts, w);
    if (!ran.audit[0]) asleep_or_not(w, ran.audit, sizeof ran.audit);
    if (!ran.audit[0]) nobody_was_forgotten(w, r.model, ran.audit, sizeof ran.audit);
    ran.longest_wait_ns = r.invariant.longest_ns;
    ran.outcome = w->outcome;
    ran.end_ns = world_now(w);
    bytes_add(&r.text, "", 1);
    ran.text = (char *)r.text.data;
    world_free(w);
    findings_end(&ran.findings, r.model);
    findings_free(&ran.findings);
    model_free(r.model);
    messages_free(r.messages);
    contexts_free(r.contexts);
    stream_free(s);
    dev_close(r.dev);
    heap_free(opt.heap);
    for (size_t i = 0; i < r.count; i++) free(r.instance[i].obj);
    free(r.instance);
    return ran;
}

void ran_free(Ran *r) {
    free(r->text);
    *r = (Ran){0};
}

char *ran_lines(const Ran *r, const char *kinds) {
    Bytes out = {0};
    for (const char *p = r->text; *p;) {
        size_t n = strcspn(p, "\n");
        const char *name = memchr(p, ' ', n);
        size_t len = name ? strcspn(++name, " \n") : 0;
        for (const char *k = kinds; *k; k += strcspn(k, " "), k += *k == ' ') {
            if (strcspn(k, " ") == len && name != NULL && memcmp(k, name, len) == 0)
                bytes_add(&out, p, n + 1);
        }
        p += n + 1;
    }
    bytes_add(&out, "", 1);
    return (char *)out.data;
}

Ran run_audited(const Program *p) {
    Ran r = run_program(p);
    if (r.audit[0]) printf("\n  audit: %s\n", r.audit);
    CU_ASSERT_STRING_EQUAL(r.audit, "");
    return r;
}

void expect_events(const Ran *r, const char *kinds, const char *expected) {
    char *got = ran_lines(r, kinds);
    check_text(kinds, expected, got);
    free(got);
}

void expect_order(const Ran *r, const char *kinds, const char *expected) {
    char *got = ran_lines(r, kinds), *to = got;
    for (const char *from = got; *from;) {
        size_t time = strcspn(from, " ") + 1, line = strcspn(from, "\n") + 1;
        memmove(to, from + time, line - time);
        to += line - time;
        from += line;
    }
    *to = '\0';
    check_text(kinds, expected, got);
    free(got);
}

uint64_t time_of(const Ran *r, const char *text, unsigned n) {
    const char *at = r->text;
    for (unsigned i = 0; at != NULL && i < n; i++) at = strstr(at + (i > 0), text);
    if (at == NULL) printf("\n  %s does not happen %u times\n", text, n);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    while (at > r->text && at[-1] != '\n') at--;
    char time[TIME_TEXT_MAX];
    uint64_t ns = 0;
    snprintf(time, sizeof time, "%.*s", (int)strcspn(at, " "), at);
    CU_ASSERT(time_parse(time, &ns));
    return ns;
}
