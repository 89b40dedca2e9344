/* stw.c -- the world stops: every P stands still, whatever threads do.
 *
 * Who stops it asks every running goroutine to stop, keeps its own P, and takes the idle ones. A P behind
 * a call out of Go is taken without asking: the thread in C runs on and does not notice, and if it
 * comes back meanwhile it finds no P and queues. So a stop never waits for C. It does wait for Go code
 * that has no safe point.
 *
 * Go:      runtime/proc.go stopTheWorldWithSema, startTheWorldWithSema, gcstopm, procresize, (*p).destroy;
 *          (go1.26)
 * Differs: who stops the world stays running (Go: waiting, so that its stack can be scanned).
 * Emits:   STW_* P_STOP* P_START* P_DRAIN P_KILL PROCS
 */
#include "world.h"

#define ASK_AGAIN_NS 100000u /* stopTheWorldWithSema: notetsleep of 100 us */

/* One P less to wait for. */
static void stopped_one(World *w) {
    ASSERT(w->sched.stopwait > 0);
    w->sched.stopwait--;
}

static void all_stopped(World *w, uint64_t delay_ns) {
    m_due(w, w->stw.by, M_AT_STOPPED, delay_ns);
}

void stw_stop_p(World *w, P *pp) {
    ASSERT(pp->m == NULL);
    ASSERT(pp->status == P_IDLE);
    pp->status = P_GCSTOP;
    EMIT(w->s, P_STOP, pp->id);
    stopped_one(w);
    if (w->sched.stopwait == 0 && w->stw.by->at == M_AT_REST)
        all_stopped(w, cost(w, COST_thread_wake));
}

void stw_stop_c(World *w, P *pp) {
    ASSERT(cgo_in_syscall(pp));
    M *mp = pp->m;
    EMIT(w->s, P_STOP_C, pp->id, mp->id, mp->curg->id);
    pp->oldm = mp;
    pp->m = NULL;
    mp->p = NULL;
    pp->status = P_GCSTOP;
    pp->syscalltick++;
    stopped_one(w);
    if (w->sched.stopwait == 0 && w->stw.by->at == M_AT_REST)
        all_stopped(w, cost(w, COST_thread_wake));
}

/* preemptall: best effort, and repeated for those who were just between two goroutines. */
static void preemptall(World *w) {
    for (uint32_t i = 0; i < w->procs; i++) {
        P *pp = w->allp[i];
        if (pp->status == P_RUNNING && pp->m != w->stw.by) sysmon_preempt(w, pp, 0);
    }
}

static void ask_again_later(World *w) {
    agenda_put(&w->agenda, world_now(w) + ASK_AGAIN_NS, stream_cause(w->s), DUE_STW, ++w->stw.ask, 0);
}

void stw_begin(World *w, M *mp, const char *reason) {
    G *gp = mp->curg;
    w->stw.by = mp;
    w->stw.began_ns = world_now(w);
    w->stw.procs = w->procs;
    EMIT(w->s, STW_BEGIN, gp->id, stream_text(w->s, reason), {gp->op.line});
    w->sched.stopwait = w->procs;
    w->sched.gcwaiting = true;
    mp->at = M_AT_STOPPED; /* nobody else says that all stand still while this goes on */
    preemptall(w);
    mp->p->status = P_GCSTOP;
    EMIT(w->s, P_STOP_OWN, mp->p->id, mp->id);
    stopped_one(w);
    for (uint32_t i = 0; i < w->procs; i++) {
        if (cgo_in_syscall(w->allp[i])) stw_stop_c(w, w->allp[i]);
    }
    for (P *pp; (pp = sched_pidleget(w)) != NULL;) stw_stop_p(w, pp);
    mp->at = M_AT_REST;
    if (w->sched.stopwait == 0) all_stopped(w, 0);
    else ask_again_later(w);
}

void stw_ask(World *w) {
    if (w->stw.by == NULL || w->sched.stopwait == 0) return;
    preemptall(w);
    ask_again_later(w);
}

void stw_gcstopm(World *w, M *mp) {
    ASSERT(w->sched.gcwaiting);
    if (mp->spinning) sched_stop_spinning(w, mp);
    stw_stop_p(w, sched_releasep(w, mp));
    sched_stopm(w, mp);
}

void stw_stopped(World *w, M *mp) {
    ASSERT(w->stw.by == mp);
    ASSERT(w->sched.stopwait == 0);
    for (uint32_t i = 0; i < w->procs; i++) ASSERT(w->allp[i]->status == P_GCSTOP);
    EMIT(w->s, STW_STOPPED, mp->curg->id, {world_now(w) - w->stw.began_ns});
    uint64_t more = gc_stopped(w, mp);
    if (w->outcome == RUN_GOES) m_due(w, mp, M_AT_RESTART, cost(w, COST_stw) + more);
}

