/* layout_timeline.c -- the lanes of the history, and the axis under them (design, 9). */
#include "layout.h"

#include <math.h>
#include <stdlib.h>

enum { GC_H = 22, GC_ROOM = 150 }; /* the collector's lane; in less room there is none */

/* ---------------------------------------------------------------- which lanes */

/* An M has a lane when it ever did something; when there is little room, not while it is parked. One that has
 * ended, or that no thread has borrowed, keeps it for as long as what it did is in the window. */
static bool has_lane(const Scene *s, uint64_t id) {
    const ModelM *mp = &s->model->m[id];
    if (mp->state == M_DEAD || mp->state == M_EXTRA)
        return id < s->lanes->m_count && s->lanes->m[id].count > 0 && mp->since_ns >= s->from_ns;
    return mp->state != M_NONE && mp->state != M_SYSMON && mp->state != M_TEMPLATE;
}

static bool is_idle(const Scene *s, uint64_t id) {
    MState state = (MState)s->model->m[id].state;
    return state == M_PARKED || state == M_POLLING || state == M_LOCKED || state == M_DEAD ||
           state == M_EXTRA;
}

/* What is followed, else what is selected, always has its lanes: the M and the P that it is, or is on. */
static Thing wanted(const Scene *s) { return s->followed.id != NONE ? s->followed : s->selected; }

static uint64_t wanted_m(const Scene *s) {
    const Model *m = s->model;
    Thing t = wanted(s);
    uint64_t id = t.kind == KIND_M                          ? t.id
                  : t.kind == KIND_G && t.id < m->g_count ? m->g[t.id].m
                  : t.kind == KIND_P && t.id < m->p_count ? m->p[t.id].m
                                                          : NONE;
    return id < m->m_count && has_lane(s, id) ? id : NONE;
}

static uint64_t wanted_p(const Scene *s) {
    uint64_t m = wanted_m(s), p = wanted(s).kind == KIND_P ? wanted(s).id : m != NONE ? s->model->m[m].p : NONE;
    return p < s->model->p_count ? p : NONE;
}

static bool has_gc_lane(const Scene *s, double room) { return s->head->collections > 0 && room >= GC_ROOM; }

static bool is_in_c(const Scene *s, uint64_t id) { return s->model->m[id].state == M_IN_C; }

typedef struct {
    double p, m; /* the pitch of a lane */
    bool hide_parked;
    size_t p_max, m_max;
} Pitch;

enum { MORE_H = 18, MANY_MS = 20, SOME_MS = 8 }; /* a line that says how many lanes are left out */

/* The Ms that could have a lane; `in_c` of them are in C and come first when not all fit. */
static size_t count_ms(const Scene *s, const Pitch *pitch, size_t *in_c) {
    size_t n = 0;
    *in_c = 0;
    for (uint64_t id = 0; id < s->model->m_count; id++) {
        n += has_lane(s, id) && !(pitch->hide_parked && is_idle(s, id));
        *in_c += is_in_c(s, id);
    }
    return n;
}

typedef struct {
    size_t ps, ms, in_c; /* how many there are */
    double fixed;        /* sysmon, the line, the device's queues */
} Wish;

static bool fits(const Wish *w, const Pitch *pitch, double room) {
    bool more_p = w->ps > pitch->p_max, more_m = pitch->hide_parked || w->ms > pitch->m_max;
    double ps = (double)(more_p ? pitch->p_max : w->ps),
           ms = (double)(w->ms > pitch->m_max ? pitch->m_max : w->ms);
    return w->fixed + ps * pitch->p + ms * pitch->m + MORE_H * (more_p + more_m) <= room;
}

/* Folding, until everything fits: slimmer lanes, parked Ms without a lane, then only so many Ms as
 * leave the Ps a readable height, at last not all Ps. Some Ms always stay, those in C first. */
