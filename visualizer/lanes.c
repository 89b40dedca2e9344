/* lanes.c -- from events to spans.
 *
 * What a lane shows at a moment is a function of the model (p_now, m_now below), so no event has to
 * be understood twice: after each event the lanes of the things that it mentions, or that its
 * goroutine was tied to before, are compared with what they showed. A difference ends one span and
 * begins the next. Only moments (sysmon's looks, notes, hand-overs) are taken from events directly.
 */
#include "lanes.h"

#include "../sim/base/sorted.h"
#include "../sim/lens/narrate.h"

#include <stdlib.h>
#include <string.h>

void lanes_init(Lanes *l) {
    static uint64_t runs;
    *l = (Lanes){.run = ++runs, .density_ns = 256};
    l->labels = intern_new();
}

void lane_free(Lane *lane) {
    free(lane->span);
    free(lane->sum);
    *lane = (Lane){0};
}

static void free_lanes(Lane *lane, size_t count) {
    for (size_t i = 0; i < count; i++) lane_free(&lane[i]);
    free(lane);
}

void lanes_free(Lanes *l) {
    free_lanes(l->p, l->p_count);
    free_lanes(l->m, l->m_count);
    free_lanes(l->queue, l->queue_count);
    free(l->coming);
    free(l->tick);
    free(l->flow);
    free(l->mark);
    free(l->story);
    free(l->g_order);
    intern_free(l->labels);
    *l = (Lanes){0};
}

/* ---------------------------------------------------------------- spans */

static bool is_go(unsigned kind) {
    return kind == SPAN_RUN || kind == SPAN_GO || kind == SPAN_COMMAND;
}
static bool is_crossing(unsigned kind) { return kind == SPAN_C || kind == SPAN_SYSCALL; }
static bool is_c(unsigned kind) { return kind == SPAN_HELD || is_crossing(kind); }

static void add_span(LaneShare *share, const LaneSpan *s, uint64_t until_ns) {
    uint64_t end = s->to_ns < until_ns ? s->to_ns : until_ns;
    uint64_t part = end > s->from_ns ? end - s->from_ns : 0;
    if (is_go(s->kind)) share->go_ns += part;
    if (is_c(s->kind)) share->c_ns += part;
    if (s->kind == SPAN_SYSCALL) share->syscall_ns += part;
    if (is_crossing(s->kind)) share->crossings += s->from_ns < until_ns;
}

/* The sum before the span that is about to be written, when it is the first of its sixteen. */
static void lane_sum(Lane *lane) {
    if (lane->count % SUM_SPANS != 0) return;
    size_t block = lane->count / SUM_SPANS;
    RESERVE(lane->sum, lane->sum_cap, block + 1);
    lane->sum[block] = block ? lane->sum[block - 1] : (LaneShare){0};
    for (size_t i = lane->count - (block ? SUM_SPANS : 0); i < lane->count; i++)
        add_span(&lane->sum[block], &lane->span[i], NOT_YET);
}

/* An empty span is forgotten, but not one in C: a crossing must never vanish. */
static void lane_end(Lane *lane, uint64_t now_ns) {
    if (lane->count == 0) return;
    LaneSpan *s = &lane->span[lane->count - 1];
    if (s->to_ns != NOT_YET) return;
    s->to_ns = now_ns;
    if (s->from_ns == now_ns && !is_crossing(s->kind)) lane->count--;
}

static void lane_begin(Lane *lane, uint64_t now_ns, Shown what) {
    lane_sum(lane);
    RESERVE(lane->span, lane->cap, lane->count + 1);
    lane->span[lane->count++] =
        (LaneSpan){.from_ns = now_ns, .to_ns = NOT_YET, .id = what.id, .text = what.text, .kind = what.kind};
}

void lane_show(Lane *lane, uint64_t now_ns, Shown what) {
    const LaneSpan *s = lane->count ? &lane->span[lane->count - 1] : NULL;
    bool open = s && s->to_ns == NOT_YET;
    if (open && s->kind == what.kind && s->id == what.id && s->text == what.text) return;
    if (!open && what.kind == SPAN_NONE) return;
    lane_end(lane, now_ns);
    if (what.kind != SPAN_NONE) lane_begin(lane, now_ns, what);
}

