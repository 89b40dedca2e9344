/* model.c -- the world rebuilt from events, and the refusal of impossible ones.
 *
 * One small function per event; the legal changes of state are not here but in states.def. Run queues
 * are lists through the goroutines themselves, since a goroutine is on one of them at most.
 */
#include "model_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const g_state_name[G_COUNT] = {"none", "idle",    "runnable", "running",
                                           "in C", "waiting", "dead",     "extra"};
const char *const p_state_name[P_COUNT] = {"none",       "idle",    "running",
                                           "in syscall", "stopped", "dead"};
const char *const m_state_name[M_COUNT] = {
    "none", "starting", "running", "spinning",      "parked", "waking",          "polling",
    "in C", "sysmon",   "locked",  "on extra list", "the template thread", "ended", "not known",
    "parked for ever"};

/* ---- the table of legal moves ---- */

/* The state that follows, or 0: the event does not move that kind of thing out of this state. A row that stands
 * twice does not compile (-Woverride-init). */
enum { STATES_MAX = 16 };
static const uint8_t follows[KIND_COUNT_][EV_COUNT][STATES_MAX] = {
#define MOVE(WHAT, FROM, TO, EVENT) [KIND_##WHAT][EV_##EVENT][WHAT##_##FROM] = WHAT##_##TO,
#include "states.def"
#undef MOVE
};

bool model_refuse(Step *s, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(s->why, MODEL_WHY_MAX, fmt, ap);
    va_end(ap);
    return false;
}

/* ---- changes of state ---- */
static inline bool move(Step *s, Kind what, uint64_t id, uint64_t *state, const char *const names[]) {
    uint64_t to = *state < STATES_MAX ? follows[what][s->e->kind][*state] : 0;
    REQUIRE(to != 0, "%s%llu is %s and cannot %s", kind_letter[what], (Ull)id, names[*state],
            event_spec[s->e->kind].name);
    *state = to;
    return true;
}
static inline bool move_g(Step *s, uint64_t id) {
    GET(G, gp, id);
    TRY(move(s, KIND_G, id, &gp->state, g_state_name));
    gp->since_ns = s->e->time_ns;
    gp->since_seq = s->e->seq;
    return true;
}
static bool move_p(Step *s, uint64_t id) {
    GET(P, pp, id);
    TRY(move(s, KIND_P, id, &pp->state, p_state_name));
    pp->since_ns = s->e->time_ns;
    pp->since_seq = s->e->seq;
    return true;
}
static bool move_m(Step *s, uint64_t id) {
    GET(M, mp, id);
    TRY(move(s, KIND_M, id, &mp->state, m_state_name));
    mp->since_ns = s->e->time_ns;
    mp->since_seq = s->e->seq;
    return true;
}

/* ---- queues of goroutines ---- */
static bool q_put(Step *s, ModelQ *q, uint64_t g, GPlace place, uint64_t place_p) {
    GET(G, gp, g);
    REQUIRE(gp->place == AT_HAND || gp->place == AT_NONE, "g%llu is on a queue already", (Ull)g);
    gp->place = place;
    gp->place_p = place_p;
    gp->next = NONE;
    if (q->count == 0) q->head = g;
    else s->m->g[q->tail].next = g;
    q->tail = g;
    q->count++;
    return true;
}
static uint64_t q_get(Model *m, ModelQ *q) {
    uint64_t g = q->head;
    ModelG *gp = &m->g[g];
    q->head = gp->next;
    q->count--;
    if (q->count == 0) *q = model_empty_q;
    gp->next = NONE;
    gp->place = AT_HAND;
    gp->place_p = NONE;
    return g;
}
/* Moves n from the head of one queue to the tail of another. */
static bool q_move(Step *s, ModelQ *from, ModelQ *to, uint64_t n, GPlace place, uint64_t place_p) {
    REQUIRE(n <= from->count, "only %llu goroutines are queued there, not %llu", (Ull)from->count,
            (Ull)n);
    for (; n > 0; n--) TRY(q_put(s, to, q_get(s->m, from), place, place_p));
    return true;
}
static bool q_get_this(Step *s, ModelQ *q, uint64_t g) {
    REQUIRE(q->count > 0 && q->head == g, "g%llu is not at the head of that queue", (Ull)g);
    q_get(s->m, q);
    return true;
}
/* A runnable goroutine that is on no queue; of one that was imported nobody knows the queue. */
static GPlace loose(const Step *s) { return s->m->imported ? AT_UNKNOWN : AT_HAND; }
static inline bool runnable_in_hand(Step *s, uint64_t g) {
    GET(G, gp, g);
    REQUIRE(gp->state == G_RUNNABLE, "g%llu is %s, not runnable", (Ull)g, g_state_name[gp->state]);
    REQUIRE(gp->place == loose(s), "g%llu is on a queue already", (Ull)g);
    return true;
}

/* ---- the run ---- */
void model_new_ps(Step *s, uint64_t procs, PState state) {
    Model *m = s->m;
    GROW(m->p, m->p_cap, procs);
    for (; m->p_count < procs; m->p_count++) {
        m->p[m->p_count] = (ModelP){.state = state,
                                    .m = NONE,
                                    .runnext = NONE,
                                    .runq = model_empty_q,
                                    .on_idle_list = state == P_IDLE,
                                    .seen_ns = NONE,
                                    .retaken_ns = NONE,
                                    .retaken_from = NONE,
                                    .retaken_seq = NONE,
                                    .g = NONE,
                                    .since_seq = s->e->seq,
                                    .since_ns = s->e->time_ns};
    }
}

static const ModelM no_m = {.p = NONE,
                            .g = NONE,
                            .from_p = NONE,
                            .next_p = NONE,
                            .queue = NONE,
                            .cmd = NONE,
                            .lock_g = NONE,
                            .cthread = NONE};

bool model_new_m(Step *s, uint64_t id, MState state) {
    Model *m = s->m;
    REQUIRE(id == m->m_count, "M%llu is not the next thread, M%zu", (Ull)id, m->m_count);
    GROW(m->m, m->m_cap, id + 1);
    m->m_count = id + 1;
    m->m[id] = no_m;
    m->m[id].state = state;
    m->m[id].since_ns = s->e->time_ns;
    m->m[id].since_seq = m->m[id].born_seq = s->e->seq;
    return true;
}

static bool run_start(Step *s, uint64_t procs, uint64_t seed) {
    Model *m = s->m;
    REQUIRE(m->p_count == 0 && !m->imported, "the run has started already");
    REQUIRE(procs >= 1 && procs <= PROCS_MAX, "GOMAXPROCS=%llu is not in 1..%d", (Ull)procs,
            PROCS_MAX);
    m->procs = procs;
    m->seed = seed;
    model_new_ps(s, procs, P_IDLE);
    return model_new_m(s, 0, M_RUNNING) && model_new_m(s, 1, M_SYSMON);
}

/* ---- goroutines ---- */
enum {
    ID_STEP_MAX = 4096
}; /* ids may jump (P's batches of 16), a damaged file may not ask for 2^60 */

