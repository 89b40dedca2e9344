/* past.c -- from events to what is told of memory. */
#include "past.h"

#include "../sim/base/sorted.h"

#include <stdlib.h>

void past_free(Past *p) {
    free(p->cycle);
    free(p->pin);
    free(p->given);
    *p = (Past){0};
}

/* ---------------------------------------------------------------- collections */

static void cycle_begins(Past *p, const Event *e) {
    GROW(p->cycle, p->cycle_cap, p->cycle_count + 1);
    p->cycle[p->cycle_count++] = (Cycle){.seq = e->seq,
                                         .begin_ns = e->time_ns,
                                         .marked_ns = NOT_YET,
                                         .end_ns = NOT_YET,
                                         .stop = {{NOT_YET, NOT_YET}, {NOT_YET, NOT_YET}}};
}

/* Other things stop the world as well (GOMAXPROCS, a reader of statistics): the collector's own stops are the first
 * after its beginning, and the one in which it ends. */
static void cycle_event(Cycle *c, const Event *e) {
    size_t k = c->stop[0].to_ns == NOT_YET ? 0 : 1;
    switch ((EventKind)e->kind) {
    case EV_STW_BEGIN:
        if (c->marked_ns == NOT_YET) c->stop[k].from_ns = e->time_ns, c->stop[k].to_ns = NOT_YET;
        break;
    case EV_STW_END:
        c->stop[k].to_ns = e->time_ns;
        if (c->marked_ns != NOT_YET) c->end_ns = e->time_ns;
        break;
    case EV_GC_END: c->marked_ns = e->time_ns; break;
    case EV_OBJ_MOVE: c->moved++; break;
    default: break;
    }
}

/* ---------------------------------------------------------------- pins */

static void pin_out(Past *p, const Event *e) {
    for (size_t i = p->pin_count; i-- > 0;) {
        PinSpan *s = &p->pin[i];
        if (s->obj != e->arg[1] || s->to_ns != NOT_YET) continue;
        s->to_ns = e->time_ns;
        s->end_seq = e->seq;
        s->end_line = e->arg[2];
        return;
    }
}

static void pin_in(Past *p, const Event *e) {
    GROW(p->pin, p->pin_cap, p->pin_count + 1);
    p->pin[p->pin_count++] = (PinSpan){.obj = e->arg[1],
                                       .g = e->arg[0],
                                       .line = e->arg[2],
                                       .from_ns = e->time_ns,
                                       .to_ns = NOT_YET,
                                       .seq = e->seq,
                                       .end_seq = NOT_YET,
                                       .end_line = NONE};
}

/* ---------------------------------------------------------------- addresses */

static bool below_is_c(const Model *m, uint64_t g) {
    return g < m->g_count && (m->g[g].callbacks > 0 || m->g[g].state == G_SYSCALL);
}

static void given(Past *p, const Event *e) {
    GROW(p->given, p->given_cap, p->given_count + 1);
    p->given[p->given_count++] = (GivenAway){.obj = e->arg[1],
                                             .g = e->arg[0],
                                             .line = e->arg[3],
                                             .seq = e->seq,
                                             .lost_seq = NOT_YET,
                                             .lost_ns = NOT_YET,
                                             .lost_at = NONE,
                                             .end_seq = NOT_YET};
    p->given_open++;
}

/* The stack has moved. Only C that waits below a callback goes on with the old address: a call that comes later is
 * given the new one. */
static void stack_moved(Past *p, const Model *m, const Event *e) {
    uint64_t g = e->arg[0];
    if (g >= m->g_count || m->g[g].callbacks == 0) return;
    for (size_t i = p->given_count, left = p->given_open; i-- > 0 && left > 0;) {
        GivenAway *s = &p->given[i];
        if (s->end_seq != NOT_YET) continue;
        left--;
        if (s->obj != e->arg[1] || s->g != g || s->lost_seq != NOT_YET) continue;
        s->lost_seq = e->seq;
        s->lost_ns = e->time_ns;
        s->lost_at = e->arg[2];
    }
}

/* The call is over, and whatever address C had of this goroutine's. */
static void call_ended(Past *p, const Model *m, const Event *e) {
    uint64_t g = e->arg[0];
    if (below_is_c(m, g)) return; /* that was the way into a callback */
    for (size_t i = p->given_count, left = p->given_open; i-- > 0 && left > 0;) {
        if (p->given[i].end_seq != NOT_YET) continue;
        left--;
        if (p->given[i].g != g) continue;
        p->given[i].end_seq = e->seq;
        p->given_open--;
    }
}

/* ---------------------------------------------------------------- one event */

void past_after(Past *p, const Model *after, const Event *e) {
    switch ((EventKind)e->kind) {
    case EV_GC_BEGIN: cycle_begins(p, e); return;
    case EV_PIN: pin_in(p, e); return;
    case EV_UNPIN: pin_out(p, e); return;
    case EV_ADDRESS: given(p, e); return;
    case EV_STACK_MOVE: stack_moved(p, after, e); return;
    case EV_CGO_EXIT_FAST:
    case EV_CGO_EXIT_P:
    case EV_CGO_EXIT_WAIT: call_ended(p, after, e); return;
    default: break;
    }
    Cycle *c = p->cycle_count ? &p->cycle[p->cycle_count - 1] : NULL;
    if (c && c->end_ns == NOT_YET) cycle_event(c, e);
}

/* ---------------------------------------------------------------- questions */

static size_t cycles_until(const Past *p, uint64_t seq) { return SORTED_FROM(p->cycle, p->cycle_count, seq, seq + 1); }
size_t past_pins(const Past *p, uint64_t seq) { return SORTED_FROM(p->pin, p->pin_count, seq, seq + 1); }
size_t past_given(const Past *p, uint64_t seq) { return SORTED_FROM(p->given, p->given_count, seq, seq + 1); }

const Cycle *past_cycle(const Past *p, uint64_t seq) {
    size_t n = cycles_until(p, seq);
    return n > 0 ? &p->cycle[n - 1] : NULL;
}