/* Asked to take P and not there yet. */
static bool is_coming(const Model *m, uint64_t id, uint64_t p) {
    if (id >= m->m_count || m->m[id].next_p != p) return false;
    return m->m[id].state == M_STARTING || m->m[id].state == M_WAKING;
}

static Shown p_now(const Lanes *l, const Model *m, uint64_t p) {
    const ModelP *pp = &m->p[p];
    if (pp->state == P_GCSTOP) return shown(SPAN_STOPPED, NONE, NONE);
    if (pp->m == NONE) {
        uint64_t id = l->coming[p];
        return is_coming(m, id, p) ? shown(SPAN_WAITS, id, NONE) : shown(SPAN_NONE, NONE, NONE);
    }
    const ModelM *mp = &m->m[pp->m];
    if (model_p_in_syscall(m, p)) return shown(SPAN_HELD, mp->g, mp->syscall ? HELD_BY_SYSCALL : NONE);
    if (mp->g == NONE) return shown(SPAN_NONE, NONE, NONE);
    return shown(SPAN_RUN, mp->g, NONE);
}

static Shown m_now(const Model *m, uint64_t id) {
    const ModelM *mp = &m->m[id];
    switch ((MState)mp->state) {
    case M_RUNNING: return shown(mp->p == NONE ? SPAN_NONE : SPAN_GO, NONE, NONE);
    case M_SPINNING: return shown(SPAN_SPIN, NONE, NONE);
    case M_IN_C: return shown(mp->syscall ? SPAN_SYSCALL : SPAN_C, mp->g, mp->g == NONE ? NONE : model_c_function(m, mp->g));
    case M_STARTING:
    case M_WAKING: return shown(SPAN_STARTING, NONE, mp->state);
    default: return shown(SPAN_NONE, NONE, NONE);
    }
}

static void show_p(Lanes *l, const Model *m, uint64_t now_ns, uint64_t p) {
    if (p < m->p_count && p < l->p_count) lane_show(&l->p[p], now_ns, p_now(l, m, p));
}

static unsigned open_kind(const Lane *lane) {
    const LaneSpan *s = lane->count ? &lane->span[lane->count - 1] : NULL;
    return s && s->to_ns == NOT_YET ? s->kind : SPAN_NONE;
}

static void show_m(Lanes *l, const Model *m, uint64_t now_ns, uint64_t id) {
    if (id >= m->m_count || id >= l->m_count || id == SYSMON_M) return;
    bool was_in_c = is_crossing(open_kind(&l->m[id]));
    lane_show(&l->m[id], now_ns, m_now(m, id));
    l->in_c += (size_t)is_crossing(open_kind(&l->m[id])) - was_in_c;
    if (l->in_c > l->in_c_max) l->in_c_max = l->in_c;
}

/* ---------------------------------------------------------------- moments */

static void add_tick(Lanes *l, const Event *e) {
    GROW(l->tick, l->tick_cap, l->tick_count + 1);
    const Tick *last = l->tick_count ? &l->tick[l->tick_count - 1] : NULL;
    uint32_t acted = last ? last->acted_before + last->acted : 0;
    l->tick[l->tick_count++] = (Tick){.time_ns = e->time_ns, .seq = e->seq, .acted_before = acted, .label = NONE};
}

/* What sysmon did at its last look; the words are those of the sentences, not ours. */
static void label_tick(Lanes *l, const Model *m, const Event *e, bool acted) {
    if (l->tick_count == 0) return;
    Tick *t = &l->tick[l->tick_count - 1];
    if (t->acted && !acted) return;
    Narration n = {0};
    narrate(m, e, &n);
    t->acted = acted;
    t->label = intern_id(l->labels, acted && n.function[0] ? n.function
                                    : n.detail[0]          ? n.detail
                                                           : n.headline);
}

