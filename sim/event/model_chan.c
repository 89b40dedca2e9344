/* model_chan.c -- channels, and who waits at them: goroutines, and the sudogs of goroutines in a select.
 *
 * A goroutine in a plain operation stands in one queue, and leaves it from the head. One in a select stands in
 * several, by a sudog for each case; when one of them is served, SELECT takes the others out of the middle. So a
 * sudog knows who stands before it, and a goroutine need not.
 */
#include "model_parts.h"

/* ---- the queue of a channel ---- */

static bool is_sudog(uint64_t entry) { return entry != NONE && entry >= MODEL_SUDOG; }
static ModelSudog *sudog_of(const Model *m, uint64_t entry) { return &m->sudog[entry - MODEL_SUDOG]; }
static uint64_t *next_of(const Model *m, uint64_t entry) {
    return is_sudog(entry) ? &sudog_of(m, entry)->next : &m->g[entry].next;
}

uint64_t model_waiter(const Model *m, uint64_t entry) { return is_sudog(entry) ? sudog_of(m, entry)->g : entry; }
uint64_t model_behind(const Model *m, uint64_t entry) { return *next_of(m, entry); }

static inline void put(Model *m, ModelQ *q, uint64_t entry) {
    *next_of(m, entry) = NONE;
    if (is_sudog(entry)) sudog_of(m, entry)->prev = q->count ? q->tail : NONE;
    if (q->count == 0) q->head = entry;
    else *next_of(m, q->tail) = entry;
    q->tail = entry;
    q->count++;
}

/* The entry leaves, from behind prev. */
static void take_out(Model *m, ModelQ *q, uint64_t prev, uint64_t entry) {
    uint64_t next = *next_of(m, entry);
    if (prev == NONE) q->head = next;
    else *next_of(m, prev) = next;
    if (next == NONE) q->tail = prev;
    else if (is_sudog(next)) sudog_of(m, next)->prev = prev;
    *next_of(m, entry) = NONE;
    if (--q->count == 0) *q = model_empty_q;
}

/* The one at the head is served. */
static uint64_t get(Model *m, ModelQ *q) {
    uint64_t entry = q->head, g = model_waiter(m, entry);
    take_out(m, q, NONE, entry);
    if (is_sudog(entry)) sudog_of(m, entry)->chan = NONE;
    else m->g[g].place = AT_NONE;
    return g;
}

static bool get_this(Step *s, ModelQ *q, uint64_t g) {
    REQUIRE(q->count > 0 && model_waiter(s->m, q->head) == g, "g%llu is not at the head of that queue", (Ull)g);
    get(s->m, q);
    return true;
}

/* ---- plain operations ---- */

static bool timer_send(Step *s, uint64_t c_id, uint64_t kept) {
    GET(Chan, c, c_id);
    REQUIRE(!c->closed, "c%llu is closed", (Ull)c_id);
    if (!kept) return true;
    c->sends++;
    if (c->recvq.count > 0) { /* straight to who waits there */
        c->recvs++;
        get(s->m, &c->recvq);
        return true;
    }
    REQUIRE(c->count < c->cap, "c%llu has no room", (Ull)c_id);
    c->count++;
    return true;
}
static bool chan_make(Step *s, uint64_t id, uint64_t cap, uint64_t name, uint64_t line) {
    Model *m = s->m;
    REQUIRE(id == m->chan_count, "c%llu is not the next channel, c%zu", (Ull)id, m->chan_count);
    GROW(m->chan, m->chan_cap, id + 1);
    m->chan_count = id + 1;
    m->chan[id] =
        (ModelChan){.cap = cap, .name = name, .line = line, .sendq = model_empty_q, .recvq = model_empty_q};
    return true;
}
bool model_chan_queue(Step *s, uint64_t g, uint64_t c_id, uint64_t sending, uint64_t line) {
    TRY(running(s, g, line));
    GET(Chan, c, c_id);
    GET(G, gp, g);
    REQUIRE(gp->place == AT_NONE, "g%llu is on a queue already", (Ull)g);
    gp->chan = c_id;
    gp->place = sending ? AT_SENDQ : AT_RECVQ;
    put(s->m, sending ? &c->sendq : &c->recvq, g);
    return true;
}
bool model_chan_send(Step *s, uint64_t g, uint64_t c_id, uint64_t to, uint64_t line) {
    TRY(running(s, g, line));
    GET(Chan, c, c_id);
    REQUIRE(!c->closed, "c%llu is closed", (Ull)c_id);
    c->sends++;
    if (to != NONE) {
        c->recvs++;
        return get_this(s, &c->recvq, to);
    }
    REQUIRE(c->count < c->cap, "c%llu has no room", (Ull)c_id);
    c->count++;
    return true;
}
bool model_chan_recv(Step *s, uint64_t g, uint64_t c_id, uint64_t from, uint64_t ok, uint64_t line) {
    TRY(running(s, g, line));
    GET(Chan, c, c_id);
    if (!ok) {
        REQUIRE(c->closed && c->count == 0, "c%llu is not closed and empty", (Ull)c_id);
        return true;
    }
    c->recvs++;
    if (from != NONE) {
        c->sends++; /* the waiting sender's value takes the freed place, or goes straight through */
        return get_this(s, &c->sendq, from);
    }
    REQUIRE(c->count > 0, "c%llu is empty", (Ull)c_id);
    c->count--;
    return true;
}
static bool chan_close(Step *s, uint64_t g, uint64_t c_id, uint64_t line) {
    TRY(running(s, g, line));
    GET(Chan, c, c_id);
    REQUIRE(!c->closed, "c%llu is closed already", (Ull)c_id);
    c->closed = 1;
    while (c->recvq.count > 0) get(s->m, &c->recvq);
    while (c->sendq.count > 0) get(s->m, &c->sendq);
    return true;
}

