/* view_flows.c -- the timeline's arrows: from the lane where something was done to the lane where it shows. */
#include "timeline_parts.h"

#include "token.h"

#include <math.h>

/* ---------------------------------------------------------------- hand-overs */

enum { ARROW_GAP = 14, PAIRED_GAP = 8, TRIES = 4 }; /* so many of one pixel are looked at */

static bool place_arrow(View *v, const Handoff *f, double x) {
    const LanePlace *p = find_lane(v, LANE_P, f->p), *other = f->m == NONE ? find_lane(v, LANE_SYSMON, 0) : find_lane(v, LANE_M, f->m);
    if (p == NULL || other == NULL) return false;
    FlowArrow *a = &v->arrow[v->arrow_count++];
    if (f->m == NONE) *a = (FlowArrow){x, other->y + other->h - 2, p->y + 1, x, false, false};
    else if (f->to_p) *a = (FlowArrow){x, other->y + 1, p->y + p->h + 1, x, false, false};
    else *a = (FlowArrow){x, p->y + p->h + 1, other->y + 1, x, false, false};
    return true;
}

static bool is_meant(const Scene *s, Kind kind, uint64_t id) {
    return is_selected(s, kind, id) || (id != NONE && same_thing(s->hovered, (Thing){kind, id}));
}

/* The hand-overs of a frame, the newest first; one that stands too close to the one after it is left out. False: there are more of
 * them than the eye can take in. */
static bool find_handovers(View *v, bool only_meant) {
    const Lanes *l = v->s->lanes;
    uint64_t end_ns = v->s->now_ns < v->s->to_ns ? v->s->now_ns : v->s->to_ns, pixel = (uint64_t)(v->time->ns_per_lp / v->f->u);
    size_t first = lanes_flow_from(l, v->s->from_ns), end = lanes_flow_from(l, end_ns + 1), tries = 0;
    double last = INFINITY;
    while (end > first && v->arrow_count < FLOWS_MAX) {
        const Handoff *f = &l->flow[--end];
        if (f->seq > v->s->seq || (only_meant && !is_meant(v->s, KIND_M, f->m) && !is_meant(v->s, KIND_P, f->p))) continue;
        double x = timeline_x(v->time, v->s, f->time_ns);
        bool paired = f->m == NONE; /* sysmon's own stands beside the hand-over that it starts */
        uint64_t until = f->time_ns; /* the next to be looked at is before */
        if (last - x < PAIRED_GAP) until = timeline_ns(v->time, v->s, last - PAIRED_GAP);
        else if (last - x >= (paired ? PAIRED_GAP : ARROW_GAP) && place_arrow(v, f, x)) last = x, tries = 0;
        else if (++tries % TRIES == 0 && until > pixel) until -= pixel;
        if (until >= f->time_ns) continue;
        size_t next = lanes_flow_from(l, until + 1);
        if (next < end) end = next;
    }
    return v->arrow_count < FLOWS_MAX;
}

/* ---------------------------------------------------------------- wake-ups and callbacks */

enum { LEAST_H = 9 }; /* slimmer lanes have none */

/* What it did, and what was done to it. */
static bool is_of_meant(const Scene *s, const Flow *f) { return is_meant(s, KIND_G, f->g) || is_meant(s, KIND_G, f->by); }

/* Out of the middle of the waker's lane, at the moment at which it makes the other one runnable: when that one runs, its own lane says. */
static bool arrow_of_lives(const View *v, const Flow *f, const LanePlace *from, const LanePlace *to, FlowArrow *a) {
    double x = timeline_x(v->time, v->s, f->from_ns);
    *a = (FlowArrow){.x = x, .from_x = x, .y0 = from->y + from->h / 2, .y1 = to->y > from->y ? to->y + 1 : to->y + to->h - 1, .thin = true};
    return from->h >= LEAST_H;
}

