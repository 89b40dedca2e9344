/* token.c -- how each thing looks; numbers in logical pixels, proportions as first drawn. */
#include "token.h"

#include "measure.h"

#include "../sim/base/prng.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- goroutines */

/* A long number must not touch the ring: g1234, smaller, then 1234; a part of a number is none. */
static const char *fit_number(const char *label, TextStyle *s, double width) {
    double full = s->size;
    for (int bare = 0; bare < 2 && label[0]; bare++, label++) {
        for (s->size = full; s->size >= 12; s->size -= s->size > 13 ? 2 : 1) {
            if (text_width(label, *s) <= width) return label;
        }
    }
    s->size = full;
    return "";
}

static void g_label(DrawList *d, double cx, double baseline, double r, const char *label,
                    TextStyle s, Tint tint) {
    const char *text = fit_number(label, &s, 2 * r - 2);
    draw_text(d, cx, baseline, s, tint, ANCHOR_MIDDLE, text);
}

static void zigzag(DrawList *d, double cx, double r, double y, double amplitude) {
    enum { TEETH = 6 };
    for (int i = 0; i <= TEETH; i++) {
        double x = cx - r + i * 2 * r / TEETH, py = y + (i % 2 ? amplitude : -amplitude);
        if (i == 0) path_move(d, x, py);
        else path_line(d, x, py);
    }
}

/* The lower part is under the line: it is darker, and the edge between is the line itself. */
static void g_in_c(DrawList *d, double cx, double cy, double r) {
    draw_circle(d, cx, cy, r, paint(TINT_AMBER), NO_PEN);
    path_arc(d, cx, cy, r, 0, 2 * M_PI);
    draw_clip_path(d);
    zigzag(d, cx, r, cy + r * .56, r * .09);
    path_line(d, cx + r, cy + r);
    path_line(d, cx - r, cy + r);
    path_close(d);
    draw_path(d, paint(TINT_C_SHADE), NO_PEN);
    zigzag(d, cx, r, cy + r * .56, r * .09);
    draw_path(d, NO_PAINT, pen_round(TINT_ON_AMBER, 1.5));
    draw_unclip(d);
}

static void g_waiting(DrawList *d, double cx, double cy, double r) {
    draw_circle(d, cx, cy, r - 1, paint(TINT_SLOT), pen_dash(TINT_VAL, 1.8, 4.5, 3.5));
    double bar = fmax(2, r * .12), h = r * .36, y = cy + r * .40;
    draw_box(d, (Box){cx - bar * 1.5, y, bar, h}, 0, paint(TINT_VAL), NO_PEN);
    draw_box(d, (Box){cx + bar * .5, y, bar, h}, 0, paint(TINT_VAL), NO_PEN);
}

void token_g_sized(DrawList *d, double cx, double cy, double r, const char *label, GLook look,
                   double size) {
    double up = size * .36, k = r * .66;
    switch (look) {
    case GLOOK_RUNNABLE:
        draw_circle(d, cx, cy, r - 1, paint(TINT_SLOT), pen(TINT_BLUE, 2));
        g_label(d, cx, cy + up, r, label, sans(size, 600), TINT_T1);
        break;
    case GLOOK_RUNNING:
        draw_circle(d, cx, cy, r, paint(TINT_BLUE), NO_PEN);
        g_label(d, cx, cy + up, r, label, sans(size, 700), TINT_ON_BLUE);
        break;
    case GLOOK_WAITING:
        g_waiting(d, cx, cy, r);
        g_label(d, cx, cy + up - r * .16, r, label, sans(size, 600), TINT_T1);
        break;
    case GLOOK_IN_C:
        g_in_c(d, cx, cy, r);
        g_label(d, cx, cy + up - r * .16, r, label, sans(size, 700), TINT_ON_AMBER);
        break;
    case GLOOK_DEAD:
        draw_circle(d, cx, cy, r - 1, NO_PAINT, pen(TINT_GHOST, 1.2));
        draw_line(d, cx - k, cy + k, cx + k, cy - k, pen(TINT_GHOST, 1.2));
        draw_text(d, cx, cy + r + 15, sans(12, 500), TINT_T3, ANCHOR_MIDDLE, label);
        break;
    }
}