bool model_new_g(Step *s, uint64_t g, GState state) {
    Model *m = s->m;
    uint64_t count = m->imported && m->g_count < MODEL_OWN_IDS ? MODEL_OWN_IDS : m->g_count;
    REQUIRE(g >= 1 && g < count + ID_STEP_MAX * (m->p_count + 1), "g%llu is out of the range of ids", (Ull)g);
    bool gone = g < m->g_count && m->g[g].state == G_DEAD && m->imported; /* a number that is used again */
    REQUIRE(g >= m->g_count || m->g[g].state == G_NONE || gone, "g%llu exists already", (Ull)g);
    if (g >= m->g_count) {
        GROW(m->g, m->g_cap, g + 1);
        m->g_count = g + 1;
    }
    m->g[g] = (ModelG){.state = state,
                       .m = NONE,
                       .p = NONE,
                       .name = NONE,
                       .parent = NONE,
                       .reason = NONE,
                       .fn = NONE,
                       .call = NONE,
                       .chan = NONE,
                       .place = AT_NONE,
                       .place_p = NONE,
                       .next = NONE,
                       .since_ns = s->e->time_ns,
                       .since_seq = s->e->seq,
                       .wake_ns = NONE,
                       .busy_ns = NONE,
                       .lock_m = NONE};
    if (m->next_number != 0 && g >= MODEL_OWN_IDS) {
        size_t i = g - MODEL_OWN_IDS;
        GROW(m->number, m->number_cap, i + 1);
        if (i >= m->number_count) m->number_count = i + 1;
        m->number[i].number = m->next_number;
    }
    m->next_number = 0;
    return true;
}
static bool go_create(Step *s, uint64_t g, uint64_t parent, uint64_t name, uint64_t line) {
    TRY(model_new_g(s, g, G_RUNNABLE));
    ModelG *gp = &s->m->g[g];
    gp->place = loose(s);
    gp->parent = parent;
    gp->name = name;
    gp->born_line = gp->line = line;
    return true;
}
static inline bool go_start(Step *s, uint64_t g, uint64_t p, uint64_t m) {
    GET(G, gp, g);
    GET(P, pp, p);
    GET(M, mp, m);
    TRY(runnable_in_hand(s, g));
    REQUIRE(mp->p == p && pp->m == m, "M%llu does not own P%llu", (Ull)m, (Ull)p);
    REQUIRE(mp->g == NONE, "M%llu runs g%llu already", (Ull)m, (Ull)mp->g);
    REQUIRE(mp->state == M_RUNNING, "M%llu is %s and cannot run g%llu", (Ull)m,
            m_state_name[mp->state], (Ull)g);
    REQUIRE(gp->lock_m == NONE || gp->lock_m == m, "g%llu is locked to M%llu, not M%llu", (Ull)g,
            (Ull)gp->lock_m, (Ull)m);
    REQUIRE(mp->lock_g == NONE || mp->lock_g == g, "M%llu may run g%llu only", (Ull)m,
            (Ull)mp->lock_g);
    REQUIRE(pp->state == P_RUNNING, "P%llu is %s", (Ull)p, p_state_name[pp->state]);
    TRY(move_g(s, g));
    gp->place = AT_NONE;
    gp->p = p;
    pp->g = g;
    gp->m = m;
    mp->g = g;
    gp->reason = NONE;
    return true;
}
/* G leaves its M, which keeps its P. */
static INLINE bool drop_g(Step *s, uint64_t g) {
    GET(G, gp, g);
    TRY(move_g(s, g));
    GET(M, mp, gp->m);
    REQUIRE(mp->g == g, "M%llu does not run g%llu", (Ull)gp->m, (Ull)g);
    mp->g = NONE;
    model_settle_m(s, gp->m);
    gp->m = gp->p = NONE;
    gp->busy_ns = NONE;
    gp->place = AT_NONE;
    return true;
}
static bool go_stop(Step *s, uint64_t g, uint64_t reason) {
    TRY(drop_g(s, g));
    s->m->g[g].reason = reason;
    s->m->g[g].place = loose(s);
    return true;
}
static inline bool go_block(Step *s, uint64_t g, uint64_t reason, uint64_t line) {
    GET(G, gp, g);
    GPlace place = (GPlace)gp->place; /* CHAN_QUEUE has put it on a channel's queue already, SELECT_QUEUE on several */
    TRY(drop_g(s, g));
    gp->place = place;
    gp->reason = reason;
    if (line) gp->line = line;
    return true;
}
static inline bool go_unblock(Step *s, uint64_t g) {
    GET(G, gp, g);
    REQUIRE(gp->place != AT_SENDQ && gp->place != AT_RECVQ, "g%llu still queues at c%llu", (Ull)g,
            (Ull)gp->chan);
    REQUIRE(gp->place != AT_SELECT, "g%llu waits in a select still", (Ull)g);
    REQUIRE(gp->place < AT_SYNCQ, "g%llu still queues at s%llu", (Ull)g, (Ull)gp->place_p);
    TRY(move_g(s, g));
    gp->place = loose(s);
    gp->reason = gp->chan = gp->wake_ns = NONE;
    return true;
}
static bool go_compute(Step *s, uint64_t g, uint64_t duration, uint64_t line) {
    TRY(running(s, g, line));
    if (g != NONE) s->m->g[g].busy_ns = s->e->time_ns + duration;
    return true;
}
static bool go_sleep(Step *s, uint64_t g, uint64_t duration, uint64_t line) {
    TRY(running(s, g, line));
    GET(G, gp, g);
    gp->wake_ns = s->e->time_ns + duration;
    return true;
}

/* ---- run queues ---- */
static inline bool runq_next(Step *s, uint64_t p, uint64_t g, uint64_t kicked) {
    GET(P, pp, p);
    TRY(runnable_in_hand(s, g));
    REQUIRE(pp->runnext == kicked, "P%llu's runnext is not the goroutine that was kicked out",
            (Ull)p);
    if (kicked != NONE) s->m->g[kicked].place = AT_HAND;
    pp->runnext = g;
    s->m->g[g].place = AT_RUNNEXT;
    s->m->g[g].place_p = p;
    return true;
}
static bool runq_put(Step *s, uint64_t p, uint64_t g) {
    GET(P, pp, p);
    TRY(runnable_in_hand(s, g));
    return q_put(s, &pp->runq, g, AT_RUNQ, p);
}
static bool runq_spill(Step *s, uint64_t p, uint64_t count) {
    GET(P, pp, p);
    return q_move(s, &pp->runq, &s->m->globq, count, AT_GLOBQ, NONE);
}
static bool take_runnext(Step *s, uint64_t p, uint64_t g) {
    GET(P, pp, p);
    REQUIRE(pp->runnext == g && g != NONE, "g%llu is not P%llu's runnext", (Ull)g, (Ull)p);
    pp->runnext = NONE;
    s->m->g[g].place = AT_HAND;
    s->m->g[g].place_p = NONE;
    return true;
}
static inline bool runq_get(Step *s, uint64_t p, uint64_t g, uint64_t next) {
    if (next) return take_runnext(s, p, g);
    GET(P, pp, p);
    return q_get_this(s, &pp->runq, g);
}
static bool globq_put(Step *s, uint64_t g) {
    TRY(runnable_in_hand(s, g));
    return q_put(s, &s->m->globq, g, AT_GLOBQ, NONE);
}
static bool globq_get(Step *s, uint64_t p, uint64_t g, uint64_t rest) {
    GET(P, pp, p);
    TRY(q_get_this(s, &s->m->globq, g));
    return q_move(s, &s->m->globq, &pp->runq, rest, AT_RUNQ, p);
}
static bool runq_steal(Step *s, uint64_t p, uint64_t p_from, uint64_t g, uint64_t count) {
    GET(P, pp, p);
    GET(P, pp2, p_from);
    REQUIRE(count >= 1, "a steal of none");
    TRY(q_move(s, &pp2->runq, &pp->runq, count - 1, AT_RUNQ, p));
    return q_get_this(s, &pp2->runq, g);
}

/* ---- threads and processors ---- */
static bool m_new(Step *s, uint64_t id, uint64_t p) {
    TRY(model_new_m(s, id, M_STARTING));
    s->m->m[id].next_p = p;
    return true;
}
static bool m_wake(Step *s, uint64_t id, uint64_t p) {
    TRY(move_m(s, id));
    s->m->m[id].next_p = p;
    return true;
}
static bool m_away(Step *s, uint64_t id) {
    TRY(move_m(s, id));
    GET(M, mp, id);
    REQUIRE(mp->p == NONE && mp->g == NONE, "M%llu still holds a P or a goroutine", (Ull)id);
    return true;
}
static bool p_acquire(Step *s, uint64_t p, uint64_t m) {
    GET(P, pp, p);
    GET(M, mp, m);
    REQUIRE(pp->on_idle_list == 0, "P%llu is still on the idle list", (Ull)p);
    REQUIRE(mp->p == NONE, "M%llu has P%llu already", (Ull)m, (Ull)mp->p);
    TRY(move_p(s, p));
    pp->m = m;
    mp->p = p;
    mp->next_p = NONE;
    pp->seen_ns = NONE;
    if (mp->g != NONE && s->m->g[mp->g].state == G_RUNNING) s->m->g[mp->g].p = p;
    model_settle_m(s, m);
    return true;
}
static bool p_release(Step *s, uint64_t p, uint64_t m) {
    GET(P, pp, p);
    GET(M, mp, m);
    REQUIRE(pp->m == m && mp->p == p, "M%llu does not own P%llu", (Ull)m, (Ull)p);
    TRY(move_p(s, p));
    pp->m = mp->p = NONE;
    pp->seen_ns = NONE;
    model_settle_m(s, m);
    return true;
}
/* Now and then its state alone changes: its owner stays (P_STOP_OWN, P_START_OWN, P_SYSCALL). */
static bool p_with(Step *s, uint64_t p, uint64_t m) {
    GET(P, pp, p);
    GET(M, mp, m);
    REQUIRE(pp->m == m && mp->p == p, "M%llu does not own P%llu", (Ull)m, (Ull)p);
    return move_p(s, p);
}
static bool p_retake(Step *s, uint64_t p, uint64_t m, uint64_t g) {
    REQUIRE(model_p_in_syscall(s->m, p), "P%llu is not behind a call out of Go", (Ull)p);
    if (m == NONE && s->m->imported) { /* its thread was C's and is gone */
        TRY(move_p(s, p));
    } else {
        GET(M, mp, m);
        REQUIRE(mp->g == g, "M%llu does not carry g%llu", (Ull)m, (Ull)g);
        TRY(p_release(s, p, m));
    }
    if (s->e->arg[4] == 1 && !s->m->imported) { /* success makes sysmon quick again */
        s->m->sysmon_idle = 0;
        s->m->sysmon_next_ns = s->e->time_ns + 20000;
    }
    GET(P, pp, p);
    pp->retaken_ns = s->e->time_ns;
    pp->retaken_from = m;
    pp->retaken_seq = s->e->seq;
    return true;
}
static bool p_idle(Step *s, uint64_t p, uint64_t on) {
    GET(P, pp, p);
    REQUIRE(pp->state == P_IDLE && pp->m == NONE, "P%llu is %s, not idle", (Ull)p,
            p_state_name[pp->state]);
    REQUIRE(pp->on_idle_list != on, "P%llu is %s the idle list already", (Ull)p, on ? "on" : "off");
    if (on)
        REQUIRE(pp->runq.count == 0 && pp->runnext == NONE,
                "P%llu is idle with a goroutine on its queue", (Ull)p);
    pp->on_idle_list = on;
    return true;
}

