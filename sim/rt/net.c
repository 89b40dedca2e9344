/* net.c -- waiting for the network: the runtime knows what for, so the goroutine parks and its thread goes on.
 *
 * What a goroutine waits for is there after the time that the scenario says; somebody has to poll to see it: a
 * thread that finds no other work, one that sleeps in the poller for lack of any, or sysmon when
 * nobody has polled for 10 ms. This is what a wait in C is not.
 *
 * Go:      runtime/netpoll.go, netpoll_epoll.go netpoll, netpollBreak; proc.go injectglist (go1.26)
 * Differs: a poll that does not block takes no time. The poller is there from the start (Go makes it with the
 *          first timer or file). There is no data: only readiness. A deadline is set as the wait begins.
 * Emits:   NET_WAIT NET_READY
 */
#include "world.h"

void net_wait(World *w, M *mp, uint64_t ready_ns, uint64_t deadline_ns) {
    G *gp = mp->curg;
    P *pp = mp->p;
    uint64_t now = world_now(w), when = now + ready_ns;
    EMIT(w->s, NET_WAIT, gp->id, {ready_ns}, {deadline_ns ? deadline_ns : NONE}, {gp->op.line});
    sched_gopark(w, mp, w->text.io_wait);
    agenda_put(&w->net.due, when, stream_cause(w->s), DUE_NET, gp->id.v, ++gp->net_generation);
    w->net.waiters++;
    if (deadline_ns > 0) timer_deadline(w, pp, gp, now + deadline_ns);
    sched_poll_returns(w, when + cost(w, COST_thread_wake)); /* epoll itself will wake it, then */
    sched_schedule(w, mp);
}

/* Its deadline has come first: what the network has is of no interest any more. */
static bool is_void(const World *w, const Due *due) {
    const G *gp = w->allg[due->id];
    return gp == NULL || gp->net_generation != due->generation;
}

uint64_t net_first_ns(World *w) {
    while (!agenda_empty(&w->net.due) && is_void(w, agenda_first(&w->net.due)))
        agenda_take(&w->net.due);
    return w->net.due.first_ns;
}

enum { EVENTS_MAX = 128 }; /* netpoll: as many at a time */

GQueue net_poll(World *w) {
    GQueue list = {0};
    while (list.count < EVENTS_MAX && net_first_ns(w) <= world_now(w)) {
        Due due = agenda_take(&w->net.due);
        G *gp = w->allg[due.id];
        gp->net_generation++; /* a deadline is void from now on */
        gp->busy_until_ns = due.time_ns;
        gp->schedlink = list.head; /* a gList: last in, first out */
        list.head = gp;
        if (list.count++ == 0) list.tail = gp;
        w->net.waiters--;
    }
    return list;
}

void net_ready(World *w, G *gp) {
    EMIT(w->s, NET_READY, gp->id, {world_now(w) - gp->busy_until_ns}, {1});
    gp->result = (OpResult){0, true};
}

void net_deadline(World *w, M *mp, const Due *due) {
    if (is_void(w, due)) return;
    G *gp = w->allg[due->id];
    gp->net_generation++;
    w->net.waiters--;
    EMIT(w->s, NET_READY, gp->id, {world_now(w) - due->time_ns}, {0});
    gp->result = (OpResult){0, false};
    sched_ready(w, mp->p, gp, (Id_G){NONE});
}
