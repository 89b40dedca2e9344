/* schedtrace.c -- what GODEBUG=schedtrace=N,scheddetail=1 would have printed.
 *
 * The form is Go's, to the letter, so that whatever reads the one reads the other. Numbers of states are those
 * of runtime2.go.
 *
 * Go:      runtime/proc.go schedtrace (go1.26)
 * Differs: the runtime's own goroutines (forcegc, bgsweep, bgscavenge, ...) are not there. Not modelled, and
 *          printed as Go does when there is nothing: needspinning=0, mallocing=0 throwing=0 preemptoff=
 *          dying=0; locks=0, sysmon's own 2 aside, which it holds while it prints. timerslen counts
 *          the sleeping goroutines, not the timers of channels and deadlines. A P of 1.25 and before that
 *          is in a call prints status=2 (_Psyscall), and neither it nor its M knows the other, as there.
 *          The run had no schedtrace, so its sysmon may have slept deeply; Go's never does while it has these lines
 *          to print, so it is shown awake: sysmonwait=false, and M1 blocked=false. The first line is at 0 of virtual
 *          time, the others at even moments; Go counts from its first line, and prints when sysmon happens to look.
 *          Of an imported trace schedtick and syscalltick count from its beginning.
 */
#include "schedtrace.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

typedef unsigned long long Ull;

void schedtrace_begin(Schedtrace *s, unsigned go) { *s = (Schedtrace){.go = go}; }

void schedtrace_free(Schedtrace *s) {
    free(s->p);
    free(s->g);
    free(s->slot);
    free(s->spinning);
    *s = (Schedtrace){0};
}

/* ---- what the model does not keep ---- */

static void grow_g(Schedtrace *s, size_t count) {
    size_t had = s->g_cap;
    GROW(s->g, s->g_cap, count);
    for (; had < s->g_cap; had++) s->g[had].reason = NONE;
}

static void grow(Schedtrace *s, const Model *m) {
    GROW(s->p, s->p_cap, m->p_count);
    grow_g(s, m->g_count);
    GROW(s->spinning, s->m_cap, m->m_count + 1); /* M_NEW is about to make one more */
}

static void call_over(Schedtrace *s, const Model *m, uint64_t p) {
    if (p < m->p_count) s->p[p].syscalltick++;
}

static void go_start(Schedtrace *s, const Model *m, const Event *e) {
    uint64_t g = e->arg[0], p = e->arg[1];
    if (g >= m->g_count || p >= m->p_count) return;
    if (!e->arg[3]) s->p[p].schedtick++;
    if (s->g[g].back_from_call) s->p[p].syscalltick++;
    s->g[g].back_from_call = 0;
}

static void push(Schedtrace *s, GFree *list, uint64_t slot) {
    s->slot[slot - 1].below = list->head;
    list->head = slot;
    list->count++;
}
static uint64_t pop(Schedtrace *s, GFree *list) {
    uint64_t slot = list->head;
    list->head = s->slot[slot - 1].below;
    list->count--;
    return slot;
}

enum { GFREE_MAX = 64, GFREE_HALF = 32 };

/* gfput: 64 are too many for one P. */
static void ended(Schedtrace *s, const Model *m, uint64_t g) {
    if (g >= m->g_count || m->g[g].p >= m->p_count || s->g[g].slot == 0) return;
    GFree *own = &s->p[m->g[g].p].free;
    s->g[g].reason = NONE;
    push(s, own, s->g[g].slot);
    if (own->count < GFREE_MAX) return;
    while (own->count >= GFREE_HALF) push(s, &s->free, pop(s, own));
}

/* gfget, or a new one. An id out of all bounds is refused by the model, so it is not taken here either. */
static void born(Schedtrace *s, const Model *m, uint64_t g, uint64_t parent) {
    uint64_t p = parent < m->g_count ? m->g[parent].p : NONE, slot = 0;
    if (g >= m->g_count + (1u << 20)) return;
    if (p < m->p_count) {
        GFree *own = &s->p[p].free;
        bool refill = own->count == 0;
        while (refill && own->count < GFREE_HALF && s->free.count > 0) push(s, own, pop(s, &s->free));
        if (own->count > 0) slot = pop(s, own);
    }
    if (slot == 0) {
        GROW(s->slot, s->slot_cap, s->slot_count + 1);
        slot = ++s->slot_count;
    } else {
        s->g[s->slot[slot - 1].goid].slot = 0;
    }
    grow_g(s, g + 1);
    s->slot[slot - 1].goid = g;
    s->g[g].slot = slot;
}

static void sleeps(Schedtrace *s, const Model *m, uint64_t g) {
    if (g >= m->g_count || m->g[g].p >= m->p_count || s->g[g].timer_p) return;
    s->g[g].timer_p = m->g[g].p + 1;
    s->p[m->g[g].p].timers++;
}

