/* lock.c -- a goroutine and a thread that are for each other only.
 *
 * LockOSThread ties G to M: G runs on M and nowhere else, and M runs G and nobody else. When G cannot
 * run, M hands its P on and sleeps. When G can run again it queues like anyone; the thread that takes
 * it off a queue gives its own P to M and sleeps in its turn. So each switch costs two threads.
 *
 *   G blocks:   M ──handoffp──▶ P goes on elsewhere      M sleeps (locked)
 *   G runnable: another M finds G, hands its P over      M wakes with that P, and runs G
 *
 * Go:      runtime/proc.go LockOSThread, UnlockOSThread, dolockOSThread, stoplockedm, startlockedm,
 *          mexit, startTemplateThread (go1.26)
 * Differs: the template thread is started by the first LockOSThread; a program that links cgo has it
 *          from the start. What it does is a delay, not a step of its own. A run begins with main.main: that
 *          runtime.main locks it to M0 while init functions run, and one of them may keep it so, is not there; a
 *          scenario has main lock first thing, and it is on M0 then.
 * Emits:   LOCK_THREAD UNLOCK_THREAD M_LOCK_PARK M_LOCK_WAKE M_END M_WEDGE M_TEMPLATE
 */
#include "world.h"

static void tie(M *mp, G *gp) {
    mp->lockedg = gp;
    gp->lockedm = mp;
}

static void untie_if_free(M *mp) {
    if (mp->lockedext > 0 || mp->lockedint > 0) return;
    mp->lockedg->lockedm = NULL;
    mp->lockedg = NULL;
}

/* Makes threads for those that are locked: their own state (a namespace, a signal mask) may be odd, and
 * a thread that they made would have it too. */
static void start_template_thread(World *w) {
    if (w->sched.have_template_thread) return;
    w->sched.have_template_thread = true;
    w->sched.nmsys++;
    M *mp = sched_newm(w, M_TEMPLATE);
    EMIT(w->s, M_TEMPLATE, mp->id);
}

void lock_thread(World *w, M *mp) {
    G *gp = mp->curg;
    start_template_thread(w);
    mp->lockedext++;
    tie(mp, gp);
    EMIT(w->s, LOCK_THREAD, gp->id, mp->id, {mp->lockedext}, {gp->op.line});
}

void lock_unlock(World *w, M *mp) {
    G *gp = mp->curg;
    if (mp->lockedext == 0) return; /* as Go: one too many is none */
    mp->lockedext--;
    EMIT(w->s, UNLOCK_THREAD, gp->id, mp->id, {mp->lockedext}, {gp->op.line});
    untie_if_free(mp);
}

void lock_internal(M *mp, bool lock) {
    if (lock) {
        mp->lockedint++;
        tie(mp, mp->curg);
    } else {
        ASSERT(mp->lockedint > 0);
        mp->lockedint--;
        untie_if_free(mp);
    }
}

void lock_stopm(World *w, M *mp) {
    ASSERT(mp->lockedg != NULL);
    ASSERT(mp->lockedg->lockedm == mp);
    ASSERT(!mp->spinning);
    if (mp->p != NULL) sched_handoffp(w, sched_releasep(w, mp));
    mp->status = M_LOCKED;
    w->sched.nmidlelocked++;
    EMIT(w->s, M_LOCK_PARK, mp->id, mp->lockedg->id);
    sched_checkdead(w);
}

void lock_startm(World *w, M *mp, G *gp) {
    M *owner = gp->lockedm;
    ASSERT(owner->status == M_LOCKED);
    ASSERT(owner->nextp == NULL);
    w->sched.nmidlelocked--;
    P *pp = sched_releasep(w, mp);
    owner->nextp = pp;
    owner->status = M_WAKING;
    EMIT(w->s, M_LOCK_WAKE, owner->id, gp->id, pp->id);
    m_due(w, owner, M_AT_LOCKED, cost(w, COST_thread_wake) + cost(w, COST_lock_switch));
    sched_stopm(w, mp);
}

void lock_woken(World *w, M *mp) {
    P *pp = mp->nextp;
    mp->nextp = NULL;
    mp->status = M_RUNNING;
    EMIT(w->s, M_RUN, mp->id);
    sched_acquirep(w, mp, pp);
    mp->found = mp->lockedg;
    mp->inherit = false; /* a locked goroutine begins a slice of its own */
    sched_execute(w, mp);
}

/* gp has ended without unlocking: the way to throw away a thread whose state nobody else should get. */
void lock_mexit(World *w, M *mp, G *gp) {
    ASSERT(mp->lockedint == 0);
    mp->lockedg = NULL; /* lockedext stays: a thread that is needed now is not cloned from this one (go 28979) */
    gp->lockedm = NULL;
    sched_handoffp(w, sched_releasep(w, mp));
    w->sched.nmfreed++;
    if (mp->id.v == 0) { /* Linux would keep a zombie: the first thread cannot end before its process */
        mp->status = M_WEDGED;
        EMIT(w->s, M_WEDGE, mp->id, gp->id);
    } else {
        mp->status = M_DEAD;
        EMIT(w->s, M_END, mp->id, gp->id);
    }
    sched_checkdead(w);
}
