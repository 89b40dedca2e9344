/* layout_timeline.c -- the lanes of the history, and the axis under them (design, 9). */
#include "layout.h"

#include <math.h>

/* ---------------------------------------------------------------- which lanes */

/* An M has a lane when it ever did something and is not parked now. */
static bool has_lane(const Scene *s, uint64_t id) {
    const ModelM *mp = &s->model->m[id];
    return mp->state != M_NONE && mp->state != M_SYSMON;
}

static bool is_idle(const Scene *s, uint64_t id) {
    MState state = (MState)s->model->m[id].state;
    return state == M_PARKED || state == M_POLLING;
}

typedef struct {
    double p, m; /* the pitch of a lane */
    bool hide_parked;
    size_t m_max;
} Pitch;

static size_t count_ms(const Scene *s, const Pitch *pitch) {
    size_t n = 0;
    for (uint64_t id = 0; id < s->model->m_count; id++)
        n += has_lane(s, id) && !(pitch->hide_parked && is_idle(s, id));
    return n < pitch->m_max ? n : pitch->m_max;
}

static double needed(const Scene *s, const Pitch *pitch) {
    return 24 + (double)s->model->p_count * pitch->p + 4 + (double)count_ms(s, pitch) * pitch->m +
           (s->head->queue_count ? 12 + 24.0 * (double)s->model->queue_count : 0) +
           (pitch->hide_parked ? 16 : 0);
}

/* Folding, until everything fits: slimmer lanes of Ms, slimmer lanes of Ps, parked Ms without a
 * lane, then only the first Ms. */
static Pitch choose_pitch(const Scene *s, double room) {
    Pitch pitch = {26, 22, false, LANES_MAX / 2};
    if (needed(s, &pitch) > room) pitch.hide_parked = true;
    while (needed(s, &pitch) > room && pitch.m > 16) pitch.m -= 1;
    while (needed(s, &pitch) > room && pitch.p > 16) pitch.p -= 1;
    while (needed(s, &pitch) > room && pitch.m > 8) pitch.m -= 1;
    while (needed(s, &pitch) > room && pitch.p > 4) pitch.p -= 1;
    while (needed(s, &pitch) > room && pitch.m_max > 1) pitch.m_max--;
    return pitch;
}

static void add(TimelineLayout *l, LaneKind kind, uint64_t id, double y, double pitch,
                double *labelled_to) {
    if (l->lane_count == LANES_MAX || y + pitch > l->scrub_y) {
        l->hidden++;
        return;
    }
    LanePlace *lane = &l->lane[l->lane_count++];
    double gap = pitch >= 20 ? (kind == LANE_P ? 4 : 3) : pitch >= 8 ? 2 : 1;
    bool fits = y + pitch / 2 + 12 < l->scrub_y;
    *lane = (LanePlace){kind, id, y, pitch - gap, y >= *labelled_to && fits};
    if (lane->labelled) *labelled_to = y + 16;
}

void layout_timeline(TimelineLayout *l, const FrameLayout *f, const Scene *s) {
    *l = (TimelineLayout){0};
    Box b = f->timeline;
    l->x0 = b.x + 104;
    l->x1 = b.x + b.w - 24;
    l->ruler_y = b.y;
    l->scrub_y = b.y + b.h - 42;
    l->lanes_y = b.y + 26;
    l->ns_per_lp = (double)(s->to_ns - s->from_ns) / (l->x1 - l->x0);
    Pitch pitch = choose_pitch(s, l->scrub_y - l->lanes_y);
    double y = l->lanes_y + 2, labelled = 0;
    add(l, LANE_SYSMON, NONE, y, 19, &labelled);
    y += 22;
    for (uint64_t p = 0; p < s->model->p_count; p++, y += pitch.p)
        add(l, LANE_P, p, y, pitch.p, &labelled);
    y += 4;
    size_t shown = count_ms(s, &pitch), seen = 0;
    for (uint64_t id = 0; id < s->model->m_count; id++) {
        if (!has_lane(s, id)) continue;
        bool hide = (pitch.hide_parked && is_idle(s, id)) || seen == shown;
        if (hide) {
            l->hidden++;
            continue;
        }
        add(l, LANE_M, id, y, pitch.m, &labelled);
        y += pitch.m;
        seen++;
    }
    l->divider_y = s->head->queue_count ? y + 3 : 0;
    for (size_t i = 0; i < l->lane_count && l->divider_y > 0;
         i++) { /* no name may lie on the line */
        LanePlace *lane = &l->lane[i];
        if (lane->y + lane->h / 2 + 6 > l->divider_y - 3) lane->labelled = false;
    }
    y += 9;
    labelled = 0;
    for (uint64_t q = 0; q < s->model->queue_count && q < 4; q++, y += 24)
        add(l, LANE_QUEUE, q, y, 24, &labelled);
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
    return l->x0 + (l->x1 - l->x0) * (double)ns / (double)(s->end_ns ? s->end_ns : 1);
}

uint64_t scrub_ns(const TimelineLayout *l, const Scene *s, double x) {
    double share = (fmax(l->x0, fmin(l->x1, x)) - l->x0) / (l->x1 - l->x0);
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
