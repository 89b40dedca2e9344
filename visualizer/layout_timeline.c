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
           state == M_EXTRA || state == M_WEDGED;
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

/* A goroutine has one while it lives; one that has ended keeps it, as an M does. */
static bool g_has_lane(const Scene *s, uint64_t id) {
    const ModelG *gp = &s->model->g[id];
    return model_g_lives(s->model, id) ? gp->state != G_IDLE : gp->state == G_DEAD && gp->since_ns >= s->from_ns && gp->since_ns > 0;
}

static uint64_t wanted_g(const Scene *s) {
    Thing t = wanted(s);
    return t.kind == KIND_G && t.id < s->model->g_count && g_has_lane(s, t.id) ? t.id : NONE;
}

/* The Timeline has all the room: its lanes stand in groups that have names. */
static bool is_alone(const Scene *s) { return s->view == VIEW_TIMELINE; }

/* Elsewhere goroutines have lanes when somebody asks for them. */
static bool shows_gs(const Scene *s) { return is_alone(s) || (s->goroutines && s->view == VIEW_STAGE); }

bool lane_group_is_folded(const Scene *s, LaneGroup group) {
    if (!is_alone(s)) return group == LANES_G && !shows_gs(s);
    return s->folded >> group & 1;
}

LaneGroup lane_group(LaneKind kind) {
    switch (kind) {
    case LANE_SYSMON:
    case LANE_GC: return LANES_RUNTIME;
    case LANE_P: return LANES_P;
    case LANE_G: return LANES_G;
    case LANE_QUEUE: return LANES_DEVICE;
    default: return LANES_M;
    }
}

/* ---------------------------------------------------------------- all of them, in order */

/* Ps, then Ms, then goroutines, each in the order of their ids; but whoever is followed comes first of the goroutines. */
typedef struct {
    const Scene *s;
    uint64_t *id;
    size_t count, from[LANE_GROUPS + 1]; /* those of a group are from[group] up to the next group's */
    size_t total[LANE_GROUPS];           /* folded ones, too */
    size_t always[3], always_count;      /* what is followed, or selected */
} Roll;

static LaneKind roll_kind(const Roll *r, size_t at) {
    return at < r->from[LANES_M] ? LANE_P : at < r->from[LANES_G] ? LANE_M : LANE_G;
}

static size_t roll_of_group(const Roll *r, LaneGroup group) { return r->from[group + 1] - r->from[group]; }

static void roll_add(Roll *r, LaneGroup group, LaneKind kind, uint64_t id, bool always) {
    if (!lane_is_kept(r->s, kind, id)) return;
    r->total[group]++;
    if (lane_group_is_folded(r->s, group)) return;
    if (always) r->always[r->always_count++] = r->count;
    r->id[r->count++] = id;
}

static Roll roll_of(const Scene *s) {
    const Model *m = s->model;
    Roll r = {.s = s, .id = mem_zero(m->p_count + m->m_count + m->g_count + 1, sizeof *r.id)};
    uint64_t p = wanted_p(s), wanted = wanted_m(s), g = wanted_g(s);
    for (uint64_t id = 0; id < m->p_count; id++) roll_add(&r, LANES_P, LANE_P, id, id == p);
    r.from[LANES_M] = r.count;
    for (uint64_t id = 0; id < m->m_count; id++) {
        if (has_lane(s, id)) roll_add(&r, LANES_M, LANE_M, id, id == wanted);
    }
    r.from[LANES_G] = r.count;
    if (shows_gs(s)) {
        uint64_t first = s->followed.kind == KIND_G && s->followed.id == g ? g : NONE; /* who is only selected stays where he is */
        if (first != NONE) roll_add(&r, LANES_G, LANE_G, g, true);
        for (uint64_t id = 0; id < m->g_count; id++) {
            if (id != first && g_has_lane(s, id)) roll_add(&r, LANES_G, LANE_G, id, id == g);
        }
    }
    for (int group = LANES_DEVICE; group <= LANE_GROUPS; group++) r.from[group] = r.count;
    return r;
}

