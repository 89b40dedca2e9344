/* sync_pthread.c -- a mutex of C's: who waits for it waits with a whole thread.
 *
 * C code locks and unlocks it, between C.call and its end. Go knows nothing of it: a thread that waits here is in C like any
 * other, its P stands behind it until sysmon comes, and no goroutine of Go's can be woken in its place. So a mutex that is held
 * while C calls Go closes a circle that neither side can see:
 *
 *     C has the mutex ──▶ calls Go ──▶ needs a P ──▶ Ps stand behind threads in C ──▶ which wait for the mutex
 *
 * Source:  POSIX.1-2017 pthread_mutex_lock, pthread_mutex_unlock; glibc's: a word in memory, and a futex for those that wait
 * Differs: no spinning. The one that has waited longest is woken, and then competes with whoever comes by; POSIX does not say
 *          which one. A thread that C made can lock it only inside of what it does for Go: before it has called Go, the trace has no
 *          name for it.
 * Emits:   SYNC_LOCK SYNC_UNLOCK SYNC_QUEUE SYNC_WAKE
 */
#include "world.h"

bool pthread_is(const World *w, const Op *op) { return op->kind == OP_SYNC && w->syncs[op->a]->kind == SYNC_PTHREAD; }

static bool lock(World *w, G *gp, Sync *s) {
    if (!s->m.locked) {
        s->m.locked = true;
        s->owner = gp;
        return sync_got(w, gp, s, 1, false);
    }
    if (gp->op.b == 0) gp->op.b = world_now(w);
    EMIT(w->s, SYNC_QUEUE, gp->id, s->id, {SYNC_Q_MAIN}, {0}, {1}, {gp->op.line});
    gqueue_put(&s->m.sema.waiting, gp);
    return false;
}

static bool unlock(World *w, G *gp, Sync *s) {
    if (s->owner != gp) {
        Diag d;
        diag_fail_at(&d, EXIT_SCENARIO, "", (int)gp->op.line, 0, "unlock: this thread does not have that mutex of C's");
        diag_remedy(&d, "In C that is undefined behaviour; unlike Go's, such a mutex belongs to who has locked it.");
        world_fail(w, &d);
        return false;
    }
    s->m.locked = false;
    s->owner = NULL;
    EMIT(w->s, SYNC_UNLOCK, gp->id, s->id, {1}, {0}, {gp->op.line});
    if (s->m.sema.waiting.count == 0) return sync_over(gp, true);
    G *first = gqueue_get(&s->m.sema.waiting);
    EMIT(w->s, SYNC_WAKE, first->id, s->id, gp->id, {1}, {0});
    m_due(w, first->m, M_AT_C, cost(w, COST_thread_wake)); /* it tries again */
    return sync_over(gp, true);
}

bool pthread_op(World *w, M *mp) {
    G *gp = mp->curg;
    Sync *s = w->syncs[gp->op.a];
    return gp->op.sync.does == DO_LOCK ? lock(w, gp, s) : unlock(w, gp, s);
}
