/* sched.c -- who runs where: run queues, the search for work, parking and waking of threads.
 *
 * A thread (M) needs a processor (P) to run goroutines (G). It looks, in this order: at due timers, now
 * and then at the global queue, at its own queue, at the global queue, at the queues of others. Only
 * so many threads search at once; one that finds work sees to it that another searches on. One that
 * finds nothing gives its P up, looks once more, and sleeps.
 *
 * Go:      runtime/proc.go schedule, findRunnable, stealWork, runqput, runqget, runqgrab, globrunqget,
 *          ready, newproc, goyield, startm, newm, stopm, handoffp, wakep, injectglist, checkdead (go1.26)
 * Differs: no trace reader, no finalizers to run.
 *          All four rounds of stealing look at one instant, and take their time before and after it.
 *          checkdead reports a deadlock although cgo is linked: the real runtime would hang silently,
 *          and the report says so. No runtime.Goexit: main ends by returning, and the program with it, so checkdead
 *          never finds "no goroutines (main called runtime.Goexit)". A thread that is asked for is made: the system never
 *          says EAGAIN, for which Go waits and asks again, 20 times.
 * Emits:   GO_CREATE GO_START GO_STOP GO_BLOCK GO_UNBLOCK GO_END RUNQ_* GLOBQ_* M_* P_* DEADLOCK
 */
#include "world.h"

#include <stdio.h>

/* ---- idle lists; both last in, first out ---- */

/* On the idle list, as Go's idlepMask knows it. A P on its way to a thread is idle too, but may well
 * have work, and may be robbed of it. */
static bool is_idle(const P *pp) { return pp->on_idle_list; }

void sched_pidleput(World *w, P *pp) {
    ASSERT(pp->status == P_IDLE);
    ASSERT(sched_runqempty(pp));
    pp->link = w->sched.pidle;
    pp->on_idle_list = true;
    w->sched.pidle = pp;
    w->sched.npidle++;
    EMIT(w->s, P_IDLE_PUT, pp->id);
}

P *sched_pidleget(World *w) {
    P *pp = w->sched.pidle;
    if (pp == NULL) return NULL;
    w->sched.pidle = pp->link;
    pp->link = NULL;
    pp->on_idle_list = false;
    w->sched.npidle--;
    EMIT(w->s, P_IDLE_GET, pp->id);
    return pp;
}

M *sched_mget(World *w, M *wanted) {
    M **link = &w->sched.midle;
    while (*link != NULL && wanted != NULL && *link != wanted) link = &(*link)->link;
    M *mp = *link;
    if (mp == NULL) return NULL;
    *link = mp->link;
    mp->link = NULL;
    w->sched.nmidle--;
    return mp;
}

/* Goroutines in this state; the runtime's own only if they are asked for. */
static uint64_t count_g(const World *w, GState status, bool own) {
    uint64_t n = 0;
    for (size_t i = 0; i < w->allg_count; i++)
        n += w->allg[i] != NULL && w->allg[i]->status == status && (own || !w->allg[i]->own);
    return n;
}

/* Is every thread asleep for good? Counts instead of guessing, as Go does. Extra Ms are no threads until
 * they are borrowed; a C thread may call in as long as it lives, unless it waits in Go itself. */
void sched_checkdead(World *w) {
    uint64_t mcount = w->allm_count - w->sched.nmfreed, extra = w->extra.length;
    const CThread *driver = w->driver.thread;
    if (driver != NULL && driver->m != NULL && driver_rests(w, driver)) extra++; /* it will never come */
    if (mcount - extra - w->sched.nmidle - w->sched.nmidlelocked - w->sched.nmsys > 0) return;
    for (size_t i = 0; i < w->cthread_count; i++) {
        const CThread *t = w->cthreads[i];
        if (!t->ended && t->m == NULL && !driver_rests(w, t)) return;
    }
    if (timer_next_ns(w) != UINT64_MAX || w->net.waiters > 0) return;
    /* behind a C thread that has gone: sysmon takes its P, and somebody will look, and mark as well */
    if (count_g(w, G_RUNNABLE, true) > 0 || gc_has_work(w)) return;
    EMIT(w->s, DEADLOCK, {count_g(w, G_WAITING, false)},
         stream_text(w->s, "fatal error: all goroutines are asleep - deadlock!"));
    w->outcome = RUN_DEADLOCK;
}