void token_g(DrawList *d, double cx, double cy, double r, const char *label, GLook look) {
    token_g_sized(d, cx, cy, r, label, look, r < 15.5 ? 12 : r <= 18 ? 13 : r < 25 ? 15 : 18);
}

void token_g_ring(DrawList *d, double cx, double cy, double r) {
    draw_circle(d, cx, cy, r + 4, NO_PAINT, pen(TINT_NOW, 2));
}

void token_g_frame(DrawList *d, Box b, bool empty) {
    draw_box(d, b, 9, paint(TINT_SLOT),
             empty ? pen_dash(TINT_CARDL, 1.2, 3, 3) : pen(TINT_CARDL, 1.2));
}

void token_more(DrawList *d, double x, double cy) {
    for (int k = 0; k < 3; k++)
        draw_circle(d, x + 8 + k * 19, cy, 8, paint(TINT_SLOT), pen(TINT_BLUE, 1.8));
}

/* ---------------------------------------------------------------- threads */

/* Home plate: a flat top that docks to a P, a point that dives. */
static void plate_down(DrawList *d, double cx, double top, double w, double h) {
    double x0 = cx - w / 2, x1 = cx + w / 2, r = w * .13, ys = top + h * .66, t = 7;
    path_move(d, x0 + r, top);
    path_line(d, x1 - r, top);
    path_quad(d, x1 - r, top, x1, top, x1, top + r);
    path_line(d, x1, ys - 4);
    path_quad(d, x1, ys - 4, x1, ys, x1 - 4, ys + 3.5);
    path_line(d, cx + t, top + h - 5);
    path_quad(d, cx + t, top + h - 5, cx, top + h + 1, cx - t, top + h - 5);
    path_line(d, x0 + 4, ys + 3.5);
    path_quad(d, x0 + 4, ys + 3.5, x0, ys, x0, ys - 4);
    path_line(d, x0, top + r);
    path_quad(d, x0, top + r, x0, top, x0 + r, top);
    path_close(d);
}

/* The same plate pointing up: it comes from below. */
static void plate_up(DrawList *d, double cx, double top, double w, double h) {
    double x0 = cx - w / 2, x1 = cx + w / 2, r = w * .13, b = top + h, ys = b - h * .66, t = 7;
    path_move(d, x0 + r, b);
    path_line(d, x1 - r, b);
    path_quad(d, x1 - r, b, x1, b, x1, b - r);
    path_line(d, x1, ys + 4);
    path_quad(d, x1, ys + 4, x1, ys, x1 - 4, ys - 3.5);
    path_line(d, cx + t, top + 5);
    path_quad(d, cx + t, top + 5, cx, top - 1, cx - t, top + 5);
    path_line(d, x0 + 4, ys - 3.5);
    path_quad(d, x0 + 4, ys - 3.5, x0, ys, x0, ys + 4);
    path_line(d, x0, b - r);
    path_quad(d, x0, b - r, x0, b, x0 + r, b);
    path_close(d);
}

/* clang-format off */
static const struct {
    Tint fill, hatch, edge;
    double hatch_alpha, width, on, off;
    bool up, foreign; /* points up; its label is below the line */
} plate_looks[] = {
    [MLOOK_GO] = {TINT_GO_PLATE, TINT_NONE, TINT_BLUE, 0, 2, 0, 0, false, false},
    [MLOOK_SPINNING] = {TINT_CARD, TINT_BLUE, TINT_BLUE, .38, 2, 0, 0, false, false},
    [MLOOK_PARKED] = {TINT_SLOT, TINT_NONE, TINT_PARK, 0, 1.6, 0, 0, false, false},
    [MLOOK_SYSCALL] = {TINT_FCARD, TINT_AMBER, TINT_AMBER, .55, 2, 0, 0, false, true},
    [MLOOK_C] = {TINT_C_PLATE, TINT_NONE, TINT_AMBER, 0, 2.4, 0, 0, false, true},
    [MLOOK_LOCKED] = {TINT_SLOT, TINT_NONE, TINT_VAL, 0, 1.6, 0, 0, false, false},
    [MLOOK_STARTING] = {TINT_NONE, TINT_NONE, TINT_NOW, 0, 1.6, 4, 4, false, false},
    [MLOOK_CALLBACK] = {TINT_GO_PLATE, TINT_NONE, TINT_AMBER, 0, 2.2, 0, 0, true, false},
    [MLOOK_C_THREAD] = {TINT_T_PLATE, TINT_NONE, TINT_AMBER, 0, 1.8, 0, 0, true, true},
    [MLOOK_EXTRA] = {TINT_NONE, TINT_NONE, TINT_AMBER, 0, 1.8, 5, 4, true, true},
};
/* clang-format on */