/* ---- the world stops ---- */
static bool gc_begin(Step *s, uint64_t g, uint64_t line) {
    s->m->gc_ns = s->e->time_ns;
    s->m->gc_seq = s->e->seq;
    s->m->collections++;
    return model_at(s, g, line);
}
static bool stw_begin(Step *s, uint64_t g, uint64_t reason, uint64_t line) {
    if (s->m->imported && s->m->stw_g != NONE) return running(s, g, line); /* two reasons at once: the first counts */
    REQUIRE(s->m->stw_g == NONE, "g%llu is stopping the world already", (Ull)s->m->stw_g);
    TRY(running(s, g, line));
    s->m->stw_g = g;
    s->m->stw_reason = reason;
    s->m->stw_ns = s->e->time_ns;
    s->m->stw_stopped = 0;
    return true;
}
static bool stw_by(Step *s, uint64_t g) {
    REQUIRE(s->m->stw_g == g, "g%llu has not stopped the world", (Ull)g);
    return true;
}
static bool stw_stopped(Step *s, uint64_t g) {
    TRY(stw_by(s, g));
    for (size_t i = 0; i < s->m->p_count; i++) {
        PState state = (PState)s->m->p[i].state;
        REQUIRE(state == P_GCSTOP || state == P_DEAD, "P%zu is %s, not stopped", i,
                p_state_name[state]);
    }
    s->m->stw_stopped = 1;
    return true;
}
static bool stw_end(Step *s, uint64_t g) {
    if (s->m->imported && s->m->stw_g != g) return true;
    TRY(stw_by(s, g));
    for (size_t i = 0; i < s->m->p_count; i++)
        REQUIRE(s->m->p[i].state != P_GCSTOP, "P%zu is still stopped", i);
    s->m->stw_g = s->m->stw_reason = s->m->stw_ns = NONE;
    s->m->stw_stopped = 0;
    return true;
}
static bool p_stop(Step *s, uint64_t p) {
    GET(P, pp, p);
    REQUIRE(pp->on_idle_list == 0, "P%llu is still on the idle list", (Ull)p);
    REQUIRE(s->m->stw_g != NONE, "nobody stops the world");
    return move_p(s, p);
}
static bool p_stop_c(Step *s, uint64_t p, uint64_t m, uint64_t g) {
    REQUIRE(s->m->stw_g != NONE, "nobody stops the world");
    REQUIRE(model_p_in_syscall(s->m, p), "P%llu is not behind a call out of Go", (Ull)p);
    GET(M, mp, m);
    REQUIRE(mp->g == g || mp->cthread != NONE, "M%llu does not carry g%llu", (Ull)m, (Ull)g);
    return p_release(s, p, m);
}
/* The world stands still, so new Ps are stopped as all others are. */
static bool set_procs(Step *s, uint64_t procs) {
    Model *m = s->m;
    REQUIRE(m->stw_stopped || m->imported, "the world is not stopped");
    REQUIRE(procs >= 1 && procs <= PROCS_MAX, "GOMAXPROCS=%llu is not in 1..%d", (Ull)procs,
            PROCS_MAX);
    m->procs = procs;
    if (m->imported) return true; /* each P will be told of when something is known */
    for (size_t i = 0; i < m->p_count && i < procs; i++) {
        if (m->p[i].state == P_DEAD) TRY(move_p(s, i));
    }
    model_new_ps(s, procs, P_GCSTOP);
    return true;
}
/* Its queue goes to the global queue's head, in its order, behind its runnext: procresize, destroy. */
static bool p_drain(Step *s, uint64_t p, uint64_t count) {
    Model *m = s->m;
    GET(P, pp, p);
    ModelQ rest = m->globq, *q = &m->globq;
    uint64_t had = pp->runq.count + (pp->runnext != NONE);
    REQUIRE(pp->state == P_GCSTOP, "P%llu is %s, not stopped", (Ull)p, p_state_name[pp->state]);
    REQUIRE(had == count, "P%llu has %llu goroutines, not %llu", (Ull)p, (Ull)had, (Ull)count);
    *q = model_empty_q;
    if (pp->runnext != NONE) {
        uint64_t next = pp->runnext;
        m->g[next].place = AT_HAND;
        pp->runnext = NONE;
        TRY(q_put(s, q, next, AT_GLOBQ, NONE));
    }
    TRY(q_move(s, &pp->runq, q, pp->runq.count, AT_GLOBQ, NONE));
    if (rest.count == 0) return true;
    if (q->count == 0) {
        *q = rest;
        return true;
    }
    m->g[q->tail].next = rest.head;
    q->tail = rest.tail;
    q->count += rest.count;
    return true;
}
static bool p_kill(Step *s, uint64_t p) {
    GET(P, pp, p);
    REQUIRE(p >= s->m->procs, "P%llu is one of %llu", (Ull)p, (Ull)s->m->procs);
    REQUIRE(pp->runq.count == 0 && pp->runnext == NONE, "P%llu still has goroutines", (Ull)p);
    REQUIRE(pp->m == NONE, "P%llu still belongs to M%llu", (Ull)p, (Ull)pp->m);
    return move_p(s, p);
}

/* ---- threads of one goroutine ---- */
static bool lock_thread(Step *s, uint64_t g, uint64_t m, uint64_t depth, uint64_t line, bool lock) {
    TRY(running(s, g, line));
    GET(G, gp, g);
    GET(M, mp, m);
    REQUIRE(gp->m == m && mp->g == g, "g%llu does not run on M%llu", (Ull)g, (Ull)m);
    gp->locks = depth;
    bool locked = lock || depth > 0 || gp->callbacks > 0;
    gp->lock_m = locked ? m : NONE;
    mp->lock_g = locked ? g : NONE;
    return true;
}
static bool m_lock_park(Step *s, uint64_t m, uint64_t g) {
    GET(M, mp, m);
    REQUIRE(mp->lock_g == g, "M%llu is not locked to g%llu", (Ull)m, (Ull)g);
    TRY(m_away(s, m));
    return true;
}
static bool m_lock_wake(Step *s, uint64_t m, uint64_t g, uint64_t p) {
    GET(M, mp, m);
    REQUIRE(mp->lock_g == g, "M%llu is not locked to g%llu", (Ull)m, (Ull)g);
    TRY(runnable_in_hand(s, g));
    return m_wake(s, m, p);
}
static bool m_end(Step *s, uint64_t m) {
    GET(M, mp, m);
    TRY(move_m(s, m));
    REQUIRE(mp->p == NONE && mp->g == NONE, "M%llu still holds a P or a goroutine", (Ull)m);
    mp->lock_g = NONE;
    return true;
}

/* ---- sysmon ---- */
static bool sysmon_look(Step *s, uint64_t idle, uint64_t next) {
    Model *m = s->m;
    m->sysmon_last_ns = s->e->time_ns;
    m->sysmon_next_ns = s->e->time_ns + next;
    m->sysmon_idle = idle;
    return true;
}
static bool sysmon_sees(Step *s, uint64_t p, uint64_t m) {
    GET(P, pp, p);
    REQUIRE(pp->m == m && model_p_in_syscall(s->m, p), "P%llu is not behind a call of M%llu",
            (Ull)p, (Ull)m);
    pp->seen_ns = s->e->time_ns;
    return true;
}
static bool sysmon_asleep(Step *s, uint64_t asleep, uint64_t until) {
    REQUIRE(s->m->sysmon_asleep != asleep, "sysmon is %s already", asleep ? "asleep" : "awake");
    s->m->sysmon_asleep = asleep;
    s->m->sysmon_next_ns = until;
    return true;
}

/* ---- the cgo door ---- */
static void open_call(Step *s, ModelG *gp) {
    Model *m = s->m;
    uint64_t i = m->free_call;
    if (i != NONE) {
        m->free_call = m->call[i].below;
    } else {
        GROW(m->call, m->call_cap, m->call_count + 1);
        i = m->call_count++;
    }
    m->call[i] = (ModelCall){gp->fn, gp->line, s->e->time_ns, gp->call};
    gp->call = i;
}
/* Of who was out of Go from the start of an imported trace, none is known. */
static void close_call(Step *s, ModelG *gp) {
    Model *m = s->m;
    uint64_t i = gp->call;
    gp->fn = NONE;
    if (i == NONE) return;
    gp->call = m->call[i].below;
    m->call[i] = (ModelCall){NONE, 0, 0, m->free_call};
    m->free_call = i;
}
static bool cgo_enter(Step *s, uint64_t g, uint64_t p, uint64_t m, uint64_t fn, uint64_t line) {
    GET(G, gp, g);
    GET(M, mp, m);
    REQUIRE(gp->m == m && mp->g == g && mp->p == p, "g%llu does not run on M%llu with P%llu",
            (Ull)g, (Ull)m, (Ull)p);
    TRY(move_g(s, g));
    TRY(move_m(s, m));
    gp->fn = fn;
    gp->line = line;
    open_call(s, gp);
    mp->from_p = p;
    mp->syscall = s->e->kind == EV_SYSCALL;
    GET(P, pp, p);
    pp->seen_ns = NONE;
    return true;
}
/* The common end of the three ways back. */
static bool cgo_leave(Step *s, uint64_t g, uint64_t m) {
    GET(G, gp, g);
    GET(M, mp, m);
    REQUIRE(gp->m == m && mp->g == g, "g%llu is not in C on M%llu", (Ull)g, (Ull)m);
    TRY(move_g(s, g));
    TRY(move_m(s, m));
    if (!gp->wants_go) close_call(s, gp); /* else it has called a Go function */
    gp->wants_go = 0;
    mp->queue = mp->cmd = mp->from_p = gp->busy_ns = NONE;
    return true;
}
static bool cgo_exit(Step *s, uint64_t g, uint64_t p, uint64_t m) {
    GET(M, mp, m);
    GET(P, pp, p);
    REQUIRE(mp->p == p, "M%llu came back without P%llu", (Ull)m, (Ull)p);
    TRY(cgo_leave(s, g, m));
    if (pp->state == P_SYSCALL) TRY(move_p(s, p));
    s->m->g[g].p = p;
    pp->g = g;
    pp->seen_ns = NONE;
    return true;
}
static bool cgo_exit_wait(Step *s, uint64_t g, uint64_t m) {
    TRY(cgo_leave(s, g, m));
    GET(M, mp, m);
    REQUIRE(mp->p == NONE || s->m->imported, "M%llu has P%llu and need not wait", (Ull)m, (Ull)mp->p);
    mp->g = NONE;
    s->m->g[g].m = s->m->g[g].p = NONE;
    s->m->g[g].place = loose(s);
    model_settle_m(s, m);
    return true;
}

