/* view_span.c -- a measured span of time: how long it is, and how many events happen in it. */
#include "view.h"

#include "measure.h"

#include "../sim/lens/narrate.h"

#include <math.h>
#include <stdio.h>

static void words(char *buf, size_t size, const Scene *s) {
    char time[48], count[32];
    uint64_t ns = s->span_to_ns > s->span_from_ns ? s->span_to_ns - s->span_from_ns : s->span_from_ns - s->span_to_ns;
    snprintf(buf, size, "%s, %s event%s", narrate_time(time, sizeof time, ns), count_text(count, sizeof count, s->span_events),
             s->span_events == 1 ? "" : "s");
}

void view_span(const View *v) {
    const Scene *s = v->s;
    const TimelineLayout *l = v->time;
    if (!s->measures || l->lanes_end <= l->lanes_y) return;
    char text[96];
    double a = timeline_x(l, s, s->span_from_ns), b = timeline_x(l, s, s->span_to_ns);
    double x0 = fmax(l->x0, fmin(a, b)), x1 = fmin(l->x1, fmax(a, b)), top = l->lanes_y + 1, h = l->lanes_end - top;
    if (x1 < l->x0 || x0 > l->x1) return;
    draw_box(v->d, (Box){x0, top, x1 - x0, h}, 0, paint_alpha(TINT_NOW, .12), NO_PEN);
    if (x0 == fmin(a, b)) draw_line(v->d, x0, top, x0, top + h, pen_dash(TINT_NOW, 1.6, 4, 3));
    if (x1 == fmax(a, b)) draw_line(v->d, x1, top, x1, top + h, pen_dash(TINT_NOW, 1.6, 4, 3));
    words(text, sizeof text, s);
    TextStyle style = digits(14, 600);
    double w = text_width(text, style) + 20, y = top + fmin(h - 26, fmax(4, h / 2 - 13));
    double left = fmax(l->x0, fmin((x0 + x1 - w) / 2, v->f->timeline.w - w - 8));
    draw_line(v->d, x0, y + 13, x1, y + 13, pen(TINT_NOW, 1.6));
    draw_box(v->d, (Box){left, y, w, 26}, 5, paint(TINT_CARD), pen(TINT_NOW, 1.6));
    draw_text_over(v->d, left + 10, y + 18, style, TINT_T1, ANCHOR_START, text);
}
