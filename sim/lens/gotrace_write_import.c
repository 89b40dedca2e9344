/* gotrace_write_import.c -- an imported trace goes back into Go's form.
 *
 * Each event of Go's had one of ours as its partner, so most go back as they came, at the same time, by the same
 * thread, with the same stack. M_SEEN and AT stand before the event that they belong to: they say which thread, and
 * where. Generations begin elsewhere, when a second is over and there is room between two events for everybody's
 * status.
 *
 * Differs: frames have no addresses; the wall clock is virtual time; what traceallocfree had said is gone
 */
#include "gotrace_write_parts.h"

#include "../event/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- stacks ---- */

static uint64_t frames(GotraceWriter *w, uint64_t line) {
    GotraceFrame f[GOTRACE_FRAMES_MAX];
    PlaceFrame from;
    size_t count = 0;
    char name[GOTRACE_STRING_MAX + 1];
    for (; count < GOTRACE_FRAMES_MAX && place_frame(w->model->text, line, (uint32_t)count, &from); count++) {
        snprintf(name, sizeof name, "%.*s", from.function_len, from.function);
        f[count].function = gotrace_string(&w->b, name);
        snprintf(name, sizeof name, "%.*s", from.file_len, from.file);
        f[count].file = gotrace_string(&w->b, name);
        f[count].line = from.line;
    }
    return gotrace_stack(&w->b, f, count);
}

static uint64_t stack(GotraceWriter *w, uint64_t line) {
    if (!place_is_stack(line)) return 0;
    if (w->stack == NULL) w->stack = mem_zero(GOTRACE_STACKS, sizeof *w->stack);
    size_t i = line % GOTRACE_STACKS;
    if (w->stack[i].line != line) {
        w->stack[i].line = line;
        w->stack[i].stack = frames(w, line);
    }
    return w->stack[i].stack;
}

/* The stack that an AT has announced. */
static uint64_t announced(GotraceWriter *w) {
    uint64_t line = w->at;
    w->at = 0;
    return stack(w, line);
}

static uint64_t string(GotraceWriter *w, uint64_t text) {
    return gotrace_string(&w->b, intern_text(w->model->text, text));
}

/* A goroutine's first function, as a stack. */
static uint64_t birth(GotraceWriter *w, uint64_t name) {
    const char *text = intern_text(w->model->text, name);
    GotraceFrame f = {gotrace_string(&w->b, text), 0, 0};
    if (strcmp(text, "?") == 0) return 0;
    return gotrace_stack(&w->b, &f, 1);
}

/* ---- who says it ---- */

static uint64_t tid(GotraceWriter *w, uint64_t m) { return m == NONE ? NONE : gw_m_at(w, m)->number; }

/* Of an event that does not name its thread: the one that M_SEEN has announced, or the one that acted last. */
static uint64_t anybody(GotraceWriter *w) { return w->said_by != NONE ? w->said_by : w->actor; }

static uint64_t somebody(GotraceWriter *w, bool (*good)(GotraceWriter *w, uint64_t m)) {
    if (good(w, anybody(w))) return anybody(w);
    for (size_t m = 0; m < w->m_cap; m++) {
        if (good(w, m)) return m;
    }
    return NONE;
}
static bool has_p(GotraceWriter *w, uint64_t m) { return m != NONE && gw_m_at(w, m)->p != NONE; }
uint64_t gw_somebody_with_p(GotraceWriter *w) { return somebody(w, has_p); }
/* In the scheduler: a timer's function is started from there. */
static bool has_p_alone(GotraceWriter *w, uint64_t m) { return has_p(w, m) && gw_m_at(w, m)->g == NONE; }

/* The goroutine's thread, if it can speak; else who made the trace say this without one. */
static uint64_t mouth(GotraceWriter *w, uint64_t g) {
    uint64_t m = gw_m_of(w, g);
    return gw_can_speak(w, m) ? m : somebody(w, gw_can_speak);
}

/* A goroutine that comes into the world; its number is what G_NUMBER has announced. */
static uint64_t born(GotraceWriter *w, uint64_t g, uint64_t state, uint64_t m) {
    *gw_g_at(w, g) = (GoG){.state = state, .m = m, .number = w->number};
    w->living++;
    return gw_g_number(w, g);
}
static void ended(GotraceWriter *w, uint64_t g) {
    gw_go_end(w, g);
    w->living--;
}

/* ---- first words ---- */