static void plate(DrawList *d, Box b, MLook look) {
    Pen edge = pen_dash(plate_looks[look].edge, plate_looks[look].width, plate_looks[look].on,
                        plate_looks[look].off);
    edge.round = plate_looks[look].on == 0;
    if (plate_looks[look].up) plate_up(d, b.x + b.w / 2, b.y, b.w, b.h);
    else plate_down(d, b.x + b.w / 2, b.y, b.w, b.h);
    if (plate_looks[look].fill) draw_path_keep(d, paint(plate_looks[look].fill), NO_PEN);
    if (plate_looks[look].hatch) {
        draw_path_keep(
            d, paint_hatch(plate_looks[look].hatch, 7, 2.1, plate_looks[look].hatch_alpha), NO_PEN);
    }
    draw_path(d, NO_PAINT, edge);
}

static void two_bars(DrawList *d, double cx, double cy, double w) {
    double bar = w * .085, h = w * .30;
    draw_box(d, (Box){cx - bar * 1.5, cy - h / 2, bar, h}, 1.5, paint(TINT_PARK), NO_PEN);
    draw_box(d, (Box){cx + bar * .5, cy - h / 2, bar, h}, 1.5, paint(TINT_PARK), NO_PEN);
}

/* Two arrows that chase each other. */
static void two_arrows(DrawList *d, double cx, double cy, double r) {
    for (int i = 0; i < 2; i++) {
        double from = (200 - 180 * i) * M_PI / 180, to = from + 130 * M_PI / 180;
        path_arc(d, cx, cy, r, from, to);
        draw_path(d, NO_PAINT, pen_round(TINT_BLUE, 3));
        double x = cx + r * cos(to), y = cy + r * sin(to), along = to + M_PI / 2;
        Point head[] = {{x + cos(along) * 6, y + sin(along) * 6},
                        {x + cos(to) * 6, y + sin(to) * 6},
                        {x - cos(to) * 6, y - sin(to) * 6}};
        draw_poly(d, head, 3, true, paint(TINT_BLUE), NO_PEN);
    }
}

/* On a hatch a label gets a plate of its own. */
static void plate_label(DrawList *d, double cx, double y, const char *label, MLook look,
                        double size, double room) {
    TextStyle s = sans(size, 700);
    label = fit_number(label, &s, room);
    if (label[0] == '\0') return;
    if (plate_looks[look].hatch) {
        double w = text_width(label, s);
        draw_box(d, (Box){cx - w / 2 - 4, y - size * .8, w + 8, size * 1.08}, 3,
                 paint(plate_looks[look].fill), NO_PEN);
    }
    draw_text(d, cx, y, s, plate_looks[look].foreign ? TINT_F1 : TINT_T1, ANCHOR_MIDDLE, label);
}

