/* sync_mutex.c -- a Mutex: fast for who comes by, and fair to who has waited for a millisecond.
 *
 *   normal     Unlock wakes the first in the queue, which then competes with those that run already, and mostly loses: they are
 *              many, and on a P. It queues again, at the head. Who comes by spins for a moment if another P runs.
 *   starving   who was woken, has waited for 1 ms or more and finds it taken, says so. From then on nobody takes it that did not
 *              wait: Unlock hands it to the first in the queue and gives that one its P. It ends with one that waited for less, or
 *              with the last.
 *
 * woken: one is on its way, by waking or by spinning, so that Unlock need not wake another.
 *
 * Go:      internal/sync/mutex.go Lock, lockSlow, TryLock, Unlock, unlockSlow; runtime/proc.go internal_sync_runtime_canSpin (go1.26)
 * Differs: Go's Mutex has no owner; who has locked it last is known from the trace alone. There are as many processors as Ps. A round
 *          of spinning always takes its 30 PAUSEs; the state is looked at between two rounds.
 * Emits:   SYNC_LOCK SYNC_UNLOCK SYNC_TRY SYNC_SPIN SYNC_STARVE SYNC_QUEUE SYNC_WAKE PANIC
 */
#include "world.h"

#define STARVATION_NS 1000000u /* starvationThresholdNs */
enum { ACTIVE_SPIN = 4 };

/* Is there another P that runs, and may have the lock, and nothing else to do on this one? */
static bool can_spin(const World *w, const M *mp, uint32_t iter) {
    return iter < ACTIVE_SPIN && w->procs > w->sched.npidle + w->sched.nmspinning + 1 && sched_runqempty(mp->p);
}

static void set_starving(World *w, G *gp, Sync *s, bool on) {
    s->m.starving = on;
    EMIT(w->s, SYNC_STARVE, gp->id, s->id, {on}, {world_now(w) - gp->op.b});
}

static void spin(World *w, M *mp, Sync *s) {
    SyncLocals *v = &mp->curg->op.sync;
    if (!v->awoke && !s->m.woken && s->m.waiters > 0) v->awoke = s->m.woken = true;
    EMIT(w->s, SYNC_SPIN, mp->curg->id, s->id, {++v->iter});
    m_due(w, mp, M_AT_OP, cost(w, COST_mutex_spin));
}

/* Behind the semaphore. True: the mutex was handed over. */
static bool woken_up(World *w, G *gp, Sync *s) {
    SyncLocals *v = &gp->op.sync;
    Mutex *m = &s->m;
    v->queued = false;
    v->starving = v->starving || world_now(w) - gp->op.b > STARVATION_NS;
    if (!m->starving) {
        v->awoke = true;
        v->iter = 0;
        return false;
    }
    ASSERT(!m->locked);
    ASSERT(!m->woken);
    ASSERT(m->waiters > 0);
    m->locked = true;
    m->waiters--;
    if (!v->starving || m->waiters == 0) set_starving(w, gp, s, false);
    return true;
}

bool mutex_acquire(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    SyncLocals *v = &gp->op.sync;
    Mutex *m = &s->m;
    for (;;) {
        if (v->queued) {
            if (!sema_acquire(w, mp, &m->sema, v->lifo, "sync.Mutex.Lock")) return false;
            if (woken_up(w, gp, s)) return true;
        }
        if (m->locked && !m->starving && can_spin(w, mp, v->iter)) {
            spin(w, mp, s);
            return false;
        }
        if (v->awoke) {
            ASSERT(m->woken);
            v->awoke = m->woken = false;
        }
        if (!m->locked && !m->starving) return m->locked = true;
        if (v->starving && m->locked && !m->starving) set_starving(w, gp, s, true);
        m->waiters++;
        v->queued = true;
        v->lifo = gp->op.b != 0; /* waitStartTime */
        if (gp->op.b == 0) gp->op.b = world_now(w);
    }
}

bool mutex_release(World *w, M *mp, Mutex *m) {
    m->locked = false;
    if (m->starving) return sema_release(w, mp, &m->sema, true);
    if (m->waiters == 0 || m->woken) return true;
    m->waiters--;
    m->woken = true;
    return sema_release(w, mp, &m->sema, false);
}

bool mutex_lock(World *w, M *mp, Sync *s) { return mutex_acquire(w, mp, s) && sync_got(w, mp->curg, s, 1, false); }

bool mutex_trylock(World *w, M *mp, Sync *s) {
    if (s->m.locked || s->m.starving) return sync_refused(w, mp->curg, s);
    s->m.locked = true;
    return sync_got(w, mp->curg, s, 1, false);
}

bool mutex_unlock(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    if (!s->m.locked) return sync_fatal(w, gp, "fatal error: sync: unlock of unlocked mutex");
    EMIT(w->s, SYNC_UNLOCK, gp->id, s->id, {1}, {0}, {gp->op.line});
    sync_over(gp, true);
    return mutex_release(w, mp, &s->m);
}
