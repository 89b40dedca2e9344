/* callback.c -- C calls Go: on the thread of a goroutine that is in C, or on a thread that C made.
 *
 * A goroutine that is in C is on its thread anyway: the Go function runs on it, and the two are locked to
 * each other until it returns, since C's frames lie below. A thread that C made has neither M nor G. It
 * borrows both from the list of extra Ms (needm), and keeps them until it ends (since 1.21). Either way the
 * door is exitsyscall: a callback needs a P, and queues for one like anyone who comes back from C.
 *
 *   C thread ──needm──▶ extra M in C ──exitsyscall──▶ Go ──reentersyscall──▶ C, P still attached ...
 *
 * Go:      runtime/cgocall.go cgocallbackg, cgocallbackg1; runtime/proc.go needm, needAndBindM, dropm,
 *          newextram, oneNewExtraM, getExtraM (go1.26)
 * Differs: the first extra M is made when C starts its first thread, not when the program starts. A thread
 *          that finds none left waits for the next that is made, and does not spin. The goroutine of an
 *          extra M keeps its id when another thread borrows it; Go gives it a new one. Go is up and all its init
 *          functions are done when C first calls: nobody waits for that (_cgo_wait_runtime_init_done, main_init_done).
 *          No #cgo nocallback, so no panic of one that calls all the same.
 * Emits:   CALLBACK CALLBACK_END C_THREAD C_THREAD_END EXTRA_NEW NEEDM NEEDM_WAIT DROPM
 */
#include "world.h"

#include <stdlib.h>

/* ---- extra Ms ---- */

static void one_new_extra_m(World *w) {
    M *mp = sched_newm(w, M_EXTRA);
    G *gp = sched_gnew(w, NULL);
    mp->isextra = true;
    mp->curg = gp;
    mp->lockedg = gp;
    mp->lockedint = 1;
    gp->lockedm = gp->m = mp;
    gp->status = G_EXTRA;
    EMIT(w->s, EXTRA_NEW, mp->id, gp->id);
    mp->link = w->extra.list;
    w->extra.list = mp;
    w->extra.length++;
}

void callback_thread_due(World *w, CThread *t, uint64_t delay_ns) {
    agenda_put(&w->agenda, world_now(w) + delay_ns, stream_cause(w->s), DUE_CTHREAD, t->id.v,
               ++t->generation);
}

/* One for each thread that waits, else one, so that there always is one. */
static void newextram(World *w) {
    uint32_t n = w->extra.waiters > 0 ? w->extra.waiters : w->extra.length == 0;
    for (; n > 0; n--) one_new_extra_m(w);
    w->extra.waiters = 0;
    CThread *t = w->extra.waiting;
    w->extra.waiting = NULL;
    for (CThread *next; t != NULL; t = next) {
        next = t->link;
        t->link = NULL;
        callback_thread_due(w, t, 1000); /* lockextra sleeps for 1 us at a time */
    }
}

static bool needm(World *w, CThread *t) {
    M *mp = w->extra.list;
    if (mp == NULL) {
        EMIT(w->s, NEEDM_WAIT, t->id);
        if (w->extra.waiting == NULL) w->extra.waiting_tail = &w->extra.waiting;
        *w->extra.waiting_tail = t;
        w->extra.waiting_tail = &t->link;
        w->extra.waiters++;
        return false;
    }
    w->extra.list = mp->link;
    mp->link = NULL;
    mp->needextram = --w->extra.length == 0;
    G *gp = mp->curg;
    t->m = mp;
    mp->cthread = t;
    mp->status = M_IN_C;
    gp->status = G_SYSCALL;
    gp->body = t->body;
    gp->nest = 1; /* at the bottom of this stack is C */
    EMIT(w->s, NEEDM, mp->id, t->id, gp->id);
    gp->op = t->op;
    m_due(w, mp, M_AT_C, cost(w, COST_needm));
    return true;
}

/* Its P, if one is still attached, stays where it is: somebody will come and take it. */
static void dropm(World *w, M *mp) {
    CThread *t = mp->cthread;
    G *gp = mp->curg;
    ASSERT(gp->status == G_SYSCALL);
    gp->status = G_EXTRA;
    gp->body = NONE;
    mp->status = M_EXTRA;
    mp->cthread = NULL;
    t->m = NULL;
    EMIT(w->s, DROPM, mp->id, t->id, gp->id);
    mp->link = w->extra.list;
    w->extra.list = mp;
    w->extra.length++;
}

/* ---- into Go, and back ---- */

