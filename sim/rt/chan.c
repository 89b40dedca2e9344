/* chan.c -- a channel is two queues and a ring: whoever comes second does the work for both.
 *
 * A send looks for a waiting receiver first, then for room, then waits; a receive looks for a waiting
 * sender, then for a value, then waits. The one that waited becomes runnext of whoever released it.
 *
 * Go:      runtime/chan.go chansend, chanrecv, closechan (go1.26)
 * Differs: no lock, since one thing happens at a time; nil channels and select come later.
 * Emits:   CHAN_SEND CHAN_RECV CHAN_QUEUE CHAN_CLOSE GO_BLOCK GO_UNBLOCK PANIC
 */
#include "world.h"

uint64_t chan_cost(const World *w, const Op *op) {
    const Chan *c = w->chans[op->a];
    bool partner = op->kind == OP_SEND ? c->recvq.count > 0 : c->sendq.count > 0;
    return cost(w, partner ? COST_chan_handover : COST_chan_buffered);
}

/* The operation is over, with this result; the goroutine goes on. */
static bool done(G *gp, uint64_t value, bool ok) {
    result_set(&gp->result, value, ok);
    return true;
}

static bool block(World *w, M *mp, Chan *c, GQueue *q, bool sending) {
    G *gp = mp->curg;
    gp->chan = c;
    gqueue_put(q, gp);
    EMIT(w->s, CHAN_QUEUE, gp->id, c->id, {sending}, {gp->op.line});
    if (!sending && c->timer != NULL) timer_block(w, mp->p, c);
    sched_gopark(w, mp, sending ? w->text.chan_send : w->text.chan_recv);
    sched_schedule(w, mp);
    return false;
}

/* The partner's operation is over: it has this result, and runs next here. */
static void release(World *w, M *mp, G *gp, uint64_t value, bool ok) {
    result_set(&gp->result, value, ok);
    gp->chan = NULL;
    sched_ready(w, mp->p, gp, mp->curg->id);
}

static bool panic(World *w, M *mp, const char *text) {
    G *gp = mp->curg;
    EMIT(w->s, PANIC, gp->id, stream_text(w->s, text), {gp->op.line});
    w->outcome = RUN_PANIC;
    return false;
}

bool chan_send(World *w, M *mp, Chan *c) {
    G *gp = mp->curg;
    uint64_t value = gp->op.b;
    if (c->closed) {
        return panic(w, mp, "panic: send on closed channel");
    } else if (c->recvq.count > 0) {
        G *receiver = gqueue_get(&c->recvq);
        EMIT(w->s, CHAN_SEND, gp->id, c->id, receiver->id, {gp->op.line});
        release(w, mp, receiver, value, true);
        return done(gp, 0, true);
    } else if (c->count < c->cap) {
        c->buf[(c->recvx + c->count) % c->cap] = value;
        c->count++;
        EMIT(w->s, CHAN_SEND, gp->id, c->id, {NONE}, {gp->op.line});
        return done(gp, 0, true);
    } else {
        return block(w, mp, c, &c->sendq, true);
    }
}

void chan_tick(World *w, P *pp, Id_P of, Chan *c, uint64_t late_ns) {
    bool kept = c->recvq.count > 0 || c->count < c->cap;
    EMIT(w->s, TIMER_SEND, c->id, of, {late_ns}, {kept});
    if (c->recvq.count > 0) {
        G *receiver = gqueue_get(&c->recvq);
        receiver->result = (OpResult){w->prog.tick, true};
        receiver->chan = NULL;
        sched_ready(w, pp, receiver, (Id_G){NONE});
    } else if (kept) {
        c->buf[(c->recvx + c->count++) % c->cap] = w->prog.tick;
    }
}

bool chan_recv(World *w, M *mp, Chan *c) {
    G *gp = mp->curg;
    if (c->timer != NULL) timer_maybe_run(w, mp, c);
    if (c->sendq.count > 0) { /* so the buffer is full, or there is none */
        G *sender = gqueue_get(&c->sendq);
        uint64_t value = sender->op.b;
        if (c->cap > 0) { /* the head comes out, the sender's value takes the place at the tail */
            uint64_t head = c->buf[c->recvx];
            c->buf[c->recvx] = value;
            c->recvx = (c->recvx + 1) % c->cap;
            value = head;
        }
        EMIT(w->s, CHAN_RECV, gp->id, c->id, sender->id, {1}, {gp->op.line});
        release(w, mp, sender, 0, true);
        return done(gp, value, true);
    } else if (c->count > 0) {
        uint64_t value = c->buf[c->recvx];
        c->recvx = (c->recvx + 1) % c->cap;
        c->count--;
        EMIT(w->s, CHAN_RECV, gp->id, c->id, {NONE}, {1}, {gp->op.line});
        return done(gp, value, true);
    } else if (c->closed) {
        EMIT(w->s, CHAN_RECV, gp->id, c->id, {NONE}, {0}, {gp->op.line});
        return done(gp, 0, false);
    } else {
        return block(w, mp, c, &c->recvq, false);
    }
}

bool chan_close(World *w, M *mp, Chan *c) {
    G *gp = mp->curg;
    if (c->closed) {
        return panic(w, mp, "panic: close of closed channel");
    }
    c->closed = true;
    EMIT(w->s, CHAN_CLOSE, gp->id, c->id, {gp->op.line});
    G *list = NULL; /* Go pushes each waiter on the front of a list: they are readied last first */
    while (c->recvq.count > 0) {
        G *waiter = gqueue_get(&c->recvq);
        waiter->result = (OpResult){0, false};
        waiter->schedlink = list;
        list = waiter;
    }
    while (c->sendq.count > 0) {
        G *waiter = gqueue_get(&c->sendq);
        waiter->result =
            (OpResult){0, false}; /* it will panic: exec_next sees that its send failed */
        waiter->schedlink = list;
        list = waiter;
    }
    while (list != NULL) {
        G *waiter = list;
        list = waiter->schedlink;
        waiter->schedlink = NULL;
        waiter->chan = NULL;
        sched_ready(w, mp->p, waiter, gp->id);
    }
    return done(gp, 0, true);
}
