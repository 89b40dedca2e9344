/* chan.c -- a channel is two queues and a ring: whoever comes second does the work for both.
 *
 * A send looks for a waiting receiver first, then for room, then waits; a receive looks for a waiting
 * sender, then for a value, then waits. The one that waited becomes runnext of whoever released it. At a nil
 * channel nobody will ever come second.
 *
 * Go:      runtime/chan.go chansend, chanrecv, closechan (go1.26)
 * Differs: no lock, since one thing happens at a time.
 * Emits:   CHAN_SEND CHAN_RECV CHAN_QUEUE CHAN_CLOSE GO_BLOCK GO_UNBLOCK PANIC
 */
#include "world.h"

uint64_t chan_cost(const World *w, const Chan *c, bool sends) {
    bool partner = c != NULL && (sends ? c->recvq.count > 0 : c->sendq.count > 0);
    return cost(w, partner ? COST_chan_handover : COST_chan_buffered);
}

bool chan_is_ready(const Chan *c, bool sends) {
    if (c->closed) return true;
    return sends ? c->recvq.count > 0 || c->count < c->cap : c->sendq.count > 0 || c->count > 0;
}

/* The operation is over, with this result; the goroutine goes on. */
static bool done(G *gp, uint64_t value, bool ok) {
    result_set(&gp->result, value, ok);
    return true;
}

static OWN_FRAME bool block(World *w, M *mp, Chan *c, WaitQ *q, bool sending) {
    G *gp = mp->curg;
    gp->sudog.g = gp;
    waitq_put(q, &gp->sudog);
    EMIT(w->s, CHAN_QUEUE, gp->id, c->id, {sending}, {gp->op.line});
    if (!sending && c->timer != NULL) timer_block(w, mp->p, c);
    sched_gopark(w, mp, sending ? w->text.chan_send : w->text.chan_recv);
    sched_schedule(w, mp);
    return false;
}

static OWN_FRAME bool block_for_ever(World *w, M *mp, const char *reason) {
    sched_gopark(w, mp, stream_text(w->s, reason));
    sched_schedule(w, mp);
    return false;
}

/* The operation of who waited in that place is over: it has this result. Returns whose it is. */
static inline G *serve(World *w, Sudog *sg, uint64_t value, bool ok) {
    G *gp = sg->g;
    if (scase_of(sg) != NULL) select_won(w, scase_of(sg));
    result_set(&gp->result, value, ok);
    return gp;
}

/* What a waiting sender wants to send. */
static inline uint64_t value_of(Sudog *sg) { return scase_of(sg) == NULL ? sg->g->op.b : scase_of(sg)->value; }

static OWN_FRAME bool panic(World *w, M *mp, const char *text) {
    exec_panic(w, mp->curg, text);
    return false;
}

typedef enum { DONE, PANICKED, MUST_WAIT } Tried;

static INLINE Tried try_send(World *w, M *mp, Chan *c, uint64_t value) {
    G *gp = mp->curg;
    if (c->closed) {
        panic(w, mp, "panic: send on closed channel");
        return PANICKED;
    } else if (c->recvq.count > 0) {
        Sudog *receiver = waitq_get(&c->recvq);
        EMIT(w->s, CHAN_SEND, gp->id, c->id, receiver->g->id, {gp->op.line});
        sched_ready(w, mp->p, serve(w, receiver, value, true), gp->id);
        done(gp, 0, true);
        return DONE;
    } else if (c->count < c->cap) {
        c->buf[(c->recvx + c->count) % c->cap] = value;
        c->count++;
        EMIT(w->s, CHAN_SEND, gp->id, c->id, {NONE}, {gp->op.line});
        done(gp, 0, true);
        return DONE;
    }
    return MUST_WAIT;
}

static INLINE bool chan_send(World *w, M *mp, Chan *c) {
    if (c == NULL) return block_for_ever(w, mp, "chan send (nil chan)");
    Tried tried = try_send(w, mp, c, mp->curg->op.b);
    return tried == MUST_WAIT ? block(w, mp, c, &c->sendq, true) : tried == DONE;
}

