/* timer.c -- each P keeps a heap of timers; whoever schedules there, or steals from there, runs them.
 *
 * There is no timer thread: a timer needs a P to fire, and is as late as the scheduler is.
 *
 * Go:      runtime/time.go timers.check, timers.run, maybeAdd (go1.26)
 * Differs: timers due at the same nanosecond fire in the order in which they were made; Go's four-ary
 *          heap leaves that order open.
 * Emits:   TIMER_FIRE
 */
#include "world.h"

void timer_add(World *w, P *pp, G *gp, uint64_t when_ns) {
    bool first = when_ns < agenda_first_ns(&pp->timers);
    agenda_put(&pp->timers, when_ns, w->s->cause, DUE_TIMER, gp->id.v, 0);
    if (first) sched_netpoll_break(w, when_ns); /* Go: wakeNetPoller */
}

bool timer_check(World *w, M *mp, P *pp) {
    bool ran = false;
    while (agenda_first_ns(&pp->timers) <= world_now(w)) {
        Due due = agenda_take(&pp->timers);
        G *gp = w->allg[due.id];
        EMIT(w->s, TIMER_FIRE, gp->id, pp->id, {world_now(w) - due.time_ns});
        sched_ready(w, mp->p, gp, (Id_G){NONE}); /* onto the P of whoever found it */
        ran = true;
    }
    return ran;
}

uint64_t timer_next_ns(const World *w) {
    uint64_t next = UINT64_MAX;
    for (uint32_t i = 0; i < w->opt.procs; i++) {
        uint64_t first = agenda_first_ns(&w->allp[i].timers);
        if (first < next) next = first;
    }
    return next;
}
