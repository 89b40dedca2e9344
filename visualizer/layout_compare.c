/* layout_compare.c -- two runs side by side: a half each above, below the same lanes of both on one axis (design, 2.6).
 *
 * What is equal must look equal, so everything is chosen once for both: the height of the fault, and which lanes there are.
 */
#include "layout.h"

#include <math.h>

enum { GAP = 6, HEAD_H = 44, SPINE_H = 40, RULER_H = 26 };

static void place_halves(CompareLayout *l, const FrameLayout *f, const Scene *a, const Scene *b) {
    double w = floor((f->stage.w - GAP) / 2), h = f->stage.h - HEAD_H, y = f->stage.y + HEAD_H;
    double share = fmin(fault_share(a->lanes), fault_share(b->lanes)); /* of the one with more in C */
    l->shift = f->stage.w - w; /* what is over is in the gap */
    for (int k = 0; k < 2; k++) {
        FrameLayout *half = &l->half[k];
        l->head[k] = (Box){k ? l->shift : 0, f->stage.y, w, HEAD_H};
        *half = (FrameLayout){.u = f->u, .w = w, .h = f->h, .stage = {0, y, w, h}, .timeline = {0, y + h, w, 0}, .narrow = w < 1100};
        half->m = stage_metrics_for(h);
        half->fault_y = y + round(h * share);
    }
}

/* ---------------------------------------------------------------- which lanes */

static bool was_in_c(const Lanes *l, uint64_t id) {
    return id < l->m_count && lane_share(&l->m[id], 0, NOT_YET - 1).c_ns > 0;
}

static uint64_t most(uint64_t a, uint64_t b) { return a > b ? a : b; }

/* Ps first, then the device's queue, then threads that were in C in one of the two. */
typedef struct {
    size_t ps, queues, ms;
    bool gc;
} Wish;

static Wish wish(const Scene *a, const Scene *b) {
    uint64_t m_count = most(a->head->m_count, b->head->m_count);
    Wish w = {.ps = most(a->head->p_count, b->head->p_count), .queues = a->head->queue_count || b->head->queue_count,
              .gc = a->past->cycle_count > 0 || b->past->cycle_count > 0};
    for (uint64_t id = 0; id < m_count; id++) w.ms += was_in_c(a->lanes, id) || was_in_c(b->lanes, id);
    return w;
}

static double wished_height(const Wish *w, double pitch) { return (double)(w->ps + w->queues + w->gc + w->ms) * pitch; }

/* Slimmer lanes first; then fewer threads, then fewer Ps. */
static double fold(Wish *w, double room) {
    double pitch = 24;
    while (pitch > 18 && wished_height(w, pitch) > room) pitch--;
    while (w->ms > 1 && wished_height(w, pitch) > room) w->ms--;
    while (w->ps > 2 && wished_height(w, pitch) > room) w->ps--;
    if (w->ms > 0 && wished_height(w, pitch) > room) w->ms--;
    while (w->ps > 1 && wished_height(w, pitch) > room) w->ps--;
    while (pitch > 6 && wished_height(w, pitch) > room) pitch--;
    return pitch;
}

static void add(TimelineLayout *t, LaneKind kind, uint64_t id, double *y, double pitch) {
    t->lane[t->lane_count++] = (LanePlace){kind, id, *y, pitch - 3, pitch >= 15, SIZE_MAX};
    *y += pitch;
}

static double place_lanes(CompareLayout *l, int k, const Wish *w, double pitch, const Scene *a, const Scene *b, double y) {
    TimelineLayout *t = &l->lanes[k];
    uint64_t m_count = most(a->head->m_count, b->head->m_count);
    size_t ms = 0;
    for (uint64_t p = 0; p < w->ps; p++) add(t, LANE_P, p, &y, pitch);
    if (w->gc) {
        l->gc_y[k] = y;
        l->gc_h = pitch - 3;
        y += pitch;
    }
    for (uint64_t id = 0; id < m_count && ms < w->ms; id++) {
        if (!was_in_c(a->lanes, id) && !was_in_c(b->lanes, id)) continue;
        add(t, LANE_M, id, &y, pitch);
        ms++;
    }
    if (w->queues) add(t, LANE_QUEUE, 0, &y, pitch);
    return y;
}

static void place_groups(CompareLayout *l, const FrameLayout *f, const Scene *a, const Scene *b) {
    Box box = f->timeline;
    double room = (box.h - RULER_H - SPINE_H - 8) / 2, y = box.y + RULER_H + 2;
    Wish w = wish(a, b);
    double pitch = fold(&w, room), used = wished_height(&w, pitch), rest = fmax(0, (room - used) / 2);
    l->gc = w.gc;
    for (int k = 0; k < 2; k++) {
        TimelineLayout *t = &l->lanes[k];
        *t = (TimelineLayout){.x0 = box.x + 116, .x1 = box.x + box.w - 24, .ruler_y = box.y, .scrub_y = box.y + box.h};
        t->scrub_x1 = t->x1;
        t->ns_per_lp = (double)(a->to_ns - a->from_ns) / (t->x1 - t->x0);
        t->lanes_y = y;
        y = place_lanes(l, k, &w, pitch, a, b, y + rest);
        t->lanes_end = y;
        if (k == 0) l->spine_y = y + SPINE_H / 2;
        y += SPINE_H;
    }
    l->lanes[0].lanes_end = l->lanes[1].lanes_end; /* the ruler's lines go through both */
}

void layout_compare(CompareLayout *l, const FrameLayout *f, const Scene *a, const Scene *b) {
    *l = (CompareLayout){0};
    place_halves(l, f, a, b);
    place_groups(l, f, a, b);
}
