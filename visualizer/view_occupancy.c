/* view_occupancy.c -- how full each channel was, and who stood at it (design, 2.6): a row per channel, on one axis of time.
 *
 * Blocked senders are a solid bar above the row, waiting receivers a hatched one below it, two pixels for each. A step wide
 * enough to see is drawn as it was; what is finer becomes one column with its mean, but nobody who waited vanishes. So the
 * work of a frame depends on pixels, never on events.
 */
#include "view.h"

#include "measure.h"
#include "token.h"

#include <math.h>
#include <stdio.h>

/* ---------------------------------------------------------------- what is to be seen */

typedef struct {
    double x0, x1;
    double count, senders, receivers;
} Sample;
enum { SAMPLES_MAX = 8192 };

/* From the window's left, or from when the channel was made, to the playhead. */
static size_t collect(const View *v, const ChanSteps *c, Sample *out) {
    const Scene *s = v->s;
    uint64_t end_ns = s->now_ns < s->to_ns ? s->now_ns : s->to_ns, column = (uint64_t)(v->time->ns_per_lp / v->f->u) + 1;
    uint64_t t = c->count && c->step[0].from_ns > s->from_ns ? c->step[0].from_ns : s->from_ns;
    size_t n = 0;
    if (c->count == 0 || t >= end_ns) return 0;
    StepWalk walk = {c, 0};
    StepSum before = steps_walk(&walk, t);
    while (t < end_ns && n < SAMPLES_MAX) {
        uint64_t to = walk.at + 1 < c->count ? c->step[walk.at + 1].from_ns : end_ns, from = t;
        if (to - t < 2 * column) to = t + column;
        if (to > end_ns) to = end_ns;
        StepSum sum = steps_walk(&walk, to);
        double ns = (double)(to - from);
        out[n++] = (Sample){timeline_x(v->time, s, from), timeline_x(v->time, s, to), (double)(sum.count - before.count) / ns,
                            (double)(sum.senders - before.senders) / ns, (double)(sum.receivers - before.receivers) / ns};
        before = sum;
        t = to;
    }
    return n;
}

/* ---------------------------------------------------------------- one row */

enum { WAITERS_H = 6 };

/* Of a column in which somebody waited for a part of the time, a thinner one. */
static double above(const Sample *s) { return s->senders > 0 ? fmin(WAITERS_H, fmax(1, 2 * s->senders)) : 0; }
static double below(const Sample *s) { return s->receivers > 0 ? fmin(WAITERS_H, fmax(1.4, 3 * s->receivers)) : 0; }

/* One path from the base to these heights and back; up < 0: it hangs. */
static void outline(const View *v, const Sample *s, size_t n, double base, double up, double (*height)(const Sample *s), Paint fill) {
    path_move(v->d, s[0].x0, base);
    for (size_t i = 0; i < n; i++) {
        double y = base - up * height(&s[i]);
        path_line(v->d, s[i].x0, y);
        path_line(v->d, s[i].x1, y);
    }
    path_line(v->d, s[n - 1].x1, base);
    path_close(v->d);
    draw_path(v->d, fill, NO_PEN);
}

/* The same in columns of a pixel, each as high as the sample over its middle. */
static void skyline(const View *v, const Sample *s, size_t n, double base, double most, double (*height)(const Sample *s), Paint fill) {
    static double share[SAMPLES_MAX];
    double step = 1 / v->f->u, x0 = floor(s[0].x0 / step) * step;
    size_t count = (size_t)((s[n - 1].x1 - x0) / step + .5), k = 0;
    if (count > SAMPLES_MAX) count = SAMPLES_MAX;
    for (size_t i = 0; i < count; i++) {
        double middle = x0 + ((double)i + .5) * step, h = height(&s[k]);
        for (; k + 1 < n && s[k].x1 <= middle; k++) h = fmax(h, height(&s[k + 1]));
        share[i] = most > 0 ? h / most : 0;
    }
    draw_columns(v->d, x0, base, step, most, share, count, fill);
}

static double level(const Sample *s) { return s->count; }

static bool any(const Sample *s, size_t n, double (*height)(const Sample *s)) {
    size_t i = 0;
    while (i < n && height(&s[i]) <= 0) i++;
    return i < n;
}

/* Where what is so now began. */
static double since(const Sample *s, size_t n, double (*height)(const Sample *s)) {
    size_t i = n;
    while (i > 0 && height(&s[i - 1]) > 0) i--;
    return i < n ? s[i].x0 : INFINITY;
}

static const char *waiters_text(char *buf, size_t size, const Model *m, const ModelQ *q, const char *does) {
    char name[48];
    uint64_t g = model_waiter(m, q->head);
    if (q->count > 1) snprintf(buf, size, "%llu %s", (unsigned long long)q->count, does);
    else snprintf(buf, size, "%.40s %s", narrate_g(m, g, name, sizeof name), does);
    return buf;
}