static bool p_seen(GotraceWriter *w, uint64_t p, uint64_t m, uint64_t state) {
    GoP *pp = gw_p_at(w, p);
    if (pp->state != 0) return gw_refuse(w, "it is known already");
    PUT(w, m != NONE ? m : w->said_by, PROC_STATUS, p, state);
    pp->state = state;
    pp->m = m;
    if (m != NONE) gw_m_at(w, m)->p = p;
    return true;
}

static bool g_seen(GotraceWriter *w, const Event *e) {
    uint64_t g = e->arg[0], m = e->arg[1], state = e->arg[2], at = stack(w, e->arg[4]);
    if (gw_g_at(w, g)->state != 0) return gw_refuse(w, "it is known already");
    uint64_t by = m != NONE ? m : w->said_by, number = born(w, g, state, m);
    if (at != 0 && w->b.version >= 23) PUT(w, by, GO_STATUS_STACK, number, tid(w, m), state, at);
    else PUT(w, by, GO_STATUS, number, tid(w, m), state);
    if (m != NONE) gw_m_at(w, m)->g = g;
    return true;
}

static bool create(GotraceWriter *w, const Event *e) {
    uint64_t g = e->arg[0], m = gw_m_of(w, e->arg[1]);
    if (!has_p(w, m)) m = somebody(w, has_p_alone);
    if (m == NONE) m = somebody(w, has_p);
    if (m == NONE) return gw_refuse(w, "nobody is there to make it");
    if (gw_g_at(w, g)->state != 0) return gw_refuse(w, "it is there already");
    uint64_t first = birth(w, e->arg[2]), at = stack(w, e->arg[3]);
    bool waits = e->kind == EV_GO_CREATE_WAITING;
    uint64_t number = born(w, g, waits ? GT_G_WAITING : GT_G_RUNNABLE, NONE);
    gw_put(w, m, waits ? GT_GO_CREATE_BLOCKED : GT_GO_CREATE, (const uint64_t[]){number, first, at}, 3);
    return true;
}

/* ---- running, and out of Go ---- */

static bool goroutine(GotraceWriter *w, const Event *e) {
    const uint64_t *a = e->arg;
    GoG *gp = gw_g_at(w, a[0]);
    uint64_t m = gp->m;
    switch (e->kind) {
    case EV_GO_START:
        if (gp->state != GT_G_RUNNABLE || gw_m_at(w, a[2])->p != a[1] || gw_m_at(w, a[2])->g != NONE) break;
        gw_go_start(w, a[2], a[0]);
        return true;
    case EV_GO_STOP:
        if (gp->state != GT_G_RUNNING || !gw_can_speak(w, m)) break;
        PUT(w, m, GO_STOP, string(w, a[1]), announced(w));
        gw_go_leave(w, a[0], GT_G_RUNNABLE);
        return true;
    case EV_GO_BLOCK:
        if (gp->state != GT_G_RUNNING || !gw_can_speak(w, m)) break;
        PUT(w, m, GO_BLOCK, string(w, a[1]), stack(w, a[2]));
        gw_go_leave(w, a[0], GT_G_WAITING);
        return true;
    case EV_GO_END:
        if (gp->state != GT_G_RUNNING || !gw_can_speak(w, m)) break;
        PUT0(w, m, GO_DESTROY);
        ended(w, a[0]);
        return true;
    case EV_GO_UNBLOCK:
        if (gp->state != GT_G_WAITING) break;
        gw_go_unblock(w, gw_m_of(w, a[1]) != NONE ? gw_m_of(w, a[1]) : w->said_by, a[0], announced(w));
        return true;
    default: break;
    }
    return gw_refuse(w, "Go's own reader would not take it here");
}