void token_m(DrawList *d, Box b, const char *label, MLook look, const char *g, GLook glook,
             double size) {
    bool up = plate_looks[look].up;
    double cx = b.x + b.w / 2, gy = b.y + b.h * (up ? .475 : .365), gr = b.w * (up ? .27 : .295);
    if (size == 0) size = 18;
    plate(d, b, look);
    if (b.w < 56 && (label[0] || g[0]) &&
        label[0] != '\0') { /* too small for both: who is carried, else who it is */
        g_label(d, cx, b.y + b.h * .49, b.w / 2, g[0] ? g : label, sans(b.w < 40 ? 12 : 13, 700),
                plate_looks[look].foreign ? TINT_F1 : TINT_T1);
        return;
    }
    if (g[0]) {
        uint64_t rider = d->carried;
        d->carried = 0;
        if (rider) draw_begin_mover(d, MOVER_GOES, rider, cx, gy);
        token_g_sized(d, cx, gy, gr, g, glook, gr < 15.5 ? 12 : gr <= 18 ? 13 : gr < 25 ? 15 : 18);
        if (rider) draw_end_mover(d);
    } else if (look == MLOOK_SPINNING) two_arrows(d, cx, gy, gr * .72);
    else if (look == MLOOK_PARKED) two_bars(d, cx, gy, b.w);
    else if (look == MLOOK_LOCKED) token_lock(d, cx, gy - 4, b.w / 49, TINT_VAL);
    if (label[0] == '\0') return;
    double share = !up ? .835 : g[0] ? .92 : .72;
    /* low in the plate, where it narrows towards its point */
    plate_label(d, cx, b.y + b.h * share, label, look, size, b.w * (up ? .9 : .56));
}

void token_m_small(DrawList *d, Box b, const char *label, MLook look) {
    plate(d, b, look);
    plate_label(d, b.x + b.w / 2, b.y + b.h * .49, label, look, 14, b.w - 5);
}

void token_lock(DrawList *d, double cx, double cy, double s, Tint tint) {
    draw_box(d, (Box){cx - 5 * s, cy - s, 10 * s, 8 * s}, 1.6 * s, paint(tint), NO_PEN);
    path_move(d, cx - 3 * s, cy - s);
    path_line(d, cx - 3 * s, cy - 3.5 * s);
    path_arc(d, cx, cy - 3.5 * s, 3 * s, M_PI, 2 * M_PI);
    path_line(d, cx + 3 * s, cy - s);
    draw_path(d, NO_PAINT, pen_round(tint, 1.7 * s));
}

void token_shaft(DrawList *d, double x, double y0, double y1) {
    draw_line(d, x, y0, x, y1, pen_dots(TINT_AMBER, 2, 2, 6));
}

void token_cut(DrawList *d, double x, double y, double half_w, Tint behind) {
    double k = half_w, rise = half_w * .39;
    draw_box(d, (Box){x - k, y - 5.5, 2 * k, 11}, 0, paint(behind), NO_PEN);
    draw_line(d, x - k, y - 5.5 + rise, x + k, y - 5.5 - rise, pen(TINT_NOW, 2.2));
    draw_line(d, x - k, y + 5.5 + rise, x + k, y + 5.5 - rise, pen(TINT_NOW, 2.2));
}

/* ---------------------------------------------------------------- Ps */

void token_p(DrawList *d, Box card, PLook look, bool changed) {
    Pen edge = changed ? NO_PEN : pen(TINT_CARDL, 1.2);
    switch (look) {
    case PLOOK_RUNNING: break;
    case PLOOK_SYSCALL:
        draw_box(d, card, 10, paint(TINT_CARD), NO_PEN);
        draw_box(d, card, 10, paint_hatch(TINT_AMBER, 8, 2, .3),
                 changed ? edge : pen(TINT_AMBER, 1.4));
        return;
    case PLOOK_IDLE:
        draw_box(d, card, 10, NO_PAINT, changed ? edge : pen_dash(TINT_PARK, 1.4, 5, 4));
        return;
    case PLOOK_WAITS: /* as its thread: dashed until that is there */
        if (!changed) edge = pen_dash(TINT_NOW, 1.4, 4, 4);
        break;
    case PLOOK_STOPPED:
        draw_box(d, (Box){card.x, card.y - 7, card.w, 5}, 0, paint(TINT_T1), NO_PEN);
        break;
    }
    draw_box(d, card, 10, paint(TINT_CARD), edge);
}

void token_plug(DrawList *d, double cx, double card_bottom, bool changed) {
    draw_box(d, (Box){cx - 28, card_bottom - 2, 56, 9}, 2, paint(changed ? TINT_NOW : TINT_BLUE),
             NO_PEN);
}

void token_rail(DrawList *d, double x0, double x1, double y) {
    if (x1 > x0) draw_line(d, x0, y, x1, y, pen_dash(TINT_CARDL, 1.4, 2, 5));
}