static void add_flow(Lanes *l, const Event *e, uint64_t m, uint64_t p, bool to_p) {
    GROW(l->flow, l->flow_cap, l->flow_count + 1);
    l->flow[l->flow_count++] = (Handoff){e->time_ns, e->seq, m, p, to_p};
}

static void add_mark(Lanes *l, const Event *e, MarkKind kind) {
    GROW(l->mark, l->mark_cap, l->mark_count + 1);
    l->mark[l->mark_count++] = (Mark){e->time_ns, e->seq, event_arg(e, "text"), kind};
}

static void add_density(Lanes *l, uint64_t ns) {
    while (ns / l->density_ns >= DENSITY_BUCKETS) {
        for (size_t i = 0; i < DENSITY_BUCKETS / 2; i++)
            l->density[i] = l->density[2 * i] + l->density[2 * i + 1];
        memset(l->density + DENSITY_BUCKETS / 2, 0, sizeof l->density / 2);
        l->density_ns *= 2;
    }
    l->density[ns / l->density_ns]++;
}

static void first_run(Lanes *l, uint64_t g) {
    GROW(l->g_order, l->g_order_cap, g + 1);
    if (l->g_order[g] == 0) l->g_order[g] = ++l->g_ran;
}

/* ---------------------------------------------------------------- one event */

static void make_room(Lanes *l, const Model *m) {
    GROW(l->p, l->p_cap, m->p_count);
    GROW(l->m, l->m_cap, m->m_count);
    GROW(l->coming, l->coming_cap, m->p_count);
    GROW(l->queue, l->queue_cap, m->queue_count);
    l->p_count = m->p_count;
    l->m_count = m->m_count;
    l->queue_count = m->queue_count;
    if (m->m_count > l->m_peak) l->m_peak = m->m_count;
}

/* A goroutine that stops leaves an M and a P that the event does not name; a thread that was asked
 * to take a P has it now. */
void lanes_before(Lanes *l, const Model *before, const Event *e) {
    if (e->kind == EV_P_ACQUIRE && e->arg[1] < before->m_count &&
        before->m[e->arg[1]].next_p == e->arg[0]) {
        add_flow(l, e, e->arg[1], e->arg[0], true);
    }
    if (e->kind != EV_GO_STOP && e->kind != EV_GO_BLOCK && e->kind != EV_GO_END) return;
    uint64_t g = e->arg[0];
    if (g >= before->g_count || before->g[g].p == NONE || before->g[g].p >= l->p_count) return;
    lane_show(&l->p[before->g[g].p], e->time_ns, shown(SPAN_NONE, NONE, NONE));
}

static void show_mentioned(Lanes *l, const Model *m, const Event *e) {
    const EventSpec *spec = &event_spec[e->kind];
    for (int i = 0; i < spec->arg_count; i++) {
        if (spec->arg[i].kind == KIND_P) show_p(l, m, e->time_ns, e->arg[i]);
        if (spec->arg[i].kind == KIND_M) show_m(l, m, e->time_ns, e->arg[i]);
    }
}

static void take_moment(Lanes *l, const Model *m, const Event *e) {
    switch ((EventKind)e->kind) {
    case EV_SYSMON_LOOK: add_tick(l, e); break;
    case EV_SYSMON_SEES:
    case EV_SYSMON_SPARES: label_tick(l, m, e, false); break;
    case EV_PREEMPT_ASK: label_tick(l, m, e, true); break;
    case EV_P_RETAKE:
        if (event_arg(e, "by") != SYSMON_M) break; /* its old owner came back and took it */
        label_tick(l, m, e, true);
        add_flow(l, e, NONE, e->arg[0], true);
        break;
    case EV_M_NEW:
    case EV_M_WAKE: add_flow(l, e, e->arg[0], e->arg[1], false); break;
    case EV_M_LOCK_WAKE: add_flow(l, e, e->arg[0], e->arg[2], false); break;
    case EV_GO_START: first_run(l, e->arg[0]); break;
    case EV_NOTE: add_mark(l, e, MARK_NOTE); break;
    case EV_DEADLOCK:
    case EV_PANIC:
    case EV_EXPECT_FAILED: add_mark(l, e, MARK_WARNING); break;
    case EV_DEV_START:
        lane_show(&l->queue[m->cmd[e->arg[0]].queue], e->time_ns,
                  shown(SPAN_COMMAND, e->arg[0], NONE));
        break;
    case EV_DEV_DONE: { /* of an unordered queue, another one may still run */
        uint64_t queue = m->cmd[e->arg[0]].queue, other = model_running_cmd(m, queue);
        lane_show(&l->queue[queue], e->time_ns, shown(other == NONE ? SPAN_NONE : SPAN_COMMAND, other, NONE));
        break;
    }
    default: break;
    }
}

