/* view_menu.c -- the menu of a thing, and the line that says what came of a key. */
#include "view.h"

#include "measure.h"

#include "../sim/lens/narrate.h"

#include <math.h>
#include <stdio.h>

enum { LINE_H = 30, HEAD_H = 36, WIDEST = 300 };

/* "g7 launcher", "M3", "batches". */
static void name_of(const Model *m, Thing t, char *buf, size_t size) {
    if (t.kind == KIND_G) narrate_g(m, t.id, buf, size);
    else if (t.kind == KIND_CHAN) chan_text(buf, size, m, t.id);
    else if (t.kind == KIND_OBJ && t.id < m->obj_count) snprintf(buf, size, "%s", intern_text(m->text, m->obj[t.id].name));
    else if (t.kind == KIND_CMD && t.id < m->cmd_count) snprintf(buf, size, "%s", intern_text(m->text, m->cmd[t.id].name));
    else if (t.kind == KIND_QUEUE) snprintf(buf, size, "queue %llu", (unsigned long long)t.id);
    else thing_text(buf, size, t.kind, t.id);
}

void view_menu(const View *v) {
    const Menu *m = v->s->menu;
    if (m == NULL || v->s->help) return;
    char name[NAME_MAX_];
    name_of(v->s->model, m->of, name, sizeof name);
    double w = text_width(name, sans(14, 600));
    for (int i = 0; i < MENU_LINES; i++) w = fmax(w, text_width(menu_words[i], sans(14, 500)));
    w = fmin(w, WIDEST);
    Box b = {round(m->at.x + 4), round(m->at.y + 4), round(w) + 32, HEAD_H + LINE_H * MENU_LINES + 8};
    b.x = fmax(8, fmin(b.x, v->f->w - b.w - 8));
    if (b.y + b.h > v->f->h - 8) b.y = fmax(8, round(m->at.y - b.h - 4));
    draw_box(v->d, b, 8, paint(TINT_CARD), pen(TINT_CARDL, 1));
    draw_fitted(v->d, b.x + 16, b.y + 24, sans(14, 600), TINT_T2, ANCHOR_START, name, w);
    draw_line(v->d, b.x + 1, b.y + HEAD_H - .5, b.x + b.w - 1, b.y + HEAD_H - .5, pen(TINT_HAIR, 1));
    for (int i = 0; i < MENU_LINES; i++) {
        Box line = {b.x + 4, b.y + HEAD_H + 4 + LINE_H * i, b.w - 8, LINE_H};
        bool chosen = i == (int)m->chosen;
        if (chosen) draw_box(v->d, line, 5, paint(TINT_NOW), NO_PEN);
        Tint ink = chosen ? TINT_ON_NOW : m->can[i] ? TINT_T1 : TINT_T3;
        draw_text(v->d, b.x + 16, line.y + 20, sans(14, 500), ink, ANCHOR_START, menu_words[i]);
        hits_add(v->hits, line, HIT_MENU, NO_THING, (uint64_t)i);
    }
}

void view_said(const View *v) {
    const char *text = v->s->said;
    if (text == NULL || text[0] == '\0' || v->s->help || v->s->search) return;
    TextStyle s = sans(14, 500);
    double w = fmin(text_width(text, s), v->f->w - 112);
    Box b = {round((v->f->w - w - 40) / 2), v->f->top.h + 16, w + 40, 36};
    draw_box(v->d, b, 8, paint(TINT_CARD), pen(TINT_CARDL, 1));
    draw_fitted(v->d, b.x + 20, b.y + 23, s, TINT_T1, ANCHOR_START, text, w + 1);
}