static uint64_t callback_cost(const World *w, const M *mp) {
    return cost(w, mp->isextra ? COST_callback_thread : COST_callback);
}

void callback_enter(World *w, M *mp) {
    G *gp = mp->curg;
    ASSERT(gp->status == G_SYSCALL);
    gp->nest++;
    gp->enters_callback = true;
    EMIT(w->s, CALLBACK, gp->id, mp->id, gp->op.text, {gp->op.line});
    lock_internal(mp, true);
    m_due(w, mp, M_AT_EXIT, callback_cost(w, mp) / 2);
}

void callback_entered(World *w, M *mp) {
    mp->curg->enters_callback = false;
    if (!mp->needextram && w->extra.waiters == 0) return;
    mp->needextram = false;
    newextram(w);
}

void callback_leave(World *w, M *mp) {
    G *gp = mp->curg;
    ASSERT(gp->status == G_RUNNING);
    gp->nest--;
    lock_internal(mp, false);
    EMIT(w->s, CALLBACK_END, gp->id, mp->id, mp->p->id, {gp->op.line});
    gp->status = G_SYSCALL;
    cgo_left(w, mp);
    m_due(w, mp, M_AT_C, callback_cost(w, mp) - callback_cost(w, mp) / 2);
}

/* ---- threads that C made ---- */

void callback_thread(World *w, uint64_t body, Id_STR name, uint32_t line) {
    if (w->cthread_count == 0) one_new_extra_m(w);
    CThread *t = mem_zero(1, sizeof *t);
    t->id = (Id_CTHREAD){w->cthread_count};
    t->body = body;
    GROW(w->cthreads, w->cthread_cap, w->cthread_count + 1);
    w->cthreads[w->cthread_count++] = t;
    EMIT(w->s, C_THREAD, t->id, name, {line});
    callback_thread_due(w, t, cost(w, COST_pthread_create));
}

static void thread_end(World *w, CThread *t) {
    t->ended = true;
    EMIT(w->s, C_THREAD_END, t->id);
    if (w->prog.drop) w->prog.drop(w->prog.ctx, t->body);
    sched_checkdead(w);
}

void callback_thread_exit(World *w, M *mp) {
    CThread *t = mp->cthread;
    dropm(w, mp); /* the destructor of the thread's key */
    thread_end(w, t);
}

/* Before 1.21 the M was given back after each callback, and the thread was C's alone again. */
bool callback_gives_m_back(World *w, M *mp) {
    if (!mp->isextra || mp->curg->nest != 1 || w->opt.go->keeps_m) return false;
    CThread *t = mp->cthread;
    dropm(w, mp);
    t->begun = true;
    t->op.kind = OP_C_WORK;
    callback_thread_due(w, t, cost(w, COST_dropm));
    return true;
}

/* What the thread was doing is over; Go does not know it now. */
void callback_thread_step(World *w, CThread *t) {
    ASSERT(t->m == NULL);
    if (t->begun && t->op.kind == OP_CALLBACK) { /* it has waited for an extra M */
        needm(w, t);
        return;
    }
    t->begun = true;
    if (t->body == NONE) {
        driver_next(w, t);
        return;
    }
    w->prog.next(w->prog.ctx, w, t->body, (OpResult){0, true}, &t->op);
    if (w->outcome != RUN_GOES) return;
    switch (t->op.kind) {
    case OP_C_WORK:
        EMIT(w->s, CGO_WORK, {NONE}, {t->op.a}, {t->op.line});
        if (t->op.a > 0 || !exec_stuck(w, t->op.line, true)) callback_thread_due(w, t, t->op.a);
        return;
    case OP_CALLBACK: needm(w, t); return;
    case OP_C_THREAD:
        callback_thread(w, t->op.a, t->op.text, t->op.line);
        callback_thread_due(w, t, cost(w, COST_pthread_create));
        return;
    case OP_NOTE:
        EMIT(w->s, NOTE, {NONE}, t->op.text, {t->op.line});
        if (!exec_stuck(w, t->op.line, true)) callback_thread_due(w, t, 0);
        return;
    case OP_END:
        if (t == w->driver.thread) driver_called(w, t);
        else thread_end(w, t);
        return;
    default: exec_wrong_side(w, &t->op, true); return;
    }
}

void callback_free(World *w) {
    for (size_t i = 0; i < w->cthread_count; i++) {
        bool has_body = !w->cthreads[i]->ended && w->cthreads[i] != w->driver.thread;
        if (has_body && w->prog.drop) w->prog.drop(w->prog.ctx, w->cthreads[i]->body);
        free(w->cthreads[i]);
    }
    free(w->cthreads);
}
