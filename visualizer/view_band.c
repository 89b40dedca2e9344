/* view_band.c -- of many Ms those that have no lane, as one band: how many run Go, are in C or in system calls, and do neither.
 *
 * What all of them did is kept from frame to frame, for it does not change; each frame takes away what those did that have a lane,
 * since these are others each time one goes to C. A new window of time costs a search for each M and column, or less.
 */
#include "timeline_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEP = 4, BAND_COLUMNS_MAX = 2048 }; /* columns are that wide, in logical pixels: the band is an overview */

/* Nanoseconds of one M in each column. */
typedef struct {
    double go[BAND_COLUMNS_MAX], c[BAND_COLUMNS_MAX], syscall[BAND_COLUMNS_MAX];
} Sums;

typedef struct Band {
    uint64_t run, from_ns, to_ns, end_ns;
    double x0, x1;
    size_t kept; /* so many columns had ended at end_ns: they stay as they are */
    Sums all, hidden;
} Band;

void band_free(Band *b) { free(b); }

static uint64_t column_ns(const View *v, size_t i) { return timeline_ns(v->time, v->s, v->time->x0 + STEP * (double)i); }

/* What the lane did in the columns from `first` on, until end_ns; `times` -1 takes it away. */
static void add_lane(const View *v, const Lane *lane, Sums *sums, size_t first, size_t count, uint64_t end_ns, double times) {
    uint64_t from = column_ns(v, first);
    LaneWalk walk = {lane, lane_find(lane, from)};
    LaneShare before = lane_walk(&walk, from);
    for (size_t i = first; i < count && walk.at < lane->count; i++) {
        uint64_t to = column_ns(v, i + 1);
        if (lane->span[walk.at].from_ns >= to) continue; /* nothing is in it */
        LaneShare after = lane_walk(&walk, to < end_ns ? to : end_ns);
        sums->go[i] += times * (double)(after.go_ns - before.go_ns);
        sums->c[i] += times * (double)(after.c_ns - before.c_ns);
        sums->syscall[i] += times * (double)(after.syscall_ns - before.syscall_ns);
        before = after;
    }
}

static void wipe(Sums *s, size_t first, size_t count) {
    memset(s->go + first, 0, (count - first) * sizeof *s->go);
    memset(s->c + first, 0, (count - first) * sizeof *s->c);
    memset(s->syscall + first, 0, (count - first) * sizeof *s->syscall);
}

static void all_ms(const View *v, Band *b, size_t count, uint64_t end_ns) {
    const Scene *s = v->s;
    bool same = b->run == s->lanes->run && b->from_ns == s->from_ns && b->to_ns == s->to_ns && b->x0 == v->time->x0 && b->x1 == v->time->x1;
    if (!same || b->end_ns > end_ns) b->kept = 0;
    b->run = s->lanes->run, b->from_ns = s->from_ns, b->to_ns = s->to_ns, b->x0 = v->time->x0, b->x1 = v->time->x1;
    b->end_ns = end_ns;
    wipe(&b->all, b->kept, count);
    for (size_t id = 0; id < s->lanes->m_count && id < s->model->m_count; id++)
        add_lane(v, &s->lanes->m[id], &b->all, b->kept, count, end_ns, 1);
    while (b->kept < count && column_ns(v, b->kept + 1) <= end_ns) b->kept++;
}

static double part(double of, double whole) { return whole <= 0 ? 0 : fmin(1, fmax(0, of / whole)); }

/* One upon the other, each as high as its share of all of them: in C lowest, as below the line; above what is left they are parked. */
static void stack(const View *v, const LanePlace *lane, Sums *b, size_t count, uint64_t end_ns) {
    double foot = lane->y + lane->h, x0 = v->time->x0;
    for (size_t i = 0; i < count; i++) {
        uint64_t from = column_ns(v, i), to = column_ns(v, i + 1);
        double whole = (double)v->time->hidden * (double)((to < end_ns ? to : end_ns) - from), go = part(b->go[i], whole);
        b->c[i] = part(b->c[i], whole);
        b->syscall[i] = part(b->syscall[i], whole);
        b->go[i] = go * lane->h < .1 ? 0 : fmin(1, b->c[i] + go);
    }
    draw_columns(v->d, x0, foot, STEP, lane->h, b->go, count, paint(TINT_LANE_GO));
    draw_columns(v->d, x0, foot, STEP, lane->h, b->c, count, paint(TINT_AMBER));
    draw_columns(v->d, x0, foot, STEP, lane->h, b->syscall, count, paint_alpha(TINT_CHROME, .45));
}

void lane_of_many(const View *v, const LanePlace *lane) {
    const Scene *s = v->s;
    uint64_t end_ns = s->now_ns < s->to_ns ? s->now_ns : s->to_ns;
    double end = timeline_x(v->time, s, end_ns), x0 = v->time->x0;
    if (end <= x0) return;
    Band **memo = band_memo(v->memo), *b = *memo ? *memo : (*memo = mem_zero(1, sizeof **memo));
    size_t count = (size_t)ceil((end - x0) / STEP);
    if (count > BAND_COLUMNS_MAX) count = BAND_COLUMNS_MAX;
    while (count > 0 && column_ns(v, count - 1) >= end_ns) count--;
    all_ms(v, b, count, end_ns);
    b->hidden = b->all;
    for (size_t i = 0; i < v->time->lane_count; i++) {
        const LanePlace *other = &v->time->lane[i];
        if (other->kind == LANE_M) add_lane(v, &s->lanes->m[other->id], &b->hidden, 0, count, end_ns, -1);
    }
    draw_line(v->d, x0, lane->y + lane->h, end, lane->y + lane->h, pen_alpha(TINT_PARK, 1, .7));
    stack(v, lane, &b->hidden, count, end_ns);
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
