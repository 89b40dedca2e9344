/* timer.c -- each P keeps a heap of timers; whoever schedules there, or steals from there, runs them.
 *
 * There is no timer thread: a timer needs a P to fire, and is as late as the scheduler is. A timer wakes
 * a sleeper, ends somebody's patience with the network, starts a goroutine, or sends on a channel. Since 1.23 a channel's timer
 * is in a heap only while somebody waits at the channel; whoever receives looks at it first.
 *
 * Go:      runtime/time.go timers.check, timers.run, maybeAdd, blockTimerChan, unblockTimerChan, maybeRunChan (go1.26)
 * Differs: a timer that is stopped, or that nobody waits for any more, leaves its heap at once, and is put into
 *          the heap of whoever waits next; Go marks it a zombie, and may find it there again.
 *          Timers due at the same nanosecond fire in the order in which they were made; Go's four-ary heap leaves
 *          that order open. What a timer sends is a mark, not the time. len and cap of a
 *          timer's channel are 1, not 0.
 * Emits:   TIMER_FIRE TIMER_FUNC TIMER_SEND
 */
#include "world.h"

static void put(World *w, P *pp, uint64_t when_ns, DueKind kind, uint64_t id, uint32_t generation) {
    bool first = when_ns < timer_first_ns(w, pp);
    agenda_put(&pp->timers, when_ns, stream_cause(w->s), kind, id, generation);
    if (first) sched_netpoll_break(w, when_ns); /* Go: wakeNetPoller */
}

void timer_sleep(World *w, P *pp, G *gp, uint64_t when_ns) {
    put(w, pp, when_ns, DUE_SLEEP, gp->id.v, 0);
}

void timer_deadline(World *w, P *pp, G *gp, uint64_t when_ns) {
    put(w, pp, when_ns, DUE_DEADLINE, gp->id.v, gp->net_generation);
}

/* ---- channel timers ---- */

uint64_t world_timer(World *w, uint64_t delay_ns, uint64_t period_ns, const char *name,
                     uint32_t line) {
    Timer *t = mem_zero(1, sizeof *t);
    Id_CHAN c = world_chan(w, 1, name, line); /* first: it may move w->chans */
    t->c = w->chans[c.v];
    t->c->timer = t;
    t->id = w->timer_count;
    t->delay_ns = delay_ns;
    t->period_ns = period_ns;
    GROW(w->timers, w->timer_cap, w->timer_count + 1);
    w->timers[w->timer_count] = t;
    return w->timer_count++;
}

uint64_t world_func_timer(World *w, uint64_t delay_ns, uint32_t line) {
    Timer *t = mem_zero(1, sizeof *t);
    t->id = w->timer_count;
    t->delay_ns = delay_ns;
    t->line = line;
    t->context = NONE;
    GROW(w->timers, w->timer_cap, w->timer_count + 1);
    w->timers[w->timer_count] = t;
    return w->timer_count++;
}

/* Only a channel's timer can be left alone while nobody waits. */
static bool is_needed(const World *w, const Timer *t) {
    return t->c == NULL || !w->opt.go->lazy_timers || t->c->recvq.count > 0;
}

static void into_heap(World *w, P *pp, Timer *t) {
    t->in_heap = true;
    put(w, pp, t->when_ns, DUE_TICK, t->id, ++t->generation);
}

void timer_start(World *w, M *mp, Timer *t) {
    G *gp = mp->curg;
    if (gp->op.b > 0) t->delay_ns = gp->op.b; /* Reset */
    if (gp->op.b > 0 && t->period_ns > 0) t->period_ns = gp->op.b;
    result_set(&gp->result, 0, timer_stop(t));
    timer_set(w, mp, t);
}

void timer_set(World *w, M *mp, Timer *t) {
    t->active = true;
    t->when_ns = world_now(w) + t->delay_ns;
    if (is_needed(w, t)) into_heap(w, mp->p, t);
}

bool timer_stop(Timer *t) {
    bool ran = t->active;
    t->active = t->in_heap = false;
    t->generation++;
    return ran;
}

/* goFunc */
static void start_func(World *w, M *mp, const P *heap_of, const Timer *t, uint64_t late) {
    EMIT(w->s, TIMER_FUNC, heap_of->id, {late}, {t->line}, mp->id);
    uint64_t body = w->prog.fire(w->prog.ctx, t->id);
    if (body != NONE) sched_newproc(w, mp, body, w->prog.name(w->prog.ctx, body), (Id_G){NONE}, t->line);
}

/* It is due: it sends, on the P of whoever found it, and is set again, where it was, if it is a ticker. */
static void fire(World *w, M *mp, P *heap_of, Timer *t) {
    uint64_t late = world_now(w) - t->when_ns;
    t->in_heap = false;
    t->generation++;
    if (t->period_ns > 0) t->when_ns += t->period_ns * (1 + late / t->period_ns);
    else t->active = false;
    if (t->c == NULL) start_func(w, mp, heap_of, t, late);
    else chan_tick(w, mp->p, heap_of->id, t->c, late);
    if (t->active && is_needed(w, t)) into_heap(w, heap_of, t);
}

void timer_maybe_run(World *w, M *mp, Chan *c) {
    Timer *t = c->timer;
    if (t->active && !t->in_heap && t->when_ns <= world_now(w)) fire(w, mp, mp->p, t);
}

void timer_block(World *w, P *pp, Chan *c) {
    Timer *t = c->timer;
    if (t->active && !t->in_heap) into_heap(w, pp, t);
}

void timer_unblock(World *w, Chan *c) {
    Timer *t = c->timer;
    if (!t->in_heap || !w->opt.go->lazy_timers || c->recvq.count > 0) return;
    t->in_heap = false;
    t->generation++;
}

/* ---- running them ---- */

static bool is_void(const World *w, const Due *due) {
    const G *gp = due->kind == DUE_TICK ? NULL : w->allg[due->id];
    if (due->kind == DUE_DEADLINE) return gp == NULL || gp->net_generation != due->generation;
    return due->kind == DUE_TICK && w->timers[due->id]->generation != due->generation;
}

uint64_t timer_first_ns(World *w, P *pp) {
    while (!agenda_empty(&pp->timers) && is_void(w, agenda_first(&pp->timers)))
        agenda_take(&pp->timers);
    return pp->timers.first_ns;
}

static void run(World *w, M *mp, P *pp, const Due *due) {
    if (due->kind == DUE_TICK) {
        fire(w, mp, pp, w->timers[due->id]);
    } else if (due->kind == DUE_DEADLINE) {
        net_deadline(w, mp, due);
    } else {
        G *gp = w->allg[due->id];
        EMIT(w->s, TIMER_FIRE, gp->id, pp->id, {world_now(w) - due->time_ns});
        sched_ready(w, mp->p, gp, (Id_G){NONE}); /* onto the P of whoever found it */
    }
}

bool timer_check(World *w, M *mp, P *pp) {
    bool ran = false;
    while (timer_first_ns(w, pp) <= world_now(w)) {
        Due due = agenda_take(&pp->timers);
        run(w, mp, pp, &due);
        ran = true;
    }
    return ran;
}

uint64_t timer_next_ns(World *w) {
    uint64_t next = UINT64_MAX;
    for (uint32_t i = 0; i < w->procs; i++) {
        uint64_t first = timer_first_ns(w, w->allp[i]);
        if (first < next) next = first;
    }
    return next;
}
