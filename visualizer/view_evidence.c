/* view_evidence.c -- each violation that is known, not only the first of its kind: on the lane where it happened, and on the whole run.
 *
 * What is proven to be broken is seen at every zoom. Where many fall on one pixel, one mark stands for them.
 */
#include "timeline_parts.h"

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

/* Where the timeline marks it: on the lane of the command that did it, else on the topmost. */
bool evidence_mark(const View *v, const Evidence *x, Upright *mark) {
    const Scene *s = v->s;
    if (x->seq > s->seq || x->time_ns < s->from_ns || x->time_ns > s->to_ns || v->time->lane_count == 0) return false;
    const LanePlace *lane = x->cmd < s->model->cmd_count ? find_lane(v, LANE_QUEUE, s->model->cmd[x->cmd].queue) : NULL;
    if (lane == NULL) lane = &v->time->lane[0];
    *mark = (Upright){timeline_x(v->time, s, x->time_ns), lane->y - 1, lane->y + lane->h + 1};
    return true;
}

static bool shows_lanes(const View *v) {
    ViewKind view = v->s->view;
    return view != VIEW_HEAP && view != VIEW_CHANNELS && view != VIEW_COMPARE && v->f->timeline.h >= 60;
}

static void on_lanes(const View *v) {
    double last = -INFINITY;
    Upright u;
    for (size_t i = 0; i < v->s->evidence_count; i++) {
        if (!evidence_mark(v, &v->s->evidence[i], &u) || u.x - last < 1) continue;
        draw_box(v->d, (Box){u.x - 1.5, u.y0, 3, u.y1 - u.y0}, 0, paint(TINT_RED), NO_PEN);
        last = u.x;
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
