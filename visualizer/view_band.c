/* view_band.c -- of many Ms those that have no lane, as one band: how many run Go, are in C or in system calls, and do neither.
 *
 * What all Ms do is known without asking each (lanes_crowd); what those do that have a lane is taken away from it. So the work
 * depends on columns and on lanes that are on show, not on Ms.
 */
#include "timeline_parts.h"

#include <math.h>
#include <stdio.h>

enum { STEP = 4, BAND_COLUMNS_MAX = 2048 }; /* columns are that wide, in logical pixels: the band is an overview */

typedef struct {
    double go[BAND_COLUMNS_MAX], c[BAND_COLUMNS_MAX], syscall[BAND_COLUMNS_MAX]; /* in nanoseconds of one M; then shares */
    double ms[BAND_COLUMNS_MAX];
} Band;

static double less(uint64_t after, uint64_t before) { return after > before ? (double)(after - before) : 0; }

static void all_ms(const View *v, Band *b, size_t count, uint64_t end_ns) {
    const Lanes *l = v->s->lanes;
    uint64_t t = timeline_ns(v->time, v->s, v->time->x0);
    CrowdSum before = lanes_crowd(l, t);
    for (size_t i = 0; i < count; i++) {
        t = timeline_ns(v->time, v->s, v->time->x0 + STEP * (double)(i + 1));
        CrowdSum after = lanes_crowd(l, t < end_ns ? t : end_ns);
        b->ms[i] = less(after.ms, before.ms);
        b->go[i] = less(after.go, before.go);
        b->c[i] = less(after.c, before.c);
        b->syscall[i] = less(after.syscall, before.syscall);
        before = after;
    }
}

/* The lane is not one of those that the band stands for. */
static void take_away(const View *v, const Lane *lane, Band *b, size_t count, uint64_t end_ns) {
    uint64_t first_ns = v->s->lanes->crowd[0].from_ns, t = timeline_ns(v->time, v->s, v->time->x0);
    LaneWalk walk = {lane, 0};
    if (t < first_ns) t = first_ns;
    walk.at = lane_find(lane, t);
    LaneShare before = lane_walk(&walk, t);
    uint64_t from = t;
    for (size_t i = 0; i < count; i++) {
        t = timeline_ns(v->time, v->s, v->time->x0 + STEP * (double)(i + 1));
        if (t > end_ns) t = end_ns;
        if (t <= from) continue;
        LaneShare after = lane_walk(&walk, t);
        b->ms[i] -= (double)(t - from);
        b->go[i] -= less(after.go_ns, before.go_ns);
        b->c[i] -= less(after.c_ns, before.c_ns);
        b->syscall[i] -= less(after.syscall_ns, before.syscall_ns);
        before = after;
        from = t;
    }
}

static double part(double of, double whole) { return whole <= 0 ? 0 : fmin(1, fmax(0, of / whole)); }

/* One upon the other, each as high as its share of all of them: in C lowest, as below the line; above what is left they are parked. */
static void stack(const View *v, const LanePlace *lane, Band *b, size_t count) {
    double foot = lane->y + lane->h, x0 = v->time->x0;
    for (size_t i = 0; i < count; i++) {
        double below = part(b->c[i], b->ms[i]);
        b->syscall[i] = part(b->syscall[i], b->ms[i]);
        b->c[i] = below;
        b->go[i] = part(b->go[i], b->ms[i]) > 0 ? fmin(1, below + part(b->go[i], b->ms[i])) : 0;
        if (b->go[i] <= below) b->go[i] = 0;
    }
    draw_columns(v->d, x0, foot, STEP, lane->h, b->go, count, paint(TINT_LANE_GO));
    draw_columns(v->d, x0, foot, STEP, lane->h, b->c, count, paint(TINT_CHROME));
    draw_columns(v->d, x0, foot, STEP, lane->h, b->c, count, paint(TINT_AMBER));
    draw_columns(v->d, x0, foot, STEP, lane->h, b->syscall, count, paint_alpha(TINT_CHROME, .45));
}

void lane_of_many(const View *v, const LanePlace *lane) {
    static Band band;
    const Scene *s = v->s;
    uint64_t end_ns = s->now_ns < s->to_ns ? s->now_ns : s->to_ns;
    double end = timeline_x(v->time, s, end_ns), x0 = v->time->x0;
    if (end <= x0 || s->lanes->crowd_count == 0 || end_ns <= s->lanes->crowd[0].from_ns) return;
    size_t count = (size_t)ceil((end - x0) / STEP);
    if (count > BAND_COLUMNS_MAX) count = BAND_COLUMNS_MAX;
    all_ms(v, &band, count, end_ns);
    for (size_t i = 0; i < v->time->lane_count; i++) {
        const LanePlace *other = &v->time->lane[i];
        if (other->kind == LANE_M) take_away(v, &s->lanes->m[other->id], &band, count, end_ns);
    }
    draw_line(v->d, x0, lane->y + lane->h, end, lane->y + lane->h, pen_alpha(TINT_PARK, 1, .7));
    stack(v, lane, &band, count);
}

const char *many_words(const View *v, char *buf, size_t size) {
    const Model *m = v->s->model;
    size_t c = 0, go = 0;
    for (uint64_t id = 0; id < m->m_count; id++) {
        c += m->m[id].state == M_IN_C;
        go += m->m[id].state == M_RUNNING && m->m[id].p != NONE;
    }
    for (size_t i = 0; i < v->time->lane_count; i++) {
        const LanePlace *lane = &v->time->lane[i];
        if (lane->kind != LANE_M) continue;
        c -= m->m[lane->id].state == M_IN_C;
        go -= m->m[lane->id].state == M_RUNNING && m->m[lane->id].p != NONE;
    }
    if (c == 0 && go == 0) snprintf(buf, size, "parked");
    else if (go == 0) snprintf(buf, size, "%zu %s", c, m->imported ? "out of Go" : "in C");
    else if (c == 0) snprintf(buf, size, "%zu in Go", go);
    else snprintf(buf, size, "%zu %s, %zu in Go", c, m->imported ? "out of Go" : "in C", go);
    return buf;
}
