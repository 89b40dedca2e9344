/* sync_weighted.c -- a weighted semaphore: so many units, first come, first served.
 *
 * Who wants more than is left waits, and everybody behind it, however little they want: so that who wants much is not passed by
 * for ever. Release serves the queue from its head as far as it gets. Who has a context gives up when that is over; if it was the
 * first, it serves those behind it, for whom there may be room. Who wants more than there is waits for its context alone.
 *
 * Go:      golang.org/x/sync/semaphore Acquire, TryAcquire, Release, notifyWaiters (v0.19)
 * Differs: its inner mutex is held for no time, and nobody waits for it. Who gives up leaves the queue when its context is over, not
 *          when it runs again: what is released meanwhile passes it by, where Go gives it to it and it gives it back. Those who wait
 *          here with a context come after those at its Done channel.
 * Emits:   SYNC_LOCK SYNC_UNLOCK SYNC_TRY SYNC_QUEUE SYNC_WAKE PANIC, and those of cancel.c for a Done channel
 */
#include "world.h"

enum { AT_FIRST, AT_QUEUE, AT_HEAD_GAVE_UP, AT_GAVE_UP };

static uint64_t wanted(const G *gp) { return (uint32_t)gp->op.b; }
static bool fits(const Sync *s, uint64_t n) { return s->weighted.size - s->weighted.cur >= n; }
static CancelCtx *context_of(World *w, const G *gp) {
    return gp->op.b >> 32 ? &w->cancels[(gp->op.b >> 32) - 1] : NULL;
}

static void notify_waiters(World *w, M *mp, Sync *s) {
    GQueue *q = &s->weighted.waiting;
    while (q->count > 0 && fits(s, wanted(q->head))) {
        G *gp = gqueue_get(q);
        if (context_of(w, gp) != NULL) context_of(w, gp)->waits--;
        s->weighted.cur += wanted(gp);
        EMIT(w->s, SYNC_WAKE, gp->id, s->id, mp->curg->id, {wanted(gp)}, {1});
        sched_ready(w, mp->p, gp, mp->curg->id);
    }
}

static void give_back(World *w, M *mp, Sync *s, uint64_t n) {
    s->weighted.cur -= n;
    EMIT(w->s, SYNC_UNLOCK, mp->curg->id, s->id, {n}, {0}, {mp->curg->op.line});
    notify_waiters(w, mp, s);
}

static bool park(World *w, M *mp, const char *reason) {
    sched_gopark(w, mp, stream_text(w->s, reason));
    sched_schedule(w, mp);
    return false;
}

/* For more than there is. With a context, what is left of the operation is a receive: it ends when that is over, and not well. */
static bool wait_for_too_much(World *w, M *mp) {
    G *gp = mp->curg;
    const CancelCtx *c = context_of(w, gp);
    if (c == NULL) return park(w, mp, "chan receive (nil chan)");
    gp->op = (Op){.kind = OP_RECV, .line = gp->op.line, .a = c->done->id.v};
    chan_op(w, mp, c->done, false);
    return false;
}

static bool wait_for_room(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    gp->op_again = true;
    gp->op.sync.at = AT_QUEUE;
    if (context_of(w, gp) != NULL) context_of(w, gp)->waits++;
    gqueue_put(&s->weighted.waiting, gp);
    EMIT(w->s, SYNC_QUEUE, gp->id, s->id, {SYNC_Q_MAIN}, {0}, {wanted(gp)}, {gp->op.line});
    return park(w, mp, "select");
}

static bool begin(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    uint64_t n = wanted(gp);
    if (gp->op.b >> 32) cancel_done(w, mp, (gp->op.b >> 32) - 1);
    const CancelCtx *c = context_of(w, gp);
    if (c != NULL && c->over) return sync_refused(w, gp, s);
    if (fits(s, n) && s->weighted.waiting.count == 0) {
        s->weighted.cur += n;
        return sync_got(w, gp, s, n, false);
    }
    return n > s->weighted.size ? wait_for_too_much(w, mp) : wait_for_room(w, mp, s);
}

/* Behind the wait. If it is served and its context is over by now, it gives all of it back. */
bool weighted_acquire(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    uint8_t at = gp->op.sync.at;
    if (at == AT_FIRST) return begin(w, mp, s);
    const CancelCtx *c = context_of(w, gp);
    if (c == NULL || !c->over) return sync_over(gp, true);
    if (at == AT_QUEUE) give_back(w, mp, s, wanted(gp));
    if (at == AT_HEAD_GAVE_UP) notify_waiters(w, mp, s);
    return sync_refused(w, gp, s);
}

static G *take_out(World *w, M *mp, Sync *s, const CancelCtx *c, G *list) {
    for (G *gp = s->weighted.waiting.head, *next; gp != NULL; gp = next) {
        next = gp->schedlink;
        if (context_of(w, gp) != c) continue;
        gp->op.sync.at = gp == s->weighted.waiting.head ? AT_HEAD_GAVE_UP : AT_GAVE_UP;
        gqueue_remove(&s->weighted.waiting, gp);
        EMIT(w->s, SYNC_WAKE, gp->id, s->id, mp->curg->id, {wanted(gp)}, {0});
        gp->schedlink = list;
        list = gp;
    }
    return list;
}

/* Last first, as who waits at a channel that is closed. */
void weighted_give_up(World *w, M *mp, uint64_t context) {
    CancelCtx *c = &w->cancels[context];
    G *list = NULL;
    for (size_t i = 0; i < w->sync_count && c->waits > 0; i++) {
        if (w->syncs[i]->kind == SYNC_WEIGHTED) list = take_out(w, mp, w->syncs[i], c, list);
    }
    for (G *gp; (gp = list) != NULL;) {
        list = gp->schedlink;
        gp->schedlink = NULL;
        c->waits--;
        sched_ready(w, mp->p, gp, mp->curg->id);
    }
    ASSERT(c->waits == 0);
}

bool weighted_tryacquire(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    if (!fits(s, gp->op.b) || s->weighted.waiting.count > 0) return sync_refused(w, gp, s);
    s->weighted.cur += gp->op.b;
    return sync_got(w, gp, s, gp->op.b, false);
}

bool weighted_release(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    if (gp->op.b > s->weighted.cur) return sync_fatal(w, gp, "panic: semaphore: released more than held");
    give_back(w, mp, s, gp->op.b);
    return sync_over(gp, true);
}