static Pitch choose_pitch(const Scene *s, double room) {
    Pitch pitch = {26, 22, false, LANES_MAX / 2, LANES_MAX / 2};
    size_t queues = s->model->queue_count < QUEUES_MAX ? s->model->queue_count : QUEUES_MAX;
    Wish w = {.ps = s->model->p_count,
              .fixed = 28 + (has_gc_lane(s, room) ? GC_H : 0) + (s->head->queue_count ? 12 + 24.0 * (double)queues : 0)};
    w.ms = count_ms(s, &pitch, &w.in_c);
    size_t least = w.in_c > 4 ? 4 : w.in_c > 3 ? w.in_c : 3;
    if (!fits(&w, &pitch, room)) {
        size_t all = w.ms;
        pitch.hide_parked = true;
        w.ms = count_ms(s, &pitch, &w.in_c);
        pitch.hide_parked = w.ms < all;
    }
    while (!fits(&w, &pitch, room) && pitch.m > 12) pitch.m -= 1;
    while (!fits(&w, &pitch, room) && pitch.p > 16) pitch.p -= 1;
    while (!fits(&w, &pitch, room) && w.ms > MANY_MS && pitch.m_max > SOME_MS) pitch.m_max--;
    while (!fits(&w, &pitch, room) && pitch.m > 8) pitch.m -= 1;
    while (!fits(&w, &pitch, room) && pitch.p > 10) pitch.p -= 1;
    if (w.ms < pitch.m_max) pitch.m_max = w.ms;
    while (!fits(&w, &pitch, room) && pitch.m_max > least) pitch.m_max--;
    while (!fits(&w, &pitch, room) && pitch.p > 5) pitch.p -= 1;
    if (w.ps < pitch.p_max) pitch.p_max = w.ps;
    while (!fits(&w, &pitch, room) && pitch.p_max > 1) pitch.p_max--;
    while (!fits(&w, &pitch, room) && pitch.m_max > 1) pitch.m_max--;
    return pitch;
}

/* ---------------------------------------------------------------- placing them */

static bool add(TimelineLayout *l, LaneKind kind, uint64_t id, double y, double pitch) {
    if (l->lane_count == LANES_MAX || y + pitch > l->scrub_y) return false;
    double gap = pitch >= 20 ? (kind == LANE_P ? 4 : 3) : pitch >= 8 ? 2 : 1;
    l->lane[l->lane_count++] = (LanePlace){kind, id, y, pitch - gap, false};
    return true;
}

static double place_ps(TimelineLayout *l, const Scene *s, const Pitch *pitch, double y) {
    uint64_t p = 0, wanted = wanted_p(s);
    for (; p < s->model->p_count && p < pitch->p_max; p++, y += pitch->p) {
        bool last = p + 1 == pitch->p_max && wanted != NONE && wanted > p;
        if (!add(l, LANE_P, last ? wanted : p, y, pitch->p)) break;
    }
    l->hidden_p = s->model->p_count - p;
    l->hidden_p_y = y + 12;
    return l->hidden_p ? y + MORE_H + 4 : y + 4;
}

/* In the order of their ids; when not all fit, first of all those in C. */
static double place_ms(TimelineLayout *l, const Scene *s, const Pitch *pitch, double y) {
    size_t in_c, others = 0, taken_c = 0;
    uint64_t wanted = wanted_m(s);
    count_ms(s, pitch, &in_c);
    size_t room_c = in_c < pitch->m_max ? in_c : pitch->m_max, room_others = pitch->m_max - room_c;
    bool wants_c = wanted != NONE && is_in_c(s, wanted);
    if (wanted != NONE && (wants_c || room_others == 0) && room_c > 0) room_c--; /* it takes a place of its own kind, */
    else if (wanted != NONE && room_others > 0) room_others--;                   /* or of the other */
    size_t before = l->lane_count;
    for (uint64_t id = 0; id < s->model->m_count; id++) {
        bool c = is_in_c(s, id), always = id == wanted;
        if (!has_lane(s, id) || (!always && pitch->hide_parked && is_idle(s, id))) continue;
        if (!always && (c ? taken_c == room_c : others == room_others)) continue;
        if (!add(l, LANE_M, id, y, pitch->m)) break;
        taken_c += c && !always;
        others += !c && !always;
        y += pitch->m;
    }
    Pitch everything = *pitch;
    everything.hide_parked = false;
    l->hidden = count_ms(s, &everything, &in_c) - (l->lane_count - before);
    return y;
}

/* ---------------------------------------------------------------- scrolling through them */