/* C calls Go: it stays in C until one of the three ways in is taken. */
static bool callback(Step *s, uint64_t g, uint64_t m, uint64_t fn, uint64_t line) {
    GET(G, gp, g);
    GET(M, mp, m);
    REQUIRE(gp->state == G_SYSCALL && gp->m == m, "g%llu is not in C on M%llu", (Ull)g, (Ull)m);
    gp->callbacks++;
    gp->wants_go = 1;
    gp->fn = fn;
    gp->busy_ns = NONE;
    if (line) gp->line = line;
    gp->lock_m = m;
    mp->lock_g = g;
    return true;
}
static bool callback_end(Step *s, uint64_t g, uint64_t m, uint64_t p, uint64_t line) {
    GET(G, gp, g);
    GET(M, mp, m);
    REQUIRE(gp->callbacks > 0, "g%llu is in no callback", (Ull)g);
    REQUIRE(gp->m == m && mp->g == g && mp->p == p, "g%llu does not run on M%llu with P%llu",
            (Ull)g, (Ull)m, (Ull)p);
    TRY(move_g(s, g));
    TRY(move_m(s, m));
    if (line) gp->line = line;
    if (--gp->callbacks == 0 && gp->locks == 0 && mp->cthread == NONE) gp->lock_m = mp->lock_g = NONE;
    gp->fn = model_c_function(s->m, g);
    mp->from_p = p;
    s->m->p[p].seen_ns = NONE;
    return true;
}
static bool c_thread(Step *s, uint64_t id, uint64_t name, uint64_t line) {
    Model *m = s->m;
    REQUIRE(id == m->cthread_count, "t%llu is not the next C thread, t%zu", (Ull)id,
            m->cthread_count);
    GROW(m->cthread, m->cthread_cap, id + 1);
    m->cthread_count = id + 1;
    m->cthread[id] = (ModelCThread){.name = name,
                                    .line = line,
                                    .m = NONE,
                                    .since_ns = s->e->time_ns,
                                    .since_seq = s->e->seq};
    return true;
}
static bool c_thread_end(Step *s, uint64_t id) {
    GET(CThread, tp, id);
    REQUIRE(!tp->ended && tp->m == NONE, "t%llu has ended, or still has M%llu", (Ull)id, (Ull)tp->m);
    tp->ended = 1;
    return true;
}
static bool extra_new(Step *s, uint64_t m, uint64_t g) {
    TRY(model_new_m(s, m, M_EXTRA));
    TRY(model_new_g(s, g, G_EXTRA));
    s->m->m[m].g = s->m->m[m].lock_g = g;
    s->m->g[g].m = s->m->g[g].lock_m = m;
    return true;
}
static bool needm(Step *s, uint64_t m, uint64_t t, uint64_t g) {
    GET(M, mp, m);
    GET(CThread, tp, t);
    GET(G, gp, g);
    REQUIRE(tp->m == NONE && !tp->ended, "t%llu has M%llu already, or has ended", (Ull)t, (Ull)tp->m);
    REQUIRE(mp->g == g && gp->m == m, "g%llu does not belong to M%llu", (Ull)g, (Ull)m);
    TRY(move_m(s, m));
    TRY(move_g(s, g));
    gp->name = tp->name;
    gp->line = gp->born_line = tp->line;
    mp->cthread = t;
    mp->from_p = mp->p; /* one that the last borrower left behind */
    tp->m = m;
    tp->since_ns = s->e->time_ns;
    tp->since_seq = s->e->seq;
    return true;
}
static bool dropm(Step *s, uint64_t m, uint64_t t, uint64_t g) {
    GET(M, mp, m);
    GET(CThread, tp, t);
    REQUIRE(tp->m == m && mp->cthread == t, "t%llu has not borrowed M%llu", (Ull)t, (Ull)m);
    TRY(move_m(s, m));
    TRY(move_g(s, g));
    s->m->g[g].fn = NONE;
    mp->cthread = tp->m = mp->from_p = NONE;
    tp->since_ns = s->e->time_ns;
    tp->since_seq = s->e->seq;
    return true;
}
static bool cgo_work(Step *s, uint64_t g, uint64_t duration, uint64_t line) {
    if (g == NONE) return true; /* a C thread that Go does not know */
    GET(G, gp, g);
    REQUIRE(gp->state == G_SYSCALL, "g%llu is %s, not in C", (Ull)g, g_state_name[gp->state]);
    gp->busy_ns = s->e->time_ns + duration;
    if (line) gp->line = line;
    return true;
}
static bool ctx_new(Step *s, uint64_t id, uint64_t name, uint64_t line) {
    Model *m = s->m;
    REQUIRE(id == m->ctx_count, "x%llu is not the next context, x%zu", (Ull)id, m->ctx_count);
    GROW(m->ctx, m->ctx_cap, id + 1);
    m->ctx_count = id + 1;
    m->ctx[id] = (ModelCtx){.name = name, .line = line, .m = NONE};
    return true;
}
static bool ctx_current(Step *s, uint64_t id, uint64_t m) {
    GET(Ctx, x, id);
    if (m != NONE) TRY(get_M(s, m) != NULL);
    x->m = m;
    return true;
}
static bool ctx_use(Step *s, uint64_t id, uint64_t m, uint64_t g, uint64_t wanted, uint64_t ok,
                    uint64_t line) {
    GET(Ctx, x, id);
    TRY(running(s, g, line));
    REQUIRE(ok == ((x->m == m) == (wanted != 0)), "x%llu is current on M%llu", (Ull)id, (Ull)x->m);
    x->uses++;
    x->wrong += !ok;
    return true;
}

