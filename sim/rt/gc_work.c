/* gc_work.c -- who does the collector's work: mark workers, goroutines that allocate too much, the sweeper.
 *
 * There is one worker goroutine for each P, and it waits. While a cycle marks, findRunnable gives it to Ps: as many as
 * make a quarter of them at once (dedicated), for a part of their time (fractional), and to every P
 * that has nothing else to do (idle). Marking is cut into pieces; who takes the last one and is the last to end
 * its own stops the world.
 *
 * Go:      runtime/mgc.go gcBgMarkStartWorkers, gcBgMarkWorker, gcEndWork; mgcpacer.go findRunnableGCWorker,
 *          markWorkerStop; mgcmark.go gcAssistAlloc, gcFlushBgCredit, gcWakeAllAssists; mgcsweep.go bgsweep (go1.26)
 * Differs: bgsweep is made for the first collection; in Go it is there from the beginning. A piece is a stretch of time,
 *          the same for all workers, and one for all assists, not so many bytes. A P gets its worker when it looks
 *          for work, not already when the world starts. Between two pieces of sweeping bgsweep yields, if no P is
 *          idle, to whoever waits; Go sweeps ten spans in one, and then yields even if nobody does. Who has to help
 *          when all is marked does not wait for the second stop, which is about to begin.
 * Emits:   GC_WORKER GO_UNBLOCK G_LABEL GC_ASSIST GC_ASSIST_END
 */
#include "world.h"

#include <stdio.h>

#define PIECE_NS 10000u       /* about 100 KB of scanning: drainCheckThreshold */
#define OVER_ASSIST_NS 65536u /* gcOverAssistWork: 64 KiB, at 1 GB/s */

static uint64_t take(uint64_t *from, uint64_t most) {
    uint64_t ns = *from < most ? *from : most;
    *from -= ns;
    return ns;
}

/* ---- the goroutines ---- */

/* A go statement of gcStart's, which goes on when the new one is ready (<-ready). */
static void go(World *w, M *mp, const char *name, Own own) {
    G *gp = mp->curg;
    w->gc.starter = gp;
    sched_newproc(w, mp, 0, stream_text(w->s, name), gp->id, 0);
    G *made = w->allg[w->sched.newest];
    made->own = (uint8_t)own;
    made->worker = WORKER_NEW;
    if (own == OWN_SWEEPER) w->gc.sweeper = made;
    gp->op_again = true;
    sched_gopark(w, mp, w->text.chan_recv);
    sched_schedule(w, mp);
}

bool gc_new_worker(World *w, M *mp) {
    if (w->gc.sweeper == NULL) {
        go(w, mp, "runtime.bgsweep", OWN_SWEEPER);
        return true;
    }
    if (w->gc.worker_count >= w->procs) return false; /* there may have been more Ps */
    w->gc.worker_count++;
    go(w, mp, "runtime.gcBgMarkWorker", OWN_WORKER);
    return true;
}

/* ready <- struct{}{} */
static void say_ready(World *w, M *mp) { sched_ready(w, mp->p, w->gc.starter, mp->curg->id); }

static void worker_waits(World *w, M *mp) {
    G *gp = mp->curg;
    gp->worker = WORKER_WAITS;
    gp->schedlink = w->gc.pool;
    w->gc.pool = gp;
    sched_gopark(w, mp, stream_text(w->s, "GC worker (idle)"));
    sched_schedule(w, mp);
}

static const char *const mode_text[] = {
    [WORKER_DEDICATED] = "dedicated", [WORKER_FRACTIONAL] = "fractional", [WORKER_IDLE] = "idle"};

static G *wake_worker(World *w, P *pp, WorkerMode mode) {
    G *gp = w->gc.pool;
    w->gc.pool = gp->schedlink;
    gp->schedlink = NULL;
    gp->worker = (uint8_t)mode;
    gp->status = G_RUNNABLE;
    stream_because(w->s, w->gc.begin_seq); /* not what this thread did last */
    EMIT(w->s, GC_WORKER, gp->id, pp->id, stream_text(w->s, mode_text[mode]));
    EMIT(w->s, GO_UNBLOCK, gp->id, {NONE});
    gp->ready_seq = w->s->last_seq;
    gp->op = (Op){.kind = OP_IDLE};
    return gp;
}

/* Has this P given its share, so far? */
static bool over_share(const World *w, const P *pp, uint64_t more_ns, uint32_t percent) {
    uint64_t since = world_now(w) - w->gc.mark_began_ns;
    return (pp->fractional_ns + more_ns) * 100 > since / 1000000 * w->gc.fraction_ppm * percent +
                                                     since % 1000000 * w->gc.fraction_ppm / 1000000 * percent;
}

bool gc_has_work(const World *w) { return w->gc.marks && w->gc.left_ns > 0; }

G *gc_find_worker(World *w, P *pp) {
    if (w->gc.left_ns == 0 || w->gc.pool == NULL) return NULL;
    if (w->gc.dedicated > 0) {
        w->gc.dedicated--;
        return wake_worker(w, pp, WORKER_DEDICATED);
    }
    if (w->gc.fraction_ppm == 0 || over_share(w, pp, 0, 100)) return NULL;
    return wake_worker(w, pp, WORKER_FRACTIONAL);
}

