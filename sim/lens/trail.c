/* trail.c -- along the events of a trace, back to the line where something began, and on to what will end it.
 *
 * The way back is the events' causes, with a few jumps where the cause of interest is not the event before: a
 * retake is due to the call, not to sysmon's look; a timer to the sleep; the end of a command to whoever
 * enqueued it.
 */
#include "trail.h"

bool trail_alive(const WhyAt *at, uint64_t g) {
    const Model *m = at->model;
    return g < m->g_count && m->g[g].state != G_NONE && m->g[g].state != G_DEAD;
}

bool trail_event(const WhyAt *at, uint64_t seq, Event *e) {
    return seq > 0 && seq != NONE && at->event(at->ctx, seq, e);
}

bool trail_last(const WhyAt *at, uint64_t seq, EventKind kind, uint64_t id, Event *e) {
    while (seq-- > 1 && trail_event(at, seq, e)) {
        if (e->kind == kind && e->arg[0] == id) return true;
    }
    return false;
}

bool trail_call(const WhyAt *at, uint64_t seq, uint64_t g, Event *e) {
    while (seq-- > 1 && trail_event(at, seq, e)) {
        if ((e->kind == EV_CGO_ENTER || e->kind == EV_SYSCALL) && e->arg[0] == g) return true;
    }
    return false;
}

uint64_t trail_line(const Event *e) {
    uint64_t line = e->kind < EV_COUNT ? event_arg(e, "line") : NONE;
    return line == NONE ? 0 : line;
}

bool trail_last_line(const WhyAt *at, uint64_t seq, uint64_t g, Event *e) {
    while (seq-- > 1 && trail_event(at, seq, e)) {
        if (e->kind < EV_COUNT && trail_line(e) && event_first(e, KIND_G) == g) return true;
    }
    return false;
}

/* Where the cause that one wants to hear of is not the event before. */
static bool jump(const WhyAt *at, const Event *e, Event *to) {
    switch (e->kind) {
    case EV_P_RETAKE:
        if (e->arg[4] != 1) return false;
        /* the goroutine of a C thread never entered C */
        return trail_call(at, e->seq, e->arg[2], to) ||
               trail_last_line(at, e->seq, e->arg[2], to);
    case EV_P_STOP_C: return trail_last_line(at, e->seq, e->arg[2], to);
    case EV_CGO_EXIT_WAIT:
        if (at->event(at->ctx, e->cause, to) && to->kind == EV_CALLBACK) return true;
        return trail_call(at, e->seq, e->arg[0], to);
    case EV_GO_STOP:
    case EV_PREEMPT_ASK: return trail_last_line(at, e->seq, e->arg[0], to);
    case EV_TIMER_FIRE: return trail_last(at, e->seq, EV_GO_SLEEP, e->arg[0], to);
    case EV_TIMER_SEND: return trail_last(at, e->seq, EV_CHAN_MAKE, e->arg[0], to);
    case EV_NET_READY: return trail_last(at, e->seq, EV_NET_WAIT, e->arg[0], to);
    case EV_DEV_START:
    case EV_DEV_DONE: return trail_last(at, e->seq, EV_DEV_ENQUEUE, e->arg[0], to);
    default: return false;
    }
}

bool trail_root(const WhyAt *at, uint64_t seq, Event *e) {
    *e = (Event){.kind = EV_COUNT};
    for (Event next; trail_event(at, seq, &next); seq = next.cause) {
        *e = next;
        if (trail_line(e)) return true;
        if (jump(at, e, &next) && trail_line(&next)) {
            *e = next;
            return true;
        }
        next = *e;
        if (e->kind == EV_SYSMON_LOOK || next.cause >= seq) return false;
    }
    return false;
}

bool trail_releaser(const WhyAt *at, uint64_t g, Event *e) {
    for (uint64_t seq = at->model->seq + 1; trail_event(at, seq, e); seq++) {
        if (e->kind == EV_GO_UNBLOCK && e->arg[0] == g) return true;
    }
    return false;
}

uint64_t trail_partner(const WhyAt *at, uint64_t c, bool wants_sender, uint64_t not_g, uint64_t *gone) {
    Event e;
    *gone = NONE;
    for (uint64_t seq = at->model->seq; trail_event(at, seq, &e); seq--) {
        uint64_t who[2] = {NONE, NONE}; /* at that end: who came, who had waited there */
        if (e.kind == EV_CHAN_SEND && e.arg[1] == c)
            who[!wants_sender] = e.arg[wants_sender ? 0 : 2];
        if (e.kind == EV_CHAN_RECV && e.arg[1] == c)
            who[wants_sender] = e.arg[wants_sender ? 2 : 0];
        for (int i = 0; i < 2; i++) {
            if (who[i] != not_g && trail_alive(at, who[i])) return who[i];
            if (who[i] != not_g && *gone == NONE) *gone = who[i];
        }
    }
    return NONE;
}

TrailRest trail_rest(const WhyAt *at) {
    TrailRest r = {.dead = at->model->deadlocked != 0, .freed = mem_zero(at->model->g_count + 1, 1)};
    Event e;
    for (uint64_t seq = at->model->seq + 1; trail_event(at, seq, &e); seq++) {
        if (e.kind == EV_DEADLOCK) r.dead = true;
        if (e.kind == EV_GO_UNBLOCK && e.arg[0] < at->model->g_count) r.freed[e.arg[0]] = 1;
    }
    return r;
}