static void mput(World *w, M *mp) {
    mp->link = w->sched.midle;
    w->sched.midle = mp;
    w->sched.nmidle++;
    mp->status = M_PARKED;
    EMIT(w->s, M_PARK, mp->id);
    sched_checkdead(w);
}

/* ---- threads take and leave processors ---- */

void sched_acquirep(World *w, M *mp, P *pp) {
    ASSERT(mp->p == NULL);
    ASSERT(pp->m == NULL);
    ASSERT(pp->status == P_IDLE);
    mp->p = pp;
    pp->m = mp;
    pp->status = P_RUNNING;
    EMIT(w->s, P_ACQUIRE, pp->id, mp->id);
}

P *sched_releasep(World *w, M *mp) {
    P *pp = mp->p;
    ASSERT(pp != NULL);
    ASSERT(pp->m == mp);
    ASSERT(pp->status == P_RUNNING);
    EMIT(w->s, P_RELEASE, pp->id, mp->id);
    pp->oldm = mp;
    pp->m = NULL;
    mp->p = NULL;
    pp->status = P_IDLE;
    return pp;
}

M *sched_newm(World *w, MState status) {
    M *mp = mem_zero(1, sizeof *mp);
    mp->id = (Id_M){w->allm_count};
    mp->status = status;
    GROW(w->allm, w->allm_cap, w->allm_count + 1);
    w->allm[w->allm_count++] = mp;
    return mp;
}

enum { MAX_THREADS = 10000 };

/* Go's checkmcount: the one way in which threads in C end a program. Extra Ms do not count. */
static void checkmcount(World *w) {
    uint64_t max = w->opt.max_threads ? w->opt.max_threads : MAX_THREADS, extra = 0;
    if (w->allm_count - w->sched.nmfreed <= max) return;
    for (size_t i = 0; i < w->allm_count; i++) extra += w->allm[i]->isextra;
    if (w->allm_count - w->sched.nmfreed - extra <= max) return;
    char text[120];
    snprintf(text, sizeof text,
             "runtime: program exceeds %llu-thread limit\nfatal error: thread exhaustion",
             (unsigned long long)max);
    EMIT(w->s, PANIC, {NONE}, stream_text(w->s, text), {0});
    w->outcome = RUN_PANIC;
}

/* A thread is made by the thread that needs it; by the template thread, if that one is locked. */
static M *newm(World *w, P *pp, bool spinning) {
    M *mp = sched_newm(w, M_STARTING), *by = w->acting;
    uint64_t delay = cost(w, COST_thread_new);
    EMIT(w->s, M_NEW, mp->id, pp->id, {spinning});
    checkmcount(w); /* mReserveID: it is counted before it is cloned */
    if (by != NULL && by->lockedext > 0) {
        EMIT(w->s, M_ASK, mp->id, by->id);
        delay += cost(w, COST_thread_wake);
    }
    m_due(w, mp, M_AT_START, delay);
    return mp;
}

void sched_startm_on(World *w, M *mp, P *pp, bool spinning) {
    if (mp != NULL) {
        mp->status = M_WAKING;
        EMIT(w->s, M_WAKE, mp->id, pp->id, {spinning});
        m_due(w, mp, M_AT_WAKE, cost(w, COST_thread_wake));
    } else {
        mp = newm(w, pp, spinning);
    }
    mp->nextp = pp;
    mp->spinning = spinning;
}

/* Gives pp to a parked thread, or to a new one. */
void sched_startm(World *w, P *pp, bool spinning) {
    sched_startm_on(w, sched_mget(w, NULL), pp, spinning);
}

void sched_mstart(World *w, M *mp, bool fresh) {
    mp->status = M_RUNNING;
    if (fresh) EMIT(w->s, M_START, mp->id);
    else EMIT(w->s, M_RUN, mp->id);
    P *pp = mp->nextp;
    mp->nextp = NULL;
    sched_acquirep(w, mp, pp);
    if (mp->spinning) {
        mp->status = M_SPINNING;
        EMIT(w->s, M_SPIN, mp->id);
    }
    sched_find(w, mp);
}

