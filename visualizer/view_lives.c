/* view_lives.c -- the lane of a goroutine: where it ran, that it could have, what it waited for.
 *
 * Solid where it runs, and in its own colour; hollow where it is runnable; a dashed line where it waits; amber where it is out of
 * Go. What has not been read yet is hatched.
 */
#include "timeline_parts.h"

#include "measure.h"

#include <math.h>
#include <stdio.h>

enum { LABEL_H = 13 }; /* lanes that are slimmer have no words */

static double width(const Slice *s) { return s->w - (s->w >= 3 ? 1 : 0); }

static void running(const View *v, const LanePlace *lane, const Slice *s, size_t order) {
    bool edge = !theme_is_dark(v->s->theme) && s->w >= 4;
    char text[24];
    draw_box(v->d, (Box){s->x, lane->y, width(s), lane->h}, s->w >= 3 ? 2 : 0, paint(theme_goroutine(order)),
             edge ? pen(theme_goroutine_edge(order), 1) : NO_PEN);
    if (lane->h < LABEL_H) return;
    slice_label(v, s, lane->y + lane->h / 2 + 4.4, sans(12, 600), TINT_ON_G, thing_text(text, sizeof text, KIND_P, s->span->id));
}

static void runnable(const View *v, const LanePlace *lane, const Slice *s, size_t order) {
    double inset = s->w >= 4 ? fmax(2, lane->h / 5) : lane->h / 3;
    Tint tint = theme_is_dark(v->s->theme) ? theme_goroutine(order) : theme_goroutine_edge(order);
    Box b = {s->x, lane->y + inset, width(s), lane->h - 2 * inset};
    if (s->w < 4) draw_box(v->d, b, 0, paint(tint), NO_PEN);
    else draw_box(v->d, b, 2, paint(TINT_CHROME), pen(tint, 1.2));
    if (b.h >= 10) slice_label(v, s, lane->y + lane->h / 2 + 4.2, sans(12, 400), TINT_T2, "runnable");
}

static void waiting(const View *v, const LanePlace *lane, const Slice *s) {
    double y = lane->y + lane->h / 2;
    const char *reason = intern_text(v->s->model->text, s->span->text);
    draw_line(v->d, s->x, y, s->x + s->w, y, pen_dash(TINT_PARK, 1.2, 4, 4));
    if (lane->h < LABEL_H || reason[0] == '\0') return;
    label_plate(v, s, y - 7, 14, text_width(reason, sans(12, 400)), y + 4.2);
    slice_label(v, s, y + 4.2, sans(12, 400), TINT_T3, reason);
}

static void outside(const View *v, const LanePlace *lane, const Slice *s) {
    bool syscall = s->span->kind == SPAN_SYSCALL;
    Box b = {s->x, lane->y, width(s), lane->h};
    char text[160];
    draw_box(v->d, b, s->w >= 3 ? 2 : 0, paint(syscall ? TINT_CHROME : TINT_AMBER), NO_PEN);
    if (syscall) draw_box(v->d, b, s->w >= 3 ? 2 : 0, paint_hatch(TINT_AMBER, 6, 2.4, .8), s->w >= 3 ? pen(TINT_AMBER, 1) : NO_PEN);
    if (lane->h < LABEL_H) return;
    double y = lane->y + lane->h / 2;
    c_words(v, s, "", text, sizeof text);
    if (syscall) label_plate(v, s, y - 6, 12, text_width(text, sans(12, 600)), y + 4.2);
    slice_label(v, s, y + 4.2, sans(12, 600), syscall ? TINT_T1 : TINT_ON_AMBER, text);
}

static void life_slice(const View *v, const LanePlace *lane, const Slice *s) {
    size_t order = goroutine_order(v->s->lanes, lane->id);
    switch (s->span->kind) {
    case SPAN_RUN: running(v, lane, s, order); break;
    case SPAN_READY: runnable(v, lane, s, order); break;
    case SPAN_BLOCKED: waiting(v, lane, s); break;
    default: outside(v, lane, s); break;
    }
}

/* It is not known what was there. */
static void unread(const View *v, const LanePlace *lane, uint64_t from_ns) {
    const Scene *s = v->s;
    uint64_t end_ns = s->now_ns < s->to_ns ? s->now_ns : s->to_ns;
    double a = fmax(v->time->x0, timeline_x(v->time, s, from_ns)), b = timeline_x(v->time, s, end_ns);
    if (from_ns >= end_ns || b <= a) return;
    draw_box(v->d, (Box){a, lane->y + 2, b - a, lane->h - 4}, 0, paint_hatch(TINT_PARK, 9, 2, .35), NO_PEN);
}

/* A bar where it has ended. */
static void end(const View *v, const LanePlace *lane, const Lane *life) {
    const LaneSpan *last = life->count ? &life->span[life->count - 1] : NULL;
    if (v->s->model->g[lane->id].state != G_DEAD || last == NULL || last->to_ns > v->s->now_ns || last->to_ns < v->s->from_ns) return;
    double x = timeline_x(v->time, v->s, last->to_ns);
    draw_line(v->d, x, lane->y + 1, x, lane->y + lane->h - 1, pen(TINT_GHOST, 2));
}

void lane_of_g(const View *v, const LanePlace *lane) {
    const Lives *l = v->s->lives;
    const Lane *life = lives_lane(l, lane->id);
    uint64_t known_ns = life == NULL ? 0 : l->whole ? NOT_YET : l->known_ns;
    if (life) lane_spans(v, lane, life, known_ns, life_slice);
    if (life && l->whole) end(v, lane, life);
    else unread(v, lane, known_ns);
    mark_thing(v, (Box){v->time->x0, lane->y, v->time->x1 - v->time->x0, lane->h}, KIND_G, lane->id);
}

const char *g_words(char *buf, size_t size, const Model *m, uint64_t g) {
    const ModelG *gp = &m->g[g];
    char p[24];
    const char *reason = intern_text(m->text, gp->reason);
    if (gp->state == G_RUNNING) snprintf(buf, size, "on %s", thing_text(p, sizeof p, KIND_P, gp->p));
    else if (gp->state == G_SYSCALL) snprintf(buf, size, "%s%s", below_text(m, gp->m), gp->m < m->m_count && m->m[gp->m].p == NONE ? ", no P" : "");
    else if (gp->state == G_WAITING && reason[0]) snprintf(buf, size, "%.40s", reason);
    else snprintf(buf, size, "%s", g_state_name[gp->state]);
    return buf;
}