/* All Ps, then all Ms, in the order of their ids: more of them than fit. */
typedef struct {
    const Scene *s;
    const Pitch *pitch;
    uint64_t *id;
    size_t count, p_count;
    size_t always[2], always_count; /* what is followed, or selected */
} Roll;

static double roll_pitch(const Roll *r, size_t at) { return at < r->p_count ? r->pitch->p : r->pitch->m; }

static void roll_add(Roll *r, uint64_t id, bool always) {
    if (always) r->always[r->always_count++] = r->count;
    r->id[r->count++] = id;
}

static Roll roll_of(const Scene *s, const Pitch *pitch) {
    const Model *m = s->model;
    Roll r = {.s = s, .pitch = pitch, .id = mem_zero(m->p_count + m->m_count + 1, sizeof *r.id), .p_count = m->p_count};
    uint64_t p = wanted_p(s), wanted = wanted_m(s);
    for (uint64_t id = 0; id < m->p_count; id++) roll_add(&r, id, id == p);
    for (uint64_t id = 0; id < m->m_count; id++) {
        if (has_lane(s, id)) roll_add(&r, id, id == wanted);
    }
    return r;
}

/* Of the lanes from `first` on, so many have room beside those of `always` that are not among them. */
static size_t roll_fits(const Roll *r, size_t first, double room) {
    size_t end = r->count, was;
    do { /* the fewer, the more of those that are wanted come after them */
        double left = room;
        was = end;
        for (size_t i = 0; i < r->always_count; i++) {
            if (r->always[i] < first || r->always[i] >= was) left -= roll_pitch(r, r->always[i]);
        }
        for (end = first; end < was && roll_pitch(r, end) <= left; end++) left -= roll_pitch(r, end);
    } while (end != was);
    return end - first;
}

/* So that the last one stands at the bottom. */
static size_t roll_clamp(const Roll *r, size_t first, double room) {
    size_t last = r->count > 0 ? r->count - 1 : 0;
    if (first > last) first = last;
    while (first > 0 && first - 1 + roll_fits(r, first - 1, room) == r->count) first--;
    return first;
}

static bool roll_place(TimelineLayout *l, const Roll *r, size_t at, double *y) {
    LaneKind kind = at < r->p_count ? LANE_P : LANE_M;
    if (!add(l, kind, r->id[at], *y, roll_pitch(r, at))) return false;
    *y += roll_pitch(r, at);
    if (kind == LANE_P) l->hidden_p--;
    else l->hidden--;
    return true;
}

/* As many as there is room for from the scene's first one on, and what is wanted before or after them. */
static double place_roll(TimelineLayout *l, const Scene *s, const Pitch *pitch, double y, double end) {
    Roll r = roll_of(s, pitch);
    size_t first = roll_clamp(&r, s->first_lane, end - y), count = roll_fits(&r, first, end - y);
    l->scroll_first = first;
    l->hidden_p = r.p_count;
    l->hidden = r.count - r.p_count;
    l->hidden_p_y = 0;
    for (size_t i = 0; i < r.always_count; i++) {
        if (r.always[i] < first) roll_place(l, &r, r.always[i], &y);
    }
    for (size_t i = first; i < first + count && roll_place(l, &r, i, &y); i++) continue;
    for (size_t i = 0; i < r.always_count; i++) {
        if (r.always[i] >= first + count) roll_place(l, &r, r.always[i], &y);
    }
    free(r.id);
    return y;
}

/* Names stand at least 15 apart; where lanes are slimmer, Ms in C have theirs first, then Ps. */
static void label_lanes(TimelineLayout *l, const Scene *s) {
    for (int pass = 0; pass < 3; pass++) {
        for (size_t i = 0; i < l->lane_count; i++) {
            LanePlace *a = &l->lane[i];
            double y = a->y + a->h / 2;
            bool clear = y + 12 < l->scrub_y;
            int turn = a->kind == LANE_P ? 1 : a->kind == LANE_M && !is_in_c(s, a->id) ? 2 : 0;
            if (turn != pass) continue;
            if (l->divider_y > 0 && fabs(y + 2 - l->divider_y) < 9 && a->kind != LANE_QUEUE)
                clear = false; /* no name may lie on the line */
            if (l->hidden_p && fabs(y + 5 - l->hidden_p_y) < 13) clear = false;
            for (size_t k = 0; k < l->lane_count && clear; k++) {
                const LanePlace *b = &l->lane[k];
                if (b->labelled && fabs(b->y + b->h / 2 - y) < 15) clear = false;
            }
            a->labelled = clear;
        }
    }
}