static bool out_of_go(GotraceWriter *w, const Event *e) {
    const uint64_t *a = e->arg;
    GoG *gp = gw_g_at(w, a[0]);
    uint64_t m = gp->m;
    switch (e->kind) {
    case EV_CGO_ENTER:
    case EV_SYSCALL:
        if (gp->state != GT_G_RUNNING || !gw_can_speak(w, m)) break;
        GoP *pp = gw_p_at(w, gw_m_at(w, m)->p);
        PUT(w, m, GO_SYSCALL_BEGIN, ++pp->seq, stack(w, a[4]));
        gp->state = GT_G_SYSCALL;
        pp->state = GT_P_SYSCALL;
        return true;
    case EV_CGO_EXIT_FAST:
        if (gp->state != GT_G_SYSCALL || gw_m_at(w, a[2])->p != a[1] || gw_p_at(w, a[1])->state != GT_P_SYSCALL) break;
        PUT0(w, a[2], GO_SYSCALL_END);
        gp->state = GT_G_RUNNING;
        gw_p_at(w, a[1])->state = GT_P_RUNNING;
        return true;
    case EV_CGO_EXIT_WAIT:
        if (gp->state != GT_G_SYSCALL || m == NONE) break;
        PUT0(w, m, GO_SYSCALL_END_BLOCKED);
        gw_go_leave(w, a[0], GT_G_RUNNABLE);
        return true;
    case EV_GO_CREATE_C:
        if (gp->state != 0 || gw_m_at(w, a[1])->g != NONE) break;
        PUT(w, a[1], GO_CREATE_SYSCALL, born(w, a[0], GT_G_SYSCALL, a[1]));
        gw_m_at(w, a[1])->g = a[0];
        return true;
    case EV_GO_END_C:
        if (gp->state != GT_G_SYSCALL || m != a[1]) break;
        PUT0(w, m, GO_DESTROY_SYSCALL);
        if (has_p(w, m)) gw_p_at(w, gw_m_at(w, m)->p)->state = GT_P_ABANDONED;
        gw_m_at(w, m)->p = NONE;
        ended(w, a[0]);
        return true;
    default: break;
    }
    return gw_refuse(w, "Go's own reader would not take it here");
}

static bool processor(GotraceWriter *w, const Event *e) {
    const uint64_t *a = e->arg;
    GoP *pp = gw_p_at(w, a[0]);
    switch (e->kind) {
    case EV_P_ACQUIRE:
        if (pp->state != GT_P_IDLE || has_p(w, a[1])) break;
        gw_proc_start(w, a[1], a[0]);
        return true;
    case EV_P_RELEASE:
        if (gw_m_at(w, a[1])->p != a[0]) break;
        gw_proc_stop(w, a[1]);
        return true;
    case EV_P_RETAKE:
        if (pp->state != GT_P_SYSCALL && pp->state != GT_P_ABANDONED) break;
        if (pp->state == GT_P_SYSCALL && pp->m == NONE) break;
        if (a[4] >= w->model->m_count) break;
        gw_proc_steal(w, a[4], a[0]);
        return true;
    default: break;
    }
    return gw_refuse(w, "Go's own reader would not take it here");
}

/* ---- the world, the collector, the program's own words ---- */

/* What was going on already when the trace began is said by other events of Go's, which have no stack. */
static bool was_going_on(const GotraceWriter *w, const Event *e, uint64_t line) { return line == 0 && e->seq <= w->first_until; }

static void collector(GotraceWriter *w, const Event *e) {
    const uint64_t *a = e->arg;
    uint64_t m;
    switch (e->kind) {
    case EV_GC_BEGIN:
        m = mouth(w, a[0]);
        if (m == NONE && !was_going_on(w, e, a[1])) break;
        w->gc_seq += w->gc_seq % 2 == 0 ? 1 : 0;
        if (was_going_on(w, e, a[1])) PUT(w, m != NONE ? m : anybody(w), GC_ACTIVE, w->gc_seq);
        else PUT(w, m, GC_BEGIN, w->gc_seq, stack(w, a[1]));
        break;
    case EV_GC_END:
        if ((m = mouth(w, a[0])) == NONE || w->gc_seq % 2 == 0) break;
        PUT(w, m, GC_END, ++w->gc_seq);
        break;
    case EV_GC_SWEEP:
        m = gw_p_at(w, a[0])->m;
        if (was_going_on(w, e, a[1])) PUT(w, anybody(w), GC_SWEEP_ACTIVE, a[0]);
        else if (has_p(w, m)) PUT(w, m, GC_SWEEP_BEGIN, stack(w, a[1]));
        else break;
        w->sweeping++;
        break;
    case EV_GC_SWEEP_END:
        m = gw_p_at(w, a[0])->m;
        if (!has_p(w, m) || w->sweeping == 0) break;
        PUT(w, m, GC_SWEEP_END, a[1], a[2]);
        w->sweeping--;
        break;
    case EV_GC_ASSIST:
        m = gw_m_of(w, a[0]);
        if (was_going_on(w, e, a[1])) PUT(w, anybody(w), GC_MARK_ASSIST_ACTIVE, gw_g_number(w, a[0]));
        else if (gw_can_speak(w, m)) PUT(w, m, GC_MARK_ASSIST_BEGIN, stack(w, a[1]));
        else break;
        w->assisting++;
        break;
    case EV_GC_ASSIST_END:
        m = gw_m_of(w, a[0]);
        if (!gw_can_speak(w, m) || w->assisting == 0) break;
        PUT0(w, m, GC_MARK_ASSIST_END);
        w->assisting--;
        break;
    case EV_HEAP_LIVE:
        if ((m = gw_somebody_with_p(w)) != NONE) PUT(w, m, HEAP_ALLOC, a[0]);
        break;
    case EV_HEAP_GOAL:
        if ((m = gw_somebody_with_p(w)) != NONE) PUT(w, m, HEAP_GOAL, a[0]);
        break;
    default: break;
    }
}

