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

static bool before(const Timer *a, const Timer *b) {
    return a->when_ns != b->when_ns ? a->when_ns < b->when_ns : a->order < b->order;
}

void timer_add(World *w, P *pp, G *gp, uint64_t when_ns) {
    GROW(pp->timers, pp->timer_cap, pp->timer_count + 1);
    Timer t = {when_ns, w->timer_order++, gp};
    size_t i = pp->timer_count++;
    for (size_t up; i > 0 && before(&t, &pp->timers[up = (i - 1) / 2]); i = up)
        pp->timers[i] = pp->timers[up];
    pp->timers[i] = t;
    if (i == 0) sched_netpoll_break(w, when_ns); /* Go: wakeNetPoller */
}

static Timer take(P *pp) {
    Timer first = pp->timers[0], last = pp->timers[--pp->timer_count];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= pp->timer_count) break;
        if (child + 1 < pp->timer_count && before(&pp->timers[child + 1], &pp->timers[child]))
            child++;
        if (!before(&pp->timers[child], &last)) break;
        pp->timers[i] = pp->timers[child];
        i = child;
    }
    if (pp->timer_count > 0) pp->timers[i] = last;
    return first;
}

bool timer_check(World *w, M *mp, P *pp) {
    bool ran = false;
    while (pp->timer_count > 0 && pp->timers[0].when_ns <= world_now(w)) {
        Timer t = take(pp);
        EMIT(w->s, TIMER_FIRE, t.gp->id, pp->id, {world_now(w) - t.when_ns});
        sched_ready(w, mp, mp->p, t.gp, (Id_G){NONE}); /* onto the P of whoever found it */
        ran = true;
    }
    return ran;
}

uint64_t timer_next_ns(const World *w) {
    uint64_t next = UINT64_MAX;
    for (uint32_t i = 0; i < w->opt.procs; i++) {
        const P *pp = &w->allp[i];
        if (pp->timer_count > 0 && pp->timers[0].when_ns < next) next = pp->timers[0].when_ns;
    }
    return next;
}