static void row(const View *v, const ChanRow *r) {
    static Sample s[SAMPLES_MAX];
    const Model *m = v->s->model;
    const ModelChan *c = &m->chan[r->id];
    const TimelineLayout *t = v->time;
    char text[96];
    double base = r->y + r->h, scale = c->cap ? r->h / (double)c->cap : 0;
    bool low = r->h < 24;
    chan_text(text, sizeof text, m, r->id);
    Tint tint = is_selected(v->s, KIND_CHAN, r->id) ? TINT_NOW : TINT_T1;
    draw_fitted(v->d, 24, r->y + r->h / 2 + (low ? 5 : 0), mono(14, 500), tint, ANCHOR_START, text, t->x0 - 32);
    if (r->alike) snprintf(text, sizeof text, "c%llu, cap %llu", (unsigned long long)r->id, (unsigned long long)c->cap);
    else if (c->cap) snprintf(text, sizeof text, "cap %llu", (unsigned long long)c->cap);
    else snprintf(text, sizeof text, "unbuffered");
    if (!low) draw_short(v->d, 24, r->y + r->h / 2 + 17, digits(12, 400), TINT_T3, ANCHOR_START, text, t->x0 - 32);
    mark_thing(v, (Box){20, r->y - 8, t->x0 - 26, r->h + 16}, KIND_CHAN, r->id);
    if (c->cap) draw_line(v->d, t->x0, r->y + .5, t->x1, r->y + .5, pen_dash(TINT_CARDL, 1, 2, 4));
    draw_line(v->d, t->x0, base + .5, t->x1, base + .5, pen_alpha(TINT_PARK, 1, .7));
    size_t n = r->id < v->s->steps->chan_count ? collect(v, &v->s->steps->chan[r->id], s) : 0;
    for (size_t i = 0; i < n; i++) s[i].count *= scale;
    if (any(s, n, level)) skyline(v, s, n, base, r->h, level, paint(TINT_DENSITY));
    if (any(s, n, above)) skyline(v, s, n, r->y - 1, WAITERS_H, above, paint(TINT_T1));
    if (any(s, n, below)) outline(v, s, n, base + 2, -1, below, paint_hatch(TINT_T1, 6, 2.4, 1));
    double end = n ? s[n - 1].x1 : t->x0, a = since(s, n, above), b = since(s, n, below);
    if (c->sendq.count > 0 && a < end) { /* before the bar, as far as nothing else stands there */
        waiters_text(text, sizeof text, m, &c->sendq, "blocked");
        double w = text_width(text, sans(12, 600));
        if (a - 8 - w > t->x0) draw_text(v->d, a - 8, r->y + 3, sans(12, 600), TINT_T1, ANCHOR_END, text);
        else if (a + 8 + w < end) draw_text(v->d, a + 8, r->y + 14, sans(12, 600), TINT_T1, ANCHOR_START, text);
    }
    if (c->recvq.count > 0 && b < end) { /* on the bar, where the channel is empty */
        waiters_text(text, sizeof text, m, &c->recvq, c->recvq.count > 1 ? "wait" : "waits");
        double w = text_width(text, sans(12, 600));
        if (b + 8 + w < end) draw_text(v->d, b + 8, base - 5, sans(12, 600), TINT_T1, ANCHOR_START, text);
    }
}

/* ---------------------------------------------------------------- all of them */

/* The moment from which the goroutine with the large figures has been in C. */
static void enters_c(View *v) {
    const StageLayout *st = v->stage;
    if (st->in_c_detail >= st->in_c_shown || v->channels->row_count == 0) return;
    const ModelM *mp = &v->s->model->m[st->in_c[st->in_c_detail].m];
    double x = timeline_x(v->time, v->s, mp->since_ns), now = timeline_x(v->time, v->s, v->s->now_ns);
    char text[48], g[24];
    if (mp->g == NONE || x < v->time->x0 || x > v->time->x1 || mp->since_ns > v->s->now_ns) return;
    draw_line(v->d, x, v->time->lanes_y + 2, x, v->time->lanes_end, pen_dots(TINT_AMBER, 2, 1, 5));
    snprintf(text, sizeof text, "%s enters C", thing_text(g, sizeof g, KIND_G, mp->g));
    double w = text_width(text, sans(12, 600)) + 16, left = fmax(v->time->x0, x - w / 2);
    if (left + w > now - 50 && left < now + 50) left = now - 54 - w; /* clear of the playhead's time */
    if (left < v->time->x0 || x < left || x > left + w) return;
    token_pill(v->d, left, v->time->ruler_y + 5, text, TINT_AMBER, TINT_ON_AMBER, 12, 20);
    v->taken_from = left - 6;
    v->taken_to = left + w + 6;
}

void view_occupancy(const View *view) {
    View with_pill = *view, *v = &with_pill;
    const ChannelsLayout *l = v->channels;
    Box b = v->f->timeline;
    char text[64];
    if (b.h < 60) return;
    draw_box(v->d, b, 0, paint(TINT_CHROME), NO_PEN);
    draw_line(v->d, b.x, b.y + .5, b.x + b.w, b.y + .5, pen(TINT_HAIR, 1));
    hits_add(v->hits, (Box){v->time->x0, v->time->lanes_y, v->time->x1 - v->time->x0, v->time->lanes_end - v->time->lanes_y}, HIT_LANES,
             NO_THING, 0);
    double w = draw_text(v->d, 24, l->heading_y, sans(15, 600), TINT_T1, ANCHOR_START, "Occupancy and blocked time");
    double room = v->time->x1 - 24 - w - 12;
    if (l->row_count < l->channels) {
        snprintf(text, sizeof text, "+ %zu more", l->channels - l->row_count);
        double more = draw_whole(v->d, v->time->x1, l->heading_y, digits(13, 400), TINT_T2, ANCHOR_END, text, room);
        room -= more + 16;
    }
    draw_whole(v->d, 24 + w + 12, l->heading_y, sans(13, 400), TINT_T2, ANCHOR_START,
               "solid above: senders blocked; hatched below: receivers wait", room);
    if (v->time->lanes_end < v->time->lanes_y) { /* no row: the whole run is what there is room for */
        view_scrub(v);
        return;
    }
    enters_c(v);
    timeline_ruler(v);
    for (size_t i = 0; i < l->row_count; i++) row(v, &l->row[i]);
    view_contexts(v);
    timeline_top(v);
}
