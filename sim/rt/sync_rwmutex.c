/* sync_rwmutex.c -- an RWMutex: many readers or one writer, and a writer that waits keeps new readers out.
 *
 *   a writer takes w against other writers, announces itself by making the count of readers negative, and waits for those that
 *   read now. A reader that sees the count negative waits until the writer is done. The writer that leaves lets all of them in
 *   before the next writer gets w. So a goroutine that reads must not ask to read again: a writer in between waits for the first,
 *   the second for the writer.
 *
 * Go:      sync/rwmutex.go (go1.26)
 * Differs: no RLocker.
 * Emits:   SYNC_LOCK SYNC_UNLOCK SYNC_TRY, and those of sync_mutex.c and sema.c
 */
#include "world.h"

enum { AT_W, AT_READERS };

static void begins_to_wait(World *w, G *gp) {
    if (gp->op.b == 0) gp->op.b = world_now(w);
}

bool rwmutex_rlock(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    SyncLocals *v = &gp->op.sync;
    if (!v->queued && ++s->rw.readers < 0) {
        v->queued = true;
        begins_to_wait(w, gp);
    }
    if (v->queued && !sema_acquire(w, mp, &s->rw.reader, false, "sync.RWMutex.RLock")) return false;
    return sync_got(w, gp, s, 1, true);
}

bool rwmutex_tryrlock(World *w, M *mp, Sync *s) {
    if (s->rw.readers < 0) return sync_refused(w, mp->curg, s);
    s->rw.readers++;
    return sync_got(w, mp->curg, s, 1, true);
}

bool rwmutex_runlock(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    int32_t r = --s->rw.readers;
    if (r + 1 == 0 || r + 1 == -RWMUTEX_READERS_MAX) return sync_fatal(w, gp, "fatal error: sync: RUnlock of unlocked RWMutex");
    EMIT(w->s, SYNC_UNLOCK, gp->id, s->id, {1}, {1}, {gp->op.line});
    sync_over(gp, true);
    return r >= 0 || --s->rw.reader_wait != 0 || sema_release(w, mp, &s->rw.writer, false);
}

bool rwmutex_lock(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    SyncLocals *v = &gp->op.sync;
    if (v->at == AT_W) {
        if (!mutex_acquire(w, mp, s)) return false;
        int32_t r = s->rw.readers;
        s->rw.readers -= RWMUTEX_READERS_MAX;
        if (r == 0 || (s->rw.reader_wait += r) == 0) return sync_got(w, gp, s, 1, false);
        v->at = AT_READERS;
        begins_to_wait(w, gp);
    }
    return sema_acquire(w, mp, &s->rw.writer, false, "sync.RWMutex.Lock") && sync_got(w, gp, s, 1, false);
}

bool rwmutex_trylock(World *w, M *mp, Sync *s) {
    if (s->m.locked || s->m.starving || s->rw.readers != 0) return sync_refused(w, mp->curg, s);
    s->m.locked = true;
    s->rw.readers = -RWMUTEX_READERS_MAX;
    return sync_got(w, mp->curg, s, 1, false);
}

bool rwmutex_unlock(World *w, M *mp, Sync *s) {
    G *gp = mp->curg;
    if (s->rw.readers >= 0) return sync_fatal(w, gp, "fatal error: sync: Unlock of unlocked RWMutex");
    EMIT(w->s, SYNC_UNLOCK, gp->id, s->id, {1}, {0}, {gp->op.line});
    sync_over(gp, true);
    s->rw.readers += RWMUTEX_READERS_MAX;
    for (int32_t r = s->rw.readers; r > 0; r--) sema_release(w, mp, &s->rw.reader, false);
    return mutex_release(w, mp, &s->m);
}