void sched_stopm(World *w, M *mp) {
    ASSERT(mp->p == NULL);
    ASSERT(mp->curg == NULL);
    ASSERT(!mp->spinning);
    mput(w, mp);
}

/* One for a thread that shall search; if there is none, somebody shall, as soon as there is one. */
static inline P *pidleget_spinning(World *w) {
    if (w->sched.pidle != NULL) return sched_pidleget(w);
    w->sched.needspinning = true;
    return NULL;
}

static void become_spinning(World *w, M *mp) {
    ASSERT(mp->p != NULL);
    mp->spinning = true;
    w->sched.nmspinning++;
    w->sched.needspinning = false;
    mp->status = M_SPINNING;
    EMIT(w->s, M_SPIN, mp->id);
}

void sched_stop_spinning(World *w, M *mp) {
    ASSERT(w->sched.nmspinning > 0);
    mp->spinning = false;
    w->sched.nmspinning--;
    mp->status = M_RUNNING;
    EMIT(w->s, M_UNSPIN, mp->id);
}

/* Work has been submitted: somebody should search for it, unless somebody does. */
void sched_wakep(World *w) {
    if (w->sched.nmspinning != 0) return;
    P *pp = pidleget_spinning(w);
    if (pp == NULL) return;
    w->sched.nmspinning++;
    sched_startm(w, pp, true);
}

void sched_poll_returns(World *w, uint64_t when_ns) {
    M *mp = w->sched.poller;
    if (mp == NULL || w->sched.poll_return_ns <= when_ns) return;
    w->sched.poll_return_ns = when_ns;
    m_due(w, mp, M_AT_POLL, when_ns - world_now(w));
}

void sched_netpoll_break(World *w, uint64_t when_ns) {
    M *mp = w->sched.poller;
    if (mp == NULL) {
        sched_wakep(w); /* nobody watches the timers: let someone come by */
    } else if (w->sched.poll_until_ns > when_ns) {
        sched_poll_returns(w, world_now(w) + cost(w, COST_thread_wake)); /* netpollBreak */
    }
}

/* pp was taken from a thread out of Go, or its thread gives it away: who gets it? The order of the questions is Go's. */
void sched_handoffp(World *w, P *pp) {
#define HANDOFF(why) EMIT(w->s, P_HANDOFF, pp->id, stream_text(w->s, (why)))
    if (!sched_runqempty(pp)) {
        HANDOFF("its run queue is not empty");
        sched_startm(w, pp, false);
    } else if (w->sched.runq.count > 0) {
        HANDOFF("the global queue is not empty");
        sched_startm(w, pp, false);
    } else if (gc_has_work(w)) {
        HANDOFF("a collection marks, and there is something left to mark");
        sched_startm(w, pp, false);
    } else if (w->sched.nmspinning + w->sched.npidle == 0) {
        HANDOFF("nobody searches, no P is idle");
        w->sched.nmspinning = 1;
        w->sched.needspinning = false;
        sched_startm(w, pp, true);
    } else if (w->sched.gcwaiting) {
        HANDOFF("the world is to stop");
        stw_stop_p(w, pp);
    } else if (w->sched.npidle == w->procs - 1 && w->sched.poller == NULL) {
        HANDOFF("the last P: someone must poll");
        sched_startm(w, pp, false);
    } else {
        HANDOFF("there is nothing for it to do");
        sched_pidleput(w, pp);
        uint64_t first = timer_first_ns(w, pp);
        if (first != UINT64_MAX) sched_netpoll_break(w, first);
        else sched_checkdead(w); /* it may have been the last thing that an ended C thread left */
    }
#undef HANDOFF
}

/* ---- run queues ---- */

static uint32_t runq_len(const P *pp) { return pp->runqtail - pp->runqhead; }

bool sched_runqempty(const P *pp) { return runq_len(pp) == 0 && pp->runnext == NULL; }

void sched_globrunqput(World *w, G *gp) {
    ASSERT(gp->status == G_RUNNABLE);
    gqueue_put(&w->sched.runq, gp);
    EMIT(w->s, GLOBQ_PUT, gp->id);
}

