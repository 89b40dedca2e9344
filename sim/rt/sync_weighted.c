/* sync_weighted.c -- a weighted semaphore: so many units, first come, first served.
 *
 * Who wants more than is left waits, and everybody behind it, however little they want: so that who wants much is not passed by
 * for ever. Release serves the queue from its head as far as it gets. Who wants more than there is waits for a context that is done.
 *
 * Go:      golang.org/x/sync/semaphore Acquire, TryAcquire, Release, notifyWaiters (v0.16)
 * Differs: its inner mutex is held for no time, and nobody waits for it. No context yet, so the wait for too much is for ever.
 * Emits:   SYNC_LOCK SYNC_UNLOCK SYNC_TRY SYNC_QUEUE SYNC_WAKE PANIC
 */
#include "world.h"

static bool fits(const Sync *s, uint64_t n) { return s->weighted.size - s->weighted.cur >= n; }

bool weighted_acquire(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    uint64_t n = gp->op.b;
    if (gp->op.sync.queued) return sync_over(gp, true); /* Release has taken them for it */
    if (fits(s, n) && s->weighted.waiting.count == 0) {
        s->weighted.cur += n;
        return sync_got(w, gp, s, n, false);
    }
    gp->op_again = gp->op.sync.queued = true;
    if (n <= s->weighted.size) {
        gqueue_put(&s->weighted.waiting, gp);
        EMIT(w->s, SYNC_QUEUE, gp->id, s->id, {SYNC_Q_MAIN}, {0}, {n}, {gp->op.line});
    }
    sched_gopark(w, mp, stream_text(w->s, n <= s->weighted.size ? "select" : "chan receive (nil chan)"));
    sched_schedule(w, mp);
    return false;
}

bool weighted_tryacquire(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    if (!fits(s, gp->op.b) || s->weighted.waiting.count > 0) return sync_refused(w, gp, s);
    s->weighted.cur += gp->op.b;
    return sync_got(w, gp, s, gp->op.b, false);
}

static void notify_waiters(World *w, M *mp, Sync *s) {
    GQueue *q = &s->weighted.waiting;
    while (q->count > 0 && fits(s, q->head->op.b)) {
        G *gp = gqueue_get(q);
        s->weighted.cur += gp->op.b;
        EMIT(w->s, SYNC_WAKE, gp->id, s->id, mp->curg->id, {gp->op.b}, {1});
        sched_ready(w, mp->p, gp, mp->curg->id);
    }
}

bool weighted_release(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    uint64_t n = gp->op.b;
    if (n > s->weighted.cur) return sync_fatal(w, gp, "panic: semaphore: released more than held");
    s->weighted.cur -= n;
    EMIT(w->s, SYNC_UNLOCK, gp->id, s->id, {n}, {0}, {gp->op.line});
    notify_waiters(w, mp, s);
    return sync_over(gp, true);
}