/* From the lane of a P along it and then to the one where it runs; out of C from what hangs below an M's line. */
static bool arrow_of_threads(const View *v, const Flow *f, FlowArrow *a) {
    bool wake = f->kind == FLOW_WAKE;
    const LanePlace *from = find_lane(v, wake ? LANE_P : LANE_M, f->from), *to = find_lane(v, LANE_P, f->to);
    if (f->to == NONE || f->to_seq > v->s->seq || from == NULL || to == NULL || from == to) return false;
    double begun = timeline_x(v->time, v->s, f->from_ns), ended = timeline_x(v->time, v->s, f->to_ns);
    bool down = to->y > from->y;
    *a = (FlowArrow){.x = ended, .from_x = wake ? begun : ended, .y1 = down ? to->y + 1 : to->y + to->h - 1, .thin = true};
    a->y0 = !wake ? from->y + from->h * 12 / 19 : down ? from->y + from->h + 1 : from->y - 1;
    return from->h >= LEAST_H && to->h >= LEAST_H;
}

static bool arrow_of(const View *v, const Flow *f, FlowArrow *a) {
    if (f->from_seq > v->s->seq) return false;
    const LanePlace *from = f->kind == FLOW_WAKE ? find_lane(v, LANE_G, f->by) : NULL, *to = from ? find_lane(v, LANE_G, f->g) : NULL;
    return to && from != to ? arrow_of_lives(v, f, from, to, a) : arrow_of_threads(v, f, a);
}

/* Not so near to another upright one that both cannot be followed; nor along the same lane at the same time. */
static bool has_room(const View *v, const FlowArrow *a) {
    for (size_t i = 0; i < v->arrow_count; i++) {
        const FlowArrow *b = &v->arrow[i];
        bool same_heights = fmin(a->y0, a->y1) < fmax(b->y0, b->y1) && fmin(b->y0, b->y1) < fmax(a->y0, a->y1);
        if (same_heights && fabs(a->x - b->x) < ARROW_GAP) return false;
        if (fabs(a->y0 - b->y0) < 3 && a->from_x < b->x + 4 && b->from_x < a->x + 4) return false;
    }
    return true;
}

/* The newest first; of those that are meant, then, if they are few, of all others. */
static void find_wakes(View *v) {
    const Scene *s = v->s;
    const Flows *all = s->flows;
    size_t meant = 0, others = 0;
    FlowArrow a;
    if (all == NULL) return;
    for (size_t i = 0; i < all->count; i++) {
        if (!arrow_of(v, &all->flow[i], &a)) continue;
        if (is_of_meant(s, &all->flow[i])) meant++;
        else others++;
    }
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1 && v->arrow_count + others > FLOWS_MAX) return;
        for (size_t i = all->count; i-- > 0 && v->arrow_count < FLOWS_MAX;) {
            const Flow *f = &all->flow[i];
            if (is_of_meant(s, f) != (pass == 0) || !arrow_of(v, f, &a) || !has_room(v, &a)) continue;
            a.faint = pass == 1 && meant > 0;
            v->arrow[v->arrow_count++] = a;
        }
    }
}

/* ---------------------------------------------------------------- all of them */

void find_flows(View *v) {
    v->arrow_count = 0;
    if (!find_handovers(v, false)) {
        v->arrow_count = 0;
        find_handovers(v, true);
    }
    find_wakes(v);
}

void draw_flows(const View *v) {
    for (size_t i = 0; i < v->arrow_count; i++) {
        const FlowArrow *a = &v->arrow[i];
        double width = a->thin ? 1.4 : 2;
        draw_thin(v->d, a->faint ? .4 : 1);
        draw_line(v->d, a->x, a->y0, a->x, a->y1 - (a->y1 > a->y0 ? 6 : -6), pen_alpha(TINT_CHROME, a->thin ? 4 : 6, .75));
        if (a->from_x < a->x - 2) {
            draw_line(v->d, a->from_x, a->y0, a->x, a->y0, pen(TINT_NOW, width));
        }
        if (a->thin) draw_circle(v->d, a->from_x, a->y0, 2.4, paint(TINT_NOW), NO_PEN);
        token_arrow(v->d, a->x, a->y0, a->x, a->y1, TINT_NOW, width);
    }
    draw_thin(v->d, 1);
}
