/* view_evidence.c -- each violation that is known, not only the first of its kind: on the lane where it happened, and on the whole run.
 *
 * What is proven to be broken is seen at every zoom. Where many fall on one pixel, one mark stands for them.
 */
#include "view.h"

#include <math.h>

size_t violations_so_far(const Scene *s, FindingKind kind, bool *more) {
    size_t all = 0, of[FIND_COUNT] = {0};
    *more = false;
    for (size_t i = 0; i < s->evidence_count && s->evidence[i].seq <= s->seq; i++) {
        const Evidence *x = &s->evidence[i];
        if (kind != FIND_COUNT && x->kind != kind) continue;
        all++;
        *more = ++of[x->kind] == EVIDENCE_MAX || *more; /* the list is full: there may be others */
    }
    return all;
}

static const LanePlace *lane_of(const View *v, const Evidence *x) {
    const Model *m = v->s->model;
    for (size_t i = 0; x->cmd < m->cmd_count && i < v->time->lane_count; i++) {
        const LanePlace *lane = &v->time->lane[i];
        if (lane->kind == LANE_QUEUE && lane->id == m->cmd[x->cmd].queue) return lane;
    }
    return v->time->lane_count ? &v->time->lane[0] : NULL;
}

static bool shows_lanes(const View *v) {
    ViewKind view = v->s->view;
    return view != VIEW_HEAP && view != VIEW_CHANNELS && view != VIEW_COMPARE && v->f->timeline.h >= 60;
}

/* The first of its kind is a finding, which the timeline marks. */
static bool is_told(const Scene *s, const Evidence *x) {
    for (size_t i = 0; i < s->finding_count; i++) {
        if (s->finding[i].kind == x->kind && s->finding[i].seq == x->seq) return true;
    }
    return false;
}

static void on_lanes(const View *v) {
    const Scene *s = v->s;
    double last = -INFINITY;
    for (size_t i = 0; i < s->evidence_count && s->evidence[i].seq <= s->seq; i++) {
        const Evidence *x = &s->evidence[i];
        if (x->time_ns < s->from_ns || x->time_ns > s->to_ns) continue;
        const LanePlace *lane = lane_of(v, x);
        double at = timeline_x(v->time, s, x->time_ns);
        if (lane == NULL || at - last < 1) continue;
        if (!is_told(s, x)) draw_box(v->d, (Box){at - 1.5, lane->y - 1, 3, lane->h + 2}, 0, paint(TINT_RED), NO_PEN);
        last = at;
    }
}

/* Upright on its line, below the marks; the future is thinner, or not there. */
static void on_the_run(const View *v) {
    const Scene *s = v->s;
    double base = v->time->scrub_y + 30, last = -INFINITY;
    for (size_t i = 0; i < s->evidence_count; i++) {
        bool future = s->evidence[i].seq > s->seq;
        double at = scrub_x(v->time, s, s->evidence[i].time_ns);
        if (future && !s->uncovered) break;
        if (at - last < 2) continue;
        draw_line(v->d, at, base - 3, at, base + 5, (Pen){.paint = paint_alpha(TINT_RED, future ? .5 : 1), .width = 2});
        last = at;
    }
}

void view_evidence(const View *v) {
    if (v->f->timeline.h < 30 || v->s->view == VIEW_COMPARE) return;
    if (shows_lanes(v)) on_lanes(v);
    on_the_run(v);
}
