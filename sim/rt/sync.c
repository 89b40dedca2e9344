/* sync.c -- package sync: what there is of it, and who carries out what is done to it.
 *
 * An operation is a function of Go's. Where Go's function waits, ours returns false, and is called again when the goroutine runs
 * again: how far it has come, and its local variables, are kept in the operation (SyncLocals).
 *
 * Go:      sync, internal/sync; golang.org/x/sync/semaphore, errgroup (go1.26)
 * Differs: no race detector; sync.Map and sync.Pool are not there. sync/atomic only takes its time, for one thing happens at a time.
 *          An operation has its effect at one instant, at its end: where Go's functions do several atomic steps, nobody comes in
 *          between.
 * Emits:   SYNC_NEW SYNC_LOCK SYNC_TRY PANIC
 */
#include "world.h"

#include <stdlib.h>

static Sema sema_of(Id_SYNC of, SyncQueue queue) { return (Sema){.of = of, .queue = queue}; }

Id_SYNC world_sync(World *w, SyncKind kind, uint64_t size, Id_SYNC of, const char *name, uint32_t line) {
    Sync *s = mem_zero(1, sizeof *s);
    s->id = (Id_SYNC){w->sync_count};
    s->kind = kind;
    s->m.sema = s->wg.sema = sema_of(s->id, SYNC_Q_MAIN);
    s->rw.reader = sema_of(s->id, SYNC_Q_READERS);
    s->rw.writer = sema_of(s->id, SYNC_Q_WRITER);
    s->weighted.size = size;
    if (of.v != NONE) s->cond.locker = w->syncs[of.v];
    GROW(w->syncs, w->sync_cap, w->sync_count + 1);
    w->syncs[w->sync_count++] = s;
    EMIT(w->s, SYNC_NEW, s->id, {kind}, {size}, of, stream_text(w->s, name), {line});
    return s->id;
}

void sync_free(World *w) {
    for (size_t i = 0; i < w->sync_count; i++) free(w->syncs[i]);
    free(w->syncs);
}

/* ---- how an operation ends ---- */

bool sync_over(G *gp, bool ok) {
    result_set(&gp->result, 0, ok);
    return true;
}

bool sync_got(World *w, G *gp, const Sync *s, uint64_t n, bool reading) {
    uint64_t waited = gp->op.b == 0 || s->kind == SYNC_WEIGHTED ? NONE : world_now(w) - gp->op.b;
    EMIT(w->s, SYNC_LOCK, gp->id, s->id, {n}, {reading}, {waited}, {gp->op.line});
    return sync_over(gp, true);
}

bool sync_refused(World *w, G *gp, const Sync *s) {
    EMIT(w->s, SYNC_TRY, gp->id, s->id, {gp->op.line});
    return sync_over(gp, false);
}

bool sync_fatal(World *w, G *gp, const char *text) {
    exec_panic(w, gp, text);
    return false;
}

/* ---- what is done to what ---- */

static bool lock(World *w, M *mp, Sync *s) {
    if (s->kind == SYNC_WEIGHTED) return weighted_acquire(w, mp, s);
    return s->kind == SYNC_RWMUTEX ? rwmutex_lock(w, mp, s) : mutex_lock(w, mp, s);
}
static bool trylock(World *w, M *mp, Sync *s) {
    if (s->kind == SYNC_WEIGHTED) return weighted_tryacquire(w, mp, s);
    return s->kind == SYNC_RWMUTEX ? rwmutex_trylock(w, mp, s) : mutex_trylock(w, mp, s);
}
static bool unlock(World *w, M *mp, Sync *s) {
    if (s->kind == SYNC_WEIGHTED) return weighted_release(w, mp, s);
    return s->kind == SYNC_RWMUTEX ? rwmutex_unlock(w, mp, s) : mutex_unlock(w, mp, s);
}

static bool carry_out(World *w, M *mp, Sync *s) {
    switch ((SyncDoes)mp->curg->op.sync.does) {
    case DO_LOCK: return lock(w, mp, s);
    case DO_TRYLOCK: return trylock(w, mp, s);
    case DO_UNLOCK: return unlock(w, mp, s);
    case DO_RLOCK: return rwmutex_rlock(w, mp, s);
    case DO_TRYRLOCK: return rwmutex_tryrlock(w, mp, s);
    case DO_RUNLOCK: return rwmutex_runlock(w, mp, s);
    case DO_ADD: return waitgroup_add(w, mp, s);
    case DO_WAIT: return s->kind == SYNC_COND ? cond_wait(w, mp, s) : waitgroup_wait(w, mp, s);
    case DO_ONCE: return once_do(w, mp, s);
    case DO_ONCE_DONE: return once_done(w, mp, s);
    case DO_SIGNAL: return cond_signal(w, mp, s);
    case DO_BROADCAST: return cond_broadcast(w, mp, s);
    case DO_FAIL: return waitgroup_fail(w, mp, s);
    }
    UNREACHABLE();
}

void sync_op(World *w, M *mp) {
    if (carry_out(w, mp, w->syncs[mp->curg->op.a])) exec_next(w, mp);
}

/* ---- how long it takes ---- */

static uint64_t wakes_of_mutex(const Mutex *m) {
    return m->sema.waiting.count > 0 && (m->starving || !m->woken) ? 1 : 0;
}

/* How many will be woken: whoever wakes them takes the time for it. */
static uint64_t wakes(const Sync *s, const Op *op) {
    switch ((SyncDoes)op->sync.does) {
    case DO_UNLOCK:
        if (s->kind == SYNC_WEIGHTED) return s->weighted.waiting.count > 0 ? 1 : 0;
        return wakes_of_mutex(&s->m) + (s->kind == SYNC_RWMUTEX ? s->rw.reader.waiting.count : 0);
    case DO_ONCE_DONE: return wakes_of_mutex(&s->m);
    case DO_RUNLOCK: return s->rw.readers < 0 && s->rw.reader_wait == 1 ? 1 : 0;
    case DO_ADD: return s->wg.counter + (int32_t)op->b == 0 ? s->wg.waiters : 0;
    case DO_SIGNAL: return s->cond.waiting.count > 0 ? 1 : 0;
    case DO_BROADCAST: return s->cond.waiting.count;
    default: return 0;
    }
}

uint64_t sync_cost(const World *w, const Op *op) {
    static const CostName base[SYNC_KINDS] = {
        [SYNC_MUTEX] = COST_mutex, [SYNC_RWMUTEX] = COST_mutex, [SYNC_WAITGROUP] = COST_waitgroup, [SYNC_ONCE] = COST_once,
        [SYNC_COND] = COST_cond,   [SYNC_WEIGHTED] = COST_weighted, [SYNC_ERRGROUP] = COST_waitgroup,
        [SYNC_PTHREAD] = COST_mutex};
    const Sync *s = w->syncs[op->a];
    bool asks = s->kind == SYNC_WEIGHTED && op->b >> 32; /* for the context's Done channel */
    return cost(w, base[s->kind]) + wakes(s, op) * cost(w, COST_sync_wake) + (asks ? cost(w, COST_context_done) : 0);
}