/* ---- procresize ---- */

static void destroy(World *w, P *pp, P *heir) {
    uint32_t count = pp->runqtail - pp->runqhead + (pp->runnext != NULL);
    GQueue first = {0};
    EMIT(w->s, P_DRAIN, pp->id, {count});
    if (pp->runnext != NULL) gqueue_put(&first, pp->runnext);
    pp->runnext = NULL;
    while (pp->runqhead != pp->runqtail) gqueue_put(&first, pp->runq[pp->runqhead++ % RUNQ_SIZE]);
    while (w->sched.runq.count > 0) gqueue_put(&first, gqueue_get(&w->sched.runq));
    w->sched.runq = first;
    while (!agenda_empty(&pp->timers)) {
        Due due = agenda_take(&pp->timers);
        agenda_put(&heir->timers, due.time_ns, due.cause, due.kind, due.id, due.generation);
    }
    pp->status = P_DEAD;
    EMIT(w->s, P_KILL, pp->id);
}

/* The stopper's own P goes on, or P0 if its own is to be no more. */
static void own_p(World *w, M *mp) {
    P *pp = mp->p;
    if (pp->id.v < w->procs) {
        pp->status = P_RUNNING;
        EMIT(w->s, P_START_OWN, pp->id, mp->id);
        return;
    }
    pp->oldm = mp;
    pp->m = NULL;
    mp->p = NULL;
    EMIT(w->s, P_RELEASE, pp->id, mp->id);
    w->allp[0]->status = P_IDLE;
    EMIT(w->s, P_START, w->allp[0]->id);
    sched_acquirep(w, mp, w->allp[0]);
}

/* Who gets the Ps that have work; the others are idle. Since 1.26 a P goes back to the thread that had
 * it, if that sleeps, and the last of the idle ones is the first to be used. */
static void restart_ps(World *w, M *self) {
    bool oldm = w->opt.go->same_m_after_stw;
    P *idle = NULL, *runnable = NULL, *need_m = NULL;
    M *with[PROCS_MAX];
    for (uint32_t i = w->procs; i-- > 0;) {
        P *pp = w->allp[i];
        with[i] = NULL;
        if (self->p == pp) continue;
        pp->status = P_IDLE;
        EMIT(w->s, P_START, pp->id);
        if (sched_runqempty(pp) && !oldm) {
            sched_pidleput(w, pp);
        } else if (sched_runqempty(pp)) {
            pp->link = idle;
            idle = pp;
        } else if (!oldm || (pp->oldm != NULL && (with[i] = sched_mget(w, pp->oldm)) != NULL)) {
            if (!oldm) with[i] = sched_mget(w, NULL);
            pp->link = runnable;
            runnable = pp;
        } else {
            pp->link = need_m;
            need_m = pp;
        }
    }
    while (need_m != NULL) {
        P *pp = need_m;
        need_m = pp->link;
        with[pp->id.v] = sched_mget(w, NULL);
        pp->link = runnable;
        runnable = pp;
    }
    while (idle != NULL) {
        P *pp = idle;
        idle = pp->link;
        sched_pidleput(w, pp);
    }
    w->sched.gcwaiting = false;
    sysmon_wake(w);
    while (runnable != NULL) {
        P *pp = runnable;
        runnable = pp->link;
        pp->link = NULL;
        sched_startm_on(w, with[pp->id.v], pp, false);
    }
}

static void procresize(World *w, M *mp) {
    uint32_t old = w->procs;
    if (w->stw.procs != old) {
        w->procs = w->stw.procs;
        sched_coprimes(w);
        EMIT(w->s, PROCS, {w->procs}, {mp->curg->op.line});
        for (uint32_t i = old; i < w->procs; i++) world_new_p(w, i, P_GCSTOP);
    }
    own_p(w, mp);
    for (uint32_t i = w->procs; i < old; i++) destroy(w, w->allp[i], mp->p);
    restart_ps(w, mp);
}

void stw_restart(World *w, M *mp) {
    G *gp = mp->curg;
    GQueue list = net_poll(w);
    sched_injectglist(w, mp, &list, (Id_G){NONE});
    procresize(w, mp);
    w->stw.by = NULL;
    EMIT(w->s, STW_END, gp->id, {world_now(w) - w->stw.began_ns});
    sched_wakep(w);
    exec_stopped(w, mp);
}