static void runqput_tail(World *w, P *pp, G *gp) {
    if (runq_len(pp) < RUNQ_SIZE) {
        pp->runq[pp->runqtail++ % RUNQ_SIZE] = gp;
        EMIT(w->s, RUNQ_PUT, pp->id, gp->id);
        return;
    }
    uint32_t half = RUNQ_SIZE / 2; /* runqputslow */
    for (uint32_t i = 0; i < half; i++)
        gqueue_put(&w->sched.runq, pp->runq[pp->runqhead++ % RUNQ_SIZE]);
    EMIT(w->s, RUNQ_SPILL, pp->id, {half});
    sched_globrunqput(w, gp);
}

static inline void runqput_next(World *w, P *pp, G *gp) {
    G *kicked = pp->runnext;
    pp->runnext = gp;
    EMIT(w->s, RUNQ_NEXT, pp->id, gp->id, {kicked ? kicked->id.v : NONE});
    if (kicked) runqput_tail(w, pp, kicked);
}

static inline G *runqget(World *w, P *pp, bool *inherit) {
    G *gp = pp->runnext;
    *inherit = gp != NULL;
    if (gp != NULL) {
        pp->runnext = NULL;
    } else {
        if (runq_len(pp) == 0) return NULL;
        gp = pp->runq[pp->runqhead++ % RUNQ_SIZE];
    }
    EMIT(w->s, RUNQ_GET, pp->id, gp->id, {*inherit});
    return gp;
}

void sched_runq_to_global(World *w, P *pp) {
    bool inherit;
    for (G *gp; (gp = runqget(w, pp, &inherit)) != NULL;) sched_globrunqput(w, gp);
}

/* The head of the global queue, and up to max - 1 more into pp's own. */
static G *globrunqget(World *w, P *pp, uint64_t max) {
    uint64_t size = w->sched.runq.count, n = size / w->procs + 1;
    if (size == 0) return NULL;
    if (n > size) n = size;
    if (n > max) n = max;
    ASSERT(n - 1 <= RUNQ_SIZE - runq_len(pp));
    G *gp = gqueue_get(&w->sched.runq);
    for (uint64_t i = 1; i < n; i++)
        pp->runq[pp->runqtail++ % RUNQ_SIZE] = gqueue_get(&w->sched.runq);
    EMIT(w->s, GLOBQ_GET, pp->id, gp->id, {n - 1});
    return gp;
}

/* ---- goroutines come, go and wait ---- */

G *sched_gnew(World *w, P *pp) {
    G *gp = w->gfree;
    if (gp != NULL) w->gfree = gp->schedlink;
    else gp = mem_checked(pool_resize(&w->pool, NULL, 0, sizeof *gp), sizeof *gp);
    *gp = (G){0};
    if (pp == NULL) {
        gp->id = (Id_G){++w->sched.goidgen};
    } else {
        if (pp->goidcache == pp->goidcacheend) {
            pp->goidcache = w->sched.goidgen + 1;
            w->sched.goidgen += GOID_BATCH;
            pp->goidcacheend = w->sched.goidgen + 1;
        }
        gp->id = (Id_G){pp->goidcache++};
    }
    GROW(w->allg, w->allg_cap, gp->id.v + 1);
    if (gp->id.v >= w->allg_count) w->allg_count = gp->id.v + 1;
    w->allg[gp->id.v] = gp;
    return gp;
}

void sched_newproc(World *w, M *mp, uint64_t body, Id_STR name, Id_G parent, uint32_t line) {
    P *pp = mp->p;
    G *gp = sched_gnew(w, pp);
    gp->body = body;
    gp->status = G_RUNNABLE;
    EMIT(w->s, GO_CREATE, gp->id, parent, name, {line});
    gp->ready_seq = w->s->last_seq;
    w->sched.newest = gp->id.v;
    runqput_next(w, pp, gp);
    if (w->maing != NULL) sched_wakep(w);
    else w->maing = gp;
}

void sched_ready(World *w, P *pp, G *gp, Id_G by) {
    ASSERT(gp->status == G_WAITING);
    gp->status = G_RUNNABLE;
    EMIT(w->s, GO_UNBLOCK, gp->id, by);
    gp->ready_seq = w->s->last_seq;
    runqput_next(w, pp, gp);
    sched_wakep(w);
}

