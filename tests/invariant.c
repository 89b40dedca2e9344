/* invariant.c -- Ps are conserved, no goroutine is lost, and no P idles beside work that nobody goes for.
 *
 * Within an instant things are on their way from one place to the next. So the states are looked at that
 * last: whenever virtual time moves on.
 */
#include "invariant.h"

#include <stdarg.h>
#include <stdio.h>

typedef unsigned long long Ull;

static bool broken(char *why, size_t size, const Model *m, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
static bool broken(char *why, size_t size, const Model *m, const char *fmt, ...) {
    va_list ap;
    int n = snprintf(why, size, "after event #%llu, at %llu ns: ", (Ull)m->seq, (Ull)m->now_ns);
    va_start(ap, fmt);
    vsnprintf(why + n, size - (size_t)n, fmt, ap);
    va_end(ap);
    return false;
}

/* A P is idle, or has one owner, or is on its way to one thread; or it is stopped, or dead. */
static bool ps_are_conserved(const Model *m, char *why, size_t size) {
    uint64_t coming[1024] = {0};
    for (size_t i = 0; i < m->m_count; i++) {
        const ModelM *mp = &m->m[i];
        bool on_its_way = mp->state == M_STARTING || mp->state == M_WAKING;
        if (on_its_way && mp->next_p < m->p_count) coming[mp->next_p]++;
        if (mp->p != NONE && m->p[mp->p].m != i)
            return broken(why, size, m, "M%zu has P%llu, which belongs to M%lld", i, (Ull)mp->p,
                          (long long)m->p[mp->p].m);
    }
    for (size_t i = 0; i < m->p_count; i++) {
        const ModelP *pp = &m->p[i];
        if (pp->state == P_GCSTOP || pp->state == P_DEAD) continue;
        uint64_t places = (pp->m != NONE) + pp->on_idle_list + coming[i];
        if (places != 1) return broken(why, size, m, "P%zu is in %llu places", i, (Ull)places);
        if (pp->m != NONE && m->m[pp->m].p != i)
            return broken(why, size, m, "P%zu belongs to M%llu, which has another", i, (Ull)pp->m);
    }
    return true;
}

/* A goroutine that could run is on a queue, or in the hands of a thread that is about to run it. */
static bool none_is_lost(const Model *m, char *why, size_t size) {
    uint64_t in_hand = 0, hands = 0;
    for (size_t i = 1; i < m->g_count; i++)
        in_hand += m->g[i].state == G_RUNNABLE && m->g[i].place == AT_HAND;
    if (in_hand == 0) return true;
    for (size_t i = 0; i < m->m_count; i++) {
        const ModelM *mp = &m->m[i];
        bool locked_wakes = mp->state == M_WAKING && mp->lock_g != NONE;
        hands += locked_wakes || (mp->state == M_RUNNING && mp->p != NONE && mp->g == NONE);
    }
    if (in_hand > hands)
        return broken(why, size, m,
                      "%llu goroutines are on no queue, and %llu threads could have them",
                      (Ull)in_hand, (Ull)hands);
    return true;
}

/* A P is idle, goroutines queue, and no thread is on the way: neither searching, nor between two goroutines, nor
 * being woken. A runnext does not count: its P's owner is about to take it. */
static bool work_is_left_lying(const Model *m) {
    bool idle = false, work = m->globq.count > 0;
    if (m->stw_g != NONE) return false;
    for (size_t i = 0; i < m->p_count; i++) {
        idle = idle || m->p[i].on_idle_list;
        work = work || m->p[i].runq.count > 0;
    }
    if (!idle || !work) return false;
    for (size_t i = 0; i < m->m_count; i++) {
        const ModelM *mp = &m->m[i];
        if (mp->state == M_STARTING || mp->state == M_WAKING || mp->state == M_SPINNING)
            return false;
        if (mp->state == M_RUNNING && mp->p != NONE && mp->g == NONE) return false;
    }
    return true;
}

bool invariant_check(Invariant *v, const Model *m, const Event *e, char *why, size_t size) {
    if (e->time_ns > v->now_ns && m->p_count > 0 && !m->ended) {
        if (!ps_are_conserved(m, why, size) || !none_is_lost(m, why, size)) return false;
        if (work_is_left_lying(m)) v->idle_ns += e->time_ns - v->now_ns;
        if (v->idle_ns > 0)
            return broken(why, size, m,
                          "a P is idle, work is queued, and no thread goes for it, for %llu ns",
                          (Ull)v->idle_ns);
    }
    v->now_ns = e->time_ns;
    if (e->kind == EV_GO_START && e->arg[0] < m->g_count) {
        uint64_t waited = e->time_ns - m->g[e->arg[0]].since_ns;
        if (waited > v->longest_ns) v->longest_ns = waited;
    }
    return true;
}