bool gc_needs_idle_worker(const World *w) {
    return gc_has_work(w) && w->gc.pool != NULL && w->gc.idle < w->gc.idle_max;
}

G *gc_find_idle_worker(World *w, P *pp) {
    if (!gc_needs_idle_worker(w)) return NULL;
    w->gc.idle++;
    return wake_worker(w, pp, WORKER_IDLE);
}

/* ---- marking ---- */

/* gcMarkDone, by whoever ended last. */
static bool mark_done(World *w, M *mp) {
    if (!w->gc.marks || w->gc.terminates || w->gc.left_ns > 0 || w->gc.nwork > 0) return false;
    w->gc.terminates = true;
    mp->curg->gc_at = GC_AT_TERM;
    stw_begin(w, mp, "GC mark termination");
    return true;
}

static bool other_work(const World *w, const P *pp) {
    return w->sched.runq.count > 0 || !sched_runqempty(pp);
}

/* pollWork: also what the network has for somebody, if nobody waits for it. */
static bool poll_work(World *w, M *mp) {
    if (other_work(w, mp->p)) return true;
    if (w->net.waiters == 0 || w->sched.poller != NULL) return false;
    GQueue list = net_poll(w);
    bool some = list.count > 0;
    sched_injectglist(w, mp, &list, (Id_G){NONE});
    return some;
}

static bool shall_stop(World *w, M *mp) {
    G *gp = mp->curg;
    if (w->gc.left_ns == 0) return true;
    switch ((WorkerMode)gp->worker) {
    case WORKER_DEDICATED:
        if (gp->preempt && !gp->op.b) sched_runq_to_global(w, mp->p); /* others shall run elsewhere; it goes on */
        gp->op.b = gp->op.b || gp->preempt; /* that was once and for all (gcDrainUntilPreempt) */
        gp->preempt = false;
        return false;
    case WORKER_FRACTIONAL: return gp->preempt || over_share(w, mp->p, world_now(w) - gp->body, 120);
    case WORKER_IDLE: return gp->preempt || poll_work(w, mp);
    case WORKER_NEW:
    case WORKER_WAITS: break;
    }
    UNREACHABLE();
}

static void worker_stops(World *w, M *mp) {
    G *gp = mp->curg;
    w->gc.nwork--;
    if (gp->worker == WORKER_DEDICATED) w->gc.dedicated++;
    if (gp->worker == WORKER_FRACTIONAL) mp->p->fractional_ns += world_now(w) - gp->body;
    if (gp->worker == WORKER_IDLE) w->gc.idle--;
    gp->worker = WORKER_WAITS;
    gp->preempt = false;
    if (!mark_done(w, mp)) worker_waits(w, mp);
}

static void mark(World *w, M *mp) {
    uint64_t asked = mp->curg->op.kind == OP_MARK ? mp->curg->op.b : false;
    mp->curg->op = (Op){.kind = OP_MARK, .a = take(&w->gc.left_ns, PIECE_NS), .b = asked};
    exec_begin(w, mp);
}

static void worker_next(World *w, M *mp) {
    G *gp = mp->curg;
    if (gp->worker == WORKER_NEW) {
        say_ready(w, mp);
        worker_waits(w, mp);
        return;
    }
    if (gp->worker == WORKER_WAITS) { /* back from the second stop */
        worker_waits(w, mp);
        return;
    }
    if (gp->op.kind == OP_IDLE) { /* it has just been given to this P */
        char label[32];
        snprintf(label, sizeof label, "GC (%s)", mode_text[gp->worker]);
        EMIT(w->s, G_LABEL, gp->id, stream_text(w->s, label));
        gp->body = world_now(w);
        w->gc.nwork++;
    }
    if (gp->op.kind == OP_MARK && shall_stop(w, mp)) worker_stops(w, mp);
    else if (w->gc.left_ns == 0) worker_stops(w, mp);
    else mark(w, mp);
}

/* ---- who allocates ---- */

/* One nanosecond more than they cost, so that what is small is not for nothing. */
static void charge(const World *w, G *gp, uint64_t bytes) {
    uint64_t debt = bytes * w->gc.assist_ps / 1000 + 1;
    int64_t left = (int64_t)gp->assist_ns - (int64_t)(debt < INT32_MAX ? debt : INT32_MAX);
    gp->assist_ns = left < -INT32_MAX ? -INT32_MAX : (int32_t)left;
}

static bool waits_for_credit(World *w, M *mp) {
    G *gp = mp->curg;
    if (w->gc.nwork == 0) return false; /* the last one is on his way to the second stop */
    gp->op_again = true;
    gp->gc_at = GC_AT_PAID; /* when it is woken */
    gqueue_put(&w->gc.assists, gp);
    sched_gopark(w, mp, stream_text(w->s, "GC assist wait"));
    sched_schedule(w, mp);
    return true;
}

