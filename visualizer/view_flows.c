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
    if (f->m == NONE) *a = (FlowArrow){x, other->y + other->h - 2, x, p->y + 1, false};
    else if (f->to_p) *a = (FlowArrow){x, other->y + 1, x, p->y + p->h + 1, false};
    else *a = (FlowArrow){x, p->y + p->h + 1, x, other->y + 1, false};
    return true;
}

/* The hand-overs of a frame, the newest first; one that stands too close to the one after it is left out. */
static void find_handovers(View *v) {
    const Lanes *l = v->s->lanes;
    uint64_t end_ns = v->s->now_ns < v->s->to_ns ? v->s->now_ns : v->s->to_ns, pixel = (uint64_t)(v->time->ns_per_lp / v->f->u);
    size_t first = lanes_flow_from(l, v->s->from_ns), end = lanes_flow_from(l, end_ns + 1), tries = 0;
    double last = INFINITY;
    while (end > first && v->arrow_count < FLOWS_MAX) {
        const Handoff *f = &l->flow[--end];
        if (f->seq > v->s->seq) continue;
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
}

/* ---------------------------------------------------------------- all of them */

void find_flows(View *v) {
    v->arrow_count = 0;
    find_handovers(v);
}

void draw_flows(const View *v) {
    for (size_t i = 0; i < v->arrow_count; i++) {
        const FlowArrow *a = &v->arrow[i];
        draw_line(v->d, a->x, a->y0, a->x, a->y1 - (a->y1 > a->y0 ? 6 : -6),
                  pen_alpha(TINT_CHROME, 6, .75));
        token_arrow(v->d, a->x, a->y0, a->x, a->y1, TINT_NOW, 2);
    }
}