Thing timeline_lane_at(const Scene *s, size_t at) {
    static const Kind kinds[] = {[LANE_P] = KIND_P, [LANE_M] = KIND_M, [LANE_G] = KIND_G};
    Roll r = roll_of(s);
    Thing t = at < r.count ? (Thing){kinds[roll_kind(&r, at)], r.id[at]} : NO_THING;
    free(r.id);
    return t;
}

/* ---------------------------------------------------------------- how high they are */

typedef struct {
    double p, m, g; /* the pitch of a lane */
    bool hide_parked;
    size_t p_max, m_max, g_max;
} Pitch;

enum { MORE_H = 18, MANY_MS = 20, SOME_MS = 8 }; /* a line that says how many lanes are left out */
enum { BAND_MS = 60, GROW_MOST = 10 }; /* of more Ms than that, those without a lane are a band; lanes with room grow by so much */

/* The Ms that could have a lane; `in_c` of them are in C and come first when not all fit. */
static size_t count_ms(const Roll *r, bool hide_parked, size_t *in_c) {
    size_t n = 0;
    *in_c = 0;
    for (size_t i = r->from[LANES_M]; i < r->from[LANES_G]; i++) {
        n += !(hide_parked && is_idle(r->s, r->id[i]));
        *in_c += is_in_c(r->s, r->id[i]);
    }
    return n;
}

typedef struct {
    size_t ps, ms, in_c; /* how many there are */
} Wish;

static double used(const Wish *w, const Pitch *pitch) {
    bool more_p = w->ps > pitch->p_max, more_m = pitch->hide_parked || w->ms > pitch->m_max;
    double ps = (double)(more_p ? pitch->p_max : w->ps),
           ms = (double)(w->ms > pitch->m_max ? pitch->m_max : w->ms);
    return ps * pitch->p + ms * pitch->m + MORE_H * (more_p + more_m);
}

static bool fits(const Wish *w, const Pitch *pitch, double room) { return used(w, pitch) <= room; }

/* Folding, until everything fits: slimmer lanes, parked Ms without a lane, then only so many Ms as
 * leave the Ps a readable height, at last not all Ps. Some Ms always stay, those in C first. */
static Pitch fold(const Roll *r, Wish *w, double room) {
    Pitch pitch = {26, 22, 20, false, LANES_MAX / 2, LANES_MAX / 2, 0};
    *w = (Wish){.ps = roll_of_group(r, LANES_P)};
    w->ms = count_ms(r, false, &w->in_c);
    size_t least = w->in_c > 4 ? 4 : w->in_c > 3 ? w->in_c : 3;
    if (!fits(w, &pitch, room)) {
        size_t all = w->ms;
        w->ms = count_ms(r, true, &w->in_c);
        pitch.hide_parked = w->ms < all;
    }
    while (!fits(w, &pitch, room) && pitch.m > 12) pitch.m -= 1;
    while (!fits(w, &pitch, room) && pitch.p > 16) pitch.p -= 1;
    while (!fits(w, &pitch, room) && w->ms > MANY_MS && pitch.m_max > SOME_MS) pitch.m_max--;
    while (!fits(w, &pitch, room) && pitch.m > 8) pitch.m -= 1;
    while (!fits(w, &pitch, room) && pitch.p > 10) pitch.p -= 1;
    if (w->ms < pitch.m_max) pitch.m_max = w->ms;
    while (!fits(w, &pitch, room) && pitch.m_max > least) pitch.m_max--;
    while (!fits(w, &pitch, room) && pitch.p > 5) pitch.p -= 1;
    if (w->ps < pitch.p_max) pitch.p_max = w->ps;
    while (!fits(w, &pitch, room) && pitch.p_max > 1) pitch.p_max--;
    while (!fits(w, &pitch, room) && pitch.m_max > 1) pitch.m_max--;
    return pitch;
}