/* ---------------------------------------------------------------- channels */

double token_channel_width(size_t cap, double cell, bool closed) {
    if (cap == 0) return closed ? 60 : 34;
    return (double)cap * (cell + 2) + 6;
}

static void rails(DrawList *d, double x, double cy, double w, bool closed) {
    draw_line(d, x, cy - 15, x + w, cy - 15, pen(TINT_VAL, 2));
    draw_line(d, x, cy + 15, x + w, cy + 15, pen(TINT_VAL, 2));
    if (!closed) return;
    draw_line(d, x, cy - 19, x, cy + 19, pen(TINT_VAL, 2));
    draw_line(d, x + w, cy - 19, x + w, cy + 19, pen(TINT_VAL, 2));
}

static void cross(DrawList *d, double cx, double cy) {
    draw_line(d, cx - 10, cy - 10, cx + 10, cy + 10, pen(TINT_VAL, 2));
    draw_line(d, cx - 10, cy + 10, cx + 10, cy - 10, pen(TINT_VAL, 2));
}

void token_value(DrawList *d, Box b) { draw_box(d, b, 3, paint(TINT_VAL), NO_PEN); }

double token_channel(DrawList *d, double x, double cy, size_t cap, size_t count, double cell,
                     bool closed) {
    double w = token_channel_width(cap, cell, closed);
    uint64_t head = d->carried;
    d->carried = 0;
    rails(d, x, cy, w, closed);
    for (size_t i = 0; i < cap; i++) {
        /* the head is on the right: the pipe fills up from the receiver's end */
        Box b = {x + 4 + (double)i * (cell + 2), cy - 11, cell, 22};
        if (i + count < cap) {
            draw_box(d, b, 3, NO_PAINT, pen(TINT_CARDL, 1));
            continue;
        }
        if (head) draw_begin_mover(d, MOVER_FLOWS, head + cap - 1 - i, b.x, b.y);
        token_value(d, b);
        if (head) draw_end_mover(d);
    }
    if (closed && count == 0) cross(d, x + w / 2, cy);
    if (cap > 0 && count == cap && !closed)
        draw_box(d, (Box){x - 5, cy - 20, 5, 40}, 1, paint(TINT_T1), NO_PEN);
    return w;
}

void token_channel_bar(DrawList *d, double x, double cy, double w, size_t cap, size_t count,
                       bool closed) {
    rails(d, x, cy, w, closed);
    double inner = w - 8, filled = inner * (double)count / (double)cap;
    if (count > 0 && filled < 6) filled = 6;
    draw_box(d, (Box){x + 4, cy - 11, inner, 22}, 3, NO_PAINT, pen(TINT_CARDL, 1));
    if (count > 0)
        draw_box(d, (Box){x + 4 + inner - filled, cy - 11, filled, 22}, 3, paint(TINT_VAL), NO_PEN);
    if (count == cap && !closed)
        draw_box(d, (Box){x - 5, cy - 20, 5, 40}, 1, paint(TINT_T1), NO_PEN);
}

/* ---------------------------------------------------------------- memory and device */

static void block_name(DrawList *d, double x, double cy, double room, const char *name, TextStyle s,
                       Tint tint) {
    char buf[96];
    text_fit(buf, sizeof buf, name, s, room);
    if (strlen(buf) >= 2 || strlen(name) < 2)
        draw_text(d, x, cy + s.size * .36, s, tint, ANCHOR_START, buf);
}

void token_object(DrawList *d, Box b, const char *name, bool pinned) {
    draw_box(d, b, 3, paint(TINT_OBJECT), pinned ? pen(TINT_T1, 2) : NO_PEN);
    double left = pinned ? 24 : 10;
    if (b.w > left + 14)
        block_name(d, b.x + left, b.y + b.h / 2, b.w - left - 6, name, sans(13, pinned ? 600 : 500),
                   TINT_T1);
}

void token_ghost(DrawList *d, Box b, const char *name) {
    draw_box(d, b, 4, NO_PAINT, pen_dash(TINT_GHOST, 1.3, 4, 4));
    if (name[0] && b.w > 24) block_name(d, b.x + 10, b.y + b.h / 2, b.w - 16, name, sans(13, 400), TINT_T3);
}

