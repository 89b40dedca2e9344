/* sync_cond.c -- a Cond: wait for news about what a lock guards.
 *
 * Wait draws a ticket, unlocks, and parks until that ticket is called; so a Signal between the unlocking and the parking is not
 * lost. A Signal before the ticket was drawn is: a Cond remembers nothing, and whoever waits looks at what the lock guards, in a
 * loop, before and after.
 *
 * Go:      sync/cond.go; runtime/sema.go notifyListAdd, notifyListWait, notifyListNotifyOne, notifyListNotifyAll (go1.26)
 * Differs: L is a Mutex or an RWMutex, which is locked for writing.
 * Emits:   SYNC_QUEUE SYNC_WAKE SYNC_SIGNAL, and those of its lock
 */
#include "world.h"

enum { AT_ADD, AT_WAIT, AT_LOCK };

static bool lock(World *w, M *mp, Sync *l) {
    return l->kind == SYNC_RWMUTEX ? rwmutex_lock(w, mp, l) : mutex_lock(w, mp, l);
}
static bool unlock(World *w, M *mp, Sync *l) {
    return l->kind == SYNC_RWMUTEX ? rwmutex_unlock(w, mp, l) : mutex_unlock(w, mp, l);
}

/* The ticket is op.b; the lock needs its own local variables afterwards. True: it was called already. */
static bool notify_list_wait(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    uint32_t ticket = (uint32_t)gp->op.b;
    gp->op.sync = (SyncLocals){.does = DO_WAIT, .at = AT_LOCK};
    if ((int32_t)(ticket - s->cond.notify) < 0) {
        gp->op.b = 0;
        return true;
    }
    gp->op_again = true;
    gqueue_put(&s->cond.waiting, gp);
    EMIT(w->s, SYNC_QUEUE, gp->id, s->id, {SYNC_Q_MAIN}, {0}, {1}, {gp->op.line});
    sched_gopark(w, mp, stream_text(w->s, "sync.Cond.Wait"));
    sched_schedule(w, mp);
    return false;
}

/* The lock's Lock takes the rest of the operation over: it knows `at` as its own, from 0. */
static bool lock_again(World *w, M *mp, Sync *s) {
    SyncLocals *v = &mp->curg->op.sync;
    v->at = (uint8_t)(v->at - AT_LOCK);
    bool over = lock(w, mp, s->cond.locker);
    if (!over) v->at = (uint8_t)(v->at + AT_LOCK);
    return over;
}

bool cond_wait(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    if (gp->op.sync.at == AT_ADD) {
        gp->op.b = s->cond.wait++;
        gp->op.sync.at = AT_WAIT;
        gp->op_again = true; /* unlocking may hand its P over */
        if (!unlock(w, mp, s->cond.locker)) return false;
        gp->op_again = false;
    }
    if (gp->op.sync.at == AT_WAIT && !notify_list_wait(w, mp, s)) return false;
    return lock_again(w, mp, s);
}

static void notify(World *w, M *mp, Sync *s, G *gp) {
    Id_G by = mp->curg->id;
    gqueue_remove(&s->cond.waiting, gp);
    gp->op.b = 0;
    EMIT(w->s, SYNC_WAKE, gp->id, s->id, by, {1}, {1});
    sched_ready(w, mp->p, gp, by);
}

bool cond_signal(World *w, M *mp, Sync *s) {
    G *caller = mp->curg, *gp = s->cond.waiting.head;
    bool drawn = s->cond.notify != s->cond.wait;
    uint32_t ticket = s->cond.notify;
    if (drawn) s->cond.notify++;
    EMIT(w->s, SYNC_SIGNAL, caller->id, s->id, {0}, {drawn}, {caller->op.line});
    while (drawn && gp != NULL && (uint32_t)gp->op.b != ticket) gp = gp->schedlink;
    if (drawn && gp != NULL) notify(w, mp, s, gp); /* else it is about to wait, and will not */
    return sync_over(caller, true);
}

bool cond_broadcast(World *w, M *mp, Sync *s) {
    G *caller = mp->curg;
    EMIT(w->s, SYNC_SIGNAL, caller->id, s->id, {1}, {s->cond.wait - s->cond.notify}, {caller->op.line});
    s->cond.notify = s->cond.wait;
    while (s->cond.waiting.count > 0) notify(w, mp, s, s->cond.waiting.head);
    return sync_over(caller, true);
}