void lanes_after(Lanes *l, const Model *after, const Event *e) {
    if (e->kind >= EV_COUNT) return;
    make_room(l, after);
    if (e->kind == EV_M_NEW || e->kind == EV_M_WAKE || e->kind == EV_M_LOCK_WAKE) {
        uint64_t p = event_arg(e, "p");
        if (p < l->p_count) l->coming[p] = e->arg[0];
    }
    show_mentioned(l, after, e);
    take_moment(l, after, e);
    add_density(l, e->time_ns);
    if (narrate_is_story(e)) {
        RESERVE(l->story, l->story_cap, l->story_count + 1);
        l->story[l->story_count++] = (uint32_t)e->seq;
    }
}

/* ---------------------------------------------------------------- questions */

size_t lane_find(const Lane *lane, uint64_t ns) {
    size_t low = 0, high = lane->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (lane->span[mid].to_ns <= ns) low = mid + 1;
        else high = mid;
    }
    return low;
}

/* What stood before the span `at`, which lies around ns, and the part of that span itself. */
static LaneShare share_before(const Lane *lane, size_t at, uint64_t ns) {
    if (at == lane->count && at > 0) at--; /* past the last span's end */
    if (at == lane->count) return (LaneShare){0};
    LaneShare share = lane->sum[at / SUM_SPANS];
    for (size_t k = at - at % SUM_SPANS; k <= at; k++) add_span(&share, &lane->span[k], ns);
    return share;
}

static LaneShare share_until(const Lane *lane, uint64_t ns) { return share_before(lane, lane_find(lane, ns), ns); }

/* By doubled steps, then between the last two. */
LaneShare lane_walk(LaneWalk *w, uint64_t ns) {
    const Lane *lane = w->lane;
    size_t low = w->at, high = lane->count;
    for (size_t step = 1; low < lane->count && lane->span[low].to_ns <= ns; step *= 2) {
        w->at = low + 1;
        low += step;
    }
    if (low < high) high = low;
    for (low = w->at; low < high;) {
        size_t mid = low + (high - low) / 2;
        if (lane->span[mid].to_ns <= ns) low = mid + 1;
        else high = mid;
    }
    w->at = low;
    return share_before(lane, low, ns);
}

LaneShare lane_share(const Lane *lane, uint64_t from_ns, uint64_t to_ns) {
    LaneShare a = share_until(lane, from_ns), b = share_until(lane, to_ns);
    return (LaneShare){b.go_ns - a.go_ns, b.c_ns - a.c_ns, b.syscall_ns - a.syscall_ns, b.crossings - a.crossings};
}

/* The number of story events at or before seq. */
static size_t story_rank(const Lanes *l, uint64_t seq) {
    size_t low = 0, high = l->story_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (l->story[mid] <= seq) low = mid + 1;
        else high = mid;
    }
    return low;
}

uint64_t lanes_story_at(const Lanes *l, uint64_t seq) {
    size_t rank = story_rank(l, seq);
    return rank > 0 ? l->story[rank - 1] : 0;
}

uint64_t lanes_story_after(const Lanes *l, uint64_t seq) {
    size_t rank = story_rank(l, seq);
    return rank < l->story_count ? l->story[rank] : 0;
}

size_t lanes_tick_from(const Lanes *l, uint64_t ns) { return SORTED_FROM(l->tick, l->tick_count, time_ns, ns); }

size_t lanes_flow_from(const Lanes *l, uint64_t ns) { return SORTED_FROM(l->flow, l->flow_count, time_ns, ns); }