static void wakes(Schedtrace *s, const Model *m, uint64_t g) {
    if (g >= m->g_count || s->g[g].timer_p == 0) return;
    s->p[s->g[g].timer_p - 1].timers--;
    s->g[g].timer_p = 0;
}

/* A P that is no more leaves its timers to the one that stops the world, and its free gs to all. */
static void killed(Schedtrace *s, const Model *m, uint64_t p) {
    uint64_t by = m->stw_g < m->g_count ? m->g[m->stw_g].p : NONE, heir = by < m->procs ? by : 0;
    if (p >= m->p_count || heir >= m->p_count || heir == p) return;
    while (s->p[p].free.count > 0) push(s, &s->free, pop(s, &s->p[p].free)); /* gfpurge */
    for (size_t g = 0; g < m->g_count; g++) {
        if (s->g[g].timer_p == p + 1) s->g[g].timer_p = heir + 1;
    }
    s->p[heir].timers += s->p[p].timers;
    s->p[p].timers = 0;
}

static void spinning(Schedtrace *s, const Model *m, uint64_t id, uint64_t yes) {
    if (id <= m->m_count) s->spinning[id] = yes != 0;
}

void schedtrace_event(Schedtrace *s, const Model *m, const Event *e) {
    grow(s, m);
    switch ((EventKind)e->kind) {
    case EV_RUN_START:
        GROW(s->p, s->p_cap, 1);
        s->p[0].schedtick = SCHEDTICK_AT_MAIN;
        break;
    case EV_GO_CREATE: born(s, m, e->arg[0], e->arg[1]); break;
    case EV_EXTRA_NEW: born(s, m, e->arg[1], NONE); break;
    case EV_GO_START: go_start(s, m, e); break;
    case EV_GO_END: ended(s, m, e->arg[0]); break;
    case EV_GO_BLOCK:
        if (e->arg[0] < m->g_count) s->g[e->arg[0]].reason = e->arg[1];
        break;
    case EV_GO_SLEEP: sleeps(s, m, e->arg[0]); break;
    case EV_TIMER_FIRE: wakes(s, m, e->arg[0]); break;
    case EV_P_KILL: killed(s, m, e->arg[0]); break;
    case EV_CGO_EXIT_FAST:
    case EV_CGO_EXIT_P: call_over(s, m, e->arg[1]); break;
    case EV_CGO_EXIT_WAIT:
        if (e->arg[0] < m->g_count) s->g[e->arg[0]].back_from_call = 1;
        break;
    case EV_P_RETAKE:
    case EV_P_STOP_C: call_over(s, m, e->arg[0]); break;
    case EV_M_NEW:
    case EV_M_WAKE: spinning(s, m, e->arg[0], e->arg[2]); break;
    case EV_M_SPIN: spinning(s, m, e->arg[0], 1); break;
    case EV_M_UNSPIN: spinning(s, m, e->arg[0], 0); break;
    default: break;
    }
}

/* ---- lines ---- */