/* ---- memory and device ---- */
static bool new_object(Step *s, uint64_t id, uint64_t memory, uint64_t bytes, uint64_t at, uint64_t name, uint64_t line) {
    Model *m = s->m;
    REQUIRE(id == m->obj_count, "o%llu is not the next object, o%zu", (Ull)id, m->obj_count);
    GROW(m->obj, m->obj_cap, id + 1);
    m->obj_count = id + 1;
    m->obj[id] = (ModelObj){.memory = memory, .bytes = bytes, .name = name, .line = line, .at = at,
                            .addressed_line = NONE, .moved_from = NONE, .moved_ns = NONE, .moved_seq = NONE,
                            .freed_ns = NONE, .freed_seq = NONE, .freed_line = NONE, .pinned_line = NONE,
                            .unpinned_ns = NONE, .unpinned_line = NONE};
    m->mem_live[memory] += bytes;
    return true;
}
static bool obj_new(Step *s, const uint64_t *a) {
    TRY(new_object(s, a[0], MEM_GO, a[1], a[2], a[3], a[4]));
    s->m->heap_live = (s->m->heap_live == NONE ? 0 : s->m->heap_live) + a[1];
    return true;
}
static bool mem_new(Step *s, const uint64_t *a) {
    REQUIRE(a[1] > MEM_GO && a[1] < MEM_COUNT, "%llu is no kind of memory", (Ull)a[1]);
    return new_object(s, a[0], a[1], a[2], a[3], a[4], a[5]);
}
static bool mem_free(Step *s, const uint64_t *a) {
    TRY(running(s, a[0], a[3]));
    GET(Obj, ob, a[1]);
    REQUIRE(ob->memory != MEM_GO, "o%llu is in the Go heap: the collector frees it", (Ull)a[1]);
    if (a[2] == NONE) {
        REQUIRE(ob->freed_ns != NONE, "o%llu lives, so it is at its address", (Ull)a[1]);
        return true;
    }
    GET(Obj, whose, a[2]);
    REQUIRE(whose->freed_ns == NONE && whose->at == ob->at && whose->memory == ob->memory,
            "o%llu does not lie at the address of o%llu", (Ull)a[2], (Ull)a[1]);
    whose->freed_ns = s->e->time_ns;
    whose->freed_seq = s->e->seq;
    whose->freed_line = a[3];
    s->m->mem_live[whose->memory] -= whose->bytes;
    return true;
}
static bool address(Step *s, const uint64_t *a) {
    TRY(running(s, a[0], a[3]));
    GET(Obj, ob, a[1]);
    ob->addressed_line = a[3];
    return true;
}
static void moved(Step *s, ModelObj *ob, uint64_t from, uint64_t to) {
    ob->moves++;
    ob->moved_from = from;
    ob->moved_ns = s->e->time_ns;
    ob->moved_seq = s->e->seq;
    ob->at = to;
}
static bool stack_move(Step *s, const uint64_t *a) {
    TRY(running(s, a[0], 0));
    GET(Obj, ob, a[1]);
    REQUIRE(ob->memory == MEM_STACK && ob->at == a[2], "o%llu is not on a stack, at that place", (Ull)a[1]);
    moved(s, ob, a[2], a[3]);
    return true;
}
static bool copy(Step *s, const uint64_t *a) {
    TRY(running(s, a[0], a[4]));
    REQUIRE(a[1] < s->m->obj_count && a[2] < s->m->obj_count, "there is no object o%llu or o%llu", (Ull)a[1], (Ull)a[2]);
    return true;
}
/* The collector takes an object from where it is: only while the world stands still. */
static ModelObj *leaving(Step *s, uint64_t id, uint64_t from) {
    ModelObj *ob = get_Obj(s, id);
    if (ob == NULL) return NULL;
    const char *why = NULL;
    if (ob->memory != MEM_GO) why = "but the collector does not know it";
    else if (!s->m->stw_stopped) why = "but the world runs";
    else if (ob->pins > 0) why = "but it is pinned";
    else if (ob->freed_ns != NONE) why = "but it was freed before";
    else if (ob->at != from) why = "from where it is not";
    if (why == NULL) return ob;
    model_refuse(s, "o%llu leaves its place, %s", (Ull)id, why);
    return NULL;
}
static bool obj_move(Step *s, uint64_t id, uint64_t from, uint64_t to) {
    ModelObj *ob = leaving(s, id, from);
    if (ob == NULL) return false;
    moved(s, ob, from, to);
    s->m->moved_objects++;
    s->m->moved_bytes += ob->bytes;
    return true;
}
static bool obj_free(Step *s, uint64_t id, uint64_t from) {
    ModelObj *ob = leaving(s, id, from);
    if (ob == NULL) return false;
    ob->freed_ns = s->e->time_ns;
    ob->freed_seq = s->e->seq;
    s->m->heap_live -= ob->bytes < s->m->heap_live ? ob->bytes : s->m->heap_live;
    s->m->mem_live[MEM_GO] -= ob->bytes;
    s->m->freed_objects++;
    s->m->freed_bytes += ob->bytes;
    return true;
}
static bool pin(Step *s, uint64_t g, uint64_t obj, uint64_t line, bool in) {
    TRY(running(s, g, line));
    GET(Obj, ob, obj);
    REQUIRE(in || ob->pins > 0, "o%llu is not pinned", (Ull)obj);
    REQUIRE(ob->freed_ns == NONE, "o%llu was freed", (Ull)obj);
    if (in) ob->pins++;
    else ob->pins--;
    if (in) ob->pinned_line = line;
    ob->unpinned_ns = ob->pins == 0 ? s->e->time_ns : NONE;
    ob->unpinned_line = ob->pins == 0 ? line : NONE;
    return true;
}
static bool new_queue(Step *s, uint64_t id, uint64_t name, uint64_t unordered) {
    Model *m = s->m;
    REQUIRE(id == m->queue_count && id < PROCS_MAX, "q%llu is not the next device queue, q%zu", (Ull)id, m->queue_count);
    GROW(m->queue, m->queue_cap, id + 1);
    m->queue_count++;
    m->queue[id] = (ModelQueue){.name = name, .unordered = unordered, .head = NONE, .tail = NONE, .idle_since_ns = s->e->time_ns};
    return true;
}
static bool new_cmd(Step *s, uint64_t id, uint64_t queue, uint64_t g, uint64_t name, uint64_t items, uint64_t line) {
    Model *m = s->m;
    REQUIRE(id == m->cmd_count, "k%llu is not the next device command, k%zu", (Ull)id, m->cmd_count);
    TRY(running(s, g, line));
    GROW(m->cmd, m->cmd_cap, id + 1);
    m->cmd_count++;
    m->cmd[id] = (ModelCmd){.state = CMD_QUEUED,
                            .queue = queue,
                            .g = g,
                            .name = name,
                            .items = items,
                            .line = line,
                            .enqueue_ns = s->e->time_ns,
                            .start_ns = NONE,
                            .end_ns = NONE,
                            .next = NONE};
    return true;
}
static bool dev_queue(Step *s, const uint64_t *a) {
    TRY(running(s, a[1], a[4]));
    return new_queue(s, a[0], a[2], a[3]);
}
static bool dev_enqueue(Step *s, const uint64_t *a) {
    Model *m = s->m;
    REQUIRE(a[1] <= m->queue_count, "q%llu is not a device queue", (Ull)a[1]);
    if (a[1] == m->queue_count) TRY(new_queue(s, a[1], NONE, 0));
    TRY(new_cmd(s, a[0], a[1], a[2], a[3], a[4], a[5]));
    ModelQueue *q = &m->queue[a[1]];
    if (q->depth == 0) q->head = a[0];
    else m->cmd[q->tail].next = a[0];
    q->tail = a[0];
    q->depth++;
    return true;
}
static bool dev_after(Step *s, uint64_t id, uint64_t first) {
    GET(Cmd, cmd, id);
    GET(Cmd, before, first);
    REQUIRE(cmd->state == CMD_QUEUED && before->state != CMD_DONE, "k%llu need not wait for k%llu", (Ull)id, (Ull)first);
    if (cmd->after_count < CMD_AFTER_MAX) cmd->after[cmd->after_count] = first;
    cmd->after_count++;
    return true;
}
static bool dev_event(Step *s, const uint64_t *a) { return new_cmd(s, a[0], NONE, a[1], a[2], 0, a[3]); }
static bool dev_set(Step *s, uint64_t id, uint64_t g, uint64_t line) {
    TRY(running(s, g, line));
    GET(Cmd, cmd, id);
    REQUIRE(cmd->queue == NONE && cmd->state == CMD_QUEUED, "k%llu is no user event that is still to happen", (Ull)id);
    cmd->state = CMD_DONE;
    cmd->end_ns = s->e->time_ns;
    return true;
}
static bool dev_callback(Step *s, uint64_t id, uint64_t g, uint64_t line) {
    TRY(running(s, g, line));
    GET(Cmd, cmd, id);
    cmd->calls++;
    return true;
}
static bool dev_notify(Step *s, uint64_t id, uint64_t cthread) {
    GET(Cmd, cmd, id);
    REQUIRE(cthread < s->m->cthread_count, "there is no C thread t%llu", (Ull)cthread);
    REQUIRE(cmd->state == CMD_DONE && cmd->calls > 0, "nobody is to be called for k%llu", (Ull)id);
    cmd->calls--;
    return true;
}
static bool dev_arg(Step *s, uint64_t id, uint64_t obj, uint64_t written) {
    GET(Cmd, cmd, id);
    GET(Obj, ob, obj);
    REQUIRE(cmd->state == CMD_QUEUED, "k%llu has begun already", (Ull)id);
    if (cmd->arg_count < CMD_ARGS_MAX) {
        cmd->stale[cmd->arg_count] = NONE;
        cmd->written[cmd->arg_count] = written;
        cmd->obj[cmd->arg_count++] = obj;
    }
    ob->users++;
    return true;
}
static bool picture(Step *s, uint64_t g, uint64_t obj, uint64_t line) {
    TRY(running(s, g, line));
    GET(Obj, ob, obj);
    REQUIRE(ob->freed_ns == NONE, "o%llu was freed", (Ull)obj);
    s->m->pictures++;
    s->m->picture_obj = obj;
    return true;
}
static bool cleanup(Step *s, uint64_t obj) {
    GET(Obj, ob, obj);
    REQUIRE(ob->freed_ns == NONE, "o%llu was freed", (Ull)obj);
    ob->cleanups++;
    return true;
}
static bool dev_stale(Step *s, uint64_t id, uint64_t obj, uint64_t done) {
    GET(Cmd, cmd, id);
    GET(Obj, ob, obj);
    REQUIRE(cmd->state == CMD_QUEUED || cmd->state == CMD_RUNNING, "k%llu is done", (Ull)id);
    bool left = ob->freed_ns == s->e->time_ns || ob->moved_ns == s->e->time_ns;
    for (uint64_t i = 0; i < cmd->arg_count; i++) {
        if (cmd->obj[i] != obj || cmd->stale[i] != NONE) continue;
        REQUIRE(left && (s->m->stw_stopped || ob->memory != MEM_GO), "o%llu has not left the address that k%llu holds", (Ull)obj, (Ull)id);
        cmd->stale[i] = ob->freed_ns != NONE ? ob->at : ob->moved_from;
        cmd->stale_done[i] = done;
        return true;
    }
    model_refuse(s, "k%llu does not hold the address of o%llu", (Ull)id, (Ull)obj);
    return false;
}
static bool dev_start(Step *s, uint64_t id, uint64_t slices, uint64_t duration) {
    GET(Cmd, cmd, id);
    GET(Queue, q, cmd->queue);
    REQUIRE(cmd->state == CMD_QUEUED && (q->unordered || q->head == id), "k%llu is not the next command of its queue",
            (Ull)id);
    REQUIRE(duration < UINT64_MAX - s->e->time_ns, "k%llu would never end", (Ull)id);
    cmd->state = CMD_RUNNING;
    cmd->start_ns = s->e->time_ns;
    cmd->end_ns = s->e->time_ns + duration;
    cmd->slices = slices;
    return true;
}
static bool dev_done(Step *s, uint64_t id) {
    GET(Cmd, cmd, id);
    GET(Queue, q, cmd->queue);
    REQUIRE(cmd->state == CMD_RUNNING, "k%llu is not running", (Ull)id);
    cmd->state = CMD_DONE;
    cmd->end_ns = s->e->time_ns;
    for (uint64_t i = 0; i < cmd->arg_count; i++) s->m->obj[cmd->obj[i]].users--;
    uint64_t before = NONE, at = q->head;
    for (uint64_t left = q->depth; left > 0 && at < s->m->cmd_count && at != id; left--) {
        before = at;
        at = s->m->cmd[at].next;
    }
    REQUIRE(at == id, "k%llu is not in its queue", (Ull)id);
    if (before == NONE) q->head = cmd->next;
    else s->m->cmd[before].next = cmd->next;
    if (q->tail == id) q->tail = before;
    q->depth--;
    q->done++;
    return true;
}
static bool dev_wait(Step *s, uint64_t g, uint64_t m, uint64_t queue) {
    GET(G, gp, g);
    GET(M, mp, m);
    GET(Queue, q, queue);
    REQUIRE(gp->state == G_SYSCALL && gp->m == m, "g%llu is not in C on M%llu", (Ull)g, (Ull)m);
    REQUIRE(q->depth > 0, "q%llu is empty: nothing to wait for", (Ull)queue);
    mp->queue = queue;
    return true;
}
static bool dev_wait_for(Step *s, uint64_t g, uint64_t m, uint64_t id) {
    GET(G, gp, g);
    GET(M, mp, m);
    GET(Cmd, cmd, id);
    REQUIRE(gp->state == G_SYSCALL && gp->m == m, "g%llu is not in C on M%llu", (Ull)g, (Ull)m);
    REQUIRE(cmd->state != CMD_DONE, "k%llu is done: nothing to wait for", (Ull)id);
    mp->cmd = id;
    return true;
}
static bool dev_idle(Step *s, uint64_t queue) {
    GET(Queue, q, queue);
    REQUIRE(q->depth == 0, "q%llu is not empty", (Ull)queue);
    q->idle_since_ns = s->e->time_ns;
    return true;
}

