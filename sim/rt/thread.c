/* thread.c -- a thread is an actor: it does a step, says when its next one is due, and sleeps.
 *
 * A step happens at one instant of virtual time; what takes time lies between steps. `at` says where
 * in its own code the thread is. A generation number makes an entry on the agenda void when somebody
 * else changes the thread's mind: a signal, a broken poll.
 *
 * Differs: any number of threads run at once. Go's own limit on what runs Go code, GOMAXPROCS, is
 *          modelled; the machine's number of cores is not.
 */
#include "world.h"

void m_due(World *w, M *mp, MPlace at, uint64_t delay_ns) {
    mp->at = at;
    mp->generation++;
    agenda_put(&w->agenda, world_now(w) + delay_ns, stream_cause(w->s), DUE_M, mp->id.v, mp->generation);
}

void m_cancel(M *mp) {
    mp->generation++;
    mp->at = M_AT_REST;
}

void m_step(World *w, M *mp, MPlace at) {
    mp->at = M_AT_REST;
    w->acting = mp;
    switch (at) {
    case M_AT_REST: UNREACHABLE();
    case M_AT_START: sched_mstart(w, mp, true); return;
    case M_AT_WAKE: sched_mstart(w, mp, false); return;
    case M_AT_FIND: sched_find(w, mp); return;
    case M_AT_STEAL: sched_steal(w, mp); return;
    case M_AT_NOTHING: sched_nothing(w, mp); return;
    case M_AT_EXECUTE: sched_execute(w, mp); return;
    case M_AT_NEXT: exec_next(w, mp); return;
    case M_AT_OP: exec_op(w, mp); return;
    case M_AT_C: exec_c(w, mp); return;
    case M_AT_EXIT: cgo_exitsyscall(w, mp); return;
    case M_AT_POLL: sched_poll_return(w, mp); return;
    case M_AT_LOCKED: lock_woken(w, mp); return;
    case M_AT_STOPPED: stw_stopped(w, mp); return;
    case M_AT_RESTART: stw_restart(w, mp); return;
    }
}