void chan_tick(World *w, P *pp, Id_P of, Chan *c, uint64_t late_ns) {
    bool kept = c->recvq.count > 0 || c->count < c->cap;
    EMIT(w->s, TIMER_SEND, c->id, of, {late_ns}, {kept});
    if (c->recvq.count > 0) {
        sched_ready(w, pp, serve(w, waitq_get(&c->recvq), w->prog.tick, true), (Id_G){NONE});
    } else if (kept) {
        c->buf[(c->recvx + c->count++) % c->cap] = w->prog.tick;
    }
}

static INLINE Tried try_recv(World *w, M *mp, Chan *c) {
    G *gp = mp->curg;
    if (c->sendq.count > 0) { /* so the buffer is full, or there is none */
        Sudog *sender = waitq_get(&c->sendq);
        uint64_t value = value_of(sender);
        if (c->cap > 0) { /* the head comes out, the sender's value takes the place at the tail */
            uint64_t head = c->buf[c->recvx];
            c->buf[c->recvx] = value;
            c->recvx = (c->recvx + 1) % c->cap;
            value = head;
        }
        EMIT(w->s, CHAN_RECV, gp->id, c->id, sender->g->id, {1}, {gp->op.line});
        sched_ready(w, mp->p, serve(w, sender, 0, true), gp->id);
        done(gp, value, true);
        return DONE;
    } else if (c->count > 0) {
        uint64_t value = c->buf[c->recvx];
        c->recvx = (c->recvx + 1) % c->cap;
        c->count--;
        EMIT(w->s, CHAN_RECV, gp->id, c->id, {NONE}, {1}, {gp->op.line});
        done(gp, value, true);
        return DONE;
    } else if (c->closed) {
        EMIT(w->s, CHAN_RECV, gp->id, c->id, {NONE}, {0}, {gp->op.line});
        done(gp, 0, false);
        return DONE;
    }
    return MUST_WAIT;
}

static INLINE bool chan_recv(World *w, M *mp, Chan *c) {
    if (c == NULL) return block_for_ever(w, mp, "chan receive (nil chan)");
    if (c->timer != NULL) timer_maybe_run(w, mp, c);
    return try_recv(w, mp, c) == DONE || block(w, mp, c, &c->recvq, false);
}

void chan_op(World *w, M *mp, Chan *c, bool sends) {
    if (sends ? chan_send(w, mp, c) : chan_recv(w, mp, c)) exec_next(w, mp);
}

bool chan_do(World *w, M *mp, Chan *c, bool sends, uint64_t value) {
    Tried tried = sends ? try_send(w, mp, c, value) : try_recv(w, mp, c);
    ASSERT(tried != MUST_WAIT);
    return tried == DONE;
}

/* A receive that close has ended is not ok either, and well. */
bool chan_send_failed(const World *w, const G *gp) {
    if (gp->op.kind == OP_SEND) return true;
    if (gp->op.kind != OP_SELECT) return false;
    const Select *sel = w->selects[gp->op.a];
    return sel != NULL && sel->won != SELECT_DEFAULT && sel->cases[sel->won].sends;
}

/* All who wait in q go to the front of the list. */
static G *release_all(World *w, WaitQ *q, G *list) {
    while (q->count > 0) {
        G *waiter = serve(w, waitq_get(q), 0, false); /* a sender will panic: exec_next sees that it failed */
        waiter->schedlink = list;
        list = waiter;
    }
    return list;
}

bool chan_close(World *w, M *mp, Chan *c) {
    G *gp = mp->curg;
    if (c == NULL) return panic(w, mp, "panic: close of nil channel");
    if (c->closed) return panic(w, mp, "panic: close of closed channel");
    chan_close_now(w, mp, c);
    return done(gp, 0, true);
}

void chan_close_now(World *w, M *mp, Chan *c) {
    const G *gp = mp->curg;
    c->closed = true;
    EMIT(w->s, CHAN_CLOSE, gp->id, c->id, {gp->op.line});
    /* Go pushes each waiter on the front of a list: they are readied last first */
    G *list = release_all(w, &c->sendq, release_all(w, &c->recvq, NULL));
    while (list != NULL) {
        G *waiter = list;
        list = waiter->schedlink;
        waiter->schedlink = NULL;
        sched_ready(w, mp->p, waiter, gp->id);
    }
}