/* ---- package context ---- */
static bool context_is(const Model *m, uint64_t id) { return id < m->context_count && m->context[id].g != NONE; }

/* The number is from before the time that it takes to make one: each goroutine may be about to make one of a lower number. */
static bool context_new(Step *s, const uint64_t *a) {
    Model *m = s->m;
    REQUIRE(!context_is(m, a[0]) && a[0] < m->context_count + m->g_count, "ctx%llu is there already, or not to be expected", (Ull)a[0]);
    REQUIRE(a[1] == NONE || context_is(m, a[1]), "there is no context ctx%llu", (Ull)a[1]);
    TRY(running(s, a[2], a[5]));
    if (a[0] >= m->context_count) GROW(m->context, m->context_cap, a[0] + 1);
    while (m->context_count <= a[0])
        m->context[m->context_count++] = (ModelContext){.parent = NONE, .g = NONE, .chan = NONE, .over_ns = NONE};
    m->context[a[0]] =
        (ModelContext){.parent = a[1], .g = a[2], .sort = a[3], .deadline_ns = a[4], .line = a[5], .chan = NONE, .over_ns = NONE};
    return true;
}
static bool context_cancel(Step *s, const uint64_t *a) {
    TRY(running(s, a[1], a[5]));
    REQUIRE(context_is(s->m, a[0]) && context_is(s->m, a[2]), "there is no context ctx%llu", (Ull)a[0]);
    ModelContext *c = &s->m->context[a[0]];
    REQUIRE(c->over_ns == NONE, "ctx%llu is over already", (Ull)a[0]);
    c->over_ns = s->e->time_ns;
    c->over_seq = s->e->seq;
    c->over_g = a[1];
    c->from = a[2];
    c->err = a[3];
    c->cause = a[4];
    c->over_line = a[5];
    return true;
}
static bool context_use(Step *s, uint64_t g, uint64_t id, uint64_t c, uint64_t line) {
    TRY(running(s, g, line));
    REQUIRE(context_is(s->m, id), "there is no context ctx%llu", (Ull)id);
    REQUIRE(c == NONE || c < s->m->chan_count, "there is no channel c%llu", (Ull)c);
    if (c != NONE) s->m->context[id].chan = c;
    return true;
}

/* ---- for model_sync.c ---- */
bool model_running(Step *s, uint64_t g, uint64_t line) { return running(s, g, line); }

bool model_q_join(Step *s, ModelQ *q, uint64_t g, GPlace place, uint64_t place_p, bool first) {
    uint64_t behind = q->head;
    if (!first || q->count == 0) return q_put(s, q, g, place, place_p);
    ModelQ alone = model_empty_q;
    TRY(q_put(s, &alone, g, place, place_p));
    s->m->g[g].next = behind;
    q->head = g;
    q->count++;
    return true;
}

bool model_q_leave(Step *s, ModelQ *q, uint64_t g) {
    uint64_t before = NONE, at = q->count > 0 ? q->head : NONE;
    for (; at != g && at < s->m->g_count; at = s->m->g[at].next) before = at;
    REQUIRE(at == g && q->count > 0, "g%llu is not on that queue", (Ull)g);
    if (before == NONE) {
        q_get(s->m, q);
        return true;
    }
    s->m->g[before].next = s->m->g[g].next;
    if (q->tail == g) q->tail = before;
    q->count--;
    s->m->g[g].next = NONE;
    return true;
}

