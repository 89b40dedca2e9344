/* sync_waitgroup.c -- a WaitGroup: whoever counts down to 0 wakes all who wait for it. An errgroup is one with a first error.
 *
 * Go:      sync/waitgroup.go Add, Wait; golang.org/x/sync/errgroup (go1.26)
 * Differs: "WaitGroup misuse: Add called concurrently with Wait" needs two steps of Add with another's in between, and cannot happen.
 *          Before 1.24 the reason of waiting was "semacquire". The limit of an errgroup is a channel (sim/script/bind_errgroup.c).
 * Emits:   SYNC_COUNT SYNC_ERROR PANIC, and those of sema.c
 */
#include "world.h"

bool waitgroup_add(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    s->wg.counter += (int32_t)gp->op.b;
    if (s->wg.counter < 0) return sync_fatal(w, gp, "panic: sync: negative WaitGroup counter");
    EMIT(w->s, SYNC_COUNT, gp->id, s->id, {(uint64_t)s->wg.counter}, {gp->op.line});
    if (s->wg.counter == 0) {
        uint32_t waiters = s->wg.waiters;
        s->wg.waiters = 0;
        for (; waiters > 0; waiters--) sema_release(w, mp, &s->wg.sema, false);
    }
    return sync_over(gp, true);
}

bool waitgroup_wait(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    SyncLocals *v = &gp->op.sync;
    if (!v->queued && s->wg.counter == 0) return sync_over(gp, true);
    if (!v->queued) s->wg.waiters++;
    v->queued = true;
    if (!sema_acquire(w, mp, &s->wg.sema, false, "sync.WaitGroup.Wait")) return false;
    if (s->wg.counter != 0 || s->wg.waiters != 0)
        return sync_fatal(w, gp, "panic: sync: WaitGroup is reused before previous Wait has returned");
    return sync_over(gp, true);
}

bool waitgroup_fail(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    bool first = !s->wg.failed;
    s->wg.failed = true;
    if (first) EMIT(w->s, SYNC_ERROR, gp->id, s->id, {gp->op.b}, {gp->op.line});
    return sync_over(gp, first);
}