/* Each byte is a debt. Workers have credit to give, and nothing is said of it; who gets none marks himself, more
 * than he has to, so that it is for what he allocates next as well; and if nothing is left to mark, he waits. */
bool gc_assist(World *w, M *mp, uint64_t bytes) {
    G *gp = mp->curg;
    bool first = gp->gc_at == GC_AT_TOP, told = !first;
    if (first && !w->gc.marks) return true;
    if (first) charge(w, gp, bytes);
    if (gp->gc_at == GC_AT_ASSIST) { /* it has marked a piece */
        w->gc.nwork--;
        if (mark_done(w, mp)) return false;
        if (gp->assist_ns < 0 && gp->preempt) {
            gp->gc_at = GC_AT_AGAIN;
            gp->op_again = true;
            sched_gosched(w, mp, w->text.gosched);
            return false;
        }
    }
    if (gp->gc_at != GC_AT_PAID && w->gc.marks && gp->assist_ns < 0) {
        uint64_t debt = (uint64_t)-gp->assist_ns, work = first && debt < OVER_ASSIST_NS ? OVER_ASSIST_NS : debt;
        uint64_t stolen = take(&w->gc.credit_ns, work), ns = 0;
        if (first && stolen < work) {
            EMIT(w->s, GC_ASSIST, gp->id, {gp->op.line});
            told = true;
        }
        work -= stolen;
        ns = take(&w->gc.left_ns, work < OVER_ASSIST_NS ? work : OVER_ASSIST_NS);
        gp->assist_ns += (int32_t)(stolen + ns);
        if (ns > 0) {
            gp->gc_at = GC_AT_ASSIST;
            w->gc.nwork++;
            m_due(w, mp, M_AT_OP, ns);
            return false;
        }
        if (gp->assist_ns < 0 && waits_for_credit(w, mp)) return false;
    }
    if (told) EMIT(w->s, GC_ASSIST_END, gp->id);
    return true;
}

/* gcFlushBgCredit: who waits gets it first. Whose debt is larger than that goes to the end of the queue. */
static void flush_credit(World *w, M *mp, uint64_t ns) {
    while (ns > 0 && w->gc.assists.count > 0) {
        G *gp = gqueue_get(&w->gc.assists);
        uint64_t debt = (uint64_t)-gp->assist_ns, paid = ns < debt ? ns : debt;
        gp->assist_ns += (int32_t)paid;
        ns -= paid;
        if (gp->assist_ns < 0) gqueue_put(&w->gc.assists, gp);
        else sched_ready(w, mp->p, gp, (Id_G){NONE});
    }
    w->gc.credit_ns += ns;
}

/* What it has in hand is everybody's (gdestroy). */
void gc_goexit(World *w, const G *gp) {
    if (w->gc.marks && gp->assist_ns > 0) w->gc.credit_ns += (uint64_t)gp->assist_ns;
}

void gc_wake_assists(World *w, M *mp) { sched_injectglist(w, mp, &w->gc.assists, mp->curg->id); }

/* ---- sweeping ---- */

uint64_t gc_sweep_some(World *w) { return take(&w->gc.sweep_ns, PIECE_NS); }

void gc_sweep_begin(World *w, M *mp) {
    G *gp = w->gc.sweeper;
    if (gp->status == G_WAITING) sched_ready(w, mp->p, gp, mp->curg->id);
}

static void sweeper_next(World *w, M *mp) {
    G *gp = mp->curg;
    if (gp->op.kind == OP_SWEEP && w->sched.npidle == 0 && other_work(w, mp->p)) { /* goschedIfBusy */
        gp->op.kind = OP_IDLE;
        sched_gosched(w, mp, w->text.gosched);
        return;
    }
    if (gp->worker == WORKER_NEW) say_ready(w, mp);
    gp->worker = WORKER_WAITS;
    uint64_t ns = gc_sweep_some(w);
    gp->op = ns > 0 ? (Op){.kind = OP_SWEEP, .a = ns}
                    : (Op){.kind = OP_IDLE, .text = stream_text(w->s, "GC sweep wait")};
    exec_begin(w, mp);
}

/* ---- the next step of one of the runtime's own ---- */

static void forcegc_next(World *w, M *mp) {
    G *gp = mp->curg;
    gp->op = gp->op.kind == OP_GC ? (Op){.kind = OP_IDLE, .text = stream_text(w->s, "force gc (idle)")}
                                  : (Op){.kind = OP_GC};
    exec_begin(w, mp);
}

void gc_own(World *w, M *mp) {
    switch ((Own)mp->curg->own) {
    case OWN_WORKER: worker_next(w, mp); return;
    case OWN_SWEEPER: sweeper_next(w, mp); return;
    case OWN_FORCEGC: forcegc_next(w, mp); return;
    case OWN_NONE: break;
    }
    UNREACHABLE();
}

void gc_op_done(World *w, M *mp) {
    const Op *op = &mp->curg->op;
    if (op->kind == OP_MARK) flush_credit(w, mp, op->a);
    exec_next(w, mp);
}