/* Where all is there and room is left, lanes grow. */
static void grow(const Wish *w, Pitch *pitch, double gs, double room) {
    for (int i = 0; i < GROW_MOST; i++) {
        Pitch more = *pitch;
        more.p += 1, more.m += 1, more.g += 1;
        if (used(w, &more) + gs * more.g > room) return;
        *pitch = more;
    }
}

/* Goroutines have what Ps and Ms leave, and two fifths of it all if they want so much. */
static Pitch choose_pitch(const Roll *r, double room) {
    enum { G_LEAST = 16, G_MOST = 20 };
    Wish w;
    double gs = (double)roll_of_group(r, LANES_G), least = fmin(gs * G_MOST, floor(room * 2 / 5 / G_MOST) * G_MOST);
    Pitch pitch = fold(r, &w, room - least);
    double left = room - used(&w, &pitch);
    while (pitch.g > G_LEAST && gs * pitch.g > left) pitch.g -= 1;
    if (gs * pitch.g > left && !is_alone(r->s)) left -= MORE_H; /* that some are left out has to be said */
    pitch.g_max = (size_t)fmin(gs, fmax(0, floor(left / pitch.g)));
    if (pitch.g_max > LANES_MAX / 4) pitch.g_max = LANES_MAX / 4;
    bool all = (double)pitch.g_max >= gs && w.ps <= pitch.p_max && w.ms <= pitch.m_max && !pitch.hide_parked;
    if (is_alone(r->s) && all) grow(&w, &pitch, gs, room);
    return pitch;
}

/* ---------------------------------------------------------------- placing them */

static bool add(TimelineLayout *l, LaneKind kind, uint64_t id, double y, double pitch) {
    if (l->lane_count == LANES_MAX || y + pitch > l->scrub_y) return false;
    double gap = pitch >= 20 ? (kind == LANE_P ? 4 : 3) : pitch >= 8 ? 2 : 1;
    l->lane[l->lane_count++] = (LanePlace){kind, id, y, pitch - gap, false, SIZE_MAX};
    return true;
}

static double roll_pitch(const Roll *r, const Pitch *pitch, size_t at) {
    LaneKind kind = roll_kind(r, at);
    return kind == LANE_P ? pitch->p : kind == LANE_M ? pitch->m : pitch->g;
}

static bool place(TimelineLayout *l, const Roll *r, const Pitch *pitch, size_t at, double *y) {
    double h = roll_pitch(r, pitch, at);
    LaneKind kind = roll_kind(r, at);
    if (!add(l, kind, r->id[at], *y, h)) return false;
    l->lane[l->lane_count - 1].at = at;
    *y += h;
    if (kind == LANE_P) l->hidden_p--;
    else if (kind == LANE_M) l->hidden--;
    else l->hidden_g--;
    l->group[lane_group(kind)].shown++;
    return true;
}

/* The name of a group, where groups have names. */
static double place_name(TimelineLayout *l, const Scene *s, LaneGroup group, size_t total, double y) {
    l->group[group].total = total;
    if (!is_alone(s) || total == 0 || l->group[group].y > 0 || y + GROUP_H > l->scrub_y) return y;
    l->group[group].y = y;
    return y + GROUP_H;
}

/* The first `most` of a group; what is wanted is the last of them, if it would not be there. */
static void place_first(TimelineLayout *l, const Roll *r, LaneGroup group, const Pitch *pitch, size_t most, double *y) {
    size_t from = r->from[group], to = r->from[group + 1], always = SIZE_MAX, end = from + most < to ? from + most : to;
    for (size_t i = 0; i < r->always_count; i++) {
        if (r->always[i] >= end && r->always[i] < to) always = r->always[i];
    }
    for (size_t i = from; i < end; i++) {
        if (!place(l, r, pitch, i + 1 == end && always != SIZE_MAX ? always : i, y)) break;
    }
}

