/* sync_once.c -- a Once: the first who comes calls f, and holds a mutex meanwhile; who comes during that waits for its end.
 *
 * An f that calls the same Do waits for itself.
 *
 * Go:      sync/once.go Do, doSlow (go1.26)
 * Differs: f is the program's: Do is two operations, one up to f and one behind it. If f panics the program ends, so nobody sees
 *          that the Once is done then.
 * Emits:   SYNC_LOCK SYNC_UNLOCK SYNC_DONE, and those of sync_mutex.c
 */
#include "world.h"

bool once_do(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    SyncLocals *v = &gp->op.sync;
    if (!v->at && s->done) return sync_over(gp, false);
    v->at = 1; /* doSlow */
    if (!mutex_acquire(w, mp, s)) return false;
    if (!s->done) return sync_got(w, gp, s, 1, false);
    sync_over(gp, false);
    return mutex_release(w, mp, &s->m);
}

bool once_done(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    s->done = true;
    EMIT(w->s, SYNC_DONE, gp->id, s->id, {gp->op.line});
    EMIT(w->s, SYNC_UNLOCK, gp->id, s->id, {1}, {0}, {gp->op.line});
    sync_over(gp, true);
    return mutex_release(w, mp, &s->m);
}