/* clang-format off */
/* ---- one event ---- */
static OWN_FRAME bool apply(Step *s) {
    const uint64_t *a = s->e->arg;
    Model *m = s->m;
    switch ((EventKind)s->e->kind) {
    case EV_RUN_START: return run_start(s, a[0], a[1]);
    case EV_NOTE: return running(s, a[0], a[2]);
    case EV_DEADLOCK: m->deadlocked = s->e->seq; return true;
    case EV_PANIC: m->panicked = s->e->seq; return true;
    case EV_RUN_END: m->ended = 1; m->exit_status = a[0]; return true;
    case EV_EXPECT_HELD: case EV_EXPECT_FAILED: case EV_EXPECT_UNCHECKED: return true;
    case EV_GO_CREATE: return go_create(s, a[0], a[1], a[2], a[3]);
    case EV_GO_STOP: return go_stop(s, a[0], a[1]);
    case EV_GO_END: return drop_g(s, a[0]);
    case EV_GO_COMPUTE: return go_compute(s, a[0], a[1], a[2]);
    case EV_GO_SLEEP: return go_sleep(s, a[0], a[1], a[2]);
    case EV_TIMER_FIRE: return get_G(s, a[0]) && get_P(s, a[1]);
    case EV_PREEMPT_ASK: return running(s, a[0], 0);
    case EV_SIGNAL: case EV_SIGNAL_IN_C: return get_M(s, a[0]) != NULL;
    case EV_LOCK_THREAD: return lock_thread(s, a[0], a[1], a[2], a[3], true);
    case EV_UNLOCK_THREAD: return lock_thread(s, a[0], a[1], a[2], a[3], false);
    case EV_TIMER_FUNC: return true;
    case EV_NET_WAIT: return running(s, a[0], a[3]);
    case EV_NET_READY: return get_G(s, a[0]) != NULL;
    case EV_STW_BEGIN: return stw_begin(s, a[0], a[1], a[2]);
    case EV_P_STOP: return p_stop(s, a[0]);
    case EV_P_STOP_OWN: return p_with(s, a[0], a[1]);
    case EV_P_STOP_C: return p_stop_c(s, a[0], a[1], a[2]);
    case EV_STW_STOPPED: return stw_stopped(s, a[0]);
    case EV_PROCS: return set_procs(s, a[0]);
    case EV_P_DRAIN: return p_drain(s, a[0], a[1]);
    case EV_P_KILL: return p_kill(s, a[0]);
    case EV_P_START: return move_p(s, a[0]);
    case EV_P_START_OWN: return p_with(s, a[0], a[1]);
    case EV_STW_END: return stw_end(s, a[0]);
    case EV_GC_BEGIN: return gc_begin(s, a[0], a[1]);
    case EV_GC_MARKED: return get_G(s, a[0]) != NULL;
    case EV_GC_WORKER: return get_G(s, a[0]) && get_P(s, a[1]);
    case EV_GC_END: s->m->gc_ns = NONE; return true;
    case EV_G_LABEL: case EV_GC_ASSIST_END: return get_G(s, a[0]) != NULL;
    case EV_GC_SWEEP: case EV_GC_SWEEP_END: return get_P(s, a[0]) != NULL;
    case EV_GC_ASSIST: return model_at(s, a[0], a[1]);
    case EV_HEAP_LIVE: s->m->heap_live = a[0]; return true;
    case EV_HEAP_GOAL: s->m->heap_goal = a[0]; return true;
    case EV_RUNQ_PUT: return runq_put(s, a[0], a[1]);
    case EV_RUNQ_SPILL: return runq_spill(s, a[0], a[1]);
    case EV_GLOBQ_PUT: return globq_put(s, a[0]);
    case EV_GLOBQ_GET: return globq_get(s, a[0], a[1], a[2]);
    case EV_RUNQ_STEAL: return runq_steal(s, a[0], a[1], a[2], a[3]);
    case EV_RUNQ_STEAL_NEXT: return take_runnext(s, a[1], a[2]);
    case EV_M_NEW: return m_new(s, a[0], a[1]);
    case EV_M_START: return move_m(s, a[0]);
    case EV_M_PARK: return m_away(s, a[0]);
    case EV_M_WAKE: return m_wake(s, a[0], a[1]);
    case EV_M_RUN: return move_m(s, a[0]);
    case EV_M_SPIN: case EV_M_UNSPIN: return move_m(s, a[0]);
    case EV_M_LOCK_PARK: return m_lock_park(s, a[0], a[1]);
    case EV_M_LOCK_WAKE: return m_lock_wake(s, a[0], a[1], a[2]);
    case EV_M_END: case EV_M_WEDGE: return m_end(s, a[0]);
    case EV_M_TEMPLATE: return model_new_m(s, a[0], M_TEMPLATE);
    case EV_M_ASK: return get_M(s, a[0]) != NULL;
    case EV_M_POLL: return m_away(s, a[0]);
    case EV_M_POLL_END: return move_m(s, a[0]);
    case EV_P_ACQUIRE: return p_acquire(s, a[0], a[1]);
    case EV_P_RELEASE: return p_release(s, a[0], a[1]);
    case EV_P_IDLE_PUT: return p_idle(s, a[0], 1);
    case EV_P_IDLE_GET: return p_idle(s, a[0], 0);
    case EV_P_RETAKE: return p_retake(s, a[0], a[1], a[2]);
    case EV_P_SYSCALL: return p_with(s, a[0], a[1]);
    case EV_P_HANDOFF: return get_P(s, a[0]) != NULL;
    case EV_SYSMON_LOOK: return sysmon_look(s, a[0], a[1]);
    case EV_SYSMON_SEES: return sysmon_sees(s, a[0], a[1]);
    case EV_SYSMON_SPARES: return get_P(s, a[0]) && get_M(s, a[1]);
    case EV_SYSMON_POLL: case EV_SYSMON_GC: return true;
    case EV_SYSMON_SLEEP: return sysmon_asleep(s, 1, a[0]);
    case EV_SYSMON_WAKE: return sysmon_asleep(s, 0, s->e->time_ns);
    case EV_CGO_ENTER: m->calls_c = 1; return cgo_enter(s, a[0], a[1], a[2], a[3], a[4]);
    case EV_SYSCALL: return cgo_enter(s, a[0], a[1], a[2], a[3], a[4]);
    case EV_CGO_EXIT_FAST: case EV_CGO_EXIT_P: return cgo_exit(s, a[0], a[1], a[2]);
    case EV_CGO_EXIT_WAIT: return cgo_exit_wait(s, a[0], a[1]);
    case EV_CGO_WORK: return cgo_work(s, a[0], a[1], a[2]);
    case EV_ACROSS: return running(s, a[0], a[3]);
    case EV_ACROSS_PART: return running(s, a[0], 0);
    case EV_CALLBACK: return callback(s, a[0], a[1], a[2], a[3]);
    case EV_CALLBACK_END: return callback_end(s, a[0], a[1], a[2], a[3]);
    case EV_C_THREAD: m->calls_c = 1; return c_thread(s, a[0], a[1], a[2]);
    case EV_C_THREAD_END: return c_thread_end(s, a[0]);
    case EV_EXTRA_NEW: return extra_new(s, a[0], a[1]);
    case EV_NEEDM: return needm(s, a[0], a[1], a[2]);
    case EV_NEEDM_WAIT: return get_CThread(s, a[0]) != NULL;
    case EV_DROPM: return dropm(s, a[0], a[1], a[2]);
    case EV_CTX_NEW: return ctx_new(s, a[0], a[1], a[2]);
    case EV_CTX_CURRENT: return ctx_current(s, a[0], a[1]);
    case EV_CTX_USE: return ctx_use(s, a[0], a[1], a[2], a[3], a[4], a[5]);
    case EV_TIMER_SEND: case EV_CHAN_MAKE: case EV_CHAN_CLOSE: case EV_SELECT_QUEUE: case EV_SELECT: return model_chan(s);
    case EV_GO_START: case EV_GO_BLOCK: case EV_GO_UNBLOCK: case EV_RUNQ_NEXT: case EV_RUNQ_GET:
    case EV_CHAN_SEND: case EV_CHAN_RECV: case EV_CHAN_QUEUE: UNREACHABLE(); /* model_apply */
    case EV_HANDLE: return running(s, a[0], a[3]);
    case EV_ADDRESS: return address(s, a);
    case EV_STACK_GROW: return running(s, a[0], a[5]);
    case EV_STACK_MOVE: return stack_move(s, a);
    case EV_FINALIZER: return cleanup(s, a[1]);
    case EV_OBJ_NEW: return obj_new(s, a);
    case EV_MEM_NEW: return mem_new(s, a);
    case EV_MEM_FREE: return mem_free(s, a);
    case EV_MEM_FULL: return running(s, a[0], a[4]);
    case EV_COPY: return copy(s, a);
    case EV_OBJ_MOVE: return obj_move(s, a[0], a[1], a[2]);
    case EV_OBJ_FREE: return obj_free(s, a[0], a[1]);
    case EV_CLEANUP: return running(s, a[0], a[2]) && cleanup(s, a[1]);
    case EV_PIN: return pin(s, a[0], a[1], a[2], true);
    case EV_UNPIN: return pin(s, a[0], a[1], a[2], false);
    case EV_DEV_ENQUEUE: return dev_enqueue(s, a);
    case EV_DEV_ARG: return dev_arg(s, a[0], a[1], a[2]);
    case EV_PICTURE: return picture(s, a[0], a[1], a[4]);
    case EV_DEV_STALE: return dev_stale(s, a[0], a[1], a[2]);
    case EV_DEV_START: return dev_start(s, a[0], a[1], a[2]);
    case EV_DEV_DONE: return dev_done(s, a[0]);
    case EV_DEV_WAIT: return dev_wait(s, a[0], a[1], a[2]);
    case EV_DEV_IDLE: return dev_idle(s, a[0]);
    case EV_DEV_QUEUE: return dev_queue(s, a);
    case EV_DEV_AFTER: return dev_after(s, a[0], a[1]);
    case EV_DEV_EVENT: return dev_event(s, a);
    case EV_DEV_SET: return dev_set(s, a[0], a[1], a[2]);
    case EV_DEV_WAIT_FOR: return dev_wait_for(s, a[0], a[1], a[2]);
    case EV_DEV_CALLBACK: return dev_callback(s, a[0], a[1], a[2]);
    case EV_DEV_NOTIFY: return dev_notify(s, a[0], a[1]);
    case EV_SYNC_NEW: case EV_SYNC_LOCK: case EV_SYNC_UNLOCK: case EV_SYNC_TRY: case EV_SYNC_SPIN: case EV_SYNC_QUEUE:
    case EV_SYNC_WAKE: case EV_SYNC_STARVE: case EV_SYNC_COUNT: case EV_SYNC_SIGNAL: case EV_SYNC_DONE:
    case EV_SYNC_ERROR: return model_sync(s);
    case EV_CONTEXT_NEW: return context_new(s, a);
    case EV_CONTEXT_CANCEL: return context_cancel(s, a);
    case EV_CONTEXT_USE: return context_use(s, a[0], a[1], a[2], a[3]);
    case EV_IMPORT: case EV_M_SEEN: case EV_P_SEEN: case EV_G_SEEN: case EV_G_NUMBER: case EV_G_NAME: case EV_AT:
    case EV_GO_CREATE_WAITING: case EV_GO_CREATE_C: case EV_GO_END_C:
    case EV_TASK_BEGIN: case EV_TASK_END: case EV_REGION_BEGIN: case EV_REGION_END:
    case EV_LOG: case EV_CPU_SAMPLE: return model_import(s);
    case EV_COUNT: break;
    }
    /* clang-format on */
    m->unknown++; /* from a newer program: what is known is shown */
    return true;
}

bool model_apply(Model *m, const Event *e, char *why) {
    Step step = {m, e, why}, *s = &step;
    REQUIRE(e->seq == m->seq + 1, "event #%llu follows #%llu", (Ull)e->seq, (Ull)m->seq);
    REQUIRE(e->time_ns >= m->now_ns, "time runs backwards at event #%llu", (Ull)e->seq);
    REQUIRE(m->p_count > 0 || m->imported || e->kind == EV_RUN_START || e->kind == EV_IMPORT || e->kind >= EV_COUNT,
            "the run has not started");
    const uint64_t *a = e->arg;
    bool ok;
    switch ((EventKind)e->kind) { /* most events are of these kinds: what they do is done without another call */
    case EV_GO_START: ok = go_start(s, a[0], a[1], a[2]); break;
    case EV_GO_BLOCK: ok = go_block(s, a[0], a[1], a[2]); break;
    case EV_GO_UNBLOCK: ok = go_unblock(s, a[0]); break;
    case EV_RUNQ_NEXT: ok = runq_next(s, a[0], a[1], a[2]); break;
    case EV_RUNQ_GET: ok = runq_get(s, a[0], a[1], a[2]); break;
    case EV_CHAN_SEND: ok = model_chan_send(s, a[0], a[1], a[2], a[3]); break;
    case EV_CHAN_RECV: ok = model_chan_recv(s, a[0], a[1], a[2], a[3], a[4]); break;
    case EV_CHAN_QUEUE: ok = model_chan_queue(s, a[0], a[1], a[2], a[3]); break;
    default: ok = apply(s); break;
    }
    if (!ok) return false;
    s->m->seq = s->e->seq; /* read again: nothing need be kept while the event is applied */
    s->m->now_ns = s->e->time_ns;
    return true;
}

bool model_p_in_syscall(const Model *m, uint64_t p) {
    if (p >= m->p_count) return false;
    if (m->p[p].state == P_SYSCALL) return true; /* also one that a thread of C has left behind */
    if (m->p[p].state != P_RUNNING || m->p[p].m >= m->m_count) return false;
    MState state = (MState)m->m[m->p[p].m].state;
    return state == M_IN_C || state == M_EXTRA; /* dropm leaves P attached to an M without a thread */
}

