/* view_picture.c -- what the program shows: large, with the line that showed it and what is wrong with it. */
#include "view.h"

#include "measure.h"

#include <math.h>
#include <stdio.h>

/* The largest box of the picture's shape in this one; whole pixels, if it is enlarged. */
static Box fit(Box room, uint32_t w, uint32_t h) {
    double by = fmin(room.w / w, room.h / h);
    if (by > 1) by = floor(by);
    return (Box){round(room.x + (room.w - by * w) / 2), round(room.y + (room.h - by * h) / 2), by * w, by * h};
}

static void frame(const View *v, Box b) {
    draw_image(v->d, b, v->s->picture, v->s->picture_w, v->s->picture_h);
    draw_box(v->d, (Box){b.x - .5, b.y - .5, b.w + 1, b.h + 1}, 0, NO_PAINT, pen(TINT_CARDL, 1));
}

static const char *name(const View *v) {
    const Model *m = v->s->model;
    return m->picture_obj < m->obj_count ? intern_text(m->text, m->obj[m->picture_obj].name) : "";
}

void view_picture(const View *v) {
    Box b = v->f->stage;
    char text[96];
    draw_box(v->d, b, 0, paint(TINT_APP), NO_PEN);
    if (v->s->picture == NULL) {
        draw_text(v->d, b.x + b.w / 2, b.y + b.h / 2, sans(18, 600), TINT_T2, ANCHOR_MIDDLE,
                  v->s->model->pictures ? "The trace does not hold the picture" : "The program has shown no picture yet");
        return;
    }
    Box at = fit((Box){b.x + 32, b.y + 32, b.w - 64, b.h - 104}, v->s->picture_w, v->s->picture_h);
    frame(v, at);
    snprintf(text, sizeof text, "%.40s, %u by %u", name(v), v->s->picture_w, v->s->picture_h);
    double w = draw_text(v->d, at.x, b.y + b.h - 34, mono(16, 600), TINT_T1, ANCHOR_START, text);
    if (v->s->model->collections)
        draw_ended(v->d, at.x + w + 16, b.y + b.h - 34, sans(14, 400), TINT_T2, "as it was in memory when the program showed it",
                   b.x + b.w - 24 - (at.x + w + 16));
}

double view_thumbnail(const View *v, Box room) {
    if (v->s->picture == NULL || room.h < 140) return 0;
    Box at = fit((Box){room.x, room.y + 24, room.w, fmin(room.h - 30, 200)}, v->s->picture_w, v->s->picture_h);
    at.x = room.x;
    at.y = room.y + 24;
    char text[96];
    snprintf(text, sizeof text, "The program shows %.40s", name(v));
    draw_fitted(v->d, room.x, room.y + 12, sans(14, 400), TINT_T2, ANCHOR_START, text, room.w);
    frame(v, at);
    return at.h + 42;
}