/* A steel pin: a round head at the object, a shaft down through the fault, a tip at its user. */
void token_pin(DrawList *d, double x, double y, double tip_y, Tint hole) {
    draw_line(d, x, y, x, tip_y - 9, pen(TINT_T1, 2.4));
    Point tip[] = {{x - 3.4, tip_y - 11}, {x + 3.4, tip_y - 11}, {x, tip_y}};
    draw_poly(d, tip, 3, true, paint(TINT_T1), NO_PEN);
    draw_circle(d, x, y, 7, paint(TINT_T1), NO_PEN);
    draw_circle(d, x, y, 3, paint(hole), NO_PEN);
}

static void command_running(DrawList *d, Box b, const char *name, double share) {
    draw_box(d, b, 3, paint(TINT_DEV_BACK), NO_PEN);
    if (share > 0) {
        draw_clip(d, b, 3);
        draw_box(d, (Box){b.x, b.y, b.w * share, b.h}, 0, paint(TINT_DEV_FILL), NO_PEN);
        draw_box(d, (Box){b.x, b.y + b.h - 6, b.w * share, 6}, 0, paint(TINT_DEV), NO_PEN);
        draw_unclip(d);
    }
    draw_box(d, b, 3, NO_PAINT, pen(TINT_DEV, 2));
    char percent[16];
    snprintf(percent, sizeof percent, "%d %%", (int)(share * 100));
    TextStyle s = digits(18, 700);
    double pw = text_width("100 %", s), cy = b.y + b.h / 2;
    bool both = b.w > pw + 70;
    if (b.w > pw + 12)
        draw_text(d, b.x + b.w - (both ? 14 : 8), cy + 5.5, s, TINT_F1, ANCHOR_END, percent);
    if (both) block_name(d, b.x + 14, cy, b.w - pw - 42, name, mono(18, 700), TINT_F1);
    else if (b.w <= pw + 12) block_name(d, b.x + 6, cy, b.w - 12, name, mono(14, 600), TINT_F1);
}

void token_command(DrawList *d, Box b, const char *name, const char *note, CommandLook look,
                   double share) {
    if (look == CMDLOOK_RUNNING) {
        command_running(d, b, name, share);
        return;
    }
    bool queued = look == CMDLOOK_QUEUED;
    draw_box(d, b, 3, NO_PAINT, queued ? pen_dash(TINT_DEV, 1.4, 5, 4) : pen(TINT_FCARDL, 1.2));
    char buf[64];
    text_fit(buf, sizeof buf, name, mono(14, 500), b.w - 10);
    double cx = b.x + b.w / 2, cy = b.y + b.h / 2;
    if (b.h < 44) note = "";
    draw_text(d, cx, cy + (note[0] ? -3 : 5), mono(14, 500), queued ? TINT_F1 : TINT_F2,
              ANCHOR_MIDDLE, buf);
    if (b.w >= text_width(note, sans(13, 400)) + 8) {
        draw_text(d, cx, cy + 16, sans(13, 400), queued ? TINT_F2 : TINT_F3, ANCHOR_MIDDLE, note);
    }
}

void token_buffer(DrawList *d, Box b, const char *name) {
    draw_box(d, b, 2, paint(TINT_DEV_BUFFER), pen(TINT_DEV, 1));
    if (b.w > 20)
        block_name(d, b.x + fmin(12, b.w / 6), b.y + b.h / 2, b.w - 2 * fmin(12, b.w / 6), name,
                   mono(14, 600), TINT_F1);
}

void token_context(DrawList *d, double cx, double cy, bool cancelled) {
    draw_circle(d, cx, cy, 11, NO_PAINT, cancelled ? pen(TINT_GHOST, 1.8) : pen(TINT_BLUE, 2.4));
    if (cancelled) draw_line(d, cx - 8, cy + 8, cx + 8, cy - 8, pen(TINT_GHOST, 1.8));
}

