/* sysmon.c -- the watchman: a thread without a P that sees who has been away too long.
 *
 * It sleeps 20 us at first, and after 50 rounds without success twice as long each time, up to 10 ms;
 * only taking a P makes it quick again. A P behind a call out of Go is taken when the same call is
 * seen for the second time, unless the P has no work and others are free. A time slice of 10 ms or more is
 * asked to end. When all Ps are idle it goes to sleep until a timer, or until a call wakes it.
 *
 * Go:      runtime/proc.go sysmon, retake, preemptone (go1.26)
 * Differs: a P that never came back from a call counts as not seen yet; Go's two counters both start
 *          at 0, so there the very first call on a P is taken at the first look. No scavenger. The number
 *          of CPUs does not change, so GOMAXPROCS is never set anew (1.25 and later look once a second).
 *          The goroutine that forces a collection is made when it is first needed.
 * Emits:   SYSMON_* P_RETAKE PREEMPT_ASK
 */
#include "world.h"

static void sleep_for(World *w, uint64_t ns) {
    agenda_put(&w->agenda, world_now(w) + ns, stream_cause(w->s), DUE_SYSMON, 0, ++w->sysmon.generation);
}

/* How long it sleeps after a round that leaves it with `idle` rounds without success. */
static uint64_t delay_after(uint64_t idle, uint64_t last_ns) {
    if (idle == 0) return SYSMON_MIN_NS;
    uint64_t delay = idle > 50 ? last_ns * 2 : last_ns;
    return delay > SYSMON_MAX_NS ? SYSMON_MAX_NS : delay;
}

void sysmon_start(World *w) {
    w->sysmon.delay_ns = SYSMON_MIN_NS;
    sleep_for(w, SYSMON_MIN_NS + cost(w, COST_sysmon_slack));
}

static void awake(World *w) {
    w->sysmon.asleep = false;
    w->sysmon.slept = true;
    EMIT(w->s, SYSMON_WAKE, {w->sysmon.idle});
}

void sysmon_wake(World *w) {
    if (!w->sysmon.asleep) return;
    w->sysmon.idle = 0;
    w->sysmon.delay_ns = SYSMON_MIN_NS;
    awake(w);
    sleep_for(w, cost(w, COST_thread_wake)); /* then it looks at once */
}

void sysmon_preempt(World *w, P *pp, uint64_t ran_ns) {
    M *mp = pp->m;
    if (mp == NULL || mp->curg == NULL || mp->curg->status != G_RUNNING) return;
    mp->curg->preempt = true;
    EMIT(w->s, PREEMPT_ASK, mp->curg->id, pp->id, mp->id, {ran_ns});
    exec_expect_prologue(w, mp);
    if (w->opt.asyncpreemptoff || mp->signal_pending) return;
    mp->signal_pending = true;
    agenda_put(&w->agenda, world_now(w) + cost(w, COST_signal), stream_cause(w->s), DUE_SIGNAL, mp->id.v,
               0);
}

/* One P; true if it was taken. The order of the conditions is Go's. */
static bool retake(World *w, P *pp) {
    uint64_t now = world_now(w);
    bool sysretake = false;
    if (pp->status != P_RUNNING && pp->status != P_SYSCALL) return false;
    if (pp->sysmontick.schedtick != pp->schedtick) {
        pp->sysmontick.schedtick = pp->schedtick;
        pp->sysmontick.schedwhen = now;
    } else if (pp->sysmontick.schedwhen + SLICE_NS <= now) {
        sysmon_preempt(w, pp, now - pp->sysmontick.schedwhen);
        sysretake = true; /* neither goroutine nor thread can answer if they are in C */
    }
    if (!cgo_in_syscall(pp)) return false;
    M *mp = pp->m;
    if (!sysretake && pp->sysmontick.syscalltick != pp->syscalltick) {
        pp->sysmontick.syscalltick = pp->syscalltick;
        pp->sysmontick.syscallwhen = now;
        EMIT(w->s, SYSMON_SEES, pp->id, mp->id, mp->curg->id);
        return false;
    }
    bool others_are_free = w->sched.nmspinning + w->sched.npidle > 0;
    if (sched_runqempty(pp) && others_are_free &&
        pp->sysmontick.syscallwhen + SYSMON_MAX_NS > now) {
        EMIT(w->s, SYSMON_SPARES, pp->id, mp->id);
        return false;
    }
    /* When the slice was over, this very call may never have been looked at before. */
    bool seen = pp->sysmontick.syscalltick == pp->syscalltick;
    cgo_takep(w, pp, (Id_M){1}, seen ? now - pp->sysmontick.syscallwhen : NONE);
    sched_handoffp(w, pp);
    return true;
}

/* Nobody has slept in the poller for 10 ms: all threads are busy, or in C. A look in passing
 * (findRunnable's) does not count. */
static void poll_network(World *w) {
    if (w->sched.poller != NULL || w->sched.lastpoll_ns + SYSMON_MAX_NS >= world_now(w)) return;
    w->sched.lastpoll_ns = world_now(w);
    GQueue list = net_poll(w);
    if (list.count == 0) return;
    EMIT(w->s, SYSMON_POLL, {list.count});
    sched_injectglist(w, NULL, &list, (Id_G){NONE});
}

static void force_gc(World *w) {
    G *gp = w->sched.forcegc;
    if (!gc_is_due(w) || (gp != NULL && gp->status != G_WAITING)) return;
    EMIT(w->s, SYSMON_GC, {world_now(w) - w->gc.last_ns});
    gc_force(w);
}

void sysmon_round(World *w) {
    if (w->sysmon.asleep) awake(w); /* its sleep has timed out */
    bool nothing_to_watch = w->sched.gcwaiting || w->sched.npidle == w->procs;
    if (nothing_to_watch && !w->sysmon.slept) {
        uint64_t next = timer_next_ns(w), now = world_now(w);
        if (next > now) {
            uint64_t sleep = next - now < SYSMON_DEEP_NS ? next - now : SYSMON_DEEP_NS;
            w->sysmon.asleep = true;
            EMIT(w->s, SYSMON_SLEEP, {now + sleep});
            sleep_for(w, sleep);
            return;
        }
    }
    w->sysmon.slept = false;
    uint64_t idle = w->sysmon.idle + 1, delay = delay_after(idle, w->sysmon.delay_ns),
             slack = cost(w, COST_sysmon_slack);
    EMIT(w->s, SYSMON_LOOK, {w->sysmon.idle}, {delay + slack});
    poll_network(w);
    for (uint32_t i = 0; i < w->procs; i++) {
        if (retake(w, w->allp[i])) idle = 0;
    }
    force_gc(w);
    w->sysmon.idle = idle;
    w->sysmon.delay_ns = idle == 0 ? SYSMON_MIN_NS : delay;
    sleep_for(w, w->sysmon.delay_ns + slack);
}