/* ---- select ---- */

static uint64_t new_sudog(Model *m) {
    uint64_t entry = m->free_sudog;
    if (entry != NONE) {
        m->free_sudog = sudog_of(m, entry)->other;
        return entry;
    }
    GROW(m->sudog, m->sudog_cap, m->sudog_count + 1);
    return MODEL_SUDOG + m->sudog_count++;
}
static bool select_queue(Step *s, uint64_t g, uint64_t c_id, uint64_t nth, uint64_t sending, uint64_t line) {
    Model *m = s->m;
    TRY(running(s, g, line));
    GET(Chan, c, c_id);
    GET(G, gp, g);
    REQUIRE(gp->place == AT_NONE || gp->place == AT_SELECT, "g%llu is on a queue already", (Ull)g);
    uint64_t entry = new_sudog(m);
    *sudog_of(m, entry) = (ModelSudog){.g = g, .nth = nth, .chan = c_id, .sending = sending,
                                       .other = gp->place == AT_SELECT ? gp->next : NONE};
    gp->place = AT_SELECT;
    gp->next = entry;
    put(m, sending ? &c->sendq : &c->recvq, entry);
    return true;
}
/* It waited: one of its sudogs was served, and now all go. */
static bool give_up(Step *s, ModelG *gp, uint64_t g, uint64_t c_id, uint64_t nth) {
    Model *m = s->m;
    bool served = false;
    REQUIRE(gp->place == AT_SELECT, "g%llu waits in no select", (Ull)g);
    for (uint64_t entry = gp->next, other; entry != NONE; entry = other) {
        ModelSudog *sg = sudog_of(m, entry);
        REQUIRE(sg->g == g, "g%llu waits in no such select", (Ull)g);
        other = sg->other;
        served = served || (sg->nth == nth && sg->chan == NONE);
        if (sg->chan != NONE) take_out(m, sg->sending ? &m->chan[sg->chan].sendq : &m->chan[sg->chan].recvq, sg->prev, entry);
        *sg = (ModelSudog){.g = NONE, .chan = NONE, .next = NONE, .prev = NONE, .other = m->free_sudog};
        m->free_sudog = entry;
    }
    REQUIRE(served, "nobody has served case %llu of g%llu", (Ull)nth, (Ull)g);
    gp->place = AT_NONE;
    gp->next = NONE;
    gp->chan = c_id;
    return true;
}
static bool select_case(Step *s, uint64_t g, uint64_t c_id, uint64_t nth, uint64_t of, uint64_t ready, uint64_t line) {
    GET(G, gp, g);
    bool waited = gp->state == G_WAITING;
    if (waited) TRY(give_up(s, gp, g, c_id, nth));
    else TRY(running(s, g, line));
    REQUIRE(nth < of || (nth == NONE && !waited), "there is no case %llu", (Ull)nth);
    REQUIRE(ready <= of && (ready > 0) == (!waited && nth != NONE), "%llu cases of %llu cannot be ready", (Ull)ready, (Ull)of);
    return nth == NONE || get_Chan(s, c_id) != NULL;
}

/* ---- what the rest of the model asks ---- */

bool model_chan(Step *s) {
    const uint64_t *a = s->e->arg;
    switch ((EventKind)s->e->kind) {
    case EV_TIMER_SEND: return timer_send(s, a[0], a[3]);
    case EV_CHAN_MAKE: return chan_make(s, a[0], a[1], a[2], a[3]);
    case EV_CHAN_CLOSE: return chan_close(s, a[0], a[1], a[2]);
    case EV_SELECT_QUEUE: return select_queue(s, a[0], a[1], a[2], a[3], a[4]);
    case EV_SELECT: return select_case(s, a[0], a[1], a[2], a[3], a[4], a[5]);
    default: UNREACHABLE();
    }
}

static bool entry_ok(const Model *m, uint64_t entry) {
    return entry == NONE || (is_sudog(entry) ? entry - MODEL_SUDOG < m->sudog_count : entry < m->g_count);
}

bool model_waiters_ok(const Model *m, const ModelQ *q) {
    bool there = q->head != NONE && q->tail != NONE && entry_ok(m, q->head) && entry_ok(m, q->tail);
    return q->count == 0 || (there && q->count <= m->g_count + m->sudog_count);
}

bool model_sudogs_ok(const Model *m) {
    bool ok = entry_ok(m, m->free_sudog) && (m->free_sudog == NONE || is_sudog(m->free_sudog));
    for (size_t i = 0; i < m->g_count; i++) {
        const ModelG *gp = &m->g[i];
        bool at_chan = gp->place == AT_SENDQ || gp->place == AT_RECVQ || gp->place == AT_SELECT;
        ok = ok && entry_ok(m, gp->next) && (at_chan || !is_sudog(gp->next));
        if (gp->place == AT_SELECT) ok = ok && is_sudog(gp->next);
    }
    for (size_t i = 0; i < m->sudog_count; i++) {
        const ModelSudog *sg = &m->sudog[i];
        ok = ok && (sg->g < m->g_count || sg->g == NONE) && (sg->chan < m->chan_count || sg->chan == NONE);
        ok = ok && entry_ok(m, sg->next) && entry_ok(m, sg->prev) && entry_ok(m, sg->other);
        ok = ok && (sg->other == NONE || is_sudog(sg->other));
    }
    return ok;
}