void token_timer(DrawList *d, double cx, double cy, double r, double left) {
    draw_circle(d, cx, cy, r, NO_PAINT, pen(TINT_T1, r > 10 ? 2 : 1.4));
    if (left <= 0) return;
    path_move(d, cx, cy);
    path_arc(d, cx, cy, r, -M_PI / 2, -M_PI / 2 + 2 * M_PI * fmin(1, left));
    path_close(d);
    draw_path(d, paint(TINT_T1), NO_PEN);
}

/* ---------------------------------------------------------------- marks */

void token_pulse(DrawList *d, double x, double base, bool acted) {
    draw_line(d, x, base - (acted ? 22 : 13), x, base,
              acted ? pen(TINT_NOW, 3.5) : pen(TINT_T2, 2));
}

void token_violation(DrawList *d, double x, double y, double s, Tint behind) {
    Point triangle[] = {{x, y - 9 * s}, {x + 10 * s, y + 8 * s}, {x - 10 * s, y + 8 * s}};
    Point split[] = {{x + 1.5 * s, y - 6 * s},
                     {x - 2.2 * s, y + .5 * s},
                     {x + 2 * s, y + 2 * s},
                     {x - 1.5 * s, y + 8 * s}};
    draw_poly(d, triangle, 3, true, paint(TINT_RED), NO_PEN);
    draw_poly(d, split, 4, false, NO_PAINT, pen(behind, 2 * s));
}

void token_warning(DrawList *d, double x, double y, double s) {
    Point diamond[] = {{x, y - 10 * s}, {x + 10 * s, y}, {x, y + 10 * s}, {x - 10 * s, y}};
    draw_poly(d, diamond, 4, true, paint(TINT_CHROME), pen(TINT_T1, 2));
}

void token_note(DrawList *d, double x, double y, double r) {
    draw_circle(d, x, y, r, NO_PAINT, pen(TINT_T2, r > 6 ? 2 : 1.7));
}

void token_arrow(DrawList *d, double x0, double y0, double x1, double y1, Tint tint, double width) {
    double a = atan2(y1 - y0, x1 - x0), head = 7, k = head * 1.25;
    bool upright = x0 == x1;
    draw_line(d, x0, y0, upright ? x0 : x1 - cos(a) * head * .8, y1 - sin(a) * head * .8,
              pen(tint, width));
    Point tip[] = {{x1, y1},
                   {x1 - cos(a - .45) * k, y1 - sin(a - .45) * k},
                   {x1 - cos(a + .45) * k, y1 - sin(a + .45) * k}};
    draw_poly(d, tip, 3, true, paint(tint), NO_PEN);
}

enum { JAGS_MAX = 16 };

/* A tapered jagged line; its shape comes from the name of what broke, so it never changes. */
void token_crack(DrawList *d, Point from, Point to, double w0, double w1, double jag, size_t jags,
                 bool branches, const char *name) {
    Prng r;
    prng_init(&r, 18, name);
    ASSERT(jags <= JAGS_MAX);
    double a = atan2(to.y - from.y, to.x - from.x), nx = -sin(a), ny = cos(a);
    Point mid[JAGS_MAX + 1], outline[2 * (JAGS_MAX + 1)];
    for (size_t i = 0; i <= jags; i++) {
        double share = (double)i / (double)jags,
               k = (550 + (double)prng_below(&r, 451)) / 1000 * (i % 2 ? jag : -jag);
        if (i == 0 || i == jags) k = 0;
        mid[i] = (Point){from.x + (to.x - from.x) * share + nx * k,
                         from.y + (to.y - from.y) * share + ny * k};
        double half = (w0 + (w1 - w0) * share) / 2;
        outline[i] = (Point){mid[i].x + nx * half, mid[i].y + ny * half};
        outline[2 * jags + 1 - i] = (Point){mid[i].x - nx * half, mid[i].y - ny * half};
    }
    draw_poly(d, mid, jags + 1, false, NO_PAINT, pen_alpha(TINT_RED, 16, .13));
    for (size_t i = 2; branches && i + 1 < jags; i += 2) {
        double side = i % 4 ? -1 : 1, b = a + side * (600 + (double)prng_below(&r, 400)) / 1000;
        double l = 10 + (double)prng_below(&r, 8), b2 = b - side * .8;
        Point p1 = {mid[i].x + cos(b) * l, mid[i].y + sin(b) * l};
        Point branch[] = {mid[i], p1, {p1.x + cos(b2) * l * .7, p1.y + sin(b2) * l * .7}};
        draw_poly(d, branch, 3, false, NO_PAINT, pen_alpha(TINT_RED, 1.6, .8));
    }
    draw_poly(d, outline, 2 * (jags + 1), true, paint(TINT_RED), NO_PEN);
}