static double place_ps(TimelineLayout *l, const Roll *r, const Pitch *pitch, double y) {
    place_first(l, r, LANES_P, pitch, pitch->p_max, &y);
    l->hidden_p_y = y + 12;
    return l->hidden_p && !is_alone(r->s) ? y + MORE_H + 4 : y + 4;
}

/* In the order of their ids; when not all fit, first of all those in C. */
static double place_ms(TimelineLayout *l, const Roll *r, const Pitch *pitch, double y) {
    const Scene *s = r->s;
    size_t in_c, others = 0, taken_c = 0;
    uint64_t wanted = wanted_m(s);
    count_ms(r, pitch->hide_parked, &in_c);
    size_t room_c = in_c < pitch->m_max ? in_c : pitch->m_max, room_others = pitch->m_max - room_c;
    bool wants_c = wanted != NONE && is_in_c(s, wanted);
    if (wanted != NONE && (wants_c || room_others == 0) && room_c > 0) room_c--; /* it takes a place of its own kind, */
    else if (wanted != NONE && room_others > 0) room_others--;                   /* or of the other */
    for (size_t i = r->from[LANES_M]; i < r->from[LANES_G]; i++) {
        uint64_t id = r->id[i];
        bool c = is_in_c(s, id), always = id == wanted;
        if (!always && pitch->hide_parked && is_idle(s, id)) continue;
        if (!always && (c ? taken_c == room_c : others == room_others)) continue;
        if (!place(l, r, pitch, i, &y)) break;
        taken_c += c && !always;
        others += !c && !always;
    }
    return y;
}

/* ---------------------------------------------------------------- scrolling through them */

/* Of the lanes from `first` on, so many have room beside those of `always` that are not among them. */
static size_t roll_fits(const Roll *r, const Pitch *pitch, size_t first, double room) {
    size_t end = r->count, was;
    do { /* the fewer, the more of those that are wanted come after them */
        double left = room;
        was = end;
        for (size_t i = 0; i < r->always_count; i++) {
            if (r->always[i] < first || r->always[i] >= was) left -= roll_pitch(r, pitch, r->always[i]);
        }
        for (end = first; end < was && roll_pitch(r, pitch, end) <= left; end++) left -= roll_pitch(r, pitch, end);
    } while (end != was);
    return end - first;
}

/* So that the last one stands at the bottom. */
static size_t roll_clamp(const Roll *r, const Pitch *pitch, size_t first, double room) {
    size_t last = r->count > 0 ? r->count - 1 : 0;
    if (first > last) first = last;
    while (first > 0 && first - 1 + roll_fits(r, pitch, first - 1, room) == r->count) first--;
    return first;
}

/* Before the first lane of a group stand the names of all groups up to it. */
static double place_names(TimelineLayout *l, const Roll *r, LaneGroup last, double y) {
    for (LaneGroup group = LANES_P; group <= last; group++) y = place_name(l, r->s, group, r->total[group], y);
    return y;
}

static bool roll_place(TimelineLayout *l, const Roll *r, const Pitch *pitch, size_t at, double *y) {
    *y = place_names(l, r, lane_group(roll_kind(r, at)), *y);
    return place(l, r, pitch, at, y);
}

/* As many as there is room for from the scene's first one on, and what is wanted before or after them. */
static double place_roll(TimelineLayout *l, const Roll *r, const Pitch *pitch, double y, double end) {
    double room = end - y;
    for (LaneGroup group = LANES_P; group <= LANES_G; group++) room -= is_alone(r->s) && r->total[group] > 0 ? GROUP_H : 0;
    size_t first = roll_clamp(r, pitch, r->s->first_lane, room), count = roll_fits(r, pitch, first, room);
    l->scroll_first = first;
    for (size_t i = 0; i < r->always_count; i++) {
        if (r->always[i] < first) roll_place(l, r, pitch, r->always[i], &y);
    }
    for (size_t i = first; i < first + count && roll_place(l, r, pitch, i, &y); i++) continue;
    for (size_t i = 0; i < r->always_count; i++) {
        if (r->always[i] >= first + count) roll_place(l, r, pitch, r->always[i], &y);
    }
    return place_names(l, r, LANES_G, y);
}

