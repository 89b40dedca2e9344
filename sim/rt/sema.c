/* sema.c -- semaphores of the runtime: sleep until somebody has counted up.
 *
 *     acquire   value > 0: take one. Else queue and park; when woken, try again: another may have been faster
 *     release   count up, and wake the first. handoff: it gets what was counted up, and runs here at once
 *
 * All that waits in package sync waits here, but a Cond; and the collector's own semaphores are such ones. What of package sync
 * a semaphore belongs to is told by what joins and leaves its queue; of the runtime's own only the parking is told.
 *
 * Go:      runtime/sema.go semacquire1, semrelease1, cansemacquire (go1.26)
 * Differs: Go finds the waiters of an address in a table of 251 treaps, which is nothing but an index; here each semaphore has its
 *          queue. No lock and no count of waiters before it: one thing happens at a time.
 * Emits:   SYNC_QUEUE SYNC_WAKE GO_BLOCK GO_UNBLOCK GO_STOP
 */
#include "world.h"

static bool cansemacquire(Sema *sema) {
    if (sema->value == 0) return false;
    sema->value--;
    return true;
}

bool sema_acquire(World *w, M *mp, Sema *sema, bool lifo, const char *reason) {
    G *gp = mp->curg;
    bool handed = gp->ticket;
    gp->ticket = false;
    if (handed || cansemacquire(sema)) return true;
    gp->op_again = true;
    if (lifo) gqueue_push(&sema->waiting, gp);
    else gqueue_put(&sema->waiting, gp);
    if (sema->of.v != NONE) EMIT(w->s, SYNC_QUEUE, gp->id, sema->of, {sema->queue}, {lifo}, {1}, {gp->op.line});
    sched_gopark(w, mp, stream_text(w->s, reason));
    sched_schedule(w, mp);
    return false;
}

bool sema_release(World *w, M *mp, Sema *sema, bool handoff) {
    Id_G by = mp->curg->id;
    sema->value++;
    if (sema->waiting.count == 0) return true;
    G *gp = gqueue_get(&sema->waiting);
    gp->ticket = handoff && cansemacquire(sema);
    if (sema->of.v != NONE) EMIT(w->s, SYNC_WAKE, gp->id, sema->of, by, {1}, {gp->ticket});
    sched_ready(w, mp->p, gp, by);
    if (!gp->ticket) return true;
    sched_goyield(w, mp);
    return false;
}