void token_scar(DrawList *d, double x, double fault_y) {
    draw_box(d, (Box){x - 3, fault_y - 8, 6, 16}, 1, paint(TINT_RED), NO_PEN);
}

double token_pill(DrawList *d, double x, double y, const char *text, Tint fill, Tint ink,
                  double size, double h) {
    TextStyle s = sans(size, 700);
    double w = text_width(text, s) + 16;
    draw_box(d, (Box){x, y, w, h}, h / 2, paint(fill), NO_PEN);
    draw_text(d, x + w / 2, y + h / 2 + size * .36, s, ink, ANCHOR_MIDDLE, text);
    return w;
}

double token_what_if(DrawList *d, double right, double y) {
    TextStyle s = sans(12, 600);
    double w = text_width("what if", s) + 16;
    draw_box(d, (Box){right - w, y, w, 19}, 9.5, NO_PAINT, pen_dash(TINT_T2, 1.2, 3, 3));
    draw_text(d, right - w / 2, y + 13.6, s, TINT_T2, ANCHOR_MIDDLE, "what if");
    return w;
}

double token_key(DrawList *d, double x, double y, const char *text) {
    TextStyle s = sans(13, 600);
    double w = fmax(24, text_width(text, s) + 14);
    draw_box(d, (Box){x, y, w, 24}, 5, paint(TINT_CHROME2), pen(TINT_CARDL, 1));
    draw_text(d, x + w / 2, y + 16.7, s, TINT_T1, ANCHOR_MIDDLE, text);
    return w;
}

void token_logo(DrawList *d, double x, double y, double s) {
    static const Point shape[] = {{0, 6}, {6, 0}, {11, 9}, {17, -2}, {22, 7}, {28, 3}};
    Point p[ARRAY_LEN(shape)];
    for (size_t i = 0; i < ARRAY_LEN(shape); i++)
        p[i] = (Point){x + shape[i].x * s, y + shape[i].y * s};
    draw_poly(d, p, ARRAY_LEN(p), false, NO_PAINT, pen(TINT_NOW, 2.2 * fmin(s, 1.2)));
}

/* ---------------------------------------------------------------- on the timeline */

void token_slice(DrawList *d, double x, double y, double w, double h, SliceLook look, bool dark) {
    double r = w >= 3 ? 2 : 0, part = h * 14 / 19, below = y + h - part;
    switch (look) {
    case SLICE_GO:
        draw_box(d, (Box){x, y, w, part}, r, paint(TINT_LANE_GO),
                 dark || w < 3 ? NO_PEN : pen(TINT_BLUE, 1));
        break;
    case SLICE_SPIN:
        draw_box(d, (Box){x, y, w, part}, r, paint(TINT_CHROME), NO_PEN);
        draw_box(d, (Box){x, y, w, part}, r, paint_hatch(TINT_BLUE, 6, 2.4, .8),
                 w < 3 ? NO_PEN : pen(TINT_BLUE, 1));
        break;
    case SLICE_C: draw_box(d, (Box){x, below, w, part}, r, paint(TINT_AMBER), NO_PEN); break;
    case SLICE_SYSCALL:
        draw_box(d, (Box){x, below, w, part}, r, paint(TINT_CHROME), NO_PEN);
        draw_box(d, (Box){x, below, w, part}, r, paint_hatch(TINT_AMBER, 6, 2.4, .8),
                 w < 3 ? NO_PEN : pen(TINT_AMBER, 1));
        break;
    case SLICE_STARTING:
        draw_box(d, (Box){x, y + h * 2 / 19, w, h * 15 / 19}, r, paint(TINT_CHROME), pen_dash(TINT_NOW, 1.4, 3, 3));
        break;
    }
}