/* The runtime itself has found that gp's wait is over. */
static void made_ready(World *w, G *gp, Id_G by) {
    ASSERT(gp->status == G_WAITING);
    if (!gp->own && by.v == NONE) net_ready(w, gp); /* nobody but the network makes these ready */
    gp->status = G_RUNNABLE;
    EMIT(w->s, GO_UNBLOCK, gp->id, by);
    gp->ready_seq = w->s->last_seq;
}

/* Many goroutines that the network, or sysmon, has found ready: as many as there are idle Ps go to the
 * global queue, and a thread is started for each; the others stay here. */
void sched_injectglist(World *w, M *mp, GQueue *list, Id_G by) {
    if (list->count == 0) return;
    GQueue ready = {0};
    P *pp = mp != NULL ? mp->p : NULL;
    uint64_t global = pp == NULL ? list->count : w->sched.npidle, started = 0;
    while (list->count > 0) {
        G *gp = gqueue_get(list);
        made_ready(w, gp, by);
        gqueue_put(&ready, gp);
    }
    for (; global > 0 && ready.count > 0; global--, started++)
        sched_globrunqput(w, gqueue_get(&ready));
    for (P *idle; started > 0 && (idle = pidleget_spinning(w)) != NULL; started--)
        sched_startm(w, idle, false);
    while (ready.count > 0) { /* runqputbatch: what has no room in the ring goes to the global queue */
        if (runq_len(pp) < RUNQ_SIZE) runqput_tail(w, pp, gqueue_get(&ready));
        else sched_globrunqput(w, gqueue_get(&ready));
    }
    if (pp != NULL) sched_wakep(w);
}

/* The goroutine leaves its thread, which keeps its P. */
static G *dropg(M *mp) {
    G *gp = mp->curg;
    ASSERT(gp != NULL);
    mp->curg = NULL;
    gp->m = NULL;
    return gp;
}

void sched_gopark(World *w, M *mp, Id_STR reason) {
    G *gp = dropg(mp);
    ASSERT(gp->status == G_RUNNING);
    gp->status = G_WAITING;
    EMIT(w->s, GO_BLOCK, gp->id, reason, {gp->op.line});
}

void sched_gosched(World *w, M *mp, Id_STR reason) {
    G *gp = dropg(mp);
    ASSERT(gp->status == G_RUNNING);
    gp->status = G_RUNNABLE;
    EMIT(w->s, GO_STOP, gp->id, reason);
    gp->ready_seq = w->s->last_seq;
    bool for_stop = reason.v == w->text.preempted.v && w->sched.gcwaiting;
    if (for_stop && w->opt.go->stw_runnext) runqput_next(w, mp->p, gp); /* it goes on right after the stop */
    else sched_globrunqput(w, gp);
    sched_wakep(w);
    sched_schedule(w, mp);
}

void sched_goyield(World *w, M *mp) {
    G *gp = dropg(mp);
    ASSERT(gp->status == G_RUNNING);
    gp->status = G_RUNNABLE;
    EMIT(w->s, GO_STOP, gp->id, w->text.goyield);
    gp->ready_seq = w->s->last_seq;
    runqput_tail(w, mp->p, gp);
    sched_schedule(w, mp);
}

void sched_goexit(World *w, M *mp) {
    G *gp = dropg(mp);
    gp->status = G_DEAD;
    EMIT(w->s, GO_END, gp->id);
    gc_goexit(w, gp);
    stack_goexit(w, gp);
    w->allg[gp->id.v] = NULL;
    if (w->prog.drop && !gp->own) w->prog.drop(w->prog.ctx, gp->body);
    if (gp == w->maing) { /* main.main returned: the process ends, whoever else still runs */
        w->outcome = RUN_EXITED;
        return;
    }
    bool locked = gp->lockedm != NULL;
    if (locked) lock_mexit(w, mp, gp);
    gp->schedlink = w->gfree;
    w->gfree = gp;
    if (!locked) sched_schedule(w, mp);
}

/* ---- the search for work ---- */

