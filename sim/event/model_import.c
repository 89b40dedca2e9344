/* model_import.c -- what only an imported trace of a real Go program says: things that were there before it
 * began, and what a run of ours does not have.
 *
 * Such a trace tells of a thread only what it does with a P or a goroutine, and of a P only who has it. So
 * a thread's state is derived, a runnable goroutine is somewhere (AT_UNKNOWN), and an idle P is on no list.
 *
 * Differs: P has no state of its own behind a call out of Go, whatever the version: it is what its thread says
 */
#include "model_parts.h"

enum { STATE_RUNNABLE = 1, STATE_RUNNING, STATE_SYSCALL, STATE_WAITING }; /* of a G_SEEN, as in Go's traces */
enum { PROC_RUNNING = 1, PROC_IDLE, PROC_SYSCALL, PROC_ABANDONED };       /* of a P_SEEN */

void model_settle_m(Step *s, uint64_t id) {
    Model *m = s->m;
    if (!m->imported) return;
    ModelM *mp = &m->m[id];
    MState state = id == 1 ? M_SYSMON : M_UNKNOWN;
    if (mp->g != NONE && m->g[mp->g].state == G_SYSCALL) state = M_IN_C;
    else if (mp->g != NONE || mp->p != NONE) state = M_RUNNING;
    if (mp->state == state) return;
    mp->state = state;
    mp->since_ns = s->e->time_ns;
    mp->since_seq = s->e->seq;
}

static bool import_begin(Step *s, uint64_t go) {
    Model *m = s->m;
    REQUIRE(m->p_count == 0 && !m->imported, "the run has started already");
    REQUIRE(go >= 1 && go < 1000, "there is no Go 1.%llu", (Ull)go);
    m->imported = go;
    return true;
}

/* M1 is sysmon: it is there from the start, and may show itself later or never. */
static bool m_seen(Step *s, uint64_t id) {
    if (id == 1 && s->m->m_count > 1) return true;
    TRY(model_new_m(s, id, M_UNKNOWN));
    return id != 0 || model_new_m(s, 1, M_SYSMON);
}

static bool p_seen(Step *s, uint64_t p, uint64_t m, uint64_t state) {
    REQUIRE(p < PROCS_MAX, "P%llu is out of the range of ids", (Ull)p);
    model_new_ps(s, p + 1 > s->m->p_count ? p + 1 : s->m->p_count, P_NONE);
    GET(P, pp, p);
    REQUIRE(pp->state == P_NONE, "P%llu has been seen already", (Ull)p);
    REQUIRE(state >= PROC_RUNNING && state <= PROC_ABANDONED, "a P has no state %llu", (Ull)state);
    static const PState state_of[] = {[PROC_RUNNING] = P_RUNNING,
                                      [PROC_IDLE] = P_IDLE,
                                      [PROC_SYSCALL] = P_RUNNING,
                                      [PROC_ABANDONED] = P_SYSCALL};
    pp->state = state_of[state];
    pp->since_ns = s->e->time_ns;
    pp->since_seq = s->e->seq;
    if (state == PROC_IDLE || state == PROC_ABANDONED) return true;
    GET(M, mp, m);
    REQUIRE(mp->p == NONE, "M%llu has P%llu already", (Ull)m, (Ull)mp->p);
    pp->m = m;
    mp->p = p;
    if (mp->g != NONE) {
        pp->g = mp->g;
        s->m->g[mp->g].p = p;
    }
    model_settle_m(s, m);
    if (state == PROC_SYSCALL) { /* its goroutine will be told of next */
        mp->state = M_IN_C;
        mp->from_p = p;
    }
    return true;
}

/* G is on this thread, running or out of Go. */
static bool put_on_m(Step *s, uint64_t g, uint64_t m) {
    ModelG *gp = &s->m->g[g];
    if (m == NONE) return true; /* Go's reader lets a status pass that names no thread, */
    GET(M, mp, m);
    if (mp->g != NONE) s->m->g[mp->g].m = s->m->g[mp->g].p = NONE; /* and two that name the same */
    mp->g = g;
    gp->m = m;
    gp->p = mp->p;
    if (mp->p != NONE) s->m->p[mp->p].g = g;
    if (gp->state == G_SYSCALL) mp->from_p = mp->p;
    model_settle_m(s, m);
    return true;
}