static void add(Bytes *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add(Bytes *out, const char *fmt, ...) {
    char text[256];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (n >= (int)sizeof text) n = sizeof text - 1;
    bytes_add(out, text, (size_t)n);
}

static void add_id(Bytes *out, uint64_t id) {
    if (id == NONE) add(out, "nil");
    else add(out, "%llu", (Ull)id);
}

static const char *truth(bool yes) { return yes ? "true" : "false"; }

static uint64_t count_m(const Model *m, MState state) {
    uint64_t n = 0;
    for (size_t i = 0; i < m->m_count; i++) n += m->m[i].state == state;
    return n;
}

/* runtime2.go */
static unsigned g_status(GState state) {
    static const unsigned number[G_COUNT] = {[G_IDLE] = 0,    [G_RUNNABLE] = 1, [G_RUNNING] = 2,
                                             [G_SYSCALL] = 3, [G_WAITING] = 4,  [G_DEAD] = 6,
                                             [G_EXTRA] = 11};
    return number[state];
}
static unsigned p_status(PState state) {
    static const unsigned number[P_COUNT] = {
        [P_IDLE] = 0, [P_RUNNING] = 1, [P_SYSCALL] = 2, [P_GCSTOP] = 3, [P_DEAD] = 4};
    return number[state];
}

/* m.blocked: it sleeps on its note. Not sysmon: see Differs. */
static bool blocked(const Model *m, size_t i) {
    switch ((MState)m->m[i].state) {
    case M_PARKED:
    case M_WAKING:
    case M_LOCKED:
    case M_WEDGED:
    case M_TEMPLATE: return true;
    default: return false;
    }
}

static void head(const Schedtrace *s, const Model *m, uint64_t now_ns, Bytes *out) {
    uint64_t idle = 0, search = 0;
    for (size_t i = 0; i < m->p_count; i++) idle += m->p[i].on_idle_list != 0;
    for (size_t i = 0; i < m->m_count && i < s->m_cap; i++) search += s->spinning[i];
    add(out, "SCHED %llums: gomaxprocs=%llu idleprocs=%llu threads=%llu spinningthreads=%llu needspinning=0",
        (Ull)(now_ns / 1000000), (Ull)m->procs, (Ull)idle, (Ull)(m->m_count - count_m(m, M_DEAD) - count_m(m, M_WEDGED)),
        (Ull)search);
    add(out, " idlethreads=%llu runqueue=%llu", (Ull)count_m(m, M_PARKED), (Ull)m->globq.count);
}

enum { SCHEDTICKS_SINCE = 25 };

static void queues(const Schedtrace *s, const Model *m, Bytes *out) {
    for (uint64_t i = 0; i < m->procs; i++)
        add(out, " %s%llu%s", i == 0 ? "[ " : "", (Ull)m->p[i].runq.count,
            i + 1 == m->procs ? " ]" : "");
    if (s->go < SCHEDTICKS_SINCE) {
        add(out, "\n");
        return;
    }
    add(out, " schedticks=[ ");
    for (uint64_t i = 0; i < m->procs; i++)
        add(out, "%llu ", (Ull)(i < s->p_cap ? s->p[i].schedtick : 0));
    add(out, "]\n");
}

static void p_line(const Schedtrace *s, const Model *m, uint64_t i, Bytes *out) {
    const ModelP *pp = &m->p[i];
    bool known = i < s->p_cap;
    add(out, "  P%llu: status=%u schedtick=%llu syscalltick=%llu m=", (Ull)i,
        p_status((PState)pp->state), (Ull)(known ? s->p[i].schedtick : 0),
        (Ull)(known ? s->p[i].syscalltick : 0));
    add_id(out, pp->state == P_SYSCALL ? NONE : pp->m);
    add(out, " runqsize=%llu gfreecnt=%llu timerslen=%llu\n", (Ull)pp->runq.count,
        (Ull)(known ? s->p[i].free.count : 0), (Ull)(known ? s->p[i].timers : 0));
}

/* gdestroy unties who ended locked from its thread. */
static bool is_dead(const Model *m, uint64_t g) { return g < m->g_count && m->g[g].state == G_DEAD; }

static void m_line(const Schedtrace *s, const Model *m, size_t i, Bytes *out) {
    const ModelM *mp = &m->m[i];
    bool let_go = mp->p < m->p_count && m->p[mp->p].state == P_SYSCALL;
    add(out, "  M%zu: p=", i);
    add_id(out, let_go ? NONE : mp->p);
    add(out, " curg=");
    add_id(out, mp->g);
    add(out, " mallocing=0 throwing=0 preemptoff= locks=%d dying=0 spinning=%s blocked=%s lockedg=",
        mp->state == M_SYSMON ? 2 : 0, truth(i < s->m_cap && s->spinning[i]), truth(blocked(m, i)));
    add_id(out, is_dead(m, mp->lock_g) ? NONE : mp->lock_g);
    add(out, "\n");
}

static void g_line(const Schedtrace *s, const Model *m, size_t i, Bytes *out) {
    const ModelG *gp = &m->g[i];
    add(out, "  G%zu: status=%u(%.100s) m=", i, g_status((GState)gp->state),
        i < s->g_cap ? intern_text(m->text, s->g[i].reason) : "");
    add_id(out, gp->m);
    add(out, " lockedm=");
    add_id(out, is_dead(m, i) ? NONE : gp->lock_m);
    add(out, "\n");
}

static void details(const Schedtrace *s, const Model *m, Bytes *out) {
    uint64_t to_stop = 0;
    bool stopping = m->stw_g != NONE;
    for (uint64_t i = 0; i < m->procs && stopping && !m->stw_stopped; i++)
        to_stop += m->p[i].state != P_GCSTOP;
    add(out, " gcwaiting=%s nmidlelocked=%llu stopwait=%llu sysmonwait=false\n", truth(stopping),
        (Ull)count_m(m, M_LOCKED), (Ull)to_stop);
    for (uint64_t i = 0; i < m->procs; i++) p_line(s, m, i, out);
    for (size_t i = m->m_count; i-- > 0;) { /* allm: the newest first */
        if (m->m[i].state != M_NONE && m->m[i].state != M_DEAD) m_line(s, m, i, out);
    }
    for (size_t i = 0; i < s->slot_count; i++) { /* forEachG: as they were made */
        if (s->slot[i].goid < m->g_count) g_line(s, m, s->slot[i].goid, out);
    }
}

void schedtrace_print(const Schedtrace *s, const Model *m, uint64_t now_ns, bool detail, Bytes *out) {
    head(s, m, now_ns, out);
    if (detail) details(s, m, out);
    else queues(s, m, out);
}