static INLINE void execute(World *w, M *mp, G *gp) {
    P *pp = mp->p;
    ASSERT(gp->status == G_RUNNABLE);
    if (gp->lockedm != NULL && gp->lockedm != mp) {
        lock_startm(w, mp, gp);
        return;
    }
    mp->curg = gp;
    gp->m = mp;
    gp->status = G_RUNNING;
    gp->preempt = false;
    gp->started = true;
    if (!mp->inherit) pp->schedtick++;
    if (gp->back_from_c) pp->syscalltick++; /* the end of exitsyscall, on another P */
    gp->back_from_c = false;
    stream_because(w->s, gp->ready_seq); /* not what this thread did last: what made gp runnable */
    EMIT(w->s, GO_START, gp->id, pp->id, mp->id, {mp->inherit});
    exec_next(w, mp);
}

void sched_execute(World *w, M *mp) {
    G *gp = mp->found;
    mp->found = NULL;
    execute(w, mp, gp);
}

static void found(World *w, M *mp, G *gp, bool inherit) {
    if (mp->spinning) {
        sched_stop_spinning(w, mp);
        sched_wakep(w); /* the last searcher that finds work starts a new one */
    }
    mp->inherit = inherit;
    if (world_alone(w, world_now(w) + cost(w, COST_go_switch))) {
        execute(w, mp, gp);
    } else {
        mp->found = gp;
        m_due(w, mp, M_AT_EXECUTE, cost(w, COST_go_switch));
    }
}

static uint32_t gcd(uint32_t a, uint32_t b) { return b == 0 ? a : gcd(b, a % b); }
static G *runqsteal(World *w, M *mp, P *p2, bool last_round, bool *wait);

/* STRESS_STEAL: somebody else's queue before one's own. */
static G *steal_first(World *w, M *mp) {
    bool wait;
    for (uint32_t i = 1; i < w->procs; i++) {
        P *p2 = w->allp[(mp->p->id.v + i) % w->procs];
        G *gp = runq_len(mp->p) < RUNQ_SIZE / 2 ? runqsteal(w, mp, p2, false, &wait) : NULL;
        if (gp != NULL) return gp;
    }
    return NULL;
}

/* A random walk over all Ps for this round: a start, and a stride that has no divisor in common with
 * their number (Go: stealOrder). */
static void steal_order(World *w, M *mp) {
    uint32_t n = w->procs, r = (uint32_t)prng_next(&w->steal);
    mp->steal.i = 0;
    mp->steal.start = r % n;
    mp->steal.stride = w->coprimes[r / n % w->coprime_count];
    mp->steal.waited_for = NULL;
}

void sched_coprimes(World *w) {
    w->coprime_count = 0;
    for (uint32_t i = 1; i <= w->procs; i++) {
        if (gcd(i, w->procs) == 1) w->coprimes[w->coprime_count++] = i;
    }
}

void sched_schedule(World *w, M *mp) {
    if (mp->lockedg != NULL) lock_stopm(w, mp);
    else sched_find(w, mp);
}

/* Without blocking, when nobody sleeps in the poller: the first of them runs, the others are queued. */
static G *netpoll(World *w, M *mp) {
    if (w->net.waiters == 0 || w->sched.poller != NULL) return NULL;
    GQueue list = net_poll(w);
    if (list.count == 0) return NULL;
    G *gp = gqueue_get(&list);
    sched_injectglist(w, mp, &list, (Id_G){NONE});
    made_ready(w, gp, (Id_G){NONE});
    return gp;
}

void sched_find(World *w, M *mp) {
    P *pp = mp->p;
    ASSERT(pp != NULL);
    bool inherit = false;
    G *gp;
    if (w->sched.gcwaiting) {
        stw_gcstopm(w, mp);
        return;
    }
    if (!agenda_empty(&pp->timers)) timer_check(w, mp, pp);
    if (w->gc.marks && (gp = gc_find_worker(w, pp)) != NULL) {
        sched_wakep(w); /* tryWakeP; a searcher's last words do it in any case */
        found(w, mp, gp, false);
        return;
    }
    if (stress(w, STRESS_STEAL) && (gp = steal_first(w, mp)) != NULL) {
        found(w, mp, gp, false);
        return;
    }
    if (w->sched.runq.count > 0 && pp->schedtick % FAIR_TICK == 0 && (gp = globrunqget(w, pp, 1)) != NULL) {
        found(w, mp, gp, false);
        return;
    }
    if ((gp = runqget(w, pp, &inherit)) != NULL ||
        (gp = globrunqget(w, pp, RUNQ_SIZE / 2)) != NULL) {
        found(w, mp, gp, inherit);
        return;
    }
    if ((gp = netpoll(w, mp)) != NULL) {
        found(w, mp, gp, false);
        return;
    }
    if (!mp->spinning && 2 * w->sched.nmspinning >= w->procs - w->sched.npidle) {
        sched_nothing(w, mp); /* enough are searching */
        return;
    }
    if (!mp->spinning) become_spinning(w, mp);
    mp->steal.round = 0;
    steal_order(w, mp);
    m_due(w, mp, M_AT_STEAL, cost(w, COST_steal_look) * (w->procs - 1));
}

