/* contexts.c -- the tree of contexts, rebuilt from what was asked for and from events, against what the goroutines were given. */
#include "contexts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

typedef unsigned long long Ull;

typedef struct {
    uint64_t parent, delay_ns, made_ns, deadline_ns;
    CancelKind kind;
    Id_STR late;
    bool made, over, fired, own; /* own: it ended by itself, not by one above it */
    bool owed;                   /* one above it is over: it has to be in the same instant */
    Id_STR err, cause;
    uint64_t chan; /* NONE: nobody has asked */
    uint64_t ran;  /* AfterFunc: so often */
} Tree;

typedef enum { ASKS_NOTHING, ASKS_CANCEL, ASKS_USE } Asks;
typedef struct {
    Asks asks;
    bool channel, did, over; /* did: it was the one that ended it; over: it was over then */
    uint64_t context;
    Id_STR err, cause;
} Asker;

struct Contexts {
    char *why;
    size_t size;
    uint64_t seq, now_ns, owed;
    Tree *tree;
    size_t count, cap;
    Asker *g;
    size_t g_count, g_cap;
    uint64_t *closed; /* by channel: how often */
    size_t chan_count, chan_cap;
    uint64_t *fresh; /* what ended in this instant */
    size_t fresh_count, fresh_cap;
};