static void words(GotraceWriter *w, const Event *e) {
    const uint64_t *a = e->arg;
    uint64_t m = mouth(w, event_first(e, KIND_G));
    if (e->kind == EV_CPU_SAMPLE) {
        gotrace_sample(&w->b, e->time_ns + GOTRACE_IMPORT_NS, tid(w, a[2]), a[1], a[0] == NONE ? 0 : gw_g_number(w, a[0]), stack(w, a[3]));
        return;
    }
    if (m == NONE) return;
    switch (e->kind) {
    case EV_PROCS: PUT(w, m, PROCS_CHANGE, a[0], stack(w, a[1])); break;
    case EV_STW_BEGIN:
        PUT(w, m, STW_BEGIN, string(w, a[1]), stack(w, a[2]));
        w->stopping = true;
        break;
    case EV_STW_END:
        PUT0(w, m, STW_END);
        w->stopping = false;
        break;
    case EV_G_LABEL: PUT(w, m, GO_LABEL, string(w, a[1])); break;
    case EV_TASK_BEGIN: PUT(w, m, USER_TASK_BEGIN, a[0], a[1], string(w, a[3]), stack(w, a[4])); break;
    case EV_TASK_END: PUT(w, m, USER_TASK_END, a[0], stack(w, a[2])); break;
    case EV_REGION_BEGIN: PUT(w, m, USER_REGION_BEGIN, a[1], string(w, a[2]), stack(w, a[3])); break;
    case EV_REGION_END: PUT(w, m, USER_REGION_END, a[1], string(w, a[2]), stack(w, a[3])); break;
    case EV_LOG: PUT(w, m, USER_LOG, a[1], string(w, a[2]), string(w, a[3]), stack(w, a[4])); break;
    default: break;
    }
}

static bool tell(GotraceWriter *w, const Event *e) {
    switch ((EventKind)e->kind) {
    case EV_P_SEEN: return p_seen(w, e->arg[0], e->arg[1], e->arg[2]);
    case EV_G_SEEN: return g_seen(w, e);
    case EV_GO_CREATE:
    case EV_GO_CREATE_WAITING: return create(w, e);
    case EV_GO_START:
    case EV_GO_STOP:
    case EV_GO_BLOCK:
    case EV_GO_END:
    case EV_GO_UNBLOCK: return goroutine(w, e);
    case EV_CGO_ENTER:
    case EV_SYSCALL:
    case EV_CGO_EXIT_FAST:
    case EV_CGO_EXIT_WAIT:
    case EV_GO_CREATE_C:
    case EV_GO_END_C: return out_of_go(w, e);
    case EV_P_ACQUIRE:
    case EV_P_RELEASE:
    case EV_P_RETAKE: return processor(w, e);
    default:
        collector(w, e);
        words(w, e);
        return true;
    }
}

static uint64_t actor_of(GotraceWriter *w, const Event *e) {
    if (e->kind == EV_P_RETAKE) return e->arg[4];
    uint64_t m = event_first(e, KIND_M), g = event_first(e, KIND_G);
    return m != NONE ? m : gw_m_of(w, g);
}

bool gw_tell_imported(GotraceWriter *w, const Event *e) {
    w->procs_due = false; /* PROCS says it */
    if (e->kind == EV_M_SEEN) {
        gw_m_at(w, e->arg[0])->number = e->arg[1];
        w->said_by = e->arg[0];
        return true;
    }
    if (e->kind == EV_AT) {
        w->at = e->arg[1];
        return true;
    }
    if (e->kind == EV_G_NUMBER) {
        w->number = e->arg[1];
        return true;
    }
    if (e->kind == EV_IMPORT || e->kind == EV_G_NAME) return true;
    uint64_t m = e->kind == EV_CPU_SAMPLE ? NONE : actor_of(w, e);
    if (!tell(w, e)) return false;
    if (m != NONE) w->actor = m;
    else if (w->said_by != NONE) w->actor = w->said_by;
    w->said_by = NONE;
    w->at = w->number = 0;
    return true;
}