/* Is the owner of p2 about to schedule its runnext itself? Then it is given a little time. (An extra M that was
 * given back is not, but Go asks for _Gsyscall only.) */
static bool owner_is_busy(const P *p2) {
    if (p2->status != P_RUNNING || p2->m == NULL) return false;
    return p2->m->curg == NULL || p2->m->curg->status != G_SYSCALL;
}

/* Half of p2's queue, rounded up; the last of them is run. In the last round its runnext as well, after
 * a back-off: NULL with *wait set means come back. What stands there then is taken if it still is the
 * same; another one gets a back-off of its own. */
static G *runqsteal(World *w, M *mp, P *p2, bool last_round, bool *wait) {
    P *pp = mp->p;
    uint32_t n = runq_len(p2) - runq_len(p2) / 2;
    *wait = false;
    if (n > 0) {
        for (uint32_t i = 0; i < n; i++)
            pp->runq[(pp->runqtail + i) % RUNQ_SIZE] = p2->runq[p2->runqhead++ % RUNQ_SIZE];
        G *gp = pp->runq[(pp->runqtail + n - 1) % RUNQ_SIZE];
        pp->runqtail += n - 1;
        EMIT(w->s, RUNQ_STEAL, pp->id, p2->id, gp->id, {n});
        return gp;
    }
    if (!last_round || p2->runnext == NULL) return NULL;
    if (mp->steal.waited_for != p2->runnext && owner_is_busy(p2)) {
        mp->steal.waited_for = p2->runnext;
        *wait = true;
        return NULL;
    }
    G *gp = p2->runnext;
    p2->runnext = NULL;
    EMIT(w->s, RUNQ_STEAL_NEXT, pp->id, p2->id, gp->id);
    return gp;
}

void sched_steal(World *w, M *mp) {
    P *pp = mp->p;
    uint32_t n = w->procs;
    bool ran_timer = false;
    if (w->sched.gcwaiting) {
        stw_gcstopm(w, mp);
        return;
    }
    while (mp->steal.round < STEAL_TRIES) {
        bool last = mp->steal.round == STEAL_TRIES - 1;
        for (; mp->steal.i < n; mp->steal.i++, mp->steal.waited_for = NULL) {
            P *p2 = w->allp[(mp->steal.start + (uint64_t)mp->steal.i * mp->steal.stride) % n];
            if (p2 == pp) continue;
            bool inherit, wait;
            G *gp;
            if (last && mp->steal.waited_for == NULL && timer_check(w, mp, p2)) {
                ran_timer = true;
                if ((gp = runqget(w, pp, &inherit)) != NULL) {
                    found(w, mp, gp, inherit);
                    return;
                }
            }
            if (is_idle(p2)) continue;
            if ((gp = runqsteal(w, mp, p2, last, &wait)) != NULL) {
                found(w, mp, gp, false);
                return;
            }
            if (wait) {
                m_due(w, mp, M_AT_STEAL, cost(w, COST_steal_next));
                return;
            }
        }
        if (++mp->steal.round < STEAL_TRIES) steal_order(w, mp);
    }
    if (ran_timer) sched_find(w, mp);
    else m_due(w, mp, M_AT_NOTHING, cost(w, COST_steal_look) * (n - 1) * (STEAL_TRIES - 1));
}