static void broken(Contexts *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void broken(Contexts *x, const char *fmt, ...) {
    va_list ap;
    if (x->why[0]) return;
    int n = snprintf(x->why, x->size, "after event #%llu: ", (Ull)x->seq);
    va_start(ap, fmt);
    vsnprintf(x->why + n, x->size - (size_t)n, fmt, ap);
    va_end(ap);
}

Contexts *contexts_new(char *why, size_t size) {
    Contexts *x = mem_zero(1, sizeof *x);
    x->why = why;
    x->size = size;
    return x;
}

void contexts_free(Contexts *x) {
    free(x->tree);
    free(x->g);
    free(x->closed);
    free(x->fresh);
    free(x);
}

static Asker *asker(Contexts *x, uint64_t g) {
    if (g >= x->g_count) {
        GROW(x->g, x->g_cap, g + 1);
        for (; x->g_count <= g; x->g_count++) x->g[x->g_count] = (Asker){0};
    }
    return &x->g[g];
}

/* ---- what is asked for ---- */

void contexts_make(Contexts *x, uint64_t id, uint64_t parent, CancelKind kind, uint64_t delay_ns, Id_STR late) {
    ASSERT(id == x->count);
    GROW(x->tree, x->cap, id + 1);
    x->tree[x->count++] = (Tree){.parent = parent, .kind = kind, .delay_ns = delay_ns, .late = late, .chan = NONE};
}

void contexts_cancel(Contexts *x, Id_G g, uint64_t id, Id_STR err, Id_STR cause) {
    *asker(x, g.v) = (Asker){.asks = ASKS_CANCEL, .context = id, .err = err, .cause = cause};
}

void contexts_use(Contexts *x, Id_G g, uint64_t id, bool channel) {
    *asker(x, g.v) = (Asker){.asks = ASKS_USE, .context = id, .channel = channel};
}

void contexts_fires(Contexts *x, uint64_t id, uint64_t now_ns) {
    Tree *t = &x->tree[id];
    if (t->over) broken(x, "the timer of ctx%llu fires, and it is over", (Ull)id);
    if (t->fired || now_ns < t->deadline_ns) broken(x, "the timer of ctx%llu fires twice, or too early", (Ull)id);
    t->fired = true;
}

void contexts_runs(Contexts *x, uint64_t id) {
    if (x->tree[id].ran++ > 0) broken(x, "the function of ctx%llu runs twice", (Ull)id);
}

/* ---- what happens ---- */

/* Time moves on: all that was to end at once has. */
static void settle(Contexts *x) {
    if (x->owed > 0) broken(x, "one above is over, and %llu contexts are not", (Ull)x->owed);
    for (size_t i = 0; i < x->fresh_count; i++) {
        const Tree *t = &x->tree[x->fresh[i]];
        if (t->chan != NONE && x->closed[t->chan] != 1) broken(x, "ctx%llu is over, and its channel open", (Ull)x->fresh[i]);
        if (t->ran != (t->kind == CANCEL_AFTER_FUNC && !t->own))
            broken(x, "the function of ctx%llu has run %llu times", (Ull)x->fresh[i], (Ull)t->ran);
    }
    x->fresh_count = 0;
}

static void owe(Contexts *x, uint64_t id) {
    x->owed += !x->tree[id].owed;
    x->tree[id].owed = true;
}

static void made(Contexts *x, const uint64_t *a, uint64_t now) {
    Tree *t = &x->tree[a[0]];
    uint64_t own = t->kind == CANCEL_DEADLINE ? now + t->delay_ns : NONE, above = t->parent == NONE ? NONE : x->tree[t->parent].deadline_ns;
    t->made = true;
    t->made_ns = now;
    t->deadline_ns = own < above ? own : above;
    if (a[1] != t->parent || a[4] != t->deadline_ns) broken(x, "ctx%llu is not what was asked for", (Ull)a[0]);
    if (t->parent != NONE && x->tree[t->parent].over) owe(x, a[0]);
    else if (own != NONE && t->delay_ns == 0 && own <= above) owe(x, a[0]);
}

/* Why it may end: somebody has asked for just that, or the deadline was past when it was made. */
static void ends_by_itself(Contexts *x, uint64_t id, uint64_t g, Id_STR err, Id_STR cause) {
    Tree *t = &x->tree[id];
    Asker *gp = asker(x, g);
    t->own = true;
    if (t->owed) { /* no time passes between making it and this */
        bool late = x->now_ns == t->made_ns && t->kind == CANCEL_DEADLINE && t->delay_ns == 0 && err.v == t->late.v && cause.v == err.v;
        if (!late) broken(x, "ctx%llu ends by itself, and not in the words of a deadline", (Ull)id);
        return;
    }
    bool asked = gp->asks == ASKS_CANCEL && gp->context == id && !gp->did && err.v == gp->err.v && cause.v == gp->cause.v;
    if (!asked) broken(x, "g%llu cancels ctx%llu, and was not asked for that, or not in these words", (Ull)g, (Ull)id);
    if (err.v == t->late.v && x->now_ns < t->deadline_ns) broken(x, "the deadline of ctx%llu has not passed", (Ull)id);
    gp->did = true;
    for (uint64_t i = 0; i < x->count; i++) { /* whom it has below it */
        uint64_t up = x->tree[i].made && !x->tree[i].over ? x->tree[i].parent : NONE;
        while (up != NONE && up != id) up = x->tree[up].parent;
        if (up == id) owe(x, i);
    }
}

static void ends(Contexts *x, const uint64_t *a) {
    Tree *t = &x->tree[a[0]];
    if (!t->made || t->over) broken(x, "ctx%llu is not there yet, or is over already", (Ull)a[0]);
    if (a[2] == a[0]) ends_by_itself(x, a[0], a[1], (Id_STR){a[3]}, (Id_STR){a[4]});
    else {
        const Tree *above = t->parent == NONE ? NULL : &x->tree[t->parent];
        if (above == NULL || !above->over || !t->owed) broken(x, "ctx%llu ends before the one above it", (Ull)a[0]);
        else if (a[3] != above->err.v || a[4] != above->cause.v) broken(x, "ctx%llu ends in other words than the one above it", (Ull)a[0]);
    }
    x->owed -= t->owed;
    t->owed = false;
    t->over = true;
    t->err.v = a[3];
    t->cause.v = a[4];
    GROW(x->fresh, x->fresh_cap, x->fresh_count + 1);
    x->fresh[x->fresh_count++] = a[0];
}

static void used(Contexts *x, const uint64_t *a) {
    Asker *gp = asker(x, a[0]);
    Tree *t = &x->tree[a[1]];
    gp->over = t->over;
    if (a[2] == NONE) return;
    if (t->chan != NONE && t->chan != a[2]) broken(x, "ctx%llu has two channels", (Ull)a[1]);
    t->chan = a[2];
    if (x->closed[a[2]] != t->over) broken(x, "the channel of ctx%llu was closed %llu times", (Ull)a[1], (Ull)x->closed[a[2]]);
}

static void closed(Contexts *x, uint64_t c) {
    if (++x->closed[c] > 1) broken(x, "c%llu is closed twice", (Ull)c);
    for (size_t i = 0; i < x->count; i++) {
        if (x->tree[i].chan == c && !x->tree[i].over) broken(x, "the channel of ctx%zu is closed, and it is not over", i);
    }
}

void contexts_event(Contexts *x, const Event *e) {
    x->seq = e->seq;
    if (x->why[0]) return;
    if (e->time_ns > x->now_ns) settle(x);
    x->now_ns = e->time_ns;
    switch (e->kind) {
    case EV_CHAN_MAKE:
        GROW(x->closed, x->chan_cap, x->chan_count + 1);
        x->closed[x->chan_count++] = 0;
        break;
    case EV_CHAN_CLOSE: closed(x, e->arg[1]); break;
    case EV_CONTEXT_NEW: made(x, e->arg, e->time_ns); break;
    case EV_CONTEXT_CANCEL: ends(x, e->arg); break;
    case EV_CONTEXT_USE: used(x, e->arg); break;
    default: break;
    }
}

/* ---- what the program is told ---- */

void contexts_result(Contexts *x, const World *w, Id_G g, OpResult r) {
    Asker *gp = asker(x, g.v);
    Asks asks = gp->asks;
    const Tree *t = &x->tree[gp->context];
    gp->asks = ASKS_NOTHING;
    if (asks == ASKS_NOTHING || x->why[0]) return;
    if (asks == ASKS_CANCEL && (r.ok != 0) != gp->did) broken(x, "g%llu is told that it was %s", (Ull)g.v, r.ok ? "first" : "late");
    if (asks == ASKS_CANCEL && !t->over) broken(x, "g%llu has cancelled ctx%llu, which is not over", (Ull)g.v, (Ull)gp->context);
    if (asks == ASKS_USE && (r.ok != 0) != gp->over) broken(x, "g%llu is told that ctx%llu is%s over", (Ull)g.v, (Ull)gp->context, r.ok ? "" : " not");
    if (asks == ASKS_USE && gp->channel && r.value != t->chan) broken(x, "g%llu is given another channel than that of ctx%llu", (Ull)g.v, (Ull)gp->context);
    const CancelCtx *c = &w->cancels[gp->context];
    if (t->over && (c->err.v != t->err.v || c->cause.v != t->cause.v)) broken(x, "ctx%llu has another error, or cause", (Ull)gp->context);
}

void contexts_left(Contexts *x, const World *w) {
    settle(x);
    for (size_t i = 0; i < x->count && !x->why[0]; i++) {
        const Tree *t = &x->tree[i];
        const CancelCtx *c = &w->cancels[i];
        bool ticks = c->timer != NONE && w->timers[c->timer]->active;
        uint64_t above = t->parent == NONE ? NONE : x->tree[t->parent].deadline_ns;
        bool needs = t->made && t->kind == CANCEL_DEADLINE && !t->over && !t->fired && t->made_ns + t->delay_ns <= above;
        if (c->over != t->over) broken(x, "ctx%zu is%s over", i, c->over ? "" : " not");
        if (ticks != needs) broken(x, "the timer of ctx%zu runs, or does not", i);
        if (t->over && c->waits > 0) broken(x, "ctx%zu is over, and somebody waits for a semaphore with it", i);
        if (t->kind != CANCEL_AFTER_FUNC && t->ran > 0) broken(x, "ctx%zu has no function, and it ran", i);
        if (t->ran > 0 && (!t->over || t->own)) broken(x, "the function of ctx%zu ran, and it is not over, or was stopped", i);
    }
}