const ModelCall *model_call(const Model *m, uint64_t g) {
    return g < m->g_count && m->g[g].call < m->call_count ? &m->call[m->g[g].call] : NULL;
}

uint64_t model_c_function(const Model *m, uint64_t g) {
    const ModelCall *call = model_call(m, g);
    return call != NULL ? call->fn : NONE;
}

bool model_in_system_call(const Model *m, uint64_t g) {
    if (g >= m->g_count || m->g[g].state != G_SYSCALL || m->g[g].m >= m->m_count) return false;
    return m->m[m->g[g].m].syscall;
}

uint64_t model_context_of(const Model *m, uint64_t chan) {
    for (size_t i = 0; i < m->context_count; i++) {
        if (m->context[i].chan == chan) return i;
    }
    return NONE;
}

uint64_t model_running_cmd(const Model *m, uint64_t queue) {
    uint64_t found = NONE, k = m->queue[queue].head;
    for (uint64_t left = m->queue[queue].depth; left > 0 && k < m->cmd_count; left--, k = m->cmd[k].next) {
        if (m->cmd[k].state == CMD_RUNNING && (found == NONE || m->cmd[k].start_ns >= m->cmd[found].start_ns)) found = k;
    }
    return found;
}

const char *model_g_name(const Model *m, uint64_t g) {
    return g < m->g_count && m->g[g].state != G_NONE ? intern_text(m->text, m->g[g].name) : "";
}

uint64_t model_g_number(const Model *m, uint64_t g) {
    return g >= MODEL_OWN_IDS && g - MODEL_OWN_IDS < m->number_count ? m->number[g - MODEL_OWN_IDS].number : 0;
}

/* ---- life, copies, checkpoints ---- */

/* The arrays, once: (member, type). */
#define ARRAYS(X)                                                                                  \
    X(g, ModelG)                                                                                   \
    X(p, ModelP)                                                                                   \
    X(m, ModelM) X(chan, ModelChan) X(obj, ModelObj) X(cmd, ModelCmd) X(queue, ModelQueue)         \
    X(cthread, ModelCThread) X(ctx, ModelCtx) X(number, ModelNumber) X(sudog, ModelSudog) \
    X(sync, ModelSync) X(hold, ModelHold) X(context, ModelContext) X(call, ModelCall)
/* The numbers beside them. */
#define NUMBERS(X)                                                                                 \
    X(now_ns)                                                                                      \
    X(seq)                                                                                         \
    X(procs) X(seed) X(globq.head) X(globq.tail) X(globq.count) X(sysmon_last_ns)                  \
        X(sysmon_next_ns) X(sysmon_idle) X(sysmon_asleep) X(ended) X(exit_status) X(deadlocked) X(calls_c) \
            X(panicked) X(unknown) X(stw_g) X(stw_reason) X(stw_ns) X(stw_stopped) X(imported)     \
                X(next_number) X(gc_ns) X(heap_live) X(heap_goal) X(pictures) X(picture_obj) X(gc_seq)                        \
                    X(free_sudog) X(collections) X(moved_objects)                                              \
                    X(moved_bytes) X(freed_objects) X(freed_bytes)                                \
                    X(mem_live[MEM_GO]) X(mem_live[MEM_C]) X(mem_live[MEM_LOCKED])                \
                    X(mem_live[MEM_DEVICE]) X(mem_live[MEM_SHARED]) X(mem_live[MEM_STACK]) \
                    X(free_hold) X(free_call)

Model *model_new(const Intern *text) {
    Model *m = mem_zero(1, sizeof *m);
    m->text = text;
    m->globq = model_empty_q;
    m->stw_g = m->stw_reason = m->stw_ns = NONE;
    m->free_sudog = m->free_hold = m->free_call = m->picture_obj = m->gc_ns = m->gc_seq = m->heap_live = m->heap_goal = NONE;
    m->g_count = 1; /* g0 is nobody's goroutine */
    GROW(m->g, m->g_cap, 1);
    return m;
}

Model *model_copy(const Model *m) {
    Model *c = mem_alloc(sizeof *c);
    *c = *m;
#define X(a, Type)                                                                                 \
    c->a##_cap = m->a##_count;                                                                     \
    c->a = mem_alloc((m->a##_count ? m->a##_count : 1) * sizeof(Type));                            \
    if (m->a##_count) memcpy(c->a, m->a, m->a##_count * sizeof(Type));
    ARRAYS(X)
#undef X
    return c;
}

void model_free(Model *m) {
    if (m == NULL) return;
#define X(a, Type) free(m->a);
    ARRAYS(X)
#undef X
    free(m);
}

/* Every struct is made of uint64_t alone, so an array is a row of words. NONE is frequent: words are
 * stored plus one, so that it takes one byte. */
static void save_words(Bytes *b, const void *data, size_t count, size_t bytes) {
    const uint64_t *w = data;
    size_t words = count * bytes / sizeof *w;
    bytes_add_varint(b, count);
    bytes_add_varint(b, bytes / sizeof *w);
    for (size_t i = 0; i < words; i++) bytes_add_varint(b, w[i] + 1);
}

void model_save(const Model *m, Bytes *b) {
#define X(name) bytes_add_varint(b, m->name + 1);
    NUMBERS(X)
#undef X
#define X(a, Type) save_words(b, m->a, m->a##_count, sizeof(Type));
    ARRAYS(X)
#undef X
}

static const uint8_t *load_words(const uint8_t *p, const uint8_t *end, void **data, size_t *count,
                                 size_t *cap, size_t bytes) {
    uint64_t n, words;
    if ((p = varint_get(p, end, &n)) == NULL || (p = varint_get(p, end, &words)) == NULL)
        return NULL;
    if (words != bytes / sizeof(uint64_t) || n > (uint64_t)(end - p))
        return NULL; /* another version, or damaged */
    uint64_t *w = mem_zero(n ? n : 1, bytes);
    free(*data);
    *data = w;
    *count = *cap = n;
    for (uint64_t i = 0; i < n * words; i++) {
        if ((p = varint_get(p, end, &w[i])) == NULL) return NULL;
        w[i]--;
    }
    return p;
}

/* Ids that the code above follows without asking. */
static bool link_ok(uint64_t id, size_t count) { return id < count || id == NONE; }
static bool q_ok(const ModelQ *q, size_t count) {
    return q->count == 0 || (q->head < count && q->tail < count && q->count <= count);
}
static bool links_ok(const Model *m) {
    bool ok = q_ok(&m->globq, m->g_count) && model_sudogs_ok(m);
    for (size_t i = 0; i < m->p_count; i++)
        ok = ok && q_ok(&m->p[i].runq, m->g_count) && link_ok(m->p[i].runnext, m->g_count) &&
             link_ok(m->p[i].m, m->m_count);
    for (size_t i = 0; i < m->m_count; i++)
        ok = ok && link_ok(m->m[i].g, m->g_count) && link_ok(m->m[i].p, m->p_count);
    for (size_t i = 0; i < m->chan_count; i++)
        ok = ok && model_waiters_ok(m, &m->chan[i].sendq) && model_waiters_ok(m, &m->chan[i].recvq);
    for (size_t i = 0; i < m->cmd_count; i++) {
        ok = ok && link_ok(m->cmd[i].next, m->cmd_count) && m->cmd[i].arg_count <= CMD_ARGS_MAX;
        ok = ok && link_ok(m->cmd[i].queue, m->queue_count);
        for (uint64_t k = 0; ok && k < m->cmd[i].arg_count; k++)
            ok = m->cmd[i].obj[k] < m->obj_count;
        for (uint64_t k = 0; ok && k < m->cmd[i].after_count && k < CMD_AFTER_MAX; k++)
            ok = m->cmd[i].after[k] < m->cmd_count;
    }
    for (size_t i = 0; i < m->context_count; i++)
        ok = ok && link_ok(m->context[i].parent, m->context_count) && link_ok(m->context[i].chan, m->chan_count);
    for (size_t i = 0; i < m->queue_count; i++) {
        ok = ok && (m->queue[i].depth == 0 ||
                    (m->queue[i].head < m->cmd_count && m->queue[i].tail < m->cmd_count));
    }
    ok = ok && link_ok(m->free_call, m->call_count);
    for (size_t i = 0; i < m->g_count; i++) ok = ok && link_ok(m->g[i].call, m->call_count);
    for (size_t i = 0; i < m->call_count; i++) ok = ok && link_ok(m->call[i].below, m->call_count);
    for (size_t i = 0; i < m->sync_count; i++)
        for (size_t k = 0; k < SYNC_QUEUES; k++) ok = ok && q_ok(&m->sync[i].queue[k], m->g_count);
    return ok && model_sync_links(m);
}

bool model_load(Model **out, const Intern *text, const uint8_t *bytes, size_t len) {
    const uint8_t *p = bytes, *end = bytes + len;
    Model *m = model_new(text);
    *out = NULL;
#define X(name)                                                                                    \
    if (p && (p = varint_get(p, end, &m->name)) != NULL) m->name--;
    NUMBERS(X)
#undef X
#define X(a, Type)                                                                                 \
    if (p) {                                                                                       \
        void *data = m->a;                                                                         \
        m->a = NULL;                                                                               \
        p = load_words(p, end, &data, &m->a##_count, &m->a##_cap, sizeof(Type));                   \
        m->a = data;                                                                               \
    }
    ARRAYS(X)
#undef X
    if (p != end || !links_ok(m)) {
        model_free(m);
        return false;
    }
    *out = m;
    return true;
}