/* A searcher has given its P up; work that came in meanwhile must not be left lying. True if it goes on. */
static bool recheck(World *w, M *mp) {
    bool global = w->sched.runq.count > 0, local = false;
    for (uint32_t i = 0; !global && !local && i < w->procs; i++) {
        local = !is_idle(w->allp[i]) && !sched_runqempty(w->allp[i]);
    }
    bool marks = !global && !local && gc_needs_idle_worker(w);
    if (!global && !local && !marks) return false;
    P *pp = sched_pidleget(w);
    ASSERT(pp != NULL); /* its own is there at least */
    sched_acquirep(w, mp, pp);
    become_spinning(w, mp);
    if (global) found(w, mp, globrunqget(w, pp, RUNQ_SIZE / 2), false);
    else if (marks) found(w, mp, gc_find_idle_worker(w, pp), false);
    else m_due(w, mp, M_AT_FIND, cost(w, COST_steal_look)); /* no busy loop in no time */
    return true;
}

/* Sleeps in the poller until the next timer, or until the network has something. For timers the kernel
 * counts in steps. */
static void poll(World *w, M *mp, uint64_t until_ns, bool was_spinning) {
    uint64_t step = cost(w, COST_poll_step), now = world_now(w), net = net_first_ns(w);
    w->sched.poll_until_ns = until_ns;
    if (until_ns != UINT64_MAX) {
        uint64_t delay = until_ns > now ? until_ns - now : 0;
        if (step > 0 && delay > 0) /* some time has passed since it was set: what was 2 ms is less by now */
            delay = delay <= step ? step : delay - 1 - (delay - 1) % step;
        if (delay > 0) delay += cost(w, COST_poll_slack);
        until_ns = now + delay;
    }
    if (net != UINT64_MAX) net = (net > now ? net : now) + cost(w, COST_thread_wake);
    if (net < until_ns) until_ns = net;
    mp->was_spinning = was_spinning;
    mp->status = M_POLLING;
    w->sched.poller = mp;
    w->sched.poll_return_ns = until_ns;
    EMIT(w->s, M_POLL, mp->id, {until_ns});
    m_due(w, mp, M_AT_POLL, until_ns - now);
}

void sched_nothing(World *w, M *mp) {
    if (w->sched.gcwaiting) {
        stw_gcstopm(w, mp);
        return;
    }
    G *gp = w->gc.marks ? gc_find_idle_worker(w, mp->p) : NULL;
    if (gp == NULL) gp = globrunqget(w, mp->p, RUNQ_SIZE / 2);
    if (gp != NULL) {
        found(w, mp, gp, false);
        return;
    }
    if (!mp->spinning && w->sched.needspinning) {
        become_spinning(w, mp);
        sched_find(w, mp);
        return;
    }
    bool was_spinning = mp->spinning;
    P *pp = sched_releasep(w, mp);
    sched_pidleput(w, pp);
    if (was_spinning) {
        sched_stop_spinning(w, mp);
        if (recheck(w, mp)) return;
    }
    /* Only a searcher has looked at everybody's timers. */
    uint64_t until = was_spinning ? timer_next_ns(w) : timer_first_ns(w, pp);
    if ((until != UINT64_MAX || w->net.waiters > 0) && w->sched.poller == NULL) {
        poll(w, mp, until, was_spinning);
        return;
    }
    if (until != UINT64_MAX) sched_netpoll_break(w, until);
    sched_stopm(w, mp);
}

void sched_poll_return(World *w, M *mp) {
    w->sched.poller = NULL;
    w->sched.lastpoll_ns = world_now(w);
    mp->status = M_RUNNING;
    EMIT(w->s, M_POLL_END, mp->id);
    GQueue list = net_poll(w);
    P *pp = sched_pidleget(w);
    if (pp == NULL) {
        sched_injectglist(w, NULL, &list, (Id_G){NONE});
        sched_stopm(w, mp);
        return;
    }
    sched_acquirep(w, mp, pp);
    if (list.count > 0) {
        G *gp = gqueue_get(&list);
        sched_injectglist(w, mp, &list, (Id_G){NONE});
        made_ready(w, gp, (Id_G){NONE});
        found(w, mp, gp, false);
        return;
    }
    if (mp->was_spinning) become_spinning(w, mp);
    sched_find(w, mp);
}