static bool g_seen(Step *s, uint64_t g, uint64_t m, uint64_t state, uint64_t name, uint64_t line) {
    static const GState state_of[] = {[STATE_RUNNABLE] = G_RUNNABLE,
                                      [STATE_RUNNING] = G_RUNNING,
                                      [STATE_SYSCALL] = G_SYSCALL,
                                      [STATE_WAITING] = G_WAITING};
    REQUIRE(state >= STATE_RUNNABLE && state <= STATE_WAITING, "a goroutine has no state %llu", (Ull)state);
    TRY(model_new_g(s, g, state_of[state]));
    ModelG *gp = &s->m->g[g];
    gp->name = name;
    gp->line = line;
    if (state == STATE_RUNNABLE) gp->place = AT_UNKNOWN;
    if (state != STATE_RUNNING && state != STATE_SYSCALL) return true;
    TRY(put_on_m(s, g, m));
    if (m != NONE) s->m->m[m].syscall = state == STATE_SYSCALL; /* which of the two, nothing says */
    return true;
}

static bool g_name(Step *s, uint64_t g, uint64_t name) {
    GET(G, gp, g);
    gp->name = name;
    return true;
}

bool model_at(Step *s, uint64_t g, uint64_t line) {
    if (g == NONE || line == 0) return true;
    GET(G, gp, g);
    gp->line = line;
    return true;
}

static bool create_waiting(Step *s, uint64_t g, uint64_t parent, uint64_t name, uint64_t line) {
    TRY(model_new_g(s, g, G_WAITING));
    ModelG *gp = &s->m->g[g];
    gp->parent = parent;
    gp->name = name;
    gp->born_line = gp->line = line;
    return true;
}

static bool create_c(Step *s, uint64_t g, uint64_t m) {
    GET(M, mp, m);
    TRY(model_new_g(s, g, G_SYSCALL));
    mp->syscall = 0;
    return put_on_m(s, g, m);
}

/* The P that it leaves is in a syscall of nobody's. */
static bool end_c(Step *s, uint64_t g, uint64_t m) {
    GET(G, gp, g);
    GET(M, mp, m);
    REQUIRE(gp->state == G_SYSCALL && gp->m == m && mp->g == g, "g%llu is not out of Go on M%llu", (Ull)g, (Ull)m);
    gp->state = G_DEAD;
    gp->since_ns = s->e->time_ns;
    gp->since_seq = s->e->seq;
    gp->m = gp->p = mp->g = mp->from_p = NONE;
    if (mp->p != NONE) {
        ModelP *pp = &s->m->p[mp->p];
        pp->state = P_SYSCALL;
        pp->m = mp->p = NONE;
        pp->since_ns = s->e->time_ns;
        pp->since_seq = s->e->seq;
    }
    model_settle_m(s, m);
    return true;
}

bool model_import(Step *s) {
    const uint64_t *a = s->e->arg;
    REQUIRE(s->m->imported || s->e->kind == EV_IMPORT, "%s is of an imported trace, and this is none",
            event_spec[s->e->kind].name);
    switch (s->e->kind) {
    case EV_IMPORT: return import_begin(s, a[0]);
    case EV_M_SEEN: return m_seen(s, a[0]);
    case EV_P_SEEN: return p_seen(s, a[0], a[1], a[2]);
    case EV_G_SEEN: return g_seen(s, a[0], a[1], a[2], a[3], a[4]);
    case EV_G_NUMBER: s->m->next_number = a[1]; return true;
    case EV_G_NAME: return g_name(s, a[0], a[1]);
    case EV_AT: return model_at(s, a[0], a[1]);
    case EV_GO_CREATE_WAITING: return create_waiting(s, a[0], a[1], a[2], a[3]);
    case EV_GO_CREATE_C: return create_c(s, a[0], a[1]);
    case EV_GO_END_C: return end_c(s, a[0], a[1]);
    case EV_TASK_BEGIN: return model_at(s, a[2], a[4]);
    case EV_TASK_END: return model_at(s, a[1], a[2]);
    case EV_REGION_BEGIN: case EV_REGION_END: return model_at(s, a[0], a[3]);
    case EV_LOG: return model_at(s, a[0], a[4]);
    case EV_CPU_SAMPLE: return true;
    default: UNREACHABLE();
    }
}
