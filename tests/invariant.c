/* invariant.c -- Ps are conserved, no goroutine is lost, no P idles beside work that nobody goes for, and who can run does so
 * within a bound.
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

/* ---- who can run does so within a bound ----
 *
 * Nobody overtakes in a queue, so it is enough to look at who stands first:
 *
 *   in a P's queue, or its runnext   The P begins two slices at most before his: one that was found already when he became the
 *                                    first, and one from the global queue, if schedtick happens to be a multiple of 61.
 *   in the global queue              Each P begins 61 slices at most, then schedtick has been a multiple of 61.
 *   while somebody searches          Nobody who was first all the time is overlooked.
 *   by time                          While somebody is first, no goroutine runs on longer than invariant_hold.
 *
 * So who has k before him in a P's queue runs after 3 (k + 1) slices, and who has k before him in the global queue is on a P, or in
 * the queue of one, after 62 (k + 1) slices of any P that is busy. Slices are counted because a run of 60 ms is over before such a
 * bound in nanoseconds says anything.
 *
 * Not counted, because something else ends them: mark workers, for which findRunnable asks before it looks at any queue.
 *
 * Not bounded, and not in Go: a chain of runnext. Who runs from there inherits the slice, also one that is over; sysmon then stops
 * whoever it sees at each look, but if he has made another one runnable by then, that one is next. (Go 1.26.8 on one P: a goroutine
 * in the queue waited for two seconds while each of 190 others started the next and computed 15 ms; and would have longer.) The
 * same holds of goroutines locked to their threads, whose slices are always new ones (schedule: execute(lockedg, false)): they count
 * only where the global queue is concerned, since they move schedtick. Nor is it bounded how often somebody is stolen, or moved to
 * the global queue with half of a full one. Under STRESS_STEAL a P looks at others' queues before all that: only time is left.
 */

static void look(const Invariant *v, const Model *m, First *f, uint64_t g, uint64_t *slices) {
    uint64_t first = g == NONE ? 0 : g, seq = first != 0 ? m->g[first].since_seq : 0;
    if (f->g == first && f->since_seq == seq) return;
    *f = (First){first, seq, v->now_ns};
    if (slices) *slices = 0;
}

static size_t watched(const Model *m) { return m->p_count < WATCHED_PS ? m->p_count : WATCHED_PS; }

static void see_who_is_first(Invariant *v, const Model *m) {
    First before = v->globq;
    look(v, m, &v->globq, m->globq.head, NULL);
    bool other = before.g != v->globq.g || before.since_seq != v->globq.since_seq;
    for (size_t i = 0; i < watched(m); i++) {
        if (other) v->on[i].globq = 0;
        look(v, m, &v->runnext[i], m->p[i].runnext, &v->on[i].runnext);
        look(v, m, &v->runq[i], m->p[i].runq.head, &v->on[i].runq);
    }
}

static bool begins(Invariant *v, const Model *m, uint64_t g, uint64_t p, bool inherits, char *why, size_t size) {
    enum { ON_ITS_P = 2, EVERYWHERE = 61 };
    Slices *on = &v->on[p];
    on->began_ns = v->now_ns;
    on->marks = on->worker == g;
    on->worker = NONE;
    if (on->marks) on->runnext = on->runq = on->globq = 0;
    if (on->marks || inherits || v->robs_first) return true;
    bool locked = m->g[g].lock_m != NONE;
    on->runnext += v->runnext[p].g != 0 && !locked;
    on->runq += v->runq[p].g != 0 && !locked;
    on->globq += v->globq.g != 0;
    if (on->runnext > ON_ITS_P)
        return broken(why, size, m, "g%llu is runnext of P%llu, which has begun %llu slices since", (Ull)v->runnext[p].g, (Ull)p,
                      (Ull)on->runnext);
    if (on->runq > ON_ITS_P)
        return broken(why, size, m, "g%llu is the first of P%llu, which has begun %llu slices since", (Ull)v->runq[p].g, (Ull)p,
                      (Ull)on->runq);
    if (on->globq > EVERYWHERE)
        return broken(why, size, m, "g%llu is the first of the global queue, and P%llu has begun %llu slices since",
                      (Ull)v->globq.g, (Ull)p, (Ull)on->globq);
    return true;
}