/* ---------------------------------------------------------------- all together */

/* Names stand at least 15 apart; where lanes are slimmer, Ms in C have theirs first, then Ps. */
static void label_lanes(TimelineLayout *l, const Scene *s) {
    for (int pass = 0; pass < 3; pass++) {
        for (size_t i = 0; i < l->lane_count; i++) {
            LanePlace *a = &l->lane[i];
            double y = a->y + a->h / 2;
            bool clear = y + 12 < l->scrub_y;
            int turn = a->kind == LANE_P ? 1 : a->kind == LANE_G || (a->kind == LANE_M && !is_in_c(s, a->id)) ? 2 : 0;
            if (turn != pass) continue;
            if (l->divider_y > 0 && fabs(y + 2 - l->divider_y) < 9 && a->kind != LANE_QUEUE)
                clear = false; /* no name may lie on the line */
            if (l->hidden_p && fabs(y + 5 - l->hidden_p_y) < 13) clear = false;
            for (int group = 0; group < LANE_GROUPS; group++) {
                if (l->group[group].y > 0 && fabs(y + 5 - (l->group[group].y + 14)) < 14) clear = false;
            }
            for (size_t k = 0; k < l->lane_count && clear; k++) {
                const LanePlace *b = &l->lane[k];
                if (b->labelled && fabs(b->y + b->h / 2 - y) < 15) clear = false;
            }
            a->labelled = clear;
        }
    }
}

static void hide_all(TimelineLayout *l, const Roll *r) {
    l->hidden_p = roll_of_group(r, LANES_P);
    l->hidden = roll_of_group(r, LANES_M);
    l->hidden_g = roll_of_group(r, LANES_G);
}

/* Ps, Ms and goroutines. When not all fit, those that say most, until somebody scrolls: then there is room for all that is above
 * the device's queues, which stay. */
static double place_body(TimelineLayout *l, const Roll *r, double y0, double end) {
    const Scene *s = r->s;
    size_t fixed = l->lane_count;
    double names = 0;
    for (LaneGroup group = LANES_P; group <= LANES_G; group++) names += is_alone(s) && r->total[group] > 0 ? GROUP_H : 0;
    Pitch pitch = choose_pitch(r, end - y0 - names - 4);
    hide_all(l, r);
    double y = place_name(l, s, LANES_P, r->total[LANES_P], y0);
    y = place_ps(l, r, &pitch, y);
    y = place_name(l, s, LANES_M, r->total[LANES_M], y);
    y = place_ms(l, r, &pitch, y);
    y = place_name(l, s, LANES_G, r->total[LANES_G], y);
    place_first(l, r, LANES_G, &pitch, pitch.g_max, &y);
    if (l->hidden + l->hidden_p + l->hidden_g > 0) l->scroll_count = r->count;
    if (l->scroll_count > 0 && s->first_lane > 0) {
        l->lane_count = fixed;
        for (LaneGroup group = LANES_P; group <= LANES_G; group++) l->group[group] = (GroupPlace){0};
        hide_all(l, r);
        l->hidden_p_y = 0;
        y = place_roll(l, r, &pitch, y0, end - MORE_H);
    }
    return y;
}

/* How many are left out; of many Ms a band says what they do. Where groups have names, those say how many. */
static double place_rest(TimelineLayout *l, const Scene *s, double y) {
    size_t said = l->hidden + l->hidden_g + (l->hidden_p_y > 0 ? 0 : l->hidden_p);
    bool filtered = s->filter && s->filter[0], band = l->hidden > 0 && s->lanes->m_peak > BAND_MS && !filtered;
    if (is_alone(s)) l->hidden_p_y = 0;
    if (said == 0 || (is_alone(s) && !band)) return y;
    l->hidden_y = y + 13;
    if (band) add(l, LANE_BAND, NONE, y, MORE_H);
    return y + MORE_H;
}

