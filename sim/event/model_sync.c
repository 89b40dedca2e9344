/* model_sync.c -- package sync in the model: who has what, and who queues for what.
 *
 * Go's locks have no owner, the trace's have: who got one, and has not given it back. One may give back what another got; then
 * that one's is taken, or the oldest. A lock-order that bites itself is to be seen here: from a goroutine that queues to those who
 * have what it queues for (model_blocker), and on from them.
 */
#include "model_parts.h"

static ModelQ no_queue(void) { return (ModelQ){NONE, NONE, 0}; }

static bool new_thing(Step *s, const uint64_t *a) {
    Model *m = s->m;
    REQUIRE(a[0] == m->sync_count, "s%llu is not the next of package sync, s%zu", (Ull)a[0], m->sync_count);
    REQUIRE(a[1] < SYNC_KINDS, "%llu is nothing that package sync has", (Ull)a[1]);
    REQUIRE(a[3] == NONE || a[3] < a[0], "its lock, s%llu, is not there yet", (Ull)a[3]);
    GROW(m->sync, m->sync_cap, a[0] + 1);
    m->sync_count = a[0] + 1;
    m->sync[a[0]] = (ModelSync){.kind = a[1], .size = a[1] == SYNC_WEIGHTED ? a[2] : 1, .of = a[3], .name = a[4], .line = a[5],
                                .holds = NONE, .error = NONE};
    for (size_t i = 0; i < SYNC_QUEUES; i++) m->sync[a[0]].queue[i] = no_queue();
    return true;
}

/* ---- having ---- */

static void add_hold(Step *s, uint64_t g, uint64_t id, uint64_t n, uint64_t reading, uint64_t line) {
    Model *m = s->m;
    uint64_t h = m->free_hold;
    if (h == NONE) {
        h = m->hold_count;
        GROW(m->hold, m->hold_cap, h + 1);
        m->hold_count = h + 1;
    } else {
        m->free_hold = m->hold[h].next;
    }
    m->hold[h] = (ModelHold){.g = g, .sync = id, .n = n, .reading = reading, .since_ns = s->e->time_ns, .since_seq = s->e->seq,
                             .line = line, .next = NONE};
    uint64_t *link = &m->sync[id].holds;
    while (*link != NONE) link = &m->hold[*link].next;
    *link = h;
    m->sync[id].locks++;
    if (!reading) m->sync[id].held += n;
}

/* The link to the hold of g, or else to the oldest; NULL: there is none. */
static uint64_t *find_hold(Model *m, ModelSync *sy, uint64_t g) {
    for (uint64_t *link = &sy->holds; *link != NONE; link = &m->hold[*link].next) {
        if (m->hold[*link].g == g) return link;
    }
    return sy->holds != NONE ? &sy->holds : NULL;
}

static uint64_t take_hold(Step *s, ModelSync *sy, uint64_t g, uint64_t n) {
    Model *m = s->m;
    uint64_t *link = find_hold(m, sy, g);
    if (link == NULL) return 0;
    uint64_t h = *link, taken = m->hold[h].n < n ? m->hold[h].n : n;
    if (!m->hold[h].reading) sy->held -= taken;
    m->hold[h].n -= taken;
    if (m->hold[h].n > 0) return taken;
    *link = m->hold[h].next;
    m->hold[h] = (ModelHold){.g = NONE, .next = m->free_hold};
    m->free_hold = h;
    return taken;
}

static bool lock(Step *s, const uint64_t *a) {
    TRY(model_running(s, a[0], a[5]));
    GET(Sync, sy, a[1]);
    bool reading = a[3] != 0;
    REQUIRE(!reading || sy->kind == SYNC_RWMUTEX, "s%llu is not for reading", (Ull)a[1]);
    REQUIRE(sy->kind != SYNC_ONCE || !sy->done, "s%llu is done", (Ull)a[1]);
    REQUIRE(sy->held + (reading ? 1 : a[2]) <= sy->size, "s%llu is taken", (Ull)a[1]);
    REQUIRE(reading || sy->kind == SYNC_WEIGHTED || sy->holds == NONE, "s%llu is being read", (Ull)a[1]);
    if (reading && sy->early > 0) sy->early--;
    else add_hold(s, a[0], a[1], a[2], reading, a[5]);
    return true;
}

static bool unlock(Step *s, const uint64_t *a) {
    TRY(model_running(s, a[0], a[4]));
    GET(Sync, sy, a[1]);
    uint64_t left = a[2];
    if (a[3] && sy->holds == NONE) {
        sy->early++;
        return true;
    }
    REQUIRE(a[3] || sy->held >= left, "of s%llu only %llu are taken", (Ull)a[1], (Ull)sy->held);
    for (uint64_t taken = 1; left > 0 && taken > 0; left -= taken) taken = take_hold(s, sy, a[0], left);
    REQUIRE(left == 0, "nobody has so much of s%llu", (Ull)a[1]);
    return true;
}

/* ---- waiting ---- */

static bool queue(Step *s, const uint64_t *a) {
    TRY(model_running(s, a[0], a[5]));
    GET(Sync, sy, a[1]);
    REQUIRE(a[2] < SYNC_QUEUES, "s%llu has no queue %llu", (Ull)a[1], (Ull)a[2]);
    TRY(model_q_join(s, &sy->queue[a[2]], a[0], (GPlace)(AT_SYNCQ + a[2]), a[1], a[3] != 0));
    sy->waits++;
    return true;
}

