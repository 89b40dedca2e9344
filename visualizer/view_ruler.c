/* view_ruler.c -- the axis of time over the lanes, and the moment on it. */
#include "timeline_parts.h"

#include "measure.h"

#include <math.h>
#include <stdio.h>

typedef struct {
    const char *name;
    uint64_t ns;
    int decimals;
} Unit;

static Unit axis_unit(const Scene *s, uint64_t step) {
    static const Unit units[] = {
        {"s", 1000000000, 0}, {"ms", 1000000, 0}, {"µs", 1000, 0}, {"ns", 1, 0}};
    size_t i = s->to_ns >= 1000000000 ? 0 : s->to_ns >= 1000000 ? 1 : s->to_ns >= 1000 ? 2 : 3;
    Unit u = units[i];
    for (uint64_t unit = u.ns; unit > step; unit /= 10) u.decimals++;
    return u;
}

static const char *axis_text(char *buf, size_t size, uint64_t ns, Unit u) {
    if (u.decimals == 0) {
        snprintf(buf, size, "%llu", (unsigned long long)(ns / u.ns));
        return buf;
    }
    uint64_t scale = 1;
    for (int i = 0; i < u.decimals; i++) scale *= 10;
    snprintf(buf, size, "%llu.%0*llu", (unsigned long long)(ns / u.ns), u.decimals,
             (unsigned long long)(ns % u.ns / (u.ns / scale)));
    return buf;
}

void timeline_ruler(const View *v) {
    const TimelineLayout *l = v->time;
    uint64_t step = timeline_step(l, 84);
    Unit unit = axis_unit(v->s, step);
    double y = l->ruler_y, now = timeline_x(l, v->s, v->s->now_ns);
    char text[48];
    for (uint64_t t = (v->s->from_ns + step - 1) / step * step; t <= v->s->to_ns; t += step) {
        double x = timeline_x(l, v->s, t);
        draw_line(v->d, x, y + 26, x, l->lanes_end,
                  pen_alpha(TINT_HAIR, 1, t < v->s->now_ns ? 1 : .5));
        double w = text_width(axis_text(text, sizeof text, t, unit), mono(12, 400));
        double left = fmax(l->x0, fmin(l->x1 - w, x - w / 2));
        bool taken = left < v->taken_to && left + w > v->taken_from;
        if (!taken && fabs(left + w / 2 - now) > w / 2 + 50)
            draw_text(v->d, left, y + 19, mono(12, 400), TINT_T3, ANCHOR_START, text);
    }
    draw_text(v->d, 24, y + 19, mono(12, 400), TINT_T3, ANCHOR_START, unit.name);
    hits_add(v->hits, (Box){l->x0, y, l->x1 - l->x0, 26}, HIT_RULER, NO_THING, 0);
}

void timeline_playhead(const View *v) {
    double x = timeline_x(v->time, v->s, v->s->now_ns), y = v->time->ruler_y;
    if (x < v->time->x0 - 1 || x > v->time->x1 + 1) return;
    char text[48];
    Unit u = axis_unit(v->s, timeline_step(v->time, 84) / 10 + 1);
    axis_text(text, sizeof text, v->s->now_ns, u);
    double w = text_width(text, mono(13, 700)) + 18,
           left = fmin(x - w / 2, v->f->timeline.w - w - 4);
    draw_line(v->d, x, y + 24, x, v->time->lanes_end + 2, pen(TINT_NOW, 2));
    draw_box(v->d, (Box){left, y + 5, w, 20}, 4, paint(TINT_NOW), NO_PEN);
    draw_text(v->d, left + w / 2, y + 19.5, mono(13, 700), TINT_ON_NOW, ANCHOR_MIDDLE, text);
}
