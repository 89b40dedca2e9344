/* cgo.c -- a goroutine leaves Go and comes back.
 *
 * On the way out G keeps its thread (it is C's now) and leaves its P behind, still attached. If G is
 * back soon it goes on with that P (fast path). If not, sysmon takes the P and gives it to another
 * thread; G then looks for a P, and if there is none it queues like anyone else (slow path).
 *
 *   G running ──enter──▶ G in C, P attached ──soon──▶ G running
 *                               └─ retake ─▶ P elsewhere ──▶ old P again │ idle P │ global queue
 *
 * Go:      runtime/proc.go reentersyscall, exitsyscall, exitsyscallTryGetP, exitsyscallNoP,
 *          entersyscallHandleGCWait, setBlockOnExitSyscall; runtime/cgocall.go cgocall (go1.26)
 * Differs: the switch to the system stack is a cost, not a switch; no signal stack, no race detector.
 *          In Go 1.25 and before a P that is marked _Psyscall has let go of its M; here the two still know
 *          each other. There are no system calls beside the calls of C: no entersyscallblock, which hands its P on
 *          at once (C calls never do that), and no RawSyscall, which keeps it, for sysmon does not see it. Nor are there
 *          #cgo noescape and nocallback: a scenario says itself what lies on a stack, and every C function may call Go.
 * Emits:   P_SYSCALL CGO_ENTER CGO_EXIT_FAST CGO_EXIT_P CGO_EXIT_WAIT P_RETAKE
 */
#include "world.h"

/* Since Go 1.26 no state of P says so: it is derived. An extra M that was given back with a P attached
 * counts, too. */
bool cgo_in_syscall(const P *pp) {
    if (pp->status == P_SYSCALL) return true;
    if (pp->status != P_RUNNING || pp->m == NULL || pp->m->curg == NULL) return false;
    return pp->m->curg->status == G_SYSCALL || pp->m->curg->status == G_EXTRA;
}

void cgo_left(World *w, M *mp) {
    P *pp = mp->p;
    mp->oldp = pp; /* m.p and p.m stay set */
    mp->status = M_IN_C;
    if (w->opt.go->psyscall) {
        pp->status = P_SYSCALL;
        EMIT(w->s, P_SYSCALL, pp->id, mp->id);
    }
    if (w->sched.gcwaiting) stw_stop_c(w, pp); /* entersyscallHandleGCWait */
    sysmon_wake(w);
}

void cgo_entersyscall(World *w, M *mp, Id_STR fn, uint64_t c_ns) {
    G *gp = mp->curg;
    ASSERT(gp->status == G_RUNNING);
    gp->status = G_SYSCALL;
    EMIT(w->s, CGO_ENTER, gp->id, mp->p->id, mp->id, fn, {gp->op.line});
    cgo_left(w, mp);
    m_due(w, mp, M_AT_C, c_ns);
}

/* Takes pp from the thread that is out of Go with it. The caller knows that it is. */
void cgo_takep(World *w, P *pp, Id_M by, uint64_t waited_ns) {
    ASSERT(cgo_in_syscall(pp));
    M *mp = pp->m;
    EMIT(w->s, P_RETAKE, pp->id, mp->id, mp->curg->id, {waited_ns}, by);
    pp->oldm = mp;
    pp->m = NULL;
    mp->p = NULL;
    pp->status = P_IDLE;
    pp->syscalltick++;
}

/* The old P if another thread sits out of Go with it, else an idle one, else none. */
static P *exitsyscall_trygetp(World *w, M *mp, P *oldp) {
    if (oldp != NULL && cgo_in_syscall(oldp)) {
        cgo_takep(w, oldp, mp->id, 0);
        return oldp;
    }
    P *pp = sched_pidleget(w);
    if (pp != NULL) sysmon_wake(w);
    return pp;
}

void cgo_exitsyscall(World *w, M *mp) {
    G *gp = mp->curg;
    P *oldp = mp->oldp;
    ASSERT(gp->status == G_SYSCALL);
    mp->oldp = NULL;
    mp->status = M_RUNNING;
    if (gp->op.kind == OP_C_CALL) gp->args = 0;
    if (mp->p != NULL) { /* nobody came for it */
        gp->status = G_RUNNING;
        mp->p->status = P_RUNNING;
        mp->p->syscalltick++;
        EMIT(w->s, CGO_EXIT_FAST, gp->id, mp->p->id, mp->id);
        m_due(w, mp, M_AT_NEXT, cost(w, COST_cgo_exit));
        return;
    }
    P *pp = exitsyscall_trygetp(w, mp, oldp);
    if (pp != NULL) {
        sched_acquirep(w, mp, pp);
        gp->status = G_RUNNING;
        pp->syscalltick++;
        EMIT(w->s, CGO_EXIT_P, gp->id, pp->id, mp->id);
        m_due(w, mp, M_AT_NEXT,
              cost(w, COST_cgo_exit)); /* on the same slice: schedtick does not move */
        return;
    }
    gp->status = G_RUNNABLE;
    gp->back_from_c = true;
    gp->m = NULL;
    mp->curg = NULL;
    EMIT(w->s, CGO_EXIT_WAIT, gp->id, mp->id);
    gp->ready_seq = w->s->last_seq;
    sched_globrunqput(w, gp);
    if (mp->lockedg != NULL) lock_stopm(w, mp);
    else sched_stopm(w, mp);
}