static bool wake(Step *s, uint64_t g, uint64_t id, uint64_t n, uint64_t handed) {
    GET(G, gp, g);
    GET(Sync, sy, id);
    REQUIRE(model_waits_at(gp) == id, "g%llu does not queue at s%llu", (Ull)g, (Ull)id);
    ModelQ *q = &sy->queue[gp->place - AT_SYNCQ];
    bool gives_up = sy->kind == SYNC_WEIGHTED && !handed;
    REQUIRE(q->head == g || gives_up || sy->kind == SYNC_COND, "g%llu is not at the head of that queue", (Ull)g);
    TRY(model_q_leave(s, q, g));
    gp->place = AT_NONE;
    gp->place_p = NONE;
    if (!handed || sy->kind != SYNC_WEIGHTED) return true; /* a mutex is its own when it runs */
    REQUIRE(sy->held + n <= sy->size, "s%llu is taken", (Ull)id);
    add_hold(s, g, id, n, 0, gp->line);
    return true;
}

static bool starve(Step *s, uint64_t g, uint64_t id, uint64_t on) {
    TRY(model_running(s, g, 0));
    GET(Sync, sy, id);
    REQUIRE(sy->starving != on, "s%llu is in that mode already", (Ull)id);
    sy->starving = on;
    sy->starving_ns = s->e->time_ns;
    return true;
}

/* ---- the rest ---- */

static bool count(Step *s, const uint64_t *a) {
    TRY(model_running(s, a[0], a[3]));
    GET(Sync, sy, a[1]);
    sy->count = a[2];
    return true;
}

static bool done(Step *s, const uint64_t *a) {
    TRY(model_running(s, a[0], a[2]));
    GET(Sync, sy, a[1]);
    REQUIRE(sy->kind == SYNC_ONCE && !sy->done, "s%llu is done already, or no Once", (Ull)a[1]);
    sy->done = 1;
    return true;
}

static bool error(Step *s, const uint64_t *a) {
    TRY(model_running(s, a[0], a[3]));
    GET(Sync, sy, a[1]);
    REQUIRE(sy->error == NONE, "s%llu has its first error already", (Ull)a[1]);
    sy->error = a[2];
    return true;
}

static bool about(Step *s, uint64_t g, uint64_t id, uint64_t line) {
    return model_running(s, g, line) && get_Sync(s, id) != NULL;
}

bool model_sync(Step *s) {
    const uint64_t *a = s->e->arg;
    switch ((EventKind)s->e->kind) {
    case EV_SYNC_NEW: return new_thing(s, a);
    case EV_SYNC_LOCK: return lock(s, a);
    case EV_SYNC_UNLOCK: return unlock(s, a);
    case EV_SYNC_TRY: return about(s, a[0], a[1], a[2]);
    case EV_SYNC_SPIN: return about(s, a[0], a[1], 0);
    case EV_SYNC_QUEUE: return queue(s, a);
    case EV_SYNC_WAKE: return wake(s, a[0], a[1], a[3], a[4]);
    case EV_SYNC_STARVE: return starve(s, a[0], a[1], a[2]);
    case EV_SYNC_COUNT: return count(s, a);
    case EV_SYNC_SIGNAL: return about(s, a[0], a[1], a[4]);
    case EV_SYNC_DONE: return done(s, a);
    case EV_SYNC_ERROR: return error(s, a);
    default: UNREACHABLE();
    }
}

/* ---- asked of the model ---- */

uint64_t model_blocker(const Model *m, uint64_t g, uint64_t n) {
    const ModelG *gp = &m->g[g];
    uint64_t id = model_waits_at(gp);
    if (id >= m->sync_count) return NONE;
    const ModelSync *sy = &m->sync[id];
    const ModelQ *writer = &sy->queue[SYNC_Q_WRITER];
    if (writer->count > 0 && gp->place != AT_SYNCQ_WRITER) return n == 0 ? writer->head : NONE; /* it keeps all others out */
    if (sy->kind == SYNC_COND || sy->kind == SYNC_WAITGROUP || sy->kind == SYNC_ERRGROUP) return NONE;
    uint64_t h = sy->holds;
    while (n-- > 0 && h != NONE) h = m->hold[h].next;
    return h == NONE ? NONE : m->hold[h].g;
}

/* Each list of holds ends, in holds that are there. */
static bool list_ends(const Model *m, uint64_t h) {
    size_t steps = 0;
    for (; h != NONE; h = m->hold[h].next) {
        if (h >= m->hold_count || steps++ > m->hold_count) return false;
    }
    return true;
}

bool model_sync_links(const Model *m) {
    bool ok = list_ends(m, m->free_hold);
    for (size_t i = 0; i < m->sync_count; i++) {
        ok = ok && list_ends(m, m->sync[i].holds) && m->sync[i].kind < SYNC_KINDS &&
             (m->sync[i].of == NONE || m->sync[i].of < m->sync_count);
    }
    for (size_t i = 0; i < m->g_count; i++)
        ok = ok && m->g[i].place <= AT_SYNCQ_WRITER && (m->g[i].place < AT_SYNCQ || m->g[i].place_p < m->sync_count);
    return ok;
}
