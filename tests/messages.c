/* messages.c -- channels with their values, rebuilt from events as Go has them, against what the goroutines were given. */
#include "messages.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

typedef unsigned long long Ull;

typedef struct {
    uint64_t g, turn; /* it waits here with its operation of that number ... */
    uint32_t nth;     /* ... and this case */
} Place;

typedef struct {
    Place *place;
    size_t first, count, cap;
} Line;

typedef struct {
    uint64_t cap;
    bool closed;
    uint64_t *value; /* in the buffer: from first on */
    size_t first, count, value_cap;
    Line sendq, recvq;
} Channel;

typedef struct {
    SelectCase cases[MESSAGE_CASES_MAX];
    uint32_t count, won;
    bool has_default, asks, done, announced;
    uint64_t turn;
    uint64_t value;
    bool ok;
} Goroutine;

struct Messages {
    char *why;
    size_t size;
    uint64_t seq;
    Channel *chan;
    size_t chan_count, chan_cap;
    Goroutine *g;
    size_t g_count, g_cap;
};

static void broken(Messages *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void broken(Messages *x, const char *fmt, ...) {
    va_list ap;
    if (x->why[0]) return;
    int n = snprintf(x->why, x->size, "after event #%llu: ", (Ull)x->seq);
    va_start(ap, fmt);
    vsnprintf(x->why + n, x->size - (size_t)n, fmt, ap);
    va_end(ap);
}

Messages *messages_new(char *why, size_t size) {
    Messages *x = mem_zero(1, sizeof *x);
    x->why = why;
    x->size = size;
    return x;
}

void messages_free(Messages *x) {
    for (size_t i = 0; i < x->chan_count; i++) {
        free(x->chan[i].value);
        free(x->chan[i].sendq.place);
        free(x->chan[i].recvq.place);
    }
    free(x->chan);
    free(x->g);
    free(x);
}

static Goroutine *goroutine(Messages *x, uint64_t g) {
    if (g >= x->g_count) {
        GROW(x->g, x->g_cap, g + 1);
        for (; x->g_count <= g; x->g_count++) x->g[x->g_count] = (Goroutine){0};
    }
    return &x->g[g];
}

/* ---- lines and buffers ---- */

static void join(Line *l, Place p) {
    GROW(l->place, l->cap, l->first + l->count + 1);
    l->place[l->first + l->count++] = p;
}

/* The first whose operation is not over. */
static Place *front(Messages *x, Line *l) {
    for (; l->count > 0; l->first++, l->count--) {
        Place *p = &l->place[l->first];
        const Goroutine *gp = goroutine(x, p->g);
        if (gp->turn == p->turn && !gp->done) return p;
    }
    return NULL;
}

static void push(Channel *c, uint64_t value) {
    GROW(c->value, c->value_cap, c->first + c->count + 1);
    c->value[c->first + c->count++] = value;
}

static uint64_t pop(Channel *c) {
    c->count--;
    return c->value[c->first++];
}

static bool is_ready(Messages *x, const SelectCase *k) {
    if (k->c.v == NONE) return false;
    Channel *c = &x->chan[k->c.v];
    if (c->closed) return true;
    if (k->sends) return c->count < c->cap || front(x, &c->recvq) != NULL;
    return c->count > 0 || front(x, &c->sendq) != NULL;
}

/* ---- operations ---- */

void messages_ask(Messages *x, Id_G g, const SelectCase *cases, uint32_t count, bool has_default) {
    Goroutine *gp = goroutine(x, g.v);
    ASSERT(count <= MESSAGE_CASES_MAX);
    *gp = (Goroutine){.count = count, .has_default = has_default, .asks = true, .turn = gp->turn + 1, .won = SELECT_DEFAULT};
    for (uint32_t i = 0; i < count; i++) gp->cases[i] = cases[i];
    if (count == 1 && !has_default) gp->won = 0;
}

static void finish(Messages *x, uint64_t g, uint32_t nth, uint64_t value, bool ok) {
    Goroutine *gp = goroutine(x, g);
    if (!gp->asks || gp->done) broken(x, "g%llu has its result already", (Ull)g);
    gp->done = true;
    gp->won = nth;
    gp->value = value;
    gp->ok = ok;
}

/* The running goroutine's case at this channel; a select has announced it. */
static const SelectCase *its_case(Messages *x, uint64_t g, uint64_t c, bool sends) {
    Goroutine *gp = goroutine(x, g);
    static const SelectCase none;
    bool there = gp->asks && !gp->done && gp->won < gp->count;
    const SelectCase *k = there ? &gp->cases[gp->won] : &none;
    if (!there || k->c.v != c || k->sends != sends) broken(x, "g%llu does what it has not asked for at c%llu", (Ull)g, (Ull)c);
    return k;
}

static Place served(Messages *x, Line *l, uint64_t g) {
    Place *p = front(x, l);
    if (p == NULL || p->g != g) {
        broken(x, "g%llu is served out of turn", (Ull)g);
        return (Place){.g = g};
    }
    l->first++;
    l->count--;
    return l->place[l->first - 1];
}

static void sent(Messages *x, const uint64_t *a) {
    Channel *c = &x->chan[a[1]];
    uint64_t value = its_case(x, a[0], a[1], true)->value;
    if (a[2] != NONE) {
        Place p = served(x, &c->recvq, a[2]);
        if (c->count > 0) broken(x, "a value overtakes those in c%llu", (Ull)a[1]);
        finish(x, a[2], p.nth, value, true);
    } else {
        if (c->count >= c->cap || front(x, &c->recvq) != NULL) broken(x, "a value is put into c%llu for nobody", (Ull)a[1]);
        push(c, value);
    }
    finish(x, a[0], goroutine(x, a[0])->won, 0, true);
}

static void received(Messages *x, const uint64_t *a) {
    Channel *c = &x->chan[a[1]];
    uint32_t won = goroutine(x, a[0])->won;
    its_case(x, a[0], a[1], false);
    if (!a[3]) {
        if (!c->closed || c->count > 0) broken(x, "c%llu is not closed and empty", (Ull)a[1]);
        finish(x, a[0], won, 0, false);
        return;
    }
    if (a[2] != NONE) {
        Place p = served(x, &c->sendq, a[2]);
        push(c, goroutine(x, a[2])->cases[p.nth].value);
        finish(x, a[2], p.nth, 0, true);
    }
    if (c->count == 0) broken(x, "c%llu is empty", (Ull)a[1]);
    else finish(x, a[0], won, pop(c), true);
}

static void ticked(Messages *x, const uint64_t *a) {
    Channel *c = &x->chan[a[0]];
    Place *p = front(x, &c->recvq);
    if (!a[3]) return;
    if (p == NULL) push(c, 0);
    else finish(x, p->g, p->nth, 0, true);
}

static void closed(Messages *x, uint64_t id) {
    Channel *c = &x->chan[id];
    c->closed = true;
    for (Place *p; (p = front(x, &c->recvq)) != NULL;) finish(x, p->g, p->nth, 0, false);
    for (Place *p; (p = front(x, &c->sendq)) != NULL;) finish(x, p->g, p->nth, 0, false);
}

/* It waits only if no case is ready. */
static void queued(Messages *x, uint64_t g, uint64_t c, uint32_t nth, bool sends) {
    Goroutine *gp = goroutine(x, g);
    if (!gp->asks || nth >= gp->count || gp->cases[nth].c.v != c || gp->cases[nth].sends != sends) {
        broken(x, "g%llu queues at c%llu, where it has nothing to do", (Ull)g, (Ull)c);
        return;
    }
    for (uint32_t i = 0; nth == 0 && i < gp->count; i++) {
        if (is_ready(x, &gp->cases[i])) broken(x, "g%llu waits, and its case %u is ready", (Ull)g, i);
    }
    join(sends ? &x->chan[c].sendq : &x->chan[c].recvq, (Place){g, gp->turn, nth});
}

static void selected(Messages *x, const uint64_t *a) {
    Goroutine *gp = goroutine(x, a[0]);
    uint64_t ready = 0;
    if (!gp->asks || gp->announced) broken(x, "g%llu has two winners", (Ull)a[0]);
    gp->announced = true;
    if (gp->done) { /* it waited */
        if (gp->won != a[2]) broken(x, "g%llu was served in case %u, not %llu", (Ull)a[0], gp->won, (Ull)a[2]);
        return;
    }
    for (uint32_t i = 0; i < gp->count; i++) ready += is_ready(x, &gp->cases[i]);
    if (ready != a[4]) broken(x, "%llu cases of g%llu are ready, not %llu", (Ull)ready, (Ull)a[0], (Ull)a[4]);
    if (a[2] == NONE) {
        if (ready > 0 || !gp->has_default) broken(x, "g%llu takes a default", (Ull)a[0]);
        finish(x, a[0], SELECT_DEFAULT, 0, false);
    } else if (a[2] >= gp->count || !is_ready(x, &gp->cases[a[2]])) {
        broken(x, "case %llu of g%llu is not ready", (Ull)a[2], (Ull)a[0]);
    } else {
        gp->won = (uint32_t)a[2];
    }
}

void messages_event(Messages *x, const Event *e) {
    const uint64_t *a = e->arg;
    x->seq = e->seq;
    if (x->why[0]) return;
    switch (e->kind) {
    case EV_CHAN_MAKE:
        GROW(x->chan, x->chan_cap, x->chan_count + 1);
        x->chan[x->chan_count++] = (Channel){.cap = a[1]};
        break;
    case EV_CHAN_SEND: sent(x, a); break;
    case EV_CHAN_RECV: received(x, a); break;
    case EV_CHAN_QUEUE: queued(x, a[0], a[1], 0, a[2]); break;
    case EV_SELECT_QUEUE: queued(x, a[0], a[1], (uint32_t)a[2], a[3]); break;
    case EV_SELECT: selected(x, a); break;
    case EV_CHAN_CLOSE: closed(x, a[1]); break;
    case EV_TIMER_SEND: ticked(x, a); break;
    default: break;
    }
}

void messages_result(Messages *x, Id_G g, OpResult r, uint32_t won) {
    Goroutine *gp = goroutine(x, g.v);
    if (!gp->asks || x->why[0]) return;
    gp->asks = false;
    bool plain = gp->count == 1 && !gp->has_default;
    if (!gp->done) broken(x, "g%llu goes on, and nobody has served it", (Ull)g.v);
    else if (!plain && (gp->won != won || !gp->announced)) broken(x, "case %u of g%llu has won, not %u", gp->won, (Ull)g.v, won);
    else if (gp->value != r.value || gp->ok != (r.ok != 0))
        broken(x, "g%llu gets %llu, not %llu", (Ull)g.v, (Ull)r.value, (Ull)gp->value);
}

void messages_left(Messages *x, const World *w) {
    for (size_t i = 0; i < x->chan_count && !x->why[0]; i++) {
        const Channel *c = &x->chan[i];
        const Chan *wc = w->chans[i];
        if (c->count != wc->count) broken(x, "c%zu holds %llu values, not %zu", i, (Ull)wc->count, c->count);
        for (size_t k = 0; k < c->count && !x->why[0]; k++) {
            uint64_t is = wc->buf[(wc->recvx + k) % wc->cap];
            if (is != c->value[c->first + k]) broken(x, "c%zu holds %llu, not %llu", i, (Ull)is, (Ull)c->value[c->first + k]);
        }
    }
}