/* sysmon and the collector. */
static double place_runtime(TimelineLayout *l, const Scene *s, double y) {
    bool sysmon = lane_is_kept(s, LANE_SYSMON, NONE), gc = has_gc_lane(s, l->scrub_y - l->lanes_y) && lane_is_kept(s, LANE_GC, NONE);
    y = place_name(l, s, LANES_RUNTIME, (size_t)sysmon + gc, y);
    if (lane_group_is_folded(s, LANES_RUNTIME)) return y;
    if (sysmon) {
        add(l, LANE_SYSMON, NONE, y, 19);
        y += 22;
    }
    if (gc) {
        add(l, LANE_GC, NONE, y, 19);
        y += GC_H;
    }
    l->group[LANES_RUNTIME].shown = (size_t)sysmon + gc;
    return y;
}

enum { QUEUE_H = 24, LINE_H = 12 };

/* How many of the device's queues have a lane, and the room that they take with their name and the line above. */
static size_t count_queues(const Scene *s, double *room) {
    size_t n = 0;
    for (uint64_t q = 0; q < s->model->queue_count && q < QUEUES_MAX; q++) n += lane_is_kept(s, LANE_QUEUE, q);
    bool filtered = s->filter && s->filter[0];
    *room = s->head->queue_count == 0 || (filtered && n == 0) ? 0 : LINE_H;
    if (n == 0) return 0;
    if (is_alone(s)) *room += GROUP_H;
    if (!lane_group_is_folded(s, LANES_DEVICE)) *room += QUEUE_H * (double)n;
    return n;
}

static double place_queues(TimelineLayout *l, const Scene *s, size_t queues, double y) {
    y = place_name(l, s, LANES_DEVICE, queues, y);
    if (lane_group_is_folded(s, LANES_DEVICE)) return y;
    for (uint64_t q = 0; q < s->model->queue_count && q < QUEUES_MAX; q++) {
        if (!lane_is_kept(s, LANE_QUEUE, q)) continue;
        l->group[LANES_DEVICE].shown += add(l, LANE_QUEUE, q, y, QUEUE_H);
        y += QUEUE_H;
    }
    return y;
}

void layout_timeline(TimelineLayout *l, const FrameLayout *f, const Scene *s) {
    enum { NAMES_W = 104, LONG_NAMES_W = 148, RULER_H = 26, FILTER_H = 24 };
    *l = (TimelineLayout){0};
    Box b = f->timeline;
    bool long_names = shows_gs(s), filtered = s->filter && s->filter[0];
    double below;
    size_t queues = count_queues(s, &below);
    l->x0 = b.x + (long_names ? LONG_NAMES_W : NAMES_W);
    l->x1 = l->scrub_x1 = b.x + b.w - 24;
    l->name_x = is_alone(s) ? 36 : 24;
    l->ruler_y = b.y;
    l->scrub_y = b.y + b.h - 42;
    l->lanes_y = b.y + RULER_H;
    if (filtered) {
        l->filter_y = l->lanes_y;
        l->lanes_y += FILTER_H;
    }
    l->ns_per_lp = (double)(s->to_ns - s->from_ns) / (l->x1 - l->x0);
    double y = place_runtime(l, s, l->lanes_y + 2);
    Roll r = roll_of(s);
    l->scroll_y0 = y;
    y = place_body(l, &r, y, l->scrub_y - fmax(below, 4)); /* the last name stands clear of the run below */
    free(r.id);
    l->scroll_y1 = y;
    y = place_rest(l, s, y);
    l->divider_y = below > 0 ? y + 3 : 0;
    y = place_queues(l, s, queues, y + 9);
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