/* It gives its search up, and its P already. */
static bool overlooks_nobody(const Invariant *v, const Model *m, uint64_t searcher, char *why, size_t size) {
    uint64_t since_ns = m->m[searcher].since_ns;
    for (size_t i = 0; i < watched(m); i++) {
        const First *f = v->runq[i].g != 0 ? &v->runq[i] : &v->runnext[i];
        if (f->g != 0 && f->since_ns <= since_ns)
            return broken(why, size, m, "M%llu has searched for %llu ns, and g%llu could be stolen from P%zu", (Ull)searcher,
                          (Ull)(m->now_ns - since_ns), (Ull)f->g, i);
    }
    return true;
}

static bool no_run_is_too_long(const Invariant *v, const Model *m, char *why, size_t size) {
    if (v->hold_ns == 0 || m->stw_g != NONE) return true;
    for (size_t i = 0; i < watched(m); i++) {
        const First *first[] = {&v->runnext[i], &v->runq[i], m->p[i].state == P_RUNNING ? &v->globq : NULL};
        const Slices *on = &v->on[i];
        for (size_t k = 0; k < ARRAY_LEN(first) && !on->marks; k++) {
            if (first[k] == NULL || first[k]->g == 0) continue;
            uint64_t since_ns = on->began_ns > first[k]->since_ns ? on->began_ns : first[k]->since_ns;
            if (v->now_ns - since_ns > v->hold_ns)
                return broken(why, size, m, "g%llu could run, and P%zu has begun nothing for %llu ns", (Ull)first[k]->g, i,
                              (Ull)(v->now_ns - since_ns));
        }
    }
    return true;
}

/* What ends a run while somebody waits. sysmon notices it up to 10 ms late, asks at its first look that comes 10 ms after that, and
 * is late again: by 10 ms if looks are 10 ms apart already, and while it is backing off by at most as much less as it was early
 * before, but for 0.16 ms. Who goes to C just when he is asked loses his P at the look after that. The rest is what stopping him
 * takes, the signal or the longest stretch without a safe point if there are no signals, and the thread that goes on with the P. */
uint64_t invariant_hold(const WorldOptions *opt, uint64_t stretch_ns) {
    const uint64_t *cost = opt->costs.ns;
    if (opt->asyncpreemptoff && stretch_ns == 0) return 0;
    uint64_t asked_ns = SYSMON_MAX_NS + SLICE_NS + 160000, in_c_ns = SYSMON_MAX_NS, looks_ns = 3 * cost[COST_sysmon_slack];
    uint64_t stops_ns = opt->asyncpreemptoff ? stretch_ns : cost[COST_signal];
    uint64_t thread_ns = (cost[COST_thread_new] + cost[COST_thread_wake]) * (opt->stress & STRESS_SLOW ? 20 : 1);
    return asked_ns + in_c_ns + looks_ns + stops_ns + thread_ns + 10 * cost[COST_go_switch];
}

static bool runs_within_a_bound(Invariant *v, const Model *m, const Event *e, char *why, size_t size) {
    if (m->p_count == 0 || m->ended) return true;
    if (e->time_ns > v->now_ns) {
        see_who_is_first(v, m);
        v->now_ns = e->time_ns;
        if (!no_run_is_too_long(v, m, why, size)) return false;
    }
    uint64_t p = e->kind == EV_GO_START || e->kind == EV_GC_WORKER ? e->arg[1] : NONE;
    if (e->kind == EV_STW_END) {
        for (size_t i = 0; i < watched(m); i++) v->on[i].began_ns = e->time_ns;
    }
    if (e->kind == EV_M_UNSPIN && m->m[e->arg[0]].p == NONE) return overlooks_nobody(v, m, e->arg[0], why, size);
    if (p >= watched(m)) return true;
    if (e->kind == EV_GC_WORKER) v->on[p].worker = e->arg[0];
    return e->kind != EV_GO_START || begins(v, m, e->arg[0], p, e->arg[3], why, size);
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
    if (!runs_within_a_bound(v, m, e, why, size)) return false;
    v->now_ns = e->time_ns;
    if (e->kind == EV_GO_START && e->arg[0] < m->g_count) {
        uint64_t waited = e->time_ns - m->g[e->arg[0]].since_ns;
        if (waited > v->longest_ns) v->longest_ns = waited;
    }
    return true;
}