/* Ps and Ms. When not all fit, those that say most, until somebody scrolls: then there is room for all that is above the device's
 * queues, which stay. */
static double place_body(TimelineLayout *l, const Scene *s, const Pitch *pitch, double y0) {
    size_t fixed = l->lane_count, queues = s->model->queue_count < QUEUES_MAX ? s->model->queue_count : QUEUES_MAX;
    double y = place_ps(l, s, pitch, y0);
    y = place_ms(l, s, pitch, y);
    size_t shown = l->lane_count - fixed;
    if (l->hidden + l->hidden_p > 0) l->scroll_count = shown + l->hidden + l->hidden_p;
    if (l->scroll_count > 0 && s->first_lane > 0) {
        l->lane_count = fixed;
        y = place_roll(l, s, pitch, y0, l->scrub_y - 9 - 24.0 * (double)queues - MORE_H);
    }
    size_t said = l->hidden + (l->hidden_p_y > 0 ? 0 : l->hidden_p);
    l->hidden_y = said > 0 ? y + 13 : 0;
    return y;
}

void layout_timeline(TimelineLayout *l, const FrameLayout *f, const Scene *s) {
    *l = (TimelineLayout){0};
    Box b = f->timeline;
    l->x0 = b.x + 104;
    l->x1 = l->scrub_x1 = b.x + b.w - 24;
    l->ruler_y = b.y;
    l->scrub_y = b.y + b.h - 42;
    l->lanes_y = b.y + 26;
    l->ns_per_lp = (double)(s->to_ns - s->from_ns) / (l->x1 - l->x0);
    Pitch pitch = choose_pitch(s, l->scrub_y - l->lanes_y);
    double y = l->lanes_y + 2;
    add(l, LANE_SYSMON, NONE, y, 19);
    y += 22;
    if (has_gc_lane(s, l->scrub_y - l->lanes_y)) {
        add(l, LANE_GC, NONE, y, 19);
        y += GC_H;
    }
    l->scroll_y0 = y;
    y = place_body(l, s, &pitch, y);
    l->scroll_y1 = y;
    if (l->hidden_y > 0) {
        y += MORE_H;
    }
    l->divider_y = s->head->queue_count ? y + 3 : 0;
    y += 9;
    for (uint64_t q = 0; q < s->model->queue_count && q < QUEUES_MAX; q++, y += 24)
        add(l, LANE_QUEUE, q, y, 24);
    label_lanes(l, s);
    l->lanes_end = fmin(y, l->scrub_y);
}

/* ---------------------------------------------------------------- the axis */

double timeline_x(const TimelineLayout *l, const Scene *s, uint64_t ns) {
    double d = ns >= s->from_ns ? (double)(ns - s->from_ns) : -(double)(s->from_ns - ns);
    return l->x0 + d / l->ns_per_lp;
}

uint64_t timeline_ns(const TimelineLayout *l, const Scene *s, double x) {
    double d = (fmax(l->x0, fmin(l->x1, x)) - l->x0) * l->ns_per_lp;
    return s->from_ns + (uint64_t)d;
}

double scrub_x(const TimelineLayout *l, const Scene *s, uint64_t ns) {
    return l->x0 + (l->scrub_x1 - l->x0) * (double)ns / (double)(s->end_ns ? s->end_ns : 1);
}

uint64_t scrub_ns(const TimelineLayout *l, const Scene *s, double x) {
    double share = (fmax(l->x0, fmin(l->scrub_x1, x)) - l->x0) / (l->scrub_x1 - l->x0);
    return (uint64_t)(share * (double)s->end_ns);
}

uint64_t timeline_step(const TimelineLayout *l, double least_lp) {
    uint64_t least = (uint64_t)(least_lp * l->ns_per_lp) + 1, decade = 1;
    static const unsigned steps[] = {1, 2, 5};
    for (;; decade *= 10) {
        for (int i = 0; i < 3; i++) {
            if (decade * steps[i] >= least) return decade * steps[i];
        }
    }
}
